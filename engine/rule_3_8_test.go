package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

func ledger(c *engine.Clock) []string {
	words := make([]string, len(c.Ledger))
	for i, e := range c.Ledger {
		words[i] = e.What
	}
	return words
}

func TestRule_3_8_1_ClassesAndLedgers(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    limit: 9wd
    branches:
      - {decide: d, by: fire, limit: 3wd, item: {name: 消防, type: licence}, gives: {dOk: {kind: approval, name: 证}}}
`), "")).file(nil)
	require.Equal(t, engine.Statutory, s.state.Clock("receive").Class, "acceptance by silence is the law's limit")
	require.Nil(t, s.state.Clock("statutory"))
	s.clear().do("hall.clerk.2", engine.Accept, "receive")
	for id, class := range map[string]engine.ClockClass{
		"statutory": engine.Statutory, "promised": engine.Promised, "block": engine.Promised, "d": engine.Promised,
		"d.statutory": engine.Statutory, "collect": engine.Promised,
	} {
		require.Equal(t, class, s.state.Clock(id).Class, id)
		require.Equal(t, "started", s.state.Clock(id).Ledger[0].What)
		require.Equal(t, s.rules.Calendar.Version(), s.state.Clock(id).Calendar)
	}
	s.due("d.statutory", "2026-03-30")
	s.do("fire.handle", engine.Grant, "d")
	require.Equal(t, []string{"started", "ended"}, ledger(s.state.Clock("d")))
	x, ok := engine.Explain(s.rules, s.state, "promised")
	require.True(t, ok)
	require.Equal(t, s.state.Clock("promised").Due, x.Due.At)
	_, ok = engine.Explain(s.rules, s.state, "nothing")
	require.False(t, ok)
}

func TestRule_3_8_2_WhereClocksStart(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {decide: now, by: fire, statutory: {time: 3wd}, gives: {nOk: {kind: approval, name: 证}}}
      - {decide: next, by: eco, after: [now], statutory: {time: 3wd}}
      - {decide: fromAcceptance, by: eco, after: [now], statutory: {time: 3wd, from: acceptance}}
      - {review: fromReceipt, by: city, limit: {time: 3wd, from: receipt}}
      - {review: fromForm, by: city, limit: {time: 3cd, from: form.since}, when: qb}
      - {review: fromStep, by: city, after: [now], limit: {time: 3wd, from: receive}}
      - {review: fromOutput, by: city, after: [now], limit: {time: 3wd, from: nOk}}
  - {decide: conclude, by: market, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter]}
`
	src = replace(src, "staff: {type: integer}", "staff: {type: integer}, since: {type: string}")
	s := tell(t, src)
	cmd := s.filing(map[string]any{"qb": true})
	cmd.Args.Form["since"] = "2026-02-27"
	require.Nil(t, s.run(cmd))
	s.clear().at("2026-03-05T10:00").do("hall.clerk.2", engine.Accept, "receive")
	s.due("statutory", "2026-05-08").due("promised", "2026-03-30") // the acceptance date is the day of receipt
	// nothing but acceptance was waited for: the legal clock counts from the acceptance date
	s.due("now.statutory", "2026-03-05").due("fromReceipt", "2026-03-05").due("fromForm", "2026-03-02")
	require.Equal(t, "acceptance", s.state.Clock("now.statutory").From)
	require.Nil(t, s.state.Clock("next"))
	s.at("2026-03-09T09:00").do("fire.handle", engine.Grant, "now")
	s.due("next.statutory", "2026-03-12").due("fromAcceptance.statutory", "2026-03-05").due("fromStep", "2026-03-10").due("fromOutput", "2026-03-12")
	s.at("2026-03-10T09:00")
	s.do("eco.handle", engine.Grant, "next").do("eco.handle", engine.Grant, "fromAcceptance")
	for _, step := range []string{"fromReceipt", "fromForm", "fromStep", "fromOutput"} {
		s.do("city.handle", engine.Agree, step)
	}
	require.True(t, s.state.Clock("promised").Running())
	s.at("2026-03-11T09:00").do("market.handle", engine.Grant, "conclude")
	// case clocks end when the outcome is fixed, the issue clock starts then
	require.False(t, s.state.Clock("promised").Running())
	require.Equal(t, s.state.DecidedAt, s.state.Clock("hand.nOk").Start)
	s.due("hand.nOk", "2026-03-25").due("hand.result", "2026-03-25")

	// hours count from the instant of acceptance
	s = tell(t, withBack(simple(`  - {decide: quick, by: fire, statutory: {time: 24h}}`), "")).file(nil).clear()
	received := s.state.ReceivedAt
	s.do("hall.clerk.2", engine.Accept, "receive")
	require.Equal(t, received.Add(24*3600e9), s.state.Clock("quick.statutory").Due)
}

func TestRule_3_8_3_ClocksFromReceiptStartAnewAfterANotice(t *testing.T) {
	t.Parallel()
	src := replace(withBack(simple(`
  - {review: view, by: fire, limit: {time: 3wd, from: receipt}, reads: [p1]}
`), "view"), "promised: [{when: qa, time: 10wd}, {time: 20wd}]}", "promised: {time: 10wd, from: receipt}}")
	s := tell(t, src).file(nil)
	s.due("promised", "2026-03-16")
	s.do("hall.clerk", engine.Gap, "receive", gap("p1")).clear()
	s.at("2026-03-09T10:00").do("applicant", engine.Answer, "", s.answer("p1"))
	s.at("2026-03-10T10:00").do("hall.clerk.2", engine.Accept, "receive")
	s.due("promised", "2026-03-23").due("view", "2026-03-12")
	require.Equal(t, []string{"started", "restarted"}, ledger(s.state.Clock("promised")), "the ledger shows both")
	require.Equal(t, "2026-03-17T00:00:00+08:00", s.state.Clock("promised").Ledger[0].Due.In(calendar.Zone).Format("2006-01-02T15:04:05-07:00"))

	// no notice: they run on from receipt
	s = tell(t, src).file(nil).clear().at("2026-03-05T10:00").do("hall.clerk.2", engine.Accept, "receive")
	s.due("promised", "2026-03-16").due("view", "2026-03-05")

	// a notice that came too late is none
	late := replace(replace(src, "type: licence", "type: other"), "receive, by: hall, collect: {time: 2wd},", "receive, by: hall, limit: 2wd, collect: {time: 2wd, from: gap},")
	late = replace(late, "late: lapse}", "late: mark}")
	s = tell(t, late).file(nil).at("2026-03-06T10:00").do("hall.clerk", engine.Gap, "receive", gap("p1"))
	s.later(1)
	for _, k := range openLooks(s) {
		s.do(k+".handle", engine.Clear, "receive")
	}
	s.do("applicant", engine.Answer, "", s.answer("p1")).do("hall.clerk.2", engine.Accept, "receive").due("promised", "2026-03-16").due("view", "2026-03-05")
}

func TestRule_3_8_4_Extension(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {decide: d, by: fire, statutory: {time: 20wd, extend: {time: 10wd, role: organ-head, times: 2}},
     limit: {time: 5wd, extend: {time: 2cd, role: lead}}, gives: {dOk: {kind: approval, name: 证}}}
`), "")
	why := func(clock string) engine.Args { return engine.Args{Clock: clock, Reason: "案情复杂"} }
	s := tell(t, src).accepted(nil)
	s.due("statutory", "2026-05-08")
	requireLaw(t, s.refused(engine.ReasonNeeded, "gov.government-head", engine.Extend, "", engine.Args{Clock: "statutory"}), "42")
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head", engine.Extend, "", why("statutory")), "42")
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head", engine.Extend, "", why("d.statutory")), "42")
	requireLaw(t, s.refused(engine.NotAllowed, "fire.approve", engine.Extend, "", why("d.statutory")), "42")
	requireLaw(t, s.refused(engine.NoExtension, "gov.government-head", engine.Extend, "", why("promised")), "42")
	s.refused(engine.NotFound, "gov.government-head", engine.Extend, "", why("x"))
	s.refused(engine.NotAllowed, "fire.lead", engine.Extend, "", why("d"))
	// the total is recounted from the start: 45 + 15 = 60
	s.at("2026-05-08T16:00").do("gov.government-head", engine.Extend, "", why("statutory")).due("statutory", "2026-05-28")
	c := s.state.Clock("statutory")
	whole := s.rules.Calendar.Due(c.Start, wd(60), nil)
	require.Equal(t, whole.At, c.Due)
	require.Equal(t, engine.NoticeExtension, s.state.Notices[0].Kind)
	require.Equal(t, "applicant", s.state.Notices[0].To)
	requireLaw(t, s.refused(engine.NoExtension, "gov.government-head", engine.Extend, "", why("statutory")), "42") // once
	requireLaw(t, s.refused(engine.TooLate, "fire.organ-head", engine.Extend, "", why("d.statutory")), "42")

	s = tell(t, src).accepted(nil)
	s.do("fire.organ-head", engine.Extend, "", why("d.statutory")).do("fire.organ-head", engine.Extend, "", why("d.statutory"))
	s.due("d.statutory", "2026-04-28")
	s.do("market.lead", engine.Extend, "", why("d")).due("d", "2026-03-11") // 5wd from 2 March, and two calendar days from there
	s.do("fire.handle", engine.Grant, "d")
	s.refused(engine.NotOpen, "market.lead", engine.Extend, "", why("d"))
	x, _ := engine.Explain(s.rules, s.state, "d")
	require.Equal(t, "2026-03-11", x.Due.Day.String())
}

func TestRule_3_8_4_WarningsMoveWithTheDueTime(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {review: v, by: fire, limit: {time: 10wd, late: agree, basis: 规定, extend: {time: 10wd, role: organ-head}}}
`), "")
	s := tell(t, src).accepted(nil).at("2026-03-10T09:00") // half time has passed
	require.Equal(t, 1, s.state.Clock("v").Warned)
	s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "v", Reason: "复杂"}).due("v", "2026-03-30")
	require.Equal(t, 0, s.state.Clock("v").Warned)
	require.True(t, engine.NextDue(s.state).After(s.now), "no warning lies in the past")
	s.at("2026-03-31T00:00").is("v=defaulted")
	require.Len(t, eventsOf[engine.ClockWarned](s), 1+2+0, "half before, half and warn after")
}

// warningsOf is when a step that begins at start warns, under an engine version.
func warningsOf(t *testing.T, start, limit string, version int) (half, warn string) {
	t.Helper()
	src := withBack(simple(`
  - {review: w, by: eco}
  - {review: v, by: fire, `+limit+`}
`), "")
	s := tell(t, src).accepted(nil).at(start)
	s.state.Engine = version
	s.do("eco.handle", engine.Agree, "w")
	k := s.state.Clock("v")
	return k.Half.In(calendar.Zone).Format("01-02T15:04"), k.Warn.In(calendar.Zone).Format("01-02T15:04")
}

// A warning finds people at work: it falls on no day off, in hours too.
func TestRule_3_8_WarningsFallOnDaysThatAreWorked(t *testing.T) {
	t.Parallel()
	const friday = "2026-03-06T15:00"
	for limit, want := range map[string][4]string{ // half and warn by the engine before, and since
		"limit: 72h, warn: 20h":  {"03-08T03:00", "03-08T19:00", "03-06T19:00", "03-06T19:00"},
		"limit: 72h, warn: 4h":   {"03-08T03:00", "03-09T11:00", "03-09T00:00", "03-09T11:00"},
		"limit: 10cd, warn: 3cd": {"03-12T00:00", "03-14T00:00", "03-12T00:00", "03-13T00:00"},
		"limit: 9cd, warn: 30h":  {"03-11T00:00", "03-15T18:00", "03-11T00:00", "03-13T18:00"},
	} {
		half, warn := warningsOf(t, friday, limit, 11)
		require.Equal(t, want[:2], []string{half, warn}, "%s, before", limit)
		half, warn = warningsOf(t, friday, limit, engine.Version)
		require.Equal(t, want[2:], []string{half, warn}, limit)
	}
}

// Nor does the warning of a time that starts on one: whoever files on a Saturday warns nobody before Monday.
func TestRule_3_8_WarningsWaitForPeopleAfterAStartOnADayOff(t *testing.T) {
	t.Parallel()
	const saturday = "2026-03-07T15:00"
	for limit, want := range map[string][4]string{ // half and warn by the engine before, and since
		"limit: 48h, warn: 20h": {"03-08T15:00", "03-08T19:00", "03-09T00:00", "03-09T00:00"},
		"limit: 20h, warn: 4h":  {"03-08T01:00", "03-08T07:00", "03-07T15:00", "03-07T15:00"}, // over before Monday
		"limit: 3wd, warn: 9wd": {"03-07T15:00", "03-07T15:00", "03-09T00:00", "03-09T00:00"},
		"limit: 1wd":            {"03-08T19:30", "03-09T00:00", "03-09T00:00", "03-09T00:00"},
	} {
		half, warn := warningsOf(t, saturday, limit, 11)
		require.Equal(t, want[:2], []string{half, warn}, "%s, before", limit)
		half, warn = warningsOf(t, saturday, limit, engine.Version)
		require.Equal(t, want[2:], []string{half, warn}, limit)
	}
}

func TestRule_3_8_5_ClocksOfLaterRounds(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    limit: 9wd
    branches: [{review: a, by: fire, limit: 3wd}, {review: b, by: eco}]
`), "block")
	s := tell(t, src).accepted(nil)
	s.due("block", "2026-03-13").due("a", "2026-03-05").do("fire.handle", engine.Agree, "a").do("eco.handle", engine.Agree, "b")
	promised := s.state.Clock("promised").Due
	s.at("2026-03-06T09:00").do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"a"}})
	s.due("a#2", "2026-03-11")
	require.False(t, s.state.Clock("a").Running(), "the old one stays in the ledger")
	require.True(t, s.state.Clock("block").Running())
	s.due("block", "2026-03-19") // without the four days between its end and reopening
	require.Equal(t, []string{"started", "ended", "reopened"}, ledger(s.state.Clock("block")))
	require.Equal(t, promised, s.state.Clock("promised").Due, "case clocks never restart")
	s.due("conclude", "2026-03-09") // ended with the return
	s.do("fire.handle", engine.Agree, "a").due("conclude#2", "2026-03-13")

	// an overdue group stays overdue, and is not marked twice
	s = tell(t, src).accepted(nil).at("2026-03-20T09:00")
	s.do("fire.handle", engine.Agree, "a").do("eco.handle", engine.Agree, "b")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"a"}}).later(48)
	marks := 0
	for _, m := range eventsOf[engine.ClockOverdue](s) {
		if m.Clock == "block" {
			marks++
		}
	}
	require.Equal(t, 1, marks)
	require.True(t, s.state.Clock("block").Overdue)
}

func TestRule_3_8_2_CaseClocksFromADayOfTheForm(t *testing.T) {
	t.Parallel()
	src := replace(withBack(simple(`  - {review: view, by: fire}`), "view"), "promised: [{when: qa, time: 10wd}, {time: 20wd}]}", "promised: {time: 1mo, from: form.since}}")
	src = replace(src, "staff: {type: integer}", "staff: {type: integer}, since: {type: string}")
	s := tell(t, src)
	cmd := s.filing(nil)
	cmd.Args.Form["since"] = "2026-02-20"
	require.Nil(t, s.run(cmd))
	s.due("promised", "2026-03-20")
	require.Equal(t, "form.since", s.state.Clock("promised").From)
	s.clear().do("hall.clerk.2", engine.Accept, "receive").due("promised", "2026-03-20")
}

// The limit of a group, which no organisation has, is the lead's organ's to extend.
func TestTheLimitOfAGroupIsTheLeadsToExtend(t *testing.T) {
	t.Parallel()
	s := tell(t, replace(stoppingDef(), "    limit: 15wd\n", "    limit: {time: 15wd, extend: {time: 5wd, role: organ-head}}\n")).accepted(nil).due("block", "2026-03-23")
	more := engine.Args{Clock: "block", Reason: "材料复杂"}
	s.refused(engine.NotAllowed, "fire.organ-head", engine.Extend, "", more)
	s.refused(engine.NotAllowed, "market.lead", engine.Extend, "", more)
	old := *s
	s.do("market.organ-head", engine.Extend, "", more).due("block", "2026-03-30")
	require.Contains(t, strings.Join(s.lines("block", "zh"), "\n"), "市场的行政机关负责人批准延长")
	before := *old.state
	before.Engine = 10
	old.state = &before
	old.refused(engine.NotAllowed, "market.organ-head", engine.Extend, "", more)
}
