package supervision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/supervision"
)

func TestTheBuiltInRulesLoad(t *testing.T) {
	t.Parallel()
	r := load(t)
	require.NotNil(t, r.Rule("T4"))
	require.Nil(t, r.Rule("Z9"))
}

func TestT1_T2_T9_AStepThatIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted().do("eco.handle", engine.Agree, "opinion")
	require.Empty(t, s.at("2026-03-03T09:00").cards())
	// the task nobody took for a day; a working day before the handler's two are over; their end
	want := []string{"T9 1 check.1a fire 03-03T09:02", "T1 1 check.handle fire 03-04T00:00", "T2 2 check.handle fire 03-05T00:00"}
	require.Equal(t, want, s.at("2026-03-05T00:01").cards())
	s.at("2026-03-10T09:00")
	require.Equal(t, []string{want[2], "T2 2 check fire 03-10T00:00"}, s.cards("T2"))
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "T2", "check")
	require.Equal(t, "“消防”已超过时限（到期日 2026-03-09）", c.Zh)
	require.Equal(t, "消防 has exceeded its limit, due on 2026-03-09", c.En)
	require.Equal(t, []string{"N1", "S1", "210304", "check", "2026.5", "time"}, []string{c.Case, c.Item, c.Region, c.Step, c.Rules, c.Class})
	require.Equal(t, "2026-03-13", calendar.DateOf(c.Explain.Add(-time.Second)).String(), "three working days to explain it")
	require.NotEmpty(t, c.Basis)
	require.NotZero(t, c.Seq)
}

// An extension gives a time with an end of its own, whether the end before it was warned of or not.
func TestT1_AfterAnExtensionTheNewEndIsWarnedOf(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("QUOTA", "", "limit: 5wd, checks: [safe]", "limit: {time: 5wd, extend: {time: 5wd, role: organ-head, times: 2}, late: mark}, checks: [safe]").Replace(item)
	extend := engine.Args{Clock: "check", Reason: "现场情况复杂"}
	s := tellOf(t, src, "N1", "2026-03-02T09:00").accepted().at("2026-03-09T10:00")
	of := func() []string { // without the reviewer's and the chain's
		return slices.DeleteFunc(s.cards("T1"), func(c string) bool { return !strings.Contains(c, " check ") && !strings.Contains(c, " check+") })
	}
	first := "T1 1 check fire 03-09T00:00"
	require.Equal(t, []string{first}, of())
	s.do("fire.organ-head", engine.Extend, "check", extend).at("2026-03-12T23:59")
	require.Equal(t, []string{first}, of(), "a fifth of ten days is left later")
	s.at("2026-03-13T09:00")
	second := "T1 1 check+1 fire 03-13T00:00"
	require.Equal(t, []string{first, second}, of())
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "T1", "check+1")
	require.Equal(t, "“消防”将于 2026-03-16 到期", c.Zh)
	s.do("fire.organ-head", engine.Extend, "check", extend).at("2026-03-30T00:00")
	require.Equal(t, []string{first, second, "T1 1 check+2 fire 03-19T00:00"}, of())

	s = tellOf(t, src, "N2", "2026-03-02T09:00").accepted().do("fire.organ-head", engine.Extend, "check", extend).at("2026-03-30T00:00")
	require.Equal(t, []string{second}, of(), "extended before it had to be warned of")

	filed := s.log[0].Body.(engine.CaseFiled)
	filed.Engine = 11
	s.log[0].Body = filed
	require.Equal(t, []string{"T1 1 check fire 03-13T00:00"}, of(), "a case of before keeps the cards it had")
}

func TestT9_ATaskInTimeOrClaimedIsNone(t *testing.T) {
	t.Parallel()
	// Friday afternoon: the weekend does not count
	s := tellOf(t, strings.Replace(item, "QUOTA", "", 1), "N1", "2026-03-06T16:00").accepted()
	s.do("eco.handle", engine.Claim, "opinion")
	require.Empty(t, s.at("2026-03-09T16:00").cards("T9"))
	require.Equal(t, []string{"T9 1 check.1a fire 03-09T16:02"}, s.at("2026-03-10T09:00").cards("T9"))
	// given back, it is unclaimed again, and has been for long
	s.do("eco.handle", engine.Release, "opinion")
	require.Equal(t, []string{"T9 1 check.1a fire 03-09T16:02", "T9 1 opinion.1a eco 03-10T09:00"}, s.cards("T9"))
}

func TestT3_T4_LimitsOfTheCase(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted().at("2026-05-20T09:00")
	require.Equal(t, []string{"T4 3 check.statutory fire 03-17T00:00", "T3 2 promised market 03-31T00:00", "T4 3 statutory market 05-09T00:00"}, s.cards("T3", "T4"))
}

// renewal is an item whose decide grants by silence when the licence runs out (行政许可法第五十条).
const renewal = `
language: lianban/v1
item: {code: S2, name: 延续, version: "1", effective: "2026-01-01", type: licence, level: county, lead: market, basis: 行政许可法第五十条,
  statutory: 20wd, promised: 20wd}
parties: {hall: {name: 综合窗口, kind: hall}, market: {name: 市场, kind: department}, eco: {name: 环境, kind: department}, fire: {name: 消防, kind: department}}
guide: {remedy: 可以自知道之日起六十日内申请行政复议，或者六个月内提起行政诉讼。}
form: {type: object, properties: {site: {type: string}}}
materials:
  p1: {name: 材料一, from: [applicant], basis: 法}
  permit: {name: 原许可, from: [applicant], basis: 法}
process:
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - {review: opinion, by: eco, limit: 30wd, reads: [p1]}
  - {decide: renew, by: market, limit: {time: 10wd, from: acceptance, late: grant, basis: 行政许可法第五十条}, reads: [permit], gives: {renewed: {kind: certificate, name: 许可证}}}
  - {issue: handOut, by: hall, ways: [counter]}
`

// A decide that is silent is warned before, and gets the card of silence when the law grants in its place; where it
// cannot grant, it is late as any other. Either way the case is not to be overlooked.
func TestT1_T2_T10_SilenceThatGrants(t *testing.T) {
	t.Parallel()
	s := tellOf(t, renewal, "N1", "2026-03-02T09:00").do("hall.clerk", engine.Accept, "receive").do("eco.handle", engine.Agree, "opinion")
	require.Empty(t, s.at("2026-03-12T23:00").cards("T1", "T2", "T10"))
	warned := []string{"T1 1 renew market 03-13T00:00"}
	require.Equal(t, warned, s.at("2026-03-13T09:00").cards("T1", "T2", "T10"), "two of ten days are left")
	require.Equal(t, warned, s.at("2026-03-16T23:59").cards("T1", "T2", "T10"))
	s.at("2026-03-20T09:00")
	require.Equal(t, engine.EndGrant, s.state.Step("renew").End)
	got := s.cards("T1", "T2", "T10")
	require.Len(t, got, 2, "one card for one silence: %v", got)
	require.Regexp(t, "^T10 2 #[0-9]+ market 03-17T00:00$", got[1])
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "T10", strings.Fields(got[1])[2])
	require.Equal(t, "“决定”逾期未作决定，视为准予", c.Zh)
	require.Contains(t, c.En, "silence counted as a grant")
	require.Contains(t, fmt.Sprint(c.Basis), "第五十条")

	// It counts with other silence of the organisation, whatever its kind.
	cal, err := calendars.National()
	require.NoError(t, err)
	opinion := c
	opinion.Case, opinion.Fire, opinion.At = "N2", 0, c.At.AddDate(0, 1, 0)
	across := supervision.Across([]supervision.Card{c, opinion}, func(string) *supervision.Rules { return load(t) }, cal)
	require.Len(t, across, 1)
	require.Equal(t, []any{supervision.Red, "market", []string{"N1", "N2"}}, []any{across[0].Level, across[0].Org, across[0].Cases})

	// The opinion is missing when the time runs out: nothing is granted, and that is late.
	s = tellOf(t, renewal, "N3", "2026-03-02T09:00").do("hall.clerk", engine.Accept, "receive").at("2026-03-20T09:00").do("eco.handle", engine.Agree, "opinion")
	require.Equal(t, engine.Open, s.state.Step("renew").Status)
	s.at("2026-03-20T10:00")
	got = s.cards("T1", "T2", "T10")
	require.Equal(t, []string{"T2 2 renew market 03-20T09:00"}, got[len(got)-1:], "%v", got)
	require.NotContains(t, strings.Join(got, " "), "T10")
}

// Limits of the applicant, of a posting and of duties are nobody's promise and no
// statutory limit of deciding; a hearing that must be held within twenty days is one.
func TestT1_T2_T3_T4_LimitsThatAreOthers(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("QUOTA", "", "pauses:\n", "pauses:\n  heard: {kind: hearing, stops: [statutory, promised], max: 20wd, notice: 告知书, basis: 行政许可法第四十五条}\n",
		"  - {decide: conclude,", "  - {hearing: listen, by: market, pause: heard}\n  - {decide: conclude,").Replace(item)
	s := tellOf(t, src, "N1", "2026-03-02T09:00").accepted().do("eco.handle", engine.Agree, "opinion")
	s.do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check", safe).at("2026-03-11T09:00")
	require.Equal(t, "not-requested", s.state.Step("listen").Why)
	require.Empty(t, s.cards("T1", "T2", "T3", "T4"), "nobody asked for a hearing in time")

	src = strings.Replace(src, "pause: heard}", "pause: heard, required: true}", 1)
	s = tellOf(t, src, "N2", "2026-03-02T09:00").accepted().do("eco.handle", engine.Agree, "opinion")
	s.do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check", safe)
	require.Equal(t, []string{"T9 1 listen.arrange market 03-03T09:05"}, s.at("2026-03-04T09:00").cards())
	require.Equal(t, []string{"T4 3 listen.hold market 03-31T00:00"}, s.at("2026-03-31T09:00").cards("T4"))

	src = strings.NewReplacer("QUOTA", "", "conditions:\n", "duties:\n  owed: {name: 核查, by: fire, limit: {time: 3wd, from: result}, affects: result, basis: 规定}\nconditions:\n").Replace(item)
	s = tellOf(t, src, "N3", "2026-03-02T09:00").accepted().finished().at("2026-03-10T09:00")
	require.Empty(t, s.cards("T1", "T2", "T3", "T4"), "a duty is no limit of the case")
	require.Equal(t, []string{"T8 2 duty/owed fire 03-06T00:00"}, s.cards("T8"))
}

func TestT5_NobodySpeaksWithinFiveDays(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1")
	require.Equal(t, []string{"T5 1 receive hall 03-09T00:00"}, s.at("2026-03-09T09:00").cards("T5"))
	s.at("2026-03-10T09:00")
	require.True(t, s.state.Flag("deemed"))
	got := s.cards("T5")
	require.Len(t, got, 2)
	require.Contains(t, got[1], "T5 3 #")
	require.Contains(t, got[1], "hall 03-10T00:00")
	require.Empty(t, tell(t, "N2").accepted().at("2026-03-20T09:00").cards("T5"), "accepted in time")
}

// A figure in hours is not to be read on a Sunday: the weekend is left out of it. Cases of the engines before stay as they were.
func TestT5_AWarningInHoursFallsOnAWorkingDay(t *testing.T) {
	t.Parallel()
	src := strings.Replace(string(definitions.Supervision()), "noticeLead: {value: 1wd", "noticeLead: {value: 60h", 1)
	rules, found := supervision.Load("hours.yaml", []byte(src))
	require.Empty(t, found.Render("en"))
	for version, want := range map[int]string{11: "03-07T12:00", engine.Version: "03-05T12:00"} {
		s := tellOf(t, strings.Replace(item, "QUOTA", "", 1), "N1", "2026-03-02T09:00").at("2026-03-09T09:00")
		log := slices.Clone(s.log)
		require.IsType(t, engine.CaseFiled{}, log[0].Body)
		body := log[0].Body.(engine.CaseFiled)
		body.Engine = version
		log[0].Body = body
		require.Equal(t, []string{"T5 1 receive hall " + want}, lines(rules.Cards(s.rules, log, s.now), "T5"), "engine %d", version)
	}
	// A fifth of fifteen days is over on a Saturday.
	s := tellOf(t, strings.Replace(renewal, "limit: 30wd", "limit: 15cd", 1), "N2", "2026-03-02T09:00").do("hall.clerk", engine.Accept, "receive")
	require.Equal(t, []string{"T1 1 opinion eco 03-13T21:00"}, s.at("2026-03-15T09:00").cards("T1"))
}

func TestT6_ResultsNotHandedOut(t *testing.T) {
	t.Parallel()
	s := granted(t, "N1")
	require.Equal(t, engine.Decided, s.state.Status)
	require.Empty(t, s.at("2026-03-16T23:59").cards("T6"))
	require.Equal(t, []string{"T6 2 fireOk hall 03-17T00:00", "T6 2 result hall 03-17T00:00"}, s.at("2026-03-17T00:00").cards("T6"))
	s.do("hall.clerk2", engine.Hand, "handOut", engine.Args{Way: "counter"})
	require.Len(t, s.cards("T6"), 2, "what has happened stays")
	require.Zero(t, watch(t, s).Next(s.now), "a closed case has nothing to wait for")
}

// granted is a case granted on the day it came, results not handed out.
func granted(t *testing.T, number string) *story {
	s := tell(t, number).accepted().do("eco.handle", engine.Agree, "opinion").do("fire.handle", engine.Pass, "check")
	s.do("fire.approve", engine.Grant, "check", safe)
	return s.do("market.handle", engine.Grant, "conclude")
}

func TestT7_ASpecialProcedureThatTookLonger(t *testing.T) {
	t.Parallel()
	expert := engine.Args{Pause: "expert", Time: calendar.Period{Amount: 3, Unit: calendar.WorkingDays}, Reason: "专家评审", Document: strings.Repeat("a", 64)}
	s := tell(t, "N1").accepted().do("fire.handle", engine.PauseClock, "check", expert)
	require.Equal(t, []string{"T7 2 expert/check fire 03-06T00:00"}, s.at("2026-03-06T09:00").cards("T7"))
	ended := tell(t, "N2").accepted().do("fire.handle", engine.PauseClock, "check", expert).at("2026-03-04T09:00")
	ended.do("fire.handle", engine.Resume, "check", engine.Args{Reason: "通过"})
	require.Empty(t, ended.at("2026-03-06T09:00").cards("T7"))
}

func TestS1_ABadRating(t *testing.T) {
	t.Parallel()
	rated := func(grade int) *story {
		src := strings.Replace(item, "QUOTA", "rating: {followUp: 5wd, by: hall},", 1)
		s := tellOf(t, src, "N1", "2026-03-02T09:00").accepted().do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check", safe)
		s.do("eco.handle", engine.Agree, "opinion").do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
		return s.do("applicant", engine.Rate, "", engine.Args{Grade: grade})
	}
	require.Empty(t, rated(3).cards("S1"))
	bad := rated(4)
	require.Len(t, bad.cards("S1"), 1)
	require.Contains(t, bad.cards("S1")[0], "S1 1 ")
	require.Contains(t, bad.cards("S1")[0], " hall ")
	require.Empty(t, bad.cards("T8"))
	require.Len(t, bad.at("2026-03-20T09:00").cards("T8"), 1, "nobody called back")
}

func TestT10_SilenceCountsAcrossCases(t *testing.T) {
	t.Parallel()
	var found []supervision.Card
	for _, n := range []string{"N1", "N2", "N3"} {
		s := tell(t, n).accepted().at("2026-03-12T09:00")
		require.Equal(t, engine.EndDefaulted, s.state.Step("opinion").End)
		got := load(t).Cards(s.rules, s.log, s.now)
		require.Len(t, s.cards("T10"), 1)
		found = append(found, find(t, got, "T10", s.cards("T10")[0][len("T10 2 "):len("T10 2 #99")]))
	}
	cal, err := calendars.National()
	require.NoError(t, err)
	rules := func(string) *supervision.Rules { return load(t) }
	across := supervision.Across(found, rules, cal)
	require.Len(t, across, 2, "the second and the third")
	require.Equal(t, supervision.Red, across[0].Level)
	require.Equal(t, "eco", across[0].Org)
	require.Empty(t, across[0].Case)
	require.Equal(t, []string{"N1", "N2"}, across[0].Cases)
	require.Contains(t, across[1].En, "for the 3. time")
	// after a year the count begins anew
	late := found[1]
	late.At = late.At.AddDate(1, 0, 1)
	require.Empty(t, supervision.Across([]supervision.Card{found[0], late}, rules, cal))
	other := found[1]
	other.Org = "city"
	require.Empty(t, supervision.Across([]supervision.Card{found[0], other}, rules, cal), "another organisation's")
	require.Empty(t, supervision.Across(found, func(string) *supervision.Rules { return nil }, cal), "nobody knows the rules")
}

func TestT11_APostNobodyHolds(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted()
	post := s.command("", engine.Vacate, "", engine.Args{Org: "eco", Role: "handle"})
	post.By = engine.Actor{Kind: engine.System}
	s.run(post)
	require.Equal(t, []string{"T11 2 handle eco 03-02T09:03"}, s.cards("T11"))
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "T11", "handle")
	require.Equal(t, []string{"opinion", ""}, []string{c.Step, c.Person}, "the organisation answers, nobody in person")
	require.Contains(t, c.Zh, "岗位“承办”无人担任")
	require.Contains(t, c.En, "the post case officer that")

	// Its head goes, too: nobody there could answer, so the window does.
	post.ID, post.Args.Headless = "gone", true
	s.run(post)
	require.Equal(t, []string{"T11 2 handle eco 03-02T09:03", "T11 3 eco.handle hall 03-02T09:03"}, s.cards("T11"))
	c = find(t, load(t).Cards(s.rules, s.log, s.now), "T11", "eco.handle")
	require.Regexp(t, "岗位“.+的承办”无人担任", c.Zh)
}

func TestP1_ASupervisorAsksAgain(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted()
	s.do("watch.supervisor", engine.Gap, "receive", engine.Args{Reason: "漏项", Lines: []engine.GapLine{{Of: "p1", Reason: "不清楚"}}})
	require.Len(t, s.cards("P1"), 1)
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "P1", s.cards("P1")[0][len("P1 2 "):len("P1 2 #99")])
	require.Equal(t, "watch.supervisor", c.Person)
}

func TestP6_TheOrderOfLimitedNumbers(t *testing.T) {
	t.Parallel()
	quota := strings.Replace(item, "QUOTA", "quota: true,", 1)
	first := tellOf(t, quota, "N1", "2026-03-02T09:00")
	second := tellOf(t, quota, "N2", "2026-03-02T11:00").accepted()
	first.now = clock(t, "2026-03-03T09:00")
	first.accepted()
	var marks []supervision.Card
	for _, s := range []*story{first, second} {
		cards := load(t).Cards(s.rules, s.log, s.now)
		i := slices.IndexFunc(cards, func(c supervision.Card) bool { return c.Rule == "P6" })
		require.GreaterOrEqual(t, i, 0)
		require.Equal(t, supervision.Mark, cards[i].Level)
		marks = append(marks, cards[i])
	}
	cal, err := calendars.National()
	require.NoError(t, err)
	rules := func(string) *supervision.Rules { return load(t) }
	across := supervision.Across(marks, rules, cal)
	require.Len(t, across, 1)
	require.Equal(t, "P6", across[0].Rule)
	require.Equal(t, "hall", across[0].Org)
	require.Contains(t, across[0].Zh, "办件 N1 收齐材料在先")
	marks[0].Order, marks[1].Order = marks[1].Order, marks[0].Order
	require.Empty(t, supervision.Across(marks, rules, cal), "in order")
	require.Empty(t, tell(t, "N3").accepted().cards("P6"), "no limited numbers")
}

func TestP7_WithdrawalsJustBeforeTheDueTime(t *testing.T) {
	t.Parallel()
	var marks []supervision.Card
	for i, day := range []string{"2026-03-20T09:00", "2026-03-27T09:00", "2026-03-30T09:00", "2026-03-27T10:00", "2026-03-30T11:00"} {
		s := tell(t, "N"+string(rune('1'+i))).accepted().at(day)
		s.do("applicant", engine.Withdraw, "", engine.Args{Reason: "不办了"})
		for _, c := range load(t).Cards(s.rules, s.log, s.now) {
			if c.Rule == "P7" {
				marks = append(marks, c)
			}
		}
	}
	require.Len(t, marks, 4, "the first was ten days early")
	require.Equal(t, "market", marks[0].Org)
	cal, err := calendars.National()
	require.NoError(t, err)
	across := supervision.Across(marks, func(string) *supervision.Rules { return load(t) }, cal)
	require.Len(t, across, 1, "once within thirty days, however many follow")
	require.Equal(t, supervision.Warning, across[0].Level)
	require.Equal(t, []string{"N2", "N4", "N3"}, across[0].Cases)
}

func TestM2_APaperThatIsShared(t *testing.T) {
	t.Parallel()
	asked := func(tried ...engine.Trial) []string {
		s := tellTried(t, strings.Replace(item, "QUOTA", "", 1), "N1", "2026-03-02T09:00", tried, "p1", "permit")
		for _, who := range []string{"market.handle", "fire.handle", "eco.handle", "hall.clerk"} {
			if party, _, _ := strings.Cut(who, "."); party == "eco" {
				s.do(who, engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1", Reason: "没有"}, {Of: "permit", Reason: "没有"}}})
				continue
			}
			if looks(s, who) {
				s.do(who, engine.Clear, "receive")
			}
		}
		return s.at("2026-03-05T09:00").cards("M2")
	}
	trial := func(r engine.TrialResult) engine.Trial {
		return engine.Trial{Paper: "permit", Source: "e-licence", Result: r}
	}
	card := []string{"M2 2 permit hall 03-02T09:01"}
	require.Equal(t, card, asked(), "no source was asked")
	require.Equal(t, card, asked(trial(engine.TrialFound)), "a source had it")
	for _, r := range []engine.TrialResult{engine.TrialNone, engine.TrialExpired, engine.TrialFailed, engine.TrialUnconnected, engine.TrialUnchecked} {
		require.Empty(t, asked(trial(r)), "%s: the applicant has to bring it", r)
	}
}

func looks(s *story, who string) bool {
	party, _, _ := strings.Cut(who, ".")
	for _, task := range s.state.Tasks {
		if task.Kind == engine.TaskLook && task.Status == engine.TaskOpen && task.Party == party {
			return true
		}
	}
	return false
}

func TestM3_GrantedWithAPaperMissing(t *testing.T) {
	t.Parallel()
	// the clerk may accept what was not answered in full (late: ask)
	s := tellOf(t, strings.NewReplacer("QUOTA", "", "late: lapse", "late: ask").Replace(item), "N1", "2026-03-02T09:00", "p1").at("2026-03-20T09:00")
	s.do("hall.clerk2", engine.Accept, "receive").do("eco.handle", engine.Agree, "opinion").do("fire.handle", engine.Pass, "check")
	s.do("fire.approve", engine.Grant, "check", safe).do("market.handle", engine.Grant, "conclude")
	require.Equal(t, []string{"M3 3 p1 market 03-20T09:04"}, s.cards("M3"))
	require.Empty(t, granted(t, "N2").cards("M3"))
}

func TestM4_CopiesNobodyHasCompared(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("QUOTA", "originals: acceptance,", "{name: 材料一, from", "{name: 材料一, form: copy, from").Replace(item)
	silent := tellOf(t, src, "N1", "2026-03-02T09:00").at("2026-03-10T09:00")
	require.NotEmpty(t, silent.cards("T5"))
	require.Equal(t, []string{"M4 2 p1 market 03-10T09:03"}, silent.concluded().cards("M4"))
	s := tellOf(t, src, "N2", "2026-03-02T09:00")
	for _, k := range s.state.Tasks {
		if k.Kind == engine.TaskLook && k.Status == engine.TaskOpen {
			s.do(k.Party+"."+k.Role, engine.Clear, "receive")
		}
	}
	s.do("hall.clerk2", engine.Accept, "receive", engine.Args{Originals: []string{"p1"}})
	require.Empty(t, s.concluded().cards("M4"))
}

func TestC2_OpinionAgainstTheChecklist(t *testing.T) {
	t.Parallel()
	failed := engine.Args{Reason: "理由", Basis: "法", Checks: []engine.CheckResult{{ID: "safe", OK: false, Note: "通道堵塞"}}}
	met := engine.Args{Reason: "理由", Basis: "法", Checks: []engine.CheckResult{{ID: "safe", OK: true}}}
	plain := engine.Args{Reason: "理由", Basis: "法"}
	for name, c := range map[string]struct {
		pass, verdict engine.Args
		do            engine.Act
		cards         int
	}{
		"granted though not met": {failed, plain, engine.Grant, 1},
		"the last result counts": {failed, met, engine.Grant, 0},
		"granted as met":         {met, plain, engine.Grant, 0},
		"denied though met":      {plain, met, engine.Deny, 1},
		"denied as not met":      {failed, plain, engine.Deny, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, "N1").accepted().do("fire.handle", engine.Pass, "check", c.pass).do("fire.approve", c.do, "check", c.verdict)
			got := s.cards("C2")
			require.Len(t, got, c.cards)
			if c.cards > 0 {
				require.Contains(t, got[0], "fire")
			}
		})
	}
}

func TestWarningsEndWithTheCase(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted()
	s.do("applicant", engine.Withdraw, "", engine.Args{Reason: "不办了"})
	require.Equal(t, engine.Closed, s.state.Status)
	require.Empty(t, s.at("2026-06-01T09:00").cards())
}

func TestSettingsByItemHallAndRegion(t *testing.T) {
	t.Parallel()
	src := string(source()) + `
settings:
  - {region: "210304", set: {unclaimed: 8}, level: {T9: 2}}
  - {hall: hall, item: S1, set: {unclaimed: 48}}
  - {item: S2, off: [T9]}
`
	r, found := supervision.Load("rules.yaml", []byte(src))
	require.Empty(t, found.Render("en"))
	s := tell(t, "N1").accepted().at("2026-03-05T09:00")
	require.Equal(t, []string{"T9 2 check.1a fire 03-04T09:02", "T9 2 opinion.1a eco 03-04T09:02"}, lines(r.Cards(s.rules, s.log, s.now), "T9"))
	r, found = supervision.Load("rules.yaml", []byte(strings.Replace(src, "item: S2, off", "item: S1, off", 1)))
	require.Empty(t, found.Render("en"))
	require.Empty(t, lines(r.Cards(s.rules, s.log, s.now), "T9"))
}

func TestFaultsAreToldAndFireNothing(t *testing.T) {
	t.Parallel()
	r, found := supervision.Load("rules.yaml", []byte(strings.Replace(string(source()), "hours(task.openedAt, param.unclaimed)", "after(task.openedAt, param.warnShar)", 1)+"\n"))
	require.Nil(t, r)
	require.Contains(t, found.Render("en"), "did you mean warnShare?")
	r, found = supervision.Load("rules.yaml", []byte(strings.Replace(string(source()), "{value: 1wd, zh: 一次", "{value: one day, zh: 一次", 1)))
	require.Empty(t, found.Render("en"))
	s := tell(t, "N1")
	w := r.Watch(s.rules, nil)
	for _, e := range s.log {
		w.Add(e)
	}
	require.Empty(t, lines(w.Cards(clock(t, "2026-03-09T09:00")), "T5"))
	require.Len(t, w.Faults(), 1)
	require.Equal(t, "T5", w.Faults()[0].Rule)
}

func find(t *testing.T, cards []supervision.Card, rule, subject string) supervision.Card {
	t.Helper()
	for _, c := range cards {
		if c.Rule == rule && strings.TrimSpace(c.Subject) == strings.TrimSpace(subject) {
			return c
		}
	}
	require.Fail(t, "no such card", "%s %q in %v", rule, subject, lines(cards))
	return supervision.Card{}
}

// Under an order the follow-up waits for the holder first, whose time is no card of the organ; then for whoever is to
// look again, and that he does not is one, beside the one for a check that was late itself.
func TestT8_WhatWasOrderedIsNotCheckedAgain(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("QUOTA", "", "conditions:\n", "duties:\n  owed: {name: 核查, by: fire, limit: {time: 3wd, from: result}, affects: result, fix: {time: 10wd, times: 2}, basis: 规定}\nconditions:\n").Replace(item)
	order := func(until string) engine.Args {
		day, err := calendar.ParseDate(until)
		require.NoError(t, err)
		return engine.Args{Duty: "owed", Finding: engine.FindingFix, Reason: "不符", Points: []engine.PointIn{{Text: "通道被占用"}}, Until: day}
	}
	late := "T8 2 duty/owed fire 03-06T00:00"
	s := tellOf(t, src, "N1", "2026-03-02T09:00").accepted().finished().at("2026-03-10T09:00")
	require.Equal(t, []string{late}, s.cards("T8"), "the check was late")
	require.Equal(t, "后续事项“核查”逾期未履行（到期日 2026-03-05）", find(t, load(t).Cards(s.rules, s.log, s.now), "T8", "duty/owed").Zh)
	s.do("fire.handle", engine.Judge, "", order("2026-03-16"))
	require.Equal(t, []string{late}, s.at("2026-03-19T23:59").cards("T8"), "three working days from the holder's last day")
	s.do("fire.handle", engine.Claim, "", engine.Args{Duty: "owed"}).at("2026-03-20T00:01")
	again := "T8 2 duty.owed.recheck fire 03-20T00:00"
	require.Equal(t, []string{late, again}, s.cards("T8"))
	c := find(t, load(t).Cards(s.rules, s.log, s.now), "T8", "duty.owed.recheck")
	require.Equal(t, "fire.handle", c.Person, "who has taken the re-check")
	require.Equal(t, "“义务“核查”的复查期限”已过，责令整改的事项仍未复查（到期日 2026-03-19）", c.Zh)
	require.Equal(t, "what was ordered to be put right has not been checked again: limit for the duty 核查 (re-check) ended on 2026-03-19", c.En)
	require.Empty(t, watch(t, s).Faults())

	// A second order, found to be kept in time, is no card; a late one has a card of its own.
	s.do("fire.handle", engine.Judge, "", order("2026-03-25")).do("applicant", engine.Rectify, "", engine.Args{Duty: "owed"})
	require.Equal(t, []string{late, again, "T8 2 duty.owed.recheck#2 fire 03-26T00:00"}, s.at("2026-03-30T09:00").cards("T8"))

	s = tellOf(t, src, "N2", "2026-03-02T09:00").accepted().finished()
	s.do("fire.handle", engine.Judge, "", order("2026-03-16")).at("2026-03-18T09:00").do("fire.handle", engine.Judge, "", engine.Args{Duty: "owed", Finding: "met"})
	require.Empty(t, s.at("2026-04-20T09:00").cards("T8"), "checked, put right and checked again in time")
}

func TestT12_ARequestForMoreTimeIsLeftUnanswered(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("QUOTA", "", "answer: {time: 10wd, late: lapse}", "answer: {time: 10wd, late: lapse, extend: {time: 5wd}}").Replace(item)
	asked := func(number string) *story {
		s := tellOf(t, src, number, "2026-03-02T09:00")
		s.do("hall.clerk", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1", Reason: "未提交"}}})
		return s.at("2026-03-05T09:00").do("applicant", engine.AskTime, "", engine.Args{Reason: "设计单位停工"})
	}
	s := asked("N1")
	require.Empty(t, s.at("2026-03-09T23:59").cards("T12"))
	require.Equal(t, []string{"T12 2 delay/delay.1 hall 03-10T00:00"}, s.at("2026-03-10T09:00").cards("T12"))
	s = asked("N2").at("2026-03-06T09:00").do("hall.clerk", engine.RefuseTime, "", engine.Args{Reason: "现有图纸即可"})
	require.Empty(t, s.at("2026-03-12T09:00").cards("T12"), "answered in time")
}

func TestT13_WhatWasSentIsNotProvedToHaveCome(t *testing.T) {
	t.Parallel()
	sent := func(number string) *story {
		return granted(t, number).do("hall.clerk2", engine.Hand, "handOut", engine.Args{Way: "courier", Proof: "SF1"})
	}
	s := sent("N1")
	require.Empty(t, s.at("2026-03-16T23:59").cards("T13"))
	require.Equal(t, []string{"T13 2 delivery/fireOk hall 03-17T00:00", "T13 2 delivery/result hall 03-17T00:00"}, s.at("2026-03-17T09:00").cards("T13"))
	require.Equal(t, "“批复”寄送后逾期未登记送达凭证，须查询去向或者另行送达", find(t, load(t).Cards(s.rules, s.log, s.now), "T13", "delivery/result").Zh)
	s = sent("N2").at("2026-03-05T09:00")
	for _, x := range s.state.Deliveries {
		s.do("hall.clerk2", engine.Deliver, "", engine.Args{Of: x.ID, Way: "post", Proof: "EMS 1"})
	}
	require.Empty(t, s.at("2026-03-20T09:00").cards("T13"), "proved in time")
}
