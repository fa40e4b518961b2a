package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// People inside one department's step: who holds a task, who is to hold it, and
// who gets it back. Nothing here touches a clock of the law or of a promise, nor
// any other step (rule 3.4.6).

// The acts on who does a task.
const (
	Assign   Act = "assign"   // 指派: by whoever checks, approves or heads in the department
	Transfer Act = "transfer" // 转办: the holder gives the task away for good
	Delegate Act = "delegate" // 委派: the holder has a colleague prepare it and gets it back
	GiveBack Act = "giveBack" // 交回: the end of a delegation
	Recall   Act = "recall"   // 撤回: the last handler takes his pass or straight send-back back
	Urge     Act = "urge"     // 催办
)

var peopleActs = []Act{Assign, Transfer, Delegate, GiveBack, Recall, Urge}

var peopleJudges = map[Act]judge{
	Assign: judgeAssign, Transfer: judgeTransfer, Delegate: judgeDelegate, GiveBack: judgeGiveBack, Recall: judgeRecall, Urge: judgeUrge,
}

var peopleBodies = []newBody{
	body[TaskAssigned](), body[TaskTransferred](), body[TaskDelegated](), body[TaskGivenBack](), body[LinkRecalled](), body[Urged](),
}

// Colleague is the directory's answer about an account an act names: an active
// account with its roles in one organisation.
type Colleague struct {
	ID    string   `json:"id"`
	Org   string   `json:"org"`
	Roles []string `json:"roles"`
}

// SentBack is the last send-back of a chain.
type SentBack struct {
	From int    `json:"from"` // the sender's link
	To   int    `json:"to"`   // where the work is put right
	By   string `json:"by"`   // the sender
	Role string `json:"role"` // and the role he sent it back in
	// Index is the place of that role in the link, of a straight send-back.
	Index int `json:"index,omitempty"`
	// Was are the passes before it.
	Was []Passed `json:"was,omitempty"`
	// Straight: once put right, the work goes back to the sender directly.
	Straight bool `json:"straight,omitempty"`
	// Again is the task whose pass went straight back; empty: it has not yet.
	Again string `json:"again,omitempty"`
}

// due says whether the work is still to go straight back.
func (b *SentBack) due() bool { return b != nil && b.Straight && b.Again == "" }

// TaskAssigned gives a task to a colleague by order of the department.
type TaskAssigned struct {
	Task    string `json:"task"`
	Account string `json:"account"`
	Reason  string `json:"reason,omitempty"`
}

// TaskTransferred gives a task to a colleague for good.
type TaskTransferred struct {
	Task    string `json:"task"`
	Account string `json:"account"`
	Reason  string `json:"reason"`
}

// TaskDelegated has a colleague prepare a task that its holder will conclude.
type TaskDelegated struct {
	Task    string `json:"task"`
	Account string `json:"account"`
	Owner   string `json:"owner"`
	Reason  string `json:"reason,omitempty"`
}

// TaskGivenBack ends a delegation: the owner has the task again.
type TaskGivenBack struct {
	Task  string `json:"task"`
	Owner string `json:"owner"`
	Note  string `json:"note,omitempty"`
}

// LinkRecalled takes the last pass of a chain back, or a straight send-back,
// while nothing has followed.
type LinkRecalled struct {
	Step   string    `json:"step"`
	Task   string    `json:"task"` // the done task that is open again under a new id
	Link   int       `json:"link"` // whose turn it is again
	Passed []Passed  `json:"passed,omitempty"`
	Back   *SentBack `json:"back,omitempty"` // the send-back that waits again, if any
	// Over are the tasks the recalled act had opened.
	Over   []string `json:"over,omitempty"`
	Tasks  []Task   `json:"tasks"`
	Clocks []Clock  `json:"clocks,omitempty"`
	// Unsigned is the added signer whose signature it was.
	Unsigned string `json:"unsigned,omitempty"`
}

// Urged reminds a party of a step that waits for it.
type Urged struct {
	Step   string `json:"step"`
	Who    string `json:"who"` // applicant | lead | supervisor
	Nth    int    `json:"nth"` // of this step
	Notice Notice `json:"notice"`
}

// Type is the name in the log.
func (TaskAssigned) Type() string { return "TaskAssigned" }

// Type is the name in the log.
func (TaskTransferred) Type() string { return "TaskTransferred" }

// Type is the name in the log.
func (TaskDelegated) Type() string { return "TaskDelegated" }

// Type is the name in the log.
func (TaskGivenBack) Type() string { return "TaskGivenBack" }

// Type is the name in the log.
func (LinkRecalled) Type() string { return "LinkRecalled" }

// Type is the name in the log.
func (Urged) Type() string { return "Urged" }

// hold gives a task to an account; owner is who gets it back, if anybody.
func (s *State) hold(task, account, owner string, at time.Time) {
	t := s.editTask(task)
	t.Claimed, t.ClaimedAt, t.Owner = account, at, owner
}

func (b TaskAssigned) apply(s *State, e *Event)    { s.hold(b.Task, b.Account, "", e.At) }
func (b TaskTransferred) apply(s *State, e *Event) { s.hold(b.Task, b.Account, "", e.At) }
func (b TaskDelegated) apply(s *State, e *Event)   { s.hold(b.Task, b.Account, b.Owner, e.At) }
func (b TaskGivenBack) apply(s *State, e *Event)   { s.hold(b.Task, b.Owner, "", e.At) }

func (b LinkRecalled) apply(s *State, e *Event) {
	s.takeBack(b.Over, "recalled", e.At)
	st := s.must(b.Step)
	st.Link, st.Passed, st.Moved, st.Back = b.Link, b.Passed, nil, b.Back
	if b.Unsigned != "" {
		var signed []string
		for _, a := range st.Signed {
			if a != b.Unsigned {
				signed = append(signed, a)
			}
		}
		st.Signed = signed
	}
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b Urged) apply(s *State, _ *Event) { s.Notices = add(s.Notices, b.Notice) }

// is says whether the actor is the account, himself or as its deputy.
func (a Actor) is(account string) bool {
	return a.Kind == Person && account != "" && (a.ID == account || a.For == account)
}

func (a Actor) self() string { return a.who().self() }

// holding are the kinds of task somebody in an organisation can hold.
var holding = []TaskKind{TaskLook, TaskAccept, TaskWork, TaskQuestion, TaskHand, TaskDuty, TaskJudge, TaskAnnul,
	TaskArrange, TaskRecord, TaskRecheck, TaskPost, TaskObjection, TaskConsult, TaskDeliver, TaskTime}

// reach finds the one open task an act about a task means, of those the actor
// may reach; who says in words whose act it is.
func (d *decider) reach(cmd *Command, may func(*Task) bool, who string, kinds ...TaskKind) (*Task, *Rejection) {
	if cmd.Task != "" && d.s.Task(cmd.Task) == nil {
		return nil, reject(NotFound, "本案没有工作“"+cmd.Task+"”", "this case has no task "+cmd.Task).at("task")
	}
	var mine []*Task
	open := false
	for _, t := range d.s.Tasks {
		if t.Status != TaskOpen || !slices.Contains(kinds, t.Kind) || cmd.Step != "" && t.Step != cmd.Step || cmd.Task != "" && t.ID != cmd.Task {
			continue
		}
		open = true
		if may(t) {
			mine = append(mine, t)
		}
	}
	switch {
	case len(mine) == 1:
		return mine[0], nil
	case len(mine) > 1:
		ids := make([]string, len(mine))
		for i, t := range mine {
			ids[i] = t.ID
		}
		return nil, reject(BadData, "有多项工作符合，请指明一项", "several tasks fit; name one").
			want("task: one of "+strings.Join(ids, ", "), "none").at("task")
	case open:
		return nil, reject(NotAllowed, "这项工作不由您安排", "this task is not yours to dispose of").want(who, cmd.By.String()).at(cmp0(cmd.Task, cmd.Step))
	}
	return nil, reject(NotOpen, "现在没有可以这样安排的工作", "no task is open for this act now").want("an open task", "none").at(cmp0(cmd.Task, cmd.Step))
}

// heads says whether the actor distributes the work of an organisation: whoever
// checks, approves, coordinates or heads in it.
func (a Actor) heads(org string) bool { return a.may(org, RoleCheck) || a.may(org, RoleLead) }

// holds says whether the actor holds a task: it is claimed by him or given to him.
func (d *decider) holdsTask(cmd *Command) func(*Task) bool {
	return func(t *Task) bool { return cmd.By.is(t.Claimed) && t.Owner == "" && cmd.By.Org == t.Org }
}

// colleague is what the directory says of the account an act names, in the
// organisation it must belong to.
func (d *decider) colleague(cmd *Command, account, org string) (*Colleague, *Rejection) {
	if account == "" {
		return nil, reject(BadData, "请指明同事", "name the colleague").want("account", "none").at("account")
	}
	for i := range cmd.People {
		if p := &cmd.People[i]; p.ID == account && p.Org == org {
			return p, nil
		}
	}
	return nil, reject(BadData, "本单位没有该账号，或已停用", "the organisation has no such account, or it is not active").
		want("an active account of "+org, "none").at("account")
}

// suited is a colleague who may do the task himself: he holds the role and is
// none of those who must differ.
func (d *decider) suited(cmd *Command, t *Task) *Rejection {
	c, rej := d.colleague(cmd, cmd.Args.Account, t.Org)
	if rej != nil {
		return rej
	}
	a := Actor{Kind: Person, ID: c.ID, Org: c.Org, Roles: c.Roles}
	switch {
	case t.Claimed == c.ID:
		return reject(Claimed, "这项工作已在其名下", "the colleague has this task already").at(t.ID)
	case t.Signer == "" && !d.mine(t, a):
		return reject(NotAllowed, "该同事没有这项工作所需的岗位", "the colleague does not hold the role of this task").want(t.Role, a.String()).at("account")
	case t.Kind == TaskWork:
		return d.separate(a, d.r.node(d.s, t.Step))
	}
	return nil
}

func judgeAssign(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.reach(cmd, func(t *Task) bool { return cmd.By.heads(t.Org) && t.Signer == "" }, "check, approve, lead or organ-head of the task's organisation", holding...)
	if rej != nil {
		return nil, rej
	}
	if rej := d.suited(cmd, t); rej != nil {
		return nil, rej
	}
	if t.Claimed != "" {
		if rej := needReason(cmd); rej != nil {
			return nil, rej // taken from somebody
		}
	}
	e := TaskAssigned{Task: t.ID, Account: cmd.Args.Account, Reason: cmd.Args.Reason}
	return func() { d.emit(e) }, nil
}

func judgeTransfer(d *decider, cmd *Command) (func(), *Rejection) {
	mine := d.holdsTask(cmd)
	t, rej := d.reach(cmd, func(t *Task) bool { return mine(t) && t.Signer == "" }, "who holds the task", holding...)
	if rej != nil {
		return nil, rej
	}
	if rej := d.suited(cmd, t); rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	e := TaskTransferred{Task: t.ID, Account: cmd.Args.Account, Reason: cmd.Args.Reason}
	return func() { d.emit(e) }, nil
}

func judgeDelegate(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.reach(cmd, d.holdsTask(cmd), "who holds the task", holding...)
	if rej != nil {
		return nil, rej
	}
	c, rej := d.colleague(cmd, cmd.Args.Account, t.Org)
	if rej != nil {
		return nil, rej
	}
	if cmd.By.is(c.ID) || t.Claimed == c.ID {
		return nil, reject(BadData, "不能委派给自己", "a task is delegated to somebody else").want("a colleague", "the holder").at("account")
	}
	// he prepares and does not sign, so he may have signed elsewhere; but who took the case in stays out
	if t.Kind == TaskWork && slices.Contains(d.s.Intakes, c.ID) && d.r.Plan.Def.Item.Handling != "instant" {
		return nil, tookIn().at(t.Step)
	}
	e := TaskDelegated{Task: t.ID, Account: c.ID, Owner: t.Claimed, Reason: cmd.Args.Reason}
	return func() { d.emit(e) }, nil
}

func judgeGiveBack(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.reach(cmd, func(t *Task) bool {
		return t.Owner != "" && t.Org == cmd.By.Org && (cmd.By.is(t.Claimed) || cmd.By.is(t.Owner))
	}, "who has it by delegation, or who delegated it", holding...)
	if rej != nil {
		return nil, rej
	}
	e := TaskGivenBack{Task: t.ID, Owner: t.Owner, Note: cmd.Args.Reason}
	return func() { d.emit(e) }, nil
}

// delegated refuses acts on a task that is out by delegation.
func delegated(t *Task) *Rejection {
	if t.Owner == "" {
		return nil
	}
	return reject(WrongAct, "这项工作已委派同事办理，须先交回", "the task is delegated; it must be given back first").want("giveBack", "delegated").at(t.ID)
}

// --- recall ----------------------------------------------------------------

// recalled is what an actor can take back in a step: the chain as it was before
// the last act that moved it. nil: it was not his, or something has followed.
func (d *decider) recalled(a Actor, n *definition.Node) *LinkRecalled {
	st := d.st(n)
	if st.Status != Open || n.Work() == nil || st.Moved == nil {
		return nil
	}
	mine := d.s.Task(st.Moved.Task)
	if a.Org != mine.Org || !a.is(mine.DoneBy) && !a.is(mine.DoneFor) {
		return nil
	}
	for _, id := range st.Moved.Opened { // whoever has the turn now has not taken it up
		if t := d.s.Task(id); t.Status != TaskOpen || t.Owner != "" || t.Claimed != "" && !t.ClaimedAt.Equal(t.OpenedAt) {
			return nil
		}
	}
	e := &LinkRecalled{Step: n.ID, Task: mine.ID, Link: mine.Link, Back: st.Back, Over: st.Moved.Opened}
	b := st.Back
	switch {
	case mine.DoneAct == SendBack:
		e.Passed, e.Back = b.Was, nil
	case b != nil && b.Again == mine.ID:
		again := *b
		again.Again = ""
		e.Back, e.Passed = &again, without(st.Passed, 1+len(d.keptBy(n, b)))
	default:
		e.Passed = without(st.Passed, 1)
	}
	if mine.Signer != "" && mine.DoneAct == Pass {
		e.Unsigned = mine.Signer
	}
	again := map[string]string{} // the new ids of tasks that others wait before
	d.reopen(e, n, mine, true, again)
	for _, id := range st.Moved.Over {
		if t := d.s.Task(id); t.Before == "" {
			d.reopen(e, n, t, false, again)
		}
	}
	for _, id := range st.Moved.Over {
		if t := d.s.Task(id); t.Before != "" {
			d.reopen(e, n, t, false, again)
		}
	}
	return e
}

// keptBy are the passes that counted again when the work went straight back.
func (d *decider) keptBy(n *definition.Node, b *SentBack) []Passed {
	kept := b.kept()
	if m := n.Work().Chain[b.From].Mode; m == definition.LinkAny || m == definition.LinkOrder {
		for _, p := range b.Was {
			if p.Link == b.From {
				kept = append(kept, p)
			}
		}
	}
	return kept
}

// kept are the passes of the links a straight send-back leaps over: they count
// again when the work goes straight back.
func (b *SentBack) kept() []Passed {
	var kept []Passed
	for _, p := range b.Was {
		if p.Link > b.To && p.Link < b.From {
			kept = append(kept, p)
		}
	}
	return kept
}

// without leaves the last n passes out; nil when none is left: the state
// survives JSON.
func without(passed []Passed, n int) []Passed {
	if len(passed) <= n {
		return nil
	}
	return slices.Clone(passed[:len(passed)-n])
}

// latest is the newest task of one role of a link in this round.
func (d *decider) latest(n *definition.Node, link, role int) *Task {
	var found *Task
	id := taskID(n, d.st(n).Round, link, role)
	for _, t := range d.s.Tasks {
		if t.ID == id || strings.HasPrefix(t.ID, id+".") {
			found = t
		}
	}
	return found
}

// reopen adds a task to a recall that is open again, under a new id; held gives
// it to whoever has recalled it.
func (d *decider) reopen(e *LinkRecalled, n *definition.Node, t *Task, held bool, again map[string]string) {
	var open Task
	var clock *Clock
	if t.Signer != "" {
		nth := 0
		for _, o := range e.Tasks {
			if o.Signer != "" {
				nth++
			}
		}
		open = d.signerTask(n, t.Signer, t.Place, t.Link, t.Role, nth)
		if open.Before = t.Before; again[t.Before] != "" {
			open.Before = again[t.Before]
		}
	} else {
		turn := d.turns(n, t.Round, t.Link) + 1
		open, clock = d.linkTask(n, t.Round, t.Org, t.Link, d.roleIndex(n, t), turn)
		if open.Claimed, open.ClaimedAt, open.Owner = t.Claimed, t.ClaimedAt, t.Owner; d.s.gone(t.Org, cmp0(t.Owner, t.Claimed)) {
			open.Claimed, open.ClaimedAt, open.Owner = "", time.Time{}, ""
		}
		if held {
			open.Claimed, open.ClaimedAt, open.Owner = cmp0(t.DoneFor, t.DoneBy), d.now, ""
		}
	}
	again[t.ID] = open.ID
	e.Tasks = append(e.Tasks, open)
	if clock != nil {
		e.Clocks = append(e.Clocks, *clock)
	}
}

func judgeRecall(d *decider, cmd *Command) (func(), *Rejection) {
	var found []*LinkRecalled
	for _, n := range d.nodes() {
		if cmd.Step != "" && cmd.Step != n.ID || cmd.Task != "" && (d.st(n).Moved == nil || cmd.Task != d.st(n).Moved.Task) {
			continue
		}
		if e := d.recalled(cmd.By, n); e != nil {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, reject(NotOpen, "没有可撤回的：不是您最后办理，或后手已经接办、结论已经作出", "nothing can be recalled: the last act was not yours, or something has followed it").
			want("your own last pass or send-back, not taken up yet", "none").at(cmd.Step)
	case 1:
		return func() { d.emit(*found[0]) }, nil
	}
	return nil, reject(BadData, "有多个环节可撤回，请指明环节", "several steps can be recalled; name one").want("step", "none").at("step")
}

// --- urge ------------------------------------------------------------------

// urger is the word for somebody who may urge: the applicant (or the window for
// him), the lead, a supervisor; "" for everybody else.
func (d *decider) urger(a Actor) string {
	switch {
	case d.atDesk(a):
		return "applicant"
	case d.leads(a) == nil:
		return "lead"
	case a.asSupervisor():
		return "supervisor"
	}
	return ""
}

// judgeUrge reminds the parties of the steps that wait for them, each step once
// a day by the applicant, by the lead and by supervision.
func judgeUrge(d *decider, cmd *Command) (func(), *Rejection) {
	who := d.urger(cmd.By)
	if who == "" {
		return nil, reject(NotAllowed, "只有申请人、牵头部门和监察可以催办", "only the applicant, the lead and a supervisor may urge").
			want("applicant, lead or supervisor", cmd.By.String()).orBeyond(cmd.By, RoleSupervisor)
	}
	var urged []Urged
	today := false
	for _, t := range d.s.Tasks {
		if t.Status != TaskOpen || t.Org == "" || cmd.Step != "" && t.Step != cmd.Step || cmd.Task != "" && t.ID != cmd.Task ||
			slices.ContainsFunc(urged, func(u Urged) bool { return u.Step == t.Step && u.Notice.To == t.Party }) {
			continue
		}
		id, nth := "urge."+t.Step+"."+t.Party+".", 1
		again := false
		for i := range d.s.Notices {
			rest, ok := strings.CutPrefix(d.s.Notices[i].ID, id)
			if !ok {
				continue
			}
			nth++
			again = again || strings.HasPrefix(rest, who+".") && calendar.DateOf(d.s.Notices[i].At) == calendar.DateOf(d.now)
		}
		if today = today || again; again {
			continue
		}
		urged = append(urged, Urged{Step: t.Step, Who: who, Nth: nth, Notice: Notice{
			ID: id + who + "." + itoa(nth), Kind: NoticeUrge, To: t.Party, Step: t.Step, At: d.now, Text: cmd.Args.Reason,
		}})
	}
	switch {
	case len(urged) == 0 && today:
		return nil, reject(TooSoon, "今天已经催办过，请明日再催", "this was urged today already; once a day is enough").want("one urge a day", "one today").at(cmd.Step)
	case len(urged) == 0:
		return nil, reject(NotOpen, "没有正在办理的工作可催", "nothing open to be urged").want("an open task", "none").at(cmp0(cmd.Task, cmd.Step))
	}
	return func() {
		for _, u := range urged {
			d.emit(u)
		}
	}, nil
}
