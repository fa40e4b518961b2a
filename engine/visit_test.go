package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// The restaurant's shape: who takes part in the visit are the steps that need it.
var jointVisit = withBack(simple(`
  - parallel: block
    branches:
      - {visit: look, by: market, limit: 5wd, rectify: {time: 5wd}, recheck: 2wd, reads: [p1]}
      - {decide: food, by: market, needs: [look], reads: [look]}
      - {decide: fireCheck, by: fire, needs: [{step: look, when: qa}]}
      - {review: fumes, when: qb, by: eco, needs: [look]}
      - {review: idle, by: city}
`), "block")

func on(t testing.TB, when string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Zone)
	require.NoError(t, err)
	return at.UTC()
}

func looked(points ...string) engine.Args {
	a := engine.Args{Inspectors: []string{"i1", "i2"}}
	for _, p := range points {
		a.Points = append(a.Points, engine.PointIn{Text: p})
	}
	return a
}

func checked(ok bool, ids ...string) engine.Args {
	a := engine.Args{Inspectors: []string{"i1", "i2"}}
	for _, id := range ids {
		a.Checks = append(a.Checks, engine.CheckResult{ID: id, OK: ok})
	}
	return a
}

func (s *story) visit(id string) *engine.VisitState { return s.state.Step(id).Visit }

// arranged sets a visit's date: at once.
func (s *story) arranged(who, step string) *story {
	s.t.Helper()
	return s.do(who, engine.Arrange, step, engine.Args{On: s.now, Place: "某路1号"})
}

func attends(v *engine.VisitState) []string {
	parties := []string{}
	for _, p := range v.Parties {
		parties = append(parties, p.Party)
	}
	return parties
}

func TestRule_3_4_7_WhoAttendsAVisit(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(nil)
	require.Equal(t, []string{"market"}, attends(s.visit("look")), "the conditions of the others do not hold")
	require.NotNil(t, s.openTask("look", engine.TaskRecord), "one party alone has nobody to agree a date with")
	s = tell(t, jointVisit).accepted(map[string]any{"qa": true, "qb": true})
	require.Equal(t, []string{"market", "fire", "eco"}, attends(s.visit("look")))
	require.Nil(t, s.openTask("look", engine.TaskRecord), "several agree on a date first")
	s.refused(engine.NotOpen, "fire.handle", engine.Record, "look", looked())

	// a condition that is not known yet counts as holding
	src := withBack(simple(`
  - {visit: look, by: market, parties: [city]}
  - {review: first, by: eco}
  - {review: then, when: 'steps.first.verdict == "disagree"', by: fire, needs: [look]}
`), "first")
	require.Equal(t, []string{"city", "fire"}, attends(tell(t, src).accepted(nil).visit("look")))

	// with nobody left it is absent
	none := withBack(simple(`
  - {visit: look, by: market}
  - {review: view, when: qb, by: fire, needs: [look]}
`), "view")
	s = tell(t, none).accepted(nil).is("look=absent").open("conclude")
	require.Equal(t, "nobody", s.state.Step("look").Why)
	tell(t, none).accepted(map[string]any{"qb": true}).open("look")
}

func TestRule_3_4_7_TheDateIsOneForAll(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(map[string]any{"qa": true})
	s.refused(engine.NotAllowed, "fire.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-04T09:00")})
	s.refused(engine.BadData, "market.handle", engine.Arrange, "look")
	s.refused(engine.TooSoon, "market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-01T09:00")})
	s.do("market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-04T09:00"), Place: "某路1号"})
	told := map[string]string{}
	for _, n := range s.state.Notices {
		if n.Kind == engine.NoticeVisit {
			told[n.To] = n.Text
		}
	}
	day := "2026-03-04 09:00 某路1号"
	require.Equal(t, map[string]string{"market": day, "fire": day, "applicant": day}, told)
	s.refused(engine.TooSoon, "fire.handle", engine.Record, "look", looked())

	// the date may be moved, with a reason, as long as nobody has recorded
	s.refused(engine.ReasonNeeded, "market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-05T09:00")})
	s.refused(engine.NotAllowed, "fire.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-05T09:00"), Reason: "下雨"})
	s.do("market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-05T09:00"), Reason: "下雨"})
	s.at("2026-03-04T10:00").refused(engine.TooSoon, "fire.handle", engine.Record, "look", looked())
	s.at("2026-03-05T10:00").do("fire.handle", engine.Record, "look", looked())
	s.refused(engine.NotOpen, "market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-06T09:00"), Reason: "再去"})
	s.open("look", "food", "fireCheck", "idle").do("market.handle", engine.Record, "look", looked()).is("look=done")
}

func TestRule_3_4_7_TwoInspectorsOfEachParty(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(nil)
	requireLaw(t, s.refused(engine.TooFew, "market.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i1"}}), "34")
	requireLaw(t, s.refused(engine.TooFew, "market.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i1", " i1 ", ""}}), "34")
	strange := s.command("market.handle", engine.Record, "look", looked())
	strange.People[1].Org = "fire"
	require.Equal(t, engine.BadData, s.run(strange).Code, "inspectors are of one's own organisation")
	s.refused(engine.NotAllowed, "market.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i1", "p-hall.clerk"}})
	s.refused(engine.ReasonNeeded, "market.handle", engine.Record, "look", looked(" "))
	s.refused(engine.NotFound, "market.handle", engine.Record, "look",
		engine.Args{Inspectors: []string{"i1", "i2"}, Points: []engine.PointIn{{Of: "tidy", Text: "乱"}}})
	s.refused(engine.NotAllowed, "fire.handle", engine.Record, "look", looked())
	s.do("market.handle", engine.Claim, "look").refused(engine.GateShut, "market.handle", engine.Grant, "food")
	s.do("market.handle", engine.Record, "look", looked()).is("look=done")
	require.Equal(t, "clear", s.state.Step("look").Why)
	require.Equal(t, []string{"i1", "i2"}, s.visit("look").Parties[0].Inspectors)
	s.do("market.handle", engine.Grant, "food").is("food=grant")
}

func TestRule_3_4_7_OneMergedListAndItsRecheck(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(map[string]any{"qa": true}).arranged("market.handle", "look")
	s.do("market.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i1", "i2"}, Points: []engine.PointIn{{Of: "safe", Text: "通道堵塞"}, {Text: "缺洗手池"}}})
	require.Empty(t, eventsOf[engine.RectificationAsked](s), "not before all have recorded")
	s.do("fire.handle", engine.Record, "look", engine.Args{Inspectors: []string{"i3", "i4"}, Points: []engine.PointIn{{Of: "safe", Text: "通道堵塞"}, {Text: "灭火器过期"}}})
	asked := eventsOf[engine.RectificationAsked](s)
	require.Len(t, asked, 1)
	lines := asked[0].Notice.Lines
	require.Len(t, lines, 3, "the same point of two parties is one line")
	require.Equal(t, []string{"market", "fire"}, lines[0].Askers)
	require.Equal(t, "applicant", asked[0].Notice.To)
	s.due("look.rectify", "2026-03-09").open("look", "food", "fireCheck", "idle")

	s.refused(engine.NotAllowed, "fire.handle", engine.Rectify, "look")
	s.refused(engine.NotFound, "applicant", engine.Rectify, "look", engine.Args{Statements: []engine.Statement{{Of: "point9", Text: "已改"}}})
	s.do("applicant", engine.Rectify, "look", engine.Args{Statements: []engine.Statement{{Of: "point1", Text: "已清理"}}})
	require.Equal(t, "已清理", s.visit("look").Points[0].Statement)
	require.False(t, s.state.Clock("look.rectify").Running())
	s.due("look.recheck", "2026-03-04")
	s.refused(engine.NotFound, "fire.handle", engine.Recheck, "look", checked(true, "point1", "point2")) // 2 is not theirs
	s.refused(engine.BadData, "fire.handle", engine.Recheck, "look", checked(true, "point1"))
	requireLaw(t, s.refused(engine.TooFew, "fire.handle", engine.Recheck, "look", engine.Args{Checks: checked(true, "point1", "point3").Checks}), "34")
	s.do("fire.handle", engine.Recheck, "look", checked(true, "point1", "point3"))
	require.Equal(t, []string{"market"}, s.visit("look").Points[0].Open)
	mixed := checked(true, "point1")
	mixed.Checks = append(mixed.Checks, engine.CheckResult{ID: "point2", Note: "仍未安装"})
	s.do("market.handle", engine.Recheck, "look", mixed)

	// the second round is about the open point only, of the party that named it
	asked = eventsOf[engine.RectificationAsked](s)
	require.Len(t, asked, 2)
	require.Equal(t, "point2", asked[1].Notice.Lines[0].Of)
	require.Len(t, asked[1].Notice.Lines, 1)
	s.do("hall.clerk", engine.Rectify, "look")
	require.Nil(t, s.state.Task("look.recheck.fire.2"))
	s.do("market.handle", engine.Recheck, "look", checked(false, "point2"))

	// the rounds are used up: it ends, not negatively, and what is open stays readable
	s.is("look=done")
	require.Equal(t, "rounds", s.state.Step("look").Why)
	require.Equal(t, []string{"market"}, s.visit("look").Points[1].Open)
	s.do("market.handle", engine.Grant, "food")
}

func TestRule_3_4_7_TheTimeRunsOut(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(nil).do("market.handle", engine.Record, "look", looked("缺洗手池"))
	require.Equal(t, engine.Promised, s.state.Clock("look.rectify").Class)
	s.at("2026-03-09T23:59").open("look", "food", "fireCheck", "idle")
	require.Equal(t, 2, s.state.Clock("look.rectify").Warned, "two warnings come before an effect")
	s.at("2026-03-10T00:00").is("look=done")
	require.Equal(t, "time", s.state.Step("look").Why)
	require.Len(t, s.visit("look").Points[0].Open, 1)
	s.refused(engine.NotOpen, "applicant", engine.Rectify, "look")

	// without rectify the points stay open at once
	s = tell(t, replace(jointVisit, "rectify: {time: 5wd}, ", "")).accepted(nil).do("market.handle", engine.Record, "look", looked("缺洗手池"))
	s.is("look=done")
	require.Equal(t, "open", s.state.Step("look").Why)
}

func TestRule_3_4_7_WhatIsOpenCanBeAskedFor(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {visit: look, by: market, parties: [market]}
  - {review: more, when: steps.look.open > 0, by: fire}
`), "more")
	tell(t, src).accepted(nil).do("market.handle", engine.Record, "look", looked("缺洗手池")).open("more")
	tell(t, src).accepted(nil).do("market.handle", engine.Record, "look", looked()).open("conclude")
}

func TestRule_3_4_7_WhoAttendsMayChange(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(map[string]any{"qa": true}).arranged("market.handle", "look")
	s.do("market.handle", engine.Record, "look", looked("缺洗手池"))
	// the fire branch is withdrawn: nobody waits for its record any more
	s.do("applicant", engine.Withdraw, "fireCheck", reasoned)
	require.Equal(t, []string{"market"}, attends(s.visit("look")))
	require.Equal(t, engine.TaskCancelled, s.state.Task("look.record.fire").Status)
	require.Equal(t, engine.Rectifying, s.visit("look").Phase)

	// an amendment brings a party in; it is told of the date
	s = tell(t, jointVisit).accepted(map[string]any{"qa": true}).arranged("market.handle", "look")
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qb": true}, s.paper("p2")))
	require.Equal(t, []string{"market", "fire", "eco"}, attends(s.visit("look")))
	require.NotNil(t, s.state.Task("look.record.eco"))
	require.Equal(t, "eco", s.state.Notices[len(s.state.Notices)-1].To)

	// and where nobody is left, the visit is absent
	s = tell(t, withBack(simple(`
  - parallel: block
    branches: [{visit: look, by: market}, {decide: food, by: fire, needs: [look]}, {review: idle, by: city}]
`), "block")).accepted(nil).open("look", "food", "idle")
	s.do("fire.handle", engine.Deny, "food", reasoned).is("look=absent")
}

func TestRule_3_4_7_StepsThatNeedIt(t *testing.T) {
	t.Parallel()
	// its own gate, and a block that is stopped
	src := withBack(simple(`
  - parallel: block
    objection: stop
    branches: [{review: a, by: fire}, {visit: look, by: market, parties: [city], needs: [a]}]
`), "block")
	s := tell(t, src).accepted(nil)
	s.refused(engine.GateShut, "city.handle", engine.Record, "look", looked())
	s.do("fire.handle", engine.Disagree, "a", reasoned).is("look=stopped")
	require.Nil(t, s.openTask("look", engine.TaskRecord))
}

func TestRule_3_6_2_AVisitIsDoneAgain(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {visit: look, by: market, parties: [city], reads: [p1]}
  - {review: after, by: fire, reads: [look]}
`), "look")
	s := tell(t, src).accepted(nil).do("city.handle", engine.Record, "look", looked("缺洗手池")).do("fire.handle", engine.Agree, "after")
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看"}) // nothing named, nothing affected
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"look", "after"}}).open("look")
	require.Nil(t, s.visit("look").Points)
	require.Len(t, s.state.Step("look").Rounds[0].Visit.Points, 1, "the earlier round stays readable")
	s.do("city.handle", engine.Record, "look", looked()).open("after")
	s.do("fire.handle", engine.Agree, "after")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}})
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看"}).open("look") // affected

	// a signed decision holds what came before it
	s = tell(t, withBack(simple(`
  - {visit: look, by: market, parties: [city]}
  - {decide: mid, by: fire}
  - {review: late, by: eco}
`), "look")).accepted(nil).do("city.handle", engine.Record, "look", looked()).do("fire.handle", engine.Grant, "mid").do("eco.handle", engine.Agree, "late")
	s.refused(engine.NoReturn, "market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"look"}})
}

func TestRule_3_6_5_AVisitWhosePapersChange(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(nil).do("market.handle", engine.Record, "look", looked()).do("market.handle", engine.Grant, "food")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}})
	// nobody needs it any more, so it is not opened again
	s.is("look=done")
	s = tell(t, jointVisit).accepted(nil).do("market.handle", engine.Record, "look", looked())
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}}).open("look", "food", "fireCheck", "idle")
	require.Equal(t, 2, s.state.Step("look").Round)
	require.Equal(t, "look#2.record.market", s.openTask("look", engine.TaskRecord).ID)
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "改", Papers: []engine.PaperIn{s.paper("p1")}})
	require.Len(t, eventsOf[engine.StepTold](s), 1, "an open visit is told")
	s.do("market.handle.1", engine.Record, "look", looked()).is("look=done")
}

func TestRule_3_11_1_DropAVisit(t *testing.T) {
	t.Parallel()
	s := tell(t, jointVisit).accepted(nil)
	s.refused(engine.WrongAct, "market.lead", engine.Drop, "look", reasoned)
	s.do("market.handle", engine.Deny, "food", reasoned).is("look=absent")
	s = tell(t, withBack(simple(`
  - {visit: look, by: market, parties: [city]}
  - {review: view, by: fire, needs: [look]}
`), "view")).accepted(nil).do("market.lead", engine.Drop, "look", reasoned).is("look=absent").open("view")
	s.do("fire.handle", engine.Agree, "view") // absent counts as fulfilled
}

const pausing = `pauses:
  site: {kind: site-visit, stops: [promised], max: 5wd}
  fix: {kind: rectification, stops: [promised], max: 3wd}
process:`

func TestRule_3_8_6_AVisitStandsStill(t *testing.T) {
	t.Parallel()
	src := replace(withBack(simple(`
  - {visit: look, by: market, parties: [market], limit: 5wd, pause: site, rectify: {time: 5wd, pause: fix}, recheck: 2wd}
`), "look"), "process:", pausing)
	s := tell(t, src).accepted(nil).due("look", "2026-03-09").due("promised", "2026-03-30")
	s.do("market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-04T09:00")}) // stands still on 3 and 4 March
	s.due("look", "2026-03-11").due("promised", "2026-04-01")
	require.Len(t, s.state.Pauses, 1)
	s.do("market.handle", engine.Arrange, "look", engine.Args{On: on(t, "2026-03-20T09:00"), Reason: "下雨"}) // no longer than its most
	s.due("look", "2026-03-16")
	s.at("2026-03-10T00:00")
	require.False(t, s.state.Pauses[len(s.state.Pauses)-1].Running())
	s.do("market.handle", engine.Arrange, "look", engine.Args{On: s.now, Reason: "提前"})
	require.Len(t, s.state.Pauses, 2, "nothing is left to stand still by")
	s.do("market.handle", engine.Record, "look", looked("缺洗手池"))
	s.due("look.rectify", "2026-03-17").due("look", "2026-03-19") // three days by the other pause
	s.at("2026-03-11T09:00").do("applicant", engine.Rectify, "look")
	s.due("look", "2026-03-17").due("look.rectify", "2026-03-17")
	s.do("market.handle", engine.Recheck, "look", checked(true, "point1")).is("look=done")
}
