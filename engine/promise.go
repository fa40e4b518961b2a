package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
)

// Informed promises (告知承诺): the applicant's choice by his answers, signed at
// filing, instead of papers. Until the decision he may take it back, which is a
// changed answer; the check afterwards is a duty, and failing it puts the output
// in question. Also what is recorded of who files: bad credit, which excludes from
// promises and tolerance, and an agent's authorisation.

// PromiseIn is a signed promise handed in at filing.
type PromiseIn struct {
	ID   string `json:"id"`
	Hash string `json:"hash"` // hex SHA-256 of the signed document
}

// PromiseState is a promise in this case.
type PromiseState struct {
	ID        string `json:"id"`
	Step      string `json:"step"` // what is granted on it
	Hash      string `json:"hash"`
	Text      string `json:"text"` // the document that was signed
	Retracted bool   `json:"retracted,omitempty"`
}

// Credit is the desk's mark that the applicant's credit is bad, with what proves it.
type Credit struct {
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence"`
}

// Agent is who files on the applicant's behalf, until when, and the authorisation.
type Agent struct {
	Name     string        `json:"name"`
	ID       string        `json:"id,omitempty"` // identity number
	Until    calendar.Date `json:"until"`
	Evidence Evidence      `json:"evidence"`
}

// Retract takes a promise back.
const Retract Act = "retract"

var (
	promiseActs   = []Act{Retract}
	promiseJudges = map[Act]judge{Retract: judgeRetract}
	promiseBodies = []newBody{body[PromiseRetracted]()}
)

// PromiseRetracted takes a promise back; the ordinary way is gone.
type PromiseRetracted struct {
	Promise string `json:"promise"`
}

// Type names the event in the log.
func (PromiseRetracted) Type() string { return "PromiseRetracted" }

func (b PromiseRetracted) apply(s *State, _ *Event) {
	s.Promises = slices.Clone(s.Promises)
	for i := range s.Promises {
		if s.Promises[i].ID == b.Promise {
			s.Promises[i].Retracted = true
		}
	}
}

// promiseRows lists the promises of the dossier.
func promiseRows(_ *Rules, s *State) []DossierRow {
	rows := make([]DossierRow, 0, len(s.Promises))
	for i := range s.Promises {
		p := s.Promises[i]
		row := DossierRow{Kind: DossierPromise, ID: p.ID, Step: p.Step, Status: "given", At: s.ReceivedAt, Promise: &p}
		if st := s.Step(p.Step); st != nil {
			row.Org = st.Org
		}
		if p.Retracted {
			row.Status = "retracted"
		}
		rows = append(rows, row)
	}
	return rows
}

// Promises lists the commitments a filing with these answers chooses, without
// filing it: each must come signed. Fields of args as in Checklist.
func Promises(r *Rules, args Args, at time.Time) []string {
	channel := cmp0(args.Channel, "window")
	answers, rej := r.answers(args.Answers, args.Form, args.Region, channel, calendar.DateOf(at))
	if rej != nil {
		return nil
	}
	d := &decider{r: r, s: &State{Region: args.Region, Channel: channel, ReceivedAt: instant(at), Answers: answers, Form: args.Form}}
	var ids []string
	for i := range r.Plan.Commitments {
		if k := &r.Plan.Commitments[i]; k.WhenP.Bool(d.filed()) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// Whole gives a paper as many copies and the signatures the guide asks for.
func Whole(r *Rules, form map[string]any, p PaperIn) PaperIn {
	m := r.Plan.Paper(p.ID)
	if m == nil {
		return p
	}
	d := &decider{r: r, s: &State{Form: form}}
	if m.Count > 1 {
		p.Copies = m.Count
	}
	for _, path := range m.SignedBy {
		for _, who := range d.signers(path) {
			if who != applicant {
				p.SignedBy = append(p.SignedBy, who)
			}
		}
	}
	return p
}

// promisedNow says whether a commitment the answers choose replaces a paper.
func (d *decider) promisedNow(paper string) bool {
	for i := range d.r.Plan.Commitments {
		if k := &d.r.Plan.Commitments[i]; slices.Contains(k.Replaces, paper) && k.WhenP.Bool(d.filed()) {
			return true
		}
	}
	return false
}

// promises takes the signed promises of a filing: one for each commitment the
// answers choose, none besides.
func (d *decider) promises(a *Args) ([]PromiseState, *Rejection) {
	var signed []PromiseState
	for i := range d.r.Plan.Commitments {
		k := &d.r.Plan.Commitments[i]
		if !k.WhenP.Bool(d.filed()) {
			continue
		}
		where := "promises." + k.ID
		j := slices.IndexFunc(a.Promises, func(p PromiseIn) bool { return p.ID == k.ID })
		switch {
		case a.BadCredit != nil:
			return nil, reject(NotAllowed, "信用不良的申请人在信用修复前不适用告知承诺", "an applicant with bad credit is excluded from promises until it is repaired").
				want("no bad credit", "bad credit").at(where)
		case j < 0 || !digest(a.Promises[j].Hash):
			return nil, reject(BadPaper, "选择告知承诺的，须签署“"+k.Text+"”", "the promise must be signed: "+k.Text).want("the signed "+k.Text, "none").at(where)
		}
		signed = append(signed, PromiseState{ID: k.ID, Step: k.Step, Hash: a.Promises[j].Hash, Text: k.Text})
	}
	for i, p := range a.Promises {
		if !slices.ContainsFunc(signed, func(s PromiseState) bool { return s.ID == p.ID }) {
			return nil, reject(BadPaper, "按所作回答没有选择承诺“"+p.ID+"”", "the answers do not choose the promise "+p.ID).at("promises." + p.ID)
		}
		if slices.ContainsFunc(a.Promises[:i], func(q PromiseIn) bool { return q.ID == p.ID }) {
			return nil, reject(BadPaper, "承诺“"+p.ID+"”重复", "promise "+p.ID+" comes twice").at("promises." + p.ID)
		}
	}
	return signed, nil
}

// filer checks what is recorded of who files.
func (d *decider) filer(cmd *Command) *Rejection {
	a := &cmd.Args
	if c := a.BadCredit; c != nil {
		switch {
		case cmd.By.Kind != Person:
			return reject(NotAllowed, "信用状况由窗口登记", "credit is recorded by the desk").want("the desk", cmd.By.String()).at("badCredit")
		case strings.TrimSpace(c.Reason) == "" || len(c.Evidence) == 0:
			return reject(BadData, "信用不良须写明事由并附凭证", "bad credit needs its reason and evidence").want("reason and evidence", "none").at("badCredit")
		}
		if rej := proofs(c.Evidence); rej != nil {
			return rej
		}
	}
	if g := a.Agent; g != nil {
		switch {
		case !d.r.Plan.Def.Item.Agents:
			return reject(NotAllowed, "本事项不得代办", "this item is not filed on behalf").want("the applicant", "an agent").at("agent")
		case strings.TrimSpace(g.Name) == "" || !digest(g.Evidence.Hash):
			return reject(BadData, "代办须登记代办人和授权委托书", "an agent needs a name and the authorisation").want("name and evidence", "none").at("agent")
		case g.Until < calendar.DateOf(d.now):
			return reject(BadData, "授权委托已过期", "the authorisation has run out").want("until today or later", g.Until.String()).at("agent.until")
		}
	}
	return nil
}

// bound refuses answers that would newly choose a promise: it is signed at filing.
func (d *decider) bound(after *decider) *Rejection {
	for i := range d.r.Plan.Commitments {
		k := &d.r.Plan.Commitments[i]
		if k.WhenP.Bool(after.filed()) && !slices.ContainsFunc(d.s.Promises, func(p PromiseState) bool { return p.ID == k.ID && !p.Retracted }) {
			return reject(BadAnswer, "告知承诺须在申请时签署，不能中途选择“"+k.ID+"”", "a promise is signed at filing; "+k.ID+" cannot be chosen later").
				want("the ordinary way", k.ID).at("answers")
		}
	}
	return nil
}

// retractions takes back the promises the answers do not choose any more; what was
// granted on one stays.
func (d *decider) retractions() {
	for i := range d.s.Promises {
		p := d.s.Promises[i]
		k := d.r.Plan.Commitment(p.ID)
		if !p.Retracted && !k.WhenP.Bool(d.filed()) && !d.signedInside(d.r.Plan.Node(p.Step)) {
			d.emit(PromiseRetracted{Promise: p.ID})
		}
	}
}

func judgeRetract(d *decider, cmd *Command) (func(), *Rejection) {
	a := &cmd.Args
	if !d.atDesk(cmd.By) {
		party, _ := d.desk()
		return nil, reject(NotAllowed, "只有申请人可以撤回承诺（可由窗口代为登记）", "only the applicant may take a promise back, or the window for him").
			want("applicant, or "+party+"."+d.deskRole(party), cmd.By.String())
	}
	live := slices.DeleteFunc(slices.Clone(d.s.Promises), func(p PromiseState) bool { return p.Retracted || a.Promise != "" && p.ID != a.Promise })
	switch {
	case len(live) == 0:
		return nil, reject(NotOpen, "没有可撤回的承诺", "there is no promise to take back").want("a promise", cmp0(a.Promise, "none")).at("promise")
	case len(live) > 1:
		return nil, reject(BadData, "有多项承诺，请指明一项", "several promises are given; name one").want("promise", "none").at("promise")
	case d.signedInside(d.r.Plan.Node(live[0].Step)):
		return nil, reject(Signed, "已依承诺作出决定，不能再撤回", "the decision on the promise is signed; it cannot be taken back any more").at(live[0].Step).under("8")
	case d.s.Outcome != "":
		return nil, reject(TooLate, "结果已确定，不能再撤回承诺", "the outcome is fixed; nothing can be taken back").want("no outcome", string(d.s.Outcome))
	}
	r, rej := d.revise(a, false)
	if rej != nil {
		return nil, rej
	}
	after := &decider{r: d.r, s: d.s.clone(), now: d.now}
	if r.answers != nil {
		after.s.Answers = r.answers
	}
	if r.form != nil {
		after.s.Form = r.form
	}
	if d.r.Plan.Commitment(live[0].ID).WhenP.Bool(after.filed()) {
		return nil, reject(BadAnswer, "更改后的回答仍选择告知承诺", "the changed answers still choose the promise").want("answers that do not choose "+live[0].ID, "answers that do").at("answers")
	}
	if rej := d.unreachable(r); rej != nil {
		return nil, rej
	}
	if r.answers == nil {
		r.answers = d.s.Answers
	}
	return func() { d.amended(r, a.Reason) }, nil
}

// amended applies changed answers after filing (3.10.3–3.10.5).
func (d *decider) amended(r revision, reason string) {
	d.emit(AnswersAmended{Answers: r.answers, Form: r.form, Papers: r.papers, Changed: r.changed, Reason: reason})
	d.retractions()
	d.represent()
	d.rechoose("amended")
	d.reread(r.changed)
}
