package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// LookAt says for a while that somebody has a task before him, and gives the names of the others who have. What has run
// out goes with it, a few rows at a time and never one that another call is at.
func (s *Store) LookAt(ctx context.Context, number, task, account string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `WITH mine AS (
			INSERT INTO presence (case_no, task, account, until) VALUES ($1, $2, $3, now() + interval '15 seconds')
			ON CONFLICT (case_no, task, account) DO UPDATE SET until = excluded.until
		), over AS (
			DELETE FROM presence WHERE (case_no, task, account) IN (SELECT case_no, task, account FROM presence
				WHERE until < now() - interval '1 minute' AND account <> $3 ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED)
		)
		SELECT a.name FROM presence p JOIN account a ON a.id = p.account
		WHERE p.case_no = $1 AND p.task = $2 AND p.account <> $3 AND p.until > now() ORDER BY a.name, a.id`, number, task, account)
	if err != nil {
		return nil, wrap("look at task", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, wrap("look at task", err)
}

// Leave takes back what LookAt said.
func (s *Store) Leave(ctx context.Context, number, task, account string) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM presence WHERE case_no = $1 AND task = $2 AND account = $3", number, task, account)
	return wrap("leave task", err)
}
