package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// owing is a process with one duty; its permit is given by the fire department.
func owing(duty string) string {
	return head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - {decide: check, by: fire, chain: [handle, approve], limit: 5wd, gives: {permit: {kind: certificate, name: 证}}}
  - {review: look, by: eco}
  - {decide: conclude, by: market, limit: 5wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
duties:
  owed: ` + duty + `
`
}

func proof(name string) engine.Args {
	return engine.Args{Evidence: []engine.Evidence{{Name: name, Hash: hashOf(1)}}}
}

func found(finding, reason string) engine.Args { return engine.Args{Finding: finding, Reason: reason} }

// permitted grants the permit; finished also does all that follows but the duty.
func (s *story) permitted(qa bool) *story {
	s.t.Helper()
	return s.accepted(map[string]any{"qa": qa}).do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check")
}

func (s *story) finished(qa bool) *story {
	s.t.Helper()
	s.permitted(qa).do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude")
	return s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
}

func (s *story) duty(id string, status engine.DutyStatus) *story {
	s.t.Helper()
	require.NotNil(s.t, s.state.Duty(id), "no duty %s", id)
	require.Equal(s.t, status, s.state.Duty(id).Status)
	return s
}

func dutyTask(id string) engine.Args { return engine.Args{Duty: id, Reason: "已办"} }

func TestDutyIsOwedWhenItsFromHappens(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, when: qa, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`
	s := tell(t, owing(duty)).accepted(map[string]any{"qa": true})
	require.Nil(t, s.state.Duty("owed"))
	s.refused(engine.NotOpen, "fire.handle", engine.Fulfil, "", dutyTask("owed"))
	s.do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check").duty("owed", engine.DutyOpen).due("duty.owed", "2026-03-30")
	require.Equal(t, "fire", s.state.Duty("owed").Org)

	s = tell(t, owing(duty)).finished(false).duty("owed", engine.DutyAbsent).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Over())
	require.Empty(t, engine.Project(s.rules, s.state).Dossier)

	s = tell(t, owing(duty)).accepted(map[string]any{"qa": true}).do("fire.handle", engine.Pass, "check")
	s.do("fire.approve", engine.Deny, "check", reasoned)
	require.Nil(t, s.state.Duty("owed"), "what was denied obliges nobody")
}

func TestRule_3_9_5_DutyLivesOnAfterClosing(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`
	s := tell(t, owing(duty)).finished(false).status(engine.Closed, engine.Granted).duty("owed", engine.DutyOpen)
	require.False(t, s.state.Over())
	waits := engine.WaitingFor(s.rules, s.state)
	require.Len(t, waits, 1)
	require.Equal(t, "fire", waits[0].Who)
	require.Equal(t, s.state.Clock("duty.owed").Due, engine.NextDue(s.state))
	s.refused(engine.AlreadyClosed, "market.lead", engine.Amend, "", reasoned)
	s.refused(engine.NotAllowed, "eco.handle", engine.Fulfil, "", dutyTask(""))
	s.refused(engine.NotFound, "fire.handle", engine.Fulfil, "", dutyTask("nothing"))
	s.refused(engine.BadData, "fire.handle", engine.Fulfil, "")
	s.refused(engine.BadData, "fire.handle", engine.Fulfil, "", engine.Args{Evidence: []engine.Evidence{{Name: "记录", Hash: "x"}}})

	// time marks it, no more
	s.at("2026-04-20T09:00").duty("owed", engine.DutyOpen)
	require.True(t, s.state.Clock("duty.owed").Overdue)
	require.Empty(t, s.state.Annulments)
	claim := s.command("fire.handle", engine.Claim, "", engine.Args{})
	claim.Task = "duty.owed"
	require.Nil(t, s.run(claim))
	s.refused(engine.Claimed, "fire.handle.2", engine.Fulfil, "", dutyTask("owed"))
	s.do("fire.handle", engine.Fulfil, "", proof("核查记录")).duty("owed", engine.DutyMet)
	require.Equal(t, "p-fire.handle", s.state.Duty("owed").SettledBy)
	require.Equal(t, "核查记录", s.state.Duty("owed").Evidence[0].Name)
	require.True(t, s.state.Over())
	require.True(t, engine.NextDue(s.state).IsZero())
	s.refused(engine.AlreadyClosed, "fire.handle", engine.Fulfil, "", dutyTask("owed"))
	rows := engine.Project(s.rules, s.state).Dossier
	require.Len(t, rows, 1)
	require.Equal(t, "met", rows[0].Status)
	require.Equal(t, "fire", rows[0].Org)
}

func TestDutyOfTheApplicantIsJudged(t *testing.T) {
	t.Parallel()
	duty := `{name: 备案, by: applicant, limit: {time: 15cd, from: permit}, affects: permit, basis: 规定}`
	s := tell(t, owing(duty)).finished(false)
	s.refused(engine.NotOpen, "fire.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "met"}) // nothing reported, time not over
	s.refused(engine.NotAllowed, "eco.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "met"})
	s.do("applicant", engine.Fulfil, "", proof("备案回执")).duty("owed", engine.DutyReported)
	s.refused(engine.NotOpen, "applicant", engine.Fulfil, "", proof("备案回执"))
	s.refused(engine.NotAllowed, "eco.handle", engine.Judge, "", found("met", ""))
	s.refused(engine.BadData, "fire.handle", engine.Judge, "", found("perhaps", ""))
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Judge, "", found("failed", " "))
	s.do("fire.handle", engine.Judge, "", found("met", "")).duty("owed", engine.DutyMet)
	require.True(t, s.state.Over())

	// the window enters it for him; the judge finds it wanting, and the licence is in question
	s = tell(t, owing(duty)).finished(false).do("hall.clerk", engine.Fulfil, "", proof("备案回执"))
	s.do("fire.handle", engine.Judge, "", found("failed", "回执系伪造")).duty("owed", engine.DutyFailed)
	require.Equal(t, "failed", s.state.Annulments[0].Why)

	// he lets the time pass: the judge need not wait for him
	s = tell(t, owing(duty)).finished(false).at("2026-04-01T09:00")
	s.do("fire.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "failed", Reason: "未备案"}).duty("owed", engine.DutyFailed)
}

func TestDutyFailedPutsTheOutputInQuestion(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, late: revoke, basis: 规定}`
	s := tell(t, owing(duty)).finished(false).do("fire.handle", engine.Judge, "", found("failed", "承诺不实"))
	require.Equal(t, "annul.permit", s.state.Annulments[0].ID)
	require.Equal(t, "approve", s.state.Task("annul.permit").Role) // who has the last word in the chain that granted it
	s.refused(engine.NotAllowed, "fire.handle", engine.Annul, "", reasoned)
	s.refused(engine.NotFound, "fire.approve", engine.Annul, "", engine.Args{Output: "x", Reason: "理由"})
	s.refused(engine.NotOpen, "fire.approve", engine.Annul, "", engine.Args{Output: "result", Reason: "理由"})
	s.refused(engine.ReasonNeeded, "fire.approve", engine.Annul, "")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.Notice{
		ID: "annulling.annul.permit", Kind: engine.NoticeAnnulling, To: "applicant", Step: "check", At: s.state.Annulments[0].At, Text: "承诺不实", Until: &s.state.Annulments[0].Day,
	}, told)
	requireLaw(t, s.refused(engine.TooSoon, "fire.approve", engine.Annul, "", reasoned), "7")
	s.do("applicant", engine.Defend, "", reasoned)
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.approve", engine.Annul, "", engine.Args{Output: "permit", Reason: "承诺不实"}), "69")
	verdict, outcome := s.state.Step("check").Verdict, s.state.Outcome
	s.do("fire.approve", engine.Annul, "", engine.Args{Output: "permit", Reason: "承诺不实", Basis: "行政许可法第六十九条"})
	require.Equal(t, verdict, s.state.Step("check").Verdict, "the licence is touched, never the history")
	require.Equal(t, outcome, s.state.Outcome)
	require.False(t, s.state.Outputs[0].Annulled.IsZero())
	last := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeAnnulled, last.Kind)
	require.Equal(t, "applicant", last.To)
	require.True(t, s.state.Over())
	for _, r := range engine.Project(s.rules, s.state).Results {
		require.Equal(t, r.ID == "permit", !r.Annulled.IsZero(), r.ID)
	}

	// late: revoke asks when time is over, with two warnings before; it may be kept, and the duty is still owed
	s = tell(t, owing(duty)).finished(false).at("2026-04-20T09:00").duty("owed", engine.DutyOpen)
	require.Len(t, eventsOf[engine.ClockWarned](s), 2)
	require.Equal(t, "late", s.state.Annulments[0].Why)
	s.refused(engine.ReasonNeeded, "fire.approve", engine.Keep, "")
	s.do("fire.approve", engine.Keep, "", engine.Args{Reason: "核查因大雪推迟"})
	require.Equal(t, engine.AnnulKept, s.state.Annulments[0].Status)
	require.Equal(t, engine.NoticeKept, s.state.Notices[len(s.state.Notices)-1].Kind)
	require.True(t, s.state.Outputs[0].Annulled.IsZero())
	s.do("fire.handle", engine.Judge, "", found("failed", "承诺不实"))
	require.Equal(t, "annul.permit#2", s.state.Annulments[1].ID)

	// who says nothing is waited for to the end of the fifth working day
	require.Equal(t, "2026-04-27", s.state.Annulments[1].Day.String())
	s.at("2026-04-27T23:50").refused(engine.TooSoon, "fire.approve", engine.Annul, "", reasoned)
	s.at("2026-04-28T00:00").do("fire.approve", engine.Annul, "", reasoned)
}

// Cases of the engine's first version go on as they began: their recorded annulments replay.
func TestDutyFailedInACaseOfTheFirstVersion(t *testing.T) {
	t.Parallel()
	s := tell(t, owing(`{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`)).finished(false)
	s.state.Engine = 1
	s.do("fire.handle", engine.Judge, "", found("failed", "承诺不实"))
	require.Empty(t, s.state.Notices)
	s.do("fire.approve", engine.Annul, "", reasoned)
	require.False(t, s.state.Outputs[0].Annulled.IsZero())
}

func TestAnnulledBeforeItWasHandedOut(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`
	s := tell(t, owing(duty)).permitted(false).do("fire.handle", engine.Judge, "", found("failed", "承诺不实"))
	s.do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude")
	require.NotNil(t, s.state.Task("handOut.permit"))
	s.do("applicant", engine.Defend, "", reasoned).do("fire.approve", engine.Annul, "", reasoned)
	require.Equal(t, engine.TaskCancelled, s.state.Task("handOut.permit").Status)
	require.False(t, s.state.Clock("hand.permit").Running())
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Hands[0].Done.IsZero())
}

func TestRule_3_3_7_DutyBeforeAStep(t *testing.T) {
	t.Parallel()
	duty := `{name: 整改, by: applicant, limit: {time: 5wd, from: permit}, before: conclude, basis: 规定}`
	s := tell(t, owing(duty)).permitted(false).do("eco.handle", engine.Agree, "look")
	s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.do("applicant", engine.Fulfil, "", proof("照片"))
	s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.do("market.handle", engine.Judge, "", found("met", "")).do("market.handle", engine.Grant, "conclude") // without `affects` the lead judges

	// a decide may deny although the duty is open; failed, it bars a step that is no decide
	s = tell(t, owing(duty)).permitted(false).do("eco.handle", engine.Agree, "look").do("market.handle", engine.Deny, "conclude", reasoned)
	s.is("conclude=deny")
	view := `{name: 整改, by: fire, limit: {time: 5wd, from: permit}, before: look, basis: 规定}`
	s = tell(t, owing(view)).permitted(false)
	s.refused(engine.GateShut, "eco.handle", engine.Agree, "look")
	s.do("fire.handle", engine.Judge, "", found("failed", "未整改")).is("look=barred", "conclude=open")

	// a duty that can no longer come stands in nobody's way
	s = tell(t, owing(duty)).accepted(nil).do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Deny, "check", reasoned)
	s.is("look=skipped").status(engine.Decided, engine.Denied)
}

func TestRule_3_9_5_DutyBeforeClosing(t *testing.T) {
	t.Parallel()
	duty := `{name: 备案, by: applicant, limit: {time: 5wd, from: decision}, before: closing, basis: 规定}`
	s := tell(t, owing(duty)).finished(false).status(engine.Decided, engine.Granted).duty("owed", engine.DutyOpen)
	require.Len(t, engine.WaitingFor(s.rules, s.state), 1)
	s.do("applicant", engine.Fulfil, "", proof("回执")).status(engine.Decided, engine.Granted)
	s.do("market.handle", engine.Judge, "", found("met", "")).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Over())
}

func TestDutiesOfACaseThatEndsWithoutADecision(t *testing.T) {
	t.Parallel()
	duty := `{name: 公示牌, by: applicant, limit: {time: 5wd, from: acceptance}, before: closing, basis: 规定}`
	s := tell(t, owing(duty)).accepted(nil).duty("owed", engine.DutyOpen)
	s.do("applicant", engine.Withdraw, "", reasoned).duty("owed", engine.DutyDropped).status(engine.Closed, engine.Withdrawn)
	require.True(t, s.state.Over())

	// what hangs on a signed output stays
	duty = `{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`
	s = tell(t, owing(duty)).permitted(false).do("applicant", engine.Withdraw, "", reasoned).duty("owed", engine.DutyOpen)
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Withdrawn)
	require.False(t, s.state.Over())
}

func TestSeveralDutiesAreNamed(t *testing.T) {
	t.Parallel()
	s := tell(t, owing(`{name: 一, by: fire, limit: {time: 5wd, from: permit}, basis: 规定}
  other: {name: 二, by: fire, limit: {time: [{when: qa, time: 3wd}, {time: 9wd}], from: check, extend: {time: 2wd, role: organ-head}}, basis: 规定}`)).permitted(true)
	s.due("duty.other", "2026-03-05")
	s.refused(engine.BadData, "fire.handle", engine.Fulfil, "", dutyTask(""))
	s.refused(engine.NotAllowed, "fire.handle", engine.Extend, "", engine.Args{Clock: "duty.other", Reason: "大雪"})
	s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "duty.other", Reason: "大雪"}).due("duty.other", "2026-03-09")
	s.refused(engine.NoExtension, "fire.organ-head", engine.Extend, "", engine.Args{Clock: "duty.owed", Reason: "大雪"})
	s.do("market.lead", engine.Amend, "", amend(map[string]any{"qa": false})).due("duty.other", "2026-03-17")
	s.do("fire.handle", engine.Fulfil, "", dutyTask("other")).duty("other", engine.DutyMet).duty("owed", engine.DutyOpen)
	s.refused(engine.NotOpen, "fire.handle", engine.Fulfil, "", dutyTask("other"))
}

// dutyStories meet every event of duties.
func dutyStories(t *testing.T) []*story {
	t.Helper()
	s := tell(t, owing(`{name: 备案, by: applicant, limit: {time: 15cd, from: permit}, affects: permit, basis: 规定}`)).finished(false)
	s.do("applicant", engine.Fulfil, "", proof("备案回执")).do("fire.handle", engine.Judge, "", found("failed", "伪造"))
	return []*story{
		s.do("applicant", engine.Defend, "", reasoned).do("fire.approve", engine.Annul, "", reasoned),
		tell(t, owing(`{name: 核查, by: fire, when: qa, limit: {time: 20wd, from: permit}, basis: 规定}`)).finished(false),
	}
}
