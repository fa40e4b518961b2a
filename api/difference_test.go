package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

func TestTextsAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	compare := func(from, to string) gen.DefinitionDiff {
		a := r.do(req{method: "POST", path: "/v1/definitions/diff", as: "analyst", body: map[string]any{"from": from, "to": to}})
		require.Equal(t, 200, a.status, string(a.body))
		var out gen.DefinitionDiff
		a.into(t, &out)
		return out
	}
	old := testItem(t)
	text := strings.Replace(old, `version: "1"`, `version: "3"`, 1)
	same := r.do(req{method: "POST", path: "/v1/definitions/diff", as: "publisher", body: map[string]any{"from": old, "to": "# 注\n" + old}})
	require.JSONEq(t, `{"changes":[]}`, string(same.body))
	out := compare(old, text)
	require.Len(t, out.Changes, 1)
	require.Equal(t, "事项：版本由“1”改为“3”", out.Changes[0].ZH)
	require.Equal(t, "low", string(out.Changes[0].Weight))
	require.Contains(t, strings.Split(text, "\n")[out.Changes[0].To.Line-1], `version: "3"`)

	// what cannot be read is told, the rest compared
	broken := compare(old, strings.Replace(text, "process:", "proces:", 1))
	require.Empty(t, broken.FromFindings)
	require.NotEmpty(t, broken.ToFindings)
	require.NotEmpty(t, broken.Changes)
	for _, c := range compare("", old).Changes {
		require.Equal(t, "added", c.What, c.ZH)
	}
	require.Equal(t, "S008", compare(scenarioOf("granted"), old).FromFindings[0].Code)
	r.do(req{method: "POST", path: "/v1/definitions/diff", as: "clerk", body: map[string]any{"from": old, "to": old}}).problem(t, 403, "not-permitted")
	r.do(req{method: "POST", path: "/v1/definitions/diff", as: "analyst", body: map[string]any{"from": old}}).problem(t, 400, "bad-request")

	// versions and drafts
	d := r.draft("analyst", map[string]any{"text": text})
	between := func(from, to string) answer {
		q := url.Values{"from": {from}, "to": {to}}
		return r.do(req{method: "GET", path: "/v1/items/test-item/diff?" + q.Encode(), as: "analyst-b"})
	}
	between("1", "draft:"+d.Id).into(t, &out)
	require.Equal(t, compare(old, text), out)
	between("draft:"+d.Id, "1").into(t, &out)
	require.Equal(t, compare(text, old), out)
	between("draft:"+d.Id, "draft:nobody").problem(t, 404, "no-such-draft")
	between("98", "1").problem(t, 404, "unknown-version")
	between("1", "").problem(t, 400, "bad-request")
}
