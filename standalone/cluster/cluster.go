package cluster

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/standalone/child"
)

// Role is the one database role; it owns everything in the cluster.
const Role = "lianban"

// Options say where and how to run a cluster.
type Options struct {
	// Dir holds everything; it is made when missing.
	Dir string
	// Port of 127.0.0.1; 0 takes the port of the last start when it is free, else any free one.
	Port int
	// BinDir is the folder with initdb and postgres; empty: see [FindBinaries].
	BinDir string
	// Settings are laid over the package's own postgresql.conf values.
	Settings map[string]string
	// Log receives what the start does; nil is silent.
	Log *slog.Logger
}

// Cluster is a running PostgreSQL server that goes down with this process.
type Cluster struct {
	opts     Options
	bin      string
	data     string // PostgreSQL's data folder, links resolved
	owner    owner
	password string
	port     int
	log      *slog.Logger

	lock *os.File
	proc *child.Process
	once sync.Once // of release
}

// Start runs the cluster of opts.Dir, making it first when it does not exist, and returns
// when it answers. ctx bounds the start only; [Cluster.Stop] ends the server.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	if opts.Dir == "" {
		return nil, errors.New("cluster: Options.Dir is empty; expected the folder for the database")
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	opts.Dir = dir
	c := &Cluster{opts: opts, log: opts.Log}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.bin, err = FindBinaries(ctx, opts.BinDir); err != nil {
		return nil, err
	}
	// Others must be able to pass through, PostgreSQL's user among them; the secrets inside
	// have modes of their own.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if c.lock, err = takeLock(filepath.Join(dir, "lock")); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	var err error
	if c.owner, err = findOwner(c.clusterLink()); err != nil {
		return err
	}
	if err := c.ensurePassword(); err != nil {
		return err
	}
	if err := c.ensureData(ctx); err != nil {
		return err
	}
	if err := c.clearOldServer(ctx); err != nil {
		return err
	}
	return c.launch(ctx)
}

func (c *Cluster) clusterLink() string { return filepath.Join(c.opts.Dir, "cluster") }
func (c *Cluster) logPath() string     { return filepath.Join(c.opts.Dir, "postgres.log") }
func (c *Cluster) portPath() string    { return filepath.Join(c.opts.Dir, "port") }

// Port is where the server listens on 127.0.0.1.
func (c *Cluster) Port() int { return c.port }

// Password of [Role].
func (c *Cluster) Password() string { return c.password }

// DataDir is PostgreSQL's own data folder, symbolic links resolved.
func (c *Cluster) DataDir() string { return c.data }

// DSN is the connection string of a database of this cluster. It contains the password: do
// not log it.
func (c *Cluster) DSN(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(Role, c.password),
		Host:     net.JoinHostPort(Host, strconv.Itoa(c.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable&connect_timeout=2",
	}
	return u.String()
}

// Done is closed when the server process has ended, asked or not.
func (c *Cluster) Done() <-chan struct{} { return c.proc.Done() }

// EnsureDatabase makes the database when it is missing.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil {
		return fmt.Errorf("cluster: look for database %s: %w", name, err)
	}
	if there {
		return nil
	}
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("cluster: create database %s: %w", name, err)
	}
	return nil
}

// ensurePassword reads the password or makes the first one.
func (c *Cluster) ensurePassword() error {
	path := filepath.Join(c.opts.Dir, "password")
	raw, err := os.ReadFile(path)
	switch {
	case err == nil:
		if c.password = strings.TrimSpace(string(raw)); c.password != "" {
			return nil
		}
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("cluster: read the database password: %w", err)
	}
	if _, err := os.Stat(c.clusterLink()); err == nil {
		return fmt.Errorf("cluster: %s is missing or empty but %s holds a database; expected both. "+
			"Put the file back from a backup, or remove the whole folder %s to begin anew without its data",
			path, c.clusterLink(), c.opts.Dir)
	}
	buf := make([]byte, 24)
	if _, err := rand.Read(buf); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	c.password = hex.EncodeToString(buf)
	return writeFileSynced(path, c.password+"\n", 0o600)
}

// clearOldServer makes sure no server of an earlier run works in the data folder. We hold the
// lock, so whoever is there has lost its master.
func (c *Cluster) clearOldServer(ctx context.Context) error {
	path := filepath.Join(c.data, "postmaster.pid")
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		c.log.Warn("removing a broken postmaster.pid", "path", path)
		return os.Remove(path)
	}
	if runtime.GOOS != "linux" {
		return nil // without /proc we cannot tell whose number it is; PostgreSQL judges by itself
	}
	if !worksIn(pid, c.data) {
		// Dead, or the number belongs to somebody else by now.
		c.log.Info("removing postmaster.pid of a server that is gone", "pid", pid)
		return os.Remove(path)
	}
	c.log.Warn("stopping a database server left over from an earlier run", "pid", pid)
	return stopStranger(ctx, pid, c.data)
}

// launch starts the server and waits until it answers. The port may be lost to somebody
// between choosing and listening, and backends of a killed server may need a moment to
// notice; both are tried again.
func (c *Cluster) launch(ctx context.Context) error {
	deadline := time.Now().Add(60 * time.Second)
	taken := false // the port of the last start is somebody else's
	for try := 1; ; try++ {
		var err error
		if c.port, err = c.choosePort(try, taken); err != nil {
			return err
		}
		err = c.launchOnce(ctx)
		if err == nil {
			c.log.Info("database ready", "port", c.port, "user", c.owner.name)
			return writeFileSynced(c.portPath(), strconv.Itoa(c.port)+"\n", 0o644)
		}
		if ctx.Err() != nil || time.Now().After(deadline) || !worthRetry(err, c.opts.Port == 0) {
			return err
		}
		taken = taken || strings.Contains(err.Error(), "could not bind")
		c.log.Info("database start tried again", "try", try, "reason", err)
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// choosePort prefers the port of the last start, so that other processes' addresses stay valid, also
// when backends of a killed server are still about and the first tries fail by them.
func (c *Cluster) choosePort(try int, taken bool) (int, error) {
	if c.opts.Port != 0 {
		if err := PortFree(c.opts.Port); err != nil && try == 1 {
			return 0, fmt.Errorf("cluster: %w; choose another port for the database or end who uses it", err)
		}
		return c.opts.Port, nil
	}
	if !taken {
		if raw, err := os.ReadFile(c.portPath()); err == nil {
			if last, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil && PortFree(last) == nil {
				return last, nil
			}
		}
	}
	return FreePort()
}

func worthRetry(err error, portIsOurs bool) bool {
	text := err.Error()
	if strings.Contains(text, "pre-existing shared memory block") || strings.Contains(text, "lock file \"postmaster.pid\" already exists") {
		return true
	}
	return portIsOurs && strings.Contains(text, "could not bind")
}

func (c *Cluster) launchOnce(ctx context.Context) error {
	hba := filepath.Join(c.data, "pg_hba.conf")
	if err := c.writeOwned(hba, hbaFile); err != nil {
		return err
	}
	if err := c.writeOwned(filepath.Join(c.data, "postgresql.conf"), configFile(c.port, hba, c.opts.Settings)); err != nil {
		return err
	}
	logFile, err := openLog(c.logPath())
	if err != nil {
		return err
	}
	defer logFile.Close()
	from, err := logFile.Seek(0, 2)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if c.proc, err = c.spawn(logFile); err != nil {
		return fmt.Errorf("cluster: start postgres as %s: %w", c.owner.name, err)
	}
	if err := c.awaitReady(ctx); err != nil {
		err = errors.Join(err, c.proc.Kill())
		return fmt.Errorf("cluster: %w; its log %s ends with: %s", err, c.logPath(), tail(c.logPath(), from))
	}
	return nil
}

// awaitReady asks until the server answers. Recovery after a kill refuses connections for as
// long as it lasts, so only ctx and the end of the process limit the wait.
func (c *Cluster) awaitReady(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, c.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.proc.Done():
			return fmt.Errorf("postgres ended at once (%v)", c.proc.Err())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w (%v)", ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server in good order (sessions are cut off, data is checkpointed). When ctx
// ends first, the server is ended hard; nothing committed is lost then either, the next start
// just replays its log. Stop may be called more than once.
func (c *Cluster) Stop(ctx context.Context) error {
	defer c.release()
	return stopProcess(ctx, c.proc)
}

// Kill ends the server and all its children with SIGKILL. For tests.
func (c *Cluster) Kill() error {
	defer c.release()
	return c.proc.Kill()
}

// Pause freezes the server and all its children: connections hang instead of being refused.
// For tests; [Cluster.Resume] thaws them.
func (c *Cluster) Pause() error { return c.proc.Freeze() }

// Resume ends [Cluster.Pause].
func (c *Cluster) Resume() error { return c.proc.Thaw() }

// Destroy removes everything the cluster keeps, also a data folder outside Dir. The server
// must be stopped.
func (c *Cluster) Destroy() error {
	select {
	case <-c.proc.Done():
	default:
		return errors.New("cluster: Destroy of a running server; stop it first")
	}
	gone := []error{os.RemoveAll(c.data), os.RemoveAll(c.opts.Dir)}
	if outside := filepath.Dir(c.data); filepath.Dir(outside) == outsideRoot {
		gone = append(gone, os.RemoveAll(outside))
	}
	return errors.Join(gone...)
}

func (c *Cluster) release() {
	c.once.Do(func() { c.lock.Close() })
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
