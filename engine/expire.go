package engine

import (
	"strings"
	"time"

	"lianban/engine/definition"
)

// Expiries are what time does by itself: windows close, silence takes effect,
// clocks are marked overdue, warnings are given. They come in order of their
// instants (rule 3.1.4) and carry them as their time, however late they are
// processed (3.1.5).

// expiry is one thing that will happen at an instant.
type expiry struct {
	at    time.Time
	rank  int // class of rule 3.1.4
	depth int // deeper steps first
	index int // then written order
	clock int
	warn  int    // 1, 2, further ones of a list: a warning; 0: the due time itself
	pause string // the run that ends
}

// Ranks of rule 3.1.4.
const (
	rankPause  = 1
	rankWindow = 2
	rankEffect = 3
	rankDuty   = 4
	rankMark   = 5
	rankCase   = 6
)

func (e *expiry) before(o *expiry) bool {
	switch {
	case !e.at.Equal(o.at):
		return e.at.Before(o.at)
	case e.rank != o.rank:
		return e.rank < o.rank
	case e.depth != o.depth:
		return e.depth > o.depth
	case e.index != o.index:
		return e.index < o.index
	}
	return e.clock < o.clock
}

// nextOf is the next thing a clock does, if any.
func nextOf(s *State, i int) (expiry, bool) {
	c := s.Clocks[i]
	if !c.Running() || c.Overdue {
		return expiry{}, false
	}
	e := expiry{at: c.Due, rank: rankMark, clock: i}
	switch {
	case c.Duty != "":
		e.rank = rankDuty
	case c.ofCase():
		e.rank = rankCase
	case c.Late == lateWindow || c.Late == latePosting || c.Late == lateRequest || c.ID == clockAnswer:
		e.rank = rankWindow
	case c.Late != lateMark && c.Late != lateHand:
		e.rank = rankEffect
	}
	// two warnings precede every effect other than mark, and a list of them any end
	switch further := max(c.Warned+1, firstReminder) - firstReminder; {
	case c.effects() && c.Warned < 1 && c.Half.Before(c.Due):
		e.at, e.rank, e.warn = c.Half, rankMark, 1
	case c.effects() && c.Warned < firstReminder && c.Warn.Before(c.Due):
		e.at, e.rank, e.warn = c.Warn, rankMark, firstReminder
	case further < len(c.Reminders) && c.Reminders[further].Before(c.Due):
		e.at, e.rank, e.warn = c.Reminders[further], rankMark, firstReminder+further
	}
	return e, true
}

// effects says whether running out does more than mark.
func (c *Clock) effects() bool {
	switch c.Late {
	case lateAccept, lateAgree, lateGrant, lateLapse, lateAsk, lateRevoke, lateRectify, lateRequest, lateReceive, lateFix:
		return true
	}
	return false
}

// NextDue is the nearest instant at which time itself will change the case;
// zero when nothing is left to happen.
func NextDue(s *State) time.Time {
	var next time.Time
	for i := range s.Clocks {
		if e, ok := nextOf(s, i); ok && (next.IsZero() || e.at.Before(next)) {
			next = e.at
		}
	}
	return nextPause(s, next)
}

// nextPause is the planned end of a running pause, when it is before next.
func nextPause(s *State, next time.Time) time.Time {
	for i := range s.Pauses {
		if p := &s.Pauses[i]; p.Running() && (next.IsZero() || p.Planned.Before(next)) {
			next = p.Planned
		}
	}
	return next
}

// NextEffect is the nearest instant at which an expiry other than a warning
// takes effect; before it does, acts recorded earlier are applied (3.1.3).
func NextEffect(s *State) time.Time {
	var next time.Time
	for i := range s.Clocks {
		c := s.Clocks[i]
		if c.Running() && !c.Overdue && (next.IsZero() || c.Due.Before(next)) {
			next = c.Due
		}
	}
	return nextPause(s, next)
}

// expire applies every expiry due at or before t, in order.
func (d *decider) expire(t time.Time) {
	if d.s.Over() {
		return
	}
	for {
		var next expiry
		found := false
		for i := range d.s.Clocks {
			e, ok := nextOf(d.s, i)
			if !ok || e.at.After(t) {
				continue
			}
			if n := d.r.node(d.s, d.s.Clocks[i].Step); n != nil {
				e.depth, e.index = n.Depth, n.Index
			}
			if !found || e.before(&next) {
				next, found = e, true
			}
		}
		for i := range d.s.Pauses {
			p := &d.s.Pauses[i]
			if e := (expiry{at: p.Planned, rank: rankPause, pause: p.ID}); p.Running() && !e.at.After(t) && (!found || e.before(&next)) {
				next, found = e, true
			}
		}
		if !found {
			return
		}
		d.now, d.by, d.command, d.do = next.at, Actor{Kind: System}, "", ""
		if d.now.Before(d.s.Last) {
			d.now = d.s.Last
		}
		d.accepting = false
		d.happen(next)
		d.settle()
	}
}

func (d *decider) happen(e expiry) {
	if e.pause != "" {
		d.endPause(e.pause, "time", "")
		return
	}
	c := d.s.Clocks[e.clock]
	if e.warn > 0 {
		d.emit(ClockWarned{Clock: c.ID, Which: e.warn})
		return
	}
	n := d.r.node(d.s, c.Step)
	switch {
	case c.Duty != "":
		d.dutyLate(c)
	case c.ID == clockRating:
		d.emit(RatingClosed{})
	case c.Late == lateReceive:
		d.receive("time", "")
	case c.Late == lateWindow:
		d.closeWindow(n, "time")
	case c.ID == clockAnswer:
		d.answerLate(n, c)
	case c.Late == lateAccept && n.Kind == definition.KindIntake && d.silenceAccepts():
		d.accept(n, "", nil, true)
	case c.Late == lateAgree && n.Review != nil:
		d.defaulted(n, c.Due)
	case c.Late == lateGrant && n.Decide != nil && d.silenceGrants(n, c):
		d.grantedBySilence(n, c.Due)
	case c.Late == lateRectify:
		d.rectifyLate(n, c)
	case c.Late == lateRequest:
		d.emit(ClockOverdue{Clock: c.ID})
		d.endSpecial(n, "not-requested")
	case c.Late == latePosting:
		d.emit(PostingOver{Step: n.ID, Clock: c.ID})
	default:
		d.emit(ClockOverdue{Clock: c.ID})
	}
}

// answerLate is the due time of the applicant's answer (3.7.7).
func (d *decider) answerLate(n *definition.Node, c *Clock) {
	in := *d.st(n).Intake
	in.Overdue = true
	before := d.s.AcceptedOn == nil
	late := c.Late
	d.emit(ClockOverdue{Clock: c.ID})
	switch {
	case late == lateLapse && before:
		d.emit(StepEnded{Step: n.ID, End: EndLapsed, Why: "answer"})
	case late == lateAsk && before:
		// departments go on with what is there: the clerk decides
		in.Phase = Judging
		d.emit(AnswerOverdue{Step: n.ID, Intake: in, Tasks: []Task{d.acceptTask(n, nil, d.notices()+1)}})
	default:
		d.emit(AnswerOverdue{Step: n.ID, Intake: in})
	}
}

// silenceAccepts says whether silence at the intake is acceptance by law: the
// item or any present decide is a licence (language section 2.9; 行政许可法第三十二条).
func (d *decider) silenceAccepts() bool {
	if d.r.Plan.Def.Item.Type == definition.Licence {
		return true
	}
	env := d.filed()
	for _, n := range d.r.Plan.Nodes {
		if n.Decide != nil && n.Decide.Item.Type == definition.Licence && d.maybePresent(n, env) {
			return true
		}
	}
	return false
}

// defaulted ends an opinion by silence: it counts as agreement (late: agree).
func (d *decider) defaulted(n *definition.Node, due time.Time) {
	d.emit(ClockOverdue{Clock: d.running(n)})
	d.emit(StepEnded{Step: n.ID, End: EndDefaulted, Why: "silence", Seen: d.seen(n), Verdict: &Verdict{
		End: EndDefaulted, Org: d.st(n).Org, At: due,
	}})
}

// running is the id of the step's promise clock of this round.
func (d *decider) running(n *definition.Node) string { return n.ID + round(d.st(n).Round) }

// RunsOut says in words what a clock does when it runs out, for screens.
func (c *Clock) RunsOut() (zh, en string) {
	switch {
	case c.ID == clockRating:
		return "到期不再评价", "the time for rating is over"
	case c.Late == lateReceive:
		return "到期即转窗口收件", "it goes to the window as received"
	case c.Late == lateWindow:
		return "到期即结束汇总，发出一次性补正告知书", "the collect window closes and the one notice goes out"
	case c.Late == lateAccept:
		return "逾期不告知的，自收到申请材料之日起即为受理", "not told in time: accepted as of the day the papers arrived"
	case c.Late == lateAgree:
		return "逾期视为同意", "silence counts as agreement"
	case c.Late == lateFix:
		return "到期即复查整改情况", "what was to be put right is looked at again"
	case c.Duty != "" && c.Late == lateRevoke:
		return "逾期未履行的，由作出决定的机关决定是否撤销", "not met in time: the organ that decided is asked whether to annul"
	case c.Late == lateGrant:
		return "逾期未作决定的，视为准予", "silence counts as a grant"
	case c.Late == lateLapse:
		return "逾期不补正的，申请失效", "the application lapses"
	case c.Late == lateRequest:
		return "逾期不申请的，不再组织听证", "no hearing is asked for: it is over"
	case c.Late == latePosting:
		return "公示期满", "the posting's time is over"
	case c.Late == lateRectify:
		return "逾期不整改的，踏勘按现状结束，未整改事项供决定时参考", "the visit ends with what is open; those who decide read it"
	case strings.HasSuffix(c.ID, clockStatutory):
		return "逾期为超法定时限", "the legal limit is exceeded"
	}
	return "逾期记为超期", "marked overdue"
}
