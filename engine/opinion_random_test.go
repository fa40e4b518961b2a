package engine_test

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
)

// opinions checks that what a party has said stays as it said it, now or among the
// earlier rounds, and that nobody but the party itself, or silence, says it anew.
func (w *world) opinions(t *rapid.T, before *engine.State) {
	said := map[string]engine.Event{}
	for _, e := range w.log[before.Seq:] {
		if b, ok := e.Body.(engine.StepEnded); ok && b.Verdict != nil {
			said[b.Step] = e
		}
	}
	for i, old := range before.Steps {
		now := w.state.Steps[i]
		if n := w.rules.Plan.Node(old.ID); n != nil && n.Work() == nil {
			continue // no opinion: an intake that refuses speaks for itself
		}
		require.GreaterOrEqual(t, len(now.Rounds), len(old.Rounds), "no round of %s goes away", old.ID)
		for k := range old.Rounds {
			require.Equal(t, old.Rounds[k], now.Rounds[k], "an earlier round of %s stands", old.ID)
		}
		w.saw("an opinion asked for again", old.Verdict != nil && len(now.Rounds) > len(old.Rounds))
		if old.Verdict != nil && len(now.Rounds) > len(old.Rounds) {
			require.Equal(t, old.Verdict, now.Rounds[len(old.Rounds)].Verdict, "what %s said is kept when it is asked again", old.ID)
			old = &engine.StepState{ID: old.ID}
		}
		e, spoken := said[old.ID]
		if !spoken {
			if now.Verdict != nil {
				require.Equal(t, old.Verdict, now.Verdict, "nobody has spoken for %s", old.ID)
			}
			continue
		}
		v := e.Body.(engine.StepEnded).Verdict
		require.Equal(t, v.By, e.By.ID, "a verdict is of who acted, silence of nobody: %s", old.ID)
		require.True(t, v.By == "" || e.By.Org == v.Org, "it is its own party's: %s", old.ID)
	}
}

// meddles has somebody of another organisation, whatever his office, speak for a step that is open or over, now
// and then: nobody gets it through.
func (w *world) meddles(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "meddles") > 0 {
		return
	}
	var own []*engine.StepState
	for _, st := range w.state.Steps {
		if n := w.rules.Plan.Node(st.ID); st.Org != "" && !st.OpenedAt.IsZero() && (n == nil || n.Work() != nil) {
			own = append(own, st)
		}
	}
	if len(own) == 0 {
		return
	}
	st := rapid.SampledFrom(own).Draw(t, "another's step")
	orgs := slices.DeleteFunc([]string{"hall", "market", "fire", "eco", "city", "gov", "watch"}, func(org string) bool { return org == st.Org })
	by := person(rapid.SampledFrom(orgs).Draw(t, "meddler"), "clerk", 31)
	by.Roles = []string{"clerk", "handle", "check", "approve", "lead", "organ-head", "government-head", "supervisor"}
	w.acts++
	cmd := engine.Command{ID: fmt.Sprintf("x%d", w.acts), By: by, At: w.now, Step: st.ID, Do: rapid.SampledFrom([]engine.Act{
		engine.Agree, engine.AgreeWith, engine.Disagree, engine.NotConcerned, engine.NeedsUpper, engine.Grant, engine.Deny, engine.Pass, engine.SendBack,
	}).Draw(t, "speaks")}
	w.kindArgs(&cmd.Args)
	cmd.Args.Checks = w.findings(st.ID, true)
	w.numbers(&cmd)
	open := st.Status == engine.Open
	rej := w.do(t, cmd)
	require.NotNil(t, rej, "%s of %s did %s at %s, which is of %s", by.ID, by.Org, cmd.Do, st.ID, st.Org)
	w.saw("somebody spoke for another", open && rej.Code == engine.NotAllowed)
}

// asksTwice has somebody ask for more once the one notice is sent, now and then, the window or whoever is at work:
// nobody but a supervisor gets it through (行政许可法第三十二条).
func (w *world) asksTwice(t *rapid.T) {
	told := slices.ContainsFunc(w.state.Notices, func(n engine.Notice) bool { return n.Kind == engine.NoticeCorrection })
	waits := w.state.Status == engine.Correcting
	if !told || w.state.Over() || !waits && rapid.Bool().Draw(t, "asks no second time") {
		return
	}
	party := rapid.SampledFrom([]string{"hall", "hall", "hall", "market", "fire", "eco", "city"}).Draw(t, "asks")
	by := person(w.state.Org(party), "clerk", 32)
	by.Roles = []string{"clerk", "handle", "check", "approve", "lead", "organ-head"}
	w.acts++
	cmd := engine.Command{ID: fmt.Sprintf("x%d", w.acts), Do: engine.Gap, By: by, At: w.now}
	for i := range w.state.Papers {
		if p := &w.state.Papers[i]; p.Status == engine.PaperMissing || p.Status == engine.PaperPresent && p.Source == "applicant" {
			cmd.Args.Lines = []engine.GapLine{{Of: p.ID, Reason: "不清晰"}}
		}
	}
	if cmd.Args.Lines == nil {
		cmd.Args.Lines = []engine.GapLine{{Of: "c1", Reason: "不符合"}}
	}
	require.NotNil(t, w.do(t, cmd), "%s asked once more after the notice", party)
	w.saw("asked once more after the notice", true)
	w.saw("the window asked once more, waiting for the answer", party == "hall" && waits)
}

// asksAnew has an open decide send back a step that has spoken, every other time: what was an opinion is given
// again, what was a signed decision stays and nobody sends it back (3.6.2).
func (w *world) asksAnew(t *rapid.T) {
	for _, n := range w.rules.Plan.Nodes {
		if n.Decide == nil || w.state.Step(n.ID).Status != engine.Open || rapid.Bool().Draw(t, "asks no more") {
			continue
		}
		last := n.Work().Chain[len(n.Work().Chain)-1].Roles
		for _, to := range n.Decide.Back {
			for _, m := range w.rules.Plan.Nodes {
				st := w.state.Step(m.ID)
				if !m.Within(w.rules.Plan.Node(to)) || m.Work() == nil || st.Status != engine.Ended || st.Verdict == nil {
					continue
				}
				w.acts++
				cmd := engine.Command{ID: fmt.Sprintf("y%d", w.acts), Do: engine.Return, By: person(w.state.Step(n.ID).Org, last[0].Role, 33),
					At: w.now, Step: n.ID, Args: engine.Args{Reason: "再看", To: to, Steps: []string{m.ID}}}
				if m.Decide != nil {
					require.NotNil(t, w.do(t, cmd), "%s is signed and was sent back", m.ID)
					w.saw("a signed decision asked for again", true)
				} else if engine.Decide(w.rules, w.state, cmd).Rejection == nil {
					require.Nil(t, w.do(t, cmd))
					return
				}
			}
		}
	}
}
