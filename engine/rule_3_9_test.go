package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func deciding(outputs string) string {
	return head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {decide: a, by: fire, optional: true, tells: [city, eco], gives: {aOk: {kind: certificate, name: 甲证, validity: 1y}}}
      - {decide: b, when: qa, by: eco, optional: true, gives: {bOk: {kind: approval, name: 乙证}}}
      - {review: v, by: city}
  - {decide: conclude, by: market, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, outputs: ` + outputs + `, ways: [counter, courier]}
`
}

func TestRule_3_9_1and2_Outcomes(t *testing.T) {
	t.Parallel()
	end := func(qa bool, a, b, conclude engine.Act) *story {
		s := tell(t, deciding("together")).accepted(map[string]any{"qa": qa})
		for step, c := range map[string]struct {
			who string
			do  engine.Act
		}{"a": {"fire.handle", a}, "b": {"eco.handle", b}} {
			switch {
			case step == "b" && !qa:
			case c.do == engine.Withdraw:
				s.do("applicant", c.do, step, reasoned)
			default:
				s.do(c.who, c.do, step, reasoned)
			}
		}
		s.status(engine.Accepted, "")
		return s.do("city.handle", engine.Agree, "v").do("market.handle", conclude, "conclude", reasoned)
	}
	end(false, engine.Grant, "", engine.Grant).status(engine.Decided, engine.Granted)
	end(true, engine.Grant, engine.Deny, engine.Grant).status(engine.Decided, engine.PartlyGrant)
	end(true, engine.Grant, engine.Grant, engine.Deny).status(engine.Decided, engine.PartlyGrant)
	end(true, engine.Deny, engine.Deny, engine.Deny).status(engine.Decided, engine.Denied)
	end(true, engine.Grant, engine.Withdraw, engine.Grant).status(engine.Decided, engine.Granted) // withdrawn counts as absent
}

func TestRule_3_9_VerdictsCarryWhatTheLawAsks(t *testing.T) {
	t.Parallel()
	s := tell(t, deciding("together")).accepted(nil)
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.Deny, "a"), "38")
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.Deny, "a", engine.Args{Reason: "理由"}), "38")
	s.refused(engine.WrongAct, "fire.handle", engine.Agree, "a")
	s.refused(engine.BadData, "fire.handle", engine.Grant, "a", engine.Args{Outputs: []engine.OutputIn{{ID: "bOk"}}})
	s.refused(engine.BadData, "fire.handle", engine.Grant, "a", engine.Args{Outputs: []engine.OutputIn{{ID: "aOk"}, {ID: "aOk"}}})
	s.do("fire.handle", engine.Grant, "a", engine.Args{Outputs: []engine.OutputIn{{ID: "aOk", Number: "证1", Data: map[string]any{"no": "1"}}}})
	require.Equal(t, "2027-03-02", s.state.Outputs[0].Until.String())
	require.Equal(t, "fire", s.state.Outputs[0].Org)
	require.Equal(t, "证1", s.state.Outputs[0].Number)
	told := []string{}
	for _, n := range s.state.Notices {
		require.Equal(t, engine.NoticeGranted, n.Kind)
		told = append(told, n.To)
	}
	require.Equal(t, []string{"city", "eco"}, told)
	s.do("city.handle", engine.Agree, "v").do("market.handle", engine.Deny, "conclude", reasoned)
	require.NotEmpty(t, s.state.Step("conclude").Verdict.Remedy)
	require.NotNil(t, s.state.Task("handOut.denial:conclude"))
}

func TestRule_3_9_3_TogetherAllAtOnce(t *testing.T) {
	t.Parallel()
	s := tell(t, deciding("together")).accepted(map[string]any{"qa": true})
	s.do("fire.handle", engine.Grant, "a").do("eco.handle", engine.Deny, "b", reasoned)
	require.Nil(t, s.openTask("handOut", engine.TaskHand))
	s.do("city.handle", engine.Agree, "v").do("market.handle", engine.Grant, "conclude")
	way := engine.Args{Way: "counter"}
	s.refused(engine.NotAllowed, "city.handle", engine.Hand, "handOut", way)
	s.refused(engine.BadData, "hall.clerk", engine.Hand, "handOut")
	s.refused(engine.BadData, "hall.clerk", engine.Hand, "handOut", engine.Args{Way: "online"})
	s.refused(engine.NotFound, "hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter", Items: []string{"bOk"}})
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "courier", Items: []string{"aOk"}, Proof: "单1"}).open("handOut")
	claim := s.command("hall.clerk.2", engine.Claim, "handOut", engine.Args{})
	claim.Task = "handOut.result"
	require.Nil(t, s.run(claim))
	s.refused(engine.Claimed, "hall.clerk", engine.Hand, "handOut", way)
	s.do("hall.clerk.2", engine.Hand, "handOut", way).status(engine.Closed, engine.PartlyGrant)
	ways := map[string]string{}
	for _, h := range s.state.Hands {
		ways[h.ID] = h.Way
	}
	require.Equal(t, map[string]string{"aOk": "courier", "denial:b": "counter", "result": "counter"}, ways)
	s.refused(engine.AlreadyClosed, "hall.clerk", engine.Hand, "handOut", way)
}

func TestRule_3_9_4_AsReady(t *testing.T) {
	t.Parallel()
	s := tell(t, deciding("as-ready")).accepted(nil)
	s.do("fire.handle", engine.Grant, "a").is("handOut=waiting")
	s.due("hand.aOk", "2026-03-16")
	require.Equal(t, engine.Statutory, s.state.Clock("hand.aOk").Class)
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Accepted, "")
	require.False(t, s.state.Clock("hand.aOk").Running())
	s.later(24).do("city.handle", engine.Agree, "v").do("market.handle", engine.Grant, "conclude").open("handOut")
	s.due("hand.result", "2026-03-17")
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).is("handOut=done").status(engine.Closed, engine.Granted)

	// all handed out before its turn: the step has nothing left
	s = tell(t, deciding("as-ready")).accepted(nil)
	s.do("fire.handle", engine.Grant, "a").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
	s.do("applicant", engine.Withdraw, "", reasoned).is("handOut=done").status(engine.Closed, engine.Withdrawn)
}

func TestRule_3_9_5_Closing(t *testing.T) {
	t.Parallel()
	s := tell(t, deciding("together")).accepted(nil)
	s.do("fire.handle", engine.Grant, "a").do("city.handle", engine.Agree, "v").do("market.handle", engine.Grant, "conclude")
	require.NotEmpty(t, engine.WaitingFor(s.rules, s.state))
	s.at("2026-04-01T09:00").status(engine.Decided, engine.Granted)
	require.True(t, s.state.Clock("hand.aOk").Overdue)
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	require.Equal(t, s.state.Last, s.state.ClosedAt)
	require.Empty(t, engine.WaitingFor(s.rules, s.state))
	require.True(t, engine.NextDue(s.state).IsZero())
	for _, c := range s.state.Clocks {
		require.False(t, c.Running(), c.ID)
	}
	for _, do := range engine.PersonActs {
		if do == engine.Correct || do == engine.Challenge {
			continue // what was signed is corrected, and put in question, at any time, by whoever signs
		}
		rejection := s.refused(engine.AlreadyClosed, "market.lead", do, "", reasoned)
		require.NotEmpty(t, rejection.Zh)
	}
	seq := s.state.Seq
	s.at("2027-04-01T09:00")
	require.Equal(t, seq, s.state.Seq)
}
