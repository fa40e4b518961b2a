package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Public postings (公示, rules 3.4.8, 3.6.1; 行政许可法第三十六、四十六条): what is shown
// hangs for a time, objections are recorded and judged one by one.
//
//	          post        time over, all judged
//	to post ───────▶ hung ─────────────────────▶ ended
//	   ▲               │ the last open objection is judged and one is upheld
//	   └── next round ─┘ (a return by `back`, at most `times`; else a record for readers)

// The acts of a posting.
const (
	Post    Act = "post"
	Object  Act = "object"
	Uphold  Act = "uphold"
	Dismiss Act = "dismiss"
)

var postingActs = []Act{Post, Object, Uphold, Dismiss}

var postingJudges = map[Act]judge{Post: judgePost, Object: judgeObject, Uphold: judgeJudged, Dismiss: judgeJudged}

var postingBodies = []newBody{body[Posted](), body[PostingOver](), body[Objected](), body[ObjectionJudged]()}

// The tasks of a posting.
const (
	TaskPost      TaskKind = "post"      // hang it out
	TaskObjection TaskKind = "objection" // uphold or dismiss an objection
)

// NoticePosting is the text that hangs (公示公告).
const NoticePosting NoticeKind = "posting"

// latePosting: the time a posting hangs is over.
const latePosting = "posting"

// PostingState is one round of a posting.
type PostingState struct {
	// PostedAt is when it was hung out, zero before; Until its last day.
	PostedAt time.Time     `json:"postedAt,omitzero"`
	Until    calendar.Date `json:"until,omitzero"`
	Where    []string      `json:"where"`
	Shows    []Shown       `json:"shows,omitempty"`
	// Proof refers to the photograph, page or the like that shows it hanging.
	Proof string `json:"proof,omitempty"`
	// OverAt is when its time was over.
	OverAt     time.Time         `json:"overAt,omitzero"`
	Objections []PublicObjection `json:"objections,omitempty"`
}

// PublicObjection is one objection of an interested party.
type PublicObjection struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// By is the account that recorded it, Org its organisation; Who says who objects.
	By   string `json:"by"`
	Org  string `json:"org"`
	Who  string `json:"who,omitempty"`
	Text string `json:"text"`
	// Answer is uphold or dismiss, empty while it is open.
	Answer   Act       `json:"answer,omitempty"`
	JudgedBy string    `json:"judgedBy,omitempty"`
	JudgedAt time.Time `json:"judgedAt,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	// To and Steps are where an upheld objection sends the case, and what is to be
	// done again; Kept says that it could send it nowhere and is a record for readers.
	To    string   `json:"to,omitempty"`
	Steps []string `json:"steps,omitempty"`
	Kept  bool     `json:"kept,omitempty"`
}

// open lists what a posting left to its readers: the upheld objections that sent
// the case nowhere.
func (p *PostingState) open() []PublicObjection {
	return slices.DeleteFunc(slices.Clone(p.Objections), func(o PublicObjection) bool { return o.Answer != Uphold })
}

// hangsUntil keeps the last day of a posting that its clock measures.
func (s *State) hangsUntil(c *Clock) {
	if c.Late != latePosting {
		return
	}
	if st := s.Step(c.Step); st != nil && st.Posting != nil && st.Round == c.Round && st.Posting.OverAt.IsZero() {
		st = s.must(c.Step)
		p := *st.Posting
		p.Until = c.Day
		st.Posting = &p
	}
}

// hangLonger lets what stands still while a posting hangs stand still for the days a
// calendar has added to it, within the pause's most: with a notice of its own, since
// another day was told (3.8.7).
func (d *decider) hangLonger() {
	for _, n := range d.r.Plan.Nodes {
		if n.Publicity == nil || d.st(n).Status != Open {
			continue
		}
		st := d.st(n)
		run := d.s.pauseOf(n.ID)
		if p := st.Posting; run != nil && !p.PostedAt.IsZero() && p.OverAt.IsZero() && p.Until > run.Until {
			d.standStill(n, n.Publicity.Pause, p.Until, run.Reason, run.Document)
		}
	}
}

// judged says whether every objection is judged.
func (p *PostingState) judged() bool {
	return !slices.ContainsFunc(p.Objections, func(o PublicObjection) bool { return o.Answer == "" })
}

// Posted hangs a posting out.
type Posted struct {
	Step    string       `json:"step"`
	Task    string       `json:"task"`
	Posting PostingState `json:"posting"`
	Clock   Clock        `json:"clock"`
	Notice  Notice       `json:"notice"`
}

// PostingOver says that the time a posting hangs is over.
type PostingOver struct {
	Step  string `json:"step"`
	Clock string `json:"clock"`
}

// Objected records an objection of an interested party.
type Objected struct {
	Step      string          `json:"step"`
	Objection PublicObjection `json:"objection"`
	Task      Task            `json:"task"`
}

// ObjectionJudged upholds or dismisses an objection.
type ObjectionJudged struct {
	Step      string          `json:"step"`
	Task      string          `json:"task"`
	Objection PublicObjection `json:"objection"`
}

// Type is the name in the log.
func (Posted) Type() string { return "Posted" }

// Type is the name in the log.
func (PostingOver) Type() string { return "PostingOver" }

// Type is the name in the log.
func (Objected) Type() string { return "Objected" }

// Type is the name in the log.
func (ObjectionJudged) Type() string { return "ObjectionJudged" }

func (b Posted) apply(s *State, e *Event) {
	p := b.Posting
	s.must(b.Step).Posting = &p
	s.done(b.Task, e)
	s.putClocks([]Clock{b.Clock})
	s.Notices = add(s.Notices, b.Notice)
}

func (b PostingOver) apply(s *State, e *Event) {
	st := s.must(b.Step)
	p := *st.Posting
	p.OverAt = e.At
	st.Posting = &p
	s.endClocks(e.At, "over", func(c *Clock) bool { return c.ID == b.Clock })
}

func (b Objected) apply(s *State, _ *Event) {
	st := s.must(b.Step)
	p := *st.Posting
	p.Objections = add(p.Objections, b.Objection)
	st.Posting = &p
	s.putTasks([]Task{b.Task})
}

func (b ObjectionJudged) apply(s *State, e *Event) {
	st := s.must(b.Step)
	p := *st.Posting
	p.Objections = slices.Clone(p.Objections)
	for i := range p.Objections {
		if p.Objections[i].ID == b.Objection.ID {
			p.Objections[i] = b.Objection
		}
	}
	st.Posting = &p
	s.done(b.Task, e)
}

// openPosting prepares a round of a posting: its task to hang it out.
func (d *decider) openPosting(n *definition.Node, nth int, org string) (*PostingState, []Task) {
	return &PostingState{Where: n.Publicity.Where}, []Task{{
		ID: n.ID + round(nth) + ".post", Kind: TaskPost, Step: n.ID, Round: nth, Party: n.By, Org: org, Role: d.deskRole(n.By),
		Clock: d.taskClock(n, nth), Status: TaskOpen, OpenedAt: d.now,
	}}
}

func judgePost(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskPost)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := d.gate(n); rej != nil {
		return nil, rej
	}
	proof, task := strings.TrimSpace(cmd.Args.Proof), t.ID
	return func() {
		nth := d.st(n).Round
		c := d.clock(Clock{
			ID: n.ID + ".posting" + round(nth), Class: Promised, Step: n.ID, Round: nth, Period: n.Publicity.Time, Late: latePosting, Start: d.now, From: "start",
		})
		p := PostingState{PostedAt: d.now, Until: c.Day, Where: n.Publicity.Where, Proof: proof}
		for _, path := range n.Publicity.Shows {
			p.Shows = append(p.Shows, shown(d.r.Plan.Def.Form, d.s.Form, path)...)
		}
		lines := make([]string, 0, len(p.Shows))
		for _, x := range p.Shows {
			lines = append(lines, x.Title+"："+x.Text)
		}
		until := c.Day
		notice := Notice{
			ID: "posting." + n.ID + round(nth), Kind: NoticePosting, To: "public", Step: n.ID, At: d.now, Clock: c.ID,
			Text: strings.Join(lines, "；"), Until: &until,
		}
		d.emit(Posted{Step: n.ID, Task: task, Posting: p, Clock: c, Notice: notice})
		d.standStill(n, n.Publicity.Pause, c.Day, cmp0(n.Name, n.ID), notice.ID)
	}, nil
}

func judgeObject(d *decider, cmd *Command) (func(), *Rejection) {
	n, rej := d.hung(cmd)
	if rej != nil {
		return nil, rej
	}
	st := d.st(n)
	switch {
	case !d.atDesk(cmd.By) && !d.may(cmd.By, st.Org, d.deskRole(n.By)):
		return nil, reject(NotAllowed, "利害关系人的异议由窗口或公示单位登记", "objections of interested parties are recorded by the window or by the party that posts").
			want(n.By+"."+d.deskRole(n.By)+", or the window", cmd.By.String()).at(n.ID)
	case cmd.By.Kind == Applicant:
		return nil, reject(NotAllowed, "申请人不能对本案的公示提出异议", "the applicant cannot object to his own case's posting").want("an interested party", "applicant").at(n.ID)
	case st.Posting.PostedAt.IsZero():
		return nil, reject(NotOpen, "尚未公示", "nothing hangs yet").want("posted", "not posted").at(n.ID)
	case !st.Posting.OverAt.IsZero():
		return nil, reject(TooLate, "公示期已满，不再登记异议", "the posting's time is over; no objection is recorded any more").
			want("until "+st.Posting.Until.String(), on(d.now).String()).at(n.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	o := PublicObjection{
		ID: n.ID + round(st.Round) + "/" + itoa(len(st.Posting.Objections)+1), At: d.now, By: cmd.By.ID, Org: cmd.By.Org,
		Who: strings.TrimSpace(cmd.Args.Name), Text: cmd.Args.Reason,
	}
	return func() {
		d.emit(Objected{Step: n.ID, Objection: o, Task: Task{
			ID: o.ID, Kind: TaskObjection, Step: n.ID, Round: st.Round, Party: n.By, Org: st.Org, Role: d.deskRole(n.By), About: o.ID,
			Clock: d.taskClock(n, st.Round), Status: TaskOpen, OpenedAt: d.now,
		}})
	}, nil
}

// hung is the posting an objection is meant for: the one named, or the only one open.
func (d *decider) hung(cmd *Command) (*definition.Node, *Rejection) {
	var found []*definition.Node
	for _, n := range d.r.Plan.Nodes {
		if n.Publicity != nil && d.st(n).Status == Open && (cmd.Step == "" || n.ID == cmd.Step) {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, reject(BadData, "有多项公示，请指明环节", "several postings hang; name the step").want("step", "none").at("step")
	}
	return nil, reject(NotOpen, "现在没有正在公示的内容", "nothing is posted now").want("an open posting", "none").at(cmd.Step)
}

func judgeJudged(d *decider, cmd *Command) (func(), *Rejection) {
	if cmd.Task == "" {
		cmd.Task = cmd.Args.Objection
	}
	t, rej := d.task(cmd, TaskObjection)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	p := d.st(n).Posting
	i := slices.IndexFunc(p.Objections, func(o PublicObjection) bool { return o.ID == t.About })
	if cmd.Task == "" && slices.ContainsFunc(p.Objections, func(o PublicObjection) bool { return o.Answer == "" && o.ID != t.About }) {
		return nil, reject(BadData, "有多项异议，请指明一项", "several objections are open; name one").want("objection", "none").at("objection")
	}
	o := p.Objections[i]
	o.Answer, o.JudgedBy, o.JudgedAt, o.Reason = cmd.Do, cmd.By.ID, d.now, cmd.Args.Reason
	if cmd.Do == Uphold {
		if rej := d.upheld(n, &o, cmd.Args.To, cmd.Args.Steps); rej != nil {
			return nil, rej
		}
	}
	e := ObjectionJudged{Step: n.ID, Task: t.ID, Objection: o}
	return func() { d.emit(e) }, nil
}

// upheld says where an upheld objection sends the case. Where nothing is declared,
// the times are used up, or nothing there could be done again, it is a record for
// readers (3.4.8).
func (d *decider) upheld(n *definition.Node, o *PublicObjection, to string, steps []string) *Rejection {
	if len(n.Publicity.Back) == 0 || d.st(n).Returns >= n.Publicity.Times {
		o.Kept = true
		return nil
	}
	if to == "" && len(n.Publicity.Back) == 1 {
		to = n.Publicity.Back[0]
	}
	if !slices.Contains(n.Publicity.Back, to) {
		return reject(NoReturn, "不能退回到“"+to+"”", "a return to "+cmp0(to, "nowhere")+" is not declared").
			want(strings.Join(n.Publicity.Back, ", "), cmp0(to, "none")).at("to")
	}
	o.To, o.Steps = to, steps
	if _, rej := d.returnOf(n, to, steps); rej != nil {
		if len(steps) > 0 {
			return rej
		}
		o.Kept = true
	}
	return nil
}

// returnOf works out the return by a posting. Without steps named, all that can be
// done again inside the target is.
func (d *decider) returnOf(n *definition.Node, to string, steps []string) (Returned, *Rejection) {
	target := d.r.Plan.Node(to)
	if len(steps) > 0 {
		return d.stretch(n, target, steps)
	}
	var named []string
	for _, m := range d.nodes() {
		if m.Within(target) && redoable(m) && d.st(m).Status == Ended && !d.signedAfter(m) && d.st(m).End != EndWithdrawn {
			if again, _ := d.redo(m, d.st(m), true); again {
				named = append(named, m.ID)
			}
		}
	}
	return d.stretch(n, target, named)
}

// postings carries open postings on: a return once all objections are judged and
// one is upheld, the end once the time is over.
func (d *decider) postings() {
	for _, n := range d.r.Plan.Postings {
		if d.st(n).Status != Open {
			continue
		}
		p := d.st(n).Posting
		if !p.judged() {
			continue
		}
		if d.sendBackByPosting(n, p) {
			continue
		}
		if !p.OverAt.IsZero() {
			d.endSpecial(n, "over")
		}
	}
}

// sendBackByPosting returns the case where an upheld objection sends it.
func (d *decider) sendBackByPosting(n *definition.Node, p *PostingState) bool {
	for _, o := range p.Objections {
		if o.Answer != Uphold || o.Kept {
			continue
		}
		e, rej := d.returnOf(n, o.To, o.Steps)
		if rej != nil { // what could be done again then cannot be any more
			continue
		}
		e.Reason = o.Reason
		d.emit(e)
		return true
	}
	return false
}
