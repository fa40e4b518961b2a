package definition

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a source file. The largest definition written so far has 9 KB and
// is nested 9 deep.
const (
	maxFileSize = 1 << 20
	maxDepth    = 60
	maxEntries  = 10_000 // lines and commas: the YAML library takes quadratic time over very long maps
)

// value is one YAML value with its place. Only what the language needs of
// YAML is left: maps with text keys, lists, scalars.
type value struct {
	kind   valueKind
	text   string // scalar as text
	scalar any    // string, bool, float64 or nil
	plain  bool   // a scalar without quotes, so that offsets in it are columns
	quoted bool   // a scalar in quotes
	pairs  []pair
	items  []*value
	pos    Position
	param  bool // a parameter that has no value here
}

type pair struct {
	key   string
	pos   Position
	value *value
}

type valueKind int

const (
	isScalar valueKind = iota
	isMap
	isList
)

func (v *value) null() bool { return v.kind == isScalar && v.scalar == nil && !v.param }

// get finds the value of a key of a map.
func (v *value) get(key string) *value {
	for i := range v.pairs {
		if v.pairs[i].key == key {
			return v.pairs[i].value
		}
	}
	return nil
}

func (v *value) what() (zh, en string) {
	switch {
	case v.kind == isMap:
		return "一组键", "a map"
	case v.kind == isList:
		return "列表", "a list"
	case v.scalar == nil:
		return "空", "nothing"
	}
	switch v.scalar.(type) {
	case bool:
		return "是否值 " + v.text, "the boolean " + v.text
	case float64:
		return "数值 " + v.text, "the number " + v.text
	}
	return "文字“" + clip(v.text) + "”", fmt.Sprintf("the text %q", clip(v.text))
}

// clip shortens a text for a sentence.
func clip(s string) string {
	r := []rune(s)
	if len(r) <= 40 {
		return s
	}
	return string(r[:40]) + "…"
}

// reader turns source text into a value and collects findings on the way.
type reader struct {
	file string
	out  Diagnostics
}

func (r *reader) report(d Diagnostic) {
	if d.Severity == "" {
		d.Severity = severities[d.Code]
	}
	if d.Position.Line < 1 {
		d.Position.Line = 1
	}
	if d.Position.Column < 1 {
		d.Position.Column = 1
	}
	r.out = append(r.out, d)
}

// read parses YAML. It answers nil when nothing usable came out; then at least
// one finding says why.
func (r *reader) read(src []byte) *value {
	if len(src) > maxFileSize {
		r.report(Diagnostic{Code: "S004", Position: r.at(1, 1),
			Text: text(fmt.Sprintf("文件有%d字节，最多%d字节", len(src), maxFileSize),
				fmt.Sprintf("the file has %d bytes, at most %d are allowed", len(src), maxFileSize))})
		return nil
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	if !r.plausible(src) {
		return nil
	}
	file, err := parse(src)
	if err != nil {
		r.syntax(src, err)
		return nil
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		r.report(Diagnostic{Code: "S008", Position: r.at(1, 1), Text: text("文件是空的", "the file is empty")})
		return nil
	case 1:
		return r.value(docs[0], 0)
	}
	r.report(Diagnostic{Code: "S005", Position: r.place(docs[1]),
		Text: text("一个文件只能有一份内容，这里开始了第二份（---）", "a file holds one document; a second one (---) starts here")})
	return nil
}

// parse calls the YAML library, which has been seen to panic on odd input.
func parse(src []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("the YAML reader gave up: %v", p)
		}
	}()
	return parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
}

// plausible looks for what the YAML library would take very long over or
// report in the wrong place.
func (r *reader) plausible(src []byte) bool {
	if !utf8.Valid(src) {
		r.report(Diagnostic{Code: "S001", Position: r.at(1, 1), Text: text("文件不是 UTF-8 编码", "the file is not encoded as UTF-8"),
			Fix: text("用 UTF-8 另存", "save it as UTF-8")})
		return false
	}
	if n := bytes.Count(src, []byte("\n")) + bytes.Count(src, []byte(",")); n > maxEntries {
		r.report(Diagnostic{Code: "S004", Position: r.at(1, 1), Text: text(fmt.Sprintf("文件过大：行数与项数合计%d，最多%d", n, maxEntries),
			fmt.Sprintf("the file is too large: %d lines and entries, at most %d are allowed", n, maxEntries))})
		return false
	}
	depth := 0
	for n, line := range strings.Split(string(src), "\n") {
		rest := strings.TrimLeft(line, " ")
		indent := len(line) - len(rest)
		if by := blank(rest); by.EN != "" && strings.TrimSpace(rest) != "" {
			r.report(Diagnostic{Code: "S003", Position: r.at(n+1, indent+1), Text: by, Fix: text("改用空格", "use spaces")})
			return false
		}
		runs := 0
		for strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "? ") {
			rest = strings.TrimLeft(rest[2:], " ")
			runs++
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
			if depth > maxDepth {
				break
			}
		}
		if runs > maxDepth || indent > 8*maxDepth || depth > maxDepth {
			r.tooDeep(r.at(n+1, 1))
			return false
		}
	}
	return true
}

func (r *reader) tooDeep(at Position) {
	r.report(Diagnostic{Code: "S004", Position: at,
		Text: text(fmt.Sprintf("嵌套超过%d层", maxDepth), fmt.Sprintf("nested more than %d deep", maxDepth))})
}

// wideColon finds a key followed by a full-width colon, and wideComma the
// full-width comma between two keys: typed with a Chinese input method on,
// hard to see, and misread by every YAML reader.
var (
	wideColon   = regexp.MustCompile(`(^|[\s{,，-])[A-Za-z][A-Za-z0-9]*：`)
	wideSwallow = regexp.MustCompile(`，\s*[A-Za-z][A-Za-z0-9]*:(\s|$)`)
	wideComma   = regexp.MustCompile(`，\s*[A-Za-z][A-Za-z0-9]*\s*[:：]`)
)

// wide reports the first full-width punctuation from a line on; it says
// whether it found any.
func (r *reader) wide(src []byte, from int) bool {
	for n, line := range strings.Split(string(src), "\n") {
		if n+1 < from || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		at, name, half := -1, "", ""
		if m := wideColon.FindStringIndex(line); m != nil {
			at, name, half = m[1]-len("："), "冒号“：”", ":"
		} else if m := wideComma.FindStringIndex(line); m != nil {
			at, name, half = m[0], "逗号“，”", ","
		}
		if at < 0 {
			continue
		}
		en := map[string]string{":": "colon ：", ",": "comma ，"}[half]
		r.report(Diagnostic{Code: "S002", Position: r.at(n+1, utf8.RuneCountInString(line[:at])+1),
			Text: text("这里是全角"+name, "this is a full-width "+en),
			Fix:  text("改用半角 "+half+" 并在其后空一格", "use the half-width "+half+" and a space after it")})
		return true
	}
	return false
}

// wideInside finds a full-width comma that swallowed the next key of a flow map.
func (r *reader) wideInside(v *value) {
	m := wideSwallow.FindStringIndex(v.text)
	if m == nil {
		return
	}
	at := v.pos
	at.Column += utf8.RuneCountInString(v.text[:m[0]])
	r.report(Diagnostic{Code: "S002", Position: at, Text: text("这里是全角逗号“，”", "this is a full-width comma ，"),
		Fix: text("改用半角 , 并在其后空一格；本来就是文字的，加上引号", "use the half-width , and a space after it; put quotes around it if it is part of a text")})
}

func (r *reader) syntax(src []byte, err error) {
	if r.wide(src, 0) {
		return
	}
	at, msg := r.at(1, 1), err.Error()
	var y yaml.Error
	if errors.As(err, &y) {
		msg = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			at = r.at(t.Position.Line, t.Position.Column)
		}
	}
	if open, quote := openQuote(string(src), at.Line); quote != 0 {
		at, msg = r.at(open.Line, open.Column), "could not find end character of double-quoted text"
		if quote == '\'' {
			msg = "could not find end character of single-quoted text"
		}
	}
	said := yamlText(msg)
	r.report(Diagnostic{Code: "S001", Position: at, Text: text("不是合法的 YAML："+said.ZH, "not valid YAML: "+said.EN),
		Fix: text("检查缩进、引号和括号是否成对", "look at the indentation, and whether quotes and brackets are closed")})
}

func (r *reader) at(line, column int) Position {
	return Position{File: r.file, Line: line, Column: column}
}

func (r *reader) place(n ast.Node) Position {
	if n == nil {
		return r.at(1, 1)
	}
	var t *token.Token
	switch n := n.(type) {
	case *ast.MappingNode:
		if t = n.Start; !n.IsFlowStyle && len(n.Values) > 0 {
			return r.place(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return r.place(n.Key)
	default:
		t = n.GetToken()
	}
	if t == nil || t.Position == nil {
		return r.at(1, 1)
	}
	return r.at(t.Position.Line, t.Position.Column)
}

func (r *reader) value(n ast.Node, depth int) *value {
	if depth > maxDepth {
		r.tooDeep(r.place(n))
		return &value{pos: r.place(n)}
	}
	v := &value{pos: r.place(n)}
	switch n := n.(type) {
	case nil:
	case *ast.NullNode:
	case *ast.StringNode:
		v.text, v.scalar = n.Value, n.Value
		if n.Token != nil {
			switch n.Token.Type {
			case token.SingleQuoteType, token.DoubleQuoteType:
				v.quoted = true
			default:
				v.plain = !strings.Contains(n.Value, "\n")
				r.wideInside(v)
			}
		}
	case *ast.LiteralNode:
		if n.Value != nil {
			v.text = strings.TrimSuffix(n.Value.Value, "\n")
		}
		v.scalar = v.text
	case *ast.BoolNode:
		v.text, v.scalar = n.Token.Value, n.Value
	case *ast.IntegerNode:
		v.text = n.Token.Value
		switch i := n.Value.(type) {
		case int64:
			v.scalar = float64(i)
		case uint64:
			v.scalar = float64(i)
		default:
			v.scalar = v.text
		}
	case *ast.FloatNode:
		v.text, v.scalar = n.Token.Value, n.Value
	case *ast.MappingNode:
		v.kind = isMap
		seen := make(map[string]Position, len(n.Values))
		for _, m := range n.Values {
			r.pair(v, m, depth, seen)
		}
	case *ast.MappingValueNode:
		v.kind = isMap
		r.pair(v, n, depth, map[string]Position{})
	case *ast.SequenceNode:
		v.kind = isList
		for _, e := range n.Values {
			v.items = append(v.items, r.value(e, depth+1))
		}
	default:
		r.notAllowed(n)
	}
	return v
}

func (r *reader) notAllowed(n ast.Node) {
	zh, en := "这种 YAML 写法", "this YAML form"
	switch n.Type() {
	case ast.AnchorType, ast.AliasType:
		zh, en = "锚点和引用（& *）", "anchors and aliases (& *)"
	case ast.MergeKeyType:
		zh, en = "合并键（<<）", "merge keys (<<)"
	case ast.TagType, ast.DirectiveType:
		zh, en = "标签和指令（! %）", "tags and directives (! %)"
	case ast.InfinityType, ast.NanType:
		zh, en = "无穷大和非数", "infinity and not-a-number"
	}
	r.report(Diagnostic{Code: "S005", Position: r.place(n), Text: text("定义中不能使用"+zh, "definitions do not use "+en),
		Fix: text("直接写出内容；重复的步骤用 include", "write it out; for repeated steps use include")})
}

func (r *reader) pair(v *value, m *ast.MappingValueNode, depth int, seen map[string]Position) {
	at := r.place(m.Key)
	var key string
	switch k := m.Key.(type) {
	case *ast.StringNode:
		key = k.Value
	case *ast.MergeKeyNode:
		r.notAllowed(k)
		return
	default:
		t := m.Key.GetToken()
		if _, scalar := m.Key.(ast.ScalarNode); !scalar || t == nil {
			r.report(Diagnostic{Code: "S103", Position: at, Text: text("键必须是文字", "a key must be a text")})
			return
		}
		key = t.Value // numbers, true and null stand for themselves as keys
	}
	if before, ok := seen[key]; ok {
		r.report(Diagnostic{Code: "S006", Position: at,
			Text: text(fmt.Sprintf("键 %s 重复，前一个在第%d行", clip(key), before.Line),
				fmt.Sprintf("the key %s is already there on line %d", clip(key), before.Line)),
			Fix: text("合并或改名", "merge the two or rename one")})
		return
	}
	seen[key] = at
	v.pairs = append(v.pairs, pair{key: key, pos: at, value: r.value(m.Value, depth+1)})
}
