package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// errPassed answers what reaches a run that has found the log further than it knows:
// nothing was decided, and asking again meets the case as it is.
var errPassed = temporal.NewApplicationErrorWithOptions("the log has moved on", contract.ErrPassed, temporal.ApplicationErrorOptions{NonRetryable: true})

// takeUp begins the run of a case that had ended, with the act it is begun for. The
// caller knew the case by its log, and another may have had it taken up and ended again
// since. As long as this run is open no other is, so the log's head, asked for here,
// is certain: where it is not the one carried, the run decides nothing and ends.
// The fence of all it writes is above the stored one, whatever a clock says.
func (s *shell) takeUp(ctx workflow.Context, cmd engine.Command) bool {
	var head contract.HeadReply
	call(ctx, contract.HeadActivity, contract.HeadRequest{Case: s.state.Number}, &head)
	s.advance(head.Offset)
	s.held = false
	if head.LastSeq != s.flushed || head.LastHash != s.hash {
		s.passed = &head
		if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
			panic(fmt.Sprintf("case %s: wait: %v", s.state.Number, err)) // the context cannot be cancelled
		}
		return false
	}
	s.minFence = max(s.minFence, head.Fence+1)
	s.acts++
	s.first = &contract.Handled{ID: cmd.ID, Reply: s.apply(&cmd)}
	return true
}

// compared waits until a case taken up again has been held against its log.
func (s *shell) compared(ctx workflow.Context) {
	if !s.held {
		return
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return !s.held }); err != nil {
		panic(fmt.Sprintf("case %s: wait: %v", s.state.Number, err))
	}
}
