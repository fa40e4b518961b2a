package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Hearings (听证, rule 3.4.9; 行政许可法第四十六至四十八条).
//
//	       told, 5wd to ask        asked       arranged (7wd before)       recorded by the chair
//	open ─────────────────▶ told ───────▶ asked ─────────────────▶ set ──────────────────▶ ended
//	  │ required: at once ───────────────────▲                      │ moved, another chair
//	  └ nobody asked in time ──▶ ended                              └──────┘
//
// A hearing without a record that those who took part have signed, or did not sign for a
// reason the chair notes, cannot end, and its chair reviews nothing in the case.

// Request asks for a hearing.
const Request Act = "request"

var (
	hearingActs   = []Act{Request}
	hearingJudges = map[Act]judge{Request: judgeRequest}
	hearingBodies = []newBody{body[HearingTold](), body[HearingRequested](), body[HearingArranged](), body[HearingHeld]()}
)

// TaskRequest is the applicant's: to ask for a hearing, or let the time pass.
const TaskRequest TaskKind = "request"

// The notices of a hearing.
const (
	NoticeHearingRight NoticeKind = "hearing-right" // 听证告知书
	NoticeHearing      NoticeKind = "hearing"       // 听证通知书
)

// lateRequest: nobody has asked for a hearing in time; it is over.
const lateRequest = "request"

// The times of the law: to ask, to hold the hearing, and before it to be told of the day.
var (
	hearingAsk  = definition.HearingAsk
	hearingHold = definition.HearingHold
	hearingTell = calendar.Period{Amount: 7, Unit: calendar.WorkingDays} // 行政许可法第四十八条第一项
)

// HearingState is one round of a hearing.
type HearingState struct {
	Required bool `json:"required,omitempty"`
	// ToldAt is when the right was told, RequestedAt when somebody asked: the
	// applicant, or an interested party; RequestedBy is the account that recorded it.
	ToldAt      time.Time `json:"toldAt,omitzero"`
	RequestedAt time.Time `json:"requestedAt,omitzero"`
	RequestedBy string    `json:"requestedBy,omitempty"`
	Request     string    `json:"request,omitempty"`
	// On, Place and Chair are as last arranged; Chair is an account.
	On    time.Time `json:"on,omitzero"`
	Place string    `json:"place,omitempty"`
	Chair string    `json:"chair,omitempty"`
	// Arranged counts how often.
	Arranged int `json:"arranged,omitempty"`
	// Record is the chair's record, File the signed one's hash, Signatures what those
	// who took part have done with it.
	HeldAt     time.Time   `json:"heldAt,omitzero"`
	Record     string      `json:"record,omitempty"`
	File       string      `json:"file,omitempty"`
	Signatures []Signature `json:"signatures,omitempty"`
}

// HearingTold tells of the right to a hearing (行政许可法第四十七条).
type HearingTold struct {
	Step    string       `json:"step"`
	Hearing HearingState `json:"hearing"`
	Notices []Notice     `json:"notices"`
	Clocks  []Clock      `json:"clocks"`
	Tasks   []Task       `json:"tasks"`
}

// HearingRequested records that somebody asks for the hearing.
type HearingRequested struct {
	Step    string       `json:"step"`
	Task    string       `json:"task"`
	Hearing HearingState `json:"hearing"`
	Clocks  []Clock      `json:"clocks"`
	Tasks   []Task       `json:"tasks"`
}

// HearingArranged sets day, place and chair (行政许可法第四十八条).
type HearingArranged struct {
	Step    string       `json:"step"`
	Task    string       `json:"task,omitempty"`
	Hearing HearingState `json:"hearing"`
	Tasks   []Task       `json:"tasks"`
	Reason  string       `json:"reason,omitempty"`
}

// HearingHeld is the record of the hearing (行政许可法第四十八条第五项).
type HearingHeld struct {
	Step    string       `json:"step"`
	Task    string       `json:"task"`
	Hearing HearingState `json:"hearing"`
}

// Type is the name in the log.
func (HearingTold) Type() string { return "HearingTold" }

// Type is the name in the log.
func (HearingRequested) Type() string { return "HearingRequested" }

// Type is the name in the log.
func (HearingArranged) Type() string { return "HearingArranged" }

// Type is the name in the log.
func (HearingHeld) Type() string { return "HearingHeld" }

func (s *State) setHearing(step string, h HearingState) { s.must(step).Hearing = &h }

func (b HearingTold) apply(s *State, _ *Event) {
	s.setHearing(b.Step, b.Hearing)
	s.Notices = add(s.Notices, b.Notices...)
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b HearingRequested) apply(s *State, e *Event) {
	s.setHearing(b.Step, b.Hearing)
	s.done(b.Task, e)
	s.endClocks(e.At, "requested", func(c *Clock) bool { return c.Step == b.Step && c.Late == lateRequest })
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b HearingArranged) apply(s *State, e *Event) {
	s.setHearing(b.Step, b.Hearing)
	s.done(b.Task, e)
	s.cancelTasks(e.At, func(t *Task) bool { return t.Step == b.Step && t.Kind == TaskRecord })
	s.putTasks(b.Tasks)
}

func (b HearingHeld) apply(s *State, e *Event) {
	s.setHearing(b.Step, b.Hearing)
	s.done(b.Task, e)
}

// holdClock says whether a clock measures the time in which a hearing is to be held.
func holdClock(c *Clock) bool { return strings.HasPrefix(c.ID, c.Step+".hold") }

// hold is the clock of the twenty days, and the task to arrange the hearing.
func (d *decider) hold(n *definition.Node, nth int, org, from string) ([]Clock, []Task) {
	c := d.clock(Clock{ID: n.ID + ".hold" + round(nth), Class: Statutory, Step: n.ID, Round: nth, Period: hearingHold, Late: lateMark, Start: d.now, From: from})
	return []Clock{c}, []Task{{
		ID: n.ID + round(nth) + ".arrange", Kind: TaskArrange, Step: n.ID, Round: nth, Party: n.By, Org: org, Role: d.deskRole(n.By), Clock: c.ID,
		Status: TaskOpen, OpenedAt: d.now,
	}}
}

// openHearing prepares a round of a hearing. One that is not required begins by
// telling of the right, which follows at once.
func (d *decider) openHearing(n *definition.Node, nth int, org string) (*HearingState, []Clock, []Task) {
	h := &HearingState{Required: n.Hearing.Required}
	if !h.Required {
		return h, nil, nil
	}
	clocks, tasks := d.hold(n, nth, org, "start")
	return h, clocks, tasks
}

// audience is who is told of a hearing: the applicant, the parties of the
// definition, interested parties known by name, and those who objected to a posting.
func (d *decider) audience(n *definition.Node) []string {
	to := []string{"applicant"}
	for _, p := range n.Hearing.Parties {
		if !slices.Contains(to, p) {
			to = append(to, p)
		}
	}
	for i := range d.s.Interested {
		to = append(to, d.s.Interested[i].ID)
	}
	for i := range d.s.Steps {
		if p := d.s.Steps[i].Posting; p != nil && len(p.Objections) > 0 {
			return append(to, interestedParty)
		}
	}
	return to
}

// hearings carries open hearings on: the right is told, a recorded one ends.
func (d *decider) hearings() {
	for _, n := range d.r.Plan.Hearings {
		if d.st(n).Status != Open {
			continue
		}
		switch h := *d.st(n).Hearing; {
		case !h.HeldAt.IsZero():
			d.moveOn(n, "")
			d.endSpecial(n, "held")
		case !h.Required && h.ToldAt.IsZero():
			d.tellRight(n, h)
		}
	}
}

func (d *decider) tellRight(n *definition.Node, h HearingState) {
	nth := d.st(n).Round
	h.ToldAt = d.now
	clock := n.ID + ".request" + round(nth)
	e := HearingTold{Step: n.ID, Hearing: h, Clocks: []Clock{}, Tasks: []Task{{
		ID: n.ID + round(nth) + ".request", Kind: TaskRequest, Step: n.ID, Round: nth, Party: "applicant", Clock: clock, Status: TaskOpen, OpenedAt: d.now,
	}}}
	waits := n.Hearing.From == fromDelivery
	if !waits {
		e.Clocks = append(e.Clocks, d.clock(Clock{ID: clock, Class: Statutory, Step: n.ID, Round: nth, Period: hearingAsk, Late: lateRequest, Start: d.now, From: "notice"}))
	}
	for _, party := range d.audience(n) {
		told := Notice{
			ID: string(NoticeHearingRight) + "." + n.ID + round(nth) + "." + party, Kind: NoticeHearingRight, To: party, Step: n.ID, At: d.now, Clock: clock,
		}
		if !waits {
			until := e.Clocks[0].Day
			told.Until = &until
		}
		e.Notices = append(e.Notices, told)
	}
	d.emit(e)
	if waits { // the applicant is told first of all, and his time is everybody's
		d.awaitNotice(n, &e.Notices[0], WaitingClock{
			ID: clock, Class: Statutory, Step: n.ID, Round: nth, Period: hearingAsk, Late: lateRequest, Task: e.Tasks[0].ID,
		})
	}
}

func judgeRequest(d *decider, cmd *Command) (func(), *Rejection) {
	var n *definition.Node
	for _, m := range d.r.Plan.Nodes {
		if m.Hearing == nil || cmd.Step != "" && m.ID != cmd.Step {
			continue
		}
		if st := d.st(m); st.Status == Open && st.Hearing.RequestedAt.IsZero() && !st.Hearing.Required {
			n = m
			break
		} else if st.Status == Ended && st.Why == "not-requested" && cmd.Step != "" {
			return nil, reject(TooLate, "自被告知之日起五个工作日内未申请听证，不再组织", "no hearing was asked for within five working days of being told; it is over").
				want("within "+hearingAsk.String(), "over").at(m.ID).under("47")
		}
	}
	if n == nil {
		return nil, reject(NotOpen, "现在没有可以申请的听证", "there is no hearing to ask for").want("a hearing whose right was told", "none").at(cmd.Step)
	}
	st := d.st(n)
	if !d.atDesk(cmd.By) && !d.may(cmd.By, st.Org, d.deskRole(n.By)) {
		return nil, reject(NotAllowed, "由申请人或利害关系人申请，可由窗口或组织听证的单位登记", "the applicant or an interested party asks; the window or the party that holds it may record it").
			want("applicant, the window, or "+n.By, cmd.By.String()).at(n.ID)
	}
	h := *st.Hearing
	h.RequestedAt, h.RequestedBy, h.Request = d.now, cmp0(cmd.By.ID, string(cmd.By.Kind)), strings.TrimSpace(cmd.Args.Reason)
	return func() {
		clocks, tasks := d.hold(n, st.Round, st.Org, "request")
		d.emit(HearingRequested{Step: n.ID, Task: n.ID + round(st.Round) + ".request", Hearing: h, Clocks: clocks, Tasks: tasks})
	}, nil
}

// arrangeHearing sets day, place and chair: told seven working days before, held
// within the twenty, presided by somebody who reviews nothing in the case.
func (d *decider) arrangeHearing(n *definition.Node, cmd *Command, task string, at time.Time) (func(), *Rejection) {
	st := d.st(n)
	h := *st.Hearing
	chair, rej := d.chair(n, cmd, h.Chair)
	if rej != nil {
		return nil, rej
	}
	if moved := !at.Equal(h.On); moved {
		first, day := d.r.Calendar.Due(d.now, hearingTell, nil).Day, calendar.DateOf(at)
		if day < first {
			return nil, reject(TooSoon, "举行听证的时间、地点应当在七个工作日前通知", "day and place of a hearing are told seven working days before").
				want(first.String()+" or later", day.String()).at("on").under("48")
		}
		if c := d.s.Clock(n.ID + ".hold" + round(st.Round)); c != nil && day > c.Day && first <= c.Day {
			return nil, reject(TooLate, "听证应当在二十个工作日内组织", "a hearing is held within twenty working days").
				want(c.Day.String()+" or earlier", day.String()).at("on").under("47")
		}
	}
	h.On, h.Place, h.Chair, h.Arranged = at, cmp0(strings.TrimSpace(cmd.Args.Place), h.Place), chair, h.Arranged+1
	return func() {
		d.moveOn(n, "")
		d.emit(HearingArranged{Step: n.ID, Task: task, Hearing: h, Reason: cmd.Args.Reason, Tasks: []Task{{
			ID: turned(n.ID+round(st.Round)+".record", h.Arranged), Kind: TaskRecord, Step: n.ID, Round: st.Round, Party: n.By, Org: st.Org,
			Role: cmp0(n.Hearing.Chair, d.deskRole(n.By)), Clock: n.ID + ".hold" + round(st.Round), Status: TaskOpen, OpenedAt: d.now, Claimed: chair, ClaimedAt: d.now,
		}}})
		to := d.audience(n)
		if h.Required { // 行政许可法第四十六条: announced to the public
			to = append(to, "public")
		}
		d.tellDate(n, NoticeHearing, at, h.Place, to)
		d.standStill(n, n.Hearing.Pause, calendar.DateOf(at), cmp0(n.Name, n.ID), d.s.Notices[len(d.s.Notices)-1].ID)
	}, nil
}

// chair is who presides: of the organ that holds the hearing, in the role the
// definition names, and none of those who review the case (行政许可法第四十八条第三项).
func (d *decider) chair(n *definition.Node, cmd *Command, before string) (string, *Rejection) {
	id := cmp0(strings.TrimSpace(cmd.Args.Chair), before)
	if id == "" {
		return "", reject(BadData, "须指定听证主持人", "name the chair of the hearing").want("chair", "none").at("chair").under("48")
	}
	if cmd.Args.Chair != "" {
		c, rej := d.colleague(cmd, id, d.st(n).Org)
		if rej != nil {
			return "", rej.at("chair")
		}
		if role := cmp0(n.Hearing.Chair, d.deskRole(n.By)); !holds(c.Roles, role) {
			return "", reject(NotAllowed, "听证主持人的岗位不符", "the chair does not hold the role the definition names").want(role, strings.Join(c.Roles, ", ")).at("chair")
		}
	}
	if d.reviewed(id) {
		return "", reject(NotAllowed, "听证主持人不得是审查本案的工作人员", "the chair of a hearing is none of those who review the case").
			want("somebody who has reviewed nothing in the case", "a reviewer").at("chair").under("48")
	}
	return id, nil
}

// reviewed says whether somebody has taken part in reviewing the case: passed a
// link, given a verdict, inspected, or holds a task of it.
func (d *decider) reviewed(id string) bool {
	for i := range d.s.Steps {
		st := d.s.Steps[i]
		by := func(v *Verdict) bool { return v != nil && v.By == id }
		if by(st.Verdict) || slices.ContainsFunc(st.Passed, func(p Passed) bool { return p.By == id }) {
			return true
		}
		if slices.ContainsFunc(st.Rounds, func(r Round) bool { return by(r.Verdict) || r.Visit.inspectedBy(id) }) || st.Visit.inspectedBy(id) {
			return true
		}
	}
	return slices.ContainsFunc(d.s.Tasks, func(t *Task) bool {
		return t.Kind == TaskWork && (t.DoneBy == id || t.Status == TaskOpen && t.Claimed == id)
	})
}

// inspectedBy says whether somebody was an inspector of a visit.
func (v *VisitState) inspectedBy(id string) bool {
	return v != nil && slices.ContainsFunc(v.Parties, func(p VisitParty) bool { return slices.Contains(p.Inspectors, id) || p.By == id })
}

// presides says whether somebody is, or was, the chair of a hearing of the case.
func (d *decider) presides(id string) bool {
	for i := range d.s.Steps {
		st := d.s.Steps[i]
		if st.Hearing != nil && st.Hearing.Chair == id || slices.ContainsFunc(st.Rounds, func(r Round) bool { return r.Hearing != nil && r.Hearing.Chair == id }) {
			return true
		}
	}
	return false
}
