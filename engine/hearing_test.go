package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func hearingDef(keys string) string {
	return replace(withBack(simple(`
  - {review: view, by: fire}
  - {hearing: listen, by: market, pause: heard, parties: [eco]`+keys+`}
`), "view"), "process:", `pauses:
  heard: {kind: hearing, stops: [statutory, promised], max: 20wd, notice: 特殊程序期限告知书, basis: 行政许可法第四十五条}
process:`)
}

func told(t testing.TB) *story {
	return tell(t, hearingDef("")).accepted(nil).do("fire.handle", engine.Agree, "view").open("listen")
}

// chaired is the data that sets a hearing.
func (s *story) chaired(who, when string) engine.Args {
	return engine.Args{On: on(s.t, when), Place: "三楼会议室", Chair: "p-" + who}
}

func noticesOf(s *story, kind engine.NoticeKind) []string {
	to := []string{}
	for _, n := range s.state.Notices {
		if n.Kind == kind {
			to = append(to, n.To)
		}
	}
	return to
}

func TestRule_3_4_9_TheRightIsToldFiveDaysToAsk(t *testing.T) {
	t.Parallel()
	s := told(t).due("listen.request", "2026-03-09")
	require.Equal(t, []string{"applicant", "eco"}, noticesOf(s, engine.NoticeHearingRight))
	require.NotNil(t, s.openTask("listen", engine.TaskRequest))
	s.refused(engine.NotOpen, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-20T09:00"))
	s.refused(engine.NotAllowed, "eco.handle", engine.Request, "listen")
	s.at("2026-03-09T23:59").open("listen").at("2026-03-10T00:00").is("listen=done").open("conclude")
	require.Equal(t, "not-requested", s.state.Step("listen").Why)
	requireLaw(t, s.refused(engine.TooLate, "applicant", engine.Request, "listen"), "47")

	s = told(t).at("2026-03-06T09:00").do("applicant", engine.Request, "").due("listen.hold", "2026-04-03")
	require.Equal(t, engine.Statutory, s.state.Clock("listen.hold").Class)
	require.False(t, s.state.Clock("listen.request").Running())
	s.refused(engine.NotOpen, "applicant", engine.Request, "listen")
	told(t).do("hall.clerk", engine.Request, "listen") // the window for him
	told(t).do("market.handle", engine.Request, "listen", reasoned)
}

func TestRule_3_4_9_SevenDaysBeforeWithinTwenty(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view")
	s.due("listen.hold", "2026-03-30").refused(engine.NotOpen, "applicant", engine.Request, "listen")
	require.Empty(t, noticesOf(s, engine.NoticeHearingRight))
	requireLaw(t, s.refused(engine.TooSoon, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-10T09:00")), "48")
	requireLaw(t, s.refused(engine.TooLate, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-31T09:00")), "47")
	s.refused(engine.NotAllowed, "fire.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00"))
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00"))
	require.Equal(t, []string{"applicant", "eco", "public"}, noticesOf(s, engine.NoticeHearing))

	// too late for both: as soon as the law allows
	late := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view").at("2026-03-25T09:00")
	late.do("market.handle", engine.Arrange, "listen", late.chaired("market.organ-head", "2026-04-03T09:00"))
}

func TestRule_3_4_9_TheChairReviewsNothing(t *testing.T) {
	t.Parallel()
	src := replace(hearingDef(", required: true, chair: organ-head"), "- {review: view, by: fire}", "- {review: view, by: market}")
	s := tell(t, src).accepted(nil).do("market.organ-head", engine.Agree, "view")
	requireLaw(t, s.refused(engine.BadData, "market.handle", engine.Arrange, "listen", engine.Args{On: on(t, "2026-03-11T09:00")}), "48")
	requireLaw(t, s.refused(engine.NotAllowed, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00")), "48")
	s.refused(engine.BadData, "market.handle", engine.Arrange, "listen", s.chaired("fire.organ-head", "2026-03-11T09:00"))
	s.refused(engine.NotAllowed, "market.handle", engine.Arrange, "listen", s.chaired("market.handle.9", "2026-03-11T09:00")) // the role
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head.2", "2026-03-11T09:00"))
	// another chair on the same day needs a reason, not another seven days
	s.at("2026-03-10T09:00").refused(engine.ReasonNeeded, "market.handle", engine.Arrange, "listen", s.chaired("market.organ-head.3", "2026-03-11T09:00"))
	other := s.chaired("market.organ-head.3", "2026-03-11T09:00")
	other.Reason = "回避"
	s.do("market.handle", engine.Arrange, "listen", other)
	s.at("2026-03-11T10:00").refused(engine.Claimed, "market.organ-head.2", engine.Record, "listen", engine.Args{Reason: "笔录"})
	s.do("market.organ-head.3", engine.Release, "listen")
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head.2", engine.Record, "listen", engine.Args{Reason: "笔录"}), "48")
	s.do("market.organ-head.3", engine.Record, "listen", engine.Args{Reason: "申请人陈述意见，记录在案"}).is("listen=done")
	// and who presides decides nothing afterwards
	requireLaw(t, s.refused(engine.NotAllowed, "market.organ-head.3", engine.Grant, "conclude"), "48")
	s.do("market.handle", engine.Grant, "conclude")
}

func TestRule_3_4_9_NoEndWithoutARecord(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", required: true")).accepted(nil).do("fire.handle", engine.Agree, "view").due("promised", "2026-03-30")
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-11T09:00")).due("promised", "2026-04-09").due("statutory", "2026-05-18")
	s.refused(engine.TooSoon, "market.organ-head", engine.Record, "listen", engine.Args{Reason: "笔录"})
	s.at("2026-03-31T00:00").open("listen")
	require.True(t, s.state.Clock("listen.hold").Overdue, "marked, and it still has to be held")
	requireLaw(t, s.refused(engine.ReasonNeeded, "market.organ-head", engine.Record, "listen"), "48")
	s.do("market.organ-head", engine.Record, "listen", engine.Args{Reason: "笔录", File: hashOf(1)}).is("listen=done").open("conclude")
	require.Equal(t, "held", s.state.Step("listen").Why)
	require.Equal(t, "笔录", s.state.Step("listen").Hearing.Record)

	// a decision that needs it waits for the record
	src := withBack(replace(hearingDef(", required: true"), "{decide: conclude, by: market,", "{decide: conclude, by: market, needs: [listen],"), "view")
	tell(t, src).accepted(nil).do("fire.handle", engine.Agree, "view").open("listen").is("conclude=waiting")
}

func TestRule_3_6_2_AHearingIsDoneAgainWhenNamed(t *testing.T) {
	t.Parallel()
	s := told(t).at("2026-03-10T00:00").open("conclude")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再听", Steps: []string{"listen"}}).open("listen").due("listen.request#2", "2026-03-17")
	require.NotNil(t, s.state.Step("listen").Rounds[0].Hearing)
	s.do("applicant", engine.Request, "listen").do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-19T09:00"))
	s.at("2026-03-19T10:00").do("market.organ-head", engine.Record, "listen", engine.Args{Reason: "笔录"}).open("conclude")
}
