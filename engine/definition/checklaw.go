package definition

import (
	"fmt"
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// law checks what the Administrative Licensing Law (行政许可法) and the rules of
// the language that rest on it demand. A missing basis (A101) and too few
// inspectors (A111) are found while reading.
func (c *check) law() {
	it := &c.def.Item
	licence := it.Type == Licence
	for _, n := range c.nodes {
		licence = licence || n.Decide != nil && n.Decide.Item.Type == Licence
	}
	if it.Type == Licence {
		c.statutory(nil, "item.statutory", "item", it.Statutory, c.joint())
	}
	if it.Type == Licence && !slices.ContainsFunc(c.def.Guide, func(g GuideText) bool { return g.ID == "remedy" }) {
		c.fail("A113", nil, "item", "指南没有写明救济途径，不予许可时将用通用文字", "the guide has no text on remedies; a denial would carry the general one",
			"在 guide 中加 remedy：复议机关、诉讼法院和期限", "add remedy to guide: where and until when to ask for reconsideration or sue")
	}
	for _, p := range c.def.Pauses {
		c.pauseLaw(&p)
	}
	for _, k := range c.def.Commitments {
		if n := c.byID[k.Step]; n != nil && n.Decide != nil && len(n.Decide.Protects) > 0 && !sectorLaw(k.Basis) {
			c.fail("A115", nil, "commitments."+k.ID+".basis", "涉及安全、环境、健康或金融的事项，告知承诺须有行业法律依据",
				"on safety, environment, health or finance a commitment must rest on a law of that sector")
		}
	}
	for _, n := range c.nodes {
		c.stepLaw(n, licence)
	}
}

// joint says whether the longer clock of article 42 paragraph 2 holds: several
// departments handle the item together.
func (c *check) joint() bool {
	if m := c.def.Item.Mode; m == "joint" || m == "centralised" {
		return true
	}
	first := ""
	for _, n := range c.nodes {
		if n.Kind != KindDecide {
			continue
		}
		if first != "" && n.By != first {
			return true
		}
		first = n.By
	}
	return false
}

// statutory checks a licence's legal limit. Source: 行政许可法第四十二条: 20 working
// days and 10 more by the organ's head; handled jointly 45 and 15 more by the head
// of the government.
func (c *check) statutory(step *Step, path, fallback string, l *Limit, joint bool) {
	if l == nil {
		c.fail("A106", step, fallback, "行政许可没有法定时限", "a licence without a legal limit",
			"加上 statutory，一般为 20wd，联合办理 45wd（行政许可法第四十二条）", "add statutory: in general 20wd, handled jointly 45wd (Administrative Licensing Law, article 42)")
		return
	}
	top, more := workingDays(20), workingDays(10)
	if joint {
		top, more = workingDays(45), workingDays(15)
	}
	if len(l.Basis) > 0 {
		return
	}
	for _, t := range l.Times {
		if longer(t.Time, top) {
			c.fail("A107", step, path, fmt.Sprintf("法定时限 %s 超过一般的 %s，须写明依据", t.Time, top),
				fmt.Sprintf("the legal limit of %s is beyond the general %s and needs a basis", t.Time, top),
				"在 statutory 中加 basis", "add basis to statutory")
			return
		}
	}
	if x := l.Extend; x != nil && (longer(x.Time, more) || x.Times > 1) {
		c.fail("A107", step, path, fmt.Sprintf("延长 %s×%d 超过一般的一次 %s，须写明依据", x.Time, x.Times, more),
			fmt.Sprintf("an extension of %s, %d times, is beyond the general one of %s and needs a basis", x.Time, x.Times, more),
			"在 statutory 中加 basis", "add basis to statutory")
	}
}

// specialLaw says whether a ground names a law besides the Licensing Law itself.
func specialLaw(basis []Article) bool {
	return slices.ContainsFunc(basis, func(a Article) bool { return a.Law != "" && !strings.Contains(a.Law, "行政许可法") })
}

// sectorLaw says whether a ground names a law or regulation of the matter itself:
// neither the Licensing Law nor a mere document of an authority.
func sectorLaw(basis []Article) bool {
	return slices.ContainsFunc(basis, func(a Article) bool {
		return !strings.Contains(a.Law, "行政许可法") && (strings.Contains(a.Law, "法") || strings.Contains(a.Law, "条例"))
	})
}

// pauseLaw: only the eight procedures of article 45, or one of a special law, stop
// the legal clock, and only with a written notice to the applicant.
func (c *check) pauseLaw(p *Pause) {
	if !slices.Contains(p.Stops, "statutory") {
		return
	}
	at := "pauses." + p.ID
	if !slices.Contains(statutoryPauses, p.Kind) && !specialLaw(p.Basis) {
		c.fail("A103", nil, at+".stops", fmt.Sprintf("%s 不属于行政许可法第四十五条所列，不能停法定时限", p.Kind),
			fmt.Sprintf("%s is not among the procedures of article 45 and cannot stop the legal clock", p.Kind),
			"写 stops: [promised]；特别法另有规定的，在 basis 中写明", "write stops: [promised], or name in basis the special law that provides for it")
	}
	if p.Notice == "" {
		c.fail("A103", nil, at, "停法定时限须书面告知申请人所需时间，没有写明文书", "the applicant must be told in writing how long it takes; no notice is named",
			"加上 notice（行政许可法第四十五条）", "add notice (Administrative Licensing Law, article 45)")
	}
	if len(p.Basis) == 0 {
		c.fail("A103", nil, at, "停法定时限须有依据", "stopping the legal clock needs a basis", "加上 basis", "add basis")
	}
}

func (c *check) stepLaw(n *Node, licence bool) {
	s := n.Step
	switch {
	case s.Intake != nil:
		c.intakeLaw(s, licence)
	case s.Issue != nil && licence && s.Limit != nil:
		for _, t := range s.Limit.Times {
			if longer(t.Time, workingDays(10)) && len(s.Limit.Basis) == 0 {
				c.fail("A110", s, "limit", "许可证件应自决定之日起十个工作日内送达", "a licence is delivered within ten working days of the decision",
					"改为 10wd 或更短（行政许可法第四十四条）", "make it 10wd or less (Administrative Licensing Law, article 44)")
				break
			}
		}
	case s.Hearing != nil && s.Hearing.Chair != "":
		c.chairLaw(n)
	}
	if w := n.Work(); w != nil {
		c.silence(n, "limit", s.Limit, w)
		if n.Decide != nil {
			c.silence(n, "statutory", n.Decide.Statutory, w)
			if _, own := c.locs[locKey{s, "statutory"}]; own && n.Decide.Item.Type == Licence {
				c.statutory(s, "statutory", "", n.Decide.Statutory, false)
			}
		}
	}
}

// silence: a silence rule needs a basis, and none may hold where safety,
// environment, health or finance is protected or where a gate stands.
func (c *check) silence(n *Node, path string, l *Limit, w *Work) {
	if l == nil || (l.Late != "agree" && l.Late != "grant") {
		return
	}
	if len(l.Basis) == 0 {
		c.fail("A104", n.Step, path, "默认同意须有明确依据", "silence counts as consent only with a basis",
			"在期限中加 basis，或写 late: mark", "add basis to the limit, or write late: mark")
	}
	if len(w.Protects) > 0 {
		c.fail("A105", n.Step, path, "涉及安全、环境、健康或金融的环节不得默认同意", "a step that protects safety, environment, health or finance never consents by silence",
			"写 late: mark", "write late: mark")
	}
	if len(n.Needs) > 0 {
		c.fail("A105", n.Step, path, "有 needs 的环节不得默认同意", "a step with needs never consents by silence", "写 late: mark", "write late: mark")
	}
}

// intakeLaw: five working days, one notice, accepted by silence.
// Source: 行政许可法第三十二条.
func (c *check) intakeLaw(s *Step, licence bool) {
	in := s.Intake
	if licence && s.Limit != nil {
		for _, t := range s.Limit.Times {
			if longer(t.Time, workingDays(5)) && len(s.Limit.Basis) == 0 {
				c.fail("A109", s, "limit", fmt.Sprintf("受理时限 %s 超过五个工作日", t.Time), fmt.Sprintf("an intake of %s is longer than five working days", t.Time),
					"改为 5wd 或更短（行政许可法第三十二条）", "make it 5wd or less (Administrative Licensing Law, article 32)")
			}
		}
		if s.Limit.Late == "mark" {
			c.fail("A109", s, "limit.late", "行政许可逾期不告知的，自收到材料之日起即为受理", "a licence not answered in time is accepted from the day of receipt",
				"写 late: accept（行政许可法第三十二条）", "write late: accept (Administrative Licensing Law, article 32)")
		}
	}
	if in.Collect == nil {
		return
	}
	if in.Collect.From == "gap" && in.Answer != nil && in.Answer.Late == "lapse" {
		c.fail("A114", s, "answer.late", "collect 从发现缺漏起算时，受理不等待答复，不能因未答复而终止", "with collect from gap the acceptance does not wait for the answer, so nothing lapses for want of it",
			"写 late: mark 或 ask", "write late: mark or ask")
	}
	if in.Collect.From != "receipt" || s.Limit == nil {
		return
	}
	for _, t := range s.Limit.Times {
		if !t.Time.IsZero() && !shorter(in.Collect.Time, t.Time) {
			c.fail("A108", s, "collect.time", fmt.Sprintf("各部门查看的时间 %s 须短于受理时限 %s", in.Collect.Time, t.Time),
				fmt.Sprintf("the collect window of %s must be shorter than the intake's limit of %s", in.Collect.Time, t.Time))
			return
		}
	}
}

// shorter says that a is shorter than b: by amount in the same unit, else on
// most calendars.
func shorter(a, b calendar.Period) bool {
	if a.Unit == b.Unit {
		return a.Amount < b.Amount
	}
	x, _ := days(a)
	y, _ := days(b)
	return x < y
}

// chairLaw: the chair of a hearing is none of those who review the case.
// Source: 行政许可法第四十八条.
func (c *check) chairLaw(n *Node) {
	for _, m := range c.nodes {
		w := m.Work()
		if w == nil || m.By != n.By {
			continue
		}
		for _, l := range w.Chain {
			if slices.ContainsFunc(l.Roles, func(r RoleLimit) bool { return r.Role == n.Hearing.Chair }) {
				c.fail("A112", n.Step, "chair", fmt.Sprintf("听证主持人 %s 也在 %s 的审查链中", n.Hearing.Chair, m.ID),
					fmt.Sprintf("the chair %s is also in the chain of %s", n.Hearing.Chair, m.ID),
					"由审查人员以外的人主持（行政许可法第四十八条）", "let somebody outside the review preside (Administrative Licensing Law, article 48)")
				return
			}
		}
	}
}
