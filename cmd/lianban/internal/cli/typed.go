package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lianban/engine/definition"
)

// A value on the command line is text; the case wants numbers, choices, yes and
// no. What a question or field is, the item's guide says; without a guide (acts
// on a running case, where the server judges) the value's form decides.

// putTyped sets one answer or form field: by the guide of the case's item where
// it can be asked, else by the value's form.
func putTyped(key, flag string) func(*putter, string) error {
	return func(p *putter, v string) error {
		path, value, err := cut(flag, v)
		if err != nil {
			return err
		}
		into, _ := p.body[key].(map[string]any)
		if into == nil {
			into = map[string]any{}
			p.body[key] = into
		}
		guide, err := p.guideOf()
		if err != nil {
			return err
		}
		one := map[string]any{}
		switch {
		case guide == nil:
			err = setPath(one, path, byForm(value))
		case key == "answers":
			one, err = typeAnswers(map[string]string{path: value}, guide)
		default:
			one, err = typeForm(map[string]string{path: value}, guide)
		}
		if err == nil {
			merge(one, into)
			p.body[key] = one
		}
		return err
	}
}

// putFix says how a form field or a question reads from now on, of the kind the guide says.
func putFix(p *putter, v string) error {
	field, value, err := cut("fix", v)
	if err != nil {
		return err
	}
	guide, err := p.guideOf()
	if err != nil {
		return err
	}
	to := byForm(value)
	path, isForm := strings.CutPrefix(field, "form.")
	switch {
	case guide == nil:
	case isForm:
		to, err = fieldValue("fix", guide.Form, path, value)
	default:
		var one map[string]any
		one, err = typeAnswers(map[string]string{field: value}, guide)
		to = one[field]
	}
	if err != nil {
		return err
	}
	p.add("corrections", map[string]any{"field": field, "to": to})
	return nil
}

// byForm: true, false, numbers, [a, b]; everything else is text. A number in
// quotes is text, too.
func byForm(s string) any {
	switch s {
	case "true", "是":
		return true
	case "false", "否":
		return false
	}
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		return choices(strings.TrimSuffix(inner, "]"))
	}
	if inner, ok := strings.CutPrefix(s, `"`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "xXpPnN_") {
		return n
	}
	return s
}

func choices(s string) []any {
	out := []any{}
	for c := range strings.SplitSeq(s, ",") {
		if c = strings.TrimSpace(c); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// setPath sets a.b.c in nested maps.
func setPath(into map[string]any, path string, value any) error {
	keys := strings.Split(path, ".")
	for _, k := range keys[:len(keys)-1] {
		next, ok := into[k].(map[string]any)
		if !ok {
			if into[k] != nil {
				return Fail(Usage, "--form %s：%s 不是一组字段", "--form %s: %s is not a group of fields", path, k)
			}
			next = map[string]any{}
			into[k] = next
		}
		into = next
	}
	into[keys[len(keys)-1]] = value
	return nil
}

// typeAnswers gives answers from the command line the kinds the guide's
// questions have. What the guide does not ask is left for the server to refuse.
func typeAnswers(answers map[string]string, guide *definition.Guide) (map[string]any, error) {
	out := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		s := answers[id]
		out[id] = byForm(s)
		for _, q := range guide.Questions {
			if q.ID != id {
				continue
			}
			v, ok := typedAs(q.Type, s)
			if !ok {
				zh, en := kindWanted(q.Type)
				return nil, &Error{
					Code: Usage,
					Zh:   fmt.Sprintf("--answer %s：“%s”应为%s，实际为 %q", id, q.Ask, zh, s),
					En:   fmt.Sprintf("--answer %s (%s) must be %s, got %q", id, q.Ask, en, s),
				}
			}
			out[id] = v
		}
	}
	return out, nil
}

// kindWanted says what a question of a kind is answered with; choices and text
// are judged by the server, which knows the options.
func kindWanted(kind string) (zh, en string) {
	if kind == "boolean" {
		return "是（true）或否（false）", "true or false"
	}
	return "数字", "a number"
}

func typedAs(kind, s string) (any, bool) {
	switch kind {
	case "boolean":
		v, ok := byForm(s).(bool)
		return v, ok
	case "number", "integer", "money":
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil
	case "choices":
		return choices(strings.Trim(s, "[]")), true
	}
	return strings.Trim(s, `"`), true
}

// typeForm gives form fields from the command line the kinds of the guide's
// schema: in a form, phone and identity numbers are text however they look.
func typeForm(fields map[string]string, guide *definition.Guide) (map[string]any, error) {
	out := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		v, err := fieldValue("form", guide.Form, path, fields[path])
		if err == nil {
			err = setPath(out, path, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fieldValue gives the text of one form field the kind of the schema.
func fieldValue(flag string, form map[string]any, path, s string) (any, error) {
	switch schemaType(form, strings.Split(path, ".")) {
	case "integer", "number":
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, Fail(Usage, "--%s %s 应为数字", "--%s %s must be a number", flag, path)
		}
		return n, nil
	case "boolean":
		b, ok := byForm(s).(bool)
		if !ok {
			return nil, Fail(Usage, "--%s %s 应为 true 或 false", "--%s %s must be true or false", flag, path)
		}
		return b, nil
	case "array":
		return choices(strings.Trim(s, "[]")), nil
	}
	return s, nil
}

// schemaType walks properties (and local references) of a JSON Schema.
func schemaType(root map[string]any, path []string) string {
	schema := root
	for _, key := range path {
		schema = deref(root, schema)
		properties, _ := schema["properties"].(map[string]any)
		next, ok := properties[key].(map[string]any)
		if !ok { // the entry of a list, by its place
			next, _ = schema["items"].(map[string]any)
		}
		schema = next
		if schema == nil {
			return ""
		}
	}
	kind, _ := deref(root, schema)["type"].(string)
	return kind
}

func deref(root, schema map[string]any) map[string]any {
	for range 8 { // longer chains of references are nobody's form
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema
		}
		at := root
		for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at, _ = at[key].(map[string]any)
		}
		if at == nil {
			return schema
		}
		schema = at
	}
	return schema
}
