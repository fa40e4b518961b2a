package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// steps are the human steps of one case, in the order the clients do them.
var steps = []string{"accept", "claim", "market", "fire", "eco", "conclude", "hand"}

// handWritten is the floor's state: what a programmer would write for exactly
// these steps, with the same order of things and nothing for later.
type handWritten struct {
	Done    []string
	Claimed string
	Due     time.Time
}

func (h *handWritten) check(step string) error {
	i := slices.Index(steps, step)
	switch {
	case i < 0:
		return temporal.NewApplicationError("unknown step", "unknown")
	case slices.Contains(h.Done, step):
		return temporal.NewApplicationError("already done", "done")
	case i >= 5 && len(h.Done) != i, i > 0 && i < 5 && !slices.Contains(h.Done, "accept"):
		return temporal.NewApplicationError("not its turn", "order")
	}
	return nil
}

// Floor is the hand-written workflow: updates, one timer for the due time, no
// read model. Nothing on Temporal that answers its callers can be cheaper.
func Floor(ctx workflow.Context, number string) error {
	h := &handWritten{Due: workflow.Now(ctx).Add(45 * 24 * time.Hour)}
	err := workflow.SetUpdateHandlerWithOptions(ctx, "step",
		func(_ workflow.Context, step string) (int, error) {
			if err := h.check(step); err != nil {
				return 0, err
			}
			h.Done = append(h.Done, step)
			return len(h.Done), nil
		},
		workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, step string) error { return h.check(step) }})
	if err != nil {
		return err
	}
	timer := workflow.NewTimer(ctx, h.Due.Sub(workflow.Now(ctx)))
	late := false
	workflow.Go(ctx, func(ctx workflow.Context) { late = timer.Get(ctx, nil) == nil })
	return workflow.Await(ctx, func() bool { return len(h.Done) == len(steps) || late })
}

type floorWay struct {
	c     client.Client
	queue string
}

func (w *floorWay) name() string { return "floor" }

func (w *floorWay) start(ctx context.Context, id string) (string, error) {
	_, err := w.c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: w.queue, WorkflowTaskTimeout: 5 * time.Second}, Floor, id)
	return id, err
}

func (w *floorWay) step(ctx context.Context, number string, nth int) error {
	h, err := w.c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: number, UpdateName: "step", UpdateID: fmt.Sprintf("%s-%d", number, nth), Args: []any{steps[nth]},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	var done int
	if err := h.Get(ctx, &done); err != nil {
		return err
	}
	if done != nth+1 {
		return errors.New("the floor lost a step")
	}
	return nil
}
