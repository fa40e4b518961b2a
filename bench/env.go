package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/contract"
	"lianban/standalone"
	"lianban/standalone/reaper"
	"lianban/store"
	"lianban/workflows"
)

// env is the private servers with one worker for all ways, run with the
// production options.
type env struct {
	sa     *standalone.Standalone
	client client.Client
	store  *store.Store
	db     *pgxpool.Pool
	worker worker.Worker
	usual  *usualWay
	data   string // the folder in use
	dir    string // the same, when it is to be removed
}

func newEnv(ctx context.Context, dir string) (_ *env, err error) {
	e := &env{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if dir == "" {
		if e.dir, err = reaper.TempDir("lianban-bench-"); err != nil {
			return nil, err
		}
		dir = e.dir
	}
	e.data = dir
	if e.sa, err = standalone.Start(ctx, standalone.Options{Dir: dir}); err != nil {
		return nil, err
	}
	if err = store.Migrate(ctx, e.sa.DSN()); err != nil {
		return nil, err
	}
	if e.store, err = store.Open(ctx, e.sa.DSN(), store.Options{OneLog: true}); err != nil {
		return nil, err
	}
	if e.db, err = pgxpool.New(ctx, e.sa.DSN()); err != nil {
		return nil, err
	}
	if _, err = e.db.Exec(ctx, usualSchema); err != nil {
		return nil, err
	}
	e.client, err = client.Dial(contract.ClientOptions(e.sa.Temporal.HostPort(), e.sa.Temporal.Namespace(), sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))))
	if err != nil {
		return nil, err
	}
	e.usual = &usualWay{c: e.client, queue: contract.TaskQueue, db: e.db}
	e.worker = worker.New(e.client, contract.TaskQueue, contract.WorkerOptions())
	acts := activities.New(e.store, nil, nil, nil)
	workflows.Register(e.worker, acts.Write)
	acts.Register(e.worker)
	e.worker.RegisterWorkflow(Floor)
	e.worker.RegisterWorkflow(Usual)
	e.worker.RegisterActivityWithOptions(e.usual.write, activity.RegisterOptions{Name: "usual-write"})
	return e, e.worker.Start()
}

func (e *env) close() error {
	if e.worker != nil {
		e.worker.Stop()
	}
	if e.client != nil {
		e.client.Close()
	}
	if e.db != nil {
		e.db.Close()
	}
	if e.store != nil {
		e.store.Close()
	}
	var err error
	if e.sa != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err = e.sa.Stop(ctx)
	}
	if e.dir != "" {
		err = errors.Join(err, os.RemoveAll(e.dir))
	}
	return err
}

// eventsOf counts the history events of a workflow.
func (e *env) eventsOf(ctx context.Context, id string) (int, error) {
	n := 0
	for it := e.client.GetWorkflowHistory(ctx, id, "", false, 0); it.HasNext(); n++ {
		if _, err := it.Next(); err != nil {
			return 0, fmt.Errorf("history of %s: %w", id, err)
		}
	}
	return n, nil
}
