package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// AdminBroken: the record of what administrators changed does not fit its chain. Seq is the change.
const AdminBroken FindingKind = "admin-broken"

// administration walks what administrators changed.
func (v *verifier) administration(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT id, at, account, org, kind, subject, act, coalesce(before::text, ''), coalesce(after::text, ''), chain
		FROM admin_change ORDER BY id`)
	if err != nil {
		return err
	}
	var c AdminChange
	var before, after string
	var chain, prev []byte
	var last int64
	_, err = pgx.ForEachRow(rows, []any{&c.ID, &c.At, &c.Account, &c.Org, &c.Kind, &c.Subject, &c.Act, &before, &after, &chain}, func() error {
		at := Finding{Kind: AdminBroken, Seq: c.ID}
		h := sha256.New()
		fmt.Fprintf(h, "%x\x00%d %d\x00%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%s", prev, c.ID, c.At.UnixMicro(), c.Account, c.Org, c.Kind, c.Subject, c.Act, before, after)
		switch {
		case c.ID != last+1:
			at.Zh, at.En = fmt.Sprintf("缺少第 %d 至 %d 次管理变更", last+1, c.ID-1), fmt.Sprintf("changes of administration %d to %d are missing", last+1, c.ID-1)
			v.find(at)
		case !bytes.Equal(chain, h.Sum(nil)):
			at.Zh, at.En = "管理变更与其链不符", "a change of administration does not fit the chain"
			v.find(at)
		}
		last, prev = c.ID, append(prev[:0], chain...)
		return nil
	})
	return err
}
