package api

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// guideOf is the public guide, narrowed to a situation when answers are given:
// what certainly does not apply is left out, what cannot be known yet stays.
func guideOf(plan *definition.Plan, answers map[string]any, now time.Time) (definition.Guide, error) {
	g := *definition.NewGuide(plan.Def)
	if answers == nil {
		return g, nil
	}
	known := make(map[string]any, len(answers))
	env := envOf(plan.Def, "", "window", calendar.DateOf(now), known, nil)
	asked := map[string]bool{}
	for _, q := range plan.Questions {
		if q.IsP != nil {
			if v, err := q.IsP.Eval(env); err == nil {
				known[q.ID] = v
			}
			continue
		}
		asked[q.ID] = !excluded(q.WhenP, env)
		if v, ok := answers[q.ID]; ok && asked[q.ID] {
			known[q.ID] = v
		}
	}
	g.Questions = slices.DeleteFunc(g.Questions, func(q definition.GuideQuestion) bool { return !asked[q.ID] })
	out := map[string]bool{}
	for i := range plan.Papers {
		out[plan.Papers[i].ID] = excluded(plan.Papers[i].WhenP, env)
	}
	g.Papers = slices.DeleteFunc(g.Papers, func(p definition.GuidePaper) bool { return out[p.ID] })
	for _, c := range plan.Conditions {
		out["condition "+c.ID] = excluded(c.WhenP, env)
	}
	g.Conditions = slices.DeleteFunc(g.Conditions, func(c definition.GuideCondition) bool { return out["condition "+c.ID] })
	for _, n := range plan.Nodes {
		away := excluded(n.WhenP, env)
		for p := n.Parent; p != nil && !away; p = p.Parent {
			away = excluded(p.WhenP, env)
		}
		out["step "+n.ID] = away
		if n.Decide != nil {
			for _, o := range n.Decide.Gives {
				out["output "+o.ID] = away
			}
		}
	}
	g.Steps = slices.DeleteFunc(g.Steps, func(s definition.GuideStep) bool { return out["step "+s.ID] })
	g.Procedures = slices.DeleteFunc(g.Procedures, func(p definition.GuideProcedure) bool { return out["step "+p.Step] })
	g.Promises = slices.DeleteFunc(g.Promises, func(p definition.GuidePromise) bool { return excluded(plan.Commitment(p.ID).WhenP, env) })
	if plan.ActFirstP != nil && excluded(plan.ActFirstP, env) {
		g.ActFirst = nil
	}
	g.Duties = slices.DeleteFunc(g.Duties, func(k definition.GuideDuty) bool { return excluded(plan.Duty(k.ID).WhenP, env) })
	g.Outputs = slices.DeleteFunc(g.Outputs, func(o definition.GuideOutput) bool { return out["output "+o.ID] })
	return g, nil
}

// excluded says whether a condition certainly does not hold.
func excluded(p *definition.Program, env *definition.Env) bool {
	if p == nil {
		return false
	}
	v, err := p.Eval(env)
	return err == nil && v == false
}
