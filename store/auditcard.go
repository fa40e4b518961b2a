package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/supervision"
)

// CardBroken: what people did with cards does not fit its chain, or a card stands elsewhere than its
// last act says. Seq is the act.
const CardBroken FindingKind = "card-broken"

// cards walks what people did with cards.
func (v *verifier) cards(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT a.id, a.card, a.act, a.account, a.org, a.at, a.reason, a.until, a.key, a.chain, c.case_no,
			CASE WHEN a.id = max(a.id) OVER (PARTITION BY a.card) THEN c.status ELSE '' END
		FROM card_act a JOIN card c ON c.id = a.card ORDER BY a.id`)
	if err != nil {
		return err
	}
	var a supervision.Act
	var card, last int64
	var until *time.Time
	var key, number, status string
	var chain, before []byte
	_, err = pgx.ForEachRow(rows, []any{&a.ID, &card, &a.Do, &a.Account, &a.Org, &a.At, &a.Reason, &until, &key, &chain, &number, &status}, func() error {
		at := Finding{Kind: CardBroken, Case: number, Seq: a.ID}
		a.Until = instant(until)
		switch {
		case a.ID != last+1:
			at.Zh, at.En = fmt.Sprintf("缺少对牌的第 %d 至 %d 次处理", last+1, a.ID-1), fmt.Sprintf("acts on cards %d to %d are missing", last+1, a.ID-1)
			v.find(at)
		case !bytes.Equal(chain, cardChain(before, card, key, &a)):
			at.Zh, at.En = "对牌的处理与其链不符", "an act on a card does not fit the chain"
			v.find(at)
		}
		if status != "" && status != string(supervision.StatusAfter(a.Do)) {
			at.Zh, at.En = "牌的状态与最后一次处理不符", "the card stands elsewhere than its last act says"
			v.find(at)
		}
		last, before = a.ID, append(before[:0], chain...)
		return nil
	})
	return err
}

// cardChain is SQL's card_chain.
func cardChain(prev []byte, card int64, key string, a *supervision.Act) []byte {
	until := "-"
	if !a.Until.IsZero() {
		until = fmt.Sprint(a.Until.UnixMicro())
	}
	h := sha256.New()
	fmt.Fprintf(h, "%x\x00%d %d %s %d %s\x00%s\x00%s\x00%s\x00%s", prev, a.ID, card, a.Do, a.At.UnixMicro(), until, a.Account, a.Org, key, a.Reason)
	return h.Sum(nil)
}
