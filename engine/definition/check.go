package definition

import (
	"fmt"
	"slices"
	"strings"
)

// Check looks for everything that keeps a file from being published: the
// findings of ParseFile, and those that need the other files or the meaning.
// The groups are those of the language reference: S shape, F other files, A
// law, P papers, C conditions. What this release cannot run is found by
// Runnable.
func Check(file *File, library *Library) Diagnostics {
	if library == nil {
		library, _ = LibraryOf(file)
	}
	out := slices.Clone(file.found)
	switch file.Kind {
	case FileItem:
		u, found := library.resolve(file, nil)
		out = append(out, found...)
		out = append(out, checkUnit(u, library, out.Group("S").Failed())...)
	case FileFragment:
		out = append(out, checkFragment(file)...)
	case FileClaim:
		out = append(out, checkClaim(file, library)...)
	case FileTests:
		out = append(out, checkTests(file, library)...)
	}
	for i := range out {
		if out[i].Position.File == "" {
			out[i].Position.File = file.Name
		}
	}
	return out.sorted()
}

// checkUnit checks a resolved definition. With misshapen set, only those checks
// run that can trust a definition whose own file has mistakes of shape.
func checkUnit(u unit, library *Library, misshapen bool) Diagnostics {
	c := &check{unit: u, scope: NewScope(u.def), lib: library, byID: map[string]*Node{}, givers: map[string]*Node{}, misshapen: misshapen}
	c.outline()
	c.references()
	c.expressions()
	c.law()
	if misshapen || c.out.Group("S").Failed() || c.scope.Open {
		return c.out
	}
	c.reason()
	return c.out
}

// check holds what the check groups share about one definition.
type check struct {
	unit
	scope *Scope
	lib   *Library
	out   Diagnostics

	root   *Node
	nodes  []*Node
	byID   map[string]*Node
	givers map[string]*Node // decide or case step per output
	progs  map[locKey]*Program

	misshapen bool // the file has mistakes of shape: parts of it may be missing here
}

// outline builds the tree of steps.
func (c *check) outline() {
	c.root = &Node{Step: &Step{Kind: KindSequence, Sequence: &Sequence{Steps: c.def.Process}}, Index: -1}
	var add func(parent *Node)
	add = func(parent *Node) {
		for _, s := range parent.Members() {
			n := &Node{Step: s, Index: len(c.nodes), Parent: parent, Depth: parent.Depth + 1}
			parent.Children = append(parent.Children, n)
			c.nodes = append(c.nodes, n)
			if s.Kind != KindInclude && c.byID[s.ID] == nil {
				c.byID[s.ID] = n
			}
			for _, o := range outputsOf(s) {
				if c.givers[o] == nil {
					c.givers[o] = n
				}
			}
			add(n)
		}
	}
	add(c.root)
}

// outputsOf are the ids of what a step gives: a decide's outputs, or those of a
// child case the programme sees.
func outputsOf(s *Step) []string {
	var out []string
	if s.Decide != nil {
		for _, o := range s.Decide.Gives {
			out = append(out, o.ID)
		}
	}
	if s.Case != nil {
		out = append(out, s.Case.Gives...)
	}
	return out
}

func (c *check) fail(code string, step *Step, path, zh, en string, fix ...string) {
	c.failAt(code, c.locs.find(step, path), zh, en, fix...)
	if step != nil {
		path = strings.TrimSuffix(step.ID+"."+path, ".")
	}
	c.out[len(c.out)-1].Path = path
}

func (c *check) failAt(code string, at Position, zh, en string, fix ...string) {
	f := Diagnostic{Code: code, Severity: severities[code], Position: at, Text: text(zh, en)}
	if len(fix) == 2 {
		f.Fix = text(fix[0], fix[1])
	}
	c.out = append(c.out, f)
}

func (c *check) unknown(step *Step, path, id, zh, en string, known []string) {
	if c.scope.Open || strings.HasPrefix(id, "$") || id == "" {
		return // it may come with a fragment, or stands for a parameter without a value
	}
	fix := oneOf(id, known)
	c.fail("S201", step, path, "没有名为 "+clip(id)+" 的"+zh, fmt.Sprintf("there is no %s named %s", en, clip(id)), fix.ZH, fix.EN)
}

// references are the checks of shape that look across the file.
func (c *check) references() {
	c.unique()
	c.head()
	c.declared()
	for _, n := range c.nodes {
		if n.Kind != KindInclude {
			c.stepReferences(n)
		}
	}
}

// unique holds steps, papers, outputs and duties to one space of ids, in which a
// paper and an output may share one (language 2.7).
func (c *check) unique() {
	taken := map[string]string{}
	claim := func(id, what string, step *Step, path string) {
		if id == "" || strings.HasPrefix(id, "$") {
			return
		}
		before, ok := taken[id]
		if !ok {
			taken[id] = what
			return
		}
		c.fail("S107", step, path, fmt.Sprintf("标识 %s 已用于%s", id, whatZh[before]), fmt.Sprintf("the id %s is the id of a %s already", id, before),
			"换一个标识", "choose another id")
	}
	papers := map[string]bool{}
	for _, m := range c.def.Materials {
		papers[m.ID] = true
		claim(m.ID, "paper", nil, "materials."+m.ID)
	}
	for _, t := range c.def.Duties {
		claim(t.ID, "duty", nil, "duties."+t.ID)
	}
	outputs := map[string]bool{}
	for _, n := range c.nodes {
		if n.Kind != KindInclude {
			claim(n.ID, "step", n.Step, "")
		}
		for i, o := range outputsOf(n.Step) {
			path := "gives." + o
			if n.Case != nil {
				path = fmt.Sprintf("gives.%d", i)
			}
			if papers[o] && !outputs[o] {
				outputs[o] = true
				continue
			}
			outputs[o] = true
			claim(o, "output", n.Step, path)
		}
	}
}

var whatZh = map[string]string{"paper": "材料", "duty": "义务", "step": "环节", "output": "结果"}

// head checks what the item says about the whole.
func (c *check) head() {
	it := &c.def.Item
	if it.Type == Programme {
		if _, written := c.locs[locKey{nil, "item.mode"}]; written {
			c.fail("S112", nil, "item.mode", "分阶段的总事项没有 mode", "a programme has no mode")
		}
	} else {
		if it.Promised == nil {
			c.fail("S102", nil, "item", "缺少必填项 promised（承诺时限）", "the key promised is missing: the promise clock of the case")
		}
		c.starts()
	}
	c.party(nil, "item.lead", it.Lead)
	c.limitFrom(nil, "item.statutory", it.Statutory)
	c.limitFrom(nil, "item.promised", it.Promised)
	if it.Rating != nil {
		c.party(nil, "item.rating.by", it.Rating.By)
	}
}

// starts looks for the one intake and for something that is decided.
func (c *check) starts() {
	decides := false
	for i, n := range c.nodes {
		decides = decides || n.Kind == KindDecide || n.Kind == KindInclude
		if n.Kind == KindIntake && i > 0 {
			c.fail("S206", n.Step, "", "收件受理只能是第一个环节", "an intake can only be the first step")
		}
	}
	// A step that could not be read may have been the one that decides.
	if !decides && !c.misshapen {
		c.fail("S205", nil, "process", "没有任何 decide 环节，事项不会有决定", "there is no decide step, so nothing would ever be decided",
			"加上 decide 环节", "add a decide step")
	}
	if len(c.nodes) > 0 && c.nodes[0].Kind != KindIntake && c.nodes[0].Kind != KindInclude {
		c.fail("S206", c.nodes[0].Step, "", "第一个环节应为收件受理（intake）", "the first step must be an intake",
			"在最前面加上 intake 环节", "put an intake step in front")
	}
}

func (c *check) party(step *Step, path, id string) {
	if slices.ContainsFunc(c.def.Parties, func(p Party) bool { return p.ID == id }) {
		return
	}
	known := make([]string, len(c.def.Parties))
	for i, p := range c.def.Parties {
		known[i] = p.ID
	}
	c.unknown(step, path, id, "参与方", "party", known)
}

func (c *check) parties(step *Step, path string, ids []string) {
	for i, id := range ids {
		c.party(step, fmt.Sprintf("%s.%d", path, i), id)
	}
}

// declared checks the references of the parts beside the process.
func (c *check) declared() {
	for _, m := range c.def.Materials {
		at := "materials." + m.ID
		for i, s := range m.From {
			if s.Party != "" {
				c.party(nil, fmt.Sprintf("%s.from.%d", at, i), s.Party)
			}
		}
		for i, p := range m.SignedBy {
			c.formField(nil, fmt.Sprintf("%s.signedBy.%d", at, i), p)
		}
		if m.Defer != nil {
			c.stepRef(nil, at+".defer.before", m.Defer.Before)
		}
		if m.Letter != nil && m.Letter.Before != "" {
			c.stepRef(nil, at+".letter.before", m.Letter.Before)
		}
	}
	for _, k := range c.def.Commitments {
		at := "commitments." + k.ID
		if n := c.stepRef(nil, at+".step", k.Step); n != nil && n.Kind != KindDecide {
			c.fail("S203", nil, at+".step", "告知承诺只能对应 decide 环节，"+k.Step+" 是 "+string(n.Kind),
				fmt.Sprintf("a commitment belongs to a decide step; %s is a %s", k.Step, n.Kind))
		}
		for i, p := range k.Replaces {
			c.paperRef(nil, fmt.Sprintf("%s.replaces.%d", at, i), p)
		}
	}
	if c.def.ActFirst != nil {
		c.formField(nil, "actFirst.from", c.def.ActFirst.From)
	}
	for _, t := range c.def.Duties {
		at := "duties." + t.ID
		if t.By != "applicant" {
			c.party(nil, at+".by", t.By)
		}
		if t.Before != "" && t.Before != "closing" {
			if n := c.stepRef(nil, at+".before", t.Before); n != nil && (n.Group() || n.Kind == KindIntake) {
				c.fail("S203", nil, at+".before", "义务只能拦住由人完成的环节，"+t.Before+" 是 "+string(n.Kind),
					fmt.Sprintf("a duty stands before a step that somebody ends; %s is a %s", t.Before, n.Kind))
			}
		}
		if t.Affects != "" && c.givers[t.Affects] == nil {
			c.unknown(nil, at+".affects", t.Affects, "结果", "output", sortedKeys(c.givers))
		}
		c.limitFrom(nil, at+".limit", t.Limit)
	}
}

func (c *check) stepRef(step *Step, path, id string) *Node {
	n := c.byID[id]
	if n == nil {
		c.unknown(step, path, id, "环节", "step", sortedKeys(c.byID))
	}
	return n
}

func (c *check) paper(id string) *Material {
	for i := range c.def.Materials {
		if c.def.Materials[i].ID == id {
			return &c.def.Materials[i]
		}
	}
	return nil
}

func (c *check) paperIDs() []string {
	out := make([]string, len(c.def.Materials))
	for i, m := range c.def.Materials {
		out[i] = m.ID
	}
	return out
}

func (c *check) paperRef(step *Step, path, id string) {
	if c.paper(id) == nil {
		c.unknown(step, path, id, "材料", "paper", c.paperIDs())
	}
}

// formField checks a form path against the form's schema.
func (c *check) formField(step *Step, path, field string) {
	if !strings.HasPrefix(field, "form.") {
		return
	}
	names := strings.Split(field, ".")
	if _, known, ok := schemaAt(c.def.Form, names[1:]); !ok || c.def.Form == nil {
		c.unknown(step, path, field, "表单字段", "form field", prefixed(names, known))
	}
}

// limitFrom checks what a limit counts from.
func (c *check) limitFrom(step *Step, path string, l *Limit) {
	if l == nil {
		return
	}
	switch l.From {
	case "start", "receipt", "acceptance", "decision", "":
		return
	}
	if strings.HasPrefix(l.From, "form.") {
		c.formField(step, path+".from", l.From)
		return
	}
	if result, delivered := strings.CutPrefix(l.From, "delivery."); delivered {
		c.delivered(step, path+".from", result)
		return
	}
	if c.byID[l.From] == nil && c.givers[l.From] == nil {
		known := append(append(sortedKeys(c.byID), sortedKeys(c.givers)...), "start", "receipt", "acceptance", "decision")
		c.unknown(step, path+".from", l.From, "环节或结果", "step or output", known)
	}
}

// delivered checks a time that counts from the delivery of a result: a duty's, of
// something that is handed out.
func (c *check) delivered(step *Step, path, result string) {
	switch {
	case c.givers[result] == nil:
		c.unknown(step, path, result, "结果", "output", sortedKeys(c.givers))
	case !strings.HasPrefix(path, "duties."):
		c.fail("S203", step, path, "只有义务可以自结果送达起算", "only a duty counts from the delivery of a result")
	case !slices.ContainsFunc(sortedKeys(c.byID), func(id string) bool { return c.byID[id].Kind == KindIssue }):
		c.fail("S203", step, path, "没有出件环节（issue），结果“"+result+"”不会送达", "without an issue step the result "+result+" is never delivered")
	}
}

func checkFragment(file *File) Diagnostics {
	if file.Fragment == nil {
		return nil
	}
	def := &Definition{Parameters: file.Fragment.Parameters, Process: file.Fragment.Steps}
	u := unit{def: def, locs: file.locs, texts: file.texts, file: file.Name}
	c := &check{unit: u, scope: NewScope(def), byID: map[string]*Node{}, givers: map[string]*Node{}}
	c.scope.Open = true // names of the including file may be used
	c.outline()
	c.unique()
	c.expressions()
	return c.out
}

func checkClaim(file *File, library *Library) Diagnostics {
	claim := file.Claim
	item := library.Item(claim.Item, claim.Version)
	if claim.Version == "" {
		item = nil
	}
	if item == nil {
		return Diagnostics{{Code: "F103", Severity: severities["F103"], Position: claim.pos,
			Text: text(fmt.Sprintf("目录中没有事项 %s 的版本 %s", claim.Item, claim.Version),
				fmt.Sprintf("the catalogue has no version %s of the item %s", claim.Version, claim.Item))}}
	}
	plain, before := library.resolve(item, nil)
	before = append(before, item.found...)
	before = append(before, checkUnit(plain, library, before.Group("S").Failed())...)
	u, found := library.resolve(item, file)
	found = append(found, checkUnit(u, library, before.Group("S").Failed())...)
	return newIn(found, before)
}

func checkTests(file *File, library *Library) Diagnostics {
	item := library.ItemOf(file)
	t := file.Tests
	at := file.locs.find(nil, "tests")
	if item == nil {
		fix := oneOf(t.Tests, sortedKeys(library.items))
		return Diagnostics{{Code: "F108", Severity: severities["F108"], Position: at, Fix: fix,
			Text: text("没有要测试的事项 "+clip(t.Tests), "there is no item "+clip(t.Tests)+" to test")}}
	}
	u, _ := library.resolve(item, library.claim(item, t.Region))
	c := &check{unit: u, scope: NewScope(u.def), byID: map[string]*Node{}, givers: map[string]*Node{}}
	c.outline()
	s := &testCheck{check: c}
	s.run(t)
	return c.out
}

// testCheck holds a scenario file to the item it tests.
type testCheck struct{ *check }

func (s *testCheck) miss(at Position, zh, en, id string, known []string) {
	if s.scope.Open {
		return
	}
	fix := oneOf(id, known)
	s.failAt("F108", at, fmt.Sprintf("事项没有名为 %s 的%s", clip(id), zh), fmt.Sprintf("the item has no %s named %s", en, clip(id)), fix.ZH, fix.EN)
}

func (s *testCheck) party(at Position, id string) {
	if !slices.ContainsFunc(s.def.Parties, func(q Party) bool { return q.ID == id }) {
		s.miss(at, "参与方", "party", id, nil)
	}
}

// sources holds what sources answer to what the item asks of them.
func (s *testCheck) sources(answers []SourceAnswer) {
	for _, a := range answers {
		var from []Source
		if i := slices.IndexFunc(s.def.Situations, func(q Situation) bool { return q.ID == a.Of }); i >= 0 {
			from = s.def.Situations[i].From
		} else if m := s.paper(a.Of); m != nil {
			from = m.From
		} else {
			s.miss(a.Position, "材料或问题", "paper or question", a.Of, s.paperIDs())
			continue
		}
		var names []string
		for _, f := range from {
			if name := f.String(); name != "applicant" {
				names = append(names, name)
			}
		}
		if !slices.Contains(names, a.Source) {
			s.miss(a.Position, "来源（"+a.Of+"）", "source of "+a.Of, a.Source, names)
		}
	}
}

func (s *testCheck) run(t *Scenarios) {
	for _, p := range t.People {
		s.party(p.Position, p.Party)
	}
	steps := sortedKeys(s.byID)
	for _, k := range t.Cases {
		for _, id := range sortedKeys(k.File.Answers) {
			if q, ok := s.scope.Questions[id]; !ok {
				s.miss(k.File.Position, "情形问题", "question", id, sortedKeys(s.scope.Questions))
			} else if why := q.refuse(k.File.Answers[id]); why != "" {
				s.failAt("F108", k.File.Position, "问题 "+id+" 的答案不对，应为 "+why, "the answer to "+id+" does not fit; expected is "+why)
			}
		}
		for _, id := range k.File.Without {
			if s.paper(id) == nil {
				s.miss(k.File.Position, "材料", "paper", id, s.paperIDs())
			}
		}
		s.sources(k.File.Sources)
		for _, then := range k.Then {
			for _, post := range slices.Concat(then.Vacant, then.Filled) {
				s.party(post.Position, post.Party)
			}
			if then.Step != "" && s.byID[then.Step] == nil {
				s.miss(then.Position, "环节", "step", then.Step, steps)
			}
			if then.Expect == nil {
				continue
			}
			for _, id := range then.Expect.Open {
				if s.byID[id] == nil {
					s.miss(then.Expect.Position, "环节", "step", id, steps)
				}
			}
			for _, id := range sortedKeys(then.Expect.Verdicts) {
				if s.byID[id] == nil {
					s.miss(then.Expect.Position, "环节", "step", id, steps)
				}
			}
		}
	}
}

// refuse says why a value cannot be the answer to a question of this type, ""
// when it can.
func (t ValueType) refuse(v any) string {
	in := func(s string) bool { return len(t.Options) == 0 || slices.Contains(t.Options, s) }
	switch t.Kind {
	case ValueBoolean:
		if _, ok := v.(bool); !ok {
			return "true / false"
		}
	case ValueNumber:
		if _, ok := number(v); !ok {
			return "0–9"
		}
	case ValueText:
		if s, ok := v.(string); !ok || !in(s) {
			return strings.Join(t.Options, " / ")
		}
	case ValueList:
		list, ok := v.([]any)
		if !ok {
			return "[" + strings.Join(t.Options, ", ") + "]"
		}
		for _, e := range list {
			if s, ok := e.(string); !ok || !in(s) {
				return strings.Join(t.Options, " / ")
			}
		}
	}
	return ""
}
