package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var returning = withBack(simple(`
  - {review: early, by: fire}
  - parallel: block
    branches:
      - {review: a, by: fire, reads: [p1, form.site], chain: [handle, check]}
      - {review: b, by: eco, reads: [p1]}
      - {review: m, when: qb, by: city}
      - sequence: seq
        steps:
          - {review: x, by: city, reads: [p1]}
          - {decide: y, by: city, reads: [b], gives: {yOk: {kind: approval, name: 乙}}}
      - {decide: z, by: eco, optional: true}
      - {review: w, by: eco, after: [z]}
`), "block")

// before brings a story to the conclusion: z denied, so w is barred.
func before(t *testing.T) *story {
	s := tell(t, returning).accepted(nil)
	s.do("fire.handle", engine.Agree, "early")
	s.do("fire.handle", engine.Pass, "a").do("fire.check", engine.Agree, "a").do("eco.handle", engine.Agree, "b")
	s.do("city.handle", engine.Agree, "x").do("city.handle.2", engine.Grant, "y").do("eco.handle.2", engine.Deny, "z", reasoned)
	return s.is("w=barred", "m=absent", "block=failed").open("conclude")
}

func TestRule_3_6_1_WhoReturnsWhereTo(t *testing.T) {
	t.Parallel()
	again := engine.Args{Reason: "再看", Steps: []string{"b"}}
	s := before(t)
	s.refused(engine.NotAllowed, "city.handle", engine.Return, "conclude", again)
	s.refused(engine.NotOpen, "market.handle", engine.Return, "block", again)
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", To: "early", Steps: []string{"early"}})
	s.refused(engine.ReasonNeeded, "market.handle", engine.Return, "conclude", engine.Args{Steps: []string{"b"}})
	for range 2 {
		s.do("market.handle", engine.Return, "conclude", again).do("eco.handle", engine.Agree, "b").open("conclude")
	}
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", again) // times
	s.do("watch.supervisor", engine.Return, "conclude", again).open("b")
	require.Equal(t, 3, s.state.Step("conclude").Returns)
	s.do("eco.handle", engine.Agree, "b")

	s = tell(t, withBack(simple(`  - {review: view, by: fire}`), "")).accepted(nil)
	s.refused(engine.NoReturn, "fire.handle", engine.Return, "view", again) // not a decide
	s.do("fire.handle", engine.Agree, "view")
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", again) // no back
	s = tell(t, withBack(simple(`  - {review: view, by: fire}`), "view")).accepted(nil)
	s.do("fire.handle", engine.Agree, "view")
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看"})
}

func TestRule_3_6_2_WhatIsDoneAgain(t *testing.T) {
	t.Parallel()
	s := before(t)
	y, z := *s.state.Step("y").Verdict, *s.state.Step("z").Verdict
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"a"}})
	s.open("a").is("b=agree", "early=agree", "x=agree", "y=grant", "z=deny", "seq=done", "block=open", "conclude=waiting")
	require.Equal(t, 2, s.state.Step("a").Round)
	require.Equal(t, 2, s.state.Step("block").Round)
	require.True(t, s.state.Step("b").Stayed)
	stays := map[string]string{}
	for _, stay := range eventsOf[engine.Returned](s)[0].Stay {
		stays[stay.Step] = stay.Why
	}
	require.Equal(t, map[string]string{"b": "unchanged", "x": "signed decision follows", "y": "signed", "z": "signed"}, stays)
	s.do("fire.handle", engine.Pass, "a").do("fire.check", engine.Disagree, "a", reasoned)
	s.is("w=barred") // judged anew, and barred again
	s.open("conclude")
	require.Equal(t, 2, s.state.Step("conclude").Round)
	require.Equal(t, y, *s.state.Step("y").Verdict)
	require.Equal(t, z, *s.state.Step("z").Verdict)
	require.Equal(t, engine.EndAgree, s.state.Step("a").Rounds[0].Verdict.End, "earlier rounds stay readable")
}

func TestRule_3_6_2_BarredAndSkippedAreJudgedAnew(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: first
    branches: [{review: a, by: fire}, {review: b, by: eco}]
  - {review: later, by: city}
  - parallel: licences
    branches: [{decide: must, by: city, gives: {permit: {kind: certificate, name: 证}}}]
`), "first")
	s := tell(t, src).accepted(map[string]any{"qa": true})
	s.paperIs("permit", engine.PaperAwaited)
	s.do("fire.handle", engine.Disagree, "a", reasoned).do("eco.handle", engine.Agree, "b")
	s.is("later=skipped", "must=skipped", "licences=skipped").open("conclude").paperIs("permit", engine.PaperMissing)
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"a"}})
	s.do("fire.handle", engine.Agree, "a").is("first=done").open("later").is("must=waiting", "licences=waiting")
	s.do("city.handle", engine.Agree, "later").do("city.handle", engine.Grant, "must")
	s.paperIs("permit", engine.PaperPresent) // the output is the paper, though it had fallen
	s.do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.Granted)
}

func TestRule_3_6_2_AReturnOutOfANestedSequence(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {review: far, by: fire}
  - sequence: seq
    limit: 9wd
    steps:
      - {review: near, by: eco}
      - {decide: judge, by: city, back: [far, near], gives: {jOk: {kind: approval, name: 判}}}
`), "")
	s := tell(t, src).accepted(nil)
	s.do("fire.handle", engine.Agree, "far").do("eco.handle", engine.Agree, "near")
	opened := s.state.Clock("seq").Start
	s.do("city.handle", engine.Return, "judge", engine.Args{Reason: "再看", To: "far", Steps: []string{"far", "near"}})
	s.open("far").is("seq=open", "near=waiting", "judge=waiting")
	require.Equal(t, 1, s.state.Step("seq").Round, "the group around the returner goes on")
	require.Equal(t, opened, s.state.Clock("seq").Start)
	s.due("seq", "2026-03-13")
	s.do("fire.handle", engine.Agree, "far").open("near")
	s.do("eco.handle", engine.Agree, "near").open("judge")
	s.do("city.handle", engine.Grant, "judge").is("seq=done").open("conclude")
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", reasoned)
}

func TestRule_3_6_3_SignedDecisionsHoldWhatCameBefore(t *testing.T) {
	t.Parallel()
	s := before(t)
	rejection := s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"x"}})
	require.Equal(t, "steps.x", rejection.Where)
	for _, step := range []string{"y", "early", "m", "nowhere"} {
		s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{step}})
	}
	// w would be barred again, m stay absent: nothing would reopen
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看"})

	// also one that was stopped
	stopped := tell(t, withBack(simple(`
  - sequence: s1
    steps:
      - parallel: block
        objection: stop
        branches: [{review: a, by: fire}, {review: b, by: eco}]
      - {decide: mid, by: city}
  - {review: open1, by: eco}
`), "s1")).accepted(nil)
	stopped.do("fire.handle", engine.Disagree, "a", reasoned).is("b=stopped")
	stopped.do("city.handle", engine.Grant, "mid", engine.Args{Overrides: []engine.Override{{Step: "a", Reason: "理由"}}})
	stopped.do("eco.handle", engine.Agree, "open1")
	stopped.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"b"}})
	stopped.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"open1"}}).open("open1")
}

// corrected brings a story to an open notice after acceptance on p1.
func correctedAfter(t *testing.T, src string) *story {
	s := tell(t, src)
	s.file(nil).do("hall.clerk.2", engine.Accept, "receive")
	return s
}

func TestRule_3_6_4and5_AffectedWithoutAReturn(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd, from: gap}, answer: {time: 10wd}}
  - parallel: block
    branches:
      - {review: a, by: fire, reads: [p1, form.site], chain: [handle, check]}
      - {review: b, by: eco, reads: [p1]}
      - {decide: z, by: eco, reads: [p1], optional: true}
      - {review: other, by: city, reads: [form.staff]}
      - sequence: seq
        steps: [{review: x, by: city, reads: [p1]}, {review: x2, by: city}]
      - {review: late, by: market}
  - {decide: conclude, by: market, back: [block]}
  - {issue: handOut, by: hall, ways: [counter]}
`
	s := correctedAfter(t, src)
	s.do("eco.handle", engine.Disagree, "b", reasoned).do("eco.handle", engine.Grant, "z").do("city.handle", engine.Agree, "other").do("city.handle", engine.Agree, "x")
	s.do("fire.handle", engine.Pass, "a")
	due := s.state.Clock("promised").Due
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}})
	s.open("a", "b", "x2", "late") // x is inside a sequence: it needs a return
	require.Equal(t, 2, s.state.Step("b").Round)
	require.Equal(t, 1, s.state.Step("a").Round, "an open step goes back to its first link, same round")
	require.Equal(t, 0, s.state.Step("a").Link)
	require.Equal(t, "a.1a.2", s.openTask("a", engine.TaskWork).ID)
	require.Equal(t, []string{"p1"}, eventsOf[engine.StepTold](s)[0].Changed)
	require.Equal(t, due, s.state.Clock("promised").Due)
	require.True(t, s.state.Step("z").Affected)
	require.Len(t, eventsOf[engine.DecisionAffected](s), 1)
	require.Equal(t, engine.EndDisagree, s.state.Step("b").Rounds[0].End)

	// a field inside the form; a step that reads another is left alone
	s.do("fire.handle", engine.Pass, "a")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Form: map[string]any{"staff": 3.0}})
	require.Equal(t, 1, s.state.Step("a").Link)
	require.Equal(t, 2, s.state.Step("other").Round)
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Form: map[string]any{"site": "另一处"}})
	require.Equal(t, 0, s.state.Step("a").Link)
}

func TestRule_3_6_5_OnlyWhatChangedReopens(t *testing.T) {
	t.Parallel()
	// b read a's record before a was done again; an amendment of something else does not reopen b
	src := withBack(simple(`
  - parallel: block
    branches:
      - {review: a, by: fire, reads: [p1]}
      - {review: b, by: eco, reads: [a, p2]}
      - {review: open1, by: city}
`), "block")
	s := tell(t, src).accepted(map[string]any{"qb": true})
	s.do("eco.handle", engine.Agree, "b").do("fire.handle", engine.Agree, "a")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}})
	s.open("a", "open1").is("b=agree")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p2")}})
	s.open("a", "b", "open1")
}

func TestRule_3_6_7_ASignedDecisionIsToldNeverReopened(t *testing.T) {
	t.Parallel()
	s := before(t)
	// y read b's opinion; b is done again
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"b"}})
	s.do("eco.handle", engine.Disagree, "b", reasoned)
	require.True(t, s.state.Step("y").Affected)
	s.is("y=grant")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeChange, told.Kind)
	require.Equal(t, "city", told.To)
}
