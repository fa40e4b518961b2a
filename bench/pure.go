package bench

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"lianban/engine"
)

// engineRate is how many acts one core decides and evolves in a second of its
// time, garbage collection included: whole cases of the bench's item, filing
// left out of the count. Decide gives the next state with the events; it has
// applied them by the very code Evolve applies them with, so each act's
// evolution is in the figure once. It counts the core's own seconds, not the
// wall's, so that a machine busy with something else does not lie.
//
// A third of the time is played before it counts: the heap grows to the size the
// collector lets it have, and the kernel's handing out of those pages, which a
// process pays once in its life, costs more than the acts meanwhile.
func engineRate(rules *engine.Rules, cpu time.Duration) (float64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	filed := engine.Decide(rules, nil, filing("P", at))
	if filed.Rejection != nil {
		return 0, filed.Rejection
	}
	commands := make([]engine.Command, len(steps))
	for nth := range steps {
		commands[nth] = act("P", nth, at.Add(time.Duration(nth)*time.Minute))
	}
	if _, err := playFor(cpu/3, rules, filed.State, commands); err != nil {
		return 0, err
	}
	return playFor(cpu, rules, filed.State, commands)
}

// playFor plays whole cases for so much of the core's time, and gives the acts per
// second of it.
func playFor(cpu time.Duration, rules *engine.Rules, filed *engine.State, commands []engine.Command) (float64, error) {
	began, err := coreTime()
	if err != nil {
		return 0, err
	}
	for acts := 0; ; {
		for range 200 {
			state := filed
			for i := range commands {
				r := engine.Decide(rules, state, commands[i])
				if r.Rejection != nil {
					return 0, r.Rejection
				}
				state = r.State
				acts++
			}
			if state.Status != engine.Closed {
				return 0, fmt.Errorf("the case is %s after its last step", state.Status)
			}
		}
		now, err := coreTime()
		if err != nil {
			return 0, err
		}
		if now-began >= cpu {
			return float64(acts) / (now - began).Seconds(), nil
		}
	}
}

// coreTime is the processor time this process has used.
func coreTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
