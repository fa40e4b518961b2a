package supervision_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
	"lianban/engine/supervision"
)

// marks are cards and marks of many cases over three years, several at one instant.
func marks(r *rand.Rand, rule string, n int) []supervision.Card {
	start := time.Date(2024, 1, 2, 1, 0, 0, 0, time.UTC)
	out := make([]supervision.Card, n)
	for i := range out {
		at := start.Add(time.Duration(r.IntN(3*365*4)) * 6 * time.Hour)
		out[i] = supervision.Card{
			Rule: rule, Rules: "2026.1", Case: fmt.Sprintf("N%03d", r.IntN(n)), Subject: fmt.Sprint("#", i), Item: fmt.Sprint("I", r.IntN(3)), Region: "21030" + fmt.Sprint(r.IntN(2)),
			Org: fmt.Sprint("org", r.IntN(4)), At: at, Order: at.Add(-time.Duration(r.IntN(40*24)) * time.Hour),
		}
	}
	return out
}

// Counting is quick, and comes to what counting every mark against every other comes to.
func TestAcrossAgainstPlainCounting(t *testing.T) {
	t.Parallel()
	rules := load(t)
	cal, err := calendars.National()
	require.NoError(t, err)
	of := func(string) *supervision.Rules { return rules }
	period := func(s string) calendar.Period {
		p, err := calendar.ParsePeriod(s)
		require.NoError(t, err)
		return p
	}
	for _, c := range []struct {
		rule   string
		within calendar.Period
		key    func(supervision.Card) string
		fires  func(count, overtaken, given int) bool
	}{
		{"T10", period("12mo"), func(c supervision.Card) string { return c.Org }, func(count, _, _ int) bool { return count >= 2 }},
		{"P6", period("12mo"), func(c supervision.Card) string { return c.Item + "|" + c.Region }, func(_, overtaken, _ int) bool { return overtaken > 0 }},
		{"P7", period("30cd"), func(c supervision.Card) string { return c.Org }, func(count, _, given int) bool { return count >= 3 && given == 0 }},
	} {
		for seed := range uint64(6) {
			list := marks(rand.New(rand.NewPCG(seed, 5)), c.rule, 120)
			got := supervision.Across(list, of, cal)
			supervision.Sort(list)
			recent := func(at, last time.Time) bool { return cal.Due(at, c.within, nil).At.After(last) }
			var want []string
			given := map[string][]time.Time{}
			for i, last := range list {
				key := c.key(last)
				count, overtaken, had := 0, 0, 0
				var cases []string
				for _, m := range list[:i+1] {
					if c.key(m) != key || !recent(m.At, last.At) {
						continue
					}
					count++
					if m.Order.After(last.Order) {
						overtaken++
					}
					if !slices.Contains(cases, m.Case) {
						cases = append(cases, m.Case)
					}
				}
				for _, at := range given[key] {
					if recent(at, last.At) {
						had++
					}
				}
				if c.fires(count, overtaken, had) {
					given[key] = append(given[key], last.At)
					want = append(want, fmt.Sprint(key, "@", last.Case, "/", last.Subject, last.At, cases))
				}
			}
			found := make([]string, len(got))
			for i, k := range got {
				found[i] = fmt.Sprint(k.Subject, k.At, k.Cases)
			}
			require.ElementsMatch(t, want, found, "%s, seed %d", c.rule, seed)
			require.NotEmpty(t, want)
		}
	}
}

// What counting ten thousand marks costs: as many as a city has in a rule's time.
func BenchmarkAcross(b *testing.B) {
	rules := load(b)
	cal, err := calendars.National()
	require.NoError(b, err)
	list := marks(rand.New(rand.NewPCG(1, 2)), "P7", 10000)
	for b.Loop() {
		supervision.Across(list, func(string) *supervision.Rules { return rules }, cal)
	}
}
