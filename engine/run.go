package engine

import (
	"slices"

	"lianban/engine/definition"
)

// settle carries the case on as far as it goes without anybody acting: steps
// open, groups end, gates bar, results become ready, the outcome is fixed.
// Everything is derived from the state as it is, never from counters, so the
// same function heals any order in which things came about.
func (d *decider) settle() {
	if d.s.Status == Closed {
		return // what is left are duties, and they change by acts and expiries alone
	}
	if d.s.Status == PreReview && d.s.Ending == "" {
		d.preReview()
		return
	}
	for {
		n := len(d.events)
		d.pausesOver()
		over := d.advance(d.r.Plan.Root)
		d.bar()
		d.paperFalls()
		d.windowSpoken()
		d.visits()
		d.postings()
		d.hearings()
		d.handOuts()
		d.deliveries()
		d.lateCaseClocks()
		d.fixOutcome()
		d.duties()
		if len(d.events) > n {
			continue
		}
		if over && d.s.Outcome != "" && d.closable() {
			d.emit(CaseClosed{})
			d.invite()
		}
		return
	}
}

// advance carries a group on; it says whether everything in it is over.
func (d *decider) advance(g *definition.Node) bool {
	if g.Kind == definition.KindParallel {
		return d.advanceParallel(g)
	}
	return d.advanceSequence(g)
}

// advanceSequence is rules 3.3.3 and 3.3.6: one after another; after a negative
// end the rest is skipped, except what can still be handed out and the decide
// that may make it good.
func (d *decider) advanceSequence(g *definition.Node) bool {
	failed := false // a negative end not made good
	final := false  // nothing can make it good: a decide denied, or the intake refused
	for _, c := range d.children(g) {
		st := d.st(c)
		if st.Status == Waiting {
			switch {
			case failed && c.Kind == definition.KindIssue && d.pending():
			case failed && !final && c.Kind == definition.KindDecide:
			case failed:
				d.emit(StepsClosed{Steps: d.openInside(c), End: EndSkipped, Why: "sequence"})
				continue
			}
			d.activate(c)
			st = d.st(c)
		}
		if st.Status == Open && c.Group() {
			d.advance(c)
			st = d.st(c)
		}
		switch {
		case st.Status == Open:
			return false
		case st.Status == Absent || st.End == EndSkipped || st.End == EndWithdrawn:
		case st.End.Negative():
			failed = true
			final = final || c.Kind == definition.KindDecide || c.Kind == definition.KindIntake
		case failed && c.Kind == definition.KindDecide:
			failed = false
		}
	}
	if g.Parent != nil {
		end := EndDone
		if failed {
			end = EndFailed
		}
		d.emit(StepEnded{Step: g.ID, End: end})
	}
	return true
}

// advanceParallel is rules 3.3.4, 3.3.5 and 3.5.
func (d *decider) advanceParallel(g *definition.Node) bool {
	over := true
	for _, c := range d.children(g) {
		if d.st(c).Status == Waiting {
			d.awaken(c)
		}
		if d.st(c).Status == Open && c.Group() {
			d.advance(c)
		}
		if s := d.st(c).Status; s == Waiting || s == Open {
			over = false
		}
	}
	if d.objections(g) {
		return true // stopped
	}
	if !over || d.asked(g) {
		return false
	}
	end := EndDone
	if !d.passed(g) {
		end = EndFailed
	}
	d.emit(StepEnded{Step: g.ID, End: end})
	return true
}

// awaken opens a waiting branch when everything in its `after` has ended.
func (d *decider) awaken(c *definition.Node) {
	fulfilled := true
	for _, name := range c.After {
		ended, ok := d.afterMet(name)
		if !ended {
			return
		}
		fulfilled = fulfilled && ok
	}
	if fulfilled {
		d.activate(c)
		return
	}
	if values, present := d.present(c); !present {
		d.emit(StepAbsent{Steps: d.inside(c), Why: "when", Values: values})
		return
	}
	d.emit(StepsClosed{Steps: d.openInside(c), End: EndBarred, Why: "after"})
}

// afterMet says whether a name in `after` has ended, and whether it is fulfilled.
func (d *decider) afterMet(name string) (ended, fulfilled bool) {
	n := d.r.Plan.Node(name)
	output := n == nil
	if output {
		if d.given(name) {
			return true, true
		}
		n = d.r.Plan.Giver(name)
	}
	st := d.st(n)
	switch st.Status {
	case Absent:
		return true, true
	case Ended:
		return true, !output && !st.End.Negative() && st.End != EndWithdrawn
	}
	return false, false
}

func (d *decider) given(output string) bool {
	return slices.ContainsFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == output })
}

// present evaluates a step's condition, once per round chain (3.2.1, 3.2.4):
// a step that was open in an earlier round stays present, unless it was absent
// since.
func (d *decider) present(n *definition.Node) ([]Seen, bool) {
	st := d.st(n)
	if n.WhenP == nil || st.Round > 0 && st.Why != whyAbsent || st.Forced {
		return nil, true
	}
	env := d.envFor(n.WhenP)
	return d.values(n.WhenP, env), n.WhenP.Bool(env)
}

// activate is a step's turn: absent, or open with its clocks and tasks.
func (d *decider) activate(n *definition.Node) {
	values, present := d.present(n)
	if !present {
		d.emit(StepAbsent{Steps: d.inside(n), Why: "when", Values: values})
		return
	}
	if n.Kind == definition.KindVisit && len(d.attendees(n)) == 0 {
		d.emit(StepAbsent{Steps: []string{n.ID}, Why: "nobody", Values: values})
		return
	}
	o := d.opening(n)
	o.Values = values
	d.emit(o)
	if n.Kind == definition.KindIssue && !d.pending() {
		d.emit(StepEnded{Step: n.ID, End: EndDone})
	}
}

// opening prepares the next round of a step.
func (d *decider) opening(n *definition.Node) StepOpened {
	st := d.st(n)
	o := StepOpened{Step: n.ID, Round: st.Round + 1}
	if !n.Group() {
		o.Org = st.Org
		if st.Added == nil {
			o.Org = d.s.Org(n.By)
		}
	}
	o.Needs = d.needs(n)
	d.opens = n
	defer func() { d.opens = nil }()
	switch {
	case n.Kind == definition.KindIntake:
		o.Intake, o.Clocks, o.Tasks = d.openIntake(n)
	case n.Group():
		o.Clocks = d.groupClock(n, o.Round)
	case n.Work() != nil:
		o.Clocks = d.stepClocks(n, o.Round)
		tasks, clocks := d.linkTasks(n, o.Round, o.Org, 0)
		o.Tasks, o.Clocks = tasks, append(o.Clocks, clocks...)
	case n.Kind == definition.KindVisit:
		o.Clocks = d.stepClocks(n, o.Round)
		o.Visit, o.Tasks = d.openVisit(n, o.Round, o.Org)
	case n.Kind == definition.KindHearing:
		clocks := []Clock(nil)
		o.Hearing, clocks, o.Tasks = d.openHearing(n, o.Round, o.Org)
		o.Clocks = append(d.stepClocks(n, o.Round), clocks...)
	case n.Kind == definition.KindPublicity:
		o.Clocks = d.stepClocks(n, o.Round)
		o.Posting, o.Tasks = d.openPosting(n, o.Round, o.Org)
	case n.Kind == definition.KindIssue:
		if n.Issue.Outputs == "together" {
			o.Tasks, o.Clocks = d.handTasks(n, o.Round, o.Org, true)
		}
	}
	return o
}

// needs evaluates the entries of a gate (3.2.2).
func (d *decider) needs(n *definition.Node) []string {
	var ids []string
	for i, need := range n.Needs {
		if n.NeedsP[i] == nil || n.NeedsP[i].Bool(d.envFor(n.NeedsP[i])) {
			ids = append(ids, need.ID)
		}
	}
	return ids
}

// bar ends open steps other than decide whose need has ended negatively (3.3.9).
func (d *decider) bar() {
	for _, n := range d.nodes() {
		st := d.st(n)
		if st.Status != Open || n.Kind == definition.KindDecide {
			continue
		}
		if id := d.dutyBars(n); id != "" {
			d.emit(StepsClosed{Steps: d.openInside(n), End: EndBarred, Why: "needs:" + id})
			continue
		}
		for _, need := range st.Needs {
			if s := d.s.Step(need); s != nil && s.Status == Ended && (s.End.Negative() || s.End == EndWithdrawn) {
				d.emit(StepsClosed{Steps: d.openInside(n), End: EndBarred, Why: "needs:" + need})
				break
			}
		}
	}
}

// openInside lists the open and waiting steps of a node, itself included,
// children first, so that a group ends after what is in it.
func (d *decider) openInside(n *definition.Node) []string {
	var ids []string
	if n.Group() {
		for _, c := range d.children(n) {
			ids = append(ids, d.openInside(c)...)
		}
	}
	if n.Parent == nil {
		return ids
	}
	if s := d.st(n).Status; s == Open || s == Waiting {
		ids = append(ids, n.ID)
	}
	return ids
}

// gate finds the first entry of a step's needs that is not fulfilled (3.3.7).
func (d *decider) gate(n *definition.Node) *Rejection {
	for _, id := range d.st(n).Needs {
		ok, actual := true, ""
		if s := d.s.Step(id); s != nil {
			ok = s.Status == Absent || s.Status == Ended && !s.End.Negative() && s.End != EndWithdrawn
			actual = string(s.Status) + suffix(s.End)
		} else if p := d.s.Paper(id); p != nil {
			ok = p.Status == PaperAbsent || p.Status == PaperPresent
			actual = string(p.Status)
		}
		if !ok {
			return reject(GateShut, "须先完成“"+id+"”，本环节才能作出肯定结论", id+" must be fulfilled before this step can end positively").
				want(id+" ended positively or absent", actual).at(id)
		}
	}
	return d.dutyGate(n)
}

// objections looks for objections that have not been raised yet in a block
// (3.5.2) and acts on them by its policy. It says whether the block was stopped.
func (d *decider) objections(g *definition.Node) bool {
	if g.Parallel.Objection == "finish" {
		return false
	}
	for _, n := range d.objectors(g) {
		st := d.st(n)
		if d.raised(n.ID, st.Round) || st.End == EndStopped { // being stopped follows from an objection, it is none
			continue
		}
		o := Objection{ID: g.ID + "/" + n.ID + round(st.Round), Block: g.ID, Step: n.ID, Round: st.Round, At: d.now}
		if g.Parallel.Objection == "stop" {
			o.Answer = StopBlock
			d.emit(ObjectionRaised{Objection: o})
			d.stopBlock(g)
			return true
		}
		lead := d.r.Plan.Def.Item.Lead
		d.emit(ObjectionRaised{Objection: o, Task: Task{
			ID: o.ID, Kind: TaskQuestion, Step: g.ID, Round: d.st(g).Round, Party: lead, Org: d.s.Org(lead), Role: RoleLead,
			About: n.ID, Status: TaskOpen, OpenedAt: d.now,
		}})
	}
	return false
}

// objectors lists the steps whose end is an objection in the block: disagreeing
// opinions whose innermost block it is, and negative ends of branches that are
// not optional.
func (d *decider) objectors(g *definition.Node) []*definition.Node {
	var found []*definition.Node
	for _, n := range d.nodes() {
		st := d.st(n)
		if st.Status != Ended {
			continue
		}
		switch {
		case st.End == EndDisagree && block(n) == g:
			found = append(found, n)
		case n.Parent == g && !n.Optional && st.End.Negative() && st.End != EndSkipped:
			found = append(found, n)
		}
	}
	return found
}

// block is the innermost parallel block around a step.
func block(n *definition.Node) *definition.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Kind == definition.KindParallel {
			return p
		}
	}
	return nil
}

func (d *decider) raised(step string, round int) bool {
	return slices.ContainsFunc(d.s.Objects, func(o Objection) bool { return o.Step == step && o.Round == round })
}

// asked says whether an objection question of the block is open. Questions a stop
// made needless were taken back with the block's end and are not open.
func (d *decider) asked(g *definition.Node) bool {
	return slices.ContainsFunc(d.s.Tasks, func(t *Task) bool {
		return t.Kind == TaskQuestion && t.Step == g.ID && t.Status == TaskOpen
	})
}

// stopBlock stops everything open or waiting in a block; signed decisions
// stand; the block ends failed (3.5.3).
func (d *decider) stopBlock(g *definition.Node) {
	ids := d.openInside(g)
	if ids = slices.DeleteFunc(ids, func(id string) bool { return id == g.ID }); len(ids) > 0 {
		d.emit(StepsClosed{Steps: ids, End: EndStopped, Why: "block"})
	}
	d.emit(StepEnded{Step: g.ID, End: EndFailed, Why: "stopped"})
}

// passed is rule 3.5.1.
func (d *decider) passed(g *definition.Node) bool {
	if g.PassesP != nil {
		return d.empty(g) || g.PassesP.Bool(d.envFor(g.PassesP))
	}
	return len(d.objectors(g)) == 0
}

// empty says whether everything in a group is absent: then it ends done,
// whatever its `passes` would say (3.3.10).
func (d *decider) empty(g *definition.Node) bool {
	return !slices.ContainsFunc(d.children(g), func(c *definition.Node) bool { return d.st(c).Status != Absent })
}

func judgeObjection(d *decider, cmd *Command) (func(), *Rejection) {
	if cmd.Task == "" {
		cmd.Task = cmd.Args.Objection
	}
	t, rej := d.task(cmd, TaskQuestion)
	if rej != nil {
		return nil, rej
	}
	if cmd.Task == "" {
		open := 0
		for i := range d.s.Tasks {
			if q := d.s.Tasks[i]; q.Kind == TaskQuestion && q.Status == TaskOpen && q.Step == t.Step {
				open++
			}
		}
		if open > 1 {
			return nil, reject(BadData, "有多项异议，请指明一项", "several objections are open; name one").
				want("objection", "none").at("objection")
		}
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	id, g := t.ID, d.r.node(d.s, t.Step)
	return func() {
		d.emit(ObjectionAnswered{Objection: id, Task: id, Answer: cmd.Do, Reason: cmd.Args.Reason})
		if cmd.Do == StopBlock {
			d.stopBlock(g)
		}
	}, nil
}

// round is the suffix that tells later rounds' ids from the first's.
func round(n int) string {
	if n <= 1 {
		return ""
	}
	return "#" + itoa(n)
}
