package api_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
)

const governed = "11210300MB0X12345A4000995001000"

// governedItem is the test item with a limit that the head of the government extends.
func (r *rig) governedItem() {
	r.publish("governed", func(s string) string {
		return strings.NewReplacer(itemCode, governed, "statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}",
			"statutory: {time: 45wd, extend: {time: 15wd, role: government-head}}").Replace(s)
	})
}

// fileGoverned starts a case of it and has it accepted.
func (r *rig) fileGoverned() string {
	r.t.Helper()
	body := r.application()
	body["item"] = governed
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body})
	require.Equal(r.t, 201, a.status, string(a.body))
	var s gen.Started
	a.into(r.t, &s)
	return s.Number
}

// filled is a body of a schema in which what is required is there and nothing else.
func filled(s *openapi3.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("object"):
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = filled(s.Properties[name].Value)
		}
		return out
	case s.Type.Is("array"):
		return []any{filled(s.Items.Value)}
	case s.Type.Is("integer"):
		return 1
	case s.Type.Is("boolean"):
		return true
	case s.Format == "date-time":
		return "2026-03-02T01:00:00Z"
	case s.Pattern != "" && s.MinLength >= 64 || strings.Contains(s.Pattern, "64"):
		return strings.Repeat("a", 64)
	}
	return "某字"
}

// Whoever has no office in a case does nothing in it, whatever the act and whichever way it comes; an office that does
// not reach the case is told so, with the article it stands on.
func TestNoOfficeActsBeyondItsReach(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.governedItem()
	r.hire("aide-far", "org-away", engine.RoleClerk)
	r.hire("head-far", "org-away", engine.RoleApprove, engine.RoleOrganHead, engine.RoleLead)
	today := calendar.DateOf(r.clock.Now())
	a := r.do(req{method: "POST", path: "/v1/deputies", as: "mayor-far", body: map[string]any{"deputy": "aide-far", "until": today.String()}})
	require.Equal(t, 200, a.status, string(a.body))
	number := r.fileGoverned()
	done := r.must("clerk", number, "accept", "receive", nil)
	r.eventually("the acceptance is in the log", func() bool { return r.seq(number) >= done.Seq })
	seq := r.seq(number)

	ask := func(as string, q req) answer {
		q.as = as
		if login, behalf, ok := strings.Cut(as, " for "); ok {
			q.as = login
			q = q.inPlaceOf(behalf)
		}
		return r.do(q)
	}
	acts := func(act string) string { return "/v1/cases/" + number + "/acts/" + act }
	for _, as := range []string{"mayor-far", "watch-far", "head-far"} {
		for path, item := range document(t).Paths.Map() {
			read := item.Get != nil && strings.HasPrefix(path, "/v1/cases/{number}") && strings.Count(path, "{") == 1 && api.Policies[api.OperationID(item.Get)] != "file"
			if read {
				ask(as, req{method: "GET", path: strings.ReplaceAll(path, "{number}", number)}).problem(t, 403, "not-involved")
			}
		}
		for _, do := range engine.PersonActs {
			body := filled(document(t).Components.Schemas[actSchema(string(do))].Value).(map[string]any)
			got := ask(as, req{method: "POST", path: acts(string(do)), body: body})
			require.GreaterOrEqual(t, got.status, 400, "%s by %s: %s", do, as, got.body)
			require.Less(t, got.status, 500, "%s by %s: %s", do, as, got.body)
		}
		require.Equal(t, seq, r.seq(number), as)
	}
	offices := map[string]map[string]map[string]any{
		engine.RoleGovernmentHead: {"extend": {"clock": "statutory", "reason": "案情复杂"}},
		engine.RoleSupervisor: {
			"urge": {"reason": "抓紧"}, "gap": {"lines": []any{map[string]any{"of": "plan", "reason": "缺尺寸"}}},
			"return": {"to": "review", "reason": "再议"}, "comment": {"text": "留意"}, "copy": {"orgs": []string{"org-far"}},
		},
	}
	for as, office := range map[string]string{
		"mayor-far": engine.RoleGovernmentHead, "aide-far for mayor-far": engine.RoleGovernmentHead, "watch-far": engine.RoleSupervisor,
	} {
		far := func(p gen.Problem, act string) {
			t.Helper()
			require.Equal(t, "not-allowed", p.Code, act)
			require.Contains(t, p.En, "your office of "+office+" does not reach this case", act)
			require.Contains(t, p.Zh, "职权不及于本案", act)
			require.Equal(t, office+" of an organisation that leads the case or has a step in it", p.Expected.EN, act)
			require.Contains(t, p.Expected.ZH, "其职权须及于牵头或办理本案的单位", act)
			require.True(t, strings.HasSuffix(p.Actual.EN, "."+office), p.Actual.EN)
			require.Equal(t, map[string]string{engine.RoleGovernmentHead: "42", engine.RoleSupervisor: "60"}[office], p.Law.Article, act)
		}
		for act, data := range offices[office] {
			a := ask(as, req{method: "POST", path: acts(act), body: data})
			a.problem(t, 403, "not-allowed")
			var p gen.Problem
			a.into(t, &p)
			far(p, act)
			var out struct{ Results []gen.TaskResult }
			one := map[string]any{"number": number, "task": "conclude.1.0", "do": act, "data": data}
			ask(as, req{method: "POST", path: "/v1/tasks/complete", body: map[string]any{"tasks": []any{one}}}).into(t, &out)
			require.Equal(t, gen.TaskResultStateRefused, out.Results[0].State, act)
			far(out.Results[0].Problem, act)
		}
	}
	for _, as := range []string{"mayor-far", "watch-far"} {
		var page gen.CasePage
		r.do(req{method: "GET", path: "/v1/cases", as: as}).into(t, &page)
		require.Empty(t, page.Cases, as)
		r.do(req{method: "GET", path: "/v1/cases?q=" + number, as: as}).into(t, &page)
		require.Empty(t, page.Cases, as)
		var events gen.EventPage
		r.do(req{method: "GET", path: "/v1/events?limit=200", as: as}).into(t, &events)
		require.Empty(t, events.Events, as)
	}
	require.Equal(t, seq, r.seq(number))
	r.do(req{method: "GET", path: "/v1/tasks?org=org-dept", as: "watch-far"}).problem(t, 403, "not-permitted")
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/tasks?org=org-dept", as: "supervisor"}).status)
}

// An organisation that is asked for its opinion reads the case; the office of its head or supervisor over others does
// not come with that, and what it cannot do is not offered. Those the case belongs to do each of these acts.
func TestAnOfficeCountsWhereItReaches(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.governedItem()
	number := r.fileGoverned()
	offered := func(as, act string) bool {
		t.Helper()
		return r.acts(as, "/v1/cases/"+number+"/acts")[act].Allowed
	}
	// both does an act by the far one in vain, then by the near one.
	both := func(far, near, act, step string, data map[string]any) {
		t.Helper()
		require.False(t, offered(far, act), "%s by %s", act, far)
		r.act(far, number, act, step, data).problem(t, 403, "not-allowed")
		require.True(t, offered(near, act), "%s by %s", act, near)
		r.must(near, number, act, step, data)
	}
	ask := func(from, step string) {
		t.Helper()
		for _, org := range []string{"org-away", "org-remote"} {
			r.must(from, number, "consult", step, map[string]any{"org": org, "text": "请提意见"})
		}
	}
	gap := map[string]any{"lines": []any{map[string]any{"of": "plan", "reason": "缺尺寸"}}}
	r.must("clerk", number, "gap", "receive", gap)
	r.eventually("the notice is out", func() bool {
		var c gen.Case
		r.do(req{method: "GET", path: "/v1/cases/" + number, as: "clerk"}).into(t, &c)
		return c.Case.Status == "correcting"
	})
	r.must("clerk", number, "answer", "receive", map[string]any{"papers": []any{map[string]any{"id": "plan", "hash": r.paper("clerk", "plan.pdf")}}})
	require.Equal(t, 403, r.act("watch-far", number, "gap", "receive", gap).status, "not asked yet, it does not even see the case")
	r.must("clerk", number, "accept", "receive", nil)
	more := map[string]any{"lines": gap["lines"], "reason": "重大安全隐患"}
	r.act("watch-far", number, "gap", "receive", more).problem(t, 403, "not-allowed")
	r.act("supervisor", number, "gap", "receive", gap).problem(t, 422, "reason-needed")
	second := r.must("supervisor", number, "gap", "receive", more)
	r.eventually("the second notice is in the read model", func() bool { return r.seq(number) >= second.Seq })
	r.must("clerk", number, "answer", "receive", map[string]any{"papers": []any{map[string]any{"id": "plan", "hash": r.paper("clerk", "plan-2.pdf")}}})

	ask("one", "one")
	for _, far := range []string{"mayor-far", "watch-far"} {
		r.eventually("asked, it reads the case", func() bool { return r.do(req{method: "GET", path: "/v1/cases/" + number, as: far}).status == 200 })
	}
	both("mayor-far", "mayor", "extend", "", map[string]any{"clock": "statutory", "reason": "案情复杂"})
	both("watch-far", "supervisor", "urge", "one", map[string]any{"reason": "抓紧"})
	r.act("mayor-far", number, "urge", "one", nil).problem(t, 403, "not-allowed")
	r.must("supervisor", number, "comment", "", map[string]any{"text": "留意时限"})
	r.must("supervisor", number, "copy", "", map[string]any{"orgs": []string{"org-far"}})
	r.eventually("who got a copy may mark it as read", func() bool {
		return r.do(req{method: "GET", path: "/v1/cases/" + number, as: "stranger"}).status == 200 && offered("stranger", "read")
	})
	require.Equal(t, 200, r.act("stranger", number, "read", "", nil).status, "who got a copy marks it as read")

	r.must("one", number, "agree", "one", nil)
	r.must("two", number, "agree", "two", nil)
	again := map[string]any{"to": "review", "steps": []string{"one"}, "reason": "再议"}
	for range 2 {
		r.must("lead", number, "return", "conclude", again)
		r.must("one", number, "agree", "one", nil)
	}
	r.act("lead", number, "return", "conclude", again).problem(t, 409, "no-return")
	r.act("watch-far", number, "return", "conclude", again).problem(t, 403, "not-allowed")
	r.must("supervisor", number, "return", "conclude", again)
}
