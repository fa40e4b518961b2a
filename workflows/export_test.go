package workflows

import (
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// Unmarked is the engine version from which a flush leaves no event behind.
const Unmarked = unmarked

// Inside is what a replayed case holds at the end of its history.
type Inside struct {
	Seq     int64          `json:"seq"`
	Hash    string         `json:"hash"`
	Status  engine.Status  `json:"status"`
	Outcome engine.Outcome `json:"outcome,omitempty"`
	Flushed int64          `json:"flushed"`
	Stopped string         `json:"stopped,omitempty"`
	Offset  time.Duration  `json:"offset,omitempty"`
	// Handled are the ids in the order they were handled, with the event each led to.
	Handled []string `json:"handled,omitempty"`
	Seqs    []int64  `json:"seqs,omitempty"`

	State *engine.State `json:"-"`
}

// RegisterObserved offers the case workflow like Register; look tells what the
// case begun last holds now.
func RegisterObserved(r worker.WorkflowRegistry) (look func() Inside) {
	var held *shell
	r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.StartInput, bundle []byte) (contract.Final, error) {
		return run(ctx, in, bundle, nil, func(s *shell) { held = s })
	}, workflow.RegisterOptions{Name: contract.CaseWorkflow})
	return func() Inside {
		in := Inside{
			Seq: held.state.Seq, Hash: held.hash, Status: held.state.Status, Outcome: held.state.Outcome,
			Flushed: held.flushed, Stopped: held.stopped, Offset: held.offset, State: held.state,
		}
		for _, h := range held.handled.order {
			in.Handled, in.Seqs = append(in.Handled, h.ID), append(in.Seqs, h.Reply.Seq)
		}
		return in
	}
}
