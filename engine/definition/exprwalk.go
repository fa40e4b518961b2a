package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// exprWalk rewrites a parsed expression: it lets through only the parts of expr
// the language has, replaces every name by a call of its reader, and notes
// what is read.
type exprWalk struct {
	scope *Scope
	reads []string
	late  bool
	doubt *ExprError
}

// exprOperators are the binary operators of the language. Integer operators
// (%, ..) and pattern matching are left out: numbers are decimal, and a
// pattern in a definition is a program nobody checks.
var exprOperators = []string{
	"and", "&&", "or", "||", "==", "!=", "<", "<=", ">", ">=", "in",
	"+", "-", "*", "/", "startsWith", "endsWith", "contains",
}

func (w *exprWalk) rewrite(node ast.Node) (ast.Node, *ExprError) {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode:
		return n, nil
	case *ast.UnaryNode:
		return w.unary(n)
	case *ast.BinaryNode:
		return w.binary(n)
	case *ast.ConditionalNode:
		return w.conditional(n)
	case *ast.ArrayNode:
		for i, e := range n.Nodes {
			r, err := w.rewrite(e)
			if err != nil {
				return nil, err
			}
			n.Nodes[i] = r
		}
		return n, nil
	case *ast.CallNode:
		return w.call(n)
	case *ast.IdentifierNode, *ast.MemberNode:
		path, ok := dotted(n)
		if !ok {
			return nil, notInLanguage(n, "取下标或方法调用", "indexing and method calls")
		}
		return w.name(n, path)
	case *ast.BuiltinNode:
		return nil, w.unknownFunction(n, n.Name)
	case *ast.NilNode:
		return nil, notInLanguage(n, "nil", "nil")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return nil, notInLanguage(n, "变量和分号", "variables and semicolons")
	}
	return nil, notInLanguage(node, "这种写法", "this form")
}

func (w *exprWalk) unary(n *ast.UnaryNode) (ast.Node, *ExprError) {
	inner, err := w.rewrite(n.Node)
	if err != nil {
		return nil, err
	}
	n.Node = inner
	return n, nil
}

func (w *exprWalk) binary(n *ast.BinaryNode) (ast.Node, *ExprError) {
	if !slices.Contains(exprOperators, n.Operator) {
		return nil, notInLanguage(n, "运算符 "+n.Operator, "the operator "+n.Operator)
	}
	left, right := n.Left, n.Right
	if err := w.options(n.Operator, left, right); err != nil {
		return nil, err
	}
	if err := w.options(n.Operator, right, left); err != nil {
		return nil, err
	}
	lists := w.isList(left) || w.isList(right)
	if n.Operator == "==" || n.Operator == "!=" {
		w.oneOfMany(left, right)
		w.oneOfMany(right, left)
	}
	var err *ExprError
	if n.Left, err = w.rewrite(left); err != nil {
		return nil, err
	}
	if n.Right, err = w.rewrite(right); err != nil {
		return nil, err
	}
	if lists && (n.Operator == "==" || n.Operator == "!=") {
		call := w.fn(n, "same list", n.Left, n.Right)
		if n.Operator == "==" {
			return call, nil
		}
		not := &ast.UnaryNode{Operator: "not", Node: call}
		not.SetLocation(n.Location())
		return not, nil
	}
	return n, nil
}

func (w *exprWalk) conditional(n *ast.ConditionalNode) (ast.Node, *ExprError) {
	if !n.Ternary {
		return nil, notInLanguage(n, "if", "if")
	}
	var err *ExprError
	if n.Cond, err = w.rewrite(n.Cond); err != nil {
		return nil, err
	}
	if n.Exp1, err = w.rewrite(n.Exp1); err != nil {
		return nil, err
	}
	if n.Exp2, err = w.rewrite(n.Exp2); err != nil {
		return nil, err
	}
	return n, nil
}

func (w *exprWalk) call(n *ast.CallNode) (ast.Node, *ExprError) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return nil, notInLanguage(n, "取下标或方法调用", "indexing and method calls")
	}
	switch id.Value {
	case "len":
		if len(n.Arguments) != 1 {
			return nil, faultAt(n, FaultSyntax, "len 需要一个参数", "len takes one argument")
		}
		arg, err := w.rewrite(n.Arguments[0])
		if err != nil {
			return nil, err
		}
		n.Arguments[0] = arg
		return n, nil
	case "agreed", "objected":
		block := ""
		if len(n.Arguments) == 1 {
			switch a := n.Arguments[0].(type) {
			case *ast.IdentifierNode:
				block = a.Value
			case *ast.StringNode:
				block = a.Value
			}
		}
		if block == "" {
			return nil, faultAt(n, FaultSyntax, id.Value+" 需要一个并联环节的标识", id.Value+" takes the id of a parallel block")
		}
		if kind, ok := w.scope.Steps[block]; (!ok && !w.scope.Open) || (ok && kind != KindParallel) {
			var blocks []string
			for _, s := range sortedKeys(w.scope.Steps) {
				if w.scope.Steps[s] == KindParallel {
					blocks = append(blocks, s)
				}
			}
			return nil, w.unknown(n, block, "并联环节", "parallel block", blocks)
		}
		w.late = true
		name := id.Value + "(" + block + ")"
		w.reads = append(w.reads, name)
		path := &namePath{keys: []string{block}, name: name}
		return w.fn(n, "count "+id.Value, &ast.IdentifierNode{Value: "$env"}, &ast.ConstantNode{Value: path}), nil
	}
	return nil, w.unknownFunction(n, id.Value)
}

// fn builds a call of one of our functions in the place of another node.
func (w *exprWalk) fn(at ast.Node, name string, args ...ast.Node) ast.Node {
	callee := &ast.IdentifierNode{Value: name}
	callee.SetLocation(at.Location())
	call := &ast.CallNode{Callee: callee, Arguments: args}
	call.SetLocation(at.Location())
	return call
}

// name replaces a dotted name by a call of the reader of its type.
func (w *exprWalk) name(n ast.Node, path []string) (ast.Node, *ExprError) {
	p, typ, err := w.resolve(n, path)
	if err != nil {
		return nil, err
	}
	switch p.root {
	case "steps", "outputs", "calls":
		w.late = true
	}
	w.reads = append(w.reads, p.name)
	read := "read " + string(typ.Kind)
	if typ.Kind == ValueObject {
		read = "read any"
	}
	return w.fn(n, read, &ast.IdentifierNode{Value: "$env"}, &ast.ConstantNode{Value: p}), nil
}

// resolve finds what a dotted name stands for and its type (language 2.7).
func (w *exprWalk) resolve(n ast.Node, path []string) (*namePath, ValueType, *ExprError) {
	name := strings.Join(path, ".")
	open := ValueType{Kind: ValueAny}
	root, rest := path[0], path[1:]
	switch {
	case len(rest) == 0:
		typ, ok := w.scope.Questions[root]
		switch {
		case ok:
		case slices.Contains(exprRoots, root):
			return nil, open, faultAt(n, FaultName, root+" 后面要写名称，例如 "+root+".x", root+" must be followed by a name, such as "+root+".x")
		case w.scope.Open:
			typ = open
		default:
			return nil, open, w.unknown(n, root, "情形问题", "question", sortedKeys(w.scope.Questions))
		}
		return &namePath{root: "answers", keys: path, name: name}, typ, nil
	case root == "form":
		typ, known, ok := schemaAt(w.scope.Form, rest)
		if !ok && w.scope.Open && len(w.scope.Form) == 0 {
			typ, ok = open, true
		}
		if !ok {
			return nil, open, w.unknown(n, name, "表单字段", "form field", prefixed(path, known))
		}
		return &namePath{root: root, keys: rest, name: name}, typ, nil
	case root == "case":
		if len(rest) != 1 || !slices.Contains(caseNames, rest[0]) {
			return nil, open, w.unknown(n, name, "办件字段", "field of the case", prefixed(path, caseNames))
		}
		return &namePath{root: root, keys: rest, name: name}, ValueType{Kind: ValueText}, nil
	case root == "param":
		typ, ok := w.scope.Params[rest[0]]
		if (!ok && !w.scope.Open) || len(rest) != 1 {
			return nil, open, w.unknown(n, name, "参数", "parameter", prefixed(path, sortedKeys(w.scope.Params)))
		}
		if !ok {
			typ = open
		}
		return &namePath{root: root, keys: rest, name: name}, typ, nil
	case root == "steps":
		return w.stepName(n, name, rest)
	case root == "outputs", root == "calls":
		return w.dataName(n, name, root, rest)
	}
	return nil, open, w.unknown(n, name, "名称", "name", exprRoots)
}

var (
	exprRoots = []string{"form", "case", "param", "steps", "outputs", "calls"}
	caseNames = []string{"region", "channel", "receivedOn"}
)

func (w *exprWalk) stepName(n ast.Node, name string, rest []string) (*namePath, ValueType, *ExprError) {
	p := &namePath{root: "steps", keys: rest, name: name}
	if _, ok := w.scope.Steps[rest[0]]; !ok && !w.scope.Open {
		return nil, ValueType{}, w.unknown(n, rest[0], "环节", "step", sortedKeys(w.scope.Steps))
	}
	if len(rest) == 2 {
		switch rest[1] {
		case "verdict":
			return p, ValueType{Kind: ValueText, Options: Verdicts}, nil
		case "round":
			return p, ValueType{Kind: ValueNumber}, nil
		case "open":
			if kind, ok := w.scope.Steps[rest[0]]; !ok || kind == KindVisit || kind == KindPublicity {
				return p, ValueType{Kind: ValueNumber}, nil
			}
		}
	}
	fields := []string{"steps." + rest[0] + ".verdict", "steps." + rest[0] + ".round"}
	if kind := w.scope.Steps[rest[0]]; kind == KindVisit || kind == KindPublicity {
		fields = append(fields, "steps."+rest[0]+".open")
	}
	return nil, ValueType{}, w.unknown(n, name, "环节字段", "field of a step", fields)
}

func (w *exprWalk) dataName(n ast.Node, name, root string, rest []string) (*namePath, ValueType, *ExprError) {
	schemas, zh, en := w.scope.Outputs, "结果", "output"
	if root == "calls" {
		schemas, zh, en = w.scope.Calls, "调用环节", "call"
	}
	p := &namePath{root: root, keys: rest, name: name}
	schema, ok := schemas[rest[0]]
	if !ok {
		if w.scope.Open {
			return p, ValueType{Kind: ValueAny}, nil
		}
		return nil, ValueType{}, w.unknown(n, rest[0], zh, en, sortedKeys(schemas))
	}
	typ, known, ok := schemaAt(schema, rest[1:])
	if !ok || len(rest) < 2 {
		if len(rest) < 2 {
			props, _ := schema["properties"].(map[string]any)
			known = sortedKeys(props)
		}
		return nil, ValueType{}, w.unknown(n, name, zh+"的字段", "field of the "+en, prefixed(append([]string{root}, rest...), known))
	}
	return p, typ, nil
}

// typeOf is the type of a node before it is rewritten, where it is a name.
func (w *exprWalk) typeOf(n ast.Node) (ValueType, string, bool) {
	path, ok := dotted(n)
	if !ok {
		return ValueType{}, "", false
	}
	_, typ, err := w.resolve(n, path)
	return typ, strings.Join(path, "."), err == nil
}

func (w *exprWalk) isList(n ast.Node) bool {
	if _, ok := n.(*ast.ArrayNode); ok {
		return true
	}
	typ, _, ok := w.typeOf(n)
	return ok && typ.Kind == ValueList
}

// oneOfMany notes that a list is compared with a text, which is never equal. It is a
// mistake, but an expression that was published with it goes on being run.
func (w *exprWalk) oneOfMany(list, text ast.Node) {
	typ, name, ok := w.typeOf(list)
	s, literal := text.(*ast.StringNode)
	if !ok || typ.Kind != ValueList || !literal || w.doubt != nil {
		return
	}
	w.doubt = faultAt(text, FaultType,
		fmt.Sprintf("%s 可以选多项，不会等于“%s”", name, s.Value), fmt.Sprintf("%s may be several and never equals %q", name, s.Value))
	w.doubt.FixZh = fmt.Sprintf(`选了它写 "%[1]s" in %[2]s，只选它写 %[2]s == ["%[1]s"]`, s.Value, name)
	w.doubt.FixEn = fmt.Sprintf(`write "%[1]s" in %[2]s, or %[2]s == ["%[1]s"] for that alone`, s.Value, name)
}

// options refuses a comparison with a text the value can never have.
func (w *exprWalk) options(op string, named, other ast.Node) *ExprError {
	switch op {
	case "==", "!=", "in":
	default:
		return nil
	}
	typ, name, ok := w.typeOf(named)
	if !ok || len(typ.Options) == 0 {
		return nil
	}
	literals := []ast.Node{other}
	if a, ok := other.(*ast.ArrayNode); ok {
		literals = a.Nodes
	}
	for _, l := range literals {
		s, ok := l.(*ast.StringNode)
		if !ok || slices.Contains(typ.Options, s.Value) {
			continue
		}
		e := faultAt(l, FaultOption,
			fmt.Sprintf("%s 不会等于“%s”，可选值为：%s", name, s.Value, strings.Join(typ.Options, "、")),
			fmt.Sprintf("%s can never be %q; its options are %s", name, s.Value, strings.Join(typ.Options, ", ")))
		e.suggest(nearest(s.Value, typ.Options))
		return e
	}
	return nil
}

func (w *exprWalk) unknown(n ast.Node, name, zh, en string, known []string) *ExprError {
	e := faultAt(n, FaultName, fmt.Sprintf("没有名为 %s 的%s", name, zh), fmt.Sprintf("there is no %s named %s", en, name))
	e.suggest(nearest(name, known))
	if e.FixEn == "" && len(known) > 0 && len(known) <= 20 {
		e.FixZh, e.FixEn = "可用："+strings.Join(known, "、"), "one of: "+strings.Join(known, ", ")
	}
	return e
}

func (w *exprWalk) unknownFunction(n ast.Node, name string) *ExprError {
	known := []string{"len", "agreed", "objected"}
	e := faultAt(n, FaultName,
		fmt.Sprintf("没有函数 %s，可用的函数为 len、agreed、objected", name),
		fmt.Sprintf("there is no function %s; the language has len, agreed and objected", name))
	e.suggest(nearest(name, known))
	return e
}

func (e *ExprError) suggest(word string) {
	if word != "" {
		e.FixZh = "是否应为 " + word + "？"
		e.FixEn = "did you mean " + word + "?"
	}
}

func notInLanguage(n ast.Node, zh, en string) *ExprError {
	return faultAt(n, FaultSyntax, "表达式中不能使用"+zh, "expressions do not have "+en)
}

func faultAt(n ast.Node, fault ExprFault, zh, en string) *ExprError {
	at := n
	for { // a dotted name is pointed at by its first character
		m, ok := at.(*ast.MemberNode)
		if !ok {
			break
		}
		at = m.Node
	}
	return &ExprError{Fault: fault, Offset: at.Location().From, Zh: zh, En: en}
}

func prefixed(path, known []string) []string {
	out := make([]string, 0, len(known))
	for _, k := range known {
		out = append(out, strings.Join(append(slices.Clone(path[:len(path)-1]), k), "."))
	}
	return out
}

// dotted takes a name such as form.premises apart; it fails on anything else.
func dotted(n ast.Node) ([]string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}, true
	case *ast.MemberNode:
		prop, ok := n.Property.(*ast.StringNode)
		if !ok || n.Optional || n.Method {
			return nil, false
		}
		path, ok := dotted(n.Node)
		if !ok {
			return nil, false
		}
		return append(path, prop.Value), true
	}
	return nil, false
}
