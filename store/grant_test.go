package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

// The public record of grants: the newest first over all pages, by item, by number; no denial, and nothing an
// act gave that may still be withdrawn.
func TestListGrants(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 7
	var films []*film
	for i := range n {
		f := start(t, s, fmt.Sprintf("g%d", i), morning.Add(time.Duration(i)*time.Minute))
		if i%2 == 1 {
			f.rows.Case.Item = "shop"
		}
		mustFlush(t, s, f.flush("", engine.StepOpened{Step: "food"}))
		f.rows.Results = []engine.ResultRow{{ID: "licence", Step: "food", Org: market, Kind: "certificate", Name: "食品经营许可证", Number: fmt.Sprintf("JY-%d", i), At: f.at.Add(time.Second)}}
		if i == 2 {
			f.rows.Results = append(f.rows.Results, engine.ResultRow{ID: "denial:sign", Step: "sign", Org: fire, Kind: "denial", Name: "不予批准决定书", At: f.at.Add(time.Second)})
		}
		mustFlush(t, s, f.flush("", engine.StepEnded{Step: "food", End: engine.EndGrant}))
		films = append(films, f)
	}
	all := func(f store.GrantFilter, limit int) []store.GrantView {
		t.Helper()
		return allPages(t, limit, func(p store.Page) ([]store.GrantView, store.Cursor, error) { return s.ListGrants(t.Context(), f, p) })
	}
	require.Empty(t, all(store.GrantFilter{}, 3), "the acts may still be withdrawn")
	for _, f := range films {
		mustFlush(t, s, f.flush(""))
	}
	list := all(store.GrantFilter{}, 3)
	require.Len(t, list, n, "each once, over three pages, and no denial")
	for i, g := range list {
		f := films[n-1-i]
		require.Equal(t, []string{f.number, fmt.Sprintf("JY-%d", n-1-i), "d0"}, []string{g.Case, g.Result.Number, g.Definition})
		require.Equal(t, f.rows.Case.Form, g.Form)
	}
	require.Len(t, all(store.GrantFilter{Item: "shop"}, 2), 3)
	require.Empty(t, all(store.GrantFilter{Item: "nothing"}, 2))
	one := all(store.GrantFilter{Number: "JY-4"}, 2)
	require.Len(t, one, 1)
	require.Equal(t, films[4].number, one[0].Case)
	require.Empty(t, all(store.GrantFilter{Item: "shop", Number: "JY-4"}, 2))
	require.Empty(t, all(store.GrantFilter{Number: "JY"}, 2), "a number is found whole")

	films[4].rows.Results[0].Annulled = films[4].at.Add(time.Minute)
	mustFlush(t, s, films[4].flush("", engine.StepOpened{Step: "food"}))
	require.Len(t, all(store.GrantFilter{}, 10), n-1, "what the last act made of it may still be withdrawn")
	mustFlush(t, s, films[4].flush(""))
	require.False(t, all(store.GrantFilter{Number: "JY-4"}, 2)[0].Result.Annulled.IsZero(), "it stays, and says so")

	_, _, err := s.ListGrants(t.Context(), store.GrantFilter{}, store.Page{After: "x"})
	require.ErrorIs(t, err, store.ErrCursor)
}
