package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// Host is the only address anything of the embedded default listens on.
const Host = "127.0.0.1"

// Ports are chosen below the range the kernel hands out for outgoing connections (32768 and
// up on Linux). A port from that range can be taken by any outgoing connection while our
// server is down, and then the restart on the same port fails.
const (
	portLow  = 15000
	portHigh = 32000
)

// FreePort returns a port of 127.0.0.1 nobody listens on or holds. Somebody else may take it
// before the caller does; callers retry, or hold one with [HoldPort].
func FreePort() (int, error) {
	held, err := HoldPort()
	if err != nil {
		return 0, err
	}
	return held.Port, held.Release()
}

// HeldPort is a port of 127.0.0.1 that is kept for a server, also while the server is down.
type HeldPort struct {
	Port   int
	socket int
}

// HoldPort chooses a port nobody listens on or holds and keeps it until [HeldPort.Release] or
// the end of this process: a server can be told to listen on it, be killed and listen on it
// again, and [FreePort] and HoldPort of other processes leave it alone meanwhile.
//
// It is held by a socket that is bound and never listens. Two sockets share a port while both
// allow it (SO_REUSEADDR) and at most one listens: servers allow it, and this socket does from
// when it is bound. The binding itself does not, so a port that is held or listened on fails.
func HoldPort() (*HeldPort, error) {
	for range 200 {
		port := portLow + rand.IntN(portHigh-portLow)
		socket, err := bindAlone(port)
		if err == nil {
			return &HeldPort{Port: port, socket: socket}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("port %d of %s: %w", port, Host, err)
		}
	}
	return nil, errors.New("no free port between " + strconv.Itoa(portLow) + " and " + strconv.Itoa(portHigh) + " on " + Host)
}

// Release gives the port back.
func (h *HeldPort) Release() error { return syscall.Close(h.socket) }

func bindAlone(port int) (int, error) {
	// Under the lock no child process that is started now inherits the socket.
	syscall.ForkLock.RLock()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(socket)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return 0, err
	}
	address := &syscall.SockaddrInet4{Port: port, Addr: netip.MustParseAddr(Host).As4()}
	if err = syscall.Bind(socket, address); err == nil {
		err = syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	}
	if err != nil {
		return 0, errors.Join(err, syscall.Close(socket))
	}
	return socket, nil
}

// PortFree tells why nobody can listen on port of 127.0.0.1 now, or nil.
func PortFree(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort(Host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d: %w", port, err)
	}
	return l.Close()
}
