package definition

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed dictionary.json
var dictionarySource []byte

// dictionary holds the shared fields a form may refer to as
// `$ref: "dictionary#/ID"`: the same applicant, address or person in every
// item, so that an answer given once can be handed on.
var dictionary = sync.OnceValue(func() map[string]any {
	var m map[string]any
	if err := json.Unmarshal(dictionarySource, &m); err != nil {
		panic("the built-in dictionary is not JSON: " + err.Error())
	}
	return m
})

// DictionaryEntries lists the ids of the shared fields.
func DictionaryEntries() []string { return sortedKeys(dictionary()) }

// DictionaryNames are what the shared fields are called, by id.
func DictionaryNames() map[string]string {
	out := map[string]string{}
	for _, id := range DictionaryEntries() {
		entry, _ := dictionary()[id].(map[string]any)
		out[id], _ = entry["title"].(string)
	}
	return out
}

const dictionaryRef = "dictionary#/"

// schema reads a JSON Schema and puts the shared fields it refers to in place.
func (d *decoder) schema(v *value) map[string]any {
	if v.kind != isMap {
		d.wrong(v, "JSON Schema", "a JSON Schema")
		return map[string]any{}
	}
	out, _ := d.inline(v).(map[string]any)
	d.validSchema(v, out)
	return out
}

// inline turns a schema value into plain data with dictionary references
// resolved. Keys written beside a reference win over those of the entry.
func (d *decoder) inline(v *value) any {
	v = d.resolve(v)
	switch v.kind {
	case isList:
		out := make([]any, len(v.items))
		for i, e := range v.items {
			out[i] = d.inline(e)
		}
		return out
	case isScalar:
		return v.scalar
	}
	out := make(map[string]any, len(v.pairs))
	if ref := v.get("$ref"); ref != nil && strings.HasPrefix(ref.text, dictionaryRef) {
		name := strings.TrimPrefix(ref.text, dictionaryRef)
		entry, ok := dictionary()[name].(map[string]any)
		if !ok {
			d.fail("S113", ref.pos, "词典中没有“"+clip(name)+"”", fmt.Sprintf("the dictionary has no entry %q", clip(name)),
				oneOf(name, DictionaryEntries()))
		}
		for k, e := range copied(entry).(map[string]any) {
			out[k] = e
		}
	}
	for _, p := range v.pairs {
		if p.key == "$ref" && strings.HasPrefix(p.value.text, dictionaryRef) {
			continue
		}
		out[p.key] = d.inline(p.value)
	}
	return out
}

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = copied(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = copied(e)
		}
		return l
	}
	return v
}

// validSchema holds a schema to the meta-schema of JSON Schema 2020-12.
func (d *decoder) validSchema(v *value, schema map[string]any) {
	if refs := foreignRefs(schema); len(refs) > 0 {
		d.fail("S113", v.pos, "只能引用词典："+clip(refs[0]), fmt.Sprintf("only the dictionary can be referred to, not %q", clip(refs[0])),
			text("写 dictionary#/名称", "write dictionary#/NAME"))
		return
	}
	_, err := CompileSchema(schema)
	if err == nil {
		return
	}
	at, msg := v.pos, err.Error()
	var bad *jsonschema.SchemaValidationError
	if errors.As(err, &bad) {
		var why *jsonschema.ValidationError
		if errors.As(bad.Err, &why) {
			for len(why.Causes) > 0 {
				why = why.Causes[len(why.Causes)-1]
			}
			at, msg = d.follow(v, why.InstanceLocation), "/"+strings.Join(why.InstanceLocation, "/")
		}
	}
	d.fail("S113", at, "不是合法的 JSON Schema（2020-12）："+clip(msg), "not a JSON Schema (2020-12): "+clip(msg))
}

// follow finds the place a path of a schema leads to.
func (d *decoder) follow(v *value, path []string) Position {
	at := v.pos
	for _, name := range path {
		switch v.kind {
		case isMap:
			found := false
			for _, p := range v.pairs {
				if p.key == name {
					v, at, found = p.value, p.pos, true
				}
			}
			if !found {
				return at
			}
		case isList:
			var i int
			if _, err := fmt.Sscanf(name, "%d", &i); err != nil || i < 0 || i >= len(v.items) {
				return at
			}
			v = v.items[i]
			at = v.pos
		default:
			return at
		}
	}
	return at
}

func foreignRefs(v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if s, ok := v[k].(string); ok && (k == "$ref" || k == "$dynamicRef") {
				out = append(out, s)
				continue
			}
			out = append(out, foreignRefs(v[k])...)
		}
	case []any:
		for _, e := range v {
			out = append(out, foreignRefs(e)...)
		}
	}
	return out
}

// CompileSchema compiles a form's, an output's or an answer's schema for
// checking data against it. The schema refers to nothing outside itself.
func CompileSchema(schema map[string]any) (*jsonschema.Schema, error) {
	// Numbers must be those of encoding/json for the library to know them.
	raw, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(noLoader{})
	const name = "lianban:form"
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// noLoader keeps a schema from reading files or the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema refers to nothing outside itself, not to %s", url)
}
