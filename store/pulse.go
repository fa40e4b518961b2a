package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pulse knows whether the database answers. It asks on a connection of its own: a pool whose
// connections are all at work is no outage, and a server that hangs, with its connections open, is one
// that no call on the pool would notice by itself.
type Pulse struct {
	store *Store

	mu   sync.Mutex
	away bool
	gone chan struct{} // closed while the database is away
}

const (
	pulseInterval = 500 * time.Millisecond
	pulseTimeout  = time.Second
	// pulseFailures is how many questions in a row must find no answer: a slow one on a busy machine
	// is no outage. A refused connection counts at once.
	pulseFailures = 2
)

// NewPulse makes a pulse that takes the database to be there until Run finds out.
func (s *Store) NewPulse() *Pulse { return &Pulse{store: s, gone: make(chan struct{})} }

// Run asks until ctx ends.
func (p *Pulse) Run(ctx context.Context) {
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close(context.WithoutCancel(ctx)) // it is idle or broken
		}
	}()
	failures := 0
	for pause := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		err := p.ask(ctx, &conn)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			failures, pause = 0, pulseInterval
		case errors.Is(err, context.DeadlineExceeded):
			failures, pause = failures+1, 0 // ask again at once
		default:
			failures, pause = failures+pulseFailures, pulseInterval
		}
		p.set(failures >= pulseFailures)
	}
}

// ask asks once, on the connection there is or a new one.
func (p *Pulse) ask(ctx context.Context, conn **pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, pulseTimeout)
	defer cancel()
	if *conn != nil && (*conn).IsClosed() {
		*conn = nil
	}
	kept := *conn != nil
	if !kept {
		var err error
		if *conn, err = pgx.ConnectConfig(ctx, p.store.pool.Config().ConnConfig.Copy()); err != nil {
			*conn = nil
			return errors.Join(err, ctx.Err())
		}
	}
	err := (*conn).Ping(ctx)
	switch {
	case err == nil:
		return nil
	case kept && ctx.Err() == nil && (*conn).IsClosed():
		// The connection broke: that the database has gone since is not said by it. It may be back.
		*conn = nil
		return p.ask(ctx, conn)
	}
	return errors.Join(err, ctx.Err()) // pgx has closed the connection
}

func (p *Pulse) set(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case away && !p.away:
		close(p.gone)
	case !away && p.away:
		p.gone = make(chan struct{})
	}
	p.away = away
}

// Alive says whether the database answered last time.
func (p *Pulse) Alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.away
}

// Within gives a context that also ends when the database goes away, with ErrUnavailable as its cause;
// when it is away already, at once. cancel must be called.
func (p *Pulse) Within(ctx context.Context) (_ context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	p.mu.Lock()
	gone, away := p.gone, p.away
	p.mu.Unlock()
	if away {
		end(ErrUnavailable)
		return ctx, func() { end(nil) }
	}
	stop := make(chan struct{})
	go func() {
		select {
		case <-gone:
			end(ErrUnavailable)
		case <-stop:
		case <-ctx.Done():
		}
	}()
	return ctx, sync.OnceFunc(func() { close(stop); end(nil) })
}
