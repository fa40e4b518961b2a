package engine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// stopping is a definition with every kind of clock a pause can stop: two branches
// in nested groups, one of which needs the other, and one that has nothing to do with it.
const stopping = head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    limit: 15wd
    branches:
      - sequence: inner
        limit: 14wd
        steps:
          - decide: d
            by: fire
            chain: [{handle: 3wd}, {approve: 2wd}]
            limit: 12wd
            statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}
            pauses: [expert, site]
            gives: {dOk: {kind: approval, name: 证}}
      - {review: needing, by: eco, limit: 5wd, needs: [d]}
      - {review: other, by: city, limit: 5wd}
  - {decide: conclude, by: market, limit: 5wd, pauses: [site], gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter]}
`

func stoppingDef() string {
	src := replace(stopping, "process:\n", `
pauses:
  expert: {kind: expert-review, stops: [statutory, promised], max: 20wd, notice: 专家评审告知书, basis: 行政许可法第四十五条}
  site: {kind: site-visit, stops: [promised], max: 5cd}
process:
`)
	return src
}

func expert(time string) engine.Args {
	a := engine.Args{Pause: "expert", Reason: "组织专家评审", Document: "委字〔2026〕3号"}
	a.Time, _ = calendar.ParsePeriod(time)
	return a
}

func until(pause, day string) engine.Args {
	a := engine.Args{Pause: pause, Reason: "现场核查", Document: "委字〔2026〕3号"}
	a.Until, _ = calendar.ParseDate(day)
	return a
}

func dues(s *story) map[string]string {
	all := map[string]string{}
	for _, c := range s.state.Clocks {
		if c.Running() {
			all[c.ID] = c.Day.String()
		}
	}
	return all
}

func TestRule_3_8_6_WhatAPauseStops(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil) // Monday 2 March
	require.Equal(t, map[string]string{
		"statutory": "2026-05-08", "promised": "2026-03-30", "block": "2026-03-23", "inner": "2026-03-20", "d": "2026-03-18",
		"d.statutory": "2026-03-30", "d.handle": "2026-03-05", "needing": "2026-03-09", "other": "2026-03-09",
	}, dues(s))
	s.at("2026-03-04T10:00").do("fire.handle", engine.PauseClock, "d", until("expert", "2026-03-12"))
	// six working days, 5 to 12 March, are not counted; the day it begins counts
	require.Equal(t, map[string]string{
		"statutory": "2026-05-15", "promised": "2026-04-08", "block": "2026-03-31", "inner": "2026-03-30", "d": "2026-03-26",
		"d.statutory": "2026-04-08", "d.handle": "2026-03-13", "needing": "2026-03-17", "other": "2026-03-09", // no sibling's
	}, dues(s))
	run := s.state.Pauses[0]
	require.Equal(t, "expert/d", run.ID)
	require.Equal(t, "2026-03-04", run.From.String())
	n := s.state.Notices[0]
	require.Equal(t, engine.NoticePause, n.Kind)
	require.Equal(t, "专家评审告知书", n.Name())
	require.Equal(t, "applicant", n.To)
	require.Equal(t, "2026-03-12", n.Until.String())
	require.Equal(t, n.ID, run.Notice)

	// a clock that starts meanwhile stands still as well
	s.at("2026-03-06T10:00").do("fire.handle", engine.Pass, "d")
	s.due("d.approve", "2026-03-16")
	// ended before its day: the days until then are out, today included
	s.at("2026-03-10T15:00").do("fire.handle", engine.Resume, "", engine.Args{Reason: "评审意见已出"})
	require.Equal(t, map[string]string{
		"statutory": "2026-05-13", "promised": "2026-04-03", "block": "2026-03-27", "inner": "2026-03-26", "d": "2026-03-24",
		"d.statutory": "2026-04-03", "d.approve": "2026-03-12", "needing": "2026-03-13",
	}, without(dues(s), "other"))
	require.Equal(t, []string{"started", "stopped", "resumed"}, ledger(s.state.Clock("d")))
	require.Equal(t, "act", s.state.Pauses[0].EndedBy)
	require.Equal(t, "评审意见已出", s.state.Pauses[0].Result)
	s.refused(engine.NotOpen, "fire.handle", engine.Resume, "d")

	x, ok := engine.Explain(s.rules, s.state, "d.statutory")
	require.True(t, ok)
	at := slices.IndexFunc(x.Lines, func(l calendar.Line) bool { return l.Kind == calendar.LineExcluded })
	require.Equal(t, 2, at, "where the count comes to them")
	out := x.Lines[at]
	require.Equal(t, 4, out.Days)
	require.Equal(t, "2026-03-05（周四）至 2026-03-10（周二）不计入期限，扣除 4 个工作日：“决定”因专家评审停止计时：2026-03-04 起，至 2026-03-10，"+
		"凭据 委字〔2026〕3号，已书面告知申请人（行政许可法第四十五条）", out.In("zh"))
	require.Equal(t, "2026-03-05 (Thu) to 2026-03-10 (Tue) excluded, 4 working days left out: 决定 stood still for expert review: from 2026-03-04 until 2026-03-10, "+
		"by 委字〔2026〕3号, the applicant was told in writing (行政许可法第四十五条)", out.In("en"))
	require.Equal(t, "2026-04-03", x.Due.Day.String())
}

func without(m map[string]string, keys ...string) map[string]string {
	for _, k := range keys {
		delete(m, k)
	}
	return m
}

func TestRule_3_8_6_ClassesApart(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).do("fire.handle", engine.PauseClock, "d", until("site", "2026-03-05"))
	// a site visit is none of the eight procedures: the legal clocks run on
	s.due("statutory", "2026-05-08").due("d.statutory", "2026-03-30").due("promised", "2026-04-02").due("d", "2026-03-23")
	require.Empty(t, s.state.Notices, "the definition asks for no notice")
	// a day excluded by two pauses counts once
	s.at("2026-03-03T09:00").do("fire.handle", engine.PauseClock, "d", until("expert", "2026-03-06"))
	s.due("d.statutory", "2026-04-02").due("promised", "2026-04-03").due("d", "2026-03-24")
	require.Len(t, s.state.Clock("d").Stops, 2)
	s.refused(engine.BadData, "fire.handle", engine.Resume, "d") // which of the two?
	s.at("2026-03-04T09:00").do("fire.handle", engine.Resume, "d", engine.Args{Pause: "site"})
	s.due("d", "2026-03-24").due("promised", "2026-04-03")
	require.Equal(t, 1, len(running(s)))
}

func running(s *story) []string {
	var ids []string
	for _, p := range s.state.Pauses {
		if p.Running() {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func TestRule_3_8_6_GoldenExpertReview(t *testing.T) {
	t.Parallel()
	src := replace(stoppingDef(), "statutory: {time: 20wd, extend", "statutory: {time: 20wd, from: acceptance, extend")
	s := tell(t, src).accepted(nil).at("2026-03-10T09:00").do("fire.handle", engine.PauseClock, "d", until("expert", "2026-03-20"))
	s.due("d.statutory", "2026-04-10") // over Qingming
	s.at("2026-04-09T09:00").do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "d.statutory", Reason: "复杂"})
	s.due("d.statutory", "2026-04-24") // 30 working days from 2 March without those eight
}

func TestRule_3_8_7_EndsByItself(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).at("2026-03-03T10:00").do("fire.handle", engine.PauseClock, "d", expert("3wd"))
	require.Equal(t, "2026-03-06", s.state.Pauses[0].Until.String())
	d := s.state.Clock("d").Due
	s.at("2026-03-06T23:59")
	require.Equal(t, []string{"expert/d"}, running(s))
	why := map[string]string{}
	for _, w := range engine.WaitingFor(s.rules, s.state) {
		why[w.Step] = w.WhyZh
	}
	require.Contains(t, why["d"], "专家评审，停止计时至 2026-03-06")
	require.NotContains(t, why["other"], "停止计时")
	s.at("2026-03-09T09:00")
	require.Empty(t, running(s))
	ended := eventsOf[engine.PauseEnded](s)[0]
	require.Equal(t, "time", ended.Why)
	require.Equal(t, s.state.Pauses[0].Planned, s.state.Pauses[0].EndedAt, "an expiry carries its instant")
	require.Equal(t, d, s.state.Clock("d").Due, "as planned")
	require.Equal(t, []string{"started", "stopped", "resumed"}, ledger(s.state.Clock("d")))
}

func TestRule_3_8_7_AtMostAllTogether(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).at("2026-03-03T10:00")
	requireLaw(t, s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("21wd")), "45")
	s.do("fire.handle", engine.PauseClock, "d", expert("12wd"))
	s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("12wd")) // it runs until then
	s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("5wd"))
	// longer needs a new act with its own notice; the days that overlap are used once
	s.at("2026-03-18T10:00").do("fire.handle", engine.PauseClock, "d", until("expert", "2026-03-24"))
	require.Len(t, s.state.Notices, 2)
	require.Equal(t, []string{"expert/d", "expert/d#2"}, running(s))
	s.at("2026-03-26T10:00")
	require.Empty(t, running(s))
	requireLaw(t, s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("6wd")), "45") // 15 of 20 are used
	s.do("fire.handle", engine.PauseClock, "d", expert("5wd"))
	s.at("2026-04-03T10:00").refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", expert("1wd"))

	// calendar days: the fifth would be a Saturday, the end moves behind the weekend, no further
	s = tell(t, stoppingDef()).accepted(nil)
	s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", until("site", "2026-03-10"))
	s.at("2026-03-03T10:00").refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", until("site", "2026-03-10"))
	s.do("fire.handle", engine.PauseClock, "d", until("site", "2026-03-09"))
	s.at("2026-03-10T10:00").refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", until("site", "2026-03-11"))

	// other units
	for most, days := range map[string][2]string{
		"48h": {"2026-03-04", "2026-03-05"}, "1mo": {"2026-04-02", "2026-04-03"}, "1y": {"2027-03-02", "2027-03-03"},
	} {
		s = tell(t, replace(stoppingDef(), "max: 5cd", "max: "+most)).accepted(nil)
		time := until("site", days[0])
		if most == "48h" {
			time.Until, time.Time = 0, calendar.Period{Amount: 48, Unit: calendar.Hours}
			s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", until("site", days[1]))
		}
		s.do("fire.handle", engine.PauseClock, "d", time)
		require.Equal(t, days[0], s.state.Pauses[0].Until.String(), most)
		if most != "1y" { // a year is more than the step may take
			s.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", until("site", days[1]))
		}
	}
}

func TestRule_3_8_7_WhoAndWithWhat(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil)
	s.refused(engine.NotFound, "fire.handle", engine.PauseClock, "d", engine.Args{Pause: "tender"})
	s.refused(engine.NotAllowed, "eco.handle", engine.PauseClock, "d", expert("3wd"))
	s.refused(engine.NotAllowed, "hall.clerk", engine.PauseClock, "d", expert("3wd"))
	requireLaw(t, s.refused(engine.NoPause, "city.handle", engine.PauseClock, "other", expert("3wd")), "45")
	bare := expert("3wd")
	bare.Time = calendar.Period{}
	requireLaw(t, s.refused(engine.BadData, "fire.handle", engine.PauseClock, "d", bare), "45") // how long?
	both := expert("3wd")
	both.Until = calendar.NewDate(2026, 3, 9)
	s.refused(engine.BadData, "fire.handle", engine.PauseClock, "d", both)
	s.refused(engine.BadData, "fire.handle", engine.PauseClock, "d", until("expert", "2026-03-02")) // today counts
	mute := expert("3wd")
	mute.Reason = " "
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.PauseClock, "d", mute), "45")
	unproven := expert("3wd")
	unproven.Document = ""
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.PauseClock, "d", unproven), "45")
	s.do("fire.handle", engine.PauseClock, "d", expert("3wd"))
	s.refused(engine.NotAllowed, "eco.handle", engine.Resume, "d")
	s.do("fire.approve", engine.Resume, "d")
	s.refused(engine.NotOpen, "fire.handle", engine.Resume, "d")
	s.refused(engine.NotOpen, "market.handle", engine.PauseClock, "conclude", until("site", "2026-03-05")) // not its turn yet
}

func TestRule_3_8_7_APauseEndsWithItsStep(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).at("2026-03-03T10:00").do("fire.handle", engine.PauseClock, "d", expert("10wd"))
	s.at("2026-03-05T10:00").do("fire.handle", engine.Pass, "d").do("fire.approve", engine.Grant, "d")
	require.Equal(t, "step", s.state.Pauses[0].EndedBy)
	require.Equal(t, "2026-03-05", s.state.Pauses[0].Until.String())
	s.due("statutory", "2026-05-11").due("block", "2026-03-25").due("needing", "2026-03-11") // two days are out

	s = tell(t, stoppingDef()).accepted(nil).at("2026-03-03T10:00").do("fire.handle", engine.PauseClock, "d", expert("10wd"))
	s.do("applicant", engine.Withdraw, "", reasoned).status(engine.Closed, engine.Withdrawn)
	require.Empty(t, running(s))
}

func TestPausesAreEntriesOfTheDossier(t *testing.T) {
	t.Parallel()
	s := tell(t, stoppingDef()).accepted(nil).do("fire.handle", engine.PauseClock, "d", expert("3wd"))
	row := engine.Project(s.rules, s.state).Dossier[0]
	require.Equal(t, engine.DossierPause, row.Kind)
	require.Equal(t, "open", row.Status)
	require.Equal(t, "fire", row.Org)
	require.Equal(t, "专家评审", row.Pause.KindZh)
	require.Equal(t, s.state.Pauses[0].Planned, row.Due)
	s.do("fire.handle", engine.Resume, "d")
	require.Equal(t, "ended", engine.Project(s.rules, s.state).Dossier[0].Status)
}

// A warning counts days that are left, not days the clock stands still.
func TestWarningsStepOverPauses(t *testing.T) {
	t.Parallel()
	src := replace(stoppingDef(), "limit: 12wd\n", "limit: 12wd\n            warn: 3wd\n")
	s := tell(t, src).accepted(nil).at("2026-03-16T10:00").do("fire.handle", engine.PauseClock, "d", expert("5wd"))
	c := s.state.Clock("d") // 17 and 18 March were left; they come after the 23rd
	require.Equal(t, "2026-03-25", c.Day.String())
	require.Equal(t, calendar.NewDate(2026, 3, 16).Start(), c.Warn)
	// hours stand still on the whole of the days
	s = tell(t, replace(stoppingDef(), "limit: 12wd\n", "limit: 24h\n")).accepted(nil)
	at := s.state.Clock("d").Due
	s.do("fire.handle", engine.PauseClock, "d", until("site", "2026-03-04"))
	require.Equal(t, at.Add(48*3600e9), s.state.Clock("d").Due)
	require.Equal(t, []string{"started", "stopped"}, ledger(s.state.Clock("d")))
}

// An extension in hours goes on from the instant, one in days from the day.
func TestRule_3_8_4_ExtensionInHours(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`  - {decide: d, by: fire, limit: {time: 2wd, extend: {time: 6h, role: organ-head}}}`), "")
	s := tell(t, src).accepted(nil)
	s.do("fire.organ-head", engine.Extend, "", engine.Args{Clock: "d", Reason: "复杂"})
	require.Equal(t, calendar.NewDate(2026, 3, 5).Start().Add(6*3600e9), s.state.Clock("d").Due)
}

// What two runs of a ground measured in hours have in common is taken out once.
func TestRule_3_8_7_HoursInCommonCountOnce(t *testing.T) {
	t.Parallel()
	hours := func(n int) engine.Args {
		a := until("site", "2026-03-02")
		a.Until, a.Time = 0, calendar.Period{Amount: n, Unit: calendar.Hours}
		return a
	}
	overlapping := func() *story {
		s := tell(t, replace(stoppingDef(), "max: 5cd", "max: 100h")).accepted(nil)
		s.at("2026-03-02T10:00").do("fire.handle", engine.PauseClock, "d", hours(24))
		s.at("2026-03-02T22:00").do("fire.handle", engine.PauseClock, "d", hours(60)) // 72 hours taken out, 12 of them twice
		return s.at("2026-03-03T12:00")
	}
	overlapping().refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", hours(75)) // 28 hours are left from 10:00 on the 5th
	s := overlapping()
	s.do("fire.handle", engine.PauseClock, "d", hours(70))
	require.Equal(t, "2026-03-06", s.state.Pauses[2].Until.String())
	old := overlapping()
	old.state.Engine = 10
	old.refused(engine.NoPause, "fire.handle", engine.PauseClock, "d", hours(70))
}
