package clock_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/standalone/pgtest"
	"lianban/store"
	"lianban/store/clock"
)

func open(t *testing.T, dsn string) (*store.Store, *clock.Clock) {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{MaxConns: 4})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	c, err := clock.Open(t.Context(), s, nil)
	require.NoError(t, err)
	return s, c
}

func TestAllProcessesShareOneClockThatOnlyMovesForward(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, store.Migrate)
	_, here := open(t, dsn)
	s, there := open(t, dsn)
	require.Zero(t, here.Offset())

	listener := s.NewListener()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{}, 2)
	failed := func(err error) { t.Errorf("clock: %v", err) }
	moved := make(chan struct{}, 8)
	go func() { listener.Run(ctx, failed); done <- struct{}{} }()
	go func() {
		there.Run(ctx, listener, func() { moved <- struct{}{} }, failed)
		done <- struct{}{}
	}()
	t.Cleanup(func() { cancel(); <-done; <-done })

	ahead, err := here.Advance(t.Context(), here.Now().Add(48*time.Hour))
	require.NoError(t, err)
	require.InDelta(t, 48*time.Hour, ahead, float64(time.Minute))
	select {
	case <-moved:
	case <-time.After(20 * time.Second):
		t.Fatal("the other process never learned of it")
	}
	require.Equal(t, here.Offset(), there.Offset())

	_, err = there.Advance(t.Context(), there.Now().Add(-time.Hour))
	require.ErrorIs(t, err, clock.ErrBackward)
	require.Equal(t, ahead, there.Offset())

	_, later := open(t, dsn)
	require.Equal(t, ahead, later.Offset(), "a restart keeps the lead")
}
