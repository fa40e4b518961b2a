package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine/calendar"
)

// 行政许可法第四十条: who has been granted a licence anybody may read, without signing in, and no more of a person than the
// dictionary shows in public.
func TestGrantsArePublic(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	public := func(query string) gen.ListGrants200JSONResponse {
		t.Helper()
		a := r.do(req{method: "GET", path: "/v1/grants" + query})
		require.Equal(t, 200, a.status, string(a.body))
		require.NotContains(t, string(a.body), applicantName)
		require.NotContains(t, string(a.body), applicantID)
		var out gen.ListGrants200JSONResponse
		a.into(t, &out)
		return out
	}
	number, _ := r.file()
	require.Empty(t, public("").Grants, "nothing is granted yet")
	r.finish(number)
	second, _ := r.file()
	r.finish(second)
	r.eventually("both are certain", func() bool { return len(public("").Grants) == 2 })

	g := public("?number=P-1&limit=1")
	require.Len(t, g.Grants, 1)
	require.NotEmpty(t, g.Next)
	require.Len(t, public("?number=P-1&cursor="+g.Next).Grants, 1, "the other one")
	one := g.Grants[0]
	require.Equal(t, []string{itemCode, "P-1"}, []string{one.Item, one.Number})
	require.NotEmpty(t, one.OrgName)
	require.Equal(t, string([]rune(applicantName)[:1]), string([]rune(one.Holder)[:1]), "masked as on a posting")
	require.Contains(t, one.Holder, "*")
	require.Equal(t, calendar.DateOf(r.clock.Now()), one.On)
	require.Len(t, public("?item="+itemCode).Grants, 2)
	require.Empty(t, public("?item=nothing").Grants)
	require.Empty(t, public("?number=P").Grants, "a number is found whole")
	r.do(req{method: "GET", path: "/v1/grants?cursor=x"}).problem(t, 400, "bad-cursor")

	// Open to anybody is not open without measure.
	last := answer{}
	for range 500 {
		if last = r.do(req{method: "GET", path: "/v1/grants?limit=1"}); last.status != 200 {
			break
		}
	}
	last.problem(t, 429, "too-many")
}
