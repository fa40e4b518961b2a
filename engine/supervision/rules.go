package supervision

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Rules is a catalogue of supervision rules ready to run: immutable, safe for
// concurrent use.
type Rules struct {
	*definition.Supervision
	rules []rule
}

type rule struct {
	*definition.SuperviseRule
	fires []fire
}

type fire struct {
	*definition.SuperviseFire
	index                                 int
	when, at, subject, org, person, order *program
}

// program is a compiled expression and the names it reads, so that only those
// are made ready for it.
type program struct {
	vm    *vm.Program
	reads []reading
}

// reading is a name an expression reads; keys are those of its fields that are
// asked for, nil when it is read as a whole.
type reading struct {
	name string
	keys []string
}

// Load reads and compiles a catalogue. Rules are nil when a finding is an error.
func Load(name string, src []byte) (*Rules, definition.Diagnostics) {
	s, found := definition.ParseSupervision(name, src)
	if found.Failed() || s == nil {
		return nil, found
	}
	r := &Rules{Supervision: s}
	c := &compiler{params: types.Map{}, names: map[string]bool{}}
	for _, p := range s.Parameters {
		c.params[p.ID] = types.TypeOf(p.Value)
	}
	for i := range s.Rules {
		ru := rule{SuperviseRule: &s.Rules[i]}
		for j := range ru.Fires {
			ru.fires = append(ru.fires, c.fire(&ru.Fires[j], j))
		}
		r.rules = append(r.rules, ru)
	}
	if c.found.Failed() {
		return nil, append(found, c.found...)
	}
	return r, found
}

// Rule finds a rule by its id, nil when there is none.
func (r *Rules) Rule(id string) *definition.SuperviseRule {
	for i := range r.rules {
		if r.rules[i].ID == id {
			return r.rules[i].SuperviseRule
		}
	}
	return nil
}

// Counting lists the rules that count the cards of a rule over many cases.
func (r *Rules) Counting(rule string) []string {
	var out []string
	for i := range r.rules {
		for j := range r.rules[i].fires {
			if r.rules[i].fires[j].Over == rule && !slices.Contains(out, r.rules[i].ID) {
				out = append(out, r.rules[i].ID)
			}
		}
	}
	return out
}

// What expressions read.

// caseView is the case as a whole.
type caseView struct {
	Number     string         `json:"number"`
	Item       string         `json:"item"`
	Type       string         `json:"type"`
	Quota      bool           `json:"quota"`
	Originals  string         `json:"originals"` // when they are compared: never, acceptance, collection
	Region     string         `json:"region"`
	Channel    string         `json:"channel"`
	Lead       string         `json:"lead"` // organisation
	Hall       string         `json:"hall"` // organisation
	Status     string         `json:"status"`
	Outcome    string         `json:"outcome"`
	Flags      []string       `json:"flags"`
	ReceivedAt time.Time      `json:"receivedAt"`
	CompleteAt time.Time      `json:"completeAt"` // receipt, or the arrival of the last asked paper
	AcceptedAt time.Time      `json:"acceptedAt"`
	AcceptedOn *calendar.Date `json:"acceptedOn"`
	DecidedAt  time.Time      `json:"decidedAt"`
	ClosedAt   time.Time      `json:"closedAt"`
}

type stepView struct {
	engine.StepState
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Party string `json:"party"`
	// Results are those of the examined conditions in this round, the last of each.
	Results []engine.CheckResult `json:"results"`
}

type clockView struct {
	engine.Clock
	Running bool `json:"running"`
}

type paperView struct {
	engine.PaperState
	Name string `json:"name"`
	Form string `json:"form"` // electronic, copy, original
	// Sources are those the guide names: e-licence, library, project, intermediary,
	// applicant, data, party.
	Sources []string `json:"sources"`
}

type resultView struct {
	engine.HandOut
	Org string `json:"org"`
}

// views are the names every expression over one case may read.
var views = map[string]reflect.Type{
	"case": reflect.TypeFor[caseView](), "steps": reflect.TypeFor[[]stepView](), "clocks": reflect.TypeFor[[]clockView](),
	"tasks": reflect.TypeFor[[]engine.Task](), "papers": reflect.TypeFor[[]paperView](), "notices": reflect.TypeFor[[]engine.Notice](),
	"results": reflect.TypeFor[[]resultView](), "dossier": reflect.TypeFor[[]engine.DossierRow](),
}

// opened are what `each` goes through.
var opened = map[string]reflect.Type{
	"clock": reflect.TypeFor[clockView](), "task": reflect.TypeFor[engine.Task](), "result": reflect.TypeFor[resultView](),
	"dossier": reflect.TypeFor[engine.DossierRow](),
}

// calls are the functions of expressions over one case; each run binds them to
// the case's calendar.
var calls = map[string]any{
	"before": func(time.Time, string) (time.Time, error) { return time.Time{}, nil },
	"after":  func(time.Time, string) (time.Time, error) { return time.Time{}, nil },
	"hours":  func(time.Time, float64) time.Time { return time.Time{} },
	"left":   func(any, float64) (time.Time, error) { return time.Time{}, nil },
}

// builtins are the functions of expr-lang that are let through: none of them
// loops without end, reads a clock or depends on the order of a map.
var builtins = []string{"all", "any", "none", "one", "filter", "map", "count", "find", "len", "min", "max", "abs", "first", "last", "sum", "string"}

type compiler struct {
	params types.Map
	names  map[string]bool // known fields, for suggestions
	found  definition.Diagnostics
}

type want int

const (
	wantBool want = iota
	wantTime
	wantText
	wantTexts // a text or a list of texts
)

func (c *compiler) fire(f *definition.SuperviseFire, index int) fire {
	out := fire{SuperviseFire: f, index: index}
	env := types.Map{"param": c.params}
	if f.Over != "" {
		for _, n := range []string{"count", "cases", "given", "overtaken"} {
			env[n] = types.Int
		}
		out.when = c.compile(f.When, env, wantBool)
		return out
	}
	if f.Hand {
		return out
	}
	for _, n := range sorted(views) {
		env[n] = typeOf(views[n], c.names)
	}
	for _, n := range sorted(calls) {
		env[n] = types.TypeOf(calls[n])
	}
	env["step"] = typeOf(reflect.TypeFor[stepView](), c.names)
	env["clock"] = typeOf(reflect.TypeFor[clockView](), c.names)
	if f.On != "" {
		body := engine.EmptyBody(f.On)
		if body == nil {
			c.fail("S201", f.Position, "没有事件 "+f.On, "there is no event "+f.On, definition.DidYouMean(f.On, engine.EventTypes()))
			return out
		}
		env["event"] = typeOf(reflect.TypeOf(body), c.names)
		env["seq"], env["at"], env["do"] = types.Int, types.TypeOf(time.Time{}), types.String
		env["by"] = typeOf(reflect.TypeFor[engine.Actor](), c.names)
	} else if f.Each != "" {
		delete(env, "clock")
		env[f.Each] = typeOf(opened[f.Each], c.names)
	}
	out.when = c.compile(f.When, env, wantBool)
	out.at = c.compile(f.At, env, wantTime)
	out.subject = c.compile(f.Subject, env, wantTexts)
	out.org = c.compile(f.Org, env, wantText)
	out.person = c.compile(f.Person, env, wantText)
	out.order = c.compile(f.Order, env, wantTime)
	return out
}

// reader collects the names an expression reads, and which fields of them.
type reader struct {
	all, parts map[string]int // how often a name is met, and how often only for a field
	keys       map[string]map[string]bool
}

func (r *reader) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		r.all[n.Value]++
	case *ast.MemberNode:
		if key, ok := n.Property.(*ast.StringNode); ok {
			r.part(n.Node, key.Value)
		}
	case *ast.CallNode:
		// left finds the clock by its id.
		if f, ok := n.Callee.(*ast.IdentifierNode); ok && f.Value == "left" && len(n.Arguments) > 0 {
			r.part(n.Arguments[0], "id")
		}
	}
}

func (r *reader) part(of ast.Node, key string) {
	id, ok := of.(*ast.IdentifierNode)
	if !ok {
		return
	}
	r.parts[id.Value]++
	if r.keys[id.Value] == nil {
		r.keys[id.Value] = map[string]bool{}
	}
	r.keys[id.Value][key] = true
}

func (r *reader) reading(name string) reading {
	if r.all[name] > r.parts[name] {
		return reading{name, nil}
	}
	return reading{name, sorted(r.keys[name])}
}

func (c *compiler) compile(w definition.Written, env types.Map, as want) *program {
	if w.Text == "" {
		return nil
	}
	opts := []expr.Option{expr.Env(env), expr.DisableAllBuiltins(), expr.MaxNodes(300)}
	for _, b := range builtins {
		opts = append(opts, expr.EnableBuiltin(b))
	}
	switch as {
	case wantBool:
		opts = append(opts, expr.AsBool())
	case wantText:
		opts = append(opts, expr.AsKind(reflect.String))
	case wantTime:
		opts = append(opts, expr.AsKind(reflect.Struct))
	case wantTexts:
	}
	p, err := expr.Compile(w.Text, opts...)
	if err != nil {
		c.mistake(w, env, err)
		return nil
	}
	read := &reader{all: map[string]int{}, parts: map[string]int{}, keys: map[string]map[string]bool{}}
	node := p.Node()
	ast.Walk(&node, read)
	out := &program{vm: p}
	for _, n := range sorted(env) {
		if read.all[n] > 0 {
			out.reads = append(out.reads, read.reading(n))
		}
	}
	return out
}

var (
	unknownName  = regexp.MustCompile(`unknown name (\S+)`)
	unknownField = regexp.MustCompile(`(?:unknown field|has no field) (\S+)`)
	wrongKind    = regexp.MustCompile(`expected (\S+), but got (.+)`)
)

// mistake reports what is wrong with an expression.
func (c *compiler) mistake(w definition.Written, env types.Map, err error) {
	at, msg := w.Position, err.Error()
	var f *file.Error
	if errors.As(err, &f) {
		at, msg = w.At(f.From), f.Message
	}
	switch {
	case unknownName.MatchString(msg):
		name := unknownName.FindStringSubmatch(msg)[1]
		c.fail("S302", at, "没有名称 "+name, "there is no name "+name, definition.DidYouMean(name, append(sorted(env), builtins...)))
	case unknownField.MatchString(msg):
		name, known := unknownField.FindStringSubmatch(msg)[1], sorted(c.names)
		if f != nil && strings.HasSuffix(string([]rune(w.Text)[:min(f.From, len([]rune(w.Text)))]), "param.") {
			known = sorted(c.params)
		}
		known = slices.DeleteFunc(known, func(k string) bool { return k == name }) // another thing's
		c.fail("S302", at, "没有字段 "+name, "there is no field "+name, definition.DidYouMean(name, known))
	case wrongKind.MatchString(msg), strings.Contains(msg, "invalid operation"), strings.Contains(msg, "cannot use"), strings.Contains(msg, "non-bool"):
		c.fail("S303", at, "表达式中的类型不相配："+msg, "the kinds of values do not fit: "+msg, calendar.Text{})
	default:
		c.fail("S301", at, "表达式无法读懂："+msg, "the expression cannot be read: "+msg, calendar.Text{})
	}
}

func (c *compiler) fail(code string, at definition.Position, zh, en string, fix calendar.Text) {
	c.found = append(c.found, definition.Diagnostic{
		Code: code, Severity: definition.SeverityError, Position: at, Text: calendar.Text{ZH: zh, EN: en}, Fix: fix,
	})
}

// sorted lists the keys of a map in order.
func sorted[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

// run evaluates an expression on a machine with values made ready by get.
func (p *program) run(machine *vm.VM, get func(r reading) any) (any, error) {
	env := make(map[string]any, len(p.reads))
	for _, r := range p.reads {
		env[r.name] = get(r)
	}
	out, err := machine.Run(p.vm, env)
	if err != nil {
		return nil, fmt.Errorf("expression: %w", err)
	}
	return out, nil
}
