package engine

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"lianban/engine/calendar"
)

// More time on request (申请延期): who has to bring, answer or put right something and
// cannot in time asks for more, with his reason, before his time is over. The request
// waits with whoever may give it; the act Extend gives it and answers the request, a
// refusal says why. His time runs on meanwhile: where nobody answers it ends as ever.
//
//	          extend
//	asked ──────────────▶ granted
//	  ├── refuseTime ───▶ refused, with the reason; asked again only with a new one, or new proof
//	  └ his time has ended ──▶ over
//
// What may grow longer, by how much, how often and by whom the definition says (onrequest.go).

// The acts.
const (
	AskTime    Act = "askTime"    // 申请延期, by the applicant
	RefuseTime Act = "refuseTime" // 不予延期
)

// TaskTime asks whoever may give more time to give it or to refuse it.
const TaskTime TaskKind = "delay"

// DossierTime is the kind of its entries in the dossier.
const DossierTime = "delay"

// askedSince is the engine version from which on more time is asked for by an act.
const askedSince = 11

var (
	askTimeActs   = []Act{AskTime, RefuseTime}
	askTimeJudges = map[Act]judge{AskTime: judgeAskTime, RefuseTime: judgeRefuseTime}
	askTimeBodies = []newBody{body[TimeAsked](), body[TimeRefused]()}
)

// The states of a request for more time.
const (
	TimeOpen    = "open"
	TimeGranted = "granted"
	TimeRefusal = "refused"
	TimeOver    = "over" // the time it was about ended without an answer
)

// TimeAsk is a request for more time.
type TimeAsk struct {
	ID    string `json:"id"` // delay.1, delay.2 …, and its task's
	Clock string `json:"clock"`
	// Party and Org are who may give it.
	Party    string     `json:"party"`
	Org      string     `json:"org"`
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence,omitempty"`
	At       time.Time  `json:"at"`
	By       string     `json:"by,omitempty"` // account at the window that entered it; empty: the applicant himself
	// Day is the last day he had when he asked.
	Day    calendar.Date `json:"day"`
	Status string        `json:"status"` // open | granted | refused | over
	// Until is the last day he has been given; Answer why, of a refusal, too.
	Until  *calendar.Date `json:"until,omitempty"`
	Answer string         `json:"answer,omitempty"`
	Done   time.Time      `json:"done,omitzero"`
	DoneBy string         `json:"doneBy,omitempty"` // account
}

// TimeAsked is a request for more time.
type TimeAsked struct {
	Ask  TimeAsk `json:"ask"`
	Task Task    `json:"task"`
}

// TimeRefused answers a request: there is no more time.
type TimeRefused struct {
	Ask    string `json:"ask"` // also the task's, done by this act
	Clock  string `json:"clock"`
	Reason string `json:"reason"`
}

// Type names the event in the log.
func (TimeAsked) Type() string { return "TimeAsked" }

// Type names the event in the log.
func (TimeRefused) Type() string { return "TimeRefused" }

func (b TimeAsked) apply(s *State, _ *Event) {
	s.TimeAsks = add(s.TimeAsks, b.Ask)
	s.putTasks([]Task{b.Task})
}

func (b TimeRefused) apply(s *State, e *Event) { s.answerTime(b.Ask, TimeRefusal, b.Reason, e) }

// answerTime ends a request with its task.
func (s *State) answerTime(id, status, why string, e *Event) {
	s.TimeAsks = slices.Clone(s.TimeAsks)
	x := s.timeAsk(id)
	x.Status, x.Answer, x.Done, x.DoneBy = status, why, e.At, e.By.ID
	if c := s.Clock(x.Clock); status == TimeGranted {
		day := c.Day
		x.Until = &day
	}
	s.done(id, e)
}

// timeOver lets go of requests for more of a time that has ended.
func (s *State) timeOver(at time.Time) {
	for i := range s.TimeAsks {
		x := &s.TimeAsks[i]
		if c := s.Clock(x.Clock); x.Status != TimeOpen || c.Running() && !c.Overdue {
			continue
		}
		s.TimeAsks = slices.Clone(s.TimeAsks)
		s.TimeAsks[i].Status, s.TimeAsks[i].Done = TimeOver, at
		s.cancelTasks(at, func(t *Task) bool { return t.ID == x.ID })
	}
}

func (s *State) timeAsk(id string) *TimeAsk {
	for i := range s.TimeAsks {
		if s.TimeAsks[i].ID == id {
			return &s.TimeAsks[i]
		}
	}
	return nil
}

// timeAsked is the request that waits for an answer on a clock, nil: none.
func (s *State) timeAsked(clock string) *TimeAsk {
	for i := range s.TimeAsks {
		if x := &s.TimeAsks[i]; x.Clock == clock && x.Status == TimeOpen {
			return x
		}
	}
	return nil
}

// onRequest gives how a clock may grow longer on the applicant's request: one of his own
// times. nil: it does not. A head of government is above the parties of a case, and
// nobody's desk to wait with.
func (d *decider) onRequest(c *Clock) *extension {
	x := d.extensible(c)
	if x == nil || x.Role == RoleGovernmentHead {
		return nil
	}
	if t := d.s.Duty(c.Duty); x.law && (c.Duty == "" || t == nil || t.By != applicant) {
		return nil // an organ's
	}
	return x
}

// giver is whose it is to give more of a time (see mayExtend).
func (d *decider) giver(c *Clock, role string) (party, org, as string) {
	party = d.r.Plan.Def.Item.Lead
	switch {
	case role == RoleLead:
	case role == RoleClerk:
		party, _ = d.desk()
	case c.Late == lateFix:
		party = d.s.Duty(c.Duty).checker()
	case c.Step != "":
		n := d.r.node(d.s, c.Step)
		return n.By, cmp0(d.st(n).Org, d.s.Org(n.By)), role
	}
	if role == RoleClerk || role == RoleHandle {
		role = d.deskRole(party)
	}
	return party, d.s.Org(party), role
}

func judgeAskTime(d *decider, cmd *Command) (func(), *Rejection) {
	if !d.s.since(askedSince) {
		return nil, reject(NotOpen, "本案按收件时的规则办理，延期请向窗口提出", "this case runs by the rules it was received under; ask the window for more time").
			want("a case of a later engine", "an earlier one")
	}
	if !d.atDesk(cmd.By) {
		return nil, reject(NotAllowed, "延期由申请人申请，或由窗口代为登记", "the applicant asks for more time, or the window enters it for him").
			want("applicant", cmd.By.String())
	}
	c, rej := d.timeMeant(cmd)
	if rej != nil {
		return nil, rej
	}
	x := d.onRequest(c)
	switch {
	case x == nil:
		return nil, reject(NoExtension, "该时限不因申请而延长", "this time does not grow longer on request").want("a limit with extend", c.ID).at("clock")
	case !c.Running():
		return nil, reject(NotOpen, "该时限已结束", "this clock has ended").want("running", "ended").at("clock")
	case c.Overdue || !d.now.Before(c.Due):
		return nil, reject(TooLate, "已超过期限，不得再延长", "the due time has passed; it cannot be extended any more").
			want("before "+c.Due.Format(time.RFC3339), d.now.Format(time.RFC3339)).at("clock")
	case len(c.Extended) >= x.Times:
		return nil, reject(NoExtension, "延长次数已用完", "the extensions of this limit are used up").
			want("at most "+itoa(x.Times), itoa(len(c.Extended))).at("clock")
	case d.s.timeAsked(c.ID) != nil:
		return nil, reject(NotOpen, "已申请延期，等待答复", "more time has been asked for already and waits for an answer").want("a request not made yet", "open").at("clock")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if rej := x.proven(&cmd.Args); rej != nil {
		return nil, rej
	}
	if rej := d.anew(c, &cmd.Args); rej != nil {
		return nil, rej
	}
	party, org, role := d.giver(c, x.Role)
	e := TimeAsked{Ask: TimeAsk{
		ID: string(TaskTime) + "." + itoa(len(d.s.TimeAsks)+1), Clock: c.ID, Party: party, Org: org, Reason: strings.TrimSpace(cmd.Args.Reason), Evidence: cmd.Args.Evidence,
		At: d.now, By: cmd.By.ID, Day: c.Day, Status: TimeOpen,
	}}
	e.Task = Task{
		ID: e.Ask.ID, Kind: TaskTime, Step: c.Step, Round: c.Round, Party: party, Org: org, Role: role, About: c.Duty, Clock: c.ID, Status: TaskOpen, OpenedAt: d.now,
	}
	return func() { d.emit(e) }, nil
}

// anew refuses to ask again for what was refused: an answer stands until there is
// something new to answer, a reason not given before or proof not shown before. What
// is new is his to say and the giver's to judge; the same words only make him repeat it.
func (d *decider) anew(c *Clock, a *Args) *Rejection {
	if !d.s.since(12) {
		return nil
	}
	said, shown := false, map[string]bool{}
	for i := range d.s.TimeAsks {
		x := &d.s.TimeAsks[i]
		if x.Clock != c.ID || x.Status != TimeRefusal {
			continue
		}
		said = said || words(x.Reason) == words(a.Reason)
		for _, e := range x.Evidence {
			shown[e.Hash] = true
		}
	}
	if !said || slices.ContainsFunc(a.Evidence, func(e Evidence) bool { return !shown[e.Hash] }) {
		return nil
	}
	return reject(ReasonNeeded, "以同样理由申请延期已被答复不予延期；再次申请须写明新的理由或者附上新的证明",
		"more time was refused for this reason; to ask again give a new reason or new proof").
		want("a reason or proof not given before", "those that were refused").at("reason")
}

// words are a text without what does not make it another: spaces and marks.
func words(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text))
}

// timeMeant is the time an act asks more of: the one it names, or the only one that may grow.
func (d *decider) timeMeant(cmd *Command) (*Clock, *Rejection) {
	if id := cmd.Args.Clock; id != "" {
		if c := d.s.Clock(id); c != nil {
			return c, nil
		}
		return nil, reject(NotFound, "没有时限“"+id+"”", "there is no clock "+id).at("clock")
	}
	var own []*Clock
	for _, c := range d.s.Clocks {
		if c.Running() && d.onRequest(c) != nil {
			own = append(own, c)
		}
	}
	switch len(own) {
	case 0:
		return nil, reject(NoExtension, "现在没有可以申请延长的时限", "no time that could grow longer on request is running").want("a limit with extend", "none")
	case 1:
		return own[0], nil
	}
	ids := make([]string, len(own))
	for i, c := range own {
		ids[i] = c.ID
	}
	return nil, reject(BadData, "有多项时限可以申请延长，请指明一项", "several times could grow longer; name one").want("clock: one of "+strings.Join(ids, ", "), "none").at("clock")
}

func judgeRefuseTime(d *decider, cmd *Command) (func(), *Rejection) {
	x, rej := d.askMeant(cmd)
	if rej != nil {
		return nil, rej
	}
	c := d.s.Clock(x.Clock)
	if rej := d.mayExtend(cmd.By, c, d.onRequest(c).Role); rej != nil {
		return nil, rej
	}
	if rej := d.heldBy(x, cmd.By); rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	e := TimeRefused{Ask: x.ID, Clock: x.Clock, Reason: strings.TrimSpace(cmd.Args.Reason)}
	return func() { d.emit(e) }, nil
}

// askMeant is the request an act answers: by its task, by its clock, or the only one.
func (d *decider) askMeant(cmd *Command) (*TimeAsk, *Rejection) {
	var open []*TimeAsk
	for i := range d.s.TimeAsks {
		x := &d.s.TimeAsks[i]
		if x.Status == TimeOpen && (cmd.Task == "" || cmd.Task == x.ID) && (cmd.Args.Clock == "" || cmd.Args.Clock == x.Clock) {
			open = append(open, x)
		}
	}
	switch len(open) {
	case 0:
		return nil, reject(NotOpen, "没有待答复的延期申请", "no request for more time waits for an answer").want("an open request", "none").at("task")
	case 1:
		return open[0], nil
	}
	ids := make([]string, len(open))
	for i, x := range open {
		ids[i] = x.Clock
	}
	return nil, reject(BadData, "有多项延期申请，请指明一项", "several requests for more time are open; name one").want("clock: one of "+strings.Join(ids, ", "), "none").at("clock")
}

// heldBy refuses whoever answers a request somebody else has claimed.
func (d *decider) heldBy(x *TimeAsk, by Actor) *Rejection {
	if t := d.s.Task(x.ID); t.Claimed != "" && !by.is(t.Claimed) {
		return reject(Claimed, "这项工作已由他人认领", "somebody else has claimed this task").at(x.ID)
	}
	return nil
}

// asksOf adds to an extension what the applicant has asked for it with: his reason and
// what proves it hold where the act gives none of its own.
func (d *decider) asksOf(cmd *Command) {
	if t := d.s.Task(cmd.Task); t != nil && t.Kind == TaskTime && cmd.Args.Clock == "" {
		cmd.Args.Clock = t.Clock
	}
	x := d.s.timeAsked(cmd.Args.Clock)
	if x == nil {
		return
	}
	if strings.TrimSpace(cmd.Args.Reason) == "" {
		cmd.Args.Reason = x.Reason
	}
	if len(cmd.Args.Evidence) == 0 {
		cmd.Args.Evidence = x.Evidence
	}
}

// askedChoices are the requests an act may answer, by the time they ask for.
func (d *decider) askedChoices() (list []Choice) {
	for i := range d.s.TimeAsks {
		if x := &d.s.TimeAsks[i]; x.Status == TimeOpen {
			list = append(list, Choice{ID: x.Clock, Name: ClockName(d.r, d.s, x.Clock)})
		}
	}
	return list
}

// MoreTime says how much more of a time the applicant may ask for, and with what.
type MoreTime struct {
	Clock string          `json:"clock"`
	Time  calendar.Period `json:"time"`
	// Proof: only for force majeure, with what proves it.
	Proof bool `json:"proof,omitempty"`
	// By is the office that gives it.
	By calendar.Text `json:"by"`
}

// AskableTime gives what the applicant may ask for on a clock at an instant; nil: nothing.
func AskableTime(r *Rules, s *State, clock string, at time.Time) *MoreTime {
	d := looking(r, s, Actor{Kind: Applicant}, at)
	c := d.s.Clock(clock)
	if c == nil || d.judged(Command{Do: AskTime, By: d.by, Args: Args{Clock: clock, Reason: written, Evidence: []Evidence{{Name: written, Hash: strings.Repeat("0", 64)}}}}) != nil {
		return nil
	}
	x := d.onRequest(c)
	return &MoreTime{Clock: clock, Time: x.Time, Proof: x.proof, By: r.approver(d.s, c, x.Role)}
}

// TimeRow is a request as the dossier tells it.
type TimeRow struct {
	TimeAsk
	// Name is what the time is called that more is asked of.
	Name calendar.Text `json:"name"`
}

// timeRows lists the requests in the dossier.
func timeRows(r *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.TimeAsks {
		x := TimeRow{TimeAsk: s.TimeAsks[i], Name: ClockName(r, s, s.TimeAsks[i].Clock)}
		row := DossierRow{Kind: DossierTime, ID: x.ID, Org: x.Org, Status: x.Status, At: x.At, Delay: &x}
		if c := s.Clock(x.Clock); x.Status == TimeOpen {
			row.Step, row.Due = c.Step, c.Due
		}
		rows = append(rows, row)
	}
	return rows
}
