package engine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

func (s *story) flow() (*definition.Flow, map[string]engine.FlowStep) {
	s.t.Helper()
	f, steps := engine.FlowOf(s.rules, s.state)
	out := map[string]engine.FlowStep{}
	for _, p := range steps {
		out[p.Step] = p
	}
	require.Len(s.t, out, len(s.state.Steps))
	for _, p := range steps { // every step that is painted is drawn
		require.True(s.t, slices.ContainsFunc(f.Nodes, func(n definition.FlowNode) bool { return n.ID == p.Step }), p.Step)
	}
	return f, out
}

func (s *story) painted(want map[string]engine.FlowState) {
	s.t.Helper()
	_, steps := s.flow()
	for step, state := range want {
		require.Equal(s.t, state, steps[step].State, step)
	}
}

func TestFlowOfACase(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    branches:
      - {review: view, by: eco, limit: 3wd}
      - {review: other, by: city, when: qb, limit: 3wd}
      - {decide: cert, by: fire, item: {name: 附证, type: other}, limit: 9wd}`), "block")).file(nil)
	s.painted(map[string]engine.FlowState{"receive": engine.FlowActive, "block": engine.FlowWaiting, "view": engine.FlowWaiting, "conclude": engine.FlowWaiting})
	s.clear().do("hall.clerk", engine.Accept, "receive")
	s.painted(map[string]engine.FlowState{"receive": engine.FlowDone, "view": engine.FlowActive, "other": engine.FlowSkipped, "cert": engine.FlowActive})
	s.do("eco.handle", engine.Claim, "view")
	_, steps := s.flow()
	view := steps["view"]
	require.Equal(t, []string{s.who("eco.handle").ID}, view.Holders)
	require.Equal(t, 1, view.Open)
	require.Equal(t, s.state.Clock("view").Due, view.Due)
	require.Equal(t, s.state.Clock("view").Warn, view.Warn)
	require.Nil(t, view.Stop)

	before, _ := s.flow()
	s.do("market.lead", engine.Add, "block", engine.Args{Party: "city", Name: "噪声意见", Time: calendar.Period{Amount: 3, Unit: calendar.WorkingDays}, Reason: "毗邻学校"})
	f, steps := s.flow()
	require.Len(t, f.Nodes, len(before.Nodes)+1)
	added := f.Nodes[slices.IndexFunc(f.Nodes, func(n definition.FlowNode) bool { return n.ID == "block+1" })]
	require.Equal(t, "噪声意见", added.Name.ZH)
	require.Equal(t, "城管", added.PartyName)
	require.Equal(t, "block", added.Parent)
	require.Equal(t, engine.FlowActive, steps["block+1"].State)

	s.do("city.handle", engine.Agree, "block+1").do("eco.handle", engine.Disagree, "view", engine.Args{Reason: "噪声超标", Basis: "法"})
	s.do("fire.handle", engine.Deny, "cert", engine.Args{Reason: "不合格", Basis: "法"})
	_, steps = s.flow()
	require.True(t, steps["view"].Negative && steps["cert"].Negative && !steps["block+1"].Negative)
	require.Equal(t, engine.FlowDone, steps["view"].State)
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再核", Steps: []string{"view"}})
	s.painted(map[string]engine.FlowState{"view": engine.FlowReturned, "conclude": engine.FlowReturned, "cert": engine.FlowDone})
}

func TestFlowShowsWhatStandsStill(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil)
	s.do("fire.handle", engine.PauseClock, "d", expert("3wd"))
	_, steps := s.flow()
	for _, step := range []string{"d", "inner", "block"} {
		require.NotNil(t, steps[step].Stop, step)
		require.Equal(t, "expert-review", steps[step].Stop.Kind)
		require.Equal(t, s.state.Pauses[0].Until, steps[step].Stop.Until)
	}
	require.Nil(t, steps["other"].Stop, "nothing to do with it")
	s.do("fire.handle", engine.Resume, "d")
	_, steps = s.flow()
	require.Nil(t, steps["d"].Stop)
}

func TestFlowShowsWhatIsHandedOutEarly(t *testing.T) {
	t.Parallel()
	s := tell(t, deciding("as-ready")).accepted(nil)
	s.painted(map[string]engine.FlowState{"handOut": engine.FlowWaiting})
	signed := s.state.Last
	s.do("fire.handle", engine.Grant, "a").is("handOut=waiting")
	_, steps := s.flow()
	require.Equal(t, engine.FlowActive, steps["handOut"].State, "its turn has not come, its work has")
	require.Equal(t, 1, steps["handOut"].Open)
	require.False(t, steps["handOut"].OpenedAt.Before(signed))
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
	_, steps = s.flow()
	require.Equal(t, engine.FlowActive, steps["handOut"].State, "others are still to come")
	require.Zero(t, steps["handOut"].Open)
}
