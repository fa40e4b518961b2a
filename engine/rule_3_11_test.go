package engine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

var joint = withBack(simple(`
  - {review: first, by: fire}
  - parallel: block
    branches:
      - {review: a, by: fire, when: not qb}
      - {decide: b, by: eco, optional: true, after: [a], gives: {bOk: {kind: approval, name: 乙}}}
      - {decide: c, by: city, gives: {cOk: {kind: approval, name: 丙}}}
      - sequence: s1
        when: qb
        steps: [{review: d, when: qa, by: city}, {decide: e, by: city}]
`), "block")

// toldOf lists who was told of a change of a step.
func toldOf(s *story, step string) []string {
	parties := []string{}
	for _, n := range s.state.Notices {
		if n.Kind == engine.NoticeChange && n.Step == step {
			parties = append(parties, n.To)
		}
	}
	return parties
}

func TestRule_3_11_1_Drop(t *testing.T) {
	t.Parallel()
	s := tell(t, joint).accepted(nil)
	s.refused(engine.NotAllowed, "fire.lead", engine.Drop, "first", reasoned)
	s.refused(engine.BadData, "market.lead", engine.Drop, "", reasoned)
	s.refused(engine.ReasonNeeded, "market.lead", engine.Drop, "first")
	for _, step := range []string{"c", "block", "s1", "conclude", "handOut", "receive"} {
		s.refused(engine.WrongAct, "market.lead", engine.Drop, step, reasoned)
	}
	s.do("market.lead", engine.Drop, "first", reasoned).is("first=absent").open("a", "c")
	require.Equal(t, "dropped", s.state.Step("first").Why)
	require.ElementsMatch(t, []string{"hall", "fire", "eco", "city", "market"}, toldOf(s, "first"))
	s.refused(engine.NotOpen, "market.lead", engine.Drop, "first", reasoned)
	s.do("market.lead", engine.Drop, "b", reasoned) // waiting
	s.do("fire.handle", engine.Agree, "a").is("b=absent")
	s.refused(engine.NotOpen, "market.lead", engine.Drop, "a", reasoned)
	s.do("city.handle", engine.Grant, "c").is("block=done")
}

func TestRule_3_11_2_AddADeclaredBranch(t *testing.T) {
	t.Parallel()
	add := func(branch string) engine.Args { return engine.Args{Reason: "需要", Branch: branch} }
	s := tell(t, joint).accepted(nil)
	s.refused(engine.NotOpen, "market.lead", engine.Add, "", add("s1")) // not evaluated yet
	s.do("fire.handle", engine.Agree, "first").is("s1=absent")
	s.refused(engine.NotAllowed, "city.lead", engine.Add, "", add("s1"))
	s.refused(engine.NotFound, "market.lead", engine.Add, "", add("conclude"))
	s.refused(engine.NotFound, "market.lead", engine.Add, "", add("x"))
	s.refused(engine.NotOpen, "market.lead", engine.Add, "", add("c"))
	s.refused(engine.ReasonNeeded, "market.lead", engine.Add, "", engine.Args{Branch: "s1"})
	s.do("market.lead", engine.Add, "", add("s1")).is("s1=open", "d=absent").open("a", "c", "e")
	require.True(t, s.state.Step("s1").Forced)
	require.NotEmpty(t, toldOf(s, "s1"))
	// it stays when answers are amended, and its decision counts
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qa": true, "qc": false}, s.paper("permit"))).is("s1=open")
	s.do("city.handle", engine.Deny, "e", reasoned).do("fire.handle", engine.Agree, "a").do("city.handle", engine.Grant, "c").do("eco.handle", engine.Grant, "b")
	require.Equal(t, "e", s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude").Where)
	s.refused(engine.NotOpen, "market.lead", engine.Add, "block", engine.Args{Reason: "需要", Party: "fire", Time: wd(2)})

	// a dropped branch can be added again
	s = tell(t, joint).accepted(nil).do("fire.handle", engine.Agree, "first")
	s.do("market.lead", engine.Drop, "b", reasoned).do("market.lead", engine.Add, "", add("b")).is("b=waiting")

	// no decision once the outcome is fixed
	s = tell(t, head+`
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches: [{decide: x, by: fire}, {decide: y, when: qb, by: eco}, {review: z, by: city}]
  - {issue: handOut, by: hall, ways: [counter]}
`).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Grant, "x").status(engine.Decided, engine.Granted)
	s.refused(engine.TooLate, "market.lead", engine.Add, "", add("y"))
}

func TestRule_3_11_2_AddANewOpinion(t *testing.T) {
	t.Parallel()
	s := tell(t, joint).accepted(nil).do("fire.handle", engine.Agree, "first")
	ask := engine.Args{Reason: "涉及文物", Party: "relics", Org: "relics-office", Name: "文物意见", Reads: []string{"p1", "a", "form.site"}, Time: wd(2)}
	bad := func(change func(*engine.Args)) engine.Args {
		a := ask
		change(&a)
		return a
	}
	s.refused(engine.BadData, "market.lead", engine.Add, "", ask)
	s.refused(engine.BadData, "market.lead", engine.Add, "a", ask)
	s.refused(engine.BadData, "market.lead", engine.Add, "block", bad(func(a *engine.Args) { a.Party, a.Org = "relics", "" }))
	s.refused(engine.BadData, "market.lead", engine.Add, "block", bad(func(a *engine.Args) { a.Time = calendar.Period{} }))
	s.refused(engine.BadData, "market.lead", engine.Add, "block", bad(func(a *engine.Args) { a.Time = calendar.Period{Amount: 3, Unit: "weeks"} }))
	s.refused(engine.BadData, "market.lead", engine.Add, "block", bad(func(a *engine.Args) { a.Reads = []string{"p9"} }))
	s.refused(engine.ReasonNeeded, "market.lead", engine.Add, "block", bad(func(a *engine.Args) { a.Reason = "" }))
	s.do("market.lead", engine.Add, "block", ask).open("a", "c", "block+1")
	s.due("block+1", "2026-03-04")
	require.Equal(t, "relics-office", s.openTask("block+1", engine.TaskWork).Org)
	require.Contains(t, toldOf(s, "block+1"), "relics")
	s.do("market.lead", engine.Add, "block", engine.Args{Reason: "也问", Party: "eco", Time: wd(2)}).open("a", "c", "block+1", "block+2")
	s.do("market.lead", engine.Drop, "block+2", reasoned).is("block+2=absent")

	// it counts: the block fails, the lead overrides it, a return may name it
	s.org["relics"] = "relics-office"
	s.do("relics.handle", engine.Disagree, "block+1", reasoned).do("fire.handle", engine.Agree, "a")
	s.do("city.handle", engine.Grant, "c").do("eco.handle", engine.Grant, "b").is("block=failed")
	require.Equal(t, "overrides.block+1", s.refused(engine.ReasonNeeded, "market.handle", engine.Grant, "conclude").Where)
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再问", Steps: []string{"block+1"}}).open("block+1")
	s.do("relics.handle", engine.Agree, "block+1").is("block=done").do("market.handle", engine.Grant, "conclude")
	rows := engine.Project(s.rules, s.state)
	require.Equal(t, "文物意见", rows.Steps[len(rows.Steps)-2].Name)
}

func TestRule_3_11_3_Withdraw(t *testing.T) {
	t.Parallel()
	s := tell(t, joint).accepted(nil)
	s.refused(engine.NotAllowed, "market.lead", engine.Withdraw, "", reasoned)
	s.refused(engine.ReasonNeeded, "applicant", engine.Withdraw, "")
	s.refused(engine.WrongAct, "applicant", engine.Withdraw, "first", reasoned)
	s.refused(engine.WrongAct, "applicant", engine.Withdraw, "conclude", reasoned)
	s.do("fire.handle", engine.Agree, "first")
	s.refused(engine.WrongAct, "applicant", engine.Withdraw, "a", reasoned)
	s.refused(engine.NotOpen, "applicant", engine.Withdraw, "s1", reasoned)
	s.do("city.handle", engine.Grant, "c")
	requireLaw(t, s.refused(engine.Signed, "applicant", engine.Withdraw, "c", reasoned), "8")
	branch := reasoned
	branch.Branch = "nowhere"
	s.refused(engine.NotFound, "applicant", engine.Withdraw, "", branch)
	branch.Branch = "b"
	s.do("hall.clerk", engine.Withdraw, "", branch).is("b=withdrawn") // waiting; the window records it for the applicant
	// the whole case: what is signed stands and is handed out
	s.do("applicant", engine.Withdraw, "", reasoned).is("a=withdrawn", "block=withdrawn", "c=grant", "conclude=withdrawn")
	s.open("handOut").status(engine.Decided, engine.Withdrawn)
	require.Nil(t, s.openTask("a", engine.TaskWork))
	s.refused(engine.TooLate, "applicant", engine.Withdraw, "", reasoned)
	s.refused(engine.TooLate, "market.lead", engine.Terminate, "", engine.Args{Reason: "理由", Ground: "death"})
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Withdrawn)

	// before acceptance, in every phase
	s = tell(t, joint).file(nil).do("applicant", engine.Withdraw, "", reasoned).status(engine.Closed, engine.Withdrawn)
	s = tell(t, joint).file(nil).do("hall.clerk", engine.Gap, "receive", gap("p1")).do("applicant", engine.Withdraw, "", reasoned)
	require.Equal(t, engine.Over, s.state.Step("receive").Intake.Phase)
	require.Nil(t, s.openTask("receive", engine.TaskAnswer))
	s.status(engine.Closed, engine.Withdrawn)
}

// Before the acceptance nobody's turn has come; whose step cannot come by the answers there are hears nothing of it.
func TestRule_3_11_4_WhomItDoesNotConcernIsNotTold(t *testing.T) {
	t.Parallel()
	told := func(version int) map[string]bool {
		s := tell(t, withBack(simple("  - {review: view, by: fire}\n  - {review: air, by: eco, when: qb}\n  - {review: later, by: city, when: 'steps.view.verdict == \"disagree\"'}"), "view")).file(nil)
		s.state.Engine = version
		s.do("market.lead", engine.Terminate, "", engine.Args{Reason: "申请人已注销", Ground: "dissolution"})
		got := map[string]bool{}
		for _, n := range s.state.Notices {
			got[n.To] = true
		}
		return got
	}
	require.True(t, told(11)["eco"], "by the engine before")
	got := told(engine.Version)
	require.False(t, got["eco"])
	require.True(t, got["fire"] && got["city"] && got["applicant"], "%v", got)
}

func TestRule_3_11_4_Terminate(t *testing.T) {
	t.Parallel()
	s := tell(t, joint).accepted(nil)
	s.refused(engine.NotAllowed, "applicant", engine.Terminate, "", engine.Args{Reason: "理由", Ground: "death"})
	s.refused(engine.BadData, "market.lead", engine.Terminate, "", reasoned)
	s.refused(engine.ReasonNeeded, "market.lead", engine.Terminate, "", engine.Args{Ground: "death"})
	s.do("market.lead", engine.Terminate, "", engine.Args{Reason: "申请人已注销", Ground: "dissolution"})
	s.status(engine.Closed, engine.Terminated).is("first=withdrawn")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeTerminated, told.Kind)
	require.Equal(t, "applicant", told.To)
	require.Equal(t, "申请人已注销", told.Text)
	require.True(t, slices.ContainsFunc(s.state.Notices, func(n engine.Notice) bool { return n.Kind == engine.NoticeChange && n.To == "fire" }), "the parties are told, too")
	require.Equal(t, "dissolution", eventsOf[engine.CaseWithdrawn](s)[0].Ground)
}
