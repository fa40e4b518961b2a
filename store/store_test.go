package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/standalone/pgtest"
	"lianban/store"
)

// morning is the business time the tests begin at: Monday 2026-11-23, 09:00 (+08:00).
var morning = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), pgtest.New(t, store.Migrate), store.Options{})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestMigrateTwiceAtOnceAndAgain(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, nil)
	errs := make(chan error, 3)
	for range 3 {
		go func() { errs <- store.Migrate(context.WithoutCancel(t.Context()), dsn) }()
	}
	for range 3 {
		require.NoError(t, <-errs)
	}
	require.NoError(t, store.Migrate(t.Context(), dsn))
	require.Contains(t, store.MigrationSQL(), "CREATE TABLE case_event")
}
