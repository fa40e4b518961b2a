package definition

import (
	"fmt"
	"slices"
	"strings"
)

// stepReferences checks what one step names. `after`, `needs`, `reads` and
// `back` name only what is written above, so that no circle can be written.
func (c *check) stepReferences(n *Node) {
	s := n.Step
	if s.By != "" {
		c.party(s, "by", s.By)
	}
	c.limitFrom(s, "limit", s.Limit)
	if len(s.After) > 0 && !n.Branch() {
		c.fail("S112", s, "after", "只有并联的分支可以写 after", "only a branch of a parallel block has after",
			"在依次办理中先后顺序由书写位置决定", "in a sequence the written order decides")
	} else {
		for i, id := range s.After {
			c.after(n, fmt.Sprintf("after.%d", i), id)
		}
	}
	if s.Optional && !n.Branch() {
		c.fail("S112", s, "optional", "只有并联的分支可以是 optional", "only a branch of a parallel block can be optional")
	}
	for i, need := range s.Needs {
		path := fmt.Sprintf("needs.%d", i)
		if _, ok := c.locs[locKey{s, path + ".step"}]; ok {
			path += ".step"
		}
		c.need(n, path, need.ID)
	}
	for i, id := range s.Reads {
		c.read(n, fmt.Sprintf("reads.%d", i), id)
	}
	c.kindReferences(n)
}

// above says that m is written above n and does not contain it.
func above(m, n *Node) bool { return m.Index < n.Index && !n.Within(m) }

func (c *check) below(n *Node, path, id string) {
	c.fail("S202", n.Step, path, fmt.Sprintf("%s 写在下面或就是本环节，这里只能引用上面的", id),
		fmt.Sprintf("%s is written below or is this step itself; only what is written above can be named here", id),
		"调整书写顺序", "put it above")
}

func (c *check) after(n *Node, path, id string) {
	m := c.byID[id]
	if g := c.givers[id]; m == nil && g != nil {
		m = g
	}
	if m == nil {
		var known []string
		for _, b := range n.Parent.Children {
			if b.Index < n.Index {
				known = append(known, b.ID)
			}
		}
		c.unknown(n.Step, path, id, "上面的分支或其结果", "branch above, or output of one,", known)
		return
	}
	sibling := m
	for sibling.Parent != nil && sibling.Parent != n.Parent {
		sibling = sibling.Parent
	}
	if sibling.Parent == nil || (c.byID[id] != nil && sibling != m) {
		c.fail("S203", n.Step, path, id+" 不是同一并联的分支，也不是其中给出的结果",
			id+" is neither a branch of the same block nor an output given in one",
			"after 只写同一并联中上面的分支或它们给出的结果", "after names branches of the same block written above, or outputs given in them")
		return
	}
	if !above(sibling, n) {
		c.below(n, path, id)
	}
}

func (c *check) need(n *Node, path, id string) {
	if c.paper(id) != nil || slices.ContainsFunc(c.def.Duties, func(t Duty) bool { return t.ID == id }) {
		return
	}
	m := c.byID[id]
	switch {
	case m != nil && !above(m, n):
		c.below(n, path, id)
	case m != nil:
	case c.givers[id] != nil:
		g := c.givers[id].ID
		c.fail("S203", n.Step, path, id+" 是结果，needs 只写环节、材料或义务", id+" is an output; needs names steps, papers or duties",
			"写给出它的环节 "+g, "name the step that gives it: "+g)
	default:
		c.unknown(n.Step, path, id, "环节、材料或义务", "step, paper or duty", append(sortedKeys(c.byID), c.paperIDs()...))
	}
}

func (c *check) read(n *Node, path, id string) {
	if strings.HasPrefix(id, "form.") {
		c.formField(n.Step, path, id)
		return
	}
	if c.paper(id) != nil {
		return
	}
	m := c.byID[id]
	if m == nil {
		m = c.givers[id]
	}
	if m == nil {
		known := append(append(c.paperIDs(), sortedKeys(c.byID)...), sortedKeys(c.givers)...)
		c.unknown(n.Step, path, id, "材料、结果或环节", "paper, output or step", known)
		return
	}
	if !above(m, n) {
		c.below(n, path, id)
	}
}

func (c *check) kindReferences(n *Node) {
	s := n.Step
	if w := n.Work(); w != nil {
		for i, id := range w.Checks {
			if !slices.ContainsFunc(c.def.Conditions, func(k Condition) bool { return k.ID == id }) {
				known := make([]string, len(c.def.Conditions))
				for j, k := range c.def.Conditions {
					known[j] = k.ID
				}
				c.unknown(s, fmt.Sprintf("checks.%d", i), id, "审查条件", "condition", known)
			}
		}
		for i, id := range w.Pauses {
			c.pauseRef(s, fmt.Sprintf("pauses.%d", i), id)
		}
	}
	switch {
	case s.Decide != nil:
		c.limitFrom(s, "statutory", s.Decide.Statutory)
		c.backs(n, s.Decide.Back)
		c.parties(s, "tells", s.Decide.Tells)
		for _, o := range s.Decide.Gives {
			c.parties(s, "gives."+o.ID+".seals", o.Seals)
		}
	case s.Intake != nil:
		if s.Limit == nil && c.def.Item.Type != Licence {
			c.fail("S102", s, "", "缺少必填项 limit：只有行政许可事项有法定的受理时限", "the key limit is missing: only licences have a limit for acceptance by law")
		}
	case s.Visit != nil:
		c.parties(s, "parties", s.Visit.Parties)
		needed := func(m *Node) bool {
			return slices.ContainsFunc(m.Needs, func(need Need) bool { return need.ID == s.ID })
		}
		if !c.scope.Open && len(s.Visit.Parties) == 0 && !slices.ContainsFunc(c.nodes, needed) {
			c.fail("C101", s, "", "没有人参加踏勘 "+s.ID+"：没有写 parties，也没有环节需要它", "nobody attends the visit "+s.ID+": it names no parties and no step needs it",
				"写 parties，或在需要它的环节写 needs", "name parties, or let a step need it")
		}
		c.pauseRef(s, "pause", s.Visit.Pause)
		if s.Visit.Rectify != nil {
			c.pauseRef(s, "rectify.pause", s.Visit.Rectify.Pause)
		}
	case s.Publicity != nil:
		c.pauseRef(s, "pause", s.Publicity.Pause)
		c.backs(n, s.Publicity.Back)
		for i, f := range s.Publicity.Shows {
			c.formField(s, fmt.Sprintf("shows.%d", i), f)
		}
	case s.Hearing != nil:
		for i, id := range s.Hearing.Parties {
			if id != "applicant" {
				c.party(s, fmt.Sprintf("parties.%d", i), id)
			}
		}
		c.pauseRef(s, "pause", s.Hearing.Pause)
	case s.Pay != nil:
		c.pauseRef(s, "pause", s.Pay.Pause)
	case s.Call != nil:
		c.call(n)
	case s.Case != nil:
		if c.lib != nil && c.lib.Item(s.Case.Item, "") == nil {
			c.fail("F102", s, "item", "库中没有子事项 "+clip(s.Case.Item), "the library has no item "+clip(s.Case.Item))
		}
	}
}

func (c *check) pauseRef(s *Step, path, id string) {
	if id == "" || slices.ContainsFunc(c.def.Pauses, func(p Pause) bool { return p.ID == id }) {
		return
	}
	known := make([]string, len(c.def.Pauses))
	for i, p := range c.def.Pauses {
		known[i] = p.ID
	}
	c.unknown(s, path, id, "中止事由", "pause", known)
}

// backs checks the targets of a return (language 3.6.1): a direct member of the
// same sequence, or of one around it with no parallel between.
func (c *check) backs(n *Node, ids []string) {
	for i, id := range ids {
		path := fmt.Sprintf("back.%d", i)
		m := c.byID[id]
		if m == nil {
			c.unknown(n.Step, path, id, "环节", "step", sortedKeys(c.byID))
			continue
		}
		if !above(m, n) {
			c.below(n, path, id)
			continue
		}
		switch m.Kind {
		case KindIntake, KindDecide, KindIssue, KindPay, KindCall:
			c.fail("S203", n.Step, path, fmt.Sprintf("不能退回到 %s：%s 环节不再打开", id, m.Kind),
				fmt.Sprintf("a return cannot go to %s: a step of kind %s is never opened again", id, m.Kind),
				"退回到审查、踏勘、听证、公示或它们所在的组", "return to a review, visit, hearing, publicity or a group of them")
			continue
		}
		reach := false
		for p := n.Parent; p != nil && p.Kind == KindSequence; p = p.Parent {
			reach = reach || m.Parent == p
		}
		if !reach {
			c.fail("S203", n.Step, path, fmt.Sprintf("不能退回到 %s：它不在同一依次办理之内，或隔着并联", id),
				fmt.Sprintf("a return cannot go to %s: it is not a member of this sequence or of one around it without a parallel between", id))
		}
	}
}

func (c *check) call(n *Node) {
	s := n.Step
	for _, f := range s.Call.Send {
		c.formField(s, "send."+f.Name, f.Path)
	}
	_, written := c.locs[locKey{s, "without"}]
	skips := s.Limit != nil && s.Limit.Late == "skip"
	if !written && (skips || s.When != "") {
		c.fail("S102", s, "", "缺少必填项 without：没有答复时读到什么", "the key without is missing: what readers see when there is no answer")
	}
	if !written || s.Call.Answer == nil {
		return
	}
	schema, err := CompileSchema(s.Call.Answer)
	if err == nil && schema.Validate(s.Call.Without) != nil {
		c.fail("S103", s, "without", "without 的值不符合 answer 的模式", "the value of without does not fit the schema of answer")
	}
}
