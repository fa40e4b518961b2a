package api

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"lianban/contract"
	"lianban/store"
)

const (
	sweepBatch = 100
	// sweepLease is how long what a sweeper has taken is its own. It is longer than
	// an act is waited for.
	sweepLease = 15 * time.Second
	sweepWidth = 8
)

// sweepLoop sends what has no answer yet: starts first, then acts by age, then
// asks cases whose last rows nobody has confirmed. Any number of processes may
// run it: what one has taken the others leave alone for a while, and everything
// it does may be done twice.
func (s *Server) sweepLoop(ctx context.Context) {
	tick := time.NewTicker(s.cfg.Sweep)
	defer tick.Stop()
	for {
		if s.temporal.up() {
			s.fault("sweep starts", s.sweepStarts(ctx))
			s.fault("sweep acts", s.sweepActs(ctx))
			s.fault("sweep tails", s.sweepTails(ctx))
			s.fault("sweep calendars", s.sweepCalendars(ctx))
			s.fault("sweep posts", s.sweepPosts(ctx))
			s.fault("sweep arrivals", s.sweepArrivals(ctx))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Server) sweepStarts(ctx context.Context) error {
	for {
		list, err := s.cfg.Store.UnstartedCases(ctx, sweepBatch, sweepLease)
		if err != nil || len(list) == 0 {
			return err
		}
		parallel(len(list), sweepWidth, func(i int) {
			wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
			defer cancel()
			s.metrics.swept.WithLabelValues("start").Inc()
			s.fault("start", s.begin(wait, list[i]))
		})
		if len(list) < sweepBatch || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (s *Server) sweepActs(ctx context.Context) error {
	for {
		list, err := s.cfg.Store.ClaimUnanswered(ctx, sweepBatch, sweepLease)
		if err != nil || len(list) == 0 {
			return err
		}
		// Acts of one case one after another, by age: they come sorted by case.
		var cases [][]store.Command
		for i, c := range list {
			if i == 0 || list[i-1].Case != c.Case {
				cases = append(cases, nil)
			}
			cases[len(cases)-1] = append(cases[len(cases)-1], c)
		}
		parallel(len(cases), sweepWidth, func(i int) {
			for _, c := range cases[i] {
				if _, ok := s.answers.get(c.Key); ok {
					continue
				}
				wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
				s.metrics.swept.WithLabelValues("act").Inc()
				_, known := s.carry(wait, c, true)
				cancel()
				if !known {
					return // those after it wait for their turn
				}
			}
		})
		if len(list) < sweepBatch || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (s *Server) sweepTails(ctx context.Context) error {
	list, err := s.cfg.Store.UnconfirmedTails(ctx, tailAge, sweepBatch)
	if err != nil {
		return err
	}
	parallel(len(list), sweepWidth, func(i int) {
		wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
		defer cancel()
		s.metrics.swept.WithLabelValues("tail").Inc()
		s.fault("reflush", s.reflush(wait, list[i].Case))
	})
	return nil
}

// parallel calls work for 0 to n-1, width at a time, and waits.
func parallel(n, width int, work func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, width) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
}

// keySpace is the name space of keys made of other keys.
var keySpace = uuid.MustParse("6f0b3f0e-3c57-5b6e-9a52-0f6d2b8a7c41")

// derivedKey is the key of one act of a batch: always the same for the same one.
func derivedKey(batch, number, task string) string {
	return uuid.NewSHA1(keySpace, fmt.Appendf(nil, "%s\x00%s\x00%s", batch, number, task)).String()
}

// moves is what this process knows of moves of the business clock.
type moves struct {
	once sync.Once
	ch   chan struct{}
	told atomic.Int64 // the lead open cases were told of, nanoseconds
}

func (m *moves) channel() chan struct{} {
	m.once.Do(func() { m.ch = make(chan struct{}, 1) })
	return m.ch
}

func (m *moves) wake() {
	select {
	case m.channel() <- struct{}{}:
	default:
	}
}

// heraldLoop tells cases that live that the business clock was moved, until all have
// been told: their timers run in real time and must be set anew. A case that is
// told twice, or late, comes to no harm.
func (s *Server) heraldLoop(ctx context.Context) {
	tick := time.NewTicker(s.cfg.Sweep)
	defer tick.Stop()
	for {
		if s.temporal.up() {
			s.fault("clock", s.herald(ctx))
		}
		select {
		case <-ctx.Done():
			return
		case <-s.moves.channel():
		case <-tick.C:
		}
	}
}

// herald tells every case that is not over the clock's lead, unless all know it already.
func (s *Server) herald(ctx context.Context) error {
	lead := s.cfg.Clock.Offset()
	if int64(lead) <= s.moves.told.Load() {
		return nil
	}
	var failed atomic.Value
	for after := ""; ; {
		list, err := s.cfg.Store.LivingCases(ctx, after, store.MaxPage)
		if err != nil {
			return err
		}
		parallel(len(list), sweepWidth, func(i int) {
			err := s.cfg.Temporal.SignalWorkflow(ctx, contract.WorkflowID(list[i]), "", contract.ClockSignal, contract.ClockMoved{Offset: lead})
			if fate := contract.FateOf(err); fate != contract.Done && fate != contract.Gone {
				failed.Store(err)
			}
		})
		if len(list) < store.MaxPage {
			break
		}
		after = list[len(list)-1]
	}
	if err, ok := failed.Load().(error); ok {
		return fmt.Errorf("tell open cases that the clock was moved: %w", err)
	}
	for {
		told := s.moves.told.Load()
		if told >= int64(lead) || s.moves.told.CompareAndSwap(told, int64(lead)) {
			return nil
		}
	}
}
