package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"lianban/api"
)

// A filter that is spelled wrong is refused, not ignored: it would answer with
// more than was asked.
func TestUnknownQueryParametersAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	for name, c := range map[string]struct {
		q               req
		where, expected string
	}{
		"list":          {req{method: "GET", path: "/v1/cases?overdeu=true", as: "one"}, "query overdeu", "cursor, item, lead, limit, open, overdue, q, region, status"},
		"beside known":  {req{method: "GET", path: "/v1/cases?limit=1&page=2", as: "one"}, "query page", "cursor, item, lead, limit, open, overdue, q, region, status"},
		"other case":    {req{method: "GET", path: "/v1/events?Limit=1", as: "one"}, "query Limit", "after, limit"},
		"knows none":    {req{method: "GET", path: "/v1/cases/" + number + "?full=1", as: "clerk"}, "query full", "none"},
		"public":        {req{method: "GET", path: "/v1/items?search=x"}, "query search", "q"},
		"event stream":  {req{method: "GET", path: "/v1/events/stream?after=1", as: "one"}, "query after", "none"},
		"file":          {req{method: "GET", path: "/v1/files/" + strings.Repeat("a", 64) + "?inline=1", as: "clerk"}, "query inline", "none"},
		"paper":         {req{method: "GET", path: "/v1/cases/" + number + "/papers/request/file?version=1", as: "clerk"}, "query version", "hash"},
		"export":        {req{method: "GET", path: "/v1/exports/cases?format=csv&limit=9", as: "one"}, "query limit", "format, item, lang, lead, open, overdue, q, region, status"},
		"act":           {r.acting("clerk", number, "accept", "receive", nil), "query dryRun", "none"},
		"streamed body": {req{method: "POST", path: "/v1/items/check?strict=1", as: "publisher", kind: "application/yaml", raw: strings.NewReader("x")}, "query strict", "none"},
		"no value":      {req{method: "GET", path: "/v1/items?all"}, "query all", "q"},
		"odd name":      {req{method: "GET", path: "/v1/items?" + applicantID + "=1"}, "query …", "q"},
		"unparsed":      {req{method: "GET", path: "/v1/items?q=a;b=c"}, "query", "name=value&name=value"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "act" {
				c.q.path += "?dryRun=true"
			}
			code := "unknown-parameter"
			if name == "unparsed" {
				code = "bad-request"
			}
			a := r.do(c.q)
			p := a.problem(t, http.StatusBadRequest, code)
			require.Equal(t, c.where, p.Where)
			require.Equal(t, c.expected, p.Expected.EN)
			named := strings.TrimPrefix(c.where, "query ")
			if code == "unknown-parameter" {
				require.Contains(t, p.Zh, named)
				require.Contains(t, p.En, named)
			}
			require.NotContains(t, string(a.body), applicantID)
		})
	}
	t.Run("several are all named", func(t *testing.T) {
		p := r.do(req{method: "GET", path: "/v1/cases?b=1&limit=1&a=1&a=2", as: "one"}).problem(t, http.StatusBadRequest, "unknown-parameter")
		require.Equal(t, "query a", p.Where)
		require.Len(t, p.Errors, 2)
		require.Equal(t, "query b", p.Errors[1].Where)
	})
	t.Run("who may not call learns nothing of it", func(t *testing.T) {
		r.do(req{method: "GET", path: "/v1/cases?x=1"}).problem(t, http.StatusUnauthorized, "unauthenticated")
	})
	t.Run("what a provider adds is let in", func(t *testing.T) {
		// Refused for what it is, with no provider configured, and not for its query.
		a := r.do(req{method: "GET", path: "/v1/session/provider/callback?code=x&state=y&iss=z&session_state=1"})
		require.NotContains(t, string(a.body), "unknown-parameter")
	})
	require.NotContains(t, r.log.String(), applicantID)
}

// Each operation refuses a parameter it does not name, before it looks at a body.
// x-open-query is for what others send people to, or ask by addresses of their own.
func TestEveryRouteRefusesUnknownParameters(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	who := map[string]string{"public": "", "dev": "", "supervise": "supervisor", "edit": "publisher", "publish": "publisher", "operate": "operator", "run": "operator", "administer": "admin"}
	var open []string
	for path, item := range document(t).Paths.Map() {
		for method, op := range item.Operations() {
			id := api.OperationID(op)
			if op.Extensions["x-open-query"] == true {
				open = append(open, id)
				continue
			}
			q := req{method: method, path: example(path) + "?surely-not=1", as: "clerk"}
			if as, ok := who[api.Policies[id]]; ok {
				q.as = as
			}
			if api.Policies[id] == "applicant" {
				r.do(q).problem(t, http.StatusUnauthorized, "bad-track")
				continue
			}
			p := r.do(q).problem(t, http.StatusBadRequest, "unknown-parameter")
			require.Equal(t, "query surely-not", p.Where, "%s %s", method, path)
			for _, o := range op.Parameters {
				if o.Value.In == openapi3.ParameterInQuery {
					require.Contains(t, p.Expected.EN, o.Value.Name)
				}
			}
		}
	}
	require.ElementsMatch(t, []string{"endSignIn", "health", "ready", "metrics"}, open)
}
