package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

func (r *rig) gathering(as, number string) gen.Gathering {
	r.t.Helper()
	a := r.do(req{method: "GET", path: "/v1/cases/" + number + "/gathering", as: as})
	require.Equal(r.t, 200, a.status, string(a.body))
	var g gen.Gathering
	a.into(r.t, &g)
	return g
}

func TestTheNoticeIsSeenBeforeItGoes(t *testing.T) {
	t.Parallel()
	const code = "11210300MB0X12345A4000995001000"
	r := newRig(t, rigOptions{})
	r.publish("collecting", func(s string) string {
		return strings.NewReplacer(itemCode, code, "    answer: {time: 20wd, late: lapse}", "    collect: {time: 2wd}\n    answer: {time: 20wd, late: lapse}").Replace(s)
	})
	application := r.application()
	application["item"] = code
	var started gen.Started
	r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: application}).into(t, &started)
	number := started.Number

	g := r.gathering("lead", number)
	require.True(t, g.Open)
	require.Empty(t, g.Lines)
	require.Empty(t, g.Letter, "nothing is missing yet")
	require.False(t, g.Closes.IsZero())
	require.Equal(t, []string{"hall", "dept", "other"}, []string{g.Looks[0].Party, g.Looks[1].Party, g.Looks[2].Party})

	r.must("one", number, "gap", "receive", map[string]any{"lines": []any{map[string]any{"of": "request", "reason": "章看不清"}}})
	g = r.gathering("lead", number)
	require.True(t, g.Looks[1].Spoken)
	require.Equal(t, "某one", g.Looks[1].ByName)
	require.Equal(t, []string{"会办部门"}, g.Lines[0].AskerNames)
	require.Contains(t, g.Letter, "章看不清")
	require.Contains(t, g.Letter, "预览")
	require.Contains(t, g.Letter, "（未编号）")
	require.NotRegexp(t, `\{[a-zA-Z]+\}`, g.Letter, "no blank is left open")
	var inEnglish gen.Gathering
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/gathering", as: "lead", header: english}).into(t, &inEnglish)
	require.Equal(t, g.Letter, inEnglish.Letter, "a letter is Chinese")
	require.Equal(t, "Body org-hall", inEnglish.Looks[0].OrgName)

	r.do(req{method: "GET", path: "/v1/cases/" + number + "/gathering", as: "two"}).problem(t, 403, "not-permitted")
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/gathering", as: "stranger"}).problem(t, 403, "not-involved")
	r.must("lead", number, "clear", "receive", nil)
	r.must("clerk", number, "clear", "receive", nil)
	r.must("two", number, "clear", "receive", nil)
	require.False(t, r.gathering("lead", number).Open, "the notice is out")
}
