package diff

import (
	"reflect"
	"slices"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// placed is a step in its place.
type placed struct {
	*definition.Step
	id     string
	parent string
}

func (s *side) place(steps []*definition.Step, parent string) {
	for _, st := range steps {
		id := st.ID
		if st.Include != nil {
			id = st.Include.Fragment + "@" + st.Include.Version
		}
		p := &placed{Step: st, id: id, parent: parent}
		if s.steps[id] == nil {
			s.steps[id] = p
			s.order = append(s.order, p)
			s.members[parent] = append(s.members[parent], id)
		}
		s.place(st.Members(), id)
	}
}

func stepName(p *placed) calendar.Text {
	name := p.Name
	if name == "" {
		name = p.id
	}
	return calendar.Text{ZH: "环节“" + name + "”", EN: "step " + p.id}
}

// process compares the steps by their ids, wherever they stand.
func (c *comparer) process() {
	for _, p := range c.a.order {
		if c.b.steps[p.id] == nil {
			n := stepName(p)
			t := thing{area: "step", id: p.id, a: p.Step}
			c.tell(t, Removed, "", High, calendar.Text{ZH: "取消" + n.ZH + "（" + c.a.brief(p).ZH + "）", EN: n.EN + " removed (" + c.a.brief(p).EN + ")"}, "", "")
		}
	}
	for _, p := range c.b.order {
		n, old := stepName(p), c.a.steps[p.id]
		t := thing{area: "step", id: p.id, name: n, b: p.Step}
		if old == nil {
			c.tell(t, Added, "", High, calendar.Text{ZH: "增加" + n.ZH + "（" + c.b.brief(p).ZH + "）", EN: n.EN + " added (" + c.b.brief(p).EN + ")"}, "", "")
			continue
		}
		t.a = old.Step
		if old.Kind != p.Kind {
			was, is := definition.KeyWord("", string(old.Kind)), definition.KeyWord("", string(p.Kind))
			c.tell(t, Changed, "", High, calendar.Text{ZH: n.ZH + "：由" + was.ZH + "改为" + is.ZH, EN: n.EN + ": " + was.EN + " became " + is.EN}, was.ZH, is.ZH)
		}
		if old.parent != p.parent {
			was, is := c.a.group(old.parent), c.b.group(p.parent)
			c.tell(t, Moved, "", High, calendar.Text{ZH: n.ZH + "由" + was.ZH + "移到" + is.ZH, EN: n.EN + " moved from " + was.EN + " to " + is.EN}, was.ZH, is.ZH)
		}
		c.fields(t, reflect.ValueOf(*old.Step), reflect.ValueOf(*p.Step), "Step", "")
	}
	groups := []string{""}
	for _, p := range c.b.order {
		if len(p.Members()) > 0 && c.a.steps[p.id] != nil {
			groups = append(groups, p.id)
		}
	}
	for _, g := range groups {
		was, is := both(c.a.members[g], c.b.members[g])
		w := High
		if g != "" && c.b.steps[g].Kind == definition.KindParallel {
			w = Low // branches run side by side
		}
		for _, id := range strays(was, is) {
			p := c.b.steps[id]
			n := stepName(p)
			t := thing{area: "step", id: id, a: c.a.steps[id].Step, b: p.Step}
			c.tell(t, Moved, "", w, calendar.Text{ZH: n.ZH + "换了先后次序", EN: n.EN + " comes at another turn"}, "", "")
		}
	}
}

// both leaves of two lists what is in both.
func both(x, y []string) (p, q []string) {
	in := func(ids []string) map[string]bool {
		m := make(map[string]bool, len(ids))
		for _, id := range ids {
			m[id] = true
		}
		return m
	}
	a, b := in(x), in(y)
	p = slices.DeleteFunc(slices.Clone(x), func(id string) bool { return !b[id] })
	q = slices.DeleteFunc(slices.Clone(y), func(id string) bool { return !a[id] })
	return p, q
}

// strays are the fewest elements that have to move for one order to become the other.
func strays(was, is []string) []string {
	place := make(map[string]int, len(was))
	for i, id := range was {
		place[id] = i
	}
	at := make([]int, len(is))
	for i, id := range is {
		at[i] = place[id]
	}
	// The longest rising run of places stays; the others have moved.
	best, from := make([]int, len(at)), make([]int, len(at))
	end := -1
	for i := range at {
		best[i], from[i] = 1, -1
		for j := range i {
			if at[j] < at[i] && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if end < 0 || best[i] > best[end] {
			end = i
		}
	}
	stays := map[int]bool{}
	for i := end; i >= 0; i = from[i] {
		stays[i] = true
	}
	var moved []string
	for i, id := range is {
		if !stays[i] {
			moved = append(moved, id)
		}
	}
	return moved
}

func (s *side) group(id string) calendar.Text {
	if p := s.steps[id]; p != nil {
		return stepName(p)
	}
	return calendar.Text{ZH: "流程主线", EN: "the main line"}
}

// brief says what a step is: its kind, by whom, within what time.
func (s *side) brief(p *placed) calendar.Text {
	t := definition.KeyWord("", string(p.Kind))
	if p.By != "" {
		t.ZH, t.EN = t.ZH+"，"+s.name(p.By), t.EN+", by "+p.By
	}
	if p.Limit != nil {
		l := s.limit(p.Limit)
		t.ZH, t.EN = t.ZH+"，"+l.ZH, t.EN+", "+l.EN
	}
	return t
}
