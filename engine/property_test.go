package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
)

var parties = map[string]string{"hall": "hall", "market": "market", "fire": "fire", "eco": "eco", "city": "city"}

// newWorld files a case of a random definition.
func newWorld(t *rapid.T) *world {
	cal, err := calendars.National()
	require.NoError(t, err)
	plan, err := definition.Compile(randomDefinition(t))
	require.NoError(t, err)
	w := &world{rules: &engine.Rules{Plan: plan, Calendar: cal}, now: time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC)}
	answers := map[string]any{"q1": rapid.Bool().Draw(t, "q1"), "q2": rapid.Bool().Draw(t, "q2")}
	if answers["q1"].(bool) {
		answers["q3"] = rapid.Bool().Draw(t, "q3")
	}
	args := engine.Args{Number: "N1", Region: "210304", Answers: answers}
	asked, rejection := engine.Checklist(w.rules, args, w.now)
	require.Nil(t, rejection)
	for _, p := range asked {
		if p.Status == engine.PaperMissing && rapid.IntRange(0, 3).Draw(t, "brings") > 0 {
			args.Papers = append(args.Papers, w.paper(p.ID))
		}
	}
	res := engine.Decide(w.rules, nil, engine.Command{ID: "file", Do: engine.File, By: person("hall", "clerk", 9), At: w.now, Args: args, Parties: parties})
	require.Nil(t, res.Rejection)
	w.take(t, nil, res)
	return w
}

// take checks what must hold of every decision, whatever it was.
func (w *world) take(t *rapid.T, before *engine.State, res engine.Result) {
	live := before
	for _, e := range res.Events {
		b, err := json.Marshal(e)
		require.NoError(t, err)
		var back engine.Event
		require.NoError(t, json.Unmarshal(b, &back))
		live = engine.Evolve(live, back)
	}
	require.Equal(t, asJSON(t, res.State), asJSON(t, live), "replaying the events gives the live state")
	var round engine.State
	require.NoError(t, json.Unmarshal(asJSON(t, res.State), &round))
	require.Equal(t, string(asJSON(t, &round)), string(asJSON(t, res.State)), "the state survives JSON")
	require.Equal(t, engine.Project(w.rules, &round), engine.Project(w.rules, live), "and so does everything the screens show")
	w.log = append(w.log, res.Events...)
	for i, e := range w.log {
		require.EqualValues(t, i+1, e.Seq)
		require.True(t, i == 0 || !e.At.Before(w.log[i-1].At), "time never goes back")
	}
	w.state = &round
	w.invariants(t, before)
}

func (w *world) invariants(t *rapid.T, before *engine.State) {
	s := w.state
	notices := 0
	for _, n := range s.Notices {
		if n.Kind == engine.NoticeCorrection {
			notices++
		}
	}
	require.LessOrEqual(t, notices, 1, "one correction notice")
	if s.Status != engine.Closed {
		require.NotEmpty(t, engine.WaitingFor(w.rules, s), "somebody or time can move the case on")
		for _, wait := range engine.WaitingFor(w.rules, s) {
			require.NotEmpty(t, wait.Who)
			require.NotEmpty(t, wait.WhyZh)
			require.NotEmpty(t, wait.WhyEn)
		}
	}
	if before == nil {
		return
	}
	for i := range before.Steps {
		old, now := before.Steps[i], s.Steps[i]
		if old.Verdict != nil && (old.End == engine.EndGrant || old.End == engine.EndDeny) {
			require.Equal(t, old.Verdict, now.Verdict, "a signed decision stands: %s", old.ID)
			require.Equal(t, engine.Ended, now.Status)
		}
	}
	for i := range s.Steps {
		st := &s.Steps[i]
		open := slices.ContainsFunc(s.Tasks, func(k engine.Task) bool {
			return k.Step == st.ID && k.Kind == engine.TaskWork && k.Status == engine.TaskOpen
		})
		n := w.rules.Plan.Node(st.ID)
		work := st.Added != nil || n != nil && n.Work() != nil
		require.Equal(t, work && st.Status == engine.Open, open, "an open step has an open task, no other has: %s", st.ID)
	}
}

func asJSON(t require.TestingT, s *engine.State) []byte {
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return b
}

// do decides one command and checks that it was neither ignored nor half done.
func (w *world) do(t *rapid.T, cmd engine.Command) *engine.Rejection {
	before := asJSON(t, w.state)
	old := w.state
	res := engine.Decide(w.rules, w.state, cmd)
	require.Equal(t, string(before), string(asJSON(t, w.state)), "Decide leaves the state as it is")
	again := engine.Decide(w.rules, w.state, cmd)
	require.Equal(t, asJSON(t, res.State), asJSON(t, again.State), "Decide is a function")
	own := slices.ContainsFunc(res.Events, func(e engine.Event) bool { return e.Command == cmd.ID && cmd.ID != "" })
	if cmd.Do != engine.Tick {
		require.Equal(t, res.Rejection == nil, own, "an act has events or a rejection: %s %v", cmd.Do, res.Rejection)
	}
	if r := res.Rejection; r != nil {
		require.Contains(t, engine.Codes, r.Code)
		require.NotEmpty(t, r.Zh)
		require.NotEmpty(t, r.En)
	}
	w.take(t, old, res)
	return res.Rejection
}

// randomAct draws an act that may well be wrong.
func (w *world) randomAct(t *rapid.T) engine.Command {
	w.acts++
	cmd := engine.Command{ID: fmt.Sprintf("c%d", w.acts), Do: rapid.SampledFrom(engine.PersonActs).Draw(t, "do"), At: w.now, By: w.anyone(t)}
	if rapid.Bool().Draw(t, "likely") {
		var open []engine.Task
		for _, k := range w.state.Tasks {
			if k.Status == engine.TaskOpen {
				open = append(open, k)
			}
		}
		if len(open) > 0 {
			task := rapid.SampledFrom(open).Draw(t, "task")
			cmd.By, cmd.Task = forTask(t, task), task.ID
		}
	}
	ids := make([]string, len(w.state.Steps))
	for i := range w.state.Steps {
		ids[i] = w.state.Steps[i].ID
	}
	step := rapid.SampledFrom(ids).Draw(t, "step")
	if rapid.Bool().Draw(t, "named") {
		cmd.Step = step
	}
	a := &cmd.Args
	a.Reason = rapid.SampledFrom([]string{"理由", "理由", ""}).Draw(t, "reason")
	a.Basis, a.Way, a.Ground, a.Time, a.Party = "法", "counter", "death", wd(2), "fire"
	a.Conditions = []string{"条件甲"}
	a.Outcome, a.RightOrgan = rapid.SampledFrom([]string{"", "not-required", "not-competent"}).Draw(t, "outcome"), "某局"
	for i := range w.state.Steps {
		st := &w.state.Steps[i]
		a.Overrides = append(a.Overrides, engine.Override{Step: st.ID, Reason: "不采纳"})
		if st.End == engine.EndAgreeWith {
			a.Takes = append(a.Takes, engine.Take{Step: st.ID, Condition: "条件甲", Taken: true})
		}
	}
	switch cmd.Do {
	case engine.Gap:
		a.Lines = []engine.GapLine{{Of: rapid.SampledFrom([]string{"p1", "p2", "c1", "x"}).Draw(t, "of"), Reason: "缺"}}
	case engine.Answer:
		if st := w.state.Step("receive"); st != nil && st.Intake != nil {
			for _, l := range st.Intake.Lines {
				a.Statements = append(a.Statements, engine.Statement{Of: l.Of, Text: "说明"})
			}
		}
		if rapid.Bool().Draw(t, "paper") {
			a.Papers = []engine.PaperIn{w.paper("p1")}
		}
	case engine.Return:
		a.Steps = []string{step}
	case engine.Amend:
		a.Answers = map[string]any{"q2": rapid.Bool().Draw(t, "q2"), "q1": rapid.Bool().Draw(t, "q1")}
		if a.Answers["q1"].(bool) {
			a.Answers["q3"] = rapid.Bool().Draw(t, "q3")
		}
		if rapid.Bool().Draw(t, "paper") {
			a.Papers = []engine.PaperIn{w.paper(rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "p"))}
		}
	case engine.Extend:
		a.Clock = rapid.SampledFrom(append([]string{"x"}, clockIDs(w.state)...)).Draw(t, "clock")
	case engine.Add:
		if rapid.Bool().Draw(t, "branch") {
			a.Branch = step
		}
	}
	return cmd
}

func clockIDs(s *engine.State) []string {
	ids := make([]string, len(s.Clocks))
	for i := range s.Clocks {
		ids[i] = s.Clocks[i].ID
	}
	return ids
}

// TestRandomCases runs random acts of anybody on random definitions, then lets
// people of good will finish: every case comes to its end.
func TestRandomCases(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(0, 40).Draw(t, "acts") {
			if rapid.IntRange(0, 4).Draw(t, "tick") == 0 {
				w.advance(t)
			}
			w.do(t, w.randomAct(t))
		}
		w.finish(t)
	})
}

// advance lets time pass: to the next due instant, or somewhat.
func (w *world) advance(t *rapid.T) {
	next := engine.NextDue(w.state)
	if !next.IsZero() && rapid.Bool().Draw(t, "due") {
		w.now = later(w.now, next)
	} else {
		w.now = w.now.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
	}
	w.do(t, engine.Command{Do: engine.Tick, At: w.now})
	require.True(t, engine.NextDue(w.state).IsZero() || engine.NextDue(w.state).After(w.now), "everything due has happened")
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// finish does every open task kindly until the case is closed.
func (w *world) finish(t *rapid.T) {
	for i := 0; w.state.Status != engine.Closed; i++ {
		require.Less(t, i, 400, "the case does not end: %s", asJSON(t, w.state))
		if !w.kind(t) {
			next := engine.NextDue(w.state)
			require.False(t, next.IsZero(), "nobody can act and no time moves the case on: %s", asJSON(t, w.state))
			w.now = later(w.now, next)
			w.do(t, engine.Command{Do: engine.Tick, At: w.now})
		}
	}
	require.NotEmpty(t, w.state.Outcome)
}

// kind does the first open task that can be done.
func (w *world) kind(t *rapid.T) bool {
	for _, task := range w.state.Tasks {
		if task.Status != engine.TaskOpen {
			continue
		}
		for _, do := range map[engine.TaskKind][]engine.Act{
			engine.TaskLook: {engine.Clear}, engine.TaskAccept: {engine.Accept, engine.Refuse}, engine.TaskAnswer: {engine.Answer},
			engine.TaskWork: {engine.Pass, engine.Grant, engine.Agree, engine.Deny, engine.Disagree}, engine.TaskQuestion: {engine.ContinueBlock}, engine.TaskHand: {engine.Hand},
		}[task.Kind] {
			for nth := 21; nth < 26; nth++ {
				w.acts++
				role := task.Role
				if role == engine.RoleLead {
					role = "approve"
				}
				by := person(task.Party, role, nth)
				by.Org = task.Org
				if task.Kind == engine.TaskAnswer {
					by = engine.Actor{Kind: engine.Applicant}
				}
				if task.Claimed != "" {
					by.ID = task.Claimed
				}
				cmd := engine.Command{ID: fmt.Sprintf("k%d", w.acts), Do: do, By: by, At: w.now, Step: task.Step, Task: task.ID,
					Args: engine.Args{Reason: "理由", Basis: "法", Way: "counter", Conditions: []string{"条件甲"}}}
				for i := range w.state.Steps {
					st := &w.state.Steps[i]
					cmd.Args.Overrides = append(cmd.Args.Overrides, engine.Override{Step: st.ID, Reason: "不采纳"})
					if st.End == engine.EndAgreeWith {
						cmd.Args.Takes = append(cmd.Args.Takes, engine.Take{Step: st.ID, Condition: "条件甲", Taken: true})
					}
				}
				if do == engine.Answer {
					for _, l := range w.state.Step("receive").Intake.Lines {
						cmd.Args.Statements = append(cmd.Args.Statements, engine.Statement{Of: l.Of, Text: "说明"})
					}
				}
				if w.do(t, cmd) == nil {
					return true
				}
			}
		}
	}
	return false
}
