package engine

import (
	"strings"

	"lianban/engine/calendar"
)

// inWords puts the definition's own names into a rejection's Chinese sentence
// where it quotes ids, and keeps the id behind the name: “食品经营许可（food）”.
// Rules are written with ids; people know names. Ids the definition does not
// have (a mistyped one) stay as they came.
func (r *Rules) inWords(s *State, rej *Rejection) *Rejection {
	if rej == nil || !strings.Contains(rej.Zh, "“") {
		return rej
	}
	var out strings.Builder
	for rest := rej.Zh; ; {
		before, after, open := strings.Cut(rest, "“")
		id, tail, closed := strings.Cut(after, "”")
		out.WriteString(before)
		if !open || !closed {
			out.WriteString(rest[len(before):])
			break
		}
		if name := r.nameOf(s, id); name != "" {
			id = name + "（" + id + "）"
		}
		out.WriteString("“" + id + "”")
		rest = tail
	}
	named := *rej
	named.Zh = out.String()
	return &named
}

// nameOf is the name of a step, paper, condition, output or party, "" when the
// definition has no such id or gives it no name.
func (r *Rules) nameOf(s *State, id string) string {
	if s != nil {
		if n := r.node(s, id); n != nil {
			return n.Name
		}
	} else if n := r.Plan.Node(id); n != nil {
		return n.Name
	}
	if p := r.Plan.Paper(id); p != nil {
		return p.Name
	}
	if g := r.Plan.Giver(id); g != nil {
		return g.Output(id).Name
	}
	if t := r.Plan.Duty(id); t != nil {
		return t.Name
	}
	for i := range r.Plan.Conditions {
		if c := &r.Plan.Conditions[i]; c.ID == id {
			return c.Text
		}
	}
	for i := range r.Plan.Def.Parties {
		if p := &r.Plan.Def.Parties[i]; p.ID == id {
			return p.Name
		}
	}
	return ""
}

// resultName is what a result to be handed out is called: an output, or the letter of a denial.
func (r *Rules) resultName(s *State, about string) calendar.Text {
	if strings.HasPrefix(about, "denial:") {
		return calendar.Text{ZH: "不予批准决定书", EN: "written denial"}
	}
	name := cmp0(r.nameOf(s, about), about)
	return calendar.Text{ZH: name, EN: name}
}
