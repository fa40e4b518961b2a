package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func TestRule_3_7_5_TheNoticeIsSeenBeforeItGoes(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).file(map[string]any{"qa": true, "qb": true}, "p2")
	g, open := engine.Gathered(s.rules, s.state, s.now)
	require.True(t, open)
	require.Equal(t, s.state.Clock("collect").Due, g.Closes)
	require.NotEmpty(t, g.Looks)
	require.False(t, g.Looks[0].Spoken)
	sent := g.Notice.Body.(engine.NoticeSent).Notice
	require.Equal(t, []engine.NamedLine{{Of: "p2", Reason: "未提交", Askers: []string{"guide"}}}, sent.Lines, "what did not come is a line by itself")

	before := s.state.Seq
	s.do("fire.handle", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p1", Reason: "章不清"}}})
	s.do("eco.handle", engine.Gap, "receive", engine.Args{Lines: []engine.GapLine{{Of: "p2", Reason: "须原件"}}})
	g, open = engine.Gathered(s.rules, s.state, s.now)
	require.True(t, open)
	lines := g.Notice.Body.(engine.NoticeSent).Notice.Lines
	require.Len(t, lines, 2, "merged by paper, in the order of the guide")
	require.Equal(t, "p1", lines[0].Of)
	require.Equal(t, []string{"eco"}, lines[1].Askers)
	require.Equal(t, engine.Noticed, g.After.Step(g.Step).Intake.Phase, "as if all had spoken")
	require.Equal(t, engine.Collecting, s.state.Step(g.Step).Intake.Phase, "looking decides nothing")
	require.Equal(t, before+2, s.state.Seq)
}

func TestRule_3_7_5_NothingIsGatheredWithoutAWindow(t *testing.T) {
	t.Parallel()
	s := tell(t, looking).file(map[string]any{"qa": true, "qb": true})
	g, open := engine.Gathered(s.rules, s.state, s.now)
	require.True(t, open)
	require.Nil(t, g.Notice, "nothing is missing")
	s.clear()
	_, open = engine.Gathered(s.rules, s.state, s.now)
	require.False(t, open, "all have spoken")
}
