package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/standalone/cluster"
)

// childDir makes this test binary run a cluster until it is killed; see TestKilledParent.
const childDir = "LIANBAN_TEST_CLUSTER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		c, err := cluster.Start(context.Background(), cluster.Options{Dir: dir})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("ready", c.DSN("postgres"))
		<-c.Done()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// folder is a fresh folder PostgreSQL's user can enter (t.TempDir is closed to others).
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lianban-cluster-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return filepath.Join(dir, "data")
}

func start(t *testing.T, opts cluster.Options) *cluster.Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	c, err := cluster.Start(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		require.NoError(t, c.Stop(ctx))
	})
	return c
}

func exec1(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}

func count(t *testing.T, dsn string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from kept").Scan(&n))
	return n
}

func TestFirstAndSecondStart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	began := time.Now()
	c := start(t, cluster.Options{Dir: dir})
	t.Logf("first start %v", time.Since(began).Round(time.Millisecond))
	require.NoError(t, c.EnsureDatabase(t.Context(), "own"))
	require.NoError(t, c.EnsureDatabase(t.Context(), "own"), "a second time it is there already")
	exec1(t, c.DSN("own"), "create table kept (n int); insert into kept values (1)")
	began = time.Now()
	require.NoError(t, c.Stop(t.Context()))
	t.Logf("stop %v", time.Since(began).Round(time.Millisecond))

	began = time.Now()
	again := start(t, cluster.Options{Dir: dir})
	took := time.Since(began)
	t.Logf("second start %v", took.Round(time.Millisecond))
	require.Less(t, took, 5*time.Second)
	require.Equal(t, c.DSN("own"), again.DSN("own"), "port and password stay")
	require.Equal(t, 1, count(t, again.DSN("own")))
}

func TestIsPrivateAndDurable(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir, Settings: map[string]string{"work_mem": "9MB", "listen_addresses": "*"}})
	conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for name, want := range map[string]string{
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "password_encryption": "scram-sha-256",
		"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "data_checksums": "on",
		"server_encoding": "UTF8", "TimeZone": "UTC", "work_mem": "9MB", "shared_buffers": "256MB",
	} {
		var got string
		require.NoError(t, conn.QueryRow(t.Context(), "select current_setting($1)", name).Scan(&got))
		require.Equal(t, want, got, name)
	}
	wrong := strings.Replace(c.DSN("postgres"), c.Password(), "guessed", 1)
	_, err = pgx.Connect(t.Context(), wrong)
	require.ErrorContains(t, err, "password authentication failed")

	info, err := os.Stat(filepath.Join(dir, "password"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NotContains(t, c.Password(), " ")
	uid := ownerOf(t, c.DataDir())
	require.NotZero(t, uid, "PostgreSQL must not run as root")
	if os.Geteuid() != 0 {
		require.Equal(t, os.Geteuid(), uid)
	}
}

func ownerOf(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

func TestFolderInUse(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir})
	_, err := cluster.Start(t.Context(), cluster.Options{Dir: dir})
	require.ErrorContains(t, err, "in use by process "+strconv.Itoa(os.Getpid()))
	exec1(t, c.DSN("postgres"), "select 1") // and the first one was left alone
}

// TestKilledParent: the process that holds the cluster is killed with -9; its server must go,
// and everything committed must be there at the next start.
func TestKilledParent(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for round := 1; round <= 3; round++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		word, dsn, _ := strings.Cut(strings.TrimSpace(line), " ")
		require.Equal(t, "ready", word, line)
		exec1(t, dsn, "create table if not exists kept (n int); insert into kept values (1)")
		require.Equal(t, round, count(t, dsn))
		pid := postmasterPID(t, dir)

		require.NoError(t, cmd.Process.Kill())
		_, _ = io.Copy(io.Discard, out)
		require.Error(t, cmd.Wait())
		require.Eventually(t, func() bool { return gone(pid) }, 5*time.Second, 5*time.Millisecond, "the server outlived its parent")
	}
}

func gone(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(raw), ") Z ")
}

func postmasterPID(t *testing.T, dir string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "cluster", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	return pid
}

// TestKilledTree: the server itself is killed with -9, as when the whole tree is. The pid file
// stays; its number may by then belong to a stranger or to a server of an earlier run.
func TestKilledTree(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir})
	exec1(t, c.DSN("postgres"), "create table kept (n int); insert into kept values (1)")
	require.NoError(t, c.Kill())
	pidFile := filepath.Join(c.DataDir(), "postmaster.pid")
	require.FileExists(t, pidFile)

	began := time.Now()
	c = start(t, cluster.Options{Dir: dir})
	t.Logf("start after kill -9 %v", time.Since(began).Round(time.Millisecond))
	require.Equal(t, 1, count(t, c.DSN("postgres")))
	require.NoError(t, c.Kill())

	// The number of the dead server now belongs to a living stranger of the same user.
	raw, err := os.ReadFile(pidFile)
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(raw), "\n")
	require.NoError(t, os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"+rest), 0o600))
	c = start(t, cluster.Options{Dir: dir})
	require.Equal(t, 1, count(t, c.DSN("postgres")))
}

// TestOrphanServer: a server of an earlier run is still at work (its parent died where the
// kernel sends no signal). The next start stops it and takes over.
func TestOrphanServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir})
	exec1(t, c.DSN("postgres"), "create table kept (n int); insert into kept values (1)")
	require.NoError(t, c.Stop(t.Context()))

	bin, err := cluster.FindBinaries(t.Context(), "")
	require.NoError(t, err)
	orphan := exec.Command(filepath.Join(bin, "postgres"), "-D", c.DataDir())
	orphan.Dir = c.DataDir()
	if os.Geteuid() == 0 {
		orphan.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(ownerOf(t, c.DataDir()))}}
	}
	require.NoError(t, orphan.Start())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = orphan.Wait() }()
	require.Eventually(t, func() bool {
		conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
		return err == nil && conn.Close(t.Context()) == nil
	}, 20*time.Second, 20*time.Millisecond)

	c = start(t, cluster.Options{Dir: dir})
	<-ended
	require.Equal(t, 1, count(t, c.DSN("postgres")))
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	c := start(t, cluster.Options{Dir: folder(t)})
	conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, c.Pause())
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = conn.Exec(ctx, "select 1")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, c.Resume())
	exec1(t, c.DSN("postgres"), "select 1")
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir})
	require.NoError(t, c.Stop(t.Context()))
	l, err := net.Listen("tcp", net.JoinHostPort(cluster.Host, strconv.Itoa(c.Port())))
	require.NoError(t, err)
	defer l.Close()

	_, err = cluster.Start(t.Context(), cluster.Options{Dir: dir, Port: c.Port()})
	require.ErrorContains(t, err, "choose another port")
	moved := start(t, cluster.Options{Dir: dir})
	require.NotEqual(t, c.Port(), moved.Port(), "a remembered port that is taken is not insisted on")
}

func TestHalfMadeFolderIsThrownAway(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "cluster.new", "base"), 0o711))
	require.NoError(t, os.Chmod(dir, 0o711))
	c := start(t, cluster.Options{Dir: dir})
	exec1(t, c.DSN("postgres"), "select 1")
	require.NoDirExists(t, filepath.Join(dir, "cluster.new"))
	require.NoFileExists(t, filepath.Join(dir, "cluster.new.password"))
}

func TestLostPassword(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, cluster.Options{Dir: dir})
	require.NoError(t, c.Stop(t.Context()))
	require.NoError(t, os.Remove(filepath.Join(dir, "password")))
	_, err := cluster.Start(t.Context(), cluster.Options{Dir: dir})
	require.ErrorContains(t, err, "Put the file back")
}

func TestClosedParents(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		// An ordinary user runs PostgreSQL as himself; what he can enter, it can.
		dir := filepath.Join(t.TempDir(), "closed")
		require.NoError(t, os.Mkdir(dir, 0o700))
		c := start(t, cluster.Options{Dir: filepath.Join(dir, "data")})
		require.Equal(t, filepath.Join(dir, "data", "cluster"), c.DataDir())
		return
	}
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o700))
	dir := filepath.Join(closed, "data")
	var said strings.Builder
	opts := cluster.Options{Dir: dir, Log: slog.New(slog.NewTextHandler(&said, nil))}
	c := start(t, opts)
	require.True(t, strings.HasPrefix(c.DataDir(), "/var/lib/lianban/cluster-"), c.DataDir())
	require.Contains(t, said.String(), c.DataDir())
	exec1(t, c.DSN("postgres"), "create table kept (n int); insert into kept values (1)")
	require.ErrorContains(t, c.Destroy(), "running")
	require.NoError(t, c.Stop(t.Context()))

	again := start(t, opts)
	require.Equal(t, c.DataDir(), again.DataDir())
	require.Equal(t, 1, count(t, again.DSN("postgres")))
	require.NoError(t, again.Stop(t.Context()))
	require.NoError(t, again.Destroy())
	require.NoDirExists(t, filepath.Dir(again.DataDir()))
	require.NoDirExists(t, dir)
}

func TestNoBinaries(t *testing.T) {
	empty := t.TempDir()
	_, err := cluster.FindBinaries(t.Context(), empty)
	require.ErrorIs(t, err, cluster.ErrNoBinaries)
	require.ErrorContains(t, err, empty)
	t.Setenv(cluster.EnvBinDir, empty)
	_, err = cluster.FindBinaries(t.Context(), "")
	require.ErrorContains(t, err, cluster.EnvBinDir)
}
