package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func moreOf(clock, reason string) engine.Args { return engine.Args{Clock: clock, Reason: reason} }

// waitOf is who a case waits for with a task.
func waitOf(t *testing.T, s *story, task string) engine.Wait {
	t.Helper()
	for _, w := range engine.WaitingFor(s.rules, s.state) {
		if w.Task == task {
			return w
		}
	}
	require.Fail(t, "nobody is waited for with "+task)
	return engine.Wait{}
}

func TestWhoeverIsToPutSomethingRightAsksForMoreTime(t *testing.T) {
	t.Parallel()
	const fix = "duty.owed.fix"
	ask := moreOf("", "材料定制尚未到货")
	s := ordered(t, timeToFix)
	require.Equal(t, engine.Closed, s.state.Status)
	more := engine.AskableTime(s.rules, s.state, fix, s.now)
	require.Equal(t, []string{fix, "5wd", "消防的承办人"}, []string{more.Clock, more.Time.String(), more.By.ZH})
	require.Nil(t, engine.AskableTime(s.rules, s.state, "duty.owed", s.now))
	require.Nil(t, engine.AskableTime(s.rules, s.state, "nothing", s.now))
	s.refused(engine.ReasonNeeded, "applicant", engine.AskTime, "", engine.Args{})
	s.refused(engine.NotFound, "applicant", engine.AskTime, "", moreOf("nothing", "大雪"))
	s.refused(engine.NoExtension, "applicant", engine.AskTime, "", moreOf("duty.owed", "大雪"))
	s.refused(engine.NotAllowed, "fire.handle", engine.AskTime, "", ask)
	s.refused(engine.NotOpen, "fire.handle", engine.RefuseTime, "", reasoned)

	s.do("applicant", engine.AskTime, "", ask).due(fix, "2026-03-20")
	w := waitOf(t, s, "delay.1")
	require.Equal(t, []string{"fire", "fire", "handle", "answer the applicant, who asks for more time: limit for the duty 承诺现场核查 (to put right)"}, []string{w.Who, w.Org, w.Role, w.WhyEn})
	require.Equal(t, s.state.Clock(fix).Due, w.Due)
	require.Nil(t, engine.AskableTime(s.rules, s.state, fix, s.now), "he has asked")
	s.refused(engine.NotOpen, "applicant", engine.AskTime, "", ask)
	list, ok := engine.TaskOptions(s.rules, s.state, s.who("fire.handle"), s.now, "delay.1", nil)
	require.True(t, ok)
	require.Equal(t, []engine.Act{engine.Extend, engine.RefuseTime, engine.Claim}, acts(list, true))
	require.Equal(t, []string{fix}, ids(optionOf(t, list, engine.Extend), "clock"))
	s.refused(engine.NotAllowed, "eco.handle", engine.RefuseTime, "", reasoned)
	s.refused(engine.ReasonNeeded, "fire.handle", engine.RefuseTime, "", engine.Args{})

	// Refused with a reason he may ask again when he has something new to say or to show; granted it is answered by the one act.
	s.do("fire.handle", engine.RefuseTime, "", moreOf("", "现货可以购买")).due(fix, "2026-03-20").duty("owed", engine.DutyFixing)
	x := s.state.TimeAsks[0]
	require.Equal(t, []string{engine.TimeRefusal, "现货可以购买", "2026-03-20"}, []string{x.Status, x.Answer, x.Day.String()})
	again := s.refused(engine.ReasonNeeded, "applicant", engine.AskTime, "", moreOf("", " 材料定制，尚未到货。"))
	require.Contains(t, again.Zh, "；再次申请须写明新的理由或者附上新的证明")
	require.Contains(t, again.En, "to ask again give a new reason or new proof")
	require.NotNil(t, engine.AskableTime(s.rules, s.state, fix, s.now))
	shown := engine.Args{Reason: ask.Reason, Evidence: proof("厂家证明").Evidence}
	tried := *s
	tried.do("applicant", engine.AskTime, "", shown).do("fire.handle", engine.RefuseTime, "", reasoned)
	tried.refused(engine.ReasonNeeded, "applicant", engine.AskTime, "", shown)
	before := *s
	state := *s.state
	before.state, state.Engine = &state, 11
	before.do("applicant", engine.AskTime, "", ask) // by the engine before
	s.do("hall.clerk", engine.AskTime, "", moreOf(fix, "厂家延期交货，附证明")).do("fire.handle", engine.Extend, "", moreOf(fix, "")).due(fix, "2026-03-27")
	x = s.state.TimeAsks[1]
	require.Equal(t, []string{engine.TimeGranted, "2026-03-27"}, []string{x.Status, x.Until.String()})
	require.NotEmpty(t, x.By)
	require.Equal(t, engine.TaskDone, s.state.Task("delay.2").Status)
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, []string{string(engine.NoticeExtension), "厂家延期交货，附证明"}, []string{string(told.Kind), told.Text}, "his own reason where the act gives none")
	s.refused(engine.NoExtension, "applicant", engine.AskTime, "", ask)
	var rows []string
	for _, r := range engine.Project(s.rules, s.state).Dossier {
		if r.Kind == engine.DossierTime {
			rows = append(rows, r.ID+" "+r.Status)
		}
	}
	require.Equal(t, []string{"delay.1 refused", "delay.2 granted"}, rows)

	// His time runs on while nobody answers, and with its end, or his word, nobody is asked any more.
	s = ordered(t, timeToFix).do("applicant", engine.AskTime, "", ask).at("2026-03-21T00:00").duty("owed", engine.DutyRecheck)
	require.Equal(t, engine.TimeOver, s.state.TimeAsks[0].Status)
	require.Equal(t, engine.TaskCancelled, s.state.Task("delay.1").Status)
	s.refused(engine.NotOpen, "fire.handle", engine.RefuseTime, "", reasoned)
	s = ordered(t, timeToFix).do("applicant", engine.AskTime, "", ask).do("applicant", engine.Rectify, "")
	require.Equal(t, engine.TimeOver, s.state.TimeAsks[0].Status)

	// Where the definition gives no more, and in a case of an engine before this one, nobody asks.
	ordered(t, strings.Replace(timeToFix, ", extend: {time: 5wd}", "", 1)).refused(engine.NoExtension, "applicant", engine.AskTime, "", ask)
	old := ordered(t, timeToFix)
	old.state.Engine = 10
	old.refused(engine.AlreadyClosed, "applicant", engine.AskTime, "", ask)
	old.state.Status = engine.Decided
	old.refused(engine.NotOpen, "applicant", engine.AskTime, "", ask)
}

// Who has claimed a request answers it; who may give it is as the definition says.
func TestARequestForMoreTimeIsAnsweredByWhoMayGiveIt(t *testing.T) {
	t.Parallel()
	for role, who := range map[string]string{"handle": "fire.handle", "organ-head": "fire.organ-head", "lead": "market.lead"} {
		s := ordered(t, strings.Replace(timeToFix, "extend: {time: 5wd}", "extend: {time: 5wd, role: "+role+"}", 1)).do("applicant", engine.AskTime, "", moreOf("", "大雪"))
		task := s.state.Task("delay.1")
		require.Equal(t, who, task.Party+"."+task.Role)
		s.do(who, engine.Claim, "").do(who, engine.Extend, "", moreOf("duty.owed.fix", "同意"))
	}
	s := ordered(t, timeToFix).do("applicant", engine.AskTime, "", moreOf("", "大雪")).do("fire.handle.2", engine.Claim, "")
	s.refused(engine.Claimed, "fire.handle", engine.RefuseTime, "", reasoned)
	s.refused(engine.Claimed, "fire.handle", engine.Extend, "", moreOf("duty.owed.fix", "同意"))
	s.do("fire.handle.2", engine.RefuseTime, "", reasoned)
}

// A paper to follow gets more time for force majeure alone: he shows what proves it when he asks.
func TestMoreTimeForAPaperToFollowIsAskedForWithProof(t *testing.T) {
	t.Parallel()
	src := following(strings.Replace(deferred, "late: mark", "late: lapse, extend: {time: 3wd, role: organ-head}", 1))
	s := tell(t, src).without(tolerated)
	require.True(t, engine.AskableTime(s.rules, s.state, "duty.defer.p1", s.now).Proof)
	require.Equal(t, "evidence", s.refused(engine.BadData, "applicant", engine.AskTime, "", moreOf("", "洪水封路")).Where)
	ask := engine.Args{Reason: "洪水封路", Evidence: proof("气象证明").Evidence}
	s.do("applicant", engine.AskTime, "", ask)
	require.Equal(t, "organ-head", waitOf(t, s, "delay.1").Role)
	s.do("market.organ-head", engine.Extend, "", moreOf("duty.defer.p1", "")).due("duty.defer.p1", "2026-03-12")
	require.Equal(t, ask.Evidence, s.state.Clock("duty.defer.p1").Extended[0].Evidence)

	// Brought meanwhile it needs no answer.
	s = tell(t, src).without(tolerated).do("applicant", engine.AskTime, "", ask).do("applicant", engine.Fulfil, "", s.answer("p1"))
	require.Equal(t, engine.TimeOver, s.state.TimeAsks[0].Status)

	// A duty of the applicant's own whose limit grows is his to ask about, an organ's limit is not.
	s = tell(t, owing(`{name: 开业报告, by: applicant, limit: {time: 15cd, from: permit, extend: {time: 5cd, role: organ-head}}, basis: 规定}`)).finished(false)
	s.do("applicant", engine.AskTime, "", moreOf("", "尚未装修")).do("market.organ-head", engine.Extend, "", moreOf("duty.owed", "同意"))
	require.Equal(t, engine.TimeGranted, s.state.TimeAsks[0].Status)
	s = tell(t, owing(`{name: 核查, by: fire, limit: {time: 15cd, from: permit, extend: {time: 5cd, role: organ-head}}, basis: 规定}`)).finished(false)
	s.refused(engine.NoExtension, "applicant", engine.AskTime, "", moreOf("duty.owed", "大雪"))
}

// askTimeStories meet the events of requests for more time.
func askTimeStories(t *testing.T) []*story {
	t.Helper()
	return []*story{ordered(t, timeToFix).do("applicant", engine.AskTime, "", moreOf("", "大雪")).do("fire.handle", engine.RefuseTime, "", reasoned)}
}
