package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/standalone/cluster"
	"lianban/standalone/pgtest"
	"lianban/store"
)

// A server of its own is killed, frozen and started again under a store: every call says that the
// database is away, none is done half, and the same store goes on when it is back.
func TestServerAwayAndBack(t *testing.T) {
	t.Parallel()
	dir, err := pgtest.TempDir("lianban-outage-")
	require.NoError(t, err)
	opts := cluster.Options{Dir: filepath.Join(dir, "pg")}
	c, err := cluster.Start(t.Context(), opts)
	require.NoError(t, err)
	require.NoError(t, c.EnsureDatabase(t.Context(), "lianban"))
	dsn := c.DSN("lianban")
	require.NoError(t, store.Migrate(t.Context(), dsn))
	s, err := store.Open(t.Context(), dsn, store.Options{})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	f := start(t, s, "k1", morning)
	fl := f.flush("c1", engine.TaskClaimed{Task: "receive.1.accept"})

	away := func(ctx context.Context) {
		t.Helper()
		_, err := s.Flush(ctx, fl)
		require.ErrorIs(t, err, store.ErrUnavailable)
		_, _, err = s.RecordCommand(ctx, claim(f, "c1", morning))
		require.ErrorIs(t, err, store.ErrUnavailable)
		_, err = s.StartCase(ctx, request("k2", morning), (&film{at: morning}).decide("k2"))
		require.ErrorIs(t, err, store.ErrUnavailable)
		_, err = s.CaseByNumber(ctx, f.number)
		require.ErrorIs(t, err, store.ErrUnavailable)
		_, _, err = s.ListTasks(ctx, store.TaskFilter{Orgs: []string{window}}, store.Page{})
		require.ErrorIs(t, err, store.ErrUnavailable)
		_, err = s.Publish(ctx)
		require.ErrorIs(t, err, store.ErrUnavailable)
		require.ErrorIs(t, s.Ping(ctx), store.ErrUnavailable)
	}

	pulse := s.NewPulse()
	go pulse.Run(t.Context())
	// A call under way when the server stops to answer is ended, a new one at once; and all is well
	// when it answers again.
	ended := func(stop func() error) {
		t.Helper()
		ctx, cancel := pulse.Within(t.Context())
		defer cancel()
		require.NoError(t, ctx.Err())
		require.NoError(t, stop())
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			require.Fail(t, "nobody has noticed")
		}
		require.ErrorIs(t, context.Cause(ctx), store.ErrUnavailable)
		require.False(t, pulse.Alive())
		again, cancel := pulse.Within(t.Context())
		defer cancel()
		require.ErrorIs(t, context.Cause(again), store.ErrUnavailable)
	}
	ended(c.Pause)
	frozen, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	_, err = s.Flush(frozen, fl)
	cancel()
	require.ErrorIs(t, err, store.ErrUnavailable, "a server that hangs is away too")
	require.NoError(t, c.Resume())
	require.Eventually(t, pulse.Alive, 10*time.Second, 10*time.Millisecond)

	ended(c.Kill)
	<-c.Done()
	away(t.Context())
	_, err = store.Open(t.Context(), dsn, store.Options{})
	require.ErrorIs(t, err, store.ErrUnavailable)

	c, err = cluster.Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(c.Stop(context.WithoutCancel(t.Context())), c.Destroy())) })
	if c.DSN("lianban") != dsn {
		s, err = store.Open(t.Context(), c.DSN("lianban"), store.Options{})
		require.NoError(t, err)
		t.Cleanup(s.Close)
	}
	if c.DSN("lianban") == dsn {
		require.Eventually(t, pulse.Alive, 10*time.Second, 10*time.Millisecond)
	}
	// The frozen flush may or may not have been written: sent again, it is there once.
	require.EqualValues(t, 3, mustFlush(t, s, fl).LastSeq)
	require.Len(t, hashes(t, s, f.number), 3)
	g := start(t, s, "k2", morning)
	require.NotEqual(t, f.number, g.number)

	// A caller who has gone is told so, not that the database is away.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.CaseByNumber(gone, f.number)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, store.ErrUnavailable)
}
