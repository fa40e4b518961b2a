package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
)

// Register offers the case workflow on a worker, or on a replayer.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Case, workflow.RegisterOptions{Name: contract.CaseWorkflow})
}
