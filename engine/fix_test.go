package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

const checkedAfter = `{name: 承诺现场核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, late: revoke, fix: {time: 10wd}, basis: 规定}`

// toFix is an order to put two points right until a day.
func toFix(t *testing.T, until string, points ...string) engine.Args {
	t.Helper()
	a := found(engine.FindingFix, "与承诺不符")
	a.Until = *day(t, until)
	for _, p := range points {
		a.Points = append(a.Points, engine.PointIn{Text: p})
	}
	return a
}

func fixing(t *testing.T) *story {
	t.Helper()
	s := tell(t, owing(checkedAfter)).finished(false).status(engine.Closed, engine.Granted)
	return s.at("2026-03-10T09:00").do("fire.handle", engine.Judge, "", toFix(t, "2026-03-20", "疏散通道被占用", "灭火器过期"))
}

func TestACheckMayOrderWhatFallsShortToBePutRight(t *testing.T) {
	t.Parallel()
	s := fixing(t).duty("owed", engine.DutyFixing)
	o := s.state.Duty("owed").Orders[0]
	require.Equal(t, "2026-03-20", o.Day.String())
	require.Equal(t, "2026-03-10", o.Checked.String())
	require.False(t, o.Late)
	require.False(t, s.state.Clock("duty.owed").Running(), "the check was made")
	s.due("duty.owed.fix", "2026-03-20")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeFix, told.Kind)
	require.Equal(t, "责令限期整改通知书", told.Name())
	require.Equal(t, []string{"applicant", "check", "fire", "与承诺不符"}, []string{told.To, told.Step, told.Org, told.Text})
	require.Equal(t, &o.Day, told.Until)
	require.Equal(t, "灭火器过期", told.Lines[1].Reason)
	require.Empty(t, s.state.Annulments, "an order costs the holder nothing")
	require.False(t, s.state.Over())
	waits := engine.WaitingFor(s.rules, s.state)
	require.Len(t, waits, 1)
	require.Equal(t, "applicant", waits[0].Who)
	require.Equal(t, s.state.Clock("duty.owed.fix").Due, engine.NextEffect(s.state))
	require.Equal(t, "义务“承诺现场核查”的整改期限", engine.ClockName(s.rules, s.state, "duty.owed.fix").ZH)
	e, ok := engine.Explain(s.rules, s.state, "duty.owed.fix")
	require.True(t, ok)
	require.Equal(t, "2026-03-20", e.Due.Day.String())

	// nobody judges before he has said something, or his time is over
	s.refused(engine.NotOpen, "fire.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "failed", Reason: "未整改"})
	s.refused(engine.NotOpen, "fire.handle", engine.Judge, "", found("met", ""))
	s.refused(engine.NotOpen, "applicant", engine.Fulfil, "", engine.Args{Duty: "owed", Reason: "已办"})
	s.refused(engine.NotAllowed, "eco.handle", engine.Rectify, "", engine.Args{})
	s.refused(engine.NotFound, "applicant", engine.Rectify, "", engine.Args{Statements: []engine.Statement{{Of: "point9", Text: "已办"}}})
	s.refused(engine.BadData, "applicant", engine.Rectify, "", engine.Args{Evidence: []engine.Evidence{{Name: "照片", Hash: "x"}}})

	said := proof("照片")
	said.Statements = []engine.Statement{{Of: "point1", Text: "已清空"}}
	s.at("2026-03-16T09:00").do("applicant", engine.Rectify, "", said).duty("owed", engine.DutyRecheck)
	s.due("duty.owed.recheck", "2026-03-19")
	o = s.state.Duty("owed").Orders[0]
	require.Equal(t, []string{"reported", "已清空", "照片"}, []string{o.Why, o.Points[0].Statement, o.Shown[0].Name})
	require.Equal(t, "judge.owed#2", engine.WaitingFor(s.rules, s.state)[0].Task)
	s.refused(engine.AlreadyClosed, "applicant", engine.Rectify, "", engine.Args{})
	s.refused(engine.BadData, "fire.handle", engine.Judge, "", toFix(t, "2026-03-30", "灭火器过期")) // one order, no more
	s.do("fire.handle", engine.Judge, "", found("met", "")).duty("owed", engine.DutyMet)
	require.True(t, s.state.Over())
	s.refused(engine.AlreadyClosed, "applicant", engine.Rectify, "", engine.Args{})
	require.Equal(t, "met", engine.Project(s.rules, s.state).Dossier[0].Status)
}

func TestWhatIsNotPutRightInTimeIsLookedAtAndPutsTheResultInQuestion(t *testing.T) {
	t.Parallel()
	s := fixing(t).at("2026-03-20T23:59").duty("owed", engine.DutyFixing).at("2026-03-21T00:00").duty("owed", engine.DutyRecheck)
	require.Equal(t, "time", s.state.Duty("owed").Orders[0].Why)
	require.Len(t, eventsOf[engine.ClockWarned](s), 2, "what runs out is warned of")
	s.due("duty.owed.recheck", "2026-03-25").at("2026-03-26T09:00")
	require.True(t, s.state.Clock("duty.owed.recheck").Overdue)
	require.Empty(t, s.state.Annulments, "a late re-check is not the holder's fault")
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Judge, "", found("failed", ""))
	s.do("fire.handle", engine.Judge, "", found("failed", "仍被占用")).duty("owed", engine.DutyFailed)
	require.Equal(t, "failed", s.state.Annulments[0].Why)
	requireLaw(t, s.refused(engine.TooSoon, "fire.approve", engine.Annul, "", reasoned), "7")
	s.do("applicant", engine.Defend, "", reasoned).do("fire.approve", engine.Annul, "", reasoned)
	require.True(t, s.state.Over())
}

func TestAnOrderToFixSaysWhatAndUntilWhen(t *testing.T) {
	t.Parallel()
	s := tell(t, owing(checkedAfter)).finished(false).at("2026-03-10T09:00")
	good := toFix(t, "2026-03-20", "疏散通道被占用")
	bad := func(code engine.Code, change func(*engine.Args)) *engine.Rejection {
		a := good
		change(&a)
		return s.refused(code, "fire.handle", engine.Judge, "", a)
	}
	requireLaw(t, bad(engine.ReasonNeeded, func(a *engine.Args) { a.Reason = "" }), "61")
	requireLaw(t, bad(engine.BadData, func(a *engine.Args) { a.Points = nil }), "61")
	bad(engine.ReasonNeeded, func(a *engine.Args) { a.Points = []engine.PointIn{{Text: " "}} })
	bad(engine.NotFound, func(a *engine.Args) { a.Points = []engine.PointIn{{Of: "nothing", Text: "甲"}} })
	bad(engine.BadData, func(a *engine.Args) { a.Evidence = []engine.Evidence{{Name: "记录", Hash: "x"}} })
	bad(engine.BadData, func(a *engine.Args) { a.Until = 0 })
	bad(engine.BadData, func(a *engine.Args) { a.Until = *day(t, "2026-03-10") })
	require.Equal(t, "2026-03-24 at the latest", bad(engine.BadData, func(a *engine.Args) { a.Until = *day(t, "2026-03-25") }).Expected)
	bad(engine.BadData, func(a *engine.Args) { a.On = s.now.AddDate(0, 0, 1) })
	bad(engine.BadData, func(a *engine.Args) { a.On = s.now.AddDate(-1, 0, 0) })
	s.refused(engine.NotAllowed, "eco.handle", engine.Judge, "", good)

	// three working days from the check to the order, as the definition says where it says nothing
	good.On = s.now.AddDate(0, 0, -6)
	s.do("fire.handle", engine.Judge, "", good)
	require.True(t, s.state.Duty("owed").Orders[0].Late)

	// a last day that is off moves behind it
	s = tell(t, owing(checkedAfter)).finished(false).at("2026-03-10T09:00").do("fire.handle", engine.Judge, "", toFix(t, "2026-03-21", "甲"))
	s.due("duty.owed.fix", "2026-03-23")
	require.Equal(t, "2026-03-23", s.state.Duty("owed").Orders[0].Day.String())

	// without `fix` a check finds as ever
	plain := tell(t, owing(`{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`)).finished(false)
	require.Equal(t, "finding: met, failed", plain.refused(engine.BadData, "fire.handle", engine.Judge, "", toFix(t, "2026-03-20", "甲")).Expected)

	// nothing is ordered about a result that is annulled
	gone := tell(t, owing(checkedAfter)).finished(false)
	gone.do("fire.handle", engine.Challenge, "", ground("permit", engine.GroundPower)).do("applicant", engine.Defend, "", reasoned)
	gone.do("fire.approve", engine.Annul, "", engine.Args{Output: "permit", Reason: "越权", Basis: "行政许可法第六十九条"})
	gone.refused(engine.NotOpen, "fire.handle", engine.Judge, "", good)
}

func TestOrdersToFixOnWhatTheApplicantReports(t *testing.T) {
	t.Parallel()
	duty := `{name: 开业报告, by: applicant, limit: {time: 15cd, from: permit}, affects: permit, fix: {time: 30cd, recheck: 5cd, times: 2}, basis: 规定}`
	s := tell(t, owing(duty)).finished(false).do("applicant", engine.Fulfil, "", proof("报告"))
	s.do("fire.handle", engine.Judge, "", toFix(t, "2026-03-20", "报告不全")).duty("owed", engine.DutyFixing)
	require.Equal(t, "fire", s.state.Notices[len(s.state.Notices)-1].Org)
	s.do("hall.clerk", engine.Rectify, "", engine.Args{Duty: "owed", Reason: "已补齐"}).duty("owed", engine.DutyRecheck)
	s.do("fire.handle", engine.Judge, "", toFix(t, "2026-03-25", "仍缺附件")).due("duty.owed.fix#2", "2026-03-25")
	s.at("2026-03-26T00:00").due("duty.owed.recheck#2", "2026-03-30")
	s.refused(engine.BadData, "fire.handle", engine.Judge, "", toFix(t, "2026-04-10", "仍缺附件"))
	s.do("fire.handle", engine.Judge, "", found("met", ""))
	require.True(t, s.state.Over())
	require.Len(t, s.state.Duty("owed").Orders, 2)
}

// An order stands in the way of what waits for the duty, and falls with the case.
func TestADutyUnderAnOrderIsStillOwed(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, limit: {time: 5wd, from: permit, extend: {time: 2wd, role: organ-head}}, before: conclude, affects: permit, fix: {time: 10wd}, basis: 规定}`
	s := tell(t, owing(duty)).permitted(false).do("eco.handle", engine.Agree, "look").do("fire.handle", engine.Judge, "", toFix(t, "2026-03-12", "甲"))
	s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.refused(engine.NoExtension, "fire.organ-head", engine.Extend, "", engine.Args{Clock: "duty.owed.fix", Reason: "大雪"})
	s.do("applicant", engine.Rectify, "").refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.do("fire.handle", engine.Judge, "", found("met", "")).do("market.handle", engine.Grant, "conclude")
}

const timeToFix = `{name: 承诺现场核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, late: revoke, fix: {time: 10wd, extend: {time: 5wd}}, basis: 规定}`

// ordered is a closed case whose holder has until 20 March.
func ordered(t *testing.T, duty string) *story {
	t.Helper()
	s := tell(t, owing(duty)).finished(false).at("2026-03-10T09:00")
	if s.state.Duty("owed").By == "applicant" {
		s.do("applicant", engine.Fulfil, "", proof("报告"))
	}
	return s.do("fire.handle", engine.Judge, "", toFix(t, "2026-03-20", "疏散通道被占用"))
}

func TestWhoeverOrdersMayGiveMoreTimeOnce(t *testing.T) {
	t.Parallel()
	more := engine.Args{Clock: "duty.owed.fix", Reason: "材料定制尚未到货"}
	s := ordered(t, timeToFix)
	require.Equal(t, engine.Closed, s.state.Status)
	require.Nil(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.Extend, "", engine.Args{Clock: "duty.owed.fix"}).Law, "no law says how long")
	s.refused(engine.NotAllowed, "eco.handle", engine.Extend, "", more)
	s.refused(engine.NotAllowed, "market.organ-head", engine.Extend, "", more)
	s.refused(engine.NoExtension, "fire.handle", engine.Extend, "", engine.Args{Clock: "duty.owed", Reason: "大雪"})
	s.at("2026-03-20T23:59").do("fire.handle", engine.Extend, "", more).due("duty.owed.fix", "2026-03-27").duty("owed", engine.DutyFixing)
	require.Equal(t, "2026-03-27", s.state.Duty("owed").Orders[0].Day.String(), "the day the order has now")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeExtension, told.Kind)
	require.Equal(t, []string{"applicant", "check", "fire", more.Reason, "2026-03-27"}, []string{told.To, told.Step, told.Org, told.Text, told.Until.String()})
	require.Contains(t, strings.Join(s.lines("duty.owed.fix", "en"), "\n"), "approved on 2026-03-20 by the case officer of 消防, because: "+more.Reason)
	require.Contains(t, s.refused(engine.NotOpen, "fire.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "met"}).En, "2026-03-27")
	s.refused(engine.NoExtension, "fire.handle", engine.Extend, "", more)

	// Its end moves it on to the re-check as ever, which nobody makes longer.
	s.at("2026-03-27T23:59").duty("owed", engine.DutyFixing).at("2026-03-28T00:00").duty("owed", engine.DutyRecheck).due("duty.owed.recheck", "2026-04-01")
	s.refused(engine.NoExtension, "fire.handle", engine.Extend, "", engine.Args{Clock: "duty.owed.recheck", Reason: "大雪"})
	s.do("fire.handle", engine.Judge, "", found("met", "")).duty("owed", engine.DutyMet)
	require.True(t, s.state.Over())

	// The head of the organ may as well; after its end nobody.
	ordered(t, timeToFix).do("fire.organ-head", engine.Extend, "", more).due("duty.owed.fix", "2026-03-27")
	s = ordered(t, timeToFix).at("2026-03-21T00:00")
	s.refused(engine.NotOpen, "fire.handle", engine.Extend, "", more)

	// Only who the definition names; what the applicant was bound to is his who judges it, not the lead's.
	strict := strings.NewReplacer("by: fire", "by: applicant", "extend: {time: 5wd}", "extend: {time: 5cd, role: organ-head, times: 2}").Replace(timeToFix)
	s = ordered(t, strict)
	s.refused(engine.NotAllowed, "fire.handle", engine.Extend, "", more)
	s.refused(engine.NotAllowed, "market.organ-head", engine.Extend, "", more)
	s.do("fire.organ-head", engine.Extend, "", more).due("duty.owed.fix", "2026-03-25").do("fire.organ-head", engine.Extend, "", more).due("duty.owed.fix", "2026-03-30")
	require.Equal(t, "fire", s.state.Notices[len(s.state.Notices)-1].Org)

	// A case of an engine before this one takes no extension any more once it is closed.
	old := ordered(t, timeToFix)
	old.state.Engine = 9
	old.refused(engine.AlreadyClosed, "fire.handle", engine.Extend, "", more)
}

// A visit and an order may both wait for the applicant: he says which he speaks of.
func TestAnOrderAndAVisitAreToldApart(t *testing.T) {
	t.Parallel()
	src := strings.Replace(owing(checkedAfter), "  - {review: look, by: eco}\n", "  - {visit: look, by: market, parties: [market], limit: 5wd, rectify: {time: 5wd}}\n", 1)
	both := func() *story {
		s := tell(t, src).permitted(false).arranged("market.handle", "look").do("market.handle", engine.Record, "look", looked("缺洗手池"))
		s.do("fire.handle", engine.Judge, "", toFix(t, "2026-03-12", "甲"))
		s.refused(engine.BadData, "applicant", engine.Rectify, "", engine.Args{})
		s.refused(engine.NotFound, "applicant", engine.Rectify, "", engine.Args{Duty: "nothing"})
		return s
	}
	s := both().do("applicant", engine.Rectify, "look").duty("owed", engine.DutyFixing)
	s.do("applicant", engine.Rectify, "").duty("owed", engine.DutyRecheck)
	s = both().do("applicant", engine.Rectify, "", engine.Args{Duty: "owed"}).duty("owed", engine.DutyRecheck)
	s.do("applicant", engine.Rectify, "")
	require.Equal(t, engine.TaskDone, s.state.Task("look.rectify").Status)
}

// fixStories meet the events of orders.
func fixStories(t *testing.T) []*story {
	t.Helper()
	return []*story{fixing(t).do("applicant", engine.Rectify, "")}
}
