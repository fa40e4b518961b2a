// Package clock is the business clock of a process.
//
// Business time is real time plus a lead that the database keeps for all
// processes of an installation. Only `dev` and tests move it, and only forward:
// timers that fall due on the way fire, and nothing is ever back-dated.
//
//	process A ──Advance──▶ PostgreSQL (forward only) ──NOTIFY──▶ every process: Run reads the lead
//
// A process that cannot reach the database goes on with the lead it knows and
// looks again every second.
package clock

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lianban/store"
)

// ErrBackward: the instant asked for lies before business time.
var ErrBackward = errors.New("the business clock only moves forward")

// poll is how often the lead is read without a wake-up: a notification can be
// lost with its connection.
const poll = time.Second

// Clock is the business clock as this process knows it. It is safe for
// concurrent use.
type Clock struct {
	store *store.Store
	real  func() time.Time
	ahead atomic.Int64 // nanoseconds, never falling
}

// Open reads the clock. real is the machine's clock; nil: time.Now.
func Open(ctx context.Context, s *store.Store, real func() time.Time) (*Clock, error) {
	if real == nil {
		real = time.Now
	}
	c := &Clock{store: s, real: real}
	return c, c.read(ctx)
}

// Now is business time, UTC, in microseconds: the precision the log keeps.
func (c *Clock) Now() time.Time { return c.Real().Add(c.Offset()).Truncate(time.Microsecond) }

// Real is the machine's time, UTC: for sessions, limits on attempts and anything
// else that business time must not make expire.
func (c *Clock) Real() time.Time { return c.real().UTC() }

// Offset is how far business time is ahead of real time; never negative.
func (c *Clock) Offset() time.Duration { return time.Duration(c.ahead.Load()) }

// Advance moves the clock of all processes to an instant of business time and
// returns its lead. An instant before business time is ErrBackward; of two
// processes that move it at once the farther one counts.
func (c *Clock) Advance(ctx context.Context, to time.Time) (time.Duration, error) {
	ahead := to.Sub(c.Real())
	if ahead < c.Offset() {
		return 0, ErrBackward
	}
	now, err := c.store.MoveBusinessClock(ctx, ahead)
	if err != nil {
		return 0, fmt.Errorf("advance the business clock: %w", err)
	}
	c.raise(now)
	return c.Offset(), nil
}

// Run follows the clock of other processes until ctx ends. moved is called after
// each change this process learns of here; nil: nobody wants to know. failed gets
// errors of reading.
func (c *Clock) Run(ctx context.Context, listener *store.Listener, moved func(), failed func(error)) {
	wake, cancel := listener.Subscribe(store.TopicClock)
	defer cancel()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	known := c.Offset()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
		if err := c.read(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		if now := c.Offset(); now != known {
			known = now
			if moved != nil {
				moved()
			}
		}
	}
}

func (c *Clock) read(ctx context.Context) error {
	ahead, err := c.store.BusinessAhead(ctx)
	if err != nil {
		return err
	}
	c.raise(ahead)
	return nil
}

// raise takes over a lead, forward only: an answer that was on its way while
// the clock moved must not turn it back.
func (c *Clock) raise(ahead time.Duration) {
	for {
		have := c.ahead.Load()
		if int64(ahead) <= have || c.ahead.CompareAndSwap(have, int64(ahead)) {
			return
		}
	}
}
