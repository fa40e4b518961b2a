package definition

import (
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"lianban/engine/calendar"
)

// wording says expressions of one definition in words for people who never see
// the language: questions by what is asked, options by their labels, derived
// questions by what they are derived from.
type wording struct {
	def   *Definition
	names map[string]string // step and output names
	depth int
}

func newWording(def *Definition) *wording {
	w := &wording{def: def, names: map[string]string{}}
	walk(def.Process, func(s *Step) {
		w.names[s.ID] = s.Name
		if s.Decide != nil {
			for _, o := range s.Decide.Gives {
				w.names[o.ID] = o.Name
			}
		}
	})
	return w
}

// condition says a condition in words; the empty one gives empty texts.
func (w *wording) condition(src Expr) calendar.Text {
	if src == "" {
		return calendar.Text{}
	}
	tree, err := parser.ParseWithConfig(string(src), exprConfig())
	if err != nil {
		return text(string(src), string(src))
	}
	return w.say(tree.Node, true)
}

var sayOperators = map[string][2]string{
	"==": {"为", "is"}, "!=": {"不为", "is not"}, "<": {"小于", "is below"}, "<=": {"不超过", "is at most"},
	">": {"大于", "is above"}, ">=": {"不少于", "is at least"},
	"startsWith": {"开头为", "starts with"}, "endsWith": {"结尾为", "ends with"}, "contains": {"含有", "contains"},
	"+": {"加", "plus"}, "-": {"减", "minus"}, "*": {"乘以", "times"}, "/": {"除以", "divided by"},
}

// say puts one node into words; yes tells whether it is affirmed or denied.
func (w *wording) say(node ast.Node, yes bool) calendar.Text {
	switch n := node.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return w.say(n.Node, !yes)
		}
		inner := w.value(n.Node, nil)
		return text(n.Operator+inner.ZH, n.Operator+inner.EN)
	case *ast.BinaryNode:
		return w.binary(n, yes)
	case *ast.ConditionalNode:
		c, a, b := w.say(n.Cond, true), w.value(n.Exp1, nil), w.value(n.Exp2, nil)
		return text(c.ZH+"时为"+a.ZH+"，否则为"+b.ZH, a.EN+" when "+c.EN+", otherwise "+b.EN)
	case *ast.BoolNode:
		if n.Value == yes {
			return text("总是", "always")
		}
		return text("从不", "never")
	}
	if path, ok := dotted(node); ok && len(path) == 1 {
		if q := w.question(path[0]); q != nil {
			return w.answered(q, yes)
		}
	}
	v := w.value(node, nil)
	if yes {
		return text(v.ZH+"为是", v.EN+" is true")
	}
	return text(v.ZH+"为否", v.EN+" is false")
}

func (w *wording) question(id string) *Situation {
	for i := range w.def.Situations {
		if w.def.Situations[i].ID == id {
			return &w.def.Situations[i]
		}
	}
	return nil
}

func (w *wording) answered(q *Situation, yes bool) calendar.Text {
	if q.Is != "" && w.depth < 20 {
		if tree, err := parser.ParseWithConfig(string(q.Is), exprConfig()); err == nil {
			w.depth++
			defer func() { w.depth-- }()
			return w.say(tree.Node, yes)
		}
	}
	if yes {
		return text(asked(q)+"为“是”", asked(q)+" is answered yes")
	}
	return text(asked(q)+"为“否”", asked(q)+" is answered no")
}

func asked(q *Situation) string {
	name := strings.TrimRight(q.Ask, "？?")
	if name == "" {
		name = q.ID
	}
	return "“" + name + "”"
}

func (w *wording) binary(n *ast.BinaryNode, yes bool) calendar.Text {
	switch n.Operator {
	case "and", "&&", "or", "||":
		both := (n.Operator == "and" || n.Operator == "&&") == yes // not (a and b) is not a or not b
		a, b := w.part(n.Left, yes, both), w.part(n.Right, yes, both)
		if both {
			return text(a.ZH+"，且"+b.ZH, a.EN+" and "+b.EN)
		}
		return text(a.ZH+"，或"+b.ZH, a.EN+" or "+b.EN)
	case "in":
		return w.among(n, yes)
	}
	q := w.questionOf(n.Left)
	left, right := w.value(n.Left, w.questionOf(n.Right)), w.value(n.Right, q)
	op := n.Operator
	if !yes {
		op = map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
	}
	words, ok := sayOperators[op]
	if !ok {
		words = [2]string{"不" + sayOperators[n.Operator][0], "not " + sayOperators[n.Operator][1]}
	}
	if _, list := n.Right.(*ast.ArrayNode); list && q != nil {
		words = map[string][2]string{"==": {"只选", "is only"}, "!=": {"不是只选", "is not only"}}[op]
	}
	return text(left.ZH+words[0]+right.ZH, left.EN+" "+words[1]+" "+right.EN)
}

// part puts brackets around an "or" inside an "and".
func (w *wording) part(n ast.Node, yes, both bool) calendar.Text {
	t := w.say(n, yes)
	for {
		u, ok := n.(*ast.UnaryNode)
		if !ok || (u.Operator != "not" && u.Operator != "!") {
			break
		}
		n, yes = u.Node, !yes
	}
	if b, ok := n.(*ast.BinaryNode); ok && both {
		or := b.Operator == "or" || b.Operator == "||"
		and := b.Operator == "and" || b.Operator == "&&"
		if or && yes || and && !yes {
			return text("（"+t.ZH+"）", "("+t.EN+")")
		}
	}
	return t
}

// among says `"x" in list` and `choice in ["a", "b"]`.
func (w *wording) among(n *ast.BinaryNode, yes bool) calendar.Text {
	if q := w.questionOf(n.Right); q != nil {
		v := w.value(n.Left, q)
		if yes {
			return text(asked(q)+"包括"+v.ZH, asked(q)+" includes "+v.EN)
		}
		return text(asked(q)+"不包括"+v.ZH, asked(q)+" does not include "+v.EN)
	}
	left, right := w.value(n.Left, nil), w.value(n.Right, w.questionOf(n.Left))
	if yes {
		return text(left.ZH+"为"+right.ZH+"之一", left.EN+" is one of "+right.EN)
	}
	return text(left.ZH+"不是"+right.ZH+"之一", left.EN+" is none of "+right.EN)
}

func (w *wording) questionOf(n ast.Node) *Situation {
	if id, ok := n.(*ast.IdentifierNode); ok {
		return w.question(id.Value)
	}
	return nil
}

// value says a value; of is the question a literal is an option of.
func (w *wording) value(node ast.Node, of *Situation) calendar.Text {
	switch n := node.(type) {
	case *ast.StringNode:
		label := n.Value
		if of != nil {
			for _, o := range of.Options {
				if o.ID == n.Value {
					label = o.Label
				}
			}
		}
		return text("“"+label+"”", "“"+label+"”")
	case *ast.IntegerNode:
		s := strconv.Itoa(n.Value)
		return text(s, s)
	case *ast.FloatNode:
		s := strconv.FormatFloat(n.Value, 'f', -1, 64)
		return text(s, s)
	case *ast.ArrayNode:
		var zh, en []string
		for _, e := range n.Nodes {
			t := w.value(e, of)
			zh, en = append(zh, t.ZH), append(en, t.EN)
		}
		return text(strings.Join(zh, "、"), strings.Join(en, ", "))
	case *ast.CallNode:
		return w.counted(n)
	}
	if path, ok := dotted(node); ok {
		return w.named(path)
	}
	return w.say(node, true)
}

func (w *wording) counted(n *ast.CallNode) calendar.Text {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || len(n.Arguments) != 1 {
		return text(n.String(), n.String())
	}
	name := ""
	switch a := n.Arguments[0].(type) {
	case *ast.IdentifierNode:
		name = a.Value
	case *ast.StringNode:
		name = a.Value
	}
	block := w.names[name]
	switch id.Value {
	case "agreed":
		return text("“"+block+"”中同意的意见数", "the number of opinions in “"+block+"” that agree")
	case "objected":
		return text("“"+block+"”中不同意的意见数", "the number of opinions in “"+block+"” that disagree")
	}
	v := w.value(n.Arguments[0], nil)
	return text(v.ZH+"的个数", "the number of "+v.EN)
}

// named says a dotted name.
func (w *wording) named(path []string) calendar.Text {
	last := path[len(path)-1]
	switch path[0] {
	case "form":
		title := FieldTitle(w.def.Form, path[1:])
		return text("表单中的“"+title+"”", "“"+title+"” in the form")
	case "case":
		switch last {
		case "region":
			return text("办理地", "the region")
		case "channel":
			return text("申请渠道", "the channel")
		case "receivedOn":
			return text("收件日期", "the day of receipt")
		}
	case "param":
		for _, p := range w.def.Parameters {
			if p.ID == last && p.Value != nil {
				return text(answerText(p.Value), answerText(p.Value))
			}
		}
	case "steps":
		if len(path) == 3 && last == "verdict" {
			return text("“"+w.names[path[1]]+"”的结果", "the result of “"+w.names[path[1]]+"”")
		}
		if len(path) == 3 && last == "open" {
			return text("“"+w.names[path[1]]+"”遗留的事项数", "what “"+w.names[path[1]]+"” left open")
		}
		if len(path) == 3 {
			return text("“"+w.names[path[1]]+"”的轮次", "the round of “"+w.names[path[1]]+"”")
		}
	case "outputs", "calls":
		if len(path) > 1 {
			return text("“"+w.names[path[1]]+"”中的 "+last, last+" in “"+w.names[path[1]]+"”")
		}
	default:
		if q := w.question(path[0]); q != nil && len(path) == 1 {
			return text(asked(q), asked(q))
		}
	}
	s := strings.Join(path, ".")
	return text(s, s)
}

// FieldTitle is the title a JSON Schema gives a field, its path where it gives none.
func FieldTitle(schema map[string]any, path []string) string {
	for _, name := range path {
		props, _ := schema["properties"].(map[string]any)
		sub, ok := props[name].(map[string]any)
		if !ok {
			return strings.Join(path, ".")
		}
		schema = sub
	}
	if title, ok := schema["title"].(string); ok && title != "" {
		return title
	}
	return strings.Join(path, ".")
}
