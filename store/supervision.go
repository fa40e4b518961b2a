package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/supervision"
)

// SupervisionVersion is a published catalogue of supervision rules.
type SupervisionVersion struct {
	Version     string
	Source      []byte
	PublishedBy string
	PublishedAt time.Time
}

// PublishSupervision stores a version of the rules. The same version with the same source may be
// published again; with another one it is ErrExists.
func (s *Store) PublishSupervision(ctx context.Context, v SupervisionVersion) error {
	tag, err := s.pool.Exec(ctx, `INSERT INTO supervision_version (version, source, published_by, published_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (version) DO NOTHING`, v.Version, v.Source, v.PublishedBy, v.PublishedAt)
	if err != nil || tag.RowsAffected() > 0 {
		return wrap("publish supervision", err)
	}
	have, err := s.Supervision(ctx, v.Version)
	if err == nil && string(have.Source) != string(v.Source) {
		return fmt.Errorf("supervision rules %s: %w", v.Version, ErrExists)
	}
	return err
}

// KindParameter is a change of figures of supervision, on the audit; the subject is the version that has it.
const KindParameter = "parameter"

// ErrStale: another version has been published since the one that was read.
var ErrStale = errors.New("published over meanwhile")

type settingsRecord struct {
	Version  string `json:"version"`
	Settings any    `json:"settings"`
	Reason   string `json:"reason,omitempty"`
}

// PublishSettings publishes rules that differ from a version in their settings alone; that version is still the last one
// (ErrStale), and the new one's name is free (ErrExists).
func (r *Registry) PublishSettings(ctx context.Context, v SupervisionVersion, over string, before, after any, reason string) error {
	var last string
	// Whoever publishes rules as a file takes no lock of administration: this one keeps him waiting.
	if _, err := r.tx.Exec(ctx, `LOCK TABLE supervision_version IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return wrap("publish settings", err)
	}
	if err := r.tx.QueryRow(ctx, `SELECT version FROM supervision_version ORDER BY position DESC LIMIT 1`).Scan(&last); err != nil {
		return wrap("publish settings", err)
	}
	if last != over {
		return fmt.Errorf("settings over %s: %w", over, ErrStale)
	}
	tag, err := r.tx.Exec(ctx, `INSERT INTO supervision_version (version, source, published_by, published_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (version) DO NOTHING`, v.Version, v.Source, v.PublishedBy, v.PublishedAt)
	if err != nil {
		return wrap("publish settings", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("supervision rules %s: %w", v.Version, ErrExists)
	}
	return r.note(ctx, KindParameter, v.Version, "set", settingsRecord{over, before, ""}, settingsRecord{v.Version, after, reason})
}

const supervisionColumns = `SELECT version, source, published_by, published_at FROM supervision_version `

// Supervision gives a version of the rules (ErrNotFound).
func (s *Store) Supervision(ctx context.Context, version string) (SupervisionVersion, error) {
	return s.supervision(ctx, supervisionColumns+`WHERE version = $1`, version)
}

// SupervisionInForce gives the rules a case that came at an instant is judged by: the last published
// until then, else the first there ever was (ErrNotFound: none).
func (s *Store) SupervisionInForce(ctx context.Context, at time.Time) (SupervisionVersion, error) {
	v, err := s.supervision(ctx, supervisionColumns+`WHERE published_at <= $1 ORDER BY position DESC LIMIT 1`, at)
	if errors.Is(err, ErrNotFound) {
		return s.supervision(ctx, supervisionColumns+`ORDER BY position LIMIT 1`)
	}
	return v, err
}

func (s *Store) supervision(ctx context.Context, sql string, args ...any) (SupervisionVersion, error) {
	var v SupervisionVersion
	err := s.pool.QueryRow(ctx, sql, args...).Scan(&v.Version, &v.Source, &v.PublishedBy, &v.PublishedAt)
	v.PublishedAt = v.PublishedAt.UTC()
	return v, wrap("supervision rules", err)
}

// ReaderPosition is how far a named reader of the feed has come, 0 for one that has not begun.
func (s *Store) ReaderPosition(ctx context.Context, reader string) (int64, error) {
	var p int64
	err := s.pool.QueryRow(ctx, `SELECT coalesce((SELECT position FROM feed_cursor WHERE reader = $1), 0)`, reader).Scan(&p)
	return p, wrap("feed cursor", err)
}

// MoveReader notes that a reader has worked off the feed up to a position. It never goes back.
func (s *Store) MoveReader(ctx context.Context, reader string, position int64) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO feed_cursor AS c (reader, position) VALUES ($1, $2)
		ON CONFLICT (reader) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position`, reader, position)
	return wrap("feed cursor", err)
}

// CaseWatch is what the cards of a case rest on.
type CaseWatch struct {
	Case string
	// Rules is the version the case is judged by, from its first event on.
	Rules string
	// Seq is the last event judged, Until until when time is known to have passed.
	Seq   int64
	Until time.Time
	// Next is when time alone may bring another card about, zero: it will not.
	Next time.Time
}

const watchColumns = `SELECT case_no, rules, seq, until, next FROM case_watch `

// WatchOf says how far a case has been judged (ErrNotFound: not at all).
func (s *Store) WatchOf(ctx context.Context, number string) (CaseWatch, error) {
	list, err := s.watches(ctx, watchColumns+`WHERE case_no = $1`, number)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("watch: %w", ErrNotFound)
	}
	if err != nil {
		return CaseWatch{}, err
	}
	return list[0], nil
}

// WatchesDue gives cases that time alone may have brought a card, the longest due first.
func (s *Store) WatchesDue(ctx context.Context, now time.Time, limit int) ([]CaseWatch, error) {
	return s.watches(ctx, watchColumns+`WHERE next <= $1 ORDER BY next LIMIT $2`, now, limit)
}

// Watches pages through all cases that have been judged, by number.
func (s *Store) Watches(ctx context.Context, after string, limit int) ([]CaseWatch, error) {
	return s.watches(ctx, watchColumns+`WHERE case_no > $1 ORDER BY case_no LIMIT $2`, after, limit)
}

func (s *Store) watches(ctx context.Context, sql string, args ...any) ([]CaseWatch, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, wrap("watches", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CaseWatch, error) {
		var w CaseWatch
		var next *time.Time
		err := row.Scan(&w.Case, &w.Rules, &w.Seq, &w.Until, &next)
		w.Until, w.Next = w.Until.UTC(), instant(next)
		return w, err
	})
	return out, wrap("watches", err)
}

// PutCards makes the cards of a case those given, and what reports count of it. It gives the rules whose cards have changed; ok is
// false when the case has been judged further already, and nothing was written.
func (s *Store) PutCards(ctx context.Context, w CaseWatch, cards []supervision.Card, fact supervision.Fact) (changed []string, ok bool, err error) {
	data, err := cardsJSON(cards)
	if err != nil {
		return nil, false, err
	}
	counted, err := json.Marshal(fact)
	if err != nil {
		return nil, false, err
	}
	err = s.pool.QueryRow(ctx, `SELECT put_cards($1, $2, $3, $4, $5, $6, $7)`, w.Case, w.Rules, w.Seq, w.Until, nullable(w.Next), data, counted).Scan(&changed)
	return changed, changed != nil, wrap("put cards", err)
}

// PutCardsAcross makes the cards a rule gives over many cases those given.
func (s *Store) PutCardsAcross(ctx context.Context, rule string, cards []supervision.Card) error {
	data, err := cardsJSON(cards)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7810425398), put_card_rows('', $1, $2)`, rule, data)
		return err
	})
	return wrap("put cards", err)
}

func cardsJSON(cards []supervision.Card) ([]byte, error) {
	if cards == nil {
		cards = []supervision.Card{}
	}
	return json.Marshal(cards)
}

// CardsOfRule gives the cards and marks a rule found in single cases, in their order: what rules over
// many cases count.
func (s *Store) CardsOfRule(ctx context.Context, rule string) ([]supervision.Card, error) {
	return s.foundCards(ctx, `SELECT data FROM card WHERE rule = $1 AND case_no <> '' AND NOT gone AND NOT by_hand`, rule)
}

// CardsAcross gives the cards a rule found over many cases.
func (s *Store) CardsAcross(ctx context.Context, rule string) ([]supervision.Card, error) {
	return s.foundCards(ctx, `SELECT data FROM card WHERE rule = $1 AND case_no = '' AND NOT gone AND NOT by_hand`, rule)
}

// JudgedCards gives what a case was found to have and what reports count of it, together with what
// that rests on, as of one instant.
func (s *Store) JudgedCards(ctx context.Context, number string) (w CaseWatch, cards []supervision.Card, fact supervision.Fact, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var next *time.Time
		if err := tx.QueryRow(ctx, watchColumns+`WHERE case_no = $1`, number).Scan(&w.Case, &w.Rules, &w.Seq, &w.Until, &next); err != nil {
			return err
		}
		w.Until, w.Next = w.Until.UTC(), instant(next)
		var counted []byte
		// A row whose columns are not those of its data is none.
		err := tx.QueryRow(ctx, `SELECT data FROM case_fact f WHERE case_no = $1 AND f IS NOT DISTINCT FROM fact_row(case_no, data)`, number).Scan(&counted)
		if err == nil {
			err = json.Unmarshal(counted, &fact)
		}
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT data FROM card WHERE case_no = $1 AND NOT gone AND NOT by_hand`, number)
		if err != nil {
			return err
		}
		cards, err = collectCards(rows)
		return err
	})
	return w, cards, fact, wrap("judged cards", err)
}

func (s *Store) foundCards(ctx context.Context, sql string, args ...any) ([]supervision.Card, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, wrap("cards", err)
	}
	out, err := collectCards(rows)
	return out, wrap("cards", err)
}

func collectCards(rows pgx.Rows) ([]supervision.Card, error) {
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (supervision.Card, error) {
		var b []byte
		var c supervision.Card
		if err := row.Scan(&b); err != nil {
			return c, err
		}
		return c, json.Unmarshal(b, &c)
	})
	supervision.Sort(out)
	return out, err
}

// HoldLock runs work while this process alone holds a named lock of the database, and says whether it
// got it. The lock ends with the connection it is held on: work's context ends when that breaks.
func (s *Store) HoldLock(ctx context.Context, lock int64, work func(ctx context.Context, alive func(context.Context) error) error) (bool, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, wrap("lock", err)
	}
	defer conn.Release()
	var got bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, lock).Scan(&got); err != nil || !got {
		return false, wrap("lock", err)
	}
	defer func() {
		// A connection that cannot be asked to let go is closed, and the lock with it.
		if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lock); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
	return true, work(ctx, func(ctx context.Context) error { return wrap("lock", conn.Ping(ctx)) })
}

// LockSupervision is held by the one process that judges cases.
const LockSupervision int64 = 7810425399
