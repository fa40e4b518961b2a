package api

import (
	"context"
	"sync"
)

// gate lets a limited number of acts per case through at a time. A Temporal
// server with its default limit throws the work of all acts in flight away when
// one too many arrives; the gate makes the surplus wait in this process instead.
type gate struct {
	width int
	mu    sync.Mutex
	cases map[string]*lane
}

// lane is one case's share; it lives as long as somebody is in it or waits.
type lane struct {
	slots chan struct{}
	users int
}

func newGate(width int) *gate { return &gate{width: width, cases: map[string]*lane{}} }

// enter waits for a free slot of the case. leave must be called once, unless
// err is the context's.
func (g *gate) enter(ctx context.Context, number string) (leave func(), err error) {
	g.mu.Lock()
	l := g.cases[number]
	if l == nil {
		l = &lane{slots: make(chan struct{}, g.width)}
		g.cases[number] = l
	}
	l.users++
	g.mu.Unlock()
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots; g.forget(number, l) }, nil
	case <-ctx.Done():
		g.forget(number, l)
		return nil, ctx.Err()
	}
}

func (g *gate) forget(number string, l *lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(g.cases, number)
	}
}
