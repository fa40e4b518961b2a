package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

var looking = withBack(simple(`
  - parallel: block
    branches:
      - {decide: reg, when: qa, by: market, reads: [form.site], gives: {permit: {kind: certificate, name: 许可}}}
      - {review: a, by: fire, after: [reg], reads: [p1]}
      - {review: b, when: qb, by: eco, reads: [p2]}
      - {review: c, when: 'steps.reg.verdict == "grant"', by: city, after: [reg], reads: [permit]}
`), "block")

func TestRule_3_7_1_PapersAreResolvedAtFiling(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).file(map[string]any{"qa": true, "qb": true}, "p2")
	s.paperIs("p1", engine.PaperPresent).paperIs("p2", engine.PaperMissing).paperIs("permit", engine.PaperAwaited)
	require.Equal(t, "applicant", s.state.Paper("p1").Source)
	require.Len(t, s.state.Paper("p1").Hash, 64)

	s = tell(t, looking)
	file := func(papers ...engine.PaperIn) *engine.Rejection {
		cmd := s.filing(map[string]any{"qa": true}, "p1")
		cmd.Args.Papers = papers
		return engine.Decide(s.rules, nil, cmd).Rejection
	}
	ok := s.paper("p1")
	for name, c := range map[string]struct {
		papers []engine.PaperIn
		law    string
	}{
		"not in the guide":  {[]engine.PaperIn{s.paper("p9")}, "31"},
		"not asked":         {[]engine.PaperIn{s.paper("p2")}, "31"},
		"an own output":     {[]engine.PaperIn{s.paper("permit")}, "31"},
		"twice":             {[]engine.PaperIn{ok, ok}, ""},
		"no digest":         {[]engine.PaperIn{{ID: "p1", Hash: "12"}}, ""},
		"source not listed": {[]engine.PaperIn{{ID: "p1", Hash: ok.Hash, Source: "library"}}, ""},
	} {
		rejection := file(c.papers...)
		require.NotNil(t, rejection, name)
		require.Equal(t, engine.BadPaper, rejection.Code, name)
		if c.law != "" {
			requireLaw(t, rejection, c.law)
		}
	}
	require.Nil(t, file(engine.PaperIn{ID: "p1", Hash: ok.Hash, Source: "applicant"}))
}

func TestRule_3_7_2_TheGiverEndsWithoutTheOutput(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).accepted(map[string]any{"qa": true})
	s.do("market.handle", engine.Deny, "reg", reasoned)
	s.paperIs("permit", engine.PaperMissing).is("a=barred", "c=absent")
	require.Contains(t, s.events(), "PaperFell")
	s = tell(t, looking).accepted(map[string]any{"qa": true})
	s.do("market.handle", engine.Grant, "reg", engine.Args{Outputs: []engine.OutputIn{{ID: "permit", Number: "甲1", Hash: hashOf(5)}}})
	s.paperIs("permit", engine.PaperPresent).open("a", "c")
	require.Equal(t, "output", s.state.Paper("permit").Source)
	require.Equal(t, hashOf(5), s.state.Paper("permit").Hash)
}

func TestRule_3_7_4_WhoLooks(t *testing.T) {
	t.Parallel()
	looks := func(s *story) []string {
		parties := []string{}
		for _, k := range s.state.Tasks {
			if k.Kind == engine.TaskLook {
				parties = append(parties, k.Party)
			}
		}
		return parties
	}
	// the hall; fire whatever `after` says; city cannot be known yet; eco only when its when holds;
	// market reads no paper
	require.Equal(t, []string{"hall", "fire", "city"}, looks(tell(t, looking).file(map[string]any{"qa": true})))
	require.Equal(t, []string{"hall", "fire", "eco"}, looks(tell(t, looking).file(map[string]any{"qb": true})))

	// from: gap, before acceptance by the hall only
	src := withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire, reads: [p1]}, {review: b, by: eco}]
`), "block")
	src = replace(src, "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "collect: {time: 2wd, from: gap}, answer: {time: 10wd}")
	s := tell(t, src).file(nil)
	require.Empty(t, looks(s))
	require.NotNil(t, s.openTask("receive", engine.TaskAccept))
	s.refused(engine.NotAllowed, "fire.handle", engine.Gap, "receive", gap("p1"))
	s.refused(engine.NotOpen, "hall.clerk", engine.Clear, "receive")
	s.do("hall.clerk", engine.Gap, "receive", gap("safe"))
	require.Equal(t, []string{"WindowOpened", "GapNamed"}, s.events())
	require.Equal(t, []string{"fire"}, openLooks(s))
	s.due("collect", "2026-03-04")
	s.refused(engine.WindowOpen, "hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).status(engine.Correcting, "")

	// from: gap, after acceptance by a party with an open step; added opinions look too
	s = tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("market.lead", engine.Add, "block", engine.Args{Reason: "涉及城管", Party: "city", Reads: []string{"p1", "form.site"}, Time: wd(3)})
	s.refused(engine.NotAllowed, "nobody.handle", engine.Gap, "receive", gap("p1"))
	s.do("eco.handle", engine.Gap, "receive", gap("safe"))
	require.ElementsMatch(t, []string{"hall", "fire", "city"}, openLooks(s))
	s.status(engine.Accepted, "")
}

func openLooks(s *story) []string {
	parties := []string{}
	for _, k := range s.state.Tasks {
		if k.Kind == engine.TaskLook && k.Status == engine.TaskOpen {
			parties = append(parties, k.Party)
		}
	}
	return parties
}

func TestRule_3_7_5_TheWindowAndItsLines(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).file(map[string]any{"qb": true}, "p2")
	requireLaw(t, s.refused(engine.WindowOpen, "hall.clerk.2", engine.Accept, "receive"), "32")
	requireLaw(t, s.refused(engine.WindowOpen, "hall.clerk.2", engine.Refuse, "receive", reasoned), "32")
	s.refused(engine.BadData, "fire.handle", engine.Gap, "receive")
	s.refused(engine.BadData, "fire.handle", engine.Gap, "receive", gap("p1", "p1"))
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1"}}})
	requireLaw(t, s.refused(engine.BadPaper, "fire.handle", engine.Gap, "receive", gap("passport")), "31")
	requireLaw(t, s.refused(engine.BadPaper, "fire.handle", engine.Gap, "receive", gap("permit")), "31")
	s.refused(engine.NotAllowed, "market.handle", engine.Gap, "receive", gap("p1"))
	// same paper and reason merge, askers kept; another reason is another line
	s.do("fire.handle", engine.Gap, "receive", gap("p1"))
	requireLaw(t, s.refused(engine.TooLate, "fire.handle", engine.Gap, "receive", gap("safe")), "32")
	s.do("eco.handle", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1", Reason: "不清楚"}, {Of: "clean", Reason: "说明清洁"}, {Of: "safe", Reason: "说明"}}})
	require.Empty(t, s.state.Notices)
	s.do("hall.clerk", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1", Reason: "未盖章"}}})
	require.Equal(t, []string{"GapNamed", "WindowClosed", "NoticeSent"}, s.events(), "all have spoken: the notice goes out at once")
	require.Equal(t, []engine.NamedLine{
		{Of: "p1", Reason: "不清楚", Askers: []string{"fire", "eco"}},
		{Of: "p1", Reason: "未盖章", Askers: []string{"hall"}},
		{Of: "p2", Reason: "未提交", Askers: []string{"guide"}},
		{Of: "safe", Reason: "说明", Askers: []string{"eco"}},
		{Of: "clean", Reason: "说明清洁", Askers: []string{"eco"}},
	}, s.state.Notices[0].Lines)
	require.Equal(t, engine.NoticeCorrection.Title(), "补正告知书")

	// without lines none; the window's end gives the clerk his task
	s = tell(t, looking).file(nil).clear()
	require.Empty(t, s.state.Notices)
	require.NotNil(t, s.openTask("receive", engine.TaskAccept))

	// at its due time with what was said; at the latest a working day before the intake is due
	s = tell(t, replace(looking, "collect: {time: 2wd}", "collect: {time: 9wd}")).file(nil)
	s.due("receive", "2026-03-09").due("collect", "2026-03-08")
	require.Equal(t, "2026-03-09T00:00:00+08:00", s.state.Clock("collect").Due.In(calendar.Zone).Format(time.RFC3339))
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).at("2026-03-09T00:00").status(engine.Correcting, "")
	require.Len(t, s.state.Notices, 1)

	// the first gap on the intake's last day: the notice goes out at once
	src := replace(looking, "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "collect: {time: 2wd, from: gap}, answer: {time: 10wd}")
	s = tell(t, src).file(nil).at("2026-03-09T16:00").do("hall.clerk", engine.Gap, "receive", gap("p1"))
	s.later(1).status(engine.Correcting, "")
}

func replace(s, old, by string) string {
	if !strings.Contains(s, old) {
		panic("nothing to replace: " + old)
	}
	return strings.ReplaceAll(s, old, by)
}

func TestRule_3_7_5_EndingTheStepIsClear(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire, reads: [p1]}, {review: b, by: eco, reads: [p1]}]
`), "block")
	src = replace(src, "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "collect: {time: 2wd, from: gap}, answer: {time: 10wd}")
	s := tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Gap, "receive", gap("p1"))
	require.ElementsMatch(t, []string{"hall", "eco"}, openLooks(s))
	s.do("eco.handle", engine.Agree, "b")
	require.Equal(t, []string{"hall"}, openLooks(s))
	requireLaw(t, s.refused(engine.TooLate, "eco.handle", engine.Gap, "receive", gap("p1")), "32")
	s.do("hall.clerk", engine.Clear, "receive").status(engine.Accepted, "")
	require.Len(t, s.state.Notices, 1)
	require.False(t, s.state.Clock("promised").EndedAt.IsZero() && s.state.Clock("promised").Start.Equal(s.now), "stops no clock")
}

func TestRule_3_7_6_RefusedWithArticle32(t *testing.T) {
	t.Parallel()
	// after the window
	s := tell(t, looking).file(nil).clear()
	requireLaw(t, s.refused(engine.TooLate, "fire.handle", engine.Gap, "receive", gap("p1")), "32")
	requireLaw(t, s.refused(engine.TooLate, "fire.handle", engine.Clear, "receive"), "32")
	// after the notice
	s = tell(t, looking).file(nil)
	s.do("hall.clerk", engine.Gap, "receive", gap("p1"))
	s.clear()
	requireLaw(t, s.refused(engine.OneNotice, "hall.clerk", engine.Gap, "receive", gap("safe")), "32")
	s.do("applicant", engine.Answer, "", s.answer("p1"))
	requireLaw(t, s.refused(engine.OneNotice, "hall.clerk", engine.Gap, "receive", gap("safe")), "32")

	src := withBack(simple(`
  - {decide: first, by: fire, reads: [p1]}
  - {review: second, by: eco, reads: [p1]}
`), "")
	src = replace(src, "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "collect: {time: 2wd, from: gap}, answer: {time: 10wd}")
	s = tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Grant, "first")
	requireLaw(t, s.refused(engine.TooLate, "fire.handle", engine.Gap, "receive", gap("p1")), "32") // after the party's step
	requireLaw(t, s.refused(engine.TooLate, "hall.clerk", engine.Gap, "receive", gap("p1")), "32")  // no open step
	s.do("eco.handle", engine.Gap, "receive", gap("p1"))
	s.do("eco.handle", engine.Agree, "second").do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.Granted)
	require.False(t, s.state.Step("receive").Intake.Window, "after the decision the window is closed")
	require.Empty(t, s.state.Notices)
	requireLaw(t, s.refused(engine.TooLate, "hall.clerk", engine.Gap, "receive", gap("p1")), "32")
	requireLaw(t, s.refused(engine.TooLate, "watch.supervisor", engine.Gap, "receive", engine.Args{Reason: "督办", Lines: gap("p1").Lines}), "32")

	// without a window nobody asks after acceptance
	s = tell(t, replace(withBack(simple(`  - {review: view, by: fire, reads: [p1]}`), ""), "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "answer: {time: 10wd}")).file(nil)
	s.do("hall.clerk.2", engine.Accept, "receive")
	requireLaw(t, s.refused(engine.TooLate, "fire.handle", engine.Gap, "receive", gap("p1")), "32")
}

func TestRule_3_7_6_ASupervisorMayOverride(t *testing.T) {
	t.Parallel()
	override := engine.Args{Reason: "重大安全隐患", Lines: gap("safe").Lines}
	s := tell(t, looking).file(nil)
	s.refused(engine.NotAllowed, "watch.supervisor", engine.Gap, "receive", override)
	s.do("hall.clerk", engine.Gap, "receive", gap("p1")).clear()
	first := s.state.Clock("answer").Due
	s.later(24)
	s.refused(engine.ReasonNeeded, "watch.supervisor", engine.Gap, "receive", gap("safe"))
	requireLaw(t, s.refused(engine.BadPaper, "watch.supervisor", engine.Gap, "receive", engine.Args{Reason: "理由", Lines: gap("x").Lines}), "31")
	s.do("watch.supervisor", engine.Gap, "receive", override)
	require.True(t, s.state.Flag("overridden"))
	require.Len(t, s.state.Notices, 2)
	require.Equal(t, "correction#2", s.state.Notices[1].ID)
	require.Len(t, s.state.Notices[1].Lines, 2, "what is still open and what is new")
	require.True(t, s.state.Clock("answer").Due.After(first))
	require.Equal(t, "receive.answer#2", s.openTask("receive", engine.TaskAnswer).ID)
	s.do("applicant", engine.Answer, "", s.answer("p1")).status(engine.Correcting, "")
	s.do("applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "safe", Text: "已整改"}}}).status(engine.Received, "")
	s.due("receive#3", "2026-03-10")
	// once more, when all was answered: the acceptance date moves to the last arrival
	s.later(24).do("watch.supervisor", engine.Gap, "receive", override).status(engine.Correcting, "")
	require.False(t, s.state.Clock("receive#3").Running())
	s.later(24).do("applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "safe", Text: "已整改"}}})
	s.do("hall.clerk.2", engine.Accept, "receive")
	require.Equal(t, "2026-03-05", s.state.AcceptedOn.String())
	// after acceptance it stops no clock
	due := s.state.Clock("promised").Due
	s.later(24).do("watch.supervisor", engine.Gap, "receive", override).status(engine.Accepted, "")
	s.do("applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "safe", Text: "已整改"}}})
	require.Equal(t, due, s.state.Clock("promised").Due)
	require.Equal(t, "2026-03-05", s.state.AcceptedOn.String())
}

func TestRule_3_7_7_NoticeAndAnswer(t *testing.T) {
	t.Parallel()
	noticed := func(late string) *story {
		s := tell(t, replace(looking, "late: lapse", "late: "+late)).file(map[string]any{"qb": true}, "p2")
		s.do("fire.handle", engine.Gap, "receive", gap("safe"))
		return s.clear()
	}
	s := noticed("lapse")
	require.False(t, s.state.Clock("receive").Running(), "the notice ends the intake clock")
	requireLaw(t, s.refused(engine.AnswerOpen, "hall.clerk.2", engine.Accept, "receive"), "32")
	requireLaw(t, s.refused(engine.AnswerOpen, "hall.clerk.2", engine.Refuse, "receive", reasoned), "32")
	s.refused(engine.NotAllowed, "fire.handle", engine.Answer, "", s.answer("p2"))
	s.refused(engine.BadData, "applicant", engine.Answer, "")
	s.refused(engine.BadData, "applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "p1", Text: "好"}}})
	s.refused(engine.BadData, "applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "safe", Text: " "}}})
	s.do("hall.clerk", engine.Answer, "", s.answer("p2")).status(engine.Correcting, "") // the window for the applicant
	require.Equal(t, []string{"AnswerReceived"}, s.events())
	s.do("applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "safe", Text: "合格"}}}).status(engine.Received, "")
	s.refused(engine.NotOpen, "applicant", engine.Answer, "", s.answer("p2"))

	s = noticed("lapse")
	s.due("answer", "2026-03-16").at("2026-03-16T23:59").status(engine.Correcting, "")
	s.at("2026-03-17T00:00").status(engine.Closed, engine.Lapsed).is("receive=lapsed", "conclude=skipped")

	s = noticed("mark").at("2026-03-17T00:00").status(engine.Correcting, "")
	require.True(t, s.state.Clock("answer").Overdue)
	s.do("applicant", engine.Answer, "", engine.Args{Papers: s.answer("p2").Papers, Statements: []engine.Statement{{Of: "safe", Text: "合格"}}})
	s.do("hall.clerk.2", engine.Accept, "receive").status(engine.Accepted, "")
	s = noticed("mark").at("2026-03-17T00:00").do("hall.clerk.2", engine.Refuse, "receive", reasoned).status(engine.Closed, engine.Refused)

	s = noticed("ask").at("2026-03-17T00:00") // go on with what is there
	require.NotNil(t, s.openTask("receive", engine.TaskAccept))
	s.do("hall.clerk.2", engine.Accept, "receive").status(engine.Accepted, "").paperIs("p2", engine.PaperMissing)
	require.Nil(t, s.openTask("receive", engine.TaskAnswer))
}

func TestRule_3_7_8_AcceptanceDate(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).accepted(nil)
	require.Equal(t, "2026-03-02", s.state.AcceptedOn.String())
	s.refused(engine.NotOpen, "hall.clerk.2", engine.Accept, "receive")
	s.refused(engine.NotOpen, "hall.clerk.2", engine.Refuse, "receive", reasoned)

	noticed := func() *story {
		s := tell(t, looking).file(nil)
		s.do("hall.clerk", engine.Gap, "receive", gap("p1"))
		return s.clear().at("2026-03-05T10:00").do("applicant", engine.Answer, "", s.answer("p1"))
	}
	s = noticed()
	s.due("receive#2", "2026-03-12") // again from the arrival
	s.refused(engine.NotAllowed, "fire.handle", engine.Accept, "receive")
	s.at("2026-03-10T10:00").do("hall.clerk.2", engine.Accept, "receive")
	require.Equal(t, "2026-03-05", s.state.AcceptedOn.String())
	s.due("statutory", "2026-05-12").due("promised", "2026-04-02")
	require.False(t, s.state.Flag("deemed"))

	s = noticed().at("2026-03-13T00:00").status(engine.Accepted, "") // on silence
	require.Equal(t, "2026-03-05", s.state.AcceptedOn.String())
	require.True(t, s.state.Flag("deemed"))

	s = noticed()
	requireLaw(t, s.refused(engine.ReasonNeeded, "hall.clerk.2", engine.Refuse, "receive"), "38")
	s.refused(engine.BadData, "hall.clerk.2", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "granted"})
	requireLaw(t, s.refused(engine.BadData, "hall.clerk.2", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "not-competent"}), "32")
	s.do("hall.clerk.2", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "not-competent", RightOrgan: "某局"}).status(engine.Closed, engine.NotCompetent)

	// a missing paper the applicant was never told of shuts the gate
	s = tell(t, replace(looking, "collect: {time: 2wd}, ", "")).file(nil, "p1")
	requireLaw(t, s.refused(engine.GateShut, "hall.clerk.2", engine.Accept, "receive"), "32")

	// silence accepts licences only: 2.9
	other := replace(replace(looking, "type: licence", "type: other"), "receive, by: hall,", "receive, by: hall, limit: {time: 5wd, late: accept, basis: 法},")
	s = tell(t, other).file(nil).clear().at("2026-03-10T00:00").status(engine.Received, "")
	require.True(t, s.state.Clock("receive").Overdue)
	own := replace(other, "{decide: reg, when: qa, by: market,", "{decide: reg, when: qa, by: market, item: {name: 许可, type: licence},")
	tell(t, own).file(nil).clear().at("2026-03-10T00:00").status(engine.Received, "") // its only licence is absent
	tell(t, own).file(map[string]any{"qa": true}).clear().at("2026-03-10T00:00").status(engine.Accepted, "")
}

func TestRule_3_7_9_AnAnswerAfterAcceptance(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire, reads: [p1]}, {review: b, by: eco, reads: [p1]}, {review: c, by: city, reads: [p2]}]
`), "block")
	src = replace(src, "collect: {time: 2wd}, answer: {time: 10wd, late: lapse}", "collect: {time: 2wd, from: gap}, answer: {time: 10wd}")
	s := tell(t, src).file(map[string]any{"qb": true}).do("hall.clerk.2", engine.Accept, "receive")
	s.do("eco.handle", engine.Agree, "b").do("fire.handle", engine.Gap, "receive", gap("p1"))
	s.do("city.handle", engine.Clear, "receive").do("hall.clerk", engine.Clear, "receive")
	promised := s.state.Clock("promised").Due
	s.refused(engine.BadPaper, "applicant", engine.Answer, "", s.answer("p1", "p2"))
	s.refused(engine.WrongAct, "applicant", engine.Answer, "", engine.Args{Form: map[string]any{"site": "别处"}})
	s.refused(engine.WrongAct, "applicant", engine.Answer, "", engine.Args{Answers: map[string]any{"qb": false}})
	s.later(24).do("applicant", engine.Answer, "", s.answer("p1"))
	s.open("a", "b", "c")
	require.Equal(t, 2, s.state.Step("b").Round)
	require.Len(t, s.state.Paper("p1").Earlier, 1, "the snapshot it replaces stays")
	require.Equal(t, promised, s.state.Clock("promised").Due)
	require.Equal(t, "2026-03-02", s.state.AcceptedOn.String())

	// incomplete at its due time: overdue, nothing else
	s = tell(t, src).file(nil).do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).at("2026-03-20T00:00").status(engine.Accepted, "")
	require.Contains(t, typesOf(s.log), "AnswerOverdue")
	s.do("applicant", engine.Answer, "", s.answer("p1"))
}

func typesOf(log []engine.Event) []string {
	types := make([]string, len(log))
	for i, e := range log {
		types[i] = e.Type
	}
	return types
}
