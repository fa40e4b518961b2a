package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// story tells events as sentences. It names steps, parties and papers by the
// names of the definition, and nothing of the form: any reader of the case may
// see every sentence. Reasons are part of them only where the reader may read
// them anyway.
type story struct {
	r *engine.Rules
	s *engine.State // the newest state: added opinions have their names there
	// orgs are those of the directory with their Chinese names; a play has none.
	orgs map[string]store.Organisation
}

func (s *Server) story(ctx context.Context, f *folded) (story, error) {
	orgs, err := s.catalogue.organisations(speaking(ctx, "zh"))
	return story{f.rules, f.state, orgs}, err
}

func (t story) step(id string) string {
	if n := t.r.Plan.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	if st := t.s.Step(id); st != nil && st.Added != nil {
		return st.Added.Name
	}
	return id
}

func (t story) steps(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = t.step(id)
	}
	return strings.Join(names, "、")
}

// party names who goes by an id in the case; what the definition calls a party stands in both languages.
func (t story) party(id string) calendar.Text {
	switch id {
	case "applicant":
		return calendar.Text{ZH: "申请人", EN: "the applicant"}
	case "public":
		return calendar.Text{ZH: "社会公众", EN: "the public"}
	case "interested":
		return calendar.Text{ZH: "利害关系人", EN: "those whose interests are at stake"}
	}
	if engine.NamesInterested(id) { // by number: no sentence names a person
		nth := strings.TrimPrefix(id, "interested.")
		return calendar.Text{ZH: "利害关系人" + nth, EN: "interested party " + nth}
	}
	if name := partyName(t.r.Plan, nil, id); name != "" {
		return calendar.Text{ZH: name, EN: name}
	}
	name := orElse(t.orgs[id].Name, id)
	return calendar.Text{ZH: name, EN: orElse(t.orgs[id].NameEn, name)}
}

// organ names an organisation by what it is in the case.
func (t story) organ(org string) calendar.Text {
	for _, p := range t.s.Parties {
		if p.Org == org {
			return t.party(p.Party)
		}
	}
	return t.party(org)
}

func (t story) task(id string) string {
	if k := t.s.Task(id); k != nil {
		switch k.Kind {
		case engine.TaskDuty, engine.TaskJudge:
			return t.duty(k.About)
		case engine.TaskRectify:
			if k.Step == "" {
				return t.duty(k.About)
			}
		case engine.TaskAnnul:
			return t.output(k.About)
		case engine.TaskDeliver:
			return t.document(k.About)
		case engine.TaskTime:
			zh, _ := t.clock(k.Clock)
			return zh
		}
		return t.step(k.Step)
	}
	return id
}

func (t story) papers(list []engine.PaperState) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = t.of(p.ID)
	}
	return strings.Join(names, "、")
}

// duty names a duty, output a result.
func (t story) duty(id string) string {
	if k := t.s.Duty(id); k != nil && k.Name != "" {
		return k.Name
	}
	if k := t.r.Plan.Duty(id); k != nil {
		return k.Name
	}
	return id
}

func (t story) output(id string) string {
	if n := t.r.Plan.Giver(id); n != nil {
		return n.Output(id).Name
	}
	return id
}

// results names what was handed out at the window: outputs, and the letters of denials.
func (t story) results(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if step, denied := strings.CutPrefix(id, "denial:"); denied {
			names[i] = "“" + t.step(step) + "”不予批准决定书"
		} else {
			names[i] = t.output(id)
		}
	}
	return names
}

// of names a paper or condition of the guide.
func (t story) of(id string) string { return orElse(guideName(t.r.Plan, id), id) }

// field names a form field (form.PATH) or a question.
func (t story) field(id string) string {
	if path, ok := strings.CutPrefix(id, "form."); ok {
		return orElse(title(t.r.Plan.Def.Form, strings.Split(path, ".")), id)
	}
	for _, q := range t.r.Plan.Questions {
		if q.ID == id {
			return q.Ask
		}
	}
	return id
}

func because(reason string) (zh, en string) {
	if reason == "" {
		return "", ""
	}
	return "：" + reason, ": " + reason
}

// tell gives the sentence of an event.
func (t story) tell(e *engine.Event) calendar.Text {
	say := func(zh, en string) calendar.Text { return calendar.Text{ZH: zh, EN: en} }
	give := func(zh, en, reason string) calendar.Text {
		rz, re := because(reason)
		return say(zh+rz, en+re)
	}
	switch b := e.Body.(type) {
	case engine.CaseFiled:
		zh, en := "收到申请，办件编号 "+b.Number, "application received under number "+b.Number
		if held := t.held(b.Papers); held != "" {
			zh, en = zh+"；免提交的材料："+held, en+"; not asked for, because it is held: "+held
		}
		return say(zh, en)
	case engine.StepOpened:
		return say("“"+t.step(b.Step)+"”开始", t.step(b.Step)+" opened")
	case engine.StepAbsent:
		return say("本案不需要“"+t.steps(b.Steps)+"”", t.steps(b.Steps)+": not part of this case")
	case engine.StepEnded:
		reason := ""
		if b.Verdict != nil {
			reason = b.Verdict.Reason
		}
		if b.End.Granted() && b.Why == "silence" {
			return say("“"+t.step(b.Step)+"”逾期未作决定，视为准予", t.step(b.Step)+": not decided in time, granted by silence")
		}
		return give("“"+t.step(b.Step)+"”"+endZH(b.End), t.step(b.Step)+": "+string(b.End), reason)
	case engine.StepsClosed:
		return say("“"+t.steps(b.Steps)+"”"+endZH(b.End), t.steps(b.Steps)+": "+string(b.End))
	case engine.StepsAwaited:
		return give("“"+t.steps(b.Steps)+"”重新列入本案", t.steps(b.Steps)+" became part of this case again", b.Reason)
	case engine.StepReopened:
		return say("“"+t.step(b.Step)+"”因所依据的内容变更重新办理", t.step(b.Step)+" is done again: what it read has changed")
	case engine.StepTold:
		return say("已告知“"+t.step(b.Step)+"”其依据的内容有变更", t.step(b.Step)+" was told that what it reads has changed")
	case engine.StepDropped:
		return give("“"+t.steps(b.Steps)+"”不再办理", t.steps(b.Steps)+" taken out of the case", b.Reason)
	case engine.OpinionAdded:
		return give("增加征求意见“"+b.Added.Name+"”", "a further opinion is asked: "+b.Added.Name, b.Reason)
	case engine.WindowOpened:
		return say("各部门查看材料的窗口期开始", "the collect window opened")
	case engine.WindowClosed:
		return say("各部门查看材料的窗口期结束", "the collect window closed")
	case engine.GapNamed:
		by := t.party(b.Party)
		return say(by.ZH+"提出需补正："+t.gapLines(b.Lines), by.EN+" asks for corrections: "+t.gapLines(b.Lines))
	case engine.PartyCleared:
		by := t.party(b.Party)
		return say(by.ZH+"无补正意见", by.EN+" has nothing to correct")
	case engine.NoticeSent:
		lines := make([]engine.GapLine, len(b.Notice.Lines))
		for i, l := range b.Notice.Lines {
			lines[i] = engine.GapLine{Of: l.Of}
		}
		return say("一次性告知补正："+t.gapLines(lines), "the one correction notice was sent: "+t.gapLines(lines))
	case engine.AnswerReceived:
		zh, en := "收到补正", "an answer to the notice came"
		if len(b.Papers) > 0 {
			zh, en = zh+"："+t.papers(b.Papers), en+": "+t.papers(b.Papers)
		}
		if b.Complete {
			zh, en = zh+"，已齐全", en+"; it is complete"
		}
		return say(zh, en)
	case engine.AnswerOverdue:
		return say("补正逾期", "the answer is overdue")
	case engine.CaseAccepted:
		if b.Deemed {
			return say("逾期未告知，视为受理，受理日 "+b.On.String(), "accepted by silence as of "+b.On.String())
		}
		return say("受理，受理日 "+b.On.String(), "accepted as of "+b.On.String())
	case engine.CaseRefused:
		return give(outcomeZH(b.Outcome), "acceptance ended: "+string(b.Outcome), b.Reason)
	case engine.TaskClaimed:
		return say("认领“"+t.task(b.Task)+"”", "claimed: "+t.task(b.Task))
	case engine.TaskReleased:
		return say("放回“"+t.task(b.Task)+"”", "put back: "+t.task(b.Task))
	case engine.TaskAssigned, engine.TaskTransferred, engine.TaskDelegated, engine.TaskGivenBack, engine.LinkRecalled, engine.LinkVoted, engine.SignerAdded, engine.SignerRemoved,
		engine.Consulted, engine.ConsultAnswered, engine.Copied, engine.CopiesRead, engine.HandedOver, engine.PostVacant, engine.PostFilled, engine.Commented, engine.Urged:
		return t.people(b)
	case engine.LinkPassed:
		return give("“"+t.step(b.Step)+"”"+definition.RoleName(b.Passed.Role).ZH+"通过", t.step(b.Step)+": passed by the "+definition.RoleName(b.Passed.Role).EN, b.Note)
	case engine.LinkSentBack:
		return give("“"+t.step(b.Step)+"”退回前一岗位", t.step(b.Step)+": sent back to an earlier link", b.Reason)
	case engine.UpperNoted:
		return give("“"+t.step(b.Step)+"”须请示上级", t.step(b.Step)+": the upper level must be asked", b.Reason)
	case engine.ObjectionRaised:
		return say("“"+t.step(b.Objection.Step)+"”提出异议，待牵头部门答复", t.step(b.Objection.Step)+" objects; the lead is asked")
	case engine.ObjectionAnswered:
		if b.Answer == engine.StopBlock {
			return give("牵头部门决定停止", "the lead stops the block", b.Reason)
		}
		return give("牵头部门决定继续", "the lead lets the block run on", b.Reason)
	case engine.Returned:
		return give("“"+t.step(b.Step)+"”退回“"+t.step(b.Target)+"”", t.step(b.Step)+" returned the case to "+t.step(b.Target), b.Reason)
	case engine.DecisionAffected:
		return say("“"+t.step(b.Step)+"”已签署，其依据的内容有变更，已告知", t.step(b.Step)+" is signed; its party was told that what it read has changed")
	case engine.ClockStarted:
		zh, en := t.clock(b.Clock.ID)
		return say("开始计时："+zh+"，到期日 "+b.Clock.Day.String(), "started: "+en+", due on "+b.Clock.Day.String())
	case engine.ClockWarned:
		zh, en := t.clock(b.Clock)
		if nth := b.Reminder(); nth > 1 { // the first is the warning, of which there may be no more
			return say(fmt.Sprintf("时限第 %d 次提醒：%s", nth, zh), fmt.Sprintf("reminder %d of the time limit: %s", nth, en))
		}
		return say("时限预警："+zh, "warning: "+en)
	case engine.ClockOverdue:
		zh, en := t.clock(b.Clock)
		return say("超过时限："+zh, "overdue: "+en)
	case engine.ClockExtended:
		zh, en := t.clock(b.Clock.ID)
		return say("延长时限："+zh+"，新到期日 "+b.Clock.Day.String(), "extended: "+en+", now due on "+b.Clock.Day.String())
	case engine.TimeAsked:
		zh, en := t.clock(b.Ask.Clock)
		return give("申请人申请延期："+zh+"，现到期日 "+b.Ask.Day.String(), "the applicant asks for more time: "+en+", due on "+b.Ask.Day.String(), b.Ask.Reason)
	case engine.TimeRefused:
		zh, en := t.clock(b.Clock)
		return give("不予延期："+zh, "no more time is given: "+en, b.Reason)
	case engine.ClockChanged:
		zh, en := t.clock(b.Clock.ID)
		return give("时限变更："+zh+"，新到期日 "+b.Clock.Day.String(), "changed: "+en+", now due on "+b.Clock.Day.String(), b.Why)
	case engine.CalendarLoaded:
		return give("载入日历 "+b.Version+"，重新计算未结时限", "calendar "+b.Version+" loaded, open clocks counted anew", b.Why)
	case engine.PauseBegan:
		return give("“"+t.step(b.Run.Step)+"”因"+engine.PauseKindZh(b.Run.Kind)+"停止计时，预计至 "+b.Run.Until.String(),
			t.step(b.Run.Step)+": clocks stopped for "+b.Run.Kind+", until "+b.Run.Until.String()+" as planned", b.Run.Reason)
	case engine.PauseEnded:
		_, step, _ := strings.Cut(b.Run, "/")
		step, _, _ = strings.Cut(step, "#")
		return give("“"+t.step(step)+"”恢复计时，停止计时至 "+b.Until.String(), t.step(step)+": clocks run on, they stood still until "+b.Until.String(), b.Result)
	case engine.AnswersAmended:
		return give("受理后变更申请内容", "the application was amended", b.Reason)
	case engine.PaperFell:
		return say("材料改由其他来源提供："+t.papers(b.Papers), "now to come from another source: "+t.papers(b.Papers))
	case engine.PartyTold:
		to := t.party(b.Notice.To)
		return say("已告知"+to.ZH, to.EN+" was told")
	case engine.VisitArranged, engine.VisitJoined, engine.VisitRecorded, engine.RectificationAsked, engine.PointsRectified, engine.PointsRechecked:
		return t.visit(b)
	case engine.HearingTold:
		return say("“"+t.step(b.Step)+"”告知听证权利", t.step(b.Step)+": the right to a hearing was told")
	case engine.HearingRequested:
		return say("“"+t.step(b.Step)+"”收到听证申请", t.step(b.Step)+": a hearing was asked for")
	case engine.HearingArranged:
		day := b.Hearing.On.In(calendar.Zone).Format("2006-01-02 15:04")
		return give("“"+t.step(b.Step)+"”定于 "+day, t.step(b.Step)+": set for "+day, b.Reason)
	case engine.HearingHeld:
		return say("“"+t.step(b.Step)+"”已举行，笔录已登记", t.step(b.Step)+": held and recorded")
	case engine.Posted:
		return say("“"+t.step(b.Step)+"”公示至 "+b.Posting.Until.String(), t.step(b.Step)+" hangs until "+b.Posting.Until.String())
	case engine.PostingOver:
		return say("“"+t.step(b.Step)+"”公示期满", t.step(b.Step)+": the posting's time is over")
	case engine.Objected:
		return say("“"+t.step(b.Step)+"”收到利害关系人异议", t.step(b.Step)+": an interested party objects")
	case engine.ObjectionJudged:
		if b.Objection.Answer == engine.Uphold {
			return give("“"+t.step(b.Step)+"”异议成立", t.step(b.Step)+": the objection is upheld", b.Objection.Reason)
		}
		return give("“"+t.step(b.Step)+"”异议不成立", t.step(b.Step)+": the objection is dismissed", b.Objection.Reason)
	case engine.PreReviewOpened:
		return say("提交预审", "filed for pre-review")
	case engine.PreReviewReturned:
		return say("预审退回，请申请人修改："+t.named(b.Notice.Lines), "given back before the receipt: "+t.named(b.Notice.Lines))
	case engine.PreReviewAnswered:
		return say("申请人修改后重新提交预审", "put right and handed in again")
	case engine.CaseReceived:
		if b.Why == "time" {
			return say("预审期满，转窗口收件", "the time for the pre-review is over: received")
		}
		return say("预审通过，收件", "pre-reviewed and received")
	case engine.DeliveryAwaited:
		return say("等待送达“"+b.Delivery.Name+"”，期限自送达之日起算", "a time waits for the delivery of "+b.Delivery.ID)
	case engine.DeliveryProved:
		zh, en := "", ""
		if b.Clock != nil {
			zh, en = "，到期日 "+b.Clock.Day.String(), ", due on "+b.Clock.Day.String()
		}
		day := calendar.DateOf(b.Delivery.At).String()
		return say(day+" 送达“"+b.Delivery.Name+"”（"+wayZH(b.Delivery.Way)+"）"+zh, b.Delivery.ID+" was delivered on "+day+" ("+b.Delivery.Way+")"+en)
	case engine.DeliveryNeedless:
		return say("不再等待送达“"+t.document(b.Delivery)+"”", "nothing waits for the delivery of "+b.Delivery+" any more")
	case engine.HandOutReady:
		return say("结果可以领取", "results are ready to be handed out")
	case engine.HandedOut:
		names := t.results(b.Items)
		return say("已出件："+strings.Join(names, "、"), "handed out: "+strings.Join(names, ", "))
	case engine.OutcomeFixed:
		return say("办理结果："+outcomeZH(b.Outcome), "outcome: "+string(b.Outcome))
	case engine.CaseWithdrawn:
		if b.Ground != "" {
			return give("终止办理", "terminated ("+b.Ground+")", b.Reason)
		}
		if b.Branch != "" {
			return give("撤回“"+t.step(b.Branch)+"”", "withdrawn: "+t.step(b.Branch), b.Reason)
		}
		return give("申请人撤件", "withdrawn by the applicant", b.Reason)
	case engine.CaseClosed:
		return say("办结", "closed")
	case engine.DutyOpened:
		day := ""
		if b.Clock != nil {
			day = b.Clock.Day.String()
		}
		by := t.party(b.Duty.By)
		return give(by.ZH+"负有义务“"+t.duty(b.Duty.ID)+"”", by.EN+" is bound by a duty: "+t.duty(b.Duty.ID), day)
	case engine.DutyNotOwed:
		return say("本案没有义务“"+t.duty(b.Duty)+"”", "not owed in this case: "+t.duty(b.Duty))
	case engine.DutyReport:
		return give("申请人报告已履行“"+t.duty(b.Duty)+"”", "the applicant reports the duty as fulfilled: "+t.duty(b.Duty), b.Reason)
	case engine.FixOrdered, engine.FixEnded:
		return t.fixing(b)
	case engine.DutySettled:
		return give("义务“"+t.duty(b.Duty)+"”"+dutyWords[b.Status], "duty "+t.duty(b.Duty)+": "+string(b.Status), b.Reason)
	case engine.AnnulmentOpened:
		day, _ := b.Annulment.Hearing()
		_, duty, reason := t.inQuestion(&b.Annulment)
		what, ask := t.output(b.Annulment.Output), b.Annulment.Asked
		switch {
		case ask != nil && ask.Org != "":
			return give("上级行政机关拟撤销“"+what+"”，申请人可陈述、申辩至"+day.String(),
				"to be annulled by the organ above, the holder may state his case until "+day.String()+": "+what, reason)
		case ask != nil:
			return give("拟撤销“"+what+"”，申请人可陈述、申辩至"+day.String(), "to be annulled, the holder may state his case until "+day.String()+": "+what, reason)
		case b.Notice != nil:
			return give("“"+duty+"”未履行，是否撤销“"+what+"”待作出决定的机关决定，申请人可陈述、申辩至"+day.String(),
				"a duty was not met ("+duty+"); whether to annul is asked of the organ that decided, the holder may state his case until "+day.String()+": "+what, reason)
		}
		return say("是否撤销“"+what+"”，待作出决定的机关决定", "whether to annul is asked of the organ that decided: "+what)
	case engine.InterestedTold:
		x := &b.Interested
		who := t.party(x.ID)
		return say("“"+t.step(x.Step)+"”告知"+who.ZH+"，其可陈述、申辩至"+x.Day.String(), t.step(x.Step)+": "+who.EN+" is told, and may state their case until "+x.Day.String())
	case engine.InterestedHeard:
		who := t.party(b.Interested)
		return say(who.ZH+"陈述意见", who.EN+" has stated their case")
	case engine.DefenceGiven:
		return give("申请人陈述、申辩", "the holder has stated his case", b.Defence.Text)
	case engine.AnnulmentDecided:
		if b.Status == engine.Annulled {
			return give("撤销“"+t.output(b.Output)+"”", "annulled: "+t.output(b.Output), b.Reason)
		}
		return give("不撤销“"+t.output(b.Output)+"”", "not annulled: "+t.output(b.Output), b.Reason)
	case engine.TextCorrected, engine.OpinionOverridden, engine.MendedOnSpot:
		return t.signed(b)
	case engine.RatingAsked:
		return give("请申请人评价", "the applicant is invited to rate", b.Clock.Day.String())
	case engine.CaseRated:
		return give("申请人评价："+gradeWords[b.Grade], "rated by the applicant: grade "+strconv.Itoa(b.Grade)+" of 5", b.Comment)
	case engine.RatingClosed:
		return say("评价期满，申请人没有评价", "the time for rating is over without one")
	case engine.PapersSupplied:
		return say("补交材料："+t.papers(b.Papers), "papers have followed: "+t.papers(b.Papers))
	case engine.PromiseRetracted:
		return say("申请人撤回承诺，改按一般程序办理", "the applicant has taken the promise back; the ordinary way is gone")
	case engine.PartiesResolved:
		return say("承办单位按机构目录更新", "organisations were updated from the directory")
	}
	return say(e.Type, e.Type)
}

func (t story) gapLines(lines []engine.GapLine) string {
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = t.of(l.Of)
	}
	return strings.Join(names, "、")
}

// clock names a clock: of the case, of a step, or of a hand-out.
func (t story) clock(id string) (zh, en string) {
	n := engine.ClockName(t.r, t.s, id)
	return n.ZH, n.EN
}

var endWords = map[engine.End]string{
	engine.EndDone: "完成", engine.EndFailed: "未通过", engine.EndGrant: "准予", engine.EndGrantTolerant: "容缺准予", engine.EndDeny: "不予批准", engine.EndAgree: "同意",
	engine.EndAgreeWith: "附条件同意", engine.EndDisagree: "不同意", engine.EndNotConcerned: "与本部门无关", engine.EndDefaulted: "逾期未答复，视为同意",
	engine.EndStopped: "停止", engine.EndBarred: "前提未满足，不再办理", engine.EndSkipped: "跳过", engine.EndLapsed: "逾期终结", engine.EndWithdrawn: "撤回",
}

var gradeWords = [...]string{1: "非常满意", 2: "满意", 3: "基本满意", 4: "不满意", 5: "非常不满意"}

var dutyWords = map[engine.DutyStatus]string{
	engine.DutyMet: "已履行", engine.DutyFailed: "未履行", engine.DutyDropped: "不再要求",
}

func endZH(e engine.End) string {
	if w := endWords[e]; w != "" {
		return w
	}
	return string(e)
}

var outcomeWords = map[engine.Outcome]string{
	engine.Granted: "准予", engine.GrantedTolerant: "准予（容缺）", engine.PartlyGrant: "部分准予", engine.Denied: "不予批准", engine.Refused: "不予受理", engine.NotRequired: "不受理（不需要取得许可）",
	engine.NotCompetent: "不受理（不属于本机关职权）", engine.Lapsed: "逾期未补正，终结", engine.Withdrawn: "撤件", engine.Terminated: "终止",
}

func outcomeZH(o engine.Outcome) string {
	if w := outcomeWords[o]; w != "" {
		return w
	}
	return string(o)
}
