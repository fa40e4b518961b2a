package calendar

import (
	"slices"
	"time"
)

// Span is a stretch of excluded days (From, To]: the day an interruption begins still counts, the day it ends
// does not. A span whose To is not after From excludes nothing.
type Span struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// Due is the end of a period.
type Due struct {
	// Day is the last day of the period.
	Day Date `json:"day"`
	// At is the exclusive instant the period ends, in UTC: 24:00 of Day, or start + n hours. In time is before it.
	At time.Time `json:"at"`
	// Provisional tells that a day was judged whose year no notice covers yet.
	Provisional bool `json:"provisional,omitempty"`
	// Start is the day the period is counted from; it does not count itself.
	Start Date `json:"start"`
}

// Due computes the end of the period p counted from start.
//
// Days, months and years count from the day after the start day (Civil Code, article 201). Working days: the
// n-th working day outside the excluded spans. Calendar days: the n-th day outside them. Months and years: the
// corresponding day or the month's last day (article 202), moved by the excluded days it passes. The end of
// calendar days, months and years that falls on a day off moves to the next working day (article 203), and also
// past excluded days then, because an interrupted clock cannot end. A day in several spans counts once.
//
// Hours run through nights and days off; the clock stands still from 00:00 to 24:00 of each excluded day. The
// working calendar has no part in them, so they are never provisional.
//
// Due is total: an amount below 1 ends with the start day (hours: at start), one above the unit's Most counts as
// Most, an unknown unit counts as calendar days. Periods that passed Period.Check never meet these.
func (c *Calendar) Due(start time.Time, p Period, excluded []Span) Due {
	return c.reckon(start, p, excluded).due
}

// reckoning is a due date together with the steps that led to it.
type reckoning struct {
	due      Due
	nominal  Date // where the period ended before moving off days off
	named    Date // months, years: the corresponding day before exclusions
	exact    bool // months, years: the target month has the corresponding day
	judged   Date // first day whose being a working day mattered; judged > due.Day when none did
	excluded []Span
}

func (c *Calendar) reckon(start time.Time, p Period, excluded []Span) reckoning {
	day := DateOf(start)
	n := p.Amount
	if most := p.Unit.Most(); most > 0 {
		n = min(n, most)
	} else {
		n = min(n, CalendarDays.Most())
	}
	r := reckoning{due: Due{Start: day}, exact: true}
	if len(excluded) > 0 {
		r.excluded = merge(day, p.Unit == Hours, excluded)
	}
	if n < 1 {
		r.nominal, r.judged = day, day+1
		r.due.Day, r.due.At = day, day.End()
		if p.Unit == Hours {
			r.due.At = start.UTC()
		}
		return r
	}
	switch p.Unit {
	case Hours:
		r.due.At = hours(start, n, r.excluded).UTC()
		r.due.Day = DateOf(r.due.At.Add(-1))
		r.nominal, r.judged = r.due.Day, r.due.Day+1
		return r
	case WorkingDays:
		k := c.upTo(day) + n
		end := c.nth(k)
		for _, s := range r.excluded {
			if s.From >= end {
				break
			}
			k += c.Count(s.From, s.To)
			end = c.nth(k)
		}
		r.nominal, r.due.Day, r.judged = end, end, day+1
	default:
		end := day + Date(n)
		if p.Unit == Months || p.Unit == Years {
			if p.Unit == Years {
				n *= 12
			}
			end, r.exact = day.addMonths(n)
		}
		r.named = end
		for _, s := range r.excluded {
			if s.From >= end {
				break
			}
			end += s.To - s.From
		}
		r.nominal, r.judged = end, end
		r.due.Day = c.roll(end, r.excluded)
	}
	r.due.At = r.due.Day.End()
	first, _ := c.unknownIn(r.judged, r.due.Day)
	r.due.Provisional = first != 0
	return r
}

// roll moves d to the first day from it that is a working day and not excluded.
func (c *Calendar) roll(d Date, excluded []Span) Date {
	for _, s := range excluded {
		d = c.Next(d)
		if d > s.From && d <= s.To {
			d = s.To + 1
		}
	}
	return c.Next(d)
}

// hours adds n hours to start, standing still on excluded days.
func hours(start time.Time, n int, excluded []Span) time.Time {
	at, left := start, time.Duration(n)*time.Hour
	for _, s := range excluded {
		from, to := s.From.End(), s.To.End()
		if !to.After(at) {
			continue
		}
		if run := max(from.Sub(at), 0); run >= left {
			break
		} else {
			left -= run
		}
		at = to
	}
	return at.Add(left)
}

// merge returns the spans after day (day itself included when the clock can run on it), clipped, ordered and
// joined where they touch, so that a day excluded by several counts once.
func merge(day Date, own bool, spans []Span) []Span {
	if own {
		day--
	}
	out := make([]Span, 0, len(spans))
	for _, s := range spans {
		s.From = max(s.From, day)
		if s.To > s.From {
			out = append(out, s)
		}
	}
	sortSpans(out)
	joined := out[:0]
	for _, s := range out {
		if k := len(joined) - 1; k >= 0 && s.From <= joined[k].To {
			joined[k].To = max(joined[k].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// Before returns the instant that lies the length p before the exclusive instant at. Working days: 00:00 of the
// day with which p working days are left, the last day included (1wd before a due day is the start of that day).
// Other units step back by the calendar or the clock, days off or not: what must precede something for people to
// act in time lies Ahead of it.
func (c *Calendar) Before(at time.Time, p Period) time.Time {
	if p.Amount < 1 {
		return at
	}
	n := min(p.Amount, max(p.Unit.Most(), 1))
	switch p.Unit {
	case Hours:
		return at.Add(-time.Duration(n) * time.Hour)
	case WorkingDays:
		return c.Add(DateOf(at.Add(-1)), 1-n).Start()
	case Months, Years:
		if p.Unit == Years {
			n *= 12
		}
		day, _ := DateOf(at).addMonths(-n)
		return day.Start().Add(at.Sub(DateOf(at).Start()))
	}
	return at.AddDate(0, 0, -n)
}

// Ahead returns the instant to warn at when p is to be left before the exclusive instant at. It always lies in a
// day that is worked and not excluded, because whoever is warned on a day off reads it when the time is gone, and
// a clock that stands still leaves nobody time. So no less than p is left, and what is left can be used:
//
//   - working days: 00:00 of the day with which p such days are left, the last one included;
//   - hours: those of such days alone, each with 24 of them, as a working day counts whole;
//   - days, months and years step back by the calendar, and from a day off further to the same time of the last
//     such day before.
//
// A limit in hours itself runs through nights and days off (Due): only the warning of it does not.
func (c *Calendar) Ahead(at time.Time, p Period, excluded []Span) time.Time {
	if p.Amount < 1 {
		return at
	}
	n := min(p.Amount, max(p.Unit.Most(), 1))
	switch {
	case p.Unit == WorkingDays && len(excluded) > 0:
		day := c.counted(DateOf(at.Add(-1)), excluded)
		for ; n > 1; n-- {
			day = c.counted(day-1, excluded)
		}
		return day.Start()
	case p.Unit == Hours:
		for left := time.Duration(n) * time.Hour; ; {
			day := c.counted(DateOf(at.Add(-1)), excluded)
			at = earlier(at, day.End())
			if run := at.Sub(day.Start()); run >= left {
				return at.Add(-left)
			} else {
				left -= run
			}
			at = day.Start()
		}
	case p.Unit == WorkingDays:
		return c.Before(at, p)
	}
	return c.Counted(c.Before(at, p), excluded)
}

// Counted returns t itself when its day is worked and not excluded, else the same time of the last such day before.
func (c *Calendar) Counted(t time.Time, excluded []Span) time.Time {
	day := DateOf(t)
	return t.AddDate(0, 0, int(c.counted(day, excluded)-day))
}

// Onward returns t itself when its day is worked and not excluded, else the beginning of the next such day.
func (c *Calendar) Onward(t time.Time, excluded []Span) time.Time {
	day := DateOf(t)
	for d := day; ; {
		d = c.Next(d)
		i := slices.IndexFunc(excluded, func(s Span) bool { return s.From < d && d <= s.To })
		switch {
		case i >= 0:
			d = excluded[i].To + 1
		case d == day:
			return t
		default:
			return d.Start()
		}
	}
}

// counted is the last day not after d that is worked and not excluded.
func (c *Calendar) counted(d Date, excluded []Span) Date {
	for {
		d = c.Add(d, 0)
		i := slices.IndexFunc(excluded, func(s Span) bool { return s.From < d && d <= s.To })
		if i < 0 {
			return d
		}
		d = excluded[i].From
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
