package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// reminded are the reminders of a clock so far: which, and when.
func (s *story) reminded(clock string) (out []string) {
	for _, e := range s.log {
		if b, ok := e.Body.(engine.ClockWarned); ok && b.Clock == clock {
			out = append(out, string(rune('0'+b.Which))+" "+e.At.In(calendar.Zone).Format("01-02T15:04"))
		}
	}
	return out
}

func reminders(k *engine.Clock) (out []string) {
	for _, at := range k.Reminders {
		out = append(out, at.In(calendar.Zone).Format("01-02"))
	}
	return out
}

// A department is reminded as often as the definition says, whatever the end of the time
// does; one that lies behind is not sent again when there is more time, those to come are.
func TestRemindedThreeTimes(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {review: v, by: fire, warn: [1wd, 5wd, 3wd], limit: {time: 10wd, extend: {time: 1wd, role: organ-head}}}
`), "")
	s := tell(t, src).accepted(nil).due("v", "2026-03-16")
	k := s.state.Clock("v")
	require.Equal(t, []string{"03-10", "03-12", "03-16"}, reminders(k))
	require.Equal(t, k.Reminders[0], k.Warn, "the longest turns the light")
	s.at("2026-03-12T09:00")
	require.Equal(t, []string{"2 03-10T00:00", "3 03-12T00:00"}, s.reminded("v"), "no half time: its end only marks")
	s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "v", Reason: "复杂"}).due("v", "2026-03-17")
	require.Equal(t, []string{"03-11", "03-13", "03-17"}, reminders(s.state.Clock("v")))
	require.True(t, engine.NextDue(s.state).After(s.now), "no reminder lies in the past")
	s.at("2026-03-18T00:00")
	require.Equal(t, []string{"2 03-10T00:00", "3 03-12T00:00", "3 03-13T00:00", "4 03-17T00:00"}, s.reminded("v"))
	require.True(t, s.state.Clock("v").Overdue)
	// two lie behind the new dates as well: neither is sent again
	s = tell(t, src).accepted(nil).at("2026-03-13T09:00")
	s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "v", Reason: "复杂"}).at("2026-03-18T00:00")
	require.Equal(t, []string{"2 03-10T00:00", "3 03-12T00:00", "4 03-17T00:00"}, s.reminded("v"))
	// without more time three, and who is done is reminded no more
	s = tell(t, src).accepted(nil).at("2026-03-17T00:00")
	require.Equal(t, []string{"2 03-10T00:00", "3 03-12T00:00", "4 03-16T00:00"}, s.reminded("v"))
	s = tell(t, src).accepted(nil).at("2026-03-11T00:00").do("fire.handle", engine.Agree, "v").at("2026-03-17T00:00")
	require.Equal(t, []string{"2 03-10T00:00"}, s.reminded("v"))
}

// Before silence half of the time is told of as well; instants that come together are one
// reminder, and none comes when the time is over.
func TestRemindersComeTogether(t *testing.T) {
	t.Parallel()
	one := func(step string) *story {
		return tell(t, withBack(simple(`  - {review: v, by: fire, `+step+`}`), "")).accepted(nil)
	}
	s := one("warn: [4wd, 30h, 1wd], limit: {time: 8wd, late: agree, basis: 规定}").at("2026-03-13T00:00").is("v=defaulted")
	require.Equal(t, []string{"1 03-07T00:00", "2 03-09T00:00", "3 03-11T18:00", "4 03-12T00:00"}, s.reminded("v"))
	s = one("warn: [9wd, 5wd, 1wd], limit: 3wd")
	require.Equal(t, []string{"03-02", "03-05"}, reminders(s.state.Clock("v")), "no room for two of them before the start")
	s.at("2026-03-06T00:00")
	require.Equal(t, []string{"2 03-02T09:02", "3 03-05T00:00"}, s.reminded("v"))
	s = one("warn: [9wd, 8wd], limit: 3wd").at("2026-03-06T00:00")
	require.Equal(t, []string{"2 03-02T09:02"}, s.reminded("v"))
	// one length reminds of a mark by the light alone
	s = one("warn: 2wd, limit: 3wd").at("2026-03-06T00:00")
	require.Empty(t, s.reminded("v"))
	require.Nil(t, s.state.Clock("v").Reminders)
}

// Reminders move with the due time when clocks stand still and when a calendar is loaded.
func TestRemindersMoveWithPausesAndCalendars(t *testing.T) {
	t.Parallel()
	src := replace(stoppingDef(), "limit: 12wd\n", "limit: 12wd\n            warn: [3wd, 1wd]\n")
	s := tell(t, src).accepted(nil).due("d", "2026-03-18").at("2026-03-16T10:00")
	require.Equal(t, []string{"2 03-16T00:00"}, s.reminded("d"))
	s.do("fire.handle", engine.PauseClock, "d", expert("5wd")).due("d", "2026-03-25")
	require.Equal(t, []string{"03-16", "03-25"}, reminders(s.state.Clock("d")), "days that stand still are stepped over")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-25", "2026-03-26", false))))
	s.due("d", "2026-03-27")
	require.Equal(t, []string{"03-16", "03-27"}, reminders(s.state.Clock("d")))
	s.at("2026-03-28T00:00")
	require.Equal(t, []string{"2 03-16T00:00", "3 03-27T00:00"}, s.reminded("d"))
	require.Equal(t, time.UTC, s.state.Clock("d").Reminders[1].Location())
}
