package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func hearingDef(keys string) string {
	return replace(withBack(simple(`
  - {review: view, by: fire}
  - {hearing: listen, by: market, pause: heard, parties: [eco]`+keys+`}
`), "view"), "process:", `pauses:
  heard: {kind: hearing, stops: [statutory, promised], max: 20wd, notice: 特殊程序期限告知书, basis: 行政许可法第四十五条}
process:`)
}

func told(t testing.TB) *story {
	return tell(t, hearingDef("")).accepted(nil).do("fire.handle", engine.Agree, "view").open("listen")
}

// chaired is the data that sets a hearing.
func (s *story) chaired(who, when string) engine.Args {
	return engine.Args{On: on(s.t, when), Place: "三楼会议室", Chair: "p-" + who}
}

// signedBy is a record that those named have signed.
func signedBy(record string, who ...string) engine.Args {
	a := engine.Args{Reason: record, File: hashOf(1)}
	for _, x := range who {
		a.Signatures = append(a.Signatures, engine.Signature{Of: x})
	}
	return a
}

func noticesOf(s *story, kind engine.NoticeKind) []string {
	to := []string{}
	for _, n := range s.state.Notices {
		if n.Kind == kind {
			to = append(to, n.To)
		}
	}
	return to
}

func TestRule_3_4_9_TheRightIsToldFiveDaysToAsk(t *testing.T) {
	t.Parallel()
	s := told(t).due("listen.request", "2026-03-09")
	require.Equal(t, []string{"applicant", "eco"}, noticesOf(s, engine.NoticeHearingRight))
	require.NotNil(t, s.openTask("listen", engine.TaskRequest))
	s.refused(engine.NotOpen, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-20T09:00"))
	s.refused(engine.NotAllowed, "eco.handle", engine.Request, "listen")
	s.at("2026-03-09T23:59").open("listen").at("2026-03-10T00:00").is("listen=done").open("conclude")
	require.Equal(t, "not-requested", s.state.Step("listen").Why)
	requireLaw(t, s.refused(engine.TooLate, "applicant", engine.Request, "listen"), "47")

	s = told(t).at("2026-03-06T09:00").do("applicant", engine.Request, "").due("listen.hold", "2026-04-03")
	require.Equal(t, engine.Statutory, s.state.Clock("listen.hold").Class)
	require.False(t, s.state.Clock("listen.request").Running())
	s.refused(engine.NotOpen, "applicant", engine.Request, "listen")
	told(t).do("hall.clerk", engine.Request, "listen") // the window for him
	told(t).do("market.handle", engine.Request, "listen", reasoned)
}

func TestRule_3_4_9_SevenDaysBeforeWithinTwenty(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view")
	s.due("listen.hold", "2026-03-30").refused(engine.NotOpen, "applicant", engine.Request, "listen")
	require.Empty(t, noticesOf(s, engine.NoticeHearingRight))
	requireLaw(t, s.refused(engine.TooSoon, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-10T09:00")), "48")
	requireLaw(t, s.refused(engine.TooLate, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-31T09:00")), "47")
	s.refused(engine.NotAllowed, "fire.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00"))
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00"))
	require.Equal(t, []string{"applicant", "eco", "public"}, noticesOf(s, engine.NoticeHearing))

	// too late for both: as soon as the law allows
	late := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view").at("2026-03-25T09:00")
	late.do("market.handle", engine.Arrange, "listen", late.chaired("market.organ-head", "2026-04-03T09:00"))
}

func TestRule_3_4_9_TheChairReviewsNothing(t *testing.T) {
	t.Parallel()
	src := replace(hearingDef(", required: true, chair: organ-head"), "- {review: view, by: fire}", "- {review: view, by: market}")
	s := tell(t, src).accepted(nil).do("market.organ-head", engine.Agree, "view")
	requireLaw(t, s.refused(engine.BadData, "market.handle", engine.Arrange, "listen", engine.Args{On: on(t, "2026-03-11T09:00")}), "48")
	requireLaw(t, s.refused(engine.NotAllowed, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00")), "48")
	s.refused(engine.BadData, "market.handle", engine.Arrange, "listen", s.chaired("fire.organ-head", "2026-03-11T09:00"))
	s.refused(engine.NotAllowed, "market.handle", engine.Arrange, "listen", s.chaired("market.handle.9", "2026-03-11T09:00")) // the role
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head.2", "2026-03-11T09:00"))
	// another chair on the same day needs a reason, not another seven days
	s.at("2026-03-10T09:00").refused(engine.ReasonNeeded, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head.3", "2026-03-11T09:00"))
	other := s.chaired("market.organ-head.3", "2026-03-11T09:00")
	other.Reason = "回避"
	s.do("market.handle", engine.Arrange, "listen", other)
	s.at("2026-03-11T10:00").refused(engine.Claimed, "market.organ-head.2", engine.Record, "listen", engine.Args{Reason: "笔录"})
	s.do("market.organ-head.3", engine.Release, "listen")
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head.2", engine.Record, "listen", engine.Args{Reason: "笔录"}), "48")
	s.do("market.organ-head.3", engine.Record, "listen", signedBy("申请人陈述意见，记录在案", "applicant", "eco")).is("listen=done")
	// and who presides decides nothing afterwards
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head.3", engine.Grant, "conclude"), "48")
	s.do("market.handle", engine.Grant, "conclude")
}

func TestRule_3_4_9_NoEndWithoutARecord(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view").due("promised", "2026-03-30")
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00")).due("promised", "2026-04-09").due("statutory", "2026-05-18")
	s.refused(engine.TooSoon, "market.organ-head", engine.Record, "listen", engine.Args{Reason: "笔录"})
	s.at("2026-03-31T00:00").open("listen")
	require.True(t, s.state.Clock("listen.hold").Overdue, "marked, and it still has to be held")
	requireLaw(t, s.refused(engine.ReasonNeeded, "market.organ-head", engine.Record, "listen"), "48")
	s.do("market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco")).is("listen=done").open("conclude")
	require.Equal(t, "held", s.state.Step("listen").Why)
	require.Equal(t, "笔录", s.state.Step("listen").Hearing.Record)

	// a decision that needs it waits for the record
	src := withBack(replace(hearingDef(", required: true"), "{decide: conclude, by: market,", "{decide: conclude, by: market, needs: [listen],"), "view")
	tell(t, src).accepted(nil).do("fire.handle", engine.Agree, "view").open("listen").is("conclude=waiting")
}

func TestRule_3_6_2_AHearingIsDoneAgainWhenNamed(t *testing.T) {
	t.Parallel()
	s := told(t).at("2026-03-10T00:00").open("conclude")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再听", Steps: []string{"listen"}}).open("listen").due("listen.request#2", "2026-03-17")
	require.NotNil(t, s.state.Step("listen").Rounds[0].Hearing)
	s.do("applicant", engine.Request, "listen").do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-19T09:00"))
	s.at("2026-03-19T10:00").do("market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco")).open("conclude")
}

// 行政许可法第四十八条第一款第五项: given to those who took part, who confirm and sign it; who does not is on record.
func TestRule_3_4_9_TheRecordSaysWhoHasSignedIt(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view")
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00")).at("2026-03-11T10:00")
	refused := func(code engine.Code, where string, a engine.Args) {
		t.Helper()
		rej := s.refused(code, "market.organ-head", engine.Record, "listen", a)
		require.Equal(t, where, rej.Where)
		if code == engine.BadData {
			requireLaw(t, rej, "48")
		}
	}
	refused(engine.BadData, "signatures.applicant", engine.Args{Reason: "笔录", File: hashOf(1)})
	refused(engine.BadData, "signatures.eco", signedBy("笔录", "applicant"))
	refused(engine.NotFound, "signatures.3", signedBy("笔录", "applicant", "eco", "somebody"))
	paperless := signedBy("笔录", "applicant", "eco")
	paperless.File = ""
	refused(engine.BadData, "file", paperless)

	list, ok := engine.TaskOptions(s.rules, s.state, s.who("market.organ-head"), s.now, s.openTask("listen", engine.TaskRecord).ID, nil)
	require.True(t, ok)
	o := optionOf(t, list, engine.Record)
	require.Equal(t, []string{"reason", "signatures", "file"}, o.Needs)
	require.Equal(t, []string{"applicant", "eco"}, ids(o, "signatures"))
	require.True(t, choices(o, "signatures")[0].Asked, "of each of them something must be said")
	require.Nil(t, choices(o, "points"), "a hearing has nothing to put right")

	a := signedBy("笔录", "fire") // took part without having been told
	a.Signatures = append(a.Signatures, engine.Signature{Of: "applicant", Name: "代理人"}, engine.Signature{Of: "eco", Unsigned: "认为笔录不全，拒绝签字"})
	s.do("market.organ-head", engine.Record, "listen", a).is("listen=done")
	require.Equal(t, a.Signatures, s.state.Step("listen").Hearing.Signatures)
	require.Equal(t, hashOf(1), s.state.Step("listen").Hearing.File)

	old := tell(t, hearingDef(", required: true")).accepted(nil)
	old.state.Engine = 5 // filed under the engine before
	old.do("fire.handle", engine.Agree, "view").do("market.handle", engine.Arrange, "listen", old.chaired("market.organ-head", "2026-03-11T09:00"))
	old.at("2026-03-11T10:00").do("market.organ-head", engine.Record, "listen", engine.Args{Reason: "笔录"}).is("listen=done")
}
