package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// signalled is what a signal says.
type signalled struct {
	Step string
	Nth  int
}

// usualTimeout is how long an activity and a workflow task may take. Temporal writes a timer for each of
// them and looks at it when it goes off, though all was done long before.
const usualTimeout = 5 * time.Second

// Usual is the way most approval systems on Temporal are written: a signal per
// human step, then an ordinary activity that writes the read model.
func Usual(ctx workflow.Context, number string) error {
	h := &handWritten{Due: workflow.Now(ctx).Add(45 * 24 * time.Hour)}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: usualTimeout})
	inbox := workflow.GetSignalChannel(ctx, "step")
	for len(h.Done) < len(steps) {
		var s signalled
		inbox.Receive(ctx, &s)
		if h.check(s.Step) != nil {
			continue
		}
		h.Done = append(h.Done, s.Step)
		if err := workflow.ExecuteActivity(ctx, "usual-write", number, s).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

const usualSchema = `
CREATE TABLE IF NOT EXISTS usual_event (number text, seq bigint, step text, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (number, seq));
CREATE TABLE IF NOT EXISTS usual_task (number text, step text, done timestamptz, PRIMARY KEY (number, step));`

// usualWay learns that a step is written as such systems do: a signal has no
// answer, so its sender looks into the read model until the step is there.
type usualWay struct {
	c     client.Client
	queue string
	db    *pgxpool.Pool
}

// look is how often a caller looks.
const look = 10 * time.Millisecond

func (w *usualWay) name() string { return "usual" }

// lingers: else its timers would go off in the turns of others, who would pay for looking at each of them.
func (w *usualWay) lingers() time.Duration { return usualTimeout + time.Second }

func (w *usualWay) write(ctx context.Context, number string, s signalled) error {
	tx, err := w.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after commit it does nothing
	if _, err := tx.Exec(ctx, `INSERT INTO usual_event (number, seq, step) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, number, s.Nth, s.Step); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO usual_task (number, step, done) VALUES ($1, $2, now()) ON CONFLICT (number, step) DO UPDATE SET done = now()`, number, s.Step); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func (w *usualWay) start(ctx context.Context, id string) (string, error) {
	_, err := w.c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: w.queue, WorkflowTaskTimeout: usualTimeout}, Usual, id)
	return id, err
}

func (w *usualWay) step(ctx context.Context, number string, nth int) error {
	if err := w.c.SignalWorkflow(ctx, number, "", "step", signalled{Step: steps[nth], Nth: nth}); err != nil {
		return err
	}
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("step %d of %s: %w", nth, number, ctx.Err())
		}
		var there bool
		err := w.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM usual_event WHERE number = $1 AND seq = $2)`, number, nth).Scan(&there)
		if there || err != nil {
			return err
		}
	}
}
