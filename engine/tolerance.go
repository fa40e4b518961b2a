package engine

import (
	"slices"
	"strings"

	"lianban/engine/definition"
)

// Papers that are not there and may be: deferred ones (容缺后补, 3.7.10), letters
// that stand in for a while (以函代证), all of them where the act came first
// (先办后补), and those a signed promise replaces (告知承诺; promise.go).
//
//	file: defer ──▶ deferred ──────────────┐ accept: a notice lists them,
//	file: letter ─▶ letter                 │ a duty each
//	act first ────▶ deferred               ▼
//	                             duty: fulfil with the paper ──▶ present
//	                               │ late: mark    the gate stays shut
//	                               │ late: lapse   the gate's step lapses
//	                               ▼ late: revoke  what was granted meanwhile is in question

// Papers that are not there as themselves.
const (
	PaperDeferred PaperStatus = "deferred" // follows after acceptance, a duty each
	PaperLetter   PaperStatus = "letter"   // a letter stands in
	PaperPromised PaperStatus = "promised" // replaced by a signed promise
)

// The engine's own duties about papers.
const (
	DutyDeferred DutyKind = "deferred"  // a deferred paper
	DutyLetter   DutyKind = "letter"    // the paper a letter stands in for
	DutyActFirst DutyKind = "act-first" // a formality of what was done before
)

// NoticeTolerance lists the papers that follow, each with its day; NoticeLapsed
// tells that a step has lapsed because one did not come.
const (
	NoticeTolerance NoticeKind = "tolerance" // 容缺受理通知书
	NoticeLapsed    NoticeKind = "lapsed"    // 逾期未补交告知书
)

// EndGrantTolerant is a grant while a deferred paper the step reads is still due.
const EndGrantTolerant End = "grant-tolerant"

// GrantedTolerant: everything was granted, something while papers were still due.
const GrantedTolerant Outcome = "granted-tolerant"

// Granted says whether an end is a grant, tolerant ones included.
func (e End) Granted() bool { return e == EndGrant || e == EndGrantTolerant }

var paperBodies = []newBody{body[PapersSupplied]()}

// PapersSupplied records papers that follow after acceptance; their duties are met.
type PapersSupplied struct {
	Papers []PaperState `json:"papers"`
	Duties []string     `json:"duties"`
}

// Type names the event in the log.
func (PapersSupplied) Type() string { return "PapersSupplied" }

func (b PapersSupplied) apply(s *State, e *Event) {
	s.putPapers(b.Papers)
	for _, id := range b.Duties {
		DutySettled{Duty: id, Status: DutyMet, Task: string(TaskDuty) + "." + id}.apply(s, e)
	}
}

// OnPaper says whether a duty is met by a paper.
func (t *DutyState) OnPaper() bool {
	return t.Kind == DutyDeferred || t.Kind == DutyLetter || t.Kind == DutyActFirst
}

// tolerate puts off the papers the applicant asks to bring later, and all that
// are missing where the act came first.
func (d *decider) tolerate(papers []PaperState, a *Args) ([]PaperState, bool, *Rejection) {
	for nth, id := range a.Defer {
		i := slices.IndexFunc(papers, func(p PaperState) bool { return p.ID == id })
		where := "defer." + id
		switch {
		case i < 0:
			return nil, false, reject(BadPaper, "办事指南中没有材料“"+id+"”", "the guide has no paper "+id).at(where)
		case slices.Contains(a.Defer[:nth], id):
			return nil, false, reject(BadPaper, "材料“"+id+"”重复", "paper "+id+" comes twice").at(where)
		case d.r.Plan.Paper(id).Defer == nil:
			return nil, false, reject(BadPaper, "材料“"+id+"”不属于可容缺的材料", "paper "+id+" cannot be deferred").want("a paper with defer", id).at(where)
		case papers[i].Status != PaperMissing:
			return nil, false, reject(BadPaper, "材料“"+id+"”不缺，不需容缺", "paper "+id+" is not missing").want("missing", string(papers[i].Status)).at(where)
		case a.BadCredit != nil:
			return nil, false, reject(NotAllowed, "信用不良的申请人在信用修复前不适用容缺受理", "an applicant with bad credit is excluded from tolerance until it is repaired").
				want("no bad credit", "bad credit").at(where)
		}
		papers[i].Status = PaperDeferred
	}
	first := d.actsFirst()
	for i := range papers {
		if first && papers[i].Status == PaperMissing {
			papers[i].Status = PaperDeferred
		}
	}
	return papers, first, nil
}

// deferred opens the duties of papers that follow, and lists them in the notice
// of acceptance (3.7.10).
func (d *decider) deferred() {
	var lines []NamedLine
	first := d.s.Flag("act-first")
	for i := range d.s.Papers {
		p := d.s.Papers[i]
		m := d.r.Plan.Paper(p.ID)
		t := DutyState{Name: m.Name, By: applicant, About: p.ID, Late: lateMark}
		within := term{start: d.acceptance(), from: "acceptance"}
		switch {
		case p.Status == PaperDeferred && !first:
			t.ID, t.Kind, t.Before, t.Late, within.period = "defer."+p.ID, DutyDeferred, m.Defer.Before, m.Defer.Late, m.Defer.Time
		case p.Status == PaperDeferred:
			f := d.r.Plan.Def.ActFirst
			t.ID, t.Kind, t.Before, within.period, within.start, within.from = "defer."+p.ID, DutyActFirst, "closing", f.Time, d.startOf(f.From), f.From
		case p.Status == PaperLetter && m.Letter.Before != "":
			t.ID, t.Kind, t.Before, within.period, within.start, within.from = "letter."+p.ID, DutyLetter, m.Letter.Before, m.Letter.Time, p.At, "receipt"
			within.until = d.bears(&p)
		default:
			continue
		}
		id := d.openDuty(t, &within)
		lines = append(lines, follows(p.ID, d.s.Clock(dutyClock(id)).Day))
	}
	if len(lines) > 0 {
		d.emit(PartyTold{Notice: Notice{ID: string(NoticeTolerance), Kind: NoticeTolerance, To: applicant, At: d.now, Lines: lines}})
	}
}

// owedPapers are the duties about papers a step reads.
func (d *decider) owedPapers(n *definition.Node) []*DutyState {
	var owed []*DutyState
	for i := range d.s.Duties {
		if t := &d.s.Duties[i]; t.OnPaper() && slices.Contains(n.Reads, t.About) {
			owed = append(owed, t)
		}
	}
	return owed
}

// tolerating says whether a grant of a step would be one while a deferred paper it
// reads is still due (3.3.1).
func (d *decider) tolerating(n *definition.Node) bool {
	return slices.ContainsFunc(d.owedPapers(n), func(t *DutyState) bool { return t.Kind != DutyLetter && t.Owed() })
}

// patience refuses a grant on papers whose time is over: tolerance has its day, and
// so has a letter. What was done first is judged on its merits, its papers are owed.
func (d *decider) patience(n *definition.Node) *Rejection {
	for _, t := range d.owedPapers(n) {
		c := d.s.Clock(dutyClock(t.ID))
		if t.Kind != DutyActFirst && (t.Status == DutyFailed || t.Owed() && c != nil && c.Overdue) {
			return reject(GateShut, "材料“"+t.About+"”逾期未补交，不能准予", "paper "+t.About+" has not followed in time; the step cannot grant").
				want(t.About+" present", string(d.s.Paper(t.About).Status)).at("papers." + t.About)
		}
	}
	for _, id := range n.Reads {
		if p := d.s.Paper(id); p != nil && p.Status == PaperLetter && d.over(p) {
			return reject(GateShut, "代替“"+id+"”的函已过有效期", "the letter in lieu of "+id+" has run out").want("until "+p.Until.String(), on(d.now).String()).at("papers." + id)
		}
	}
	return nil
}

// paperLate is what happens when a paper has not followed in time.
func (d *decider) paperLate(t *DutyState) {
	switch t.Late {
	case lateLapse:
		gate := d.r.Plan.Node(t.Before)
		steps := d.openInside(gate)
		if len(steps) == 0 {
			return
		}
		d.emit(DutySettled{Duty: t.ID, Status: DutyFailed, Reason: "late"})
		d.emit(StepsClosed{Steps: steps, End: EndLapsed, Why: "defer:" + t.About})
		d.emit(PartyTold{Notice: Notice{ID: string(NoticeLapsed) + "." + t.ID, Kind: NoticeLapsed, To: applicant, Step: gate.ID, At: d.now, Text: t.About}})
	case lateRevoke:
		for _, n := range d.r.Plan.Nodes {
			if n.Decide == nil || d.st(n).End != EndGrantTolerant || !slices.Contains(n.Reads, t.About) {
				continue
			}
			for _, o := range n.Decide.Gives {
				d.openAnnulment(o.ID, t.ID, "late", "")
			}
		}
	}
}

// moot drops the duties about papers nobody can use any more: no step that reads
// the paper or waits for it is still to come, and none has granted on tolerance.
func (d *decider) moot() {
	if d.s.AcceptedOn == nil {
		return
	}
	for i := range d.s.Duties {
		t := &d.s.Duties[i]
		if !t.Owed() || !t.OnPaper() {
			continue
		}
		if d.s.Paper(t.About).Status == PaperAbsent { // by changed answers the case does not ask for it any more
			d.emit(DutySettled{Duty: t.ID, Status: DutyDropped, Reason: "not needed"})
			continue
		}
		if t.Kind == DutyActFirst && d.s.Outcome == "" {
			continue
		}
		needed := slices.ContainsFunc(d.nodes(), func(n *definition.Node) bool {
			st := d.st(n)
			reads := slices.Contains(n.Reads, t.About)
			user := reads || n.ID == t.Before || slices.ContainsFunc(n.Needs, func(x definition.Need) bool { return x.ID == t.About })
			return user && (st.Status == Open || st.Status == Waiting) || reads && st.End == EndGrantTolerant
		})
		if !needed && (t.Kind != DutyActFirst || !d.s.Outcome.decided() || d.s.Outcome == Denied) {
			d.emit(DutySettled{Duty: t.ID, Status: DutyDropped, Reason: "not needed"})
		}
	}
}

// supply takes papers that follow, at any time after acceptance, and new letters in
// the place of those that stand in; the time of arrival counts.
func (d *decider) supply(cmd *Command) (func(), *Rejection) {
	if !d.atDesk(cmd.By) {
		party, _ := d.desk()
		return nil, reject(NotAllowed, "只有申请人可以补交材料（可由窗口代为登记）", "only the applicant may bring papers, or the window for him").
			want("applicant, or "+party+"."+d.deskRole(party), cmd.By.String())
	}
	e := PapersSupplied{}
	for _, p := range cmd.Args.Papers {
		i := slices.IndexFunc(d.s.Duties, func(t DutyState) bool {
			return t.OnPaper() && t.Owed() && t.About == p.ID && (cmd.Args.Duty == "" || t.ID == cmd.Args.Duty)
		})
		switch {
		case i < 0 && !(p.Letter && d.standsIn(p.ID)):
			return nil, reject(NotOpen, "材料“"+p.ID+"”不在待补交之列", "paper "+p.ID+" is not one that is to follow").want("a paper that is to follow", p.ID).at("papers." + p.ID)
		case p.Letter:
			if rej := d.renewed(&p); rej != nil {
				return nil, rej
			}
			continue // the duty stays: the paper itself is still to follow
		}
		e.Duties = append(e.Duties, d.s.Duties[i].ID)
	}
	taken, rej := d.take(slices.Clone(d.s.Papers), cmd.Args.Papers)
	if rej != nil {
		return nil, rej
	}
	var changed []string
	for i, p := range taken {
		if p.Hash != d.s.Papers[i].Hash {
			e.Papers, changed = append(e.Papers, p), append(changed, p.ID)
		}
	}
	return func() {
		d.emit(e)
		d.renew(e.Papers)
		d.retell(changed)
	}, nil
}

// worth checks what a paper handed in must have: as many copies as the guide
// says, and the signature of everybody it names (one each).
func (d *decider) worth(p *PaperIn) *Rejection {
	m := d.r.Plan.Paper(p.ID)
	where := "papers." + p.ID
	if p.Letter && m.Letter == nil {
		return reject(BadPaper, "材料“"+p.ID+"”不能以函代替", "no letter may stand in for paper "+p.ID).want("the paper", "a letter").at(where)
	}
	if p.Letter || p.Source != "" && p.Source != applicant { // a source gives what it has
		return nil
	}
	if m.Count > 1 && p.Copies < m.Count {
		return reject(BadPaper, "材料“"+p.ID+"”须交"+itoa(m.Count)+"份", "paper "+p.ID+" is needed "+itoa(m.Count)+" times").want("copies: "+itoa(m.Count), itoa(max(1, p.Copies))).at(where)
	}
	var missing []string
	for _, path := range m.SignedBy {
		for _, who := range d.signers(path) {
			if who != applicant && !slices.Contains(p.SignedBy, who) {
				missing = append(missing, who)
			}
		}
	}
	if len(missing) > 0 {
		return reject(BadPaper, "材料“"+p.ID+"”缺少签名", "paper "+p.ID+" lacks signatures").want("signed by "+strings.Join(missing, ", "), cmp0(strings.Join(p.SignedBy, ", "), "none")).at(where)
	}
	return nil
}

// signers are the persons a form path names: itself, or one each of a list.
func (d *decider) signers(path string) []string {
	if path == applicant {
		return []string{applicant}
	}
	list, ok := lookup(&definition.Env{Form: d.s.Form}, path).([]any)
	if !ok {
		return []string{path}
	}
	who := make([]string, len(list))
	for i := range list {
		who[i] = path + "." + itoa(i)
	}
	return who
}

// uncompared lists the copies whose originals have not been looked at.
func (d *decider) uncompared() []string {
	var ids []string
	for i := range d.s.Papers {
		p := &d.s.Papers[i]
		if p.Status == PaperPresent && p.Source == applicant && p.Compared.IsZero() && d.r.Plan.Paper(p.ID).Form == "copy" {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// originals refuses to go on while copies have not been compared with their originals, where an act needs them, and
// anything that is no such copy. Before version 9 an act that needs none took whatever was named.
func (d *decider) originals(compared []string, needed bool) *Rejection {
	if !needed && !d.s.since(9) {
		return nil
	}
	left := d.uncompared()
	for _, id := range compared {
		if !slices.Contains(left, id) {
			return reject(BadData, "材料“"+id+"”不需核对原件", "paper "+id+" is no copy to be compared").want(cmp0(strings.Join(left, ", "), "nothing"), id).at("originals." + id)
		}
	}
	for _, id := range left {
		if needed && !slices.Contains(compared, id) {
			return reject(GateShut, "材料“"+id+"”须核对原件", "the original of paper "+id+" must be compared").want("originals: "+strings.Join(left, ", "), cmp0(strings.Join(compared, ", "), "none")).at("originals." + id)
		}
	}
	return nil
}

// compare notes that originals were looked at.
func (s *State) compare(ids []string, e *Event) {
	if len(ids) == 0 {
		return
	}
	s.Papers = slices.Clone(s.Papers)
	for _, id := range ids {
		if p := s.Paper(id); p != nil {
			p.Compared, p.CheckedBy = e.At, e.By.ID
			if p.Grade != GradeA {
				p.Grade = GradeB
			}
		}
	}
}
