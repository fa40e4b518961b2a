package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The order to put something right (责令限期整改): a check that finds something short
// does not cost the holder his result at once, where the definition says so (`fix`).
// He is told in writing what is to be put right and until when (more time: the act Extend,
// where `fix.extend` says so); he says that it is, or
// his time runs out, and it is looked at again. What then still falls short fails the
// duty, and the result is in question as ever (annul).
//
//	          judge: fix                  rectify, or time                 judge: met
//	open ───────────────────▶ fixing ──────────────────────▶ recheck ───────────────────▶ met
//	reported      ▲  the notice goes        the holder's clock ends │ │ judge: failed
//	              │  out at once            the re-check's begins   │ └──────────────────▶ failed
//	              └──────────────── judge: fix, while orders are left
//
// The duty's own clock ends with the first order: the check was made. Nobody judges
// while the holder's time runs; only what he says, or its end, opens the re-check. A
// re-check that is late is marked and costs the holder nothing.

// The states of a duty under an order.
const (
	DutyFixing  DutyStatus = "fixing"  // the holder is to put something right
	DutyRecheck DutyStatus = "recheck" // it is to be looked at again
)

// FindingFix is what a check finds that orders something to be put right.
const FindingFix = "fix"

// NoticeFix is 责令限期整改通知书: what is to be put right, and until when.
const NoticeFix NoticeKind = "fix"

// lateFix is the effect of the holder's time: what he was to put right is looked at again.
const lateFix = "fix"

// Why the holder's time has ended.
const (
	fixReported = "reported" // he says that it is put right
	fixTime     = "time"
)

var fixBodies = []newBody{body[FixOrdered](), body[FixEnded]()}

// FixOrder is one order to put something right.
type FixOrder struct {
	At time.Time `json:"at"`
	By string    `json:"by"` // account
	// Checked is the day of the check it follows from; Late: it was given later after
	// that day than the definition allows.
	Checked  calendar.Date `json:"checked"`
	Late     bool          `json:"late,omitempty"`
	Reason   string        `json:"reason"`
	Points   []Point       `json:"points"`
	Evidence []Evidence    `json:"evidence,omitempty"`
	// Day is the last day the holder has; it moves when he is given more time (`fix.extend`).
	Day    calendar.Date `json:"day"`
	Notice string        `json:"notice"`
	// Ended is when his time was over, by his word or by itself (Why: reported | time).
	Ended time.Time  `json:"ended,omitzero"`
	Why   string     `json:"why,omitempty"`
	Said  string     `json:"said,omitempty"`
	Shown []Evidence `json:"shown,omitempty"`
}

// FixOrdered is the order: the notice goes to the holder, and his time begins.
type FixOrdered struct {
	Duty   string   `json:"duty"`
	Order  FixOrder `json:"order"`
	Task   string   `json:"task,omitempty"` // of the check, done by this act
	Fix    Task     `json:"fix"`
	Clock  Clock    `json:"clock"`
	Notice Notice   `json:"notice"`
}

// FixEnded is the end of the holder's time, by his word or by itself: what he was to
// put right is looked at again.
type FixEnded struct {
	Duty string `json:"duty"`
	Why  string `json:"why"` // reported | time
	// Points are those of the order with what the holder says of each.
	Points   []Point    `json:"points"`
	Said     string     `json:"said,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Task     string     `json:"task,omitempty"` // the holder's, done by this act
	Recheck  Task       `json:"recheck"`
	Clock    Clock      `json:"clock"`
}

// Type names the event in the log.
func (FixOrdered) Type() string { return "FixOrdered" }

// Type names the event in the log.
func (FixEnded) Type() string { return "FixEnded" }

func (b FixOrdered) apply(s *State, e *Event) {
	t := s.editDuty(b.Duty)
	t.Status, t.Orders = DutyFixing, add(t.Orders, b.Order)
	s.done(b.Task, e)
	s.cancelTasks(e.At, func(k *Task) bool { return k.ofDuty(b.Duty) })
	s.endClocks(e.At, "ordered", func(c *Clock) bool { return c.Duty == b.Duty })
	s.putClocks([]Clock{b.Clock})
	s.putTasks([]Task{b.Fix})
	s.Notices = add(s.Notices, b.Notice)
}

func (b FixEnded) apply(s *State, e *Event) {
	t := s.editDuty(b.Duty)
	t.Status, t.Orders = DutyRecheck, slices.Clone(t.Orders)
	o := &t.Orders[len(t.Orders)-1]
	o.Ended, o.Why, o.Points, o.Said, o.Shown = e.At, b.Why, b.Points, b.Said, b.Evidence
	s.done(b.Task, e)
	s.cancelTasks(e.At, func(k *Task) bool { return k.ofDuty(b.Duty) })
	s.endClocks(e.At, b.Why, func(c *Clock) bool { return c.Duty == b.Duty })
	s.putClocks([]Clock{b.Clock})
	s.putTasks([]Task{b.Recheck})
}

// ofDuty says whether a task asks for something on a duty.
func (t *Task) ofDuty(duty string) bool {
	return t.About == duty && (t.Kind == TaskDuty || t.Kind == TaskJudge || t.Kind == TaskRectify && t.Step == "")
}

// DutyClock is the clock a duty runs by now: its own, the holder's time to fix, or that of the re-check.
func (s *State) DutyClock(t *DutyState) *Clock {
	n := len(t.Orders)
	switch {
	case n == 0:
		return s.Clock(dutyClock(t.ID))
	case t.Orders[n-1].Ended.IsZero():
		return s.Clock(fixClock(t.ID, n))
	}
	return s.Clock(againClock(t.ID, n))
}

func fixClock(duty string, nth int) string   { return dutyClock(duty) + ".fix" + round(nth) }
func againClock(duty string, nth int) string { return dutyClock(duty) + ".recheck" + round(nth) }

// checker is the party that judges a duty: the one bound by it, or who judges the applicant's.
func (t *DutyState) checker() string {
	if t.By == applicant {
		return t.Judge
	}
	return t.By
}

// fixRule is what the definition says of orders on a duty, nil when none may be given.
func (d *decider) fixRule(duty string) *definition.Fix {
	if p := d.r.Plan.Duty(duty); p != nil {
		return p.Fix
	}
	return nil
}

// findings are the words a check of a duty may find by now.
func (d *decider) findings(t *DutyState) []string {
	list := []string{string(DutyMet), string(DutyFailed)}
	if f := d.fixRule(t.ID); f != nil && t.Kind == DutyDeclared && len(t.Orders) < f.Times {
		list = append(list, FindingFix)
	}
	return list
}

// findingChoices are the findings an act may name.
func (d *decider) findingChoices(cmd *Command) []Choice {
	probe := *cmd
	if t, _, rej := d.judging(&probe); rej == nil {
		return d.choicesOf(d.findings(t))
	}
	return nil
}

// ordered are the points of the order under way on a duty.
func (d *decider) ordered(duty string) (list []Choice) {
	if t := d.s.Duty(duty); t != nil && t.Status == DutyFixing {
		for _, p := range t.Orders[len(t.Orders)-1].Points {
			list = append(list, Choice{ID: p.ID, Name: calendar.Text{ZH: p.Text, EN: p.Text}})
		}
	}
	return list
}

// orderFix judges an order to put something right. What was found and what becomes of
// it is written down (行政许可法第六十一条), and the holder has a time he can meet.
func (d *decider) orderFix(cmd *Command, t *DutyState, task string) (func(), *Rejection) {
	a, f := &cmd.Args, d.fixRule(t.ID)
	if i := slices.IndexFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == t.Affects }); i >= 0 && !d.s.Outputs[i].Annulled.IsZero() {
		return nil, reject(NotOpen, "结果“"+t.Affects+"”已撤销，不再责令整改", "output "+t.Affects+" is annulled; nothing of it is to be put right").
			want("a result that stands", Annulled).at(t.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej.under("61")
	}
	if len(a.Points) == 0 {
		return nil, reject(BadData, "责令整改须逐项写明整改内容", "an order says point by point what is to be put right").want("points", "none").at("points").under("61")
	}
	points, rej := d.points(nil, a.Points, t.checker())
	if rej != nil {
		return nil, rej
	}
	for i := range points {
		points[i].Open = nil // whoever looks again says of all of them at once
	}
	if rej := proofs(a.Evidence); rej != nil {
		return nil, rej
	}
	if a.Until == 0 {
		return nil, reject(BadData, "责令整改须写明整改的最后期限", "an order says until when").want("a last day", "none").at("until")
	}
	today, most := on(d.now), d.r.Calendar.Due(d.now, f.Time, nil)
	nth := len(t.Orders) + 1
	e := FixOrdered{Duty: t.ID, Task: task}
	switch {
	case a.Until <= today:
		return nil, reject(BadData, "整改的最后期限须晚于今天", "the last day lies after today").want("after "+today.String(), a.Until.String()).at("until")
	case a.Until > most.Day:
		return nil, reject(BadData, "整改期限最长为"+f.Time.Text().ZH, "the time to fix is "+f.Time.Text().EN+" at the most").
			want(most.Day.String()+" at the latest", a.Until.String()).at("until")
	}
	days := func(until calendar.Date) calendar.Period {
		return calendar.Period{Amount: int(until - today), Unit: calendar.CalendarDays}
	}
	until := d.r.Calendar.Due(d.now, days(a.Until), nil).Day // one that is off moves behind it, before it is told: what is told stands
	e.Clock = d.clock(Clock{
		ID: fixClock(t.ID, nth), Class: Promised, Duty: t.ID, Round: nth, Late: lateFix, Start: d.now, From: "order", Period: days(until),
	})
	checked := d.now
	if !a.On.IsZero() {
		checked = instant(a.On)
	}
	if checked.After(d.now) || checked.Before(t.OpenedAt) || nth > 1 && checked.Before(t.Orders[nth-2].Ended) {
		return nil, reject(BadData, "核查时间须在义务产生（复查的，在整改结束）之后、现在之前", "the check lies after the duty began (a re-check: after the time to fix), and not ahead").
			want("a time between that and now", checked.Format(time.RFC3339)).at("on")
	}
	e.Order = FixOrder{
		At: d.now, By: cmd.By.ID, Checked: on(checked), Late: !d.now.Before(d.r.Calendar.Due(checked, f.Notice, nil).At),
		Reason: strings.TrimSpace(a.Reason), Points: points, Evidence: a.Evidence, Day: e.Clock.Day,
	}
	e.Notice = Notice{
		ID: string(NoticeFix) + "." + t.ID + round(nth), Kind: NoticeFix, To: applicant, At: d.now, Clock: e.Clock.ID, Text: e.Order.Reason,
		Until: &e.Order.Day, Org: d.s.Org(t.checker()), Lines: make([]NamedLine, len(points)),
	}
	if g := d.r.Plan.Giver(t.Affects); g != nil {
		e.Notice.Step = g.ID
	}
	for i, p := range points {
		e.Notice.Lines[i] = NamedLine{Of: p.ID, Reason: p.Text, Askers: p.Askers}
	}
	e.Order.Notice = e.Notice.ID
	e.Fix = Task{
		ID: string(FindingFix) + "." + t.ID + round(nth), Kind: TaskRectify, Party: applicant, About: t.ID, Clock: e.Clock.ID, Round: nth,
		Status: TaskOpen, OpenedAt: d.now,
	}
	return func() { d.emit(e) }, nil
}

// moreToFix tells the holder of a longer time under the letterhead he had the order from,
// and until which day it is now.
func (d *decider) moreToFix(e *ClockExtended) {
	if e.Clock.Late != lateFix {
		return
	}
	t := d.s.Duty(e.Clock.Duty)
	e.Notice.Org, e.Notice.Until = d.s.Org(t.checker()), &e.Clock.Day
	if g := d.r.Plan.Giver(t.Affects); g != nil {
		e.Notice.Step = g.ID
	}
}

// orderUntil moves the last day of an order with its clock.
func (s *State) orderUntil(c *Clock) {
	if c.Late != lateFix {
		return
	}
	t := s.editDuty(c.Duty)
	t.Orders = slices.Clone(t.Orders)
	t.Orders[len(t.Orders)-1].Day = c.Day
}

// ofOrder says whether an act of putting right is for an order on a duty, not for what
// a visit has found.
func (d *decider) ofOrder(cmd *Command) (bool, *Rejection) {
	if t := d.s.Task(cmd.Task); t != nil {
		return t.Kind == TaskRectify && t.Step == "", nil
	}
	if cmd.Args.Duty != "" || cmd.Step != "" {
		return cmd.Args.Duty != "", nil
	}
	var order, visit string
	for _, t := range d.s.Tasks {
		switch {
		case t.Kind != TaskRectify || t.Status != TaskOpen:
		case t.Step == "":
			order = t.About
		default:
			visit = t.Step
		}
	}
	if order != "" && visit != "" {
		return false, reject(BadData, "踏勘的整改和责令整改都在进行，请指明环节或义务", "something is to be put right for a visit and by an order; name the step or the duty").
			want("step: "+visit+", or duty: "+order, "none").at("duty")
	}
	return order != "", nil
}

// fixed takes the holder's word that what was ordered is put right.
func (d *decider) fixed(cmd *Command) (func(), *Rejection) {
	t, k, rej := d.dutyOf(cmd, TaskRectify)
	if rej != nil {
		return nil, rej
	}
	if rej := proofs(cmd.Args.Evidence); rej != nil {
		return nil, rej
	}
	e := FixEnded{Duty: t.ID, Why: fixReported, Said: strings.TrimSpace(cmd.Args.Reason), Evidence: cmd.Args.Evidence, Task: k.ID}
	e.Points = slices.Clone(t.Orders[len(t.Orders)-1].Points)
	for _, s := range cmd.Args.Statements {
		i := slices.IndexFunc(e.Points, func(p Point) bool { return p.ID == s.Of })
		if i < 0 {
			return nil, reject(NotFound, "没有待整改事项“"+s.Of+"”", "there is no open point "+s.Of).at("statements." + s.Of)
		}
		e.Points[i].Statement = s.Text
	}
	return func() { d.endFix(e, d.now) }, nil
}

// fixLate is the end of the holder's time: what he has put right by now is looked at.
func (d *decider) fixLate(t *DutyState, c *Clock) {
	e := FixEnded{Duty: t.ID, Why: fixTime, Points: t.Orders[len(t.Orders)-1].Points}
	last := c.Day.Start() // the day the re-check counts from
	if d.fixRule(t.ID).Recheck.Unit == calendar.Hours {
		last = c.Due
	}
	d.emit(ClockOverdue{Clock: c.ID})
	d.endFix(e, last)
}

// endFix asks whoever ordered it to look again, within a time from an instant on.
func (d *decider) endFix(e FixEnded, from time.Time) {
	t := d.s.Duty(e.Duty)
	nth := len(t.Orders)
	e.Clock = d.clock(Clock{
		ID: againClock(t.ID, nth), Class: Promised, Duty: t.ID, Round: nth, Period: d.fixRule(t.ID).Recheck, Late: lateMark, Start: from, From: "fixed",
	})
	e.Recheck = d.dutyTask(TaskJudge, t, t.checker(), nth+1)
	e.Recheck.Clock = e.Clock.ID
	d.emit(e)
}
