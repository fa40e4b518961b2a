package letters

import (
	"strings"

	"lianban/engine"
)

// tellingLetters: what visits, postings, hearings, papers that follow, corrections and annulments put in
// writing (行政许可法第三十四、四十六至四十八、六十九条).
func tellingLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.PartyTold:
		c.tell(b.Notice)
	case engine.HearingTold:
		for _, n := range b.Notices {
			c.tell(n)
		}
	case engine.InterestedTold:
		for _, n := range b.Notices {
			if d := c.tell(n); d != nil && n.Kind == engine.NoticeInterested {
				d.Data.put("reason", n.Text)
			}
		}
	case engine.PreReviewReturned:
		if d := c.tell(b.Notice); d != nil && len(b.Clocks) > 0 {
			c.clock(&d.Data, &b.Clocks[0], "limit", "due")
		}
	case engine.TextCorrected:
		for _, n := range b.Notices {
			c.corrected(n, b.Correction)
		}
	case engine.Posted:
		if d := c.tell(b.Notice); d != nil {
			d.Data.put("where", places(b.Posting.Where))
		}
	case engine.RectificationAsked:
		if d := c.tell(b.Notice); d != nil {
			c.clock(&d.Data, clockIn(b.Clocks, b.Notice.Clock), "limit", "due")
			delete(d.Data.Lists, "lines") // they name points, not papers
			d.Data.list("points", c.points(b.Notice.Lines, b.Visit.Points))
		}
	case engine.FixOrdered:
		c.ordered(b)
	case engine.AnnulmentOpened:
		c.annulling(b)
	case engine.AnnulmentDecided:
		d := c.tell(b.Notice)
		if d == nil {
			return
		}
		row := c.result(b.Output)
		d.Data.put("reason", b.Reason, "basis", or(b.Basis, d.Data.Text["basis"]), "remedy", c.remedy(""), "output", row["name"], "outputNumber", row["number"])
	}
}

// toldBy are the notices that are a letter of their own, not the word of a change.
var toldBy = map[engine.NoticeKind]string{
	engine.NoticeVisit: Visit, engine.NoticeRectification: Rectification, engine.NoticePosting: Posting, engine.NoticeHearingRight: HearingRight,
	engine.NoticeHearing: Hearing, engine.NoticePreReview: PreReview, engine.NoticeTolerance: Tolerance, engine.NoticeLapsed: LapsedPaper, engine.NoticeAnnulled: Annulled,
	engine.NoticeKept: Kept, engine.NoticeAnnulling: Annulling, engine.NoticeCorrected: Corrected, engine.NoticeInterested: Interested,
	engine.NoticeFix: Fix,
}

// tell makes the letter of a notice; nil when it is none of these kinds.
func (c *scene) tell(n engine.Notice) *Draft {
	kind, ok := toldBy[n.Kind]
	if !ok {
		return nil
	}
	organ := c.intakeOrg()
	if n.Step != "" {
		organ = c.stepOrg(n.Step)
	}
	organ = or(n.Org, organ)
	d := c.give(kind, organ, n.To, n.Step, func(s *Snapshot) {
		if n.Step != "" {
			s.put("matter", c.step(n.Step))
		}
		text := n.Text
		if n.Kind == engine.NoticeLapsed {
			text, _ = c.of(n.Text)
			s.put("remedy", c.remedy(""))
		}
		s.put("text", text)
		if node := c.r.Plan.Node(n.Step); node != nil && node.Decide != nil {
			s.put("basis", c.basis(node))
		}
		switch {
		case n.Until != nil:
			s.put("until", dateZH(*n.Until))
		case n.Kind == engine.NoticeHearingRight: // the time to ask starts with the delivery
			s.put("until", "收到本告知书之日起五个工作日届满")
		}
		s.list("lines", c.lines(n.Lines))
	})
	d.Notice = n.ID
	return d
}

// annulling is the letter before a result is annulled: on a ground of the law, or because a duty it rests on was not met.
func (c *scene) annulling(b engine.AnnulmentOpened) {
	if b.Notice == nil {
		return // of an engine version that told the holder only where the organ asks
	}
	d := c.tell(*b.Notice)
	if d == nil {
		return
	}
	row := c.result(b.Annulment.Output)
	d.Data.put("output", row["name"], "outputNumber", row["number"])
	if ask := b.Annulment.Asked; ask != nil {
		ground := annulZH[ask.Ground]
		d.Data.put("reason", ask.Reason, "ground", ground.words, "basis", ground.basis)
		return
	}
	name := or(c.dutyName(b.Annulment.Duty), "应当履行的义务")
	late := "逾期未履行“" + name + "”"
	if t := c.s.Duty(b.Annulment.Duty); t != nil && t.OnPaper() {
		late = "逾期未补交“" + name + "”"
	}
	words := map[string]string{"late": late, "failed": "经核查，“" + name + "”未履行或者与承诺不符"}[b.Annulment.Why]
	d.Data.put("ground", words, "reason", or(b.Notice.Text, words+"。"))
}

// ordered is the letter of an order to put something right: what, until when, and what follows.
func (c *scene) ordered(b engine.FixOrdered) {
	d := c.tell(b.Notice)
	if d == nil {
		return
	}
	delete(d.Data.Lists, "lines") // they name points, not papers
	delete(d.Data.Text, "text")
	rows := c.points(b.Notice.Lines, b.Order.Points)
	for _, row := range rows {
		delete(row, "askers") // nobody but the organ that orders it
	}
	d.Data.list("points", rows)
	d.Data.put("reason", b.Order.Reason, "checked", dateZH(b.Order.Checked), "duty", or(c.dutyName(b.Duty), "事后核查"))
	t := c.r.Plan.Duty(b.Duty)
	if t == nil {
		return
	}
	d.Data.put("basis", articles(t.Basis))
	if t.Fix != nil {
		d.Data.put("recheck", t.Fix.Recheck.Text().ZH)
	}
	if t.Affects != "" {
		row := c.result(t.Affects)
		d.Data.put("output", row["name"], "outputNumber", row["number"])
	}
}

// dutyName is a duty in words, empty when it has none.
func (c *scene) dutyName(id string) string {
	if t := c.s.Duty(id); t != nil && t.Name != "" {
		return t.Name
	}
	if t := c.r.Plan.Duty(id); t != nil {
		return t.Name
	}
	return ""
}

// annulZH are the grounds of 行政许可法第六十九条 in its words.
var annulZH = map[string]struct{ words, basis string }{
	engine.GroundAbuse:      {"行政机关工作人员滥用职权、玩忽职守作出准予行政许可决定", "行政许可法第六十九条第一款第一项"},
	engine.GroundPower:      {"超越法定职权作出准予行政许可决定", "行政许可法第六十九条第一款第二项"},
	engine.GroundProcedure:  {"违反法定程序作出准予行政许可决定", "行政许可法第六十九条第一款第三项"},
	engine.GroundConditions: {"对不具备申请资格或者不符合法定条件的申请人准予行政许可", "行政许可法第六十九条第一款第四项"},
	engine.GroundOther:      {"依法可以撤销行政许可的其他情形", "行政许可法第六十九条第一款第五项"},
	engine.GroundFraud:      {"被许可人以欺骗、贿赂等不正当手段取得行政许可", "行政许可法第六十九条第二款"},
}

// corrected is the letter of a correction: the readings go as rows.
func (c *scene) corrected(n engine.Notice, k engine.Correction) {
	d := c.tell(n)
	if d == nil {
		return
	}
	delete(d.Data.Text, "text") // names fields by their ids
	d.Data.put("reason", k.Reason)
	rows := make([]Values, len(k.Texts))
	for i, t := range k.Texts {
		rows[i] = Values{"name": or(fieldZH[t.Field], strings.TrimPrefix(t.Field, "data.")), "from": inWords(t.From), "to": inWords(t.To)}
	}
	d.Data.list("texts", rows)
	if k.Output != "" {
		row := c.result(k.Output)
		d.Data.put("output", row["name"], "outputNumber", row["number"])
	}
}

// lines are what a notice names, with who asks.
func (c *scene) lines(list []engine.NamedLine) []Values {
	rows := make([]Values, 0, len(list))
	for _, l := range list {
		name, basis := c.of(l.Of)
		askers := make([]string, len(l.Askers))
		for i, a := range l.Askers {
			askers[i] = c.party(a)
		}
		rows = append(rows, Values{"name": name, "reason": l.Reason, "askers": strings.Join(askers, "、"), "basis": basis})
	}
	return rows
}

// places are where something hangs, in words.
func places(list []string) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = or(placeZH[w], w)
	}
	return strings.Join(out, "、")
}

var placeZH = map[string]string{"site": "办理现场", "office": "本单位公告栏", "village": "村（居）公告栏", "website": "政府门户网站"}
