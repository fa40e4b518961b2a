package engine_test

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
)

// How random cases come to their end.

// finish does every open task kindly until the case is closed.
func (w *world) finish(t *rapid.T) {
	for i := 0; !w.state.Over(); i++ {
		require.Less(t, i, 400, "the case does not end: %s", asJSON(t, w.state))
		w.override(t)
		w.again(t)
		w.asksAnew(t)
		seq := w.state.Seq
		if !w.kind(t, false) && w.state.Seq == seq { // what was due before a refused act has happened all the same
			next := w.dated(engine.NextDue(w.state))
			require.False(t, next.IsZero(), "nobody can act and no time moves the case on: %s", asJSON(t, w.state))
			w.now = later(w.now, next)
			w.do(t, engine.Command{Do: engine.Tick, At: w.now})
		}
	}
	require.NotEmpty(t, w.state.Outcome)
	w.orderEnded(t)
}

// dated is the earliest of a due instant, the next date people have set, and the end of
// what an interested party or the holder of a result is waited for: no clock runs there,
// only what others may do afterwards.
func (w *world) dated(next time.Time) time.Time {
	for _, st := range w.state.Steps {
		var on time.Time
		if st.Visit != nil {
			on = st.Visit.On
		} else if st.Hearing != nil {
			on = st.Hearing.On
		}
		if st.Status == engine.Open && on.After(w.now) && (next.IsZero() || on.Before(next)) {
			next = on
		}
	}
	for _, x := range w.state.Interested {
		if x.Until.After(w.now) && (next.IsZero() || x.Until.Before(next)) {
			next = x.Until
		}
	}
	for i := range w.state.Annulments {
		a := &w.state.Annulments[i]
		if _, until := a.Hearing(); a.Status == engine.AnnulOpen && until.After(w.now) && (next.IsZero() || until.Before(next)) {
			next = until
		}
	}
	return next
}
