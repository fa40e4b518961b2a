package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// to names a colleague, with a reason.
func to(who string) engine.Args { return engine.Args{Account: "p-" + who, Reason: "理由"} }

// clocksOf are the clocks of law and promise that run, with their due times: no
// act inside a department may move them (rule 3.4.6).
func clocksOf(s *story) map[string]string {
	due := map[string]string{}
	for _, c := range s.state.Clocks {
		if c.Role == "" && c.Running() {
			due[c.ID] = c.Due.String()
		}
	}
	return due
}

func TestAssign(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks := clocksOf(s)
	s.refused(engine.NotAllowed, "fire.handle", engine.Assign, "view", to("fire.handle.2"))
	s.refused(engine.NotAllowed, "eco.check", engine.Assign, "view", to("fire.handle.2"))
	s.refused(engine.BadData, "fire.check", engine.Assign, "view", engine.Args{})
	s.refused(engine.BadData, "fire.check", engine.Assign, "view", engine.Args{Account: "p-nobody"})
	s.refused(engine.BadData, "fire.check", engine.Assign, "view", to("eco.handle"))
	s.refused(engine.NotAllowed, "fire.check", engine.Assign, "view", to("fire.clerk"))
	s.do("fire.check", engine.Assign, "view", engine.Args{Account: "p-fire.handle.2"})
	require.Equal(t, "p-fire.handle.2", s.openTask("view", engine.TaskWork).Claimed)
	s.refused(engine.Claimed, "fire.handle", engine.Pass, "view")
	s.refused(engine.Claimed, "fire.approve", engine.Assign, "view", to("fire.handle.2"))
	s.refused(engine.ReasonNeeded, "fire.organ-head", engine.Assign, "view", engine.Args{Account: "p-fire.handle.3"})
	s.do("fire.organ-head", engine.Assign, "view", to("fire.handle.3"))
	s.do("fire.handle.3", engine.Pass, "view")
	// who has passed is none of those who may still be asked
	cmd := s.command("fire.organ-head", engine.Assign, "view", to("fire.handle.3"))
	cmd.Task = s.openTask("view", engine.TaskWork).ID
	cmd.People[0].Roles = []string{"check"}
	require.Equal(t, engine.NotAllowed, s.run(cmd).Code)
	// two tasks are open side by side: one must be named
	s.refused(engine.BadData, "fire.organ-head", engine.Assign, "view", to("fire.approve.2"))
	require.Equal(t, clocks, clocksOf(s))
}

func TestTransferIsForGood(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks := clocksOf(s)
	s.refused(engine.NotAllowed, "fire.handle", engine.Transfer, "view", to("fire.handle.2"))
	s.do("fire.handle", engine.Claim, "view")
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Transfer, "view", engine.Args{Account: "p-fire.handle.2"})
	s.refused(engine.Claimed, "fire.handle", engine.Transfer, "view", to("fire.handle"))
	s.do("fire.handle", engine.Transfer, "view", to("fire.handle.2"))
	s.refused(engine.Claimed, "fire.handle", engine.Pass, "view")
	s.do("fire.handle.2", engine.Pass, "view")
	require.Equal(t, clocks, clocksOf(s))
}

func TestDelegationReturnsToItsOwner(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.Claim, "view")
	s.refused(engine.BadData, "fire.handle", engine.Delegate, "view", to("fire.handle"))
	s.refused(engine.BadData, "fire.handle", engine.Delegate, "view", to("eco.handle"))
	s.do("fire.handle", engine.Delegate, "view", to("fire.clerk")) // any colleague may prepare
	require.Equal(t, "p-fire.handle", s.openTask("view", engine.TaskWork).Owner)
	require.Contains(t, waitsFor(s, "view"), "delegated to a colleague")
	require.Equal(t, "giveBack", s.refused(engine.WrongAct, "fire.clerk", engine.Pass, "view").Expected)
	s.refused(engine.WrongAct, "fire.clerk", engine.Release, "view")
	s.refused(engine.Claimed, "fire.handle", engine.Pass, "view")
	s.refused(engine.NotAllowed, "fire.clerk", engine.Delegate, "view", to("fire.handle.2"))
	s.refused(engine.NotAllowed, "fire.handle.2", engine.GiveBack, "view")
	s.do("fire.clerk", engine.GiveBack, "view", engine.Args{Reason: "已核"})
	require.Equal(t, "p-fire.handle", s.openTask("view", engine.TaskWork).Claimed)
	s.refused(engine.NotAllowed, "fire.clerk", engine.GiveBack, "view")
	s.do("fire.handle", engine.Delegate, "view", to("fire.check")).do("fire.handle", engine.GiveBack, "view")
	s.do("fire.handle", engine.Pass, "view")
	// who took the case in prepares no part of it either
	s.do("fire.check", engine.Claim, "view")
	cmd := s.command("fire.check", engine.Delegate, "view", to("hall.clerk"))
	cmd.People[0].Org = "fire"
	require.Equal(t, engine.NotAllowed, s.run(cmd).Code)
}

func TestRecallWhileNothingHasFollowed(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks := clocksOf(s)
	s.refused(engine.NotOpen, "fire.handle", engine.Recall, "view")
	s.do("fire.handle", engine.Pass, "view")
	s.refused(engine.NotOpen, "fire.handle.2", engine.Recall, "view")
	s.refused(engine.NotOpen, "eco.handle", engine.Recall, "")
	s.do("fire.handle", engine.Recall, "")
	st := s.state.Step("view")
	require.Equal(t, 0, st.Link)
	require.Nil(t, st.Passed)
	task := s.openTask("view", engine.TaskWork)
	require.Equal(t, "p-fire.handle", task.Claimed)
	require.True(t, s.state.Clock(task.Clock).Running(), "a node clock of its own, new with the turn")
	require.Len(t, openWork(s, "view"), 1)
	s.refused(engine.NotOpen, "fire.handle", engine.Recall, "view")
	// taken up by the next: too late
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Claim, "view")
	s.refused(engine.NotOpen, "fire.handle", engine.Recall, "view")
	// side by side: each recalls his own while he is the last
	s.do("fire.check", engine.Pass, "view")
	s.do("fire.check", engine.Recall, "view")
	require.Len(t, openWork(s, "view"), 2)
	s.do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.refused(engine.NotOpen, "fire.check", engine.Recall, "view")
	s.do("fire.approve", engine.Recall, "view")
	require.Len(t, openWork(s, "view"), 1)
	s.do("fire.approve", engine.Pass, "view")
	// a send-back, too
	s.do("fire.organ-head", engine.SendBack, "view", engine.Args{Reason: "补", Link: "handle"})
	s.do("fire.organ-head", engine.Recall, "view")
	st = s.state.Step("view")
	require.Equal(t, 2, st.Link)
	require.Len(t, st.Passed, 3)
	require.Nil(t, st.Back)
	s.do("fire.organ-head", engine.Agree, "view", safe)
	s.refused(engine.NotOpen, "fire.organ-head", engine.Recall, "view")
	require.Equal(t, "view", keysOf(clocks)["view"])
}

// Whoever has passed may do nothing further in the chain: what he holds is free again.
func TestPassingFreesWhatElseOneHolds(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.Pass, "view")
	for _, id := range openWork(s, "view") {
		cmd := s.command("fire.organ-head", engine.Claim, "view", engine.Args{})
		cmd.Task = id
		require.Nil(t, s.run(cmd))
	}
	s.do("fire.organ-head", engine.Pass, "view")
	require.Equal(t, []string{"LinkPassed", "TaskReleased"}, s.events())
	s.do("fire.approve", engine.Pass, "view")
	require.Equal(t, 2, s.state.Step("view").Link)
}

// waitsFor says why the case waits in a step.
func waitsFor(s *story, step string) string {
	why := ""
	for _, w := range engine.WaitingFor(s.rules, s.state) {
		if w.Step == step {
			why += w.WhyEn + "; "
		}
	}
	return why
}

// openWork lists the open tasks of a step's chain.
func openWork(s *story, step string) []string {
	var ids []string
	for _, k := range s.state.Tasks {
		if k.Step == step && k.Kind == engine.TaskWork && k.Status == engine.TaskOpen {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

func keysOf(m map[string]string) map[string]string {
	keys := map[string]string{}
	for k := range m {
		keys[k] = k
	}
	return keys
}

func TestStraightBackToTheSender(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	clocks := clocksOf(s)
	s.do("fire.organ-head", engine.SendBack, "view", engine.Args{Reason: "补", Link: "handle", Straight: true})
	task := s.openTask("view", engine.TaskWork)
	require.Equal(t, "p-fire.handle", task.Claimed, "to whoever had it")
	s.do("fire.handle", engine.Release, "view")
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Pass, "view") // he will sign again
	s.refused(engine.NotAllowed, "fire.check", engine.Pass, "view")      // his pass will count again
	s.do("fire.handle.2", engine.Pass, "view")
	st := s.state.Step("view")
	require.Equal(t, 2, st.Link, "the links between are not asked again")
	require.Len(t, st.Passed, 3)
	require.Equal(t, "p-fire.organ-head", s.openTask("view", engine.TaskWork).Claimed)
	// taking that back gives the links between back too
	s.do("fire.handle.2", engine.Recall, "view")
	require.Nil(t, s.state.Step("view").Passed)
	require.Equal(t, 0, s.state.Step("view").Link)
	s.do("fire.handle.2", engine.Pass, "view")
	s.do("fire.organ-head", engine.Agree, "view", safe).is("view=agree")
	delete(clocks, "view")
	for id, due := range clocksOf(s) {
		if was, ok := clocks[id]; ok {
			require.Equal(t, was, due)
		}
	}
}

// A send-back that is not straight goes through every link again.
func TestSendBackOverAStraightOne(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.do("fire.organ-head", engine.SendBack, "view", engine.Args{Reason: "补", Straight: true}) // to the list before it
	require.Equal(t, 1, s.state.Step("view").Link)
	s.do("fire.check", engine.SendBack, "view", reasoned)
	s.do("fire.handle", engine.Pass, "view")
	require.Equal(t, 1, s.state.Step("view").Link)
	require.Len(t, openWork(s, "view"), 2)
}

func TestUrge(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire}, {review: b, by: eco}]
`), "")).accepted(nil)
	s.refused(engine.NotAllowed, "fire.handle", engine.Urge, "")
	s.refused(engine.NotOpen, "applicant", engine.Urge, "conclude")
	s.do("applicant", engine.Urge, "")
	require.Equal(t, []string{"Urged", "Urged"}, s.events())
	require.Equal(t, "one urge a day", s.refused(engine.TooSoon, "hall.clerk", engine.Urge, "a").Expected)
	s.do("market.lead", engine.Urge, "a", reasoned)
	sup := s.command("watch.supervisor", engine.Urge, "a", engine.Args{Reason: "督"})
	require.Nil(t, s.run(sup))
	s.at("2026-03-03T09:00").do("applicant", engine.Urge, "a")
	urged := eventsOf[engine.Urged](s)
	require.Equal(t, 4, urged[len(urged)-1].Nth, "the reminders of a step are counted")
	require.Equal(t, "fire", urged[len(urged)-1].Notice.To)
	require.Equal(t, "催办通知", urged[0].Notice.Kind.Title())
	seen := map[string]bool{}
	for _, n := range s.state.Notices {
		require.False(t, seen[n.ID], n.ID)
		seen[n.ID] = true
	}
}

// Whoever holds one of a step's tasks and claims there once more gets the next one, until none is left.
func TestClaimingAtAStepOnceMoreClaimsTheNextTask(t *testing.T) {
	t.Parallel()
	twice := func() *story {
		ask := engine.Args{Org: "eco", Text: "是否涉及环评？"}
		return tell(t, chained).accepted(nil).do("fire.handle", engine.Consult, "view", ask).do("fire.handle", engine.Consult, "view", ask).do("eco.handle", engine.Claim, "view")
	}
	s := twice().do("eco.handle", engine.Claim, "view")
	var held []string
	for _, x := range s.state.Tasks {
		if x.Kind == engine.TaskConsult {
			held = append(held, x.Claimed)
		}
	}
	require.Equal(t, []string{s.who("eco.handle").ID, s.who("eco.handle").ID}, held)
	s.refused(engine.Claimed, "eco.handle", engine.Claim, "view")

	old := twice()
	old.state.Engine = 10
	old.refused(engine.Claimed, "eco.handle", engine.Claim, "view")
}
