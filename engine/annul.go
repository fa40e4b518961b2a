package engine

import (
	"slices"
	"strings"
	"time"
)

// The notices of an annulment, and the task that asks for it.
const (
	NoticeAnnulled NoticeKind = "annulled" // 撤销决定书: an output does not stand
	NoticeKept     NoticeKind = "kept"     // 不予撤销告知书: an output stands
	TaskAnnul      TaskKind   = "annul"    // annul an output or keep it
)

// Annulment is the question whether an output stands, put to the organ that gave
// it because a duty was failed or not met in time (行政许可法第六十九条).
type Annulment struct {
	ID     string    `json:"id"`
	Output string    `json:"output"`
	Step   string    `json:"step"`
	Org    string    `json:"org"`
	Duty   string    `json:"duty,omitempty"`
	Why    string    `json:"why"`    // late | failed
	Status string    `json:"status"` // open | annulled | kept
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Done   time.Time `json:"done,omitzero"`
	Reason string    `json:"reason,omitempty"`
	Basis  string    `json:"basis,omitempty"`
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
	s.Annulments = append(slices.Clip(s.Annulments), b.Annulment)
	s.putTasks([]Task{b.Task})
}

func (b AnnulmentDecided) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.Annulments = slices.Clone(s.Annulments)
	for i := range s.Annulments {
		if a := &s.Annulments[i]; a.ID == b.Annulment {
			a.Status, a.By, a.Done, a.Reason, a.Basis = b.Status, e.By.ID, e.At, b.Reason, b.Basis
		}
	}
	s.Notices = append(s.Notices, b.Notice)
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

// openAnnulment asks the organ that gave an output whether it stands; once at a
// time, and not of what is annulled.
func (d *decider) openAnnulment(output, duty, why string) {
	i := slices.IndexFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == output })
	if i < 0 || !d.s.Outputs[i].Annulled.IsZero() ||
		slices.ContainsFunc(d.s.Annulments, func(a Annulment) bool { return a.Output == output && a.Status == AnnulOpen }) {
		return
	}
	nth := 1
	for _, a := range d.s.Annulments {
		if a.Output == output {
			nth++
		}
	}
	o := &d.s.Outputs[i]
	n := d.r.Plan.Node(o.Step)
	last := n.Work().Chain[len(n.Work().Chain)-1].Roles
	id := "annul." + output + round(nth)
	d.emit(AnnulmentOpened{
		Annulment: Annulment{ID: id, Output: output, Step: o.Step, Org: o.Org, Duty: duty, Why: why, Status: AnnulOpen, At: d.now},
		Task: Task{
			ID: id, Kind: TaskAnnul, Party: n.By, Org: o.Org, Role: last[len(last)-1].Role, About: output, Status: TaskOpen, OpenedAt: d.now,
		},
	})
}

func judgeAnnul(d *decider, cmd *Command) (func(), *Rejection) {
	if id := cmd.Args.Output; id != "" && cmd.Task == "" {
		if !d.given(id) {
			return nil, reject(NotFound, "本案没有结果“"+id+"”", "this case has no output "+id).at("output")
		}
		i := slices.IndexFunc(d.s.Annulments, func(a Annulment) bool { return a.Output == id && a.Status == AnnulOpen })
		if i < 0 {
			return nil, reject(NotOpen, "没有对“"+id+"”提出撤销", "no annulment of "+id+" is open").want("an open annulment", "none").at("output")
		}
		cmd.Task = d.s.Annulments[i].ID
	}
	t, rej := d.task(cmd, TaskAnnul)
	if rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
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
	i := slices.IndexFunc(d.s.Annulments, func(a Annulment) bool { return a.ID == t.ID })
	e.Notice = Notice{ID: string(kind) + "." + t.ID, Kind: kind, To: applicant, Step: d.s.Annulments[i].Step, At: d.now, Text: cmd.Args.Reason}
	return func() { d.emit(e) }, nil
}
