package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func blockOf(policy, extra string) string {
	return withBack(simple(`
  - parallel: block
    objection: `+policy+`
    `+extra+`
    branches:
      - {review: a, by: fire}
      - {review: b, by: eco}
      - {decide: c, by: city, gives: {cOk: {kind: approval, name: 丙}}}
      - {decide: d, by: eco, optional: true, after: [c]}
`), "block")
}

func TestRule_3_5_1_Passes(t *testing.T) {
	t.Parallel()
	end := func(extra string, a, d engine.Act) *story {
		s := tell(t, blockOf("finish", extra)).accepted(nil)
		s.do("fire.handle", a, "a", engine.Args{Reason: "理由", Conditions: []string{"限"}}).do("eco.handle", engine.Agree, "b")
		return s.do("city.handle", engine.Grant, "c").do("eco.handle.2", d, "d", reasoned)
	}
	end("", engine.Agree, engine.Deny).is("block=done") // an optional branch may end negatively
	end("", engine.Disagree, engine.Grant).is("block=failed")
	end("", engine.AgreeWith, engine.Grant).is("block=done")
	// with passes the expression alone decides
	end(`passes: 'agreed("block") >= 1'`, engine.Disagree, engine.Deny).is("block=done")
	end(`passes: 'agreed("block") >= 2'`, engine.AgreeWith, engine.Deny).is("block=done")
	end(`passes: 'agreed("block") >= 2'`, engine.NotConcerned, engine.Grant).is("block=failed")
	end(`passes: 'objected("block") == 0 and steps.d.verdict == "grant"'`, engine.Agree, engine.Deny).is("block=failed")
}

func TestRule_3_5_2_AnObjectionSpeaksToTheInnermostBlock(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: outer
    objection: lead
    branches:
      - parallel: inner
        objection: lead
        branches:
          - {review: a, by: fire}
          - {review: b, by: eco}
      - {review: c, by: city}
      - {decide: d, by: eco, optional: true}
`), "outer")
	s := tell(t, src).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned)
	require.NotNil(t, s.openTask("inner", engine.TaskQuestion))
	require.Nil(t, s.openTask("outer", engine.TaskQuestion))
	s.do("eco.handle", engine.Deny, "d", reasoned)
	require.Nil(t, s.openTask("outer", engine.TaskQuestion), "an optional branch's end is no objection")
	s.do("eco.handle", engine.Agree, "b").do("market.lead", engine.ContinueBlock, "inner", reasoned)
	s.is("inner=failed")
	require.Equal(t, "inner", s.openTask("outer", engine.TaskQuestion).About, "a nested block that fails is an objection outside")
	s.do("market.approve", engine.StopBlock, "outer", reasoned).is("c=stopped", "outer=failed", "d=deny").open("conclude")
}

func TestRule_3_5_3_Finish(t *testing.T) {
	t.Parallel()
	s := tell(t, blockOf("finish", "")).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned).open("b", "c")
	require.Empty(t, s.state.Objects)
	s.refused(engine.NotOpen, "market.lead", engine.StopBlock, "block", reasoned)
}

func TestRule_3_5_3_Stop(t *testing.T) {
	t.Parallel()
	s := tell(t, blockOf("stop", "")).accepted(nil)
	s.do("city.handle", engine.Grant, "c")
	signed := *s.state.Step("c").Verdict
	s.do("fire.handle", engine.Disagree, "a", reasoned)
	s.is("a=disagree", "b=stopped", "c=grant", "d=stopped", "block=failed").open("conclude")
	require.Equal(t, signed, *s.state.Step("c").Verdict, "signed decisions stand")
	require.Nil(t, s.openTask("b", engine.TaskWork))

	// a return opens what is named; being stopped before is no new objection
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再议", Steps: []string{"a"}})
	s.open("a").is("b=stopped", "d=stopped", "block=open")
	s.do("fire.handle", engine.Agree, "a").is("block=failed").open("conclude") // b is still stopped
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再议", Steps: []string{"b", "d"}})
	s.open("b", "d").do("eco.handle", engine.Agree, "b").do("eco.handle", engine.Grant, "d").is("block=done")
}

func TestRule_3_5_3_Lead(t *testing.T) {
	t.Parallel()
	s := tell(t, blockOf("lead", "")).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned).open("b", "c") // siblings run on
	s.do("eco.handle", engine.Disagree, "b", reasoned)
	require.Len(t, s.state.Objects, 2, "a question per objection")
	s.refused(engine.NotAllowed, "market.handle", engine.ContinueBlock, "block", reasoned)
	s.refused(engine.NotAllowed, "city.lead", engine.ContinueBlock, "block", reasoned)
	s.refused(engine.BadData, "market.lead", engine.ContinueBlock, "block", reasoned)
	s.refused(engine.ReasonNeeded, "market.lead", engine.ContinueBlock, "block", engine.Args{Objection: "block/a"})
	s.refused(engine.NotFound, "market.lead", engine.ContinueBlock, "block", engine.Args{Reason: "理由", Objection: "block/z"})
	s.do("market.lead", engine.ContinueBlock, "block", engine.Args{Reason: "理由", Objection: "block/a"})
	s.do("city.handle", engine.Grant, "c").do("eco.handle.2", engine.Grant, "d")
	s.is("block=open") // a question is open
	s.do("market.lead", engine.ContinueBlock, "block", reasoned).is("block=failed")
	// continue is no override
	require.Equal(t, "overrides.a", s.refused(engine.ReasonNeeded, "market.handle", engine.Grant, "conclude").Where)

	// stop takes back the other questions; a return is not held up by them
	s = tell(t, blockOf("lead", "")).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned).do("eco.handle", engine.Disagree, "b", reasoned)
	s.do("market.lead", engine.StopBlock, "block", engine.Args{Reason: "理由", Objection: "block/b"})
	s.is("c=stopped", "d=stopped", "block=failed")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再议", Steps: []string{"a", "b", "c", "d"}})
	s.do("fire.handle", engine.Agree, "a").do("eco.handle", engine.Agree, "b").do("city.handle", engine.Grant, "c").do("eco.handle.2", engine.Grant, "d")
	s.is("block=done").open("conclude")
}

func TestRule_3_5_3_NothingDoneAgainObjectsNoSecondTime(t *testing.T) {
	t.Parallel()
	s := tell(t, blockOf("lead", "")).accepted(nil)
	s.do("fire.handle", engine.Disagree, "a", reasoned).do("eco.handle", engine.Agree, "b")
	s.do("market.lead", engine.ContinueBlock, "block", reasoned)
	s.do("city.handle", engine.Grant, "c").do("eco.handle.2", engine.Grant, "d")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再议", Steps: []string{"b"}})
	s.open("b").do("eco.handle", engine.Agree, "b").is("block=failed").open("conclude")
	require.Len(t, s.state.Objects, 1)
	// done again, it objects again
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再议", Steps: []string{"a"}})
	s.do("fire.handle", engine.Disagree, "a", reasoned)
	require.Len(t, s.state.Objects, 2)
	require.NotNil(t, s.openTask("block", engine.TaskQuestion))
}

func TestRule_3_5_4_NothingElseEndsAnotherPartysBranch(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"finish", "lead"} {
		s := tell(t, blockOf(policy, "")).accepted(nil)
		s.do("city.handle", engine.Deny, "c", reasoned)
		s.open("a", "b").is("d=barred") // its own after
	}
}
