package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/definition"
)

// HandOut is an output or written denial to be handed out (rule 3.9.3).
type HandOut struct {
	ID    string    `json:"id"`   // output id, or "denial:STEP"
	Step  string    `json:"step"` // the deciding step
	At    time.Time `json:"at"`   // signed
	Way   string    `json:"way,omitempty"`
	By    string    `json:"by,omitempty"`
	Done  time.Time `json:"done,omitzero"`
	Proof string    `json:"proof,omitempty"`
	Void  time.Time `json:"void,omitzero"` // annulled before it was handed out
	// Silent: granted by silence; the paper is due within a working day.
	Silent bool `json:"silent,omitempty"`
}

// Pending says whether it is still to be handed out.
func (h *HandOut) Pending() bool { return h.Done.IsZero() && h.Void.IsZero() }

// Results: what is handed out at the one window, when the outcome is fixed
// (rules 3.9.1–3.9.5, 行政许可法第四十四条).

// pending says whether a result is not handed out yet.
func (d *decider) pending() bool {
	return slices.ContainsFunc(d.s.Hands, func(h HandOut) bool { return h.Pending() })
}

// issuer is the step that hands out: the first issue step still to come or open.
func (d *decider) issuer() *definition.Node {
	for _, n := range d.r.Plan.Issues {
		if s := d.st(n).Status; s == Open || s == Waiting {
			return n
		}
	}
	return nil
}

// handOuts makes results ready: as-ready each when it is signed (3.9.4), else
// all when the issue step opens; and ends an issue step with none left.
func (d *decider) handOuts() {
	n := d.issuer()
	if n == nil {
		return
	}
	if tasks, clocks := d.handTasks(n, max(1, d.st(n).Round), d.s.Org(n.By), n.Issue.Outputs == "as-ready" || d.st(n).Status == Open); len(tasks) > 0 {
		d.emit(HandOutReady{Step: n.ID, Tasks: tasks, Clocks: clocks})
	}
	if d.st(n).Status == Open && !d.pending() {
		d.emit(StepEnded{Step: n.ID, End: EndDone})
	}
}

// handTasks makes a task and a clock for every result that has none yet; not all:
// only for those that wait for nothing, because silence granted them.
func (d *decider) handTasks(n *definition.Node, nth int, org string, all bool) ([]Task, []Clock) {
	var tasks []Task
	var clocks []Clock
	for i := range d.s.Hands {
		h := &d.s.Hands[i]
		if !h.Pending() || d.ready(n, h) || !all && !h.Silent {
			continue
		}
		t := Task{
			ID: n.ID + "." + h.ID, Kind: TaskHand, Step: n.ID, Round: nth, Party: n.By, Org: org, Role: d.deskRole(n.By), About: h.ID,
			Status: TaskOpen, OpenedAt: d.now,
		}
		if p, ok := d.limit(n.Limit, n.LimitP); ok {
			if h.Silent {
				p = paperTime
			}
			c := d.clock(Clock{
				ID: "hand." + h.ID, Class: Statutory, Step: n.ID, Round: nth, Period: p, Late: lateHand,
				Start: d.handStart(n, h), From: "decision",
			})
			t.Clock = c.ID
			clocks = append(clocks, c)
		}
		tasks = append(tasks, t)
	}
	return tasks, clocks
}

// ready says whether a result has its task at the step already.
func (d *decider) ready(n *definition.Node, h *HandOut) bool {
	return slices.ContainsFunc(d.s.Tasks, func(t *Task) bool { return t.Kind == TaskHand && t.About == h.ID && t.Step == n.ID })
}

// handStart: as-ready counts from the signing of each result, together from the
// fixing of the outcome, which is now while it is not recorded yet (3.8.2).
func (d *decider) handStart(n *definition.Node, h *HandOut) time.Time {
	switch {
	case n.Issue.Outputs == "as-ready" || h.Silent:
		return h.At
	case d.s.DecidedAt.IsZero():
		return d.now
	}
	return d.s.DecidedAt
}

func judgeHand(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskHand)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := d.gate(n); rej != nil {
		return nil, rej
	}
	a := &cmd.Args
	if !slices.Contains(n.Issue.Ways, a.Way) {
		return nil, reject(BadData, "领取方式不对", "this way of handing out is not offered").want(strings.Join(n.Issue.Ways, ", "), cmp0(a.Way, "none")).at("way")
	}
	if a.Way == WayCourier && strings.TrimSpace(a.Proof) == "" {
		return nil, reject(BadData, "邮寄须写明运单号", "what is sent by courier needs its waybill").want("proof", "none").at("proof")
	}
	items := a.Items
	if len(items) == 0 && cmd.Task != "" {
		items = []string{t.About}
	}
	var tasks []string
	var chosen []string
	for i := range d.s.Tasks {
		o := d.s.Tasks[i]
		if o.Kind != TaskHand || o.Status != TaskOpen || o.Step != n.ID || len(items) > 0 && !slices.Contains(items, o.About) {
			continue
		}
		if o.Claimed != "" && !cmd.By.is(o.Claimed) {
			return nil, reject(Claimed, "“"+o.About+"”的出件已由他人认领", "somebody else has claimed the hand-out of "+o.About).at(o.ID)
		}
		tasks, chosen = append(tasks, o.ID), append(chosen, o.About)
	}
	for _, id := range items {
		if !slices.Contains(chosen, id) {
			return nil, reject(NotFound, "没有待发放的“"+id+"”", "there is no result "+id+" to hand out").at("items." + id)
		}
	}
	if rej := d.madeOut(a.Outputs, chosen); rej != nil {
		return nil, rej
	}
	if rej := d.originals(a.Originals, d.r.Plan.Def.Item.Originals != "never"); rej != nil {
		return nil, rej
	}
	return func() {
		d.emit(HandedOut{
			Step: n.ID, Items: chosen, Tasks: tasks, Way: a.Way, Proof: a.Proof, Outputs: a.Outputs, Originals: a.Originals,
		})
		d.sent(a.Way, chosen)
	}, nil
}

// fixOutcome fixes the outcome once every decide has ended or is absent (3.9.1,
// 3.9.2), or when the case ended otherwise.
func (d *decider) fixOutcome() {
	if d.s.Outcome != "" || d.s.Seq == 0 {
		return
	}
	if d.s.Ending != "" {
		d.emit(OutcomeFixed{Outcome: d.s.Ending})
		return
	}
	granted, present, withdrawn := 0, 0, 0
	tolerant, lapsed, denied := false, false, false
	for _, n := range d.r.Plan.Decides {
		st := d.st(n)
		switch {
		case st.Status == Absent:
		case st.Status != Ended:
			return
		case st.End == EndWithdrawn:
			withdrawn++
		default:
			present++
			if st.End.Granted() {
				granted++
			}
			tolerant = tolerant || st.End == EndGrantTolerant
			lapsed = lapsed || st.End == EndLapsed
			denied = denied || st.End == EndDeny
		}
	}
	outcome := PartlyGrant
	switch {
	case len(d.r.Plan.Decides) == 0:
		return
	case present == 0 && withdrawn > 0:
		outcome = Withdrawn
	case present == 0:
		outcome = NotRequired // there was nothing to decide in this case
	case granted == present && tolerant:
		outcome = GrantedTolerant
	case granted == present:
		outcome = Granted
	case granted == 0 && lapsed && !denied:
		outcome = Lapsed
	case granted == 0:
		outcome = Denied
	}
	d.emit(OutcomeFixed{Outcome: outcome})
}
