package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lianban/api/gen"
	"lianban/engine/definition"
)

// states and ends in the words people use; what is not here is shown as it is.
var words = map[string][2]string{
	"pre-review": {"预审中", "pre-review"}, "received": {"已收件", "received"}, "correcting": {"待补正", "correcting"}, "accepted": {"已受理", "accepted"},
	"decided": {"已决定", "decided"}, "closed": {"已办结", "closed"},
	"granted": {"准予", "granted"}, "partly": {"部分准予", "partly"}, "denied": {"不予", "denied"}, "refused": {"不予受理", "refused"},
	"not-required": {"不需许可", "not required"}, "not-competent": {"不属本机关", "not competent"}, "lapsed": {"逾期未补正", "lapsed"},
	"withdrawn": {"撤回", "withdrawn"}, "terminated": {"终止", "terminated"},
	"waiting": {"未开始", "waiting"}, "open": {"办理中", "open"}, "ended": {"办完", "ended"}, "absent": {"不涉及", "absent"},
	"done": {"完成", "done"}, "cancelled": {"取消", "cancelled"},
	"green": {"绿", "green"}, "yellow": {"黄", "yellow"}, "red": {"红", "red"},
	"awaited": {"待生成", "awaited"}, "missing": {"缺", "missing"}, "present": {"有", "present"},
	"agree": {"同意", "agree"}, "agree-with": {"附条件同意", "agree with conditions"}, "disagree": {"不同意", "disagree"},
	"look": {"看材料", "look"}, "accept": {"受理", "accept"}, "answer": {"补正", "answer"}, "work": {"办理", "work"},
	"question": {"答复", "question"}, "hand": {"发放", "hand out"},
	"duty": {"义务", "duty"}, "judge": {"认定", "judge"}, "annul": {"撤销与否", "annul or keep"}, "annulment": {"撤销", "annulment"}, "rate": {"评价", "rating"}, "rating": {"评价", "rating"}, "invited": {"待评价", "invited"}, "rated": {"已评价", "rated"},
	"reported": {"已报告", "reported"}, "met": {"已履行", "met"}, "failed": {"未履行", "failed"}, "annulled": {"已撤销", "annulled"}, "kept": {"不撤销", "kept"}, "correction": {"更正", "correction"}, "mending": {"当场更正", "put right on the spot"},
	"deferred": {"容缺", "deferred"}, "letter": {"以函代证", "a letter"}, "promise": {"承诺", "promise"}, "undertaking": {"容缺承诺", "commitment"}, "given": {"已承诺", "given"}, "retracted": {"已撤回", "taken back"},
	"granted-tolerant": {"准予（容缺）", "granted on tolerance"}, "grant-tolerant": {"容缺准予", "granted on tolerance"},
	"tolerant": {"容缺受理", "papers follow"}, "act-first": {"先办后补", "the act came first"}, "agent": {"代办", "filed by an agent"}, "representative": {"代领", "authorised"}, "bad-credit": {"信用不良", "bad credit"},
	"arrange": {"定时间", "set the date"}, "record": {"登记", "record"}, "rectify": {"整改", "put right"}, "recheck": {"复查", "re-check"},
	"post": {"发布公示", "post"}, "objection": {"处理异议", "judge an objection"}, "request": {"可申请听证", "a hearing may be asked for"},
	"consult": {"征询", "question"}, "copy": {"抄送", "copy"}, "comment": {"留言", "remark"}, "answered": {"已答复", "answered"}, "over": {"已过", "over"},
	"vacancy": {"岗位空缺", "vacant post"}, "vacant": {"有岗位空缺", "a post is vacant"}, "unread": {"未阅", "unread"}, "read": {"已阅", "read"}, "said": {"已留言", "said"},
	"pause": {"特殊程序", "pause"}, "remark": {"留言", "remark"}, "interested": {"利害关系人", "interested party"}, "told": {"已告知", "told"}, "heard": {"已陈述", "heard"},
	"fixing":  {"整改中", "being put right"},
	"deliver": {"送达", "deliver"}, "delivery": {"送达", "delivery"}, "delivered": {"已送达", "delivered"}, "needless": {"不再需要", "needless"}, "delay": {"申请延期", "more time asked for"},
	"delay-open": {"待答复", "waits for an answer"}, "delay-granted": {"已延期", "granted"}, "delay-refused": {"不予延期", "refused"}, "delay-over": {"期限已过", "the time is over"},
	"applicant": {"申请人", "applicant"}, "system": {"系统", "system"}, "time": {"期限", "time"},
	"guide":     {"办事指南", "the guide"},
	"corrected": {"告知过补正", "corrections were asked"}, "overridden": {"监察员要求再次补正", "a supervisor had more corrected"}, "deemed": {"视为受理", "accepted by silence"},
	"published": {"已发布", "published"}, "suspended": {"已暂停", "suspended"}, "retired": {"已停用", "retired"},
	"boolean": {"是否", "yes or no"}, "choice": {"单选", "one of"}, "choices": {"多选", "some of"}, "number": {"数字", "number"},
	"statutory": {"法定", "statutory"}, "promised": {"承诺", "promised"},
	"returned": {"退回", "returned"},
	"high":     {"重要", "high"}, "medium": {"一般", "medium"}, "low": {"次要", "low"},
	"added": {"增加", "added"}, "removed": {"取消", "removed"}, "changed": {"变更", "changed"}, "moved": {"移动", "moved"},
	"need.bring": {"要带", "bring it"}, "need.held": {"已有，免交", "held already"}, "need.compare": {"已有，带原件核对", "show the original only"},
	"need.confirm": {"以前交过，本人确认可用", "his own earlier one, if he stands by it"}, "need.made": {"本案产生", "made in this case"}, "need.promised": {"以承诺代替，不收", "replaced by the promise"},
	"trial.found": {"有", "found"}, "trial.none": {"没有", "none"}, "trial.expired": {"已失效", "expired"}, "trial.unchecked": {"不能直接用", "not usable as it is"},
	"trial.failed": {"查询失败", "failed"}, "trial.unconnected": {"未接通", "not connected"},
}

// ends are how a step came to its end, as the console calls it: lapsed and failed mean something else of a case and a duty.
var ends = map[string][2]string{
	"done": {"已完成", "done"}, "failed": {"未通过", "failed"}, "grant": {"准予", "granted"}, "grant-tolerant": {"容缺准予", "granted with papers to follow"}, "deny": {"不予", "denied"},
	"agree": {"同意", "agreed"}, "agree-with-conditions": {"附条件同意", "agreed with conditions"}, "disagree": {"不同意", "disagreed"}, "not-concerned": {"不涉及本部门", "not concerned"},
	"defaulted": {"逾期视为同意", "taken as agreed, late"}, "stopped": {"已停止", "stopped"}, "barred": {"不再办理", "barred"}, "skipped": {"已略过", "skipped"},
	"lapsed": {"已终止", "lapsed"}, "withdrawn": {"已撤回", "withdrawn"},
}

func (a *App) end(s string) string {
	if w, ok := ends[s]; ok {
		return a.T(w[0], w[1])
	}
	return a.word(s)
}

func (a *App) word(s string) string {
	if w, ok := words[s]; ok {
		return a.T(w[0], w[1])
	}
	return s
}

func (a *App) state(status, outcome string) string {
	if outcome == "" {
		return a.word(status)
	}
	return a.word(status) + a.T("·", ": ") + a.word(outcome)
}

// whys are the reasons the engine gives for a step that ended without an act of
// its own.
var whys = map[string][2]string{
	"when": {"本案不需要", "not asked in this case"}, "after": {"前提环节未通过", "a step it comes after did not pass"},
	"sequence": {"前一环节未通过", "the step before did not pass"}, "block": {"牵头部门停止", "stopped by the lead"},
	"stopped": {"牵头部门停止", "stopped by the lead"}, "amended": {"申请内容变更", "the application was amended"},
	"nobody": {"没有部门需要参加", "nobody has to attend"}, "clear": {"无整改事项", "nothing to put right"}, "open": {"有未整改事项", "points stay open"},
	"rounds": {"整改次数用完，仍有未整改事项", "rounds used up, points stay open"}, "time": {"逾期未整改", "not put right in time"}, "over": {"公示期满", "its time was over"},
	"held": {"已举行", "held"}, "not-requested": {"逾期未申请听证", "no hearing was asked for in time"},
	"added": {"增列", "added"}, "silence": {"逾期未答复", "no answer in time"}, "answer": {"逾期未补正", "no answer to the notice in time"},
	"withdrawn": {"申请人撤回", "withdrawn"}, "terminated": {"终止办理", "terminated"}, "dropped": {"不再办理", "taken out"},
}

func (a *App) stepWhy(why string, steps []gen.Step) string {
	if need, ok := strings.CutPrefix(why, "needs:"); ok {
		if i := slices.IndexFunc(steps, func(s gen.Step) bool { return s.Id == need }); i >= 0 {
			need = cmp.Or(steps[i].Name, need)
		}
		return a.T("所需的“"+need+"”未取得", "it needs "+need+", which was not granted")
	}
	if w, ok := whys[why]; ok {
		return a.T(w[0], w[1])
	}
	return why
}

func (a *App) light(l gen.Light) string { return a.word(string(l)) }

func (a *App) printCase(c gen.Case) error {
	r := c.Case
	flags := make([]string, len(r.Flags))
	for i, f := range r.Flags {
		flags[i] = a.word(f)
	}
	err := fields(a.Out,
		a.T("办件编号", "case"), r.Number, a.T("事项", "item"), r.ItemName+" "+r.Version, a.T("申请人", "applicant"), r.Applicant.Name,
		a.T("状态", "state"), a.state(string(r.Status), r.Outcome), a.T("标记", "flags"), strings.Join(flags, a.T("、", ", ")),
		a.T("收件", "received"), when(r.ReceivedAt), a.T("受理", "accepted"), day(r.AcceptedOn),
		a.T("承诺到期", "promised due"), a.due(until(r.PromisedDue), r.Provisional), a.T("法定到期", "statutory due"), a.due(until(r.StatutoryDue), r.Provisional),
		a.T("决定", "decided"), when(r.DecidedAt), a.T("办结", "closed"), when(r.ClosedAt), a.T("序号", "seq"), fmt.Sprint(c.Seq))
	if err != nil {
		return err
	}
	a.Printf("\n")
	t := newTable(a.T("环节", "STEP"), a.T("名称", "NAME"), a.T("部门", "PARTY"), a.T("状态", "STATE"), a.T("结论", "END"), a.T("轮到", "TURN"), a.T("开始", "OPENED"), a.T("结束", "ENDED"), a.T("备注", "NOTE"))
	for _, s := range c.Steps {
		s.Link = a.role(s.Link)
		note := strings.TrimSpace(a.stepWhy(s.Why, c.Steps) + " " + s.Verdict.Reason)
		if s.Round > 1 {
			note = fmt.Sprintf(a.T("第 %d 轮 %s", "round %d %s"), s.Round, note)
		}
		// A leading space would be lost in the table, so depth is drawn.
		t.add(strings.Repeat("·", s.Depth)+s.Id, s.Name, cmp.Or(s.OrgName, s.PartyName, s.Party), a.word(string(s.Status)), a.end(s.End), s.Link, when(s.OpenedAt), when(s.EndedAt), note)
	}
	return t.print(a.Out)
}

func (a *App) printTimeline(list []gen.TimelineEntry) error {
	t := newTable(a.T("序号", "SEQ"), a.T("时间", "AT"), a.T("谁", "WHO"), a.T("单位", "ORGANISATION"), a.T("什么", "WHAT"), a.T("时限", "CLOCKS"))
	for _, e := range list {
		var due []string
		for _, d := range e.Due {
			due = append(due, d.Name.In(a.Lang)+"→"+a.due(day(d.Day), d.Provisional))
		}
		t.add(fmt.Sprint(e.Seq), when(e.At), a.actor(e.By), e.By.OrgName, a.T(e.Text.ZH, e.Text.EN), strings.Join(due, a.T("；", "; ")))
	}
	return t.print(a.Out)
}

func (a *App) actor(v gen.ActorView) string {
	switch {
	case v.Name != "":
		return v.Name
	case v.Id != "":
		return v.Id
	}
	return a.word(string(v.Kind))
}

func (a *App) printClocks(list []gen.ClockView, only string, brief bool) error {
	shown := 0
	for _, v := range list {
		c := v.Clock
		if only != "" && c.ID != only {
			continue
		}
		state := a.light(v.Light)
		if !c.Running() {
			state = a.T("已停止", "ended")
		}
		a.Printf("%s (%s)  %s  %s  %s %s  %s\n", v.Name.In(a.Lang), c.ID, a.word(string(c.Class)), c.Period.Text().In(a.Lang), a.T("到期", "due"), a.due(until(c.Due), c.Provisional), state)
		if !brief {
			for _, l := range v.Lines {
				a.Printf("    %s\n", l.In(a.Lang))
			}
			a.Printf("    %s\n", a.T("经过：", "what happened to it:"))
			for _, l := range v.Ledger {
				a.Printf("      %s  %s\n", when(l.At), l.Text.In(a.Lang))
			}
		}
		shown++
	}
	if only != "" && shown == 0 {
		return Fail(NotFound, "没有时限 %s", "there is no clock %s", only)
	}
	return nil
}

func (a *App) printPapers(list []gen.PaperView) error {
	t := newTable(a.T("材料", "PAPER"), a.T("名称", "NAME"), a.T("状态", "STATE"), a.T("来源", "SOURCE"), a.T("等级", "GRADE"), a.T("文件", "FILE"), a.T("大小", "SIZE"), a.T("交来", "AT"), "SHA-256")
	for _, p := range list {
		size := ""
		if p.Hash != "" {
			size = fmt.Sprint(p.Size)
		}
		t.add(p.Id, p.Name, a.word(string(p.Status)), p.Source, string(p.Grade), p.File, size, when(p.At), p.Hash)
	}
	return t.print(a.Out)
}

func (a *App) printNotices(list []gen.Notice) error {
	for _, n := range list {
		a.Printf("%s  %s  %s  %s\n", n.Id, n.Title, cmp.Or(n.ToName, a.word(n.To)), when(n.At))
		if n.Text != "" {
			a.Printf("    %s\n", n.Text)
		}
		if len(n.Lines) == 0 {
			continue
		}
		t := newTable(a.T("补正项", "LINE"), a.T("名称", "NAME"), a.T("问题", "WHAT IS WRONG"), a.T("提出", "ASKED BY"), a.T("答复", "ANSWER"), a.T("说明", "STATEMENT"))
		for _, l := range n.Lines {
			mark := a.T("未答复", "open")
			if l.Answered {
				mark = a.T("已答复", "answered")
			}
			askers := make([]string, len(l.AskerNames))
			for i, who := range l.AskerNames {
				askers[i] = a.word(who)
			}
			t.add(l.Of, l.Name, l.Reason, strings.Join(askers, a.T("、", ", ")), mark, l.Statement)
		}
		if err := t.print(a.Out); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		a.Notef("%s\n", a.T("没有发出过告知", "nothing has been told in writing"))
	}
	return nil
}

func (a *App) printResults(list []gen.Result) error {
	t := newTable(a.T("结果", "RESULT"), a.T("名称", "NAME"), a.T("编号", "NUMBER"), a.T("机关", "ORGAN"), a.T("签发", "SIGNED"), a.T("方式", "WAY"), a.T("发放", "HANDED OUT"))
	for _, r := range list {
		t.add(r.ID, r.Name, r.Number, cmp.Or(r.OrgName, r.Org), when(r.At), definition.WordName(r.Way).In(a.Lang), when(r.Done))
	}
	return t.print(a.Out)
}
