package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// shell is what one run of a case holds in memory. All of it follows from the
// run's input and history; nothing is read from anywhere else.
type shell struct {
	rules *engine.Rules
	state *engine.State
	hash  string // of the last event

	// What the read model knows and does not know.
	tail      contract.Events // decided, not flushed
	batch     contract.Events // the last batch flushed
	shown     *engine.State   // what the read model shows; nil: what exactly is not known
	flushed   int64           // last event flushed
	flushedIn int             // history length of the task that flushed it; 0: an earlier run's
	durable   int64           // last event flushed by a task before the latest that flushed
	minFence  int64
	again     bool   // an empty flush is asked for
	stopped   string // flushing has stopped, for this reason
	write     contract.Writer

	// Time.
	offset time.Duration // of the business clock
	until  time.Time     // business time some act has shown to have come
	timer  timer

	// Of a run that takes up an ended case again.
	held   bool                // the log has not been compared yet: nothing is decided
	passed *contract.HeadReply // the log goes further than this run knows: it ends
	first  *contract.Handled   // the act it was begun for, answered

	handled  ledger
	foreseen foreseen
	acts     int // handled in this run
	maxActs  int

	witness *contract.Events // of a replay: gets all events this run decides
}

// newShell restores a case from its opening events or from the run before. It
// panics when this program cannot run the case: its rules do not unpack, or its
// engine version is newer. The task then waits for a worker that can.
func newShell(in contract.StartInput, bundle []byte) *shell {
	rules, err := contract.RulesFor(bundle)
	if err != nil {
		panic(fmt.Sprintf("case %s: %v", in.Number, err))
	}
	s := &shell{rules: rules, offset: in.Offset, maxActs: in.MaxActs}
	if s.maxActs <= 0 {
		s.maxActs = contract.MaxActs
	}
	s.held = in.Again != nil
	if in.Carry != nil {
		s.resume(in.Carry)
	} else {
		s.begin(in)
	}
	switch {
	case s.state.Engine < 1 || s.state.Engine > engine.Version:
		panic(fmt.Sprintf("case %s was filed under engine version %d; this worker runs versions up to %d and must be upgraded",
			in.Number, s.state.Engine, engine.Version))
	case s.state.Number != in.Number:
		panic(fmt.Sprintf("case %s was started with the events of another case", in.Number))
	case s.state.Definition != rules.Plan.Hash:
		panic(fmt.Sprintf("case %s runs under definition %s; its bundle holds %s", in.Number, s.state.Definition, rules.Plan.Hash))
	}
	if len(s.tail) == 0 {
		s.shown = s.state
	} // else the read model is of an older state
	return s
}

// begin starts from the events of the filing. The api has stored them.
func (s *shell) begin(in contract.StartInput) {
	if len(in.Opening) == 0 {
		panic(fmt.Sprintf("case %s was started without its opening events", in.Number))
	}
	for _, e := range in.Opening {
		s.state = engine.Evolve(s.state, e.Event)
	}
	s.hash, s.flushed, s.batch = in.Opening.Hash(), in.Opening.Last(), in.Opening
	s.durable = s.flushed // this input is in history
}

// resume starts from what the run before has carried over.
func (s *shell) resume(c *contract.Carry) {
	s.state, s.hash = c.State, c.Hash
	s.flushed, s.durable = c.Flushed, c.Flushed
	s.batch, s.tail = c.Batch, c.Tail
	s.minFence, s.stopped = c.MinFence, c.Stopped
	s.handled = newLedger(c.Handled)
}

// next is the input of the run after this one.
func (s *shell) next() contract.StartInput {
	in := contract.StartInput{
		Number: s.state.Number, Offset: s.offset,
		Carry: &contract.Carry{
			State: s.state, Hash: s.hash, Flushed: s.flushed, Batch: s.batch, Tail: s.tail,
			MinFence: s.minFence, Stopped: s.stopped, Handled: s.handled.last(contract.CarriedIDs),
		},
	}
	if s.maxActs != contract.MaxActs {
		in.MaxActs = s.maxActs
	}
	return in
}

// append takes a decision over: its events wait for the next flush.
func (s *shell) append(r engine.Result) {
	if len(r.Events) == 0 {
		return
	}
	sealed := engine.Seal(s.hash, r.Events)
	s.tail = append(slices.Clip(s.tail), sealed...) // a flush under way reads the slice before
	if s.witness != nil {
		*s.witness = append(*s.witness, sealed...)
	}
	s.hash = sealed[len(sealed)-1].Hash
	s.state = r.State
}

// reply describes the case as the act has left it.
func (s *shell) reply(at time.Time, rejection *engine.Rejection) contract.ActReply {
	return contract.ActReply{
		Seq: s.state.Seq, Hash: s.hash, At: at, Status: s.state.Status, Outcome: s.state.Outcome, Rejection: rejection,
	}
}

// dirty says whether there is something to flush.
func (s *shell) dirty() bool {
	return s.again || (len(s.tail) > 0 && s.stopped == "")
}

// now is business time: never read from a machine's clock, always from the
// history's time and the recorded offset; an act that carries a later time shows
// that it has come.
func (s *shell) now(ctx workflow.Context) time.Time {
	now := workflow.Now(ctx).UTC().Add(s.offset).Truncate(time.Microsecond)
	if s.until.After(now) {
		return s.until
	}
	return now
}

// advance moves the business clock forward.
func (s *shell) advance(offset time.Duration) {
	if offset > s.offset {
		s.offset = offset
	}
}
