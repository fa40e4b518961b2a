package definition

import (
	"slices"
	"sort"
)

// ValueKind is the kind of a value an expression can see.
type ValueKind string

// The kinds of values. Any is a value whose kind the definition does not say;
// operators check it when the expression runs.
const (
	ValueBoolean ValueKind = "boolean"
	ValueNumber  ValueKind = "number"
	ValueText    ValueKind = "text"
	ValueList    ValueKind = "list"
	ValueObject  ValueKind = "object"
	ValueAny     ValueKind = "any"
)

// ValueType is the type of one name in an expression. Options, when there are
// any, are the only texts the value (or, in a list, an element) can have.
type ValueType struct {
	Kind    ValueKind
	Options []string
}

// Scope says which names an expression may read and of what type they are.
type Scope struct {
	Questions map[string]ValueType
	Form      map[string]any // JSON Schema of the form
	Params    map[string]ValueType
	Steps     map[string]Kind           // every step by id
	Outputs   map[string]map[string]any // data schema per output, nil when none is given
	Calls     map[string]map[string]any // answer schema per call step
	// Open allows names that are not listed: the expression stands in a
	// fragment, or beside an include that is not expanded yet.
	Open bool
}

// Verdicts are the words a step's verdict can have (language 3.3.1).
var Verdicts = []string{
	"grant", "grant-tolerant", "deny",
	"agree", "agree-with-conditions", "disagree", "not-concerned", "defaulted",
	"done", "failed", "stopped", "barred", "skipped", "lapsed", "withdrawn", "absent",
}

// NewScope builds the scope of a definition.
func NewScope(def *Definition) *Scope {
	s := &Scope{
		Questions: map[string]ValueType{},
		Form:      def.Form,
		Params:    map[string]ValueType{},
		Steps:     map[string]Kind{},
		Outputs:   map[string]map[string]any{},
		Calls:     map[string]map[string]any{},
	}
	for i := range def.Situations {
		s.Questions[def.Situations[i].ID] = def.Situations[i].ValueType()
	}
	for i := range def.Parameters {
		s.Params[def.Parameters[i].ID] = def.Parameters[i].ValueType()
	}
	s.addSteps(def.Process)
	return s
}

func (s *Scope) addSteps(steps []*Step) {
	for _, st := range steps {
		if st.Kind == KindInclude {
			s.Open = true
			continue
		}
		s.Steps[st.ID] = st.Kind
		if st.Decide != nil {
			for i := range st.Decide.Gives {
				s.Outputs[st.Decide.Gives[i].ID] = st.Decide.Gives[i].Data
			}
		}
		if st.Case != nil {
			for _, g := range st.Case.Gives {
				s.Outputs[g] = nil
			}
		}
		if st.Call != nil {
			s.Calls[st.ID] = st.Call.Answer
		}
		s.addSteps(st.Members())
	}
}

// Members are the steps directly inside a group; none for other kinds.
func (s *Step) Members() []*Step {
	switch {
	case s.Sequence != nil:
		return s.Sequence.Steps
	case s.Parallel != nil:
		return s.Parallel.Branches
	}
	return nil
}

// ValueType is the type of a question's answer.
func (q *Situation) ValueType() ValueType {
	t := ValueType{Kind: ValueAny}
	switch q.Type {
	case "boolean":
		t.Kind = ValueBoolean
	case "number":
		t.Kind = ValueNumber
	case "choice":
		t.Kind = ValueText
	case "choices":
		t.Kind = ValueList
	}
	for _, o := range q.Options {
		t.Options = append(t.Options, o.ID)
	}
	return t
}

// ValueType is the type of a parameter's value.
func (p *Parameter) ValueType() ValueType {
	switch p.Type {
	case "boolean":
		return ValueType{Kind: ValueBoolean}
	case "number":
		return ValueType{Kind: ValueNumber}
	}
	t := ValueType{Kind: ValueText}
	for _, o := range p.Options {
		if o, ok := o.(string); ok {
			t.Options = append(t.Options, o)
		}
	}
	return t
}

// schemaAt walks a JSON Schema along property names. It answers with the type
// found, the names that would have been allowed where the walk failed, and
// whether it did not fail. A schema that says nothing about properties allows
// every name.
func schemaAt(schema map[string]any, path []string) (ValueType, []string, bool) {
	for _, name := range path {
		props, _ := schema["properties"].(map[string]any)
		if props == nil {
			if t := schemaType(schema); t.Kind != ValueObject && t.Kind != ValueAny {
				return ValueType{}, nil, false
			}
			return ValueType{Kind: ValueAny}, nil, true
		}
		next, ok := props[name]
		if !ok {
			return ValueType{}, sortedKeys(props), false
		}
		sub, ok := next.(map[string]any)
		if !ok { // the schemas true and false
			return ValueType{Kind: ValueAny}, nil, true
		}
		schema = sub
	}
	return schemaType(schema), nil, true
}

func schemaType(schema map[string]any) ValueType {
	t := ValueType{Kind: ValueAny}
	switch schema["type"] {
	case "boolean":
		t.Kind = ValueBoolean
	case "number", "integer":
		t.Kind = ValueNumber
	case "string":
		t.Kind = ValueText
	case "array":
		t.Kind = ValueList
	case "object":
		t.Kind = ValueObject
	}
	if list, ok := schema["enum"].([]any); ok && t.Kind == ValueText {
		for _, v := range list {
			if v, ok := v.(string); ok {
				t.Options = append(t.Options, v)
			}
		}
	}
	return t
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// nearest finds the known word most like the one written, "" when none is near
// enough to be what was meant.
func nearest(word string, known []string) string {
	if len(known) > 300 {
		return "" // comparing with all of them would take longer than the hint is worth
	}
	best, bestDistance := "", 1+max(1, len([]rune(word))/3)
	sorted := slices.Clone(known)
	slices.Sort(sorted)
	for _, k := range sorted {
		if d := distance(word, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the number of inserted, dropped, changed or swapped characters.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
