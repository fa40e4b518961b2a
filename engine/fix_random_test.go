package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Orders to put something right, in random cases.

// orders draws what an order to put something right says; kind: as it may be given.
func (w *world) orders(t *rapid.T, a *engine.Args, kind bool) {
	for range rapid.IntRange(0, 2).Draw(t, "to fix") {
		a.Points = append(a.Points, engine.PointIn{Text: rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "what to fix")})
	}
	a.Until = calendar.DateOf(w.now).AddDays(rapid.IntRange(0, 9).Draw(t, "to fix until"))
	a.On = w.now.AddDate(0, 0, -rapid.SampledFrom([]int{0, 0, 1, 6, -1}).Draw(t, "checked ago"))
	if kind {
		a.Points, a.On = []engine.PointIn{{Text: "甲"}, {Text: "乙"}}, time.Time{}
		a.Until = calendar.DateOf(w.now).AddDays(rapid.IntRange(1, 5).Draw(t, "to fix until day"))
	}
}

// onOrder draws which order the holder speaks of, and of which of its points.
func onOrder(t *rapid.T, a *engine.Args) {
	a.Duty = rapid.SampledFrom([]string{"", "", "t1", "t2", "x"}).Draw(t, "order of")
	a.Statements = []engine.Statement{{Of: rapid.SampledFrom([]string{"point1", "point1", "point2", "point9"}).Draw(t, "point"), Text: "已整改"}}
}

// ordered checks what holds of orders: the holder is told what and until when, within
// what the definition gives him; while his time runs it is his turn and nobody else's,
// then the re-check's; nobody finds anything about a duty whose order still runs.
func (w *world) ordered(t *rapid.T) {
	s := w.state
	for i := range s.Duties {
		k := &s.Duties[i]
		if len(k.Orders) == 0 {
			require.NotContains(t, []engine.DutyStatus{engine.DutyFixing, engine.DutyRecheck}, k.Status, k.ID)
			continue
		}
		declared := w.rules.Plan.Duty(k.ID)
		require.NotNil(t, declared, k.ID)
		require.NotNil(t, declared.Fix, k.ID)
		require.LessOrEqual(t, len(k.Orders), declared.Fix.Times, k.ID)
		for nth, o := range k.Orders {
			w.saw("an order to fix", nth == len(k.Orders)-1)
			require.NotEmpty(t, o.Reason)
			require.NotEmpty(t, o.Points)
			told, more := o.Notice, w.moreToFix(t, k.ID, nth)
			if len(more) > 0 {
				told = more[len(more)-1].ID
			}
			require.True(t, slices.ContainsFunc(s.Notices, func(n engine.Notice) bool {
				return n.ID == o.Notice && n.To == "applicant" && n.Until != nil && len(n.Lines) == len(o.Points)
			}), "nobody was told of the order %d of %s", nth+1, k.ID)
			require.True(t, slices.ContainsFunc(s.Notices, func(n engine.Notice) bool {
				return n.ID == told && n.To == "applicant" && n.Until != nil && *n.Until == o.Day
			}), "nobody was told until when the order %d of %s is", nth+1, k.ID)
			require.Greater(t, o.Day, calendar.DateOf(o.At))
			last := nth == len(k.Orders)-1
			require.True(t, !o.Ended.IsZero() || last && (k.Status == engine.DutyFixing || k.Status == engine.DutyDropped), "the order %d of %s has no end", nth+1, k.ID)
			require.True(t, o.Ended.IsZero() || o.Why == "reported" || o.Why == "time")
			w.saw("an order to fix ended by "+o.Why, last && !o.Ended.IsZero())
		}
		open := func(kind engine.TaskKind) (n int) {
			for _, task := range s.Tasks {
				if task.About == k.ID && task.Kind == kind && task.Step == "" && task.Status == engine.TaskOpen {
					n++
				}
			}
			return n
		}
		fix, judge := 0, 0
		switch k.Status {
		case engine.DutyFixing:
			fix = 1
		case engine.DutyRecheck:
			judge = 1
		}
		require.Equal(t, []int{fix, judge, 0}, []int{open(engine.TaskRectify), open(engine.TaskJudge), open(engine.TaskDuty)}, "whose turn it is on %s (%s)", k.ID, k.Status)
		running := 0
		for _, c := range s.Clocks {
			if c.Duty == k.ID && c.Running() {
				running++
			}
		}
		require.Equal(t, fix+judge, running, "one clock runs of %s, and none of a settled one", k.ID)
	}
}

// found draws what a check of a duty finds: where something may be ordered to be put
// right it mostly is, so that orders of every end come about in a run.
func (w *world) found(t *rapid.T, duty string) string {
	if k := w.rules.Plan.Duty(duty); k != nil && k.Fix != nil && rapid.SampledFrom([]bool{true, true, true, false}).Draw(t, "falls short") {
		return engine.FindingFix
	}
	return rapid.SampledFrom([]string{"met", "met", "failed", "fix"}).Draw(t, "finding")
}

// letsPass says whether the holder lets the time of an order pass, which he makes up
// his mind about once, be it that he is given more.
func (w *world) letsPass(t *rapid.T, task *engine.Task) bool {
	if task.Kind != engine.TaskRectify || task.Step != "" {
		return false
	}
	idle, known := w.idle[task.ID]
	if !known {
		idle = rapid.Bool().Draw(t, "lets the time pass")
		if w.idle == nil {
			w.idle = map[string]bool{}
		}
		w.idle[task.ID] = idle
		if rapid.SampledFrom([]bool{true, true, false}).Draw(t, "more time") {
			w.longer(t, task)
		}
	}
	return idle || w.waitsForMore(task)
}

// waitsForMore says whether the holder of a task waits for more time for it, as he does
// unless nobody answers.
func (w *world) waitsForMore(task *engine.Task) bool {
	return slices.ContainsFunc(w.state.TimeAsks, func(x engine.TimeAsk) bool {
		return x.Clock == task.Clock && x.Status == engine.TimeOpen && !w.idle[x.ID]
	})
}

// wantsMore says whether the applicant waits for more time to answer a notice, bring a
// paper or meet a duty. Before he does what a task is for he asks, or not, once.
func (w *world) wantsMore(t *rapid.T, task *engine.Task) bool {
	if task.Party != "applicant" || task.Clock == "" || task.Kind == engine.TaskRectify && task.Step == "" {
		return false
	}
	if w.idle == nil {
		w.idle = map[string]bool{}
	}
	if thought := "more for " + task.ID; !w.idle[thought] {
		w.idle[thought] = true
		more := engine.AskableTime(w.rules, w.state, task.Clock, w.now)
		if more != nil && rapid.SampledFrom([]bool{true, true, true, false}).Draw(t, "wants more time") {
			w.acts++
			ask := engine.Args{Clock: task.Clock, Reason: fmt.Sprintf("材料未到，第%d次", w.acts)} // refused before, it wants a new one
			if more.Proof {
				ask.Evidence = []engine.Evidence{{Name: "证明", Hash: hashOf(77)}}
			}
			require.Nil(t, w.do(t, engine.Command{ID: fmt.Sprintf("k%d", w.acts), Do: engine.AskTime, By: engine.Actor{Kind: engine.Applicant}, At: w.now, Args: ask}),
				"what may be asked for is asked for")
			if rapid.Bool().Draw(t, "answered at once") {
				w.answersAsk(t, task.Clock)
			}
		}
	}
	return w.waitsForMore(task)
}

// longer asks for more time to fix, where the definition gives it and it is not used up.
func (w *world) longer(t *rapid.T, task *engine.Task) {
	k := w.state.Duty(task.About)
	x := w.rules.Plan.Duty(k.ID).Fix.Extend
	if x == nil {
		return
	}
	w.acts++
	if rapid.Bool().Draw(t, "asks for it") {
		ask := engine.Command{ID: fmt.Sprintf("k%d", w.acts), Do: engine.AskTime, By: engine.Actor{Kind: engine.Applicant}, At: w.now, Args: engine.Args{Clock: task.Clock, Reason: fmt.Sprintf("材料未到，第%d次", w.acts)}}
		require.Nil(t, w.do(t, ask))
		return
	}
	by := person("market", "lead", 21)
	if x.Role == "handle" {
		if by = person(k.By, "organ-head", 21); k.By == "applicant" {
			by = person(k.Judge, "organ-head", 21)
		}
		by.Org = w.state.Org(by.Org)
	}
	w.do(t, engine.Command{ID: fmt.Sprintf("k%d", w.acts), Do: engine.Extend, By: by, At: w.now, Args: engine.Args{Clock: task.Clock, Reason: "材料未到"}})
}

// answersAsk answers a request for more of a time, one way or the other.
func (w *world) answersAsk(t *rapid.T, clock string) {
	i := slices.IndexFunc(w.state.TimeAsks, func(x engine.TimeAsk) bool { return x.Clock == clock && x.Status == engine.TimeOpen })
	task := *w.state.Task(w.state.TimeAsks[i].ID)
	for _, do := range []engine.Act{rapid.SampledFrom([]engine.Act{engine.Extend, engine.RefuseTime}).Draw(t, "answers"), engine.RefuseTime} {
		for nth := 21; nth < 26; nth++ {
			if w.kindly(t, task, do, nth) {
				return
			}
		}
	}
}

// unanswered says whether nobody answers a request for more time, which whoever may give
// it makes up his mind about once, too.
func (w *world) unanswered(t *rapid.T, task *engine.Task) bool {
	if task.Kind != engine.TaskTime {
		return false
	}
	idle, known := w.idle[task.ID]
	if !known {
		idle = rapid.SampledFrom([]bool{true, false, false}).Draw(t, "nobody answers")
		if w.idle == nil {
			w.idle = map[string]bool{}
		}
		w.idle[task.ID] = idle
	}
	return idle
}

// timeAsked checks what holds of requests for more time: one that is open waits with
// somebody for as long as its time runs, and with nobody afterwards; what was given was
// told, and is later than what he had.
func (w *world) timeAsked(t *rapid.T) {
	for _, x := range w.state.TimeAsks {
		task, c := w.state.Task(x.ID), w.state.Clock(x.Clock)
		require.Equal(t, engine.TaskTime, task.Kind)
		require.Equal(t, x.Status == engine.TimeOpen, task.Status == engine.TaskOpen, "%s is %s", x.ID, x.Status)
		require.Equal(t, x.Status == engine.TimeOpen, x.Done.IsZero())
		require.True(t, x.Status != engine.TimeOpen || c.Running() && !c.Overdue, "%s waits for more of a time that is over", x.ID)
		switch x.Status {
		case engine.TimeGranted:
			require.Greater(t, *x.Until, x.Day)
			require.True(t, slices.ContainsFunc(w.state.Notices, func(n engine.Notice) bool {
				return n.Kind == engine.NoticeExtension && n.Clock == x.Clock && n.At.Equal(x.Done)
			}))
		case engine.TimeRefusal:
			require.NotEmpty(t, x.Answer)
		}
		w.saw("more time asked for: "+x.Status, true)
	}
}

// moreToFix are the notices of more time for an order of a duty: no more than its
// definition gives, each to a later day.
func (w *world) moreToFix(t *rapid.T, duty string, nth int) (list []engine.Notice) {
	for _, e := range w.log {
		if b, ok := e.Body.(engine.ClockExtended); ok && b.Clock.Duty == duty && b.Clock.From == "order" && b.Clock.Round == nth+1 {
			x := w.rules.Plan.Duty(duty).Fix.Extend
			require.NotNil(t, x, duty)
			require.True(t, len(list) == 0 || *list[len(list)-1].Until < *b.Notice.Until)
			list = append(list, b.Notice)
			require.LessOrEqual(t, len(list), x.Times)
			w.saw("more time to fix", true)
		}
	}
	return list
}

// orderEnded checks, of a case that is over, that every order came to its end: by the
// holder's word or by time it went to the re-check, which found something; or the
// duty fell away with what it was for.
func (w *world) orderEnded(t *rapid.T) {
	for _, k := range w.state.Duties {
		if len(k.Orders) == 0 {
			continue
		}
		require.Contains(t, []engine.DutyStatus{engine.DutyMet, engine.DutyFailed, engine.DutyDropped}, k.Status, "%s is ordered and found nothing of", k.ID)
		last := k.Orders[len(k.Orders)-1]
		require.True(t, k.Status == engine.DutyDropped || !last.Ended.IsZero(), "the last order of %s has no end", k.ID)
		require.True(t, last.Ended.IsZero() || !k.SettledAt.Before(last.Ended), "%s was settled before its order ended", k.ID)
		for nth := range k.Orders {
			id := "duty." + k.ID + ".fix" + suffix(nth+1)
			c := w.state.Clock(id)
			require.NotNil(t, c, id)
			require.False(t, c.Running(), id)
			o := k.Orders[nth]
			require.Equal(t, o.Why == "time", !o.Ended.IsZero() && !o.Ended.Before(c.Due), "%s ended by %q", id, o.Why)
		}
		w.saw("an order to fix that ended "+string(k.Status), true)
	}
}

// orderedTo starts the clocks of an order as the log tells of it: to the day it names,
// then the time of the re-check.
func (c *chronicle) orderedTo(b map[string]any) {
	id := text(b["duty"])
	i := slices.IndexFunc(c.plan.Def.Duties, func(t definition.Duty) bool { return t.ID == id })
	f := c.plan.Def.Duties[i].Fix
	start := c.fact.At
	if b["why"] == "time" { // the day it was over on is the day the re-check counts from
		due := c.due(c.clocks["duty."+id+".fix"+suffix(c.round["duty "+id])])
		if start = due; !strings.HasSuffix(f.Recheck.String(), "h") {
			start = startOf(dayOf(due.Add(-time.Nanosecond)))
		}
	}
	for _, m := range c.clocks {
		if m.step == "duty "+id && !m.over {
			m.over, m.end = true, c.fact.At
		}
	}
	m := &measure{class: "promised", step: "duty " + id, start: start}
	if c.fact.Type == "FixEnded" {
		c.begin("duty."+id+".recheck"+suffix(c.round["duty "+id]), m, f.Recheck.String())
		return
	}
	c.round["duty "+id]++
	m.extend = (*definition.Extension)(f.Extend)
	day := civilDay(part(b["order"])["day"])
	c.begin("duty."+id+".fix"+suffix(c.round["duty "+id]), m, "1cd")
	m.amount = int(day.Sub(dayOf(c.fact.At)).Hours()) / 24
	most, unit := number(f.Time.String())
	if endOf(day).After(c.walls[c.version].count(c.fact.At, most, unit, nil)) {
		panic("an order on " + id + " gives more than " + f.Time.String())
	}
}
