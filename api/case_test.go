package api_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
)

func TestACaseFromTheWindowToTheHandOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	require.NotEmpty(t, code)
	r.finish(number)

	var c gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "lead"}).into(t, &c)
	require.Equal(t, gen.CaseRowStatusClosed, c.Case.Status)
	require.Equal(t, string(engine.Granted), c.Case.Outcome)
	require.Equal(t, applicantID, c.Case.Applicant.Id, "the lead sees the whole case")
	require.Equal(t, r.seq(number), c.Seq)

	var timeline struct{ Events []gen.TimelineEntry }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/timeline", as: "lead"}).into(t, &timeline)
	require.Equal(t, "CaseFiled", timeline.Events[0].Type)
	require.Equal(t, "CaseClosed", timeline.Events[len(timeline.Events)-1].Type)
	for i, e := range timeline.Events {
		require.NotEqual(t, e.Type, e.Text.ZH, "every event has its sentence")
		require.NotContains(t, e.Text.ZH+e.Text.EN, applicantName)
		if i > 0 {
			require.Equal(t, timeline.Events[i-1].Hash, e.Prev)
		}
	}
	var clocks struct{ Clocks []gen.ClockView }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/clocks", as: "lead"}).into(t, &clocks)
	require.NotEmpty(t, clocks.Clocks)
	for _, k := range clocks.Clocks {
		require.NotEmpty(t, k.Lines, k.Clock.ID)
		require.NotContains(t, []string{"", k.Clock.ID}, k.Name.ZH)
		require.NotContains(t, []string{"", k.Clock.ID}, k.Name.EN)
		require.NotEmpty(t, k.Lines[0].Text.ZH)
		require.NotEmpty(t, k.Lines[0].Text.EN)
	}
	for _, part := range []string{"papers", "tasks", "notices", "results", "waiting-for"} {
		require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/cases/" + number + "/" + part, as: "lead"}).status, part)
	}
	require.NotContains(t, r.log.String(), applicantName)
	require.NotContains(t, r.log.String(), applicantID)
	require.NotContains(t, r.log.String(), number, "numbers are in paths; the log holds routes")
}

// Acts are written with ids; people are shown names.
func TestScreensNameWhatActsAreWrittenWith(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "claim", "one", nil)

	var waiting struct{ Waits []gen.Wait }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/waiting-for", as: "lead"}).into(t, &waiting)
	require.NotEmpty(t, waiting.Waits)
	claimed := 0
	for _, w := range waiting.Waits {
		require.NotEmpty(t, w.WhoName, w.Who)
		require.NotEqual(t, w.Who, w.WhoName)
		require.NotEmpty(t, w.OrgName, w.Org)
		require.NotEmpty(t, w.StepName, w.Step)
		if w.Account != "" {
			require.NotEmpty(t, w.AccountName)
			claimed++
		}
	}
	require.Equal(t, 1, claimed)

	for path, as := range map[string]string{"/v1/cases/" + number + "/tasks": "lead", "/v1/tasks?state=mine": "one"} {
		var page gen.TaskPage
		r.do(req{method: "GET", path: path, as: as}).into(t, &page)
		held := slices.IndexFunc(page.Tasks, func(x gen.Task) bool { return x.Claimed != "" && x.Status == gen.TaskStatus(engine.TaskOpen) })
		require.GreaterOrEqual(t, held, 0, path)
		for _, x := range page.Tasks {
			require.Equal(t, x.Claimed == "", x.ClaimedName == "", x.Id)
			require.Equal(t, x.DoneBy == "", x.DoneByName == "", x.Id)
			require.NotContains(t, []string{x.Claimed, x.DoneBy}, cmp.Or(x.ClaimedName, x.DoneByName, "nobody"), "a name, not an account")
		}
	}
	var story struct{ Events []gen.TimelineEntry }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/timeline", as: "lead"}).into(t, &story)
	for _, e := range story.Events {
		for _, d := range e.Due {
			require.NotEqual(t, d.Clock, d.Name.ZH)
			require.NotEqual(t, d.Clock, d.Name.EN)
		}
	}

	var c gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "lead"}).into(t, &c)
	for _, st := range c.Steps {
		require.Equal(t, st.Party == "", st.PartyName == "", st.Id)
		require.Equal(t, st.Org == "", st.OrgName == "", st.Id)
	}
}

func TestAReviewerSeesHisBranchOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)

	var c gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "two"}).into(t, &c)
	require.Equal(t, map[string]any{"premises": "某路一号"}, c.Form, "the one field his step reads")
	require.Equal(t, gen.ApplicantView{Name: applicantName}, c.Case.Applicant)

	var papers struct{ Papers []gen.PaperView }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/papers", as: "two"}).into(t, &papers)
	require.Len(t, papers.Papers, 1)
	require.Equal(t, "plan", papers.Papers[0].Id)

	file := func(as, paper string) answer {
		return r.do(req{method: "GET", path: "/v1/cases/" + number + "/papers/" + paper + "/file", as: as})
	}
	got := file("two", "plan")
	require.Equal(t, 200, got.status)
	require.Equal(t, "application/pdf", got.header.Get("Content-Type"))
	require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
	require.True(t, strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment"))
	require.True(t, strings.HasPrefix(string(got.body), "%PDF"))
	file("two", "request").problem(t, 403, "paper-hidden")
	require.Equal(t, 200, file("clerk", "request").status)
	require.Equal(t, 200, file("supervisor", "request").status)
	file("stranger", "plan").problem(t, 403, "not-involved")

	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "stranger"}).problem(t, 403, "not-involved")
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/cases/" + number, as: "mayor"}).status, "who may extend its limit reads it")
	var page, none gen.CasePage
	r.do(req{method: "GET", path: "/v1/cases", as: "mayor"}).into(t, &page)
	require.Equal(t, number, page.Cases[0].Number)
	var governed gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "mayor"}).into(t, &governed)
	require.Equal(t, gen.ApplicantView{Name: applicantName}, governed.Case.Applicant, "no identity, no telephone")
	file("mayor", "plan").problem(t, 403, "paper-hidden")
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "mayor-far"}).problem(t, 403, "not-involved")
	r.do(req{method: "GET", path: "/v1/cases", as: "mayor-far"}).into(t, &none)
	require.Empty(t, none.Cases, "another government's are not his")
	r.do(req{method: "GET", path: "/v1/cases/nothing", as: "two"}).problem(t, 404, "no-such-case")
}

func TestSearchFindsWhatPolicyAllows(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	find := func(as, q string) []gen.CaseRow {
		var page gen.CasePage
		a := r.do(req{method: "GET", path: "/v1/cases?q=" + q, as: as})
		require.Equal(t, 200, a.status, string(a.body))
		a.into(t, &page)
		return page.Cases
	}
	for _, q := range []string{number, number[len(number)-12:], applicantName, applicantID, phone} {
		require.Len(t, find("clerk", q), 1, q)
		require.Len(t, find("supervisor", q), 1, q)
		require.Empty(t, find("stranger", q), q)
	}
	require.Len(t, find("two", number), 1)
	require.Empty(t, find("two", applicantID), "a reviewer may not search for people")
	require.Empty(t, find("two", applicantName))
	require.Empty(t, find("two", number)[0].Applicant.Phone)
	require.NotContains(t, r.log.String(), applicantID, "queries are not logged")
}

func TestPagesAreStableWhileCasesArrive(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	want := map[string]bool{}
	for range 5 {
		n, _ := r.file()
		want[n] = true
	}
	seen, cursor := []string{}, ""
	for range 10 {
		var page gen.CasePage
		r.do(req{method: "GET", path: "/v1/cases?limit=2&cursor=" + cursor, as: "clerk"}).into(t, &page)
		for _, c := range page.Cases {
			seen = append(seen, c.Number)
		}
		r.file() // newer ones arrive at the front and must not shift the pages
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Len(t, seen, 5)
	for _, n := range seen {
		require.True(t, want[n])
		delete(want, n)
	}
	r.do(req{method: "GET", path: "/v1/cases?cursor=nonsense", as: "clerk"}).problem(t, 400, "bad-cursor")

	var tasks gen.TaskPage
	got := map[string]bool{}
	for path := "/v1/tasks?limit=3"; ; {
		r.do(req{method: "GET", path: path, as: "clerk"}).into(t, &tasks)
		for _, k := range tasks.Tasks {
			require.False(t, got[k.Number+k.Id])
			got[k.Number+k.Id] = true
			require.NotEmpty(t, k.Light)
		}
		if tasks.Next == "" {
			break
		}
		path = "/v1/tasks?limit=3&cursor=" + tasks.Next
		tasks = gen.TaskPage{}
	}
	require.GreaterOrEqual(t, len(got), 8)
}

func TestABatchDoesEachTaskOnItsOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	a, _ := r.file()
	b, _ := r.file()
	for _, n := range []string{a, b} {
		r.must("clerk", n, "accept", "receive", nil)
	}
	var inbox gen.TaskPage
	r.do(req{method: "GET", path: "/v1/tasks", as: "two"}).into(t, &inbox)
	require.Len(t, inbox.Tasks, 2)
	var claims, entries []any
	r.do(req{method: "GET", path: "/v1/tasks?org=org-other", as: "one"}).problem(t, 403, "not-permitted")
	for query, n := range map[string]int{"?org=org-other": 2, "?org=org-other&light=green": 2, "?org=org-other&light=red": 0, "?org=org-other&number=" + a: 1,
		"?org=org-other&state=done": 0, "?org=org-other&state=free": 2, "?org=org-other&item=test-item": 2, "?org=org-other&item=else": 0, "?org=org-other&role=check": 0} {
		var page gen.TaskPage
		r.do(req{method: "GET", path: "/v1/tasks" + query, as: "supervisor"}).into(t, &page)
		require.Len(t, page.Tasks, n, query)
	}
	for _, k := range inbox.Tasks {
		claims = append(claims, map[string]any{"number": k.Number, "task": k.Id})
		entries = append(entries, map[string]any{"number": k.Number, "task": k.Id, "do": "agree", "data": map[string]any{"reason": "无意见"}})
	}
	var res gen.BatchResult
	r.do(req{method: "POST", path: "/v1/tasks/claim", as: "two", body: map[string]any{"tasks": claims}}).into(t, &res)
	for _, x := range res.Results {
		require.Equal(t, gen.TaskResultStateDone, x.State)
	}
	entries = append(entries, map[string]any{"number": "no-such-case", "task": "x", "do": "agree"},
		map[string]any{"number": a, "task": "x", "do": "gap", "data": map[string]any{"nonsense": 1}})
	key := uuid.NewString()
	send := func() gen.BatchResult {
		var res gen.BatchResult
		x := r.do(req{method: "POST", path: "/v1/tasks/complete", as: "two", key: key, body: map[string]any{"tasks": entries}})
		require.Equal(t, 200, x.status, string(x.body))
		x.into(t, &res)
		return res
	}
	first := send()
	require.Equal(t, gen.TaskResultStateDone, first.Results[0].State)
	require.Equal(t, gen.TaskResultStateDone, first.Results[1].State)
	require.Equal(t, "no-such-case", first.Results[2].Problem.Code)
	require.Equal(t, "bad-request", first.Results[3].Problem.Code)
	before := r.seq(a)
	again := send()
	require.Equal(t, before, r.seq(a), "repeating a batch repeats nothing")
	for i := range 2 {
		require.Equal(t, first.Results[i].Seq, again.Results[i].Seq)
		require.Equal(t, first.Results[i].Key, again.Results[i].Key)
		var c gen.Command
		r.do(req{method: "GET", path: "/v1/commands/" + first.Results[i].Key, as: "two"}).into(t, &c)
		require.Equal(t, gen.CommandStateDone, c.State)
	}
}

func TestResultsNameTheOrganThatHasDecided(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	r.finish(number)
	var out struct{ Results []gen.Result }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/results", as: "one"}).into(t, &out)
	require.Len(t, out.Results, 1)
	require.NotEmpty(t, out.Results[0].Org)
	require.Equal(t, "单位 "+out.Results[0].Org, out.Results[0].OrgName)
	require.Equal(t, "P-1", out.Results[0].Number)
	var page gen.TrackView
	r.do(req{method: "GET", path: "/v1/track", track: number + " " + code}).into(t, &page)
	require.Equal(t, out.Results, page.Results, "the applicant reads who has decided, too")
}

func TestTheApplicantTracksAndAnswers(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	r.must("clerk", number, "gap", "receive", map[string]any{"lines": []any{map[string]any{"of": "plan", "reason": "看不清"}}})

	track := number + " " + code
	var v gen.TrackView
	a := r.do(req{method: "GET", path: "/v1/track", track: track})
	require.Equal(t, 200, a.status, string(a.body))
	a.into(t, &v)
	require.Equal(t, gen.TrackViewStatusCorrecting, v.Status)
	require.Len(t, v.Notices, 1)
	require.Len(t, v.Asks, 1, "he is asked to answer the notice, and nothing else")
	require.Equal(t, gen.TrackAskKindAnswer, v.Asks[0].Kind)
	require.NotContains(t, string(a.body), "a-clerk", "no official is named")

	body, kind := filePart(t, "file", "新图.pdf", "application/pdf", append(pdf, '\n'))
	up := r.do(req{method: "POST", path: "/v1/track/files", track: number + " " + strings.ToLower(code), kind: kind, raw: body})
	require.Equal(t, 201, up.status, string(up.body))
	var f gen.File
	up.into(t, &f)
	key := uuid.NewString()
	reply := req{method: "POST", path: "/v1/track/answer", track: track, key: key, body: map[string]any{"papers": []any{map[string]any{"id": "plan", "hash": f.Hash}}}}
	done := r.do(reply)
	require.Equal(t, 200, done.status, string(done.body))
	require.JSONEq(t, string(done.body), string(r.do(reply).body), "the same key, the same answer")

	var c gen.Command
	r.do(req{method: "GET", path: "/v1/track/commands/" + key, track: track}).into(t, &c)
	require.Equal(t, gen.CommandStateDone, c.State)
	wrong := req{method: "GET", path: "/v1/track", track: number + " AAAA-BBBB-CCCC"}
	r.do(req{method: "GET", path: "/v1/track"}).problem(t, 401, "bad-track")
	for range 10 {
		r.do(wrong).problem(t, 401, "bad-track")
	}
	limited := r.do(req{method: "GET", path: "/v1/track", track: track})
	limited.problem(t, http.StatusTooManyRequests, "too-many")
	require.NotEmpty(t, limited.header.Get("Retry-After"))
	other, otherCode := r.file()
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/track", track: other + " " + otherCode}).status, "another case is not locked")
}

// What runs keeps its version to the end, whatever is published meanwhile; what is filed afterwards has the new one.
func TestACaseFinishesOnTheVersionItWasFiledUnder(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	old, _ := r.file()
	r.must("clerk", old, "accept", "receive", nil)
	r.publish("test-item", func(s string) string {
		return strings.NewReplacer(`version: "1"`, `version: "2"`, `effective: "2020-01-01"`, `effective: "2020-01-02"`, "- review: three\n        when: wide\n", "- review: three\n").Replace(s)
	})
	version := func(number string) string {
		c, err := r.store.CaseByNumber(t.Context(), number)
		require.NoError(t, err)
		return c.Version
	}
	var fresh string
	r.eventually("the new version takes cases", func() bool {
		fresh, _ = r.file()
		return version(fresh) == "2"
	})
	grant := map[string]any{"outputs": []any{map[string]any{"id": "permit", "number": "P-1"}}}
	r.must("clerk", fresh, "accept", "receive", nil)
	for _, number := range []string{fresh, old} {
		r.must("one", number, "agree", "one", nil)
		r.must("two", number, "agree", "two", nil)
	}
	r.act("lead", fresh, "grant", "conclude", grant).problem(t, 409, "not-open")
	r.act("one", old, "agree", "three", nil).problem(t, 409, "not-open")
	r.must("lead", old, "grant", "conclude", grant)
	r.must("clerk", old, "hand", "handOut", map[string]any{"way": "counter"})
	r.ended(old)
	require.Equal(t, engine.Closed, r.status(old))
	require.Equal(t, "1", version(old))

	r.must("one", fresh, "agree", "three", nil)
	r.must("lead", fresh, "grant", "conclude", grant)
	r.must("clerk", fresh, "hand", "handOut", map[string]any{"way": "counter"})
	require.Equal(t, engine.Closed, r.status(fresh))
	require.Empty(t, r.broken())
}
