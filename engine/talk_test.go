package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func said(text string) engine.Args { return engine.Args{Text: text} }

func TestConsultMovesNothing(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks, link := clocksOf(s), s.state.Step("view").Link
	ask := engine.Args{Org: "relics-1", Text: "是否涉及文物？", Reads: []string{"p1"}}
	s.refused(engine.NotAllowed, "eco.handle", engine.Consult, "view", ask)
	s.refused(engine.BadData, "fire.handle", engine.Consult, "view", said("？"))
	s.refused(engine.BadData, "fire.handle", engine.Consult, "view", engine.Args{Org: "relics-1"})
	s.refused(engine.BadData, "fire.handle", engine.Consult, "view", engine.Args{Account: "p-fire.handle", Text: "？"})
	s.refused(engine.BadData, "fire.handle", engine.Consult, "view", engine.Args{Account: "p-eco.handle", Text: "？"})
	require.Equal(t, "reads", s.refused(engine.BadData, "fire.handle", engine.Consult, "view", engine.Args{Org: "relics-1", Text: "？", Reads: []string{"p2"}}).Where)
	s.do("fire.handle", engine.Consult, "view", ask)
	s.do("fire.handle", engine.Consult, "view", engine.Args{Account: "p-fire.clerk", Text: "请核图纸"})
	require.Len(t, openWork(s, "view"), 1)
	require.Equal(t, link, s.state.Step("view").Link)
	require.Contains(t, waitsFor(s, "view"), "consulted")
	rows := engine.Project(s.rules, s.state)
	require.Contains(t, rows.Case.Orgs, "relics-1", "who is asked may see the case")
	require.Equal(t, "open", rows.Dossier[0].Status)
	// answers: by anybody of the organisation, by the colleague alone
	s.refused(engine.NotAllowed, "eco.handle", engine.Reply, "", said("不"))
	s.refused(engine.BadData, "relics-1.handle", engine.Reply, "")
	s.do("relics-1.handle", engine.Reply, "", said("不涉及"))
	s.refused(engine.NotAllowed, "fire.check", engine.Reply, "", said("可"))
	s.do("fire.clerk", engine.Reply, "", said("图纸一致"))
	s.refused(engine.NotOpen, "fire.clerk", engine.Reply, "", said("再答"))
	require.Equal(t, "不涉及", s.state.Consults[0].Answer)
	require.Equal(t, "answered", engine.Project(s.rules, s.state).Dossier[0].Status)
	// a question that is open when the step ends is over with it
	s.do("fire.handle", engine.Consult, "view", ask)
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	require.Equal(t, clocks, clocksOf(s))
	s.do("fire.organ-head", engine.Agree, "view", safe).is("view=agree")
	require.Equal(t, "over", engine.Project(s.rules, s.state).Dossier[2].Status)
}

func TestCopiesAndReadMarks(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	people := func(who string, args engine.Args) engine.Command {
		cmd := s.command(who, engine.Copy, "view", args)
		for _, id := range args.Accounts {
			cmd.People = append(cmd.People, engine.Colleague{ID: id, Org: "fire", Roles: []string{"handle"}})
		}
		return cmd
	}
	s.refused(engine.NotAllowed, "relics-1.handle", engine.Copy, "view", engine.Args{Orgs: []string{"x"}})
	s.refused(engine.BadData, "fire.handle", engine.Copy, "view")
	s.refused(engine.BadData, "fire.handle", engine.Copy, "view", engine.Args{Accounts: []string{"p-nobody"}})
	require.Nil(t, s.run(people("fire.handle", engine.Args{Accounts: []string{"p-fire.check", "p-fire.check"}, Orgs: []string{"relics-1"}, Text: "供参考"})))
	require.Len(t, s.state.Copies, 2, "nobody gets one twice")
	require.Equal(t, engine.Claimed, s.run(people("fire.handle", engine.Args{Orgs: []string{"relics-1"}})).Code)
	s.refused(engine.NotAllowed, "fire.approve", engine.Read, "")
	s.do("fire.check", engine.Read, "")
	s.refused(engine.NotOpen, "fire.check", engine.Read, "")
	s.do("relics-1.clerk", engine.Read, "", engine.Args{Items: []string{s.state.Copies[1].ID}})
	require.Equal(t, "p-relics-1.clerk", s.state.Copies[1].ReadBy)
	require.Equal(t, "read", engine.Project(s.rules, s.state).Dossier[1].Status)
	require.Nil(t, s.run(people("fire.handle", engine.Args{Orgs: []string{"relics-1"}})), "a further copy after it was read")
}

func TestComments(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	seq := s.state.Seq
	s.refused(engine.NotAllowed, "relics-1.handle", engine.Comment, "", said("看过"))
	s.refused(engine.NotAllowed, "applicant", engine.Comment, "", said("看过"))
	s.refused(engine.BadData, "fire.handle", engine.Comment, "", said(" "))
	s.do("fire.handle", engine.Comment, "view", said("图纸有两版")).do("watch.supervisor", engine.Comment, "", said("已督"))
	require.Equal(t, seq+2, s.state.Seq)
	require.Equal(t, "图纸有两版", s.state.Remarks[0].Text)
	require.Equal(t, "comment", engine.Project(s.rules, s.state).Dossier[1].Kind)
}
