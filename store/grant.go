package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
)

// GrantView is a result that was given, with what it takes to say whom it was given to.
type GrantView struct {
	Case, Item, ItemName string
	// Definition is the hash of the version the case runs under.
	Definition string
	Result     engine.ResultRow
	Form       map[string]any
}

// GrantFilter chooses grants. Everything given must hold.
type GrantFilter struct {
	Item   string
	Number string
}

const grantList = "grants"

// ListGrants gives a page of the results that were given, the newest first, and the cursor of the next one:
// of acts that can no longer be withdrawn alone, as for letters.
func (s *Store) ListGrants(ctx context.Context, f GrantFilter, page Page) ([]GrantView, Cursor, error) {
	at, more, err := page.After.place(grantList, 2)
	if err != nil {
		return nil, "", err
	}
	c := conditions{sql: []byte("r.data ->> 'kind' <> 'denial' AND h.confirmed_seq = h.last_seq")}
	if more {
		c.and("(r.at, r.case_no, r.id) < (?, ?, ?)", at.At, at.Names[0], at.Names[1])
	}
	if f.Item != "" {
		c.and("k.item = ?", f.Item)
	}
	if f.Number != "" {
		c.and("r.number = ?", f.Number)
	}
	rows, err := s.pool.Query(ctx, `SELECT r.case_no, k.item, k.item_name, k.definition, r.data, f.form
		FROM result r JOIN case_record k USING (case_no) JOIN case_form f USING (case_no) JOIN case_head h USING (case_no)
		WHERE `+string(c.sql)+` ORDER BY r.at DESC, r.case_no DESC, r.id DESC LIMIT `+c.arg(page.limit()), c.args...)
	if err != nil {
		return nil, "", wrap("list grants", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (GrantView, error) {
		var g GrantView
		var data, form []byte
		if err := row.Scan(&g.Case, &g.Item, &g.ItemName, &g.Definition, &data, &form); err != nil {
			return g, err
		}
		if err := json.Unmarshal(data, &g.Result); err != nil {
			return g, err
		}
		return g, json.Unmarshal(form, &g.Form)
	})
	if err != nil || len(out) < page.limit() {
		return out, "", wrap("list grants", err)
	}
	end := out[len(out)-1]
	return out, place{List: grantList, At: end.Result.At, Names: []string{end.Case, end.Result.ID}}.cursor(), nil
}
