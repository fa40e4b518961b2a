package definition

import (
	"fmt"
	"slices"
)

// papers checks that every paper is asked for with reason, once, and can be had.
// Source: 行政许可法第三十一条 forbids asking for what the matter does not need.
func (r *reasoner) papers() {
	for i := range r.def.Materials {
		m := &r.def.Materials[i]
		users := r.users(m)
		if len(users) == 0 {
			r.fail("P101", nil, "materials."+m.ID, "没有环节使用材料 "+m.ID, "no step uses the paper "+m.ID,
				"写进使用它的环节的 reads，或不再要求它（行政许可法第三十一条）", "put it into reads of the step that uses it, or do not ask for it (Administrative Licensing Law, article 31)")
		} else {
			r.idle(m, users)
		}
		for j := range i {
			r.sameName(&r.def.Materials[j], m)
		}
		r.circular(m, users)
		r.gate(m)
	}
	for _, k := range r.def.Conditions {
		used := slices.ContainsFunc(r.nodes, func(n *Node) bool { w := n.Work(); return w != nil && slices.Contains(w.Checks, k.ID) })
		if !used {
			r.fail("P107", nil, "conditions."+k.ID, "没有环节审查条件 "+k.ID, "no step checks the condition "+k.ID,
				"写进审查它的环节的 checks", "put it into checks of the step that examines it")
		}
	}
}

// users are the steps that read a paper or wait for it.
func (r *reasoner) users(m *Material) []*Node {
	var out []*Node
	for _, n := range r.nodes {
		if slices.Contains(n.Reads, m.ID) || slices.ContainsFunc(n.Needs, func(k Need) bool { return k.ID == m.ID }) {
			out = append(out, n)
		}
	}
	return out
}

// idle finds answers for which a paper is asked and all its users are absent.
func (r *reasoner) idle(m *Material, users []*Node) {
	var progs []*Program
	each := make([][]*Program, len(users))
	for i, n := range users {
		each[i] = r.present(n, true)
		progs = append(progs, each[i]...)
	}
	when := r.prog(nil, "materials."+m.ID+".when")
	if when != nil {
		progs = append(progs, when)
	}
	at := r.locs.find(nil, "materials."+m.ID)
	env, _ := r.search(at, progs, func(env *Env) bool {
		if !when.Bool(env) {
			return false
		}
		return !slices.ContainsFunc(each, func(ps []*Program) bool { return holds(ps, env) })
	})
	if env != nil {
		r.failAt("P102", at, fmt.Sprintf("要求了材料 %s，却没有环节使用：%s", m.ID, r.space.answersOf(env)),
			fmt.Sprintf("the paper %s is asked for and nobody uses it: %s", m.ID, r.space.answersOf(env)),
			"用 when 缩小要求它的情形（行政许可法第三十一条）", "narrow when it is asked for with when (Administrative Licensing Law, article 31)")
	}
}

// sameName finds two papers of one name that are asked for together.
func (r *reasoner) sameName(a, b *Material) {
	if a.Name != b.Name {
		return
	}
	p, q := r.prog(nil, "materials."+a.ID+".when"), r.prog(nil, "materials."+b.ID+".when")
	at := r.locs.find(nil, "materials."+b.ID)
	env, _ := r.search(at, []*Program{p, q}, func(env *Env) bool { return p.Bool(env) && q.Bool(env) })
	if env != nil {
		r.failAt("P103", at, fmt.Sprintf("材料 %s 与 %s 同名，会要求两次：%s", b.ID, a.ID, r.space.answersOf(env)),
			fmt.Sprintf("the papers %s and %s have one name and are asked for together: %s", b.ID, a.ID, r.space.answersOf(env)),
			"合成一份，几个环节都可以读", "make it one paper; several steps may read it")
	}
}

// circular finds a paper that is an output of this case and needed before its
// giver can have ended.
func (r *reasoner) circular(m *Material, users []*Node) {
	giver := r.givers[m.ID]
	if giver == nil || giver.Kind != KindDecide {
		return
	}
	for _, n := range users {
		if n == giver || certain(n, giver) {
			r.fail("P104", nil, "materials."+m.ID, fmt.Sprintf("材料 %s 由 %s 给出，环节 %s 却要先有它", m.ID, giver.ID, n.ID),
				fmt.Sprintf("the paper %s is given by %s, yet the step %s needs it before", m.ID, giver.ID, n.ID),
				"由其他材料代替，或调整顺序", "use another paper, or change the order")
			return
		}
	}
}

// gate checks what a deferred paper waits in front of.
func (r *reasoner) gate(m *Material) {
	if m.Defer == nil {
		return
	}
	at := r.locs.find(nil, "materials."+m.ID+".defer")
	if top := r.def.Item.Promised; top != nil && len(top.Times) > 0 {
		if !slices.ContainsFunc(top.Times, func(t TimedPeriod) bool { return t.Time.IsZero() || !longer(m.Defer.Time, t.Time) }) {
			r.failAt("P106", at, fmt.Sprintf("补交期限 %s 长于承诺时限", m.Defer.Time), fmt.Sprintf("it may follow within %s, which is longer than the promised limit", m.Defer.Time),
				"缩短 defer.time", "shorten defer.time")
		}
	}
	n := r.byID[m.Defer.Before]
	if n == nil {
		return
	}
	if n.Kind == KindIntake || n.Group() {
		r.failAt("P105", at, fmt.Sprintf("%s 不能作为补交的关口", n.ID), fmt.Sprintf("%s cannot be the gate of a deferred paper", n.ID),
			"写受理之后由人完成的环节", "name a step after acceptance that somebody ends")
		return
	}
	when := r.prog(nil, "materials."+m.ID+".when")
	gate := r.present(n, true)
	progs := slices.Clone(gate)
	if when != nil {
		progs = append(progs, when)
	}
	env, _ := r.search(at, progs, func(env *Env) bool { return when.Bool(env) && !holds(gate, env) })
	if env != nil {
		r.failAt("P105", at, fmt.Sprintf("材料 %s 可以后补，关口 %s 却不在：%s", m.ID, n.ID, r.space.answersOf(env)),
			fmt.Sprintf("the paper %s may follow later, but its gate %s is not there: %s", m.ID, n.ID, r.space.answersOf(env)),
			"换一个总会有的环节，如最后的决定", "choose a step that is always there, such as the last decision")
	}
}
