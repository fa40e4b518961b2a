package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/calendar"
)

// Band is a band of ages, in days: First to Last, both in it; Last 0 has no end.
type Band struct {
	ID          string
	First, Last int
}

// Bands are those of the report on ageing, the youngest first. docs/figures.md says the same in words.
var Bands = []Band{{"0-5", 0, 5}, {"6-10", 6, 10}, {"11-20", 11, 20}, {"21-30", 21, 30}, {"31-60", 31, 60}, {"61-", 61, 0}}

// BandOf finds a band by its id.
func BandOf(id string) (Band, bool) {
	for _, b := range Bands {
		if b.ID == id {
			return b, true
		}
	}
	return Band{}, false
}

// AgeingScope is what a report on ageing is about: the cases that were open when the day On ended, of organisations that have or
// had a part in them.
type AgeingScope struct {
	Orgs []string
	Item string // item code, "": all
	On   calendar.Date
}

// received is when cases of a band were received, as of a day: from inclusive, until exclusive.
func (b Band) received(on calendar.Date) (from, until time.Time) {
	if b.Last > 0 || b.ID == Bands[0].ID {
		from = on.AddDays(-b.Last).Start()
	}
	return from, on.AddDays(-b.First).End()
}

// openCases chooses what belongs to a report: $1 organisations, $2 item, $3 end of the day.
const openCases = "f.orgs && $1 AND ($2 = '' OR f.item = $2) AND f.received_at < $3 AND (f.concluded_at IS NULL OR f.concluded_at >= $3)"

// Ageing counts open cases by key and band, in the order of Bands. Keys without any are left out.
func (s *Store) Ageing(ctx context.Context, scope AgeingScope, by ReportBy) (map[string][]int64, error) {
	key, lateral, mine := "''", "", ""
	switch by {
	case ByOrg:
		key, lateral, mine = "o", ", unnest(f.orgs) o", " AND o = ANY ($1)"
	case ByItem:
		key = "f.item"
	}
	args := []any{distinct(scope.Orgs), scope.Item, scope.On.End()}
	var sql strings.Builder
	sql.WriteString("SELECT " + key)
	counts := make([]int64, len(Bands))
	var name string
	into := []any{&name}
	for i, b := range Bands {
		from, until := b.received(scope.On)
		args = append(args, from, until)
		fmt.Fprintf(&sql, ", count(*) FILTER (WHERE f.received_at >= $%d AND f.received_at < $%d)", len(args)-1, len(args))
		into = append(into, &counts[i])
	}
	sql.WriteString(" FROM case_fact f" + lateral + " WHERE " + openCases + mine + " GROUP BY 1")
	rows, err := s.pool.Query(ctx, sql.String(), args...)
	if err != nil {
		return nil, wrap("ageing", err)
	}
	out := map[string][]int64{}
	_, err = pgx.ForEachRow(rows, into, func() error {
		out[name] = append([]int64(nil), counts...)
		return nil
	})
	return out, wrap("ageing", err)
}

// AgeingLine is one open case.
type AgeingLine struct {
	Case, Item, ItemName string
	Lead                 string
	ReceivedAt           time.Time
	AcceptedAt           time.Time // zero: not accepted
}

const ageingList = "ageing"

// AgeingLines gives a page of the cases of a band (nil: of all), the oldest first, and the cursor of the next one.
func (s *Store) AgeingLines(ctx context.Context, scope AgeingScope, band *Band, page Page) ([]AgeingLine, Cursor, error) {
	at, more, err := page.After.place(ageingList, 1)
	if err != nil {
		return nil, "", err
	}
	from, until := time.Time{}, scope.On.End()
	if band != nil {
		from, until = band.received(scope.On)
	}
	args := []any{distinct(scope.Orgs), scope.Item, scope.On.End(), from, until, page.limit()}
	sql := "SELECT f.case_no, f.item, f.item_name, f.lead, f.received_at, f.accepted_at FROM case_fact f WHERE " + openCases +
		" AND f.received_at >= $4 AND f.received_at < $5"
	if more {
		args = append(args, at.At, at.Names[0])
		sql += " AND (f.received_at, f.case_no) > ($7, $8)"
	}
	rows, err := s.pool.Query(ctx, sql+" ORDER BY f.received_at, f.case_no LIMIT $6", args...)
	if err != nil {
		return nil, "", wrap("ageing lines", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (AgeingLine, error) {
		var l AgeingLine
		var accepted *time.Time
		err := row.Scan(&l.Case, &l.Item, &l.ItemName, &l.Lead, &l.ReceivedAt, &accepted)
		if l.ReceivedAt = l.ReceivedAt.UTC(); accepted != nil {
			l.AcceptedAt = accepted.UTC()
		}
		return l, err
	})
	if err != nil || len(out) < page.limit() {
		return out, "", wrap("ageing lines", err)
	}
	end := out[len(out)-1]
	return out, place{List: ageingList, At: end.ReceivedAt, Names: []string{end.Case}}.cursor(), nil
}
