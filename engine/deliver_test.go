package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// delivering is a process whose answer time counts from the delivery of the notice,
// and with a duty from the delivery of the result.
func delivering(more string) string {
	return strings.Replace(strings.Replace(withBack(simple("\n  - {review: view, by: fire, reads: [p1]}\n"), "view"), "answer: {time: 10wd, late: lapse}", "answer: {time: 10wd, late: lapse, from: delivery}", 1),
		"process:", `duties:
  signs: {name: 挂牌, by: applicant, limit: {time: 5wd, from: delivery.result}, affects: result, basis: 法`+more+`}
process:`, 1)
}

var byPost = engine.Args{Way: "post", Proof: "EMS 1"}

func noticed(t testing.TB) *story {
	s := tell(t, delivering("")).file(nil)
	s.do("fire.handle", engine.Gap, "receive", gap("p1"))
	return s.clear().status(engine.Correcting, "")
}

func TestATimeWaitsForTheProofOfDelivery(t *testing.T) {
	t.Parallel()
	s := noticed(t)
	require.Nil(t, s.state.Clock("answer"), "no due date before the delivery")
	require.True(t, engine.NextDue(s.state).IsZero() || s.state.Clock("promised") != nil)
	waits := engine.WaitingFor(s.rules, s.state)
	require.Len(t, waits, 2)
	for _, w := range waits {
		require.True(t, w.Due.IsZero())
		switch w.Who {
		case "applicant":
			require.Contains(t, w.WhyZh, "等待送达")
			require.Contains(t, w.WhyEn, "waits for delivery")
		case "hall":
			require.Equal(t, "clerk", w.Role)
			require.Contains(t, w.WhyZh, "送达“补正告知书”")
		}
	}
	s.at("2026-06-01T09:00").status(engine.Correcting, "") // nothing lapses that was not told
	s.refused(engine.NotAllowed, "fire.handle", engine.Deliver, "", byPost)
	s.refused(engine.NotAllowed, "applicant", engine.Deliver, "", byPost)
	s.refused(engine.BadData, "hall.clerk", engine.Deliver, "", engine.Args{Way: "pigeon", Proof: "x"})
	s.refused(engine.BadData, "hall.clerk", engine.Deliver, "", engine.Args{Way: "post", Proof: " "})
	s.refused(engine.NotFound, "hall.clerk", engine.Deliver, "", engine.Args{Of: "letter", Way: "post", Proof: "EMS 1"})
	other := s.command("hall.clerk", engine.Deliver, "", engine.Args{Of: "letter", Way: "post", Proof: "EMS 1"})
	other.Task = "deliver." + s.state.Deliveries[0].ID
	rej := s.run(other)
	require.Equal(t, []string{"bad-data", "of: " + s.state.Deliveries[0].ID, "letter"}, []string{string(rej.Code), rej.Expected, rej.Actual}, "a task delivers one document")
	s.refused(engine.BadData, "hall.clerk", engine.Deliver, "", engine.Args{Way: "post", Proof: "EMS 1", On: on(t, "2026-03-01T09:00")})
	s.refused(engine.TooSoon, "hall.clerk", engine.Deliver, "", engine.Args{Way: "post", Proof: "EMS 1", On: on(t, "2026-06-02T09:00")})
	s.do("hall.clerk", engine.Deliver, "", engine.Args{Of: "correction", Way: "post", Proof: "EMS 1", On: on(t, "2026-05-29T15:00")}).due("answer", "2026-06-12")
	require.Equal(t, on(t, "2026-05-29T15:00"), s.state.Clock("answer").Start)
	require.Equal(t, "delivery", s.state.Clock("answer").From)
	require.Nil(t, s.openTask("receive", engine.TaskDeliver))
	s.refused(engine.NotOpen, "hall.clerk", engine.Deliver, "", engine.Args{Of: "correction", Way: "post", Proof: "EMS 2"})
	s.at("2026-06-13T00:00").status(engine.Closed, engine.Lapsed)
}

func TestTheSystemTellsOfAnArrival(t *testing.T) {
	t.Parallel()
	s := noticed(t)
	cmd := s.command("hall.clerk", engine.Deliver, "", engine.Args{Of: "correction", Way: "electronic", Proof: "opened"})
	cmd.By = engine.Actor{Kind: engine.System}
	require.Nil(t, s.run(cmd))
	require.False(t, s.state.Awaits("correction"))
	s.due("answer", "2026-03-16")
	require.Empty(t, s.state.Deliveries[0].By)
}

func TestAnAnswerNeedsNoDelivery(t *testing.T) {
	t.Parallel()
	s := noticed(t).do("applicant", engine.Answer, "receive", s0.answer("p1")).status(engine.Received, "")
	require.Nil(t, s.openTask("receive", engine.TaskDeliver))
	require.Equal(t, engine.DeliveryDropped, s.state.Deliveries[0].Status)
	require.Nil(t, s.state.Clock("answer"))
	// proved afterwards, it is on record and starts nothing
	s.do("hall.clerk", engine.Deliver, "", engine.Args{Of: "correction", Way: "direct", Proof: "签收"})
	require.Nil(t, s.state.Clock("answer"))
	require.Equal(t, engine.DeliveryDone, s.state.Deliveries[0].Status)
}

// s0 makes papers for other stories.
var s0 = &story{}

func TestWhoCannotBeFoundIsToldByAnnouncement(t *testing.T) {
	t.Parallel()
	s := noticed(t).at("2026-04-30T09:00")
	public := engine.Args{Way: "public", Proof: "政府网站公告 12 号", On: on(t, "2026-04-01T09:00")}
	r := s.refused(engine.TooSoon, "hall.clerk", engine.Deliver, "", public)
	require.Equal(t, "95", r.Law.Article)
	s.at("2026-05-02T00:00").do("hall.clerk", engine.Deliver, "", public)
	require.Equal(t, "2026-05-01", s.state.Deliveries[0].At.Add(8*60*60*1e9).Format("2006-01-02"), "the thirtieth day after the announcement")
	s.due("answer", "2026-05-18") // Labour Day off until the fifth, the ninth is worked
}

func TestASupervisorsSecondNoticeWaitsAnew(t *testing.T) {
	t.Parallel()
	s := noticed(t).do("hall.clerk", engine.Deliver, "", byPost).due("answer", "2026-03-16")
	s.do("watch.supervisor", engine.Gap, "", engine.Args{Lines: gap("safe").Lines, Reason: "遗漏"})
	require.False(t, s.state.Clock("answer").Running(), "the time of the first notice is over")
	require.True(t, s.state.Awaits("correction#2"))
	s.at("2026-03-20T09:00").status(engine.Correcting, "").do("hall.clerk", engine.Deliver, "", byPost).due("answer", "2026-04-03")
	require.Equal(t, "restarted", s.state.Clock("answer").Ledger[len(s.state.Clock("answer").Ledger)-1].What)
}

func TestTheTimeToAskForAHearingWaitsForItsDelivery(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef(", from: delivery")).accepted(nil).do("fire.handle", engine.Agree, "view").open("listen")
	require.Nil(t, s.state.Clock("listen.request"))
	require.Nil(t, s.state.Notices[len(s.state.Notices)-1].Until)
	s.at("2026-03-31T09:00").open("listen")
	s.do("market.handle", engine.Deliver, "listen", byPost).due("listen.request", "2026-04-08")
	s.at("2026-04-09T00:00").is("listen=done").open("conclude")

	s = tell(t, hearingDef(", from: delivery")).accepted(nil).do("fire.handle", engine.Agree, "view")
	s.do("applicant", engine.Request, "listen").due("listen.hold", "2026-03-30")
	require.Nil(t, s.openTask("listen", engine.TaskDeliver), "who asks has been told")
}

func granted(t testing.TB, more string) *story {
	s := tell(t, delivering(more)).accepted(nil).do("fire.handle", engine.Agree, "view").do("market.handle", engine.Grant, "conclude", engine.Args{Outputs: []engine.OutputIn{{ID: "result", Number: "号1"}}})
	return s.open("handOut")
}

func TestADutyCountsFromTheDeliveryOfAResult(t *testing.T) {
	t.Parallel()
	s := granted(t, "").at("2026-03-09T10:00").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter", Proof: "签收单"})
	require.Equal(t, "2026-03-16", s.state.Clock("duty.signs").Day.String(), "handed over is delivered")
	s.status(engine.Closed, engine.Granted)
	s.refused(engine.NotOpen, "hall.clerk", engine.Deliver, "", engine.Args{Of: "result", Way: "post", Proof: "x"})

	s = granted(t, "")
	s.refused(engine.NotOpen, "hall.clerk", engine.Deliver, "", engine.Args{Of: "result", Way: "post", Proof: "x"})
	s.refused(engine.BadData, "hall.clerk", engine.Hand, "handOut", engine.Args{Way: "courier"})
	s.at("2026-03-09T10:00").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "courier", Proof: "SF1"}).status(engine.Closed, engine.Granted)
	require.Nil(t, s.state.Duty("signs"), "sent is not delivered")
	require.False(t, s.state.Over(), "somebody still has to say that it came")
	s.at("2026-03-12T10:00").do("hall.clerk", engine.Deliver, "", engine.Args{Way: "post", Proof: "SF1 签收", On: on(t, "2026-03-11T12:00")})
	require.Equal(t, "2026-03-18", s.state.Clock("duty.signs").Day.String())
	s.do("applicant", engine.Fulfil, "", engine.Args{Reason: "已挂牌"}).do("market.handle", engine.Judge, "", engine.Args{Finding: "met"})
	require.True(t, s.state.Over())
}

func TestTheClosingWaitsForWhatBeginsWithADelivery(t *testing.T) {
	t.Parallel()
	s := granted(t, ", before: closing").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "courier", Proof: "SF1"}).status(engine.Decided, engine.Granted)
	s.do("hall.clerk", engine.Deliver, "", byPost).do("applicant", engine.Fulfil, "", engine.Args{Reason: "已挂牌"}).status(engine.Decided, engine.Granted)
	s.do("market.handle", engine.Judge, "", engine.Args{Finding: "met"}).status(engine.Closed, engine.Granted)
}

func TestAnyNoticeMayBeProved(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple("\n  - {review: view, by: fire, reads: [p1]}\n"), "view")).file(nil)
	s.do("fire.handle", engine.Gap, "receive", gap("p1")).clear().due("answer", "2026-03-16")
	s.refused(engine.NotFound, "hall.clerk", engine.Deliver, "", byPost)
	s.later(48).do("hall.clerk", engine.Deliver, "", engine.Args{Of: "correction", Way: "direct", Proof: "签收"})
	s.due("answer", "2026-03-16")
	require.Equal(t, engine.DeliveryDone, s.state.Deliveries[0].Status)
	rows := engine.Project(s.rules, s.state).Dossier
	require.Equal(t, engine.DossierDelivery, rows[len(rows)-1].Kind)
}

// deliveryStories have the events of this file.
func deliveryStories(t *testing.T) []*story {
	return []*story{
		noticed(t).do("hall.clerk", engine.Deliver, "", byPost),
		noticed(t).do("applicant", engine.Answer, "receive", s0.answer("p1")),
	}
}

// A decision that was sent is not delivered before somebody says how it came, also where no time starts with it
// (行政许可法第四十四条). A denial is sent likewise; what is annulled on its way is nobody's to prove.
func TestWhatWasSentWaitsForTheProofThatItCame(t *testing.T) {
	t.Parallel()
	courier := engine.Args{Way: "courier", Proof: "SF1"}
	src := withBack(simple("\n  - {review: view, by: fire, reads: [p1]}\n"), "view")
	decided := func(do engine.Act, a engine.Args) *story {
		s := tell(t, src).accepted(nil).do("fire.handle", engine.Agree, "view").do("market.handle", do, "conclude", a)
		return s.do("hall.clerk", engine.Hand, "handOut", courier)
	}
	for id, s := range map[string]*story{
		"result": decided(engine.Grant, engine.Args{}), "denial:conclude": decided(engine.Deny, engine.Args{Reason: "场地不足", Basis: "规定"}),
	} {
		require.Equal(t, engine.Closed, s.state.Status)
		require.False(t, s.state.Over(), id)
		w := waitOf(t, s, "deliver."+id)
		require.Equal(t, "hall", w.Who)
		require.Contains(t, w.WhyZh, "以送达凭证为准")
		s.refused(engine.BadData, "hall.clerk", engine.Deliver, "", engine.Args{Way: "post"})
		s.do("hall.clerk", engine.Deliver, "", byPost)
		require.True(t, s.state.Over(), id)
		require.Equal(t, engine.DeliveryDone, s.state.Deliveries[0].Status)
	}

	s := decided(engine.Grant, engine.Args{}).later(24).do("market.handle", engine.Challenge, "", ground("result", engine.GroundFraud)).later(24 * 30)
	s.do("market.handle", engine.Annul, "", engine.Args{Output: "result", Reason: "材料系伪造", Basis: "行政许可法第六十九条"})
	require.Equal(t, engine.DeliveryDropped, s.state.Deliveries[0].Status)
	require.True(t, s.state.Over(), "nobody is asked for the proof of what was annulled on its way")

	before := tell(t, src).accepted(nil)
	before.state.Engine = 10
	before.do("fire.handle", engine.Agree, "view").do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "handOut", courier)
	require.True(t, before.state.Over())
}
