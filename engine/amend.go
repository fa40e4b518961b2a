package engine

import (
	"maps"
	"slices"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// NoticeTerminated tells the applicant that his case is terminated, and why (终止办理告知书).
const NoticeTerminated NoticeKind = "terminated"

// Changed answers (rule 3.10), departments added and dropped, withdrawal and
// termination (rule 3.11).

// revision is what changed answers, form and papers come to.
type revision struct {
	answers map[string]any // all answers, nil when unchanged
	form    map[string]any // the whole form, nil when unchanged
	papers  []PaperState   // those that changed
	taken   []PaperState   // all papers, with those handed in
	changed []string       // papers, form.x and questions that have another value now
}

// AddedStep is an opinion the lead asked of a further party.
type AddedStep struct {
	Block string          `json:"block"`
	Party string          `json:"party"`
	Name  string          `json:"name"`
	Reads []string        `json:"reads"`
	Time  calendar.Period `json:"time"`
}

// revise evaluates changed answers, form values and papers as at filing. Papers
// newly asked for come with the act, or the act is refused (3.10.2). before says
// that the case is not accepted yet: nothing is settled about its papers.
func (d *decider) revise(a *Args, before bool) (revision, *Rejection) {
	return d.revised(a, before, false)
}

// revised is revise; told says that what is newly asked for and does not come can
// still be told in the one notice.
func (d *decider) revised(a *Args, before, told bool) (revision, *Rejection) {
	var r revision
	after := &decider{r: d.r, under: d.under, s: d.s.clone(), now: d.now, by: d.by}
	if len(a.Form) > 0 {
		form := maps.Clone(d.s.Form)
		if form == nil {
			form = map[string]any{}
		}
		for _, k := range slices.Sorted(maps.Keys(a.Form)) {
			if encode(form[k]) != encode(a.Form[k]) {
				r.changed = append(r.changed, "form."+k)
			}
			form[k] = a.Form[k]
		}
		r.form, after.s.Form = form, form
	}
	if len(a.Answers) > 0 || r.form != nil {
		answers, rej := d.reanswer(a.Answers, after.s.Form)
		if rej != nil {
			return r, rej
		}
		for _, q := range d.r.Plan.Questions {
			if encode(d.s.Answers[q.ID]) != encode(answers[q.ID]) {
				r.changed = append(r.changed, q.ID)
			}
		}
		r.answers, after.s.Answers = answers, answers
	}
	if rej := d.bound(after); rej != nil {
		return r, rej
	}
	papers := after.reask(d.s.Papers, before)
	taken, rej := after.take(papers, a.Papers)
	if rej != nil {
		return r, rej
	}
	r.taken = taken
	for i, p := range taken {
		old := d.s.Papers[i]
		if !told && p.Status == PaperMissing && (old.Status == PaperAbsent || old.Status == PaperPromised) {
			return r, reject(BadPaper, "改变情形后需要材料“"+p.ID+"”，须一并提交", "the changed answers ask for paper "+p.ID+"; it must come with them").
				want(p.ID, "none").at("papers." + p.ID)
		}
		if p.Status != old.Status || p.Hash != old.Hash {
			r.papers = append(r.papers, p)
			r.changed = append(r.changed, p.ID)
		}
	}
	return r, nil
}

// reanswer merges changed answers into the given ones and evaluates all anew;
// answers to questions that are not asked any more fall away.
func (d *decider) reanswer(changes, form map[string]any) (map[string]any, *Rejection) {
	day := calendar.DateOf(d.s.ReceivedAt)
	merged := map[string]any{}
	for _, q := range d.r.Plan.Questions {
		if v, ok := d.s.Answers[q.ID]; ok && q.IsP == nil {
			merged[q.ID] = v
		}
	}
	maps.Copy(merged, changes)
	env := d.r.filingEnv(merged, form, d.s.Region, d.s.Channel, day)
	for _, q := range d.r.Plan.Questions {
		if _, mine := changes[q.ID]; q.IsP == nil && !mine && q.WhenP != nil && !q.WhenP.Bool(env) {
			delete(merged, q.ID)
		}
	}
	return d.r.answers(merged, form, d.s.Region, d.s.Channel, day)
}

// reask evaluates again which papers the case asks for.
func (d *decider) reask(have []PaperState, before bool) []PaperState {
	papers := slices.Clone(have)
	env := d.filed()
	for i := range papers {
		p := d.r.Plan.Paper(papers[i].ID)
		asked := p.WhenP == nil || p.WhenP.Bool(env)
		switch {
		case !asked:
			papers[i].Status = PaperAbsent
		case d.promisedNow(p.ID) && papers[i].Hash == "":
			papers[i].Status = PaperPromised
		case papers[i].Status == PaperPromised:
			papers[i].Status = PaperMissing
		case papers[i].Status == PaperAbsent && papers[i].Hash != "":
			papers[i].Status = PaperPresent // it was handed in before
		case papers[i].Status == PaperAbsent || papers[i].Status == PaperMissing && before:
			papers[i].Status = PaperMissing
			if p.Giver != nil && d.st(p.Giver).Status != Ended && d.maybePresent(p.Giver, env) {
				papers[i].Status = PaperAwaited
			}
		case papers[i].Status == PaperAwaited && before && !d.maybePresent(p.Giver, env):
			papers[i].Status = PaperMissing
		}
	}
	return papers
}

func judgeAmend(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := d.leads(cmd.By); rej != nil {
		return nil, rej
	}
	switch {
	case d.s.AcceptedOn == nil:
		return nil, reject(WrongAct, "受理前由申请人在补正时更改", "before acceptance answers are changed with the answer to the notice").want("an accepted case", string(d.s.Status))
	case d.s.Outcome != "":
		return nil, reject(TooLate, "结果已确定，不能再更改情形", "the outcome is fixed; nothing can be amended").want("no outcome", string(d.s.Outcome))
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	a := &cmd.Args
	if len(a.Answers)+len(a.Form)+len(a.Papers) == 0 {
		return nil, reject(BadData, "须指明更改的内容", "name what changes").want("answers, form or papers", "none").at("answers")
	}
	r, rej := d.revise(a, false)
	if rej != nil {
		return nil, rej
	}
	if len(r.changed) == 0 {
		return nil, reject(BadData, "没有任何变化", "nothing would change").at("answers")
	}
	if rej := d.unreachable(r); rej != nil {
		return nil, rej
	}
	if r.answers == nil {
		r.answers = d.s.Answers
	}
	return func() { d.amended(r, a.Reason) }, nil
}

// unreachable refuses an amendment that would need a mandatory decide in a
// place the process has passed (3.10.4).
func (d *decider) unreachable(r revision) *Rejection {
	after := &decider{r: d.r, under: d.under, s: d.s.clone(), now: d.now, by: d.by}
	if r.answers != nil {
		after.s.Answers = r.answers
	}
	if r.form != nil {
		after.s.Form = r.form
	}
	for _, n := range d.r.Plan.Nodes {
		if n.Decide == nil || d.st(n).Status != Absent || d.optional(n, &definition.Node{Step: &definition.Step{}}) || !after.wouldOpen(n) {
			continue
		}
		top := n // the outermost absent step around it is the place in question
		for top.Parent.Parent != nil && d.st(top.Parent).Status == Absent {
			top = top.Parent
		}
		if top.Parent.Kind == definition.KindParallel && d.st(top.Parent).Status == Open && d.st(top).Why != "dropped" {
			continue
		}
		return reject(NewApplication, "更改后须办“"+n.ID+"”，但该处流程已过，须另行申请", "the change would need "+n.ID+", which the process has passed; a new application is needed").
			want("no new mandatory decision", n.ID).at(n.ID)
	}
	return nil
}

// represent evaluates the conditions of steps in open groups again (3.10.3).
func (d *decider) represent() {
	env := d.env()
	for _, n := range d.r.Plan.Nodes {
		if n.WhenP == nil || n.Parent == nil || n.Parent.Parent != nil && d.st(n.Parent).Status != Open {
			continue
		}
		st := d.st(n)
		holds := n.WhenP.Bool(env)
		switch {
		case st.Status == Absent && st.Why != "dropped" && holds && n.Parent.Kind == definition.KindParallel:
			d.emit(StepsAwaited{Steps: d.inside(n), Why: "amended"})
		case st.Status == Open && !holds && !st.Forced && !d.signedInside(n):
			d.emit(StepAbsent{Steps: d.inside(n), Why: "amended", Values: d.values(n.WhenP, env)})
		}
	}
}

func (d *decider) signedInside(n *definition.Node) bool {
	return slices.ContainsFunc(d.inside(n), func(id string) bool {
		st := d.s.Step(id)
		return st.Verdict != nil && (st.End.Granted() || st.End == EndDeny)
	})
}

func judgeDrop(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := d.leads(cmd.By); rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, cmd.Step)
	if n == nil {
		return nil, reject(BadData, "须指明环节", "name the step").want("step", "none").at("step")
	}
	st := d.st(n)
	ok := n.Kind == definition.KindReview || n.Decide != nil && n.Optional && n.Branch()
	if n.Kind == definition.KindVisit {
		ok = !slices.ContainsFunc(d.needers(n), func(m *definition.Node) bool { return m.Decide != nil })
	}
	switch {
	case !ok:
		return nil, reject(WrongAct, "只能去掉征求意见的环节、可选的决定分支或没有决定需要的踏勘", "only an opinion, an optional decide branch, or a visit that no decision needs can be dropped").
			want("review, optional decide branch, or a visit no decide needs", string(n.Kind)).at(n.ID)
	case st.Status == Ended || st.Status == Absent:
		return nil, reject(NotOpen, "该环节已结束或不在本案中", "the step has ended or is not part of the case").want("open or waiting", string(st.Status)+suffix(st.End)).at(n.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	return func() {
		d.emit(StepDropped{Steps: []string{n.ID}, Reason: cmd.Args.Reason})
		d.tellAll("dropped."+n.ID, n.ID, cmd.Args.Reason)
	}, nil
}

// tellAll tells every party with a step in the case (3.11.1, 3.11.2). Whose turn has not come is told only where
// it may come: nobody hears of a case that does not concern him (个人信息保护法第三十四条).
func (d *decider) tellAll(id, step, text string) {
	told := []string{}
	env := d.filed()
	for _, n := range d.nodes() {
		if n.By == "" || d.st(n).Status == Absent && n.ID != step || slices.Contains(told, n.By) {
			continue
		}
		if d.s.since(12) && d.st(n).Status == Waiting && n.ID != step && !d.maybePresent(n, env) {
			continue
		}
		told = append(told, n.By)
		d.emit(PartyTold{Notice: Notice{ID: id + "." + n.By + "." + itoa(int(d.s.Seq)), Kind: NoticeChange, To: n.By, Step: step, At: d.now, Text: text}})
	}
}

func judgeAdd(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := d.leads(cmd.By); rej != nil {
		return nil, rej
	}
	a := &cmd.Args
	if a.Branch != "" {
		return d.addBranch(cmd)
	}
	g := d.r.node(d.s, cmd.Step)
	if g == nil || g.Kind != definition.KindParallel {
		return nil, reject(BadData, "须指明并联环节", "name the parallel block").want("step: a parallel block", cmp0(cmd.Step, "none")).at("step")
	}
	if s := d.st(g).Status; s != Open {
		return nil, reject(NotOpen, "该并联环节未开启或已结束", "the block is not open").want("open", string(s)).at(g.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	org := cmp0(a.Org, d.s.Org(a.Party))
	switch {
	case org == "":
		return nil, reject(BadData, "须指明征求意见的单位", "name the party or organisation to be asked").want("party or org", cmp0(a.Party, "none")).at("party")
	case a.Time.Check() != nil:
		return nil, reject(BadData, "须给出期限", "a time limit is needed").want("time, as 3wd", a.Time.String()).at("time")
	}
	for _, id := range a.Reads {
		if d.s.Paper(id) == nil && !d.given(id) && d.s.Step(id) == nil && !strings.HasPrefix(id, "form.") {
			return nil, reject(BadData, "没有材料“"+id+"”", "there is no paper, output or step "+id).at("reads." + id)
		}
	}
	count := 1
	for i := range d.s.Steps {
		if x := d.s.Steps[i].Added; x != nil && x.Block == g.ID {
			count++
		}
	}
	id := g.ID + "+" + itoa(count)
	added := AddedStep{Block: g.ID, Party: cmp0(a.Party, org), Name: cmp0(a.Name, "征求意见"), Reads: a.Reads, Time: a.Time}
	return func() {
		d.emit(OpinionAdded{Step: id, Added: added, Org: org, Reason: a.Reason})
		d.tellAll("added."+id, id, a.Reason)
	}, nil
}

func (d *decider) addBranch(cmd *Command) (func(), *Rejection) {
	n := d.r.Plan.Node(cmd.Args.Branch)
	if n == nil || !n.Branch() {
		return nil, reject(NotFound, "没有分支“"+cmd.Args.Branch+"”", "there is no branch "+cmd.Args.Branch).at("branch")
	}
	switch {
	case d.st(n).Status != Absent:
		return nil, reject(NotOpen, "该分支已在本案中", "the branch is already part of the case").want("absent", string(d.st(n).Status)).at("branch")
	case d.st(n.Parent).Status != Open:
		return nil, reject(NotOpen, "并联环节未开启或已结束", "the block is not open").want("open", string(d.st(n.Parent).Status)).at(n.Parent.ID)
	case d.s.Outcome != "" && d.decides(n) > 0:
		return nil, reject(TooLate, "结果已确定，不能再增加决定", "the outcome is fixed; no decision can be added").want("no outcome", string(d.s.Outcome)).at("branch")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	return func() {
		d.emit(StepsAwaited{Steps: d.inside(n), Why: "added", Reason: cmd.Args.Reason})
		d.tellAll("added."+n.ID, n.ID, cmd.Args.Reason)
	}, nil
}

func judgeWithdraw(d *decider, cmd *Command) (func(), *Rejection) {
	if !d.atDesk(cmd.By) {
		party, _ := d.desk()
		return nil, reject(NotAllowed, "只有申请人可以撤回申请（可由窗口代为登记）", "only the applicant may withdraw, or the window for him").
			want("applicant, or "+party+"."+d.deskRole(party), cmd.By.String())
	}
	if d.s.Outcome != "" {
		return nil, reject(TooLate, "结果已确定，不能再撤回", "the outcome is fixed; the case cannot be withdrawn").want("no outcome", string(d.s.Outcome))
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	branch := cmp0(cmd.Args.Branch, cmd.Step)
	if branch == "" {
		return func() { d.emit(CaseWithdrawn{Steps: d.unfinished(), Reason: cmd.Args.Reason}) }, nil
	}
	n := d.r.node(d.s, branch)
	if n == nil {
		return nil, reject(NotFound, "没有分支“"+branch+"”", "there is no branch "+branch).at("branch")
	}
	switch s := d.st(n).Status; {
	case !n.Branch() || d.decides(n) == 0:
		return nil, reject(WrongAct, "只能撤回含有决定的分支", "only a branch with a decision can be withdrawn").want("a branch with a decide", string(n.Kind)).at(n.ID)
	case d.signedInside(n):
		return nil, reject(Signed, "该分支已作出决定，不能撤回", "the branch is decided; it cannot be withdrawn").at(n.ID).under("8")
	case s != Open && s != Waiting:
		return nil, reject(NotOpen, "该分支已结束或不在本案中", "the branch has ended or is not part of the case").want("open or waiting", string(s)).at(n.ID)
	}
	return func() {
		d.emit(CaseWithdrawn{Branch: n.ID, Steps: d.openInside(n), Reason: cmd.Args.Reason})
	}, nil
}

// decides counts the decide steps of a branch.
func (d *decider) decides(n *definition.Node) int {
	count := 0
	for _, id := range d.inside(n) {
		if m := d.r.Plan.Node(id); m != nil && m.Decide != nil {
			count++
		}
	}
	return count
}

// unfinished lists what a withdrawal of the case ends: everything open or
// waiting but the issue steps, which still hand out what was signed (3.11.3).
func (d *decider) unfinished() []string {
	return slices.DeleteFunc(d.openInside(d.r.Plan.Root), func(id string) bool {
		n := d.r.node(d.s, id)
		return n.Kind == definition.KindIssue
	})
}

func judgeTerminate(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := d.leads(cmd.By); rej != nil {
		return nil, rej
	}
	if d.s.Outcome != "" {
		return nil, reject(TooLate, "结果已确定，不能再终止", "the outcome is fixed; the case cannot be terminated").want("no outcome", string(d.s.Outcome))
	}
	if g := cmd.Args.Ground; !slices.Contains([]string{"lapse", "death", "dissolution"}, g) {
		return nil, reject(BadData, "终止的事由不对", "unknown ground of termination").want("lapse, death, dissolution", cmp0(g, "none")).at("ground")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	return func() {
		id := "terminated." + itoa(int(d.s.Seq))
		d.tellAll(id, "", cmd.Args.Reason)
		d.emit(CaseWithdrawn{Steps: d.unfinished(), Ground: cmd.Args.Ground, Reason: cmd.Args.Reason})
		d.emit(PartyTold{Notice: Notice{ID: id, Kind: NoticeTerminated, To: applicant, At: d.now, Text: cmd.Args.Reason}})
	}, nil
}
