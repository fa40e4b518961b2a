package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

// The guide says what may be promised, what may come in between and what binds afterwards, and
// leaves out of it what certainly does not apply in a situation.
func TestTheGuideIsNarrowedInAllItsParts(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	const code = "11210300MB0X12345A4000995001000"
	r.publish("promising", func(s string) string {
		return strings.NewReplacer(itemCode, code, "process:", `pauses:
  site: {kind: site-visit, stops: [promised], max: 5wd}
commitments:
  plan: {when: wide, step: conclude, replaces: [plan], text: 平面图承诺书, basis: 国办发〔2020〕42号}
duties:
  verify: {name: 核查, by: lead, when: wide, limit: {time: 20wd, from: permit}, affects: permit, basis: 国办发〔2020〕42号}
process:`, `      - review: three
        when: wide
        by: dept
`, `      - review: three
        when: wide
        by: dept
        pauses: [site]
`).Replace(s)
	})
	guide := func(answers string) (g definition.Guide) {
		r.do(req{method: "GET", path: "/v1/items/" + code + "/guide?answers=" + url.QueryEscape(answers)}).into(t, &g)
		return g
	}
	for _, answers := range []string{"", `{"wide":true}`} {
		g := guide(answers)
		require.Len(t, g.Promises, 1)
		require.Equal(t, []string{"平面图"}, g.Promises[0].Replaces)
		require.Len(t, g.Procedures, 1)
		require.Equal(t, "three", g.Procedures[0].Step)
		require.Len(t, g.Duties, 1)
	}
	g := guide(`{"wide":false}`)
	require.Empty(t, g.Promises)
	require.Empty(t, g.Procedures)
	require.Empty(t, g.Duties)
	require.NotEmpty(t, g.Papers)
}
