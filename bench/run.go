package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how much to measure. The zero value is the full run.
type Options struct {
	// Dir is a folder for the private servers' data; empty: a temporary one.
	Dir string
	// Rounds, turns each way has in a round (one that lingers: half of them), clients, and cases per way
	// and turn; 0: as in [Full].
	Rounds, Turns, Clients, Cases int
	// Profile is a folder for a processor profile of each way's loaded part, all rounds of a way in files
	// of its own (read with `go tool pprof`); empty: none are written. Taking them costs a few per cent.
	Profile string
	// Out gets the report; required.
	Out io.Writer
}

// Full is how much a full run measures. It takes about a quarter of an hour on two cores.
var Full = Options{Rounds: 5, Turns: 12, Clients: 32, Cases: 64}

func (o *Options) defaults() {
	o.Rounds, o.Turns = cmp.Or(o.Rounds, Full.Rounds), cmp.Or(o.Turns, Full.Turns)
	o.Clients, o.Cases = cmp.Or(o.Clients, Full.Clients), cmp.Or(o.Cases, Full.Cases)
}

// way is one way to do the steps.
type way interface {
	name() string
	// start begins a case and returns its number.
	start(ctx context.Context, id string) (string, error)
	// step does the nth step and returns when its caller would have his answer.
	step(ctx context.Context, number string, nth int) error
}

// settler is a way with something left to write when its time has been taken.
type settler interface {
	settle(ctx context.Context) error
}

// lingerer is a way that leaves timers behind: so long after its last step they still go off.
type lingerer interface {
	lingers() time.Duration
}

// sample is what one round of one way measured.
type sample struct {
	rates     []float64     // steps per second under load, by turn
	p50, p99  time.Duration // of single steps under load
	first     time.Duration // nine in ten first steps of a case under load took no longer
	alone     []float64     // seconds a step of one client alone takes, median by turn
	processor used          // for one step under load
	cores     float64       // in use under load: below the machine's number, somebody waited
	allocated uint64        // bytes this process took for one step
	queued    time.Duration // a step waited for a connection of the read model
	cases     []string
}

// loaded is what a way has done in one round, turn by turn.
type loaded struct {
	cases   []string
	lat     []time.Duration // of single steps under load, case by case
	rates   []float64       // steps per second, by turn
	alone   []float64       // seconds a step of one client alone took, median by turn
	reading                 // while all clients had something to do
}

// turn starts cases, lets everything come to rest, then times their steps.
//
// Taken are the steps until the first client finds nothing more to do: after that there are fewer and
// fewer, and how well a machine does with few of them is what being alone is measured for.
//
// What a way leaves to be done when its last step is answered (workflows that are closed, lists that
// follow) belongs to it too: it is waited for, and its part of that processor time is added as if it had
// been done meanwhile. Else the way that comes next would pay.
//
// Memory is collected before and after, not meanwhile: else what one way has left is cleared away in
// the time of another, and which one pays for it is chance. Each turn then pays the part of a
// collection that what it has taken would have brought about (wage).
func (e *env) turn(ctx context.Context, w way, label string, opts *Options, l *loaded) error {
	numbers := make([]string, opts.Cases)
	err := parallel(opts.Clients, opts.Cases, func(i int) (err error) {
		numbers[i], err = w.start(ctx, fmt.Sprintf("%s-%s-%d", w.name(), label, i))
		return err
	}, func() {})
	if err != nil {
		return fmt.Errorf("%s: start: %w", w.name(), err)
	}
	for _, number := range numbers {
		if err := e.rest(ctx, number); err != nil {
			return fmt.Errorf("%s: rest after the start: %w", w.name(), err)
		}
	}
	if _, err := calm(ctx); err != nil {
		return err
	}
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	lat := make([]time.Duration, opts.Cases*len(steps))
	profiled, err := profile(opts.Profile, w.name()+"-"+label)
	if err != nil {
		return err
	}
	m := e.meter()
	var r reading
	var done atomic.Int64
	err = parallel(opts.Clients, opts.Cases, func(i int) error {
		return oneCase(ctx, w, numbers[i], lat[i*len(steps):], &done)
	}, func() { r = m.read(done.Load()) })
	if err := errors.Join(err, profiled()); err != nil {
		return fmt.Errorf("%s: %w", w.name(), err)
	}
	left, err := calm(ctx)
	if err != nil {
		return err
	}
	wage, err := wage(r.allocated)
	if err != nil {
		return err
	}
	r.owes(left.each(len(lat)).times(r.steps))
	r.owes(used{own: wage})
	l.cases, l.lat = append(l.cases, numbers...), append(l.lat, lat...)
	l.rates, l.reading = append(l.rates, float64(r.steps)/r.took.Seconds()), l.and(r)
	return settle(ctx, w)
}

// meter is what the clocks and counters say at a moment.
type meter struct {
	e         *env
	began     time.Time
	processor used
	allocated uint64
	queued    time.Duration
}

func (e *env) meter() meter {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return meter{e: e, queued: e.store.Pool().Stat().EmptyAcquireWaitTime(), allocated: mem.TotalAlloc, processor: processorTime(), began: time.Now()}
}

// reading is what so many steps have taken.
type reading struct {
	steps     int64
	took      time.Duration
	processor used
	allocated uint64
	queued    time.Duration // waited for a connection of the read model, all together
}

func (m meter) read(steps int64) reading {
	took := time.Since(m.began)
	now := m.e.meter()
	return reading{steps, took, now.processor.since(m.processor), now.allocated - m.allocated, now.queued - m.queued}
}

// owes adds processor time that was not used within the time taken, as if all cores had been at it.
func (r *reading) owes(u used) {
	r.processor, r.took = r.processor.and(u), r.took+u.all()/time.Duration(runtime.NumCPU())
}

func (r reading) and(s reading) reading {
	return reading{r.steps + s.steps, r.took + s.took, r.processor.and(s.processor), r.allocated + s.allocated, r.queued + s.queued}
}

// settle lets a way write what it has kept for after its time.
func settle(ctx context.Context, w way) error {
	if rest, ok := w.(settler); ok {
		if err := rest.settle(ctx); err != nil {
			return fmt.Errorf("%s: %w", w.name(), err)
		}
	}
	return nil
}

// wage collects memory and gives the processor time of it that so many bytes taken have to pay: with
// the collector as in dev, a collection comes after [gcPercent] per cent of what lives on.
func wage(allocated uint64) (time.Duration, error) {
	before, err := coreTime()
	if err != nil {
		return 0, err
	}
	runtime.GC()
	after, err := coreTime()
	if err != nil {
		return 0, err
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return time.Duration(float64(after-before) * float64(allocated) / (float64(m.HeapAlloc) * gcPercent / 100)), nil
}

// perSecond is the median of the turns, so that one that something else fell into does not count.
func (s *sample) perSecond() float64 { return median(s.rates) }

// single is what one client alone waits for a step, the median of the turns.
func (s *sample) single() time.Duration { return time.Duration(median(s.alone) * float64(time.Second)) }

// sum is what the turns of a round come to: steps per second turn by turn, all else on average.
func (l *loaded) sum() sample {
	n := int(l.steps)
	s := sample{
		rates: l.rates, alone: l.alone, cases: l.cases,
		processor: l.processor.each(n), cores: l.processor.all().Seconds() / l.took.Seconds(),
		allocated: l.allocated / uint64(n), queued: l.queued / time.Duration(n),
		p50: quantile(l.lat, 0.5), p99: quantile(l.lat, 0.99),
	}
	firsts := make([]time.Duration, len(l.cases))
	for i := range firsts {
		firsts[i] = l.lat[i*len(steps)]
	}
	s.first = quantile(firsts, 0.9)
	return s
}

// A single client's turn has few cases, and there are as many turns as make up for it: so the ways are close
// together, and each is measured as it is where it is the only one, with what it uses at hand.
const aloneTurns, aloneCases = 8, 8

// alone lets one client at a time do cases, each way of a group in its turn, with nobody else at work.
func (e *env) alone(ctx context.Context, ways []way, group []int, nth int, loads []loaded) error {
	for turn := range aloneTurns {
		for _, of := range order(group, turn+nth) {
			lat, err := e.aloneTurn(ctx, ways[of], fmt.Sprintf("r%d-one-%d", nth, turn+1))
			if err != nil {
				return fmt.Errorf("%s alone: %w", ways[of].name(), err)
			}
			loads[of].alone = append(loads[of].alone, median(lat).Seconds())
		}
	}
	return nil
}

func (e *env) aloneTurn(ctx context.Context, w way, label string) ([]time.Duration, error) {
	if _, err := calm(ctx); err != nil {
		return nil, err
	}
	lat := make([]time.Duration, aloneCases*len(steps))
	var done atomic.Int64
	for i := range aloneCases {
		number, err := w.start(ctx, fmt.Sprintf("%s-%s-%d", w.name(), label, i))
		if err != nil {
			return nil, err
		}
		if err := e.rest(ctx, number); err != nil {
			return nil, err
		}
		if err := oneCase(ctx, w, number, lat[i*len(steps):], &done); err != nil {
			return nil, err
		}
	}
	return lat, settle(ctx, w)
}

// profile begins a processor profile in dir and gives what ends it.
func profile(dir, name string) (end func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, name+".pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// rest waits until a case's workflow has done all it was given: its start is answered before that,
// and is no step.
func (e *env) rest(ctx context.Context, number string) error {
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		d, err := e.client.DescribeWorkflowExecution(ctx, number, "")
		if err != nil || d.GetPendingWorkflowTask() == nil {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// oneCase does all steps of a case one after another, and counts them.
func oneCase(ctx context.Context, w way, number string, lat []time.Duration, done *atomic.Int64) error {
	for nth := range steps {
		began := time.Now()
		if err := w.step(ctx, number, nth); err != nil {
			return fmt.Errorf("step %s: %w", steps[nth], err)
		}
		lat[nth] = time.Since(began)
		done.Add(1)
	}
	return nil
}

// parallel runs n jobs on so many clients and gives the first error. idle is called once, by the first
// client that finds no job left.
func parallel(clients, n int, job func(i int) error, idle func()) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var once, out sync.Once
	var first error
	for range min(clients, n) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					out.Do(idle)
					return
				}
				if err := job(i); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	group.Wait()
	return first
}

func quantile(lat []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(lat))
	return sorted[int(math.Min(float64(len(sorted)-1), q*float64(len(sorted))))]
}

func median[T ~int64 | ~float64](v []T) T {
	sorted := slices.Sorted(slices.Values(v))
	n := len(sorted)
	return sorted[(n-1)/2] + (sorted[n/2]-sorted[(n-1)/2])/2
}
