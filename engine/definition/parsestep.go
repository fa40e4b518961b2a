package definition

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// limitPlace says where a limit stands; its defaults and words depend on it
// (language 2.6, 2.8).
type limitPlace string

const (
	placeItem      limitPlace = "item"
	placeIntake    limitPlace = "intake"
	placeReview    limitPlace = "review"
	placeDecide    limitPlace = "decide"
	placeStatutory limitPlace = "statutory"
	placeIssue     limitPlace = "issue"
	placeCall      limitPlace = "call"
	placePay       limitPlace = "pay"
	placeDuty      limitPlace = "duty"
	placeOther     limitPlace = "other"
)

func (p limitPlace) lateWords() []string {
	switch p {
	case placeIntake:
		return []string{"accept", "mark"}
	case placeReview:
		return []string{"mark", "agree"}
	case placeDecide, placeStatutory:
		return []string{"mark", "grant"}
	case placeCall:
		return []string{"mark", "skip", "task"}
	case placePay:
		return []string{"mark", "lapse"}
	}
	return []string{"mark"}
}

// extenders are the roles that may approve more time.
var extenders = []string{"organ-head", "government-head", "lead"}

var limitFrom = regexp.MustCompile(`^((delivery\.)?[a-z][A-Za-z0-9]*|form(\.[A-Za-z][A-Za-z0-9_]*)+)$`)

// limit reads a Duration, a list of {when, time} or the map of language 2.6.
func (d *decoder) limit(v *value, place limitPlace) *Limit {
	l := &Limit{}
	switch v.kind {
	case isScalar:
		l.Times = []TimedPeriod{{Time: d.period(v)}}
		return l
	case isList:
		l.Times = d.times(v)
		return l
	}
	d.fields(v,
		must("time", func(v *value) {
			if v.kind != isList {
				l.Times = []TimedPeriod{{Time: d.period(v)}}
				return
			}
			last := d.path[len(d.path)-1]
			d.path = d.path[:len(d.path)-1] // both forms of a list have the same paths
			l.Times = d.times(v)
			d.path = append(d.path, last)
		}),
		may("from", func(v *value) {
			if l.From = d.str(v); l.From != "" && !v.param && !limitFrom.MatchString(l.From) {
				d.fail("S104", v.pos, "起算点“"+clip(l.From)+"”写法有误", fmt.Sprintf("a limit cannot count from %q", clip(l.From)),
					text("写 start、receipt、acceptance、decision、步骤或结果的标识、delivery.结果、或表单路径",
						"write start, receipt, acceptance, decision, the id of a step or output, delivery.OUTPUT, or a form path"))
			}
		}),
		may("extend", func(v *value) {
			x := &Extension{}
			d.fields(v,
				must("time", func(v *value) { x.Time = d.period(v) }),
				must("role", func(v *value) { x.Role = d.word(v, extenders...) }),
				may("times", func(v *value) { x.Times = d.integer(v, 1, 10) }))
			l.Extend = x
		}),
		may("late", func(v *value) { l.Late = d.word(v, place.lateWords()...) }),
		may("basis", func(v *value) { l.Basis = d.basis(v) }),
	)
	return l
}

func (d *decoder) times(v *value) []TimedPeriod {
	var out []TimedPeriod
	d.each(v, func(v *value) {
		var t TimedPeriod
		d.fields(v,
			may("when", func(v *value) { t.When = d.expr(v) }),
			must("time", func(v *value) { t.Time = d.period(v) }))
		out = append(out, t)
	})
	if v.kind != isList {
		return out
	}
	if len(v.items) == 0 {
		d.fail("S110", v.pos, "期限列表是空的", "the list of times is empty")
	}
	for i, e := range v.items {
		last := i == len(v.items)-1
		switch has := e.get("when") != nil; {
		case e.kind != isMap:
		case last && has:
			d.fail("S110", e.pos, "期限列表的最后一项不能有 when", "the last of a list of times has no when",
				text("在后面加一项没有 when 的 {time: …}", "add a last entry {time: …} without when"))
		case !last && !has:
			d.fail("S110", e.pos, "只有期限列表的最后一项可以没有 when，后面的永远用不到", "only the last of a list of times has no when; those after it would never be used")
		}
	}
	return out
}

// kindKeys are the keys of each kind of step besides the common ones.
var kindKeys = map[Kind][]string{
	KindIntake:    {"preReview", "collect", "answer"},
	KindReview:    {"chain", "checks", "pauses", "protects"},
	KindDecide:    {"item", "statutory", "chain", "checks", "pauses", "protects", "gives", "back", "times", "tells"},
	KindSequence:  {"steps"},
	KindParallel:  {"branches", "passes", "objection"},
	KindVisit:     {"parties", "inspectors", "pause", "rectify", "recheck", "rounds"},
	KindPublicity: {"time", "where", "shows", "pause", "back", "times"},
	KindHearing:   {"required", "chair", "parties", "pause", "from"},
	KindPay:       {"fee", "pause"},
	KindCall:      {"system", "ask", "send", "answer", "without"},
	KindIssue:     {"ways", "outputs"},
	KindCase:      {"item", "open", "refile", "gives"},
	KindInclude:   {"for"},
}

var kinds = []string{
	"intake", "review", "decide", "sequence", "parallel", "visit", "publicity", "hearing", "pay", "call", "issue", "case", "include",
}

func (d *decoder) steps(v *value) []*Step {
	var out []*Step
	d.each(v, func(v *value) {
		if s := d.oneStep(v); s != nil {
			out = append(out, s)
		}
	})
	if v.kind == isList && len(v.items) == 0 {
		d.fail("S103", v.pos, "至少需要一个环节", "at least one step is needed")
	}
	return out
}

func (d *decoder) oneStep(v *value) *Step {
	if v.kind != isMap {
		d.wrong(v, "一个环节，如 {review: fumes, by: eco}", "a step such as {review: fumes, by: eco}")
		return nil
	}
	var kind Kind
	for _, p := range v.pairs {
		if !slices.Contains(kinds, p.key) {
			continue
		}
		if kind != "" {
			d.fail("S111", p.pos, fmt.Sprintf("一个环节只能有一种，已经是 %s", kind), fmt.Sprintf("a step has one kind, and this one is a %s already", kind),
				text("另起一个环节，写成 - "+p.key+": …", "begin another step with - "+p.key+": …"))
			return nil
		}
		kind = Kind(p.key)
	}
	if kind == "" {
		fix := oneOf("", kinds)
		for _, p := range v.pairs {
			if n := didYouMean(p.key, kinds); n.EN != "" {
				fix = n
			}
		}
		d.fail("S111", v.pos, "没有写明环节的种类", "the kind of this step is missing", fix)
		return nil
	}
	s := &Step{Kind: kind}
	outer, base := d.step, d.base
	d.step, d.base = s, len(d.path)
	d.locs[locKey{s, ""}] = v.pos
	d.stepFields(v, s)
	d.step, d.base = outer, base
	return s
}

// stepFields reads a step with the keys of its kind.
func (d *decoder) stepFields(v *value, s *Step) {
	fs := append(d.kindFields(v, s), d.commonFields(s)...)
	known := make([]string, len(fs))
	for i, f := range fs {
		known[i] = f.key
	}
	rest := &value{kind: isMap, pos: v.pos}
	for _, p := range v.pairs {
		if slices.Contains(known, p.key) {
			rest.pairs = append(rest.pairs, p)
			continue
		}
		if owners := ownersOf(p.key); len(owners) > 0 {
			list := strings.Join(owners, ", ")
			d.fail("S112", p.pos, fmt.Sprintf("%s 环节没有 %s，它属于 %s", s.Kind, p.key, strings.ReplaceAll(list, ", ", "、")),
				fmt.Sprintf("a step of kind %s has no %s; that key belongs to %s", s.Kind, p.key, list))
			continue
		}
		d.unknownKey(p, known)
	}
	d.fields(rest, fs...)
}

var commonKeys = []string{"name", "when", "by", "limit", "warn", "needs", "reads", "after", "optional"}

// ownersOf names the kinds of steps a key belongs to.
func ownersOf(key string) []string {
	var out []string
	for k, keys := range kindKeys {
		if slices.Contains(keys, key) {
			out = append(out, string(k))
		}
	}
	sort.Strings(out)
	if len(out) == 0 && slices.Contains(commonKeys, key) {
		return []string{"steps that somebody works on"}
	}
	return out
}

func (d *decoder) commonFields(s *Step) []field {
	when := may("when", func(v *value) { s.When = d.expr(v) })
	if s.Kind == KindInclude {
		return []field{when}
	}
	fs := []field{
		when,
		may("name", func(v *value) { s.Name = d.str(v) }),
		may("limit", func(v *value) { s.Limit = d.limit(v, placeOf(s.Kind)) }),
		may("warn", func(v *value) { s.Warn = d.warnings(v) }),
		may("after", func(v *value) { s.After = d.ids(v) }),
		may("optional", func(v *value) { s.Optional = d.boolean(v) }),
	}
	if s.Kind == KindSequence || s.Kind == KindParallel {
		return fs // nobody works on a group: it ends by its steps
	}
	fs = append(fs,
		may("needs", func(v *value) { s.Needs = d.needs(v) }),
		may("reads", func(v *value) { s.Reads = d.reads(v) }))
	if s.Kind != KindCase {
		fs = append(fs, may("by", func(v *value) { s.By = d.id(v) }))
	}
	return fs
}

func placeOf(k Kind) limitPlace {
	switch k {
	case KindIntake:
		return placeIntake
	case KindReview:
		return placeReview
	case KindDecide:
		return placeDecide
	case KindIssue:
		return placeIssue
	case KindCall:
		return placeCall
	case KindPay:
		return placePay
	}
	return placeOther
}

func (d *decoder) needs(v *value) []Need {
	var out []Need
	d.each(v, func(v *value) {
		if v.kind != isMap {
			out = append(out, Need{ID: d.id(v)})
			return
		}
		var n Need
		d.fields(v,
			must("step", func(v *value) { n.ID = d.id(v) }),
			may("when", func(v *value) { n.When = d.expr(v) }))
		out = append(out, n)
	})
	return out
}

func (d *decoder) reads(v *value) []string {
	var out []string
	d.each(v, func(v *value) {
		s := d.str(v)
		if strings.HasPrefix(s, "form.") {
			s = d.formPath(v)
		} else if s != "" && !v.param && !idPattern.MatchString(s) {
			d.identifier(s, v.pos)
		}
		out = append(out, s)
	})
	d.repeated(v, out)
	return out
}

var includeName = regexp.MustCompile(`^([a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)@([0-9]+(?:\.[0-9]+)*)$`)

// kindFields are the keys of a step's kind, the kind itself first.
func (d *decoder) kindFields(v *value, s *Step) []field {
	head := must(string(s.Kind), func(v *value) {
		if s.ID = d.str(v); s.ID != "" && !v.param {
			d.identifier(s.ID, v.pos)
		}
		d.locs[locKey{s, ""}] = v.pos
	})
	switch s.Kind {
	case KindIntake:
		return append(d.intakeFields(s), head)
	case KindReview:
		s.Review = &Work{}
		return append(d.workFields(s.Review), head)
	case KindDecide:
		return append(d.decideFields(s), head)
	case KindSequence:
		s.Sequence = &Sequence{}
		return []field{head, must("steps", func(v *value) { s.Sequence.Steps = d.steps(v) })}
	case KindParallel:
		p := &Parallel{}
		s.Parallel = p
		return []field{
			head,
			must("branches", func(v *value) { p.Branches = d.steps(v) }),
			may("passes", func(v *value) { p.Passes = d.expr(v) }),
			may("objection", func(v *value) { p.Objection = d.word(v, "finish", "stop", "lead") }),
		}
	case KindInclude:
		return d.includeFields(s)
	}
	return append(d.rareFields(s), head)
}

func (d *decoder) includeFields(s *Step) []field {
	in := &Include{}
	s.Include = in
	return []field{
		must("include", func(v *value) {
			m := includeName.FindStringSubmatch(d.str(v))
			if m == nil {
				d.fail("S103", v.pos, "这里需要 名称@版本，如 scheme-opinion@1", "NAME@VERSION is needed here, like scheme-opinion@1")
				return
			}
			in.Fragment, in.Version = m[1], m[2]
			d.locs[locKey{s, ""}] = v.pos
		}),
		may("for", func(v *value) {
			d.each(v, func(v *value) {
				var c Copy
				d.fields(v,
					must("as", func(v *value) { c.As = d.id(v) }),
					may("with", func(v *value) { c.With = d.scalars(v) }),
					may("when", func(v *value) { c.When = d.expr(v) }))
				for _, o := range in.For {
					if o.As == c.As && c.As != "" {
						d.fail("S107", v.pos, "已经有名为 "+c.As+" 的一份", "there is a copy named "+c.As+" already")
					}
				}
				in.For = append(in.For, c)
			})
		}),
	}
}

// scalars reads a map of names to single values.
func (d *decoder) scalars(v *value) map[string]any {
	out := map[string]any{}
	if v.kind != isMap {
		d.wrong(v, "一组值", "a map of values")
		return out
	}
	for _, p := range v.pairs {
		d.enter(p.key, p.pos, p.value, func(v *value) {
			if v.kind != isScalar || (v.scalar == nil && !v.param) {
				d.wrong(v, "单个值", "a single value")
				return
			}
			out[p.key] = v.scalar
		})
	}
	return out
}
