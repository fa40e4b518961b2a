package definition

import (
	"slices"

	"lianban/engine/calendar"
)

// Flow is the process of a definition as a picture: what a screen lays out and
// paints. Blocks nest and never cross, so each has one way in and one way out; a
// parallel block gets a fork and a join of its own, and every edge runs between
// nodes that are drawn as points, never to the frame around a block.
type Flow struct {
	Item    string     `json:"item"`
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Nodes   []FlowNode `json:"nodes"`
	Edges   []FlowEdge `json:"edges"`
}

// The ids of the nodes that are no step, and what a block's id is followed by in
// those of its fork and join. No step can have such an id.
const (
	FlowStart = ":start"
	FlowEnd   = ":end"
	flowFork  = ":fork"
	flowJoin  = ":join"
)

// FlowRole says how a node is drawn.
type FlowRole string

// The roles of nodes.
const (
	FlowRoleStart FlowRole = "start"
	FlowRoleEnd   FlowRole = "end"
	FlowRoleStep  FlowRole = "step"
	FlowRoleGroup FlowRole = "group" // a frame around a sequence or parallel block
	FlowRoleFork  FlowRole = "fork"
	FlowRoleJoin  FlowRole = "join"
)

// FlowNode is one node. Step is the step it stands for: of a fork or a join, its
// block; of start and end, none.
type FlowNode struct {
	ID        string         `json:"id"`
	Role      FlowRole       `json:"role"`
	Step      string         `json:"step,omitempty"`
	Kind      Kind           `json:"kind,omitempty"`
	KindName  calendar.Text  `json:"kindName,omitzero"`
	Name      calendar.Text  `json:"name"`
	Party     string         `json:"party,omitempty"`
	PartyName string         `json:"partyName,omitempty"`
	Parent    string         `json:"parent,omitempty"` // the group it stands in
	Branch    bool           `json:"branch,omitempty"` // a direct branch of a parallel block
	Depth     int            `json:"depth"`
	When      calendar.Text  `json:"when,omitzero"` // the condition in words; empty: always
	Expr      Expr           `json:"expr,omitempty"`
	Optional  bool           `json:"optional,omitempty"`
	Limit     *GuideLimit    `json:"limit,omitempty"`
	Objection *calendar.Text `json:"objection,omitempty"` // of a parallel block: what an objection does
	Gives     []string       `json:"gives,omitempty"`     // names of outputs
}

// FlowEdgeKind says what an edge means.
type FlowEdgeKind string

// The kinds of edges. Then alone makes the order the process is laid out in; the
// others are drawn over it.
const (
	FlowThen  FlowEdgeKind = "then"  // one follows the other
	FlowAfter FlowEdgeKind = "after" // a branch waits for a sibling or its output
	FlowNeeds FlowEdgeKind = "needs" // a step may end positively only when the other has
	FlowBack  FlowEdgeKind = "back"  // the work may be returned there
)

// FlowEdge is one edge; From, To and Kind together are its identity.
type FlowEdge struct {
	From string       `json:"from"`
	To   string       `json:"to"`
	Kind FlowEdgeKind `json:"kind"`
	// Of is the output an after edge waits for, by name; When the condition of a
	// needs edge in words.
	Of   string        `json:"of,omitempty"`
	When calendar.Text `json:"when,omitzero"`
}

// NewFlow draws a resolved definition. It does not need a compiled one, and draws
// what it can of a text that is still being written: an include nobody resolved is
// left out, as is an edge to a step that does not exist.
func NewFlow(def *Definition) *Flow {
	f := &flowMaker{
		guideMaker: guideMaker{def: def, words: newWording(def)},
		out:        &Flow{Item: def.Item.Code, Name: def.Item.Name, Version: def.Item.Version},
		ends:       map[string][2]string{}, givers: map[string]*Step{},
	}
	f.node(FlowNode{ID: FlowStart, Role: FlowRoleStart, Name: text("申请", "application")})
	first, last := f.sequence(def.Process, "", false, 1)
	f.node(FlowNode{ID: FlowEnd, Role: FlowRoleEnd, Name: text("办结", "closed")})
	if first == "" {
		f.edge(FlowEdge{From: FlowStart, To: FlowEnd, Kind: FlowThen})
	} else {
		f.edge(FlowEdge{From: FlowStart, To: first, Kind: FlowThen})
		f.edge(FlowEdge{From: last, To: FlowEnd, Kind: FlowThen})
	}
	walk(def.Process, f.across)
	return f.out
}

type flowMaker struct {
	guideMaker
	out *Flow
	// ends are the way into and out of each step; givers the steps by their outputs.
	ends   map[string][2]string
	givers map[string]*Step
}

func (f *flowMaker) node(n FlowNode) { f.out.Nodes = append(f.out.Nodes, n) }

func (f *flowMaker) edge(e FlowEdge) { f.out.Edges = append(f.out.Edges, e) }

// sequence draws steps that follow one another and gives the way in and out, empty
// when there is none.
func (f *flowMaker) sequence(steps []*Step, parent string, branch bool, depth int) (first, last string) {
	for _, s := range steps {
		in, out := f.step(s, parent, branch, depth)
		if in == "" {
			continue
		}
		if first == "" {
			first = in
		} else {
			f.edge(FlowEdge{From: last, To: in, Kind: FlowThen})
		}
		last = out
	}
	return first, last
}

// step draws one step with what is inside it. A step whose id was drawn before is
// passed over: the checks tell of it, and a picture can have it but once.
func (f *flowMaker) step(s *Step, parent string, branch bool, depth int) (in, out string) {
	if _, drawn := f.ends[s.ID]; drawn || s.Kind == KindInclude || s.ID == "" {
		return "", ""
	}
	f.ends[s.ID] = [2]string{s.ID, s.ID}
	n := FlowNode{
		ID: s.ID, Role: FlowRoleStep, Step: s.ID, Kind: s.Kind, KindName: word(string(s.Kind)).Name, Name: f.name(s),
		Party: s.By, Parent: parent, Branch: branch, Depth: depth, When: f.words.condition(s.When), Expr: s.When,
		Optional: s.Optional, Limit: f.limit(s.Limit),
	}
	if s.By != "" {
		n.PartyName = f.party(s.By)
	}
	if s.Decide != nil {
		for _, o := range s.Decide.Gives {
			n.Gives = append(n.Gives, o.Name)
			f.givers[o.ID] = s
		}
	}
	switch s.Kind {
	case KindSequence:
		n.Role = FlowRoleGroup
		f.node(n)
		in, out = f.sequence(s.Members(), s.ID, false, depth+1)
	case KindParallel:
		n.Role = FlowRoleGroup
		objection := objectionNames[s.Parallel.Objection]
		if objection != (calendar.Text{}) {
			n.Objection = &objection
		}
		f.node(n)
		in, out = f.parallel(s, n.Name, depth+1)
	default:
		f.node(n)
		in, out = s.ID, s.ID
	}
	f.ends[s.ID] = [2]string{in, out}
	return in, out
}

var objectionNames = map[string]calendar.Text{
	"finish": text("有异议时各部门办完为止", "an objection lets the others finish"),
	"stop":   text("有异议即停止", "an objection stops the block"),
	"lead":   text("有异议时由牵头部门决定", "the lead decides on an objection"),
}

func (f *flowMaker) parallel(s *Step, name calendar.Text, depth int) (in, out string) {
	fork, join := s.ID+flowFork, s.ID+flowJoin
	f.node(FlowNode{ID: fork, Role: FlowRoleFork, Step: s.ID, Name: name, Parent: s.ID, Depth: depth})
	drawn := 0
	for _, b := range s.Members() {
		first, last := f.step(b, s.ID, true, depth)
		if first == "" {
			continue
		}
		drawn++
		f.edge(FlowEdge{From: fork, To: first, Kind: FlowThen})
		f.edge(FlowEdge{From: last, To: join, Kind: FlowThen})
	}
	f.node(FlowNode{ID: join, Role: FlowRoleJoin, Step: s.ID, Name: name, Parent: s.ID, Depth: depth})
	if drawn == 0 {
		f.edge(FlowEdge{From: fork, To: join, Kind: FlowThen})
	}
	return fork, join
}

// name is what a step is called: as written, or the word of its kind in both
// languages where the definition gives it none.
func (f *flowMaker) name(s *Step) calendar.Text {
	if s.Name == "" || s.Name == kindNames[s.Kind] {
		return word(string(s.Kind)).Name
	}
	return text(s.Name, s.Name)
}

// across draws what a step waits for, needs and returns to.
func (f *flowMaker) across(s *Step) {
	here, drawn := f.ends[s.ID]
	if !drawn || here[0] == "" {
		return
	}
	for _, id := range s.After {
		e := FlowEdge{To: here[0], Kind: FlowAfter}
		if giver := f.givers[id]; giver != nil {
			e.From, e.Of = giver.ID, f.words.names[id]
		} else {
			e.From = f.ends[id][1]
		}
		f.overlay(e)
	}
	for _, need := range s.Needs {
		f.overlay(FlowEdge{From: f.ends[need.ID][1], To: here[0], Kind: FlowNeeds, When: f.words.condition(need.When)})
	}
	var back []string
	switch {
	case s.Decide != nil:
		back = s.Decide.Back
	case s.Publicity != nil:
		back = s.Publicity.Back
	}
	for _, id := range back {
		f.overlay(FlowEdge{From: here[1], To: f.ends[id][0], Kind: FlowBack})
	}
}

// overlay draws an edge between nodes that exist, once.
func (f *flowMaker) overlay(e FlowEdge) {
	same := func(x FlowEdge) bool { return x.From == e.From && x.To == e.To && x.Kind == e.Kind }
	if e.From != "" && e.To != "" && !slices.ContainsFunc(f.out.Edges, same) {
		f.edge(e)
	}
}

// Insert adds the node of an opinion the lead added to a parallel block while a
// case ran: no definition has it. Without that block nothing is drawn.
func (f *Flow) Insert(n FlowNode, block string) {
	i := slices.IndexFunc(f.Nodes, func(x FlowNode) bool { return x.ID == block+flowJoin })
	if i < 0 {
		return
	}
	n.Role, n.Parent, n.Branch, n.Depth, n.KindName = FlowRoleStep, block, true, f.Nodes[i].Depth, word(string(n.Kind)).Name
	f.Nodes = slices.Insert(f.Nodes, i, n)
	f.Edges = append(f.Edges,
		FlowEdge{From: block + flowFork, To: n.ID, Kind: FlowThen}, FlowEdge{From: n.ID, To: block + flowJoin, Kind: FlowThen})
}
