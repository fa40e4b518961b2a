package monitor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/engine/definition"
	"lianban/engine/supervision"
)

// Figures set for a hall hold for cases received from then on, and a case made again later is judged by the figures it
// was received under: those before, those of its time, and not those published since.
func TestRecomputeKeepsTheSettingsOfItsVersion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	settle := func(version string, settings ...definition.SuperviseSetting) {
		t.Helper()
		src, err := supervision.Resettle(definitions.Supervision(), version, settings)
		require.NoError(t, err)
		r.publish(version, string(src))
	}
	opened := func(when string) *film {
		t.Helper()
		r.to(when)
		f := r.file("p1").accepted()
		r.work(m)
		return f
	}
	films := []*film{opened("2026-03-02T09:01")}
	settle("2026.2", definition.SuperviseSetting{Hall: "hall", Set: map[string]any{"unclaimed": 8}, Level: map[string]int{"T9": 2}})
	films = append(films, opened("2026-03-02T09:02"))
	settle("2026.3", definition.SuperviseSetting{Hall: "elsewhere", Set: map[string]any{"unclaimed": 8}, Off: []string{"T9"}})
	films = append(films, opened("2026-03-02T09:03"))
	settle("2026.4", definition.SuperviseSetting{Hall: "hall", Off: []string{"T9"}})
	films = append(films, opened("2026-03-02T09:04"))
	r.to("2026-03-03T12:00")
	for _, f := range films {
		f.tick()
	}
	r.work(m)
	want := [][]string{{"T9 1 eco 03-03T09:01"}, {"T9 2 eco 03-02T17:02"}, {"T9 1 eco 03-03T09:03"}, {}}
	check := func() {
		t.Helper()
		for i, f := range films {
			require.Equal(t, want[i], r.cards(f.number), "case %d", i)
		}
	}
	check()

	settle("2026.5", definition.SuperviseSetting{Region: "21", Set: map[string]any{"unclaimed": 2}, Level: map[string]int{"T9": 3}})
	got, err := r.monitor().Recompute(t.Context(), "", true)
	require.NoError(t, err)
	require.Equal(t, len(films), got.Cases)
	require.Empty(t, got.Differences)
	check()
}
