package definition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lianban/engine/calendar"
)

// expressions compiles every expression and holds each name in it to where the
// expression stands: a question above, a step that is certain to have ended.
func (c *check) expressions() {
	c.progs = map[locKey]*Program{}
	for _, p := range c.def.Parties {
		c.expr(nil, "parties."+p.ID+".at", p.At, ValueAny, c.beforeSteps)
	}
	for i := range c.def.Situations {
		q := &c.def.Situations[i]
		c.expr(nil, "situations."+q.ID+".when", q.When, ValueBoolean, c.questionsAbove(i))
		c.expr(nil, "situations."+q.ID+".is", q.Is, q.ValueType().Kind, c.questionsAbove(i))
	}
	for _, m := range c.def.Materials {
		c.expr(nil, "materials."+m.ID+".when", m.When, ValueBoolean, c.beforeSteps)
	}
	for _, k := range c.def.Conditions {
		c.expr(nil, "conditions."+k.ID+".when", k.When, ValueBoolean, c.beforeSteps)
	}
	for _, k := range c.def.Commitments {
		c.expr(nil, "commitments."+k.ID+".when", k.When, ValueBoolean, c.beforeSteps)
	}
	if c.def.ActFirst != nil {
		c.expr(nil, "actFirst.when", c.def.ActFirst.When, ValueBoolean, c.beforeSteps)
	}
	for _, t := range c.def.Duties {
		c.expr(nil, "duties."+t.ID+".when", t.When, ValueBoolean, nil)
		c.limitExprs(nil, "duties."+t.ID+".limit", t.Limit, nil)
	}
	c.limitExprs(nil, "item.statutory", c.def.Item.Statutory, c.beforeSteps)
	c.limitExprs(nil, "item.promised", c.def.Item.Promised, c.beforeSteps)
	for _, n := range c.nodes {
		c.stepExprs(n)
	}
}

func (c *check) stepExprs(n *Node) {
	s := n.Step
	at := c.ended(n, false)
	c.expr(s, "when", s.When, ValueBoolean, at)
	for i, need := range s.Needs {
		c.expr(s, fmt.Sprintf("needs.%d.when", i), need.When, ValueBoolean, at)
	}
	c.limitExprs(s, "limit", s.Limit, at)
	switch {
	case s.Parallel != nil:
		c.expr(s, "passes", s.Parallel.Passes, ValueBoolean, c.ended(n, true))
	case s.Decide != nil:
		c.limitExprs(s, "statutory", s.Decide.Statutory, at)
	case s.Pay != nil:
		c.expr(s, "fee.amount", s.Pay.Amount, ValueNumber, at)
	case s.Include != nil:
		for i, k := range s.Include.For {
			c.expr(s, fmt.Sprintf("for.%d.when", i), k.When, ValueBoolean, at)
		}
	}
}

func (c *check) limitExprs(step *Step, path string, l *Limit, allowed func(string) (calendar.Text, bool)) {
	if l == nil {
		return
	}
	for i, t := range l.Times {
		c.expr(step, fmt.Sprintf("%s.%d.when", path, i), t.When, ValueBoolean, allowed)
	}
}

var faultCodes = map[ExprFault]string{
	FaultSyntax: "S301", FaultTooLarge: "S301", FaultName: "S302", FaultType: "S303", FaultOption: "S304",
}

// expr compiles one expression. allowed says of each name it reads whether the
// name has a value at that place, and if not, why.
func (c *check) expr(step *Step, path string, src Expr, want ValueKind, allowed func(string) (calendar.Text, bool)) {
	if src == "" {
		return
	}
	key := locKey{step, path}
	p, err := CompileExpr(src, c.scope, want)
	if err != nil {
		var fault *ExprError
		if !errors.As(err, &fault) {
			fault = &ExprError{Fault: FaultSyntax, Zh: err.Error(), En: err.Error()}
		}
		c.exprFault(key, src, fault)
		return
	}
	c.progs[key] = p
	if p.doubt != nil {
		c.exprFault(key, src, p.doubt)
	}
	if allowed == nil {
		return
	}
	for _, name := range p.Reads {
		if why, ok := allowed(name); !ok {
			c.failAt("S305", c.inExpr(key, src, wordAt(string(src), name)), why.ZH, why.EN)
		}
	}
}

func (c *check) exprFault(key locKey, src Expr, fault *ExprError) {
	var fix []string
	if fault.FixEn != "" {
		fix = []string{fault.FixZh, fault.FixEn}
	}
	c.failAt(faultCodes[fault.Fault], c.inExpr(key, src, fault.Offset), fault.Zh, fault.En, fix...)
}

// wordAt finds a whole name in an expression, in characters; 0 when it is not
// written just so.
func wordAt(src, name string) int {
	inWord := func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; ; {
		i := strings.Index(src[from:], name)
		if i < 0 {
			return 0
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(src[:i])
		after, _ := utf8.DecodeRuneInString(src[i+len(name):])
		if !inWord(before) && !inWord(after) {
			return utf8.RuneCountInString(src[:i])
		}
		from = i + len(name)
	}
}

// inExpr is the place of a character of an expression, as near as the way it is
// written allows.
func (c *check) inExpr(key locKey, src Expr, offset int) Position {
	at := c.locs.find(key.step, key.path)
	v := c.texts[key]
	if v == nil || v.text != string(src) || offset <= 0 || offset > len(src) {
		return at
	}
	at = v.pos
	switch {
	case v.plain:
		at.Column += offset
	case v.quoted && !strings.ContainsAny(v.text, "\n\\"):
		at.Column += offset + 1
	}
	return at
}

// beforeSteps allows what is known at filing: answers, form, case, parameters.
func (c *check) beforeSteps(name string) (calendar.Text, bool) {
	root, _, dotted := strings.Cut(name, ".")
	if strings.Contains(name, "(") || dotted && (root == "steps" || root == "outputs" || root == "calls") {
		return text(name+" 此时还没有值：这里在申请时就要判断", name+" has no value yet: this is decided at filing"), false
	}
	return calendar.Text{}, true
}

// questionsAbove allows the questions written before the one with index i.
func (c *check) questionsAbove(i int) func(string) (calendar.Text, bool) {
	return func(name string) (calendar.Text, bool) {
		if strings.HasPrefix(name, "form.") {
			return text("提问时表单还没有填写，不能读 "+name, "questions come before the form: "+name+" has no value yet"), false
		}
		j := slices.IndexFunc(c.def.Situations, func(q Situation) bool { return q.ID == name })
		if j >= i {
			return text("问题 "+name+" 写在下面，这里只能读上面的问题", "the question "+name+" is written below; only questions above can be read"), false
		}
		return c.beforeSteps(name)
	}
}

// ended allows what is certain to be known when a step's turn comes; inBlock
// also the steps inside it, for `passes`.
func (c *check) ended(n *Node, inBlock bool) func(string) (calendar.Text, bool) {
	return func(name string) (calendar.Text, bool) {
		block, counts := strings.CutSuffix(name, ")")
		parts := strings.Split(name, ".")
		var m *Node
		switch {
		case counts:
			_, id, _ := strings.Cut(block, "(")
			m = c.byID[id]
		case parts[0] == "steps" && len(parts) == 3 && parts[2] == "round":
			return calendar.Text{}, true // 0 before its first round
		case parts[0] == "steps" && len(parts) > 1, parts[0] == "calls" && len(parts) > 1:
			m = c.byID[parts[1]]
		case parts[0] == "outputs" && len(parts) > 1:
			m = c.givers[parts[1]]
		default:
			return calendar.Text{}, true
		}
		if m == nil || inBlock && m.Within(n) || certain(m, n) {
			return calendar.Text{}, true
		}
		return text(fmt.Sprintf("%s 此时不一定有值：%s 不一定已经结束", name, m.ID),
			fmt.Sprintf("%s may have no value yet: it is not certain that %s has ended here", name, m.ID)), false
	}
}

// certain says that m has ended (or is absent) whenever the turn of n comes: it
// is inside a member of a sequence before n, or inside a branch n waits for.
func certain(m, n *Node) bool {
	for a := n; a.Parent != nil; a = a.Parent {
		for _, sibling := range a.Parent.Children {
			if !m.Within(sibling) || sibling == a {
				continue
			}
			if a.Parent.Kind == KindSequence {
				return sibling.Index < a.Index
			}
			return slices.ContainsFunc(a.After, func(id string) bool {
				return id == sibling.ID || slices.Contains(outputsOf(m.Step), id)
			})
		}
	}
	return false
}
