package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
)

// The notices of an annulment, and the task that asks for it.
const (
	NoticeAnnulled NoticeKind = "annulled" // 撤销决定书: an output does not stand
	NoticeKept     NoticeKind = "kept"     // 不予撤销告知书: an output stands
	TaskAnnul      TaskKind   = "annul"    // annul an output or keep it
)

// Annulment is the question whether an output stands, put to the organ that gave
// it: because a duty was failed or not met in time, or because the organ itself, or
// the one above it, asks it on a ground of the law (行政许可法第六十九条; challenge.go).
// Org is who decides it.
type Annulment struct {
	ID     string    `json:"id"`
	Output string    `json:"output"`
	Step   string    `json:"step"`
	Org    string    `json:"org"`
	Duty   string    `json:"duty,omitempty"`
	Why    string    `json:"why"`    // late | failed | ground
	Status string    `json:"status"` // open | annulled | kept
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Done   time.Time `json:"done,omitzero"`
	Reason string    `json:"reason,omitempty"`
	Basis  string    `json:"basis,omitempty"`
	// Asked is set where the organ has asked it on a ground.
	Asked *Asking `json:"asked,omitempty"`
	// Day is the last day the holder is waited for where a duty has opened it, Until its end; zero in cases
	// of an engine version that did not wait. Where the organ asks, they are Asked's.
	Day   calendar.Date `json:"day,omitzero"`
	Until time.Time     `json:"until,omitzero"`
	// Defences are what the applicant has said against it.
	Defences []Defence `json:"defences,omitempty"`
}

// The words of an annulment.
const (
	AnnulOpen = "open"
	Annulled  = "annulled"
	AnnulKept = "kept"
)

// AnnulmentOpened asks the organ that gave an output whether it stands.
type AnnulmentOpened struct {
	Annulment Annulment `json:"annulment"`
	Task      Task      `json:"task"`
	// Notice tells the applicant why, and of his right to be heard; nil in cases of an engine version that
	// told him only where the organ asked.
	Notice *Notice `json:"notice,omitempty"`
}

// AnnulmentDecided is the organ's answer; a notice tells the applicant.
type AnnulmentDecided struct {
	Annulment string `json:"annulment"`
	Output    string `json:"output"`
	Status    string `json:"status"` // annulled | kept
	Reason    string `json:"reason"`
	Basis     string `json:"basis,omitempty"`
	Task      string `json:"task"`
	Notice    Notice `json:"notice"`
}

// Type names the event in the log.
func (AnnulmentOpened) Type() string { return "AnnulmentOpened" }

// Type names the event in the log.
func (AnnulmentDecided) Type() string { return "AnnulmentDecided" }

func (b AnnulmentOpened) apply(s *State, _ *Event) {
	s.Annulments = add(s.Annulments, b.Annulment)
	s.putTasks([]Task{b.Task})
	if b.Notice != nil {
		s.Notices = add(s.Notices, *b.Notice)
	}
}

func (b AnnulmentDecided) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.Annulments = slices.Clone(s.Annulments)
	for i := range s.Annulments {
		if a := &s.Annulments[i]; a.ID == b.Annulment {
			a.Status, a.By, a.Done, a.Reason, a.Basis = b.Status, e.By.ID, e.At, b.Reason, b.Basis
		}
	}
	s.Notices = add(s.Notices, b.Notice)
	if b.Status != Annulled {
		return
	}
	s.Outputs = slices.Clone(s.Outputs)
	for i := range s.Outputs {
		if o := &s.Outputs[i]; o.ID == b.Output {
			o.Annulled = e.At
		}
	}
	s.Hands = slices.Clone(s.Hands)
	for i := range s.Hands { // what is annulled is not handed out any more
		if h := &s.Hands[i]; h.ID == b.Output && h.Done.IsZero() {
			h.Void = e.At
			s.cancelTasks(e.At, func(k *Task) bool { return k.Kind == TaskHand && k.About == b.Output })
			s.endClocks(e.At, Annulled, func(c *Clock) bool { return c.Late == lateHand && c.ID == "hand."+b.Output })
		}
	}
}

// openAnnulment asks the organ that gave an output whether it stands, because of a
// duty; once at a time, and not of what is annulled. The holder is told why, in the
// words of whoever has judged the duty, and may state his case first: the law gives
// that right against every such decision (行政许可法第七条), whatever has led to it.
func (d *decider) openAnnulment(output, duty, why, reason string) {
	i := slices.IndexFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == output })
	if i < 0 || !d.s.Outputs[i].Annulled.IsZero() || d.s.inQuestion(output) != nil {
		return
	}
	e := d.annulment(&d.s.Outputs[i], Annulment{Duty: duty, Why: why})
	if d.s.since(2) {
		due := d.r.Calendar.Due(d.now, defenceTime, nil)
		e.Annulment.Day, e.Annulment.Until = due.Day, due.At
		e.Notice = annulling(&e.Annulment, reason)
	}
	d.emit(e)
}

// annulling is what tells the holder that his result may be annulled, and until when he is heard.
func annulling(a *Annulment, text string) *Notice {
	day, _ := a.Hearing()
	return &Notice{ID: string(NoticeAnnulling) + "." + a.ID, Kind: NoticeAnnulling, To: applicant, Step: a.Step, At: a.At, Text: text, Until: &day}
}

// Hearing is the last day the holder of the result is waited for before it may be annulled, and its end;
// zero where he is not.
func (a *Annulment) Hearing() (calendar.Date, time.Time) {
	if a.Asked != nil {
		return a.Asked.Day, a.Asked.Until
	}
	return a.Day, a.Until
}

// inQuestion is the open annulment of an output, nil when there is none.
func (s *State) inQuestion(output string) *Annulment {
	for i := range s.Annulments {
		if a := &s.Annulments[i]; a.Output == output && a.Status == AnnulOpen {
			return a
		}
	}
	return nil
}

// annulment is the question as it is put to whoever had the last word on an output.
func (d *decider) annulment(o *OutputState, a Annulment) AnnulmentOpened {
	nth := 1
	for _, a := range d.s.Annulments {
		if a.Output == o.ID {
			nth++
		}
	}
	n := d.r.Plan.Node(o.Step)
	last := n.Work().Chain[len(n.Work().Chain)-1].Roles
	a.ID, a.Output, a.Step, a.Org, a.Status, a.At = "annul."+o.ID+round(nth), o.ID, o.Step, o.Org, AnnulOpen, d.now
	return AnnulmentOpened{
		Annulment: a,
		Task: Task{
			ID: a.ID, Kind: TaskAnnul, Party: n.By, Org: o.Org, Role: last[len(last)-1].Role, About: o.ID, Status: TaskOpen, OpenedAt: d.now,
		},
	}
}

func judgeAnnul(d *decider, cmd *Command) (func(), *Rejection) {
	if id := cmd.Args.Output; id != "" && cmd.Task == "" {
		if !d.given(id) {
			return nil, reject(NotFound, "本案没有结果“"+id+"”", "this case has no output "+id).at("output")
		}
		a := d.s.inQuestion(id)
		if a == nil {
			return nil, reject(NotOpen, "没有对“"+id+"”提出撤销", "no annulment of "+id+" is open").want("an open annulment", "none").at("output")
		}
		cmd.Task = a.ID
	}
	t, rej := d.task(cmd, TaskAnnul)
	if rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	i := slices.IndexFunc(d.s.Annulments, func(a Annulment) bool { return a.ID == t.ID })
	if rej := d.s.Annulments[i].heard(d.now); rej != nil && cmd.Do == Annul {
		return nil, rej
	}
	e := AnnulmentDecided{Annulment: t.ID, Output: t.About, Status: AnnulKept, Reason: cmd.Args.Reason, Basis: cmd.Args.Basis, Task: t.ID}
	kind := NoticeKept
	if cmd.Do == Annul {
		if strings.TrimSpace(cmd.Args.Basis) == "" {
			return nil, reject(ReasonNeeded, "撤销须写明法律依据", "an annulment needs its legal basis").want("basis", "none").at("basis").under("69")
		}
		e.Status, kind = Annulled, NoticeAnnulled
	}
	asked := d.s.Annulments[i]
	e.Notice = Notice{ID: string(kind) + "." + t.ID, Kind: kind, To: applicant, Step: asked.Step, At: d.now, Text: cmd.Args.Reason}
	organ := asked.Asked != nil && asked.Asked.Org != ""
	if organ {
		e.Notice.Org = asked.Org
	}
	return func() {
		d.emit(e)
		if organ {
			d.tellGranting(&asked, string(kind), cmd.Args.Reason)
		}
		if d.s.Status == Closed && d.s.since(provenSince) { // nobody has to see to it any more that it comes
			d.deliveries()
		}
	}, nil
}
