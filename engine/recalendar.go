package engine

import (
	"strings"

	"lianban/engine/calendar"
)

// Loading a calendar (rule 3.8.8): a notice of holidays or of a local closure moves
// the dates of open clocks. The calendar stands in the event and in the state, so
// that neither a replay nor a clock that has ended ever reads a changed one.

// Recalendar is the system's act on a case whose region has another calendar now.
const Recalendar Act = "recalendar"

var (
	calendarJudges = map[Act]judge{Recalendar: judgeRecalendar}
	calendarBodies = []newBody{body[CalendarLoaded]()}
)

// CalendarLoaded gives the case another calendar and its open clocks other dates.
type CalendarLoaded struct {
	Version  string             `json:"version"`
	Calendar *calendar.Calendar `json:"calendar"`
	Why      string             `json:"why"`
	Clocks   []Clock            `json:"clocks,omitempty"` // those counted by it from now on
}

func (CalendarLoaded) Type() string { return "CalendarLoaded" }

func (b CalendarLoaded) apply(s *State, _ *Event) {
	s.Calendar, s.Calendars = b.Version, add(s.Calendars, b.Calendar)
	s.putClocks(b.Clocks)
	for i := range b.Clocks {
		s.hangsUntil(&b.Clocks[i])
	}
}

// at are the rules with the calendar the case has by now.
func (r *Rules) at(s *State) *Rules {
	if s == nil || len(s.Calendars) == 0 {
		return r
	}
	return &Rules{Plan: r.Plan, Calendar: s.Calendars[len(s.Calendars)-1]}
}

// of are the rules with the calendar a clock was counted by.
func (r *Rules) of(s *State, c *Clock) *Rules {
	for _, cal := range s.Calendars {
		if cal.Version() == c.Calendar {
			return &Rules{Plan: r.Plan, Calendar: cal}
		}
	}
	return r
}

func judgeRecalendar(d *decider, cmd *Command) (func(), *Rejection) {
	cal := cmd.Args.Calendar
	switch {
	case cmd.By.Kind != System:
		return nil, reject(NotAllowed, "日历由系统载入", "the system loads calendars").want(string(System), cmd.By.String())
	case cal == nil:
		return nil, reject(BadData, "没有日历", "there is no calendar").want("calendar", "none").at("calendar")
	case !strings.HasPrefix(d.s.Region, cal.Region()):
		return nil, reject(BadData, "日历不是本地区的", "the calendar is another region's").want(d.s.Region, cal.Region()).at("calendar")
	case cal.Version() == d.s.Calendar:
		return nil, reject(NotOpen, "本案已使用日历 "+cal.Version(), "the case has the calendar "+cal.Version()+" already").want("another version", cal.Version()).at("calendar")
	}
	return func() {
		d.r = &Rules{Plan: d.r.Plan, Calendar: cal}
		d.emit(CalendarLoaded{Version: cal.Version(), Calendar: cal, Why: cmd.Args.Reason, Clocks: d.recount(cmd.Args.Reason)})
		d.hangLonger()
	}, nil
}

// recount computes the dates of all open clocks anew. One that would lie behind
// keeps its date and its calendar: nobody is late by a notice that came afterwards.
func (d *decider) recount(why string) []Clock {
	var clocks []Clock
	for i := range d.s.Clocks {
		old := d.s.Clocks[i]
		if !old.Running() || old.Overdue {
			continue
		}
		c := *old
		c.Calendar = ""
		c = d.clock(c)
		if c.ID == clockCollect && d.s.AcceptedOn == nil {
			c = d.capped(c, append(values(d.s.Clocks), clocks...))
		}
		if !c.Due.After(d.now) {
			continue
		}
		c.Warned = min(c.Warned, c.passed(d.now))
		if !c.Due.Equal(old.Due) || c.Provisional != old.Provisional {
			c.ledger(Entry{At: d.now, What: "recounted", Due: c.Due, Why: why})
		}
		clocks = append(clocks, c)
	}
	return clocks
}

// Move is a date that another calendar would change.
type Move struct {
	Clock string        `json:"clock"`
	Step  string        `json:"step,omitempty"`
	From  calendar.Date `json:"from"`
	To    calendar.Date `json:"to"`
	// Was and Is say whether the date was and is provisional.
	Was bool `json:"was,omitempty"`
	Is  bool `json:"is,omitempty"`
}

// Moves says which dates of a case a calendar moves or makes firm, from the events
// of its loading.
func Moves(before *State, events []Event) []Move {
	var moves []Move
	for _, e := range events {
		b, ok := e.Body.(CalendarLoaded)
		if !ok {
			continue
		}
		for i := range b.Clocks {
			c := &b.Clocks[i]
			old := before.Clock(c.ID)
			if old != nil && (!old.Due.Equal(c.Due) || old.Provisional != c.Provisional) {
				moves = append(moves, Move{Clock: c.ID, Step: c.Step, From: old.Day, To: c.Day, Was: old.Provisional, Is: c.Provisional})
			}
		}
	}
	return moves
}
