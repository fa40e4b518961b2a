package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// A link of a chain with several people: all of them, any one, one after
// another, or as many as make up a share; and signatures added to it.

// linkBodies are the events of links beyond passing and sending back.
var linkBodies = []newBody{body[LinkVoted](), body[SignerAdded](), body[SignerRemoved]()}

// LinkVoted is a vote against in a link that passes by share; the link goes back
// only when the share cannot be reached any more.
type LinkVoted struct {
	Step   string   `json:"step"`
	Task   string   `json:"task"`
	Reason string   `json:"reason"`
	Over   []string `json:"over,omitempty"` // his added signatures, needless now
}

// Type is the name in the log.
func (LinkVoted) Type() string { return "LinkVoted" }

func (b LinkVoted) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.must(b.Step).Moved = nil
	s.takeBack(b.Over, "voted", e.At)
}

// Moved is the act that moved a chain last: what its doer may recall.
type Moved struct {
	Task   string   `json:"task"`             // done by it
	Opened []string `json:"opened,omitempty"` // tasks it opened
	Over   []string `json:"over,omitempty"`   // open tasks it made needless
}

// proper are the open tasks of the chain's link that are no added signatures.
func (d *decider) proper(n *definition.Node, but string) []string {
	var ids []string
	for _, t := range d.s.Tasks {
		if t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer == "" && t.ID != but {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// roleIndex is the place of a task's role in its link.
func (d *decider) roleIndex(n *definition.Node, t *Task) int {
	for i := range n.Work().Chain[t.Link].Roles {
		if id := taskID(n, t.Round, t.Link, i); t.ID == id || strings.HasPrefix(t.ID, id+".") {
			return i
		}
	}
	return 0
}

// weight is what a role's pass counts in a link that passes by share.
func weight(r definition.RoleLimit) int { return max(r.Weight, 1) }

// reached says whether a link is passed once this task of it has passed, added
// signatures left out.
func (d *decider) reached(n *definition.Node, t *Task) bool {
	l := &n.Work().Chain[t.Link]
	switch l.Mode {
	case definition.LinkAny:
		return true
	case definition.LinkOrder:
		return d.roleIndex(n, t) == len(l.Roles)-1
	case definition.LinkShare:
		sum := weight(l.Roles[d.roleIndex(n, t)])
		for i, r := range l.Roles {
			if k := d.latest(n, t.Link, i); k != nil && k.ID != t.ID && k.Status == TaskDone && k.DoneAct == Pass {
				sum += weight(r)
			}
		}
		return sum >= l.Share
	}
	return len(d.proper(n, t.ID)) == 0
}

// reachable says whether a link can still reach its share when this task's doer
// is against.
func (d *decider) reachable(n *definition.Node, t *Task) bool {
	l := &n.Work().Chain[t.Link]
	sum := 0
	for i, r := range l.Roles {
		if k := d.latest(n, t.Link, i); k != nil && k.ID != t.ID && (k.Status == TaskOpen || k.Status == TaskDone && k.DoneAct == Pass) {
			sum += weight(r)
		}
	}
	return sum >= l.Share
}

// signing are the open added signatures a link waits for, but those of by, who
// is acting; signatures only asked for before a task that is over wait no more.
func (d *decider) signing(n *definition.Node, by Actor, over []string) []string {
	var ids []string
	for _, t := range d.s.Tasks {
		if t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer != "" && !by.is(t.Signer) && !slices.Contains(over, t.Before) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// needless are the added signatures still asked of somebody who acts in the link
// otherwise: his word is there.
func (d *decider) needless(n *definition.Node, by Actor, but string) (ids, accounts []string) {
	for _, t := range d.s.Tasks {
		if t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer != "" && by.is(t.Signer) && t.ID != but {
			ids, accounts = append(ids, t.ID), append(accounts, t.Signer)
		}
	}
	return ids, accounts
}

// verdictDue says whether a task of the last link gives the verdict: its pass
// would complete the link.
func (d *decider) verdictDue(n *definition.Node, t *Task) bool {
	return t.Signer == "" && t.Link == len(n.Work().Chain)-1 && d.reached(n, t)
}

// onward is what a pass leads to.
type onward struct {
	link     int
	tasks    []Task
	clocks   []Clock
	over     []string
	skipped  []string
	kept     []Passed
	straight bool
}

// passOn finds out where the chain stands once a task of it has passed.
func (d *decider) passOn(n *definition.Node, t *Task, by Actor) onward {
	st := d.st(n)
	l := &n.Work().Chain[t.Link]
	o := onward{link: t.Link}
	o.over, o.skipped = d.needless(n, by, t.ID)
	done := t.Signer != "" && len(d.proper(n, "")) == 0 // a signature after the link's own people
	if t.Signer == "" {
		if done = d.reached(n, t); done {
			o.over = append(o.over, d.proper(n, t.ID)...)
			for _, id := range d.signing(n, by, nil) {
				if slices.Contains(o.over, d.s.Task(id).Before) {
					o.over = append(o.over, id)
				}
			}
		}
	}
	switch {
	case !done && l.Mode == definition.LinkOrder && t.Signer == "":
		next, clock := d.linkTask(n, st.Round, st.Org, t.Link, d.roleIndex(n, t)+1, d.turns(n, st.Round, t.Link)+1)
		o.tasks = []Task{next}
		if clock != nil {
			o.clocks = []Clock{*clock}
		}
	case done && len(d.signing(n, by, o.over)) == 0:
		d.leave(n, &o, by, t.Place != PlaceAfter)
	}
	return o
}

// leave goes on from a link whose own people and added signatures are done: to
// the signatures after it, then to the next link, or straight back to who had
// sent it back. Who has signed this round already is not asked again; that is
// never so for a link's own people, whose duties are separated (3.4.5).
func (d *decider) leave(n *definition.Node, o *onward, by Actor, first bool) {
	st := d.st(n)
	for _, s := range st.Signers {
		if s.Link != o.link {
			continue
		}
		signed := slices.Contains(st.Signed, s.Account) || by.is(s.Account) ||
			slices.ContainsFunc(st.Passed, func(p Passed) bool { return p.By == s.Account || p.For == s.Account })
		switch {
		case !signed:
			o.tasks = append(o.tasks, d.signerTask(n, s.Account, PlaceAfter, o.link, s.Role, len(o.tasks)))
		case first:
			o.skipped = append(o.skipped, s.Account)
		}
	}
	if len(o.tasks) > 0 {
		return
	}
	b := st.Back
	if o.straight = b.due() && b.To == o.link; !o.straight {
		o.link++
		o.tasks, o.clocks = d.linkTasks(n, st.Round, st.Org, o.link)
		return
	}
	o.link, o.kept = b.From, d.keptBy(n, b)
	if m := n.Work().Chain[b.From].Mode; m == definition.LinkAny || m == definition.LinkOrder { // the sender alone
		t, clock := d.linkTask(n, st.Round, st.Org, b.From, b.Index, d.turns(n, st.Round, b.From)+1)
		if o.tasks = []Task{t}; clock != nil {
			o.clocks = []Clock{*clock}
		}
	} else {
		o.tasks, o.clocks = d.linkTasks(n, st.Round, st.Org, o.link)
	}
	d.give(o.tasks, b.Role, b.By)
}

// --- added signatures --------------------------------------------------------

var signerActs = []Act{AddSigner, RemoveSigner}

var signerJudges = map[Act]judge{AddSigner: judgeAddSigner, RemoveSigner: judgeRemoveSigner}

// The acts on added signatures.
const (
	AddSigner    Act = "addSigner"    // 加签
	RemoveSigner Act = "removeSigner" // 减签
)

// Where a signature is added.
const (
	PlaceBefore = "before" // 前加签: before the asker's own
	PlaceAfter  = "after"  // 后加签: after the asker's link
	PlaceBeside = "beside" // 并加签: beside the asker's own
)

// Signer is a signature to be given after a link.
type Signer struct {
	Account string `json:"account"`
	Link    int    `json:"link"`
	Role    string `json:"role"` // of whoever asked for it
}

// SignerAdded adds a signature to the link whose turn it is.
type SignerAdded struct {
	Step    string `json:"step"`
	Account string `json:"account"`
	Place   string `json:"place"`
	Link    int    `json:"link"`
	Role    string `json:"role"`
	Reason  string `json:"reason"`
	// Hold is the asker's task: it is his while it waits for the signature.
	Hold  string `json:"hold"`
	Tasks []Task `json:"tasks,omitempty"` // none yet for a signature after the link
}

// SignerRemoved takes an added signature back that was not given yet.
type SignerRemoved struct {
	Step    string  `json:"step"`
	Account string  `json:"account"`
	Task    string  `json:"task,omitempty"`
	Reason  string  `json:"reason"`
	Link    int     `json:"link"` // whose turn it is now
	Tasks   []Task  `json:"tasks,omitempty"`
	Clocks  []Clock `json:"clocks,omitempty"`
	// Kept and Straight as in LinkPassed.
	Kept     []Passed `json:"kept,omitempty"`
	Straight bool     `json:"straight,omitempty"`
}

// Type is the name in the log.
func (SignerAdded) Type() string { return "SignerAdded" }

// Type is the name in the log.
func (SignerRemoved) Type() string { return "SignerRemoved" }

func (b SignerAdded) apply(s *State, e *Event) {
	if t := s.Task(b.Hold); t.Claimed == "" {
		s.hold(b.Hold, e.By.self(), "", e.At)
	}
	st := s.must(b.Step)
	st.Moved = nil
	if b.Place == PlaceAfter {
		st.Signers = add(st.Signers, Signer{Account: b.Account, Link: b.Link, Role: b.Role})
	}
	s.putTasks(b.Tasks)
}

func (b SignerRemoved) apply(s *State, e *Event) {
	st := s.must(b.Step)
	st.Moved, st.Link = nil, b.Link
	var left []Signer
	for _, g := range st.Signers {
		if g.Account != b.Account {
			left = append(left, g)
		}
	}
	st.Signers = left
	if b.Straight {
		st.Passed = add(st.Passed, b.Kept...)
		st.wentBack("removed")
	}
	s.cancelTasks(e.At, func(t *Task) bool { return t.ID == b.Task })
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

// signerTask makes the task of an added signature.
func (d *decider) signerTask(n *definition.Node, account, place string, link int, role string, nth int) Task {
	st := d.st(n)
	for _, t := range d.s.Tasks {
		if t.Step == n.ID && t.Round == st.Round && t.Signer != "" {
			nth++
		}
	}
	return Task{
		ID: n.ID + round(st.Round) + ".s" + itoa(nth+1), Kind: TaskWork, Step: n.ID, Round: st.Round, Party: n.By, Org: st.Org, Role: role,
		Link: link, Clock: d.taskClock(n, st.Round), Status: TaskOpen, OpenedAt: d.now, Claimed: account, ClaimedAt: d.now, Signer: account, Place: place,
	}
}

// waits refuses acts on a task that waits for a signature before it.
func (d *decider) waits(t *Task) *Rejection {
	if d.s.signedBefore(t.ID) {
		return reject(WrongLink, "须等加签人先签", "an added signature must be given first").want("signed before", "open").at(t.ID)
	}
	return nil
}

func judgeAddSigner(d *decider, cmd *Command) (func(), *Rejection) {
	n, t, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	if t.Signer != "" {
		return nil, reject(WrongAct, "加签人不能再加签", "who was added as a signer adds no further one").want("a member of the chain", "signer").at(t.ID)
	}
	place := cmp0(cmd.Args.Place, PlaceBeside)
	if place != PlaceBefore && place != PlaceAfter && place != PlaceBeside {
		return nil, reject(BadData, "加签位置须为 before、after 或 beside", "a signature is added before, after or beside").want("before, after, beside", place).at("place")
	}
	if place == PlaceAfter && t.Link == len(n.Work().Chain)-1 {
		return nil, reject(WrongLink, "最后一环之后没有加签，可前加签或并加签", "nothing comes after the verdict; add the signature before or beside").
			want("before, beside", place).at("place")
	}
	c, rej := d.colleague(cmd, cmd.Args.Account, t.Org)
	if rej != nil {
		return nil, rej
	}
	st := d.st(n)
	a := Actor{Kind: Person, ID: c.ID, Org: c.Org, Roles: c.Roles}
	if cmd.By.is(c.ID) || t.Claimed == c.ID {
		return nil, reject(BadData, "不能加签自己", "a signer is somebody else").want("a colleague", "oneself").at("account")
	}
	if rej := d.separate(a, n); rej != nil {
		return nil, rej
	}
	if slices.Contains(st.Signed, c.ID) {
		return nil, reject(NotAllowed, "该同事本轮已签", "the colleague has signed this round already").want("a colleague who has not signed", "one who has").at("account")
	}
	asked := func(k *Task) bool {
		return k.Step == n.ID && k.Kind == TaskWork && k.Status == TaskOpen && k.Signer == c.ID
	}
	if slices.ContainsFunc(d.s.Tasks, asked) || slices.ContainsFunc(st.Signers, func(s Signer) bool { return s.Account == c.ID }) {
		return nil, reject(Claimed, "已请该同事加签", "this colleague is asked to sign already").at("account")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	e := SignerAdded{Step: n.ID, Account: c.ID, Place: place, Link: t.Link, Role: t.Role, Reason: cmd.Args.Reason, Hold: t.ID}
	if place != PlaceAfter {
		k := d.signerTask(n, c.ID, place, t.Link, t.Role, 0)
		if place == PlaceBefore {
			k.Before = t.ID
		}
		e.Tasks = []Task{k}
	}
	return func() { d.emit(e) }, nil
}

func judgeRemoveSigner(d *decider, cmd *Command) (func(), *Rejection) {
	type found struct {
		n *definition.Node
		t *Task
	}
	var signers []found
	mine := false
	for _, n := range d.nodes() {
		st := d.st(n)
		if st.Status != Open || n.Work() == nil || cmd.Step != "" && cmd.Step != n.ID {
			continue
		}
		f := found{n: n}
		for _, t := range d.s.Tasks {
			if t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer == cmd.Args.Account && t.Signer != "" && (cmd.Task == "" || cmd.Task == t.ID) {
				f.t = t
			}
		}
		if f.t == nil && !slices.ContainsFunc(st.Signers, func(s Signer) bool { return s.Account == cmd.Args.Account && !slices.Contains(st.Signed, s.Account) }) {
			continue
		}
		signers = append(signers, f)
		mine = mine || cmd.By.heads(st.Org) || slices.ContainsFunc(d.s.Tasks, func(t *Task) bool {
			return t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer == "" && cmd.By.is(t.Claimed) && cmd.By.Org == t.Org
		})
	}
	switch {
	case len(signers) == 0:
		return nil, reject(NotFound, "没有待签的这位加签人", "no signature of this colleague is waited for").want("an added signer who has not signed", "none").at("account")
	case !mine:
		return nil, reject(NotAllowed, "只有加签的人和本单位审核、批准、负责人可以减签", "only who works at the link, or checks, approves or heads in the organisation, takes a signature back").
			want("the link's holder, check, approve, lead or organ-head", cmd.By.String()).at(signers[0].n.ID)
	case len(signers) > 1:
		return nil, reject(BadData, "有多个环节请了这位加签人，请指明环节", "several steps wait for this signer; name one").want("step", "none").at("step")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	n, t := signers[0].n, signers[0].t
	e := SignerRemoved{Step: n.ID, Account: cmd.Args.Account, Reason: cmd.Args.Reason, Link: d.st(n).Link}
	if t != nil {
		e.Task = t.ID
	}
	return func() {
		if t != nil && len(d.proper(n, "")) == 0 && len(d.signing(n, Actor{Kind: Person, ID: e.Account}, nil)) == 0 {
			// nobody else of the link is left: it goes on as if the signature had never been asked for
			o := onward{link: e.Link}
			d.leave(n, &o, Actor{Kind: Person, ID: e.Account}, false)
			e.Link, e.Tasks, e.Clocks, e.Kept, e.Straight = o.link, o.tasks, o.clocks, o.kept, o.straight
		}
		d.emit(e)
	}, nil
}
