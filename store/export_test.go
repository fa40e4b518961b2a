package store

import (
	"context"

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
