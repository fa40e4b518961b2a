package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxStates bounds one search through the answers. Searches only look at the
// questions their expressions read, so that real definitions stay far below.
const maxStates = 40_000

// maxBudget bounds all searches of one check together, so that a file made to
// keep the checker busy is answered in seconds.
const maxBudget = 200_000

// space is the finite space of situation answers of one definition, cut down to
// what expressions can tell apart: a number stands for all numbers between two
// constants it is compared with, an option nobody names for all such options.
// Form fields, verdicts and what else an expression reads are free variables.
type space struct {
	def   *Definition
	scope *Scope
	when  map[string]*Program // question → its `when`
	is    map[string]*Program // derived question → its value
	param map[string]any
	order map[string]int
	left  int // states that may still be tried, of maxBudget
}

func newSpace(c *check) *space {
	s := &space{
		def: c.def, scope: c.scope,
		when: map[string]*Program{}, is: map[string]*Program{}, param: map[string]any{}, order: map[string]int{},
		left: maxBudget,
	}
	for i, q := range c.def.Situations {
		s.order[q.ID] = i
		if p := c.progs[locKey{nil, "situations." + q.ID + ".when"}]; p != nil {
			s.when[q.ID] = p
		}
		if p := c.progs[locKey{nil, "situations." + q.ID + ".is"}]; p != nil {
			s.is[q.ID] = p
		}
	}
	for _, p := range c.def.Parameters {
		if v := p.Value; v != nil {
			s.param[p.ID] = v
		} else if p.Default != nil {
			s.param[p.ID] = p.Default
		}
	}
	return s
}

// variable is one thing that can differ: an asked question or a free name.
type variable struct {
	name   string
	domain []any
	asked  bool
}

// search goes through all states of what the programs read. It answers with the
// first state the test accepts. complete is false when there were more states
// than it may try; then "not found" proves nothing.
func (s *space) search(progs []*Program, test func(*Env) bool) (found *Env, complete bool) {
	if s.left <= 0 {
		return nil, false
	}
	vars, derived := s.variables(progs)
	env := &Env{
		Answers: map[string]any{}, Form: map[string]any{}, Case: map[string]any{}, Param: s.param,
		Steps: map[string]any{}, Outputs: map[string]any{}, Calls: map[string]any{},
	}
	counts := map[string]int{}
	env.Agreed = func(block string) int { return counts["agreed("+block+")"] }
	env.Objected = func(block string) int { return counts["objected("+block+")"] }
	// Questions go in written order, with the derived ones between them, as at the window.
	steps := slices.Clone(vars)
	for _, id := range derived {
		steps = append(steps, variable{name: id, asked: true})
	}
	slices.SortStableFunc(steps, func(a, b variable) int { return s.rank(a) - s.rank(b) })
	tried := 0
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(steps) {
			tried++
			s.left--
			return test(env)
		}
		v := steps[i]
		if p := s.is[v.name]; v.asked && p != nil {
			delete(env.Answers, v.name)
			if val, err := p.Eval(env); err == nil {
				env.Answers[v.name] = val
			}
			return try(i + 1)
		}
		if v.asked {
			delete(env.Answers, v.name)
			if p := s.when[v.name]; p != nil && !p.Bool(env) {
				return try(i + 1)
			}
		}
		for _, val := range v.domain {
			if tried >= maxStates || s.left <= 0 {
				return false
			}
			s.put(env, counts, v, val)
			if try(i + 1) {
				return true
			}
		}
		delete(env.Answers, v.name)
		return false
	}
	if try(0) {
		return env, true
	}
	return nil, tried < maxStates && s.left > 0
}

func (s *space) rank(v variable) int {
	if v.asked {
		return s.order[v.name]
	}
	return -1 // form and case values first: derived questions may not read them, other expressions do
}

func (s *space) put(env *Env, counts map[string]int, v variable, val any) {
	if v.asked {
		env.Answers[v.name] = val
		return
	}
	if strings.HasSuffix(v.name, ")") {
		n, _ := number(val)
		counts[v.name] = int(n)
		return
	}
	parts := strings.Split(v.name, ".")
	m := map[string]map[string]any{
		"form": env.Form, "case": env.Case, "steps": env.Steps, "outputs": env.Outputs, "calls": env.Calls,
	}[parts[0]]
	for _, k := range parts[1 : len(parts)-1] {
		sub, ok := m[k].(map[string]any)
		if !ok {
			sub = map[string]any{}
			m[k] = sub
		}
		m = sub
	}
	m[parts[len(parts)-1]] = val
}

// variables collects what the programs read, directly or through questions, and
// the values that can make a difference.
func (s *space) variables(progs []*Program) (vars []variable, derived []string) {
	seen := map[string]bool{}
	var sources []string
	var names []string
	var add func(p *Program)
	add = func(p *Program) {
		if p == nil || seen["source "+string(p.Source)] {
			return
		}
		seen["source "+string(p.Source)] = true
		sources = append(sources, string(p.Source))
		for _, name := range p.Reads {
			if seen[name] {
				continue
			}
			seen[name] = true
			if strings.HasPrefix(name, "param.") {
				continue
			}
			if _, question := s.order[name]; question {
				add(s.when[name])
				if p := s.is[name]; p != nil {
					derived = append(derived, name)
					add(p)
					continue
				}
			}
			names = append(names, name)
		}
	}
	for _, p := range progs {
		add(p)
	}
	lit := literalsOf(sources)
	for _, v := range s.param {
		if n, ok := number(v); ok {
			lit.numbers = append(lit.numbers, n)
		}
	}
	lit.numbers = sortedNumbers(lit.numbers)
	slices.Sort(names)
	for _, name := range names {
		i, asked := s.order[name]
		v := variable{name: name, asked: asked}
		if asked {
			v.domain = lit.answers(&s.def.Situations[i])
		} else {
			v.domain = lit.free(s.typeOf(name))
		}
		vars = append(vars, v)
	}
	return vars, derived
}

// typeOf is the type of a name that is not a question.
func (s *space) typeOf(name string) ValueType {
	parts := strings.Split(name, ".")
	switch {
	case strings.HasSuffix(name, ")"):
		return ValueType{Kind: ValueNumber}
	case parts[0] == "form":
		t, _, _ := schemaAt(s.def.Form, parts[1:])
		return t
	case parts[0] == "case":
		return ValueType{Kind: ValueText}
	case parts[0] == "steps" && (parts[len(parts)-1] == "round" || parts[len(parts)-1] == "open"):
		return ValueType{Kind: ValueNumber}
	case parts[0] == "steps":
		return ValueType{Kind: ValueText, Options: Verdicts}
	case parts[0] == "outputs" && len(parts) > 1:
		t, _, _ := schemaAt(s.scope.Outputs[parts[1]], parts[2:])
		return t
	case parts[0] == "calls" && len(parts) > 1:
		t, _, _ := schemaAt(s.scope.Calls[parts[1]], parts[2:])
		return t
	}
	return ValueType{Kind: ValueAny}
}

// literals are the constants of a set of expressions.
type literals struct {
	numbers []float64
	texts   []string
	lengths bool // len( is used
}

var (
	quotedText = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`")
	plainNum   = regexp.MustCompile(`[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`)
)

func literalsOf(sources []string) *literals {
	l := &literals{}
	for _, src := range sources {
		for _, q := range quotedText.FindAllString(src, -1) {
			s, err := strconv.Unquote(q)
			if err != nil {
				s = strings.Trim(q, q[:1])
			}
			if !slices.Contains(l.texts, s) {
				l.texts = append(l.texts, s)
			}
		}
		rest := quotedText.ReplaceAllString(src, " ")
		for _, n := range plainNum.FindAllString(rest, -1) {
			if f, err := strconv.ParseFloat(strings.ReplaceAll(n, "_", ""), 64); err == nil {
				l.numbers = append(l.numbers, f, -f)
			}
		}
		l.lengths = l.lengths || strings.Contains(rest, "len(")
	}
	return l
}

func sortedNumbers(list []float64) []float64 {
	slices.Sort(list)
	return slices.Compact(list)
}

// between picks one number for every stretch the constants cut, and the
// constants themselves, within the bounds of the question.
func (l *literals) between(low, high *float64) []any {
	points := []float64{0}
	for i, n := range l.numbers {
		points = append(points, n-1, n, n+1)
		if i > 0 {
			points = append(points, (n+l.numbers[i-1])/2)
		}
	}
	for _, b := range []*float64{low, high} {
		if b != nil {
			points = append(points, *b)
		}
	}
	var out []any
	for _, p := range sortedNumbers(points) {
		if low != nil && p < *low || high != nil && p > *high {
			continue
		}
		out = append(out, p)
	}
	return out
}

// answers are the answers to a question that expressions can tell apart.
func (l *literals) answers(q *Situation) []any {
	switch q.Type {
	case "boolean":
		return []any{true, false}
	case "number":
		return l.between(q.Min, q.Max)
	case "choice":
		out := make([]any, 0, len(q.Options))
		for _, o := range q.Options {
			out = append(out, o.ID)
		}
		return out
	case "choices":
		var named []any
		other := false
		for _, o := range q.Options {
			if l.lengths || slices.Contains(l.texts, o.ID) {
				named = append(named, o.ID)
			} else if !other {
				named, other = append(named, o.ID), true
			}
		}
		return subsets(named)
	}
	return l.free(ValueType{Kind: ValueAny})
}

func subsets(list []any) []any {
	list = list[:min(len(list), 14)] // 2^14 is the most a search could try anyhow
	out := make([]any, 0, 1<<len(list))
	for bits := range 1 << len(list) {
		pick := []any{}
		for i, v := range list {
			if bits&(1<<i) != 0 {
				pick = append(pick, v)
			}
		}
		out = append(out, pick)
	}
	return out
}

// free are the values of a name of some type that expressions can tell apart.
func (l *literals) free(t ValueType) []any {
	switch t.Kind {
	case ValueBoolean:
		return []any{true, false}
	case ValueNumber:
		return l.between(nil, nil)
	case ValueText:
		var out []any
		for _, s := range l.texts {
			if len(t.Options) == 0 || slices.Contains(t.Options, s) {
				out = append(out, s)
			}
		}
		for _, o := range t.Options {
			if !slices.Contains(l.texts, o) {
				return append(out, o)
			}
		}
		if len(t.Options) == 0 {
			for _, s := range l.texts {
				out = append(out, s+"0") // starts with it, is not it
			}
			out = append(out, "…")
		}
		return out
	case ValueList:
		var named []any
		for _, s := range l.texts {
			named = append(named, s)
		}
		return subsets(append(named, "…"))
	}
	out := []any{true, false, "…"}
	for _, s := range l.texts {
		out = append(out, s)
	}
	return append(out, l.between(nil, nil)...)
}

// answersOf prints a state as answers, in the order of the questions.
func (s *space) answersOf(env *Env) string {
	var parts []string
	for _, q := range s.def.Situations {
		if v, ok := env.Answers[q.ID]; ok && q.Is == "" {
			parts = append(parts, q.ID+": "+answerText(v))
		}
	}
	for _, part := range []struct {
		root string
		m    map[string]any
	}{{"form", env.Form}, {"case", env.Case}, {"steps", env.Steps}, {"outputs", env.Outputs}, {"calls", env.Calls}} {
		parts = append(parts, leaves(part.root, part.m)...)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func leaves(name string, m map[string]any) []string {
	var out []string
	for _, k := range sortedKeys(m) {
		if sub, ok := m[k].(map[string]any); ok {
			out = append(out, leaves(name+"."+k, sub)...)
			continue
		}
		out = append(out, name+"."+k+": "+answerText(m[k]))
	}
	return out
}

func answerText(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = fmt.Sprint(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
