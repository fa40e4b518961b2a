package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

func itoa(n int) string { return strconv.Itoa(n) }

// env is what expressions see of the case as it is by now.
func (d *decider) env() *definition.Env { return d.r.env(d.s) }

// envFor is as much of env as the programs read: steps and outputs are only laid
// out for those that look at them, which few do.
func (d *decider) envFor(programs ...*definition.Program) *definition.Env {
	asked := false
	for _, p := range programs {
		if p != nil && p.Late {
			return d.env()
		}
		asked = asked || p != nil
	}
	if !asked {
		return nil
	}
	return d.filed()
}

// filed is what can be known at filing: answers, form, the case's own data. It is
// all that papers, conditions and forecasts look at.
func (d *decider) filed() *definition.Env {
	if d.base == nil {
		d.base = d.r.filingEnv(d.s.Answers, d.s.Form, d.s.Region, d.s.Channel, calendar.DateOf(d.s.ReceivedAt))
	}
	return d.base
}

func (r *Rules) env(s *State) *definition.Env {
	env := r.filingEnv(s.Answers, s.Form, s.Region, s.Channel, calendar.DateOf(s.ReceivedAt))
	env.Steps = make(map[string]any, len(s.Steps))
	for i := range s.Steps {
		st := s.Steps[i]
		verdict := string(st.End)
		if st.Status == Absent {
			verdict = "absent"
		}
		env.Steps[st.ID] = map[string]any{"verdict": verdict, "round": float64(st.Round), "open": float64(st.leftOpen())}
	}
	env.Outputs = make(map[string]any, len(s.Outputs))
	for i := range s.Outputs {
		env.Outputs[s.Outputs[i].ID] = s.dataOf(&s.Outputs[i])
	}
	env.Agreed = func(id string) int { return r.opinions(s, id, EndAgree, EndAgreeWith, EndDefaulted) }
	env.Objected = func(id string) int { return r.opinions(s, id, EndDisagree) }
	return env
}

// filingEnv is what can be known at filing.
func (r *Rules) filingEnv(answers, form map[string]any, region, channel string, received calendar.Date) *definition.Env {
	return &definition.Env{
		Answers: answers, Form: form, Param: r.Plan.Params,
		Case: map[string]any{"region": region, "channel": channel, "receivedOn": received.String()},
	}
}

// opinions counts the opinions of a block with one of the ends.
func (r *Rules) opinions(s *State, id string, ends ...End) int {
	n := 0
	for i := range s.Steps {
		st := s.Steps[i]
		if st.Status != Ended || !slices.Contains(ends, st.End) {
			continue
		}
		if b := block(r.node(s, st.ID)); b != nil && b.ID == id {
			n++
		}
	}
	return n
}

// values records what a condition read (3.2.1).
func (d *decider) values(p *definition.Program, env *definition.Env) []Seen {
	seen := make([]Seen, 0, len(p.Reads))
	for _, name := range p.Reads {
		seen = append(seen, Seen{Of: name, Print: encode(lookup(env, name))})
	}
	return seen
}

func lookup(env *definition.Env, name string) any {
	at := env.Answers
	if head, rest, below := strings.Cut(name, "."); below {
		switch head {
		case "form":
			at, name = env.Form, rest
		case "case":
			at, name = env.Case, rest
		case "param":
			at, name = env.Param, rest
		case "steps":
			at, name = env.Steps, rest
		case "outputs":
			at, name = env.Outputs, rest
		case "calls":
			at, name = env.Calls, rest
		}
	}
	for {
		key, rest, below := strings.Cut(name, ".")
		if !below {
			return at[key]
		}
		next, ok := at[key].(map[string]any)
		if !ok {
			return nil
		}
		at, name = next, rest
	}
}

func encode(v any) string {
	switch v { // most answers are yes or no
	case nil:
		return "null"
	case true:
		return "true"
	case false:
		return "false"
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic("engine: value cannot be encoded: " + err.Error())
	}
	return string(b)
}

// print fingerprints one thing a step reads (3.6.4): the hash of a paper, the
// value of a form field, an output, a step's end.
func (d *decider) print(of string) string {
	if p := d.s.Paper(of); p != nil {
		return string(p.Status) + ":" + p.Hash
	}
	if strings.HasPrefix(of, "form.") {
		sum := sha256.Sum256([]byte(encode(lookup(&definition.Env{Form: d.s.Form}, of))))
		return hex.EncodeToString(sum[:8])
	}
	for i := range d.s.Outputs {
		if o := &d.s.Outputs[i]; o.ID == of {
			return o.Number + ":" + o.Hash + ":" + itoa(int(o.At.Unix()))
		}
	}
	if st := d.s.Step(of); st != nil {
		return itoa(st.Round) + ":" + string(st.End)
	}
	return ""
}

// seen fingerprints everything a step reads.
func (d *decider) seen(n *definition.Node) []Seen {
	if len(n.Reads) == 0 {
		return nil
	}
	seen := make([]Seen, len(n.Reads))
	for i, of := range n.Reads {
		seen[i] = Seen{Of: of, Print: d.print(of)}
	}
	return seen
}

// changedFor lists what a step read at its last end and would read otherwise now.
func (d *decider) changedFor(n *definition.Node) []string {
	var ids []string
	for _, s := range d.st(n).Seen {
		if d.print(s.Of) != s.Print {
			ids = append(ids, s.Of)
		}
	}
	return ids
}
