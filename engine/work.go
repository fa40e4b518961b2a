package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// Work inside a department: the chain of links, opinions and signed decisions
// (rules 3.4, 3.3.7, 3.3.8).

// linkTasks makes the tasks of one link, one per role, and their node clocks,
// new each time a link gets its turn (3.4.6).
func (d *decider) linkTasks(n *definition.Node, nth int, org string, link int) ([]Task, []Clock) {
	roles := n.Work().Chain[link].Roles
	if n.Work().Chain[link].Mode == definition.LinkOrder {
		roles = roles[:1]
	}
	tasks := make([]Task, len(roles))
	var clocks []Clock
	turn := d.turns(n, nth, link) + 1
	for i := range roles {
		var c *Clock
		if tasks[i], c = d.linkTask(n, nth, org, link, i, turn); c != nil {
			clocks = append(clocks, *c)
		}
	}
	return tasks, clocks
}

// turns counts the tasks a link has had in a round.
func (d *decider) turns(n *definition.Node, nth, link int) int {
	turns := 0
	for i := range d.s.Tasks {
		if t := d.s.Tasks[i]; t.Step == n.ID && t.Round == nth && t.Link == link && t.Kind == TaskWork {
			turns++
		}
	}
	return turns
}

// taskID names the task of one role of a link, the first time it has its turn.
func taskID(n *definition.Node, nth, link, role int) string {
	return n.ID + round(nth) + "." + itoa(link+1) + string(rune('a'+role))
}

// linkTask makes the task of one role of a link, and its node clock, if it has one.
func (d *decider) linkTask(n *definition.Node, nth int, org string, link, i, turn int) (Task, *Clock) {
	role := n.Work().Chain[link].Roles[i]
	t := Task{
		ID: taskID(n, nth, link, i), Kind: TaskWork, Step: n.ID, Round: nth, Party: n.By,
		Org: org, Role: role.Role, Link: link, Clock: d.taskClock(n, nth), Status: TaskOpen, OpenedAt: d.now,
	}
	if turn > 1 {
		t.ID += "." + itoa(turn)
	}
	if role.Time == nil {
		return t, nil
	}
	c := d.clock(Clock{
		ID: n.ID + "." + role.Role + round(nth), Class: Promised, Step: n.ID, Round: nth, Role: role.Role,
		Period: *role.Time, Late: lateMark, Start: d.now, From: "start",
	})
	for k := range i {
		if n.Work().Chain[link].Roles[k].Role == role.Role { // several people of one role
			c.ID = n.ID + "." + role.Role + "." + string(rune('a'+i)) + round(nth)
		}
	}
	if turn > 1 {
		c.ID += "." + itoa(turn)
	}
	t.Clock = c.ID
	return t, &c
}

// taskClock is the clock whose due time a step's tasks show: its promise, else
// the legal clock of its matter, else the case's promise.
func (d *decider) taskClock(n *definition.Node, nth int) string {
	switch {
	case n.Limit != nil:
		return n.ID + round(nth)
	case n.Decide != nil && n.Decide.Statutory != nil:
		return n.ID + ".statutory" + round(nth)
	case d.r.Plan.Def.Item.Promised != nil:
		return clockPromised
	}
	return clockStatutory
}

// turn is what every act of a chain needs: the step, the actor's open task, and
// that he is none of those who must differ.
func (d *decider) turn(cmd *Command) (*definition.Node, *Task, *Rejection) {
	t, rej := d.task(cmd, TaskWork)
	if rej != nil {
		return nil, nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := delegated(t); rej != nil {
		return nil, nil, rej
	}
	if rej := d.waits(t); rej != nil {
		return nil, nil, rej
	}
	if rej := d.separate(cmd.By, n); rej != nil {
		return nil, nil, rej
	}
	return n, t, nil
}

// separate is separation of duties (3.4.5): persons of one chain differ; who
// took the case in is in no chain, unless the item is instant.
func (d *decider) separate(a Actor, n *definition.Node) *Rejection {
	if slices.ContainsFunc(d.s.Intakes, a.is) && d.r.Plan.Def.Item.Handling != "instant" {
		return tookIn().at(n.ID)
	}
	if d.presides(a.ID) {
		return reject(NotAllowed, "听证主持人不得审查本案", "the chair of a hearing may not review the case").
			want("a person who does not preside", "the chair").at(n.ID).under("48")
	}
	st := d.st(n)
	passed := func(p Passed) bool { return a.is(p.By) || a.is(p.For) }
	if slices.ContainsFunc(st.Passed, passed) || slices.ContainsFunc(st.Signed, a.is) || st.Back.due() && (a.is(st.Back.By) || slices.ContainsFunc(d.keptBy(n, st.Back), passed)) {
		return differ().at(n.ID)
	}
	for i := range n.Work().Chain[st.Link].Roles { // who has voted against does not vote again
		if n.Work().Chain[st.Link].Mode != definition.LinkShare {
			break
		}
		if k := d.latest(n, st.Link, i); k != nil && k.Status == TaskDone && (a.is(k.DoneBy) || a.is(k.DoneFor)) {
			return differ().at(n.ID)
		}
	}
	return nil
}

func differ() *Rejection {
	return reject(NotAllowed, "同一链条中承办、审核、批准须由不同的人办理", "the persons of one chain must differ").
		want("a person who has not passed this chain", "one who has")
}

func tookIn() *Rejection {
	return reject(NotAllowed, "收件、受理的人不得再参与审查决定（接办分离）", "who took the case in may not review or decide it").
		want("a person who did not take the case in", "the person who did")
}

func judgePass(d *decider, cmd *Command) (func(), *Rejection) {
	n, t, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	if d.verdictDue(n, t) {
		return nil, reject(WrongLink, "最后一环应作出结论，不能再往下传", "the last link gives the verdict; there is nobody to pass on to").
			want("a verdict", "pass").at(n.ID)
	}
	if rej := d.checks(n, cmd.Args.Checks); rej != nil {
		return nil, rej
	}
	task := *t
	return func() {
		e := LinkPassed{
			Step: n.ID, Task: task.ID, Note: cmd.Args.Reason, Checks: cmd.Args.Checks, Link: task.Link,
			Passed: Passed{Link: task.Link, Role: task.Role, By: cmd.By.ID, For: cmd.By.For, At: d.now, Signer: task.Signer != ""},
		}
		o := d.passOn(n, &task, cmd.By)
		e.Link, e.Tasks, e.Clocks, e.Over, e.Skipped, e.Kept, e.Straight = o.link, o.tasks, o.clocks, o.over, o.skipped, o.kept, o.straight
		d.emit(e)
		d.free(n, cmd.By)
	}, nil
}

// free puts back into the pool what somebody who has passed still holds in the
// same chain: he may not do it any more (3.4.5).
func (d *decider) free(n *definition.Node, a Actor) {
	for i := range d.s.Tasks {
		if t := d.s.Tasks[i]; t.Step == n.ID && t.Kind == TaskWork && t.Status == TaskOpen && t.Signer == "" && a.is(cmp0(t.Owner, t.Claimed)) {
			d.emit(TaskReleased{Task: t.ID})
		}
	}
}

func judgeSendBack(d *decider, cmd *Command) (func(), *Rejection) {
	n, t, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	chain := n.Work().Chain
	to := t.Link - 1
	if cmd.Args.Link != "" {
		to = slices.IndexFunc(chain[:t.Link], func(l definition.Link) bool {
			return slices.ContainsFunc(l.Roles, func(r definition.RoleLimit) bool { return r.Role == cmd.Args.Link })
		})
	}
	if to < 0 {
		return nil, reject(WrongLink, "前面没有这一环，不能退回", "there is no such earlier link to send back to").
			want("an earlier link of the chain", cmp0(cmd.Args.Link, "first link")).at("link")
	}
	task := *t
	if task.Signer == "" && chain[t.Link].Mode == definition.LinkShare && d.reachable(n, t) {
		return func() {
			over, _ := d.needless(n, cmd.By, task.ID)
			d.emit(LinkVoted{Step: n.ID, Task: task.ID, Reason: cmd.Args.Reason, Over: over})
			d.free(n, cmd.By)
		}, nil
	}
	return func() {
		st := d.st(n)
		e := LinkSentBack{Step: n.ID, Task: task.ID, Link: to, Reason: cmd.Args.Reason, Straight: cmd.Args.Straight && task.Signer == ""}
		e.Tasks, e.Clocks = d.linkTasks(n, st.Round, st.Org, to)
		if e.Straight { // to those who had it, and back to the sender
			e.Index = d.roleIndex(n, &task)
			for _, p := range st.Passed {
				if p.Link == to && !p.Signer {
					d.give(e.Tasks, p.Role, cmp0(p.For, p.By))
				}
			}
		}
		d.emit(e)
	}, nil
}

// give lets an account hold the free new task of a role.
func (d *decider) give(tasks []Task, role, account string) {
	for i := range tasks {
		if t := &tasks[i]; t.Role == role && t.Claimed == "" && !d.s.gone(t.Org, account) {
			t.Claimed, t.ClaimedAt = account, d.now
			return
		}
	}
}

func judgeNeedsUpper(d *decider, cmd *Command) (func(), *Rejection) {
	n, _, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if d.st(n).Upper {
		return nil, reject(NotOpen, "已登记须报上级", "it is already recorded that the upper level must be asked").at(n.ID)
	}
	return func() { d.emit(UpperNoted{Step: n.ID, Reason: cmd.Args.Reason}) }, nil
}

var ends = map[Act]End{
	Grant: EndGrant, Deny: EndDeny, Agree: EndAgree, AgreeWith: EndAgreeWith, Disagree: EndDisagree, NotConcerned: EndNotConcerned,
}

// judgeVerdict judges the act that ends a review or a decide: an opinion, or a
// department's signed decision.
func judgeVerdict(d *decider, cmd *Command) (func(), *Rejection) {
	n, t, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	decision := cmd.Do == Grant || cmd.Do == Deny
	if decision != (n.Decide != nil) {
		want := "grant, deny"
		if n.Decide == nil {
			want = "agree, agreeWith, disagree, notConcerned"
		}
		return nil, reject(WrongAct, "本环节不能作出这种结论", "this kind of step does not take this verdict").want(want, string(cmd.Do)).at(n.ID)
	}
	if cmd.Do != Deny { // every opinion is a positive end (3.3.2)
		if rej := d.gate(n); rej != nil {
			return nil, rej
		}
	}
	if d.verdictDue(n, t) {
		if left := d.signing(n, cmd.By, d.proper(n, t.ID)); len(left) > 0 {
			return nil, reject(WrongLink, "还有加签人未签，签后再作出结论", "added signatures are still to be given; then comes the verdict").
				want("signed: "+strings.Join(left, ", "), "open").at(n.ID)
		}
	} else {
		return nil, reject(WrongLink, "还有后面的环节未办，由最后一环作出结论", "the verdict is for the last link; pass it on").
			want("last link "+roles(n.Work().Chain[len(n.Work().Chain)-1]), t.Role).at(n.ID)
	}
	if rej := d.checks(n, cmd.Args.Checks); rej != nil {
		return nil, rej
	}
	found := d.found(n, cmd.Args.Checks)
	if rej := d.examined(n, cmd.Do, found); rej != nil {
		return nil, rej
	}
	if rej := d.grounds(n, cmd); rej != nil {
		return nil, rej
	}
	if rej := d.interestsHeard(n); rej != nil {
		return nil, rej
	}
	v := &Verdict{
		End: ends[cmd.Do], By: cmd.By.ID, For: cmd.By.For, Org: d.st(n).Org, At: d.now, Reason: cmd.Args.Reason, Basis: cmd.Args.Basis,
		Conditions: cmd.Args.Conditions, Takes: cmd.Args.Takes, Checks: found,
	}
	var overrides []Override
	if cmd.Do == Grant {
		v.Overrides, overrides = d.against(n, cmd.Args.Overrides)
	}
	if cmd.Do == Grant && d.tolerating(n) {
		v.End = EndGrantTolerant
	}
	e := StepEnded{Step: n.ID, End: v.End, Task: t.ID, Verdict: v, Seen: d.seen(n)}
	switch cmd.Do {
	case Deny:
		v.Remedy = remedy
		e.Hands = []HandOut{{ID: "denial:" + n.ID, Step: n.ID, At: d.now}}
	case Grant:
		if e.Outputs, rej = d.outputs(n, cmd.Args.Outputs); rej != nil {
			return nil, rej
		}
		e.Hands, e.Papers = d.results(e.Outputs)
	}
	ended := Body(e) // on the heap once, whatever the closure holds
	return func() {
		d.goAgainst(n, overrides)
		d.emit(ended)
		if d.st(n).Round > 1 {
			d.affect([]string{n.ID}) // the record of a step done again is another one
		}
		if cmd.Do == Grant {
			d.tellGrant(n)
		}
	}, nil
}

// remedy is the text every denial carries (行政许可法第三十八条；行政复议法第二十条；行政诉讼法第四十六条).
const remedy = "如不服本决定，可以自知道本决定之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。"

func roles(l definition.Link) string {
	names := make([]string, len(l.Roles))
	for i, r := range l.Roles {
		names[i] = r.Role
	}
	return strings.Join(names, "+")
}

// grounds are the reasons a verdict needs.
func (d *decider) grounds(n *definition.Node, cmd *Command) *Rejection {
	a := &cmd.Args
	switch cmd.Do {
	case Deny:
		if rej := needReason(cmd); rej != nil {
			return rej.at("reason").under("38")
		}
		if strings.TrimSpace(a.Basis) == "" {
			return reject(ReasonNeeded, "不予许可须写明法律依据", "a denial needs its legal basis").want("basis", "none").at("basis").under("38")
		}
	case Disagree, NotConcerned:
		return needReason(cmd)
	case AgreeWith:
		if len(a.Conditions) == 0 || slices.ContainsFunc(a.Conditions, func(c string) bool { return strings.TrimSpace(c) == "" }) {
			return reject(ReasonNeeded, "附条件同意须写明条件", "agreeing with conditions needs the conditions").want("conditions", "none").at("conditions")
		}
	case Grant:
		return d.grantable(n, a)
	}
	return nil
}

// grantable is rule 3.3.8 and 3.4.3: nothing that had to be positive above may
// have ended negatively, every disagreeing opinion is overridden with a
// reason, every condition put to this decide is taken over or refused.
func (d *decider) grantable(n *definition.Node, a *Args) *Rejection {
	for _, m := range d.above(n) {
		st := d.st(m)
		opinion := m.Kind == definition.KindReview || m.Group() // a group fails by what is in it
		passedBy := st.End == EndSkipped && m.Decide == nil     // nobody was to decide there
		if st.Status == Ended && st.End.Negative() && !opinion && !passedBy && !d.optional(m, n) {
			return reject(GateShut, "“"+m.ID+"”未获准，本环节不能准予，只能不予许可", m.ID+" ended negatively; this step can only deny").
				want(m.ID+" granted", string(st.End)).at(m.ID)
		}
	}
	if rej := d.patience(n); rej != nil {
		return rej
	}
	for _, m := range d.disagreeing(n) {
		i := slices.IndexFunc(a.Overrides, func(o Override) bool { return o.Step == m.ID })
		if i < 0 || strings.TrimSpace(a.Overrides[i].Reason) == "" {
			return reject(ReasonNeeded, "“"+m.ID+"”不同意，准予须逐项写明不采纳的理由", "granting against the opinion of "+m.ID+" needs a reason").
				want("overrides."+m.ID, "none").at("overrides." + m.ID)
		}
	}
	for _, m := range d.conditional(n) {
		for _, c := range d.st(m).Verdict.Conditions {
			i := slices.IndexFunc(a.Takes, func(t Take) bool { return t.Step == m.ID && t.Condition == c })
			if i < 0 {
				return reject(ReasonNeeded, "“"+m.ID+"”附有条件，须逐项决定是否采纳", "the conditions of "+m.ID+" must be taken over or refused, one by one").
					want("takes for "+m.ID, "none").at("takes." + m.ID)
			}
			if !a.Takes[i].Taken && strings.TrimSpace(a.Takes[i].Reason) == "" {
				return reject(ReasonNeeded, "不采纳“"+m.ID+"”的条件须写明理由", "refusing a condition of "+m.ID+" needs a reason").at("takes." + m.ID)
			}
		}
	}
	return nil
}

// above lists the steps above a decide in its own sequence, at any depth.
func (d *decider) above(n *definition.Node) []*definition.Node {
	if n.Parent == nil || n.Parent.Kind == definition.KindParallel {
		return nil
	}
	var found []*definition.Node
	for _, m := range d.nodes() {
		if m == n || !m.Within(n.Parent) || m == n.Parent {
			continue
		}
		if top := childOf(n.Parent, m); top.Index < n.Index && top != n {
			found = append(found, m)
		}
	}
	return found
}

// childOf is the direct child of g that m is, or is inside.
func childOf(g, m *definition.Node) *definition.Node {
	for m.Parent != g {
		m = m.Parent
	}
	return m
}

// optional says whether m is, or is inside, an optional branch below n's sequence.
func (d *decider) optional(m, n *definition.Node) bool {
	for ; m != nil && m != n.Parent; m = m.Parent {
		if m.Optional {
			return true
		}
	}
	return false
}

// outputs makes the results of a grant, with their validity (民法典第二百零二条).
func (d *decider) outputs(n *definition.Node, in []OutputIn) ([]OutputState, *Rejection) {
	for i, o := range in {
		if n.Output(o.ID) == nil {
			return nil, reject(BadData, "本环节不产生“"+o.ID+"”", "this step gives no output "+o.ID).want(given(n), o.ID).at("outputs." + o.ID)
		}
		if slices.ContainsFunc(in[:i], func(p OutputIn) bool { return p.ID == o.ID }) {
			return nil, reject(BadData, "“"+o.ID+"”重复", "output "+o.ID+" comes twice").at("outputs." + o.ID)
		}
	}
	var out []OutputState
	for _, g := range n.Decide.Gives {
		o := OutputState{ID: g.ID, Step: n.ID, Kind: g.Kind, Name: g.Name, Org: d.st(n).Org, At: d.now}
		if i := slices.IndexFunc(in, func(x OutputIn) bool { return x.ID == g.ID }); i >= 0 {
			o.Number, o.Data, o.Hash = in[i].Number, in[i].Data, in[i].Hash
		}
		if g.Validity != nil {
			until := d.r.Calendar.Due(d.now, *g.Validity, nil).Day
			o.Until = &until
		}
		out = append(out, o)
	}
	return out, nil
}

// given lists what a step gives, for refusals.
func given(n *definition.Node) string {
	ids := make([]string, len(n.Decide.Gives))
	for i, g := range n.Decide.Gives {
		ids[i] = g.ID
	}
	return cmp0(strings.Join(ids, ", "), "no outputs")
}

// results are the hand-outs of new outputs, and the awaited papers they become.
func (d *decider) results(outputs []OutputState) ([]HandOut, []PaperState) {
	var hands []HandOut
	var papers []PaperState
	for _, o := range outputs {
		hands = append(hands, HandOut{ID: o.ID, Step: o.Step, At: o.At})
		if p := d.s.Paper(o.ID); p != nil && (p.Status == PaperAwaited || p.Status == PaperMissing) {
			papers = append(papers, PaperState{ID: p.ID, Status: PaperPresent, Source: "output", Hash: o.Hash, Name: o.Name, At: d.now, Earlier: p.Earlier})
		}
	}
	return hands, papers
}

// tellGrant tells the parties the definition names of a grant.
func (d *decider) tellGrant(n *definition.Node) {
	for _, party := range n.Decide.Tells {
		d.emit(PartyTold{Notice: Notice{ID: "granted." + n.ID + "." + party, Kind: NoticeGranted, To: party, Step: n.ID, At: d.now}})
	}
}

// paperFalls lets awaited papers fall to their other sources when their giver
// has ended without the output (3.7.2).
func (d *decider) paperFalls() {
	var fell []PaperState
	for i := range d.s.Papers {
		p := &d.s.Papers[i]
		if p.Status != PaperAwaited || d.given(p.ID) {
			continue
		}
		giver := d.r.Plan.Giver(p.ID)
		if s := d.st(giver).Status; s == Ended || s == Absent {
			fell = append(fell, *p)
			fell[len(fell)-1].Status = PaperMissing
		}
	}
	if len(fell) > 0 {
		d.emit(PaperFell{Papers: fell})
	}
}
