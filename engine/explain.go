package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Explain says why a clock's due day is that day, line by line in Chinese and
// English, with the articles counted by: where it counts from, who extended it and
// why, on what ground days are left out. Read in order, the lines add up to the day
// the clock states. false: there is no such clock.
func Explain(r *Rules, s *State, id string) (calendar.Explanation, bool) {
	c := s.Clock(id)
	if c == nil {
		return calendar.Explanation{}, false
	}
	r = r.of(s, c)
	a := calendar.Account{Start: c.Start, Since: r.since(s, c), Period: c.Period, Added: r.extensions(s, c), LeftOut: r.leftOut(s, c)}
	if c.ID == clockCollect {
		a.Until, a.Bound = c.Due, windowBound
	}
	if c.Until != nil {
		a.Until, a.Bound = c.Until.End(), letterBound
	}
	e := r.Calendar.Account(a)
	for _, x := range c.Stops { // a pause that began when nothing was left to count
		if !slices.ContainsFunc(e.Lines, func(l calendar.Line) bool {
			return l.Kind == calendar.LineExcluded && l.From <= x.To && x.From < l.To
		}) {
			why := r.stopped(s, c, x)
			e.Lines = append(e.Lines, calendar.Line{Kind: calendar.LinePause, From: x.From, To: x.To, Name: why.Name, Law: why.Law,
				Text: calendar.Text{ZH: why.Text.ZH + "，不影响到期日", EN: why.Text.EN + "; the due day is the same"}})
		}
	}
	return e, true
}

// Basis is what a clock's due time comes from, in short: as much as an inbox has room for. [Explain] tells all of it.
type Basis struct {
	From     string            `json:"from,omitempty"` // as in [Clock]
	Period   calendar.Period   `json:"period,omitzero"`
	Extended []calendar.Period `json:"extended,omitempty"`
	Paused   bool              `json:"paused,omitempty"` // it stood still for a time
}

func (c *Clock) basis() Basis {
	b := Basis{From: c.From, Period: c.Period, Paused: len(c.Stops) > 0}
	for i := range c.Extended {
		b.Extended = append(b.Extended, c.Extended[i].Period)
	}
	return b
}

// Why says it in a few words, of a clock of a class; nothing when there is none.
func (b *Basis) Why(of ClockClass) calendar.Text {
	if b.From == "" {
		return calendar.Text{}
	}
	class := calendar.Text{ZH: "承诺 ", EN: "promised "}
	if of == Statutory {
		class = calendar.Text{ZH: "法定 ", EN: "statutory "}
	}
	from, ok := startNames[b.From]
	if !ok {
		from = calendar.Text{ZH: "“" + b.From + "”", EN: b.From}
	}
	period := b.Period.Text()
	t := calendar.Text{ZH: class.ZH + period.ZH + "，自" + from.ZH + "起", EN: class.EN + period.EN + " from " + from.EN}
	for _, x := range b.Extended {
		more := x.Text()
		t.ZH, t.EN = t.ZH+"，延长 "+more.ZH, t.EN+", extended by "+more.EN
	}
	if b.Paused {
		t.ZH, t.EN = t.ZH+"，扣除中止的时间", t.EN+", without the time it stood still"
	}
	return t
}

// WaitingFor says who the case waits for and why, in order of due time. It is
// empty only when the case is over; when nobody can act, it names the clock
// that will move the case on.
func WaitingFor(r *Rules, s *State) []Wait {
	var waits []Wait
	if s.Over() {
		return nil
	}
	for i := range s.Tasks {
		t := s.Tasks[i]
		if t.Status != TaskOpen {
			continue
		}
		w := Wait{Who: t.Party, Org: t.Org, Role: t.Role, Account: t.Claimed, Step: t.Step, Task: t.ID, Since: t.OpenedAt}
		if c := s.Clock(t.Clock); c != nil && c.Running() {
			w.Due = c.Due
		}
		w.WhyZh, w.WhyEn = why(r, s, t)
		if s.awaited(t.ID) != nil {
			w.WhyZh, w.WhyEn = w.WhyZh+"（期限自送达之日起算，等待送达）", w.WhyEn+" (its time waits for delivery)"
		}
		if rej := r.shut(s, t); rej != nil {
			w.WhyZh, w.WhyEn = w.WhyZh+"（"+rej.Zh+"）", w.WhyEn+" ("+rej.En+")"
		}
		if v := s.vacancy(t.Org, t.Role); v != nil && t.Claimed == "" {
			w.vacant(r, s, v)
		}
		waits = append(waits, w)
	}
	if len(waits) == 0 {
		for i := range s.Clocks {
			if c := s.Clocks[i]; c.Running() && !c.Overdue {
				zh, en := c.RunsOut()
				waits = append(waits, Wait{Who: "time", Step: c.Step, WhyZh: zh, WhyEn: en, Since: c.Start, Due: c.Due})
			}
		}
	}
	slices.SortStableFunc(waits, func(a, b Wait) int { return byDue(a.Due, b.Due) })
	return waits
}

// shut says why the work of a task cannot end its step positively yet, nil when it can.
func (r *Rules) shut(s *State, t *Task) *Rejection {
	if t.Kind != TaskWork && t.Kind != TaskHand && t.Kind != TaskPost && t.Kind != TaskRecord {
		return nil
	}
	if n := r.node(s, t.Step); n != nil {
		return r.inWords(s, (&decider{r: r, s: s}).gate(n))
	}
	return nil
}

// vacant says who is waited for while nobody holds the post of a task.
func (w *Wait) vacant(r *Rules, s *State, v *Vacancy) {
	if !v.Headless {
		w.Role = RoleOrganHead
		w.WhyZh, w.WhyEn = w.WhyZh+"（"+roleZh(v.Role)+"岗位空缺，由单位负责人办理）", w.WhyEn+" (nobody holds the post of "+v.Role+": for the head of the organisation)"
		return
	}
	w.Who = r.fills(s, v)
	w.Org, w.Role = s.Org(w.Who), ""
	w.WhyZh += "（" + roleZh(v.Role) + "岗位空缺，该单位也没有负责人：请报主管机关补齐）"
	w.WhyEn += " (nobody holds the post of " + v.Role + " and nobody heads the organisation: see to it that one of the two is filled)"
}

// byDue orders due times; without one comes last.
func byDue(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func why(r *Rules, s *State, t *Task) (zh, en string) {
	switch name := taskName(r, s, t); t.Kind {
	case TaskDuty:
		return "履行义务“" + name + "”", "fulfil the duty " + t.About
	case TaskJudge:
		if k := s.Duty(t.About); k.Status == DutyRecheck {
			return "复查“" + name + "”责令整改的内容", "look again at what was to be put right under the duty " + t.About
		}
		return "认定义务“" + name + "”是否履行", "judge whether the duty " + t.About + " is met"
	case TaskRectify:
		if t.Step == "" {
			return "按责令限期整改通知书整改（“" + name + "”）", "put right what was ordered under the duty " + t.About
		}
	case TaskDeliver:
		x := s.delivery(t.About)
		zh, en = "送达“"+x.Name+"”，登记送达凭证", "deliver "+t.About+" and record the proof"
		if x.Waits != nil {
			return zh + "（申请人的期限自送达之日起算）", en + " (the applicant's time starts with it)"
		}
		if slices.ContainsFunc(r.Plan.Duties, func(k definition.Owed) bool { return k.Limit.From == fromDelivery+"."+x.ID }) {
			return zh + "（义务自送达之日起算）", en + " (a duty starts with it)"
		}
		return zh + "（已寄出，以送达凭证为准）", en + " (it was sent; that it came needs its proof)"
	case TaskTime:
		of := ClockName(r, s, t.Clock)
		return "答复申请人的延期申请（" + of.ZH + "）", "answer the applicant, who asks for more time: " + of.EN
	case TaskRate:
		return "评价本次办理（自愿）", "rate the service (voluntary)"
	case TaskAnnul:
		return "决定是否撤销“" + name + "”", "decide whether to annul " + t.About
	}
	n := r.node(s, t.Step)
	name := n.Name
	if name == "" {
		name = n.ID
	}
	switch t.Kind {
	case TaskLook:
		if s.Status == PreReview {
			return "预审：查看材料，收件或退回一次", "pre-review: look at the papers, receive the case or give it back once"
		}
		return "查看材料，提出需补正的内容或确认齐全", "look at the papers: name gaps, or say they are complete"
	case TaskAccept:
		return "决定受理或不予受理", "accept the case or refuse it"
	case TaskAnswer:
		if s.Status == PreReview {
			return "按预审意见修改后重新提交", "put right what the pre-review named"
		}
		return "按一次性补正告知书补正", "answer the correction notice"
	case TaskQuestion:
		return "对“" + cmp0(r.nameOf(s, t.About), t.About) + "”的异议决定终止或继续", "decide on the objection of " + t.About + ": stop or continue"
	case TaskRequest:
		return "“" + name + "”：可以在期限内申请听证", n.ID + ": a hearing may be asked for"
	case TaskPost:
		return "“" + name + "”：发布公示", n.ID + ": hang the posting out"
	case TaskObjection:
		return "“" + name + "”：对异议“" + t.About + "”作出处理", n.ID + ": uphold or dismiss the objection " + t.About
	case TaskArrange:
		return "“" + name + "”：确定时间", n.ID + ": set the date"
	case TaskRecord:
		zh, en = "“"+name+"”：登记结果", n.ID+": record what was found"
		if on := s.Step(n.ID).meets(); on.After(s.Last) {
			when := on.In(calendar.Zone).Format("2006-01-02 15:04")
			return zh + "（定于 " + when + "）", en + " (it is set for " + when + ")"
		}
		return zh, en
	case TaskRectify:
		return "“" + name + "”：按整改通知书整改", n.ID + ": put the open points right"
	case TaskRecheck:
		return "“" + name + "”：复查未整改事项", n.ID + ": look again at the open points"
	case TaskConsult:
		return "答复“" + name + "”的征询", "consulted by " + n.ID + ": answer the question"
	case TaskHand:
		name := r.resultName(s, t.About)
		return "发放“" + name.ZH + "”", "hand out " + name.EN
	}
	zh, en = "“"+name+"”："+roleZh(t.Role), n.ID+": "+t.Role
	if p := s.pauseOf(t.Step); p != nil {
		zh += "（" + PauseKindZh(p.Kind) + "，停止计时至 " + p.Until.String() + "）"
		en += " (clocks stopped for " + p.Kind + " until " + p.Until.String() + ")"
	}
	switch {
	case t.Signer != "":
		return "“" + name + "”：加签", n.ID + ": an added signature"
	case s.signedBefore(t.ID):
		zh, en = zh+"（等加签人先签）", en+" (waits for an added signature)"
	}
	if t.Owner != "" {
		zh, en = zh+"（已委派同事，办完交回）", en+" (delegated to a colleague, to be given back)"
	}
	if n.Kind == definition.KindReview {
		return zh + "，出具意见", en + ", opinion"
	}
	return zh + "，作出决定", en + ", decision"
}

// meets is when a visit or hearing is set for, zero while it is not.
func (st *StepState) meets() time.Time {
	switch {
	case st.Visit != nil:
		return st.Visit.On
	case st.Hearing != nil:
		return st.Hearing.On
	}
	return time.Time{}
}

// signedBefore says whether a task waits for an added signature.
func (s *State) signedBefore(task string) bool {
	return slices.ContainsFunc(s.Tasks, func(t *Task) bool { return t.Status == TaskOpen && t.Before == task })
}

func roleZh(role string) string {
	switch role {
	case RoleHandle:
		return "承办"
	case RoleCheck:
		return "审核"
	case RoleApprove:
		return "批准"
	case RoleClerk:
		return "窗口"
	case RoleLead:
		return "牵头协调"
	}
	return role
}
