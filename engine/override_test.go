package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// consulted: two opinions, then two decisions side by side, then the lead's.
const consulted = head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: ask
    passes: objected("ask") < 3
    branches:
      - {review: ecoView, by: eco}
      - {review: cityView, by: city}
  - parallel: act
    passes: agreed("act") >= 0
    branches:
      - {decide: fireCheck, by: fire, chain: [handle, approve], gives: {permit: {kind: certificate, name: 证}}}
      - {review: late, by: eco}
      - {decide: shop, by: city, after: [late], optional: true}
  - {decide: conclude, by: market, limit: 5wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
`

func against(steps ...string) engine.Args {
	a := engine.Args{}
	for _, s := range steps {
		a.Overrides = append(a.Overrides, engine.Override{Step: s, Reason: "已有专用烟道"})
	}
	return a
}

func disagreed(t *testing.T) *story {
	t.Helper()
	s := tell(t, consulted).accepted(map[string]any{"qa": false}).do("eco.handle", engine.Disagree, "ecoView", reasoned)
	return s.do("city.handle", engine.AgreeWith, "cityView", engine.Args{Conditions: []string{"夜间不营业"}})
}

// Rule 3.4.3: an opinion is decided against by an act of its own, told to its party at once; the opinion stays.
func TestRule_3_4_3_OverrideIsAnActOfItsOwn(t *testing.T) {
	t.Parallel()
	s := disagreed(t)
	took := engine.Args{Takes: []engine.Take{{Step: "cityView", Condition: "夜间不营业", Taken: true}}}
	s.do("fire.approve", engine.OverrideOpinion, "fireCheck", against("ecoView")) // before the chain has come to him
	require.Equal(t, []engine.Overridden{{Opinion: "ecoView", Round: 1, By: "p-fire.approve", At: s.state.Last, Reason: "已有专用烟道"}}, s.state.Step("fireCheck").Overridden)
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeOverridden, told.Kind)
	require.Equal(t, "eco", told.To)
	require.Equal(t, engine.EndDisagree, s.state.Step("ecoView").End)
	s.refused(engine.NotOpen, "fire.approve", engine.OverrideOpinion, "fireCheck", against("ecoView"))
	s.do("fire.handle", engine.Pass, "fireCheck").do("fire.approve", engine.Grant, "fireCheck", took) // asks for no reason again
	require.Equal(t, against("ecoView").Overrides, s.state.Step("fireCheck").Verdict.Overrides)

	// the decision beside it has its own word on both, and on the opinion it comes after
	s.do("eco.handle", engine.Disagree, "late", reasoned)
	require.Equal(t, "overrides.ecoView", s.refused(engine.ReasonNeeded, "city.handle", engine.Grant, "shop", took).Where)
	mixed := against("late", "ecoView")
	require.Equal(t, "takes.cityView", s.refused(engine.ReasonNeeded, "city.handle", engine.Grant, "shop", mixed).Where)
	mixed.Takes = took.Takes
	notices := len(s.state.Notices)
	s.do("city.handle", engine.Grant, "shop", mixed)
	require.Len(t, s.state.Notices, notices+2)
	require.Len(t, s.state.Step("shop").Overridden, 2, "a grant that gives the reasons goes against them, too")

	// what was dealt with before the lead decides is not put to him again; what was overridden, is: he decides, too
	require.Equal(t, "overrides.ecoView", s.refused(engine.ReasonNeeded, "market.handle", engine.Grant, "conclude").Where)
	s.do("market.handle", engine.OverrideOpinion, "", against("ecoView", "late")).do("market.handle", engine.Grant, "conclude")
	require.Equal(t, engine.Granted, s.state.Outcome)
}

func TestRule_3_4_3_OverrideRefused(t *testing.T) {
	t.Parallel()
	s := disagreed(t)
	s.refused(engine.NotFound, "fire.approve", engine.OverrideOpinion, "fireCheck", against("nothing"))
	s.refused(engine.NotAllowed, "fire.handle", engine.OverrideOpinion, "fireCheck", against("ecoView"))
	s.refused(engine.NotAllowed, "market.lead", engine.OverrideOpinion, "fireCheck", against("ecoView"))
	s.refused(engine.WrongAct, "eco.handle", engine.OverrideOpinion, "late", against("ecoView"))
	s.refused(engine.NotOpen, "market.handle", engine.OverrideOpinion, "conclude", against("ecoView"))
	s.refused(engine.NotOpen, "market.handle", engine.OverrideOpinion, "", against("ecoView"))
	s.refused(engine.BadData, "fire.approve", engine.OverrideOpinion, "fireCheck")
	s.refused(engine.BadData, "fire.approve", engine.OverrideOpinion, "fireCheck", against("ecoView", "ecoView"))
	s.refused(engine.NotOpen, "fire.approve", engine.OverrideOpinion, "fireCheck", against("cityView")) // it does not disagree
	s.refused(engine.WrongAct, "fire.approve", engine.OverrideOpinion, "fireCheck", against("late"))    // not put to it
	s.refused(engine.WrongAct, "fire.approve", engine.OverrideOpinion, "fireCheck", against("receive"))
	s.refused(engine.ReasonNeeded, "fire.approve", engine.OverrideOpinion, "fireCheck", engine.Args{Overrides: []engine.Override{{Step: "ecoView", Reason: " "}}})

	// what an organ has decided is no opinion: its denial stands
	s.do("fire.handle", engine.Pass, "fireCheck").do("fire.approve", engine.Deny, "fireCheck", reasoned).do("eco.handle", engine.Agree, "late")
	requireLaw(t, s.refused(engine.Signed, "city.handle", engine.OverrideOpinion, "shop", against("fireCheck")), "8")
}

// An opinion given again is another one: the override of the earlier says nothing about it.
func TestRule_3_4_3_OverrideIsOfOneRound(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(oneReview, "view")).accepted(nil).do("fire.handle", engine.Disagree, "view", unsafe)
	s.do("market.handle", engine.OverrideOpinion, "conclude", against("view"))
	s.do("market.handle", engine.Return, "conclude", engine.Args{To: "view", Steps: []string{"view"}, Reason: "理由"})
	s.do("fire.handle", engine.Disagree, "view", unsafe)
	s.refused(engine.ReasonNeeded, "market.handle", engine.Grant, "conclude")
	s.do("market.handle", engine.Grant, "conclude", against("view"))
	require.Len(t, s.state.Step("conclude").Verdict.Overrides, 1)
}
