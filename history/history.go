package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
	"lianban/workflows"
)

// replayable is the number of events from which a run can be replayed: one that has
// just begun, with no worker on it yet, has decided nothing.
const replayable = 3

// ErrGone says that Temporal keeps no history of the case: it never had one, or
// its time of retention is over.
var ErrGone = errors.New("Temporal keeps no history of this case")

// ErrForeign says that a replay does not give what the case has answered.
var ErrForeign = errors.New("the history does not replay to what the case has answered")

// Case is a case as its history tells it.
type Case struct {
	Number string
	// First is the sequence of the first event below; 1 unless runs are gone.
	// Prev is the hash that event follows, "" for 1.
	First  int64
	Prev   string
	Events contract.Events
	// State and Hash are those after the last event.
	State *engine.State
	Hash  string
	Rules *engine.Rules
	// Bundle are the rules as the case carries them. Input is what its first run
	// was started with, nil when that is gone.
	Bundle []byte
	Input  *contract.StartInput
	Runs   int
	// Running says that the workflow has not ended.
	Running bool
}

// run is one run of a workflow.
type run struct {
	id     string
	events *historypb.History
	input  contract.StartInput
}

// Read reads all runs of a case and replays them. A nil conv is the default one.
func Read(ctx context.Context, c client.Client, conv converter.DataConverter, number string) (*Case, error) {
	if conv == nil {
		conv = converter.GetDefaultDataConverter()
	}
	out := &Case{Number: number}
	runs, err := out.runs(ctx, c, conv)
	if err != nil {
		return nil, err
	}
	if out.Rules, err = contract.RulesFor(out.Bundle); err != nil {
		return nil, err
	}
	out.begin(runs[0].input)
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: conv})
	if err != nil {
		return nil, err
	}
	tell := workflows.RegisterWitness(replayer)
	for i, r := range runs {
		out.Runs++
		if i > 0 && r.input.Again == nil && (r.input.Carry == nil || r.input.Carry.Hash != out.Hash) {
			return nil, fmt.Errorf("%w: run %d does not begin where the one before has ended", ErrForeign, i+1)
		}
		if len(r.events.Events) < replayable {
			if out.State == nil || r.input.Again == nil {
				out.State = begunWith(r.input)
			}
			continue
		}
		err := replayer.ReplayWorkflowHistoryWithOptions(silent{}, r.events, worker.ReplayWorkflowHistoryOptions{
			OriginalExecution: workflow.Execution{ID: contract.WorkflowID(number), RunID: r.id},
		})
		if err != nil {
			return nil, fmt.Errorf("%w: run %d: %w", ErrForeign, i+1, err)
		}
		account := tell()
		if account.Passed {
			continue // it has decided and answered nothing
		}
		if r.input.Again != nil && r.input.Carry.Hash != out.Hash { // a run before it is not known
			out.Input, out.Runs = nil, 1
			out.begin(r.input)
		}
		if len(account.Decided) > 0 && account.Decided[0].Prev != out.Hash {
			return nil, fmt.Errorf("%w: the events of run %d do not follow those before", ErrForeign, i+1)
		}
		out.Events = append(out.Events, account.Decided...)
		out.State, out.Hash = account.State, account.Hash
		if err := out.answersFit(r, conv); err != nil {
			return nil, err
		}
	}
	return out, out.complete(runs[len(runs)-1], conv)
}

// complete says whether the events reach as far as the last run says the case has come.
func (c *Case) complete(last run, conv converter.DataConverter) error {
	done := last.events.Events[len(last.events.Events)-1].GetWorkflowExecutionCompletedEventAttributes()
	if done == nil {
		return nil
	}
	var final contract.Final
	if err := conv.FromPayloads(done.GetResult(), &final); err != nil {
		return fmt.Errorf("read the result of a run: %w", err)
	}
	if c.State == nil || c.State.Seq != final.Seq || c.Hash != final.Hash {
		return fmt.Errorf("%w beyond event %d of %d", ErrGone, c.reached(), final.Seq)
	}
	return nil
}

// reached is the last event the histories tell.
func (c *Case) reached() int64 {
	if c.State == nil {
		return 0
	}
	return c.State.Seq
}

// runs reads the histories, first to last, as far back as they are kept.
func (c *Case) runs(ctx context.Context, from client.Client, conv converter.DataConverter) ([]run, error) {
	described, err := from.DescribeWorkflowExecution(ctx, contract.WorkflowID(c.Number), "")
	var none *serviceerror.NotFound
	if errors.As(err, &none) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	info := described.GetWorkflowExecutionInfo()
	c.Running = info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	runs, err := c.back(ctx, from, conv, info.GetExecution().GetRunId())
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, ErrGone
	}
	if runs[0].input.Again == nil {
		return runs, nil
	}
	others, err := listed(ctx, from, contract.WorkflowID(c.Number))
	if err != nil {
		return nil, err
	}
	for _, id := range others { // the latest first
		if runs[0].input.Again == nil {
			break
		}
		if slices.ContainsFunc(runs, func(r run) bool { return r.id == id }) {
			continue
		}
		before, err := c.back(ctx, from, conv, id)
		if err != nil {
			return nil, err
		}
		runs = append(before, runs...)
	}
	return runs, nil
}

// listed gives the runs of a case as Temporal lists them, the latest first. The list is
// written beside the histories: it may lack what has just begun.
func listed(ctx context.Context, from client.Client, id string) ([]string, error) {
	type place struct {
		run   string
		start time.Time
	}
	var all []place
	for page := []byte(nil); ; {
		reply, err := from.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: "WorkflowId = '" + strings.ReplaceAll(id, "'", "''") + "'", NextPageToken: page,
		})
		if err != nil {
			return nil, err
		}
		for _, x := range reply.GetExecutions() {
			all = append(all, place{x.GetExecution().GetRunId(), x.GetStartTime().AsTime()})
		}
		if page = reply.GetNextPageToken(); len(page) == 0 {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return b.start.Compare(a.start) })
	ids := make([]string, len(all))
	for i, p := range all {
		ids[i] = p.run
	}
	return ids, nil
}

// back reads a run and those it continues, first to last, as far back as they are kept.
func (c *Case) back(ctx context.Context, from client.Client, conv converter.DataConverter, current string) ([]run, error) {
	var none *serviceerror.NotFound
	var runs []run
	for current != "" {
		r := run{id: current, events: &historypb.History{}}
		for it := from.GetWorkflowHistory(ctx, contract.WorkflowID(c.Number), current, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
			e, err := it.Next()
			if errors.As(err, &none) {
				r.events.Events = nil
				break
			}
			if err != nil {
				return nil, err
			}
			r.events.Events = append(r.events.Events, e)
		}
		if len(r.events.Events) == 0 {
			break // not kept any more
		}
		started := r.events.Events[0].GetWorkflowExecutionStartedEventAttributes()
		if err := conv.FromPayloads(started.GetInput(), &r.input, &c.Bundle); err != nil {
			return nil, fmt.Errorf("read the input of a run: %w", err)
		}
		runs = append(runs, r)
		current = started.GetContinuedExecutionRunId()
	}
	slices.Reverse(runs)
	return runs, nil
}

// begin takes what the first run that is kept was started with.
func (c *Case) begin(in contract.StartInput) {
	if in.Carry == nil {
		c.Input = &in
		c.First, c.Events = 1, slices.Clone(in.Opening)
		c.Hash = in.Opening.Hash()
		return
	}
	carry := in.Carry
	c.Events = append(slices.Clone(carry.Batch), carry.Tail...)
	c.First, c.Prev, c.Hash = carry.State.Seq+1, carry.Hash, carry.Hash
	if len(c.Events) > 0 {
		c.First, c.Prev = c.Events[0].Seq, c.Events[0].Prev
	}
}

// begunWith gives the state a run begins with.
func begunWith(in contract.StartInput) (s *engine.State) {
	if in.Carry != nil {
		return in.Carry.State
	}
	for _, e := range in.Opening {
		s = engine.Evolve(s, e.Event)
	}
	return s
}

// answersFit holds the answers of a run against the events.
func (c *Case) answersFit(r run, conv converter.DataConverter) error {
	acts := map[int64]bool{}
	for _, e := range r.events.Events {
		if a := e.GetWorkflowExecutionUpdateAcceptedEventAttributes(); a != nil {
			name := a.GetAcceptedRequest().GetInput().GetName()
			acts[e.GetEventId()] = name == contract.ActUpdate || name == contract.SettleUpdate
		}
		done := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
		if done == nil || !acts[done.GetAcceptedEventId()] {
			continue
		}
		reply, err := Outcome(conv, done.GetOutcome())
		if err != nil {
			return fmt.Errorf("%w: the answer of act %s: %w", ErrForeign, done.GetMeta().GetUpdateId(), err)
		}
		if at := reply.Seq - c.First; at >= int64(len(c.Events)) || at >= 0 && c.Events[at].Hash != reply.Hash {
			return fmt.Errorf("%w: act %s was answered with another event %d", ErrForeign, done.GetMeta().GetUpdateId(), reply.Seq)
		}
	}
	return nil
}

// Outcome reads the answer history holds for an act, a refusal included.
func Outcome(conv converter.DataConverter, o *updatepb.Outcome) (contract.ActReply, error) {
	var reply contract.ActReply
	if o.GetFailure() == nil {
		err := conv.FromPayloads(o.GetSuccess(), &reply)
		return reply, err
	}
	failures := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: conv})
	reply, fate, err := contract.ReadReply(reply, failures.FailureToError(o.GetFailure()))
	if fate != contract.Done {
		return reply, err
	}
	return reply, nil
}

// silent keeps the replayer from logging: what it finds is returned.
type silent struct{}

var _ log.Logger = silent{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
