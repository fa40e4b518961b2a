package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

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
	Changed engine.Rows
	Full    engine.AllRows
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
	reply, err := s.flushes.do(ctx, flushCall{Flush: &f, prev: prev})
	if err == nil && reply.Refused == needsFull {
		reply, err = s.flushes.do(ctx, flushCall{Flush: &f, prev: prev, full: true})
	}
	return reply, wrap("flush", err)
}

// flushCall is a flush to be sent: the rows that differ, or all. Events and rows are encoded when it is,
// those of a whole group one after another, which is quicker than each at a time of its own.
type flushCall struct {
	*Flush
	prev []byte
	full bool
}

func (c *flushCall) rows() engine.Rows {
	if c.full {
		return c.Full()
	}
	return c.Changed
}

// flushAll writes flushes of several cases. Those that are out of the ordinary (a refusal, all rows) go
// one by one after the others: their fence, their place in the log and what is there already are looked
// at more closely, and the answer says what was found. A flush may be repeated, so an error in one of
// them may leave others written.
func (s *Store) flushAll(ctx context.Context, calls []flushCall) ([]FlushReply, error) {
	replies, written := make([]FlushReply, len(calls)), make([]bool, len(calls))
	if err := s.flushTogether(ctx, calls, replies, written); err != nil {
		return nil, err
	}
	for i, c := range calls {
		if written[i] {
			continue
		}
		rows, err := rowsJSON(c.rows())
		if err != nil {
			return nil, err
		}
		e, err := columnsOf(c.Events)
		if err != nil {
			return nil, err
		}
		r := &replies[i]
		if err := s.pool.QueryRow(ctx, flushSQL, c.Case, c.First, c.prev, c.Fence, c.Fence2, c.Durable,
			e.at, e.kind, e.actorKind, e.actor, e.org, e.command, e.body, e.hash, rows, c.full).
			Scan(&r.Refused, &r.LastSeq, &r.Fence, &r.Fence2, &r.Confirmed); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// What is long comes first: the driver's buffer is then as large as it has to be from the start, and is not
// copied each time it has grown too small.
const flushTogetherSQL = `SELECT nth, confirmed FROM flush_cases($1, $2, $3, $4, $5, $6, $7, $8, $9,
	$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`

// flushTogether writes the flushes nothing stands against, and notes which.
func (s *Store) flushTogether(ctx context.Context, calls []flushCall, replies []FlushReply, written []bool) error {
	var at []int // of those sent, their places among all
	var number []string
	var first, last, fence, fence2, durable []int64
	var prev, lastHash [][]byte
	var rows []engine.Rows
	var of []string
	var seq []int64
	var before [][]byte
	all := newColumns(4 * len(calls)) // an act makes a few
	for i, c := range calls {
		n := len(c.Events)
		if n == 0 || c.full || slices.Contains(number, c.Case) { // two of one case: its head is moved once, the other is looked at alone
			continue
		}
		at, number, rows = append(at, i), append(number, c.Case), append(rows, c.rows())
		first, last, durable = append(first, c.First), append(last, c.First+int64(n)-1), append(durable, c.Durable)
		fence, fence2 = append(fence, c.Fence), append(fence2, c.Fence2)
		for j := range n {
			of, seq = append(of, c.Case), append(seq, c.First+int64(j))
		}
		if err := all.add(c.Events); err != nil {
			return err
		}
		hashes := all.hash[len(all.hash)-n:]
		prev, lastHash = append(prev, c.prev), append(lastHash, hashes[n-1])
		before = append(append(before, c.prev), hashes[:n-1]...)
	}
	if len(at) == 0 {
		return nil
	}
	document, err := rowsJSON(rows)
	if err != nil {
		return err
	}
	result, err := s.pool.Query(ctx, flushTogetherSQL, document, bytesArray(all.body), number, first, bytesArray(prev), last, bytesArray(lastHash), fence, fence2, durable,
		of, seq, all.at, all.kind, all.actorKind, all.actor, all.org, all.command, bytesArray(before), bytesArray(all.hash))
	if err != nil {
		return err
	}
	var nth int
	var confirmed int64
	_, err = pgx.ForEachRow(result, []any{&nth, &confirmed}, func() error {
		i := at[nth-1]
		written[i] = true
		replies[i] = FlushReply{LastSeq: last[nth-1], Fence: fence[nth-1], Fence2: fence2[nth-1], Confirmed: confirmed}
		return nil
	})
	return err
}

// bytesArray is encoded element by element; pgx would look at each of an ordinary [][]byte by reflection.
type bytesArray = pgtype.FlatArray[[]byte]

// eventColumns are events turned by ninety degrees: one array per column.
type eventColumns struct {
	at                                   []time.Time
	kind, actorKind, actor, org, command []string
	body, hash                           [][]byte
}

// newColumns has room for n events. None are an empty list to the database, not nothing.
func newColumns(n int) eventColumns {
	return eventColumns{
		at: make([]time.Time, 0, n), kind: make([]string, 0, n), actorKind: make([]string, 0, n), actor: make([]string, 0, n),
		org: make([]string, 0, n), command: make([]string, 0, n), body: make([][]byte, 0, n), hash: make([][]byte, 0, n),
	}
}

func columnsOf(events []engine.Sealed) (eventColumns, error) {
	c := newColumns(len(events))
	err := c.add(events)
	return c, err
}

// add appends a case's events.
func (c *eventColumns) add(events []engine.Sealed) error {
	for i := range events {
		e := &events[i]
		hash, err := hex.DecodeString(e.Hash)
		if err != nil {
			return fmt.Errorf("event %d: hash: %w", e.Seq, err)
		}
		c.at, c.kind, c.actorKind = append(c.at, e.At), append(c.kind, e.Type), append(c.actorKind, string(e.By.Kind))
		c.actor, c.org, c.command = append(c.actor, e.By.ID), append(c.org, e.By.Org), append(c.command, e.Command)
		c.body, c.hash = append(c.body, e.Bytes), append(c.hash, hash)
	}
	return nil
}

// rowsJSON encodes rows, of one case or several, for put_rows and flush_cases. PostgreSQL's jsonb cannot hold U+0000; what people typed may,
// and a read model shows U+FFFD there rather than stop the case. The log keeps the true bytes.
func rowsJSON[T engine.Rows | []engine.Rows](rows T) ([]byte, error) {
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
