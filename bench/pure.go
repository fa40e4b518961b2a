package bench

import (
	"fmt"
	"time"

	"lianban/engine"
)

// engineRate is how many acts one core decides and evolves a second: whole
// cases of the bench's item, filing left out of the count. Decide gives the next
// state with the events; it has applied them by the very code Evolve applies
// them with, so each act's evolution is in the figure once.
func engineRate(rules *engine.Rules, for_ time.Duration) (float64, error) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	acts := 0
	var busy time.Duration
	for n := 0; busy < for_; n++ {
		number := fmt.Sprintf("P%d", n)
		filed := engine.Decide(rules, nil, filing(number, at))
		if filed.Rejection != nil {
			return 0, filed.Rejection
		}
		commands := make([]engine.Command, len(steps))
		for nth := range steps {
			commands[nth] = act(number, nth, at.Add(time.Duration(nth)*time.Minute))
		}
		state := filed.State
		began := time.Now()
		for i := range commands {
			r := engine.Decide(rules, state, commands[i])
			if r.Rejection != nil {
				return 0, r.Rejection
			}
			state = r.State
			acts++
		}
		busy += time.Since(began)
		if state.Status != engine.Closed {
			return 0, fmt.Errorf("case %s is %s after its last step", number, state.Status)
		}
	}
	return float64(acts) / busy.Seconds(), nil
}
