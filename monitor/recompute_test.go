package monitor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/supervision"
	"lianban/store"
)

// What a card says is the program's wording: cards kept with the sentence of an earlier program are found and
// worded anew, over many cases too. What people have done with them stays.
func TestRecomputeWordsCardsAnew(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	var films []*film
	for i := range 3 {
		r.to("2026-03-02T09:0" + string(rune('1'+i)))
		films = append(films, r.file("p1").accepted())
	}
	r.to("2026-03-12T09:00")
	for _, f := range films {
		f.tick()
	}
	r.work(m)
	number := films[0].number
	w, want, fact, err := r.store.JudgedCards(t.Context(), number)
	require.NoError(t, err)
	require.NotEmpty(t, want)
	over, err := r.store.CardsAcross(t.Context(), "T10")
	require.NoError(t, err)
	require.NotEmpty(t, over)

	views, _, err := r.store.ListCards(t.Context(), store.CardFilter{Orgs: []string{"eco", "market"}, Case: number}, store.Page{Limit: 10})
	require.NoError(t, err)
	explained := views[0].ID
	_, err = r.store.ActOnCard(t.Context(), store.CardDeed{Key: "k1", Card: explained, Act: supervision.Act{Do: supervision.Explain, Account: "p-eco-handle", Org: "eco", At: r.time(), Reason: "节前人手不足"}},
		func(store.CardView) (supervision.Status, time.Time, error) {
			return supervision.Explained, time.Time{}, nil
		})
	require.NoError(t, err)

	older := func(cards []supervision.Card) []supervision.Card {
		old := slices.Clone(cards)
		for i := range old {
			old[i].Zh, old[i].En = "旧版程序的措辞", "as an earlier program put it"
		}
		return old
	}
	_, ok, err := r.store.PutCards(t.Context(), w, older(want), fact)
	require.NoError(t, err)
	require.True(t, ok)
	require.NoError(t, r.store.PutCardsAcross(t.Context(), "T10", older(over)))

	for _, write := range []bool{false, true} { // --check tells and leaves them
		got, err := r.monitor().Recompute(t.Context(), "", write)
		require.NoError(t, err)
		require.Len(t, got.Differences, len(want)+len(over), "each of them, and nothing else")
		for _, d := range got.Differences {
			require.Equal(t, "other", d.Kind)
		}
	}
	_, have, _, err := r.store.JudgedCards(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, want, have)
	haveOver, err := r.store.CardsAcross(t.Context(), "T10")
	require.NoError(t, err)
	require.Equal(t, over, haveOver)
	got, err := r.monitor().Recompute(t.Context(), "", false)
	require.NoError(t, err)
	require.Empty(t, got.Differences)
	v, err := r.store.CardByID(t.Context(), explained)
	require.NoError(t, err)
	require.Equal(t, supervision.Explained, v.Status)
	require.Len(t, v.Acts, 1)
}
