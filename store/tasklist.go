package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/engine/calendar"
)

// Light is the colour of a task: green, yellow from its warning instant, red from its due instant; grey while
// its clock stands still.
type Light string

// The lights.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
	Grey   Light = "grey" // its clock stands still
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
	Done bool
	// Sort orders open tasks; empty: by due time.
	Sort      TaskSort
	Item      string
	Step      string
	Kind      engine.TaskKind
	Case      string
	DueBefore time.Time // exclusive; zero: any
	// Text is searched in the fields of By, as in CaseFilter.
	Text string
	By   []SearchField
	// Light needs Now, the business time.
	Light Light
	Now   time.Time
}

// TaskSort is an order of open tasks.
type TaskSort string

// The orders.
const (
	SortDue      TaskSort = "due"       // the nearest due time first, those without at the end
	SortReceived TaskSort = "received"  // the case received first
	SortNewest   TaskSort = "-received" // the case received last
	SortCase     TaskSort = "case"      // by case number
)

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
	// Why says in a few words where the due time comes from; empty without one.
	Why calendar.Text
	// Applicant is personal data: the api shows what policy allows.
	Applicant string
}

// noDue is the place of tasks without a limit in lists ordered by due time.
var noDue = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// taskPage says how a list of tasks is ordered: the columns of its index, the first of which (none for an
// order by number) goes into cursors.
type taskPage struct {
	list string
	key  string
	desc bool
}

var (
	doneTasks = taskPage{"done tasks", "done_at", true}
	taskPages = map[TaskSort]taskPage{
		"":           {"open tasks", "due", false},
		SortDue:      {"open tasks", "due", false},
		SortReceived: {"open tasks by receipt", "received_at", false},
		SortNewest:   {"open tasks, newest", "received_at", true},
		SortCase:     {"open tasks by case", "", false},
	}
)

// order lists the columns, of a table when an alias is given.
func (p taskPage) order(alias string) string {
	var columns []string
	for _, c := range []string{p.key, "case_no", "id"} {
		switch {
		case c == "":
			continue
		case alias != "":
			c = alias + "." + c
		}
		if p.desc {
			c += " DESC"
		}
		columns = append(columns, c)
	}
	return strings.Join(columns, ", ")
}

// after keeps what comes after a place.
func (p taskPage) after(c *conditions, at place) {
	than := ">"
	if p.desc {
		than = "<"
	}
	if p.key == "" {
		c.and("(case_no, id) "+than+" (?, ?)", at.Names[0], at.Names[1])
		return
	}
	c.and(fmt.Sprintf("(%s, case_no, id) %s (?, ?, ?)", p.key, than), at.At, at.Names[0], at.Names[1])
}

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
		return t, t.scan(row, &last)
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

func (t *TaskItem) scan(row pgx.CollectableRow, last *time.Time) error {
	var data []byte
	if err := row.Scan(&t.Case, &data, last, &t.Item, &t.ItemName, &t.Version, &t.CaseStatus, &t.Region, &t.ReceivedAt, &t.Applicant); err != nil {
		return err
	}
	t.ReceivedAt = t.ReceivedAt.UTC()
	if err := json.Unmarshal(data, &t.TaskRow); err != nil {
		return err
	}
	t.Why = t.Basis.Why(t.Class)
	return nil
}

// taskShow is what the inbox shows of the tasks of p, and of their cases.
func taskShow(key string) string {
	return fmt.Sprintf(`SELECT p.case_no, p.data, p.%s, p.item, r.item_name, r.version, r.status, r.region, r.received_at, a.name
		FROM p JOIN case_record r ON r.case_no = p.case_no JOIN applicant a ON a.case_no = p.case_no`, key)
}

// TaskCounts are how many tasks are of each light, and in all.
type TaskCounts struct {
	Green, Yellow, Red, Grey, All int64
}

// CountTasks counts the open tasks of a filter by their lights; the filter's own light and order do not matter.
func (s *Store) CountTasks(ctx context.Context, f TaskFilter) (TaskCounts, error) {
	sql, args, err := countQuery(f)
	if err != nil {
		return TaskCounts{}, err
	}
	var n TaskCounts
	err = s.pool.QueryRow(ctx, sql, args...).Scan(&n.Grey, &n.Red, &n.Yellow, &n.Green, &n.All)
	return n, wrap("count tasks", err)
}

func countQuery(f TaskFilter) (string, []any, error) {
	c := conditions{sql: []byte("t.status = 'open'")}
	f.Light = ""
	f.where(&c)
	if f.ClaimedBy == "" && len(f.Orgs) == 0 {
		return "", nil, fmt.Errorf("count tasks: an inbox needs an organisation or an account")
	}
	if len(f.Orgs) > 0 {
		c.and("t.org = ANY (?)", f.Orgs)
	}
	f.roles(&c)
	now := c.arg(f.Now)
	from := "task t"
	if f.Text != "" {
		from = fmt.Sprintf("(%s) q JOIN task t ON t.case_no = q.case_no", searchQuery(&c, f.Text, f.By))
	}
	return fmt.Sprintf(`SELECT count(*) FILTER (WHERE t.stopped), count(*) FILTER (WHERE NOT t.stopped AND t.due <= %[1]s),
		count(*) FILTER (WHERE NOT t.stopped AND t.due > %[1]s AND t.warn <= %[1]s),
		count(*) FILTER (WHERE NOT t.stopped AND t.due > %[1]s AND t.warn > %[1]s), count(*) FROM %[2]s WHERE %[3]s`, now, from, c.sql), c.args, nil
}

func taskQuery(f TaskFilter, page Page) (sql string, args []any, list string, err error) {
	p, ok := taskPages[f.Sort]
	if !ok {
		return "", nil, "", fmt.Errorf("list tasks: unknown order %q", f.Sort)
	}
	c := conditions{sql: []byte("t.status = 'open'")}
	if f.Done || f.DoneBy != "" {
		p, c = doneTasks, conditions{sql: []byte("t.status = 'done'")}
	}
	at, more, err := page.After.place(p.list, 2)
	if err != nil {
		return "", nil, "", err
	}
	if more {
		p.after(&c, at)
	}
	f.where(&c)
	limit := c.arg(page.limit())
	mine := f.ClaimedBy != "" || f.DoneBy != ""
	if !mine && len(f.Orgs) == 0 {
		return "", nil, "", fmt.Errorf("list tasks: an inbox needs an organisation or an account")
	}
	var from string
	switch {
	case f.Text != "":
		// Few cases bear the text: they are found first, and their tasks filtered.
		if len(f.Orgs) > 0 {
			c.and("t.org = ANY (?)", f.Orgs)
		}
		f.roles(&c)
		from = fmt.Sprintf("(%s) q, LATERAL (SELECT * FROM task t WHERE t.case_no = q.case_no AND %s OFFSET 0) t", searchQuery(&c, f.Text, f.By), c.sql)
	case mine:
		if len(f.Orgs) > 0 {
			c.and("t.org = ANY (?)", f.Orgs)
		}
		f.roles(&c)
		from = fmt.Sprintf("(SELECT * FROM task t WHERE %s ORDER BY %s LIMIT %s) t", c.sql, p.order("t"), limit)
	case len(f.Roles) > 0 && p.key == "due":
		// One range per organisation and role: each is read in the order of its index and only so far.
		from = fmt.Sprintf("unnest(%s::text[]) o(o), unnest(%s::text[]) r(r), LATERAL (SELECT * FROM task t WHERE t.org = o.o AND t.role = r.r AND %s ORDER BY %s LIMIT %s) t",
			c.arg(distinct(f.Orgs)), c.arg(distinct(f.Roles)), c.sql, p.order("t"), limit)
	default:
		f.roles(&c)
		from = fmt.Sprintf("unnest(%s::text[]) o(o), LATERAL (SELECT * FROM task t WHERE t.org = o.o AND %s ORDER BY %s LIMIT %s) t",
			c.arg(distinct(f.Orgs)), c.sql, p.order("t"), limit)
	}
	// An order by number needs no instant in its cursor, which keeps the due time then.
	sql = fmt.Sprintf("WITH p AS (SELECT t.* FROM %s ORDER BY %s LIMIT %s) %s ORDER BY %s", from, p.order("t"), limit, taskShow(cmp.Or(p.key, "due")), p.order("p"))
	return sql, c.args, p.list, nil
}

// roles keeps the tasks for some roles.
func (f TaskFilter) roles(c *conditions) {
	if len(f.Roles) > 0 {
		c.and("t.role = ANY (?)", f.Roles)
	}
}

// where adds the filters that are not ranges of the index.
func (f TaskFilter) where(c *conditions) {
	if f.ClaimedBy != "" {
		c.and("t.claimed <> '' AND t.claimed = ?", f.ClaimedBy)
	}
	if f.DoneBy != "" {
		c.and("t.done_by <> '' AND t.done_by = ?", f.DoneBy)
	}
	if f.Unclaimed {
		c.and("t.claimed = ''")
	}
	if f.Item != "" {
		c.and("t.item = ?", f.Item)
	}
	if f.Step != "" {
		c.and("t.step = ?", f.Step)
	}
	if f.Kind != "" {
		c.and("t.kind = ?", string(f.Kind))
	}
	if f.Case != "" {
		c.and("t.case_no = ?", f.Case)
	}
	if !f.DueBefore.IsZero() {
		c.and("t.due < ?", f.DueBefore)
	}
	switch f.Light {
	case Grey:
		c.and("t.stopped")
	case Red:
		c.and("NOT t.stopped AND t.due <= ?", f.Now)
	case Yellow:
		c.and("NOT t.stopped AND t.due > ? AND t.warn <= ?", f.Now, f.Now)
	case Green:
		c.and("NOT t.stopped AND t.due > ? AND t.warn > ?", f.Now, f.Now)
	}
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
