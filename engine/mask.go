package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"lianban/engine/definition"
)

// What a posting shows of a form: titles and values, masked as the dictionary
// says (`x-mask`). Fields the form's schema does not know are not shown at all.

// Shown is one line of a posting.
type Shown struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// shown reads a form path into lines, one per value.
func shown(schema, form map[string]any, path string) []Shown {
	var value any = form
	name := ""
	for _, name = range strings.Split(strings.TrimPrefix(path, "form."), ".") {
		props, _ := schema["properties"].(map[string]any)
		next, ok := props[name].(map[string]any)
		fields, has := value.(map[string]any)
		if !ok || !has {
			return nil
		}
		schema, value = next, fields[name]
	}
	return spread(schema, value, titleOf(schema, name))
}

// spread lists the values inside a value, each with its own title.
func spread(schema map[string]any, value any, title string) []Shown {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		items, _ := schema["items"].(map[string]any)
		var lines []Shown
		for _, x := range v {
			lines = append(lines, spread(items, x, title)...)
		}
		return lines
	case map[string]any:
		props, _ := schema["properties"].(map[string]any)
		var lines []Shown
		for _, name := range slices.Sorted(maps.Keys(props)) {
			field, ok := props[name].(map[string]any)
			if x, has := v[name]; ok && has {
				lines = append(lines, spread(field, x, title+"："+titleOf(field, name))...)
			}
		}
		return lines
	case string:
		return []Shown{{Title: title, Text: masked(v, maskOf(schema))}}
	case bool:
		if v {
			return []Shown{{Title: title, Text: "是"}}
		}
		return []Shown{{Title: title, Text: "否"}}
	}
	b, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return []Shown{{Title: title, Text: string(b)}}
}

func titleOf(schema map[string]any, name string) string {
	title, _ := schema["title"].(string)
	return cmp0(title, name)
}

// maskOf is how a text is masked. A shared field that may be written as a text
// alone is masked like the field of its object that the text stands for.
func maskOf(schema map[string]any) string {
	if mask, ok := schema["x-mask"].(string); ok {
		return mask
	}
	props, _ := schema["properties"].(map[string]any)
	for _, name := range []string{"text", "name"} {
		if field, ok := props[name].(map[string]any); ok {
			mask, _ := field["x-mask"].(string)
			return mask
		}
	}
	return ""
}

// masked hides what nobody needs to know: of a name all but the first character,
// of an identity number the birth date and what follows, of a telephone number
// its middle, of an address what is behind the last street or village.
func masked(text, mask string) string {
	r := []rune(text)
	stars := func(n int) string { return strings.Repeat("*", max(0, n)) }
	switch mask {
	case "":
		return text
	case "name":
		return string(r[:min(1, len(r))]) + stars(len(r)-1)
	case "id":
		keep := min(6, len(r)/3)
		return string(r[:keep]) + stars(len(r)-keep)
	case "phone":
		if len(r) < 8 {
			return stars(len(r))
		}
		return string(r[:3]) + stars(len(r)-7) + string(r[len(r)-4:])
	case "address":
		last := -1
		for i, c := range r {
			if strings.ContainsRune("省市区县镇乡村路街道巷", c) {
				last = i
			}
		}
		return string(r[:last+1]) + "***"
	}
	return stars(len(r))
}

// PublicHolder is the applicant's name as the public record of grants shows it. Of a person it is masked as
// the form's dictionary says, and as a name where a form of its own says nothing. The name of an enterprise or
// another organisation is no personal information (个人信息保护法第四条) and is public with every registration:
// it stays whole, or nobody could look up whether the shop before him has its licence.
func PublicHolder(p *definition.Plan, form map[string]any) string {
	who := applicantOf(form)
	m, _ := form[applicant].(map[string]any)
	kind, _ := m["kind"].(string)
	credit, _ := m["creditCode"].(string)
	identity, _ := m["idNumber"].(string)
	if kind == "enterprise" || kind == "organisation" || kind == "" && credit != "" && identity == "" { // no person has a credit code
		return who.Name
	}
	props, _ := p.Def.Form["properties"].(map[string]any)
	field, _ := props[applicant].(map[string]any)
	inner, _ := field["properties"].(map[string]any)
	said, _ := inner["name"].(map[string]any)
	return masked(plainly(who.Name), cmp0(maskOf(said), "name"))
}

// plainly takes from a text what only says how the character before it is written (variation selectors of rare
// characters, combining marks): a star would stand for each, and the length of the name be wrong.
func plainly(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf) {
			return -1
		}
		return c
	}, text)
}
