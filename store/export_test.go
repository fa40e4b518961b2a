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
