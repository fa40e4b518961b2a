package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// What later cases may use is fed from certain events only, once each, whoever feeds.
func TestSourcesAreFedFromWhatIsCertain(t *testing.T) {
	t.Parallel()
	s := open(t)
	lib, err := definitions.Library()
	require.NoError(t, err)
	def, found := lib.Resolve("11210300MB0X12345A4000131001000", "2026.1", restaurant)
	require.NotNil(t, def, found.Render("en"))
	canonical, err := definition.Canonical(def)
	require.NoError(t, err)
	v := version("1.0", 2026, 1, 1)
	v.Hash, v.Canonical = "d0", canonical
	require.NoError(t, s.PublishDefinition(t.Context(), v))

	const holder = "92440106ma5xxxxx1K" // written otherwise than in the form
	f := start(t, s, "k1", morning)
	names := []string{"身份证明", "场所使用证明", "设备布局和操作流程", "专用烟道证明", "食品经营许可证"}
	until := calendar.NewDate(2030, 1, 1)
	paper := func(id string, more engine.PaperState) engine.PaperState {
		more.ID, more.Hash, more.Name, more.Type, more.Size = id, hash64(len(id)), id+".pdf", "application/pdf", 9
		if more.Status == "" {
			more.Status = engine.PaperPresent
		}
		more.At = morning
		return more
	}
	fetched := engine.Voucher{Grade: engine.GradeA, FetchedAt: morning}
	mustFlush(t, s, f.flush("c1", engine.AnswerReceived{Step: "receive", Papers: []engine.PaperState{
		paper("lease", engine.PaperState{Source: "applicant", CheckedBy: clerkID, Voucher: engine.Voucher{Grade: engine.GradeB, Until: &until}}),
		paper("layoutPlan", engine.PaperState{Source: "applicant"}),
		paper("flue", engine.PaperState{Source: "data:property", Voucher: fetched}),
		paper("manager", engine.PaperState{Status: engine.PaperMissing}),
	}}))
	feed := func() int {
		publish(t, s)
		n, err := s.FeedSources(t.Context())
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, feed(), "the opening; the answer may still be withdrawn")
	got, err := s.HeldPapers(t.Context(), holder, names)
	require.NoError(t, err)
	require.Empty(t, got)

	mustFlush(t, s, f.flush("c2", engine.StepEnded{Step: "food", End: engine.EndGrant, Outputs: []engine.OutputState{
		{ID: "permit", Step: "food", Kind: "certificate", Name: "食品经营许可证", Number: "JY1", Org: market, At: morning, Until: &until, Data: map[string]any{"scope": "热食"}},
	}}))
	require.Equal(t, 1, feed())
	got, err = s.HeldPapers(t.Context(), holder, names)
	require.NoError(t, err)
	require.Len(t, got, 2, "the paper a register gave is asked of the register again")
	require.Equal(t, store.HeldPaper{Case: f.number, Paper: "layoutPlan", Item: "restaurant", Name: "设备布局和操作流程", Hash: hash64(10), File: "layoutPlan.pdf",
		Type: "application/pdf", Size: 9, Grade: engine.GradeC, At: morning}, got[0])
	require.Equal(t, engine.GradeB, got[1].Grade)
	require.Equal(t, &until, got[1].Until)
	require.Equal(t, clerkID, got[1].CheckedBy)

	mustFlush(t, s, f.flush("c3", engine.TaskReleased{Task: "receive.1.accept"}))
	require.Equal(t, 1, feed())
	require.Zero(t, feed())
	certs, err := s.Certificates(t.Context(), holder, names)
	require.NoError(t, err)
	require.Equal(t, []store.Certificate{{Case: f.number, Output: "permit", Item: "restaurant", Kind: "certificate", Name: "食品经营许可证", Number: "JY1", Org: market,
		IssuedAt: morning, Until: &until, Data: map[string]any{"scope": "热食"}}}, certs)

	// What becomes of it later becomes of it here: corrected, then annulled.
	mustFlush(t, s, f.flush("c4", engine.TextCorrected{Correction: engine.Correction{ID: "correction1", Step: "food", Output: "permit", File: hash64(7),
		Texts: []engine.Reading{{Field: "number", From: "JY1", To: "JY7"}, {Field: "data.scope", From: "热食", To: "热食、冷食"}}}}))
	mustFlush(t, s, f.flush("c4b", engine.TaskReleased{Task: "receive.1.accept"}))
	feed()
	certs, err = s.Certificates(t.Context(), holder, names)
	require.NoError(t, err)
	require.Equal(t, "JY7", certs[0].Number)
	require.Equal(t, map[string]any{"scope": "热食、冷食"}, certs[0].Data)
	require.Equal(t, hash64(7), certs[0].Hash)
	require.Zero(t, certs[0].Annulled)
	mustFlush(t, s, f.flush("c5", engine.AnnulmentDecided{Annulment: "annul.permit", Output: "permit", Status: engine.Annulled, Reason: "不符"}))
	mustFlush(t, s, f.flush("c6", engine.TaskReleased{Task: "receive.1.accept"}))
	feed()
	certs, err = s.Certificates(t.Context(), holder, names)
	require.NoError(t, err)
	require.NotZero(t, certs[0].Annulled)
	require.Equal(t, "JY7", certs[0].Number, "it stays on record as it was")
	for _, other := range []string{"", "92440106MA5XXXXX1L"} {
		certs, err = s.Certificates(t.Context(), other, names)
		require.NoError(t, err)
		require.Empty(t, certs)
		got, err = s.HeldPapers(t.Context(), other, names)
		require.NoError(t, err)
		require.Empty(t, got)
	}
}

func TestManyFeedersFeedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	const cases = 20
	for i := range cases {
		start(t, s, hash64(i), morning.Add(time.Duration(i)*time.Minute))
	}
	publish(t, s)
	counts := make(chan int, 4)
	for range 4 {
		go func() {
			n, err := s.FeedSources(t.Context())
			if err != nil {
				n = -1000
			}
			counts <- n
		}()
	}
	sum := 0
	for range 4 {
		sum += <-counts
	}
	more, err := s.FeedSources(t.Context())
	require.NoError(t, err)
	require.Equal(t, cases, sum+more)
}
