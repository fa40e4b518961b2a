package store_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/standalone/pgtest"
	"lianban/store"
)

// backend is one connection whose server process can be asked what it has used.
type backend struct {
	*store.Store
	pid int
}

func openBackend(t testing.TB) backend {
	t.Helper()
	s, err := store.Open(t.Context(), pgtest.New(t, store.Migrate), store.Options{MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	b := backend{Store: s}
	require.NoError(t, s.Pool().QueryRow(t.Context(), `SELECT pg_backend_pid()`).Scan(&b.pid))
	return b
}

// used is the server process's CPU time so far, in clock ticks of 10 ms.
func (b backend) used(t testing.TB) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.pid))
	require.NoError(t, err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+2:]))
	user, err := strconv.Atoi(fields[11])
	require.NoError(t, err)
	system, err := strconv.Atoi(fields[12])
	require.NoError(t, err)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// film20 files twenty cases of the restaurant item and gives all flushes of their lives, not yet sent.
func film20(b *testing.B, s *store.Store, round int) (list []store.Flush) {
	for i := range 20 {
		p := newPlay(b, uint64(i))
		p.file(b, s, fmt.Sprintf("start-%d-%d", round, i))
		for j := 0; j < 200 && p.state.Status != engine.Closed; j++ {
			if fl, ok := p.step(); ok {
				list = append(list, fl)
			}
		}
	}
	return list
}

// bare inserts the events of a flush and nothing else: what a log alone would cost.
const bare = `INSERT INTO bare (case_no, seq, at, type, actor, body, hash)
	SELECT $1, $2 + i - 1, now(), t, a, b, h FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bytea[]) WITH ORDINALITY AS x(t, a, b, h, i)`

// BenchmarkFlush prints the server's CPU time per flush of whole cases, that of a bare insert of the
// same events, and the ratio. One iteration is twenty cases.
func BenchmarkFlush(b *testing.B) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		b.Fatal("the server's CPU time is read from /proc: ", err)
	}
	s := openBackend(b)
	exec(b, s.Store, `CREATE TABLE bare (case_no text, seq bigint, at timestamptz, type text, actor text, body bytea, hash bytea, PRIMARY KEY (case_no, seq))`)
	var whole, alone, wall time.Duration
	var flushes, events, rows int
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		list := film20(b, s.Store, round)
		before := s.used(b)
		b.StartTimer()
		start := time.Now()
		for _, fl := range list {
			r, err := s.Flush(b.Context(), fl)
			require.NoError(b, err)
			require.Equal(b, store.Written, r.Refused)
		}
		b.StopTimer()
		wall += time.Since(start)
		whole += s.used(b) - before
		before = s.used(b)
		for _, fl := range list {
			var kinds, actors []string
			var bodies, hashes [][]byte
			for _, e := range fl.Events {
				kinds, actors, bodies, hashes = append(kinds, e.Type), append(actors, e.By.ID), append(bodies, e.Bytes), append(hashes, []byte(e.Hash))
			}
			exec(b, s.Store, bare, fl.Case, fl.First, kinds, actors, bodies, hashes)
			events += len(fl.Events)
			c := fl.Changed
			rows += 1 + len(c.Steps) + len(c.Tasks) + len(c.Papers) + len(c.Notices) + len(c.Results)
		}
		alone += s.used(b) - before
		flushes += len(list)
		b.StartTimer()
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(flushes) }
	b.ReportMetric(per(whole), "pg-µs/flush")
	b.ReportMetric(per(alone), "pg-µs/bare")
	b.ReportMetric(per(wall), "wall-µs/flush")
	b.ReportMetric(float64(whole)/float64(alone), "flush/bare")
	b.ReportMetric(float64(events)/float64(flushes), "events/flush")
	b.ReportMetric(float64(rows)/float64(flushes), "rows/flush")
}
