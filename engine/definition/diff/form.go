package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// keywords are what JSON Schema's own keys are called.
var keywords = map[string]calendar.Text{
	"type": {ZH: "类型", EN: "type"}, "title": {ZH: "名称", EN: "title"}, "description": {ZH: "说明", EN: "description"}, "required": {ZH: "必填字段", EN: "required fields"},
	"enum": {ZH: "可选值", EN: "choices"}, "const": {ZH: "固定值", EN: "fixed value"}, "default": {ZH: "默认值", EN: "default"}, "examples": {ZH: "示例", EN: "examples"},
	"minimum": {ZH: "最小值", EN: "minimum"}, "maximum": {ZH: "最大值", EN: "maximum"},
	"exclusiveMinimum": {ZH: "下限（不含）", EN: "minimum, excluded"}, "exclusiveMaximum": {ZH: "上限（不含）", EN: "maximum, excluded"},
	"minLength": {ZH: "最少字数", EN: "shortest length"}, "maxLength": {ZH: "最多字数", EN: "greatest length"},
	"minItems": {ZH: "最少项数", EN: "fewest entries"}, "maxItems": {ZH: "最多项数", EN: "most entries"}, "uniqueItems": {ZH: "各项不得重复", EN: "entries differ"},
	"pattern": {ZH: "格式（正则表达式）", EN: "pattern"}, "format": {ZH: "格式", EN: "format"}, "$ref": {ZH: "引用的字典", EN: "dictionary entry"},
	"additionalProperties": {ZH: "可有其他字段", EN: "further fields"},
}

func keyword(key string) calendar.Text {
	if t, ok := keywords[key]; ok {
		return t
	}
	return plain(" " + key + " ")
}

// schema compares two JSON Schemas by the fields they have.
func (c *comparer) schema(t thing, of calendar.Text, key, path string, x, y map[string]any) {
	if key == "form" && t.area == "item" {
		t.area, t.name = "form", calendar.Text{ZH: "申请表", EN: "form"}
	} else {
		t.name = calendar.Text{ZH: t.name.ZH + "的" + of.ZH, EN: t.name.EN + ", " + of.EN}
	}
	p, q := map[string]any{}, map[string]any{}
	flatten("", x, p)
	flatten("", y, q)
	f := &forms{comparer: c, t: t, path: path, p: p, q: q, had: fields(p), has: fields(q), told: map[string]bool{}}
	keys := slices.Sorted(maps.Keys(p))
	for _, k := range slices.Sorted(maps.Keys(q)) {
		if _, ok := p[k]; !ok {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		f.leaf(k)
	}
}

// forms compares two schemas, which are given as their leaves.
type forms struct {
	*comparer
	t        thing
	path     string
	p, q     map[string]any
	had, has map[string]bool
	told     map[string]bool
}

// leaf tells of one key of the schema that differs.
func (f *forms) leaf(k string) {
	was, old := f.p[k]
	is, now := f.q[k]
	if reflect.DeepEqual(was, is) && old == now || f.whole(k) {
		return
	}
	name, key := fieldOf(k)
	on := f.t.name
	if name != "" {
		field := f.called(name)
		on = calendar.Text{ZH: on.ZH + "字段" + field, EN: on.EN + ", field " + name}
	}
	l, at, w := keyword(key), join(f.path, k), schemaWeight(key)
	x, y := f.value(name, key, was), f.value(name, key, is)
	switch {
	case !old:
		f.tell(f.t, Added, at, w, calendar.Text{ZH: on.ZH + "：增加" + l.ZH + y, EN: on.EN + ": " + l.EN + " " + y + " added"}, "", y)
	case !now:
		f.tell(f.t, Removed, at, w, calendar.Text{ZH: on.ZH + "：取消" + l.ZH + x, EN: on.EN + ": " + l.EN + " " + x + " removed"}, x, "")
	default:
		f.tell(f.t, Changed, at, w, calendar.Text{
			ZH: on.ZH + "：" + l.ZH + "由" + x + "改为" + y, EN: on.EN + ": " + l.EN + " changed from " + x + " to " + y,
		}, x, y)
	}
}

// whole tells once of a field that came or went, with all that is inside it; false: the leaf's field is in both.
func (f *forms) whole(leaf string) bool {
	parts := strings.Split(leaf, ".")
	for i := 0; i+1 < len(parts) && parts[i] == "properties"; i += 2 {
		of := strings.Join(parts[:i+2], ".")
		if f.had[of] && f.has[of] {
			continue
		}
		if f.told[of] {
			return true
		}
		f.told[of] = true
		name, _ := fieldOf(of)
		t := f.t.name
		if f.has[of] {
			f.tell(f.t, Added, join(f.path, of), High, calendar.Text{ZH: "增加" + t.ZH + "字段" + f.called(name), EN: t.EN + ", field " + name + " added"}, "", "")
		} else {
			f.tell(f.t, Removed, join(f.path, of), High, calendar.Text{ZH: "取消" + t.ZH + "字段" + f.called(name), EN: t.EN + ", field " + name + " removed"}, "", "")
		}
		return true
	}
	return false
}

// called is a field by its title, that of the newer schema first.
func (f *forms) called(name string) string {
	at := "properties." + strings.ReplaceAll(name, ".", ".properties.") + ".title"
	for _, leaves := range []map[string]any{f.q, f.p} {
		if title, ok := leaves[at].(string); ok && title != "" {
			return "“" + title + "”（" + name + "）"
		}
	}
	return " " + name + " "
}

// value writes a value of the schema: fields by their titles, texts without the marks of a data format.
func (f *forms) value(name, key string, v any) string {
	if list, ok := v.([]any); ok {
		var out []string
		for _, x := range list {
			id, text := x.(string)
			switch {
			case text && key == "required" && name == "":
				out = append(out, strings.TrimSpace(f.called(id)))
			case text && key == "required":
				out = append(out, strings.TrimSpace(f.called(name+"."+id)))
			default:
				out = append(out, written(x))
			}
		}
		return strings.Join(out, "、")
	}
	return written(v)
}

func written(v any) string {
	if s, ok := v.(string); ok {
		return "“" + s + "”"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// fields are the paths of all fields a schema has anything of.
func fields(leaves map[string]any) map[string]bool {
	all := map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(leaves)) {
		parts := strings.Split(k, ".")
		for i := 0; i+1 < len(parts) && parts[i] == "properties"; i += 2 {
			all[strings.Join(parts[:i+2], ".")] = true
		}
	}
	return all
}

// flatten gives the leaves of a schema by their dotted paths; lists are leaves.
func flatten(path string, v map[string]any, into map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if m, ok := v[k].(map[string]any); ok && len(m) > 0 {
			flatten(join(path, k), m, into)
			continue
		}
		into[join(path, k)] = v[k]
	}
}

// fieldOf splits a leaf's path into the form's field and the schema's own key.
func fieldOf(path string) (name, key string) {
	parts := strings.Split(path, ".")
	var names []string
	i := 0
	for i+1 < len(parts) && parts[i] == "properties" {
		names = append(names, parts[i+1])
		i += 2
	}
	return strings.Join(names, "."), strings.Join(parts[i:], ".")
}
