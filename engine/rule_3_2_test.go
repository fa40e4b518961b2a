package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// branchy has conditions of every sort: on answers, inside absent groups, and on
// what happened in the case itself.
var branchy = withBack(simple(`
  - parallel: block
    branches:
      - {decide: fireCheck, when: qa, by: fire, gives: {fireOk: {kind: approval, name: 消防}}}
      - {review: view, when: not qb, by: eco, reads: [p1]}
      - sequence: town
        when: qb
        steps:
          - {review: look1, by: city}
          - {decide: sign, by: city}
      - {review: second, by: city, after: [fireCheck], when: 'steps.fireCheck.verdict != "deny"'}
`), "block")

func TestRule_3_2_1_WhenIsEvaluatedAtItsTurn(t *testing.T) {
	t.Parallel()
	s := tell(t, branchy).accepted(map[string]any{"qa": true})
	s.open("fireCheck", "view").is("town=absent", "look1=absent", "sign=absent", "second=waiting")
	require.Equal(t, engine.StepStatus("absent"), s.state.Step("look1").Status, "everything inside an absent group is absent")
	for _, e := range eventsOf[engine.StepOpened](s) {
		if e.Step == "view" {
			require.Equal(t, []engine.Seen{{Of: "qb", Print: "false"}}, e.Values, "the values read are recorded")
		}
	}
	s.do("fire.handle", engine.Grant, "fireCheck").open("view", "second")

	denied := tell(t, branchy).accepted(map[string]any{"qa": true})
	denied.do("fire.handle", engine.Deny, "fireCheck", reasoned).is("second=absent")

	// the giver absent: after is fulfilled, when reads "absent"
	absent := tell(t, branchy).accepted(nil)
	absent.is("fireCheck=absent").open("view", "second")
}

func TestRule_3_2_2_WhenOfPapersConditionsNeedsAndLimits(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {review: first, by: eco}
  - {review: view, by: fire, needs: [{step: first, when: qb}], limit: [{when: qa, time: 1wd}, {time: 9wd}], reads: [p1]}
`), "view")
	s := tell(t, src).file(nil)
	s.paperIs("p1", engine.PaperPresent).paperIs("p2", engine.PaperAbsent).paperIs("permit", engine.PaperAbsent)
	requireLaw(t, s.refused(engine.BadPaper, "hall.clerk", engine.Gap, "receive", gap("p2")), "31")
	requireLaw(t, s.refused(engine.BadPaper, "hall.clerk", engine.Gap, "receive", gap("clean")), "31")
	s.do("hall.clerk", engine.Gap, "receive", gap("safe"))

	s = tell(t, src).accepted(map[string]any{"qa": true, "qb": true})
	s.do("eco.handle", engine.Agree, "first")
	require.Equal(t, []string{"first"}, s.state.Step("view").Needs)
	s.due("view", "2026-03-03")
	s = tell(t, src).accepted(nil)
	s.do("eco.handle", engine.Agree, "first")
	require.Empty(t, s.state.Step("view").Needs)
	s.due("view", "2026-03-13").due("promised", "2026-03-30")
	require.Equal(t, "2026-03-16", tell(t, src).accepted(map[string]any{"qa": true}).state.Clock("promised").Day.String())
}

func TestRule_3_2_4_OnlyAbsentStepsAreEvaluatedAgain(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches:
      - {review: always, by: fire}
      - {review: sometimes, when: 'steps.always.round < 2', by: eco}
      - {review: onlyAgain, when: 'steps.conclude.round > 0', by: city}
`), "block")
	s := tell(t, src).accepted(nil)
	s.open("always", "sometimes").is("onlyAgain=absent")
	s.do("fire.handle", engine.Agree, "always").do("eco.handle", engine.Agree, "sometimes")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"always", "sometimes"}})
	s.open("always", "sometimes", "onlyAgain")
	require.Equal(t, 2, s.state.Step("sometimes").Round)
	require.Equal(t, 1, s.state.Step("onlyAgain").Round)
	s.do("fire.handle", engine.Agree, "always").do("eco.handle", engine.Agree, "sometimes").do("city.handle", engine.Agree, "onlyAgain")

	// a step that became absent by an amendment is evaluated again, though it was open before
	amended := tell(t, withBack(simple(`
  - parallel: block
    branches:
      - {review: always, by: fire}
      - sequence: group
        when: qb
        steps:
          - {review: inner, when: not qa, by: eco}
          - {review: last, by: city}
`), "block")).accepted(map[string]any{"qb": true})
	amended.open("always", "inner")
	lead := "market.lead"
	amended.do(lead, engine.Amend, "", engine.Args{Reason: "改", Answers: map[string]any{"qb": false}}).is("group=absent", "inner=absent")
	amended.do(lead, engine.Amend, "", engine.Args{Reason: "再改", Answers: map[string]any{"qb": true, "qa": true, "qc": false},
		Papers: []engine.PaperIn{amended.paper("permit")}})
	amended.is("group=open", "inner=absent").open("always", "last")
}
