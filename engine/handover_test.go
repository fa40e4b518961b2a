package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// desk is a hand-over of somebody's desk to a colleague.
func desk(from, to string) engine.Args {
	return engine.Args{From: "p-" + from, Account: "p-" + to, Reason: "调离"}
}

func handOverStories(t *testing.T) []*story {
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.Claim, "view")
	v := tell(t, chained).accepted(nil)
	v.post(engine.Vacate, "fire", "handle")
	v.post(engine.Fill, "fire", "handle")
	return []*story{s.do("fire.check", engine.HandOver, "", desk("fire.handle", "fire.handle.2")), v}
}

// post is the system's word on a post.
func (s *story) post(do engine.Act, org, role string) *engine.Rejection {
	cmd := s.command("fire.handle", do, "", engine.Args{Org: org, Role: role})
	cmd.By = engine.Actor{Kind: engine.System}
	return s.run(cmd)
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.Claim, "view")
	clocks := clocksOf(s)
	s.refused(engine.NotAllowed, "fire.handle.2", engine.HandOver, "", desk("fire.handle", "fire.handle.2"))
	s.refused(engine.NotAllowed, "applicant", engine.HandOver, "", desk("fire.handle", "fire.handle.2"))
	s.refused(engine.BadData, "fire.check", engine.HandOver, "", engine.Args{Account: "p-fire.handle.2", Reason: "调离"})
	s.refused(engine.BadData, "fire.check", engine.HandOver, "", desk("fire.handle", "eco.handle"))
	s.refused(engine.BadData, "fire.check", engine.HandOver, "", desk("fire.handle", "fire.handle"))
	s.refused(engine.ReasonNeeded, "fire.check", engine.HandOver, "", engine.Args{From: "p-fire.handle", Account: "p-fire.handle.2"})
	s.refused(engine.NotOpen, "fire.check", engine.HandOver, "", desk("fire.handle.3", "fire.handle.2"))
	s.do("fire.handle", engine.HandOver, "", desk("fire.handle", "fire.handle.2")) // by himself
	require.Equal(t, "p-fire.handle.2", s.openTask("view", engine.TaskWork).Claimed)
	// the successor lacks the role: the task is free again
	s.do("fire.check", engine.HandOver, "", desk("fire.handle.2", "fire.clerk"))
	require.Empty(t, s.openTask("view", engine.TaskWork).Claimed)
	require.Len(t, openWork(s, "view"), 1)
	require.Equal(t, clocks, clocksOf(s))
}

func TestHandOverOfDelegatedWork(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.Claim, "view")
	s.do("fire.handle", engine.Delegate, "view", to("fire.handle.2"))
	s.do("fire.check", engine.HandOver, "", desk("fire.handle", "fire.handle.3")) // the owner leaves
	task := s.openTask("view", engine.TaskWork)
	require.Equal(t, []string{"p-fire.handle.2", "p-fire.handle.3"}, []string{task.Claimed, task.Owner})
	s.do("fire.check", engine.HandOver, "", desk("fire.handle.2", "fire.handle.4")) // the delegate leaves
	task = s.openTask("view", engine.TaskWork)
	require.Equal(t, []string{"p-fire.handle.3", ""}, []string{task.Claimed, task.Owner})
	s.do("fire.handle.3", engine.Delegate, "view", to("fire.handle.4"))
	s.do("fire.check", engine.HandOver, "", desk("fire.handle.3", "fire.handle.4")) // to the delegate himself
	task = s.openTask("view", engine.TaskWork)
	require.Equal(t, []string{"p-fire.handle.4", ""}, []string{task.Claimed, task.Owner})
}

func TestHandOverOfSignatures(t *testing.T) {
	t.Parallel()
	later := to("fire.clerk.2")
	later.Place = engine.PlaceAfter
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.AddSigner, "view", to("fire.clerk")).do("fire.handle", engine.AddSigner, "view", later)
	s.do("fire.check", engine.HandOver, "", desk("fire.clerk", "fire.clerk.3"))
	s.do("fire.clerk.3", engine.Pass, "view").do("fire.handle", engine.Pass, "view")
	// who has signed already may not sign for another
	s.refused(engine.NotOpen, "fire.check", engine.HandOver, "", desk("fire.clerk.2", "fire.clerk.3"))
	s.do("fire.check", engine.HandOver, "", desk("fire.clerk.2", "fire.clerk.4"))
	require.Equal(t, "p-fire.clerk.4", s.openTask("view", engine.TaskWork).Signer)
	s.do("fire.clerk.4", engine.Pass, "view")
	require.Equal(t, 1, s.state.Step("view").Link)
}

func TestNothingComesBackToWhoIsGone(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil).do("fire.handle", engine.Claim, "view").do("fire.handle", engine.Pass, "view")
	s.do("fire.check", engine.SendBack, "view", engine.Args{Reason: "补", Straight: true})
	s.refused(engine.NotOpen, "fire.approve", engine.HandOver, "", desk("fire.approve", "fire.approve.2"))
	s.do("fire.approve", engine.HandOver, "", desk("fire.check", "fire.check.2")) // who would have it back
	s.do("fire.handle", engine.Pass, "view")
	for _, task := range s.state.Tasks {
		require.True(t, task.Status != engine.TaskOpen || task.Claimed == "", task.ID)
	}
	s.do("fire.check.2", engine.Pass, "view")
}

// An organisation without a head has nobody who could do the work of a vacant post: the window is told and
// waited for, until a head or somebody for the post is there.
func TestVacantPostOfAnOrganisationWithoutAHead(t *testing.T) {
	t.Parallel()
	headless := func(s *story, do engine.Act, org, role string) *engine.Rejection {
		s.acts++
		return s.run(engine.Command{ID: "post" + s.now.String() + string(do), Do: do, By: engine.Actor{Kind: engine.System}, At: s.now,
			Args: engine.Args{Org: org, Role: role, Headless: true}})
	}
	s := tell(t, replace(chained, "chain: [", "chain: [government-head, ")).accepted(nil)
	require.Nil(t, headless(s, engine.Vacate, "fire", "government-head"))
	require.Equal(t, engine.NotOpen, headless(s, engine.Vacate, "fire", "government-head").Code)
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeVacant, told.Kind)
	require.Equal(t, "hall", told.To)
	wait := engine.WaitingFor(s.rules, s.state)[0]
	require.Equal(t, []string{"hall", "hall", "view"}, []string{wait.Who, wait.Org, wait.Step})
	require.Contains(t, wait.WhyZh, "没有负责人")
	require.Contains(t, wait.WhyEn, "nobody heads")

	// A head comes: he may do the work, and the record says since when.
	require.Nil(t, s.post(engine.Vacate, "fire", "government-head"))
	require.Len(t, s.state.Vacancies, 2)
	require.False(t, s.state.Vacancies[0].Until.IsZero())
	require.Equal(t, engine.RoleOrganHead, engine.WaitingFor(s.rules, s.state)[0].Role)
	require.Equal(t, "fire", s.state.Notices[len(s.state.Notices)-1].To)
	// He goes again, then somebody has the post.
	require.Nil(t, headless(s, engine.Vacate, "fire", "government-head"))
	require.Nil(t, s.post(engine.Fill, "fire", "government-head"))
	require.Equal(t, engine.NotOpen, s.post(engine.Fill, "fire", "government-head").Code)
	require.Equal(t, "fire", engine.WaitingFor(s.rules, s.state)[0].Who)
	for _, v := range s.state.Vacancies {
		require.False(t, v.Until.IsZero())
	}
	s.do("fire.government-head", engine.Pass, "view")

	// Of the window's own posts the lead is told.
	s = tell(t, chained)
	require.Nil(t, s.run(s.filing(nil)))
	require.Nil(t, headless(s, engine.Vacate, "hall", "clerk"))
	require.Equal(t, "market", s.state.Notices[len(s.state.Notices)-1].To)
	require.Equal(t, "market", engine.WaitingFor(s.rules, s.state)[0].Who)
}

func TestVacantPost(t *testing.T) {
	t.Parallel()
	src := replace(chained, "chain: [", "chain: [government-head, ")
	s := tell(t, src).accepted(nil)
	clocks := clocksOf(s)
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Pass, "view")
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Vacate, "", engine.Args{Org: "fire", Role: "government-head"})
	require.Equal(t, engine.NotOpen, s.post(engine.Vacate, "eco", "government-head").Code)
	require.Equal(t, engine.NotOpen, s.post(engine.Fill, "fire", "government-head").Code)
	require.Nil(t, s.post(engine.Vacate, "fire", "government-head"))
	require.Equal(t, engine.NotOpen, s.post(engine.Vacate, "fire", "government-head").Code)
	require.True(t, s.state.Flag(engine.FlagVacant))
	waits := engine.WaitingFor(s.rules, s.state)
	require.Equal(t, engine.RoleOrganHead, waits[0].Role)
	require.Contains(t, waits[0].WhyZh, "岗位空缺")
	require.Equal(t, "岗位空缺告知", s.state.Notices[len(s.state.Notices)-1].Kind.Title())
	require.Equal(t, "open", engine.Project(s.rules, s.state).Dossier[0].Status)
	s.refused(engine.NotAllowed, "fire.approve", engine.Pass, "view")
	s.do("fire.organ-head", engine.Pass, "view")
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Pass, "view") // one link each, the head too
	s.do("fire.handle", engine.SendBack, "view", reasoned)
	require.Nil(t, s.post(engine.Fill, "fire", "government-head"))
	require.Equal(t, "over", engine.Project(s.rules, s.state).Dossier[0].Status)
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Pass, "view")
	s.do("fire.government-head", engine.Pass, "view")
	require.Equal(t, clocks, clocksOf(s))
}
