package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

const silent = head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {review: view, by: eco, limit: 3wd}
      - {decide: renew, by: fire, limit: {time: 5wd, late: grant, basis: 某条例}, gives: {permit2: {kind: certificate, name: 延续后的许可证, validity: 1y}}, tells: [city]}
  - {decide: conclude, by: market, limit: {time: 10wd, late: grant, basis: 某条例}, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter]}
`

func TestRule_2_8_GrantBySilence(t *testing.T) {
	t.Parallel()
	s := tell(t, silent).accepted(nil).due("renew", "2026-03-09")
	s.at("2026-03-09T23:00").is("renew=open")
	warned := []int{}
	for _, w := range eventsOf[engine.ClockWarned](s) {
		if w.Clock == "renew" {
			warned = append(warned, w.Which)
		}
	}
	require.Equal(t, []int{1, 2}, warned, "two warnings precede")
	s.at("2026-03-10T09:00").is("renew=grant", "view=open")
	st := s.state.Step("renew")
	require.Equal(t, "silence", st.Why)
	require.Empty(t, st.Verdict.By)
	require.Equal(t, s.state.Clock("renew").Due, st.Verdict.At)
	require.True(t, s.state.Clock("renew").Overdue, "late it is all the same")
	require.Equal(t, "permit2", s.state.Outputs[0].ID)
	require.Equal(t, "2027-03-10", s.state.Outputs[0].Until.String())
	require.Equal(t, engine.NoticeGranted, s.state.Notices[0].Kind)
	// its paper is due in a working day, although the step hands out together at the end
	s.due("hand.permit2", "2026-03-11")
	require.Equal(t, engine.Statutory, s.state.Clock("hand.permit2").Class)
	s.due("duty.paper.renew", "2026-03-11")
	require.Equal(t, "fire", s.state.Duty("paper.renew").Org)
	s.do("fire.handle", engine.Fulfil, "", engine.Args{Duty: "paper.renew", Reason: "已补发"})
	require.Equal(t, engine.DutyMet, s.state.Duty("paper.renew").Status)
	number := engine.Args{Way: "counter", Outputs: []engine.OutputIn{{ID: "permit2", Number: "X1"}}}
	s.refused(engine.BadData, "hall.clerk", engine.Hand, "", engine.Args{Way: "counter", Outputs: []engine.OutputIn{{ID: "result", Number: "X1"}}})
	s.do("hall.clerk", engine.Hand, "", number)
	require.Equal(t, "X1", s.state.Outputs[0].Number)
	s.do("eco.handle", engine.Agree, "view").do("market.handle", engine.Grant, "conclude")
	s.refused(engine.BadData, "hall.clerk", engine.Hand, "", engine.Args{Way: "counter", Outputs: []engine.OutputIn{{ID: "result", Number: "X2"}}})
	s.do("hall.clerk", engine.Hand, "", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
}

func TestRule_2_8_SilenceOverridesNobody(t *testing.T) {
	t.Parallel()
	// an opinion that disagrees: it takes a person with reasons
	s := tell(t, silent).accepted(nil).do("eco.handle", engine.Disagree, "view", reasoned).do("fire.handle", engine.Grant, "renew")
	s.at("2026-03-20T09:00").is("conclude=open")
	require.True(t, s.state.Clock("conclude").Overdue)
	// something above that was denied
	s = tell(t, silent).accepted(nil).do("eco.handle", engine.Agree, "view").do("fire.handle", engine.Deny, "renew", reasoned)
	s.at("2026-03-20T09:00").is("conclude=open")
	// conditions are taken over, all of them
	s = tell(t, silent).accepted(nil).do("eco.handle", engine.AgreeWith, "view", engine.Args{Conditions: []string{"装净化器"}}).do("fire.handle", engine.Grant, "renew")
	s.at("2026-03-20T09:00").is("conclude=grant").status(engine.Decided, engine.Granted)
	require.Equal(t, []engine.Take{{Step: "view", Condition: "装净化器", Taken: true}}, s.state.Step("conclude").Verdict.Takes)
	s.due("hand.permit2", "2026-03-31").due("hand.result", "2026-03-18") // the one that was signed has its ten days
	// a need that is not there
	s = tell(t, replace(silent, "- {decide: conclude, by: market,", "- {decide: conclude, by: market, needs: [p1],")).accepted(nil)
	s.do("eco.handle", engine.Agree, "view").do("fire.handle", engine.Grant, "renew").at("2026-03-20T09:00").is("conclude=grant")
}

// A renewal is granted when the old licence expires (行政许可法第五十条); one that was
// asked for after that is not.
func TestArticle50_Renewal(t *testing.T) {
	t.Parallel()
	src := replace(silent, "limit: {time: 5wd, late: grant, basis: 某条例}", "limit: {time: 24h, from: form.validUntil, late: grant, basis: 行政许可法第五十条}")
	src = replace(src, "staff: {type: integer}", "staff: {type: integer}, validUntil: {type: string, format: date}")
	file := func(until string) *story {
		s := tell(t, src)
		cmd := s.filing(nil)
		cmd.Args.Form["validUntil"] = until
		require.Nil(t, s.run(cmd))
		return s.clear().do("hall.clerk.2", engine.Accept, "receive")
	}
	s := file("2026-04-04") // a Saturday, and a holiday: hours do not care
	s.at("2026-04-04T23:59").is("renew=open").at("2026-04-05T00:00").is("renew=grant")
	s = file("2026-03-01").at("2026-03-03T00:00").is("renew=open")
	require.True(t, s.state.Clock("renew").Overdue)
}

func TestRule_3_8_2_CaseClocksFromWhatHappensLater(t *testing.T) {
	t.Parallel()
	base := withBack(simple(`
  - {review: view, by: fire}
  - {decide: d, by: eco, gives: {dOk: {kind: approval, name: 证}}}
`), "view")
	from := func(what string) *story {
		return tell(t, replace(base, "promised: [{when: qa, time: 10wd}, {time: 20wd}]}", "promised: {time: 5wd, from: "+what+"}}")).accepted(nil).at("2026-03-04T10:00")
	}
	s := from("view")
	require.Nil(t, s.state.Clock("promised"))
	s.do("fire.handle", engine.Agree, "view").due("promised", "2026-03-11")
	require.Equal(t, "view", s.state.Clock("promised").From)
	require.Len(t, eventsOf[engine.ClockStarted](s), 1)
	s.at("2026-03-05T10:00").do("eco.handle", engine.Grant, "d").do("market.handle", engine.Grant, "conclude")
	require.False(t, s.state.Clock("promised").Running(), "it ends with the outcome")

	s = from("dOk").do("fire.handle", engine.Agree, "view")
	require.Nil(t, s.state.Clock("promised"))
	s.at("2026-03-05T10:00").do("eco.handle", engine.Grant, "d").due("promised", "2026-03-12")

	s = from("dOk").do("fire.handle", engine.Agree, "view").do("eco.handle", engine.Deny, "d", reasoned)
	require.Nil(t, s.state.Clock("promised"), "what was not given starts nothing")

	s = from("decision").do("fire.handle", engine.Agree, "view").do("eco.handle", engine.Grant, "d")
	require.Nil(t, s.state.Clock("promised"))
	s.do("market.handle", engine.Grant, "conclude").due("promised", "2026-03-11")
	require.True(t, s.state.Clock("promised").Running(), "it measures what comes after")
	s.at("2026-03-12T00:00").do("hall.clerk", engine.Hand, "", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Clock("promised").Overdue)

	s = from("start")
	s.due("promised", "2026-03-09")
}

// The answer to the notice may change what a limit is chosen by (3.10.1).
func TestRule_3_10_1_LimitsChosenAgainBeforeAcceptance(t *testing.T) {
	t.Parallel()
	src := replace(withBack(simple(`  - {review: view, by: fire}`), "view"), "{time: 20wd}]}", "{time: 20wd}], from: receipt}}")
	src = replace(src, "promised: [", "promised: {time: [")
	s := tell(t, src).file(nil).due("promised", "2026-03-30").do("hall.clerk", engine.Gap, "receive", gap("p1")).clear()
	a := s.answer("p1", "permit")
	a.Answers = map[string]any{"qa": true, "qc": false}
	s.at("2026-03-04T10:00").do("applicant", engine.Answer, "", a).due("promised", "2026-03-16")
	s.do("hall.clerk.2", engine.Accept, "receive").due("promised", "2026-03-18")
}
