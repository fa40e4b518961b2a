package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var neighbour = engine.Args{Name: "楼上住户张某", Reason: "排烟口距其窗户不足三米"}

// found is a case whose reviewer has told somebody whose interests it touches.
func touched(t testing.TB) *story {
	s := tell(t, hearingDef("")).accepted(nil)
	return s.do("fire.handle", engine.Inform, "view", neighbour)
}

func TestAnInterestedPartyIsToldAndHeardBeforeTheVerdict(t *testing.T) {
	t.Parallel()
	s := tell(t, hearingDef("")).accepted(nil)
	requireLaw(t, s.refused(engine.BadData, "fire.handle", engine.Inform, "view", engine.Args{Reason: "排烟"}), "36")
	requireLaw(t, s.refused(engine.ReasonNeeded, "fire.handle", engine.Inform, "view", engine.Args{Name: "张某"}), "36")
	s.refused(engine.NotAllowed, "eco.handle", engine.Inform, "view", neighbour)
	s.refused(engine.NotOpen, "market.handle", engine.Inform, "conclude", neighbour)
	short := neighbour
	short.Time = wd(4)
	requireLaw(t, s.refused(engine.BadData, "fire.handle", engine.Inform, "view", short), "36")
	requireLaw(t, s.refused(engine.NotOpen, "hall.clerk", engine.Hear, "", reasoned), "36")

	s.do("fire.handle", engine.Inform, "view", neighbour)
	x := s.state.Interested[0]
	require.Equal(t, []string{"interested.1", neighbour.Name, "view", "2026-03-09"}, []string{x.ID, x.Who, x.Step, x.Day.String()})
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, []string{"interested.1", "interested.1", neighbour.Reason, "2026-03-09"}, []string{told.ID, told.To, told.Text, told.Until.String()})
	rej := s.refused(engine.NotOpen, "fire.handle", engine.Inform, "view", neighbour)
	require.NotContains(t, rej.Zh+rej.En+rej.Expected+rej.Actual, neighbour.Name, "no refusal names a person")

	requireLaw(t, s.refused(engine.TooSoon, "fire.handle", engine.Agree, "view"), "36")
	requireLaw(t, s.refused(engine.NotAllowed, "applicant", engine.Hear, "", reasoned), "36")
	requireLaw(t, s.refused(engine.NotAllowed, "eco.handle", engine.Hear, "", reasoned), "36")
	s.refused(engine.NotFound, "hall.clerk", engine.Hear, "", engine.Args{Of: "interested.2", Reason: "反对"})
	s.refused(engine.ReasonNeeded, "hall.clerk", engine.Hear, "")
	s.do("hall.clerk", engine.Hear, "", engine.Args{Reason: "反对在此设排烟口", Evidence: proof("照片").Evidence})
	s.do("fire.handle", engine.Hear, "", engine.Args{Reason: "补充：夜间噪声"})
	said := s.state.Interested[0].Statements
	require.Equal(t, []string{"p-hall.clerk", "反对在此设排烟口", "补充：夜间噪声"}, []string{said[0].By, said[0].Text, said[1].Text})
	row := engine.Project(s.rules, s.state).Dossier
	require.Equal(t, engine.DossierInterested, row[len(row)-1].Kind)
	require.Equal(t, "heard", row[len(row)-1].Status)
	s.do("fire.handle", engine.Agree, "view").is("view=agree")
}

func TestNobodyHoldsAVerdictUpBySilence(t *testing.T) {
	t.Parallel()
	s := touched(t).at("2026-03-09T23:59")
	s.refused(engine.TooSoon, "fire.handle", engine.Agree, "view")
	s.at("2026-03-10T00:00").do("fire.handle", engine.Agree, "view")
	long := tell(t, hearingDef("")).accepted(nil)
	given := neighbour
	given.Time = wd(7)
	long.do("fire.handle", engine.Inform, "view", given)
	require.Equal(t, "2026-03-11", long.state.Interested[0].Day.String())

	// the decision waits as well where the review has ended by itself
	src := withBack(simple("\n  - {review: view, by: fire, limit: {time: 2wd, late: agree, basis: 规定}}\n"), "view")
	silent := tell(t, src).accepted(nil).at("2026-03-04T09:00").do("fire.handle", engine.Inform, "view", neighbour)
	silent.at("2026-03-05T00:00").is("view=defaulted").open("conclude")
	requireLaw(t, silent.refused(engine.TooSoon, "market.handle", engine.Grant, "conclude"), "36")
	silent.do("hall.clerk", engine.Hear, "", reasoned).do("market.handle", engine.Grant, "conclude")
	silent.refused(engine.TooLate, "hall.clerk", engine.Hear, "", reasoned)
}

// parallelHearing is a hearing beside a review.
func parallelHearing(keys string) string {
	return replace(hearingDef(keys), `  - {review: view, by: fire}
  - {hearing: listen, by: market, pause: heard, parties: [eco]`+keys+`}
`, `  - parallel: both
    branches:
      - {review: view, by: fire}
      - {hearing: listen, by: market, pause: heard, parties: [eco]`+keys+`}
`)
}

func TestAnInterestedPartyBelongsToTheHearing(t *testing.T) {
	t.Parallel()
	s := touched(t).do("hall.clerk", engine.Hear, "", reasoned).do("fire.handle", engine.Agree, "view").open("listen")
	require.Equal(t, []string{"applicant", "eco", "interested.1"}, noticesOf(s, engine.NoticeHearingRight))
	s.do("hall.clerk", engine.Request, "listen", engine.Args{Reason: "利害关系人申请"})
	s.do("market.handle", engine.Arrange, "listen", s.chaired("market.organ-head", "2026-03-20T09:00"))
	require.Equal(t, []string{"applicant", "eco", "interested.1"}, noticesOf(s, engine.NoticeHearing))
	s.at("2026-03-20T10:00")
	rej := s.refused(engine.BadData, "market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco"))
	require.Equal(t, "signatures.interested.1", rej.Where)
	require.NotContains(t, rej.Zh+rej.En, neighbour.Name)
	s.do("market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco", "interested.1")).is("listen=done")
}

// Who is found while a hearing is open is told of it then, with as long to ask for one as everybody had.
func TestWhoIsFoundLaterIsToldOfTheHearing(t *testing.T) {
	t.Parallel()
	s := tell(t, parallelHearing("")).accepted(nil).open("listen", "view").due("listen.request", "2026-03-09")
	s.at("2026-03-06T09:00").do("fire.handle", engine.Inform, "view", neighbour).due("listen.request", "2026-03-13")
	require.Equal(t, []string{"applicant", "eco", "interested.1"}, noticesOf(s, engine.NoticeHearingRight))
	require.Equal(t, "2026-03-13", s.state.Notices[len(s.state.Notices)-1].Until.String())

	s = tell(t, parallelHearing(", required: true")).accepted(nil).do("market.handle", engine.Arrange, "listen", engine.Args{On: on(t, "2026-03-20T09:00"), Place: "三楼", Chair: "p-market.organ-head"})
	s.at("2026-03-06T09:00").do("fire.handle", engine.Inform, "view", neighbour)
	require.Equal(t, []string{"applicant", "eco", "public", "interested.1"}, noticesOf(s, engine.NoticeHearing))

	s = tell(t, parallelHearing(", from: delivery")).accepted(nil).do("fire.handle", engine.Inform, "view", neighbour)
	require.Equal(t, []string{"applicant", "eco", "interested.1"}, noticesOf(s, engine.NoticeHearingRight))
	require.Nil(t, s.state.Notices[len(s.state.Notices)-1].Until, "the time starts with the delivery, for everybody")
}

// A hearing whose day is too near for whoever was found since is set anew, or he comes and signs.
func TestAHearingIsNotHeldOverTheHeadOfWhoWasToldTooLate(t *testing.T) {
	t.Parallel()
	listen := engine.Args{On: on(t, "2026-03-20T09:00"), Place: "三楼", Chair: "p-market.organ-head"}
	late := func() *story {
		s := tell(t, parallelHearing(", required: true")).accepted(nil).do("market.handle", engine.Arrange, "listen", listen)
		return s.at("2026-03-16T09:00").do("fire.handle", engine.Inform, "view", neighbour)
	}
	s := late()
	require.Equal(t, []engine.ShortNotice{{Step: "listen", On: listen.On}}, s.state.Interested[0].Short)
	gone := signedBy("笔录", "applicant", "eco", "interested.1")
	gone.Signatures[2].Unsigned = "未到场"
	s.at("2026-03-20T10:00")
	requireLaw(t, s.refused(engine.TooSoon, "market.organ-head", engine.Record, "listen", gone), "48")
	// another day, told to everybody in time
	next := engine.Args{On: on(t, "2026-04-01T09:00"), Place: "三楼", Reason: "利害关系人须提前七个工作日得知"}
	s.do("market.handle", engine.Arrange, "listen", next).at("2026-04-01T10:00").do("market.organ-head", engine.Record, "listen", gone).is("listen=done")

	// he came all the same, and has signed
	late().at("2026-03-20T10:00").do("market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco", "interested.1")).is("listen=done")

	// found in time he is one like everybody
	s = tell(t, parallelHearing(", required: true")).accepted(nil).do("market.handle", engine.Arrange, "listen", listen)
	s.at("2026-03-06T09:00").do("fire.handle", engine.Inform, "view", neighbour)
	require.Empty(t, s.state.Interested[0].Short)
	s.at("2026-03-20T10:00").do("market.organ-head", engine.Record, "listen", gone).is("listen=done")

	// cases of an earlier engine go on as they began
	s = tell(t, parallelHearing(", required: true")).accepted(nil).do("market.handle", engine.Arrange, "listen", listen)
	s.state.Engine = 6
	s.at("2026-03-16T09:00").do("fire.handle", engine.Inform, "view", neighbour).at("2026-03-20T10:00").do("market.organ-head", engine.Record, "listen", gone).is("listen=done")
}

// interestedStories have the events of this file.
func interestedStories(t *testing.T) []*story {
	return []*story{touched(t).do("hall.clerk", engine.Hear, "", reasoned)}
}
