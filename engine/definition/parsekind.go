package definition

import (
	"fmt"
	"slices"
)

// chainRoles are the roles that can pass a link of a chain. Source: the usual
// 承办、审核、批准, and the heads who act above them.
var chainRoles = []string{"handle", "check", "approve", "lead", "organ-head", "government-head"}

func (d *decoder) intakeFields(s *Step) []field {
	in := &Intake{}
	s.Intake = in
	return []field{
		may("preReview", func(v *value) { in.PreReview = d.periodRef(v) }),
		may("collect", func(v *value) {
			c := &Collect{}
			d.fields(v,
				must("time", func(v *value) { c.Time = d.period(v) }),
				may("from", func(v *value) { c.From = d.word(v, "receipt", "gap") }))
			in.Collect = c
		}),
		may("answer", func(v *value) {
			a := &Answer{}
			d.fields(v,
				must("time", func(v *value) { a.Time = d.period(v) }),
				may("from", d.fromNotice(&a.From)),
				may("late", func(v *value) { a.Late = d.word(v, "mark", "lapse", "ask") }),
				may("extend", func(v *value) { a.Extend = d.onRequest(v) }))
			in.Answer = a
		}),
	}
}

// onRequest reads how a time of the applicant's own is made longer.
func (d *decoder) onRequest(v *value) *OnRequest {
	x := &OnRequest{}
	d.fields(v,
		must("time", func(v *value) { x.Time = d.period(v) }),
		may("role", func(v *value) { x.Role = d.word(v, "clerk", "organ-head", "lead") }),
		may("times", func(v *value) { x.Times = d.integer(v, 1, 10) }))
	return x
}

// fromNotice reads what the time after a notice counts from. The notice itself is what
// it is without the key, so that both ways of saying so are one definition.
func (d *decoder) fromNotice(at *string) func(*value) {
	return func(v *value) {
		if *at = d.word(v, "notice", "delivery"); *at == "notice" {
			*at = ""
		}
	}
}

func (d *decoder) workFields(w *Work) []field {
	return []field{
		may("chain", func(v *value) { w.Chain = d.chain(v) }),
		may("checks", func(v *value) { w.Checks = d.ids(v) }),
		may("pauses", func(v *value) { w.Pauses = d.ids(v) }),
		may("protects", func(v *value) { w.Protects = d.words(v, "safety", "environment", "health", "finance") }),
	}
}

// chain reads the links inside a department: a role, a role with its node
// clock, or a list of roles side by side.
func (d *decoder) chain(v *value) []Link {
	var out []Link
	role := func(v *value) RoleLimit {
		if v.kind != isMap {
			return RoleLimit{Role: d.word(v, chainRoles...)}
		}
		var r RoleLimit
		if len(v.pairs) != 1 {
			d.wrong(v, "一个岗位和它的期限，如 {check: 2wd}", "one role and its time, like {check: 2wd}")
			return r
		}
		p := v.pairs[0]
		r.Role = d.word(&value{text: p.key, scalar: p.key, pos: p.pos}, chainRoles...)
		d.enter(p.key, p.pos, p.value, func(v *value) { r.Time = d.periodRef(v) })
		return r
	}
	roles := func(l *Link) func(*value) {
		return func(v *value) {
			d.each(v, func(v *value) { l.Roles = append(l.Roles, role(v)) })
			if v.kind == isList && len(v.items) == 0 {
				d.fail("S103", v.pos, "一组岗位不能为空", "a link of several people needs at least one role")
			}
		}
	}
	d.each(v, func(v *value) {
		var l Link
		switch {
		case v.kind == isList:
			roles(&l)(v)
		case v.get("any") != nil:
			l.Mode = LinkAny
			d.fields(v, must("any", roles(&l)))
		case v.get("order") != nil:
			l.Mode = LinkOrder
			d.fields(v, must("order", roles(&l)))
		case v.get("share") != nil || v.get("of") != nil:
			d.share(v, &l, roles(&l))
		default:
			l.Roles = []RoleLimit{role(v)}
		}
		out = append(out, l)
	})
	if n := len(out); n > 0 && out[n-1].Mode == LinkShare {
		d.fail("S112", v.pos, "最后一环由一个人作出结论，不能票签；在其后加一环", "the last link gives the verdict and cannot pass by share; put a link behind it")
	}
	if v.kind == isList && len(v.items) == 0 {
		d.fail("S103", v.pos, "至少需要一个岗位", "a chain needs at least one role")
	}
	return out
}

// share reads a link that passes as soon as enough of its people have passed.
func (d *decoder) share(v *value, l *Link, roles func(*value)) {
	l.Mode = LinkShare
	var weights []int
	d.fields(v,
		must("share", func(v *value) { l.Share = d.integer(v, 1, 1000) }),
		must("of", roles),
		may("weights", func(v *value) { d.each(v, func(v *value) { weights = append(weights, d.integer(v, 1, 100)) }) }),
	)
	if weights != nil && len(weights) != len(l.Roles) {
		d.fail("S103", v.pos, "weights 与 of 应一一对应", "weights has one number for each entry of of")
		return
	}
	sum := len(l.Roles)
	for i, w := range weights {
		if l.Roles[i].Weight = w; i == 0 {
			sum = 0
		}
		sum += w
	}
	if l.Share > sum && sum > 0 {
		d.fail("S109", v.pos, fmt.Sprintf("share 大于全部之和 %d，永远达不到", sum), fmt.Sprintf("share is more than all together, %d", sum))
	}
}

func (d *decoder) decideFields(s *Step) []field {
	k := &Decide{}
	s.Decide = k
	return append(d.workFields(&k.Work),
		may("item", func(v *value) {
			m := &k.Item
			d.fields(v,
				may("code", func(v *value) { m.Code = d.str(v) }),
				must("name", func(v *value) { m.Name = d.str(v) }),
				must("type", func(v *value) {
					m.Type = ItemType(d.word(v, slices.DeleteFunc(slices.Clone(itemTypes), func(t string) bool { return t == string(Programme) })...))
				}),
				may("basis", func(v *value) { m.Basis = d.basis(v) }))
		}),
		may("statutory", func(v *value) { k.Statutory = d.limit(v, placeStatutory) }),
		may("gives", func(v *value) {
			d.named(v, func(id string, v *value) { k.Gives = append(k.Gives, d.output(id, v)) })
		}),
		may("back", func(v *value) { k.Back = d.ids(v) }),
		may("times", func(v *value) { k.Times = d.integer(v, 1, 20) }),
		may("tells", func(v *value) { k.Tells = d.ids(v) }),
	)
}

func (d *decoder) output(id string, v *value) Output {
	o := Output{ID: id}
	d.fields(v,
		must("kind", func(v *value) { o.Kind = d.word(v, "certificate", "approval", "registration", "notice") }),
		must("name", func(v *value) { o.Name = d.str(v) }),
		may("validity", func(v *value) { o.Validity = d.periodRef(v) }),
		may("data", func(v *value) { o.Data = d.schema(v) }),
		may("seals", func(v *value) { o.Seals = d.ids(v) }))
	return o
}

// rareFields are the keys of the kinds that have few of them.
func (d *decoder) rareFields(s *Step) []field {
	switch s.Kind {
	case KindVisit:
		return d.visitFields(s)
	case KindPublicity:
		p := &Publicity{}
		s.Publicity = p
		return []field{
			must("time", func(v *value) { p.Time = d.period(v) }),
			must("where", func(v *value) { p.Where = d.words(v, "site", "office", "village", "website") }),
			must("shows", func(v *value) {
				d.each(v, func(v *value) { p.Shows = append(p.Shows, d.formPath(v)) })
				d.repeated(v, p.Shows)
			}),
			may("pause", func(v *value) { p.Pause = d.id(v) }),
			may("back", func(v *value) { p.Back = d.ids(v) }),
			may("times", func(v *value) { p.Times = d.integer(v, 1, 20) }),
		}
	case KindHearing:
		h := &Hearing{}
		s.Hearing = h
		return []field{
			may("required", func(v *value) { h.Required = d.boolean(v) }),
			may("chair", func(v *value) { h.Chair = d.word(v, chainRoles...) }),
			may("parties", func(v *value) { h.Parties = d.ids(v) }),
			must("pause", func(v *value) { h.Pause = d.id(v) }),
			may("from", d.fromNotice(&h.From)),
		}
	case KindPay:
		p := &Pay{}
		s.Pay = p
		return []field{
			must("fee", func(v *value) {
				d.fields(v,
					must("amount", func(v *value) { p.Amount = d.expr(v) }),
					d.grounds(&p.Basis))
			}),
			may("pause", func(v *value) { p.Pause = d.id(v) }),
		}
	case KindCall:
		return d.callFields(s)
	case KindIssue:
		i := &Issue{}
		s.Issue = i
		return []field{
			must("ways", func(v *value) { i.Ways = d.words(v, "counter", "courier", "online") }),
			may("outputs", func(v *value) { i.Outputs = d.word(v, "together", "as-ready") }),
		}
	case KindCase:
		c := &Child{}
		s.Case = c
		return []field{
			must("item", func(v *value) { c.Item = d.str(v) }),
			must("open", func(v *value) { c.Open = d.period(v) }),
			may("refile", func(v *value) { c.Refile = d.boolean(v) }),
			may("gives", func(v *value) { c.Gives = d.ids(v) }),
		}
	}
	return nil
}

func (d *decoder) visitFields(s *Step) []field {
	k := &Visit{}
	s.Visit = k
	return []field{
		may("parties", func(v *value) { k.Parties = d.ids(v) }),
		may("inspectors", func(v *value) {
			if k.Inspectors = d.integer(v, 1, 50); k.Inspectors < 2 && !v.param {
				d.fail("A111", v.pos, "每个部门现场核查不少于两人", "a visit needs at least two inspectors per party",
					text("行政许可法第三十四条：改为 2 或更多", "Administrative Licensing Law, article 34: write 2 or more"))
			}
		}),
		may("pause", func(v *value) { k.Pause = d.id(v) }),
		may("rectify", func(v *value) {
			r := &Rectify{}
			d.fields(v,
				must("time", func(v *value) { r.Time = d.period(v) }),
				may("pause", func(v *value) { r.Pause = d.id(v) }))
			k.Rectify = r
		}),
		may("recheck", func(v *value) { k.Recheck = d.periodRef(v) }),
		may("rounds", func(v *value) { k.Rounds = d.integer(v, 1, 20) }),
	}
}

func (d *decoder) callFields(s *Step) []field {
	c := &Call{}
	s.Call = c
	return []field{
		must("system", func(v *value) {
			c.System = d.str(v)
			if c.System != "" && !v.param && !systemPattern(c.System) {
				d.fail("S106", v.pos, "系统标识“"+clip(c.System)+"”写法有误", fmt.Sprintf("%q is not the id of a system", clip(c.System)),
					text("小写字母、数字和连字符，如 health-platform", "small letters, digits and hyphens, like health-platform"))
			}
		}),
		may("ask", func(v *value) { c.Ask = d.str(v) }),
		may("send", func(v *value) {
			if v.kind != isMap {
				d.wrong(v, "名称和表单路径", "names with form paths")
				return
			}
			for _, p := range v.pairs {
				d.enter(p.key, p.pos, p.value, func(v *value) { c.Send = append(c.Send, SendField{Name: p.key, Path: d.formPath(v)}) })
			}
		}),
		must("answer", func(v *value) { c.Answer = d.schema(v) }),
		may("without", func(v *value) { c.Without = d.any(v) }),
	}
}

func systemPattern(s string) bool {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}
