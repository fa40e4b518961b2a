package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/definitions"
	"lianban/engine/calendar"
	"lianban/engine/supervision"
	"lianban/store"
)

// standing puts a case there that was received on a day and concluded on another; 0: not yet.
func (r *rig) standing(number, item string, received, concluded calendar.Date, orgs ...string) {
	r.t.Helper()
	r.heads(number)
	noon := func(d calendar.Date) time.Time { return d.Start().Add(12 * time.Hour) }
	f := supervision.Fact{Case: number, Item: item, ItemName: "事项", Lead: orgs[0], Orgs: orgs, ReceivedAt: noon(received)}
	if concluded != 0 {
		f.ConcludedAt, f.Outcome = noon(concluded), "granted"
	}
	_, ok, err := r.store.PutCards(r.t.Context(), store.CaseWatch{Case: number, Rules: builtIn().Version, Seq: 1, Until: noon(received)}, nil, f)
	require.NoError(r.t, err)
	require.True(r.t, ok)
}

func TestAgeing(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	today := r.today()
	for i, age := range []int{0, 5, 6, 10, 11, 20, 21, 30, 31, 60, 61, 400} {
		r.standing(fmt.Sprintf("A%02d", i), "I1", today.AddDays(-age), 0, "org-dept", "org-other")
	}
	r.standing("B00", "I2", today.AddDays(-7), 0, "org-other")
	r.standing("B01", "I2", today.AddDays(-40), today.AddDays(-3), "org-dept")
	r.standing("B02", "I1", today.AddDays(-40), today.AddDays(-3), "org-far")

	get := func(as, query string) (out gen.Ageing) {
		a := r.do(req{method: "GET", path: "/v1/reports/ageing" + query, as: as})
		require.Equal(t, 200, a.status, string(a.body))
		a.into(t, &out)
		return out
	}
	mine := get("one", "")
	require.Equal(t, today, mine.On)
	require.Len(t, mine.Bands, 6)
	require.Equal(t, []gen.AgeingRow{{Total: 12, Counts: []int64{2, 2, 2, 2, 2, 2}}}, mine.Rows)
	all := get("supervisor", "")
	require.EqualValues(t, 13, all.Rows[0].Total, "a case of two counts once")
	require.Equal(t, []gen.AgeingRow{
		{Key: "org-dept", Name: "部门", Total: 12, Counts: []int64{2, 2, 2, 2, 2, 2}}, {Key: "org-other", Name: "另一部门", Total: 13, Counts: []int64{2, 3, 2, 2, 2, 2}},
	}, get("supervisor", "?by=org").Rows)
	require.Equal(t, []string{"I1", "I2"}, []string{get("supervisor", "?by=item").Rows[0].Key, get("supervisor", "?by=item").Rows[1].Key})
	require.Equal(t, []gen.AgeingRow{{Total: 1, Counts: []int64{0, 1, 0, 0, 0, 0}}}, get("supervisor", "?item=I2").Rows)
	require.Equal(t, []gen.AgeingRow{{Counts: make([]int64, 6)}}, get("supervisor", "?item=I3").Rows)

	// As of a day: what was concluded since counts, what came since does not, and everything was younger.
	past := get("one", "?on="+today.AddDays(-10).String())
	require.Equal(t, []gen.AgeingRow{{Total: 10, Counts: []int64{2, 1, 2, 2, 2, 1}}}, past.Rows)
	for days, want := range map[int]int64{-4: 12, -3: 11} { // concluded that day
		require.Equal(t, want, get("one", "?on="+today.AddDays(days).String()).Rows[0].Total, days)
	}

	var first, rest gen.AgeingLines
	path := "/v1/reports/ageing/lines?band=31-60"
	r.do(req{method: "GET", path: path + "&limit=1", as: "one"}).into(t, &first)
	r.do(req{method: "GET", path: path + "&limit=5&cursor=" + first.Next, as: "one"}).into(t, &rest)
	var got []string
	for _, l := range append(first.Lines, rest.Lines...) {
		got = append(got, fmt.Sprint(l.Number, " ", l.Days, " ", l.OrgName))
	}
	require.Equal(t, "A09 60 部门, A08 31 部门", strings.Join(got, ", "), "the oldest first")
	require.Empty(t, rest.Next)
	r.do(req{method: "GET", path: "/v1/reports/ageing/lines?band=61-", as: "one"}).into(t, &rest)
	require.Equal(t, []int{400, 61}, []int{rest.Lines[0].Days, rest.Lines[1].Days})
	r.do(req{method: "GET", path: "/v1/reports/ageing/lines?limit=200", as: "supervisor"}).into(t, &rest)
	require.Len(t, rest.Lines, 13)

	for query, code := range map[string]int{"?on=" + (today + 1).String(): 400, "?on=2026-02-30": 400, "?by=month": 400, "?org=org-other": 403} {
		require.Equal(t, code, r.do(req{method: "GET", path: "/v1/reports/ageing" + query, as: "one"}).status, query)
	}
	r.do(req{method: "GET", path: "/v1/reports/ageing/lines?band=7", as: "one"}).problem(t, 400, "bad-request")
	r.do(req{method: "GET", path: path + "&cursor=x", as: "one"}).problem(t, 400, "bad-cursor")

	table := csvOf(t, r.do(req{method: "GET", path: "/v1/exports/ageing?by=org", as: "supervisor"}))
	require.Equal(t, []string{"代码", "名称", "在办", "0–5 天", "6–10 天", "11–20 天", "21–30 天", "31–60 天", "61 天及以上"}, table[0])
	require.Equal(t, []string{"org-other", "另一部门", "13", "2", "3", "2", "2", "2", "2"}, table[2])
	table = csvOf(t, r.do(req{method: "GET", path: "/v1/exports/ageing?band=61-&lang=en", as: "one"}))
	require.Len(t, table, 3)
	require.Equal(t, []string{"A11", "400"}, []string{table[1][0], table[1][7]})
}
