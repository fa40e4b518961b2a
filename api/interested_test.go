package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

// Whoever reviews tells somebody whose interests are touched, and hears him before he speaks (行政许可法第三十六条). His
// name is for those who hear him; for everybody else he goes by a number.
func TestAnInterestedPartyIsHeardAndNotNamed(t *testing.T) {
	t.Parallel()
	const neighbour = "邻居王某某"
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	entry := func(as string) gen.DossierEntry {
		t.Helper()
		var d gen.GetDossier200JSONResponse
		r.do(req{method: "GET", path: "/v1/cases/" + number + "/dossier?kind=interested", as: as}).into(t, &d)
		require.Len(t, d.Entries, 1)
		return d.Entries[0]
	}
	r.act("one", number, "inform", "one", map[string]any{"name": neighbour}).problem(t, http.StatusBadRequest, "bad-request")
	r.act("two", number, "inform", "one", map[string]any{"name": neighbour, "reason": "油烟"}).problem(t, http.StatusForbidden, "not-allowed")
	r.must("one", number, "inform", "one", map[string]any{"name": neighbour, "reason": "油烟影响相邻住户"})
	require.Equal(t, neighbour, entry("one").Interested.Who)
	require.Equal(t, neighbour, entry("clerk").Interested.Who)
	require.Equal(t, []string{"interested.1", ""}, []string{entry("two").Interested.ID, entry("two").Interested.Who}, "a reviewer of something else hears of a number")
	soon := r.act("one", number, "agree", "one", nil)
	soon.problem(t, http.StatusConflict, "too-soon")
	require.NotContains(t, string(soon.body), neighbour)

	r.act("two", number, "hear", "", map[string]any{"of": "interested.1", "reason": "无异议"}).problem(t, http.StatusForbidden, "not-allowed")
	photo := map[string]any{"name": "照片.pdf", "hash": r.paper("clerk", "照片.pdf")}
	r.must("clerk", number, "hear", "", map[string]any{"of": "interested.1", "reason": "请加高烟道", "evidence": []any{photo}})
	require.Equal(t, "heard", entry("one").Status)
	file := func(as string) int {
		return r.do(req{method: "GET", path: "/v1/cases/" + number + "/files/" + photo["hash"].(string), as: as}).status
	}
	require.Equal(t, []int{200, 200, 404}, []int{file("one"), file("clerk"), file("two")}, "who hears him reads what he relies on")
	for _, path := range []string{"/timeline", "/events", "/waiting-for", "/notices"} {
		require.NotContains(t, string(r.do(req{method: "GET", path: "/v1/cases/" + number + path, as: "two"}).body), neighbour, path)
	}
	r.must("one", number, "agree", "one", nil)
}
