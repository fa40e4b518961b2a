package engine

import (
	"slices"
	"time"

	"lianban/engine/definition"
)

// Hand-over: everything one person has on his desk in a case goes to a successor,
// because he leaves or is away for long. What the successor may not do himself
// goes back to the pool, so that nothing stays with somebody who is gone.

// HandOver 移交 is done by whoever leaves, or by whoever distributes the work.
const HandOver Act = "handOver"

var (
	handOverActs   = []Act{HandOver}
	handOverJudges = map[Act]judge{HandOver: judgeHandOver}
	handOverBodies = []newBody{body[HandedOver]()}
)

// HandedOver moves a desk. Every open task of it is in one of the lists.
type HandedOver struct {
	Org    string `json:"org"`
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
	// Moved are the successor's now, Owned those he gets back from a delegate.
	Moved []string `json:"moved,omitempty"`
	Owned []string `json:"owned,omitempty"`
	// Returned had been delegated to him: they are their owners' again.
	Returned []string `json:"returned,omitempty"`
	// Pooled are free: the successor lacks the role, or must be another person.
	Pooled []string `json:"pooled,omitempty"`
	// Signing are the steps whose later signature is the successor's to give.
	Signing []string `json:"signing,omitempty"`
	// Free are the steps whose work, sent back by him, will be anybody's of his role
	// once it is put right.
	Free []string `json:"free,omitempty"`
	// Left are signatures the successor may not give: they have to be removed, or
	// given by a deputy.
	Left []string `json:"left,omitempty"`
}

// Type is the name in the log.
func (HandedOver) Type() string { return "HandedOver" }

// Successor says that somebody's desk in the case went to somebody else.
type Successor struct {
	Org  string    `json:"org"`
	From string    `json:"from"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`
}

func (b HandedOver) apply(s *State, e *Event) {
	for _, id := range b.Moved {
		t := s.editTask(id)
		if t.Signer == b.From {
			t.Signer = b.To
		}
		t.Claimed, t.ClaimedAt, t.Owner = b.To, e.At, ""
	}
	for _, id := range b.Owned {
		t := s.editTask(id)
		if t.Signer == b.From {
			t.Signer = b.To
		}
		t.Owner = b.To
	}
	for _, id := range b.Returned {
		s.hold(id, s.Task(id).Owner, "", e.At)
	}
	for _, id := range b.Pooled {
		s.hold(id, "", "", time.Time{})
	}
	for _, id := range b.Signing {
		st := s.must(id)
		st.Signers = slices.Clone(st.Signers)
		for i := range st.Signers {
			if st.Signers[i].Account == b.From {
				st.Signers[i].Account = b.To
			}
		}
	}
	s.Successors = add(s.Successors, Successor{Org: b.Org, From: b.From, To: b.To, At: e.At})
}

// gone says whether somebody's desk in an organisation was handed over, and
// nothing has come to him since.
func (s *State) gone(org, account string) bool {
	at := time.Time{}
	for _, x := range s.Successors {
		if x.Org == org && x.From == account {
			at = x.At
		}
	}
	return !at.IsZero() && !slices.ContainsFunc(s.Tasks, func(t *Task) bool {
		return t.Org == org && (t.Claimed == account || t.DoneBy == account) && t.ClaimedAt.After(at)
	})
}

// fits says whether somebody may do a task himself.
func (d *decider) fits(a Actor, t *Task) bool {
	if t.Signer == "" && !a.may(t.Org, t.Role) {
		return false
	}
	return t.Kind != TaskWork || d.separate(a, d.r.node(d.s, t.Step)) == nil
}

// maySign says whether somebody may give an added signature in a step: he has not
// signed, and is not asked to already.
func (d *decider) maySign(a Actor, n *definition.Node) bool {
	st := d.st(n)
	return d.separate(a, n) == nil && !slices.ContainsFunc(st.Signers, func(s Signer) bool { return s.Account == a.ID }) &&
		!slices.ContainsFunc(d.s.Tasks, func(t *Task) bool {
			return t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer == a.ID
		})
}

func judgeHandOver(d *decider, cmd *Command) (func(), *Rejection) {
	from, org := cmd.Args.From, cmd.By.Org
	switch {
	case cmd.By.Kind != Person || !cmd.By.heads(org) && !cmd.By.is(from):
		return nil, reject(NotAllowed, "只有本人和本单位审核、批准、负责人可以移交", "only the person himself, or who checks, approves or heads in the organisation, hands a desk over").
			want("the person, check, approve, lead or organ-head", cmd.By.String()).at("from")
	case from == "":
		return nil, reject(BadData, "请指明移出的账号", "name the account whose desk is handed over").want("from", "none").at("from")
	}
	c, rej := d.colleague(cmd, cmd.Args.Account, org)
	if rej != nil {
		return nil, rej
	}
	if c.ID == from {
		return nil, reject(BadData, "不能移交给本人", "a desk is handed over to somebody else").want("a colleague", "the same person").at("account")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	e := d.deskOf(from, Actor{Kind: Person, ID: c.ID, Org: c.Org, Roles: c.Roles})
	e.Org, e.From, e.To, e.Reason = org, from, c.ID, cmd.Args.Reason
	if len(e.Moved)+len(e.Owned)+len(e.Returned)+len(e.Pooled)+len(e.Signing)+len(e.Free) == 0 {
		return nil, reject(NotOpen, "该账号在本案没有可移交的工作", "this account has nothing in the case that can be handed over").want("a task of his", "none").at("from")
	}
	return func() { d.emit(e) }, nil
}

// deskOf finds what somebody has in his successor's organisation.
func (d *decider) deskOf(from string, to Actor) HandedOver {
	var e HandedOver
	for _, t := range d.s.Tasks {
		if t.Status != TaskOpen || t.Org != to.Org {
			continue
		}
		signature := t.Signer == from && t.Kind == TaskWork
		switch {
		case t.Claimed != from && t.Owner != from:
		case signature && !d.maySign(to, d.r.node(d.s, t.Step)):
			e.Left = append(e.Left, t.ID)
		case t.Owner == from && t.Claimed != to.ID && (t.Signer == from || d.fits(to, t)):
			e.Owned = append(e.Owned, t.ID)
		case t.Claimed == from && t.Owner != "":
			e.Returned = append(e.Returned, t.ID)
		case t.Signer == from || d.fits(to, t):
			e.Moved = append(e.Moved, t.ID)
		default:
			e.Pooled = append(e.Pooled, t.ID)
		}
	}
	for _, n := range d.nodes() {
		st := d.st(n)
		if st.Status != Open || st.Org != to.Org || n.Work() == nil {
			continue
		}
		if st.Back.due() && st.Back.By == from {
			e.Free = append(e.Free, n.ID)
		}
		if !slices.Contains(st.Signed, from) && slices.ContainsFunc(st.Signers, func(s Signer) bool { return s.Account == from }) {
			if d.maySign(to, n) {
				e.Signing = append(e.Signing, n.ID)
			} else {
				e.Left = append(e.Left, n.ID)
			}
		}
	}
	return e
}
