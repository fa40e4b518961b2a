package letters

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"lianban/engine/definition"
)

// Template says how the letters of one kind are written. It is read by [ParseTemplate].
type Template struct {
	Kind    string
	Version string
	Title   string
	Number  string
	Body    []Part
	Foot    string
	// Source is the file as it was read, Hash its SHA-256: what a letter names as its template.
	Source []byte
	Hash   string
}

// Part is a block of a template: the same kinds as [Block], with fields in braces.
type Part struct {
	When string // field, or "not FIELD"; empty: always
	Kind string // to, heading, text, note, table, list, sign, seal, qr
	Text string
	// Rows of a table: label and text.
	Rows [][2]string
	// List is the field whose rows are shown, Columns their heads and columns in order.
	List    string
	Columns [][2]string
	Lines   []string
}

const language = "letter"

func (r *reader) template() *Template {
	root := r.mapping(r.root, "", []string{language, "version", "title", "number", "body", "foot"})
	if root == nil {
		return nil
	}
	t := &Template{}
	kindAt := root.get(language)
	if kindAt == nil {
		r.report("L003", r.root, "", "缺少 letter：文书种类", "letter is missing: the kind of letter")
		return nil
	}
	t.Kind = r.scalar(kindAt, language)
	kind, ok := KindOf(t.Kind)
	if !ok {
		var ids []string
		for _, k := range kinds {
			ids = append(ids, k.ID)
		}
		r.reportFix("L004", kindAt, language, "没有这种文书："+t.Kind, "there is no such kind of letter: "+t.Kind, oneOf(ids))
		return nil
	}
	r.kind = kind
	t.Version = r.need(root, "version")
	t.Title = r.textOf(root.get("title"), "title", r.need(root, "title"))
	t.Number = r.textOf(root.get("number"), "number", r.need(root, "number"))
	if n := root.get("number"); n != nil && (!strings.Contains(t.Number, "{serial}") || !strings.Contains(t.Number, "{year}")) {
		r.report("L009", n, "number", "文号须含 {year} 和 {serial}，否则不同文书会同号", "the number must use {year} and {serial}, or two letters would share one")
	}
	if foot := root.get("foot"); foot != nil {
		t.Foot = r.textOf(foot, "foot", r.scalar(foot, "foot"))
	}
	body := root.get("body")
	if body == nil {
		r.report("L003", r.root, "", "缺少 body：正文", "body is missing: the blocks of the letter")
		return nil
	}
	for i, item := range r.sequence(body, "body") {
		if p, ok := r.part(item, "body["+itoa(i)+"]"); ok {
			t.Body = append(t.Body, p)
		}
	}
	r.required(body, t)
	return t
}

var partKinds = []string{"to", "heading", "text", "note", "table", "list", "sign", "seal", "qr"}

// part reads one block.
func (r *reader) part(node *node, path string) (Part, bool) {
	keys := append([]string{"when", "columns"}, partKinds...)
	m := r.mapping(node, path, keys)
	if m == nil {
		return Part{}, false
	}
	var p Part
	for _, k := range partKinds {
		n := m.get(k)
		if n == nil {
			continue
		}
		if p.Kind != "" {
			r.report("L002", n, path, "一块只能有一种内容："+p.Kind+" 之外又写了 "+k, "a block has one kind of content: "+k+" stands beside "+p.Kind)
			return p, false
		}
		p.Kind = k
	}
	if p.Kind == "" {
		r.reportFix("L003", node, path, "这一块没有内容", "the block has no content", oneOf(partKinds))
		return p, false
	}
	if when := m.get("when"); when != nil {
		p.When = r.when(when, path+".when")
	}
	if c := m.get("columns"); c != nil && p.Kind != "list" {
		r.report("L002", c, path+".columns", "columns 只用于 list", "columns belongs to list")
	}
	n := m.get(p.Kind)
	at := path + "." + p.Kind
	switch p.Kind {
	case "table":
		for _, row := range r.pairs(n, at) {
			p.Rows = append(p.Rows, [2]string{row.key, r.textOf(row.value, at+"."+row.key, r.scalar(row.value, at+"."+row.key))})
		}
	case "list":
		r.listPart(&p, n, m, path)
	case "sign":
		for i, line := range r.sequence(n, at) {
			p.Lines = append(p.Lines, r.textOf(line, at, r.scalar(line, at+"["+itoa(i)+"]")))
		}
	default:
		p.Text = r.textOf(n, at, r.scalar(n, at))
	}
	return p, true
}

func (r *reader) listPart(p *Part, n *node, m *mapping, path string) {
	p.List = r.scalar(n, path+".list")
	f, ok := r.kind.field(p.List)
	switch {
	case !ok:
		r.reportFix("L005", n, path+".list", "本文书没有字段 "+p.List, "this letter has no field "+p.List, near(p.List, r.kind.names(FieldList)))
		return
	case f.Type != FieldList:
		r.reportFix("L006", n, path+".list", p.List+" 不是列表", p.List+" is not a list", oneOf(r.kind.names(FieldList)))
		return
	}
	r.used[p.List] = true
	cols := m.get("columns")
	if cols == nil {
		for _, c := range f.Columns {
			p.Columns = append(p.Columns, [2]string{c.Zh, c.ID})
		}
		return
	}
	var ids []string
	for _, c := range f.Columns {
		ids = append(ids, c.ID)
	}
	for _, c := range r.pairs(cols, path+".columns") {
		id := r.scalar(c.value, path+".columns."+c.key)
		if !slices.Contains(ids, id) {
			r.reportFix("L008", c.value, path+".columns."+c.key, p.List+" 没有列 "+id, p.List+" has no column "+id, near(id, ids))
			continue
		}
		p.Columns = append(p.Columns, [2]string{c.key, id})
	}
}

// when reads a condition: a field, or "not" and a field.
func (r *reader) when(n *node, path string) string {
	src := strings.TrimSpace(r.scalar(n, path))
	id := strings.TrimSpace(strings.TrimPrefix(src, "not "))
	if _, ok := r.kind.field(id); !ok {
		r.reportFix("L005", n, path, "本文书没有字段 "+id, "this letter has no field "+id, near(id, r.kind.names("")))
	}
	return src
}

// textOf checks the fields a text names and gives it back.
func (r *reader) textOf(n *node, path, src string) string {
	if n == nil {
		return src
	}
	_, ids, ok := scan(src)
	if !ok {
		r.report("L007", n, path, "花括号不成对：字段写作 {字段}，花括号本身写作 {{", "braces do not pair: a field is {field}, a brace itself {{")
		return src
	}
	for _, id := range ids {
		f, known := r.kind.field(id)
		switch {
		case !known:
			r.reportFix("L005", n, path, "本文书没有字段 "+id, "this letter has no field "+id, near(id, r.kind.names(FieldText)))
		case f.Type != FieldText:
			r.reportFix("L006", n, path, id+" 不是文字，不能写在句中；列表用 list，条件用 when", id+" is no text and cannot stand in a sentence; lists go with list, conditions with when", oneOf(r.kind.names(FieldText)))
		default:
			r.used[id] = true
		}
	}
	return src
}

// required holds the template against what the law wants on the letter.
func (r *reader) required(body *node, t *Template) {
	for _, f := range r.kind.Fields {
		if f.Must && !r.used[f.ID] {
			r.report("L009", body, "body", "缺少 "+f.ID+"（"+f.Zh+"）："+f.Law.Law+"第"+f.Law.Article+"条要求写明",
				f.ID+" ("+f.En+") is missing: 行政许可法 art. "+f.Law.Article+" wants it on the letter")
		}
	}
	if !slices.ContainsFunc(t.Body, func(p Part) bool { return p.Kind == "seal" && p.When == "" }) {
		r.report("L009", body, "body", "缺少 seal：文书须有作出单位和日期", "seal is missing: a letter bears its organ and date")
	}
}

// ParseTemplate reads a template. The template is nil when it could not be read at all; it must not be
// used when the findings failed.
func ParseTemplate(name string, src []byte) (*Template, definition.Diagnostics) {
	r := newReader(name, src)
	if r.root == nil {
		return nil, r.found
	}
	t := r.template()
	slices.SortStableFunc(r.found, func(a, b definition.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	if t == nil {
		return nil, r.found
	}
	sum := sha256.Sum256(src)
	t.Source, t.Hash = slices.Clone(src), hex.EncodeToString(sum[:])
	return t, r.found
}

// scan splits a text into literal parts and fields: literal, field, literal, field, … , literal.
func scan(src string) (literals, fields []string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '{' && strings.HasPrefix(src[i:], "{{"):
			b.WriteByte('{')
			i++
		case c == '}' && strings.HasPrefix(src[i:], "}}"):
			b.WriteByte('}')
			i++
		case c == '{':
			end := strings.IndexByte(src[i:], '}')
			if end < 0 || strings.IndexByte(src[i+1:i+end], '{') >= 0 {
				return nil, nil, false
			}
			literals, fields = append(literals, b.String()), append(fields, strings.TrimSpace(src[i+1:i+end]))
			b.Reset()
			i += end
		case c == '}':
			return nil, nil, false
		default:
			b.WriteByte(c)
		}
	}
	return append(literals, b.String()), fields, true
}
