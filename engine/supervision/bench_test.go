package supervision_test

import (
	"testing"

	"lianban/engine"
)

// What watching a case costs per event, and looking again after one more.
func BenchmarkWatch(b *testing.B) {
	rules := load(b)
	s := tell(b, "N1").accepted().do("eco.handle", engine.Agree, "opinion").do("fire.handle", engine.Pass, "check")
	s.do("fire.approve", engine.Grant, "check", safe).do("market.handle", engine.Grant, "conclude").do("hall.clerk2", engine.Hand, "handOut", engine.Args{Way: "counter"})
	b.ReportAllocs()
	for b.Loop() {
		rules.Cards(s.rules, s.log, s.now)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(s.log)), "us/event")
}
