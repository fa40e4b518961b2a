package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// Pre-review (预审): what was filed online is looked at by the window before it counts
// as received. It has a time of its own and ends with the receipt, whoever did what:
//
//	         clear, or the time is over
//	filed ───────────────────────────────────────▶ received: the intake begins, all clocks with it
//	  │ gap: once                       ▲   ▲
//	  └─────────▶ returned ── answer ───┘   │  looked at again
//	                 └── the applicant's time is over
//
// Nothing is refused before the receipt: only the window's look comes earlier.

// PreReview is the status of a case that is filed and not received yet.
const PreReview Status = "pre-review"

// The phases of an intake before the receipt.
const (
	Previewing IntakePhase = "previewing" // the window looks
	GivenBack  IntakePhase = "returned"   // the applicant puts right what it named
)

// NoticePreReview is 预审意见: what the window found before the receipt. It is not the
// one notice, which is still to come.
const NoticePreReview NoticeKind = "pre-review"

// lateReceive: the case goes to the window as received.
const lateReceive = "receive"

var preReviewBodies = []newBody{body[PreReviewOpened](), body[PreReviewReturned](), body[PreReviewAnswered](), body[CaseReceived]()}

// beforeReceipt are the acts a case takes before it is received.
var beforeReceipt = []Act{
	Gap, Clear, Answer, Withdraw, Terminate, Claim, Release, Assign, Transfer, Delegate, GiveBack, Urge, Copy, Read, Comment, HandOver, Deliver,
	Recalendar, Vacate, Fill,
}

// PreReviewOpened asks the window to look.
type PreReviewOpened struct {
	Step   string      `json:"step"`
	Intake IntakeState `json:"intake"`
	Clocks []Clock     `json:"clocks"`
	Tasks  []Task      `json:"tasks"`
}

// PreReviewReturned gives the filing back to the applicant, once.
type PreReviewReturned struct {
	Step   string      `json:"step"`
	Task   string      `json:"task"`
	Intake IntakeState `json:"intake"`
	Notice Notice      `json:"notice"`
	Clocks []Clock     `json:"clocks,omitempty"`
	Tasks  []Task      `json:"tasks"`
}

// PreReviewAnswered records what the applicant has put right.
type PreReviewAnswered struct {
	Step    string         `json:"step"`
	Task    string         `json:"task"`
	Intake  IntakeState    `json:"intake"`
	Papers  []PaperState   `json:"papers,omitempty"`
	Answers map[string]any `json:"answers,omitempty"` // all answers, when they changed
	Form    map[string]any `json:"form,omitempty"`    // the whole form, when it changed
	Clocks  []Clock        `json:"clocks"`
	Tasks   []Task         `json:"tasks"`
}

// CaseReceived is the receipt of a case that was looked at before.
type CaseReceived struct {
	Step   string  `json:"step"`
	Task   string  `json:"task,omitempty"`
	Why    string  `json:"why"`              // cleared | time
	Clocks []Clock `json:"clocks,omitempty"` // case clocks from receipt
}

// Type is the name in the log.
func (PreReviewOpened) Type() string { return "PreReviewOpened" }

// Type is the name in the log.
func (PreReviewReturned) Type() string { return "PreReviewReturned" }

// Type is the name in the log.
func (PreReviewAnswered) Type() string { return "PreReviewAnswered" }

// Type is the name in the log.
func (CaseReceived) Type() string { return "CaseReceived" }

func (b PreReviewOpened) apply(s *State, _ *Event) {
	s.setIntake(b.Step, b.Intake)
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b PreReviewReturned) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.done(b.Task, e)
	s.endClocks(e.At, "returned", func(c *Clock) bool { return c.Late == lateReceive })
	s.Notices = add(s.Notices, b.Notice)
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b PreReviewAnswered) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.done(b.Task, e)
	s.endClocks(e.At, "answered", func(c *Clock) bool { return c.Late == lateReceive })
	s.putPapers(b.Papers)
	if b.Answers != nil {
		s.Answers = b.Answers
	}
	if b.Form != nil {
		s.Form = b.Form
	}
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b CaseReceived) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.must(b.Step).Intake = nil
	s.cancelTasks(e.At, func(t *Task) bool { return t.Step == b.Step })
	s.endClocks(e.At, b.Why, func(c *Clock) bool { return c.Late == lateReceive })
	s.Status, s.FiledAt, s.ReceivedAt = Received, s.ReceivedAt, e.At
	if e.By.Kind == Person {
		s.tookIn(e.By)
	}
	s.putClocks(b.Clocks)
}

// CameIn says whether the case was received: not while it is pre-reviewed, and not
// when it was taken back before that.
func (s *State) CameIn() bool { return !s.PreReviewed || !s.FiledAt.IsZero() }

// previewed says whether a filing by a channel is looked at before it is received:
// what nobody of the window has in hand.
func previewed(n *definition.Node, channel string) bool {
	return n != nil && n.Intake.PreReview != nil && slices.Contains([]string{"online", "mobile", "push"}, channel)
}

// preReview asks the window to look, when nobody has yet.
func (d *decider) preReview() {
	n := d.intake()
	if d.st(n).Intake == nil {
		clocks, tasks := d.previewAsked(n, 1)
		d.emit(PreReviewOpened{Step: n.ID, Intake: IntakeState{Phase: Previewing}, Clocks: clocks, Tasks: tasks})
	}
}

func (d *decider) previewAsked(n *definition.Node, nth int) ([]Clock, []Task) {
	c := d.clock(Clock{
		ID: n.ID + ".preReview" + round(nth), Class: Promised, Step: n.ID, Round: nth, Period: *n.Intake.PreReview, Late: lateReceive, Start: d.now, From: "filing",
	})
	if nth > 1 {
		c.From, c.Ledger[0].Why = "answer", "answer"
	}
	return []Clock{c}, []Task{{
		ID: n.ID + ".preReview" + round(nth), Kind: TaskLook, Step: n.ID, Round: nth, Party: n.By, Org: d.s.Org(n.By), Role: d.deskRole(n.By), Clock: c.ID,
		Status: TaskOpen, OpenedAt: d.now,
	}}
}

// judgePreview judges gap and clear before the receipt.
func judgePreview(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskLook)
	if rej != nil {
		return nil, rej
	}
	n, task := d.r.node(d.s, t.Step), t.ID
	if cmd.Do == Clear {
		return func() { d.receive("cleared", task) }, nil
	}
	in := *d.st(n).Intake
	if in.Notice != "" {
		return nil, reject(OneNotice, "预审只能退回一次，应当收件；收件后仍可一次性告知补正", "the pre-review has given it back once; it is to be received, and the one notice is still to come").
			want("clear", "gap").at(n.ID)
	}
	if rej := d.gapLines(cmd.Args.Lines); rej != nil {
		return nil, rej
	}
	lines := cmd.Args.Lines
	return func() {
		in.Phase, in.Notice, in.Lines = GivenBack, string(NoticePreReview), merge(nil, lines, n.By)
		slices.SortStableFunc(in.Lines, func(a, b NamedLine) int { return d.guideOrder(a.Of) - d.guideOrder(b.Of) })
		e := PreReviewReturned{Step: n.ID, Task: task, Intake: in, Notice: Notice{
			ID: in.Notice, Kind: NoticePreReview, To: applicant, Step: n.ID, At: d.now, Lines: in.Lines,
		}, Tasks: []Task{{ID: n.ID + ".preAnswer", Kind: TaskAnswer, Step: n.ID, Round: 1, Party: applicant, Status: TaskOpen, OpenedAt: d.now}}}
		if a := n.Intake.Answer; a != nil {
			c := d.clock(Clock{ID: n.ID + ".preAnswer", Class: Promised, Step: n.ID, Round: 1, Period: a.Time, Late: lateReceive, Start: d.now, From: "notice"})
			e.Clocks, e.Notice.Clock, e.Tasks[0].Clock = []Clock{c}, c.ID, c.ID
		}
		d.emit(e)
	}, nil
}

// judgePreAnswer judges what the applicant puts right before the receipt: anything may
// be changed (3.10.1), and whatever is still missing is the window's to see.
func judgePreAnswer(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskAnswer)
	if rej != nil {
		return nil, rej
	}
	n, task := d.r.node(d.s, t.Step), t.ID
	a := &cmd.Args
	if len(a.Papers)+len(a.Statements)+len(a.Answers)+len(a.Form) == 0 {
		return nil, reject(BadData, "须提交材料或说明", "hand in a paper or a statement").want("papers or statements", "none").at("papers")
	}
	changed, rej := d.revise(a, true)
	if rej != nil {
		return nil, rej
	}
	in := *d.st(n).Intake
	in.Lines = slices.Clone(in.Lines)
	for _, st := range a.Statements {
		i := slices.IndexFunc(in.Lines, func(l NamedLine) bool { return l.Of == st.Of })
		if i < 0 || strings.TrimSpace(st.Text) == "" {
			return nil, reject(BadData, "“"+st.Of+"”不在预审意见中，或说明为空", st.Of+" was not named, or the statement is empty").at("statements." + st.Of)
		}
		in.Lines[i].Answered, in.Lines[i].Statement = true, st.Text
	}
	for i := range in.Lines {
		if slices.ContainsFunc(a.Papers, func(p PaperIn) bool { return p.ID == in.Lines[i].Of }) {
			in.Lines[i].Answered = true
		}
	}
	return func() {
		in.Phase = Previewing
		clocks, tasks := d.previewAsked(n, 2)
		d.emit(PreReviewAnswered{
			Step: n.ID, Task: task, Intake: in, Papers: changed.papers, Answers: changed.answers, Form: changed.form, Clocks: clocks, Tasks: tasks,
		})
		d.retractions()
	}, nil
}

// receive is the receipt: everything that counts from it begins now.
func (d *decider) receive(why, task string) {
	n := d.intake()
	d.emit(CaseReceived{Step: n.ID, Task: task, Why: why, Clocks: d.caseClocks("receipt", d.now)})
}
