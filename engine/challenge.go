package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Annulment on a ground of the law (行政许可法第六十九条): the organ that has granted, or
// the organ above it, asks whether the result stands, by itself or because somebody
// concerned has asked it to, also years after the case was closed. The holder is told
// the ground and may state his case (第七条) before anything is taken from him; whoever
// had the last word on the result then decides, or, where the organ above asks, that
// organ itself.
//
//	granted ── challenge ──▶ in question ── annul ──▶ annulled
//	                          │  ▲  └───── keep ───▶ stands
//	                          └──┘ defend

// The acts.
const (
	Challenge Act = "challenge" // put a result in question
	Defend    Act = "defend"    // 陈述申辩: the holder states his case
)

// NoticeAnnulling is 拟撤销告知书: the ground, and until when the holder is heard.
const NoticeAnnulling NoticeKind = "annulling"

var (
	challengeActs   = []Act{Challenge, Defend}
	challengeJudges = map[Act]judge{Challenge: judgeChallenge, Defend: judgeDefend}
	challengeBodies = []newBody{body[DefenceGiven]()}
)

// The grounds of an annulment, in the order of 第六十九条.
const (
	GroundAbuse      = "abuse"      // 滥用职权、玩忽职守
	GroundPower      = "power"      // 超越法定职权
	GroundProcedure  = "procedure"  // 违反法定程序
	GroundConditions = "conditions" // 不具备申请资格或者不符合法定条件
	GroundOther      = "other"      // 依法可以撤销的其他情形
	GroundFraud      = "fraud"      // 以欺骗、贿赂等不正当手段取得，应当撤销
)

// annulGrounds are the grounds with the place of the law each stands in.
var annulGrounds = []struct{ word, article string }{
	{GroundAbuse, "69(1)(1)"}, {GroundPower, "69(1)(2)"}, {GroundProcedure, "69(1)(3)"},
	{GroundConditions, "69(1)(4)"}, {GroundOther, "69(1)(5)"}, {GroundFraud, "69(2)"},
}

// whyGround is why an annulment is open that no duty has opened.
const whyGround = "ground"

// defenceTime is how long the holder has to state his case before his result may be annulled. The law
// names no time for it; the five working days of 第四十七条 are taken.
var defenceTime = calendar.Period{Amount: 5, Unit: calendar.WorkingDays}

// Asking is why the organ asks whether a result stands.
type Asking struct {
	Ground  string `json:"ground"`
	Article string `json:"article"`
	// By is the account that asked, For whom it stands in for.
	By  string `json:"by"`
	For string `json:"for,omitempty"`
	// Org is the organ above the one that has granted, which asks and decides itself; empty: the organ
	// that has granted.
	Org string `json:"org,omitempty"`
	// Request is who has asked the organ to (利害关系人, the higher organ); empty: the organ itself.
	Request  string     `json:"request,omitempty"`
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence,omitempty"`
	// Day is the last day the holder is waited for, Until its end.
	Day   calendar.Date `json:"day"`
	Until time.Time     `json:"until"`
}

// Defence is what the holder has said.
type Defence struct {
	At       time.Time  `json:"at"`
	By       string     `json:"by,omitempty"` // the account that has recorded it; empty: himself
	Text     string     `json:"text,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// DefenceGiven records what the holder of a result in question has said.
type DefenceGiven struct {
	Annulment string  `json:"annulment"`
	Defence   Defence `json:"defence"`
}

// Type names the event in the log.
func (DefenceGiven) Type() string { return "DefenceGiven" }

func (b DefenceGiven) apply(s *State, e *Event) {
	s.Annulments = slices.Clone(s.Annulments)
	for i := range s.Annulments {
		if a := &s.Annulments[i]; a.ID == b.Annulment {
			x := b.Defence
			x.By, x.At = e.By.ID, e.At
			a.Defences = add(a.Defences, x)
		}
	}
}

// heard refuses to annul what its holder may still speak for.
func (a *Annulment) heard(now time.Time) *Rejection {
	day, until := a.Hearing()
	if len(a.Defences) > 0 || !now.Before(until) {
		return nil
	}
	return reject(TooSoon, "当事人尚可陈述、申辩，期满或其陈述之后方可撤销", "the holder may still state his case; the result is annulled afterwards").
		want("a defence, or after "+day.String(), "neither").at(a.Output).under("7")
}

// challenged finds the output an act is about; it must be named where there are several.
func (d *decider) challenged(cmd *Command) (*OutputState, *Rejection) {
	id := cmd.Args.Output
	if id == "" {
		if len(d.s.Outputs) > 1 {
			return nil, reject(BadData, "有多项结果，请指明一项", "there are several results; name one").want("output", "none").at("output")
		}
		if len(d.s.Outputs) == 0 {
			return nil, reject(NotOpen, "本案没有颁发结果", "this case has given no result").want("a result", "none")
		}
		id = d.s.Outputs[0].ID
	}
	i := slices.IndexFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == id })
	if i < 0 {
		return nil, reject(NotFound, "本案没有结果“"+id+"”", "this case has no output "+id).at("output")
	}
	o := d.s.Outputs[i]
	return &o, nil
}

// ofChain says whether an actor belongs to the chain that has granted an output.
func (d *decider) ofChain(a Actor, step, org string) bool {
	return slices.ContainsFunc(d.r.Plan.Node(step).Work().Chain, func(l definition.Link) bool {
		return slices.ContainsFunc(l.Roles, func(r definition.RoleLimit) bool { return a.may(org, r.Role) })
	})
}

// superiorRoles are those who may put in question what an organ below theirs has granted.
var superiorRoles = []string{RoleApprove, RoleOrganHead, RoleGovernmentHead}

// above says whether an actor may speak for an organ above another one.
func (a Actor) above(org string) bool {
	return a.Kind == Person && a.Org != org && slices.Contains(a.Over, org) && a.superior()
}

func (a Actor) superior() bool {
	return slices.ContainsFunc(superiorRoles, func(role string) bool { return slices.Contains(a.Roles, role) })
}

// asksFor says whether an actor belongs to the organ that asks whether a result stands.
func (d *decider) asksFor(by Actor, a *Annulment) bool {
	if a.Asked != nil && a.Asked.Org != "" {
		return by.Kind == Person && by.Org == a.Asked.Org && by.superior()
	}
	return d.ofChain(by, a.Step, a.Org)
}

// fromAbove makes a challenge that of the organ above: it decides, and the letters are its own.
func (d *decider) fromAbove(e *AnnulmentOpened, by Actor) {
	e.Annulment.Org, e.Annulment.Asked.Org, e.Notice.Org = by.Org, by.Org, by.Org
	e.Task.Party, e.Task.Org, e.Task.Role = by.Org, by.Org, RoleApprove
	if !slices.Contains(by.Roles, RoleApprove) && !slices.Contains(by.Roles, RoleOrganHead) {
		e.Task.Role = RoleGovernmentHead
	}
}

// tellGranting tells the organ that has granted what the organ above asks or has decided.
func (d *decider) tellGranting(a *Annulment, what, text string) {
	d.emit(PartyTold{Notice: Notice{
		ID: what + "." + a.ID + "." + d.r.Plan.Node(a.Step).By, Kind: NoticeChange, To: d.r.Plan.Node(a.Step).By, Step: a.Step, At: d.now, Text: text, Org: a.Org,
	}})
}

func judgeChallenge(d *decider, cmd *Command) (func(), *Rejection) {
	o, rej := d.challenged(cmd)
	if rej != nil {
		return nil, rej
	}
	a := &cmd.Args
	g := slices.IndexFunc(annulGrounds, func(g struct{ word, article string }) bool { return g.word == a.Ground })
	switch {
	case !d.ofChain(cmd.By, o.Step, o.Org) && !cmd.By.above(o.Org):
		return nil, reject(NotAllowed, "由作出决定的机关，或者其上级行政机关的批准人、负责人提出", "it is for the organ that has granted, or for who approves in or heads the organ above it").
			want("an officer of "+d.r.Plan.Node(o.Step).By+", or of the organ above", cmd.By.String()).at("output").under("69")
	case !o.Annulled.IsZero():
		return nil, reject(NotOpen, "结果“"+o.ID+"”已撤销", "output "+o.ID+" is annulled already").want("a result that stands", Annulled).at("output")
	case d.s.inQuestion(o.ID) != nil:
		return nil, reject(NotOpen, "对“"+o.ID+"”已提出撤销，尚未决定", "whether "+o.ID+" stands is being asked already").want("no open annulment", AnnulOpen).at("output")
	case g < 0:
		words := make([]string, len(annulGrounds))
		for i, x := range annulGrounds {
			words[i] = x.word
		}
		return nil, reject(BadData, "须写明撤销的法定事由", "name the ground of the law").want(strings.Join(words, ", "), cmp0(a.Ground, "none")).at("ground").under("69")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if rej := proofs(a.Evidence); rej != nil {
		return nil, rej
	}
	due := d.r.Calendar.Due(d.now, defenceTime, nil)
	ask := &Asking{
		Ground: a.Ground, Article: annulGrounds[g].article, By: cmd.By.ID, For: cmd.By.For, Request: strings.TrimSpace(a.Name),
		Reason: a.Reason, Evidence: a.Evidence, Day: due.Day, Until: due.At,
	}
	e := d.annulment(o, Annulment{Why: whyGround, Asked: ask})
	e.Notice = annulling(&e.Annulment, a.Reason)
	if !cmd.By.above(o.Org) {
		return func() { d.emit(e) }, nil
	}
	d.fromAbove(&e, cmd.By)
	return func() {
		d.emit(e)
		d.tellGranting(&e.Annulment, string(NoticeAnnulling), a.Reason)
	}, nil
}

func judgeDefend(d *decider, cmd *Command) (func(), *Rejection) {
	var open []*Annulment
	for i := range d.s.Annulments {
		if a := &d.s.Annulments[i]; a.Status == AnnulOpen && (cmd.Args.Output == "" || a.Output == cmd.Args.Output) {
			open = append(open, a)
		}
	}
	switch {
	case cmd.Args.Output != "" && !d.given(cmd.Args.Output):
		return nil, reject(NotFound, "本案没有结果“"+cmd.Args.Output+"”", "this case has no output "+cmd.Args.Output).at("output")
	case len(open) == 0:
		return nil, reject(NotOpen, "没有拟撤销的结果", "no result is in question").want("an open annulment", "none").at("output")
	case len(open) > 1:
		return nil, reject(BadData, "有多项结果拟撤销，请指明一项", "several results are in question; name one").want("output", "none").at("output")
	}
	a := open[0]
	if !d.atDesk(cmd.By) && !d.asksFor(cmd.By, a) {
		return nil, reject(NotAllowed, "由申请人陈述、申辩，可由窗口或提出撤销的机关记录", "the holder states his case; the window or the organ that asks may record it").
			want("applicant, the window, or "+a.Org, cmd.By.String()).at("output").under("7")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if rej := proofs(cmd.Args.Evidence); rej != nil {
		return nil, rej
	}
	e := DefenceGiven{Annulment: a.ID, Defence: Defence{Text: strings.TrimSpace(cmd.Args.Reason), Evidence: cmd.Args.Evidence}}
	return func() { d.emit(e) }, nil
}

// writeGround writes a ground the act takes, so that its judge looks further.
func writeGround(_ *decider, c *Command) {
	if c.Args.Ground = "death"; c.Do == Challenge {
		c.Args.Ground = GroundConditions
	}
}
