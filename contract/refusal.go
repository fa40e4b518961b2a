package contract

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"lianban/engine"
)

// ErrRejected is the type of the application error by which a case refuses an
// act, in the validator (then history knows nothing of it, and the case may yet
// do the act when it finds it among earlier intents) or in the handler.
const ErrRejected = "rejected"

// ErrPassed is the type of the error of a run that was begun to take an ended case up
// again and has found the log further than it knew: it has decided nothing. The server
// keeps the answer under the id of the act, so who asks again meets it again; it counts
// as [Gone].
const ErrPassed = "passed"

// Refuse makes the error a case answers a refused act with. Its message is the
// stable code alone; the whole reply is in the details.
func Refuse(reply ActReply) error {
	return temporal.NewApplicationErrorWithOptions(string(reply.Rejection.Code), ErrRejected,
		temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{reply}})
}

// Fate says what became of a message sent to a case.
type Fate string

// The fates.
const (
	// Done: the case has decided; the reply says what, a refusal included.
	Done Fate = "done"
	// Gone: no such workflow is running. Either the case is closed ([Closed]), or
	// its workflow has not been started yet (an open start intent: "not yet"), or
	// there is no such case. The api's tables tell which.
	Gone Fate = "gone"
	// Pending: no answer in time. The act may or may not be done; asking again
	// with the same id is safe and tells.
	Pending Fate = "pending"
	// Busy: the server's limit of updates was met. Nothing was done; try again.
	Busy Fate = "busy"
	// Failed: another error: Temporal away, or a bug. Asking again is safe.
	Failed Fate = "failed"
)

// Do sends an act to its case and waits for the answer. It asks again while the
// server is [Busy], and when the server gave the call up although ctx stands: a
// worker that is stopped takes along the poll its answer would have come through.
// The error is nil for Done alone.
func Do(ctx context.Context, c client.Client, options client.UpdateWorkflowOptions) (ActReply, Fate, error) {
	for pause := 20 * time.Millisecond; ; pause *= 2 {
		var reply ActReply
		handle, err := c.UpdateWorkflow(ctx, options)
		if err == nil {
			err = handle.Get(ctx, &reply)
		}
		reply, fate, err := ReadReply(reply, err)
		if fate != Busy && fate != Pending {
			return reply, fate, err
		}
		select {
		case <-ctx.Done():
			return reply, Pending, err
		case <-time.After(pause):
		}
	}
}

// ReadReply sorts what came back for an act: the reply and error of
// UpdateWorkflow or of its handle's Get. A refusal is Done, with the Rejection in
// the reply. The error is nil for Done alone.
func ReadReply(reply ActReply, err error) (ActReply, Fate, error) {
	if err == nil {
		return reply, Done, nil
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == ErrRejected {
		var refused ActReply
		if err := app.Details(&refused); err != nil {
			return ActReply{}, Failed, err
		}
		if refused.Rejection == nil {
			return ActReply{}, Failed, errors.New("a refused act came without its rejection")
		}
		return refused, Done, nil
	}
	return ActReply{}, FateOf(err), err
}

// FateOf sorts an error of a call on a case's workflow.
func FateOf(err error) Fate {
	var (
		notFound  *serviceerror.NotFound
		exhausted *serviceerror.ResourceExhausted
		pre       *serviceerror.FailedPrecondition
		late      *serviceerror.DeadlineExceeded
		canceled  *serviceerror.Canceled
		timeout   *client.WorkflowUpdateServiceTimeoutOrCanceledError
		app       *temporal.ApplicationError
	)
	switch {
	case err == nil:
		return Done
	case errors.As(err, &notFound), errors.As(err, &app) && app.Type() == ErrPassed:
		return Gone
	case errors.As(err, &timeout), errors.As(err, &late), errors.As(err, &canceled),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Pending
	case errors.As(err, &exhausted), errors.As(err, &pre):
		return Busy
	}
	return Failed
}

// Closed is the answer to a new act on a case whose workflow has ended because
// the case is closed. It is the engine's own answer of a closed case that is
// still running, word for word.
func Closed() *engine.Rejection {
	return &engine.Rejection{
		Code: engine.AlreadyClosed,
		Zh:   "案件已办结，只能查看", En: "the case is closed; it can only be read",
		Expected: "an open case", Actual: "closed",
	}
}
