package engine

import (
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Asked is a question as a filing is asked it.
type Asked struct {
	*definition.Situation
	// Now: it is asked after the answers so far.
	Now bool
}

// Ask says which questions a filing with these answers is asked, without filing
// it, as far as the answers go: what is still to be answered is taken as not
// known. Derived questions are nobody's to answer and are left out. Fields of args
// as in Checklist.
func Ask(r *Rules, args Args, at time.Time) []Asked {
	answers := map[string]any{}
	env := r.filingEnv(answers, args.Form, args.Region, cmp0(args.Channel, "window"), calendar.DateOf(at))
	list := make([]Asked, 0, len(r.Plan.Questions))
	for _, q := range r.Plan.Questions {
		if q.IsP != nil {
			if v, err := q.IsP.Eval(env); err == nil {
				answers[q.ID] = v
			}
			continue
		}
		now := q.WhenP == nil || q.WhenP.Bool(env)
		if v, ok := answer(q.Situation, args.Answers[q.ID]); ok && now {
			answers[q.ID] = v
		}
		list = append(list, Asked{Situation: q.Situation, Now: now})
	}
	return list
}

// Desk says which party takes a filing in, and the role of those who do.
func Desk(r *Rules) (party, role string) {
	d := &decider{r: r, s: &State{}}
	party, _ = d.desk()
	return party, d.deskRole(party)
}
