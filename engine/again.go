package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// Doing again (rule 3.6): returns by a decide, and reviews reopened because
// what they read has changed. A signed decision is never reopened.

func judgeReturn(d *decider, cmd *Command) (func(), *Rejection) {
	n, rej := d.returner(cmd)
	if rej != nil {
		return nil, rej
	}
	if n.Decide == nil || len(n.Decide.Back) == 0 {
		return nil, reject(NoReturn, "本环节没有退回重审的规定", "this step declares no return").want("a decide step with back", string(n.Kind)).at(n.ID)
	}
	target := cmd.Args.To
	if target == "" && len(n.Decide.Back) == 1 {
		target = n.Decide.Back[0]
	}
	if !slices.Contains(n.Decide.Back, target) {
		return nil, reject(NoReturn, "不能退回到“"+target+"”", "a return to "+cmp0(target, "nowhere")+" is not declared").
			want(strings.Join(n.Decide.Back, ", "), cmp0(target, "none")).at("to")
	}
	if d.st(n).Returns >= n.Decide.Times && !cmd.By.asSupervisor() {
		return nil, reject(NoReturn, "退回次数已用完，须由监察员决定", "the returns of this step are used up; only a supervisor may allow more").
			want("at most "+itoa(n.Decide.Times), itoa(d.st(n).Returns)).at(n.ID).orBeyond(cmd.By, RoleSupervisor)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	e, rej := d.stretch(n, d.r.Plan.Node(target), cmd.Args.Steps)
	if rej != nil {
		return nil, rej
	}
	e.Reason = cmd.Args.Reason
	return func() { d.emit(e) }, nil
}

// returner is the step the return is by: the one whose last link has its turn,
// or, for a supervisor who allows one return more, the open decide he names.
func (d *decider) returner(cmd *Command) (*definition.Node, *Rejection) {
	if n := d.r.node(d.s, cmd.Step); n != nil && n.Decide != nil && cmd.By.asSupervisor() && d.st(n).Status == Open && d.st(n).Returns >= n.Decide.Times {
		return n, nil
	}
	n, t, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej.orBeyond(cmd.By, RoleSupervisor)
	}
	if n.Decide != nil && len(n.Decide.Back) > 0 && !d.verdictDue(n, t) {
		return nil, reject(WrongLink, "由最后一环决定退回", "the return is for the last link").at(n.ID)
	}
	return n, nil
}

// stretch works out what a return from n to target does with every step
// between (3.6.2, 3.6.3).
func (d *decider) stretch(n, target *definition.Node, named []string) (Returned, *Rejection) {
	e := Returned{Step: n.ID, Target: target.ID, Redo: []string{n.ID}}
	again := map[*definition.Node]bool{} // groups gone through again
	seen := map[string]bool{}
	for _, m := range d.nodes() {
		if m == n || m.Group() || !d.between(m, target, n) {
			continue
		}
		st := d.st(m)
		name := slices.Contains(named, m.ID)
		seen[m.ID] = true
		redo, why := d.redo(m, st, name)
		if name && !redo {
			return e, reject(NoReturn, "“"+m.ID+"”不能重办", m.ID+" cannot be done again").want("a review that no signed decision follows", why).at("steps." + m.ID)
		}
		if !redo {
			e.Stay = append(e.Stay, Stay{Step: m.ID, Why: why})
			continue
		}
		e.Redo = append(e.Redo, m.ID)
		if st.Status != Absent || d.wouldOpen(m) {
			for g := m.Parent; g != target.Parent && !n.Within(g); g = g.Parent {
				again[g] = true
			}
		}
	}
	for _, id := range named {
		if !seen[id] {
			return e, reject(NoReturn, "“"+id+"”不在退回的范围内", id+" is not between the target and this step").at("steps." + id)
		}
	}
	// absent steps are judged anew only where their group is gone through again
	e.Redo = slices.DeleteFunc(e.Redo, func(id string) bool {
		m := d.r.node(d.s, id)
		return m != n && !n.Within(m.Parent) && !again[m.Parent]
	})
	for _, g := range d.nodes() {
		if again[g] {
			e.Redo = append(e.Redo, g.ID)
		}
	}
	if !d.reopens(n, e) {
		return e, reject(NoReturn, "退回不会使任何环节重办：请指明要重办的环节", "the return would reopen nothing; name the steps to be done again").want("steps", "none").at("steps")
	}
	return e, nil
}

// between says whether m lies on the way from the target to the returner: at or
// after the target, and above the returner or inside a block passed on the way.
func (d *decider) between(m, target, n *definition.Node) bool {
	around := target.Parent
	if !m.Within(around) || m == around || n.Within(m) {
		return false
	}
	top := childOf(around, m)
	if top.Index < target.Index {
		return false
	}
	return m.Index < n.Index || d.st(m).Added != nil && top.Index < n.Index
}

// reopens tries a return on a copy: does anybody but the returner get work by
// it? (3.6.3)
func (d *decider) reopens(n *definition.Node, e Returned) bool {
	try := &decider{r: d.r, under: d.under, s: d.s.clone(), now: d.now}
	try.emit(e)
	try.settle()
	return slices.ContainsFunc(try.events, func(x Event) bool {
		o, ok := x.Body.(StepOpened)
		return ok && o.Step != n.ID && !try.r.node(try.s, o.Step).Group()
	})
}

// redo says whether a leaf step is judged anew in a return, and if not why.
func (d *decider) redo(m *definition.Node, st *StepState, named bool) (bool, string) {
	switch {
	case st.Status == Absent && st.Why == "dropped":
		return false, "dropped"
	case redoable(m) && d.signedAfter(m):
		return false, "signed decision follows"
	case st.Status == Absent:
		return true, ""
	case m.Kind == definition.KindPublicity && st.Status == Ended && st.End == EndDone:
		return true, "" // done again always (3.6.2)
	case st.Status != Ended:
		return false, string(st.Status)
	case st.Verdict != nil && (st.End.Granted() || st.End == EndDeny):
		return false, "signed"
	case st.End == EndWithdrawn:
		return false, "withdrawn"
	case st.End == EndStopped:
		return named, "stopped"
	case st.End == EndBarred || st.End == EndSkipped:
		return true, ""
	case !redoable(m):
		return false, "stays"
	case named:
		return true, ""
	case len(d.changedFor(m)) > 0:
		return true, ""
	}
	return false, "unchanged"
}

// redoable says whether a return may do a step again because it is named or affected.
func redoable(n *definition.Node) bool {
	return n.Kind == definition.KindReview || n.Kind == definition.KindVisit || n.Kind == definition.KindHearing
}

// signedAfter says whether a signed decision comes after m in its own or an
// enclosing sequence (3.6.3).
func (d *decider) signedAfter(m *definition.Node) bool {
	for c := m; c.Parent != nil; c = c.Parent {
		if c.Parent.Kind != definition.KindSequence {
			continue
		}
		for _, o := range d.nodes() {
			st := d.st(o)
			if o.Decide != nil && st.Verdict != nil && st.Status == Ended && o.Within(c.Parent) && childOf(c.Parent, o).Index > c.Index {
				return true
			}
		}
	}
	return false
}

// wouldOpen says whether an absent step's condition, and those around it, hold now.
func (d *decider) wouldOpen(m *definition.Node) bool {
	env := d.env()
	for ; m.Parent != nil; m = m.Parent {
		if d.st(m).Status == Absent && m.WhenP != nil && !m.WhenP.Bool(env) {
			return false
		}
	}
	return true
}

// reread looks for steps affected by changed papers, fields or answers without a
// return (3.6.5, 3.6.7).
func (d *decider) reread(changed []string) {
	d.retell(changed)
	d.affect(changed)
}

// retell tells open steps of a change and reopens ended reviews (3.6.5).
func (d *decider) retell(changed []string) {
	if len(changed) == 0 {
		return
	}
	for _, n := range d.nodes() {
		st := d.st(n)
		if n.Group() || len(n.Reads) == 0 {
			continue
		}
		switch {
		case st.Status == Open && (n.Work() != nil || redoable(n)):
			if hit := among(n.Reads, changed); len(hit) > 0 {
				d.emit(d.told(n, hit))
			}
		case redoable(n) && st.Status == Ended && n.Branch() && d.st(n.Parent).Status == Open && (opinion(st.End) || st.End == EndDone):
			if hit := d.changedFor(n); len(among(hit, changed)) > 0 && (n.Visit == nil || len(d.attendees(n)) > 0) {
				o := d.opening(n)
				d.emit(StepReopened{Step: n.ID, Round: o.Round, Org: o.Org, Changed: hit, Needs: o.Needs, Clocks: o.Clocks, Tasks: o.Tasks, Visit: o.Visit, Hearing: o.Hearing})
			}
		}
	}
}

// affect tells the parties of signed decisions, and the supervisor by the event,
// that something they read has changed; the decisions stand (3.6.7).
func (d *decider) affect(changed []string) {
	for _, n := range d.r.Plan.Nodes {
		if n.Decide == nil || d.st(n).Status != Ended || d.st(n).Verdict == nil {
			continue
		}
		if hit := d.changedFor(n); len(among(hit, changed)) > 0 {
			d.emit(DecisionAffected{Step: n.ID, Changed: hit, Notice: Notice{
				ID: "affected." + n.ID + "." + itoa(int(d.s.Seq)), Kind: NoticeChange, To: n.By, Step: n.ID, At: d.now, Text: strings.Join(hit, ", "),
			}})
		}
	}
}

func opinion(e End) bool {
	switch e {
	case EndAgree, EndAgreeWith, EndDisagree, EndNotConcerned, EndDefaulted:
		return true
	}
	return false
}

// told tells an open step of a change: its chain goes back to the first link,
// in the same round, the clock runs on.
func (d *decider) told(n *definition.Node, hit []string) StepTold {
	e := StepTold{Step: n.ID, Changed: hit}
	st := d.st(n)
	if st.Link > 0 || len(st.Passed) > 0 {
		e.Tasks, e.Clocks = d.linkTasks(n, st.Round, st.Org, 0)
	}
	return e
}

// among picks what a step reads that is among the changed: itself, or a field
// inside a changed part of the form.
func among(reads, changed []string) []string {
	var out []string
	for _, x := range reads {
		if slices.ContainsFunc(changed, func(c string) bool { return x == c || strings.HasPrefix(x, c+".") }) {
			out = append(out, x)
		}
	}
	return out
}
