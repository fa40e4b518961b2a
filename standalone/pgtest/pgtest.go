// Package pgtest gives each test a PostgreSQL database of its own, migrated, in milliseconds.
//
// One private cluster is started per test process when the first test asks for it. The schema
// is built once in a template database; each test gets a copy of it. The cluster runs without
// fsync, since its data need not outlive the process; everything else is as in production. It
// is removed when the process ends, in whatever way, also by kill -9.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/standalone/cluster"
	"lianban/standalone/reaper"
)

// Migrate builds the schema in the empty database at dsn. It runs once per test process.
type Migrate func(ctx context.Context, dsn string) error

const startTimeout = 2 * time.Minute

var shared struct {
	sync.Mutex
	cluster   *cluster.Cluster
	err       error
	templates map[uintptr]*template
	databases int
}

type template struct {
	once sync.Once
	name string
	err  error
}

// New returns the connection string of a fresh database with the schema migrate builds; it is
// dropped when the test ends. migrate must be a top-level function (its address names the
// template); nil gives an empty database. Tests may run in parallel.
func New(t testing.TB, migrate Migrate) string {
	t.Helper()
	c, err := theCluster()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	source := "template0"
	if migrate != nil {
		if source, err = theTemplate(ctx, c, migrate); err != nil {
			t.Fatalf("test database: build the schema: %v", err)
		}
	}
	name := nextName("test")
	if err := admin(ctx, c, "create database "+name+" template "+source); err != nil {
		t.Fatalf("test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		// force: a pool the test forgot must not keep the database
		if err := admin(ctx, c, "drop database "+name+" with (force)"); err != nil {
			t.Errorf("test database: %v", err)
		}
	})
	return c.DSN(name)
}

func theCluster() (*cluster.Cluster, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = startCluster()
	}
	return shared.cluster, shared.err
}

func startCluster() (*cluster.Cluster, error) {
	// What test runs have left that were killed with all they had started.
	if err := errors.Join(reaper.Sweep(), cluster.SweepOutside()); err != nil {
		return nil, err
	}
	dir, err := TempDir("lianban-pgtest-")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return cluster.Start(ctx, cluster.Options{Dir: filepath.Join(dir, "pg"), Settings: map[string]string{
		"fsync":              "off",
		"synchronous_commit": "off",
		"full_page_writes":   "off",
		"shared_buffers":     "64MB",
		"max_connections":    "300",
		"autovacuum":         "off", // it would hold template databases open in the middle of a copy
	}})
}

// TempDir makes a folder other users can pass through (PostgreSQL's among them) and has it
// removed when this process ends, in whatever way.
func TempDir(pattern string) (string, error) { return reaper.TempDir(pattern) }

func theTemplate(ctx context.Context, c *cluster.Cluster, migrate Migrate) (string, error) {
	key := reflect.ValueOf(migrate).Pointer()
	shared.Lock()
	if shared.templates == nil {
		shared.templates = map[uintptr]*template{}
	}
	tpl := shared.templates[key]
	if tpl == nil {
		tpl = &template{}
		shared.templates[key] = tpl
	}
	shared.Unlock()
	tpl.once.Do(func() {
		tpl.name = nextName("template")
		if tpl.err = admin(ctx, c, "create database "+tpl.name+" template template0"); tpl.err != nil {
			return
		}
		if tpl.err = migrate(ctx, c.DSN(tpl.name)); tpl.err != nil {
			return
		}
		tpl.err = seal(ctx, c, tpl.name)
	})
	return tpl.name, tpl.err
}

// seal shuts the template: a connection somebody left open would make every copy fail.
func seal(ctx context.Context, c *cluster.Cluster, name string) error {
	if err := admin(ctx, c, "alter database "+name+" with allow_connections false"); err != nil {
		return err
	}
	return admin(ctx, c, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '"+name+"'")
}

func nextName(kind string) string {
	shared.Lock()
	defer shared.Unlock()
	shared.databases++
	return kind + "_" + strconv.Itoa(shared.databases)
}

func admin(ctx context.Context, c *cluster.Cluster, sql string) (err error) {
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

// Database returns the name of the database in a connection string [New] gave.
func Database(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || len(u.Path) < 2 {
		return ""
	}
	return u.Path[1:]
}
