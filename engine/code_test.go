package engine_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// refusals has at least one way to every refusal code. law is the article where
// a law is the reason; each of them must be named.
var refusals = []struct {
	code engine.Code
	law  string
	try  func(t *testing.T) *engine.Rejection
}{
	{engine.NotFound, "", func(t *testing.T) *engine.Rejection {
		return engine.Decide(rulesOf(t, joint), nil, engine.Command{Do: engine.Accept}).Rejection
	}},
	{engine.NotFound, "", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).file(nil).refused(engine.NotFound, "fire.handle", engine.Pass, "nowhere")
	}},
	{engine.NotAllowed, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint)
		cmd := s.filing(nil)
		cmd.By = s.who("applicant") // at the window it is the clerk who files
		return s.run(cmd)
	}},
	{engine.Claimed, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).do("fire.handle", engine.Claim, "first")
		return s.refused(engine.Claimed, "fire.handle.2", engine.Agree, "first")
	}},
	{engine.NotOpen, "", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).accepted(nil).refused(engine.NotOpen, "fire.handle", engine.Agree, "a")
	}},
	{engine.NotOpen, "", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).file(nil).refused(engine.NotOpen, "fire.handle", engine.Agree, "")
	}},
	{engine.AlreadyClosed, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).do("applicant", engine.Withdraw, "", reasoned)
		return s.refused(engine.AlreadyClosed, "fire.handle", engine.Agree, "first")
	}},
	{engine.WrongAct, "", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).file(nil).refused(engine.WrongAct, "fire.handle", "dance", "")
	}},
	{engine.WrongAct, "", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).file(nil).refused(engine.WrongAct, "hall.clerk", engine.File, "")
	}},
	{engine.WrongLink, "", func(t *testing.T) *engine.Rejection {
		return tell(t, chained).accepted(nil).refused(engine.WrongLink, "fire.handle", engine.Agree, "view")
	}},
	{engine.BadAnswer, "", filedWith(func(a *engine.Args) { delete(a.Answers, "qb") })},
	{engine.BadAnswer, "", filedWith(func(a *engine.Args) { a.Answers["qb"] = 1.0 })},
	{engine.BadAnswer, "", filedWith(func(a *engine.Args) { a.Answers["qc"] = true })},
	{engine.BadAnswer, "", filedWith(func(a *engine.Args) { a.Answers["name"] = "x" })},
	{engine.BadPaper, "31", filedWith(func(a *engine.Args) { a.Papers = append(a.Papers, engine.PaperIn{ID: "p9"}) })},
	{engine.BadData, "", filedWith(func(a *engine.Args) { a.Number = "" })},
	{engine.BadData, "", filedWith(func(a *engine.Args) { a.Channel = "courier" })},
	{engine.BadData, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint)
		cmd := s.filing(nil)
		cmd.Parties = map[string]string{"hall": "hall"}
		return s.run(cmd)
	}},
	{engine.WindowOpen, "32", func(t *testing.T) *engine.Rejection {
		return tell(t, looking).file(nil).refused(engine.WindowOpen, "hall.clerk", engine.Accept, "receive")
	}},
	{engine.TooLate, "32", func(t *testing.T) *engine.Rejection {
		return tell(t, looking).file(nil).clear().refused(engine.TooLate, "fire.handle", engine.Gap, "receive", gap("p1"))
	}},
	{engine.TooLate, "42", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).at("2026-06-01T09:00")
		return s.refused(engine.TooLate, "gov.government-head", engine.Extend, "", engine.Args{Clock: "statutory", Reason: "理由"})
	}},
	{engine.OneNotice, "32", func(t *testing.T) *engine.Rejection {
		s := tell(t, looking).file(nil).do("hall.clerk", engine.Gap, "receive", gap("p1")).clear()
		return s.refused(engine.OneNotice, "fire.handle", engine.Gap, "receive", gap("p1"))
	}},
	{engine.AnswerOpen, "32", func(t *testing.T) *engine.Rejection {
		s := tell(t, looking).file(nil).do("hall.clerk", engine.Gap, "receive", gap("p1")).clear()
		return s.refused(engine.AnswerOpen, "hall.clerk", engine.Accept, "receive")
	}},
	{engine.GateShut, "32", func(t *testing.T) *engine.Rejection {
		return tell(t, replace(joint, "collect: {time: 2wd}, ", "")).file(nil, "p1").refused(engine.GateShut, "hall.clerk.2", engine.Accept, "receive")
	}},
	{engine.ReasonNeeded, "38", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).do("fire.handle", engine.Agree, "first")
		return s.refused(engine.ReasonNeeded, "city.handle", engine.Deny, "c")
	}},
	{engine.NoReturn, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, oneReview).accepted(nil).do("fire.handle", engine.Agree, "view", safe)
		return s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", reasoned)
	}},
	{engine.Signed, "8", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).do("fire.handle", engine.Agree, "first").do("city.handle", engine.Grant, "c")
		return s.refused(engine.Signed, "applicant", engine.Withdraw, "c", reasoned)
	}},
	{engine.NoExtension, "42", func(t *testing.T) *engine.Rejection {
		return tell(t, joint).accepted(nil).refused(engine.NoExtension, "gov.government-head", engine.Extend, "", engine.Args{Clock: "promised", Reason: "理由"})
	}},
	{engine.NoPause, "45", func(t *testing.T) *engine.Rejection {
		return tell(t, stoppingDef()).accepted(nil).refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("21wd"))
	}},
	{engine.NewApplication, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, changing).accepted(map[string]any{"qa": true})
		return s.refused(engine.NewApplication, "market.lead", engine.Amend, "", amend(map[string]any{"qc": true}))
	}},
	{engine.NotYetEffective, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint)
		cmd := s.filing(nil)
		cmd.At = time.Date(2025, 12, 31, 15, 59, 59, 0, time.UTC) // 23:59:59 at the hall
		rejection := s.run(cmd)
		cmd.At = cmd.At.Add(time.Second)
		require.Nil(t, s.run(cmd), "from the first instant of the day")
		return rejection
	}},
	{engine.TooFew, "34", func(t *testing.T) *engine.Rejection {
		return tell(t, jointVisit).accepted(nil).refused(engine.TooFew, "market.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i1"}})
	}},
	{engine.TooSoon, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, jointVisit).accepted(nil)
		return s.refused(engine.TooSoon, "market.handle", engine.Arrange, "look", engine.Args{On: s.now.Add(-time.Hour)})
	}},
	{engine.Stale, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil)
		cmd := s.command("fire.handle", engine.Agree, "first", engine.Args{})
		cmd.Seq = s.state.Seq
		s.do("fire.handle", engine.Claim, "first")
		return s.run(cmd)
	}},
	{engine.TooSoon, "", func(t *testing.T) *engine.Rejection {
		s := tell(t, joint).accepted(nil).do("applicant", engine.Urge, "")
		return s.refused(engine.TooSoon, "applicant", engine.Urge, "")
	}},
}

func filedWith(change func(*engine.Args)) func(t *testing.T) *engine.Rejection {
	return func(t *testing.T) *engine.Rejection {
		s := tell(t, joint)
		cmd := s.filing(nil)
		change(&cmd.Args)
		rejection := s.run(cmd)
		require.Nil(t, s.state, "nothing was filed")
		return rejection
	}
}

// TestEveryCode walks the refusal codes: each can be met, says what it is in two
// languages, and names the article where a law is the reason.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	met := map[engine.Code]bool{}
	for i, r := range refusals {
		rejection := r.try(t)
		require.NotNil(t, rejection, "%d: %s", i, r.code)
		require.Equal(t, r.code, rejection.Code, "%d: %v", i, rejection)
		require.NotEmpty(t, rejection.Zh)
		require.NotEmpty(t, rejection.En)
		require.Equal(t, string(r.code)+": "+rejection.En, rejection.Error())
		if r.law != "" {
			requireLaw(t, rejection, r.law)
			require.Equal(t, "中华人民共和国行政许可法", rejection.Law.Law)
		}
		met[r.code] = true
	}
	for _, code := range engine.Codes {
		require.True(t, met[code], "no way to %s", code)
	}
	require.Len(t, met, len(engine.Codes), "every code is listed")
}

// TestEveryEvent tells a few stories that between them meet every event there is.
func TestEveryEvent(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	note := func(s *story) {
		for _, e := range s.log {
			met[e.Type] = true
		}
	}
	// a long one: gap window after acceptance, objection, return, amendment, added opinion, drop
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd, from: gap}, answer: {time: 3wd}}
  - parallel: block
    objection: lead
    branches:
      - {review: a, by: fire, chain: [handle, check], reads: [p1], limit: {time: 9wd, late: agree, basis: 规定}}
      - {review: b, by: eco, reads: [p1]}
      - {decide: z, by: city, reads: [p1], optional: true, tells: [eco], gives: {permit: {kind: certificate, name: 证}}}
      - {review: extra, when: qb, by: eco}
      - {review: drop, by: market}
  - {decide: conclude, by: market, limit: 2wd, back: [block], gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, outputs: as-ready, ways: [counter]}
`
	s := tell(t, src).file(map[string]any{"qa": true}).do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Claim, "a").do("fire.handle", engine.Release, "a").do("fire.handle", engine.NeedsUpper, "a", reasoned)
	s.do("fire.handle", engine.Pass, "a").do("fire.check", engine.SendBack, "a", reasoned).do("fire.handle", engine.Pass, "a")
	s.do("eco.handle", engine.Disagree, "b", reasoned).do("city.handle", engine.Deny, "z", reasoned)
	s.do("market.lead", engine.ContinueBlock, "block", reasoned)
	s.do("market.lead", engine.Drop, "drop", reasoned).do("market.lead", engine.Add, "", engine.Args{Reason: "要", Branch: "extra"})
	s.do("market.lead", engine.Add, "block", engine.Args{Reason: "要", Party: "city", Time: wd(3)})
	s.do("fire.check", engine.Gap, "receive", gap("p1")).clear().at("2026-03-06T00:00")
	s.do("applicant", engine.Answer, "", s.answer("p1"))
	s.do("gov.government-head", engine.Extend, "", engine.Args{Clock: "statutory", Reason: "理由"})
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qa": false}))
	note(s)
	moved := s.command("eco.handle", engine.Agree, "extra", engine.Args{})
	moved.Parties = map[string]string{"eco": "eco-2"}
	require.Nil(t, s.run(moved))
	s.at("2026-03-10T09:00")
	note(s)
	back := tell(t, oneReview).accepted(nil).do("fire.handle", engine.Agree, "view", safe)
	back.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	note(back.do("fire.handle", engine.Disagree, "view", unsafe))
	note(back.do("market.handle", engine.Grant, "conclude", engine.Args{Overrides: []engine.Override{{Step: "view", Reason: "不采纳"}}}))
	note(back.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted))
	note(tell(t, looking).file(nil).do("hall.clerk", engine.Gap, "receive", gap("p1")).clear())
	note(tell(t, looking).file(nil).do("applicant", engine.Withdraw, "", reasoned))
	note(tell(t, looking).file(nil).do("hall.clerk", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "not-required"}))
	hands := tell(t, chained).accepted(nil).do("fire.check", engine.Assign, "view", to("fire.handle"))
	hands.do("fire.handle", engine.Delegate, "view", to("fire.handle.2")).do("fire.handle.2", engine.GiveBack, "view")
	hands.do("fire.handle", engine.Transfer, "view", to("fire.handle.2")).do("fire.handle.2", engine.Pass, "view")
	note(hands.do("fire.handle.2", engine.Recall, "view").do("applicant", engine.Urge, ""))
	note(tell(t, voting).accepted(nil).do("fire.handle", engine.Pass, "view").do("fire.check", engine.SendBack, "view", reasoned))
	signed := tell(t, chained).accepted(nil).do("fire.handle", engine.AddSigner, "view", to("fire.clerk"))
	note(signed.do("fire.handle", engine.RemoveSigner, "view", to("fire.clerk")))
	talk := tell(t, chained).accepted(nil).do("fire.handle", engine.Consult, "view", engine.Args{Org: "relics-1", Text: "？"})
	talk.do("relics-1.handle", engine.Reply, "", said("无")).do("fire.handle", engine.Copy, "", engine.Args{Orgs: []string{"relics-1"}})
	note(talk.do("relics-1.handle", engine.Read, "").do("fire.handle", engine.Comment, "", said("已核")))
	fell := tell(t, looking).accepted(map[string]any{"qa": true})
	note(fell.do("market.handle", engine.Deny, "reg", reasoned))
	note(tell(t, replace(oneReview, "promised: [{when: qa, time: 10wd}, {time: 20wd}]}", "promised: {time: 5wd, from: view}}")).accepted(nil).do("fire.handle", engine.Agree, "view", safe))
	closure := tell(t, oneReview).accepted(nil)
	require.Nil(t, closure.load(closure.calendar("2103", days("2026-03-09", "2026-03-11", false))))
	note(closure)
	note(tell(t, stoppingDef()).accepted(nil).do("fire.handle", engine.PauseClock, "d", expert("3wd")).do("fire.handle", engine.Resume, "d"))
	for _, more := range []func(*testing.T) []*story{dutyStories, fixStories, ratingStories, specialStories, correctionStories, paperStories, handOverStories, deliveryStories, preReviewStories, challengeStories, mendStories, interestedStories, askTimeStories} { // each subject's own
		for _, s := range more(t) {
			note(s)
		}
	}
	for _, name := range engine.EventTypes() {
		require.True(t, met[name], "no story has a %s", name)
	}
	require.True(t, slices.IsSorted(engine.EventTypes()))
}

// A copied state shares its lists with the original: append could write into memory
// both have. Steps, clocks and tasks are pointers in memory of each copy's own.
func TestSharedListsGrowByAdd(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	grows := regexp.MustCompile(`append\((?:d\.)?s\.(\w+),`)
	own := []string{"Steps", "Clocks", "Tasks"}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range grows.FindAllSubmatch(text, -1) {
			seen++
			require.Contains(t, own, string(m[1]), "%s: %s", file, m[0])
		}
	}
	require.Positive(t, seen, "nothing is appended to any more: this test looks for the wrong words")
}
