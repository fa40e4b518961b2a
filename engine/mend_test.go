package engine_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// mendable is a process in which fire reads the place and a paper, eco a paper and
// city nothing that is ever put right here; eco comes with an answer.
var mendable = strings.Replace(strings.Replace(withBack(simple(`
  - {review: view, by: fire, limit: 3wd, reads: [p1, form.site.street]}
  - {review: plan, by: city, limit: 3wd, reads: [p1]}
  - {review: air, by: eco, when: qb, limit: 3wd, reads: [p2]}
`), "view"), "site: {type: string}", "site: {type: object, title: 场所, properties: {street: {type: string, title: 路名}, area: {type: number}}}, rooms: {type: array, items: {type: object, properties: {use: {type: string}}}}", 1),
	"collect: {time: 2wd}", "limit: [{when: qa, time: 4wd}, {time: 5wd}], collect: {time: 2wd}", 1)

// mend is the data of a correction on the spot: fields and how they read, in turn.
func mend(fieldsAndValues ...any) engine.Args {
	a := engine.Args{Confirmed: true}
	for i := 0; i < len(fieldsAndValues); i += 2 {
		a.Corrections = append(a.Corrections, engine.ReadingIn{Field: fieldsAndValues[i].(string), To: fieldsAndValues[i+1]})
	}
	return a
}

func (s *story) filedIn(form map[string]any, answers map[string]any, without ...string) *story {
	s.t.Helper()
	cmd := s.filing(answers, without...)
	cmd.Args.Form = form
	require.Nil(s.t, s.run(cmd))
	return s
}

func place() map[string]any {
	return map[string]any{"site": map[string]any{"street": "和平路", "area": 80.0}, "rooms": []any{map[string]any{"use": "厅"}, map[string]any{"use": "厨"}}}
}

func TestAMistakeIsPutRightOnTheSpot(t *testing.T) {
	t.Parallel()
	s := tell(t, mendable).filedIn(place(), nil)
	before := map[string]string{}
	for _, c := range s.state.Clocks {
		before[c.ID] = toJSON(t, c)
	}
	a := mend("form.site.street", "和平街", "form.rooms.1.use", "仓库", "qb", true)
	a.Reason, a.File = "笔误", hashOf(99)
	s.do("hall.clerk", engine.Mend, "", a)

	require.Equal(t, "和平街", s.state.Form["site"].(map[string]any)["street"])
	require.Equal(t, 80.0, s.state.Form["site"].(map[string]any)["area"], "the rest of the form stays")
	require.Equal(t, []any{map[string]any{"use": "厅"}, map[string]any{"use": "仓库"}}, s.state.Form["rooms"])
	require.Equal(t, true, s.state.Answers["qb"])
	m := s.state.Mendings[0]
	require.Equal(t, []string{"p-hall.clerk", "hall", "笔误", hashOf(99)}, []string{m.By, m.Org, m.Reason, m.File})
	require.Equal(t, []engine.Reading{
		{Field: "form.site.street", From: "和平路", To: "和平街"}, {Field: "form.rooms.1.use", From: "厨", To: "仓库"},
		{Field: "qb", From: false, To: true},
	}, m.Texts)
	rows := engine.Project(s.rules, s.state).Dossier
	require.Equal(t, engine.DossierMending, rows[len(rows)-1].Kind)
	require.Equal(t, m, *rows[len(rows)-1].Mending)

	s.status(engine.Received, "")
	require.Empty(t, s.state.Notices, "it is no notice")
	require.Len(t, s.state.Clocks, len(before))
	for _, c := range s.state.Clocks {
		require.Equal(t, before[c.ID], toJSON(t, c), "%s runs as before", c.ID)
	}
	s.due("receive", "2026-03-09").due("collect", "2026-03-04")
	// the one notice is still to be had, and a second mistake may be found
	s.do("hall.clerk.2", engine.Mend, "", mend("form.site.area", 88.0))
	s.do("fire.handle", engine.Gap, "", gap("p1")).clear()
	require.Len(t, s.state.Notices, 1)
	require.Len(t, s.state.Mendings, 2)
}

// Limits that depend on an answer are chosen again, as at filing.
func TestWhatIsPutRightDecidesTheWayAsAtFiling(t *testing.T) {
	t.Parallel()
	s := tell(t, mendable).filedIn(place(), map[string]any{"qb": true}).due("receive", "2026-03-09")
	require.ElementsMatch(t, []string{"hall", "fire", "city", "eco"}, lookers(s))
	// eco has nothing to do with it: nobody waits for its look
	s.do("hall.clerk", engine.Mend, "", mend("qb", false, "qa", true, "qc", true)).due("receive", "2026-03-06")
	require.ElementsMatch(t, []string{"hall", "fire", "city"}, lookers(s))
	s.paperIs("p2", engine.PaperAbsent).paperIs("permit", engine.PaperMissing)
	require.Equal(t, "mended", s.state.Clock("receive").Ledger[1].Why)
	// and back: eco looks now, and the paper that is asked again was handed in before
	s.do("hall.clerk", engine.Mend, "", mend("qb", true)).paperIs("p2", engine.PaperPresent)
	require.ElementsMatch(t, []string{"hall", "fire", "city", "eco"}, lookers(s))
	s.do("eco.handle", engine.Clear, "")
	s.clear()
	require.Equal(t, "permit", s.state.Notices[0].Lines[0].Of, "what is asked for by the right answers and did not come is told in the one notice")
	require.Len(t, s.state.Notices, 1)
}

// What turns out to come from this very case is not asked of the applicant, whoever has named it before.
func TestALineFallsWithWhatIsNotAskedOfTheApplicantAnyMore(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - {decide: register, by: eco, when: qc, limit: 3wd, gives: {permit: {kind: certificate, name: 许可}}}
  - {review: view, by: fire, limit: 3wd, reads: [p1, permit]}
`), "view")
	told := func(version int) *story {
		s := tell(t, src)
		require.Nil(t, s.run(s.filing(map[string]any{"qa": true, "qc": false}, "permit")))
		s.state.Engine = version
		s.do("fire.handle", engine.Gap, "", gap("permit")).paperIs("permit", engine.PaperMissing)
		return s.do("hall.clerk", engine.Mend, "", mend("qc", true)).paperIs("permit", engine.PaperAwaited).clear()
	}
	require.Equal(t, "permit", told(11).state.Notices[0].Lines[0].Of, "by the engine before")
	s := told(engine.Version)
	require.Empty(t, s.state.Notices)
	s.do("hall.clerk.2", engine.Accept, "receive").status(engine.Accepted, "")
}

func lookers(s *story) (parties []string) {
	for _, k := range s.state.Tasks {
		if k.Kind == engine.TaskLook && k.Status == engine.TaskOpen {
			parties = append(parties, k.Party)
		}
	}
	return parties
}

// Who has spoken on what reads otherwise now looks again; all others have spoken (3.6.4).
func TestWhoHasReadWhatIsPutRightLooksAgain(t *testing.T) {
	t.Parallel()
	s := tell(t, mendable).filedIn(place(), nil)
	s.do("hall.clerk", engine.Clear, "").do("fire.handle", engine.Clear, "")
	s.do("hall.clerk", engine.Mend, "", mend("form.site.area", 90.0))
	require.Equal(t, []string{"city"}, lookers(s), "fire reads the street alone")
	s.do("hall.clerk", engine.Mend, "", mend("form.site.street", "和平街"))
	require.ElementsMatch(t, []string{"city", "fire"}, lookers(s))
	s.refused(engine.NotOpen, "fire.handle", engine.Agree, "")
	s.do("fire.handle", engine.Gap, "", gap("p1"))
	// the paper is put right as well: the line on it falls, and both who read it look
	s.do("hall.clerk", engine.Mend, "", engine.Args{Confirmed: true, Papers: []engine.PaperIn{s.paper("p1")}})
	require.ElementsMatch(t, []string{"city", "fire"}, lookers(s))
	require.Empty(t, s.state.Step("receive").Intake.Lines)
	require.Equal(t, []string{"p1"}, s.state.Mendings[2].Papers)
	require.Len(t, s.state.Paper("p1").Earlier, 1, "what it was stays on record")
	s.do("city.handle", engine.Clear, "").do("fire.handle", engine.Clear, "")
	require.Empty(t, s.state.Notices)
	s.do("hall.clerk.2", engine.Accept, "receive").status(engine.Accepted, "")
	require.Equal(t, "2026-03-02", s.state.AcceptedOn.String())
}

func TestWhatIsNoMistakeOnTheSpot(t *testing.T) {
	t.Parallel()
	street := mend("form.site.street", "和平街")
	s := tell(t, mendable).filedIn(place(), nil, "p1")
	requireLaw(t, s.refused(engine.NotAllowed, "fire.handle", engine.Mend, "", street), "32")
	requireLaw(t, s.refused(engine.NotAllowed, "applicant", engine.Mend, "", street), "32")
	unconfirmed := street
	unconfirmed.Confirmed = false
	requireLaw(t, s.refused(engine.BadData, "hall.clerk", engine.Mend, "", unconfirmed), "32")
	sheet := street
	sheet.File = "12"
	s.refused(engine.BadData, "hall.clerk", engine.Mend, "", sheet)
	for field, c := range map[string]struct {
		to   any
		code engine.Code
	}{
		"form.site":         {"和平街", engine.BadData},  // name the field in it
		"form.site.street":  {"和平路", engine.BadData},  // the same
		"form.site.area":    {nil, engine.BadData},    // nothing
		"form.site.number":  {"1", engine.NotFound},   // the form has none
		"form.rooms.2.use":  {"厅", engine.NotFound},   // there are two
		"form.rooms.x.use":  {"厅", engine.NotFound},   //
		"form.site.area.m2": {1.0, engine.NotFound},   // it has no parts
		"site.street":       {"和平街", engine.NotFound}, // neither a question nor a field
		"qc":                {true, engine.BadAnswer}, // not asked
		"qb":                {"x", engine.BadAnswer},
		"form.rooms.1":      {map[string]any{"use": "厅"}, engine.BadData},
	} {
		rejection := s.refused(c.code, "hall.clerk", engine.Mend, "", mend(field, c.to))
		require.Equal(t, "corrections."+field, rejection.Where)
	}
	s.refused(engine.BadData, "hall.clerk", engine.Mend, "", mend())
	s.refused(engine.BadData, "hall.clerk", engine.Mend, "", mend("qa", true, "qa", true))
	s.refused(engine.BadData, "hall.clerk", engine.Mend, "", mend("form.site.street", " "))
	requireLaw(t, s.refused(engine.BadPaper, "hall.clerk", engine.Mend, "", engine.Args{Confirmed: true, Papers: []engine.PaperIn{s.paper("p1")}}), "32")
	requireLaw(t, s.refused(engine.BadPaper, "hall.clerk", engine.Mend, "", engine.Args{Confirmed: true, Papers: []engine.PaperIn{s.paper("p2")}}), "31")

	// after the notice he changes it with his answer, after the acceptance the lead amends
	s.clear().status(engine.Correcting, "")
	told := s.refused(engine.TooLate, "hall.clerk", engine.Mend, "", street)
	requireLaw(t, told, "32")
	require.Contains(t, told.En, "with his answer")
	s.do("applicant", engine.Answer, "", s.answer("p1"))
	s.refused(engine.TooLate, "hall.clerk", engine.Mend, "", street)
	s.do("hall.clerk", engine.Accept, "receive")
	accepted := s.refused(engine.TooLate, "hall.clerk", engine.Mend, "", street)
	requireLaw(t, accepted, "32")
	require.Contains(t, accepted.En, "the lead amends")
	s.do("applicant", engine.Withdraw, "", reasoned).refused(engine.AlreadyClosed, "hall.clerk", engine.Mend, "", street)

	refused := tell(t, mendable).filedIn(place(), nil).do("hall.clerk", engine.Refuse, "receive", engine.Args{Reason: "理由", Outcome: "not-required"})
	refused.refused(engine.AlreadyClosed, "hall.clerk", engine.Mend, "", street)
	tell(t, previewed(withAnswer)).online().refused(engine.NotOpen, "hall.clerk", engine.Mend, "", mend("form.site", "和平街"))
}

// When the window is over without a notice, nobody can ask for anything any more: what would need it is the lead's.
func TestAfterTheWindowNothingIsPutRightThatOthersWouldHaveToLookAt(t *testing.T) {
	t.Parallel()
	s := tell(t, mendable).filedIn(place(), nil).clear()
	requireLaw(t, s.refused(engine.TooLate, "hall.clerk", engine.Mend, "", func() engine.Args {
		a := mend("qb", true)
		a.Papers = []engine.PaperIn{s.paper("p2")}
		return a
	}()), "32")
	s.refused(engine.BadPaper, "hall.clerk", engine.Mend, "", mend("qb", true))
	s.do("hall.clerk", engine.Mend, "", mend("form.site.street", "和平街"))
	require.Empty(t, lookers(s), "the window stays closed")
	s.do("hall.clerk.2", engine.Accept, "receive").status(engine.Accepted, "")
}

// How many copies there are and who has signed is put right with the same file.
func TestTheDataOfAPaperIsPutRight(t *testing.T) {
	t.Parallel()
	s := tell(t, strings.Replace(mendable, "p1: {name: 材料一,", "p1: {name: 材料一, count: 2,", 1))
	cmd := s.filing(nil)
	cmd.Args.Form = place()
	cmd.Args.Papers[0].Copies = 3
	require.Nil(t, s.run(cmd))
	s.do("fire.handle", engine.Clear, "")
	p := cmd.Args.Papers[0]
	p.Copies = 2
	s.do("hall.clerk", engine.Mend, "", engine.Args{Confirmed: true, Papers: []engine.PaperIn{p}})
	require.Equal(t, 2, s.state.Paper("p1").Copies)
	require.NotContains(t, lookers(s), "fire", "it reads the same file")
	p.Copies = 1
	s.refused(engine.BadPaper, "hall.clerk", engine.Mend, "", engine.Args{Confirmed: true, Papers: []engine.PaperIn{p}})
}

// The window is offered what can be put right, each with what it may hold; nobody else is.
func TestWhatCanBePutRightIsOffered(t *testing.T) {
	t.Parallel()
	s := tell(t, mendable).filedIn(place(), nil)
	o := offered(t, s, "hall.clerk", engine.Mend)
	require.True(t, o.Allowed)
	require.Equal(t, []string{"confirmed", "corrections"}, o.Needs)
	fields := map[string][]string{}
	for _, f := range o.Fields {
		for _, c := range f.Choices {
			fields[f.Field] = append(fields[f.Field], c.ID+" "+c.Name.ZH)
		}
	}
	require.Equal(t, map[string][]string{
		"corrections": {"qa 甲？", "qb 乙？", "form.rooms.0.use rooms 1：use", "form.rooms.1.use rooms 2：use", "form.site.area 场所：area", "form.site.street 场所：路名", "form.staff staff"},
		"papers":      {"p1 材料一"},
	}, fields)
	require.False(t, offered(t, s, "fire.handle", engine.Mend).Allowed)
	list, ok := engine.TaskOptions(s.rules, s.state, s.who("fire.handle"), s.now, "receive.look.fire", nil)
	require.True(t, ok)
	for _, o := range list {
		require.NotEqual(t, engine.Mend, o.Do, "the window's alone")
	}
}

// offered is an act of the case as it would be judged for somebody.
func offered(t *testing.T, s *story, who string, do engine.Act) engine.Option {
	t.Helper()
	return optionOf(t, engine.CaseOptions(s.rules, s.state, s.who(who), s.now, "", nil), do)
}

// mendStories have the events of this subject, for TestEveryEvent.
func mendStories(t *testing.T) []*story {
	return []*story{tell(t, mendable).filedIn(place(), nil).do("hall.clerk", engine.Mend, "", mend("form.site.street", "和平街"))}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
