package api

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGateNeverLetsMoreThanItsWidthIn(t *testing.T) {
	t.Parallel()
	g := newGate(8)
	var inside, most atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			leave, err := g.enter(t.Context(), "A")
			if err != nil {
				return
			}
			if n := inside.Add(1); n > most.Load() {
				most.Store(n)
			}
			inside.Add(-1)
			leave()
		})
	}
	wg.Wait()
	require.LessOrEqual(t, most.Load(), int64(8))
	require.Empty(t, g.cases, "a case nobody acts on takes no memory")
}

func TestGateOfOneCaseDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	g := newGate(1)
	leave, err := g.enter(t.Context(), "A")
	require.NoError(t, err)

	other, err := g.enter(t.Context(), "B")
	require.NoError(t, err)
	other()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = g.enter(ctx, "A")
	require.ErrorIs(t, err, context.Canceled, "who gives up waiting holds nothing")
	leave()
	leave, err = g.enter(t.Context(), "A")
	require.NoError(t, err)
	leave()
	require.Empty(t, g.cases)
}
