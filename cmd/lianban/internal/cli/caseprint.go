package cli

import (
	"fmt"
	"strings"

	"lianban/api/gen"
	"lianban/engine"
)

// states and ends in the words people use; what is not here is shown as it is.
var words = map[string][2]string{
	"received": {"已收件", "received"}, "correcting": {"待补正", "correcting"}, "accepted": {"已受理", "accepted"},
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
	"applicant": {"申请人", "applicant"}, "system": {"系统", "system"},
	"statutory": {"法定", "statutory"}, "promised": {"承诺", "promised"},
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

func (a *App) light(l gen.Light) string { return a.word(string(l)) }

func (a *App) printCase(c gen.Case) error {
	r := c.Case
	err := fields(a.Out,
		a.T("办件编号", "case"), r.Number, a.T("事项", "item"), r.ItemName+" "+r.Version, a.T("申请人", "applicant"), r.Applicant.Name,
		a.T("状态", "state"), a.state(string(r.Status), r.Outcome), a.T("标记", "flags"), strings.Join(r.Flags, ", "),
		a.T("收件", "received"), when(r.ReceivedAt), a.T("受理", "accepted"), day(r.AcceptedOn),
		a.T("承诺到期", "promised due"), a.due(until(r.PromisedDue), r.Provisional), a.T("法定到期", "statutory due"), a.due(until(r.StatutoryDue), r.Provisional),
		a.T("决定", "decided"), when(r.DecidedAt), a.T("办结", "closed"), when(r.ClosedAt), a.T("序号", "seq"), fmt.Sprint(c.Seq))
	if err != nil {
		return err
	}
	a.Printf("\n")
	t := newTable(a.T("环节", "STEP"), a.T("名称", "NAME"), a.T("部门", "PARTY"), a.T("状态", "STATE"), a.T("结论", "END"), a.T("轮到", "TURN"), a.T("开始", "OPENED"), a.T("结束", "ENDED"), a.T("备注", "NOTE"))
	for _, s := range c.Steps {
		note := s.Verdict.Reason
		if s.Why != "" {
			note = strings.TrimSpace(s.Why + " " + note)
		}
		if s.Round > 1 {
			note = fmt.Sprintf(a.T("第 %d 轮 %s", "round %d %s"), s.Round, note)
		}
		// A leading space would be lost in the table, so depth is drawn.
		t.add(strings.Repeat("·", s.Depth)+s.Id, s.Name, s.Party, a.word(string(s.Status)), a.word(s.End), s.Link, when(s.OpenedAt), when(s.EndedAt), note)
	}
	return t.print(a.Out)
}

func (a *App) printTimeline(list []gen.TimelineEntry) error {
	t := newTable(a.T("序号", "SEQ"), a.T("时间", "AT"), a.T("谁", "WHO"), a.T("单位", "ORGANISATION"), a.T("什么", "WHAT"), a.T("时限", "CLOCKS"))
	for _, e := range list {
		var due []string
		for _, d := range e.Due {
			due = append(due, d.Clock+"→"+a.due(day(d.Day), d.Provisional))
		}
		t.add(fmt.Sprint(e.Seq), when(e.At), a.actor(e.By), e.By.OrgName, a.T(e.Text.ZH, e.Text.EN), strings.Join(due, " "))
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
		a.Printf("%s  %s  %s  %s %s  %s\n", c.ID, a.word(string(c.Class)), c.Period.Text().In(a.Lang), a.T("到期", "due"), a.due(until(c.Due), c.Provisional), state)
		if !brief {
			for _, l := range v.Lines {
				a.Printf("    %s\n", l.In(a.Lang))
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
	t := newTable(a.T("材料", "PAPER"), a.T("名称", "NAME"), a.T("状态", "STATE"), a.T("来源", "SOURCE"), a.T("文件", "FILE"), a.T("大小", "SIZE"), a.T("交来", "AT"), "SHA-256")
	for _, p := range list {
		size := ""
		if p.Hash != "" {
			size = fmt.Sprint(p.Size)
		}
		t.add(p.Id, p.Name, a.word(string(p.Status)), p.Source, p.File, size, when(p.At), p.Hash)
	}
	return t.print(a.Out)
}

func (a *App) printNotices(list []engine.Notice) error {
	for _, n := range list {
		a.Printf("%s  %s  %s  %s\n", n.ID, n.Kind.Title(), a.word(n.To), when(n.At))
		if n.Text != "" {
			a.Printf("    %s\n", n.Text)
		}
		for _, l := range n.Lines {
			mark := a.T("未答复", "open")
			if l.Answered {
				mark = a.T("已答复", "answered")
			}
			a.Printf("    %s: %s (%s) %s %s\n", l.Of, l.Reason, strings.Join(l.Askers, ", "), mark, l.Statement)
		}
	}
	return nil
}

func (a *App) printResults(list []engine.ResultRow) error {
	t := newTable(a.T("结果", "RESULT"), a.T("名称", "NAME"), a.T("编号", "NUMBER"), a.T("机关", "ORGAN"), a.T("签发", "SIGNED"), a.T("方式", "WAY"), a.T("发放", "HANDED OUT"))
	for _, r := range list {
		t.add(r.ID, r.Name, r.Number, r.Org, when(r.At), r.Way, when(r.Done))
	}
	return t.print(a.Out)
}
