package calendar

import "time"

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

// Before returns the instant that lies the length p before the exclusive instant at, for warnings and notices
// that must precede something. Working days: 00:00 of the day with which p working days are left, the last day
// included (1wd before a due day is the start of that day). Other units step back by the calendar or the clock.
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
