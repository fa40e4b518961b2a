package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Canonical writes a definition as JSON that depends on its meaning alone:
// fields in the order of the model, map keys sorted, every default explicit.
// It is what is hashed, stored and carried by a running case.
func Canonical(def *Definition) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(def); err != nil {
		return nil, fmt.Errorf("write definition %s@%s: %w", def.Item.Code, def.Item.Version, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode reads what Canonical wrote. A field this engine does not know is an
// error: the definition comes from a newer one and would be run wrongly.
func Decode(data []byte) (*Definition, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	def := &Definition{}
	if err := dec.Decode(def); err != nil {
		return nil, fmt.Errorf("read canonical definition: %w", err)
	}
	return def, nil
}

// Compile makes a resolved definition ready to run. It trusts that the
// definition was checked; its errors are for definitions that were not: a step
// id used twice, an include that was not resolved, an expression that does not
// compile.
func Compile(def *Definition) (*Plan, error) {
	data, err := Canonical(def)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	p := &Plan{
		Def:              def,
		Hash:             hex.EncodeToString(sum[:]),
		AcceptsBySilence: def.Item.Type == Licence,
		byID:             map[string]*Node{},
		outputs:          map[string]*Node{},
		papers:           map[string]int{},
	}
	c := &planner{plan: p, scope: NewScope(def)}
	p.Root = &Node{
		Step:  &Step{Kind: KindSequence, Sequence: &Sequence{Steps: def.Process}},
		Index: -1,
	}
	for _, v := range def.Parameters {
		if p.Params == nil {
			p.Params = map[string]any{}
		}
		p.Params[v.ID] = v.Value
	}
	if err := c.children(p.Root); err != nil {
		return nil, err
	}
	if err := c.declarations(); err != nil {
		return nil, err
	}
	return p, nil
}

type planner struct {
	plan  *Plan
	scope *Scope
}

func (c *planner) children(parent *Node) error {
	for _, s := range parent.Members() {
		n := &Node{Step: s, Index: len(c.plan.Nodes), Parent: parent, Depth: parent.Depth + 1}
		if s.Kind == KindInclude {
			return fmt.Errorf("include %s@%s is not resolved", s.Include.Fragment, s.Include.Version)
		}
		if s.ID == "" || c.plan.byID[s.ID] != nil {
			return fmt.Errorf("step id %q is missing or used twice", s.ID)
		}
		c.plan.byID[s.ID] = n
		c.plan.Nodes = append(c.plan.Nodes, n)
		c.plan.sort(n)
		parent.Children = append(parent.Children, n)
		if err := c.node(n); err != nil {
			return err
		}
		if err := c.children(n); err != nil {
			return err
		}
	}
	return nil
}

// sort puts a step into the list of its kind.
func (p *Plan) sort(n *Node) {
	switch n.Kind {
	case KindIntake:
		if p.Intake == nil {
			p.Intake = n
		}
	case KindDecide:
		p.Decides = append(p.Decides, n)
	case KindIssue:
		p.Issues = append(p.Issues, n)
	case KindVisit:
		p.Visits = append(p.Visits, n)
	case KindHearing:
		p.Hearings = append(p.Hearings, n)
	case KindPublicity:
		p.Postings = append(p.Postings, n)
	}
}

func (c *planner) node(n *Node) error {
	var err error
	if n.WhenP, err = c.expr(n.When, ValueBoolean, "step "+n.ID+" when"); err != nil {
		return err
	}
	if n.Parallel != nil {
		if n.PassesP, err = c.expr(n.Parallel.Passes, ValueBoolean, "step "+n.ID+" passes"); err != nil {
			return err
		}
	}
	for _, need := range n.Needs {
		p, err := c.expr(need.When, ValueBoolean, "step "+n.ID+" needs "+need.ID)
		if err != nil {
			return err
		}
		n.NeedsP = append(n.NeedsP, p)
	}
	if n.LimitP, err = c.limit(n.Limit, "step "+n.ID+" limit"); err != nil {
		return err
	}
	if n.Decide == nil {
		return nil
	}
	if n.StatutoryP, err = c.limit(n.Decide.Statutory, "step "+n.ID+" statutory"); err != nil {
		return err
	}
	if n.Decide.Item.Type == Licence {
		c.plan.AcceptsBySilence = true
	}
	for i := range n.Decide.Gives {
		id := n.Decide.Gives[i].ID
		if c.plan.outputs[id] != nil {
			return fmt.Errorf("output %s is given by %s and by %s", id, c.plan.outputs[id].ID, n.ID)
		}
		c.plan.outputs[id] = n
	}
	return nil
}

func (c *planner) declarations() error {
	def, p := c.plan.Def, c.plan
	var err error
	for i := range def.Situations {
		q := Question{Situation: &def.Situations[i]}
		if q.WhenP, err = c.expr(q.When, ValueBoolean, "question "+q.ID+" when"); err != nil {
			return err
		}
		if q.IsP, err = c.expr(q.Is, q.ValueType().Kind, "question "+q.ID+" is"); err != nil {
			return err
		}
		p.Questions = append(p.Questions, q)
	}
	for i := range def.Materials {
		m := Paper{Material: &def.Materials[i], Giver: p.outputs[def.Materials[i].ID]}
		if m.WhenP, err = c.expr(m.When, ValueBoolean, "paper "+m.ID+" when"); err != nil {
			return err
		}
		for _, n := range p.Nodes {
			if slices.Contains(n.Reads, m.ID) {
				m.Readers = append(m.Readers, n)
			}
		}
		if _, twice := p.papers[m.ID]; twice {
			return fmt.Errorf("paper id %q is used twice", m.ID)
		}
		p.papers[m.ID] = i
		p.Papers = append(p.Papers, m)
	}
	for i := range def.Conditions {
		k := Checked{Condition: &def.Conditions[i]}
		if k.WhenP, err = c.expr(k.When, ValueBoolean, "condition "+k.ID+" when"); err != nil {
			return err
		}
		p.Conditions = append(p.Conditions, k)
	}
	for i := range def.Commitments {
		k := Promised{Commitment: &def.Commitments[i]}
		if k.WhenP, err = c.expr(k.When, ValueBoolean, "commitment "+k.ID+" when"); err != nil {
			return err
		}
		p.Commitments = append(p.Commitments, k)
	}
	if def.ActFirst != nil {
		if p.ActFirstP, err = c.expr(def.ActFirst.When, ValueBoolean, "actFirst when"); err != nil {
			return err
		}
	}
	for i := range def.Duties {
		t := Owed{Duty: &def.Duties[i]}
		if t.WhenP, err = c.expr(t.When, ValueBoolean, "duty "+t.ID+" when"); err != nil {
			return err
		}
		if t.LimitP, err = c.limit(t.Limit, "duty "+t.ID+" limit"); err != nil {
			return err
		}
		p.Duties = append(p.Duties, t)
	}
	if p.StatutoryP, err = c.limit(def.Item.Statutory, "item statutory"); err != nil {
		return err
	}
	p.PromisedP, err = c.limit(def.Item.Promised, "item promised")
	return err
}

func (c *planner) limit(l *Limit, where string) ([]*Program, error) {
	if l == nil {
		return nil, nil
	}
	out := make([]*Program, 0, len(l.Times))
	for _, t := range l.Times {
		p, err := c.expr(t.When, ValueBoolean, where)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// expr compiles one expression; the empty one is nil, which means the default
// of its key.
func (c *planner) expr(src Expr, want ValueKind, where string) (*Program, error) {
	if src == "" {
		return nil, nil
	}
	p, err := CompileExpr(src, c.scope, want)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return p, nil
}
