package definition

import (
	"reflect"
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// LanguageSchema is the JSON Schema 2020-12 of item files, made from the Go types
// they are read into and the key table. lang says in which language `description`
// is; `x-zh` and `x-en` hold both, `x-names` the kinds of things a value names. It
// is for editors: what a file means beyond its shape, `Check` says.
func LanguageSchema(lang string) map[string]any {
	s := &schemaMaker{lang: lang, defs: map[string]any{}}
	root := s.object(reflect.TypeFor[Definition]())
	s.defs["duration"] = map[string]any{"type": "string", "pattern": `^([0-9]{1,4}(wd|cd|mo|y|h)|\$[a-z][A-Za-z0-9]*)$`}
	s.defs["id"] = map[string]any{"type": "string", "pattern": idPattern.String()}
	s.defs["expression"] = map[string]any{"type": []any{"string", "boolean", "number"}}
	s.defs["formPath"] = map[string]any{"type": "string", "pattern": formPath.String()}
	s.defs["basis"] = anyOf(typed("string"), many(s.object(reflect.TypeFor[Article]())))
	s.defs["period"] = s.object(reflect.TypeFor[TimedPeriod]())
	s.defs["limit"] = anyOf(ref("duration"), many(ref("period")), s.limit())
	s.defs["sources"] = many(anyOf(enum(sourceNames), s.object(reflect.TypeFor[Source]())))
	s.defs["chain"] = s.chain()
	s.defs["step"] = s.step()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	title := text("事项定义（lianban/v1）", "Definition of an item (lianban/v1)")
	root["title"], root["x-en"], root["x-zh"] = title.In(lang), title.EN, title.ZH
	root["$defs"] = s.defs
	return root
}

type schemaMaker struct {
	lang string
	defs map[string]any
}

func typed(t string) map[string]any      { return map[string]any{"type": t} }
func ref(name string) map[string]any     { return map[string]any{"$ref": "#/$defs/" + name} }
func many(of any) map[string]any         { return map[string]any{"type": "array", "items": of} }
func anyOf(shapes ...any) map[string]any { return map[string]any{"anyOf": shapes} }
func mapOf(of any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": of, "propertyNames": ref("id")}
}

func enum(words []string) map[string]any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return map[string]any{"enum": list}
}

// described puts a key's texts, words and references on a shape.
func (s *schemaMaker) described(k *Key, shape map[string]any) map[string]any {
	if k.Words != nil {
		words := enum(k.Words)
		names := make([]any, len(k.Words))
		for i, w := range k.Words {
			names[i] = KeyWord(k.Key, w).In(s.lang)
		}
		words["enumDescriptions"] = names
		if shape["type"] == "array" {
			shape = many(words)
		} else {
			shape = words
		}
	}
	shape["description"], shape["x-zh"], shape["x-en"] = k.Text.In(s.lang), k.Text.ZH, k.Text.EN
	if k.Refs != nil {
		shape["x-names"] = enum(k.Refs)["enum"]
	}
	return shape
}

// build makes an object of keys, each with its shape.
func (s *schemaMaker) build(of string, shapes map[string]map[string]any) map[string]any {
	properties, required := map[string]any{}, []any{}
	for i := range keyTable {
		k := &keyTable[i]
		shape, ok := shapes[k.Key]
		if k.Of != of || !ok {
			continue
		}
		properties[k.Key] = s.described(k, shape)
		if k.Must {
			required = append(required, k.Key)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// object makes the object a Go type is read from: one property per field, but for
// the id, which is the key it stands under.
func (s *schemaMaker) object(t reflect.Type) map[string]any {
	shapes := map[string]map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			continue // what review and decide share is put in by step
		}
		shapes[name] = s.shape(f.Type, t.Name()+"."+name)
	}
	return s.build(t.Name(), shapes)
}

// otherwise are the fields whose values are written in another shape than their Go type tells.
var otherwise = map[string]func(*schemaMaker) map[string]any{
	"Definition.guide": func(*schemaMaker) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": typed("string")}
	},
	"Situation.options": func(*schemaMaker) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": typed("string")}
	},
	"Call.send": func(*schemaMaker) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": ref("formPath")}
	},
	"Material.signedBy": func(*schemaMaker) map[string]any { return anyOf(typed("string"), many(typed("string"))) },
	"Item.effective":    func(*schemaMaker) map[string]any { return map[string]any{"type": "string", "format": "date"} },
	"Item.version": func(*schemaMaker) map[string]any {
		return map[string]any{"type": "string", "pattern": versionPattern.String()}
	},
	"Parameter.default": func(*schemaMaker) map[string]any { return map[string]any{} },
	"Parameter.max":     func(*schemaMaker) map[string]any { return map[string]any{} },
	"Call.without":      func(*schemaMaker) map[string]any { return map[string]any{} },
	"ActFirst.from":     func(*schemaMaker) map[string]any { return ref("formPath") },
	"Publicity.shows":   func(*schemaMaker) map[string]any { return many(ref("formPath")) },
}

// shape is how a value of a Go type is written.
func (s *schemaMaker) shape(t reflect.Type, at string) map[string]any {
	if make, ok := otherwise[at]; ok {
		return make(s)
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[calendar.Period]():
		return ref("duration")
	case reflect.TypeFor[Warnings]():
		list := many(ref("duration"))
		list["minItems"], list["maxItems"], list["uniqueItems"] = 1, mostWarnings, true
		return anyOf(ref("duration"), list)
	case reflect.TypeFor[Expr]():
		return ref("expression")
	case reflect.TypeFor[[]Article]():
		return ref("basis")
	case reflect.TypeFor[[]Source]():
		return ref("sources")
	case reflect.TypeFor[Limit]():
		return ref("limit")
	case reflect.TypeFor[[]Link]():
		return ref("chain")
	case reflect.TypeFor[[]*Step]():
		return many(ref("step"))
	case reflect.TypeFor[[]Need]():
		return many(anyOf(typed("string"), s.build("Need", map[string]map[string]any{"step": typed("string"), "when": ref("expression")})))
	}
	switch t.Kind() {
	case reflect.String:
		return typed("string")
	case reflect.Bool:
		return typed("boolean")
	case reflect.Int:
		return typed("integer")
	case reflect.Float64:
		return typed("number")
	case reflect.Map:
		return typed("object")
	case reflect.Slice:
		if e := t.Elem(); e.Kind() == reflect.Struct {
			if _, named := e.FieldByName("ID"); named {
				return mapOf(s.object(e))
			}
			return many(s.object(e))
		}
		return many(s.shape(t.Elem(), ""))
	case reflect.Struct:
		return s.object(t)
	}
	return map[string]any{}
}

func (s *schemaMaker) limit() map[string]any {
	t := reflect.TypeFor[Limit]()
	shapes := map[string]map[string]any{"time": anyOf(ref("duration"), many(ref("period")))}
	for _, name := range []string{"From", "Extend", "Late", "Basis"} {
		f, _ := t.FieldByName(name)
		shapes[strings.ToLower(name)] = s.shape(f.Type, "")
	}
	return s.build("Limit", shapes)
}

// chain is the links of a department: a role, with its time, or several people.
func (s *schemaMaker) chain() map[string]any {
	timed := map[string]any{}
	for _, r := range chainRoles {
		timed[r] = ref("duration")
	}
	s.defs["role"] = anyOf(enum(chainRoles), map[string]any{"type": "object", "additionalProperties": false, "properties": timed, "minProperties": 1, "maxProperties": 1})
	people := many(ref("role"))
	forms := []any{ref("role"), people}
	for _, keys := range [][]string{{LinkAny}, {LinkOrder}, {LinkShare, "of", "weights"}} {
		properties := map[string]any{}
		for _, name := range keys {
			k := *KeyOf("Link", name)
			k.Words = nil
			shape := map[string]any{"type": "array", "items": ref("role")}
			switch name {
			case LinkShare:
				shape = typed("integer")
			case "weights":
				shape = many(typed("integer"))
			}
			properties[name] = s.described(&k, shape)
		}
		forms = append(forms, map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": []any{keys[0]}})
	}
	return many(anyOf(forms...))
}

// step is one form per kind: the kind with the step's id, the kind's own keys, and those all have.
func (s *schemaMaker) step() map[string]any {
	step := reflect.TypeFor[Step]()
	var forms []any
	for _, kind := range kinds {
		fields := map[string]map[string]any{}
		var required []any
		add := func(of string, t reflect.Type, only ...string) {
			for i := range t.NumField() {
				f := t.Field(i)
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				k := KeyOf(of, name)
				if f.Anonymous || k == nil || len(only) > 0 && !slices.Contains(only, name) {
					continue
				}
				fields[name] = s.described(k, s.shape(f.Type, of+"."+name))
				if k.Must {
					required = append(required, name)
				}
			}
		}
		add("Step", step, commonOf(Kind(kind))...)
		f, _ := step.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, kind) })
		own := f.Type.Elem()
		switch Kind(kind) {
		case KindDecide:
			add("Work", reflect.TypeFor[Work]())
			add(own.Name(), own)
		case KindPay:
			fields["fee"] = s.described(KeyOf("Pay", "fee"), s.build("Fee", map[string]map[string]any{"amount": ref("expression"), "basis": ref("basis")}))
			required = append(required, "fee")
			add("Pay", own, "pause")
		default:
			add(own.Name(), own)
		}
		fields[kind] = s.described(KeyOf("Step", kind), typed("string"))
		properties := map[string]any{}
		for name, shape := range fields {
			properties[name] = shape
		}
		forms = append(forms, map[string]any{
			"type": "object", "additionalProperties": false, "properties": properties, "required": append([]any{kind}, required...),
		})
	}
	return anyOf(forms...)
}

// commonOf are the common keys a kind of step has.
func commonOf(kind Kind) []string {
	switch kind {
	case KindInclude:
		return []string{"when"}
	case KindSequence, KindParallel:
		return []string{"name", "when", "limit", "warn", "after", "optional"}
	case KindCase:
		return []string{"name", "when", "limit", "warn", "needs", "reads", "after", "optional"}
	}
	return commonKeys
}
