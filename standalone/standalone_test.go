package standalone_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/standalone"
)

// counter is the smallest workflow with the shape of a case: an update that does not wait.
func counter(ctx workflow.Context) (int, error) {
	sum, finished := 0, false
	err := workflow.SetUpdateHandler(ctx, "add", func(_ workflow.Context, n int) (int, error) {
		sum += n
		finished = sum >= 100
		return sum, nil
	})
	if err != nil {
		return 0, err
	}
	if err := workflow.Await(ctx, func() bool { return finished }); err != nil {
		return 0, err
	}
	return sum, nil
}

// childData makes this test binary run the embedded default as `lianban dev` does, until killed.
const childData = "LIANBAN_TEST_STANDALONE_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childData); dir != "" {
		s, err := standalone.Start(context.Background(), standalone.Options{Dir: dir})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("ready", s.Temporal.HostPort(), s.DSN())
		select {}
	}
	os.Exit(m.Run())
}

func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lianban-standalone-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
}

func startAll(t *testing.T, dir string) *standalone.Standalone {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, err := standalone.Start(ctx, standalone.Options{Dir: dir, Log: testLog(t)})
	require.NoError(t, err)
	return s
}

func stopAll(t *testing.T, s *standalone.Standalone) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
}

func connect(t *testing.T, hostPort string) client.Client {
	t.Helper()
	return connectTo(t, hostPort, standalone.DefaultNamespace)
}

func connectTo(t *testing.T, hostPort, namespace string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: hostPort, Namespace: namespace, Logger: silent{}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func work(t *testing.T, c client.Client) (stop func()) {
	t.Helper()
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(counter)
	require.NoError(t, w.Start())
	return w.Stop
}

func add(t *testing.T, c client.Client, id string, n int) (sum int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	h, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: "add", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	require.NoError(t, err)
	require.NoError(t, h.Get(ctx, &sum))
	return sum
}

// TestStartStopStart: a workflow begun before goes on after; the second start is fast.
func TestStartStopStart(t *testing.T) {
	dir := dataDir(t)
	began := time.Now()
	s := startAll(t, dir)
	t.Logf("first start %v", time.Since(began).Round(time.Millisecond))
	require.Equal(t, standalone.DefaultNamespace, s.Temporal.Namespace())

	c := connect(t, s.Temporal.HostPort())
	stopWork := work(t, c)
	began = time.Now()
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "w", TaskQueue: "q"}, counter)
	require.NoError(t, err)
	require.Equal(t, 40, add(t, c, "w", 40))
	t.Logf("first workflow and update %v", time.Since(began).Round(time.Millisecond))
	stopWork()
	began = time.Now()
	stopAll(t, s)
	t.Logf("stop %v", time.Since(began).Round(time.Millisecond))
	require.FileExists(t, filepath.Join(dir, "temporal.port"))

	began = time.Now()
	again := startAll(t, dir)
	took := time.Since(began)
	t.Logf("second start %v", took.Round(time.Millisecond))
	defer stopAll(t, again)
	require.Less(t, took, 15*time.Second)
	require.Equal(t, s.Temporal.HostPort(), again.Temporal.HostPort(), "clients keep their address")
	require.Equal(t, s.DSN(), again.DSN())

	c = connect(t, again.Temporal.HostPort())
	defer work(t, c)()
	require.Equal(t, 100, add(t, c, "w", 60))
	var sum int
	require.NoError(t, c.GetWorkflow(t.Context(), "w", "").Get(t.Context(), &sum))
	require.Equal(t, 100, sum)
}

// TestKilled: the whole process is killed with -9 while a workflow is open, several times, once
// in the middle of its very first start. Nothing answered is lost; each start is fast.
func TestKilled(t *testing.T) {
	dir := dataDir(t)
	run := func() (kill func(), hostPort string) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childData+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		kill = func() {
			require.NoError(t, cmd.Process.Kill())
			require.Error(t, cmd.Wait())
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		words := strings.Fields(line)
		require.Equal(t, "ready", words[0], line)
		return kill, words[1]
	}

	first := exec.Command(os.Args[0])
	first.Env = append(os.Environ(), childData+"="+dir)
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { // the cluster is there, Temporal's schema is being made
		_, err := os.Stat(filepath.Join(dir, "postgres", "port"))
		return err == nil
	}, time.Minute, time.Millisecond)
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())

	want := 0
	for round := range 3 {
		began := time.Now()
		kill, hostPort := run()
		t.Logf("start %d after kill -9: %v", round+1, time.Since(began).Round(time.Millisecond))
		c := connect(t, hostPort)
		stop := work(t, c)
		if round == 0 {
			_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "w", TaskQueue: "q"}, counter)
			require.NoError(t, err)
		}
		began = time.Now()
		want += 10
		require.Equal(t, want, add(t, c, "w", 10))
		t.Logf("first act %v", time.Since(began).Round(time.Millisecond))
		kill()
		stop()
	}
}

// silent keeps the SDK's own log out of test output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
