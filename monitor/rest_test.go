package monitor

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/supervision"
)

func TestWorkIsAShareOfTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for share, rests := range map[float64]time.Duration{0: 3 * time.Second, 0.5: time.Second, 1: 0} {
			m, began := New(Config{Share: share}), time.Now()
			require.True(t, m.rest(t.Context(), time.Second))
			require.Equal(t, rests, time.Since(began), "share %v", share)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		require.False(t, New(Config{}).rest(ended, time.Hour), "a process that stops does not rest first")
		require.Zero(t, time.Since(began))
	})
}

func TestRoomForMoreCases(t *testing.T) {
	t.Parallel()
	m := New(Config{})
	for i := range 100 {
		m.watches[fmt.Sprint(i)] = new(supervision.Watch)
	}
	m.forget(10)
	require.Len(t, m.watches, 90)
	m.forget(200)
	require.Empty(t, m.watches)
}
