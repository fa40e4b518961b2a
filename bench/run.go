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
	// Rounds, Clients and Cases per way and round; 0: 5, 32 and 96.
	Rounds, Clients, Cases int
	// Profile is a folder for a processor profile of each way's loaded part, all rounds of a way in files
	// of its own (read with `go tool pprof`); empty: none are written. Taking them costs a few per cent.
	Profile string
	// Out gets the report; required.
	Out io.Writer
}

func (o *Options) defaults() {
	o.Rounds, o.Clients, o.Cases = cmp.Or(o.Rounds, 5), cmp.Or(o.Clients, 32), cmp.Or(o.Cases, 96)
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

// sample is what one round of one way measured.
type sample struct {
	perSecond float64
	p50, p99  time.Duration // of single steps under load
	first     time.Duration // nine in ten first steps of a case under load took no longer
	single    time.Duration // median of one client alone
	processor used          // for one step under load
	cores     float64       // in use under load: below the machine's number, somebody waited
	allocated uint64        // bytes this process took for one step
	collected uint32        // times its memory was collected meanwhile
	queued    time.Duration // a step waited for a connection of the read model
	cases     []string
}

// runRound starts the cases, lets them come to rest, then times their steps.
//
// Memory is collected first: else what one way has left is cleared away in the time of another, and
// which one pays for it is chance.
func (e *env) runRound(ctx context.Context, w way, label string, opts *Options) (sample, error) {
	numbers := make([]string, opts.Cases)
	err := parallel(opts.Clients, opts.Cases, func(i int) (err error) {
		numbers[i], err = w.start(ctx, fmt.Sprintf("%s-%s-%d", w.name(), label, i))
		return err
	})
	if err != nil {
		return sample{}, fmt.Errorf("%s: start: %w", w.name(), err)
	}
	for _, number := range numbers {
		if err := e.rest(ctx, number); err != nil {
			return sample{}, fmt.Errorf("%s: rest after the start: %w", w.name(), err)
		}
	}
	runtime.GC()
	lat := make([]time.Duration, opts.Cases*len(steps))
	profiled, err := profile(opts.Profile, w.name()+"-"+label)
	if err != nil {
		return sample{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	queued := e.store.Pool().Stat().EmptyAcquireWaitTime()
	start := processorTime()
	began := time.Now()
	err = parallel(opts.Clients, opts.Cases, func(i int) error { return oneCase(ctx, w, numbers[i], lat[i*len(steps):]) })
	took := time.Since(began)
	used := processorTime().since(start, len(lat))
	if err := errors.Join(err, profiled()); err != nil {
		return sample{}, fmt.Errorf("%s: %w", w.name(), err)
	}
	runtime.ReadMemStats(&after)
	n := time.Duration(len(lat))
	s := sample{
		perSecond: float64(len(lat)) / took.Seconds(), cases: numbers, processor: used, cores: used.all().Seconds() * float64(len(lat)) / took.Seconds(),
		allocated: (after.TotalAlloc - before.TotalAlloc) / uint64(n), collected: after.NumGC - before.NumGC,
		queued: (e.store.Pool().Stat().EmptyAcquireWaitTime() - queued) / n,
	}
	s.p50, s.p99 = quantile(lat, 0.5), quantile(lat, 0.99)
	firsts := make([]time.Duration, opts.Cases)
	for i := range firsts {
		firsts[i] = lat[i*len(steps)]
	}
	s.first = quantile(firsts, 0.9)

	const alone = 6
	one := make([]time.Duration, alone*len(steps))
	for i := range alone {
		number, err := w.start(ctx, fmt.Sprintf("%s-%s-one-%d", w.name(), label, i))
		if err == nil {
			err = oneCase(ctx, w, number, one[i*len(steps):])
		}
		if err != nil {
			return sample{}, fmt.Errorf("%s alone: %w", w.name(), err)
		}
	}
	s.single = quantile(one, 0.5)
	if rest, ok := w.(settler); ok {
		if err := rest.settle(ctx); err != nil {
			return sample{}, fmt.Errorf("%s: %w", w.name(), err)
		}
	}
	return s, nil
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

// oneCase does all steps of a case one after another.
func oneCase(ctx context.Context, w way, number string, lat []time.Duration) error {
	for nth := range steps {
		began := time.Now()
		if err := w.step(ctx, number, nth); err != nil {
			return fmt.Errorf("step %s: %w", steps[nth], err)
		}
		lat[nth] = time.Since(began)
	}
	return nil
}

// parallel runs n jobs on so many clients and gives the first error.
func parallel(clients, n int, job func(i int) error) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var once sync.Once
	var first error
	for range min(clients, n) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
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

func median[T cmp.Ordered](v []T) T {
	sorted := slices.Sorted(slices.Values(v))
	return sorted[len(sorted)/2]
}
