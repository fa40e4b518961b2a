package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
)

// Language is the language line every file starts with.
const Language = "lianban/v1"

var (
	itemTypes = []string{
		string(Licence), string(Benefit), string(Confirmation), string(Inspection), string(Levy), string(Award),
		string(Ruling), string(Other), string(PublicService), string(Programme),
	}
	versionPattern = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`)
	formPath       = regexp.MustCompile(`^form\.[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$`)
)

func (d *decoder) definition(root *value) *Definition {
	def := &Definition{}
	d.fields(root,
		must("language", func(v *value) { def.Language = d.language(v) }),
		must("item", func(v *value) { d.item(v, &def.Item) }),
		may("parameters", func(v *value) { def.Parameters = d.parameters(v) }),
		may("parties", func(v *value) {
			d.named(v, func(id string, v *value) { def.Parties = append(def.Parties, d.party(id, v)) })
		}),
		may("guide", func(v *value) { def.Guide = d.guide(v) }),
		may("situations", func(v *value) {
			d.named(v, func(id string, v *value) { def.Situations = append(def.Situations, d.situation(id, v)) })
		}),
		may("form", func(v *value) { def.Form = d.schema(v) }),
		may("materials", func(v *value) {
			d.named(v, func(id string, v *value) { def.Materials = append(def.Materials, d.material(id, v)) })
		}),
		may("conditions", func(v *value) {
			d.named(v, func(id string, v *value) { def.Conditions = append(def.Conditions, d.condition(id, v)) })
		}),
		may("pauses", func(v *value) {
			d.named(v, func(id string, v *value) { def.Pauses = append(def.Pauses, d.pause(id, v)) })
		}),
		may("commitments", func(v *value) {
			d.named(v, func(id string, v *value) { def.Commitments = append(def.Commitments, d.commitment(id, v)) })
		}),
		may("actFirst", func(v *value) { def.ActFirst = d.actFirst(v) }),
		may("duties", func(v *value) {
			d.named(v, func(id string, v *value) { def.Duties = append(def.Duties, d.duty(id, v)) })
		}),
		must("process", func(v *value) { def.Process = d.steps(v) }),
	)
	return def
}

func (d *decoder) language(v *value) string {
	s := d.str(v)
	if s != Language && s != "" {
		d.fail("S007", v.pos, "不认识的语言版本“"+clip(s)+"”", fmt.Sprintf("the language %q is not known", clip(s)),
			text("写 language: "+Language, "write language: "+Language))
	}
	return Language
}

func (d *decoder) item(v *value, it *Item) {
	d.fields(v,
		must("code", func(v *value) {
			if it.Code = d.str(v); len([]rune(it.Code)) > 50 {
				d.fail("S108", v.pos, "事项编码最多50个字符", "an item code has at most 50 characters")
			}
		}),
		must("name", func(v *value) { it.Name = d.str(v) }),
		must("version", func(v *value) { it.Version = d.version(v) }),
		must("effective", func(v *value) { it.Effective = d.date(v) }),
		must("type", func(v *value) { it.Type = ItemType(d.word(v, itemTypes...)) }),
		must("level", func(v *value) { it.Level = d.word(v, "nation", "province", "city", "county", "town", "village") }),
		may("handling", func(v *value) { it.Handling = d.word(v, "promised", "instant") }),
		may("mode", func(v *value) { it.Mode = d.word(v, "unified", "joint", "centralised") }),
		must("lead", func(v *value) { it.Lead = d.id(v) }),
		d.grounds(&it.Basis),
		may("channels", func(v *value) { it.Channels = d.words(v, "window", "online", "mobile", "courier", "push") }),
		may("agents", func(v *value) { it.Agents = d.boolean(v) }),
		may("visits", func(v *value) { it.Visits = d.integer(v, 0, 20) }),
		may("originals", func(v *value) { it.Originals = d.word(v, "never", "acceptance", "collection") }),
		may("quota", func(v *value) { it.Quota = d.boolean(v) }),
		may("statutory", func(v *value) { it.Statutory = d.limit(v, placeItem) }),
		may("promised", func(v *value) { it.Promised = d.limit(v, placeItem) }),
		may("rating", func(v *value) { it.Rating = d.rating(v) }),
	)
}

func (d *decoder) rating(v *value) *Rating {
	r := &Rating{Open: calendar.Period{Amount: 30, Unit: calendar.CalendarDays}}
	d.fields(v,
		may("open", func(v *value) { r.Open = d.period(v) }),
		must("followUp", func(v *value) { r.FollowUp = d.period(v) }),
		must("by", func(v *value) { r.By = d.id(v) }),
	)
	return r
}

func (d *decoder) version(v *value) string {
	s := d.str(v)
	if s != "" && !v.param && (!versionPattern.MatchString(s) || len(s) > 30) {
		d.fail("S108", v.pos, "版本号“"+clip(s)+"”写法有误", fmt.Sprintf("%q is not a version", clip(s)),
			text("用数字和点，如 \"2026.1\"", "use numbers and dots, like \"2026.1\""))
	}
	return s
}

func (d *decoder) date(v *value) string {
	s := d.str(v)
	if s == "" || v.param {
		return s
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		d.fail("S108", v.pos, "“"+clip(s)+"”不是日期", fmt.Sprintf("%q is not a date", clip(s)),
			text("写成 \"2026-01-31\"", "write it like \"2026-01-31\""))
	}
	return s
}

func (d *decoder) parameters(v *value) []Parameter {
	var out []Parameter
	d.named(v, func(id string, v *value) {
		p := Parameter{ID: id}
		d.fields(v,
			must("type", func(v *value) { p.Type = d.word(v, "boolean", "number", "duration", "text", "party") }),
			may("default", func(v *value) { p.Default = d.parameterValue(v, p.Type) }),
			may("max", func(v *value) { p.Max = d.parameterValue(v, p.Type) }),
			may("options", func(v *value) {
				d.each(v, func(v *value) { p.Options = append(p.Options, d.parameterValue(v, p.Type)) })
			}))
		if p.Max != nil && p.Type != "number" && p.Type != "duration" {
			d.fail("S112", v.get("max").pos, "只有数值和期限参数有 max", "only numbers and durations have a max")
		}
		if p.Default != nil {
			d.within(v.get("default").pos, p, p.Default)
		}
		out = append(out, p)
	})
	return out
}

// parameterValue reads a value of a parameter's type.
func (d *decoder) parameterValue(v *value, typ string) any {
	if v.kind != isScalar {
		d.wrong(v, "单个值", "a single value")
		return nil
	}
	switch typ {
	case "boolean":
		return d.boolean(v)
	case "number":
		return d.number(v)
	case "duration":
		p := d.period(v)
		return p.String()
	case "party":
		return d.id(v)
	}
	return d.str(v)
}

// within holds a parameter's value to its max and options.
func (d *decoder) within(at Position, p Parameter, val any) {
	if len(p.Options) > 0 && !slices.Contains(p.Options, val) {
		d.fail("F104", at, fmt.Sprintf("参数 %s 不能取值 %v，可选：%v", p.ID, val, p.Options),
			fmt.Sprintf("the parameter %s cannot be %v; its options are %v", p.ID, val, p.Options))
		return
	}
	over := false
	switch top := p.Max.(type) {
	case float64:
		n, ok := val.(float64)
		over = ok && n > top
	case string:
		s, ok := val.(string)
		over = ok && longerText(s, top)
	}
	if over {
		d.fail("F104", at, fmt.Sprintf("参数 %s 最多为 %v，设成了 %v", p.ID, p.Max, val),
			fmt.Sprintf("the parameter %s is at most %v, it is set to %v", p.ID, p.Max, val))
	}
}

func (d *decoder) party(id string, v *value) Party {
	p := Party{ID: id}
	d.fields(v,
		must("name", func(v *value) { p.Name = d.str(v) }),
		must("kind", func(v *value) {
			p.Kind = d.word(v, "hall", "department", "government", "enterprise", "organisation")
		}),
		may("at", func(v *value) { p.At = d.expr(v) }),
	)
	return p
}

func (d *decoder) guide(v *value) []GuideText {
	var out []GuideText
	if v.kind != isMap {
		d.wrong(v, "一组文字", "a map of texts")
		return nil
	}
	for _, p := range v.pairs {
		if !optionPattern.MatchString(p.key) {
			d.identifier(p.key, p.pos)
		}
		d.enter(p.key, p.pos, p.value, func(v *value) { out = append(out, GuideText{ID: p.key, Text: d.str(v)}) })
	}
	return out
}

func (d *decoder) situation(id string, v *value) Situation {
	q := Situation{ID: id}
	d.fields(v,
		may("ask", func(v *value) { q.Ask = d.str(v) }),
		must("type", func(v *value) { q.Type = d.word(v, "boolean", "number", "choice", "choices") }),
		may("options", func(v *value) { q.Options = d.options(v) }),
		may("min", func(v *value) { n := d.number(v); q.Min = &n }),
		may("max", func(v *value) { n := d.number(v); q.Max = &n }),
		may("when", func(v *value) { q.When = d.expr(v) }),
		may("from", func(v *value) { q.From = d.sources(v) }),
		may("is", func(v *value) { q.Is = d.expr(v) }),
	)
	if v.kind != isMap {
		return q
	}
	derived := v.get("is") != nil
	if !derived && v.get("ask") == nil {
		d.missing(v.pos, "ask")
	}
	if derived {
		for _, k := range []string{"ask", "from", "when"} {
			if w := v.get(k); w != nil {
				d.fail("S112", w.pos, "推导出的情形不再询问，不能有 "+k, "a derived question is never asked and has no "+k)
			}
		}
	}
	choice := q.Type == "choice" || q.Type == "choices"
	if w := v.get("options"); w == nil && choice {
		d.missing(v.pos, "options")
	} else if w != nil && !choice {
		d.fail("S112", w.pos, "只有 choice 和 choices 有选项", "only choice and choices have options")
	}
	for _, k := range []string{"min", "max"} {
		if w := v.get(k); w != nil && q.Type != "number" {
			d.fail("S112", w.pos, "只有数值问题有 "+k, "only a number has "+k)
		}
	}
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		d.fail("S109", v.get("max").pos, "max 小于 min", "max is below min")
	}
	return q
}

func (d *decoder) options(v *value) []Option {
	var out []Option
	if v.kind != isMap || len(v.pairs) == 0 {
		d.wrong(v, "选项和名称，如 {yes: 是}", "options with their labels, like {yes: 是}")
		return nil
	}
	for _, p := range v.pairs {
		if !optionPattern.MatchString(p.key) {
			d.identifier(p.key, p.pos)
		}
		d.enter(p.key, p.pos, p.value, func(v *value) { out = append(out, Option{ID: p.key, Label: d.str(v)}) })
	}
	return out
}

var sourceNames = []string{"e-licence", "library", "project", "intermediary", "applicant"}

func (d *decoder) sources(v *value) []Source {
	var out []Source
	d.each(v, func(v *value) {
		if v.kind != isMap {
			out = append(out, Source{Name: d.word(v, sourceNames...)})
			return
		}
		var s Source
		d.fields(v,
			may("data", func(v *value) { s.Data = d.str(v) }),
			may("party", func(v *value) { s.Party = d.id(v) }))
		if (s.Data == "") == (s.Party == "") {
			d.fail("S103", v.pos, "写 {data: 数据源} 或 {party: 部门} 之一", "write either {data: SOURCE} or {party: ID}")
		}
		out = append(out, s)
	})
	if v.kind == isList && len(v.items) == 0 {
		d.fail("S103", v.pos, "来源不能为空", "at least one source is needed")
	}
	for i := range out {
		if slices.Index(out, out[i]) < i {
			d.fail("S107", v.items[i].pos, "来源重复", "this source is in the list twice", text("删去一个", "remove one"))
		}
	}
	return out
}

func (d *decoder) material(id string, v *value) Material {
	m := Material{ID: id}
	d.fields(v,
		must("name", func(v *value) { m.Name = d.str(v) }),
		d.grounds(&m.Basis),
		must("from", func(v *value) { m.From = d.sources(v) }),
		may("form", func(v *value) { m.Form = d.word(v, "electronic", "copy", "original") }),
		may("count", func(v *value) { m.Count = d.integer(v, 1, 100) }),
		may("when", func(v *value) { m.When = d.expr(v) }),
		may("signedBy", func(v *value) { m.SignedBy = d.signers(v) }),
		may("defer", func(v *value) {
			f := &Defer{}
			d.fields(v,
				must("before", func(v *value) { f.Before = d.id(v) }),
				must("time", func(v *value) { f.Time = d.period(v) }),
				may("late", func(v *value) { f.Late = d.word(v, "mark", "lapse", "revoke") }),
				may("extend", func(v *value) { f.Extend = d.onRequest(v) }))
			m.Defer = f
		}),
		may("letter", func(v *value) {
			l := &LetterInLieu{}
			d.fields(v,
				may("before", func(v *value) { l.Before = d.id(v) }),
				must("time", func(v *value) { l.Time = d.period(v) }))
			m.Letter = l
		}),
	)
	return m
}

func (d *decoder) signers(v *value) []string {
	one := func(v *value) string {
		s := d.str(v)
		if s != "applicant" && s != "" && !formPath.MatchString(s) && !v.param {
			d.fail("S103", v.pos, "签名人写 applicant 或表单路径，如 form.father", "a signer is applicant or a form path such as form.father")
		}
		return s
	}
	if v.kind != isList {
		return []string{one(v)}
	}
	var out []string
	d.each(v, func(v *value) { out = append(out, one(v)) })
	return out
}

func (d *decoder) condition(id string, v *value) Condition {
	c := Condition{ID: id}
	d.fields(v,
		must("text", func(v *value) { c.Text = d.str(v) }),
		d.grounds(&c.Basis),
		may("when", func(v *value) { c.When = d.expr(v) }))
	return c
}

// statutoryPauses are the eight procedures whose time the law does not count.
// Source: 行政许可法第四十五条.
var statutoryPauses = []string{"hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert-review"}

// pauseKinds are all kinds of pauses, those of the law first.
var pauseKinds = append(slices.Clone(statutoryPauses), "site-visit", "publicity", "rectification", "payment", "other")

func (d *decoder) pause(id string, v *value) Pause {
	p := Pause{ID: id}
	d.fields(v,
		must("kind", func(v *value) { p.Kind = d.word(v, pauseKinds...) }),
		must("stops", func(v *value) { p.Stops = d.words(v, "statutory", "promised") }),
		must("max", func(v *value) { p.Max = d.period(v) }),
		may("notice", func(v *value) { p.Notice = d.str(v) }),
		may("basis", func(v *value) { p.Basis = d.basis(v) }))
	return p
}

func (d *decoder) commitment(id string, v *value) Commitment {
	c := Commitment{ID: id}
	d.fields(v,
		must("when", func(v *value) { c.When = d.expr(v) }),
		must("step", func(v *value) { c.Step = d.id(v) }),
		may("replaces", func(v *value) { c.Replaces = d.ids(v) }),
		must("text", func(v *value) { c.Text = d.str(v) }),
		d.grounds(&c.Basis))
	return c
}

func (d *decoder) actFirst(v *value) *ActFirst {
	a := &ActFirst{}
	d.fields(v,
		must("when", func(v *value) { a.When = d.expr(v) }),
		must("time", func(v *value) { a.Time = d.period(v) }),
		must("from", func(v *value) { a.From = d.formPath(v) }),
		d.grounds(&a.Basis))
	return a
}

func (d *decoder) formPath(v *value) string {
	s := d.str(v)
	if s != "" && !v.param && !formPath.MatchString(s) {
		d.fail("S103", v.pos, "这里需要表单路径，如 form.premises", "a form path such as form.premises is needed here")
	}
	return s
}

func (d *decoder) duty(id string, v *value) Duty {
	t := Duty{ID: id}
	d.fields(v,
		must("name", func(v *value) { t.Name = d.str(v) }),
		must("by", func(v *value) { t.By = d.partyOrApplicant(v) }),
		may("when", func(v *value) { t.When = d.expr(v) }),
		must("limit", func(v *value) { t.Limit = d.limit(v, placeDuty) }),
		may("before", func(v *value) { t.Before = d.id(v) }),
		may("affects", func(v *value) { t.Affects = d.id(v) }),
		may("late", func(v *value) { t.Late = d.word(v, "mark", "revoke") }),
		may("fix", func(v *value) { t.Fix = d.fix(v) }),
		d.grounds(&t.Basis))
	if f := v.get("fix"); f != nil && v.get("affects") == nil {
		d.fail("S102", f.pos, "责令整改仍不符合的，由作出决定的机关决定是否撤销：须写明所影响的结果（affects）",
			"what is not put right puts a result in question: say which (affects)")
	}
	if t.Limit != nil && t.Limit.From == "" && v.get("limit") != nil {
		d.fail("S102", v.get("limit").pos, "事后义务的期限须写明从何时起算（from）", "the limit of a duty says from what it counts (from)")
	}
	return t
}

// fix reads what may be ordered to be put right. The order names a last day, so its
// time is one of days.
func (d *decoder) fix(v *value) *Fix {
	f := &Fix{}
	d.fields(v,
		must("time", func(v *value) { f.Time = d.daysToFix(v) }),
		may("notice", func(v *value) { f.Notice = d.period(v) }),
		may("recheck", func(v *value) { f.Recheck = d.period(v) }),
		may("times", func(v *value) { f.Times = d.integer(v, 1, 10) }),
		may("extend", func(v *value) { f.Extend = d.moreToFix(v) }))
	return f
}

// moreToFix reads how the time of an order is made longer; that is one of days, too.
func (d *decoder) moreToFix(v *value) *MoreToFix {
	x := &MoreToFix{}
	d.fields(v,
		must("time", func(v *value) { x.Time = d.daysToFix(v) }),
		may("role", func(v *value) { x.Role = d.word(v, "handle", "organ-head", "lead") }),
		may("times", func(v *value) { x.Times = d.integer(v, 1, 10) }))
	return x
}

// daysToFix reads a time to put something right: it ends with a day that is told.
func (d *decoder) daysToFix(v *value) calendar.Period {
	p := d.period(v)
	if p.Unit == calendar.Hours {
		d.fail("S103", v.pos, "整改期限以日计，不能写小时", "the time to fix is one of days, not of hours", text("写作 30wd 或 30cd", "write 30wd or 30cd"))
	}
	return p
}

func (d *decoder) partyOrApplicant(v *value) string {
	s := d.str(v)
	if s == "applicant" || v.param {
		return s
	}
	return d.id(v)
}

// versionLess compares versions part by part as numbers.
func versionLess(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(x) && i < len(y); i++ {
		p, q := strings.TrimLeft(x[i], "0"), strings.TrimLeft(y[i], "0")
		if len(p) != len(q) {
			return len(p) < len(q)
		}
		if p != q {
			return p < q
		}
	}
	return len(x) < len(y)
}
