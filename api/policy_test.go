package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/api/gen"
	"lianban/engine"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := gen.GetSpec()
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	return doc
}

// Every operation names its policy, in the document and in the table alike, and
// the table names nothing that is not there.
func TestEveryRouteNamesItsPolicy(t *testing.T) {
	t.Parallel()
	left := map[string]string{}
	for op, p := range api.Policies {
		left[op] = p
	}
	for path, item := range document(t).Paths.Map() {
		for method, op := range item.Operations() {
			require.NotEmpty(t, op.OperationID, "%s %s", method, path)
			require.Equal(t, op.Extensions["x-policy"], left[api.OperationID(op)], "%s %s", method, path)
			delete(left, api.OperationID(op))
		}
	}
	require.Empty(t, left)
}

// Each act has a path of its own, and its body schema refuses what the act does not know.
func TestEveryActHasItsPath(t *testing.T) {
	t.Parallel()
	doc := document(t)
	for _, act := range engine.PersonActs {
		item := doc.Paths.Find("/v1/cases/{number}/acts/" + string(act))
		require.NotNil(t, item, act)
		schema := item.Post.RequestBody.Value.Content["application/json"].Schema.Value
		require.NotNil(t, schema.AdditionalProperties.Has, act)
		require.False(t, *schema.AdditionalProperties.Has, act)
	}
}

func TestEveryCodeIsDocumented(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, k := range api.Kinds() {
		require.False(t, known[k.Code], "%s comes twice", k.Code)
		known[k.Code] = true
		require.NotEmpty(t, k.Title)
		require.NotEmpty(t, k.Zh)
		require.NotEmpty(t, k.En)
		require.True(t, k.Status >= 400 && k.Status < 600)
	}
	for _, c := range engine.Codes {
		require.True(t, known[string(c)], "the engine's %s", c)
	}
}

// example fills a path's parameters.
func example(path string) string {
	return strings.NewReplacer("{number}", "N1", "{item}", "I1", "{version}", "1", "{paper}", "p", "{hash}", strings.Repeat("a", 64),
		"{key}", strings.Repeat("k", 20), "{code}", "internal", "{id}", "x1", "{card}", "1", "{figure}", "received", "{draft}", "d1", "{task}", "t", "{kind}", "denial").Replace(path)
}

// Without a login nothing but the public is reached; with one, nothing outside
// the policy's roles. The answer comes before the body is looked at.
func TestRoutesWithoutLoginOrRole(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	wrong := map[string]string{"file": "lead", "act": "publisher", "read-cases": "publisher", "read-tasks": "publisher", "read-events": "publisher",
		"upload": "publisher", "edit": "clerk", "operate": "publisher", "publish": "lead", "answer-cards": "publisher", "supervise": "clerk", "read-reports": "publisher", "administer": "clerk", "run": "publisher"}
	for path, item := range document(t).Paths.Map() {
		for method, op := range item.Operations() {
			q := req{method: method, path: example(path)}
			policy := api.Policies[api.OperationID(op)]
			switch policy {
			case "public", "dev":
				continue
			case "applicant":
				r.do(q).problem(t, http.StatusUnauthorized, "bad-track")
				q.as = "clerk"
				r.do(q).problem(t, http.StatusUnauthorized, "bad-track")
				continue
			}
			r.do(q).problem(t, http.StatusUnauthorized, "unauthenticated")
			q.header = map[string]string{"Authorization": "Bearer broken"}
			r.do(q).problem(t, http.StatusUnauthorized, "unauthenticated")
			q.header = nil
			if who := wrong[policy]; who != "" {
				q.as = who
				r.do(q).problem(t, http.StatusForbidden, "not-permitted")
			} else {
				require.Equal(t, "signed-in", policy)
			}
		}
	}
}

func TestDevelopmentIsClosedInARelease(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, release: true})
	r.do(req{method: "GET", path: "/v1/accounts"}).problem(t, 404, "dev-only")
	r.do(req{method: "POST", path: "/v1/clock/advance", body: map[string]any{"by": 60}}).problem(t, 404, "dev-only")
	require.Zero(t, r.clock.Offset())
	login := func(body map[string]any) answer {
		return r.do(req{method: "POST", path: "/v1/session", key: "-", body: body})
	}
	login(map[string]any{"account": "clerk"}).problem(t, 401, "bad-login")
	login(map[string]any{"account": "nobody", "password": "x"}).problem(t, 401, "bad-login")
	login(map[string]any{"account": "locked", "password": "wrong"}).problem(t, 401, "bad-login")
	var s gen.Session
	ok := login(map[string]any{"account": "locked", "password": "correct horse"})
	require.Equal(t, 201, ok.status)
	ok.into(t, &s)
	auth := map[string]string{"Authorization": "Bearer " + s.Token}
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/session", header: auth}).status)
	require.Equal(t, 204, r.do(req{method: "DELETE", path: "/v1/session", header: auth}).status)
	r.do(req{method: "GET", path: "/v1/session", header: auth}).problem(t, 401, "unauthenticated")
	for range 10 {
		login(map[string]any{"account": "locked", "password": "guess"}).problem(t, 401, "bad-login")
	}
	login(map[string]any{"account": "locked", "password": "correct horse"}).problem(t, 429, "too-many")
}

func TestServiceAddresses(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	var h gen.Health
	r.do(req{method: "GET", path: "/readyz"}).into(t, &h)
	require.Equal(t, gen.Health{Ok: true, Database: true, Temporal: true, Version: "test"}, h)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/healthz"}).status)
	m := r.do(req{method: "GET", path: "/metrics"})
	require.True(t, bytes.Contains(m.body, []byte("lianban_http_requests_total")), string(m.body))
	require.Equal(t, 200, r.do(req{method: "GET", path: "/openapi.json"}).status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/problems"}).status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/problems/internal"}).status)
	r.do(req{method: "GET", path: "/problems/none"}).problem(t, 404, "no-such-problem")
	r.do(req{method: "GET", path: "/v2/nothing"}).problem(t, 404, "no-route")
	wrong := r.do(req{method: "DELETE", path: "/v1/cases", as: "clerk"})
	wrong.problem(t, 405, "method-not-allowed")
	require.Contains(t, wrong.header.Get("Allow"), "POST")
}
