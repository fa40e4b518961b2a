package engine

import (
	"slices"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// LedgerLine is an entry of a clock's ledger in words.
type LedgerLine struct {
	Entry
	Text calendar.Text `json:"text"`
}

// Ledger tells what happened to a clock, in order: when it started, was stopped
// and on what ground, extended and by whom, went on, ended. One that started or went
// on while a pause ran stood still from then on: that is told, too, though nobody
// stopped it. nil: there is no such clock.
func Ledger(r *Rules, s *State, id string) []LedgerLine {
	c := s.Clock(id)
	if c == nil {
		return nil
	}
	lines := make([]LedgerLine, 0, len(c.Ledger))
	add := func(e Entry, t calendar.Text) {
		if !e.Due.IsZero() && e.What != "overdue" {
			day := calendar.DateOf(e.Due.Add(-1)).String()
			t.ZH, t.EN = t.ZH+"；到期日 "+day, t.EN+"; due on "+day
		}
		lines = append(lines, LedgerLine{Entry: e, Text: t})
	}
	told := map[string]bool{}
	for _, e := range c.Ledger {
		add(e, r.happened(s, c, &e))
		if e.What != "started" && e.What != "reopened" {
			continue
		}
		for _, x := range c.Stops {
			p := s.pauseRun(x.Run)
			ran := !p.Began.After(e.At) && (p.Running() || p.EndedAt.After(e.At))
			if ran && !told[p.ID] && !c.toldOf(p) {
				told[p.ID] = true
				add(Entry{At: e.At, What: "stopped", Due: e.Due, Why: p.Pause}, r.standing(s, p, true))
			}
		}
	}
	return lines
}

// toldOf says whether the ledger itself tells of the beginning of a pause.
func (c *Clock) toldOf(p *PauseRun) bool {
	return slices.ContainsFunc(c.Ledger, func(e Entry) bool { return e.What == "stopped" && e.Why == p.Pause && e.At.Equal(p.Began) })
}

// happened says what an entry tells of, and why.
func (r *Rules) happened(s *State, c *Clock, e *Entry) calendar.Text {
	switch e.What {
	case "extended":
		for i := range c.Extended {
			if x := &c.Extended[i]; x.At.Equal(e.At) {
				return r.granted(s, c, x)
			}
		}
	case "stopped", "resumed":
		return r.stood(s, c, e)
	case "started":
		if why := r.startWhy(s, e.Why); why.ZH != "" {
			return calendar.Text{ZH: "开始计时（" + why.ZH + "）", EN: "started (" + why.EN + ")"}
		}
	}
	t, ok := ledgerWords[e.What]
	if !ok {
		t = same(e.What)
	}
	why := ledgerWhy(e.Why)
	if c.Duty != "" && e.Why == string(DutyFailed) { // a word it shares with steps
		why = calendar.Text{ZH: "未履行", EN: "not met"}
	}
	if why.ZH != "" {
		t.ZH, t.EN = t.ZH+"："+why.ZH, t.EN+": "+why.EN
	}
	return t
}

// stood tells of a stop or of its end.
func (r *Rules) stood(s *State, c *Clock, e *Entry) calendar.Text {
	began := e.What == "stopped"
	for _, x := range c.Stops {
		p := s.pauseRun(x.Run)
		if p.Pause == e.Why && (began && p.Began.Equal(e.At) || !began && p.EndedAt.Equal(e.At)) {
			return r.standing(s, p, began)
		}
	}
	t := ledgerWords[e.What]
	if d := r.pausing(e.Why); d != nil {
		kind := definition.PauseName(d.Kind)
		t.ZH, t.EN = t.ZH+"："+kind.ZH, t.EN+": "+kind.EN
	}
	return t
}

// standing says that a clock stood still for a pause, with its ground and evidence,
// or ran on after it, with its result.
func (r *Rules) standing(s *State, p *PauseRun, began bool) calendar.Text {
	what, more := "stopped", p.Reason
	if !began {
		what, more = "resumed", p.Result
	}
	t := ledgerWords[what]
	name, kind := stepName(r, s, p.Step), definition.PauseName(p.Kind)
	t.ZH, t.EN = t.ZH+"：“"+name+"”"+kind.ZH, t.EN+": "+kind.EN+" of "+name
	if more != "" {
		t.ZH, t.EN = t.ZH+"，"+more, t.EN+", "+more
	}
	if began && p.Document != "" {
		t.ZH, t.EN = t.ZH+"，凭据 "+p.Document, t.EN+", by "+p.Document
	}
	return t
}

// startWhy says what a clock started with.
func (r *Rules) startWhy(s *State, from string) calendar.Text {
	if t, ok := startNames[from]; ok {
		return t
	}
	field, form := strings.CutPrefix(from, "form.")
	result, delivered := strings.CutPrefix(from, fromDelivery+".")
	switch {
	case from == windowStart:
		return windowBound
	case form:
		return calendar.Text{ZH: "申请表“" + field + "”", EN: "the form's " + field}
	case delivered:
		of := r.resultName(s, result)
		return calendar.Text{ZH: "“" + of.ZH + "”送达", EN: "the delivery of " + of.EN}
	case from == "":
		return calendar.Text{}
	}
	of := cmp0(r.nameOf(s, from), from)
	return calendar.Text{ZH: "“" + of + "”", EN: of}
}

// windowStart is what the ledger of a window says that closes before its time.
const windowStart = "one working day before the intake is due"

// ledgerWhy says why, in words where the engine has given the reason, else as people wrote it.
func ledgerWhy(why string) calendar.Text {
	if t, ok := ledgerWhys[why]; ok {
		return t
	}
	if t, ok := actNames[Act(why)]; ok { // what ended a turn
		return calendar.Text{ZH: t[0], EN: strings.ToLower(t[1])}
	}
	return same(why)
}

var ledgerWords = map[string]calendar.Text{
	"started": {ZH: "开始计时", EN: "started"}, "ended": {ZH: "结束计时", EN: "ended"}, "extended": {ZH: "延长", EN: "extended"},
	"changed": {ZH: "时限变更", EN: "changed"}, "restarted": {ZH: "重新起算", EN: "started anew"}, "overdue": {ZH: "超过时限", EN: "overdue"},
	"reopened": {ZH: "恢复计时", EN: "went on"}, "stopped": {ZH: "停止计时", EN: "stopped"}, "resumed": {ZH: "恢复计时", EN: "ran on"},
	"recounted": {ZH: "重新计算", EN: "counted anew"},
}

// ledgerWhys are the reasons the engine gives: how a step ended, what ended a turn,
// a window, a duty, what changed a limit.
var ledgerWhys = map[string]calendar.Text{
	string(EndDone): {ZH: "办完", EN: "done"}, string(EndFailed): {ZH: "未通过", EN: "not passed"}, string(EndGrant): {ZH: "准予", EN: "granted"},
	string(EndGrantTolerant): {ZH: "容缺准予", EN: "granted, papers to follow"}, string(EndDeny): {ZH: "不予许可", EN: "denied"},
	string(EndAgree): {ZH: "同意", EN: "agreed"}, string(EndAgreeWith): {ZH: "附条件同意", EN: "agreed with conditions"},
	string(EndDisagree): {ZH: "不同意", EN: "disagreed"}, string(EndNotConcerned): {ZH: "不涉及本部门", EN: "not concerned"},
	string(EndDefaulted): {ZH: "逾期未答复，视为同意", EN: "no answer in time, which counts as agreed"}, string(EndStopped): {ZH: "牵头部门停止", EN: "stopped by the lead"},
	string(EndBarred): {ZH: "前提未满足", EN: "what it needs was not granted"}, string(EndSkipped): {ZH: "不再需要", EN: "not needed any more"},
	string(EndWithdrawn): {ZH: "申请人撤回", EN: "withdrawn by the applicant"}, string(EndLapsed): {ZH: "逾期终结", EN: "lapsed"},
	"annulled": {ZH: "结果被撤销", EN: "the result was annulled"}, "rated": {ZH: "已评价", EN: "rated"},
	"sent-back": {ZH: "退回上一环节", EN: "sent back"}, "passed": {ZH: "已由他人送出", EN: "passed by somebody else"}, "voted": {ZH: "表决已有结果", EN: "the vote is decided"},
	"recalled": {ZH: "撤回", EN: "recalled"}, "met": {ZH: "已履行", EN: "met"}, "dropped": {ZH: "不再要求", EN: "not owed any more"}, "absent": {ZH: "不需要履行", EN: "not owed"},
	"spoken": {ZH: "各部门都已查看", EN: "everybody has looked"}, "decided": {ZH: "已作决定", EN: "the case was decided"}, "time": {ZH: "时间届满", EN: "its time was over"},
	"notice": {ZH: "发出补正告知", EN: "the correction notice went out"}, "answered": {ZH: "申请人已补正", EN: "the applicant has answered"},
	"outcome": {ZH: "全案已有结果", EN: "the outcome is fixed"}, "closed": {ZH: "办结", EN: "the case was closed"}, "requested": {ZH: "已申请听证", EN: "a hearing was asked for"},
	"returned": {ZH: "退回", EN: "given back"}, "cleared": {ZH: "预审通过", EN: "found in order"}, "over": {ZH: "公示期满", EN: "it has hung out its time"},
	"rechecked": {ZH: "已复查", EN: "checked again"}, "rectified": {ZH: "已整改", EN: "put right"},
	"ordered": {ZH: "责令限期整改", EN: "something was ordered to be put right"}, "reported": {ZH: "报告已整改", EN: "said to be put right"},
	"mended": {ZH: "当场更正", EN: "put right on the spot"}, "amended": {ZH: "受理后变更申请内容", EN: "the application was amended"},
	"correction": {ZH: "材料补正齐全", EN: "the corrected papers came"}, "delivery": {ZH: "文书送达", EN: "the document was delivered"},
	"return": {ZH: "退回重办，其间不计", EN: "sent back to be gone through again; the days between do not count"},
}
