package standalone_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
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
	c, err := client.DialContext(t.Context(), client.Options{HostPort: hostPort, Namespace: standalone.DefaultNamespace, Logger: quiet()})
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

func quiet() *slogLogger { return &slogLogger{} }

// slogLogger silences the SDK.
type slogLogger struct{}

func (*slogLogger) Debug(string, ...any) {}
func (*slogLogger) Info(string, ...any)  {}
func (*slogLogger) Warn(string, ...any)  {}
func (*slogLogger) Error(string, ...any) {}
