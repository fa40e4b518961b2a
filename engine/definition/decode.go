package definition

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lianban/engine/calendar"
)

// locs remembers where each key of a definition was written: by dotted path,
// for a step by the step and the path inside it.
type locs map[locKey]Position

type locKey struct {
	step *Step
	path string
}

// find answers with the place of a key or, where it was not written, of the
// nearest key around it.
func (l locs) find(step *Step, path string) Position {
	for {
		if p, ok := l[locKey{step, path}]; ok {
			return p
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			if path == "" {
				return Position{Line: 1, Column: 1}
			}
			path = ""
			continue
		}
		path = path[:i]
	}
}

// decoder fills the model from a value. It goes on after a mistake, so that
// one run reports all of them.
type decoder struct {
	reader
	params map[string]*value // what $name stands for
	locs   locs
	step   *Step
	path   []string
	base   int // where the path inside the current step starts
	texts  map[locKey]*value
}

func newDecoder(file string, params map[string]*value) *decoder {
	return &decoder{
		reader: reader{file: file},
		params: params,
		locs:   locs{},
		texts:  map[locKey]*value{},
	}
}

// field is one key of a map of the language.
type field struct {
	key  string
	need need
	set  func(*value)
}

type need int

const (
	optional need = iota
	required
	legal // required by law, not by the grammar
)

func must(key string, set func(*value)) field { return field{key, required, set} }
func may(key string, set func(*value)) field  { return field{key, optional, set} }

// grounds reads the legal basis of something that cannot do without one.
func (d *decoder) grounds(to *[]Article) field {
	return field{"basis", legal, func(v *value) { *to = d.basis(v) }}
}

func (d *decoder) here() locKey { return locKey{d.step, strings.Join(d.path[d.base:], ".")} }

// enter runs f with a key on the path and its place noted.
func (d *decoder) enter(key string, at Position, v *value, f func(*value)) {
	d.path = append(d.path, key)
	if v.kind == isScalar && v.scalar != nil {
		at = v.pos // what is written is more use than its key
	}
	d.locs[d.here()] = at
	f(d.resolve(v))
	d.path = d.path[:len(d.path)-1]
}

// resolve puts the value of a parameter in the place of $name.
func (d *decoder) resolve(v *value) *value {
	if v.kind != isScalar || len(v.text) < 2 || v.text[0] != '$' {
		return v
	}
	name := v.text[1:]
	p, ok := d.params[name]
	if !ok {
		if idPattern.MatchString(name) {
			d.fail("S204", v.pos, fmt.Sprintf("没有参数 %s", name), fmt.Sprintf("there is no parameter %s", name),
				oneOf(name, sortedKeys(d.params)))
			return &value{text: v.text, scalar: v.text, pos: v.pos, param: true}
		}
		return v
	}
	if p == nil {
		return &value{text: v.text, scalar: v.text, pos: v.pos, param: true}
	}
	c := *p
	c.pos = v.pos
	return &c
}

func (d *decoder) fail(code string, at Position, zh, en string, fix ...calendar.Text) {
	f := Diagnostic{Code: code, Position: at, Path: strings.Join(d.path, "."), Text: text(zh, en)}
	if len(fix) > 0 {
		f.Fix = fix[0]
	}
	d.report(f)
}

// fields reads a map with known keys.
func (d *decoder) fields(v *value, fs ...field) {
	if v.kind != isMap {
		d.wrong(v, "一组键", "a map")
		return
	}
	known := make([]string, len(fs))
	for i, f := range fs {
		known[i] = f.key
	}
	for _, p := range v.pairs {
		i := slices.Index(known, p.key)
		if i < 0 {
			d.unknownKey(p, known)
			continue
		}
		d.enter(p.key, p.pos, p.value, fs[i].set)
	}
	for _, f := range fs {
		if f.need == optional || v.get(f.key) != nil {
			continue
		}
		if f.need == legal {
			d.fail("A101", v.pos, "没有写明依据", "no legal basis is given",
				text("加上 basis，写明法律和条款", "add basis with the law and its article"))
			continue
		}
		d.missing(v.pos, f.key)
	}
}

func (d *decoder) missing(at Position, key string) {
	fix := text("加上 "+key, "add "+key)
	if key == "language" {
		fix = text("第一行写 language: lianban/v1", "write language: lianban/v1 in the first line")
	}
	d.fail("S102", at, "缺少必填项 "+key, "the key "+key+" is missing", fix)
}

func (d *decoder) unknownKey(p pair, known []string) {
	if i := strings.Index(p.key, "："); i >= 0 {
		at := p.pos
		at.Column += len([]rune(p.key[:i]))
		d.fail("S002", at, "这里是全角冒号“：”", "this is a full-width colon ：",
			text("改用半角 : 并在其后空一格", "use the half-width : and a space after it"))
		return
	}
	d.fail("S101", p.pos, "没有名为 "+clip(p.key)+" 的键", "there is no key "+clip(p.key)+" here", oneOf(p.key, known))
}

func (d *decoder) wrong(v *value, zh, en string, fix ...calendar.Text) {
	if v.param {
		return
	}
	gotZh, gotEn := v.what()
	if v.kind == isScalar && strings.ContainsAny(v.text, "：，") && v.scalar != nil && len(fix) == 0 {
		fix = append(fix, text("是否误用了全角冒号或逗号？", "were a full-width colon or comma typed by mistake?"))
	}
	d.fail("S103", v.pos, "这里需要"+zh+"，写的是"+gotZh, en+" is needed here, not "+gotEn, fix...)
}

// each reads a list.
func (d *decoder) each(v *value, f func(*value)) {
	if v.kind != isList {
		if v.kind == isScalar && v.scalar != nil && !strings.ContainsAny(v.text, "：，、, ") {
			d.wrong(v, "列表", "a list", text("写成 ["+clip(v.text)+"]", "write ["+clip(v.text)+"]"))
			return
		}
		d.wrong(v, "列表", "a list")
		return
	}
	for i, e := range v.items {
		d.enter(strconv.Itoa(i), e.pos, e, f)
	}
}

// named reads a map whose keys are ids.
func (d *decoder) named(v *value, f func(id string, v *value)) {
	if v.kind != isMap {
		d.wrong(v, "以标识为键的一组", "a map with ids as keys")
		return
	}
	for _, p := range v.pairs {
		d.identifier(p.key, p.pos)
		d.enter(p.key, p.pos, p.value, func(v *value) { f(p.key, v) })
	}
}

var (
	idPattern     = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	optionPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	// reserved are the words an id would be misread for: operators, parts and
	// functions of expressions, the words of a limit's from, the built-in party.
	reserved = []string{
		"and", "or", "not", "in", "contains", "matches", "startsWith", "endsWith", "let", "if", "else", "true", "false", "nil",
		"form", "case", "param", "steps", "outputs", "calls", "len", "agreed", "objected",
		"start", "receipt", "acceptance", "decision", "closing", "applicant",
	}
)

func (d *decoder) identifier(id string, at Position) {
	switch {
	case strings.Contains(id, "："):
		d.unknownKey(pair{key: id, pos: at}, nil)
	case !idPattern.MatchString(id):
		d.fail("S106", at, "标识“"+clip(id)+"”写法有误", fmt.Sprintf("%q is not an id", clip(id)),
			text("以小写拉丁字母开头，只含拉丁字母和数字，如 fireCheck", "start with a small letter, then letters and digits only, like fireCheck"))
	case len(id) > 60:
		d.fail("S106", at, "标识过长，最多60个字符", "the id is longer than 60 characters")
	case slices.Contains(reserved, id):
		d.fail("S106", at, "“"+id+"”是语言的保留词，不能作标识", id+" is a word of the language and cannot be an id",
			text("换一个名称", "choose another name"))
	}
}

// str reads a text.
func (d *decoder) str(v *value) string {
	if v.param {
		return v.text
	}
	s, ok := v.scalar.(string)
	if v.kind != isScalar || !ok {
		if v.kind == isScalar && v.scalar != nil {
			d.wrong(v, "文字", "a text", text(`写成 "`+v.text+`"`, `write "`+v.text+`"`))
		} else {
			d.wrong(v, "文字", "a text")
		}
		return ""
	}
	if strings.TrimSpace(s) == "" {
		d.fail("S103", v.pos, "这里的文字不能为空", "the text here must not be empty")
	}
	return s
}

// id reads the id of something; whether it exists is checked later.
func (d *decoder) id(v *value) string {
	s := d.str(v)
	if s != "" && !v.param && !idPattern.MatchString(s) {
		d.identifier(s, v.pos)
	}
	return s
}

func (d *decoder) ids(v *value) []string {
	var out []string
	d.each(v, func(v *value) { out = append(out, d.id(v)) })
	d.repeated(v, out)
	return out
}

// repeated refuses the same entry twice in a list.
func (d *decoder) repeated(v *value, list []string) {
	for i, s := range list {
		if s != "" && slices.Index(list, s) < i {
			d.fail("S107", v.items[i].pos, "“"+clip(s)+"”在列表中重复", clip(s)+" is in the list twice", text("删去一个", "remove one"))
		}
	}
}

// word reads one of the words allowed.
func (d *decoder) word(v *value, words ...string) string {
	s, ok := v.scalar.(string)
	if v.param {
		return v.text
	}
	if v.kind != isScalar || !ok {
		d.wrong(v, "下列之一："+strings.Join(words, "、"), "one of "+strings.Join(words, ", "))
		return words[0]
	}
	if !slices.Contains(words, s) {
		d.fail("S104", v.pos, "“"+clip(s)+"”不在可用的词之内", fmt.Sprintf("%q is not allowed here", clip(s)), oneOf(s, words))
		return words[0]
	}
	return s
}

func (d *decoder) words(v *value, words ...string) []string {
	var out []string
	d.each(v, func(v *value) { out = append(out, d.word(v, words...)) })
	d.repeated(v, out)
	return out
}

func (d *decoder) boolean(v *value) bool {
	b, ok := v.scalar.(bool)
	if v.kind != isScalar || !ok {
		fix := calendar.Text{}
		if slices.Contains([]string{"yes", "no", "on", "off", "是", "否"}, strings.ToLower(v.text)) {
			fix = text("写 true 或 false", "write true or false")
		}
		d.wrong(v, "true 或 false", "true or false", fix)
	}
	return b
}

func (d *decoder) number(v *value) float64 {
	n, ok := v.scalar.(float64)
	if v.kind != isScalar || !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		d.wrong(v, "数值", "a number")
		return 0
	}
	return n
}

func (d *decoder) integer(v *value, low, high int) int {
	n, ok := v.scalar.(float64)
	if v.kind != isScalar || !ok || n != math.Trunc(n) {
		d.wrong(v, "整数", "a whole number")
		return low
	}
	if n < float64(low) || n > float64(high) {
		d.fail("S109", v.pos, fmt.Sprintf("应在%d到%d之间，写的是%s", low, high, v.text),
			fmt.Sprintf("must be between %d and %d, not %s", low, high, v.text))
		return low
	}
	return int(n)
}

func (d *decoder) period(v *value) calendar.Period {
	if v.param {
		return calendar.Period{}
	}
	if v.kind != isScalar || v.scalar == nil {
		d.wrong(v, "期限，如 10wd", "a duration such as 10wd")
		return calendar.Period{}
	}
	p, err := calendar.ParsePeriod(v.text)
	if err != nil {
		zh, en := err.Error(), err.Error()
		if e, ok := err.(*calendar.Error); ok {
			zh, en = e.Text.ZH, e.Text.EN
		}
		d.fail("S105", v.pos, zh, en, periodFix(v.text))
	}
	return p
}

func (d *decoder) periodRef(v *value) *calendar.Period {
	p := d.period(v)
	return &p
}

// expr reads the text of an expression and remembers how it was written, so
// that a mistake inside can be pointed at.
func (d *decoder) expr(v *value) Expr {
	if v.param {
		return ""
	}
	if v.kind != isScalar || v.scalar == nil {
		d.wrong(v, "表达式", "an expression")
		return ""
	}
	d.texts[d.here()] = v
	d.locs[d.here()] = v.pos
	if strings.TrimSpace(v.text) == "" {
		d.fail("S301", v.pos, "表达式是空的", "the expression is empty", text("删去这个键", "remove the key"))
		return ""
	}
	return Expr(v.text)
}

// any turns a value into plain data, as encoding/json would read it.
func (d *decoder) any(v *value) any {
	v = d.resolve(v)
	switch v.kind {
	case isMap:
		m := make(map[string]any, len(v.pairs))
		for _, p := range v.pairs {
			m[p.key] = d.any(p.value)
		}
		return m
	case isList:
		l := make([]any, len(v.items))
		for i, e := range v.items {
			l[i] = d.any(e)
		}
		return l
	}
	return v.scalar
}

func (d *decoder) object(v *value) map[string]any {
	if v.kind != isMap {
		d.wrong(v, "一组键", "a map")
		return map[string]any{}
	}
	return d.any(v).(map[string]any)
}

// basis reads a legal basis: a text, or a list of law and article.
func (d *decoder) basis(v *value) []Article {
	if v.kind == isList {
		var out []Article
		d.each(v, func(v *value) {
			var a Article
			d.fields(v,
				must("law", func(v *value) { a.Law = d.str(v) }),
				may("article", func(v *value) { a.Article = d.str(v) }))
			out = append(out, a)
		})
		if len(v.items) == 0 {
			d.fail("A101", v.pos, "依据是空的", "the basis is empty")
		}
		return out
	}
	return []Article{{Law: d.str(v)}}
}
