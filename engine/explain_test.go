package engine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// lines are an explanation's in one language, without the calendar it ends with.
func (s *story) lines(clock, lang string) []string {
	s.t.Helper()
	x, ok := engine.Explain(s.rules, s.state, clock)
	require.True(s.t, ok)
	require.Equal(s.t, s.state.Clock(clock).Day, x.Due.Day)
	require.Equal(s.t, s.state.Clock(clock).Due, x.Due.At)
	out := make([]string, len(x.Lines))
	for i, l := range x.Lines {
		out[i] = l.In(lang)
	}
	return out
}

// said is a clock's ledger in one language.
func (s *story) said(clock, lang string) []string {
	s.t.Helper()
	var out []string
	for _, l := range engine.Ledger(s.rules, s.state, clock) {
		out = append(out, l.Text.In(lang))
	}
	return out
}

// extending has limits whose extensions are in their unit and in another.
func extending() string {
	return withBack(simple(`
  - {decide: d, by: fire, name: 消防许可, statutory: {time: 20wd, extend: {time: 10wd, role: organ-head, times: 2}},
     limit: {time: 5wd, extend: {time: 2cd, role: lead, times: 2}}, gives: {dOk: {kind: approval, name: 证}}}
`), "")
}

func TestAnExtensionIsExplainedByItsOfficeAndReason(t *testing.T) {
	t.Parallel()
	s := tell(t, extending()).accepted(nil).due("statutory", "2026-05-08")
	s.at("2026-05-06T16:00").do("gov.government-head", engine.Extend, "", engine.Args{Clock: "statutory", Reason: "案情复杂"}).due("statutory", "2026-05-28")
	zh := s.lines("statutory", "zh")
	at := slices.Index(zh, "至 2026-05-08（周五）计满 45 个工作日；2026-05-06 经本级人民政府负责人批准延长 15 个工作日，理由：案情复杂；45 + 15 = 60 个工作日（行政许可法第四十二条）")
	require.Positive(t, at, zh)
	require.Equal(t, "2026-03-02（周一）起算（受理），期限 45 个工作日，当日不计入（民法典第二百零一条）", zh[0])
	require.Equal(t, "2026-05-06（周三）至 2026-05-08（周五）计 3 个工作日，累计 45", zh[at-1])
	require.Equal(t, "2026-05-25（周一）至 2026-05-28（周四）计 4 个工作日，累计 60", zh[len(zh)-2])
	require.Equal(t, "到期日 2026-05-28（周四），当日 24:00 截止（民法典第二百零三条）", zh[len(zh)-1])
	require.Contains(t, s.lines("statutory", "en"), "45 working days are counted by 2026-05-08 (Fri); extended by 15 working days, approved on 2026-05-06 by the head of government, "+
		"because: 案情复杂; 45 + 15 = 60 working days (Administrative Licensing Law, article 42)")
	require.Equal(t, []string{"开始计时（受理）；到期日 2026-05-08", "2026-05-06 经本级人民政府负责人批准延长 15 个工作日，理由：案情复杂；到期日 2026-05-28"}, s.said("statutory", "zh"))
	require.Equal(t, []string{"started (acceptance); due on 2026-05-08", "extended by 15 working days, approved on 2026-05-06 by the head of government, because: 案情复杂; due on 2026-05-28"}, s.said("statutory", "en"))

	// twice, by the head of the organ whose matter it is
	s = tell(t, extending()).accepted(nil)
	for range 2 {
		s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "d.statutory", Reason: "复杂"})
	}
	zh = s.lines("d.statutory", "zh")
	require.Contains(t, zh, "至 2026-03-30（周一）计满 20 个工作日；2026-03-02 经消防的行政机关负责人批准延长 10 个工作日，理由：复杂；20 + 10 = 30 个工作日（行政许可法第四十二条）")
	require.Contains(t, zh, "至 2026-04-14（周二）计满 30 个工作日；2026-03-02 经消防的行政机关负责人批准延长 10 个工作日，理由：复杂；30 + 10 = 40 个工作日（行政许可法第四十二条）")
}

func TestAnExtensionInAnotherUnitIsCountedOnFromTheDueDay(t *testing.T) {
	t.Parallel()
	s := tell(t, extending()).accepted(nil).due("d", "2026-03-09")
	s.do("market.lead", engine.Extend, "", engine.Args{Clock: "d", Reason: "材料多"}).due("d", "2026-03-11")
	require.Equal(t, []string{
		"2026-03-02（周一）起算（环节开始），期限 5 个工作日，当日不计入（民法典第二百零一条）",
		"2026-03-03（周二）至 2026-03-06（周五）计 4 个工作日，累计 4",
		"2026-03-07（周六）至 2026-03-08（周日）周末，2 天不计",
		"2026-03-09（周一）计 1 个工作日，累计 5",
		"原到期日 2026-03-09（周一）；2026-03-02 经市场的牵头协调人批准延长 2 个自然日，理由：材料多；自该日起接着计",
		"2026-03-10（周二）至 2026-03-11（周三）计 2 天，累计 2",
		"到期日 2026-03-11（周三），当日 24:00 截止（民法典第二百零三条）",
	}, s.lines("d", "zh"))
	s.do("market.lead", engine.Extend, "", engine.Args{Clock: "d", Reason: "材料多"}).due("d", "2026-03-13")
	require.Equal(t, "due on 2026-03-13 (Fri), until 24:00 of that day (Civil Code, article 203)", s.lines("d", "en")[8])
}

func TestDaysOfAGroupThatWasOverGiveTheirGround(t *testing.T) {
	t.Parallel()
	s := tell(t, replace(withBack(simple(`
  - parallel: block
    name: 联合审查
    limit: 9wd
    branches: [{review: a, by: fire, limit: 3wd, pauses: [expert]}, {review: b, by: eco}]
`), "block"), "process:\n", "pauses:\n  expert: {kind: expert-review, stops: [statutory, promised], max: 30wd, notice: 专家评审告知书, basis: 行政许可法第四十五条}\nprocess:\n")).accepted(nil)
	s.do("fire.handle", engine.PauseClock, "a", until("expert", "2026-03-04")).at("2026-03-05T09:00")
	s.do("fire.handle", engine.Agree, "a").do("eco.handle", engine.Agree, "b")
	s.at("2026-03-10T09:00").do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"a"}}).due("block", "2026-03-20")
	require.Equal(t, []string{
		"2026-03-02（周一）起算（环节开始），期限 9 个工作日，当日不计入（民法典第二百零一条）",
		"2026-03-03（周二）至 2026-03-04（周三）不计入期限，扣除 2 个工作日：“审查意见”因专家评审停止计时：2026-03-02 起，至 2026-03-04，凭据 委字〔2026〕3号，已书面告知申请人",
		"2026-03-05（周四）计 1 个工作日，累计 1",
		"2026-03-06（周五）至 2026-03-10（周二）不计入期限，扣除 3 个工作日：“联合审查”于 2026-03-05 办完，2026-03-10 重新开始办理",
		"2026-03-11（周三）至 2026-03-13（周五）计 3 个工作日，累计 4",
		"2026-03-14（周六）至 2026-03-15（周日）周末，2 天不计",
		"2026-03-16（周一）至 2026-03-20（周五）计 5 个工作日，累计 9",
		"到期日 2026-03-20（周五），当日 24:00 截止（民法典第二百零三条）",
	}, s.lines("block", "zh"))
	require.Equal(t, []string{
		"开始计时（环节开始）；到期日 2026-03-13", "停止计时：“审查意见”专家评审，现场核查，凭据 委字〔2026〕3号；到期日 2026-03-17",
		"恢复计时：“审查意见”专家评审；到期日 2026-03-17", "结束计时：办完", "恢复计时：退回重办，其间不计；到期日 2026-03-20",
	}, s.said("block", "zh"))
	require.Equal(t, []string{
		"started (the start of the step); due on 2026-03-13", "stopped: expert review of 审查意见, 现场核查, by 委字〔2026〕3号; due on 2026-03-17",
		"ran on: expert review of 审查意见; due on 2026-03-17", "ended: done", "went on: sent back to be gone through again; the days between do not count; due on 2026-03-20",
	}, s.said("block", "en"))
}

func TestAWindowThatClosesEarlySaysWhy(t *testing.T) {
	t.Parallel()
	s := tell(t, replace(withBack(simple(`  - {review: v, by: fire}`), ""), "collect: {time: 2wd}", "collect: {time: 8wd}")).file(nil)
	s.due("receive", "2026-03-09").due("collect", "2026-03-08")
	zh := s.lines("collect", "zh")
	require.Equal(t, []string{
		"数至 2026-03-12（周四），提前至 2026-03-08（周日）：窗口期至迟在受理期限届满前一个工作日结束，已过的即时结束",
		"到期日 2026-03-08（周日），当日 24:00 截止（民法典第二百零三条）",
	}, zh[len(zh)-2:])
	require.Equal(t, []string{"开始计时（窗口期至迟在受理期限届满前一个工作日结束，已过的即时结束）；到期日 2026-03-08"}, s.said("collect", "zh"))
}

func TestAPauseOnTheLastDayIsToldAndTakesNothingOut(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).due("d", "2026-03-18")
	s.at("2026-03-18T10:00").do("fire.handle", engine.PauseClock, "d", until("expert", "2026-03-20")).due("d", "2026-03-18")
	x, _ := engine.Explain(s.rules, s.state, "d")
	last := x.Lines[len(x.Lines)-1]
	require.Equal(t, calendar.LinePause, last.Kind)
	require.Zero(t, last.Days)
	require.Contains(t, last.In("zh"), "“决定”因专家评审停止计时：2026-03-18 起，至 2026-03-20")
	require.Contains(t, last.In("zh"), "尚未结束，不影响到期日")
	require.Contains(t, last.In("en"), "still running; the due day is the same")
}

func TestAClockThatStartsWhileAPauseRunsSaysThatItStandsStill(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).at("2026-03-03T10:00").do("fire.handle", engine.PauseClock, "d", expert("10wd"))
	s.at("2026-03-04T10:00").do("fire.handle", engine.Pass, "d").due("d.approve", "2026-03-19")
	require.Equal(t, []string{
		"开始计时（环节开始）；到期日 2026-03-19", "停止计时：“决定”专家评审，组织专家评审，凭据 委字〔2026〕3号；到期日 2026-03-19",
	}, s.said("d.approve", "zh"))
	s.at("2026-03-10T10:00").do("fire.approve", engine.Resume, "d", engine.Args{Pause: "expert", Reason: "已评审"}).due("d.approve", "2026-03-12")
	require.Equal(t, []string{
		"started (the start of the step); due on 2026-03-19", "stopped: expert review of 决定, 组织专家评审, by 委字〔2026〕3号; due on 2026-03-19",
		"ran on: expert review of 决定, 已评审; due on 2026-03-12",
	}, s.said("d.approve", "en"))
}
