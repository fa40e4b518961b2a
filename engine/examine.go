package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// The conditions of a step (`checks`): worked through before its verdict, by
// whichever links of the chain look at them.

// checks: only conditions the step examines may be reported on.
func (d *decider) checks(n *definition.Node, results []CheckResult) *Rejection {
	for _, c := range results {
		if !slices.Contains(n.Work().Checks, c.ID) {
			return reject(BadData, "本环节不审查“"+c.ID+"”", "this step does not examine "+c.ID).
				want(strings.Join(n.Work().Checks, ", "), c.ID).at("checks." + c.ID)
		}
	}
	return nil
}

// examining lists the conditions a step has to work through in this case: those
// that hold for it. There are none in a case that was filed before a verdict was
// held to them: its recorded verdicts must replay.
func (d *decider) examining(n *definition.Node) (ids []string) {
	if !d.s.Examined {
		return nil
	}
	for _, id := range n.Work().Checks {
		if d.condition(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// found are the results of the round with those of the act, in the order of the
// definition: a later word on a condition replaces an earlier one.
func (d *decider) found(n *definition.Node, act []CheckResult) []CheckResult {
	if !d.s.Examined {
		return act
	}
	results := map[string]CheckResult{}
	for _, p := range d.st(n).Passed {
		for _, c := range p.Checks {
			results[c.ID] = c
		}
	}
	for _, c := range act {
		results[c.ID] = c
	}
	var list []CheckResult
	for _, id := range n.Work().Checks {
		if c, ok := results[id]; ok {
			list = append(list, c)
		}
	}
	return list
}

// examined refuses a verdict before every condition was worked through, for it or
// against it: who is turned down is told of all that stands against him at once. Who
// is not concerned examines nothing. What follows from a condition found unmet is for
// the people who decide; the supervision is told of a grant all the same by
// its rules.
func (d *decider) examined(n *definition.Node, do Act, found []CheckResult) *Rejection {
	if do == NotConcerned {
		return nil
	}
	for _, id := range d.examining(n) {
		if !slices.ContainsFunc(found, func(c CheckResult) bool { return c.ID == id }) {
			return reject(BadData, "作出结论前须逐条核对审查条件，“"+d.choice(id).Name.ZH+"”尚未核对", "each condition is worked through before the verdict; "+id+" is not").
				want("checks: "+strings.Join(d.examining(n), ", "), "no result for "+id).at("checks." + id)
		}
	}
	return nil
}

// writeChecks fills in that every condition of the step is met.
func writeChecks(d *decider, c *Command) {
	if n := d.meant(c); n != nil && n.Work() != nil {
		for _, id := range d.examining(n) {
			c.Args.Checks = append(c.Args.Checks, CheckResult{ID: id, OK: true})
		}
	}
}

// examines says whether any step of a definition has conditions to be worked through.
func examines(p *definition.Plan) bool {
	return slices.ContainsFunc(p.Nodes, func(n *definition.Node) bool { return n.Work() != nil && len(n.Work().Checks) > 0 })
}
