package api_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// count is how many cases there are: a refused filing leaves none.
func (r *rig) count() int {
	r.t.Helper()
	list, _, err := r.store.ListCases(r.t.Context(), store.CaseFilter{All: true}, store.Page{Limit: 500})
	require.NoError(r.t, err)
	return len(list)
}

func TestBadFilingsAreAnsweredAndLeaveNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	for name, c := range map[string]struct {
		change func(map[string]any)
		status int
		code   string
		where  string
	}{
		"unknown item":             {func(b map[string]any) { b["item"] = "nothing" }, 404, "unknown-item", "item"},
		"unknown version":          {func(b map[string]any) { b["version"] = "7" }, 404, "unknown-version", "version"},
		"version not effective":    {func(b map[string]any) { b["version"] = "99" }, 409, "not-yet-effective", "/version"},
		"suspended":                {func(b map[string]any) { b["item"] = "asleep" }, 409, "suspended", "/item"},
		"nobody plays a party":     {func(b map[string]any) { b["item"] = "orphan" }, 422, "no-organisation", "parties.nobody"},
		"answer of the wrong type": {func(b map[string]any) { b["answers"] = map[string]any{"wide": "perhaps"} }, 422, "bad-answer", "answers.wide"},
		"answer missing":           {func(b map[string]any) { b["answers"] = map[string]any{} }, 422, "bad-answer", "answers.wide"},
		"question not asked":       {func(b map[string]any) { b["answers"] = map[string]any{"wide": true, "x": 1} }, 422, "bad-answer", "answers.x"},
		"paper not in the guide": {func(b map[string]any) {
			b["papers"] = []any{map[string]any{"id": "extra", "hash": r.paper("clerk", "x.pdf")}}
		}, 422, "bad-paper", "papers.extra"},
		"file never uploaded": {func(b map[string]any) {
			b["papers"] = []any{map[string]any{"id": "request", "hash": strings.Repeat("0", 64)}}
		}, 422, "file-unknown", "papers.request"},
		"form incomplete": {func(b map[string]any) {
			b["form"] = map[string]any{"applicant": map[string]any{"idNumber": applicantID}}
		}, 422, "bad-form", ""},
		"channel the item has not": {func(b map[string]any) { b["channel"] = "mobile" }, 422, "bad-data", "channel"},
		"unknown field":            {func(b map[string]any) { b["nonsense"] = 1 }, 400, "bad-request", "/nonsense"},
		"item missing":             {func(b map[string]any) { delete(b, "item") }, 400, "bad-request", "/item"},
		"papers no list":           {func(b map[string]any) { b["papers"] = applicantID }, 400, "bad-request", "/papers"},
	} {
		t.Run(name, func(t *testing.T) {
			body := r.application()
			c.change(body)
			key := uuid.NewString()
			a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", key: key, body: body})
			p := a.problem(t, c.status, c.code)
			if c.where != "" {
				require.Equal(t, c.where, p.Where)
			}
			require.NotContains(t, string(a.body), applicantID, "no submitted value comes back")
			r.do(req{method: "GET", path: "/v1/commands/" + key, as: "clerk"}).problem(t, 404, "no-such-command")
			require.Zero(t, r.count())
		})
	}
	t.Run("form errors are listed by field", func(t *testing.T) {
		body := r.application()
		body["form"] = map[string]any{"applicant": map[string]any{}, "staff": 0}
		p := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body}).problem(t, 422, "bad-form")
		require.Len(t, p.Errors, 2)
	})
	t.Run("no key", func(t *testing.T) {
		r.do(req{method: "POST", path: "/v1/cases", as: "clerk", key: "-", body: r.application()}).problem(t, 400, "key-missing")
		r.do(req{method: "POST", path: "/v1/cases", as: "clerk", key: "short", body: r.application()}).problem(t, 400, "key-missing")
		require.Zero(t, r.count())
	})
	t.Run("a body of 10 MB", func(t *testing.T) {
		p := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", raw: bytes.NewReader(bytes.Repeat([]byte(" "), 10<<20))}).problem(t, 413, "too-large")
		require.Contains(t, p.Expected.EN, "1048576")
		// The same without its length told beforehand.
		r.do(req{method: "POST", path: "/v1/cases", as: "clerk", raw: io.MultiReader(bytes.NewReader(bytes.Repeat([]byte(" "), 10<<20)))}).problem(t, 413, "too-large")
		require.Zero(t, r.count())
	})
	t.Run("no JSON", func(t *testing.T) {
		p := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", raw: strings.NewReader(`{"item": "` + applicantID)}).problem(t, 400, "bad-request")
		require.Equal(t, "body", p.Where)
		require.Equal(t, "ends in the middle", p.Actual.EN)
		p = r.do(req{method: "POST", path: "/v1/cases", as: "clerk", raw: strings.NewReader(`{"item": ]`)}).problem(t, 400, "bad-request")
		require.Equal(t, "malformed at byte 10", p.Actual.EN)
		p = r.do(req{method: "GET", path: "/v1/cases?limit=" + applicantID + "a", as: "clerk"}).problem(t, 400, "bad-request")
		require.Equal(t, "query limit", p.Where)
		require.Equal(t, "integer", p.Expected.EN)
		r.do(req{method: "POST", path: "/v1/cases", as: "clerk", kind: "text/plain", raw: strings.NewReader("x")}).problem(t, 415, "media-type")
		r.do(req{method: "POST", path: "/v1/cases", as: "clerk"}).problem(t, 400, "bad-request")
	})
	require.NotContains(t, r.log.String(), applicantID)
}

func TestBadActsAreAnsweredAndChangeNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)

	unchanged := func(name string, status int, code string, q req) {
		t.Run(name, func(t *testing.T) {
			before := r.seq(number)
			r.do(q).problem(t, status, code)
			require.Equal(t, before, r.seq(number))
		})
	}
	unchanged("task of another department", 403, "not-allowed", r.acting("stranger", number, "agree", "one", nil))
	unchanged("task of another party", 403, "not-allowed", r.acting("two", number, "agree", "one", nil))
	unchanged("act of another step", 409, "not-open", r.acting("lead", number, "grant", "conclude", nil))
	unchanged("unknown step", 404, "not-found", r.acting("one", number, "agree", "nowhere", nil))
	unchanged("unknown case", 404, "no-such-case", r.acting("one", "no-such-case", "agree", "one", nil))
	unchanged("reason missing", 400, "bad-request", r.acting("one", number, "disagree", "one", nil))
	unchanged("field of another act", 400, "bad-request", r.acting("one", number, "agree", "one", map[string]any{"way": "counter"}))
	unchanged("broken token", 401, "unauthenticated", req{method: "POST", path: "/v1/cases/" + number + "/acts/agree", header: map[string]string{"Authorization": "Bearer x y"}, body: map[string]any{}})

	t.Run("task already done", func(t *testing.T) {
		r.must("one", number, "agree", "one", nil)
		before := r.seq(number)
		r.act("one", number, "agree", "one", nil).problem(t, 409, "not-open")
		require.Equal(t, before, r.seq(number))
	})
	t.Run("two people at once", func(t *testing.T) {
		_, err := r.token(r.url, "two")
		require.NoError(t, err)
		_, err = r.token(r.url, "two-b")
		require.NoError(t, err)
		var wg sync.WaitGroup
		var got [2]answer
		for i, as := range []string{"two", "two-b"} {
			wg.Go(func() { got[i], _ = r.try(r.acting(as, number, "agree", "two", nil)) })
		}
		wg.Wait()
		if got[0].status != 200 {
			got[0], got[1] = got[1], got[0]
		}
		require.Equal(t, 200, got[0].status, string(got[0].body))
		got[1].problem(t, 409, "not-open")
		ended := 0
		events, err := r.store.Timeline(t.Context(), number, 0, 1000)
		require.NoError(t, err)
		for _, e := range events {
			ev, err := e.Event()
			require.NoError(t, err)
			if b, ok := ev.Body.(engine.StepEnded); ok && b.Step == "two" {
				ended++
			}
		}
		require.Equal(t, 1, ended)
	})
	t.Run("repeated key with another body", func(t *testing.T) {
		key := uuid.NewString()
		grant := func(reason string) req {
			q := r.acting("lead", number, "grant", "conclude", map[string]any{"reason": reason})
			q.key = key
			return q
		}
		first := r.do(grant("同意"))
		require.Equal(t, 200, first.status, string(first.body))
		before := r.seq(number)
		r.do(grant("另一理由")).problem(t, 422, "key-reused")
		require.JSONEq(t, string(first.body), string(r.do(grant("同意")).body))
		other := r.acting("clerk", number, "hand", "handOut", map[string]any{"way": "counter"})
		other.key = key
		r.do(other).problem(t, 422, "key-reused")
		require.Equal(t, before, r.seq(number))
	})
	t.Run("closed case", func(t *testing.T) {
		r.must("clerk", number, "hand", "handOut", map[string]any{"way": "counter"})
		before := r.seq(number)
		r.eventually("the workflow ends", func() bool {
			d, err := r.temporal.DescribeWorkflowExecution(t.Context(), number, "")
			return err == nil && d.WorkflowExecutionInfo.CloseTime != nil
		})
		key := uuid.NewString()
		late := r.acting("lead", number, "amend", "", map[string]any{"reason": "晚了", "answers": map[string]any{"wide": true}})
		late.key = key
		p := r.do(late).problem(t, 409, "case-closed")
		require.NotEmpty(t, p.Zh)
		require.Equal(t, before, r.seq(number))
		r.do(late).problem(t, 409, "case-closed")
		var c gen.Command
		r.do(req{method: "GET", path: "/v1/commands/" + key, as: "lead"}).into(t, &c)
		require.Equal(t, gen.CommandStateRefused, c.State)
		require.Equal(t, "case-closed", c.Problem.Code)
		r.do(req{method: "GET", path: "/v1/commands/" + key, as: "one"}).problem(t, 404, "no-such-command")
	})
}

func TestFilesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, upload: 64 << 10})
	zipped := func(name string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte("<x/>"))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00")
	for name, c := range map[string]struct {
		kind    string
		content []byte
		status  int
		code    string
	}{
		"pdf":                     {"application/pdf", pdf, 201, ""},
		"png":                     {"image/png", png, 201, ""},
		"ofd":                     {"application/ofd", zipped("OFD.xml"), 201, ""},
		"text":                    {"text/plain; charset=utf-8", []byte("说明"), 201, ""},
		"zip is no ofd":           {"application/ofd", zipped("other.xml"), 415, "file-type"},
		"ofd is no zip":           {"application/zip", zipped("OFD.xml"), 415, "file-type"},
		"png that says pdf":       {"application/pdf", png, 415, "file-type"},
		"html that says text":     {"text/plain", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), 415, "file-type"},
		"program":                 {"application/x-msdownload", []byte("MZ"), 415, "file-type"},
		"empty":                   {"application/pdf", nil, 415, "file-type"},
		"larger than the limit":   {"application/pdf", append(bytes.Clone(pdf), make([]byte, 64<<10)...), 413, "too-large"},
		"much larger than a body": {"application/pdf", append(bytes.Clone(pdf), make([]byte, 3<<20)...), 413, "too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := r.upload("clerk", "../../某 文件.bin", c.kind, c.content)
			if c.code != "" {
				p := a.problem(t, c.status, c.code)
				if c.code == "too-large" {
					require.Equal(t, "at most 65536 bytes", p.Expected.EN)
					require.Equal(t, "file", p.Where)
				}
				return
			}
			require.Equal(t, 201, a.status, string(a.body))
			var f gen.File
			a.into(t, &f)
			require.Equal(t, "某 文件.bin", f.Name)
			got := r.do(req{method: "GET", path: "/v1/files/" + f.Hash, as: "clerk"})
			require.Equal(t, 200, got.status)
			require.Equal(t, c.content, got.body)
			require.Contains(t, got.header.Get("Content-Disposition"), "attachment")
			r.do(req{method: "GET", path: "/v1/files/" + f.Hash, as: "lead"}).problem(t, 404, "no-such-file")
		})
	}
	body, kind := filePart(t, "other", "x.pdf", "application/pdf", pdf)
	r.do(req{method: "POST", path: "/v1/files", as: "clerk", key: "-", kind: kind, raw: body}).problem(t, 400, "bad-request")
	r.do(req{method: "POST", path: "/v1/files", as: "clerk", key: "-", kind: "multipart/form-data; boundary=x", raw: strings.NewReader("--x\r\nbroken")}).problem(t, 400, "bad-request")
	r.do(req{method: "POST", path: "/v1/files", as: "clerk", key: "-", kind: "application/pdf", raw: bytes.NewReader(pdf)}).problem(t, 415, "media-type")
}

func TestItemsArePublishedOnlyWhenTheyPass(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	post := func(path, as, src string) answer {
		return r.do(req{method: "POST", path: path, as: as, kind: "application/yaml", raw: strings.NewReader(src)})
	}
	src := testItem(t)
	next := strings.Replace(src, `version: "1"`, `version: "2"`, 1)
	var checked gen.Checked
	post("/v1/items/check", "publisher", next).into(t, &checked)
	require.Zero(t, checked.Errors, checked.Findings)
	broken := strings.Replace(next, "by: dept", "by: nobodyy", 1)
	post("/v1/items/check", "publisher", broken).into(t, &checked)
	require.NotZero(t, checked.Errors)
	require.NotZero(t, checked.Findings[0].Line)

	p := post("/v1/items", "operator", broken).problem(t, 422, "definition-refused")
	require.NotEmpty(t, p.Findings)
	visit := next + "  - visit: look\n    by: dept\n    limit: 5wd\n    inspectors: 2\n"
	post("/v1/items", "operator", visit).problem(t, 422, "definition-refused")
	r.do(req{method: "GET", path: "/v1/items/" + itemCode + "/versions/2"}).problem(t, 404, "unknown-version")

	ok := post("/v1/items", "operator", next)
	require.Equal(t, 200, ok.status, string(ok.body))
	require.Equal(t, 200, post("/v1/items", "operator", next).status, "the same again is no error")
	post("/v1/items", "operator", strings.Replace(next, "测试批准", "另一批准", 1)).problem(t, 409, "version-exists")
	var v gen.VersionText
	r.do(req{method: "GET", path: "/v1/items/test-item/versions/2"}).into(t, &v)
	require.Equal(t, next, v.Source)

	var guide struct{ Papers, Steps []struct{ ID string } }
	r.do(req{method: "GET", path: "/v1/items/" + itemCode + "/guide"}).into(t, &guide)
	require.Len(t, guide.Papers, 2)
	all := len(guide.Steps)
	r.do(req{method: "GET", path: "/v1/items/" + itemCode + `/guide?answers={"wide":false}`}).into(t, &guide)
	require.Less(t, len(guide.Steps), all)
	r.do(req{method: "GET", path: "/v1/items/" + itemCode + `/guide?answers=[1]`}).problem(t, http.StatusBadRequest, "bad-request")
	found := func(q string) int {
		var list struct{ Items []gen.Item }
		r.do(req{method: "GET", path: "/v1/items?q=" + url.QueryEscape(q)}).into(t, &list)
		return len(list.Items)
	}
	all = found("")
	require.Equal(t, all, found(" "))
	for _, q := range []string{"测试事项", "cssx", "ceshishi", "shix", "test-", itemCode[:20]} {
		require.NotZero(t, found(q), q)
	}
	for _, q := range []string{"kbcyd", "eshi", "没有"} {
		require.Zero(t, found(q), q)
	}
	r.do(req{method: "GET", path: "/v1/items?q=" + strings.Repeat("a", 65)}).problem(t, http.StatusBadRequest, "bad-request")
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/items/" + itemCode}).status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/items/" + itemCode + "/versions"}).status)
}
