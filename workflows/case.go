package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// run is the workflow of one case: from its filing, which the api has decided
// and stored before, to its closing. See the package comment. begun, if any, gets
// the shell before the first blocking call.
//
// It never fails: a refusal is an answer, a fault is retried, and a broken
// invariant panics, so that the workflow task stalls and heals after a fix.
func run(ctx workflow.Context, in contract.StartInput, bundle []byte, write contract.Writer, begun func(*shell)) (contract.Final, error) {
	s := newShell(in, bundle)
	s.write = write
	if begun != nil {
		begun(s)
	}
	// A case ends by its own rules alone; a request to cancel the workflow is not
	// one of them.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := s.handle(ctx); err != nil {
		panic(fmt.Sprintf("register handlers: %v", err))
	}
	clock := workflow.GetSignalChannel(ctx, contract.ClockSignal)
	if s.stopped != "" {
		s.alarm(ctx) // that of the run before ended with it
	}
	if in.Again != nil && !s.takeUp(ctx, *in.Again) {
		return s.final(), nil
	}
	for {
		s.listen(clock)
		switch {
		case s.dirty():
			s.flush(ctx)
		case s.over(ctx):
			return s.final(), nil
		case s.full(ctx):
			return contract.Final{}, workflow.NewContinueAsNewError(ctx, contract.CaseWorkflow, s.next(), bundle)
		case s.due(ctx):
			s.expire(ctx)
		default:
			s.wait(ctx, clock)
		}
	}
}

// handle registers everything that can be sent to the case. It must run before
// the first blocking call: the SDK refuses what arrives for a name unknown then.
func (s *shell) handle(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetUpdateHandlerWithOptions(ctx, contract.ActUpdate, s.act,
			workflow.UpdateHandlerOptions{Validator: s.validate}),
		workflow.SetUpdateHandlerWithOptions(ctx, contract.SettleUpdate, s.act,
			workflow.UpdateHandlerOptions{Validator: s.admit}),
		workflow.SetUpdateHandler(ctx, contract.ReflushUpdate, s.reflush),
		workflow.SetQueryHandler(ctx, contract.StateQuery, s.view),
	)
}

// wait blocks until there is something to do. What wakes it is state that
// handlers change, the timer, or the clock signal.
func (s *shell) wait(ctx workflow.Context, clock workflow.ReceiveChannel) {
	s.arm(ctx)
	err := workflow.Await(ctx, func() bool {
		return s.dirty() || clock.Len() > 0 || s.timer.rang() || s.due(ctx) || s.over(ctx) || s.full(ctx)
	})
	if err != nil {
		panic(fmt.Sprintf("wait: %v", err)) // the context cannot be cancelled
	}
}

// listen takes in the clock's moves. Only forward: nothing is ever back-dated.
func (s *shell) listen(clock workflow.ReceiveChannel) {
	var moved contract.ClockMoved
	for clock.ReceiveAsync(&moved) {
		s.advance(moved.Offset)
	}
}

// over says whether nothing is left: closed without a duty that outlives it,
// written, and nobody waits for an answer. While flushing has stopped the case stays, so that a repair finds it.
func (s *shell) over(ctx workflow.Context) bool {
	return s.state.Over() && len(s.tail) == 0 && s.stopped == "" && workflow.AllHandlersFinished(ctx)
}

// full says whether this run has become long enough. Everything is written then,
// unless flushing has stopped; what is unwritten goes along.
func (s *shell) full(ctx workflow.Context) bool {
	if s.acts < s.maxActs && !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		return false
	}
	return (len(s.tail) == 0 || s.stopped != "") && workflow.AllHandlersFinished(ctx)
}

func (s *shell) final() contract.Final {
	f := contract.Final{Seq: s.state.Seq, Hash: s.hash, Status: s.state.Status, Outcome: s.state.Outcome, Again: s.first}
	if s.passed != nil {
		f.Seq, f.Hash = s.passed.LastSeq, s.passed.LastHash
	}
	return f
}

func (s *shell) view() (contract.View, error) {
	return contract.View{
		State: s.state, Hash: s.hash, Flushed: s.flushed, Stopped: s.stopped,
		Waiting: engine.WaitingFor(s.rules, s.state), Acts: s.acts, Offset: s.offset,
	}, nil
}
