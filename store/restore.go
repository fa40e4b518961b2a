package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/store/dbsqlc"
)

// Restoration is a case as its history tells it, to be written where log and read model disagree.
type Restoration struct {
	// Head is the case's head, read before its history was: a case that has written meanwhile is left
	// as it is. The zero value (without a number) says that there was none.
	Head Head
	Case string
	// Events is the whole log from event 1 on, Rows the whole read model made of it.
	Events []engine.Sealed
	Rows   engine.Rows
	// Definition and Input are those of the start intent, written when it is missing; nil: unknown.
	Definition string
	Input      []byte
}

// Restored says what was done.
type Restored struct {
	// Moved: the case has written meanwhile. Nothing was done; read its history again.
	Moved bool
	// Conflict is the first certain event that is not history's, 0 when there is none. Nothing was
	// done: what is certain was told outside and is evidence, to be taken from a backup by people.
	Conflict int64
	// Before and After are the events of the log, Added those that were missing, Withdrawn those that
	// were not certain and not history's.
	Before, After, Added, Withdrawn int
}

// RestoreCase makes log and read model of a case what its history tells, in one transaction: missing
// events are added, uncertain ones history does not hold are withdrawn, certain ones are never
// touched. All rows are written again, everything is certain then, and mark and alarm are taken away.
//
// Errors: *ConstraintError, ErrUnavailable.
func (s *Store) RestoreCase(ctx context.Context, r Restoration) (Restored, error) {
	var out Restored
	rows, err := rowsJSON(r.Rows)
	if err != nil {
		return out, err
	}
	want, err := columnsOf(r.Events)
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	if len(r.Events) == 0 || r.Events[0].Seq != 1 {
		return out, errors.New("restore: a log begins with event 1")
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		x := &restoring{Restoration: r, tx: tx, want: want, out: &out}
		if proceed, err := x.lock(ctx); err != nil || !proceed {
			return err
		}
		if proceed, err := x.log(ctx); err != nil || !proceed {
			return err
		}
		return x.finish(ctx, rows)
	})
	return out, wrap("restore case", err)
}

type restoring struct {
	Restoration
	tx   pgx.Tx
	want eventColumns
	out  *Restored
}

// lock takes the head and sees that it is the one the caller has seen.
func (x *restoring) lock(ctx context.Context) (bool, error) {
	if _, err := x.tx.Exec(ctx, `SELECT 1 FROM case_head WHERE case_no = $1 FOR NO KEY UPDATE`, x.Case); err != nil {
		return false, err
	}
	found, err := dbsqlc.New(x.tx).Head(ctx, x.Case)
	switch {
	case errors.Is(err, pgx.ErrNoRows) && x.Head.Case == "":
		n := len(x.Events)
		_, err = x.tx.Exec(ctx, `INSERT INTO case_head (case_no, last_seq, last_hash) VALUES ($1, $2, $3)`, x.Case, n, x.want.hash[n-1])
		return true, err
	case errors.Is(err, pgx.ErrNoRows):
		x.out.Moved = true
		return false, nil
	case err != nil:
		return false, err
	}
	now, then := head(found), x.Head
	now.Alarm, now.Rebuild, then.Alarm, then.Rebuild = "", false, "", false
	x.out.Moved = now != then
	return !x.out.Moved, nil
}

// log compares the log with history's and mends it.
func (x *restoring) log(ctx context.Context) (bool, error) {
	have, err := x.read(ctx)
	if err != nil {
		return false, err
	}
	x.out.Before = len(have)
	n := int64(len(x.Events))
	if x.Head.Confirmed > n {
		x.out.Conflict = n + 1
		return false, nil
	}
	kept := map[int64]bool{}
	for _, e := range have {
		if e.Seq <= n && x.same(e) {
			kept[e.Seq] = true
			continue
		}
		if e.Seq <= x.Head.Confirmed {
			x.out.Conflict = e.Seq
			return false, nil
		}
	}
	if x.out.Conflict, err = x.anchored(ctx); err != nil || x.out.Conflict > 0 {
		return false, err
	}
	for _, e := range have {
		if !kept[e.Seq] {
			if _, err := x.tx.Exec(ctx, `DELETE FROM case_event WHERE case_no = $1 AND seq = $2`, x.Case, e.Seq); err != nil {
				return false, err
			}
			x.out.Withdrawn++
		}
	}
	for i := range x.Events {
		if kept[int64(i+1)] {
			continue
		}
		prev, err := hex.DecodeString(x.Events[i].Prev)
		if err != nil {
			return false, err
		}
		w, j := x.want, i+1
		if _, err := x.tx.Exec(ctx, `SELECT put_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, x.Case, j, notNull(prev), w.at[i:j],
			w.kind[i:j], w.actorKind[i:j], w.actor[i:j], w.org[i:j], w.command[i:j], w.body[i:j], w.hash[i:j]); err != nil {
			return false, err
		}
		x.out.Added++
	}
	x.out.After = len(x.Events)
	return true, nil
}

func (x *restoring) read(ctx context.Context) ([]dbsqlc.CaseEvent, error) {
	rows, err := x.tx.Query(ctx, `SELECT * FROM case_event WHERE case_no = $1 ORDER BY seq`, x.Case)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[dbsqlc.CaseEvent])
}

// same says whether a row is history's event, in every column.
func (x *restoring) same(e dbsqlc.CaseEvent) bool {
	i, w := e.Seq-1, x.want
	return bytes.Equal(e.Hash, w.hash[i]) && bytes.Equal(e.Body, w.body[i]) && hexOf(e.Prev) == x.Events[i].Prev &&
		e.At.Equal(w.at[i].Truncate(time.Microsecond)) && e.Type == w.kind[i] && e.ActorKind == w.actorKind[i] && e.Actor == w.actor[i] &&
		e.Org == w.org[i] && e.Command == w.command[i]
}

// anchored gives the first event whose anchor in the feed names another one than history's.
func (x *restoring) anchored(ctx context.Context) (seq int64, err error) {
	err = x.tx.QueryRow(ctx, `SELECT coalesce(min(f.to_seq), 0) FROM feed f
		WHERE f.case_no = $1 AND f.hash IS DISTINCT FROM ($2::bytea[])[f.to_seq]`, x.Case, x.want.hash).Scan(&seq)
	return seq, err
}

func (x *restoring) finish(ctx context.Context, rows []byte) error {
	n := len(x.Events)
	b := &pgx.Batch{}
	b.Queue(`UPDATE case_head SET last_seq = $2, last_hash = $3, confirmed_seq = $2, rebuild = false, alarm = '', moved_at = clock_timestamp()
		WHERE case_no = $1`, x.Case, n, x.want.hash[n-1])
	b.Queue(`INSERT INTO case_intent (case_no, last_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, x.Case, x.Events[n-1].At)
	if x.Input != nil {
		b.Queue(`INSERT INTO start_intent (case_no, definition, input, started, next_try) VALUES ($1, $2, $3, true, clock_timestamp())
			ON CONFLICT DO NOTHING`, x.Case, x.Definition, x.Input)
	}
	b.Queue(`SELECT put_rows($1, $2, true)`, x.Case, rows)
	b.Queue(`INSERT INTO feed_queue (case_no) VALUES ($1)`, x.Case)
	return x.tx.SendBatch(ctx, b).Close()
}
