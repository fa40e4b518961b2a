package engine_test

import (
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

// What the second opinion says of instants: when half of a time is over and when to
// warn, that time does what it does at the instant it is due, and how long clocks may
// stand still at the most.

// warnings are the instants of the two warnings: at half the time, and when what
// the limit says, or else a fifth of the time but a working day at least, is left.
// The first is never behind the second, and none before the start, or before there are
// people to read it. Where the limit says a list, told are all its instants, warn the first.
func (c *chronicle) warnings(id string, m *measure) (half, warn time.Time, told []time.Time) {
	base, _, _ := strings.Cut(id, "#")
	if n := c.plan.Node(m.step); base == "collect" || base == "applicant.rating" || n != nil && n.Publicity != nil && base == n.ID+".posting" {
		return time.Time{}, time.Time{}, nil // nobody is late by the end of these
	}
	w, offs, due := c.walls[m.wall], c.offs(m), c.due(m)
	amount, _, _, _ := m.whole()
	unit := m.unit
	if half = m.start.Add(due.Sub(m.start) / 2); amount > 1 {
		half = w.count(m.start, amount/2, unit, offs)
	}
	if (unit == "h" || amount <= 1) && !w.working(dayOf(half)) {
		c.saw("half the time over on a day off", true)
		for day := dayOf(half); !w.working(dayOf(half)); half = startOf(day) {
			day = day.AddDate(0, 0, 1)
		}
	}
	said := definition.Step{}
	if n := c.plan.Node(m.step); n != nil && id != "answer" {
		said.Warn = n.Warn
	}
	switch {
	case len(said.Warn) > 0:
		for _, p := range said.Warn {
			at := c.staffed(w.said(p.String(), m.start, due, offs), m, w, offs)
			_, unit := number(p.String())
			c.saw("a warning of its own in "+unit, true)
			told = append(told, second(at))
		}
		told = c.listed(told, second(due))
		if warn = told[0]; len(said.Warn) == 1 {
			told = nil
		}
	case unit == "wd":
		warn = w.ahead(m.start, due, max(1, (amount+4)/5), offs)
	default:
		warn = w.ahead(m.start, due, 1, offs)
		if fifth := due.Add(-due.Sub(m.start) / 5); fifth.Before(warn) {
			warn = w.manned(fifth, offs)
		}
	}
	warn = c.staffed(warn, m, w, offs)
	return second(earlier(half, warn)), second(warn), told
}

// said is the instant at which a length before the due time is left.
func (w wall) said(length string, start, due time.Time, offs []off) time.Time {
	switch n, unit := number(length); unit {
	case "wd":
		return w.ahead(start, due, n, offs)
	case "cd":
		return w.manned(due.AddDate(0, 0, -n), offs)
	case "h":
		return w.hoursLeft(due, n, offs)
	default:
		panic("a warning in " + unit)
	}
}

// staffed is an instant to warn at that is not before the start nor, while there is time,
// on a day nobody is there.
func (c *chronicle) staffed(warn time.Time, m *measure, w wall, offs []off) time.Time {
	warn = later(warn, m.start)
	day := dayOf(warn)
	if w.working(day) && !leftOut(day, offs) {
		return warn
	}
	for !w.working(day) || leftOut(day, offs) { // it starts on such a day: they are told on the next
		day = day.AddDate(0, 0, 1)
	}
	if !startOf(day).Before(c.due(m)) {
		return warn
	}
	c.saw("a warning that waits for people after the start", true)
	return startOf(day)
}

// listed puts the instants of a list in order, each once, and leaves out those with
// no time left, but for the first of all.
func (c *chronicle) listed(told []time.Time, due time.Time) (list []time.Time) {
	for len(told) > 0 {
		first := told[0]
		for _, at := range told {
			first = earlier(first, at)
		}
		n := len(told)
		told = slices.DeleteFunc(slices.Clone(told), func(at time.Time) bool { return at.Equal(first) })
		c.saw("warnings of a list that come together", n-len(told) > 1)
		if len(list) == 0 || first.Before(due) {
			list = append(list, first)
		}
	}
	c.saw("a list of warnings", len(list) > 1)
	return list
}

// ahead is the beginning of the last n working days before a due time that count.
func (w wall) ahead(start, due time.Time, n int, offs []off) time.Time {
	for day := dayOf(due.Add(-time.Nanosecond)); day.After(dayOf(start)); day = day.AddDate(0, 0, -1) {
		if !w.working(day) || leftOut(day, offs) {
			continue
		}
		if n--; n == 0 {
			return startOf(day)
		}
	}
	return start
}

// manned is the instant itself when it is on a day that is worked and counts, else
// the same time of the last such day before.
func (w wall) manned(at time.Time, offs []off) time.Time {
	for !w.working(dayOf(at)) || leftOut(dayOf(at), offs) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// hoursLeft is the last instant with n hours of days that are worked and count left.
func (w wall) hoursLeft(due time.Time, n int, offs []off) time.Time {
	left := func(from time.Time) (sum time.Duration) {
		for day := dayOf(from); startOf(day).Before(due); day = day.AddDate(0, 0, 1) {
			if w.working(day) && !leftOut(day, offs) {
				sum += earlier(due, endOf(day)).Sub(later(from, startOf(day)))
			}
		}
		return sum
	}
	day, want := dayOf(due.Add(-time.Nanosecond)), time.Duration(n)*time.Hour
	for left(startOf(day)) < want {
		day = day.AddDate(0, 0, -1)
	}
	return startOf(day).Add(left(startOf(day)) - want)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// second is an instant as precise as the log is.
func second(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// timely checks that what time does happens at the instant it is due: no earlier,
// and later only where something before it in the log was later.
func (c *chronicle) timely(t require.TestingT) {
	b, at := c.fact.Body, c.fact.At
	on := func(what string, due time.Time) {
		c.saw(what, true)
		require.True(t, at.Equal(due) || due.Before(c.last) && at.Equal(c.last), "%s at %s, due at %s", what, at, due)
	}
	clock := func(id string) *measure {
		m := c.clocks[id]
		require.NotNil(t, m, "the log tells of no clock %s", id)
		return m
	}
	switch c.fact.Type {
	case "ClockOverdue", "PostingOver":
		on(c.fact.Type, c.due(clock(text(b["clock"]))))
	case "ClockWarned":
		id := text(b["clock"])
		half, warn, told := c.warnings(id, clock(id))
		switch which := int(b["which"].(float64)); {
		case which == 2:
			half = warn
		case which > 2:
			require.Less(t, which-2, len(told), "a reminder nobody has asked for")
			half = told[which-2]
			c.saw("reminded again", true)
		}
		on(c.fact.Type, half)
	case "WindowClosed":
		m := c.clocks["collect"]
		switch {
		case text(b["why"]) == "time":
			on(c.fact.Type, c.due(m))
		case m != nil && !m.over:
			require.False(t, at.After(c.due(m)), "the window was open longer than its time")
		}
	case "PauseEnded":
		i := slices.IndexFunc(c.stops, func(s *stop) bool { return s.id == text(b["run"]) })
		if text(b["why"]) == "time" {
			on(c.fact.Type, c.stops[i].till)
		} else {
			require.False(t, at.After(c.stops[i].till), "a pause ran longer than planned")
		}
	}
}

// within holds a pause that begins against its most: all its runs on the step
// together, by the calendar that hangs on the wall when it begins.
func (c *chronicle) within(t require.TestingT, s *stop) {
	i := slices.IndexFunc(c.plan.Def.Pauses, func(p definition.Pause) bool { return p.ID == s.pause })
	most := c.plan.Def.Pauses[i].Max.String()
	n, unit := number(most)
	c.saw("a pause with its most in "+unit, true)
	c.saw("a pause after a calendar was loaded", c.loads > 0)
	var before []*stop
	for _, o := range c.stops[:len(c.stops)-1] {
		if o.pause == s.pause && o.step == s.step {
			before = append(before, o)
		}
	}
	c.saw("a pause again", len(before) > 0)
	if unit == "h" {
		require.LessOrEqual(t, stood(append(before, s)), time.Duration(n)*time.Hour, "%s stands still for more than %s", s.id, most)
		return
	}
	w, first := c.walls[c.version], s.off.from
	offs := make([]off, len(before))
	end := first
	for i, o := range before {
		offs[i] = o.off
		first, end = earlier(first, o.off.from), later(end, o.off.to)
	}
	if unit != "wd" && unit != "cd" { // as many days as these months are from its beginning on
		n, unit = int(dayOf(w.count(startOf(first), n, unit, nil).Add(-time.Nanosecond)).Sub(first).Hours())/24, "cd"
	}
	counts := func(day time.Time) bool { return unit == "cd" || w.working(day) }
	for day := first.AddDate(0, 0, 1); !day.After(end); day = day.AddDate(0, 0, 1) {
		if leftOut(day, offs) && counts(day) {
			n--
		}
	}
	last := s.off.from
	for day := last.AddDate(0, 0, 1); !day.After(s.off.to); day = day.AddDate(0, 0, 1) {
		if !leftOut(day, offs) && counts(day) {
			if n--; n < 0 {
				break
			}
		}
		last = day
	}
	if last.Equal(s.off.to) {
		return
	}
	// one that would end on a day off ends behind it
	c.saw("a pause whose end moved behind days off", true)
	require.True(t, unit == "cd" && last.After(s.off.from), "%s stands still for more than %s", s.id, most)
	for day := last; day.Before(s.off.to); day = day.AddDate(0, 0, 1) {
		require.False(t, w.working(day), "%s stands still for more than %s", s.id, most)
	}
}

// stood is how long runs lasted together; an hour in two of them is one hour.
func stood(runs []*stop) time.Duration {
	slices.SortFunc(runs, func(a, b *stop) int { return a.from.Compare(b.from) })
	var sum time.Duration
	var until time.Time
	for _, s := range runs {
		if from := later(s.from, until); s.till.After(from) {
			sum += s.till.Sub(from)
		}
		until = later(until, s.till)
	}
	return sum
}

// whole is all the time there is in the unit of a measure, and what was added to it in another unit: how often and how much.
func (m *measure) whole() (amount, more, extra int, unit string) {
	if amount, more = m.amount, m.more; more > 0 {
		if m.extend == nil {
			m.extend = m.limit.Extend
		}
		if extra, unit = number(m.extend.Time.String()); unit == m.unit {
			amount, more = amount+more*extra, 0 // counted anew from the start: 45 + 15 = 60
		}
	}
	return amount, more, extra, unit
}

// offs are the days a measure does not count.
func (c *chronicle) offs(m *measure) []off {
	offs := slices.Clone(m.gone)
	for _, s := range c.stops {
		if c.concerns(s, m) {
			offs = append(offs, s.off)
		}
	}
	return offs
}

// cut keeps the window within the intake.
func (c *chronicle) cut(m *measure) {
	if intake := c.clocks[c.plan.Nodes[0].ID]; intake != nil && c.acceptedOn == "" {
		day := dayOf(c.due(intake).Add(-time.Nanosecond))
		for !c.walls[c.version].working(day) {
			day = day.AddDate(0, 0, -1)
		}
		m.cap = later(startOf(day), c.fact.At)
	}
}
