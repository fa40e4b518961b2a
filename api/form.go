package api

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"lianban/api/gen"
	"lianban/engine/definition"
)

// forms checks application forms against the schema of their version. A schema
// is compiled once per process; its key is the definition's hash.
type forms struct {
	compiled sync.Map // hash → *jsonschema.Schema
}

// check says what is wrong with a form; nil when nothing is. Its messages name
// fields and rules, never what was written into a field.
func (f *forms) check(plan *definition.Plan, form map[string]any) (*Problem, error) {
	if len(plan.Def.Form) == 0 {
		if len(form) > 0 {
			return badForm([]gen.FieldError{{Where: "/form", Zh: "本事项没有表单", En: "this item has no form", Expected: both("no form"), Actual: both("a form")}}), nil
		}
		return nil, nil
	}
	schema, err := f.schema(plan)
	if err != nil {
		return nil, err
	}
	if form == nil {
		form = map[string]any{}
	}
	err = schema.Validate(any(form))
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &invalid):
		return nil, fmt.Errorf("check a form: %w", err)
	}
	return badForm(fieldErrors(plan.Def.Form, invalid, nil)), nil
}

func (f *forms) schema(plan *definition.Plan) (*jsonschema.Schema, error) {
	if s, ok := f.compiled.Load(plan.Hash); ok {
		return s.(*jsonschema.Schema), nil
	}
	s, err := definition.CompileSchema(plan.Def.Form)
	if err != nil {
		return nil, fmt.Errorf("form schema of %s@%s: %w", plan.Def.Item.Code, plan.Def.Item.Version, err)
	}
	f.compiled.Store(plan.Hash, s)
	return s, nil
}

func badForm(fields []gen.FieldError) *Problem {
	if len(fields) == 0 {
		fields = []gen.FieldError{{Where: "/form", Zh: "表单不符合规定", En: "the form does not fulfil its schema"}}
	}
	p := &Problem{Code: CodeBadForm, Zh: "表单有 " + strconv.Itoa(len(fields)) + " 处不符合规定；首先：" + fields[0].Zh,
		En:     "the form has " + strconv.Itoa(len(fields)) + " field(s) that do not fulfil the schema; first: " + fields[0].En,
		Errors: fields}
	return p.at(fields[0].Where).want(fields[0].Expected.EN, fields[0].Actual.EN)
}

// fieldErrors collects the leaves of a schema error: those are about fields.
func fieldErrors(schema map[string]any, e *jsonschema.ValidationError, list []gen.FieldError) []gen.FieldError {
	switch k := e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		// Which alternative was meant cannot be known; naming the causes of each would
		// only confuse.
		return append(list, field(schema, e.InstanceLocation, "", "不符合任何一种允许的填写方式", "fulfils none of the allowed forms", "one of the allowed forms", "none"))
	case *kind.Required:
		for _, name := range k.Missing {
			list = append(list, field(schema, e.InstanceLocation, name, "缺少必填项", "is missing", "a value", "missing"))
		}
		return list
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			list = append(list, field(schema, e.InstanceLocation, shown(name), "没有这个字段", "is not a field of this form", "a field of the form", "unknown field"))
		}
		return list
	}
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			list = fieldErrors(schema, c, list)
		}
		return list
	}
	zh, en, want, got := broken(e.ErrorKind)
	return append(list, field(schema, e.InstanceLocation, "", zh, en, want, got))
}

func broken(k jsonschema.ErrorKind) (zh, en, want, got string) {
	n := strconv.Itoa
	switch k := k.(type) {
	case *kind.Type:
		w := strings.Join(k.Want, " or ")
		return "类型应为 " + w, "must be " + w, w, k.Got
	case *kind.Enum:
		var words []string
		for _, v := range k.Want {
			words = append(words, fmt.Sprint(v))
		}
		w := strings.Join(words, ", ")
		return "应为其中之一：" + w, "must be one of " + w, w, "another value"
	case *kind.Const:
		return "应为规定值", "must be the fixed value", fmt.Sprint(k.Want), "another value"
	case *kind.Format:
		return "格式应为 " + k.Want, "must have the form " + k.Want, k.Want, "another form"
	case *kind.Pattern:
		return "格式不符合规定", "must have the form " + k.Want, k.Want, "another form"
	case *kind.MinLength:
		return "至少 " + n(k.Want) + " 个字符", "must have at least " + n(k.Want) + " characters", "at least " + n(k.Want), n(k.Got)
	case *kind.MaxLength:
		return "至多 " + n(k.Want) + " 个字符", "must have at most " + n(k.Want) + " characters", "at most " + n(k.Want), n(k.Got)
	case *kind.MinItems:
		return "至少 " + n(k.Want) + " 项", "must have at least " + n(k.Want) + " entries", "at least " + n(k.Want), n(k.Got)
	case *kind.MaxItems:
		return "至多 " + n(k.Want) + " 项", "must have at most " + n(k.Want) + " entries", "at most " + n(k.Want), n(k.Got)
	case *kind.Minimum:
		w := k.Want.RatString()
		return "不得小于 " + w, "must not be less than " + w, "from " + w, "less"
	case *kind.Maximum:
		w := k.Want.RatString()
		return "不得大于 " + w, "must not be more than " + w, "up to " + w, "more"
	case *kind.ExclusiveMinimum:
		w := k.Want.RatString()
		return "须大于 " + w, "must be more than " + w, "more than " + w, "not more"
	case *kind.ExclusiveMaximum:
		w := k.Want.RatString()
		return "须小于 " + w, "must be less than " + w, "less than " + w, "not less"
	case *kind.MultipleOf:
		w := k.Want.RatString()
		return "须为 " + w + " 的倍数", "must be a multiple of " + w, "a multiple of " + w, "not a multiple"
	case *kind.UniqueItems:
		return "各项不得重复", "must not have equal entries", "different entries", "equal entries"
	}
	rule := strings.Join(k.KeywordPath(), "/")
	return "不符合规定（" + rule + "）", "does not fulfil the rule " + rule, rule, "something else"
}

// field makes the error of a field: its JSON pointer, and its title in the sentence.
func field(schema map[string]any, path []string, last, zh, en, want, got string) gen.FieldError {
	if last != "" {
		path = append(path[:len(path):len(path)], last)
	}
	where := "/form"
	for _, p := range path {
		where += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(shown(p))
	}
	name := title(schema, path)
	if name == "" {
		name = where
	}
	return gen.FieldError{Where: where, Zh: "“" + name + "”" + zh, En: where + " " + en, Expected: both(want), Actual: both(got)}
}

// title finds a field's title in the schema, "" when it has none.
func title(schema map[string]any, path []string) string {
	at := schema
	for _, p := range path {
		props, _ := at["properties"].(map[string]any)
		next, ok := props[p].(map[string]any)
		if !ok {
			next, ok = at["items"].(map[string]any)
		}
		if !ok {
			return ""
		}
		at = next
	}
	t, _ := at["title"].(string)
	return t
}
