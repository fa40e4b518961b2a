package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
)

// Register offers the case workflow on a worker, which writes with write; nil on a replayer,
// which writes nothing.
func Register(r worker.WorkflowRegistry, write contract.Writer) {
	r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.StartInput, bundle []byte) (contract.Final, error) {
		return run(ctx, in, bundle, write, nil)
	}, workflow.RegisterOptions{Name: contract.CaseWorkflow})
}
