// Package diff says in words what differs between two definitions: not which
// lines, but which steps, limits, papers, parties, questions and conditions, for
// the person who has to answer for the new version.
//
//	File, File ──▶ Files ──▶ Changes, the most important first
//
// It compares what was read, defaults filled in, by the ids of the language: what
// is written in another order or another form and means the same is no change.
// What is found to differ is told by the labels of the key table, so that a key
// added to the language is told of without a line here; weights (weight.go) alone
// are a matter of judgement.
package diff

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// What happened to a thing.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Moved   = "moved"
)

// Change is one thing that differs.
type Change struct {
	Weight Weight `json:"weight"`
	// Area is item, party, question, form, paper, condition, pause, commitment, duty, step, output, guide, parameter.
	Area string `json:"area"`
	What string `json:"what"`
	// ID is that of the step, paper, party …; Path the keys inside it.
	ID   string `json:"id,omitempty"`
	Path string `json:"path"`
	// Text is the sentence.
	calendar.Text
	// Old and New are what it was and what it is, in words.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// From and To are the places in the two texts; zero where it does not stand.
	From Place `json:"from,omitzero"`
	To   Place `json:"to,omitzero"`
}

// Place is a place in one of the two texts.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Files compares two item files as far as they could be read. One that is no item
// counts as an empty one.
func Files(a, b *definition.File) []Change {
	c := &comparer{a: sideOf(a), b: sideOf(b)}
	top := thing{area: "item", name: calendar.Text{ZH: "事项", EN: "item"}}
	c.fields(top, reflect.ValueOf(*c.a.def), reflect.ValueOf(*c.b.def), "Definition", "")
	c.process()
	slices.SortStableFunc(c.out, func(x, y Change) int {
		return cmp.Or(cmp.Compare(rank[x.Weight], rank[y.Weight]), cmp.Compare(areaRank(x), areaRank(y)))
	})
	return c.out
}

// side is one of the two files.
type side struct {
	file  *definition.File
	def   *definition.Definition
	names map[string]string
	steps map[string]*placed
	order []*placed
	// members are the ids of the steps in a group, in their order; "" is the main line.
	members map[string][]string
}

func sideOf(f *definition.File) *side {
	s := &side{file: f, def: f.Definition, steps: map[string]*placed{}, members: map[string][]string{}}
	if s.def == nil {
		s.def = &definition.Definition{}
	}
	s.names = s.def.Called()
	for _, p := range s.def.Pauses {
		s.names[p.ID] = definition.KeyWord("kind", p.Kind).ZH
	}
	s.place(s.def.Process, "")
	return s
}

// thing is what a change is about: its area, id and name.
type thing struct {
	area, id string
	name     calendar.Text
	// base is where its keys begin in the texts; for a step they begin at the step.
	base string
	a, b *definition.Step
}

type comparer struct {
	a, b *side
	out  []Change
}

func (c *comparer) places(t thing, path string) (from, to Place) {
	full := strings.Trim(t.base+"."+path, ".")
	if t.area == "step" || t.area == "output" {
		if t.a != nil {
			from = c.a.at(t.a, full)
		}
		if t.b != nil {
			to = c.b.at(t.b, full)
		}
		return from, to
	}
	return c.a.at(nil, full), c.b.at(nil, full)
}

func (s *side) at(step *definition.Step, path string) Place {
	p := s.file.Place(step, path)
	return Place{Line: p.Line, Column: p.Column}
}

func (c *comparer) tell(t thing, what, path string, w Weight, text calendar.Text, was, is string) {
	from, to := c.places(t, path)
	switch what {
	case Added:
		from = Place{}
	case Removed:
		to = Place{}
	}
	c.out = append(c.out, Change{Weight: w, Area: t.area, What: what, ID: t.id, Path: path, Text: text, Old: was, New: is, From: from, To: to})
}

// lists are the parts of a definition whose entries are things with ids.
var lists = map[string]struct {
	area   string
	zh, en string
}{
	"Definition.parameters": {"parameter", "参数", "parameter"}, "Definition.parties": {"party", "参与单位", "party"},
	"Definition.guide": {"guide", "指南文字", "guide text"}, "Definition.situations": {"question", "情形问题", "question"},
	"Definition.materials": {"paper", "材料", "paper"}, "Definition.conditions": {"condition", "审查条件", "condition"},
	"Definition.pauses": {"pause", "中止事由", "pause"}, "Definition.commitments": {"commitment", "告知承诺", "promise"},
	"Definition.duties": {"duty", "事后义务", "duty"}, "Decide.gives": {"output", "结果", "output"},
	"Situation.options": {"", "选项", "option"},
}

// inline are parts of a step whose keys stand at the step itself.
var inline = map[string]bool{
	"Step.sequence": true, "Step.parallel": true, "Step.intake": true, "Step.review": true, "Step.decide": true, "Step.visit": true,
	"Step.publicity": true, "Step.hearing": true, "Step.pay": true, "Step.call": true, "Step.issue": true, "Step.case": true, "Step.include": true,
}

// apart are fields that are compared elsewhere, or that name the thing itself.
var apart = map[string]bool{
	"Definition.process": true, "Definition.language": true, "Sequence.steps": true, "Parallel.branches": true, "Step.kind": true,
	"Include.fragment": true, "Include.version": true, "Parameter.value": true,
}

// fields compares two values of a struct type, field by field.
func (c *comparer) fields(t thing, x, y reflect.Value, of, path string) {
	typ := x.Type()
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := of + "." + name
		p, q := x.Field(i), y.Field(i)
		switch {
		case f.Anonymous:
			c.fields(t, p, q, f.Type.Name(), path)
		case name == "id" || apart[at] || same(p, q):
		case lists[at].zh != "":
			c.list(t, at, p, q, join(path, name))
		case inline[at]:
			if !p.IsNil() && !q.IsNil() {
				c.fields(t, p.Elem(), q.Elem(), f.Type.Elem().Name(), path)
			}
		case f.Type == reflect.TypeFor[map[string]any]():
			c.schema(t, label(of, name), name, join(path, name), p.Interface().(map[string]any), q.Interface().(map[string]any))
		case whole(f.Type):
			c.leaf(t, of, name, join(path, name), p, q)
		case f.Type.Kind() == reflect.Pointer:
			if p.IsNil() || q.IsNil() {
				c.leaf(t, of, name, join(path, name), p, q)
				continue
			}
			c.fields(inside(t, label(of, name)), p.Elem(), q.Elem(), f.Type.Elem().Name(), join(path, name))
		case at == "Definition.item":
			c.fields(t, p, q, f.Type.Name(), name)
		default: // a struct
			c.fields(inside(t, label(of, name)), p, q, f.Type.Name(), join(path, name))
		}
	}
}

// inside is a part of a thing; the part's label goes behind the thing's name.
func inside(t thing, part calendar.Text) thing {
	t.name = calendar.Text{ZH: t.name.ZH + "的" + part.ZH, EN: t.name.EN + ", " + part.EN}
	return t
}

func join(path, key string) string { return strings.Trim(path+"."+key, ".") }

func same(p, q reflect.Value) bool {
	if k := p.Kind(); (k == reflect.Slice || k == reflect.Map) && p.Len() == 0 && q.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(p.Interface(), q.Interface())
}

// whole says that values of a type are told as one.
func whole(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[calendar.Period](), reflect.TypeFor[*calendar.Period](), reflect.TypeFor[*definition.Limit](), reflect.TypeFor[*float64]():
		return true
	}
	k := t.Kind()
	return k != reflect.Struct && k != reflect.Pointer
}

// labels are what is no key of its own: texts that stand right behind an id.
var labels = map[string]calendar.Text{"GuideText.text": {ZH: "内容", EN: "text"}, "Option.label": {ZH: "名称", EN: "label"}}

func label(of, key string) calendar.Text {
	if l, ok := labels[of+"."+key]; ok {
		return l
	}
	for _, part := range []string{of, "Step", "Fee"} {
		if k := definition.KeyOf(part, key); k != nil {
			return k.Label()
		}
	}
	return calendar.Text{ZH: key, EN: key}
}

// leaf tells of one value that differs.
func (c *comparer) leaf(t thing, of, key, path string, p, q reflect.Value) {
	l, w := label(of, key), weigh(of+"."+key)
	was, is := c.a.say(of, key, p), c.b.say(of, key, q)
	switch none := (calendar.Text{}); {
	case was == none:
		c.tell(t, Added, path, w, calendar.Text{ZH: t.name.ZH + "：增加" + l.ZH + "，" + is.ZH, EN: t.name.EN + ": " + l.EN + " added, " + is.EN}, "", is.ZH)
	case is == none:
		c.tell(t, Removed, path, w, calendar.Text{ZH: t.name.ZH + "：取消" + l.ZH + "，原为" + was.ZH, EN: t.name.EN + ": " + l.EN + " removed, it was " + was.EN}, was.ZH, "")
	default:
		if list, ok := c.members(t, l, w, path, p, q); ok {
			c.out = append(c.out, list...)
			return
		}
		c.tell(t, Changed, path, w, calendar.Text{
			ZH: t.name.ZH + "：" + l.ZH + "由" + was.ZH + "改为" + is.ZH, EN: t.name.EN + ": " + l.EN + " changed from " + was.EN + " to " + is.EN,
		}, was.ZH, is.ZH)
	}
}

// members tells of lists of names what came in and what went out.
func (c *comparer) members(t thing, l calendar.Text, w Weight, path string, p, q reflect.Value) ([]Change, bool) {
	was, ok := p.Interface().([]string)
	is, _ := q.Interface().([]string)
	if !ok {
		return nil, false
	}
	var in, out []string
	for _, id := range is {
		if !slices.Contains(was, id) {
			in = append(in, c.b.name(id))
		}
	}
	for _, id := range was {
		if !slices.Contains(is, id) {
			out = append(out, c.a.name(id))
		}
	}
	if len(in)+len(out) == 0 {
		return nil, false // another order only
	}
	var zh, en []string
	if len(in) > 0 {
		zh, en = append(zh, "增加"+strings.Join(in, "、")), append(en, strings.Join(in, ", ")+" added")
	}
	if len(out) > 0 {
		zh, en = append(zh, "去掉"+strings.Join(out, "、")), append(en, strings.Join(out, ", ")+" removed")
	}
	from, to := c.places(t, path)
	return []Change{{
		Weight: w, Area: t.area, What: Changed, ID: t.id, Path: path, From: from, To: to, Old: strings.Join(out, "、"), New: strings.Join(in, "、"),
		Text: calendar.Text{ZH: t.name.ZH + "：" + l.ZH + strings.Join(zh, "，"), EN: t.name.EN + ": " + l.EN + ": " + strings.Join(en, "; ")},
	}}, true
}

// list compares entries with ids: what came, what went, what is in both.
func (c *comparer) list(around thing, at string, p, q reflect.Value, path string) {
	kind := lists[at]
	of := p.Type().Elem().Name()
	id := func(v reflect.Value) string { return v.FieldByName("ID").String() }
	byID := func(list reflect.Value) map[string]reflect.Value {
		m := make(map[string]reflect.Value, list.Len())
		for i := range list.Len() {
			if v := list.Index(i); !m[id(v)].IsValid() {
				m[id(v)] = v
			}
		}
		return m
	}
	was, is := byID(p), byID(q)
	about := func(v reflect.Value, s *side) thing {
		name := s.title(v)
		t := around
		t.base = join(around.base, join(path, id(v)))
		if kind.area != "" {
			t.area, t.id = kind.area, id(v)
			t.name = calendar.Text{ZH: kind.zh + "“" + name + "”", EN: kind.en + " " + id(v)}
		} else {
			t.name = calendar.Text{ZH: around.name.ZH + "的" + kind.zh + "“" + name + "”", EN: around.name.EN + ", " + kind.en + " " + id(v)}
		}
		return t
	}
	var before, after []string
	for i := range p.Len() {
		v := p.Index(i)
		if !is[id(v)].IsValid() {
			t := about(v, c.a)
			c.tell(t, Removed, "", weigh("-"+at), calendar.Text{ZH: "取消" + t.name.ZH, EN: t.name.EN + " removed"}, "", "")
			continue
		}
		before = append(before, id(v))
	}
	for i := range q.Len() {
		v := q.Index(i)
		old := was[id(v)]
		t := about(v, c.b)
		if !old.IsValid() {
			c.tell(t, Added, "", weigh("+"+at), calendar.Text{ZH: "增加" + t.name.ZH, EN: t.name.EN + " added"}, "", "")
			continue
		}
		after = append(after, id(v))
		c.fields(t, old, v, of, "")
	}
	for _, m := range strays(before, after) {
		t := about(is[m], c.b)
		c.tell(t, Moved, "", Low, calendar.Text{ZH: t.name.ZH + "换了位置", EN: t.name.EN + " stands in another place"}, "", "")
	}
}
