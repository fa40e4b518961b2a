package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// shelf is a store with n cases, one a minute, each with one open task of the market department and
// one done task of the window, in three colours.
func shelf(t *testing.T, n int) (*store.Store, []*film) {
	s := open(t)
	var films []*film
	for i := range n {
		at := morning.Add(time.Duration(i) * time.Minute)
		f := start(t, s, fmt.Sprintf("k%d", i), at)
		f.rows.Case.Applicant = engine.ApplicantRow{Name: fmt.Sprintf("第%d餐饮店", i), ID: fmt.Sprintf("9244010%dx", i), Phone: fmt.Sprintf("1380000%04d", i)}
		if i%2 == 1 {
			f.rows.Case.Item, f.rows.Case.Status = "shop", engine.Correcting
		}
		f.rows.Tasks[0].Status, f.rows.Tasks[0].DoneAt, f.rows.Tasks[0].DoneBy = engine.TaskDone, at.Add(time.Second), clerkID
		role := engine.RoleHandle
		if i%3 == 0 {
			role = engine.RoleCheck
		}
		task := engine.TaskRow{
			Task:     engine.Task{ID: "food.1.0", Kind: engine.TaskWork, Step: "food", Party: "market", Org: market, Role: role, Status: engine.TaskOpen, OpenedAt: at},
			StepName: "食品经营", Due: at.Add(24 * time.Hour), Warn: at.Add(12 * time.Hour), Class: engine.Promised,
			Basis: engine.Basis{From: "receipt", Period: calendar.Period{Amount: 1, Unit: calendar.WorkingDays}, Paused: true,
				Extended: []calendar.Period{{Amount: 3, Unit: calendar.WorkingDays}}},
		}
		switch i % 5 {
		case 0:
			task.Due, task.Warn, task.Class, task.Basis = time.Time{}, time.Time{}, "", engine.Basis{} // no limit
		case 1:
			task.Claimed, task.ClaimedAt = "acc-9", at
		}
		f.rows.Tasks = append(f.rows.Tasks, task)
		mustFlush(t, s, f.flush("", engine.StepOpened{Step: "food"}))
		films = append(films, f)
	}
	return s, films
}

func allTasks(t *testing.T, s *store.Store, f store.TaskFilter, limit int) []store.TaskItem {
	t.Helper()
	return allPages(t, limit, func(p store.Page) ([]store.TaskItem, store.Cursor, error) { return s.ListTasks(t.Context(), f, p) })
}

// allPages reads a list to its end, so many rows a page.
func allPages[T any](t *testing.T, limit int, read func(store.Page) ([]T, store.Cursor, error)) []T {
	t.Helper()
	var out []T
	var after store.Cursor
	for {
		list, next, err := read(store.Page{After: after, Limit: limit})
		require.NoError(t, err)
		out = append(out, list...)
		if next == "" {
			return out
		}
		require.Len(t, list, limit)
		after = next
	}
}

func TestListTasks(t *testing.T) {
	t.Parallel()
	const n = 30
	s, films := shelf(t, n)
	inbox := store.TaskFilter{Orgs: []string{market, fire, market}}
	all := allTasks(t, s, inbox, 7)
	require.Len(t, all, n, "every task once, over all pages")
	for i := 1; i < n; i++ {
		a, b := all[i-1], all[i]
		require.True(t, b.Due.IsZero() || !a.Due.IsZero() && !b.Due.Before(a.Due), "by due time, those without at the end")
	}
	require.Equal(t, films[1].number, all[0].Case)
	first := all[0]
	require.Equal(t, films[1].rows.Tasks[1], first.TaskRow)
	require.Equal(t, []any{"shop", "开办餐饮店", "1.0", engine.Correcting, "440106", films[1].rows.Case.ReceivedAt, "第1餐饮店"},
		[]any{first.Item, first.ItemName, first.Version, first.CaseStatus, first.Region, first.ReceivedAt, first.Applicant})

	require.Equal(t, calendar.Text{ZH: "承诺 1 个工作日，自收件起，延长 3 个工作日，扣除中止的时间", EN: "promised 1 working day from receipt, extended by 3 working days, without the time it stood still"}, first.Why)
	require.Zero(t, all[n-1].Why, "without a limit there is nothing to explain")

	count := func(change func(*store.TaskFilter)) int {
		f := store.TaskFilter{Orgs: []string{market}}
		change(&f)
		return len(allTasks(t, s, f, 4))
	}
	now := morning.Add(24*time.Hour + 14*time.Minute) // dues up to minute 14 are over
	want := map[store.Light]int{}
	for i := range n {
		switch {
		case i%5 == 0:
			want[store.Green]++
		case i <= 14:
			want[store.Red]++
		default:
			want[store.Yellow]++
		}
	}
	require.Equal(t, 10, count(func(f *store.TaskFilter) { f.Roles = []string{engine.RoleCheck} }))
	require.Equal(t, n, count(func(f *store.TaskFilter) { f.Roles = []string{engine.RoleCheck, engine.RoleHandle} }))
	require.Zero(t, count(func(f *store.TaskFilter) { f.Orgs = []string{fire} }))
	require.Equal(t, n/2, count(func(f *store.TaskFilter) { f.Item = "shop" }))
	require.Equal(t, 1, count(func(f *store.TaskFilter) { f.Case = films[3].number }))
	require.Equal(t, 6, count(func(f *store.TaskFilter) { f.Orgs, f.ClaimedBy = nil, "acc-9" }))
	require.Equal(t, 24, count(func(f *store.TaskFilter) { f.Unclaimed = true }))
	require.Equal(t, 12, count(func(f *store.TaskFilter) { f.DueBefore = morning.Add(24*time.Hour + 15*time.Minute) }))
	counts, err := s.CountTasks(t.Context(), store.TaskFilter{Orgs: []string{market}, Light: store.Red, Now: now})
	require.NoError(t, err)
	require.Equal(t, store.TaskCounts{
		Green: int64(want[store.Green]), Yellow: int64(want[store.Yellow]), Red: int64(want[store.Red]), All: n,
	}, counts, "the light chosen does not narrow the counts")
	byOrder := func(order store.TaskSort) []string {
		var cases []string
		for _, x := range allTasks(t, s, store.TaskFilter{Orgs: []string{market}, Sort: order}, 7) {
			cases = append(cases, x.Case)
		}
		require.Len(t, cases, n, order)
		return cases
	}
	var received []string
	for _, f := range films {
		received = append(received, f.number)
	}
	require.Equal(t, received, byOrder(store.SortReceived))
	slices.Reverse(received)
	require.Equal(t, received, byOrder(store.SortNewest))
	require.True(t, slices.IsSorted(byOrder(store.SortCase)))
	require.Equal(t, n, count(func(f *store.TaskFilter) { f.Step, f.Kind = "food", engine.TaskWork }))
	require.Zero(t, count(func(f *store.TaskFilter) { f.Kind = engine.TaskHand }))
	require.Equal(t, 1, count(func(f *store.TaskFilter) { f.Text = "第7餐饮店" }))
	for light, n := range want {
		require.Equal(t, n, count(func(f *store.TaskFilter) { f.Light, f.Now = light, now }), light)
	}
	done := allTasks(t, s, store.TaskFilter{Orgs: []string{window}, Done: true}, 7)
	require.Len(t, done, n)
	require.True(t, slices.IsSortedFunc(done, func(a, b store.TaskItem) int { return b.DoneAt.Compare(a.DoneAt) }), "last done first")
	require.Equal(t, n, len(allTasks(t, s, store.TaskFilter{DoneBy: clerkID}, 11)))
	require.Zero(t, len(allTasks(t, s, store.TaskFilter{DoneBy: "acc-9"}, 11)))

	_, _, err = s.ListTasks(t.Context(), store.TaskFilter{}, store.Page{})
	require.ErrorContains(t, err, "organisation")
	_, _, err = s.ListTasks(t.Context(), inbox, store.Page{After: "nonsense"})
	require.ErrorIs(t, err, store.ErrCursor)
	_, next, err := s.ListCases(t.Context(), store.CaseFilter{All: true}, store.Page{Limit: 1})
	require.NoError(t, err)
	_, _, err = s.ListTasks(t.Context(), inbox, store.Page{After: next})
	require.ErrorIs(t, err, store.ErrCursor, "a cursor of another list")

	// What is added or done between two pages moves nothing else.
	page, next, err := s.ListTasks(t.Context(), inbox, store.Page{Limit: 10})
	require.NoError(t, err)
	gone := films[1]
	gone.rows.Tasks[1].Status, gone.rows.Tasks[1].DoneAt = engine.TaskDone, gone.at
	mustFlush(t, s, gone.flush("", engine.TaskReleased{}))
	rest, _, err := s.ListTasks(t.Context(), inbox, store.Page{After: next})
	require.NoError(t, err)
	require.Len(t, rest, n-10)
	require.NotEqual(t, page[9].Case, rest[0].Case)
}

func TestListCases(t *testing.T) {
	t.Parallel()
	const n = 25
	s, films := shelf(t, n)
	list := func(f store.CaseFilter, limit int) []string {
		t.Helper()
		var out []string
		var after store.Cursor
		for {
			page, next, err := s.ListCases(t.Context(), f, store.Page{After: after, Limit: limit})
			require.NoError(t, err)
			for _, c := range page {
				out = append(out, c.Number)
				require.Nil(t, c.Form)
			}
			if next == "" {
				return out
			}
			after = next
		}
	}
	var newest []string
	for i := n - 1; i >= 0; i-- {
		newest = append(newest, films[i].number)
	}
	all := store.CaseFilter{All: true}
	require.Equal(t, newest, list(all, 4))
	require.Equal(t, newest, list(store.CaseFilter{Orgs: []string{market, fire, window, "x"}}, 4), "every case once, whoever may see it")
	require.Empty(t, list(store.CaseFilter{Orgs: []string{"x"}}, 4))
	_, _, err := s.ListCases(t.Context(), store.CaseFilter{}, store.Page{})
	require.ErrorContains(t, err, "organisation")

	for _, who := range []store.CaseFilter{all, {Orgs: []string{fire}}} {
		with := func(change func(*store.CaseFilter)) []string {
			f := who
			change(&f)
			return list(f, 4)
		}
		require.Len(t, with(func(f *store.CaseFilter) { f.Status = engine.Correcting }), n/2)
		require.Len(t, with(func(f *store.CaseFilter) { f.Item = "restaurant" }), n-n/2)
		require.Equal(t, newest[10:20], with(func(f *store.CaseFilter) {
			f.ReceivedFrom, f.ReceivedBefore = films[5].rows.Case.ReceivedAt, films[15].rows.Case.ReceivedAt
		}))
		one := []string{films[7].number}
		for _, text := range []string{films[7].number, films[7].number[31:], "第7餐饮店", "第7餐", "  第 7 餐饮", "92440107X", "92440107x", "13800000007"} {
			require.Equal(t, one, with(func(f *store.CaseFilter) { f.Text = text }), text)
		}
		require.Equal(t, newest, with(func(f *store.CaseFilter) { f.Text = "餐饮" }), "by pages")
		require.Equal(t, []string{films[17].number}, with(func(f *store.CaseFilter) { f.Text, f.Item = "第17餐", "shop" }))
		for _, text := range []string{"7", "餐", "138", "924401", "0007", "餐厅", "%", "_______%", `\`} {
			require.Empty(t, with(func(f *store.CaseFilter) { f.Text = text }), text)
		}
		// As policy allows: only some fields.
		require.Empty(t, with(func(f *store.CaseFilter) { f.Text, f.By = "13800000007", []store.SearchField{store.ByNumber} }))
		require.Equal(t, one, with(func(f *store.CaseFilter) {
			f.Text, f.By = "13800000007", []store.SearchField{store.ByPhone, store.ByID}
		}))
	}
	require.Empty(t, list(store.CaseFilter{Orgs: []string{"x"}, Text: "餐饮"}, 4), "a text finds no case that may not be seen")

	page, _, err := s.ListCases(t.Context(), all, store.Page{Limit: 1})
	require.NoError(t, err)
	want := films[n-1].rows.Case
	want.Answers, want.Form = nil, nil
	require.Equal(t, store.CaseItem{CaseRow: want, LastSeq: 3}, page[0])
	v, err := s.CaseByNumber(t.Context(), want.Number)
	require.NoError(t, err)
	require.Equal(t, films[n-1].rows.Case, v.CaseRow)
	_, err = s.CaseByNumber(t.Context(), "nobody")
	require.ErrorIs(t, err, store.ErrNotFound)
	task, err := s.TaskByID(t.Context(), want.Number, "food.1.0")
	require.NoError(t, err)
	require.Equal(t, films[n-1].rows.Tasks[1], task)
	_, err = s.TaskByID(t.Context(), want.Number, "x")
	require.ErrorIs(t, err, store.ErrNotFound)
}

// crowd fills the tables without going through the log: 40,000 cases, 120,000 open and 40,000 done tasks.
const crowd = `
	INSERT INTO case_head (case_no, last_seq, last_hash) SELECT 'c' || lpad(i::text, 20, '0'), 1, sha256('x') FROM generate_series(1, 40000) i;
	INSERT INTO case_record SELECT case_no, 'item-' || i % 50, 'n', '1', 'd', '44', 'window',
			CASE WHEN i % 100 = 0 THEN 'received' ELSE 'closed' END, CASE WHEN i % 100 = 0 THEN '' ELSE 'granted' END, '{}', 'org-' || i % 40, '{}',
			'2026-01-01'::timestamptz + i * interval '1 min', NULL, NULL, CASE WHEN i % 100 = 0 THEN NULL ELSE '2026-12-01'::timestamptz END, NULL, NULL, false, false
		FROM (SELECT case_no, row_number() OVER () AS i FROM case_head) x;
	INSERT INTO applicant (case_no, name, id, phone) SELECT case_no, '餐饮' || case_no, 'ID' || case_no, 'T' || case_no FROM case_record;
	INSERT INTO case_form SELECT case_no, '{}', '{}' FROM case_record;
	INSERT INTO case_org SELECT case_no, 'org-' || (right(case_no, 4)::int + k) % 40, item, received_at, status = 'closed' FROM case_record, generate_series(0, 2) k;
	INSERT INTO task SELECT case_no, 't' || k, item, 's', 'work', 'p', 'org-' || (right(case_no, 4)::int + k) % 40, (ARRAY['handle', 'check', 'approve'])[1 + k % 3],
			CASE WHEN k < 3 THEN 'open' ELSE 'done' END, CASE WHEN k = 0 THEN 'acc-' || right(case_no, 2) ELSE '' END, CASE WHEN k < 3 THEN '' ELSE 'acc-' || right(case_no, 2) END,
			CASE WHEN k < 3 THEN NULL ELSE received_at END, received_at + interval '7 days', received_at + interval '6 days', '{"basis": {"from": "start", "period": "7cd"}}', received_at
		FROM case_record, generate_series(0, 3) k;
	ANALYZE;`

// Every list reads its indexes, however many rows there are.
func TestListsUseTheirIndexes(t *testing.T) {
	t.Parallel()
	s := open(t)
	exec(t, s, crowd)
	now := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	orgs := []string{"org-1", "org-2"}
	explain := func(name, sql string, args []any) {
		t.Helper()
		rows, err := s.Pool().Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) "+sql, args...)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		plan := strings.Join(lines, "\n")
		require.NotContains(t, plan, "Seq Scan", "%s: %s\n%s", name, sql, plan)
	}
	after := func(list func(page store.Page) (store.Cursor, error)) store.Cursor {
		t.Helper()
		c, err := list(store.Page{Limit: 20})
		require.NoError(t, err)
		require.NotEmpty(t, c)
		return c
	}
	for name, f := range map[string]store.TaskFilter{
		"by organisation": {Orgs: orgs},
		"by role":         {Orgs: orgs, Roles: []string{"handle", "check"}},
		"claimed":         {ClaimedBy: "acc-17"},
		"by item":         {Orgs: orgs, Item: "item-9"},
		"due":             {Orgs: orgs, DueBefore: now},
		"red":             {Orgs: orgs, Light: store.Red, Now: now},
		"yellow":          {Orgs: orgs, Light: store.Yellow, Now: now},
		"by receipt":      {Orgs: orgs, Sort: store.SortReceived},
		"newest":          {Orgs: orgs, Sort: store.SortNewest},
		"by case":         {Orgs: orgs, Sort: store.SortCase},
		"by step":         {Orgs: orgs, Step: "s", Kind: engine.TaskWork},
		"done":            {Orgs: orgs, Done: true},
		"done by":         {DoneBy: "acc-17"},
	} {
		next := after(func(p store.Page) (store.Cursor, error) { _, c, err := s.ListTasks(t.Context(), f, p); return c, err })
		for _, page := range []store.Page{{}, {After: next}} {
			sql, args, _, err := store.TaskQuery(f, page)
			require.NoError(t, err)
			explain("tasks "+name, sql, args)
		}
	}
	for name, f := range map[string]store.TaskFilter{
		"by organisation": {Orgs: orgs, Now: now},
		"by role":         {Orgs: orgs, Roles: []string{"handle"}, Now: now},
		"claimed":         {ClaimedBy: "acc-17", Now: now},
		"a text":          {Orgs: orgs, Text: "00012345", By: []store.SearchField{store.ByNumber}, Now: now},
	} {
		sql, args, err := store.CountQuery(f)
		require.NoError(t, err)
		explain("count "+name, sql, args)
	}
	for name, f := range map[string]store.CaseFilter{
		"all":             {All: true},
		"all by status":   {All: true, Status: engine.Received},
		"all by item":     {All: true, Item: "item-9"},
		"all by time":     {All: true, ReceivedBefore: now},
		"by organisation": {Orgs: orgs},
		"by status":       {Orgs: orgs, Status: engine.Received},
		"by item":         {Orgs: orgs, Item: "item-9"},
		"by time":         {Orgs: orgs, ReceivedBefore: now},
		"by name":         {All: true, Text: "餐饮c000000000000001"},
		"by tail":         {All: true, Text: "00012345", By: []store.SearchField{store.ByNumber}},
		"by id":           {Orgs: orgs, Text: "idc00000000000000012345", By: []store.SearchField{store.ByID, store.ByPhone}},
	} {
		sql, args, err := store.CaseQuery(f, store.Page{Limit: 20})
		require.NoError(t, err)
		explain("cases "+name, sql, args)
		if f.Text != "" {
			continue
		}
		next := after(func(p store.Page) (store.Cursor, error) { _, c, err := s.ListCases(t.Context(), f, p); return c, err })
		sql, args, err = store.CaseQuery(f, store.Page{After: next})
		require.NoError(t, err)
		explain("cases "+name+", next page", sql, args)
	}
}

// planNode is a part of a plan as EXPLAIN (FORMAT JSON) tells it.
type planNode struct {
	Relation string     `json:"Relation Name"`
	Rows     float64    `json:"Actual Rows"`
	Removed  float64    `json:"Rows Removed by Filter"`
	Loops    float64    `json:"Actual Loops"`
	Plans    []planNode `json:"Plans"`
}

// read counts the rows of a table that a plan has looked at.
func (n planNode) read(table string) (rows float64) {
	if n.Relation == table {
		rows = (n.Rows + n.Removed) * n.Loops
	}
	for _, p := range n.Plans {
		rows += p.read(table)
	}
	return rows
}

// Where one organisation has nearly all the tasks, a page of them still reads about as many rows as it
// gives: each order and range is one of an index.
func TestAPageReadsAsManyRowsAsItGives(t *testing.T) {
	t.Parallel()
	s := open(t)
	exec(t, s, crowd)
	exec(t, s, `UPDATE task SET org = 'org-0' WHERE right(case_no, 1) <> '7'; ANALYZE`)
	const limit = 50
	now := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	orgs := []string{"org-0"}
	counts, err := s.CountTasks(t.Context(), store.TaskFilter{Orgs: orgs, Now: now})
	require.NoError(t, err)
	for name, f := range map[string]store.TaskFilter{
		"by organisation": {Orgs: orgs},
		"by role":         {Orgs: orgs, Roles: []string{"handle"}},
		"claimed":         {ClaimedBy: "acc-17"},
		"due":             {Orgs: orgs, DueBefore: now},
		"red":             {Orgs: orgs, Light: store.Red, Now: now},
		"yellow":          {Orgs: orgs, Light: store.Yellow, Now: now},
		"green":           {Orgs: orgs, Light: store.Green, Now: now},
		"by receipt":      {Orgs: orgs, Sort: store.SortReceived},
		"newest":          {Orgs: orgs, Sort: store.SortNewest},
		"by case":         {Orgs: orgs, Sort: store.SortCase},
		"done":            {Orgs: orgs, Done: true},
	} {
		most := float64(3 * limit)
		if f.Light == store.Green {
			most += float64(counts.Yellow) // in order of due those that warn already are passed over
		}
		_, next, err := s.ListTasks(t.Context(), f, store.Page{Limit: limit})
		require.NoError(t, err)
		require.NotEmpty(t, next, name)
		for _, after := range []store.Cursor{"", next} {
			sql, args, _, err := store.TaskQuery(f, store.Page{Limit: limit, After: after})
			require.NoError(t, err)
			var plan []byte
			require.NoError(t, s.Pool().QueryRow(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+sql, args...).Scan(&plan))
			var top []struct{ Plan planNode }
			require.NoError(t, json.Unmarshal(plan, &top))
			read := top[0].Plan.read("task")
			require.LessOrEqual(t, read, most, "%s: rows read\n%s", name, plan)
			require.GreaterOrEqual(t, read, float64(limit), "%s: the count sees nothing\n%s", name, plan)
		}
	}
}
