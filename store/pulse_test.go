package store_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// A connection that broke is replaced before the database counts as gone.
func TestABrokenConnectionIsNoOutage(t *testing.T) {
	t.Parallel()
	p := open(t).NewPulse()
	var conn *pgx.Conn
	require.NoError(t, p.Ask(t.Context(), &conn))
	first := conn
	require.NoError(t, conn.PgConn().Conn().Close())
	require.NoError(t, p.Ask(t.Context(), &conn))
	require.NotSame(t, first, conn)
	require.NoError(t, conn.Close(t.Context()))
}
