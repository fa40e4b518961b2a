package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// Account is what a replay of one run says about its case.
type Account struct {
	// Decided are the events of this run, in order; those it began with are in
	// its input.
	Decided contract.Events
	// State and Hash are those at the end of the history that was replayed.
	State *engine.State
	Hash  string
	// Passed says that the log went further than a run that took its case up again
	// knew: it has decided nothing, and State and Hash are old.
	Passed bool
}

// RegisterWitness offers the case workflow to a replayer. tell gives the account
// of the run that was replayed last; it is nil before the first.
func RegisterWitness(r worker.WorkflowRegistry) (tell func() *Account) {
	var held *shell
	var decided contract.Events
	r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.StartInput, bundle []byte) (contract.Final, error) {
		return run(ctx, in, bundle, nil, func(s *shell) {
			held, decided = s, nil
			s.witness = &decided
		})
	}, workflow.RegisterOptions{Name: contract.CaseWorkflow})
	return func() *Account {
		if held == nil {
			return nil
		}
		return &Account{Decided: decided, State: held.state, Hash: held.hash, Passed: held.passed != nil}
	}
}
