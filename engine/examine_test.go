package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// A verdict comes after each condition of its step was worked through, by whichever link.
func TestVerdictAfterItsConditions(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	for _, do := range []engine.Act{engine.Agree, engine.AgreeWith, engine.Disagree} {
		rej := s.refused(engine.BadData, "fire.organ-head", do, "view", reasoned)
		require.Equal(t, []string{"checks: safe", "no result for safe", "checks.safe"}, []string{rej.Expected, rej.Actual, rej.Where})
		require.Contains(t, rej.Zh, "逐条核对")
	}
	// what was sent back is looked at again, what the links before it found stands
	s.do("fire.organ-head", engine.SendBack, "view", engine.Args{Reason: "补", Link: "handle"})
	s.do("fire.handle", engine.Pass, "view", engine.Args{Checks: []engine.CheckResult{{ID: "safe", Note: "门不够宽"}}})
	s.do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	require.NotContains(t, optionOf(t, s.options("fire.organ-head", "view"), engine.Agree).Needs, "checks")
	s.do("fire.organ-head", engine.SendBack, "view", engine.Args{Reason: "补", Link: "handle"})
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view", safe)
	s.do("fire.organ-head", engine.Disagree, "view", reasoned)
	require.Equal(t, safe.Checks, s.state.Step("view").Verdict.Checks, "the verdict holds what the chain has found")
	// another round looks anew
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.refused(engine.BadData, "fire.organ-head", engine.Agree, "view")
	s.do("fire.organ-head", engine.NotConcerned, "view", reasoned).is("view=not-concerned")
}

// A later word on a condition replaces an earlier one; conditions that do not hold for the case ask for nothing.
func TestConditionsOfTheCaseAreWorkedThrough(t *testing.T) {
	t.Parallel()
	src := replace(replace(chained, "checks: [safe]", "checks: [safe, wide]"), "conditions:", "conditions:\n  wide: {text: 门宽, basis: 法, when: qa}")
	for _, wide := range []bool{false, true} {
		s := tell(t, src).accepted(map[string]any{"qa": wide}).do("fire.handle", engine.Pass, "view", unsafe)
		s.do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view", safe)
		asked := map[string]bool{}
		for _, f := range optionOf(t, s.options("fire.organ-head", "view"), engine.Agree).Fields {
			for _, c := range f.Choices {
				if f.Field == "checks" {
					asked[c.ID] = c.Asked
				}
			}
		}
		require.Equal(t, map[bool]map[string]bool{false: {"safe": false}, true: {"safe": false, "wide": true}}[wide], asked, "what is left to examine is asked for")
		if wide {
			require.Equal(t, "checks.wide", s.refused(engine.BadData, "fire.organ-head", engine.Agree, "view").Where)
			continue
		}
		s.do("fire.organ-head", engine.Agree, "view").is("view=agree")
		require.Equal(t, safe.Checks, s.state.Step("view").Verdict.Checks)
	}
}

// A case filed before verdicts were held to their conditions does not carry that it is: it goes on as it began.
func TestCaseOfBeforeIsNotHeldToConditions(t *testing.T) {
	t.Parallel()
	s := tell(t, oneReview)
	require.Nil(t, s.run(s.filing(nil)))
	filed := s.log[0].Body.(engine.CaseFiled)
	require.True(t, filed.Examined)
	filed.Examined = false
	old := s.log[0]
	old.Body = filed
	s.state = nil
	for i, e := range s.log {
		if i == 0 {
			e = old
		}
		s.state = engine.Evolve(s.state, e)
	}
	s.clear().do("hall.clerk.2", engine.Accept, "receive").do("fire.handle", engine.Agree, "view").is("view=agree")
	require.NotContains(t, string(asJSON(t, s.state)), "examined")

	plain := tell(t, joint)
	require.Nil(t, plain.run(plain.filing(nil)))
	require.NotContains(t, string(asJSON(t, plain.state)), "examined", "nor does one without conditions")
}

// findings are results on the conditions of a step.
func (w *world) findings(step string, met bool) (list []engine.CheckResult) {
	if n := w.rules.Plan.Node(step); n != nil && n.Work() != nil {
		for _, id := range n.Work().Checks {
			list = append(list, engine.CheckResult{ID: id, OK: met})
		}
	}
	return list
}
