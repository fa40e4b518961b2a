package letters

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// maxTemplate is the largest template that is read.
const maxTemplate = 64 << 10

// reader reads one template and knows where everything in it stands.
type reader struct {
	name  string
	root  *node
	found definition.Diagnostics
	kind  Kind
	used  map[string]bool
}

// node is a value of the file.
type node struct{ ast ast.Node }

// entry is a key with its value, in written order.
type entry struct {
	key   string
	at    *node
	value *node
}

type mapping struct{ entries []entry }

func (m *mapping) get(key string) *node {
	for _, e := range m.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

func newReader(name string, src []byte) *reader {
	r := &reader{name: name, used: map[string]bool{}}
	if len(src) > maxTemplate {
		r.report("L001", nil, "", fmt.Sprintf("文件有%d字节，最多%d字节", len(src), maxTemplate), fmt.Sprintf("the file has %d bytes, at most %d are allowed", len(src), maxTemplate))
		return r
	}
	file, err := parse(bytes.ReplaceAll(bytes.TrimPrefix(src, []byte("\ufeff")), []byte("\r\n"), []byte("\n")))
	if err != nil {
		line, column, msg := 1, 1, err.Error()
		var y yaml.Error
		if errors.As(err, &y) {
			msg = y.GetMessage()
			if t := y.GetToken(); t != nil && t.Position != nil {
				line, column = t.Position.Line, t.Position.Column
			}
		}
		r.add("L001", definition.Position{File: name, Line: line, Column: column}, "", "不是合法的 YAML："+msg, "not valid YAML: "+msg, calendar.Text{})
		return r
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.report("L001", nil, "", "文件须有且只有一份内容", "the file must hold one document")
		return r
	}
	r.root = &node{file.Docs[0].Body}
	return r
}

// parse calls the YAML library, which has been seen to panic on odd input.
func parse(src []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("%v", p)
		}
	}()
	return parser.ParseBytes(src, 0)
}

// mapping reads a map whose keys must be among those given.
func (r *reader) mapping(n *node, path string, keys []string) *mapping {
	m := &mapping{entries: r.pairs(n, path)}
	if m.entries == nil {
		return nil
	}
	for _, e := range m.entries {
		if !slices.Contains(keys, e.key) {
			r.reportFix("L002", e.at, path, "没有这个键："+e.key, "there is no such key: "+e.key, near(e.key, keys))
		}
	}
	return m
}

// pairs reads a map in written order; nil when it is none.
func (r *reader) pairs(n *node, path string) []entry {
	var values []*ast.MappingValueNode
	switch v := n.ast.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		r.report("L002", n, path, "这里应为“键: 值”", "keys with values are expected here")
		return nil
	}
	out := make([]entry, 0, len(values))
	for _, v := range values {
		key := v.Key.GetToken().Value
		at := &node{v.Key}
		if slices.ContainsFunc(out, func(e entry) bool { return e.key == key }) {
			r.report("L002", at, path, "重复的键："+key, "the key comes twice: "+key)
			continue
		}
		out = append(out, entry{key: key, at: at, value: &node{v.Value}})
	}
	return out
}

func (r *reader) sequence(n *node, path string) []*node {
	s, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		r.report("L002", n, path, "这里应为列表（- 开头）", "a list is expected here")
		return nil
	}
	out := make([]*node, len(s.Values))
	for i, v := range s.Values {
		out[i] = &node{v}
	}
	return out
}

// scalar reads a text, a number or a date as it is written.
func (r *reader) scalar(n *node, path string) string {
	switch v := n.ast.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return strings.TrimRight(v.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value
	}
	r.report("L002", n, path, "这里应为文字；含 { 或 : 的文字要加引号", "a text is expected here; one with { or : needs quotes")
	return ""
}

// need reads a text that must be there.
func (r *reader) need(m *mapping, key string) string {
	n := m.get(key)
	if n == nil {
		r.report("L003", r.root, key, "缺少 "+key, key+" is missing")
		return ""
	}
	v := r.scalar(n, key)
	if v == "" {
		r.report("L003", n, key, key+" 是空的", key+" is empty")
	}
	return v
}

func (r *reader) report(code string, at *node, path, zh, en string) {
	r.reportFix(code, at, path, zh, en, calendar.Text{})
}

func (r *reader) reportFix(code string, at *node, path, zh, en string, fix calendar.Text) {
	p := definition.Position{File: r.name, Line: 1, Column: 1}
	if at != nil && at.ast != nil {
		if t := at.ast.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	r.add(code, p, path, zh, en, fix)
}

func (r *reader) add(code string, p definition.Position, path, zh, en string, fix calendar.Text) {
	r.found = append(r.found, definition.Diagnostic{
		Code: code, Severity: definition.SeverityError, Position: p, Path: path, Text: calendar.Text{ZH: zh, EN: en}, Fix: fix,
	})
}

func itoa(i int) string { return strconv.Itoa(i) }

func oneOf(words []string) calendar.Text {
	return calendar.Text{ZH: "可用：" + strings.Join(words, "、"), EN: "one of: " + strings.Join(words, ", ")}
}

// near names the known word that is a slip away, else all of them.
func near(word string, known []string) calendar.Text {
	for _, k := range known {
		if distance(strings.ToLower(word), strings.ToLower(k)) <= 2 {
			return calendar.Text{ZH: "是否应为 " + k + "？", EN: "did you mean " + k + "?"}
		}
	}
	return oneOf(known)
}

// distance is how many letters must be put in, left out or changed.
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
		}
		prev = row
	}
	return prev[len(b)]
}

// Misnamed is the finding about a file whose name says another kind than its content.
func Misnamed(name, says, kind string) definition.Diagnostic {
	return definition.Diagnostic{
		Code: "L010", Severity: definition.SeverityError, Position: definition.Position{File: name, Line: 1, Column: 1}, Path: language,
		Text: calendar.Text{ZH: "文件名为 " + says + "，内容却是 " + kind, EN: "the file is called " + says + ", its content is " + kind},
		Fix:  calendar.Text{ZH: "文件名应为 " + kind + ".zh.yaml", EN: "call the file " + kind + ".zh.yaml"},
	}
}
