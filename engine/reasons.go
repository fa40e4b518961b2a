package engine

import (
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// What an explanation of a date rests on: where the count starts, who extended it
// and why, on what ground days are left out.

var startNames = map[string]calendar.Text{
	"start": {ZH: "环节开始", EN: "the start of the step"}, "receipt": {ZH: "收件", EN: "receipt"}, "acceptance": {ZH: "受理", EN: "acceptance"},
	"decision": {ZH: "决定", EN: "the decision"}, "notice": {ZH: "告知", EN: "the notice"}, "answer": {ZH: "补正", EN: "the answer"},
	"delivery": {ZH: "送达", EN: "delivery"}, "correction": {ZH: "更正", EN: "the correction"}, "gap": {ZH: "提出补正", EN: "the first gap"},
	"closing": {ZH: "办结", EN: "closing"},
	"filing":  {ZH: "申报", EN: "filing"}, "rating": {ZH: "评价", EN: "the rating"}, "letter": {ZH: "新的函", EN: "the new letter"},
	"order": {ZH: "责令整改", EN: "the order to fix"}, "fixed": {ZH: "报告整改或者整改期满", EN: "the holder's word, or the end of his time to fix"},
}

// windowBound says why the window may close before its time is over (3.7.5).
var windowBound = calendar.Text{
	ZH: "窗口期至迟在受理期限届满前一个工作日结束，已过的即时结束",
	EN: "the window closes a working day before the intake is due at the latest, or at once when that has passed",
}

// letterBound says why the paper a letter stands in for may be due before the guide's time is over.
var letterBound = calendar.Text{ZH: "函上写明的有效期到该日为止", EN: "the letter itself lasts until that day"}

// extensionLaw is what an extension of a legal limit rests on.
var extensionLaw = calendar.Text{ZH: "行政许可法第四十二条", EN: "Administrative Licensing Law, article 42"}

// since says what happened at the instant a clock counts from. A limit that names
// what had not happened yet counts from the start of its step; one from receipt
// counts from the corrected papers where they were asked for in time (3.8.3).
func (r *Rules) since(s *State, c *Clock) calendar.Text {
	name, known := startNames[c.From]
	switch {
	case c.From == "start" && c.ofCase():
		return startNames["receipt"]
	case c.From == "receipt" && !c.Start.Equal(s.ReceivedAt):
		return startNames["answer"]
	case known:
		return name
	}
	if field, ok := strings.CutPrefix(c.From, "form."); ok {
		if t, ok := formTime(lookup(&definition.Env{Form: s.Form}, c.From)); ok && t.Equal(c.Start) {
			return calendar.Text{ZH: "申请表“" + field + "”", EN: "the form's " + field}
		}
		return startNames["start"]
	}
	if id, ok := strings.CutPrefix(c.From, fromDelivery+"."); ok {
		of := r.resultName(s, id)
		return calendar.Text{ZH: "“" + of.ZH + "”送达", EN: "the delivery of " + of.EN}
	}
	if st := s.Step(c.From); st != nil && st.EndedAt.Equal(c.Start) {
		of := stepName(r, s, c.From)
		return calendar.Text{ZH: "“" + of + "”办完", EN: "the end of " + of}
	}
	for i := range s.Outputs {
		if s.Outputs[i].ID == c.From && s.Outputs[i].At.Equal(c.Start) {
			of := r.resultName(s, c.From)
			return calendar.Text{ZH: "“" + of.ZH + "”作出", EN: "when " + of.EN + " was given"}
		}
	}
	return startNames["start"]
}

// extensions are the lengths added to a clock: by whom, when, and why.
func (r *Rules) extensions(s *State, c *Clock) []calendar.Added {
	added := make([]calendar.Added, len(c.Extended))
	for i := range c.Extended {
		x := &c.Extended[i]
		added[i] = calendar.Added{Period: x.Period, Text: r.granted(s, c, x)}
		if c.Class == Statutory {
			added[i].Law = extensionLaw
		}
	}
	return added
}

// granted tells of an extension. Who approved it is an office of an organisation,
// not a person: the office answers for it.
func (r *Rules) granted(s *State, c *Clock, x *ClockExtension) calendar.Text {
	more, by, day := x.Period.Text(), r.approver(s, c, x.Role), on(x.At).String()
	return calendar.Text{
		ZH: day + " 经" + by.ZH + "批准延长 " + more.ZH + "，理由：" + x.Reason,
		EN: "extended by " + more.EN + ", approved on " + day + " by the " + by.EN + ", because: " + x.Reason,
	}
}

// approver names the office that may extend a clock (see mayExtend): of the
// organisation whose step or duty it measures, else of the lead.
func (r *Rules) approver(s *State, c *Clock, role string) calendar.Text {
	if role == RoleGovernmentHead {
		return definition.RoleName(role)
	}
	org := s.Org(r.Plan.Def.Item.Lead)
	switch {
	case role == RoleClerk: // the window, whatever it is a clock of
		party, _ := (&decider{r: r, s: s}).desk()
		org = s.Org(party)
	case c.Late == lateFix && role != RoleLead:
		party := s.Duty(c.Duty).checker()
		if org = s.Org(party); role == RoleHandle {
			role = (&decider{r: r, s: s}).deskRole(party)
		}
	case role == RoleLead: // the lead's, whatever it is a clock of
	case c.Step != "":
		org = cmp0(s.orgIn(c.Step, c.Round), org) // of a group the lead's
	case c.Duty != "" && s.Duty(c.Duty).Org != "":
		org = s.Duty(c.Duty).Org
	}
	who := Called(r, s, org+"."+role)
	if role == RoleLead || role == RoleHandle { // the word is the work's; people do it
		who.ZH += "人"
	}
	return who
}

// orgIn is the organisation that had a step in a round.
func (s *State) orgIn(step string, round int) string {
	st := s.must(step)
	for i := range st.Rounds {
		if st.Rounds[i].Round == round {
			return st.Rounds[i].Org
		}
	}
	return st.Org
}

// leftOut are the days a clock does not count, each with its ground.
func (r *Rules) leftOut(s *State, c *Clock) []calendar.LeftOut {
	out := make([]calendar.LeftOut, 0, len(c.Excluded)+len(c.Stops))
	for _, x := range c.Excluded {
		name := stepName(r, s, c.Step)
		out = append(out, calendar.LeftOut{Span: x, Name: c.Step, Text: calendar.Text{
			ZH: "“" + name + "”于 " + x.From.String() + " 办完，" + x.To.String() + " 重新开始办理",
			EN: name + " was over on " + x.From.String() + " and is gone through again from " + x.To.String(),
		}})
	}
	for _, x := range c.Stops {
		out = append(out, r.stopped(s, c, x))
	}
	return out
}

// stopped says of a pause that stopped a clock why, from when until when, by which
// paper, and that the applicant was told of it.
func (r *Rules) stopped(s *State, c *Clock, x ClockStop) calendar.LeftOut {
	p := s.pauseRun(x.Run)
	l := calendar.LeftOut{Span: x.Span, Name: p.Pause}
	if c.Class == Statutory {
		l.Law = calendar.Text{ZH: "行政许可法第四十五条", EN: "Administrative Licensing Law, article 45"}
		if d := r.pausing(p.Pause); d != nil && len(d.Basis) > 0 {
			l.Law = basisText(d.Basis)
		}
	}
	name, kind := stepName(r, s, p.Step), definition.PauseName(p.Kind)
	l.Text = calendar.Text{
		ZH: "“" + name + "”因" + kind.ZH + "停止计时：" + p.From.String() + " 起，至 " + x.To.String(),
		EN: name + " stood still for " + kind.EN + ": from " + p.From.String() + " until " + x.To.String(),
	}
	if p.Document != "" {
		l.Text.ZH, l.Text.EN = l.Text.ZH+"，凭据 "+p.Document, l.Text.EN+", by "+p.Document
	}
	if p.Notice != "" {
		l.Text.ZH, l.Text.EN = l.Text.ZH+"，已书面告知申请人", l.Text.EN+", the applicant was told in writing"
	}
	if p.Running() {
		l.Text.ZH, l.Text.EN = l.Text.ZH+"，尚未结束", l.Text.EN+", still running"
	}
	return l
}

// basisText writes a legal ground as one text; laws keep their Chinese names.
func basisText(basis []definition.Article) calendar.Text {
	parts := make([]string, len(basis))
	for i, a := range basis {
		parts[i] = strings.TrimSpace(a.Law + " " + a.Article)
	}
	text := strings.Join(parts, "、")
	return calendar.Text{ZH: text, EN: text}
}
