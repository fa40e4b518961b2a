package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
)

// Flush is what a workflow writes at once: new events of one case and the rows they change.
type Flush struct {
	Case string
	// First is the sequence of the first event, or the one after the last when Events is empty:
	// an empty flush takes away whatever lies behind First-1.
	First int64
	// Prev is the hash of event First-1 (hex), "" for First = 1.
	Prev string
	// Fence and Fence2 order flushes of one case: workflow time of the task and scheduling time
	// of the (local) activity, as Unix nanoseconds. Compared as a pair; equal is allowed.
	Fence, Fence2 int64
	// Durable is the last sequence flushed in an earlier workflow task, so known to be in history.
	Durable int64
	Events  []engine.Sealed
	// Changed are the rows that differ since the flush before, Full are all rows. Full is sent
	// only when the database asks for it.
	Changed, Full engine.Rows
}

// Refusal says why a flush was not written. It is a value: the workflow answers it.
type Refusal string

// The refusals (flush.md: retry with a higher fence; send the batch before again).
const (
	Written         Refusal = ""
	RefusedFence    Refusal = "fence"    // a later flush has been here
	RefusedGap      Refusal = "gap"      // events before First are missing
	RefusedDiverged Refusal = "diverged" // Prev is not the hash of the event there, or a confirmed event would change
	needsFull       Refusal = "full"
)

// FlushReply is the case's head after the flush (or as it is, when the flush was refused).
type FlushReply struct {
	Refused       Refusal
	LastSeq       int64
	Fence, Fence2 int64
	Confirmed     int64
}

const flushSQL = `SELECT refused, last_seq, fence, fence2, confirmed
	FROM flush_case($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`

// Flush writes events and rows in one transaction and one round trip; when the tail was replaced or
// the case is marked for rebuild, in two. It may be repeated with the same arguments.
//
// Errors: *ConstraintError (a bug: MarkAlarm), ErrUnavailable.
func (s *Store) Flush(ctx context.Context, f Flush) (FlushReply, error) {
	prev, err := hex.DecodeString(f.Prev)
	if err != nil {
		return FlushReply{}, fmt.Errorf("flush: previous hash: %w", err)
	}
	e, err := columnsOf(f.Events)
	if err != nil {
		return FlushReply{}, fmt.Errorf("flush: %w", err)
	}
	send := func(rows engine.Rows, full bool) (FlushReply, error) {
		body, err := rowsJSON(rows)
		if err != nil {
			return FlushReply{}, err
		}
		return s.flushes.do(ctx, flushCall{f.Case, []any{f.Case, f.First, prev, f.Fence, f.Fence2, f.Durable,
			e.at, e.kind, e.actorKind, e.actor, e.org, e.command, e.body, e.hash, body, full}})
	}
	reply, err := send(f.Changed, false)
	if err == nil && reply.Refused == needsFull {
		reply, err = send(f.Full, true)
	}
	return reply, wrap("flush", err)
}

// flushCall are the arguments of flush_case.
type flushCall struct {
	number string
	args   []any
}

func (s *Store) flushAll(ctx context.Context, calls []flushCall) ([]FlushReply, error) {
	args := make([][]any, len(calls))
	for i, c := range calls {
		args[i] = c.args
	}
	return together(ctx, s, flushSQL, args, func(row pgx.Row) (r FlushReply, err error) {
		return r, row.Scan(&r.Refused, &r.LastSeq, &r.Fence, &r.Fence2, &r.Confirmed)
	})
}

// eventColumns are events turned by ninety degrees: one array per column.
type eventColumns struct {
	at                                   []time.Time
	kind, actorKind, actor, org, command []string
	body, hash                           [][]byte
}

func columnsOf(events []engine.Sealed) (eventColumns, error) {
	n := len(events)
	c := eventColumns{
		at: make([]time.Time, n), kind: make([]string, n), actorKind: make([]string, n), actor: make([]string, n),
		org: make([]string, n), command: make([]string, n), body: make([][]byte, n), hash: make([][]byte, n),
	}
	for i, e := range events {
		hash, err := hex.DecodeString(e.Hash)
		if err != nil {
			return c, fmt.Errorf("event %d: hash: %w", e.Seq, err)
		}
		c.at[i], c.kind[i], c.actorKind[i], c.actor[i] = e.At, e.Type, string(e.By.Kind), e.By.ID
		c.org[i], c.command[i], c.body[i], c.hash[i] = e.By.Org, e.Command, e.Bytes, hash
	}
	return c, nil
}

// rowsJSON encodes rows for put_rows. PostgreSQL's jsonb cannot hold U+0000; what people typed may,
// and a read model shows U+FFFD there rather than stop the case. The log keeps the true bytes.
func rowsJSON(rows engine.Rows) ([]byte, error) {
	b, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("encode rows: %w", err)
	}
	return withoutNUL(b), nil
}

var (
	nul         = []byte(`\u0000`)
	replacement = []byte(`\ufffd`)
)

// withoutNUL replaces the escape \u0000 in JSON text, but not an escaped backslash before "u0000".
func withoutNUL(b []byte) []byte {
	if !bytes.Contains(b, nul) {
		return b
	}
	out := bytes.Clone(b)
	for i := 0; i < len(out); i++ {
		if out[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(out[i:], nul) {
			copy(out[i:], replacement)
		}
		i++ // the character after a backslash belongs to it
	}
	return out
}

// MarkAlarm marks a case whose flush the schema refused: the text is for operators and carries no
// personal data. The next accepted flush writes the whole read model.
func (s *Store) MarkAlarm(ctx context.Context, number, text string) error {
	return s.one(ctx, "mark alarm", `UPDATE case_head SET alarm = $2, rebuild = true WHERE case_no = $1`, number, text)
}

// ClearAlarm takes the mark away.
func (s *Store) ClearAlarm(ctx context.Context, number string) error {
	return s.one(ctx, "clear alarm", `UPDATE case_head SET alarm = '' WHERE case_no = $1`, number)
}

// RebuildRows writes the whole read model of a case again, from rows made of the log as it is stored
// up to seq. It changes nothing and answers false when the log has moved on meanwhile.
func (s *Store) RebuildRows(ctx context.Context, number string, seq int64, rows engine.Rows) (bool, error) {
	body, err := rowsJSON(rows)
	if err != nil {
		return false, err
	}
	done := false
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var last int64
		if err := tx.QueryRow(ctx, `SELECT last_seq FROM case_head WHERE case_no = $1 FOR NO KEY UPDATE`, number).Scan(&last); err != nil {
			return err
		}
		if last != seq {
			return nil
		}
		done = true
		if _, err := tx.Exec(ctx, `SELECT put_rows($1, $2, true)`, number, body); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE case_head SET rebuild = false, alarm = '' WHERE case_no = $1`, number)
		return err
	})
	return done, wrap("rebuild rows", err)
}

// one runs a statement that must touch exactly one row.
func (s *Store) one(ctx context.Context, op, sql string, args ...any) error {
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return wrap(op, err)
}
