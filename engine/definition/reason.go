package definition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// reasoner checks papers and conditions over the space of answers.
type reasoner struct {
	*check
	space *space
	bound map[Position]bool // searches that ran into the bound, reported once
	spent bool              // the budget of all searches ran out
}

func (c *check) reason() {
	r := &reasoner{check: c, space: newSpace(c), bound: map[Position]bool{}}
	r.unasked()
	r.neverHolds()
	r.steps()
	r.blocks()
	r.decisions()
	r.papers()
	r.promises()
}

func (r *reasoner) prog(step *Step, path string) *Program { return r.progs[locKey{step, path}] }

// search is space.search with the finding for a search that was cut short.
func (r *reasoner) search(at Position, progs []*Program, test func(*Env) bool) (*Env, bool) {
	env, complete := r.space.search(progs, test)
	if env == nil && !complete && !r.bound[at] {
		r.bound[at] = true
		if r.space.left <= 0 {
			if r.spent {
				return env, complete
			}
			r.spent = true
			r.failAt("C106", at, fmt.Sprintf("答案组合过多，一共试了%d种，从这里起的其余条件未查", maxBudget),
				fmt.Sprintf("there are too many combinations of answers: %d were tried in all, the conditions from here on were not", maxBudget))
			return env, complete
		}
		r.failAt("C106", at, fmt.Sprintf("答案组合过多，只试了%d种，其余未查", maxStates),
			fmt.Sprintf("there are too many combinations of answers: %d were tried, the rest was not", maxStates))
	}
	return env, complete
}

// present collects the conditions under which a step is there: its own and
// those of the groups around it. Conditions that read steps are left out when
// free is set, since they cannot be known at filing.
func (r *reasoner) present(n *Node, free bool) []*Program {
	var out []*Program
	for ; n != nil && n.Parent != nil; n = n.Parent {
		if p := r.prog(n.Step, "when"); p != nil && !(free && p.Late) {
			out = append(out, p)
		}
	}
	return out
}

func holds(progs []*Program, env *Env) bool {
	for _, p := range progs {
		if !p.Bool(env) {
			return false
		}
	}
	return true
}

// located is an expression with the conditions under which it is evaluated.
type located struct {
	key  locKey
	prog *Program
	when []*Program
}

// all lists every expression of the definition, in written order.
func (r *reasoner) all() []located {
	var out []located
	add := func(step *Step, path string, when []*Program) {
		if p := r.prog(step, path); p != nil {
			out = append(out, located{locKey{step, path}, p, when})
		}
	}
	limit := func(step *Step, path string, l *Limit, when []*Program) {
		if l != nil {
			for i := range l.Times {
				add(step, fmt.Sprintf("%s.%d.when", path, i), when)
			}
		}
	}
	for _, q := range r.def.Situations {
		add(nil, "situations."+q.ID+".when", nil)
		add(nil, "situations."+q.ID+".is", nil)
	}
	for _, m := range r.def.Materials {
		add(nil, "materials."+m.ID+".when", nil)
	}
	for _, k := range r.def.Conditions {
		add(nil, "conditions."+k.ID+".when", nil)
	}
	for _, k := range r.def.Commitments {
		add(nil, "commitments."+k.ID+".when", nil)
	}
	if r.def.ActFirst != nil {
		add(nil, "actFirst.when", nil)
	}
	for _, t := range r.def.Duties {
		add(nil, "duties."+t.ID+".when", nil)
		limit(nil, "duties."+t.ID+".limit", t.Limit, nil)
	}
	limit(nil, "item.statutory", r.def.Item.Statutory, nil)
	limit(nil, "item.promised", r.def.Item.Promised, nil)
	for _, n := range r.nodes {
		add(n.Step, "when", r.present(n.Parent, false))
		here := r.present(n, false)
		for i := range n.Needs {
			add(n.Step, fmt.Sprintf("needs.%d.when", i), here)
		}
		limit(n.Step, "limit", n.Limit, here)
		if n.Decide != nil {
			limit(n.Step, "statutory", n.Decide.Statutory, here)
		}
		add(n.Step, "passes", here)
		add(n.Step, "fee.amount", here)
	}
	return out
}

// unasked finds answers that are read where they were not asked (C103).
func (r *reasoner) unasked() {
	for _, e := range r.all() {
		if !slices.ContainsFunc(e.prog.Reads, func(name string) bool {
			i, ok := r.space.order[name]
			return ok && (r.def.Situations[i].When != "" || r.def.Situations[i].Is != "")
		}) {
			continue // always asked
		}
		at := r.locs.find(e.key.step, e.key.path)
		missing := ""
		env, _ := r.search(at, append(slices.Clone(e.when), e.prog), func(env *Env) bool {
			if !holds(e.when, env) {
				return false
			}
			_, err := e.prog.Eval(env)
			var unknown *UnknownError
			if !errors.As(err, &unknown) {
				return false
			}
			missing = unknown.Name
			_, question := r.space.order[missing]
			return question
		})
		if env != nil {
			r.failAt("C103", at, fmt.Sprintf("读了没有问到的 %s：%s", missing, r.space.answersOf(env)),
				fmt.Sprintf("%s is read where it was not asked: %s", missing, r.space.answersOf(env)),
				"先写出问到它的条件，如 A and B", "put the condition under which it is asked in front, as in A and B")
		}
	}
}

// neverHolds finds conditions that no answers fulfil (C105). Those of steps are
// C101.
func (r *reasoner) neverHolds() {
	for _, e := range r.all() {
		path := e.key.path
		switch {
		case e.key.step != nil && path == "when", path == "passes", strings.HasSuffix(path, ".is"), path == "fee.amount":
			continue
		}
		at := r.locs.find(e.key.step, path)
		earlier := r.earlier(e.key)
		env, complete := r.search(at, slices.Concat(e.when, earlier, []*Program{e.prog}), func(env *Env) bool {
			return holds(e.when, env) && e.prog.Bool(env) && !slices.ContainsFunc(earlier, func(p *Program) bool { return p.Bool(env) })
		})
		if env == nil && complete && r.reachable(at, e.when) {
			r.failAt("C105", at, "没有任何答案能使这个条件成立", "no answers make this condition hold",
				"改正或删去", "correct it or take it away")
		}
	}
}

// earlier are the conditions of the times above one in a list of times.
func (r *reasoner) earlier(key locKey) []*Program {
	i := strings.LastIndex(key.path, ".when")
	j := strings.LastIndexByte(key.path[:i], '.')
	if j < 0 || strings.HasPrefix(key.path, "needs.") {
		return nil
	}
	var n int
	if _, err := fmt.Sscanf(key.path[j+1:i], "%d", &n); err != nil {
		return nil
	}
	var out []*Program
	for k := range n {
		if p := r.prog(key.step, fmt.Sprintf("%s.%d.when", key.path[:j], k)); p != nil {
			out = append(out, p)
		}
	}
	return out
}

func (r *reasoner) reachable(at Position, when []*Program) bool {
	if len(when) == 0 {
		return true
	}
	env, _ := r.search(at, when, func(env *Env) bool { return holds(when, env) })
	return env != nil
}

// steps finds steps that can never run (C101).
func (r *reasoner) steps() {
	for _, n := range r.nodes {
		if r.prog(n.Step, "when") == nil {
			continue
		}
		at := r.locs.find(n.Step, "when")
		when := r.present(n, false)
		env, complete := r.search(at, when, func(env *Env) bool { return holds(when, env) })
		if env == nil && complete && r.reachable(at, r.present(n.Parent, false)) {
			r.failAt("C101", at, "没有任何答案能走到环节 "+n.ID, "no answers lead to the step "+n.ID,
				"改正 when，或删去这个环节", "correct when, or take the step away")
		}
	}
}

// blocks finds answers for which a parallel block has no branch (C102).
func (r *reasoner) blocks() {
	for _, n := range r.nodes {
		if n.Kind != KindParallel {
			continue
		}
		var branches []*Program
		for _, b := range n.Children {
			if p := r.prog(b.Step, "when"); p != nil {
				branches = append(branches, p)
			}
		}
		if len(branches) < len(n.Children) {
			continue // one is always there
		}
		at := r.locs.find(n.Step, "")
		when := r.present(n, false)
		env, _ := r.search(at, append(slices.Clone(when), branches...), func(env *Env) bool {
			return holds(when, env) && !slices.ContainsFunc(branches, func(p *Program) bool { return p.Bool(env) })
		})
		if env != nil {
			r.failAt("C102", at, fmt.Sprintf("并联 %s 一个分支也没有：%s", n.ID, r.space.answersOf(env)),
				fmt.Sprintf("the block %s has no branch at all: %s", n.ID, r.space.answersOf(env)))
		}
	}
}

// decisions finds decisions that can never be a grant (C104).
func (r *reasoner) decisions() {
	for _, n := range r.nodes {
		if p := r.prog(n.Step, "passes"); p != nil {
			at := r.locs.find(n.Step, "passes")
			when := r.present(n, false)
			env, complete := r.search(at, append(slices.Clone(when), p), func(env *Env) bool { return holds(when, env) && p.Bool(env) })
			if env == nil && complete && r.reachable(at, when) {
				r.failAt("C104", at, fmt.Sprintf("并联 %s 永远不会通过，其后的决定不能准予", n.ID),
					fmt.Sprintf("the block %s can never pass, so no decision after it can be a grant", n.ID))
			}
		}
		for i, need := range n.Needs {
			if j := slices.IndexFunc(r.def.Duties, func(t Duty) bool { return t.ID == need.ID }); j >= 0 {
				r.tooLate(&r.def.Duties[j], n, n.Step, fmt.Sprintf("needs.%d", i))
			}
		}
	}
	for i := range r.def.Duties {
		if t := &r.def.Duties[i]; r.byID[t.Before] != nil {
			r.tooLate(t, r.byID[t.Before], nil, "duties."+t.ID+".before")
		}
	}
}

// tooLate finds a gate that waits for a duty which only comes with the gate's own
// positive end, or after it: it would never open (C104).
func (r *reasoner) tooLate(t *Duty, gate *Node, step *Step, path string) {
	if t.Limit == nil {
		return
	}
	from := t.Limit.From
	m := r.byID[from]
	if m == nil {
		m = r.givers[from]
	}
	if from == "decision" && gate.Kind != KindIssue || m != nil && !certain(m, gate) {
		r.fail("C104", step, path, fmt.Sprintf("义务 %s 从 %s 之后才产生，%s 却要等它履行", t.ID, from, gate.ID),
			fmt.Sprintf("the duty %s only comes into being with %s, yet %s waits until it is met", t.ID, from, gate.ID))
	}
}

// promises finds answers for which the promise is longer than the law (A102).
func (r *reasoner) promises() {
	r.promise(nil, "item.promised", r.def.Item.Promised, "item.statutory", r.def.Item.Statutory, nil)
	for _, n := range r.nodes {
		if n.Decide != nil {
			r.promise(n.Step, "limit", n.Limit, "statutory", n.Decide.Statutory, r.present(n, false))
		}
	}
}

func (r *reasoner) promise(step *Step, path string, promised *Limit, legal string, statutory *Limit, when []*Program) {
	if promised == nil || statutory == nil {
		return
	}
	conditions := func(path string, l *Limit) []*Program {
		out := make([]*Program, len(l.Times))
		for i := range l.Times {
			out[i] = r.prog(step, fmt.Sprintf("%s.%d.when", path, i))
		}
		return out
	}
	p, s := conditions(path, promised), conditions(legal, statutory)
	at := r.locs.find(step, path)
	var said string
	env, _ := r.search(at, slices.Concat(when, p, s), func(env *Env) bool {
		if !holds(when, env) {
			return false
		}
		a, okA := Choose(promised.Times, p, env)
		b, okB := Choose(statutory.Times, s, env)
		if !okA || !okB || a.IsZero() || b.IsZero() || !longer(a, b) {
			return false
		}
		said = fmt.Sprintf("%s > %s", a, b)
		return true
	})
	if env == nil {
		return
	}
	zh, en := "承诺时限长于法定时限："+said, "promised longer than the law allows: "+said
	if answers := r.space.answersOf(env); answers != "{}" {
		zh, en = zh+"，"+answers, en+", with "+answers
	}
	r.failAt("A102", at, zh, en, "缩短承诺", "shorten the promise")
}
