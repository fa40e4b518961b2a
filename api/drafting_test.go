package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine/definition"
)

const drafts = "/v1/definition-drafts"

func (r *rig) draft(as string, body map[string]any) gen.DefinitionDraft {
	r.t.Helper()
	return r.draftOf(r.do(req{method: "POST", path: drafts, as: as, body: body}))
}

func (r *rig) draftOf(a answer) gen.DefinitionDraft {
	r.t.Helper()
	require.Equal(r.t, 200, a.status, string(a.body))
	var d gen.DefinitionDraft
	a.into(r.t, &d)
	return d
}

func (r *rig) save(as, id string, body map[string]any) answer {
	r.t.Helper()
	return r.do(req{method: "PUT", path: drafts + "/" + id, as: as, body: body})
}

func (r *rig) ask(as, id string, body map[string]any) answer {
	r.t.Helper()
	return r.do(req{method: "POST", path: drafts + "/" + id + "/request", as: as, body: body})
}

func (r *rig) decide(as, id, what string, body map[string]any) answer {
	r.t.Helper()
	return r.do(req{method: "POST", path: drafts + "/" + id + "/" + what, as: as, body: body})
}

// scenarioOf is a test file that passes on the test item as it stands.
func scenarioOf(outcome string) string {
	return `language: lianban/v1
tests: item
region: "210304"
people: {窗: hall.clerk, 长: lead.lead}
cases:
  - name: 撤回
    file: {at: "2026-03-02T09:00", by: applicant, answers: {wide: false}, form: {applicant: {name: 张三, idNumber: "440301199001011234"}, staff: 3}}
    then:
      - {at: "2026-03-02T10:00", by: applicant, do: withdraw, reason: 不开了, expect: {outcome: ` + outcome + `}}
`
}

func TestADraftIsSavedOverTheRevisionThatWasRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	key := uuid.NewString()
	begin := req{method: "POST", path: drafts, as: "analyst", key: key, body: map[string]any{"item": "test-item", "name": "第三版"}}
	d := r.draftOf(r.do(begin))
	require.Equal(t, testItem(t), d.Text)
	require.Equal(t, "1", d.Base.Version)
	require.Equal(t, int64(1), d.Revision)
	require.Equal(t, d.Id, r.draftOf(r.do(begin)).Id, "the same key, the same draft")

	changed := strings.Replace(d.Text, `version: "1"`, `version: "3"`, 1)
	saved := r.draftOf(r.save("analyst", d.Id, map[string]any{"revision": 1, "text": changed, "tests": []any{map[string]any{"name": "a.test.yaml", "text": "x"}}}))
	require.Equal(t, int64(2), saved.Revision)
	p := r.save("analyst-b", d.Id, map[string]any{"revision": 1, "text": "other"}).problem(t, 409, "draft-changed")
	require.Equal(t, "a-analyst", p.Changed.By.Id)
	require.Equal(t, int64(2), p.Changed.Revision)
	require.Contains(t, p.Zh, "某analyst")
	require.False(t, p.Changed.At.IsZero())
	both := r.draftOf(r.save("analyst-b", d.Id, map[string]any{"revision": 2, "text": "not: even yaml: "}))
	require.Len(t, both.Writers, 2)
	require.Equal(t, "a-analyst-b", both.ChangedBy.Id)
	require.Len(t, both.Tests, 1, "left out: as before")
	twice := []any{map[string]any{"name": "a", "text": ""}, map[string]any{"name": "a", "text": ""}}
	r.save("analyst", d.Id, map[string]any{"revision": 3, "text": "", "tests": twice}).problem(t, 400, "bad-request")

	var list struct{ Drafts []gen.DefinitionDraft }
	r.do(req{method: "GET", path: drafts, as: "publisher"}).into(t, &list)
	require.Len(t, list.Drafts, 1)
	require.Empty(t, list.Drafts[0].Text)
	r.do(req{method: "DELETE", path: drafts + "/" + d.Id, as: "publisher"}).problem(t, 403, "not-permitted")
	require.Equal(t, 204, r.do(req{method: "DELETE", path: drafts + "/" + d.Id, as: "analyst"}).status)
	require.Equal(t, 204, r.do(req{method: "DELETE", path: drafts + "/" + d.Id, as: "analyst"}).status)
	r.do(req{method: "GET", path: drafts + "/" + d.Id, as: "analyst"}).problem(t, 404, "no-such-draft")
	r.save("analyst", d.Id, map[string]any{"revision": 1, "text": ""}).problem(t, 404, "no-such-draft")
}

// What an empty draft begins with passes the checks, and says so to an editor.
func TestAnEmptyDraftIsAnItemThatPasses(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	d := r.draft("analyst", map[string]any{})
	require.Equal(t, "新事项", d.Name)
	var c gen.Checked
	r.do(req{method: "POST", path: "/v1/items/check", as: "analyst", kind: "application/yaml", raw: strings.NewReader(d.Text)}).into(t, &c)
	require.Empty(t, c.Findings)
	require.Equal(t, gen.CheckedKindItem, c.Kind)
	require.Len(t, c.Guide.Papers, 1)
	lines := strings.Split(d.Text, "\n")
	steps := map[string]bool{}
	for _, m := range c.Outline {
		require.Contains(t, lines[m.Line-1], m.ID)
		steps[m.ID] = m.Kind == "step"
	}
	drawn := 0
	for _, n := range c.Flow.Nodes {
		if n.Role == definition.FlowRoleStep {
			drawn++
			require.True(t, steps[n.ID], n.ID)
		}
	}
	require.Equal(t, 3, drawn)

	// with mistakes the outline and the flow are there all the same
	broken := strings.Replace(d.Text, "reads: [request]", "reads: [requst]", 1)
	r.do(req{method: "POST", path: "/v1/items/check", as: "analyst", kind: "application/yaml", raw: strings.NewReader(broken)}).into(t, &c)
	require.NotZero(t, c.Errors)
	require.NotEmpty(t, c.Findings[0].FixZh)
	require.Len(t, c.Flow.Nodes, 5)
	require.Equal(t, d.Name, r.draft("analyst", map[string]any{"text": d.Text}).Name)
	r.do(req{method: "POST", path: drafts, as: "analyst", body: map[string]any{"text": d.Text, "item": "test-item"}}).problem(t, 400, "bad-request")
	r.do(req{method: "POST", path: drafts, as: "analyst", body: map[string]any{"item": "nothing"}}).problem(t, 404, "unknown-item")
}

func TestASecondPersonPublishes(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	before, _ := r.file()
	d := r.draft("analyst", map[string]any{"item": itemCode})
	text := strings.Replace(d.Text, `version: "1"`, `version: "3"`, 1)
	ask := map[string]any{"revision": 2, "note": "增加一个部门", "effective": r.today().String()}
	d = r.draftOf(r.save("analyst", d.Id, map[string]any{"revision": 1, "text": strings.Replace(text, "by: dept", "by: nobodyy", 1)}))
	require.NotEmpty(t, r.ask("analyst", d.Id, ask).problem(t, 422, "definition-refused").Findings)
	d = r.draftOf(r.save("analyst", d.Id, map[string]any{"revision": 2, "text": text, "tests": []any{map[string]any{"name": "1.test.yaml", "text": scenarioOf("granted")}}}))
	ask["revision"] = 3
	failed := r.ask("analyst", d.Id, ask).problem(t, 422, "tests-failed")
	require.Contains(t, failed.Errors[0].Where, "1.test.yaml:")
	require.Contains(t, failed.Errors[0].Zh, "应为 granted")
	d = r.draftOf(r.save("analyst", d.Id, map[string]any{"revision": 3, "text": text, "tests": []any{map[string]any{"name": "1.test.yaml", "text": scenarioOf("withdrawn")}}}))

	r.ask("analyst", d.Id, map[string]any{"revision": 3, "note": "x"}).problem(t, 409, "draft-changed")
	r.ask("analyst", d.Id, map[string]any{"revision": 4, "note": "x"}).problem(t, 400, "bad-request") // in force since 2020
	r.ask("publisher", d.Id, map[string]any{"revision": 4, "note": "x"}).problem(t, 403, "not-permitted")
	ask["revision"] = 4
	asked := r.draftOf(r.ask("analyst", d.Id, ask))
	require.Equal(t, gen.DefinitionDraftStateAsked, asked.State)
	require.Equal(t, int64(5), asked.Revision, "the day was written into the text")
	require.Equal(t, strings.Replace(text, `"2020-01-01"`, `"`+r.today().String()+`"`, 1), asked.Text)
	require.False(t, asked.MayDecide)
	require.Equal(t, "增加一个部门", asked.Requests[0].Note)

	// it stands still, and who wrote it does not decide
	r.save("analyst", d.Id, map[string]any{"revision": 5, "text": "x"}).problem(t, 409, "draft-asked")
	r.do(req{method: "DELETE", path: drafts + "/" + d.Id, as: "analyst"}).problem(t, 409, "draft-asked")
	r.ask("analyst", d.Id, ask).problem(t, 409, "draft-asked")
	r.decide("analyst", d.Id, "publish", map[string]any{"revision": 5}).problem(t, 403, "four-eyes")
	r.decide("analyst", d.Id, "return", map[string]any{"reason": "x"}).problem(t, 403, "four-eyes")
	require.True(t, r.draftOf(r.do(req{method: "GET", path: drafts + "/" + d.Id, as: "analyst-b"})).MayDecide)
	r.decide("analyst-b", d.Id, "publish", map[string]any{"revision": 4}).problem(t, 409, "draft-changed")

	// sent back, written in by the second person: now it takes a third
	back := r.draftOf(r.decide("analyst-b", d.Id, "return", map[string]any{"reason": "说明里少一条"}))
	require.Equal(t, gen.DefinitionDraftStateOpen, back.State)
	require.Equal(t, "说明里少一条", back.Requests[0].Reason)
	r.decide("analyst-b", d.Id, "publish", map[string]any{"revision": 5}).problem(t, 409, "not-asked")
	d = r.draftOf(r.save("analyst-b", d.Id, map[string]any{"revision": 5, "text": back.Text + "# 补充\n"}))
	require.Equal(t, 200, r.ask("analyst", d.Id, map[string]any{"revision": 6, "note": "补充说明"}).status)
	r.decide("analyst-b", d.Id, "publish", map[string]any{"revision": 6}).problem(t, 403, "four-eyes")
	taken := r.draftOf(r.do(req{method: "DELETE", path: drafts + "/" + d.Id + "/request", as: "analyst"}))
	require.Equal(t, gen.DefinitionRequestDecision("withdrawn"), taken.Requests[0].Decision)
	require.Equal(t, 200, r.ask("analyst", d.Id, map[string]any{"revision": 6, "note": "补充说明"}).status)
	var out gen.Published
	ok := r.decide("publisher", d.Id, "publish", map[string]any{"revision": 6})
	require.Equal(t, 200, ok.status, string(ok.body))
	ok.into(t, &out)
	require.Equal(t, "3", out.Version.Version)
	r.decide("publisher", d.Id, "publish", map[string]any{"revision": 6}).problem(t, 409, "not-asked")
	r.save("analyst", d.Id, map[string]any{"revision": 6, "text": "x"}).problem(t, 409, "draft-asked")

	// the next case uses it, the running one does not
	after, _ := r.file()
	versions := map[string]string{}
	for _, n := range []string{before, after} {
		var c gen.Case
		r.do(req{method: "GET", path: "/v1/cases/" + n, as: "clerk"}).into(t, &c)
		versions[n] = c.Case.Version
	}
	require.Equal(t, map[string]string{before: "1", after: "3"}, versions)

	var h gen.ItemHistory
	r.do(req{method: "GET", path: "/v1/items/test-item/history", as: "analyst"}).into(t, &h)
	byVersion := map[string]gen.VersionHistory{}
	for _, v := range h.Versions {
		byVersion[v.Version.Version] = v
	}
	require.Equal(t, map[string]int{"received": 1}, byVersion["1"].Cases)
	require.Equal(t, map[string]int{"received": 1}, byVersion["3"].Cases)
	require.Equal(t, "补充说明", byVersion["3"].Request.Note)
	require.Equal(t, "a-publisher", byVersion["3"].PublishedBy.Id)
	require.Equal(t, "a-analyst", byVersion["3"].Request.AskedBy.Id)
	var cases gen.VersionCases
	r.do(req{method: "GET", path: "/v1/items/test-item/versions/3/cases", as: "analyst"}).into(t, &cases)
	require.Len(t, cases.Cases, 1)
	require.Equal(t, after, cases.Cases[0].Number)
	var tests struct{ Tests []gen.DefinitionTest }
	r.do(req{method: "GET", path: "/v1/items/test-item/versions/3/tests", as: "analyst"}).into(t, &tests)
	require.Equal(t, scenarioOf("withdrawn"), tests.Tests[0].Text)
	again := r.draft("analyst", map[string]any{"item": "test-item", "version": "3"})
	require.Equal(t, tests.Tests, again.Tests)
	require.Equal(t, 409, r.decideNew(again).status)
}

// decideNew asks for publication of a version that is there already.
func (r *rig) decideNew(d gen.DefinitionDraft) answer {
	r.t.Helper()
	d = r.draftOf(r.save("analyst", d.Id, map[string]any{"revision": d.Revision, "text": d.Text + "# 又\n"}))
	return r.ask("analyst", d.Id, map[string]any{"revision": d.Revision, "note": "x"})
}

func TestASuspendedVersionTakesNoCases(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	running, _ := r.file()
	turn := func(what, as string) answer {
		return r.do(req{method: "POST", path: "/v1/items/test-item/versions/1/" + what, as: as, body: map[string]any{"reason": "系统割接"}})
	}
	turn("suspend", "clerk").problem(t, 403, "not-permitted")
	var v gen.Version
	turn("suspend", "analyst").into(t, &v)
	require.Equal(t, gen.VersionStateSuspended, v.State)
	require.Equal(t, 200, turn("suspend", "analyst").status, "suspended already")
	r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: r.application()}).problem(t, http.StatusConflict, "suspended")
	r.must("clerk", running, "accept", "receive", nil)
	turn("resume", "analyst-b").into(t, &v)
	require.Equal(t, gen.VersionStatePublished, v.State)
	next, _ := r.file()
	require.NotEmpty(t, next)
	var h gen.ItemHistory
	r.do(req{method: "GET", path: "/v1/items/test-item/history", as: "analyst"}).into(t, &h)
	stops := h.Versions[len(h.Versions)-1].Suspensions
	require.Len(t, stops, 2, "what changed nothing is not noted")
	require.Equal(t, "系统割接", stops[0].Reason)
	require.Equal(t, "a-analyst-b", stops[1].By.Id)
	r.do(req{method: "POST", path: "/v1/items/test-item/versions/9/suspend", as: "analyst", body: map[string]any{"reason": "x"}}).problem(t, 404, "unknown-version")
}

func TestScenariosRunOnADraft(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	test := func(text string, files ...string) gen.TestedDefinition {
		tests := []any{}
		for i, f := range files {
			tests = append(tests, map[string]any{"name": string(rune('a'+i)) + ".test.yaml", "text": f})
		}
		a := r.do(req{method: "POST", path: "/v1/definitions/test", as: "analyst", body: map[string]any{"text": text, "tests": tests}})
		require.Equal(t, 200, a.status, string(a.body))
		var out gen.TestedDefinition
		a.into(t, &out)
		return out
	}
	out := test(testItem(t), scenarioOf("withdrawn"), scenarioOf("granted"), "language: lianban/v1\ntests: item\n", testItem(t))
	require.False(t, out.Ok)
	require.True(t, out.Files[0].Ok)
	require.Equal(t, []string{"receive", "handOut"}, out.Files[0].Cases[0].Opened)
	require.Equal(t, 2, out.Files[0].Cases[0].Acts)
	bad := out.Files[1].Cases[0]
	require.False(t, bad.Ok)
	require.Equal(t, "outcome：应为 granted，实为 withdrawn", bad.Failures[0].Zh)
	require.Equal(t, 9, bad.Failures[0].Line)
	require.NotEmpty(t, out.Files[2].Findings)
	require.Equal(t, "S008", out.Files[3].Findings[len(out.Files[3].Findings)-1].Code)
	require.Contains(t, out.Coverage.Never, "two")
	require.Equal(t, "receive", out.Coverage.Steps[0].Step)
	require.Equal(t, []string{"撤回", "撤回"}, out.Coverage.Steps[0].Opened)
	require.Equal(t, map[string][]string{"withdrawn": {"撤回"}}, out.Coverage.Steps[0].Ends, "each scenario once")
	require.True(t, test(testItem(t), scenarioOf("withdrawn")).Ok)

	broken := test("language: lianban/v1\nitem: {}\n", scenarioOf("withdrawn"))
	require.False(t, broken.Ok)
	require.NotEmpty(t, broken.Findings)
}

func TestNamesADefinitionMayUse(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	var n gen.LanguageNames
	r.do(req{method: "GET", path: "/v1/language/names", as: "analyst"}).into(t, &n)
	require.Contains(t, n.Parties, gen.NameEntry{Id: "dept", Name: "会办部门"})
	require.Contains(t, n.Roles, gen.NameEntry{Id: "check", Name: "审核"})
	require.Contains(t, n.Dictionary, gen.NameEntry{Id: "phone", Name: "联系电话"})
	require.NotEmpty(t, n.Papers)
	require.NotEmpty(t, n.Items)
	for _, x := range n.Refusals {
		require.NotEmpty(t, x.Name)
	}
}

// What an editor completes with takes what people write, in the language asked for; nobody has to sign in.
func TestTheLanguageHasASchema(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	get := func(query string) map[string]any {
		a := r.do(req{method: "GET", path: "/v1/language/schema" + query})
		require.Equal(t, 200, a.status, string(a.body))
		var out map[string]any
		a.into(t, &out)
		return out
	}
	zh, en := get(""), get("?lang=en")
	item := func(s map[string]any) map[string]any {
		return s["properties"].(map[string]any)["item"].(map[string]any)
	}
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", zh["$schema"])
	require.Contains(t, item(zh)["description"], "事项：")
	require.Contains(t, item(en)["description"], "item: ")
	require.Equal(t, item(en)["description"], item(zh)["x-en"])
	require.Contains(t, zh["required"], "process")
	require.Contains(t, zh["$defs"], "step")
	_, err := definition.CompileSchema(zh)
	require.NoError(t, err)
	r.do(req{method: "GET", path: "/v1/language/schema?lang=fr"}).problem(t, 400, "bad-request")
}

func TestDraftsComeInPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	for _, name := range []string{"甲", "乙", "丙"} {
		r.draft("analyst", map[string]any{"name": name})
	}
	type listed struct {
		Drafts []gen.DefinitionDraft
		Next   string
	}
	page := func(query string) (out listed) {
		r.do(req{method: "GET", path: drafts + query, as: "analyst"}).into(t, &out)
		return out
	}
	require.Len(t, page("").Drafts, 3)
	require.Empty(t, page("").Next)
	seen := map[string]bool{}
	for query := "?limit=1"; ; {
		p := page(query)
		require.Len(t, p.Drafts, 1)
		seen[p.Drafts[0].Name] = true
		if p.Next == "" {
			break
		}
		query = "?limit=1&cursor=" + p.Next
	}
	require.Len(t, seen, 3)
	r.do(req{method: "GET", path: drafts + "?cursor=x", as: "analyst"}).problem(t, 400, "bad-cursor")
	r.do(req{method: "GET", path: drafts + "?limit=201", as: "analyst"}).problem(t, 400, "bad-request")
}
