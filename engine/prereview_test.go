package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// previewed is a process whose online filings are looked at before the receipt.
func previewed(answer string) string {
	src := withBack(simple("\n  - {review: view, by: fire, reads: [p1, p2]}\n"), "view")
	return strings.Replace(src, "{intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}",
		"{intake: receive, by: hall, preReview: 2wd, collect: {time: 2wd}"+answer+"}", 1)
}

// online files a case by the applicant himself, without the papers named.
func (s *story) online(without ...string) *story {
	s.t.Helper()
	cmd := s.filing(nil, without...)
	cmd.By, cmd.Args.Channel = engine.Actor{Kind: engine.Applicant}, "online"
	require.Nil(s.t, s.run(cmd))
	return s
}

const withAnswer = ", answer: {time: 10wd, late: lapse}"

func TestAnOnlineFilingIsLookedAtBeforeTheReceipt(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).online().status(engine.PreReview, "").due("receive.preReview", "2026-03-04")
	require.Equal(t, []string{"CaseFiled", "PreReviewOpened"}, s.events())
	s.is("receive=waiting").open()
	require.Nil(t, s.state.Clock("receive"), "the five days have not begun")
	w := engine.WaitingFor(s.rules, s.state)
	require.Len(t, w, 1)
	require.Equal(t, []string{"hall", "clerk"}, []string{w[0].Who, w[0].Role})
	require.Contains(t, w[0].WhyZh, "预审")
	for _, do := range []engine.Act{engine.Accept, engine.Refuse, engine.Pass, engine.Drop, engine.Amend} {
		s.refused(engine.NotOpen, "hall.clerk", do, "", reasoned)
	}
	s.refused(engine.NotAllowed, "fire.handle", engine.Clear, "")
	s.refused(engine.NotAllowed, "watch.supervisor", engine.Gap, "", engine.Args{Reason: "理由", Lines: gap("p1").Lines})

	s.at("2026-03-04T15:00").do("hall.clerk", engine.Clear, "").status(engine.Received, "").open("receive").due("receive", "2026-03-11")
	require.Equal(t, on(t, "2026-03-04T15:00"), s.state.ReceivedAt, "received when it was received")
	require.Equal(t, on(t, "2026-03-02T09:00"), s.state.FiledAt)
	require.False(t, s.state.Clock("receive.preReview").Running())
	s.clear().do("hall.clerk.2", engine.Accept, "receive")
	require.Equal(t, "2026-03-04", s.state.AcceptedOn.String(), "as of the receipt, not of the filing")
	s.due("statutory", "2026-05-11").due("promised", "2026-04-01")
	require.Contains(t, s.state.Intakes, "p-hall.clerk", "who let it in reviews nothing in it")
}

func TestWhatTheWindowHasInHandIsReceivedAtOnce(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).file(nil).status(engine.Received, "")
	require.True(t, s.state.CameIn())
	require.True(t, s.state.FiledAt.IsZero())
	require.Nil(t, s.state.Clock("receive.preReview"))
}

func TestAPreReviewGivesBackOnce(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).online("p1").status(engine.PreReview, "")
	s.refused(engine.BadPaper, "hall.clerk", engine.Gap, "", gap("p9"))
	s.refused(engine.BadData, "hall.clerk", engine.Gap, "")
	s.do("hall.clerk", engine.Gap, "", gap("safe", "p1")).status(engine.PreReview, "")
	require.Equal(t, "预审意见", s.state.Notices[0].Name())
	require.Equal(t, "p1", s.state.Notices[0].Lines[0].Of, "in the guide's order")
	require.False(t, s.state.Clock("receive.preReview").Running())
	s.due("receive.preAnswer", "2026-03-16").refused(engine.NotOpen, "hall.clerk", engine.Clear, "")
	s.refused(engine.BadData, "applicant", engine.Answer, "", engine.Args{Statements: []engine.Statement{{Of: "p2", Text: "有"}}})
	s.refused(engine.BadData, "applicant", engine.Answer, "")
	back := s.answer("p1")
	back.Answers, back.Statements = map[string]any{"qb": true}, []engine.Statement{{Of: "safe", Text: "已整改"}}
	back.Papers = append(back.Papers, s.paper("p2"))
	s.at("2026-03-05T09:00").do("applicant", engine.Answer, "", back).due("receive.preReview#2", "2026-03-09").paperIs("p1", engine.PaperPresent).paperIs("p2", engine.PaperPresent)
	require.True(t, s.state.Step("receive").Intake.Lines[0].Answered)
	s.refused(engine.OneNotice, "hall.clerk", engine.Gap, "", gap("p1"))
	s.do("hall.clerk", engine.Clear, "").status(engine.Received, "")
	// the one notice is still to come
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).clear().status(engine.Correcting, "")
	require.Len(t, s.state.Notices, 2)
}

func TestRunningOutBringsTheCaseToTheWindow(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).online().at("2026-03-04T23:59").status(engine.PreReview, "").at("2026-03-05T09:00").status(engine.Received, "").open("receive")
	require.Equal(t, on(t, "2026-03-05T00:00"), s.state.ReceivedAt, "at the due instant, however late it is seen")
	s.due("receive", "2026-03-12")
	s = tell(t, previewed(withAnswer)).online("p1").do("hall.clerk", engine.Gap, "", gap("p1")).at("2026-03-17T00:00").status(engine.Received, "")
	s.clear().status(engine.Correcting, "") // what never came is a line of the one notice
	s = tell(t, previewed("")).online("p1").do("hall.clerk", engine.Gap, "", gap("p1"))
	require.Nil(t, s.state.Clock("receive.preAnswer"))
	require.Equal(t, "applicant", engine.WaitingFor(s.rules, s.state)[0].Who)
}

func TestTakenBackBeforeTheReceipt(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).online().do("applicant", engine.Withdraw, "", reasoned).status(engine.Closed, engine.Withdrawn)
	require.False(t, s.state.CameIn())
	require.True(t, s.state.Over())
	s = tell(t, previewed(withAnswer)).online().do("market.lead", engine.Terminate, "", engine.Args{Ground: "death", Reason: "理由"}).status(engine.Closed, engine.Terminated)
	require.False(t, s.state.CameIn())
}

func TestAClaimedPreReviewIsOnePersons(t *testing.T) {
	t.Parallel()
	s := tell(t, previewed(withAnswer)).online().do("hall.clerk", engine.Claim, "")
	s.refused(engine.Claimed, "hall.clerk.2", engine.Clear, "")
	s.do("hall.clerk", engine.Release, "").do("hall.clerk.2", engine.Clear, "").status(engine.Received, "")
}

func preReviewStories(t *testing.T) []*story {
	return []*story{tell(t, previewed(withAnswer)).online("p1").do("hall.clerk", engine.Gap, "", gap("p1")).do("applicant", engine.Answer, "", s0.answer("p1")).do("hall.clerk", engine.Clear, "")}
}
