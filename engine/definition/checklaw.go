package definition

import (
	"fmt"
	"regexp"
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
		c.statutory(nil, "item.statutory", "item", it.Statutory, c.joint(), it.Lead)
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

// statutory checks a licence's legal limit, which `by` answers for. Source:
// 行政许可法第四十二条: from the acceptance 20 working days and 10 more by the organ's
// head; handled jointly 45 and 15 more by the head of the government; laws and
// regulations may say otherwise.
func (c *check) statutory(step *Step, path, fallback string, l *Limit, joint bool, by string) {
	if l == nil {
		c.fail("A106", step, fallback, "行政许可没有法定时限", "a licence without a legal limit",
			"加上 statutory，一般为 20wd，联合办理 45wd（行政许可法第四十二条）", "add statutory: in general 20wd, handled jointly 45wd (Administrative Licensing Law, article 42)")
		return
	}
	if sectorLaw(l.Basis) {
		return
	}
	top, more := workingDays(20), workingDays(10)
	if joint {
		top, more = workingDays(45), workingDays(15)
	}
	if i := slices.IndexFunc(l.Times, func(t TimedPeriod) bool { return longer(t.Time, top) }); i >= 0 {
		c.fail("A107", step, path, fmt.Sprintf("法定时限 %s 超过一般的 %s（行政许可法第四十二条），须写明另有规定的法律、法规", l.Times[i].Time, top),
			fmt.Sprintf("the legal limit of %s is beyond the general %s (Administrative Licensing Law, article 42) and needs the law or regulation that says otherwise", l.Times[i].Time, top),
			"在 statutory 的 basis 中写明", "name it in basis of statutory")
	} else if x := l.Extend; x != nil && (longer(x.Time, more) || x.Times > 1) {
		c.fail("A107", step, path, fmt.Sprintf("延长 %s×%d 超过一般的一次 %s（行政许可法第四十二条），须写明另有规定的法律、法规", x.Time, x.Times, more),
			fmt.Sprintf("an extension of %s, %d times, is beyond the general one of %s (Administrative Licensing Law, article 42) and needs the law or regulation that says otherwise", x.Time, x.Times, more),
			"在 statutory 的 basis 中写明", "name it in basis of statutory")
	}
	c.extender(step, path, l, joint, by)
	if !timely(l.From, step != nil) {
		c.fail("A107", step, path+".from", fmt.Sprintf("法定时限自受理之日起算（行政许可法第四十二条），不能自 %s 起算", l.From),
			fmt.Sprintf("the legal limit counts from the acceptance (Administrative Licensing Law, article 42), not from %s", l.From),
			"不写 from，或写 from: acceptance；法律、法规另有规定的，在 basis 中写明", "leave from out, or write from: acceptance; where a law or regulation says otherwise, name it in basis")
	}
}

// extender checks who approves more time: the organ's head; where several handle
// the item, the head of the government, unless what the organ's head adds stays
// within the time that needs nobody's approval.
func (c *check) extender(step *Step, path string, l *Limit, joint bool, by string) {
	x := l.Extend
	if x == nil || !slices.Contains(extenders, x.Role) {
		return
	}
	want := "organ-head"
	switch {
	case joint:
		want = "government-head"
		if x.Role == "organ-head" && !slices.ContainsFunc(l.Times, func(t TimedPeriod) bool { return !fits(t.Time, *x, workingDays(45)) }) {
			return
		}
	case x.Role == "government-head": // of a government that decides itself he is the organ's head
		if slices.ContainsFunc(c.def.Parties, func(p Party) bool { return p.ID == by && p.Kind == "government" }) {
			return
		}
	}
	if x.Role == want {
		return
	}
	zh, en := "行政机关负责人", "the organ's head"
	if joint {
		zh, en = "本级人民政府负责人", "the head of the government"
	}
	c.fail("A107", step, path+".extend.role", fmt.Sprintf("延长法定时限须经%s（%s）批准（行政许可法第四十二条），不能由 %s 批准", zh, want, x.Role),
		fmt.Sprintf("the legal limit is extended by %s (%s; Administrative Licensing Law, article 42), not by %s", en, want, x.Role),
		"写 role: "+want+"；法律、法规另有规定的，在 basis 中写明", "write role: "+want+"; where a law or regulation says otherwise, name it in basis")
}

// fits says that a time with all its extensions is never longer than top.
func fits(t calendar.Period, x Extension, top calendar.Period) bool {
	if t.Unit == top.Unit && x.Time.Unit == top.Unit {
		return t.Amount+x.Times*x.Time.Amount <= top.Amount
	}
	_, first := days(t)
	_, each := days(x.Time)
	low, _ := days(top)
	return first+float64(x.Times)*each <= low
}

// timely says that a legal clock which counts from there begins no later than
// the law wants: the case's with the acceptance, a step's with the step, whose
// beginning everything that went before lies behind.
func timely(from string, step bool) bool {
	switch from {
	case "", "start", "receipt", "acceptance":
		return true
	case "decision":
		return false
	}
	return strings.HasPrefix(from, "$") || step && !strings.HasPrefix(from, "form.")
}

var (
	licensingLaw = regexp.MustCompile(`(中华人民共和国)?行政许可法`)
	// namesLaw: a law, a regulation or what the State Council or the congress has
	// issued; measures (办法) and documents (规定, 通知) are none of them.
	namesLaw = regexp.MustCompile(`[^办方书执司立]法([第典》〉（(，,、；;0-9\s]|实施|$)|条例|国务院令|全国人民代表大会|全国人大`)
)

// sectorLaw says whether a ground names a law or regulation of the matter itself:
// neither the Licensing Law nor a mere document of an authority.
func sectorLaw(basis []Article) bool {
	return slices.ContainsFunc(basis, func(a Article) bool { return namesLaw.MatchString(licensingLaw.ReplaceAllString(a.Law, "")) })
}

// pauseLaw: only the eight procedures of article 45, or one of a special law, stop
// the legal clock, and only with a written notice to the applicant.
func (c *check) pauseLaw(p *Pause) {
	if !slices.Contains(p.Stops, "statutory") {
		return
	}
	at := "pauses." + p.ID
	if !slices.Contains(statutoryPauses, p.Kind) && !sectorLaw(p.Basis) {
		c.fail("A103", nil, at+".stops", fmt.Sprintf("%s 不属于行政许可法第四十五条所列，basis 中也没有另有规定的法律、法规，不能停法定时限", p.Kind),
			fmt.Sprintf("%s is not among the procedures of article 45 (Administrative Licensing Law), and basis names no law or regulation that says otherwise; it cannot stop the legal clock", p.Kind),
			"写 stops: [promised]；法律、法规另有规定的，在 basis 中写明", "write stops: [promised], or name in basis the law or regulation that provides for it")
	}
	if p.Notice == "" {
		c.fail("A103", nil, at, "停法定时限须书面告知申请人所需时间，没有写明文书", "the applicant must be told in writing how long it takes; no notice is named",
			"加上 notice（行政许可法第四十五条）", "add notice (Administrative Licensing Law, article 45)")
	}
	if len(p.Basis) == 0 {
		c.fail("A103", nil, at, "停法定时限须有依据", "stopping the legal clock needs a basis", "加上 basis", "add basis")
	}
}

// standstill holds the pauses a step begins by itself to what the step is. A visit
// is none of the procedures of article 45 (a pause of its own kind needs a special
// law, as pauseLaw says), unless it is the inspection, testing or quarantine that
// article 55 has two people do; time to put things right, a posting and a payment
// never are.
func (c *check) standstill(s *Step) {
	switch {
	case s.Visit != nil:
		c.stopsAs(s, "pause", s.Visit.Pause, "踏勘", "a visit", "site-visit", "inspection", "testing", "quarantine")
		if s.Visit.Rectify != nil {
			c.stopsAs(s, "rectify.pause", s.Visit.Rectify.Pause, "整改", "the time to put things right", "rectification")
		}
	case s.Publicity != nil:
		c.stopsAs(s, "pause", s.Publicity.Pause, "公示", "a posting", "publicity")
	case s.Hearing != nil:
		c.stopsAs(s, "pause", s.Hearing.Pause, "听证", "a hearing", "hearing")
	case s.Pay != nil:
		c.stopsAs(s, "pause", s.Pay.Pause, "缴费", "a payment", "payment")
	}
}

// stopsAs checks that a pause which stops the legal clock is of a kind its step can be.
func (c *check) stopsAs(s *Step, path, id, zh, en string, kinds ...string) {
	i := slices.IndexFunc(c.def.Pauses, func(p Pause) bool { return p.ID == id })
	if i < 0 || !slices.Contains(c.def.Pauses[i].Stops, "statutory") || slices.Contains(kinds, c.def.Pauses[i].Kind) {
		return
	}
	p := &c.def.Pauses[i]
	c.fail("A103", s, path, fmt.Sprintf("%s不能以 %s（%s，%s）为由停法定时限：停法定时限的，应为 %s（行政许可法第四十五条）", zh, id, p.Kind, PauseName(p.Kind).ZH, strings.Join(kinds, "、")),
		fmt.Sprintf("%s cannot stop the legal clock by %s, which is a pause of kind %s; one that stops it is of kind %s here (Administrative Licensing Law, article 45)", en, id, p.Kind, strings.Join(kinds, ", ")),
		"用 kind: "+kinds[0]+" 的中止事由；第四十五条所列以外的只写 stops: [promised]，除非 basis 写明另有规定的法律、法规",
		"name a pause of kind "+kinds[0]+"; beyond the procedures of article 45 with stops: [promised] only, unless its basis names the law or regulation that says otherwise")
}

func (c *check) stepLaw(n *Node, licence bool) {
	s := n.Step
	c.standstill(s)
	switch {
	case s.Intake != nil:
		c.intakeLaw(s, licence)
	case s.Issue != nil && licence && s.Limit != nil:
		for _, t := range s.Limit.Times {
			if longer(t.Time, workingDays(10)) && !sectorLaw(s.Limit.Basis) {
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
				c.statutory(s, "statutory", "", n.Decide.Statutory, false, n.By)
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

// intakeLaw: five working days from the receipt, no more, one notice, accepted by
// silence. Source: 行政许可法第三十二条.
func (c *check) intakeLaw(s *Step, licence bool) {
	in := s.Intake
	if licence && s.Limit != nil {
		if !sectorLaw(s.Limit.Basis) {
			c.fiveDays(s, s.Limit)
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
				fmt.Sprintf("the collect window of %s must be shorter than the intake's limit of %s", in.Collect.Time, t.Time),
				"缩短 collect.time", "shorten collect.time")
			return
		}
	}
}

// fiveDays holds an intake's limit to article 32, which knows no other start than
// the receipt and no extension.
func (c *check) fiveDays(s *Step, l *Limit) {
	for _, t := range l.Times {
		if longer(t.Time, workingDays(5)) {
			c.fail("A109", s, "limit", fmt.Sprintf("受理时限 %s 超过五个工作日", t.Time), fmt.Sprintf("an intake of %s is longer than five working days", t.Time),
				"改为 5wd 或更短（行政许可法第三十二条）", "make it 5wd or less (Administrative Licensing Law, article 32)")
		}
	}
	if x := l.Extend; x != nil {
		c.fail("A109", s, "limit.extend", fmt.Sprintf("受理的五个工作日不能延长（行政许可法第三十二条），写的是可延长 %s×%d", x.Time, x.Times),
			fmt.Sprintf("the five working days of the intake cannot be extended (Administrative Licensing Law, article 32); written is an extension of %s, %d times", x.Time, x.Times),
			"去掉 extend", "take extend out")
	}
	if l.From != "receipt" && l.From != "start" && l.From != "" && !strings.HasPrefix(l.From, "$") {
		c.fail("A109", s, "limit.from", fmt.Sprintf("受理的五个工作日自收到材料之日起算（行政许可法第三十二条），不能自 %s 起算", l.From),
			fmt.Sprintf("the five working days of the intake count from the receipt (Administrative Licensing Law, article 32), not from %s", l.From),
			"不写 from，或写 from: receipt", "leave from out, or write from: receipt")
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
