package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var threeParts = withBack(simple(`
  - sequence: part
    steps:
      - {review: one, by: fire}
      - parallel: both
        branches:
          - {review: left, by: eco}
          - {decide: right, by: city, optional: true}
      - {review: two, by: fire}
`), "part")

func TestRule_3_3_3_SequencesAndParallels(t *testing.T) {
	t.Parallel()
	s := tell(t, threeParts).accepted(nil)
	s.open("one").is("part=open", "both=waiting", "left=waiting", "two=waiting")
	s.do("fire.handle", engine.Disagree, "one", reasoned).open("left", "right")
	s.refused(engine.NotOpen, "fire.handle", engine.Agree, "two")
	s.do("city.handle", engine.Deny, "right", reasoned).open("left")
	s.do("eco.handle", engine.NotConcerned, "left", reasoned).is("both=done").open("two")
	s.do("fire.handle", engine.Agree, "two").is("part=done").open("conclude")
}

func TestRule_3_3_4_After(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches:
      - {decide: reg, when: qa, by: market, gives: {permit: {kind: certificate, name: 许可}}}
      - {decide: other, by: fire, optional: true}
      - {review: byOutput, by: eco, after: [permit]}
      - {review: byStep, by: city, after: [other]}
      - {review: byBoth, when: 'steps.other.verdict != "deny"', by: eco, after: [permit, byStep, other]}
`), "block")
	s := tell(t, src).accepted(map[string]any{"qa": true})
	s.paperIs("permit", engine.PaperAwaited)
	s.open("reg", "other").is("byOutput=waiting", "byStep=waiting", "byBoth=waiting")
	s.do("market.handle", engine.Grant, "reg").open("other", "byOutput").paperIs("permit", engine.PaperPresent)
	s.do("fire.handle", engine.Deny, "other", reasoned)
	s.is("byStep=barred", "byBoth=absent")
	s.do("eco.handle", engine.Agree, "byOutput").is("block=failed") // a barred branch that is not optional

	// an absent giver fulfils; a giver that denies does not
	s = tell(t, src).accepted(nil)
	s.open("other", "byOutput").is("reg=absent")
	s.do("fire.handle", engine.Grant, "other").open("byOutput", "byStep")
	s = tell(t, src).accepted(map[string]any{"qa": true})
	s.do("market.handle", engine.Deny, "reg", reasoned).is("byOutput=barred").paperIs("permit", engine.PaperMissing)

	// withdrawn is negative for after
	s = tell(t, src).accepted(nil)
	s.do("applicant", engine.Withdraw, "other", reasoned).is("other=withdrawn", "byStep=barred", "byBoth=barred")
}

func TestRule_3_3_5_WhenAParallelEnds(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    objection: lead
    branches:
      - {review: a, by: fire}
      - {review: b, by: eco}
`), "block")
	s := tell(t, src).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned).do("eco.handle", engine.Agree, "b")
	s.is("block=open") // a question is open
	s.do("market.lead", engine.ContinueBlock, "block", reasoned).is("block=failed").open("conclude")
}

func TestRule_3_3_6_AfterANegativeEnd(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - {decide: base, when: qb, by: market, gives: {baseOk: {kind: approval, name: 基础}}}
  - parallel: block
    branches: [{review: view, by: fire}, {review: view2, by: city}]
  - {review: extra, by: eco}
  - {decide: never, when: qc, by: eco}
  - {decide: conclude, by: market, gives: {result: {kind: approval, name: 批复}}}
  - {review: after, by: eco}
  - {decide: last, by: city}
  - {issue: handOut, by: hall, ways: [counter]}
`
	block := func(s *story, act engine.Act) *story {
		return s.do("fire.handle", act, "view", reasoned).do("city.handle", engine.Agree, "view2")
	}
	// a failed block skips on to the next present decide; its grant makes it good
	s := block(tell(t, src).accepted(nil), engine.Disagree)
	s.is("block=failed", "extra=skipped", "never=absent").open("conclude")
	granted := engine.Args{Overrides: []engine.Override{{Step: "view", Reason: "不采纳"}}}
	s.do("market.handle", engine.Grant, "conclude", granted).open("after")
	s.do("eco.handle", engine.Agree, "after").do("city.handle", engine.Grant, "last", granted).open("handOut")
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)

	// a decide's denial is final: all is skipped but what can be handed out
	s = block(tell(t, src).accepted(nil), engine.Disagree)
	s.do("market.handle", engine.Deny, "conclude", reasoned).is("after=skipped", "last=skipped").open("handOut")
	s.status(engine.Decided, engine.Denied)
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Denied)

	// a decide that denies early is not made good by a later decide
	s = tell(t, src).accepted(map[string]any{"qb": true})
	s.do("market.handle", engine.Deny, "base", reasoned)
	s.is("block=skipped", "view=skipped", "conclude=skipped", "last=skipped").open("handOut").status(engine.Decided, engine.Denied)

	// nothing to hand out: the hand-out is skipped too, and the case closes
	s = tell(t, src).file(nil).do("hall.clerk.2", engine.Refuse, "receive", engine.Args{Reason: "不需要", Outcome: "not-required"})
	s.is("receive=deny", "block=skipped", "conclude=skipped", "handOut=skipped").status(engine.Closed, engine.NotRequired)
}

func TestRule_3_3_6_ANestedFailureIsMadeGoodByItsOwnDecide(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches:
      - sequence: inside
        steps:
          - parallel: opinions
            branches: [{review: x, by: fire}, {review: y, by: eco}]
          - {decide: judge, by: city}
      - {review: z, by: eco}
`), "block")
	s := tell(t, src).accepted(nil)
	s.do("fire.handle", engine.Disagree, "x", reasoned).do("eco.handle", engine.Agree, "y").do("eco.handle", engine.Agree, "z")
	s.is("opinions=failed").open("judge")
	s.do("city.handle", engine.Grant, "judge", engine.Args{Overrides: []engine.Override{{Step: "x", Reason: "理由"}}})
	s.is("inside=done", "block=done").open("conclude")
}

func TestRule_3_3_7_Needs(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, needs: [p1, {step: p2, when: qb}], collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {review: base, by: fire}
      - {review: view, by: eco, needs: [base], chain: [handle, check]}
      - {decide: act, by: city, needs: [base, permit], optional: true}
  - {decide: conclude, by: market, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter]}
`
	// on the intake the filing is refused
	s := tell(t, src)
	rejection := s.run(s.filing(nil, "p1"))
	require.NotNil(t, rejection)
	require.Equal(t, engine.GateShut, rejection.Code)
	require.NotNil(t, s.run(s.filing(map[string]any{"qb": true}, "p2")))

	s = tell(t, src).accepted(nil)
	s.open("base", "view", "act") // opens as usual
	s.do("eco.handle", engine.Pass, "view")
	for _, act := range []engine.Act{engine.Agree, engine.AgreeWith, engine.Disagree, engine.NotConcerned} {
		args := reasoned
		args.Conditions = []string{"条件"}
		require.Equal(t, "base", s.refused(engine.GateShut, "eco.check", act, "view", args).Where, "every opinion is a positive end")
	}
	s.refused(engine.GateShut, "city.handle", engine.Grant, "act")
	s.do("fire.handle", engine.Disagree, "base", reasoned)             // an opinion is a positive end
	s.refused(engine.ReasonNeeded, "city.handle", engine.Grant, "act") // which it waits for, and so has to deal with (3.4.3)
	s.do("eco.check", engine.Agree, "view").do("city.handle", engine.Grant, "act", against("base"))

	// a paper must be there itself, or absent; a decide may always deny
	s = tell(t, src).file(map[string]any{"qa": true}, "permit")
	s.clear().at("2026-03-09T09:00").do("hall.clerk.2", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "not-required"})
	s = tell(t, src).accepted(map[string]any{"qa": true})
	s.do("fire.handle", engine.Agree, "base").do("city.handle", engine.Grant, "act")
	s = tell(t, src).accepted(nil)
	s.do("city.handle", engine.Deny, "act", reasoned).is("act=deny")
}

func TestRule_3_3_7_NeedsOfAnIssueGateTheHandOut(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {decide: act, by: city}
      - {review: check1, by: fire}
      - sequence: out
        after: [act]
        steps: [{issue: early, by: hall, ways: [counter], needs: [check1]}]
  - {issue: handOut, by: hall, ways: [counter]}
`
	s := tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("city.handle", engine.Deny, "act", reasoned).is("out=barred")
	src = head + `
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {decide: act, by: city, gives: {paper1: {kind: approval, name: 证}}}
      - {review: check1, by: fire}
      - {issue: early, by: hall, ways: [counter], after: [act], needs: [check1]}
  - {issue: handOut, by: hall, ways: [counter]}
`
	s = tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("city.handle", engine.Grant, "act").open("check1", "early")
	s.refused(engine.GateShut, "hall.clerk", engine.Hand, "early", engine.Args{Way: "counter"})
	s.do("fire.handle", engine.Agree, "check1").do("hall.clerk", engine.Hand, "early", engine.Args{Way: "counter"})
	s.status(engine.Closed, engine.Granted)
}

func TestRule_3_3_8_WhoMayGrant(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches:
      - {decide: must, by: city}
      - {decide: may, by: fire, optional: true}
      - {review: view, by: eco}
`), "block")
	over := engine.Args{Overrides: []engine.Override{{Step: "view", Reason: "不采纳"}}}
	// optional branches and opinions are left out
	s := tell(t, src).accepted(nil)
	s.do("city.handle", engine.Grant, "must").do("fire.handle", engine.Deny, "may", reasoned).do("eco.handle", engine.Disagree, "view", reasoned)
	s.do("market.handle", engine.Grant, "conclude", over).is("conclude=grant")
	// a mandatory decision against it shuts the gate; deny is always there
	s = tell(t, src).accepted(nil)
	s.do("city.handle", engine.Deny, "must", reasoned).do("fire.handle", engine.Grant, "may").do("eco.handle", engine.Agree, "view")
	require.Equal(t, "must", s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude", over).Where)
	s.do("market.handle", engine.Deny, "conclude", reasoned).status(engine.Decided, engine.PartlyGrant)
	// withdrawn branches are left out
	s = tell(t, src).accepted(nil)
	s.do("applicant", engine.Withdraw, "must", reasoned).do("fire.handle", engine.Grant, "may").do("eco.handle", engine.Agree, "view")
	s.do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.Granted)

	// a mandatory decision that was skipped was never made
	s = tell(t, withBack(simple(`
  - parallel: block
    branches: [{review: view, by: eco}, {review: view2, by: fire}]
  - parallel: licences
    branches: [{decide: must, by: city}, {decide: may, by: fire, optional: true}]
`), "block")).accepted(nil)
	s.do("eco.handle", engine.Disagree, "view", reasoned).do("fire.handle", engine.Agree, "view2")
	s.is("must=skipped", "may=skipped").open("conclude")
	require.Equal(t, "must", s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude", over).Where)
	s.do("market.handle", engine.Deny, "conclude", reasoned).status(engine.Decided, engine.Denied)
}

func TestRule_3_3_9_ANeedThatFailsBars(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches:
      - {decide: base, by: fire, optional: true}
      - {review: view, by: eco, needs: [base]}
      - {decide: act, by: city, needs: [base]}
`), "block")
	s := tell(t, src).accepted(nil)
	s.do("fire.handle", engine.Deny, "base", reasoned).is("view=barred").open("act")
	require.Equal(t, "needs:base", s.state.Step("view").Why)
	require.Nil(t, s.openTask("view", engine.TaskWork))
	s.refused(engine.GateShut, "city.handle", engine.Grant, "act")
	s.do("city.handle", engine.Deny, "act", reasoned)

	s = tell(t, src).accepted(nil)
	s.do("applicant", engine.Withdraw, "base", reasoned).is("view=barred") // withdrawn is negative for needs
	s.refused(engine.GateShut, "city.handle", engine.Grant, "act")
}

func TestRule_3_3_10_AGroupOfAbsentSteps(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    passes: 'agreed("block") > 0'
    branches: [{review: a, when: qa, by: fire}, {review: b, when: qb, by: eco}]
  - sequence: seq
    steps: [{review: c, when: qa, by: fire}]
`), "block")).accepted(nil)
	s.is("block=done", "seq=done").open("conclude")
}
