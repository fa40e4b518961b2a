package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
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

// FreePort returns a port of 127.0.0.1 nobody listens on. Somebody else may take it before
// the caller does; callers retry.
func FreePort() (int, error) {
	for range 200 {
		port := portLow + rand.IntN(portHigh-portLow)
		if PortFree(port) == nil {
			return port, nil
		}
	}
	return 0, errors.New("no free port between " + strconv.Itoa(portLow) + " and " + strconv.Itoa(portHigh) + " on " + Host)
}

// PortFree tells why nobody can listen on port of 127.0.0.1 now, or nil.
func PortFree(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort(Host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d: %w", port, err)
	}
	return l.Close()
}
