package engine_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// closed is the calendar of a story's region with some days off, or worked, besides.
func (s *story) calendar(region string, runs ...calendar.Run) *calendar.Calendar {
	s.t.Helper()
	cal, err := calendar.New(s.rules.Calendar.Data().With(calendar.Layer{Region: region, Notice: calendar.Notice{Name: "市政府通告"}, Days: runs}))
	require.NoError(s.t, err)
	return cal
}

func days(from, to string, work bool) calendar.Run {
	a, _ := calendar.ParseDate(from)
	b, _ := calendar.ParseDate(to)
	return calendar.Run{From: a, To: b, Work: work, Name: "防汛停工"}
}

// load is the system's act.
func (s *story) load(cal *calendar.Calendar) *engine.Rejection {
	s.t.Helper()
	s.acts++
	return s.run(engine.Command{ID: "load" + s.now.String(), Do: engine.Recalendar, By: engine.Actor{Kind: engine.System}, At: s.now,
		Args: engine.Args{Calendar: cal, Reason: "市政府通告"}})
}

func TestRule_3_8_8_LoadingACalendar(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    limit: 9wd
    branches:
      - {review: a, by: fire, limit: 3wd}
      - {decide: d, by: eco, limit: {time: 24h}, statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}, gives: {dOk: {kind: approval, name: 证}}}
`), "block")
	s := tell(t, src).accepted(nil).do("fire.handle", engine.Agree, "a")
	s.due("a", "2026-03-05").due("block", "2026-03-13").due("promised", "2026-03-30").due("d.statutory", "2026-03-30")
	hours := s.state.Clock("d").Due
	cal := s.calendar("2103", days("2026-03-09", "2026-03-11", false))
	s.at("2026-03-03T08:00")
	require.Nil(t, s.load(cal))
	require.Equal(t, []string{"CalendarLoaded"}, s.events())
	// three working days fell away; hours never depend on them, what has ended keeps its date
	s.due("block", "2026-03-18").due("promised", "2026-04-02").due("d.statutory", "2026-04-02").due("a", "2026-03-05")
	require.Equal(t, hours, s.state.Clock("d").Due)
	require.Equal(t, cal.Version(), s.state.Calendar)
	require.Equal(t, cal.Version(), s.state.Clock("block").Calendar)
	require.NotEqual(t, cal.Version(), s.state.Clock("a").Calendar)
	last := s.state.Clock("block").Ledger[1]
	require.Equal(t, "recounted", last.What)
	require.Equal(t, "市政府通告", last.Why)
	require.Len(t, s.state.Clock("d").Ledger, 1, "nothing to tell")
	// explained by the calendar each is counted by
	x, _ := engine.Explain(s.rules, s.state, "block")
	require.Equal(t, cal.Version(), x.Version)
	require.Contains(t, x.In("zh"), "防汛停工")
	x, _ = engine.Explain(s.rules, s.state, "a")
	require.Equal(t, s.rules.Calendar.Version(), x.Version)
	// from now on the case counts by it: an extension, a new clock, after a round through JSON as well
	b, err := json.Marshal(s.state)
	require.NoError(t, err)
	s.state = &engine.State{}
	require.NoError(t, json.Unmarshal(b, s.state))
	s.do("eco.organ-head", engine.Extend, "", engine.Args{Clock: "d.statutory", Reason: "复杂"}).due("d.statutory", "2026-04-17")
	s.at("2026-03-06T09:00").do("eco.handle", engine.Grant, "d").due("conclude", "2026-03-18")

	require.Equal(t, engine.NotOpen, s.load(cal).Code, "once")
	require.Equal(t, engine.BadData, s.load(nil).Code)
	require.Equal(t, engine.BadData, s.load(s.calendar("2104", days("2026-03-09", "2026-03-11", false))).Code)
	s.refused(engine.NotAllowed, "market.lead", engine.Recalendar, "", engine.Args{Calendar: cal})
	require.NotContains(t, engine.PersonActs, engine.Recalendar)
	s.do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	require.Equal(t, engine.AlreadyClosed, s.load(s.calendar("2103", days("2026-03-12", "2026-03-12", false))).Code)
}

func TestRule_3_8_8_NobodyIsLateByANotice(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`  - {review: v, by: fire, limit: {time: 4wd, late: agree, basis: 规定}}`), "")
	s := tell(t, src).accepted(nil).due("v", "2026-03-06")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-04", "2026-03-05", false))))
	s.due("v", "2026-03-10").at("2026-03-10T10:00")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-03", "2026-03-03", false)))) // the closure is taken back, too late
	s.due("v", "2026-03-10").is("v=open")
	require.NotEqual(t, s.state.Calendar, s.state.Clock("v").Calendar)
	s.due("promised", "2026-03-31")
	s.at("2026-03-11T00:00").is("v=defaulted")
	// two warnings precede silence, whatever moved
	n := 0
	for _, w := range eventsOf[engine.ClockWarned](s) {
		if w.Clock == "v" {
			n++
		}
	}
	require.GreaterOrEqual(t, n, 2)
}

func TestRule_3_8_8_ProvisionalDatesBecomeFirm(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`  - {review: v, by: fire}`), ""))
	s.at("2026-12-28T09:00").accepted(nil)
	require.True(t, s.state.Clock("promised").Provisional)
	was := s.state.Clock("promised").Day
	data := s.rules.Calendar.Data()
	for i := range data.Years {
		if y := &data.Years[i]; y.Year == 2027 {
			y.Notices, y.Basis = []calendar.Notice{{Name: "国务院办公厅关于2027年部分节假日安排的通知"}}, ""
		}
	}
	cal, err := calendar.New(data)
	require.NoError(t, err)
	before := s.state
	require.Nil(t, s.load(cal))
	c := s.state.Clock("promised")
	require.False(t, c.Provisional)
	require.Equal(t, was, c.Day)
	require.Equal(t, "recounted", c.Ledger[1].What, "firm now, which is worth a line")
	moves := engine.Moves(before, s.last)
	require.Contains(t, moves, engine.Move{Clock: "promised", From: was, To: was, Was: true})
}

func TestRule_3_8_8_TheCollectWindowStaysWithinTheIntake(t *testing.T) {
	t.Parallel()
	s := tell(t, replace(withBack(simple(`  - {review: v, by: fire}`), ""), "collect: {time: 2wd}", "collect: {time: 4wd}")).file(nil)
	s.due("receive", "2026-03-09").due("collect", "2026-03-06")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-07", "2026-03-08", true))))
	s.due("receive", "2026-03-07").due("collect", "2026-03-06")
	require.Equal(t, "2026-03-07T00:00", s.state.Clock("collect").Due.In(calendar.Zone).Format("2006-01-02T15:04"))
}
