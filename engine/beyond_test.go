package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// An office that does not reach the case allows nothing and changes no other refusal; whoever is told of it hears which
// office, what it would have to reach, and the article.
func TestAnOfficeBeyondItsReachCountsForNothing(t *testing.T) {
	t.Parallel()
	src := withBack(simple(`
  - parallel: block
    branches: [{review: a, by: fire}, {review: b, by: eco}]
`), "")
	s := tell(t, src).accepted(nil)
	far := func(office, do string, step string, args engine.Args) engine.Command {
		cmd := s.command("away."+office, engine.Act(do), step, args)
		cmd.By.Roles, cmd.By.Beyond = nil, []string{office}
		return cmd
	}
	extend := engine.Args{Clock: "statutory", Reason: "案情复杂"}
	for _, c := range []struct {
		office, law string
		cmd         engine.Command
	}{
		{engine.RoleGovernmentHead, "42", far(engine.RoleGovernmentHead, "extend", "", extend)},
		{engine.RoleSupervisor, "60", far(engine.RoleSupervisor, "urge", "", reasoned)},
		{engine.RoleSupervisor, "60", far(engine.RoleSupervisor, "comment", "", engine.Args{Text: "留意"})},
		{engine.RoleSupervisor, "60", far(engine.RoleSupervisor, "copy", "", engine.Args{Orgs: []string{"org-eco"}})},
		{engine.RoleSupervisor, "60", far(engine.RoleSupervisor, "gap", "receive", engine.Args{Reason: "再查", Lines: gap("safe").Lines})},
		{engine.RoleSupervisor, "60", far(engine.RoleSupervisor, "return", "conclude", reasoned)},
	} {
		rej := s.run(c.cmd)
		require.NotNil(t, rej, c.cmd.Do)
		require.Equal(t, engine.NotAllowed, rej.Code, c.cmd.Do)
		requireLaw(t, rej, c.law)
		require.Equal(t, c.office+" of an organisation that leads the case or has a step in it", rej.Expected, c.cmd.Do)
		require.Equal(t, "away."+c.office, rej.Actual, c.cmd.Do)
		require.NotEqual(t, rej.Expected, rej.Wanted().ZH, c.cmd.Do)
	}
	// Who also works in the case keeps his part; others' refusals name the role he lacks.
	near := s.command("market.lead", engine.Urge, "a", reasoned)
	near.By.Beyond = []string{engine.RoleSupervisor}
	require.Nil(t, s.run(near))
	plain := s.command("away.handle", engine.Extend, "", extend)
	require.Equal(t, engine.RoleGovernmentHead, s.run(plain).Expected)
}
