package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// shared is an item whose papers may come from elsewhere.
var shared = strings.NewReplacer(
	`p1: {name: 材料一, from: [applicant]`, `p1: {name: 材料一, from: [e-licence, library, applicant]`,
	`qb: {`, `qb: {from: [e-licence, applicant], `,
).Replace(withBack(simple("  - {review: a, by: fire, reads: [p1]}\n"), ""))

func day(t *testing.T, s string) *calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return &d
}

func TestPapersFoundAtASource(t *testing.T) {
	t.Parallel()
	s := tell(t, shared)
	cmd := s.filing(nil, "p1")
	at := s.now.Add(-time.Second)
	until := day(t, "2027-01-01")
	cmd.Args.Papers = append(cmd.Args.Papers, engine.PaperIn{ID: "p1", Hash: hashOf(7), Source: "library",
		Voucher: engine.Voucher{Grade: engine.GradeB, Until: until, FetchedAt: at, Ref: "N0/p1"}})
	cmd.Args.Tried = []engine.Trial{
		{Paper: "p1", Source: "e-licence", Result: engine.TrialFailed, Why: "timeout", At: at},
		{Paper: "p1", Source: "library", Result: engine.TrialFound, At: at},
	}
	cmd.Args.Offers = []engine.Offer{{Question: "qb", Source: "e-licence", Result: engine.TrialFound, Value: false, At: at}}
	require.Nil(t, s.run(cmd))
	p := s.state.Paper("p1")
	require.Equal(t, engine.PaperPresent, p.Status)
	require.Equal(t, engine.Voucher{Grade: engine.GradeB, Until: until, FetchedAt: at, Ref: "N0/p1"}, p.Voucher)
	require.Len(t, p.Tried, 2, "what failed is recorded as well")
	require.Empty(t, p.Tried[0].Paper)
	require.False(t, p.AskedThoughHeld())
	require.True(t, s.state.Offers[0].Confirmed)

	// A later answer replaces the snapshot and keeps it, with what vouched for it.
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).clear()
	s.do("applicant", engine.Answer, "", engine.Args{Papers: []engine.PaperIn{s.paper("p1")}})
	p = s.state.Paper("p1")
	require.Equal(t, "applicant", p.Source)
	require.Equal(t, engine.GradeB, p.Earlier[0].Grade)
	require.True(t, p.AskedThoughHeld(), "he was asked for what a source had: supervision sees it")
}

// 行政许可法第三十三条: what an organ or a register has given is not asked of the applicant, while it holds; what the library
// has of himself may be.
func TestWhatAnOrganHasGivenIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	from := func(source string, until *calendar.Date) *story {
		s := tell(t, strings.Replace(shared, "from: [e-licence, library, applicant]", "from: [e-licence, {data: register}, {party: fire}, library, applicant]", 1))
		cmd := s.filing(nil, "p1")
		cmd.Args.Papers = append(cmd.Args.Papers, engine.PaperIn{ID: "p1", Hash: hashOf(7), Source: source, Voucher: engine.Voucher{Grade: engine.GradeB, Until: until}})
		require.Nil(t, s.run(cmd))
		return s
	}
	for _, source := range []string{"e-licence", "data:register", "party:fire"} {
		s := from(source, day(t, "2026-03-02"))
		rej := s.refused(engine.BadPaper, "fire.handle", engine.Gap, "receive", gap("p1"))
		require.Equal(t, "33", rej.Law.Article, source)
		lines := optionOf(t, engine.CaseOptions(s.rules, s.state, s.who("fire.handle"), s.now, "receive", nil), engine.Gap)
		require.False(t, slices.ContainsFunc(lines.Fields, func(f engine.OptionField) bool {
			return slices.ContainsFunc(f.Choices, func(c engine.Choice) bool { return c.ID == "p1" })
		}), "nor is it offered")
		s.state.Engine = 7 // of an engine version that left it to supervision
		s.do("fire.handle", engine.Gap, "receive", gap("p1"))

		s = from(source, day(t, "2026-03-02")).at("2026-03-03T09:00")
		s.do("fire.handle", engine.Gap, "receive", gap("p1")) // it holds no longer
	}
	from("library", nil).do("fire.handle", engine.Gap, "receive", gap("p1"))
}

func TestAnAnswerThatWasOfferedIsTheApplicantsToConfirm(t *testing.T) {
	t.Parallel()
	s := tell(t, shared)
	cmd := s.filing(map[string]any{"qb": true})
	cmd.Args.Offers = []engine.Offer{
		{Question: "qb", Source: "e-licence", Result: engine.TrialFound, Value: false},
		{Question: "qa", Source: "e-licence", Result: engine.TrialFound, Value: "yes"},
	}
	require.Nil(t, s.run(cmd))
	require.Equal(t, true, s.state.Answers["qb"], "his word counts")
	require.False(t, s.state.Offers[0].Confirmed)
	require.Equal(t, false, s.state.Offers[0].Value)
	require.Equal(t, engine.TrialFailed, s.state.Offers[1].Result, "what is no answer to the question is not shown as one")
	require.Nil(t, s.state.Offers[1].Value)
}

func TestWhatVouchesForAPaper(t *testing.T) {
	t.Parallel()
	s := tell(t, shared)
	file := func(who string, p engine.PaperIn) (*engine.State, *engine.Rejection) {
		cmd := s.filing(nil, "p1")
		cmd.By = s.who(who)
		if who == "applicant" {
			cmd.Args.Channel = "online"
		}
		p.ID, p.Hash = "p1", hashOf(1)
		cmd.Args.Papers = append(cmd.Args.Papers, p)
		r := engine.Decide(s.rules, nil, cmd)
		return r.State, r.Rejection
	}
	graded := func(g engine.Grade) engine.Voucher { return engine.Voucher{Grade: g} }
	for name, c := range map[string]struct {
		who   string
		in    engine.PaperIn
		code  engine.Code
		grade engine.Grade
	}{
		"handed in":                            {"hall.clerk", engine.PaperIn{}, "", ""},
		"compared with the original":           {"hall.clerk", engine.PaperIn{Original: true}, "", engine.GradeB},
		"made by the applicant":                {"hall.clerk", engine.PaperIn{SelfMade: true}, "", engine.GradeD},
		"both":                                 {"hall.clerk", engine.PaperIn{Original: true, SelfMade: true}, engine.BadPaper, ""},
		"the applicant compares his own":       {"applicant", engine.PaperIn{Original: true}, engine.NotAllowed, ""},
		"made by the organ, compared as well":  {"hall.clerk", engine.PaperIn{Source: "library", Voucher: graded("A"), Original: true}, "", engine.GradeA},
		"an unchecked copy of an earlier case": {"hall.clerk", engine.PaperIn{Source: "library", Voucher: graded("C")}, engine.BadPaper, ""},
		"the same, compared now":               {"hall.clerk", engine.PaperIn{Source: "library", Voucher: graded("C"), Original: true}, "", engine.GradeB},
		"no grade":                             {"hall.clerk", engine.PaperIn{Source: "library", Voucher: graded("E")}, engine.BadPaper, ""},
		"valid until yesterday":                {"hall.clerk", engine.PaperIn{Source: "e-licence", Voucher: engine.Voucher{Until: day(t, "2026-03-01")}}, engine.BadPaper, ""},
		"valid until today":                    {"hall.clerk", engine.PaperIn{Source: "e-licence", Voucher: engine.Voucher{Until: day(t, "2026-03-02")}}, "", ""},
		"another source":                       {"hall.clerk", engine.PaperIn{Source: "data:property"}, engine.BadPaper, ""},
	} {
		state, rejection := file(c.who, c.in)
		if c.code != "" {
			require.NotNil(t, rejection, name)
			require.Equal(t, c.code, rejection.Code, name)
			continue
		}
		require.Nil(t, rejection, name)
		p := state.Paper("p1")
		require.Equal(t, c.grade, p.Grade, name)
		require.Equal(t, c.in.Original, p.CheckedBy != "", name)
	}
}

func TestTrialsNameTheGuide(t *testing.T) {
	t.Parallel()
	s := tell(t, shared)
	for _, trial := range []engine.Trial{{Paper: "p9", Source: "library"}, {Paper: "p1", Source: "data:x"}} {
		cmd := s.filing(nil)
		cmd.Args.Tried = []engine.Trial{trial}
		rejection := engine.Decide(s.rules, nil, cmd).Rejection
		require.NotNil(t, rejection)
		require.Equal(t, engine.BadPaper, rejection.Code)
	}
	cmd := s.filing(nil)
	cmd.Args.Offers = []engine.Offer{{Question: "q9", Result: engine.TrialNone}}
	require.Equal(t, engine.BadAnswer, engine.Decide(s.rules, nil, cmd).Rejection.Code)
}

// Whatever event carries papers or outputs, later cases find them.
func TestHandledFindsPapersAndOutputsOfEveryEvent(t *testing.T) {
	t.Parallel()
	papers, outputs := []engine.PaperState{{ID: "p"}}, []engine.OutputState{{ID: "o"}}
	for body, want := range map[string][2]int{
		"CaseFiled": {1, 0}, "AnswerReceived": {1, 0}, "AnswersAmended": {1, 0}, "StepEnded": {1, 1}, "CaseClosed": {0, 0}, "Returned": {0, 0},
	} {
		var b engine.Body
		switch body {
		case "CaseFiled":
			b = engine.CaseFiled{Papers: papers}
		case "AnswerReceived":
			b = engine.AnswerReceived{Papers: papers}
		case "AnswersAmended":
			b = engine.AnswersAmended{Papers: papers}
		case "StepEnded":
			b = engine.StepEnded{Papers: papers, Outputs: outputs}
		case "CaseClosed":
			b = engine.CaseClosed{}
		case "Returned":
			b = engine.Returned{}
		}
		p, o := engine.Handled(b)
		require.Equal(t, want, [2]int{len(p), len(o)}, body)
	}
}
