package monitor_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// used is the CPU time of this process so far: PostgreSQL's is its own.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What looking costs when nothing has happened: once a second, in one process.
func BenchmarkNothing(b *testing.B) {
	r := newRig(b)
	m := r.monitor()
	r.file("p1").accepted()
	r.work(m)
	began := used(b)
	for b.Loop() {
		if err := m.Work(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((used(b)-began).Microseconds())/float64(b.N), "cpu-us/op")
}

// What judging costs per act: of cases that are followed, and of cases that have to
// be read from the start, as after a restart.
func BenchmarkAct(b *testing.B) {
	for _, way := range []string{"followed", "from the start"} {
		b.Run(way, func(b *testing.B) {
			r := newRig(b)
			m := r.monitor()
			var films []*film
			for i := range 40 {
				r.mu.Lock()
				r.now = r.now.Add(time.Duration(i) * time.Second)
				r.mu.Unlock()
				films = append(films, r.file("p1").accepted())
			}
			r.work(m)
			var spent time.Duration
			do := engine.Claim
			for b.Loop() {
				b.StopTimer()
				for _, f := range films {
					f.do("eco", "handle", do, "opinion")
				}
				do = map[engine.Act]engine.Act{engine.Claim: engine.Release, engine.Release: engine.Claim}[do]
				_, err := r.store.Publish(b.Context())
				require.NoError(b, err)
				if way != "followed" {
					m = r.monitor()
				}
				began := used(b)
				b.StartTimer()
				if err := m.Work(b.Context()); err != nil {
					b.Fatal(err)
				}
				spent += used(b) - began
			}
			acts := float64(b.N * len(films))
			b.ReportMetric(float64(spent.Microseconds())/acts, "cpu-us/act")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/acts, "wall-us/act")
		})
	}
}
