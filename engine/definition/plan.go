package definition

import "lianban/engine/calendar"

// Plan is a resolved definition made ready to run: the tree of steps with
// parents and order, and every expression compiled. A Plan is immutable and
// safe for concurrent use.
type Plan struct {
	Def  *Definition
	Hash string // hex SHA-256 of Canonical(Def)

	// Root is the implicit sequence `process`; its ID is empty. It is not in
	// Nodes.
	Root *Node
	// Nodes lists all steps in written order, parents before children.
	Nodes []*Node
	// Intake is the first intake among Nodes, nil for a programme; the lists are the steps of their kind, in
	// written order: most rules are about one kind.
	Intake   *Node
	Decides  []*Node
	Issues   []*Node
	Visits   []*Node
	Hearings []*Node
	Postings []*Node // publicity
	// Params are the parameters' values by id, for expressions to read; nil where there are none.
	Params map[string]any

	Questions  []Question
	Papers     []Paper
	Conditions []Checked
	Duties     []Owed
	// Commitments are the promises the answers may choose.
	Commitments []Promised
	ActFirstP   *Program // when the act came first; nil also where the definition has none
	// StatutoryP and PromisedP are the conditions of the case clocks, one per
	// entry of the limit's times; nil: always.
	StatutoryP []*Program
	PromisedP  []*Program
	// AcceptsBySilence says whether an intake that runs out is accepted by law:
	// the item or any decide step is a licence (language rule 2.9). Engine
	// evaluates it over *present* decides; this is the definition's upper bound.
	AcceptsBySilence bool

	byID    map[string]*Node
	outputs map[string]*Node
	papers  map[string]int
}

// Node is one step in its place.
type Node struct {
	*Step
	Index    int   // position in Plan.Nodes; -1 for the root
	Parent   *Node // nil for the root
	Children []*Node
	Depth    int // root 0

	WhenP      *Program   // nil: always
	PassesP    *Program   // parallel only, nil: default rule 3.5.1
	NeedsP     []*Program // one per Needs entry, nil: always
	LimitP     []*Program // one per Limit.Times entry, nil: always
	StatutoryP []*Program // one per Decide.Statutory.Times entry
}

// Question is a situation with its expressions compiled.
type Question struct {
	*Situation
	WhenP *Program
	IsP   *Program
}

// Paper is a material with its condition compiled and its users known.
type Paper struct {
	*Material
	WhenP *Program
	// Giver is the decide step whose output has the paper's id, or nil.
	Giver *Node
	// Readers are the steps that name the paper in reads, written order.
	Readers []*Node
}

// Checked is a condition with its expression compiled.
type Checked struct {
	*Condition
	WhenP *Program
}

// Owed is a duty with its expressions compiled.
type Owed struct {
	*Duty
	WhenP  *Program
	LimitP []*Program
}

// Promised is a commitment with its expression compiled.
type Promised struct {
	*Commitment
	WhenP *Program
}

// Commitment finds a commitment by id, nil when there is none.
func (p *Plan) Commitment(id string) *Promised {
	for i := range p.Commitments {
		if p.Commitments[i].ID == id {
			return &p.Commitments[i]
		}
	}
	return nil
}

// Duty finds a declared duty by id, nil when there is none.
func (p *Plan) Duty(id string) *Owed {
	for i := range p.Duties {
		if p.Duties[i].ID == id {
			return &p.Duties[i]
		}
	}
	return nil
}

// Node finds a step by id, nil when there is none.
func (p *Plan) Node(id string) *Node { return p.byID[id] }

// Giver finds the decide step that gives an output, nil when there is none.
func (p *Plan) Giver(output string) *Node { return p.outputs[output] }

// Paper finds a paper by id, nil when the guide has none of that id.
func (p *Plan) Paper(id string) *Paper {
	i, ok := p.papers[id]
	if !ok {
		return nil
	}
	return &p.Papers[i]
}

// Branch says whether the node is a direct branch of a parallel block.
func (n *Node) Branch() bool { return n.Parent != nil && n.Parent.Kind == KindParallel }

// Group says whether the node is a sequence or a parallel block.
func (n *Node) Group() bool { return n.Kind == KindSequence || n.Kind == KindParallel }

// Within says whether n is a or stands inside it.
func (n *Node) Within(a *Node) bool {
	for ; n != nil; n = n.Parent {
		if n == a {
			return true
		}
	}
	return false
}

// Work returns what review and decide steps share, nil for other kinds.
func (n *Node) Work() *Work {
	switch {
	case n.Review != nil:
		return n.Review
	case n.Decide != nil:
		return &n.Decide.Work
	}
	return nil
}

// Output finds one of the node's outputs.
func (n *Node) Output(id string) *Output {
	if n.Decide == nil {
		return nil
	}
	for i := range n.Decide.Gives {
		if n.Decide.Gives[i].ID == id {
			return &n.Decide.Gives[i]
		}
	}
	return nil
}

// Program is a compiled expression.
type Program struct {
	Source Expr
	// Reads are the dotted names the expression reads, sorted: "hasLicence",
	// "form.staff", "case.region", "steps.food.verdict", "outputs.licence.no".
	Reads []string
	// Late says that the value cannot be known at filing, because the
	// expression reads steps, outputs or calls.
	Late bool

	impl  compiledExpr
	doubt *ExprError // a mistake that does not keep it from being run
}

// Env is what an expression sees. Values are those of encoding/json: bool,
// float64, string, []any, map[string]any, nil.
type Env struct {
	Answers map[string]any // questions, derived ones included; absent: not asked
	Form    map[string]any
	Case    map[string]any // region, channel, receivedOn (2006-01-02)
	Param   map[string]any
	// Steps gives {verdict: string, round: number} per step id; Outputs and
	// Calls give the recorded data per id.
	Steps   map[string]any
	Outputs map[string]any
	Calls   map[string]any
	// Agreed and Objected count the opinions of a block (language 2.7).
	Agreed   func(block string) int
	Objected func(block string) int
}

// Choose returns the period of the first time whose condition holds.
func Choose(times []TimedPeriod, programs []*Program, env *Env) (calendar.Period, bool) {
	for i, t := range times {
		if i < len(programs) && programs[i] != nil && !programs[i].Bool(env) {
			continue
		}
		return t.Time, true
	}
	return calendar.Period{}, false
}

// String is the source's name as acts and guides write it: the word itself,
// "data:ID" or "party:ID".
func (s Source) String() string {
	switch {
	case s.Data != "":
		return "data:" + s.Data
	case s.Party != "":
		return "party:" + s.Party
	}
	return s.Name
}
