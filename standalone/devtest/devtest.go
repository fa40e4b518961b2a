// Package devtest gives end-to-end tests a real PostgreSQL and a real Temporal server that can
// be stopped, killed, frozen and started again, each alone.
//
//	env := devtest.Shared(t)                    // one for all tests of the process, never stopped
//	env := devtest.New(t, devtest.Options{})    // one of its own, for tests that break things
//
// Temporal runs as a process of its own, on the same port after a restart; its program is built
// once with the go command, so that test binaries need not link the server. Temporal's store
// and the product's database are clusters apart unless asked otherwise: a test can take the
// read model away and leave Temporal at work. All of it ends with the test process, also when
// that is killed.
package devtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"lianban/standalone/child"
	"lianban/standalone/cluster"
	"lianban/standalone/pgtest"
)

// Namespace of the Temporal server.
const Namespace = "lianban"

const waitLimit = 2 * time.Minute

// The servers of an environment, by which their folders and ports are found.
const (
	appCluster      = "app"
	temporalCluster = "temporal"
	temporalServer  = "temporald"
)

// Options of [New].
type Options struct {
	// OneCluster puts Temporal's databases into the product's cluster, as `lianban dev` does.
	OneCluster bool
	// Durable runs PostgreSQL with its production settings, fsync among them; for measurements.
	Durable bool
	// TemporalArgs are added to the Temporal process's arguments.
	TemporalArgs []string
}

// Env is a running pair of servers. Its methods fail the test they are given.
type Env struct {
	opts Options
	dir  string

	mu       sync.Mutex
	app      *cluster.Cluster
	store    *cluster.Cluster // app when there is one cluster
	temporal *child.Process
	names    int
	// The ports are held as long as the environment: what is down comes back on the same one.
	ports map[string]*cluster.HeldPort
}

var shared struct {
	once sync.Once
	env  *Env
	err  error
}

// Shared is the environment all tests of this process use together. Do not stop its parts.
func Shared(t testing.TB) *Env {
	t.Helper()
	shared.once.Do(func() { shared.env, shared.err = open(Options{}) })
	if shared.err != nil {
		t.Fatalf("test environment: %v", shared.err)
	}
	return shared.env
}

// New starts an environment for this test alone and ends it with the test.
func New(t testing.TB, opts Options) *Env {
	t.Helper()
	e, err := open(opts)
	if e != nil {
		t.Cleanup(func() {
			if err := e.close(); err != nil {
				t.Errorf("test environment: %v", err)
			}
		})
	}
	if err != nil {
		t.Fatalf("test environment: %v", err)
	}
	return e
}

func open(opts Options) (*Env, error) {
	if _, err := program(); err != nil {
		return nil, err
	}
	dir, err := pgtest.TempDir("lianban-devtest-")
	if err != nil {
		return nil, err
	}
	e := &Env{opts: opts, dir: dir, ports: map[string]*cluster.HeldPort{}}
	for _, name := range []string{appCluster, temporalCluster, temporalServer} {
		if e.ports[name], err = cluster.HoldPort(); err != nil {
			return e, err
		}
	}
	if e.app, err = e.startCluster(appCluster); err != nil {
		return e, err
	}
	e.store = e.app
	if !opts.OneCluster {
		if e.store, err = e.startCluster(temporalCluster); err != nil {
			return e, err
		}
	}
	return e, e.startTemporal()
}

func (e *Env) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []string
	if e.temporal != nil {
		if err := e.temporal.Kill(); err != nil {
			errs = append(errs, err.Error())
		}
	}
	for _, c := range []*cluster.Cluster{e.app, e.store} {
		if c == nil {
			continue
		}
		if err := c.Kill(); err != nil {
			errs = append(errs, err.Error())
		}
	}
	for _, p := range e.ports {
		if p == nil {
			continue
		}
		if err := p.Release(); err != nil {
			errs = append(errs, err.Error())
		}
	}
	if err := os.RemoveAll(e.dir); err != nil {
		errs = append(errs, err.Error())
	}
	if errs != nil {
		return fmt.Errorf("%s", strings.Join(errs, "; "))
	}
	return nil
}

// startCluster starts one of the clusters on its port.
func (e *Env) startCluster(name string) (*cluster.Cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	settings := map[string]string{"shared_buffers": "64MB"}
	if e.opts.Durable {
		settings = nil
	} else {
		settings["fsync"] = "off" // a killed server loses nothing by it, only a machine without power does
	}
	return cluster.Start(ctx, cluster.Options{Dir: filepath.Join(e.dir, name), Settings: settings, Port: e.ports[name].Port})
}

// Database makes a database in the product's cluster, builds its schema with migrate (nil:
// empty) and returns its connection string, which stays valid across restarts.
func (e *Env) Database(t testing.TB, migrate pgtest.Migrate) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	e.mu.Lock()
	e.names++
	name := "test_" + strconv.Itoa(e.names)
	app := e.app
	e.mu.Unlock()
	err := app.EnsureDatabase(ctx, name)
	if err == nil && migrate != nil {
		err = migrate(ctx, app.DSN(name))
	}
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	return app.DSN(name)
}

// HostPort is Temporal's address; it stays the same across restarts.
func (e *Env) HostPort() string {
	return cluster.Host + ":" + strconv.Itoa(e.ports[temporalServer].Port)
}

// Client connects to Temporal and is closed with the test. Options other than address and
// namespace may be set by change, which may be nil.
func (e *Env) Client(t testing.TB, change func(*client.Options)) client.Client {
	t.Helper()
	opts := client.Options{HostPort: e.HostPort(), Namespace: Namespace, Logger: silent{}}
	if change != nil {
		change(&opts)
	}
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	c, err := client.DialContext(ctx, opts)
	if err != nil {
		t.Fatalf("connect to Temporal: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

// silent keeps the SDK's own log out of test output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// Ping fails the test unless the product's database answers.
func (e *Env) Ping(t testing.TB, dsn string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		u, _ := url.Parse(dsn) // the DSN came from us
		t.Fatalf("database at %s: %v", u.Host, err)
	}
	_ = conn.Close(ctx) // it answered; that is all
}
