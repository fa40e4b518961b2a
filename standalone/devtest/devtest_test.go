package devtest_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/standalone/devtest"
)

// counter is the smallest workflow with the shape of a case: an update that does not wait.
func counter(ctx workflow.Context) error {
	sum := 0
	err := workflow.SetUpdateHandler(ctx, "add", func(_ workflow.Context, n int) (int, error) {
		sum += n
		return sum, nil
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return sum >= 100 })
}

func begin(t *testing.T, e *devtest.Env, id string) client.Client {
	t.Helper()
	c := e.Client(t, nil)
	w := worker.New(c, id, worker.Options{})
	w.RegisterWorkflow(counter)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: id}, counter)
	require.NoError(t, err)
	return c
}

func add(ctx context.Context, c client.Client, id string, n int) (sum int, err error) {
	h, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: "add", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return 0, err
	}
	return sum, h.Get(ctx, &sum)
}

func TestTemporalKilledAndRestarted(t *testing.T) {
	t.Parallel()
	began := time.Now()
	e := devtest.New(t, devtest.Options{})
	t.Logf("environment after %v", time.Since(began).Round(time.Millisecond))
	c := begin(t, e, "w")
	sum, err := add(t.Context(), c, "w", 40)
	require.NoError(t, err)
	require.Equal(t, 40, sum)

	e.KillTemporal(t)
	short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = add(short, c, "w", 1)
	require.Error(t, err)

	began = time.Now()
	e.StartTemporal(t)
	t.Logf("Temporal again after %v", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	sum, err = add(t.Context(), c, "w", 60)
	require.NoError(t, err)
	require.Equal(t, 100, sum, "what was answered before the kill is kept, what was not is not")
	t.Logf("first act after the restart took %v", time.Since(began).Round(time.Millisecond))

	e.FreezeTemporal(t)
	short, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = add(short, c, "w", 1)
	require.Error(t, err)
	e.ThawTemporal(t)
	require.NoError(t, c.GetWorkflow(t.Context(), "w", "").Get(t.Context(), nil))
}

func TestPostgresStoppedTemporalWorks(t *testing.T) {
	t.Parallel()
	e := devtest.New(t, devtest.Options{})
	dsn := e.Database(t, func(ctx context.Context, dsn string) error {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "create table kept (n int); insert into kept values (7)")
		return err
	})
	c := begin(t, e, "w")
	for _, stop := range []func(testing.TB){e.StopPostgres, e.KillPostgres} {
		stop(t)
		_, err := pgx.Connect(t.Context(), dsn)
		require.Error(t, err)
		_, err = add(t.Context(), c, "w", 1)
		require.NoError(t, err, "Temporal has a cluster of its own")
		began := time.Now()
		e.StartPostgres(t)
		t.Logf("PostgreSQL again after %v", time.Since(began).Round(time.Millisecond))
		e.Ping(t, dsn)
	}
	e.FreezePostgres(t)
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := pgx.Connect(short, dsn)
	require.Error(t, err)
	e.ThawPostgres(t)
	e.Ping(t, dsn)
}

// TestOneCluster: PostgreSQL goes away under Temporal too, and both heal.
func TestOneCluster(t *testing.T) {
	t.Parallel()
	e := devtest.New(t, devtest.Options{OneCluster: true})
	c := begin(t, e, "w")
	_, err := add(t.Context(), c, "w", 1)
	require.NoError(t, err)
	e.KillPostgres(t)
	e.StartPostgres(t)
	began := time.Now()
	var sum atomic.Int64
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		n, err := add(ctx, c, "w", 1)
		sum.Store(int64(n))
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	require.GreaterOrEqual(t, sum.Load(), int64(2))
	t.Logf("first act after PostgreSQL's return took %v", time.Since(began).Round(time.Millisecond))
}

func TestShared(t *testing.T) {
	t.Parallel()
	require.Same(t, devtest.Shared(t), devtest.Shared(t))
	c := begin(t, devtest.Shared(t), "shared")
	sum, err := add(t.Context(), c, "shared", 3)
	require.NoError(t, err)
	require.Equal(t, 3, sum)
}
