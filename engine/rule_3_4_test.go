package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var chained = withBack(simple(`
  - {review: view, by: fire, limit: 9wd, chain: [{handle: 2wd}, [check, approve], organ-head], reads: [p1], checks: [safe]}
`), "view")

func TestRule_3_4_1_TheOrganisationIsKeptForTheRound(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - {review: first, by: eco}
  - {review: view, by: fire}
`), "view")).accepted(nil)
	// the directory now names another brigade, while eco works: it counts from the next opening
	cmd := s.command("eco.handle", engine.Agree, "first", engine.Args{})
	cmd.Parties = map[string]string{"fire": "fire-2", "eco": "eco-2", "nobody": "x", "city": ""}
	require.Nil(t, s.run(cmd))
	require.Equal(t, []string{"PartiesResolved", "StepEnded", "StepOpened"}, s.events())
	require.Equal(t, "eco", s.state.Step("first").Org)
	require.Equal(t, "eco", s.state.Step("first").Verdict.Org)
	require.Equal(t, "fire-2", s.openTask("view", engine.TaskWork).Org)
	require.Equal(t, "city", s.state.Org("city"), "no answer is no change")
	s.refused(engine.NotAllowed, "fire.handle", engine.Agree, "view")
	cmd = s.command("fire-2.handle", engine.Agree, "view", engine.Args{})
	cmd.Parties = map[string]string{"fire": "fire-3"}
	require.Nil(t, s.run(cmd))
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	require.Equal(t, "fire-3", s.openTask("view", engine.TaskWork).Org)
}

func TestRule_3_4_2_NeedsUpperLevelEndsNothing(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	due := s.state.Clock("view").Due
	s.refused(engine.ReasonNeeded, "fire.handle", engine.NeedsUpper, "view")
	s.do("fire.handle", engine.NeedsUpper, "view", reasoned)
	require.True(t, s.state.Step("view").Upper)
	s.open("view")
	require.Equal(t, due, s.state.Clock("view").Due)
	s.refused(engine.NotOpen, "fire.handle", engine.NeedsUpper, "view", reasoned)
}

func TestRule_3_4_3_OverridesAndConditions(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire}, {review: b, by: eco}, {review: c, by: city}]
  - {decide: middle, by: city, gives: {midOk: {kind: approval, name: 中}}}
`), "")).accepted(nil)
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Disagree, "a")
	s.do("fire.handle", engine.Disagree, "a", reasoned)
	s.refused(engine.ReasonNeeded, "eco.handle", engine.AgreeWith, "b")
	s.refused(engine.ReasonNeeded, "eco.handle", engine.AgreeWith, "b", engine.Args{Conditions: []string{"好", " "}})
	s.do("eco.handle", engine.AgreeWith, "b", engine.Args{Conditions: []string{"限时", "限量"}})
	s.refused(engine.ReasonNeeded, "city.handle", engine.NotConcerned, "c")
	s.do("city.handle", engine.NotConcerned, "c", reasoned)
	middle := "city.handle.2"
	require.Equal(t, "overrides.a", s.refused(engine.ReasonNeeded, middle, engine.Grant, "middle").Where)
	args := engine.Args{Overrides: []engine.Override{{Step: "a", Reason: "有专用烟道"}}}
	require.Equal(t, "takes.b", s.refused(engine.ReasonNeeded, middle, engine.Grant, "middle", args).Where)
	args.Takes = []engine.Take{{Step: "b", Condition: "限时", Taken: true}, {Step: "b", Condition: "限量"}}
	require.Equal(t, "takes.b", s.refused(engine.ReasonNeeded, middle, engine.Grant, "middle", args).Where, "refusing a condition needs a reason")
	args.Takes[1].Reason = "无依据"
	s.do(middle, engine.Grant, "middle", args)
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeOverridden, told.Kind)
	require.Equal(t, "fire", told.To)
	require.Equal(t, "有专用烟道", told.Text)
	// the conditions went to the next decide; the opinion is weighed by each
	require.Equal(t, "overrides.a", s.refused(engine.ReasonNeeded, "market.handle", engine.Grant, "conclude").Where)
	s.do("market.handle", engine.Grant, "conclude", engine.Args{Overrides: []engine.Override{{Step: "a", Reason: "同上"}}})
}

func TestRule_3_4_4_Chains(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.refused(engine.WrongLink, "fire.handle", engine.Agree, "view")
	s.refused(engine.NotAllowed, "eco.handle", engine.Pass, "view")
	s.refused(engine.WrongLink, "fire.handle", engine.SendBack, "view", reasoned)
	s.refused(engine.BadData, "fire.handle", engine.Pass, "view", engine.Args{Checks: []engine.CheckResult{{ID: "clean", OK: true}}})
	s.do("fire.handle", engine.Pass, "view", engine.Args{Checks: []engine.CheckResult{{ID: "safe", OK: true}}})
	// a list: all of it, side by side
	s.do("fire.approve", engine.Pass, "view")
	s.refused(engine.WrongLink, "fire.check", engine.Agree, "view")
	s.refused(engine.ReasonNeeded, "fire.check", engine.SendBack, "view")
	s.refused(engine.WrongLink, "fire.check", engine.SendBack, "view", engine.Args{Reason: "补", Link: "organ-head"})
	s.do("fire.check", engine.SendBack, "view", engine.Args{Reason: "补", Link: "handle"})
	st := s.state.Step("view")
	require.Empty(t, st.Passed, "one that sends back sends the whole link back")
	require.Equal(t, 0, st.Link)
	require.Equal(t, 1, st.Round, "the same round")
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.refused(engine.WrongLink, "fire.organ-head", engine.Pass, "view")
	s.refused(engine.WrongAct, "fire.organ-head", engine.Grant, "view")
	// the last link may send back to a list, which is gone through whole
	s.do("fire.organ-head", engine.SendBack, "view", reasoned)
	require.Equal(t, 1, s.state.Step("view").Link)
	require.Len(t, s.state.Step("view").Passed, 1)
	s.do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.do("fire.organ-head", engine.Agree, "view", safe).is("view=agree")
	s.refused(engine.NotOpen, "fire.organ-head", engine.Agree, "view")
	s.refused(engine.NotFound, "fire.organ-head", engine.Agree, "nowhere")
	cmd := s.command("fire.organ-head", engine.Agree, "", engine.Args{})
	cmd.Task = "view.9z"
	require.Equal(t, engine.NotFound, s.run(cmd).Code)
}

func TestRule_3_4_5_SeparationOfDuties(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`  - {review: view, by: market, chain: [handle, check]}`), "view")
	s := tell(t, src)
	cmd := s.filing(nil)
	cmd.By.Roles = []string{"clerk", "handle"}
	require.Nil(t, s.run(cmd))
	s.clear()
	accept := s.command("hall.clerk+handle.2", engine.Accept, "receive", engine.Args{})
	require.Nil(t, s.run(accept))
	s.open("view")
	for _, who := range []engine.Actor{cmd.By, accept.By} {
		who.Org = "market" // the same person, on loan to the department
		act := s.command("market.handle", engine.Pass, "view", engine.Args{})
		act.By = who
		require.Equal(t, engine.NotAllowed, s.run(act).Code)
		act.Do = engine.Claim
		require.Equal(t, engine.NotAllowed, s.run(act).Code)
	}
	s.do("market.check", engine.Pass, "view")
	s.refused(engine.NotAllowed, "market.check", engine.Agree, "view")
	s.do("market.approve", engine.Agree, "view") // a later role may do an earlier one's work
	// another round, another chain
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	s.do("market.approve", engine.Pass, "view").do("market.check", engine.Agree, "view")

	instant := tell(t, `
language: lianban/v1
item: {code: S2, name: 即办, version: "1", effective: "2026-01-01", type: other, level: county, handling: instant, lead: market, basis: 法}
parties: {market: {name: 市场, kind: department}}
materials: {p1: {name: 材料, from: [applicant], basis: 法}}
process:
  - {intake: receive, by: market, limit: 1wd}
  - {decide: conclude, by: market, chain: [handle, handle]}
  - {issue: handOut, by: market, ways: [counter]}
`)
	args := engine.Args{Number: "N1", Region: "210304", Papers: []engine.PaperIn{instant.paper("p1")}}
	cmd = instant.command("market.handle", engine.File, "", args)
	cmd.Parties = map[string]string{"market": "market"}
	require.Nil(t, instant.run(cmd))
	instant.do("market.handle", engine.Accept, "").do("market.handle", engine.Pass, "")
	instant.refused(engine.NotAllowed, "market.handle", engine.Grant, "") // persons of one chain differ all the same
	instant.do("market.handle.2", engine.Grant, "")
	instant.status(engine.Closed, engine.Granted)
}

func TestRule_3_4_6_ClaimingTouchesNoClock(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks := s.state.Clocks
	s.due("view.handle", "2026-03-04")
	s.do("fire.handle", engine.Claim, "view")
	s.refused(engine.Claimed, "fire.handle", engine.Claim, "view")
	s.refused(engine.Claimed, "fire.handle.2", engine.Claim, "view")
	s.refused(engine.Claimed, "fire.handle.2", engine.Pass, "view")
	s.refused(engine.Claimed, "fire.handle.2", engine.Release, "view")
	s.do("fire.handle", engine.Release, "view")
	s.refused(engine.NotOpen, "fire.handle", engine.Release, "view")
	require.Equal(t, clocks, s.state.Clocks)
	s.do("fire.handle.2", engine.Claim, "view").later(24)
	s.do("fire.handle.2", engine.Pass, "view")
	require.False(t, s.state.Clock("view.handle").Running())
	require.True(t, s.state.Clock("view").Running())
	s.do("fire.check", engine.SendBack, "view", reasoned)
	s.due("view.handle.2", "2026-03-05") // a node clock is new each time
	require.Equal(t, "view.handle.2", s.openTask("view", engine.TaskWork).Clock)
	require.Equal(t, "view", s.state.Task("view.2a").Clock, "no node clock: the step's")
}
