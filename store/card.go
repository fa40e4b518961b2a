package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/supervision"
)

// CardView is a card with where it stands.
type CardView struct {
	ID int64
	supervision.Card
	Status supervision.Status
	// Gone: its ground was taken away after somebody had acted on it. ByHand: raised by a supervisor.
	Gone, ByHand bool
	// Acts are in order; lists leave them out.
	Acts []supervision.Act
}

// CardFilter chooses cards. Everything given must hold; marks are no cards.
type CardFilter struct {
	Orgs   []string
	Case   string
	Rule   string
	Item   string
	Level  int // 0: any
	Status supervision.Status
	// From is inclusive, Before exclusive; zero: any.
	From, Before time.Time
}

const cardList = "cards"

const cardColumns = `SELECT c.id, c.case_no, c.data, c.status, c.gone, c.by_hand FROM card c `

// ListCards gives a page of cards, the latest first, and the cursor of the next one ("" at the end).
func (s *Store) ListCards(ctx context.Context, f CardFilter, page Page) ([]CardView, Cursor, error) {
	at, more, err := page.After.place(cardList, 1)
	if err != nil {
		return nil, "", err
	}
	c := conditions{sql: []byte("c.level > 0")}
	if more {
		id, err := strconv.ParseInt(at.Names[0], 10, 64)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", cardList, ErrCursor)
		}
		c.and("(c.at, c.id) < (?, ?)", at.At, id)
	}
	c.and("c.org = ANY (?)", distinct(f.Orgs))
	for _, x := range []struct {
		column string
		value  string
	}{{"c.case_no", f.Case}, {"c.rule", f.Rule}, {"c.item", f.Item}, {"c.status", string(f.Status)}} {
		if x.value != "" {
			c.and(x.column+" = ?", x.value)
		}
	}
	if f.Level > 0 {
		c.and("c.level = ?", f.Level)
	}
	if !f.From.IsZero() {
		c.and("c.at >= ?", f.From)
	}
	if !f.Before.IsZero() {
		c.and("c.at < ?", f.Before)
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("%s WHERE %s ORDER BY c.at DESC, c.id DESC LIMIT %s", cardColumns, c.sql, c.arg(page.limit())), c.args...)
	if err != nil {
		return nil, "", wrap("list cards", err)
	}
	out, err := pgx.CollectRows(rows, scanCard)
	if err != nil {
		return nil, "", wrap("list cards", err)
	}
	if len(out) < page.limit() {
		return out, "", nil
	}
	end := out[len(out)-1]
	return out, place{List: cardList, At: end.At, Names: []string{strconv.FormatInt(end.ID, 10)}}.cursor(), nil
}

func scanCard(row pgx.CollectableRow) (CardView, error) {
	var v CardView
	var data []byte
	if err := row.Scan(&v.ID, &v.Case, &data, &v.Status, &v.Gone, &v.ByHand); err != nil {
		return v, err
	}
	number := v.Case
	err := json.Unmarshal(data, &v.Card)
	v.Case = number
	return v, err
}

// CardByID gives a card with what was done with it (ErrNotFound).
func (s *Store) CardByID(ctx context.Context, id int64) (CardView, error) {
	v, err := s.card(ctx, s.pool, id, "")
	return v, wrap("card", err)
}

// queries is what a pool and a transaction have in common.
type queries interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func (s *Store) card(ctx context.Context, q queries, id int64, lock string) (CardView, error) {
	rows, err := q.Query(ctx, cardColumns+`WHERE c.id = $1 AND c.level > 0 `+lock, id)
	if err != nil {
		return CardView{}, err
	}
	v, err := pgx.CollectExactlyOneRow(rows, scanCard)
	if err != nil {
		return v, err
	}
	rows, err = q.Query(ctx, `SELECT id, act, account, org, at, reason, until FROM card_act WHERE card = $1 ORDER BY id`, id)
	if err != nil {
		return v, err
	}
	v.Acts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (supervision.Act, error) {
		var a supervision.Act
		var until *time.Time
		err := row.Scan(&a.ID, &a.Do, &a.Account, &a.Org, &a.At, &a.Reason, &until)
		a.At, a.Until = a.At.UTC(), instant(until)
		return a, err
	})
	return v, err
}

// CardDeed is what somebody wants to do with a card, under an idempotency key.
type CardDeed struct {
	Key  string
	Card int64
	supervision.Act
}

// ActOnCard records a deed, once per key. judge sees the card as it stands, locked, and says what
// becomes of it and until when the other side may answer, or refuses with its error. It gives the
// card as it stands then (ErrNotFound: no such card; ErrKeyReused).
func (s *Store) ActOnCard(ctx context.Context, d CardDeed, judge func(CardView) (supervision.Status, time.Time, error)) (CardView, error) {
	var out CardView
	var refused error
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := s.card(ctx, tx, d.Card, "FOR UPDATE OF c")
		if err != nil {
			return err
		}
		switch done, err := keyOfCardAct(ctx, tx, d); {
		case err != nil:
			return err
		case done:
			out = v
			return nil
		}
		status, until, err := judge(v)
		if err != nil {
			refused = err
			return err
		}
		d.Until = until
		if err := putCardAct(ctx, tx, d, status); err != nil {
			return err
		}
		out, err = s.card(ctx, tx, d.Card, "")
		return err
	})
	if refused != nil || errors.Is(err, ErrKeyReused) {
		return CardView{}, err
	}
	return out, wrap("act on card", err)
}

func putCardAct(ctx context.Context, tx pgx.Tx, d CardDeed, status supervision.Status) error {
	_, err := tx.Exec(ctx, `SELECT put_card_act($1, $2, $3, $4, $5, $6, $7, $8, $9)`, d.Card, string(d.Do), d.Account, d.Org, d.At, d.Reason, nullable(d.Until), d.Key, string(status))
	return err
}

// keyOfCardAct says whether the deed of a key is done already; another one under it is ErrKeyReused.
// The advisory lock lets two callers with one key look one after the other.
func keyOfCardAct(ctx context.Context, tx pgx.Tx, d CardDeed) (bool, error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('card_act ' || $1, 0))`, d.Key); err != nil {
		return false, err
	}
	var same bool
	err := tx.QueryRow(ctx, `SELECT act = $2 AND account = $3 AND reason = $4 AND ($5 = 0 OR card = $5) FROM card_act WHERE key = $1
		UNION ALL SELECT false FROM command WHERE key = $1`, d.Key, string(d.Do), d.Account, d.Reason, d.Card).Scan(&same)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err == nil && !same {
		err = fmt.Errorf("card: %w", ErrKeyReused)
	}
	return same, err
}

// RaiseCard records a card raised by hand, once per key. Its subject is the key.
func (s *Store) RaiseCard(ctx context.Context, d CardDeed, card supervision.Card) (CardView, error) {
	var out CardView
	d.Card, d.Do = 0, supervision.Raise
	card.Subject, card.Person = "hand/"+d.Key, ""
	data, err := json.Marshal(card)
	if err != nil {
		return out, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		done, err := keyOfCardAct(ctx, tx, d)
		if err != nil {
			return err
		}
		if done {
			if err := tx.QueryRow(ctx, `SELECT card FROM card_act WHERE key = $1`, d.Key).Scan(&d.Card); err != nil {
				return err
			}
			out, err = s.card(ctx, tx, d.Card, "")
			return err
		}
		err = tx.QueryRow(ctx, `INSERT INTO card (case_no, rule, fire, subject, class, level, item, region, org, person, at, data, by_hand)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, true) RETURNING id`,
			card.Case, card.Rule, card.Fire, card.Subject, card.Class, int(card.Level), card.Item, card.Region, card.Org, card.At, data).Scan(&d.Card)
		if err != nil {
			return err
		}
		if err := putCardAct(ctx, tx, d, supervision.Raised); err != nil {
			return err
		}
		out, err = s.card(ctx, tx, d.Card, "")
		return err
	})
	if errors.Is(err, ErrKeyReused) {
		return CardView{}, err
	}
	return out, wrap("raise card", err)
}

// OrgsBelow lists an organisation and all below it; for a government all of its region.
func (s *Store) OrgsBelow(ctx context.Context, org string) ([]string, error) {
	return s.codes(ctx, `SELECT * FROM org_below($1) ORDER BY 1`, org)
}

// OrgsSupervised lists the organisations a supervisor of an organisation looks after.
func (s *Store) OrgsSupervised(ctx context.Context, org string) ([]string, error) {
	return s.codes(ctx, `SELECT * FROM org_supervised($1) ORDER BY 1`, org)
}

func (s *Store) codes(ctx context.Context, sql string, args ...any) ([]string, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, wrap("organisations", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, wrap("organisations", err)
}
