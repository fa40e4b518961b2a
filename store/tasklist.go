package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
)

// Light is the colour of a task: green, yellow from its warning instant, red from its due instant.
type Light string

// The lights.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// TaskFilter chooses tasks of the inbox. Orgs is required unless ClaimedBy or DoneBy is given: an
// inbox is somebody's.
type TaskFilter struct {
	Orgs  []string
	Roles []string // empty: any
	// ClaimedBy keeps the open tasks this account has claimed, DoneBy the ones it has done (Done).
	ClaimedBy, DoneBy string
	Unclaimed         bool
	// Done gives done tasks, last first, instead of the open ones by due time.
	Done      bool
	Item      string
	Case      string
	DueBefore time.Time // exclusive; zero: any
	// Light needs Now, the business time.
	Light Light
	Now   time.Time
}

// TaskItem is a task with what the inbox shows of its case.
type TaskItem struct {
	engine.TaskRow
	Case       string
	Item       string
	ItemName   string
	Version    string
	CaseStatus engine.Status
	Region     string
	ReceivedAt time.Time
	// Applicant is personal data: the api shows what policy allows.
	Applicant string
}

// noDue is the place of tasks without a limit in lists ordered by due time.
var noDue = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// taskPage says how a list of tasks is ordered: the columns of its index.
type taskPage struct{ list, order, key string }

var (
	openTasks = taskPage{"open tasks", "due, case_no, id", "due"}
	doneTasks = taskPage{"done tasks", "done_at DESC, case_no DESC, id DESC", "done_at"}
)

// ListTasks gives a page of tasks and the cursor of the next one ("" at the end). Every
// organisation and role is one range of an index, merged by due time.
func (s *Store) ListTasks(ctx context.Context, f TaskFilter, page Page) ([]TaskItem, Cursor, error) {
	sql, args, list, err := taskQuery(f, page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", wrap("list tasks", err)
	}
	var last time.Time
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t TaskItem, err error) {
		var data []byte
		if err := row.Scan(&t.Case, &data, &last, &t.Item, &t.ItemName, &t.Version, &t.CaseStatus, &t.Region, &t.ReceivedAt, &t.Applicant); err != nil {
			return t, err
		}
		t.ReceivedAt = t.ReceivedAt.UTC()
		return t, json.Unmarshal(data, &t.TaskRow)
	})
	if err != nil {
		return nil, "", wrap("list tasks", err)
	}
	if len(out) < page.limit() {
		return out, "", nil
	}
	end := out[len(out)-1]
	return out, place{List: list, At: last.UTC(), Names: []string{end.Case, end.ID}}.cursor(), nil
}

func taskQuery(f TaskFilter, page Page) (sql string, args []any, list string, err error) {
	p := openTasks
	var c conditions
	if f.Done || f.DoneBy != "" {
		p = doneTasks
		c.sql = append(c.sql, "status = 'done'"...)
	} else {
		c.sql = append(c.sql, "status = 'open'"...)
	}
	at, more, err := page.After.place(p.list, 2)
	if err != nil {
		return "", nil, "", err
	}
	if more {
		cmp := ">"
		if p == doneTasks {
			cmp = "<"
		}
		c.and(fmt.Sprintf("(%s, case_no, id) %s (?, ?, ?)", p.key, cmp), at.At, at.Names[0], at.Names[1])
	}
	f.where(&c)
	limit := c.arg(page.limit())
	// One range per organisation (and role): each is read in the order of its index and only so far.
	from := ""
	mine := f.ClaimedBy != "" || f.DoneBy != ""
	switch {
	case mine:
		if len(f.Orgs) > 0 {
			c.and("org = ANY (?)", f.Orgs)
		}
		if len(f.Roles) > 0 {
			c.and("role = ANY (?)", f.Roles)
		}
		from = fmt.Sprintf("(SELECT * FROM task WHERE %s ORDER BY %s LIMIT %s) t", c.sql, p.order, limit)
	case len(f.Orgs) == 0:
		return "", nil, "", fmt.Errorf("list tasks: an inbox needs an organisation or an account")
	case len(f.Roles) > 0 && p == openTasks:
		from = fmt.Sprintf("unnest(%s::text[]) o(o), unnest(%s::text[]) r(r), LATERAL (SELECT * FROM task WHERE org = o.o AND role = r.r AND %s ORDER BY %s LIMIT %s) t",
			c.arg(distinct(f.Orgs)), c.arg(distinct(f.Roles)), c.sql, p.order, limit)
	default:
		if len(f.Roles) > 0 {
			c.and("role = ANY (?)", f.Roles)
		}
		from = fmt.Sprintf("unnest(%s::text[]) o(o), LATERAL (SELECT * FROM task WHERE org = o.o AND %s ORDER BY %s LIMIT %s) t",
			c.arg(distinct(f.Orgs)), c.sql, p.order, limit)
	}
	sql = fmt.Sprintf(`WITH p AS (SELECT t.* FROM %s ORDER BY %s LIMIT %s)
		SELECT p.case_no, p.data, p.%s, p.item, r.item_name, r.version, r.status, r.region, r.received_at, a.name
		FROM p JOIN case_record r ON r.case_no = p.case_no JOIN applicant a ON a.case_no = p.case_no ORDER BY %s`,
		from, qualified("t", p), limit, p.key, qualified("p", p))
	return sql, c.args, p.list, nil
}

// where adds the filters that are not ranges of the index.
func (f TaskFilter) where(c *conditions) {
	if f.ClaimedBy != "" {
		c.and("claimed <> '' AND claimed = ?", f.ClaimedBy)
	}
	if f.DoneBy != "" {
		c.and("done_by <> '' AND done_by = ?", f.DoneBy)
	}
	if f.Unclaimed {
		c.and("claimed = ''")
	}
	if f.Item != "" {
		c.and("item = ?", f.Item)
	}
	if f.Case != "" {
		c.and("case_no = ?", f.Case)
	}
	if !f.DueBefore.IsZero() {
		c.and("due < ?", f.DueBefore)
	}
	switch f.Light {
	case Red:
		c.and("due <= ?", f.Now)
	case Yellow:
		c.and("due > ? AND warn <= ?", f.Now, f.Now)
	case Green:
		c.and("due > ? AND warn > ?", f.Now, f.Now)
	}
}

func qualified(alias string, p taskPage) string {
	if p == doneTasks {
		return fmt.Sprintf("%[1]s.done_at DESC, %[1]s.case_no DESC, %[1]s.id DESC", alias)
	}
	return fmt.Sprintf("%[1]s.due, %[1]s.case_no, %[1]s.id", alias)
}

// distinct keeps the first of equal strings: a range asked for twice would give its rows twice.
func distinct(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
