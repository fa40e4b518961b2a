package diff

import (
	"fmt"
	"reflect"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

func plain(s string) calendar.Text { return calendar.Text{ZH: s, EN: s} }

// name is what an id is called, with the id.
func (s *side) name(id string) string {
	if n := s.names[id]; n != "" {
		return n + "（" + id + "）"
	}
	return definition.KeyWord("", id).ZH
}

// title is what an entry of a list is called.
func (s *side) title(v reflect.Value) string {
	for _, f := range []string{"Name", "Ask", "Text", "Label"} {
		if n := v.FieldByName(f); n.IsValid() && n.String() != "" {
			return n.String()
		}
	}
	if k := v.FieldByName("Kind"); k.IsValid() {
		return definition.KeyWord("kind", k.String()).ZH
	}
	return v.FieldByName("ID").String()
}

// say puts a value into words; the zero text stands for nothing written.
func (s *side) say(of, key string, v reflect.Value) calendar.Text {
	if v.Kind() == reflect.Pointer && v.IsNil() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return calendar.Text{}
	}
	switch x := v.Interface().(type) {
	case definition.Expr:
		if x == "" && key != "when" {
			return calendar.Text{}
		}
		return s.def.Words(x)
	case calendar.Period:
		return x.Text()
	case *calendar.Period:
		return x.Text()
	case definition.Warnings:
		return each(x, calendar.Period.Text)
	case *definition.Limit:
		return s.limit(x)
	case *float64:
		return plain(fmt.Sprint(*x))
	case []definition.Article:
		return each(x, func(a definition.Article) calendar.Text { return plain(strings.TrimSpace(a.Law + " " + a.Article)) })
	case []definition.Source:
		return each(x, func(f definition.Source) calendar.Text {
			if f.Name != "" {
				return definition.KeyWord("", f.Name)
			}
			return plain(f.String())
		})
	case []definition.Link:
		return each(x, link)
	case []definition.Need:
		return each(x, func(n definition.Need) calendar.Text {
			t := plain(s.name(n.ID))
			if n.When != "" {
				w := s.def.Words(n.When)
				t.ZH, t.EN = t.ZH+"（"+w.ZH+"时）", t.EN+" (when "+w.EN+")"
			}
			return t
		})
	case []string:
		return each(x, func(id string) calendar.Text { return plain(s.name(id)) })
	case bool:
		if x {
			return calendar.Text{ZH: "是", EN: "yes"}
		}
		return calendar.Text{ZH: "否", EN: "no"}
	case int:
		return plain(fmt.Sprint(x))
	}
	if v.Kind() == reflect.String {
		return s.text(of, key, v.String())
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct {
		return s.part(v)
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct {
		return s.parts(v)
	}
	return plain(written(v.Interface()))
}

// part says what a part that came or went holds, key by key.
func (s *side) part(v reflect.Value) calendar.Text {
	typ := v.Type()
	var zh, en []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if v.Field(i).IsZero() {
			continue
		}
		if t := s.say(typ.Name(), name, v.Field(i)); t.ZH != "" {
			l := label(typ.Name(), name)
			zh, en = append(zh, l.ZH+" "+t.ZH), append(en, l.EN+" "+t.EN)
		}
	}
	return calendar.Text{ZH: strings.Join(zh, "，"), EN: strings.Join(en, ", ")}
}

func (s *side) parts(list reflect.Value) calendar.Text {
	var zh, en []string
	for i := range list.Len() {
		t := s.part(list.Index(i))
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return calendar.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
}

func (s *side) text(of, key, x string) calendar.Text {
	if x == "" {
		return calendar.Text{}
	}
	if k := definition.KeyOf(of, key); k != nil {
		if k.Words != nil {
			return definition.KeyWord(key, x)
		}
		if k.Refs != nil {
			return plain(s.name(x))
		}
	}
	return calendar.Text{ZH: "“" + x + "”", EN: "“" + x + "”"}
}

func each[T any](list []T, say func(T) calendar.Text) calendar.Text {
	var zh, en []string
	for _, x := range list {
		t := say(x)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return calendar.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

func link(l definition.Link) calendar.Text {
	t := each(l.Roles, func(r definition.RoleLimit) calendar.Text {
		t := definition.KeyWord("role", r.Role)
		if r.Time != nil {
			p := r.Time.Text()
			t.ZH, t.EN = t.ZH+" "+p.ZH, t.EN+" "+p.EN
		}
		if r.Weight > 0 {
			t.ZH, t.EN = fmt.Sprintf("%s（权重 %d）", t.ZH, r.Weight), fmt.Sprintf("%s (weight %d)", t.EN, r.Weight)
		}
		return t
	})
	if len(l.Roles) < 2 && l.Mode == "" {
		return t
	}
	mode := map[string]calendar.Text{
		"": {ZH: "会签", EN: "all of"}, definition.LinkAny: {ZH: "或签", EN: "any of"}, definition.LinkOrder: {ZH: "依次会签", EN: "in order"},
		definition.LinkShare: {ZH: fmt.Sprintf("票签 %d", l.Share), EN: fmt.Sprintf("%d of", l.Share)},
	}[l.Mode]
	return calendar.Text{ZH: mode.ZH + "（" + t.ZH + "）", EN: mode.EN + " (" + t.EN + ")"}
}

func (s *side) limit(l *definition.Limit) calendar.Text {
	t := each(l.Times, func(p definition.TimedPeriod) calendar.Text {
		x := p.Time.Text()
		if p.When != "" {
			w := s.def.Words(p.When)
			x.ZH, x.EN = w.ZH+"时 "+x.ZH, x.EN+" when "+w.EN
		}
		return x
	})
	switch from := definition.KeyWord("from", l.From); {
	case l.From == "":
	case s.names[l.From] == "" && from.ZH != l.From:
		t.ZH, t.EN = t.ZH+"，自"+from.ZH+"起", t.EN+", from "+from.EN
	default:
		t.ZH, t.EN = t.ZH+"，自"+s.name(l.From)+"起", t.EN+", from "+l.From
	}
	if x := l.Extend; x != nil {
		r, p := definition.KeyWord("role", x.Role), x.Time.Text()
		t.ZH = fmt.Sprintf("%s，经%s可延长 %s（%d 次）", t.ZH, r.ZH, p.ZH, x.Times)
		t.EN = fmt.Sprintf("%s, %s more by the %s (%d times)", t.EN, p.EN, r.EN, x.Times)
	}
	if l.Late != "" {
		late := definition.KeyWord("late", l.Late)
		t.ZH, t.EN = t.ZH+"，期满"+late.ZH, t.EN+", then "+late.EN
	}
	if len(l.Basis) > 0 {
		b := s.say("Limit", "basis", reflect.ValueOf(l.Basis))
		t.ZH, t.EN = t.ZH+"，依据 "+b.ZH, t.EN+", by "+b.EN
	}
	return t
}
