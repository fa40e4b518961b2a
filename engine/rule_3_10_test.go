package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var changing = withBack(simple(`
  - {decide: base, when: qc, by: market, gives: {baseOk: {kind: approval, name: 基}}}
  - parallel: block
    limit: [{when: qb, time: 4wd}, {time: 9wd}]
    branches:
      - {review: a, when: not qb, by: fire, reads: [form.site]}
      - {decide: b, when: qb, by: eco, reads: [p2], gives: {bOk: {kind: approval, name: 乙}}}
      - {review: c, by: city, limit: [{when: qa, time: 2wd}, {time: 6wd}]}
      - sequence: s1
        when: qb
        steps: [{review: d, by: city}, {decide: e, by: city}]
  - parallel: second
    branches: [{decide: f, when: qb, by: fire}, {review: g, by: eco}]
`), "block")

func amend(answers map[string]any, papers ...engine.PaperIn) engine.Args {
	return engine.Args{Reason: "情形变化", Answers: answers, Papers: papers}
}

func TestRule_3_10_1_WithinTheAnswerBeforeAcceptance(t *testing.T) {
	t.Parallel()
	s := tell(t, changing).file(nil)
	s.do("hall.clerk", engine.Gap, "receive", gap("safe")).clear()
	statement := []engine.Statement{{Of: "safe", Text: "合格"}}
	require.Equal(t, "papers.p2", s.refused(engine.BadPaper, "applicant", engine.Answer, "", engine.Args{Answers: map[string]any{"qb": true}, Statements: statement}).Where)
	for name, answers := range map[string]map[string]any{
		"unknown": {"qz": true}, "wrong type": {"qb": "yes"}, "not asked": {"qc": true}, "asked and missing": {"qa": true},
	} {
		require.Equal(t, engine.BadAnswer, s.refused(engine.BadAnswer, "applicant", engine.Answer, "", engine.Args{Answers: answers, Statements: statement}).Code, name)
	}
	s.do("applicant", engine.Answer, "", engine.Args{
		Answers: map[string]any{"qb": true}, Form: map[string]any{"site": "别处"}, Papers: []engine.PaperIn{s.paper("p2")}, Statements: statement,
	})
	s.paperIs("p2", engine.PaperPresent).do("hall.clerk.2", engine.Accept, "receive")
	s.open("b", "c", "d").is("a=absent")
	require.Equal(t, "别处", s.state.Form["site"])
	require.Equal(t, true, s.state.Answers["qb"])
}

func TestRule_3_10_2_LaterOnlyByTheLead(t *testing.T) {
	t.Parallel()
	s := tell(t, changing).file(nil)
	s.refused(engine.WrongAct, "market.lead", engine.Amend, "", amend(map[string]any{"qa": true}))
	s.clear().do("hall.clerk.2", engine.Accept, "receive")
	s.refused(engine.NotAllowed, "applicant", engine.Amend, "", amend(map[string]any{"qa": true}))
	s.refused(engine.NotAllowed, "city.lead", engine.Amend, "", amend(map[string]any{"qa": true}))
	s.refused(engine.ReasonNeeded, "market.lead", engine.Amend, "", engine.Args{Answers: map[string]any{"qb": true}})
	s.refused(engine.BadData, "market.lead", engine.Amend, "", engine.Args{Reason: "改"})
	s.refused(engine.BadData, "market.lead", engine.Amend, "", amend(map[string]any{"qb": false})) // nothing changes
	require.Equal(t, "papers.p2", s.refused(engine.BadPaper, "market.lead", engine.Amend, "", amend(map[string]any{"qb": true})).Where)
	requireLaw(t, s.refused(engine.BadPaper, "market.lead", engine.Amend, "", amend(map[string]any{"qa": true, "qc": false}, s.paper("p2"))), "31")
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": true}, s.paper("p2"))).paperIs("p2", engine.PaperPresent)

	// what is not asked any more falls away, and comes back as it was handed in
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": false})).paperIs("p2", engine.PaperAbsent)
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": true})).paperIs("p2", engine.PaperPresent)

	s = tell(t, changing).accepted(nil)
	s.do("fire.handle", engine.Agree, "a").do("city.handle", engine.Agree, "c").do("eco.handle", engine.Agree, "g").do("market.handle", engine.Grant, "conclude")
	s.refused(engine.TooLate, "market.lead", engine.Amend, "", amend(map[string]any{"qb": true}))
}

func TestRule_3_10_3_StepsInOpenGroups(t *testing.T) {
	t.Parallel()
	s := tell(t, changing).accepted(nil)
	s.open("a", "c").is("b=absent", "s1=absent", "second=waiting")
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": true}, s.paper("p2")))
	s.open("b", "c", "d").is("a=absent", "s1=open", "e=waiting")
	require.Equal(t, "amended", s.state.Step("a").Why)
	require.Nil(t, s.openTask("a", engine.TaskWork))
	// back again: a opens a second time, unless a signed decision holds the branch
	s.do("eco.handle", engine.Grant, "b").do("city.handle", engine.Agree, "d")
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": false}))
	s.is("b=grant", "s1=absent", "d=absent", "e=absent").open("a", "c")
	require.Equal(t, 2, s.state.Step("a").Round)
	require.Equal(t, engine.EndAgree, s.state.Step("d").Verdict.End, "its record is kept")
	// not reached: later
	s.do("fire.handle", engine.Agree, "a").do("city.handle", engine.Agree, "c").open("g").is("f=absent")
	// a branch with a signed decision inside stays open although its condition is gone
	s = tell(t, withBack(simple(`
  - parallel: block
    branches: [{sequence: s1, when: qb, steps: [{decide: e, by: city}, {review: d, by: city}]}, {review: x, by: fire}]
`), "")).accepted(map[string]any{"qb": true})
	s.do("city.handle", engine.Grant, "e").do("market.lead", engine.Amend, "", amend(map[string]any{"qb": false}))
	s.is("s1=open", "d=open", "e=grant")
}

func TestRule_3_10_4_ANewApplication(t *testing.T) {
	t.Parallel()
	// a place the sequence has passed
	s := tell(t, changing).accepted(map[string]any{"qa": true})
	s.is("base=absent")
	s.refused(engine.NewApplication, "market.lead", engine.Amend, "", amend(map[string]any{"qc": true}))
	// a group that has ended
	s.do("fire.handle", engine.Agree, "a").do("city.handle", engine.Agree, "c").is("block=done")
	rejection := s.refused(engine.NewApplication, "market.lead", engine.Amend, "", amend(map[string]any{"qb": true}, s.paper("p2")))
	require.Equal(t, "b", rejection.Where)
	// an optional one is no reason
	s = tell(t, replace(changing, "{decide: base, when: qc, by: market,", "{review: base, when: qc, by: market}\n  - {decide: unused, when: qc and not qa, by: market,")).accepted(map[string]any{"qa": true})
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qc": true})).is("base=absent")
}

func TestRule_3_10_5_WhatChangedIsToldAndLimitsAreChosenAgain(t *testing.T) {
	t.Parallel()
	s := tell(t, changing).accepted(nil)
	s.due("c", "2026-03-10").due("promised", "2026-03-30").due("block", "2026-03-13")
	s.later(24).do("market.lead", engine.Amend, "", amend(map[string]any{"qa": true, "qb": true, "qc": false}, s.paper("p2"), s.paper("permit")))
	s.due("c", "2026-03-04").due("promised", "2026-03-16").due("block", "2026-03-06")
	require.Equal(t, []string{"started", "changed"}, ledger(s.state.Clock("c")))
	require.Equal(t, "amended", s.state.Clock("c").Ledger[1].Why)
	require.NotNil(t, s.openTask("c", engine.TaskWork))
	// a due time that has passed by the change is marked when time is asked next
	s = tell(t, changing).accepted(nil).at("2026-03-06T09:00")
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qa": true, "qc": false}, s.paper("permit")))
	s.due("c", "2026-03-04").later(1)
	require.True(t, s.state.Clock("c").Overdue)
}
