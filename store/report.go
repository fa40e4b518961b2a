package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// FigureKind says how a figure is to be read.
type FigureKind string

// The kinds of figures.
const (
	FigureCount   FigureKind = "count"   // how many
	FigureShare   FigureKind = "share"   // how many of Base
	FigureAverage FigureKind = "average" // Sum over Base
)

// Figure is one figure of reports, defined once: which of case_fact (f) or card (f) count, by which
// instant they fall into a period, and what is measured. docs/figures.md says the same in words.
type Figure struct {
	ID     string
	Zh, En string
	Kind   FigureKind
	// table is case_fact or card; at the instant; base which rows are looked at; where which of them
	// count (share), value what is added up (average).
	table, at, base, where, value string
}

// Figures lists all figures in the order of reports.
var Figures = []Figure{
	{"received", "收件", "received", FigureCount, "case_fact", "f.received_at", "true", "true", ""},
	{"accepted", "受理", "accepted", FigureCount, "case_fact", "f.accepted_at", "true", "true", ""},
	{"deemed", "视为受理", "accepted by silence", FigureCount, "case_fact", "f.accepted_at", "f.deemed", "true", ""},
	{"corrected", "补正告知", "told to correct", FigureCount, "case_fact", "f.noticed_at", "true", "true", ""},
	{"refused", "不受理、不予受理", "not accepted", FigureCount, "case_fact", "f.concluded_at", "f.outcome IN ('refused', 'not-required', 'not-competent')", "true", ""},
	{"concluded", "办结", "concluded", FigureCount, "case_fact", "f.concluded_at", "true", "true", ""},
	{"granted", "准予", "granted", FigureCount, "case_fact", "f.concluded_at", "f.outcome IN ('granted', 'granted-tolerant', 'partly')", "true", ""},
	{"denied", "不予许可", "denied", FigureCount, "case_fact", "f.concluded_at", "f.outcome = 'denied'", "true", ""},
	{"dropped", "撤件、终止、失效", "withdrawn, terminated, lapsed", FigureCount, "case_fact", "f.concluded_at", "f.outcome IN ('withdrawn', 'terminated', 'lapsed')", "true", ""},
	{"onPromise", "承诺按时办结率", "within the promised limit", FigureShare, "case_fact", "f.concluded_at", "f.promise", "NOT f.promise_late", ""},
	{"onLaw", "法定按时办结率", "within the statutory limit", FigureShare, "case_fact", "f.concluded_at", "f.law", "NOT f.law_late", ""},
	{"days", "平均办理工作日", "working days", FigureAverage, "case_fact", "f.concluded_at", "f.days IS NOT NULL", "true", "f.days"},
	{"netDays", "平均办理工作日（扣除特别程序）", "working days without special procedures", FigureAverage, "case_fact", "f.concluded_at", "f.days IS NOT NULL", "true", "f.net_days"},
	{"visits", "平均跑动次数", "visits of the applicant", FigureAverage, "case_fact", "f.closed_at", "true", "true", "f.visits"},
	{"warnings", "预警", "warnings", FigureCount, "card", "f.at", standing + " AND f.level = 1", "true", ""},
	{"yellow", "黄牌", "yellow cards", FigureCount, "card", "f.at", standing + " AND f.level = 2", "true", ""},
	{"red", "红牌", "red cards", FigureCount, "card", "f.at", standing + " AND f.level = 3", "true", ""},
}

// standing are the cards that count: neither lifted nor gone.
const standing = "NOT f.gone AND f.status <> 'lifted'"

// FigureOf finds a figure by its id.
func FigureOf(id string) (Figure, bool) {
	for _, f := range Figures {
		if f.ID == id {
			return f, true
		}
	}
	return Figure{}, false
}

// ReportScope is what a report is about. A case belongs to it when one of Orgs has or had a part in
// it, a card when one of them answers for it.
type ReportScope struct {
	Orgs []string
	Item string // item code, "": all
	// From is inclusive, Until exclusive.
	From, Until time.Time
}

// ReportBy is what a report is divided by.
type ReportBy string

// The divisions.
const (
	ByNothing ReportBy = ""
	ByOrg     ReportBy = "org"
	ByItem    ReportBy = "item"
	ByMonth   ReportBy = "month"
)

// Value is one figure of one row: how many count, of how many, and for averages the sum.
type Value struct {
	Count, Base int64
	Sum         float64
}

// source is the part of the SQL of figures of one table and instant that says which of its rows belong to a
// report ($1 organisations, $2 item, $3 from, $4 until), and the key they are gathered by.
func source(table, at string, by ReportBy) (key, from string) {
	key, lateral := "''", ""
	mine := "f.orgs && $1"
	if table == "card" {
		mine = "f.org = ANY ($1)"
	}
	switch {
	case by == ByOrg && table == "card":
		key = "f.org"
	case by == ByOrg:
		key, lateral, mine = "o", ", unnest(f.orgs) o", mine+" AND o = ANY ($1)"
	case by == ByItem:
		key = "f.item"
	case by == ByMonth:
		key = "to_char(" + at + " AT TIME ZONE interval '8 hours', 'YYYY-MM')"
	}
	return key, fmt.Sprintf("FROM %s f%s WHERE %s AND ($2 = '' OR f.item = $2) AND %s >= $3 AND %s < $4", table, lateral, mine, at, at)
}

func (f *Figure) measure() string { return cmp.Or(f.value, "0") }

// Report computes all figures as of one instant: by figure and key. Keys without anything to count are
// left out. Figures that look at the same rows share a query.
func (s *Store) Report(ctx context.Context, scope ReportScope, by ReportBy) (map[string]map[string]Value, error) {
	out := map[string]map[string]Value{}
	type rows struct{ table, at string }
	var order []rows
	groups := map[rows][]Figure{}
	for _, f := range Figures {
		g := rows{f.table, f.at}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], f)
		out[f.ID] = map[string]Value{}
	}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, g := range order {
			if err := reportGroup(ctx, tx, groups[g], scope, by, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, wrap("report", err)
}

func reportGroup(ctx context.Context, tx pgx.Tx, figures []Figure, scope ReportScope, by ReportBy, out map[string]map[string]Value) error {
	key, from := source(figures[0].table, figures[0].at, by)
	var sql strings.Builder
	sql.WriteString("SELECT " + key + " AS key")
	var name string
	values := make([]Value, len(figures))
	into := []any{&name}
	for i := range figures {
		f := &figures[i]
		fmt.Fprintf(&sql, ", count(*) FILTER (WHERE %s AND %s), count(*) FILTER (WHERE %s), coalesce(sum(%s) FILTER (WHERE %s), 0)::float8",
			f.base, f.where, f.base, f.measure(), f.base)
		into = append(into, &values[i].Count, &values[i].Base, &values[i].Sum)
	}
	sql.WriteString(" " + from + " GROUP BY 1")
	found, err := tx.Query(ctx, sql.String(), distinct(scope.Orgs), scope.Item, scope.From, scope.Until)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(found, into, func() error {
		for i := range figures {
			if values[i].Base > 0 {
				out[figures[i].ID][name] = values[i]
			}
		}
		return nil
	})
	return err
}

// ReportLine is one case or card behind a figure.
type ReportLine struct {
	Case   string
	Item   string
	Org    string // who answers: the lead of a case, the organisation of a card
	At     time.Time
	Card   int64 // 0: a case
	Counts bool  // for shares: whether it is among those that count
	Value  float64
}

const reportList = "report"

// ReportLines gives a page of what is behind a figure, in order of time, and the cursor of the next one.
func (s *Store) ReportLines(ctx context.Context, f Figure, scope ReportScope, page Page) ([]ReportLine, Cursor, error) {
	at, more, err := page.After.place(reportList, 2)
	if err != nil {
		return nil, "", err
	}
	last := int64(0)
	if more {
		if last, err = strconv.ParseInt(at.Names[1], 10, 64); err != nil {
			return nil, "", fmt.Errorf("%s: %w", reportList, ErrCursor)
		}
	}
	org, card := "f.lead", "0::bigint"
	if f.table == "card" {
		org, card = "f.org", "f.id"
	}
	_, from := source(f.table, f.at, ByNothing)
	sql := fmt.Sprintf(`SELECT f.case_no, f.item, %s, %s, %s, (%s), (%s)::float8 %s AND (%s)
		AND (NOT $5 OR (%s, f.case_no, %s) > ($6, $7, $8)) ORDER BY %s, f.case_no, %s LIMIT $9`,
		org, f.at, card, f.where, f.measure(), from, f.base, f.at, card, f.at, card)
	rows, err := s.pool.Query(ctx, sql, distinct(scope.Orgs), scope.Item, scope.From, scope.Until, more, at.At, at.Names[0], last, page.limit())
	if err != nil {
		return nil, "", wrap("report lines", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ReportLine, error) {
		var l ReportLine
		err := row.Scan(&l.Case, &l.Item, &l.Org, &l.At, &l.Card, &l.Counts, &l.Value)
		l.At = l.At.UTC()
		return l, err
	})
	if err != nil || len(out) < page.limit() {
		return out, "", wrap("report lines", err)
	}
	end := out[len(out)-1]
	return out, place{List: reportList, At: end.At, Names: []string{end.Case, strconv.FormatInt(end.Card, 10)}}.cursor(), nil
}
