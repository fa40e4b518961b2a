package letters

import (
	"slices"
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/definition"
)

// intakeLetters: receipt, acceptance, the one notice, refusal (行政许可法第三十二条).
func intakeLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.CaseFiled, engine.CaseReceived:
		if !c.s.CameIn() { // the receipt comes with the receipt
			return
		}
		c.give(Receipt, c.intakeOrg(), Applicant, "", func(s *Snapshot) {
			s.put("channel", or(channelZH[c.s.Channel], c.s.Channel))
			var all, missing []Values
			for i := range c.r.Plan.Papers {
				p := &c.r.Plan.Papers[i]
				st := c.s.Paper(p.ID)
				switch {
				case st == nil || st.Status == engine.PaperAbsent:
				case st.Status == engine.PaperMissing:
					missing = append(missing, Values{"name": p.Name})
				default:
					all = append(all, Values{"name": p.Name, "form": formZH[p.Form], "state": paperZH[st.Status]})
				}
			}
			s.list("papers", all)
			s.list("missing", missing)
			if n := c.intake(); n != nil {
				if t := n.Limit; t != nil && len(t.Times) == 1 {
					s.put("limit", t.Times[0].Time.Text().ZH)
				}
			}
		})
	case engine.CaseAccepted:
		c.give(Acceptance, c.stepOrg(b.Step), Applicant, b.Step, func(s *Snapshot) {
			s.put("accepted", dateZH(b.On))
			s.flag("deemed", b.Deemed)
			c.clock(s, c.s.Clock("statutory"), "statutory", "statutoryDue")
			c.clock(s, c.s.Clock("promised"), "promised", "promisedDue")
		})
	case engine.NoticeSent:
		d := c.give(Correction, c.stepOrg(b.Step), Applicant, b.Step, func(s *Snapshot) {
			a := c.r.Plan.Node(b.Step).Intake.Answer
			if a != nil && a.From == "delivery" {
				s.put("onDelivery", a.Time.Text().ZH)
			} else {
				c.clock(s, clockIn(b.Clocks, "answer"), "limit", "due")
			}
			s.flag("again", b.Override)
			if a != nil && a.Late == "lapse" {
				s.put("late", "逾期未补正齐全的，终止办理；条件具备后可以重新申请")
			}
			var rows []Values
			for _, l := range b.Notice.Lines {
				name, basis := c.of(l.Of)
				askers := make([]string, len(l.Askers))
				for i, a := range l.Askers {
					askers[i] = c.party(a)
				}
				rows = append(rows, Values{"name": name, "reason": l.Reason, "askers": strings.Join(askers, "、"), "basis": basis})
			}
			s.list("lines", rows)
		})
		d.Notice = b.Notice.ID
	case engine.CaseRefused:
		c.give(Refusal, c.stepOrg(b.Step), Applicant, b.Step, func(s *Snapshot) {
			s.put("reason", b.Reason, "rightOrgan", b.RightOrgan, "basis", "中华人民共和国行政许可法第三十二条第一款", "remedy", c.remedy(""))
			s.flag("notRequired", b.Outcome == engine.NotRequired)
			s.flag("notCompetent", b.Outcome == engine.NotCompetent)
		})
	}
}

// intake is the step that takes the case in.
func (c *scene) intake() *definition.Node {
	for _, n := range c.r.Plan.Nodes {
		if n.Kind == definition.KindIntake {
			return n
		}
	}
	return nil
}

func (c *scene) intakeOrg() string {
	if n := c.intake(); n != nil {
		return c.s.Org(n.By)
	}
	return ""
}

// stepOrg is the organisation of a step's round.
func (c *scene) stepOrg(id string) string {
	if st := c.s.Step(id); st != nil && st.Org != "" {
		return st.Org
	}
	if n := c.r.Plan.Node(id); n != nil {
		return c.s.Org(n.By)
	}
	return ""
}

// opinionLetters: what a department is asked, and what it says: its own record, one letter per round
// (法释〔2009〕20号第五条).
func opinionLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.StepOpened:
		c.consult(b.Step, b.Clocks)
	case engine.StepReopened:
		c.consult(b.Step, b.Clocks)
	case engine.StepEnded:
		st := c.s.Step(b.Step)
		if !c.review(b.Step) || st == nil || b.Verdict == nil {
			return
		}
		c.give(Reply, st.Org, c.r.Plan.Def.Item.Lead, b.Step, func(s *Snapshot) {
			v := b.Verdict
			s.put("matter", c.step(b.Step), "opinion", or(opinionZH[v.End], string(v.End)), "reason", v.Reason, "basis", v.Basis)
			s.list("conditions", textRows(v.Conditions))
			s.list("checks", c.checks(v.Checks, false))
		})
	}
}

// review says whether a step is an opinion, declared or added.
func (c *scene) review(id string) bool {
	if n := c.r.Plan.Node(id); n != nil {
		return n.Kind == definition.KindReview
	}
	st := c.s.Step(id)
	return st != nil && st.Added != nil
}

func (c *scene) consult(step string, clocks []engine.Clock) {
	if !c.review(step) {
		return
	}
	party := ""
	var reads, checks []string
	if n := c.r.Plan.Node(step); n != nil {
		party, reads = n.By, n.Reads
		if w := n.Work(); w != nil {
			checks = w.Checks
		}
	} else if st := c.s.Step(step); st.Added != nil {
		party, reads = st.Added.Party, st.Added.Reads
	}
	d := c.give(Consultation, c.s.Org(c.r.Plan.Def.Item.Lead), party, step, func(s *Snapshot) {
		s.put("matter", c.step(step))
		c.clock(s, clockIn(clocks, step), "limit", "due")
		s.list("papers", c.papers(reads))
		var rows []Values
		for _, id := range checks {
			name, basis := c.of(id)
			rows = append(rows, Values{"name": name, "basis": basis})
		}
		s.list("checks", rows)
	})
	if st := c.s.Step(step); st != nil && st.Org != "" {
		d.ToOrg = st.Org
		d.Data.put("to", c.organ(st.Org).Name)
	}
}

// decisionLetters: each organ's own decision (行政许可法第三十八条), and what was handed over or has come
// (第四十四条, 民事诉讼法第八十七条).
func decisionLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.StepEnded:
		n := c.r.Plan.Node(b.Step)
		if n == nil || n.Decide == nil {
			return
		}
		organ := c.stepOrg(b.Step)
		switch {
		case b.End.Granted():
			c.give(Grant, organ, Applicant, b.Step, func(s *Snapshot) { c.granted(s, n, &b) })
		case b.End == engine.EndDeny:
			c.give(Denial, organ, Applicant, b.Step, func(s *Snapshot) {
				s.put("matter", c.step(b.Step), "type", typeZH[n.Decide.Item.Type], "basis", c.basis(n), "remedy", c.remedy(""))
				if v := b.Verdict; v != nil {
					s.put("reason", v.Reason, "basis", or(v.Basis, c.basis(n)), "remedy", c.remedy(v.Remedy))
					s.list("checks", c.checks(v.Checks, true))
				}
			})
		}
	case engine.HandedOut:
		if b.Way == engine.WayCourier {
			return // sent is not delivered: its proof makes the letter
		}
		c.give(Delivery, c.stepOrg(b.Step), Applicant, b.Step, func(s *Snapshot) {
			var rows []Values
			for _, id := range b.Items {
				rows = append(rows, c.result(id))
			}
			delivered(s, b.Way, b.Proof, c.e.At, rows)
		})
	case engine.DeliveryProved:
		x := b.Delivery
		c.give(Delivery, x.Org, x.To, x.Step, func(s *Snapshot) {
			row := Values{"name": x.Name}
			if x.Result {
				row = c.result(x.ID)
			}
			delivered(s, x.Way, x.Proof, x.At, []Values{row})
		})
	}
}

// delivered says what came, how that is known, and when: the instant of the delivery, not that of its record.
func delivered(s *Snapshot, way, proof string, at time.Time, items []Values) {
	s.put("way", or(wayZH[way], way), "proof", proof, "delivered", instantZH(at))
	s.list("items", items)
}

func (c *scene) granted(s *Snapshot, n *definition.Node, b *engine.StepEnded) {
	s.put("matter", c.step(n.ID), "type", typeZH[n.Decide.Item.Type], "basis", c.basis(n))
	var rows []Values
	for _, o := range b.Outputs {
		row := Values{"name": o.Name, "number": o.Number}
		if o.Until != nil {
			row["until"] = dateZH(*o.Until)
		}
		rows = append(rows, row)
	}
	s.list("outputs", rows)
	s.list("owed", c.owed(n.Reads))
	s.flag("silence", b.Why == "silence")
	if v := b.Verdict; v != nil {
		s.put("reason", v.Reason, "basis", or(v.Basis, c.basis(n)))
		var taken []Values
		for _, t := range v.Takes {
			if t.Taken {
				taken = append(taken, Values{"text": t.Condition, "from": c.organ(c.stepOrg(t.Step)).Name})
			}
		}
		s.list("conditions", taken)
	}
}

// basis is the matter's own, else the item's.
func (c *scene) basis(n *definition.Node) string {
	return or(articles(n.Decide.Item.Basis), articles(c.r.Plan.Def.Item.Basis))
}

func (c *scene) result(id string) Values {
	for _, o := range c.s.Outputs {
		if o.ID == id {
			return Values{"name": o.Name, "number": o.Number}
		}
	}
	if step, ok := strings.CutPrefix(id, "denial:"); ok {
		return Values{"name": "不予批准决定书（" + c.step(step) + "）"}
	}
	return Values{"name": id}
}

// checks are the points a department worked through; with failed, those not met alone.
func (c *scene) checks(list []engine.CheckResult, failed bool) []Values {
	var rows []Values
	for _, k := range list {
		if failed && k.OK {
			continue
		}
		name, basis := c.of(k.ID)
		result := "符合"
		if !k.OK {
			result = "不符合"
		}
		rows = append(rows, Values{"name": name, "basis": basis, "result": result, "note": k.Note})
	}
	return rows
}

func textRows(texts []string) []Values {
	var rows []Values
	for _, t := range texts {
		rows = append(rows, Values{"text": t})
	}
	return rows
}

// clockLetters: what is told the applicant about his waiting (行政许可法第四十二、四十五条).
func clockLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.ClockExtended:
		organ := c.s.Org(c.r.Plan.Def.Item.Lead)
		if b.Clock.Step != "" {
			organ = c.stepOrg(b.Clock.Step)
		} else if n := len(b.Clock.Extended); n > 0 && b.Clock.Extended[n-1].Role == engine.RoleClerk {
			organ = c.intakeOrg()
		}
		organ = or(b.Notice.Org, organ)
		d := c.give(Extension, organ, Applicant, b.Clock.Step, func(s *Snapshot) {
			s.put("of", c.clockName(&b.Clock), "due", dateZH(b.Clock.Day))
			s.flag("own", c.ofApplicant(&b.Clock))
			if n := len(b.Clock.Extended); n > 0 {
				x := b.Clock.Extended[n-1]
				s.put("by", x.Period.Text().ZH, "reason", x.Reason, "approver", or(roleZH[x.Role], x.Role))
			}
		})
		d.Notice = b.Notice.ID
	case engine.PauseBegan:
		if b.Notice == nil {
			return // the definition asks for no letter
		}
		d := c.give(Special, c.stepOrg(b.Run.Step), Applicant, b.Run.Step, func(s *Snapshot) {
			s.put("name", or(b.Notice.Title, "特殊程序期限告知书"), "ground", or(groundOfPause[b.Run.Kind], b.Run.Kind), "reason", b.Run.Reason, "matter", c.step(b.Run.Step),
				"from", dateZH(b.Run.From), "until", dateZH(b.Run.Until))
			for _, p := range c.r.Plan.Def.Pauses {
				if p.ID == b.Run.Pause {
					s.put("basis", articles(p.Basis))
				}
			}
			s.flag("statutory", slices.Contains(b.Run.Stops, engine.Statutory))
			var rows []Values
			for i := range b.Clocks {
				if k := &b.Clocks[i]; k.Running() {
					rows = append(rows, Values{"name": c.clockName(k), "due": dateZH(k.Day)})
				}
			}
			s.list("clocks", rows)
		})
		d.Notice = b.Notice.ID
	}
}

// groundOfPause are the grounds on which time is not counted.
var groundOfPause = map[string]string{
	"hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测", "quarantine": "检疫", "appraisal": "鉴定", "expert-review": "专家评审",
	"site-visit": "现场踏勘", "publicity": "公示", "rectification": "整改", "payment": "缴费", "other": "其他",
}

func (c *scene) clockName(k *engine.Clock) string {
	if c.ofApplicant(k) {
		return engine.ClockName(c.r, c.s, k.ID).ZH
	}
	kind := "承诺办结时限"
	if k.Class == engine.Statutory {
		kind = "法定办结时限"
	}
	if k.Step != "" {
		return "“" + c.step(k.Step) + "”" + kind
	}
	return kind
}

// ofApplicant says whether a clock measures what the applicant has to do: the law on
// how long an organ may take (行政许可法第四十二条) does not speak of it.
func (c *scene) ofApplicant(k *engine.Clock) bool {
	return slices.ContainsFunc(c.s.Tasks, func(t *engine.Task) bool { return t.Clock == k.ID && t.Party == Applicant })
}

// noticeLetters: what is told without an answer being asked.
func noticeLetters(c *scene) {
	var n engine.Notice
	text := ""
	organ := c.s.Org(c.r.Plan.Def.Item.Lead)
	switch b := c.e.Body.(type) {
	case engine.PartyTold:
		if _, own := toldBy[b.Notice.Kind]; own || b.Notice.Kind == engine.NoticeTerminated {
			return
		}
		n, text = b.Notice, b.Notice.Text
	case engine.OpinionOverridden:
		n, text, organ = b.Notice, b.Reason, c.stepOrg(b.Step)
	case engine.DecisionAffected:
		n = b.Notice
		names := make([]string, len(b.Changed))
		for i, id := range b.Changed {
			names[i], _ = c.of(id)
		}
		text = "作出决定所依据的内容有变更：" + strings.Join(names, "、") + "。已作出的决定不变；如需撤销，另行依法办理。"
	default:
		return
	}
	kind := Change
	switch n.Kind {
	case engine.NoticeGranted:
		kind, text = Copy, or(text, "“"+c.step(n.Step)+"”已作出准予的决定，特此抄告。")
	case engine.NoticeOverridden:
		text = "你单位对“" + c.step(n.Step) + "”的意见未予采纳。理由：" + text
	}
	if n.Kind == engine.NoticeGranted {
		organ = c.stepOrg(n.Step)
	}
	d := c.give(kind, organ, n.To, n.Step, func(s *Snapshot) { s.put("text", text, "matter", c.step(n.Step)) })
	d.Notice = n.ID
}

// endLetters: a case that ends otherwise than by its decisions.
func endLetters(c *scene) {
	lead := c.s.Org(c.r.Plan.Def.Item.Lead)
	switch b := c.e.Body.(type) {
	case engine.CaseWithdrawn:
		if b.Ground != "" {
			return // its notice to the applicant follows
		}
		c.give(Withdrawal, lead, Applicant, b.Branch, func(s *Snapshot) {
			s.put("reason", b.Reason)
			if b.Branch != "" {
				s.put("branch", c.step(b.Branch))
			}
		})
	case engine.PartyTold:
		if b.Notice.Kind != engine.NoticeTerminated {
			return
		}
		c.give(Termination, lead, Applicant, "", func(s *Snapshot) {
			s.put("ground", or(groundZH[c.s.Ground], c.s.Ground), "reason", b.Notice.Text, "remedy", c.remedy(""))
		}).Notice = b.Notice.ID
	case engine.OutcomeFixed:
		if b.Outcome == engine.Lapsed {
			c.give(Termination, c.intakeOrg(), Applicant, "", func(s *Snapshot) {
				s.put("ground", "逾期未补正", "reason", "未在补正期限内补正齐全", "remedy", c.remedy(""))
			})
		}
	}
}

var opinionZH = map[engine.End]string{
	engine.EndAgree: "同意", engine.EndAgreeWith: "附条件同意", engine.EndDisagree: "不同意", engine.EndNotConcerned: "与本单位职责无关",
	engine.EndDefaulted: "逾期未答复，依规定视为同意",
}

var groundZH = map[string]string{"lapse": "申请事项失效", "death": "申请人死亡", "dissolution": "申请人依法终止"}
