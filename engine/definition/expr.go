package definition

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Limits of one expression. They are far above what a person writes and far
// below what could stall a workflow task.
const (
	maxExprLength = 4000 // characters
	maxExprNodes  = 500
	maxExprMemory = 100_000 // cells the machine may allocate
)

// ExprFault says what kind of mistake an expression holds.
type ExprFault string

// The kinds of mistakes in expressions.
const (
	FaultSyntax   ExprFault = "syntax" // cannot be read, or uses a part of expr the language leaves out
	FaultName     ExprFault = "name"   // a name nobody declares
	FaultType     ExprFault = "type"   // values of kinds that do not fit
	FaultOption   ExprFault = "option" // compared with a text that is no option
	FaultTooLarge ExprFault = "too-large"
)

// ExprError is a mistake in an expression. Offset counts characters from the
// start of the expression.
type ExprError struct {
	Fault        ExprFault
	Offset       int
	Zh, En       string
	FixZh, FixEn string
}

func (e *ExprError) Error() string { return e.En }

type compiledExpr struct{ prog *vm.Program }

// CompileExpr compiles an expression whose value must be of the wanted kind
// (ValueAny: any value). The error is an *ExprError.
func CompileExpr(src Expr, scope *Scope, want ValueKind) (*Program, error) {
	text := string(src)
	if n := len([]rune(text)); n > maxExprLength {
		return nil, &ExprError{
			Fault: FaultTooLarge,
			Zh:    fmt.Sprintf("表达式有%d个字符，最多%d个", n, maxExprLength),
			En:    fmt.Sprintf("the expression has %d characters, at most %d are allowed", n, maxExprLength),
		}
	}
	config := exprConfig()
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return nil, syntaxError(err)
	}
	w := &exprWalk{scope: scope}
	node, fault := w.rewrite(tree.Node)
	if fault != nil {
		return nil, fault
	}
	tree.Node = node
	got, err := new(checker.Checker).Check(tree, config)
	if err != nil {
		return nil, typeError(err)
	}
	if k := kindOf(got); want != ValueAny && k != ValueAny && k != want {
		return nil, &ExprError{
			Fault: FaultType,
			Zh:    fmt.Sprintf("这里需要%s，表达式给出的是%s", kindZh(want), kindZh(k)),
			En:    fmt.Sprintf("a %s is needed here, the expression gives a %s", want, k),
		}
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, typeError(err)
	}
	prog, err := compiler.Compile(tree, config)
	if err != nil {
		return nil, typeError(err)
	}
	slices.Sort(w.reads)
	return &Program{
		Source: src,
		Reads:  slices.Compact(w.reads),
		Late:   w.late,
		impl:   compiledExpr{prog: prog},
		doubt:  w.doubt,
	}, nil
}

// machines are used again: an expression is run by nearly every step of a case.
var machines = sync.Pool{New: func() any { return &vm.VM{MemoryBudget: maxExprMemory} }}

// Eval runs the expression. An answer that was not given, a field that is
// absent or of another kind than declared is an error; nothing panics.
func (p *Program) Eval(env *Env) (any, error) {
	if p == nil || p.impl.prog == nil {
		return nil, errors.New("empty expression")
	}
	if env == nil {
		env = &Env{}
	}
	machine := machines.Get().(*vm.VM)
	defer machines.Put(machine)
	out, err := machine.Run(p.impl.prog, env)
	if err != nil {
		var unknown *UnknownError
		if errors.As(err, &unknown) {
			return nil, unknown
		}
		return nil, err
	}
	if n, ok := number(out); ok {
		return n, nil
	}
	return out, nil
}

// Bool runs a condition. A condition that is not written (nil) always holds; one
// that cannot be evaluated, because it reads an answer that was never asked or
// a step that has no verdict, does not hold.
func (p *Program) Bool(env *Env) bool {
	if p == nil {
		return true
	}
	out, err := p.Eval(env)
	if err != nil {
		return false
	}
	b, ok := out.(bool)
	return ok && b
}

// UnknownError says that an expression read something that has no value.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return e.Name + " has no value" }

// exprConfig is expr without any of its built-in functions and with ours.
func exprConfig() *conf.Config {
	config := conf.CreateNew()
	config.MaxNodes = maxExprNodes
	for name := range config.Builtins {
		config.Disabled[name] = true
	}
	config.Builtins = conf.FunctionsTable{}
	config.Functions = exprFunctions
	return config
}

// exprFunctions are the functions of the language and, with names no source
// text can hold, the readers every name is rewritten to. Each reader gets the
// environment and the path, so that a missing or ill-typed value is an error
// with a name and not a nil that some operators would accept.
var exprFunctions = conf.FunctionsTable{
	"len": {
		Name: "len",
		Func: func(params ...any) (any, error) {
			switch v := params[0].(type) {
			case []any:
				return len(v), nil
			case string:
				return len([]rune(v)), nil
			}
			return nil, fmt.Errorf("len wants a list or a text")
		},
		Types: []reflect.Type{reflect.TypeFor[func([]any) int](), reflect.TypeFor[func(string) int]()},
	},
	"read boolean": readerOf("read boolean", reflect.TypeFor[func(any, any) bool](), func(v any) (any, bool) {
		b, ok := v.(bool)
		return b, ok
	}),
	"read number": readerOf("read number", reflect.TypeFor[func(any, any) float64](), func(v any) (any, bool) {
		n, ok := number(v)
		return n, ok
	}),
	"read text": readerOf("read text", reflect.TypeFor[func(any, any) string](), func(v any) (any, bool) {
		s, ok := v.(string)
		return s, ok
	}),
	"read list": readerOf("read list", reflect.TypeFor[func(any, any) []any](), func(v any) (any, bool) {
		switch v := v.(type) {
		case []any:
			return v, true
		case []string:
			list := make([]any, len(v))
			for i, s := range v {
				list[i] = s
			}
			return list, true
		}
		return nil, false
	}),
	"read any": readerOf("read any", reflect.TypeFor[func(any, any) any](), func(v any) (any, bool) {
		if n, ok := number(v); ok {
			return n, true
		}
		return v, v != nil
	}),
	"same list": {
		Name:  "same list",
		Func:  func(params ...any) (any, error) { return sameList(params[0], params[1]) },
		Types: []reflect.Type{reflect.TypeFor[func(any, any) bool]()},
	},
	"count agreed":   counter("count agreed", func(e *Env) func(string) int { return e.Agreed }),
	"count objected": counter("count objected", func(e *Env) func(string) int { return e.Objected }),
}

func readerOf(name string, typ reflect.Type, convert func(any) (any, bool)) *builtin.Function {
	return &builtin.Function{
		Name:  name,
		Types: []reflect.Type{typ},
		Func: func(params ...any) (any, error) {
			path := params[1].(*namePath)
			v, ok := convert(path.read(params[0].(*Env)))
			if !ok {
				return nil, &UnknownError{Name: path.name}
			}
			return v, nil
		},
	}
}

func counter(name string, pick func(*Env) func(string) int) *builtin.Function {
	return &builtin.Function{
		Name:  name,
		Types: []reflect.Type{reflect.TypeFor[func(any, any) int]()},
		Func: func(params ...any) (any, error) {
			path := params[1].(*namePath)
			count := pick(params[0].(*Env))
			if count == nil {
				return nil, &UnknownError{Name: path.name}
			}
			return count(path.keys[0]), nil
		},
	}
}

// namePath is a dotted name taken apart: which part of the environment, and
// the keys to follow in it.
type namePath struct {
	root string // answers | form | case | param | steps | outputs | calls
	keys []string
	name string // as written
}

func (p *namePath) read(env *Env) any {
	var m map[string]any
	switch p.root {
	case "answers":
		m = env.Answers
	case "form":
		m = env.Form
	case "case":
		m = env.Case
	case "param":
		m = env.Param
	case "steps":
		m = env.Steps
	case "outputs":
		m = env.Outputs
	case "calls":
		m = env.Calls
	}
	var v any = m
	for _, k := range p.keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

// number accepts every kind of number a value can come as.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float32:
		return float64(v), true
	}
	return 0, false
}

// sameList compares lists as sets with repetition: the answer to a question
// with several choices has no order.
func sameList(a, b any) (bool, error) {
	x, okX := listOf(a)
	y, okY := listOf(b)
	if !okX || !okY {
		return false, errors.New("a list can only be compared with a list")
	}
	if len(x) != len(y) {
		return false, nil
	}
	used := make([]bool, len(y))
next:
	for _, v := range x {
		for j, w := range y {
			if !used[j] && sameValue(v, w) {
				used[j] = true
				continue next
			}
		}
		return false, nil
	}
	return true, nil
}

func sameValue(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	return reflect.DeepEqual(a, b)
}

// listOf accepts the list kinds expr's optimiser makes of constants.
func listOf(v any) ([]any, bool) {
	if v, ok := v.([]any); ok {
		return v, true
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice {
		return nil, false
	}
	list := make([]any, r.Len())
	for i := range list {
		list[i] = r.Index(i).Interface()
	}
	return list, true
}

func kindOf(t reflect.Type) ValueKind {
	if t == nil {
		return ValueAny
	}
	switch t.Kind() {
	case reflect.Bool:
		return ValueBoolean
	case reflect.Int, reflect.Int64, reflect.Float64, reflect.Float32:
		return ValueNumber
	case reflect.String:
		return ValueText
	case reflect.Slice, reflect.Array:
		return ValueList
	case reflect.Map, reflect.Struct:
		return ValueObject
	}
	return ValueAny
}

func kindZh(k ValueKind) string {
	switch k {
	case ValueBoolean:
		return "是否值"
	case ValueNumber:
		return "数值"
	case ValueText:
		return "文字"
	case ValueList:
		return "列表"
	case ValueObject:
		return "一组字段"
	}
	return "任意值"
}

func syntaxError(err error) *ExprError {
	var f *file.Error
	e := &ExprError{Fault: FaultSyntax}
	msg := err.Error()
	if errors.As(err, &f) {
		e.Offset = f.From
		msg = f.Message
	}
	if strings.Contains(msg, "exceeds maximum allowed nodes") {
		e.Fault = FaultTooLarge
		e.Zh = fmt.Sprintf("表达式过长，最多%d个成分", maxExprNodes)
		e.En = fmt.Sprintf("the expression is too long: at most %d parts are allowed", maxExprNodes)
		return e
	}
	say, fix := exprSaid(msg)
	e.Zh = "表达式无法读懂：" + say.ZH
	e.En = "the expression cannot be read: " + say.EN
	e.FixZh, e.FixEn = fix.ZH, fix.EN
	return e
}

func typeError(err error) *ExprError {
	var f *file.Error
	e := &ExprError{Fault: FaultType}
	msg := err.Error()
	if errors.As(err, &f) {
		e.Offset = f.From
		msg = f.Message
	}
	msg = strings.NewReplacer("float64", "number", "int", "number", "[]interface {}", "list", "string", "text", "bool", "boolean").Replace(msg)
	say, fix := kindsSaid(msg)
	e.Zh, e.En, e.FixZh, e.FixEn = say.ZH, say.EN, fix.ZH, fix.EN
	return e
}
