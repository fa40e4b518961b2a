package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Topic is what a wake-up is about.
type Topic string

// The topics. A wake-up carries nothing else: whoever is woken reads.
const (
	TopicFeed      Topic = "feed"      // entries were appended to the feed
	TopicClock     Topic = "clock"     // the business clock was moved
	TopicCatalogue Topic = "catalogue" // a definition, calendar or organisation was changed
)

// channel is one for all topics. Only rare or batched writes notify: PostgreSQL takes one global
// lock at the commit of every transaction that does.
const channel = "lianban"

// Listener turns PostgreSQL's notifications of one connection into wake-ups for any number of
// subscribers. They are hints: none is kept while the connection is down, and after it is back
// everybody is woken once.
type Listener struct {
	store *Store
	mu    sync.Mutex
	subs  map[*subscriber]struct{}
}

type subscriber struct {
	topic Topic
	wake  chan struct{}
}

// NewListener makes a listener; Run makes it work.
func (s *Store) NewListener() *Listener {
	return &Listener{store: s, subs: map[*subscriber]struct{}{}}
}

// Subscribe gives a channel that is readable after something about the topic happened; several
// wake-ups nobody has read yet are one. cancel ends it; the channel is not closed.
func (l *Listener) Subscribe(topic Topic) (wake <-chan struct{}, cancel func()) {
	sub := &subscriber{topic: topic, wake: make(chan struct{}, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.subs[sub] = struct{}{}
	return sub.wake, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.subs, sub)
	}
}

const reconnectDelay = time.Second

// Run listens until ctx ends, connecting again when the connection is lost; such errors are given to failed.
func (l *Listener) Run(ctx context.Context, failed func(error)) {
	for {
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		failed(wrap("listen", err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(reconnectDelay):
		}
	}
}

func (l *Listener) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.store.pool.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	l.wake("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		l.wake(Topic(n.Payload))
	}
}

// wake wakes the subscribers of a topic, or all.
func (l *Listener) wake(topic Topic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for sub := range l.subs {
		if topic != "" && sub.topic != topic {
			continue
		}
		select {
		case sub.wake <- struct{}{}:
		default:
		}
	}
}

// Notify wakes the subscribers of all processes.
func (s *Store) Notify(ctx context.Context, topic Topic) error {
	_, err := s.pool.Exec(ctx, "SELECT pg_notify($1, $2)", channel, string(topic))
	return wrap("notify", err)
}
