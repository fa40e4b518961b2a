package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"lianban/store/dbsqlc"
)

// Confirmed says that a case's event is known to be in history.
type Confirmed struct {
	Case string
	Seq  int64
	// Hash is the event's hash. Where the log holds another event at Seq (of a decision that was
	// lost), nothing is confirmed. Empty trusts the log as it is: only for callers that have just
	// compared it.
	Hash string
}

// Confirm raises what is certain of the cases, in one statement. It returns how many moved.
func (s *Store) Confirm(ctx context.Context, list []Confirmed) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	cases, seqs, hashes := make([]string, len(list)), make([]int64, len(list)), make([][]byte, len(list))
	for i, c := range list {
		h, err := hex.DecodeString(c.Hash)
		if err != nil {
			return 0, fmt.Errorf("confirm: hash: %w", err)
		}
		cases[i], seqs[i], hashes[i] = c.Case, c.Seq, notNull(h)
	}
	var n int
	err := s.pool.QueryRow(ctx, `SELECT confirm_cases($1, $2, $3)`, cases, seqs, hashes).Scan(&n)
	return n, wrap("confirm", err)
}

// UnconfirmedTails gives cases whose last rows nobody has confirmed for age: their workflow is to
// be asked. Oldest first.
func (s *Store) UnconfirmedTails(ctx context.Context, age time.Duration, limit int) ([]Head, error) {
	rows, err := s.q.UnconfirmedTails(ctx, dbsqlc.UnconfirmedTailsParams{Age: age, Most: int32(limit)})
	return heads(rows), wrap("unconfirmed tails", err)
}

// Head is how far a case's log goes.
type Head struct {
	Case          string
	LastSeq       int64
	LastHash      string
	Fence, Fence2 int64
	Confirmed     int64
	Rebuild       bool
	Alarm         string
}

// HeadOf gives a case's head (ErrNotFound).
func (s *Store) HeadOf(ctx context.Context, number string) (Head, error) {
	r, err := s.q.Head(ctx, number)
	return head(r), wrap("head", err)
}

// Alarms gives the cases that bear an alarm, by number, after the number given.
func (s *Store) Alarms(ctx context.Context, after string, limit int) ([]Head, error) {
	rows, err := s.q.Alarms(ctx, dbsqlc.AlarmsParams{After: after, Most: int32(limit)})
	return heads(rows), wrap("alarms", err)
}

func head(r dbsqlc.CaseHead) Head {
	return Head{Case: r.CaseNo, LastSeq: r.LastSeq, LastHash: hexOf(r.LastHash), Fence: r.Fence, Fence2: r.Fence2,
		Confirmed: r.ConfirmedSeq, Rebuild: r.Rebuild, Alarm: r.Alarm}
}

func heads(rows []dbsqlc.CaseHead) []Head {
	out := make([]Head, len(rows))
	for i, r := range rows {
		out[i] = head(r)
	}
	return out
}

const publishBatch = 1000

// Publish appends what is newly confirmed to the feed and returns how many entries it appended.
// Any number of processes may call it; one works at a time and the others return 0 at once.
func (s *Store) Publish(ctx context.Context) (int, error) {
	total := 0
	for {
		var taken, appended int
		if err := s.pool.QueryRow(ctx, `SELECT taken, appended FROM publish_feed($1)`, publishBatch).Scan(&taken, &appended); err != nil {
			return total, wrap("publish", err)
		}
		total += appended
		if taken < publishBatch {
			return total, nil
		}
	}
}

// RunPublisher publishes whenever nudge gives a value, and at least once per interval, until ctx ends.
// Every api and worker may run it. Errors are given to failed (the database may be away for a while).
func (s *Store) RunPublisher(ctx context.Context, interval time.Duration, nudge <-chan struct{}, failed func(error)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if _, err := s.Publish(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-nudge:
		case <-tick.C:
		}
	}
}

// FeedEntry is one step of the feed: events From to To of a case have become certain.
type FeedEntry struct {
	Position int64
	Case     string
	From, To int64
	At       time.Time
	// Hash is that of event To, Chain the feed's own chain up to this entry.
	Hash, Chain string
}

// Feed gives the entries after a position, in order. An entry read once never changes, and none is
// ever added before it.
func (s *Store) Feed(ctx context.Context, after int64, limit int) ([]FeedEntry, error) {
	rows, err := s.q.Feed(ctx, dbsqlc.FeedParams{Position: after, Most: int32(limit)})
	out := make([]FeedEntry, len(rows))
	for i, r := range rows {
		out[i] = FeedEntry{Position: r.Position, Case: r.CaseNo, From: r.FromSeq, To: r.ToSeq, At: r.At.UTC(), Hash: hexOf(r.Hash), Chain: hexOf(r.Chain)}
	}
	return out, wrap("feed", err)
}

// FeedEnd is the position of the last entry, 0 when there is none.
func (s *Store) FeedEnd(ctx context.Context) (int64, error) {
	p, err := s.q.FeedEnd(ctx)
	return p, wrap("feed end", err)
}

// FeedCursor is a place in the feed of single events: after event Seq of the entry at Position.
type FeedCursor struct {
	Position, Seq int64
}

// FeedEvent is a certain event with its place in the feed.
type FeedEvent struct {
	StoredEvent
	Cursor FeedCursor
}

// FeedEvents gives certain events after a cursor, in feed order. With orgs, only of cases one of
// them may see.
func (s *Store) FeedEvents(ctx context.Context, after FeedCursor, orgs []string, limit int) ([]FeedEvent, error) {
	rows, err := s.q.FeedEvents(ctx, dbsqlc.FeedEventsParams{Position: after.Position, Seq: after.Seq, Orgs: orgs, Most: int32(limit)})
	out := make([]FeedEvent, len(rows))
	for i, r := range rows {
		out[i] = FeedEvent{StoredEvent: storedEvent(r.CaseEvent), Cursor: FeedCursor{Position: r.Position, Seq: r.CaseEvent.Seq}}
		out[i].Confirmed = true
	}
	return out, wrap("feed events", err)
}
