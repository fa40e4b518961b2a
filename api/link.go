package api

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"errors"
)

// link knows whether Temporal answers. While it does not, acts are answered 202
// at once instead of after the full wait: their intents are stored, and the
// sweeper sends them when Temporal is back.
type link struct {
	client client.Client
	mu     sync.Mutex
	away   bool
	gone   chan struct{} // closed while away
}

const (
	probeInterval = 500 * time.Millisecond
	probeTimeout  = 2 * time.Second
	// probeFailures is how many probes in a row must fail: one slow answer on a
	// busy machine is no outage.
	probeFailures = 2
)

func newLink(c client.Client) *link { return &link{client: c, gone: make(chan struct{})} }

// run probes until ctx ends.
func (l *link) run(ctx context.Context) {
	tick := time.NewTicker(probeInterval)
	defer tick.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := l.probe(ctx)
		var refused *serviceerror.Unavailable
		switch {
		case err == nil:
			failures = 0
			l.set(false)
		case ctx.Err() != nil:
			return
		case errors.As(err, &refused):
			failures += probeFailures
		default:
			failures++
		}
		if failures >= probeFailures {
			l.set(true)
		}
	}
}

func (l *link) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, err := l.client.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

func (l *link) set(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case away && !l.away:
		close(l.gone)
	case !away && l.away:
		l.gone = make(chan struct{})
	}
	l.away = away
}

// up says whether Temporal answered last time.
func (l *link) up() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.away
}

// within gives a context that also ends when Temporal goes away.
func (l *link) within(ctx context.Context, wait time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	l.mu.Lock()
	gone := l.gone
	l.mu.Unlock()
	go func() {
		select {
		case <-gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
