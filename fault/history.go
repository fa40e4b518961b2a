package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
	"lianban/workflows"
)

// replayable is the number of events from which a run can be replayed: one that has
// just been continued has decided nothing.
const replayable = 3

// run is one run of a case's workflow with its whole history.
type run struct {
	id      string
	history *historypb.History
}

// readHistory reads all runs of the case, first to last, replays each with this
// program's code and collects what the case has answered.
func (c *caseCheck) readHistory(ctx context.Context) error {
	id := contract.WorkflowID(c.number)
	described, err := c.src.Temporal.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return err
	}
	info := described.GetWorkflowExecutionInfo()
	for current := info.GetExecution().GetRunId(); current != ""; {
		r := run{id: current, history: &historypb.History{}}
		for it := c.src.Temporal.GetWorkflowHistory(ctx, id, current, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
			e, err := it.Next()
			if err != nil {
				return fmt.Errorf("history: %w", err)
			}
			r.history.Events = append(r.history.Events, e)
		}
		if len(r.history.Events) == 0 {
			return errors.New("history: a run without events")
		}
		c.runs = append(c.runs, r)
		current = r.history.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	slices.Reverse(c.runs)
	first := c.runs[0].history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	if first.GetFirstExecutionRunId() != c.runs[0].id {
		c.find("its chain of runs does not begin with its first run")
	}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: c.src.Converter})
	if err != nil {
		return err
	}
	workflows.Register(replayer, nil)
	c.outcomes = map[string]contract.ActReply{}
	for _, r := range c.runs {
		if len(r.history.Events) < replayable {
			continue
		}
		err := replayer.ReplayWorkflowHistoryWithOptions(nil, r.history, worker.ReplayWorkflowHistoryOptions{
			OriginalExecution: workflow.Execution{ID: id, RunID: r.id},
		})
		if err != nil {
			c.find("its history does not replay: %v", err)
		}
		if err := c.collect(r); err != nil {
			return err
		}
	}
	return c.compareEnd(info.GetStatus())
}

// collect takes the outcomes of all updates of a run.
func (c *caseCheck) collect(r run) error {
	acts := map[int64]bool{} // accepted events of acts; the others are reflushes
	for _, e := range r.history.Events {
		if a := e.GetWorkflowExecutionUpdateAcceptedEventAttributes(); a != nil {
			name := a.GetAcceptedRequest().GetInput().GetName()
			acts[e.GetEventId()] = name == contract.ActUpdate || name == contract.SettleUpdate
		}
		done := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
		if done == nil || !acts[done.GetAcceptedEventId()] {
			continue
		}
		id := done.GetMeta().GetUpdateId()
		reply, err := c.outcome(done.GetOutcome())
		if err != nil {
			c.find("act %s has ended with an error in history: %v", id, err)
			continue
		}
		if before, twice := c.outcomes[id]; twice && jsonOf(before) != jsonOf(reply) {
			c.find("act %s has two answers in history", id)
		}
		c.outcomes[id] = reply
	}
	return nil
}

func (c *caseCheck) outcome(o *updatepb.Outcome) (contract.ActReply, error) {
	var reply contract.ActReply
	if o.GetFailure() == nil {
		err := c.src.Converter.FromPayloads(o.GetSuccess(), &reply)
		return reply, err
	}
	failures := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: c.src.Converter})
	reply, fate, err := contract.ReadReply(reply, failures.FailureToError(o.GetFailure()))
	if fate != contract.Done {
		return reply, err
	}
	return reply, nil
}

// compareEnd holds the workflow's end against the case's.
func (c *caseCheck) compareEnd(status enumspb.WorkflowExecutionStatus) error {
	closed := c.state.Status == engine.Closed
	switch status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		if closed {
			c.find("it is closed and its workflow still runs")
		}
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		events := c.runs[len(c.runs)-1].history.Events
		var final contract.Final
		if err := c.src.Converter.FromPayloads(events[len(events)-1].GetWorkflowExecutionCompletedEventAttributes().GetResult(), &final); err != nil {
			return err
		}
		last := int64(len(c.log))
		if !closed || final.Seq != last || final.Hash != c.hashAt(last) || final.Status != c.state.Status || final.Outcome != c.state.Outcome {
			c.find("its workflow has ended at event %d (%s %s), the log stands at %d (%s %s)",
				final.Seq, final.Status, final.Outcome, last, c.state.Status, c.state.Outcome)
		}
	default:
		c.find("its workflow has ended as %s", status)
	}
	return nil
}
