package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/definitions"
	"lianban/engine/supervision"
	"lianban/store"
)

// counted puts a closed case of an organisation there, with what reports count of it.
func (r *rig) counted(number, org string, concluded time.Time, late bool) {
	r.t.Helper()
	at := concluded.Add(-48 * time.Hour)
	f := supervision.Fact{Case: number, Item: "I1", ItemName: "事项", Lead: org, Orgs: []string{org}, ReceivedAt: at, AcceptedAt: at, ConcludedAt: concluded, ClosedAt: concluded,
		Outcome: "granted", Promise: true, PromiseLate: late, Measured: true, Days: 2, NetDays: 1, Visits: 1}
	_, ok, err := r.store.PutCards(r.t.Context(), store.CaseWatch{Case: number, Rules: builtIn().Version, Seq: 1, Until: concluded}, nil, f)
	require.NoError(r.t, err)
	require.True(r.t, ok)
}

func (r *rig) report(as, query string) gen.Report {
	r.t.Helper()
	var out gen.Report
	a := r.do(req{method: "GET", path: "/v1/reports?from=2026-03-01&until=2026-03-31" + query, as: as})
	require.Equal(r.t, 200, a.status, string(a.body))
	a.into(r.t, &out)
	return out
}

func valuesOf(r gen.Report, row int) map[string]gen.FigureValue {
	out := map[string]gen.FigureValue{}
	for _, v := range r.Rows[row].Values {
		out[v.Figure] = v
	}
	return out
}

func TestReports(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 4, 0, 0, 0, time.UTC) }
	for i, org := range []string{"org-dept", "org-dept", "org-dept", "org-other", "org-far"} {
		number := fmt.Sprint("R", i)
		r.heads(number)
		r.counted(number, org, day(10+i), i == 0)
	}
	r.heads("R9")
	r.counted("R9", "org-dept", day(31).Add(12*time.Hour+time.Minute), false) // 1 April at home
	r.heads("R8")
	r.counted("R8", "org-dept", day(31).Add(11*time.Hour), false)

	mine := r.report("one", "")
	require.Len(t, mine.Figures, len(store.Figures))
	require.Len(t, mine.Rows, 1)
	v := valuesOf(mine, 0)
	require.EqualValues(t, 4, v["concluded"].Count)
	require.EqualValues(t, 5, v["received"].Count, "received on 29 March, concluded in April")
	require.EqualValues(t, 4, v["onPromise"].Base)
	require.InDelta(t, 75, *v["onPromise"].Value, 0.001)
	require.Nil(t, v["onLaw"].Value, "nothing to divide by")
	require.InDelta(t, 2, *v["days"].Value, 0.001)
	require.InDelta(t, 1, *v["netDays"].Value, 0.001)

	require.EqualValues(t, 5, valuesOf(r.report("supervisor", ""), 0)["concluded"].Count, "all he looks after")
	require.EqualValues(t, 4, valuesOf(r.report("supervisor", "&org=org-dept"), 0)["concluded"].Count)
	require.Zero(t, valuesOf(r.report("supervisor", "&item=I2"), 0)["concluded"].Count)
	byOrg := r.report("supervisor", "&by=org")
	require.Len(t, byOrg.Rows, 2)
	require.Equal(t, []string{"org-dept", "部门", "org-other", "另一部门"}, []string{byOrg.Rows[0].Key, byOrg.Rows[0].Name, byOrg.Rows[1].Key, byOrg.Rows[1].Name})
	require.EqualValues(t, 1, valuesOf(byOrg, 1)["concluded"].Count)
	require.Equal(t, "2026-03", r.report("one", "&by=month").Rows[0].Key)
	require.Equal(t, "I1", r.report("one", "&by=item").Rows[0].Key)

	for query, code := range map[string]string{"?from=2026-03-01&until=2026-02-01": "bad-request", "?from=2026-03-01": "bad-request", "?from=2026-03-01&until=x": "bad-request", "?from=2026-02-30&until=2026-03-31": "bad-request",
		"?from=2026-03-01&until=2026-03-31&by=colour": "bad-request"} {
		r.do(req{method: "GET", path: "/v1/reports" + query, as: "one"}).problem(t, 400, code)
	}
	r.do(req{method: "GET", path: "/v1/reports?from=2026-03-01&until=2026-03-31&org=org-other", as: "one"}).problem(t, 403, "not-permitted")

	var lines, rest gen.ReportLines
	path := "/v1/reports/onPromise?from=2026-03-01&until=2026-03-31"
	r.do(req{method: "GET", path: path + "&limit=3", as: "one"}).into(t, &lines)
	r.do(req{method: "GET", path: path + "&limit=3&cursor=" + lines.Next, as: "one"}).into(t, &rest)
	var got []string
	for _, l := range append(lines.Lines, rest.Lines...) {
		got = append(got, fmt.Sprint(l.Number, l.Counts))
	}
	require.Equal(t, "R0false R1true R2true R8true", strings.Join(got, " "))
	require.Empty(t, rest.Next)
	r.do(req{method: "GET", path: "/v1/reports/none?from=2026-03-01&until=2026-03-31", as: "one"}).problem(t, 404, "no-such-figure")
	r.do(req{method: "GET", path: path + "&cursor=x", as: "one"}).problem(t, 400, "bad-cursor")
}

// heads makes a case there be, as far as the tables ask for one.
func (r *rig) heads(number string) {
	r.t.Helper()
	db, err := pgx.Connect(r.t.Context(), r.dsn)
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, db.Close(r.t.Context())) }()
	_, err = db.Exec(r.t.Context(), `INSERT INTO case_head (case_no, last_seq, last_hash) VALUES ($1, 1, sha256('x'))`, number)
	require.NoError(r.t, err)
}
