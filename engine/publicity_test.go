package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var posting = replace(withBack(simple(`
  - {review: view, by: fire, reads: [p1]}
  - {review: again, when: steps.hang.round > 0, by: eco}
  - {publicity: hang, by: market, time: 7cd, where: [site, website], shows: [form.owner, form.site], back: [view, again], pause: shown, times: 2}
`), "view"), `form: {type: object, properties: {site: {type: string}, staff: {type: integer}}}`, `pauses:
  shown: {kind: publicity, stops: [promised], max: 7cd}
form: {type: object, properties: {site: {$ref: "dictionary#/address"}, owner: {$ref: "dictionary#/person"}, staff: {type: integer}}}`)

// hung brings a story to where the posting hangs.
func hung(t testing.TB) *story {
	t.Helper()
	s := tell(t, posting)
	cmd := s.filing(nil)
	cmd.Args.Form = map[string]any{"site": "站前区解放路1号2单元", "owner": map[string]any{"name": "王小明", "idNumber": "210304199001011234", "phone": "13800001234", "secret": "x"}}
	require.Nil(t, s.run(cmd))
	s.clear().do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Agree, "view").open("hang").is("again=absent")
	return s.do("market.handle", engine.Post, "hang", engine.Args{Proof: "照片1"})
}

func objection(text string) engine.Args { return engine.Args{Reason: text, Name: "李四"} }

func TestRule_3_4_8_WhatHangsWhereAndForHowLong(t *testing.T) {
	t.Parallel()
	s := tell(t, posting).accepted(nil).do("fire.handle", engine.Agree, "view")
	s.refused(engine.NotOpen, "hall.clerk", engine.Object, "hang", objection("噪声"))
	s.refused(engine.NotAllowed, "fire.handle", engine.Post, "hang")
	s = hung(t)
	p := s.state.Step("hang").Posting
	require.Equal(t, []engine.Shown{
		{Title: "自然人：证件号码", Text: "210304************"}, {Title: "自然人：姓名", Text: "王**"}, {Title: "自然人：联系电话", Text: "138****1234"},
		{Title: "地址", Text: "站前区解放路***"},
	}, p.Shows, "masked by the dictionary; what the schema does not know is not shown")
	require.Equal(t, []string{"site", "website"}, p.Where)
	require.Equal(t, "照片1", p.Proof)
	require.Equal(t, "public", s.state.Notices[len(s.state.Notices)-1].To)
	s.due("hang.posting", "2026-03-09").due("promised", "2026-04-07") // five working days stand still
	s.at("2026-03-09T23:59").open("hang")
	s.at("2026-03-10T00:00").is("hang=done").open("conclude")
	require.Equal(t, 0, s.state.Clock("hang.posting").Warned, "the end of a posting is no default to warn of")
	require.False(t, s.state.Clock("hang.posting").Overdue)
}

func TestRule_3_4_8_ObjectionsAreJudgedOneByOne(t *testing.T) {
	t.Parallel()
	s := hung(t)
	s.refused(engine.NotAllowed, "applicant", engine.Object, "hang", objection("噪声"))
	s.refused(engine.NotAllowed, "fire.handle", engine.Object, "hang", objection("噪声"))
	s.refused(engine.ReasonNeeded, "hall.clerk", engine.Object, "hang")
	s.do("hall.clerk", engine.Object, "hang", objection("噪声")).do("market.handle", engine.Object, "", objection("采光"))
	s.refused(engine.BadData, "market.handle", engine.Dismiss, "hang", reasoned) // which?
	s.refused(engine.NotAllowed, "hall.clerk", engine.Dismiss, "hang", engine.Args{Reason: "无据", Objection: "hang/1"})
	s.refused(engine.ReasonNeeded, "market.handle", engine.Dismiss, "hang", engine.Args{Objection: "hang/1"})
	s.do("market.handle", engine.Dismiss, "hang", engine.Args{Reason: "无据", Objection: "hang/1"})
	s.at("2026-03-10T00:00").open("hang") // over, but one is open
	s.refused(engine.TooLate, "hall.clerk", engine.Object, "hang", objection("太晚"))
	s.do("market.handle", engine.Dismiss, "hang", reasoned).is("hang=done")
	o := s.state.Step("hang").Posting.Objections
	require.Equal(t, []engine.Act{engine.Dismiss, engine.Dismiss}, []engine.Act{o[0].Answer, o[1].Answer})
	require.Equal(t, "无据", o[0].Reason)
}

func TestRule_3_4_8_UpheldIsAReturnThenARecord(t *testing.T) {
	t.Parallel()
	s := hung(t)
	s.do("hall.clerk", engine.Object, "hang", objection("噪声")).do("hall.clerk", engine.Object, "hang", objection("采光"))
	s.refused(engine.NoReturn, "market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实", Objection: "hang/1"}) // where to?
	s.refused(engine.NoReturn, "market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实", Objection: "hang/1", To: "receive"})
	s.refused(engine.NoReturn, "market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实", Objection: "hang/1", To: "again", Steps: []string{"view"}})
	s.do("market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实", Objection: "hang/1", To: "again"})
	s.open("hang") // the other is not judged yet
	s.do("market.handle", engine.Dismiss, "hang", engine.Args{Reason: "无据", Objection: "hang/2"})
	s.open("again").is("hang=waiting", "view=agree")
	require.False(t, s.state.Pauses[0].Running(), "nothing hangs any more")
	require.Equal(t, engine.Uphold, s.state.Step("hang").Rounds[0].Posting.Objections[0].Answer, "the earlier round stays readable")
	s.do("eco.handle", engine.Agree, "again").open("hang")
	s.do("market.handle", engine.Post, "hang") // re-posted
	require.Equal(t, 2, s.state.Step("hang").Round)
	s.due("hang.posting#2", "2026-03-09")

	// a return to a review does all of it again; the second is the last
	s.do("hall.clerk", engine.Object, "hang", objection("仍有噪声")).do("market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实", To: "view"}).open("view")
	s.do("fire.handle", engine.Agree, "view").is("again=agree").open("hang").do("market.handle", engine.Post, "hang")
	s.do("hall.clerk", engine.Object, "hang", objection("还有")).do("market.handle", engine.Uphold, "hang", engine.Args{Reason: "属实"})
	s.open("hang")
	require.True(t, s.state.Step("hang").Posting.Objections[0].Kept)
	s.at("2026-03-10T00:00").is("hang=done").open("conclude")
}

func TestRule_3_4_8_WithoutBackItIsARecordForReaders(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {publicity: hang, by: market, time: 3wd, where: [office], shows: [form.site]}
  - {review: more, when: steps.hang.open > 0, by: eco, reads: [hang]}
`), "more")
	s := tell(t, src).accepted(nil).do("market.handle", engine.Post, "hang").do("market.handle", engine.Object, "", objection("噪声"))
	s.do("market.handle", engine.Uphold, "", reasoned).open("hang").due("hang.posting", "2026-03-05")
	s.at("2026-03-06T00:00").is("hang=done").open("more")

	// a signed decision holds what could be done again: a record, too
	held := tell(t, withBack(simple(`
  - {review: view, by: fire}
  - {decide: mid, by: eco}
  - {publicity: hang, by: market, time: 3wd, where: [office], shows: [form.site], back: [view]}
`), "view")).accepted(nil).do("fire.handle", engine.Agree, "view").do("eco.handle", engine.Grant, "mid").do("market.handle", engine.Post, "hang")
	held.do("hall.clerk", engine.Object, "", objection("噪声")).do("market.handle", engine.Uphold, "", reasoned)
	require.True(t, held.state.Step("hang").Posting.Objections[0].Kept)
	held.at("2026-03-06T00:00").open("conclude")
}

func TestRule_3_6_2_APostingIsDoneAgain(t *testing.T) {
	t.Parallel()
	s := hung(t).at("2026-03-10T00:00").open("conclude")
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	s.open("view").is("hang=waiting").do("fire.handle", engine.Agree, "view").do("eco.handle", engine.Agree, "again").open("hang")
	s.refused(engine.NotOpen, "hall.clerk", engine.Object, "hang", objection("噪声")) // nothing hangs yet
	s.do("market.handle", engine.Post, "hang").at("2026-03-18T00:00").open("conclude")
}

// What stands still for a posting by a ground measured in hours does so to the hour.
func TestAPostingStopsClocksNoLongerThanItsHours(t *testing.T) {
	t.Parallel()
	post := func(version int) []engine.PauseRun {
		s := tell(t, strings.Replace(posting, "max: 7cd", "max: 100h", 1)).accepted(nil).do("fire.handle", engine.Agree, "view")
		s.state.Engine = version
		return s.do("market.handle", engine.Post, "hang").state.Pauses
	}
	runs := post(engine.Version)
	require.Len(t, runs, 1)
	require.Equal(t, runs[0].Began.Add(100*time.Hour), runs[0].Planned)
	require.Equal(t, "2026-03-06", runs[0].Until.String())
	require.Empty(t, post(10), "in a case of an engine before this one nothing stands still: to the end of its last day it was too long")
}

// A notice of holidays while a posting hangs: it hangs as long as before in days that count, says so,
// and what stands still for it does so to the end.
func TestAPostingHangsByTheCalendarOfTheDay(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("time: 7cd", "time: 5wd", "max: 7cd", "max: 10wd").Replace(posting)
	post := func() *story {
		s := tell(t, src).accepted(nil).do("fire.handle", engine.Agree, "view").do("market.handle", engine.Post, "hang")
		require.Equal(t, "2026-03-09", s.state.Step("hang").Posting.Until.String())
		return s.due("hang.posting", "2026-03-09").due("promised", "2026-04-07")
	}
	s := post().at("2026-03-03T08:00")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-05", "2026-03-06", false))))
	s.due("hang.posting", "2026-03-11").due("promised", "2026-04-09") // twenty-five working days, five of them stood still, two fell away
	require.Equal(t, "2026-03-11", s.state.Step("hang").Posting.Until.String(), "the new last day")
	require.Len(t, s.state.Pauses, 2)
	require.Equal(t, "2026-03-11", s.state.Pauses[1].Until.String())
	s.at("2026-03-11T10:00").do("hall.clerk", engine.Object, "hang", objection("噪声")).do("market.handle", engine.Dismiss, "hang", reasoned)
	s.at("2026-03-11T23:59").open("hang")
	s.at("2026-03-12T00:00").is("hang=done").open("conclude").due("promised", "2026-04-09")
	for i := range s.state.Pauses {
		require.False(t, s.state.Pauses[i].Running())
	}

	// a make-up working day lets it end earlier, and everything runs on from there
	s = post().at("2026-03-03T08:00")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-07", "2026-03-07", true))))
	s.due("hang.posting", "2026-03-07")
	require.Equal(t, "2026-03-07", s.state.Step("hang").Posting.Until.String())
	require.Len(t, s.state.Pauses, 1)
	s.at("2026-03-08T00:00").is("hang=done")
	require.False(t, s.state.Pauses[0].Running())
	require.Equal(t, "2026-03-07", s.state.Pauses[0].Until.String())

	// no more than the ground's most
	s = tell(t, strings.Replace(src, "max: 10wd", "max: 5wd", 1)).accepted(nil).do("fire.handle", engine.Agree, "view").do("market.handle", engine.Post, "hang")
	s.at("2026-03-06T08:00")
	require.Nil(t, s.load(s.calendar("2103", days("2026-03-09", "2026-03-10", false))))
	s.due("hang.posting", "2026-03-11")
	require.Equal(t, "2026-03-11", s.state.Pauses[len(s.state.Pauses)-1].Until.String(), "still five working days")
}
