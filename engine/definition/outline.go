package definition

import (
	"bytes"
	"slices"
)

// Mark is one thing a source file declares, and the lines it stands on: what an
// editor folds, lists beside the text, and links the drawn flow with.
type Mark struct {
	// Kind is section, or what is declared: parameter, party, guide, question, paper, condition, pause, commitment,
	// duty, step, output; in scenario tests person and case.
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Parent is the group a step stands in, or the step an output is given by.
	Parent string `json:"parent,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	// End is the last line of it; comments and empty lines after it are not part of it.
	End int `json:"end"`
}

// declared are the sections whose entries are things of their own.
var declared = map[string]string{
	"parameters": "parameter", "parties": "party", "guide": "guide", "situations": "question", "materials": "paper",
	"conditions": "condition", "pauses": "pause", "commitments": "commitment", "duties": "duty", "people": "person",
}

// Outline lists what the file declares, in written order, as far as it could be
// read: a file with mistakes has one, too. src is the text the file was read from.
func (f *File) Outline(src []byte) []Mark {
	o := &outliner{}
	for _, l := range bytes.Split(src, []byte("\n")) {
		l = bytes.TrimSpace(l)
		o.empty = append(o.empty, len(l) == 0 || l[0] == '#')
	}
	if f.root == nil || f.root.kind != isMap {
		return []Mark{}
	}
	o.marks = []Mark{}
	o.entries(f.root, len(o.empty), func(p pair, end int) {
		o.mark(Mark{Kind: "section", ID: p.key}, p.pos, end)
		switch kind := declared[p.key]; {
		case kind != "":
			o.entries(p.value, end, func(p pair, end int) {
				o.mark(Mark{Kind: kind, ID: p.key, Name: nameOf(p.value)}, p.pos, end)
			})
		case p.key == "process" || p.key == "steps":
			o.steps(p.value, "", end)
		case p.key == "cases":
			o.items(p.value, end, func(v *value, end int) { o.mark(Mark{Kind: "case", ID: nameOf(v), Name: nameOf(v)}, v.pos, end) })
		}
	})
	return o.marks
}

type outliner struct {
	empty []bool // by line, from 0
	marks []Mark
}

func (o *outliner) mark(m Mark, at Position, end int) {
	m.Line, m.Column, m.End = at.Line, at.Column, end
	o.marks = append(o.marks, m)
}

// upTo is the last line of something that begins at a line and ends before another.
func (o *outliner) upTo(line, before int) int {
	end := min(before, len(o.empty))
	for end > line && o.empty[end-1] {
		end--
	}
	return max(end, line)
}

func (o *outliner) entries(v *value, end int, each func(p pair, end int)) {
	for i, p := range v.pairs {
		before := end
		if i+1 < len(v.pairs) {
			before = v.pairs[i+1].pos.Line - 1
		}
		each(p, o.upTo(p.pos.Line, before))
	}
}

func (o *outliner) items(v *value, end int, each func(v *value, end int)) {
	for i, e := range v.items {
		before := end
		if i+1 < len(v.items) {
			before = v.items[i+1].pos.Line - 1
		}
		each(e, o.upTo(e.pos.Line, before))
	}
}

func (o *outliner) steps(v *value, parent string, end int) {
	o.items(v, end, func(v *value, end int) {
		i := slices.IndexFunc(v.pairs, func(p pair) bool { return slices.Contains(kinds, p.key) })
		if i < 0 {
			return
		}
		id := v.pairs[i].value.text
		o.mark(Mark{Kind: "step", ID: id, Name: nameOf(v), Parent: parent}, v.pos, end)
		o.entries(v, end, func(p pair, end int) {
			switch p.key {
			case "steps", "branches":
				o.steps(p.value, id, end)
			case "gives":
				o.entries(p.value, end, func(p pair, end int) {
					o.mark(Mark{Kind: "output", ID: p.key, Name: nameOf(p.value), Parent: id}, p.pos, end)
				})
			}
		})
	})
}

// nameOf is what a declaration is called by people: its name, question or text.
func nameOf(v *value) string {
	if v.kind == isScalar {
		return v.text
	}
	for _, key := range []string{"name", "ask", "text"} {
		if n := v.get(key); n != nil && n.kind == isScalar {
			return n.text
		}
	}
	if m := v.get("item"); m != nil && m.kind == isMap {
		return nameOf(m)
	}
	return ""
}

// Place is where a key of the definition is written: dotted keys from the top or,
// for a step, from the step; the nearest key around it where it is not written.
func (f *File) Place(step *Step, path string) Position { return f.locs.find(step, path) }
