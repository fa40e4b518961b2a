package devtest

import (
	"context"
	"testing"
	"time"

	"lianban/standalone/cluster"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("test environment: %v", err)
	}
}

func (e *Env) appCluster() *cluster.Cluster {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.app
}

// StopPostgres stops the product's cluster in good order: connections are cut and new ones refused.
func (e *Env) StopPostgres(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	must(t, e.appCluster().Stop(ctx))
}

// KillPostgres ends the product's cluster with kill -9.
func (e *Env) KillPostgres(t testing.TB) {
	t.Helper()
	must(t, e.appCluster().Kill())
}

// StartPostgres starts the product's cluster again after [Env.StopPostgres] or
// [Env.KillPostgres], on the same port and data.
func (e *Env) StartPostgres(t testing.TB) {
	t.Helper()
	port := e.appCluster().Port()
	// What is left of a killed server may hold the port for a moment.
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(waitLimit); cluster.PortFree(port) != nil && time.Now().Before(deadline); {
		<-tick.C
	}
	c, err := e.startCluster(appCluster)
	must(t, err)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.opts.OneCluster {
		e.store = c
	}
	e.app = c
}

// FreezePostgres makes the product's cluster hang: connections stay open and nothing answers.
func (e *Env) FreezePostgres(t testing.TB) {
	t.Helper()
	must(t, e.appCluster().Pause())
}

// ThawPostgres ends [Env.FreezePostgres].
func (e *Env) ThawPostgres(t testing.TB) {
	t.Helper()
	must(t, e.appCluster().Resume())
}

// KillTemporal ends Temporal's process with kill -9.
func (e *Env) KillTemporal(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	must(t, e.temporal.Kill())
}

// StartTemporal starts Temporal again after [Env.KillTemporal], on the same port and data, and
// returns when it takes calls.
func (e *Env) StartTemporal(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	must(t, e.startTemporal())
}

// FreezeTemporal makes Temporal hang; ThawTemporal ends it.
func (e *Env) FreezeTemporal(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	must(t, e.temporal.Freeze())
}

// ThawTemporal ends [Env.FreezeTemporal].
func (e *Env) ThawTemporal(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	must(t, e.temporal.Thaw())
}
