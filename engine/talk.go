package engine

import (
	"slices"
	"strings"
	"time"
)

// Talk beside the work: a colleague or another organisation is consulted without
// the task moving, copies go out for information, remarks are left on the case.
// None of it opens, ends or delays anything.

// The acts of talk.
const (
	Consult Act = "consult" // 征询
	Reply   Act = "reply"   // 答复征询
	Copy    Act = "copy"    // 抄送
	Read    Act = "read"    // 已阅
	Comment Act = "comment" // 留言
)

var talkActs = []Act{Consult, Reply, Copy, Read, Comment}

var talkJudges = map[Act]judge{Consult: judgeConsult, Reply: judgeReply, Copy: judgeCopy, Read: judgeRead, Comment: judgeComment}

var talkBodies = []newBody{body[Consulted](), body[ConsultAnswered](), body[Copied](), body[CopiesRead](), body[Commented]()}

// Consultation is a question beside the work, with its answer.
type Consultation struct {
	ID      string    `json:"id"`
	Step    string    `json:"step"`
	Round   int       `json:"round"`
	By      string    `json:"by"` // who asks
	ByOrg   string    `json:"byOrg"`
	Org     string    `json:"org"`               // who is asked
	Account string    `json:"account,omitempty"` // one colleague of Org
	Text    string    `json:"text"`
	Reads   []string  `json:"reads,omitempty"` // papers and fields shown with it
	At      time.Time `json:"at"`
	Answer  string    `json:"answer,omitempty"`
	// AnsweredBy answered, for AnsweredFor when he stood in for somebody.
	AnsweredBy  string    `json:"answeredBy,omitempty"`
	AnsweredFor string    `json:"answeredFor,omitempty"`
	AnsweredAt  time.Time `json:"answeredAt,omitzero"`
}

// CopyTo is a copy for information.
type CopyTo struct {
	ID      string    `json:"id"`
	Step    string    `json:"step,omitempty"`
	By      string    `json:"by"`
	ByOrg   string    `json:"byOrg"`
	Org     string    `json:"org"`
	Account string    `json:"account,omitempty"` // empty: anybody of Org
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
	ReadBy  string    `json:"readBy,omitempty"`
	ReadAt  time.Time `json:"readAt,omitzero"`
}

// Remark is a comment on the case, for those who work on it.
type Remark struct {
	ID   string    `json:"id"`
	Step string    `json:"step,omitempty"`
	By   string    `json:"by"`
	Org  string    `json:"org"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Consulted asks a question beside the work.
type Consulted struct {
	Consultation Consultation `json:"consultation"`
	Task         Task         `json:"task"`
}

// ConsultAnswered is the answer.
type ConsultAnswered struct {
	ID   string `json:"id"`
	Task string `json:"task"`
	Text string `json:"text"`
}

// Copied sends copies for information.
type Copied struct {
	Copies []CopyTo `json:"copies"`
}

// CopiesRead marks copies as read.
type CopiesRead struct {
	IDs []string `json:"ids"`
}

// Commented leaves a remark on the case.
type Commented struct {
	Remark Remark `json:"remark"`
}

// Type is the name in the log.
func (Consulted) Type() string { return "Consulted" }

// Type is the name in the log.
func (ConsultAnswered) Type() string { return "ConsultAnswered" }

// Type is the name in the log.
func (Copied) Type() string { return "Copied" }

// Type is the name in the log.
func (CopiesRead) Type() string { return "CopiesRead" }

// Type is the name in the log.
func (Commented) Type() string { return "Commented" }

func (b Consulted) apply(s *State, _ *Event) {
	s.Consults = add(s.Consults, b.Consultation)
	s.putTasks([]Task{b.Task})
}

func (b ConsultAnswered) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.Consults = slices.Clone(s.Consults)
	for i := range s.Consults {
		if c := &s.Consults[i]; c.ID == b.ID {
			c.Answer, c.AnsweredBy, c.AnsweredFor, c.AnsweredAt = b.Text, e.By.ID, e.By.For, e.At
		}
	}
}

func (b Copied) apply(s *State, _ *Event) { s.Copies = add(s.Copies, b.Copies...) }

func (b CopiesRead) apply(s *State, e *Event) {
	s.Copies = slices.Clone(s.Copies)
	for i := range s.Copies {
		if c := &s.Copies[i]; slices.Contains(b.IDs, c.ID) {
			c.ReadBy, c.ReadAt = e.By.ID, e.At
		}
	}
}

func (b Commented) apply(s *State, _ *Event) { s.Remarks = add(s.Remarks, b.Remark) }

// Kinds of dossier entry.
const (
	DossierConsult = "consult"
	DossierCopy    = "copy"
	DossierComment = "comment"
)

// talkRows lists consultations (open, answered, over), copies (unread, read) and
// remarks (said).
func talkRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Consults {
		c := s.Consults[i]
		row := DossierRow{Kind: DossierConsult, ID: c.ID, Step: c.Step, Org: c.Org, Status: "over", At: c.At, Consult: &c}
		if t := s.Task(c.ID); t.Status == TaskOpen {
			row.Status = "open"
			if k := s.Clock(t.Clock); k != nil && k.Running() {
				row.Due = k.Due
			}
		}
		if !c.AnsweredAt.IsZero() {
			row.Status = "answered"
		}
		rows = append(rows, row)
	}
	for i := range s.Copies {
		c := s.Copies[i]
		row := DossierRow{Kind: DossierCopy, ID: c.ID, Step: c.Step, Org: c.Org, Status: "unread", At: c.At, Copy: &c}
		if !c.ReadAt.IsZero() {
			row.Status = "read"
		}
		rows = append(rows, row)
	}
	for i := range s.Remarks {
		c := s.Remarks[i]
		rows = append(rows, DossierRow{Kind: DossierComment, ID: c.ID, Step: c.Step, Org: c.Org, Status: "said", At: c.At, Remark: &c})
	}
	return rows
}

// takesPart says whether the actor's organisation works on the case, or was
// consulted or told: he may leave remarks and send copies.
func (d *decider) takesPart(a Actor) bool {
	if a.Kind != Person || a.Org == "" {
		return false
	}
	return a.asSupervisor() || a.Org == d.s.Org(d.r.Plan.Def.Item.Lead) ||
		slices.ContainsFunc(d.s.Tasks, func(t *Task) bool { return t.Org == a.Org }) ||
		slices.ContainsFunc(d.s.Steps, func(t *StepState) bool { return t.Org == a.Org }) ||
		slices.ContainsFunc(d.s.Copies, func(c CopyTo) bool { return c.Org == a.Org })
}

func outsider(a Actor) *Rejection {
	return reject(NotAllowed, "本单位未参与该办件", "your organisation has no part in this case").want("an organisation with a part in the case", a.String()).
		orBeyond(a, RoleSupervisor)
}

func needText(cmd *Command) *Rejection {
	if strings.TrimSpace(cmd.Args.Text) != "" {
		return nil
	}
	return reject(BadData, "须写明内容", "a text is needed").want("text", "none").at("text")
}

// playing is the party an organisation plays in the case, else its own code.
func (d *decider) playing(org string) string {
	for _, p := range d.s.Parties {
		if p.Org == org {
			return p.Party
		}
	}
	return org
}

func judgeConsult(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskWork)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	a := &cmd.Args
	c := Consultation{
		ID: "consult." + itoa(len(d.s.Consults)+1), Step: t.Step, Round: t.Round, By: cmd.By.self(), ByOrg: t.Org, Org: cmp0(a.Org, t.Org),
		Account: a.Account, Text: a.Text, Reads: slices.Clip(a.Reads), At: d.now,
	}
	switch {
	case a.Account != "" && cmd.By.is(a.Account):
		return nil, reject(BadData, "不能征询自己", "consult somebody else").want("a colleague", "oneself").at("account")
	case a.Account == "" && c.Org == t.Org:
		return nil, reject(BadData, "请指明征询的同事或单位", "name the colleague or the organisation to be consulted").want("account or org", "none").at("account")
	case a.Account != "":
		if _, rej := d.colleague(cmd, a.Account, c.Org); rej != nil {
			return nil, rej
		}
	}
	if rej := needText(cmd); rej != nil {
		return nil, rej
	}
	for _, r := range c.Reads {
		if !slices.Contains(n.Reads, r) {
			return nil, reject(BadData, "只能出示本环节自己可看的材料：“"+r+"”", "only what the step reads itself may be shown: "+r).
				want(strings.Join(n.Reads, ", "), r).at("reads")
		}
	}
	party := d.playing(c.Org)
	k := Task{
		ID: c.ID, Kind: TaskConsult, Step: t.Step, Round: t.Round, Party: party, Org: c.Org, Role: d.deskRole(party), Clock: d.taskClock(n, t.Round),
		Status: TaskOpen, OpenedAt: d.now, About: t.Step, Reads: c.Reads,
	}
	if c.Account != "" {
		k.Claimed, k.ClaimedAt, k.Signer = c.Account, d.now, c.Account
	}
	return func() { d.emit(Consulted{Consultation: c, Task: k}) }, nil
}

func judgeReply(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskConsult)
	if rej != nil {
		return nil, rej
	}
	if rej := delegated(t); rej != nil {
		return nil, rej
	}
	if rej := needText(cmd); rej != nil {
		return nil, rej
	}
	e := ConsultAnswered{ID: t.ID, Task: t.ID, Text: cmd.Args.Text}
	return func() { d.emit(e) }, nil
}

func judgeCopy(d *decider, cmd *Command) (func(), *Rejection) {
	if !d.takesPart(cmd.By) {
		return nil, outsider(cmd.By)
	}
	a := &cmd.Args
	if len(a.Accounts)+len(a.Orgs) == 0 {
		return nil, reject(BadData, "请指明抄送的同事或单位", "name the colleagues or organisations").want("accounts or orgs", "none").at("accounts")
	}
	e := Copied{}
	add := func(org, account string) {
		same := func(c CopyTo) bool {
			return c.Org == org && c.Account == account && c.Step == cmd.Step && c.ReadAt.IsZero()
		}
		if slices.ContainsFunc(d.s.Copies, same) || slices.ContainsFunc(e.Copies, same) {
			return // has it, unread
		}
		e.Copies = append(e.Copies, CopyTo{
			ID: "copy." + itoa(len(d.s.Copies)+len(e.Copies)+1), Step: cmd.Step, By: cmd.By.self(), ByOrg: cmd.By.Org, Org: org, Account: account,
			Text: a.Text, At: d.now,
		})
	}
	for _, account := range a.Accounts {
		if _, rej := d.colleague(cmd, account, cmd.By.Org); rej != nil {
			return nil, rej.at("accounts")
		}
		add(cmd.By.Org, account)
	}
	for _, org := range a.Orgs {
		add(org, "")
	}
	if len(e.Copies) == 0 {
		return nil, reject(Claimed, "已抄送，对方尚未阅", "they have a copy that is not read yet").want("somebody without an unread copy", "none").at("accounts")
	}
	return func() { d.emit(e) }, nil
}

func judgeRead(d *decider, cmd *Command) (func(), *Rejection) {
	var ids []string
	mine := false
	for _, c := range d.s.Copies {
		if !cmd.By.is(c.Account) && (c.Account != "" || cmd.By.Kind != Person || cmd.By.Org != c.Org) {
			continue
		}
		mine = true
		if c.ReadAt.IsZero() && (len(cmd.Args.Items) == 0 || slices.Contains(cmd.Args.Items, c.ID)) {
			ids = append(ids, c.ID)
		}
	}
	switch {
	case !mine:
		return nil, reject(NotAllowed, "没有抄送给您的", "no copy is for you").want("a copy for you", "none")
	case len(ids) == 0:
		return nil, reject(NotOpen, "没有未阅的抄送", "no copy of yours is unread").want("an unread copy", "none").at("items")
	}
	return func() { d.emit(CopiesRead{IDs: ids}) }, nil
}

func judgeComment(d *decider, cmd *Command) (func(), *Rejection) {
	if !d.takesPart(cmd.By) {
		return nil, outsider(cmd.By)
	}
	if rej := needText(cmd); rej != nil {
		return nil, rej
	}
	r := Remark{ID: "comment." + itoa(len(d.s.Remarks)+1), Step: cmd.Step, By: cmd.By.self(), Org: cmd.By.Org, Text: cmd.Args.Text, At: d.now}
	return func() { d.emit(Commented{Remark: r}) }, nil
}
