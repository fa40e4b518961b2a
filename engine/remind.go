package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Warnings: when people are told that a clock's time is going to be over (3.8).

// firstReminder is the number of the warning that turns the light; half time is 1, and
// those of a list that come after it are 3, 4 and so on.
const firstReminder = 2

// warnings are the instants at half time and at `warn` before the due time, both on
// days that are worked (calendar.Ahead), those a start on a day off leaves no room for
// when work begins again. Only where the time is over before that, nobody can be told in time.
// Where `warn` is a list, all its instants are reminders, and the first of them is warn.
func (d *decider) warnings(c *Clock) (half, warn time.Time, reminders []time.Time) {
	if c.Late == lateWindow || c.Late == latePosting {
		return time.Time{}, time.Time{}, nil
	}
	p := c.total()
	whole := p.Amount/2 > 0 && p.Unit != calendar.Hours // over at the end of a day
	if p.Amount/2 > 0 {
		h := p
		h.Amount = p.Amount / 2
		half = d.days(c).Due(c.Start, h, c.excluded()).At
	} else {
		half = c.Start.Add(c.Due.Sub(c.Start) / 2)
	}
	if day := on(half); d.s.since(12) && !whole && !d.days(c).Working(day) {
		half = d.days(c).Next(day).Start() // time runs through days off; the word of it waits for people
	}
	w := calendar.Period{Amount: 1, Unit: calendar.WorkingDays}
	n := d.r.node(d.s, c.Step)
	switch {
	case n != nil && len(n.Warn) == 1 && c.ID != clockAnswer:
		warn = d.before(c, n.Warn[0])
	case n != nil && len(n.Warn) > 1 && c.ID != clockAnswer:
		reminders = d.reminders(c, n.Warn)
		warn = reminders[0]
	case p.Unit == calendar.WorkingDays:
		w.Amount = max(1, (p.Amount+4)/5)
		warn = d.before(c, w)
	default: // a fifth of the time, at least a working day
		warn = d.before(c, w)
		if fifth := c.Due.Add(-c.Due.Sub(c.Start) / 5); fifth.Before(warn) {
			warn = fifth
			if d.s.since(12) {
				warn = d.days(c).Counted(fifth, c.excluded())
			}
		}
	}
	warn = d.afterStart(c, warn)
	if half.After(warn) {
		half = warn
	}
	return instant(half), instant(warn), reminders
}

// afterStart is an instant to warn at, or, where it would lie before the start, the
// start or when work begins after it.
func (d *decider) afterStart(c *Clock, warn time.Time) time.Time {
	if !warn.Before(c.Start) {
		return warn
	}
	if at := d.days(c).Onward(c.Start, c.excluded()); d.s.since(12) && at.Before(c.Due) {
		return at
	}
	return c.Start
}

// reminders are the instants of a list of warnings, one at least, in the order in which
// they come. Lengths that differ may come to one instant, at which people are told once;
// none lies behind the due time but a first one that has no room before it.
func (d *decider) reminders(c *Clock, list definition.Warnings) []time.Time {
	at := make([]time.Time, len(list))
	for i, p := range list {
		at[i] = instant(d.afterStart(c, d.before(c, p)))
	}
	slices.SortFunc(at, time.Time.Compare)
	at = slices.CompactFunc(at, time.Time.Equal)
	for len(at) > 1 && !at[len(at)-1].Before(c.Due) {
		at = at[:len(at)-1]
	}
	return at
}

// before is the instant a length before the due time. Days the clock does not
// count are no time left: they are stepped over.
func (d *decider) before(c *Clock, p calendar.Period) time.Time {
	excluded := c.excluded()
	if d.s.since(12) {
		return d.days(c).Ahead(c.Due, p, excluded)
	}
	if len(excluded) == 0 || p.Unit != calendar.WorkingDays {
		return d.days(c).Before(c.Due, p)
	}
	left := p.Amount
	for day := on(c.Due.Add(-1)); day > on(c.Start); day-- {
		out := slices.ContainsFunc(excluded, func(s calendar.Span) bool { return s.From < day && day <= s.To })
		if out || !d.days(c).Working(day) {
			continue
		}
		if left--; left <= 0 {
			return day.Start()
		}
	}
	return c.Start
}

// passed says which warnings of a clock lie behind: the others are still to come
// when its due time has moved.
func (c *Clock) passed(now time.Time) int {
	switch {
	case !c.Warn.After(now):
		which := firstReminder
		for which-firstReminder+1 < len(c.Reminders) && !c.Reminders[which-firstReminder+1].After(now) {
			which++
		}
		return which
	case !c.Half.After(now):
		return 1
	}
	return 0
}
