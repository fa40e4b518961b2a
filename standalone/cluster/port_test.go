package cluster

import (
	"net"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAHeldPortIsKeptForItsServer: a server listens on it, goes away and listens on it again,
// and nobody who looks for a free port is given it.
func TestAHeldPortIsKeptForItsServer(t *testing.T) {
	held, err := HoldPort()
	require.NoError(t, err)
	_, err = bindAlone(held.Port)
	require.ErrorIs(t, err, syscall.EADDRINUSE, "held")
	for range 3 {
		require.NoError(t, PortFree(held.Port), "its server may listen")
		l, err := net.Listen("tcp", net.JoinHostPort(Host, strconv.Itoa(held.Port)))
		require.NoError(t, err)
		require.Error(t, PortFree(held.Port), "one server alone")
		dialled, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		taken, err := l.Accept()
		require.NoError(t, err)
		require.NoError(t, taken.Close()) // the server's side is closed first: its end waits on the port
		require.NoError(t, dialled.Close())
		require.NoError(t, l.Close())
		_, err = bindAlone(held.Port)
		require.ErrorIs(t, err, syscall.EADDRINUSE, "held while its server is down")
	}
	require.NoError(t, held.Release())
}

func TestAReleasedPortIsFree(t *testing.T) {
	held, err := HoldPort()
	require.NoError(t, err)
	require.NoError(t, held.Release())
	again, err := bindAlone(held.Port)
	require.NoError(t, err)
	require.NoError(t, syscall.Close(again))
}
