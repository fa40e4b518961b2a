package supervision

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// read makes one name ready for an expression.
func (w *Watch) read(r reading, o *opening) any {
	of := func(v any) any { return part(reflect.ValueOf(v), r.keys) }
	s := w.state
	switch r.name {
	case "param":
		return w.terms.params
	case "case":
		return of(w.view())
	case "event":
		return of(o.event.Body)
	case "seq":
		return int(o.event.Seq)
	case "at":
		return o.event.At
	case "do":
		return string(o.event.Do)
	case "by":
		return of(o.event.By)
	case "step":
		return of(w.step(o.step))
	case "clock":
		if o.clock == nil {
			return of(clockView{})
		}
		return of(clockView{*o.clock, o.clock.Running()})
	case "task":
		return of(*o.task)
	case "result":
		return of(*o.result)
	case "dossier":
		if o.dossier != nil {
			return of(*o.dossier)
		}
		return of(w.project().Dossier)
	case "steps":
		list := make([]stepView, len(s.Steps))
		for i := range s.Steps {
			list[i] = w.step(s.Steps[i].ID)
		}
		return of(list)
	case "clocks":
		list := make([]clockView, len(s.Clocks))
		for i, c := range s.Clocks {
			list[i] = clockView{*c, c.Running()}
		}
		return of(list)
	case "tasks":
		list := make([]engine.Task, len(s.Tasks))
		for i, t := range s.Tasks {
			list[i] = *t
		}
		return of(list)
	case "papers":
		list := make([]paperView, len(s.Papers))
		for i, p := range s.Papers {
			list[i] = w.paper(p)
		}
		return of(list)
	case "notices":
		return of(s.Notices)
	case "results":
		return of(w.handOuts())
	case "before":
		return func(t time.Time, period string) (time.Time, error) {
			p, err := calendar.ParsePeriod(period)
			if err != nil {
				return t, err
			}
			if s.Engine < 12 {
				return w.calendar().Before(t, p), nil
			}
			return w.calendar().Ahead(t, p, nil), nil
		}
	case "after":
		return func(t time.Time, period string) (time.Time, error) {
			p, err := calendar.ParsePeriod(period)
			if err != nil {
				return t, err
			}
			return w.calendar().Due(t, p, nil).At, nil
		}
	case "hours":
		return func(t time.Time, n float64) time.Time { return workingHours(w.calendar(), t, n) }
	case "left":
		id := ""
		if o.clock != nil {
			id = o.clock.ID
		}
		return func(c any, share float64) (time.Time, error) {
			m, _ := c.(map[string]any)
			if given, _ := m["id"].(string); given != "" {
				id = given
			}
			k := s.Clock(id)
			if k == nil {
				return time.Time{}, fmt.Errorf("left wants a clock")
			}
			return left(s, w.calendar(), k, share), nil
		}
	}
	panic("supervision: nobody gives " + r.name)
}

func (w *Watch) view() caseView {
	s, item := w.state, &w.engine.Plan.Def.Item
	v := caseView{
		Number: s.Number, Item: s.Item, Type: string(item.Type), Quota: item.Quota, Originals: item.Originals, Region: s.Region, Channel: s.Channel, Lead: s.Org(item.Lead),
		Hall: w.hall(), Status: string(s.Status), Outcome: string(s.Outcome), Flags: s.Flags, ReceivedAt: s.ReceivedAt, CompleteAt: s.ReceivedAt,
		AcceptedAt: s.AcceptedAt, AcceptedOn: s.AcceptedOn, DecidedAt: s.DecidedAt, ClosedAt: s.ClosedAt,
	}
	for _, st := range s.Steps {
		if in := st.Intake; in != nil && !in.CompleteAt.IsZero() && (s.AcceptedAt.IsZero() || !in.CompleteAt.After(s.AcceptedAt)) {
			v.CompleteAt = in.CompleteAt
		}
	}
	return v
}

func (w *Watch) step(id string) stepView {
	st := w.state.Step(id)
	if st == nil {
		return stepView{}
	}
	v := stepView{StepState: *st, Name: w.nameOf(id), Results: w.results[id]}
	if n := w.engine.Plan.Node(id); n != nil {
		v.Kind, v.Party = string(n.Kind), n.By
	} else if st.Added != nil {
		v.Kind, v.Party = string(definition.KindReview), st.Added.Party
	}
	return v
}

func (w *Watch) nameOf(step string) string {
	if n := w.engine.Plan.Node(step); n != nil {
		if n.Name != "" {
			return n.Name
		}
		return step
	}
	if st := w.state.Step(step); st != nil && st.Added != nil {
		return st.Added.Name
	}
	return step
}

func (w *Watch) paper(p engine.PaperState) paperView {
	v := paperView{PaperState: p}
	if m := w.engine.Plan.Paper(p.ID); m != nil {
		v.Name, v.Form = m.Name, m.Form
		for _, s := range m.From {
			switch {
			case s.Data != "":
				v.Sources = append(v.Sources, "data")
			case s.Party != "":
				v.Sources = append(v.Sources, "party")
			default:
				v.Sources = append(v.Sources, s.Name)
			}
		}
	}
	return v
}

// left is the instant from which at most a share of a clock's time remains, at
// the latest a working day before it runs out, on a day that is worked.
func left(s *engine.State, cal *calendar.Calendar, c *engine.Clock, share float64) time.Time {
	day := calendar.Period{Amount: 1, Unit: calendar.WorkingDays}
	total := c.Period
	for _, x := range c.Extended {
		if x.Period.Unit == total.Unit {
			total.Amount += x.Period.Amount
		}
	}
	var at time.Time
	if total.Unit == calendar.WorkingDays {
		day.Amount = max(1, int(math.Ceil(float64(total.Amount)*share)))
		at = cal.Before(c.Due, day)
	} else {
		at = cal.Before(c.Due, day)
		if part := c.Due.Add(-time.Duration(float64(c.Due.Sub(c.Start)) * share)); part.Before(at) {
			at = part
			if s.Engine >= 12 {
				at = cal.Counted(part, nil)
			}
		}
	}
	if !at.Before(c.Start) {
		return at
	}
	if next := cal.Onward(c.Start, nil); s.Engine >= 12 && next.Before(c.Due) {
		return next // begun on a day off: the word of it waits for people
	}
	return c.Start
}

// workingHours counts hours from an instant; days off do not count.
func workingHours(cal *calendar.Calendar, t time.Time, n float64) time.Time {
	rest := time.Duration(n * float64(time.Hour))
	for {
		day := calendar.DateOf(t)
		if !cal.Working(day) {
			t = day.End()
			continue
		}
		if end := day.End(); t.Add(rest).After(end) {
			rest -= end.Sub(t)
			t = end
			continue
		}
		return t.Add(rest)
	}
}
