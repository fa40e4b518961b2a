package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// misprinted is a case whose permit bears a wrong number and a wrong name.
func misprinted(t *testing.T) *story {
	t.Helper()
	titled := strings.Replace(owing(`{name: 核查, by: fire, limit: {time: 20wd, from: permit}, basis: 规定}`), "name: 证}", "name: 证, data: {type: object, properties: {name: {type: string, title: 字号}}}}", 1)
	s := tell(t, titled).accepted(map[string]any{"qa": false})
	return s.do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check", engine.Args{
		Reason: "材料齐全", Basis: "消防法第十五条",
		Outputs: []engine.OutputIn{{ID: "permit", Number: "消许〔2026〕1号", Data: map[string]any{"name": "王记茶店", "area": 80.0, "rooms": []any{"厅"}}}},
	})
}

func correcting(output string, texts ...engine.ReadingIn) engine.Args {
	return engine.Args{Output: output, Corrections: texts, Reason: "打印错误"}
}

func reading(field string, to any) engine.ReadingIn { return engine.ReadingIn{Field: field, To: to} }

// What was signed stays; how it reads now is an act of its own, and those concerned are told.
func TestCorrectionIsAnActOfItsOwn(t *testing.T) {
	t.Parallel()
	s := misprinted(t)
	signed := s.state.Outputs[0]
	s.do("fire.approve", engine.Correct, "", correcting("permit", reading("number", "消许〔2026〕7号"), reading("data.name", "王记茶饮店"), reading("data.area", 88.0)))
	require.Equal(t, signed, s.state.Outputs[0], "what was signed is never edited")
	require.Len(t, s.state.Corrections, 1)
	c := s.state.Corrections[0]
	require.Equal(t, []engine.Reading{
		{Field: "number", From: "消许〔2026〕1号", To: "消许〔2026〕7号"}, {Field: "data.name", From: "王记茶店", To: "王记茶饮店"}, {Field: "data.area", From: 80.0, To: 88.0},
	}, c.Texts)
	require.Equal(t, "p-fire.approve", c.By)
	require.Equal(t, "fire", c.Org)
	require.Equal(t, s.state.Last, c.At)
	require.Empty(t, c.Duty, "nothing was handed out yet")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeCorrected, told.Kind)
	require.Equal(t, "applicant", told.To)
	require.Equal(t, "更正决定书", told.Kind.Title())
	require.Contains(t, told.Text, "编号：“消许〔2026〕1号” → “消许〔2026〕7号”；字号：“王记茶店” → “王记茶饮店”；area：80 → 88", "as people call them, by id only what nobody has named")

	rows := engine.Project(s.rules, s.state)
	require.Equal(t, "消许〔2026〕7号", rows.Results[0].Number)
	require.Equal(t, s.state.Last, rows.Results[0].Corrected)
	last := rows.Dossier[len(rows.Dossier)-1]
	require.Equal(t, engine.DossierCorrection, last.Kind)
	require.Equal(t, "correction1", last.ID)

	// a second one reads on from the first
	s.do("fire.approve", engine.Correct, "", correcting("permit", reading("data.name", "王记茶饮")))
	require.Equal(t, "王记茶饮店", s.state.Corrections[1].Texts[0].From)
	s.do("fire.approve", engine.Correct, "check", correcting("", reading("basis", "消防法第十六条")))
	require.Equal(t, "消防法第十五条", s.state.Step("check").Verdict.Basis)
	require.Equal(t, engine.Granted, func() engine.Outcome {
		s.do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude")
		return s.state.Outcome
	}())
}

func TestCorrectionRefused(t *testing.T) {
	t.Parallel()
	s := misprinted(t)
	number := reading("number", "消许〔2026〕7号")
	s.refused(engine.NotFound, "fire.approve", engine.Correct, "", correcting("x", number))
	s.refused(engine.NotFound, "fire.approve", engine.Correct, "x", correcting("", reading("reason", "齐")))
	s.refused(engine.WrongAct, "hall.clerk", engine.Correct, "receive", correcting("", reading("reason", "齐")))
	s.refused(engine.NotAllowed, "fire.handle", engine.Correct, "", correcting("permit", number))
	s.refused(engine.NotAllowed, "market.handle", engine.Correct, "", correcting("permit", number))
	s.refused(engine.NotAllowed, "applicant", engine.Correct, "", correcting("permit", number))
	s.refused(engine.NotOpen, "market.handle", engine.Correct, "conclude", correcting("", reading("reason", "齐")))
	s.refused(engine.NotOpen, "eco.handle", engine.Correct, "", correcting("", reading("reason", "齐")))
	s.refused(engine.ReasonNeeded, "fire.approve", engine.Correct, "", engine.Args{Output: "permit", Corrections: []engine.ReadingIn{number}})
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit"))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", number, number))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", reading("number", "消许〔2026〕1号")))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", reading("number", " ")))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", reading("number", 7.0)))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", reading("data.area", "88")))
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", correcting("permit", reading("data.rooms", []any{"厅", "厨"})))
	s.refused(engine.NotFound, "fire.approve", engine.Correct, "", correcting("permit", reading("data.owner", "甲")))
	bad := correcting("permit", number)
	bad.File = "x"
	s.refused(engine.BadData, "fire.approve", engine.Correct, "", bad)
	for _, decided := range []string{"until", "end", "at", "conditions"} { // the decision itself stands
		requireLaw(t, s.refused(engine.Signed, "fire.approve", engine.Correct, "", correcting("permit", reading(decided, "deny"))), "8")
		requireLaw(t, s.refused(engine.Signed, "fire.approve", engine.Correct, "check", correcting("", reading(decided, "deny"))), "8")
	}
	s.do("eco.handle", engine.Agree, "look")
	s.refused(engine.NotFound, "eco.handle", engine.Correct, "", correcting("", reading("reason", "齐"))) // it gave none
}

// An opinion's correction goes to those who read it, or to the lead; the opinion stays.
func TestCorrectionOfAnOpinion(t *testing.T) {
	t.Parallel()
	s := misprinted(t).do("eco.handle", engine.Disagree, "look", engine.Args{Reason: "距学校30米", Basis: "规定"})
	s.do("eco.handle", engine.Correct, "look", correcting("", reading("reason", "距学校80米")))
	require.Equal(t, engine.EndDisagree, s.state.Step("look").End)
	require.Equal(t, "距学校30米", s.state.Step("look").Verdict.Reason)
	require.Equal(t, "market", s.state.Notices[len(s.state.Notices)-1].To)
}

// A paper that is out already is handed out again, corrected: in ten working days, also after closing.
func TestCorrectionAfterHandingOut(t *testing.T) {
	t.Parallel()
	s := misprinted(t).do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude")
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	a := correcting("permit", reading("number", "消许〔2026〕7号"))
	a.File = hashOf(9)
	s.do("fire.approve", engine.Correct, "", a).duty("corrected.permit", engine.DutyOpen)
	require.Equal(t, "corrected.permit", s.state.Corrections[0].Duty)
	require.Equal(t, hashOf(9), s.state.Corrections[0].File)
	s.due("duty.corrected.permit", "2026-03-16")
	s.do("fire.approve", engine.Correct, "", correcting("permit", reading("data.name", "王记茶饮店"))).duty("corrected.permit#2", engine.DutyOpen)
	s.do("fire.handle", engine.Fulfil, "", dutyTask("corrected.permit")).do("fire.handle", engine.Fulfil, "", dutyTask("corrected.permit#2"))
	s.do("fire.handle", engine.Fulfil, "", dutyTask("owed"))
	require.True(t, s.state.Over())

	// and when nothing at all is left of the case
	s.do("fire.approve", engine.Correct, "check", correcting("", reading("basis", "消防法第十六条"))).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Over(), "an opinion or decision reads otherwise; there is nothing to hand out")
	s.refused(engine.NotAllowed, "fire.handle", engine.Correct, "", a)
	s.do("fire.approve", engine.Correct, "", correcting("permit", reading("number", "消许〔2026〕8号"))).duty("corrected.permit#3", engine.DutyOpen)
	require.False(t, s.state.Over())
	s.do("fire.handle", engine.Fulfil, "", dutyTask("corrected.permit#3"))
	require.True(t, s.state.Over())
	s.refused(engine.AlreadyClosed, "fire.handle", engine.Fulfil, "", dutyTask("corrected.permit#3"))
}

func TestCorrectionOfWhatIsAnnulled(t *testing.T) {
	t.Parallel()
	duty := `{name: 核查, by: fire, limit: {time: 20wd, from: permit}, affects: permit, basis: 规定}`
	s := tell(t, owing(duty)).accepted(map[string]any{"qa": false}).do("fire.handle", engine.Pass, "check")
	s.do("fire.approve", engine.Grant, "check", engine.Args{Outputs: []engine.OutputIn{{ID: "permit", Number: "1"}}})
	s.do("fire.handle", engine.Judge, "", found("failed", "不符")).do("applicant", engine.Defend, "", reasoned)
	s.do("fire.approve", engine.Annul, "", engine.Args{Reason: "不符", Basis: "法"})
	s.refused(engine.NotOpen, "fire.approve", engine.Correct, "", correcting("permit", reading("number", "2")))
}

// correctionStories have the events of this subject, for TestEveryEvent.
func correctionStories(t *testing.T) []*story {
	t.Helper()
	return []*story{misprinted(t).do("fire.approve", engine.Correct, "", correcting("permit", reading("number", "消许〔2026〕7号")))}
}
