package bench

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEngineRate runs the bench's own case through the engine: the item, the
// people and the acts fit each other. The figure is printed by `make bench`.
func TestEngineRate(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	rules, _, err := benchItem()
	require.NoError(t, err)
	rate, err := engineRate(rules, 300*time.Millisecond)
	require.NoError(t, err)
	t.Logf("%.0f acts/s", rate)
}
