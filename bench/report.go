package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// gcPercent is how far memory may grow before it is collected, as in dev.
const gcPercent = 400

// Run measures and prints. The last line is for machines:
// `ratio_floor=… ratio_usual=… ratio_http=… events_per_step=… engine_steps_per_s=…`.
func Run(ctx context.Context, opts Options) error {
	opts.defaults()
	debug.SetGCPercent(gcPercent)
	say := func(format string, args ...any) { fmt.Fprintf(opts.Out, format+"\n", args...) }
	say("%d cores, %d rounds of %d turns, %d clients, %d cases of %d human steps per way and turn", runtime.NumCPU(), opts.Rounds, opts.Turns, opts.Clients, opts.Cases, len(steps))

	rules, bundle, err := benchItem()
	if err != nil {
		return err
	}
	pure, err := engineRate(rules, 2*time.Second)
	if err != nil {
		return err
	}
	say("engine: %.0f acts/s decided and evolved on one core", pure)

	e, err := newEnv(ctx, opts.Dir)
	if err != nil {
		return err
	}
	defer e.close() //nolint:errcheck // the figures are out; a server that stops badly is told by its log
	ours := &oursWay{c: e.client, queue: "", store: e.store, rules: rules, bundle: bundle}
	web, err := newHTTPWay(ctx, e, rules)
	if err != nil {
		return err
	}
	defer web.close()
	ways := []way{&floorWay{c: e.client, queue: e.usual.queue}, e.usual, ours, web}

	without, with, err := e.startCost(ctx, bundle, 100)
	if err != nil {
		return err
	}
	say("definition and calendar carried in the start: %d bytes; median start %s without, %s with", len(bundle), ms(without), ms(with))

	samples := make([][]sample, len(ways))
	warm := opts
	warm.Turns, warm.Cases = 1, opts.Clients
	if _, err := e.round(ctx, ways, 0, &warm); err != nil { // not counted
		return err
	}
	for nth := 1; nth <= opts.Rounds; nth++ {
		round, err := e.round(ctx, ways, nth, &opts)
		if err != nil {
			return err
		}
		for i, s := range round {
			samples[i] = append(samples[i], s)
			say("round %d  %-6s %6.0f steps/s  p50 %s  p99 %s  first step p90 %s  one client %s", nth, ways[i].name(), s.perSecond(), ms(s.p50), ms(s.p99), ms(s.first), ms(s.single()))
			p := s.processor
			say("                processor %s on %.2f cores: own %s, PostgreSQL %s for histories, %s for the read model, %s for itself; %d kB taken; waited %s for a connection",
				ms(p.all()), s.cores, ms(p.own), ms(p.histories), ms(p.model), ms(p.common), s.allocated>>10, ms(s.queued))
		}
	}
	return e.summary(ctx, ways, samples, pure, say)
}

// round lets the ways take turns, in another order each time, and then each of them be alone. A way whose
// timers go off in the time of others has its turns apart, and is waited for: between two halves of the
// others' turns, so that what the machine's speed drifts by in a round is the same for both.
func (e *env) round(ctx context.Context, ways []way, nth int, opts *Options) ([]sample, error) {
	var together, apart []int
	var after time.Duration
	for i, w := range ways {
		if l, ok := w.(lingerer); ok {
			apart, after = append(apart, i), max(after, l.lingers())
		} else {
			together = append(together, i)
		}
	}
	loads := make([]loaded, len(ways))
	turns := func(group []int, from, to int) error {
		for turn := from; turn < to; turn++ {
			for _, of := range order(group, turn+nth) {
				if err := e.turn(ctx, ways[of], fmt.Sprintf("r%d-t%d", nth, turn+1), opts, &loads[of]); err != nil {
					return err
				}
			}
		}
		return nil
	}
	half := (opts.Turns + 1) / 2
	for _, part := range []func() error{
		func() error { return turns(together, 0, half) },
		func() error { return turns(apart, 0, half) },
		func() error { return e.alone(ctx, ways, apart, nth, loads) },
		func() error { return wait(ctx, after) },
		func() error { return turns(together, half, opts.Turns) },
		func() error { return e.alone(ctx, ways, together, nth, loads) },
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	samples := make([]sample, len(ways))
	for i := range samples {
		samples[i] = loads[i].sum()
	}
	return samples, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// order begins with another one each time and goes the other way round every second time, so that
// nobody always comes after the same.
func order(group []int, nth int) []int {
	out := make([]int, len(group))
	for i, x := range group {
		out[(i+nth)%len(group)] = x
	}
	if nth%2 == 1 {
		slices.Reverse(out)
	}
	return out
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func (e *env) summary(ctx context.Context, ways []way, samples [][]sample, pure float64, say func(string, ...any)) error {
	say("")
	say("median of the rounds")
	events := map[string]float64{}
	for i, w := range ways {
		var rates []float64
		var p50s, p99s, firsts, ones, used []time.Duration
		for _, s := range samples[i] {
			rates, p50s, p99s = append(rates, s.perSecond()), append(p50s, s.p50), append(p99s, s.p99)
			firsts, ones, used = append(firsts, s.first), append(ones, s.single()), append(used, s.processor.all())
		}
		number := samples[i][0].cases[0]
		n, err := e.eventsOf(ctx, number)
		if err != nil {
			return err
		}
		events[w.name()] = float64(n) / float64(len(steps))
		say("%-6s %6.0f steps/s  p50 %s  p99 %s  first step p90 %s  one client %s  processor %s  %.1f history events per step", w.name(), median(rates),
			ms(median(p50s)), ms(median(p99s)), ms(median(firsts)), ms(median(ones)), ms(median(used)), events[w.name()])
	}
	say("")
	budget := func(what string, got, want float64, atLeast bool) {
		word, ok := "≥", got >= want
		if !atLeast {
			word, ok = "≤", got <= want
		}
		mark := "held"
		if !ok {
			mark = "MISSED"
		}
		say("%-58s %9.2f  (budget %s %g: %s)", what, got, word, want, mark)
	}
	byRound := func(of func(sample) []float64) map[string][][]float64 {
		at := map[string][][]float64{}
		for i, w := range ways {
			for _, s := range samples[i] {
				at[w.name()] = append(at[w.name()], of(s))
			}
		}
		return at
	}
	rates := byRound(func(s sample) []float64 { return s.rates })
	alone := byRound(func(s sample) []float64 { return s.alone })
	compare := func(what string, a, b [][]float64, want float64, atLeast bool) float64 {
		got, within := ratio(a, b)
		budget(fmt.Sprintf("%s (±%.2f)", what, within), got, want, atLeast)
		return got
	}
	floor := compare("steps/s inside Temporal, of the floor's", rates["ours"], rates["floor"], 0.85, true)
	usual := compare("steps/s inside Temporal, of the usual way's", rates["ours"], rates["usual"], 2, true)
	http := compare("steps/s over the whole HTTP path, of the floor's", rates["http"], rates["floor"], 0.70, true)
	budget("history events per human step", events["ours"], 7, false)
	compare("one client: median step, of the floor's", alone["ours"], alone["floor"], 1.3, false)
	budget("engine: acts/s decided and evolved on one core", pure, 200000, true)
	say("ratio_floor=%.2f ratio_usual=%.2f ratio_http=%.2f events_per_step=%.1f engine_steps_per_s=%.0f", floor, usual, http, events["ours"], pure)
	return nil
}

// ratio compares what two ways have measured in the rounds, turn by turn: the median of the rounds, and in a round
// that of the turns that came next to each other, so that a slow minute of the machine weighs on both sides. within is
// the standard error of a median of so many, as the turns of this run show it. Runs minutes apart differ by
// about twice as much: what else a machine does changes more slowly than the turns.
func ratio(a, b [][]float64) (middle, within float64) {
	var rounds, all []float64
	for r := range a {
		var pairs []float64
		for t, x := range b[r] {
			if len(a[r]) == len(b[r]) {
				pairs = append(pairs, a[r][t]/x)
			} else { // never side by side
				pairs = append(pairs, median(a[r])/x)
			}
		}
		rounds, all = append(rounds, median(pairs)), append(all, pairs...)
	}
	slices.Sort(all)
	half := all[len(all)*3/4] - all[len(all)/4] // holds half of them: 1.35 standard deviations, whatever strays beyond it
	return median(rounds), 1.25 * half / 1.35 / math.Sqrt(float64(len(all)))
}
