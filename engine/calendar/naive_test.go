package calendar_test

import (
	"slices"
	"time"

	"lianban/engine/calendar"
)

// naive counts the way a clerk would on a wall calendar: one day after the other, no tables, no arithmetic. It
// shares nothing with the package but its types and serves as the second opinion.
type naive struct{ data calendar.Data }

func (n naive) working(day time.Time) bool {
	works := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	lay := func(runs []calendar.Run) {
		for _, r := range runs {
			from, to := civil(r.From), civil(r.To)
			if !day.Before(from) && !day.After(to) {
				works = r.Work
			}
		}
	}
	for _, y := range n.data.Years {
		lay(y.Days)
	}
	layers := slices.Clone(n.data.Local)
	slices.SortStableFunc(layers, func(a, b calendar.Layer) int { return len(a.Region) - len(b.Region) })
	for _, l := range layers {
		lay(l.Days)
	}
	return works
}

func (n naive) known(day time.Time) bool {
	for _, y := range n.data.Years {
		if y.Year == day.Year() {
			return len(y.Notices) > 0
		}
	}
	return false
}

func (n naive) due(start time.Time, p calendar.Period, spans []calendar.Span) (last time.Time, at time.Time, provisional bool) {
	excluded := func(day time.Time) bool {
		for _, s := range spans {
			if day.After(civil(s.From)) && !day.After(civil(s.To)) {
				return true
			}
		}
		return false
	}
	local := start.In(calendar.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	judge := func(d time.Time) { provisional = provisional || !n.known(d) }
	next := func() { day = day.AddDate(0, 0, 1) }
	switch p.Unit {
	case calendar.Hours:
		// by quarters of an hour: each lies in one day
		t := local
		for left := p.Amount * 4; left > 0; t = t.Add(15 * time.Minute) {
			if !excluded(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)) {
				left--
			}
		}
		l := t.Add(-time.Nanosecond)
		return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC), t.UTC(), false
	case calendar.WorkingDays:
		for left := p.Amount; left > 0; {
			next()
			judge(day)
			if n.working(day) && !excluded(day) {
				left--
			}
		}
	default:
		left := p.Amount
		if p.Unit == calendar.Months || p.Unit == calendar.Years {
			left = days(day, p)
		}
		for left > 0 {
			next()
			if !excluded(day) {
				left--
			}
		}
		judge(day)
		for !n.working(day) || excluded(day) {
			next()
			judge(day)
		}
	}
	return day, day.AddDate(0, 0, 1).Add(-8 * time.Hour), provisional
}

// days counts from the start day to the corresponding day of a later month, or to that month's last day.
func days(start time.Time, p calendar.Period) int {
	months := p.Amount
	if p.Unit == calendar.Years {
		months *= 12
	}
	year, month := start.Year(), int(start.Month())
	for range months {
		if month++; month > 12 {
			year, month = year+1, 1
		}
	}
	n, d := 0, start
	for !(d.Year() == year && int(d.Month()) == month) {
		d, n = d.AddDate(0, 0, 1), n+1
	}
	for d.Day() != start.Day() && d.AddDate(0, 0, 1).Day() != 1 {
		d, n = d.AddDate(0, 0, 1), n+1
	}
	return n
}

func civil(d calendar.Date) time.Time {
	return time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(d))
}
