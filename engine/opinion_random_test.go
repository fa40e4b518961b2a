package engine_test

import (
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
