package letters

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lianban/engine"
)

// recordLetters: papers of acts that give no notice: promises instead of papers (国办发〔2020〕42号), the
// record of a hearing, the answer to an objection (行政许可法第四十八、三十六条).
func recordLetters(c *scene) {
	switch b := c.e.Body.(type) {
	case engine.CaseFiled:
		for _, p := range b.Promises {
			c.give(Promise, c.stepOrg(p.Step), Applicant, p.Step, func(s *Snapshot) { c.promised(s, p) })
		}
		if u := b.Undertaking; u != nil {
			c.give(Undertaking, c.intakeOrg(), Applicant, "", func(s *Snapshot) { c.undertaken(s, u) })
		}
	case engine.HearingHeld:
		h := b.Hearing
		c.give(HearingRecord, c.stepOrg(b.Step), Applicant, b.Step, func(s *Snapshot) {
			s.put("matter", c.step(b.Step), "place", h.Place, "text", h.Record, "request", h.Request)
			if !h.On.IsZero() {
				s.put("when", instantZH(h.On))
			}
			var rows []Values
			for _, x := range h.Signatures {
				row := Values{"of": c.party(x.Of), "name": x.Name, "state": "已确认并签字"}
				if x.Unsigned != "" {
					row["state"] = "未签字：" + x.Unsigned
				}
				rows = append(rows, row)
			}
			s.list("signatures", rows)
		})
	case engine.ObjectionJudged:
		o := b.Objection
		c.give(Objection, c.stepOrg(b.Step), interested, b.Step, func(s *Snapshot) {
			answer := "异议不成立"
			if o.Answer == engine.Uphold {
				answer = "异议成立"
			}
			s.put("to", or(o.Who, c.party(interested)), "matter", c.step(b.Step), "opinion", answer, "reason", o.Reason, "text", o.Text)
		})
	}
}

// interested are those who objected, or asked for a hearing: no party of the case.
const interested = "interested"

func (c *scene) promised(s *Snapshot, p engine.PromiseState) {
	s.put("matter", c.step(p.Step), "text", p.Text, "signed", p.Hash)
	var rows []Values
	for i := range c.r.Plan.Commitments {
		if k := &c.r.Plan.Commitments[i]; k.ID == p.ID {
			s.put("basis", articles(k.Basis))
			for _, id := range k.Replaces {
				name, _ := c.of(id)
				rows = append(rows, Values{"name": name})
			}
		}
	}
	s.list("papers", rows)
}

// lateZH says what follows when a paper does not come in time, as the applicant has signed it.
var lateZH = map[string]string{
	"mark": "补交前该环节不予通过，逾期的不予准予", "lapse": "该环节终止办理", "revoke": "此前据以作出的决定可以被撤销",
}

// undertaken is what the applicant has signed for the papers that follow.
func (c *scene) undertaken(s *Snapshot, u *engine.Undertaking) {
	signer := s.Text["applicant"]
	if a := c.s.Agent; u.By != Applicant && a != nil {
		signer = a.Name + "（受托代办）"
	}
	s.put("signer", signer, "when", instantZH(u.At), "signed", u.Hash)
	var rows []Values
	for _, p := range u.Papers {
		name, _ := c.of(p.Paper)
		rows = append(rows, Values{"name": name, "limit": "自受理起" + p.Time.Text().ZH, "before": c.step(p.Before), "late": lateZH[p.Late]})
	}
	s.list("papers", rows)
}

// owed lists the papers a step reads that are still to follow, each with its last day.
func (c *scene) owed(reads []string) []Values {
	var rows []Values
	for i := range c.s.Duties {
		t := &c.s.Duties[i]
		p := c.s.Paper(t.About)
		if !t.Owed() || !slices.Contains(reads, t.About) || p == nil || p.Status != engine.PaperDeferred {
			continue
		}
		name, _ := c.of(t.About)
		row := Values{"name": name}
		if k := c.s.Clock("duty." + t.ID); k != nil {
			row["due"] = dateZH(k.Day)
		}
		rows = append(rows, row)
	}
	return rows
}

// points are what a visit left open, in the words of those who named them.
func (c *scene) points(lines []engine.NamedLine, points []engine.Point) []Values {
	rows := make([]Values, len(lines))
	for i, l := range lines {
		askers := make([]string, len(l.Askers))
		for j, a := range l.Askers {
			askers[j] = c.party(a)
		}
		rows[i] = Values{"text": l.Reason, "askers": strings.Join(askers, "、")}
		if k := slices.IndexFunc(points, func(p engine.Point) bool { return p.ID == l.Of }); k >= 0 && points[k].Of != "" {
			rows[i]["name"], _ = c.of(points[k].Of)
		}
	}
	return rows
}

// fieldZH names what can be corrected in a verdict or a result.
var fieldZH = map[string]string{"reason": "理由", "basis": "法律依据", "number": "编号"}

// inWords writes a value of a result as people read it.
func inWords(v any) string {
	switch x := v.(type) {
	case bool:
		if x {
			return "是"
		}
		return "否"
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
