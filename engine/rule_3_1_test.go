package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

var oneReview = withBack(simple(`  - {review: view, by: fire, limit: {time: 3wd, late: agree, basis: 地方规定}, reads: [p1], checks: [safe]}`), "view")

func TestRule_3_1_1_ActsNeverBeforeTheLastChange(t *testing.T) {
	t.Parallel()
	s := tell(t, oneReview).file(nil)
	last := s.state.Last
	cmd := s.command("fire.handle", engine.Clear, "receive", engine.Args{})
	cmd.At = last.Add(-48 * time.Hour)
	require.Nil(t, s.run(cmd))
	require.Equal(t, last, s.state.Last, "an act recorded earlier is applied at the time of the last change")
	cmd = s.command("hall.clerk", engine.Clear, "receive", engine.Args{})
	cmd.At = last.Add(1500 * time.Nanosecond).In(calendar.Zone)
	require.Nil(t, s.run(cmd))
	require.Equal(t, last.Add(time.Microsecond), s.state.Last, "UTC, microseconds")
	require.Equal(t, time.UTC, s.state.Last.Location())
}

func TestRule_3_1_2_DueTimesAreExclusive(t *testing.T) {
	t.Parallel()
	// an expert's 48 hours and the intake's five working days
	hours := withBack(simple(`  - {review: view, by: fire, limit: 48h, reads: [p1]}`), "view")
	s := tell(t, hours).file(nil)
	require.Equal(t, "2026-03-10T00:00:00+08:00", s.state.Clock("receive").Due.In(calendar.Zone).Format(time.RFC3339),
		"five working days after Monday 2 March end with Monday 9 March")
	s.due("receive", "2026-03-09").clear().do("hall.clerk.2", engine.Accept, "receive")
	opened := s.state.Step("view").OpenedAt
	require.Equal(t, opened.Add(48*time.Hour), s.state.Clock("view").Due)

	extend := func(at time.Time) *engine.Rejection {
		s := tell(t, hours).accepted(nil)
		cmd := s.command("gov.government-head", engine.Extend, "", engine.Args{Clock: "statutory", Reason: "复杂"})
		cmd.At = at
		return s.run(cmd)
	}
	due := s.state.Clock("statutory").Due
	require.Nil(t, extend(due.Add(-time.Microsecond)), "before the due instant is in time")
	rejection := extend(due)
	require.NotNil(t, rejection, "at the due instant is late")
	require.Equal(t, engine.TooLate, rejection.Code)
	requireLaw(t, rejection, "42")
}

func TestRule_3_1_3_ExpiriesBeforeActs(t *testing.T) {
	t.Parallel()
	s := tell(t, oneReview).accepted(nil)
	due := s.state.Clock("view").Due
	// the disagreement comes at the very instant silence has become agreement
	cmd := s.command("fire.handle", engine.Disagree, "view", reasoned)
	cmd.At = due
	rejection := s.run(cmd)
	require.NotNil(t, rejection)
	require.Equal(t, engine.NotOpen, rejection.Code)
	s.is("view=defaulted")
	require.NotEmpty(t, s.last, "the expiries stand although the act is refused")
	for _, e := range s.last {
		require.Equal(t, engine.System, e.By.Kind)
		require.Empty(t, e.Command)
	}
	require.Equal(t, engine.NextDue(s.state).After(due), true)
}

func TestRule_3_1_4_OrderOfExpiries(t *testing.T) {
	t.Parallel()
	// at one instant: a window, effects deepest first then as written, marks, case clocks
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd, from: gap}, answer: {time: 10wd}}
  - parallel: outer
    limit: 2wd
    branches:
      - {review: shallow, by: fire, limit: {time: 2wd, late: agree, basis: 地方规定}, reads: [p1]}
      - sequence: inner
        steps:
          - {review: deep, by: eco, limit: {time: 2wd, late: agree, basis: 地方规定}, reads: [p1]}
          - {review: next, by: city, limit: 2wd}
      - {review: marked, by: city, limit: 2wd}
  - {decide: conclude, by: market, limit: 5wd}
  - {issue: handOut, by: hall, ways: [counter]}
`
	s := tell(t, src).file(nil)
	s.do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Gap, "", gap("p1"))
	s.at("2026-03-05T00:00")
	var order []string
	for _, e := range s.last {
		switch b := e.Body.(type) {
		case engine.WindowClosed:
			order = append(order, "window")
		case engine.StepEnded:
			order = append(order, b.Step+" "+string(b.End))
		case engine.ClockOverdue:
			order = append(order, "overdue "+b.Clock)
		}
	}
	require.Equal(t, []string{
		"window", "overdue deep", "deep defaulted", "overdue shallow", "shallow defaulted", "overdue marked", "overdue outer",
	}, order)
	require.Equal(t, engine.TaskDone, s.state.Task("receive.look.fire").Status)

	// warnings precede an effect at half time and at warn, never a mark
	warned := map[string][]int{}
	for _, b := range eventsOf[engine.ClockWarned](s) {
		warned[b.Clock] = append(warned[b.Clock], b.Which)
	}
	require.Equal(t, map[string][]int{"shallow": {1, 2}, "deep": {1, 2}}, warned)

	// an effect that ends a step cancels its later expiries
	s.at("2026-03-12T00:00")
	for _, e := range s.last {
		b, ok := e.Body.(engine.ClockOverdue)
		require.False(t, ok && (b.Clock == "deep" || b.Clock == "shallow"))
	}

	// case clocks come last, after the marks of steps
	late := tell(t, withBack(simple(`  - {review: view, by: fire, limit: 20wd}`), "view")).accepted(nil)
	require.Equal(t, late.state.Clock("promised").Due, late.state.Clock("view").Due)
	late.at("2026-04-01T00:00")
	marks := eventsOf[engine.ClockOverdue](late)
	require.Equal(t, "view", marks[len(marks)-2].Clock)
	require.Equal(t, "promised", marks[len(marks)-1].Clock)
}

func TestRule_3_1_5_ExpiriesCarryTheirDueInstant(t *testing.T) {
	t.Parallel()
	s := tell(t, oneReview).file(nil, "p1")
	due := s.state.Clock("collect").Due
	s.at("2026-03-09T15:00") // processed days late
	notice := eventsOf[engine.NoticeSent](s)
	require.Len(t, notice, 1)
	require.Equal(t, due, notice[0].Notice.At)
	require.Equal(t, due, s.state.Clock("answer").Start, "what it starts counts from that instant's day")
	s.due("answer", "2026-03-19")

	// acceptance by silence is the exception: as of receipt
	s = tell(t, oneReview).file(nil)
	intake := s.state.Clock("receive").Due
	s.clear().at("2026-03-20T09:00")
	require.Equal(t, intake, s.state.AcceptedAt)
	require.Equal(t, "2026-03-02", s.state.AcceptedOn.String())
	require.True(t, s.state.Flag("deemed"))
	require.Equal(t, intake, s.state.Step("view").OpenedAt)
	s.is("view=defaulted").due("view", "2026-03-13").open("conclude")
}
