package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/api/gen"
)

func TestOperatorsFindTemporalsPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, ui: "http://temporal.test:8233/ui/"})
	var s gen.Settings
	r.do(req{method: "GET", path: "/v1/settings", as: "operator"}).into(t, &s)
	require.Equal(t, "http://temporal.test:8233/ui/namespaces/hall/workflows/", s.TemporalCases)
	for _, as := range []string{"clerk", "lead", "supervisor", "publisher"} {
		r.do(req{method: "GET", path: "/v1/settings", as: as}).problem(t, 403, "not-permitted")
	}
	r.do(req{method: "GET", path: "/v1/settings"}).problem(t, 401, "unauthenticated")

	for _, ui := range []string{"temporal.test", "javascript:alert(1)", "https://u:p@temporal.test", "https://temporal.test?x=1", "https://"} {
		_, err := api.New(api.Config{Store: r.store, Bucket: r.bucket, Temporal: r.temporal, Clock: r.clock, TemporalUI: ui, Namespace: "hall"})
		require.ErrorContains(t, err, "Temporal's pages", ui)
	}
}

func TestTemporalsPagesMayBeUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	require.JSONEq(t, `{}`, string(r.do(req{method: "GET", path: "/v1/settings", as: "operator"}).body))
}
