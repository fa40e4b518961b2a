package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
)

// offered holds what screens are told against the decision: an act that goes
// through was never shown as refused, and what was shown as ready to be done, with
// nothing left to write, goes through.
func (w *world) offered(t *rapid.T, cmd engine.Command) {
	if !slices.Contains(engine.PersonActs, cmd.Do) || cmd.By.Kind != engine.Person {
		return
	}
	before := asJSON(t, w.state)
	lists := [][]engine.Option{engine.CaseOptions(w.rules, w.state, cmd.By, cmd.At, cmd.Step, cmd.People)}
	if list, ok := engine.TaskOptions(w.rules, w.state, cmd.By, cmd.At, cmd.Task, cmd.People); ok {
		lists = append(lists, list)
	}
	require.Equal(t, string(before), string(asJSON(t, w.state)), "looking changes nothing")
	require.Len(t, lists[0], len(engine.PersonActs))
	goes := engine.Decide(w.rules, w.state, cmd).Rejection
	for i, list := range lists {
		for _, o := range list {
			require.Equal(t, o.Allowed, o.Rejection == nil, o.Do)
			if o.Do == cmd.Do && goes == nil {
				require.True(t, o.Allowed, "%s went through, and was shown as refused: %v", cmd.Do, o.Rejection)
			}
			if !o.Allowed || len(o.Needs) > 0 || w.acts%5 > 0 { // every fifth time: it is many decisions
				continue
			}
			ready := engine.Command{ID: "ready", Do: o.Do, By: cmd.By, At: cmd.At, Step: cmd.Step, People: cmd.People}
			if i == 1 {
				ready.Task, ready.Step = cmd.Task, w.state.Task(cmd.Task).Step
			}
			require.Nil(t, engine.Decide(w.rules, w.state, ready).Rejection, "%s was shown as ready", o.Do)
		}
	}
}

func optionOf(t *testing.T, list []engine.Option, do engine.Act) engine.Option {
	t.Helper()
	i := slices.IndexFunc(list, func(o engine.Option) bool { return o.Do == do })
	require.GreaterOrEqual(t, i, 0, "%s is not offered", do)
	return list[i]
}

func (s *story) options(who, step string, people ...engine.Colleague) []engine.Option {
	s.t.Helper()
	task := s.openTask(step, engine.TaskWork)
	list, ok := engine.TaskOptions(s.rules, s.state, s.who(who), s.now, task.ID, people)
	require.True(s.t, ok)
	return list
}

func acts(list []engine.Option, allowed bool) (out []engine.Act) {
	for _, o := range list {
		if o.Allowed == allowed {
			out = append(out, o.Do)
		}
	}
	return out
}

func choices(o engine.Option, field string) []engine.Choice {
	for _, f := range o.Fields {
		if f.Field == field {
			return f.Choices
		}
	}
	return nil
}

func ids(o engine.Option, field string) (out []string) {
	for _, c := range choices(o, field) {
		out = append(out, c.ID)
	}
	return out
}

func TestOptionsOfATask(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - {review: view, by: eco, limit: 3wd, chain: [handle, approve], checks: [safe], reads: [p1]}`), "view")).accepted(nil)
	list := s.options("eco.handle", "view")
	require.Equal(t, []engine.Act{
		engine.Pass, engine.NeedsUpper, engine.AddSigner, engine.Consult, engine.Inform, engine.Claim,
	}, acts(list, true), "who is first in the chain passes on")
	agree := optionOf(t, list, engine.Agree)
	require.Equal(t, engine.WrongLink, agree.Rejection.Code)
	require.Contains(t, agree.Rejection.Zh, "最后一环")
	require.Equal(t, []string{"safe"}, ids(optionOf(t, list, engine.Pass), "checks"))
	require.Equal(t, []string{"p1"}, ids(optionOf(t, list, engine.Consult), "reads"))
	require.NotContains(t, acts(list, false), engine.Grant, "a review is not granted; nothing is greyed that could never be")

	other := s.options("fire.handle", "view")
	require.Empty(t, acts(other, true))
	require.Equal(t, engine.NotAllowed, optionOf(t, other, engine.Pass).Rejection.Code)

	s.do("eco.handle", engine.Pass, "view")
	list = s.options("eco.approve", "view")
	require.Subset(t, acts(list, true), []engine.Act{engine.Agree, engine.AgreeWith, engine.Disagree, engine.NotConcerned, engine.SendBack, engine.Claim})
	require.Equal(t, []string{"checks", "reason"}, optionOf(t, list, engine.Disagree).Needs)
	require.Equal(t, []string{"checks", "conditions"}, optionOf(t, list, engine.AgreeWith).Needs)
	require.Equal(t, []string{"handle"}, ids(optionOf(t, list, engine.SendBack), "link"))
	require.Equal(t, engine.NotAllowed, optionOf(t, s.options("eco.handle", "view"), engine.Agree).Rejection.Code, "the persons of a chain differ")

	// Whom a colleague may be is judged, too.
	colleagues := []engine.Colleague{
		{ID: "eco.handle.1", Org: "eco", Roles: []string{"handle"}}, {ID: "boss", Org: "eco", Roles: []string{"approve"}},
		{ID: "elsewhere", Org: "fire", Roles: []string{"approve"}},
	}
	require.Equal(t, []string{"boss"}, ids(optionOf(t, s.options("eco.approve", "view", colleagues...), engine.Assign), "account"))
	of := func(do engine.Act) engine.Option {
		return optionOf(t, engine.CaseOptions(s.rules, s.state, s.who("eco.approve"), s.now, "", colleagues), do)
	}
	require.Equal(t, []string{"eco.handle.1", "boss"}, ids(of(engine.Copy), "accounts"), "those of another organisation are not his to name")
	require.Equal(t, []string{"hall", "market", "fire", "eco", "city"}, ids(of(engine.Copy), "orgs"))
	nobody := optionOf(t, s.options("eco.approve", "view", colleagues[0]), engine.Assign)
	require.False(t, nobody.Allowed)
	require.Equal(t, engine.NotAllowed, nobody.Rejection.Code)

	s.do("eco.approve", engine.AgreeWith, "view", engine.Args{Conditions: []string{"加装净化器"}, Checks: safe.Checks})
	list = s.options("market.handle", "conclude")
	grant := optionOf(t, list, engine.Grant)
	require.True(t, grant.Allowed)
	require.Equal(t, []string{"takes"}, grant.Needs)
	require.Equal(t, []string{"加装净化器"}, ids(grant, "takes"))
	require.True(t, choices(grant, "takes")[0].Asked, "granting says of each condition whether it is taken over")
	require.False(t, choices(optionOf(t, list, engine.Deny), "takes")[0].Asked)
	require.Equal(t, []string{"result"}, ids(grant, "outputs"))
	require.Equal(t, []string{"view"}, ids(optionOf(t, list, engine.Return), "to"))
	require.Equal(t, []string{"reason", "basis"}, optionOf(t, list, engine.Deny).Needs)

	_, ok := engine.TaskOptions(s.rules, s.state, s.who("market.handle"), s.now, "nothing", nil)
	require.False(t, ok)
}

func TestOptionsOfACase(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - parallel: block
    branches:
      - {review: view, by: eco, limit: 3wd}
      - {decide: extra, by: city, optional: true, when: qb, item: {name: 附证, type: other}, limit: 3wd}`), "")).accepted(nil)
	of := func(who string, do engine.Act) engine.Option {
		t.Helper()
		return optionOf(t, engine.CaseOptions(s.rules, s.state, s.who(who), s.now, "", nil), do)
	}
	extend := of("city.government-head", engine.Extend)
	require.True(t, extend.Allowed)
	require.Equal(t, []string{"statutory"}, ids(extend, "clock"), "the promise cannot be extended")
	require.Equal(t, []string{"clock", "reason"}, extend.Needs)
	require.Equal(t, engine.NotAllowed, of("market.handle", engine.Extend).Rejection.Code, "rather who may, than what cannot")
	require.Equal(t, "42", of("market.handle", engine.Extend).Rejection.Law.Article)

	drop := of("market.lead", engine.Drop)
	require.Equal(t, []string{"view"}, ids(drop, "step"))
	add := of("market.lead", engine.Add)
	require.Equal(t, []string{"block"}, ids(add, "step"))
	require.Equal(t, []string{"extra"}, ids(add, "branch"))
	require.False(t, of("eco.handle", engine.Drop).Allowed)
	require.True(t, of("hall.clerk", engine.Withdraw).Allowed)
	require.Empty(t, ids(of("hall.clerk", engine.Withdraw), "branch"), "no branch with a decision is at work")
	require.Equal(t, engine.NotOpen, of("hall.clerk", engine.Hand).Rejection.Code)
	require.True(t, of("eco.handle", engine.Comment).Allowed)

	s.do("hall.clerk", engine.Withdraw, "", engine.Args{Reason: "放弃"})
	for _, o := range engine.CaseOptions(s.rules, s.state, s.who("market.lead"), s.now, "", nil) {
		require.False(t, o.Allowed, o.Do)
		require.NotEmpty(t, o.Rejection.Zh)
	}
}

// What time has done by the instant asked about is done: a screen left open
// overnight does not offer what fell due meanwhile.
func TestOptionsKnowTheTime(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`
  - {review: view, by: eco, limit: 3wd}`), "")).file(nil)
	look := s.openTask("receive", engine.TaskLook)
	list, ok := engine.TaskOptions(s.rules, s.state, s.who("eco.handle"), s.now, look.ID, nil)
	require.True(t, ok)
	if look.Party == "eco" {
		require.True(t, optionOf(t, list, engine.Clear).Allowed)
	}
	list, ok = engine.TaskOptions(s.rules, s.state, s.who("hall.clerk"), s.now.Add(30*24*time.Hour), look.ID, nil)
	require.True(t, ok)
	require.Empty(t, acts(list, true))
}

func TestEveryActHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]engine.Act{}
	for _, do := range slices.Concat(engine.PersonActs, engine.ApplicantActs) {
		name := engine.ActName(do)
		require.NotEqual(t, string(do), name.ZH, do)
		require.NotEmpty(t, name.EN, do)
		require.Empty(t, seen[name.ZH], "%s is called as %s", do, seen[name.ZH])
		seen[name.ZH] = do
	}
}
