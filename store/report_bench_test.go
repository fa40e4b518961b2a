package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/standalone/pgtest"
	"lianban/store"
)

// What a report costs where three hundred thousand cases of two years are kept: a
// city's month, its year, and the year of an organisation with one case in a hundred.
func BenchmarkReport(b *testing.B) {
	s, err := store.Open(b.Context(), pgtest.New(b, store.Migrate), store.Options{})
	require.NoError(b, err)
	b.Cleanup(s.Close)
	exec(b, s, `INSERT INTO case_head (case_no, last_seq, last_hash) SELECT 'R' || n, 1, sha256('x') FROM generate_series(1, 300000) n`)
	exec(b, s, `INSERT INTO case_fact SELECT 'R' || n, 'I' || n % 40, '事项', '210304', 'window', 'hall', 'o' || n % 100, ARRAY['hall', 'o' || n % 100], t, NULL, t, t + interval '9 days',
		t + interval '10 days', false, 'granted', true, n % 20 = 0, true, n % 200 = 0, 0, 1, 7, 6, '{}'
		FROM generate_series(1, 300000) n, LATERAL (SELECT '2025-01-01'::timestamptz + n * interval '210 seconds' AS t) x`)
	exec(b, s, `VACUUM ANALYZE case_fact`)
	all := []string{"hall"}
	for _, c := range []struct {
		name        string
		orgs        []string
		from, until time.Time
		by          store.ReportBy
	}{
		{"city month", all, day(2025, 6, 1), day(2025, 7, 1), store.ByNothing},
		{"city month by org", append(all, "o1", "o2", "o3"), day(2025, 6, 1), day(2025, 7, 1), store.ByOrg},
		{"city year by month", all, day(2025, 1, 1), day(2026, 1, 1), store.ByMonth},
		{"small year", []string{"o7"}, day(2025, 1, 1), day(2026, 1, 1), store.ByNothing},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				out, err := s.Report(b.Context(), store.ReportScope{Orgs: c.orgs, From: c.from, Until: c.until}, c.by)
				if err != nil || len(out["concluded"]) == 0 {
					b.Fatal(err, out)
				}
			}
		})
	}
	f, _ := store.FigureOf("onPromise")
	b.Run("lines", func(b *testing.B) {
		var next store.Cursor
		for b.Loop() {
			if _, next, err = s.ReportLines(b.Context(), f, store.ReportScope{Orgs: all, From: day(2025, 1, 1), Until: day(2026, 1, 1)}, store.Page{Limit: 100, After: next}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
