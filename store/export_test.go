package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/jackc/pgx/v5"
)

// The queries of lists, for looking at their plans.
var (
	TaskQuery  = taskQuery
	CountQuery = countQuery
	CaseQuery  = caseQuery
)

// Ask asks the database once, as Run does.
func (p *Pulse) Ask(ctx context.Context, conn **pgx.Conn) error { return p.ask(ctx, conn) }

// NewGather makes a gather of calls named by strings, for looking at who is sent with whom.
func NewGather(send func(ctx context.Context, calls []string) ([]string, error)) func(ctx context.Context, call string) (string, error) {
	g := &gather[string, string]{key: func(call string) string { return call }, send: send}
	return g.do
}

// FlushGroup does flushes as one group.
func (s *Store) FlushGroup(ctx context.Context, flushes ...Flush) ([]FlushReply, error) {
	calls := make([]flushCall, len(flushes))
	for i := range flushes {
		prev, err := hex.DecodeString(flushes[i].Prev)
		if err != nil {
			return nil, err
		}
		calls[i] = flushCall{Flush: &flushes[i], prev: prev}
	}
	return s.flushAll(ctx, calls)
}

// RecordGroup records intents as one group and gives the time, or the error, of each.
func (s *Store) RecordGroup(ctx context.Context, intents ...Intent) ([]time.Time, []error, error) {
	calls := make([]intentCall, len(intents))
	for i := range intents {
		in := &intents[i]
		calls[i] = intentCall{in, printOf(string(in.Act), in.Case, in.By, in.Body)}
	}
	replies, err := s.recordAll(ctx, calls)
	times, errs := make([]time.Time, len(replies)), make([]error, len(replies))
	for i, r := range replies {
		times[i], errs[i] = r.RecordedAt, r.err
	}
	return times, errs, err
}
