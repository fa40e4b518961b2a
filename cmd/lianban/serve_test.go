package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
	"lianban/standalone/child"
	"lianban/standalone/devtest"
)

// served is one process of `lianban serve`.
type served struct {
	proc    *child.Process
	address string
}

// serve starts one and waits for its address.
func serve(t *testing.T, env []string, args ...string) *served {
	t.Helper()
	out, word, err := os.Pipe()
	require.NoError(t, err)
	defer out.Close()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer log.Close()
	p, err := child.Start(child.Spec{
		Path: os.Args[0], Args: append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), Env: append(programEnv(), env...),
		Stdout: word, Stderr: log, DeathSignal: syscall.SIGKILL,
	})
	word.Close()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Kill()) })
	require.NoError(t, out.SetReadDeadline(time.Now().Add(time.Minute)))
	line, err := bufio.NewReader(out).ReadString('\n')
	said, _ := os.ReadFile(log.Name()) // for the message only
	require.NoError(t, err, string(said))
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	require.True(t, ok, line)
	return &served{proc: p, address: address}
}

// health asks until a process is ready, or as often as it takes to say what it is not.
func (s *served) ready(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		resp, err := http.Get(s.address + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, time.Minute, 100*time.Millisecond)
}

// TestServeRoles runs two apis and two workers as processes of their own against an
// outside PostgreSQL and Temporal, set up by migrate.
func TestServeRoles(t *testing.T) {
	t.Parallel()
	e := devtest.Shared(t)
	dsn := e.Database(t, nil)
	dir := t.TempDir()
	ok(t, dir, "migrate", "--database", dsn, "--catalogue")
	ok(t, dir, "migrate", "--database", dsn, "--catalogue") // again changes nothing
	env := []string{"LIANBAN_DATABASE=" + dsn, "LIANBAN_TEMPORAL=" + e.HostPort(), "LIANBAN_NAMESPACE=" + devtest.Namespace, "LIANBAN_FILES=" + filepath.Join(dir, "files")}
	api1 := serve(t, env, "--role", "api", "--demo")
	api2 := serve(t, env, "--role", "api", "--demo")
	worker := serve(t, env, "--role", "worker")
	api1.ready(t)
	api2.ready(t)
	worker.ready(t)
	resp, err := http.Get(worker.address + "/metrics")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	var health struct{ Worker, Database, Temporal bool }
	resp2, err := http.Get(worker.address + "/readyz")
	require.NoError(t, err)
	defer resp2.Body.Close()
	require.NoError(t, json.NewDecoder(resp2.Body).Decode(&health))
	require.True(t, health.Worker && health.Database && health.Temporal, "%+v", health)

	file := application(t, dir, "idCard")
	n := asked[started](t, dir, "case", "start", "餐饮店", "--file", file, "--as", "lin.hall", "--server", api1.address).Number
	ok(t, dir, "task", "clear", n, "--as", "zhou.market", "--server", api2.address)

	// A worker killed: the other one goes on.
	other := serve(t, env, "--role", "worker")
	other.ready(t)
	require.NoError(t, worker.proc.Kill())
	ok(t, dir, "task", "clear", n, "--as", "he.eco", "--server", api1.address)

	// No worker: the act is recorded, and applied when one is back.
	require.NoError(t, other.proc.Signal(syscall.SIGTERM))
	<-other.proc.Done()
	require.NoError(t, other.proc.Err(), "a clean stop")
	key := "act-without-worker-0001"
	pending := lianban(t, dir, "task", "clear", n, "--as", "luo.fire", "--server", api2.address, "--key", key, "--wait", "1s")
	require.Equal(t, cli.Pending, pending.code, pending.out+pending.err)
	serve(t, env, "--role", "worker").ready(t)
	require.Eventually(t, func() bool {
		return asked[struct{ State string }](t, dir, "command", "show", key, "--as", "luo.fire", "--server", api1.address).State == "done"
	}, time.Minute, 200*time.Millisecond)
	require.Contains(t, ok(t, dir, "audit", "verify", "--database", dsn), " 0 findings")
}

// TestServeSaysWhatIsWrong: each mistake of configuration has its answer.
func TestServeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "lianban.yaml")
	require.NoError(t, os.WriteFile(config, []byte("role: api\ndatabse: postgres://x\n"), 0o600))
	for _, c := range []struct {
		args, env []string
		want      string
		code      cli.Exit
	}{
		{[]string{"--role", "api"}, nil, "LIANBAN_DATABASE", cli.Usage},
		{[]string{"--role", "boss"}, nil, "api, worker or all", cli.Usage},
		{[]string{"--config", config}, nil, "databse", cli.Usage},
		{[]string{"--config", filepath.Join(dir, "none.yaml")}, nil, "none.yaml", cli.Usage},
		{nil, []string{"LIANBAN_DATABASE=postgres://nobody:x@127.0.0.1:1/x?connect_timeout=1", "LIANBAN_LISTEN=256.0.0.1:1"}, "256.0.0.1", cli.Usage},
		{nil, []string{"LIANBAN_SESSION_LIFE=soon"}, "an environment variable is wrong", cli.Usage},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, code := program(ctx, t, c.env, append([]string{"serve"}, c.args...)...)
		cancel()
		require.Equal(t, c.code, code, out)
		require.Contains(t, out, c.want)
	}
}
