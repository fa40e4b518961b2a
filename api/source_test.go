package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/sources"
)

// shared is an item whose papers and one of whose answers may come from elsewhere.
const sharedItem = "11210300MB0X12345A4000995001000"

func (r *rig) publishShared() {
	r.publish("shared", func(s string) string {
		return strings.NewReplacer(
			itemCode, sharedItem,
			"name: 平面图, from: [applicant]", "name: 平面图, from: [library, applicant]",
			"  request:", `  permit1: {name: 测试批准, from: [e-licence, applicant], basis: 中华人民共和国行政许可法第二十九条}
  deed: {name: 不动产权证书, from: [{data: property}, applicant], basis: 中华人民共和国行政许可法第二十九条}
  request:`,
			"situations:", "situations:\n  known: {ask: 是否已取得测试批准？, type: boolean, from: [e-licence, applicant]}",
		).Replace(s)
	})
}

// register is a land register behind HTTP.
type register struct {
	*httptest.Server
	calls  atomic.Int32
	broken atomic.Bool
}

func newRegister(t *testing.T) *register {
	t.Helper()
	reg := &register{}
	reg.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		reg.calls.Add(1)
		var in struct{ CertNo string }
		if err := json.NewDecoder(q.Body).Decode(&in); err != nil || reg.broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if in.CertNo != applicantID {
			_, _ = w.Write([]byte(`{"rows":[]}`))
			return
		}
		_, _ = w.Write([]byte(`{"rows":[{"no":"BDC-1","to":"2099-01-01"}]}`))
	}))
	t.Cleanup(reg.Close)
	return reg
}

func (reg *register) config(t *testing.T) sources.Config {
	t.Helper()
	return loadSources(t, `
licences: {questions: {known: 测试批准}}
data:
  property: {url: "`+reg.URL+`", send: {certNo: applicant.id}, record: /rows/0, ref: /no, until: /to, tries: 1, after: 2, for: 1h}
`)
}

func (r *rig) sharedApplication(answers map[string]any, papers ...map[string]any) map[string]any {
	a := r.application()
	if papers == nil {
		papers = []map[string]any{}
	}
	answers["wide"] = false
	a["item"], a["answers"], a["papers"] = sharedItem, answers, papers
	return a
}

func (r *rig) start(body map[string]any) string {
	r.t.Helper()
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body})
	require.Equal(r.t, 201, a.status, string(a.body))
	var s gen.Started
	a.into(r.t, &s)
	return s.Number
}

func (r *rig) checklist(body map[string]any) (map[string]gen.ChecklistPaper, []engine.Offer) {
	r.t.Helper()
	a := r.do(req{method: "POST", path: "/v1/items/" + sharedItem + "/checklist", as: "clerk", key: "-", body: body})
	require.Equal(r.t, 200, a.status, string(a.body))
	var list gen.Checklist
	a.into(r.t, &list)
	out := map[string]gen.ChecklistPaper{}
	for _, p := range list.Papers {
		out[p.Id] = p
	}
	return out, list.Offers
}

func (r *rig) papers(number string) map[string]gen.PaperView {
	r.t.Helper()
	var list struct{ Papers []gen.PaperView }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/papers", as: "lead"}).into(r.t, &list)
	out := map[string]gen.PaperView{}
	for _, p := range list.Papers {
		out[p.Id] = p
	}
	return out
}

// The second case of an applicant asks for less than the first: what a clerk has compared, what we
// have issued, what a register says. What was used is a snapshot.
func TestTheSecondCaseNeedsFewerPapers(t *testing.T) {
	t.Parallel()
	reg := newRegister(t)
	r := newRig(t, rigOptions{sources: reg.config(t)})
	r.publishShared()
	who := map[string]any{"applicantId": applicantID}

	_, offers := r.checklist(who)
	require.Len(t, offers, 1)
	require.Equal(t, engine.TrialFound, offers[0].Result)
	require.Equal(t, false, offers[0].Value, "nothing was issued yet")

	first := map[string]any{"applicantId": applicantID, "answers": map[string]any{"known": false, "wide": false}}
	papers, _ := r.checklist(first)
	require.Equal(t, map[string]string{"request": "bring", "plan": "bring", "permit1": "bring", "deed": "held"}, needs(papers))
	require.Equal(t, "2099-01-01", papers["deed"].Until.String())

	plan := r.paper("clerk", "plan.pdf")
	one := r.start(r.sharedApplication(map[string]any{"known": false}, map[string]any{"id": "request", "hash": r.paper("clerk", "r.pdf")},
		map[string]any{"id": "plan", "hash": plan, "original": true}, map[string]any{"id": "permit1", "hash": r.paper("clerk", "p.pdf")}))
	got := r.papers(one)
	require.Equal(t, gen.PaperViewGrade("B"), got["plan"].Grade)
	require.Equal(t, "a-clerk", got["plan"].CheckedBy)
	require.Equal(t, "data:property", got["deed"].Source)
	require.Equal(t, "BDC-1", got["deed"].Ref)
	require.Equal(t, gen.PaperViewGrade("A"), got["deed"].Grade)
	file := r.do(req{method: "GET", path: "/v1/cases/" + one + "/papers/deed/file", as: "lead"})
	require.Equal(t, 200, file.status)
	require.JSONEq(t, `{"rows":[{"no":"BDC-1","to":"2099-01-01"}]}`, string(file.body), "the register's own words are the evidence")
	r.finish(one)

	second := map[string]any{"applicantId": strings.ToLower(applicantID), "answers": map[string]any{"known": true, "wide": false}}
	r.eventually("the first case has reached the library", func() bool {
		papers, offers = r.checklist(second)
		return string(papers["plan"].Need) == "held" && string(papers["permit1"].Need) == "held"
	})
	require.Equal(t, map[string]string{"request": "bring", "plan": "held", "permit1": "held", "deed": "held"}, needs(papers))
	require.Equal(t, true, offers[0].Value)
	require.Equal(t, gen.ChecklistPaperGrade("B"), papers["plan"].Grade)
	require.Equal(t, "e-licence", papers["permit1"].Source)

	reg.broken.Store(true)
	two := r.start(r.sharedApplication(map[string]any{"known": true}, map[string]any{"id": "request", "hash": r.paper("clerk", "r.pdf")}))
	got = r.papers(two)
	require.Equal(t, plan, got["plan"].Hash)
	require.Equal(t, "library", got["plan"].Source)
	require.Equal(t, one+"/plan", got["plan"].Ref)
	require.Equal(t, one+"/permit", got["permit1"].Ref)
	require.Equal(t, gen.PaperViewStatusMissing, got["deed"].Status, "a register that is down is no reason to refuse the filing")
	require.Len(t, got["deed"].Tried, 1)
	require.Equal(t, engine.TrialFailed, got["deed"].Tried[0].Result)
	require.Equal(t, "status-500", got["deed"].Tried[0].Why)
	issued := r.do(req{method: "GET", path: "/v1/cases/" + two + "/papers/permit1/file", as: "lead"})
	require.Contains(t, string(issued.body), `"number":"P-1"`)

	var timeline struct{ Events []gen.TimelineEntry }
	r.do(req{method: "GET", path: "/v1/cases/" + two + "/timeline", as: "lead"}).into(t, &timeline)
	require.Contains(t, timeline.Events[0].Text.ZH, "免提交的材料：测试批准、平面图")
	require.NotContains(t, r.log.String(), applicantID)
	var metrics = r.do(req{method: "GET", path: "/metrics"})
	require.Contains(t, string(metrics.body), `lianban_source_seconds_count{result="failed",source="data:property"}`)
	require.NotContains(t, string(metrics.body), applicantID)

	// Somebody else's papers are not his.
	papers, _ = r.checklist(map[string]any{"applicantId": "440301199001011235", "answers": map[string]any{"known": true, "wide": false}})
	require.Equal(t, map[string]string{"request": "bring", "plan": "bring", "permit1": "bring", "deed": "bring"}, needs(papers))
}

func needs(papers map[string]gen.ChecklistPaper) map[string]string {
	out := map[string]string{}
	for id, p := range papers {
		out[id] = string(p.Need)
	}
	return out
}

// A copy nobody has compared is used only by a clerk who has seen the original now; one handed in
// although it is held is a matter of record.
func TestCopiesAreComparedBeforeTheyAreUsedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.publishShared()
	request := func() map[string]any { return map[string]any{"id": "request", "hash": r.paper("clerk", "r.pdf")} }
	plan := r.paper("clerk", "plan.pdf")
	one := r.start(r.sharedApplication(map[string]any{"known": false}, request(), map[string]any{"id": "plan", "hash": plan}))
	require.Empty(t, r.papers(one)["plan"].Grade)

	ask := map[string]any{"applicantId": applicantID, "answers": map[string]any{"known": false, "wide": false}}
	r.eventually("the copy is in the library", func() bool {
		papers, _ := r.checklist(ask)
		return string(papers["plan"].Need) == "compare"
	})
	two := r.start(r.sharedApplication(map[string]any{"known": false}, request()))
	require.Equal(t, gen.PaperViewStatusMissing, r.papers(two)["plan"].Status)
	require.Equal(t, engine.TrialUnchecked, r.papers(two)["plan"].Tried[0].Result)

	named := map[string]any{"id": "plan", "source": "library"}
	p := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: r.sharedApplication(map[string]any{"known": false}, request(), named)}).problem(t, 422, "bad-paper")
	require.Equal(t, "papers.plan", p.Where)
	require.Contains(t, p.En, "original")
	named["original"] = true
	three := r.start(r.sharedApplication(map[string]any{"known": false}, request(), named))
	got := r.papers(three)["plan"]
	require.Equal(t, plan, got.Hash)
	require.Equal(t, gen.PaperViewGrade("B"), got.Grade)
	require.Equal(t, "a-clerk", got.CheckedBy)
	r.eventually("from now on it is held", func() bool {
		papers, _ := r.checklist(ask)
		return string(papers["plan"].Need) == "held"
	})

	four := r.start(r.sharedApplication(map[string]any{"known": false}, request(), map[string]any{"id": "plan", "hash": r.paper("clerk", "again.pdf")}))
	got = r.papers(four)["plan"]
	require.Equal(t, "applicant", got.Source, "what he brings himself is taken")
	require.Equal(t, engine.TrialFound, got.Tried[0].Result, "that he was asked for it is on record")

	r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: r.sharedApplication(map[string]any{"known": false}, map[string]any{"id": "permit1", "source": "e-licence"})}).
		problem(t, 422, "bad-paper")
}

func TestSourcesAreListedAndTried(t *testing.T) {
	t.Parallel()
	reg := newRegister(t)
	r := newRig(t, rigOptions{sources: reg.config(t)})
	r.publishShared()
	list := func() map[string]gen.Source {
		var out struct{ Sources []gen.Source }
		r.do(req{method: "GET", path: "/v1/sources", as: "clerk"}).into(t, &out)
		by := map[string]gen.Source{}
		for _, s := range out.Sources {
			by[s.Name] = s
		}
		return by
	}
	all := list()
	require.Len(t, all, 3)
	require.Equal(t, []string{sharedItem}, all["data:property"].Items)
	require.True(t, all["data:property"].Connected)
	require.NotEmpty(t, all["data:property"].Host)
	require.Empty(t, all["library"].Host)

	probe := map[string]any{"source": "data:property", "item": sharedItem, "paper": "deed", "applicantId": applicantID}
	try := func() gen.SourceAnswer {
		a := r.do(req{method: "POST", path: "/v1/sources/test", as: "publisher", key: "-", body: probe})
		require.Equal(t, 200, a.status, string(a.body))
		var out gen.SourceAnswer
		a.into(t, &out)
		return out
	}
	got := try()
	require.Equal(t, engine.TrialFound, got.Trial.Result)
	require.Equal(t, "BDC-1", got.Ref)
	reg.broken.Store(true)
	require.Equal(t, "status-500", try().Trial.Why)
	require.Equal(t, "status-500", try().Trial.Why)
	require.Equal(t, "resting", try().Trial.Why)
	require.True(t, list()["data:property"].RestingUntil.After(time.Now()))
	probe["source"] = "data:other"
	r.do(req{method: "POST", path: "/v1/sources/test", as: "publisher", key: "-", body: probe}).problem(t, 422, "bad-paper")
	r.do(req{method: "POST", path: "/v1/sources/test", as: "clerk", key: "-", body: probe}).problem(t, 403, "not-permitted")
}
