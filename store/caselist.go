package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/store/dbsqlc"
)

// CaseFilter chooses cases. Everything given must hold.
type CaseFilter struct {
	// Orgs: only cases one of these organisations takes or took part in. All lifts that: for checks of an installation, for no caller.
	Orgs []string
	All  bool

	Status engine.Status
	Item   string
	// ReceivedFrom is inclusive, ReceivedBefore exclusive; zero: any.
	ReceivedFrom, ReceivedBefore time.Time
	// Text is searched in the fields of By (none: all): see SearchField.
	Text string
	By   []SearchField
}

// SearchField is where Text may be found.
type SearchField string

// The fields. By number: whole, or at least its last 8 characters; by name: any part of at least two
// characters, or the whole; by id and phone: whole.
const (
	ByNumber SearchField = "number"
	ByName   SearchField = "name"
	ByID     SearchField = "id"
	ByPhone  SearchField = "phone"
)

// CaseItem is a case in a list, without answers and form.
type CaseItem struct {
	engine.CaseRow
	LastSeq int64
}

const caseList = "cases"

const caseItemColumns = `r.case_no, r.item, r.item_name, r.version, r.definition, r.region, r.channel, r.status, r.outcome, r.flags,
	r.lead_org, r.orgs, r.received_at, r.accepted_on, r.decided_at, r.closed_at, r.statutory_due, r.promised_due, r.provisional,
	r.overdue, a.name, a.id, a.phone, h.last_seq`

// ListCases gives a page of cases, last received first, and the cursor of the next one ("" at the end).
func (s *Store) ListCases(ctx context.Context, f CaseFilter, page Page) ([]CaseItem, Cursor, error) {
	sql, args, err := caseQuery(f, page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", wrap("list cases", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CaseItem, error) {
		var r dbsqlc.CaseRecord
		var a engine.ApplicantRow
		var seq int64
		err := row.Scan(&r.CaseNo, &r.Item, &r.ItemName, &r.Version, &r.Definition, &r.Region, &r.Channel, &r.Status, &r.Outcome, &r.Flags,
			&r.LeadOrg, &r.Orgs, &r.ReceivedAt, &r.AcceptedOn, &r.DecidedAt, &r.ClosedAt, &r.StatutoryDue, &r.PromisedDue, &r.Provisional,
			&r.Overdue, &a.Name, &a.ID, &a.Phone, &seq)
		item := CaseItem{CaseRow: caseRow(r), LastSeq: seq}
		item.Applicant = a
		return item, err
	})
	if err != nil {
		return nil, "", wrap("list cases", err)
	}
	if len(out) < page.limit() {
		return out, "", nil
	}
	end := out[len(out)-1]
	return out, place{List: caseList, At: end.ReceivedAt, Names: []string{end.Number}}.cursor(), nil
}

func caseQuery(f CaseFilter, page Page) (string, []any, error) {
	at, more, err := page.After.place(caseList, 1)
	if err != nil {
		return "", nil, err
	}
	if !f.All && len(f.Orgs) == 0 {
		return "", nil, fmt.Errorf("list cases: an organisation is needed where not all cases may be seen")
	}
	c := conditions{sql: []byte("true")}
	if more {
		c.and("(x.received_at, x.case_no) < (?, ?)", at.At, at.Names[0])
	}
	if f.Item != "" {
		c.and("x.item = ?", f.Item)
	}
	if !f.ReceivedFrom.IsZero() {
		c.and("x.received_at >= ?", f.ReceivedFrom)
	}
	if !f.ReceivedBefore.IsZero() {
		c.and("x.received_at < ?", f.ReceivedBefore)
	}
	limit := c.arg(page.limit())
	// An organisation's list knows which cases are closed; how far its open ones are, fewer, their own rows say.
	listed := f.Text == "" && !f.All
	open := f.Status != "" && f.Status != engine.Closed
	switch {
	case f.Status == "":
	case !listed:
		c.and("x.status = ?", string(f.Status))
	case open:
		c.and("NOT x.closed AND EXISTS (SELECT 1 FROM case_record s WHERE s.case_no = x.case_no AND s.status = ?)", string(f.Status))
	default:
		c.and("x.closed")
	}
	var hits string
	switch {
	case f.Text != "":
		// Few cases bear the text: they are found first, then filtered.
		found := searchQuery(&c, f.Text, f.By)
		if !f.All {
			c.and("EXISTS (SELECT 1 FROM case_org o WHERE o.case_no = x.case_no AND o.org = ANY (?))", f.Orgs)
		}
		// LIMIT 1 keeps the planner from reading all cases when it takes the text for a common one.
		hits = fmt.Sprintf(`SELECT x.case_no, x.received_at FROM (%s) q, LATERAL (SELECT * FROM case_record c WHERE c.case_no = q.case_no LIMIT 1) x
			WHERE %s ORDER BY x.received_at DESC, x.case_no DESC LIMIT %s`, found, c.sql, limit)
	case f.All:
		hits = fmt.Sprintf("SELECT x.case_no, x.received_at FROM case_record x WHERE %s ORDER BY x.received_at DESC, x.case_no DESC LIMIT %s", c.sql, limit)
	default:
		// One range of an index per organisation, merged.
		hits = fmt.Sprintf(`SELECT DISTINCT x.received_at, x.case_no FROM unnest(%s::text[]) o(o), LATERAL (
			SELECT * FROM case_org x WHERE x.org = o.o AND %s ORDER BY x.received_at DESC, x.case_no DESC LIMIT %s) x
			ORDER BY x.received_at DESC, x.case_no DESC LIMIT %s`, c.arg(distinct(f.Orgs)), c.sql, limit, limit)
	}
	return fmt.Sprintf(`WITH hit AS (%s) SELECT %s FROM hit JOIN case_record r ON r.case_no = hit.case_no
		JOIN applicant a ON a.case_no = hit.case_no JOIN case_head h ON h.case_no = hit.case_no
		ORDER BY r.received_at DESC, r.case_no DESC`, hits, caseItemColumns), c.args, nil
}

const minNumberTail = 8 // day and serial have twelve; shorter tails fit too many cases

// searchQuery finds the numbers of cases that bear the text, one index per field.
func searchQuery(c *conditions, text string, fields []SearchField) string {
	text = strings.TrimSpace(text)
	if len(fields) == 0 {
		fields = []SearchField{ByNumber, ByName, ByID, ByPhone}
	}
	q := c.arg(text)
	var parts []string
	for _, field := range fields {
		switch field {
		case ByNumber:
			parts = append(parts, "SELECT case_no FROM case_record WHERE case_no = "+q)
			if len(text) >= minNumberTail {
				parts = append(parts, "SELECT case_no FROM case_record WHERE reverse(case_no) LIKE "+c.arg(reversePattern(text)))
			}
		case ByName:
			parts = append(parts, "SELECT case_no FROM applicant WHERE name = "+q)
			if name := strings.ToLower(strings.Join(strings.Fields(text), "")); utf8.RuneCountInString(name) >= 2 {
				parts = append(parts, fmt.Sprintf("SELECT case_no FROM applicant WHERE grams @> name_grams(%[1]s) AND strpos(lower(regexp_replace(name, '\\s', '', 'g')), %[1]s) > 0", c.arg(name)))
			}
		case ByID:
			parts = append(parts, "SELECT case_no FROM applicant WHERE id <> '' AND upper(id) = upper("+q+")")
		case ByPhone:
			parts = append(parts, "SELECT case_no FROM applicant WHERE phone <> '' AND phone = "+q)
		}
	}
	return strings.Join(parts, " UNION ")
}

// reversePattern is a LIKE pattern for what ends in text, for an index on the reversed column.
func reversePattern(text string) string {
	r := []rune(text)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(string(r)) + "%"
}
