package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianban/definitions"
	"lianban/store"
)

// csvOf reads a table that was sent as CSV.
func csvOf(t *testing.T, a answer) [][]string {
	t.Helper()
	require.Equal(t, 200, a.status, string(a.body))
	require.Equal(t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	text, marked := strings.CutPrefix(string(a.body), "\ufeff")
	require.True(t, marked)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return rows
}

func TestCasesAreExported(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	var numbers []string
	for i := range 3 {
		body := r.application()
		if i == 2 {
			body["form"].(map[string]any)["applicant"].(map[string]any)["name"] = `=cmd|' /C calc'!A0`
		}
		numbers = append(numbers, r.start(body))
	}
	get := func(as, query string) answer {
		return r.do(req{method: "GET", path: "/v1/exports/cases" + query, as: as})
	}
	a := get("clerk", "")
	rows := csvOf(t, a)
	require.Len(t, rows, 4)
	require.Equal(t, []string{"办件编号", "事项编码", "事项", "版本", "申请人"}, rows[0][:5])
	require.Equal(t, []string{numbers[2], itemCode, "测试事项", "1", `'=cmd|' /C calc'!A0`}, rows[1][:5], "newest first, and no formula")
	require.Equal(t, []string{numbers[0], applicantName, "窗口", "已收件"}, []string{rows[3][0], rows[3][4], rows[3][6], rows[3][7]})
	_, at, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.Regexp(t, `^cases-[0-9]{8}-[0-9]{6}\.csv$`, at["filename"])

	// As the list: filters, what one may see and search.
	require.Len(t, csvOf(t, get("clerk", "?status=closed")), 1, "the head alone")
	require.Equal(t, "case", csvOf(t, get("clerk", "?status=closed&lang=en"))[0][0])
	require.Len(t, csvOf(t, get("clerk", "?q="+url.QueryEscape(applicantName[:6]))), 3)
	require.Len(t, csvOf(t, get("two", "")), 1, "no part in any")
	get("", "").problem(t, 401, "unauthenticated")
	get("analyst", "").problem(t, 403, "not-permitted")
	get("clerk", "?format=pdf").problem(t, 400, "bad-request")

	x := get("clerk", "?format=xlsx&region="+region)
	require.Equal(t, 200, x.status)
	f, err := excelize.OpenReader(bytes.NewReader(x.body))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	cells, err := f.GetRows("办件")
	require.NoError(t, err)
	require.Len(t, cells, 4)
	require.Equal(t, `=cmd|' /C calc'!A0`, cells[1][4])

	// Who took what out is on the audit, but not for whom he searched.
	changes := r.changes("?kind=export")
	require.Len(t, changes, 6)
	require.Equal(t, map[string]any{"format": "xlsx", "region": region}, changes[0].After)
	require.Equal(t, "cases", changes[0].Subject)
	require.Equal(t, map[string]any{"format": "csv", "searched": true}, changes[2].After)
	require.Empty(t, r.broken())
	require.NotContains(t, r.log.String(), applicantName[:6])
}

func TestALongTableSaysWhereItEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, rows: 2})
	get := func() [][]string { return csvOf(t, r.do(req{method: "GET", path: "/v1/exports/cases", as: "clerk"})) }
	for range 2 {
		r.start(r.application())
	}
	require.Len(t, get(), 3)
	r.start(r.application())
	rows := get()
	require.Len(t, rows, 4)
	require.Contains(t, rows[3][0], "仅前 2 行")
}

func TestReportsAreExported(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	for i, org := range []string{"org-dept", "org-dept", "org-other"} {
		number := fmt.Sprint("R", i)
		r.heads(number)
		r.counted(number, org, time.Date(2026, 3, 10+i, 4, 0, 0, 0, time.UTC), i == 0)
	}
	const period = "?from=2026-03-01&until=2026-03-31"
	get := func(as, path string) answer {
		return r.do(req{method: "GET", path: "/v1/exports/report" + path, as: as})
	}
	rows := csvOf(t, get("supervisor", period+"&by=org"))
	require.Len(t, rows, 3)
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	require.Equal(t, []string{"org-dept", "部门", "2", "50", "1", "2"}, []string{
		rows[1][0], rows[1][1], rows[1][at["办结"]], rows[1][at["承诺按时办结率（%）"]], rows[1][at["承诺按时办结率：计入"]], rows[1][at["承诺按时办结率：基数"]]})
	require.Empty(t, rows[1][at["法定按时办结率（%）"]], "nothing to divide by")
	get("one", period+"&org=org-other").problem(t, 403, "not-permitted")
	get("one", "?from=2026-03-01").problem(t, 400, "bad-request")

	lines := csvOf(t, get("one", "/onPromise"+period+"&lang=en"))
	require.Equal(t, [][]string{
		{"case", "card", "item", "organisation", "name", "at", "counts", "value"},
		{"R0", "", "I1", "org-dept", "部门", "2026-03-10 12:00:00", "no", ""}, {"R1", "", "I1", "org-dept", "部门", "2026-03-11 12:00:00", "yes", ""},
	}, lines)
	get("one", "/none"+period).problem(t, 404, "no-such-figure")
	require.Len(t, csvOf(t, get("one", "/days"+period)), 3)
	list, err := r.store.AdminChanges(t.Context(), store.AdminFilter{Kind: store.KindExport}, 0, 10)
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, "report-days", list[0].Subject)
	require.JSONEq(t, `{"format":"csv","from":"2026-03-01","until":"2026-03-31"}`, string(list[0].After))
}
