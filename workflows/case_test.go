package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
)

var filedAt = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) // Monday, 09:00 at the hall

// shelf stands where the store stands: it takes flushes by the store's rules,
// except where a test says otherwise.
type shelf struct {
	mu      sync.Mutex
	events  contract.Events
	fence   int64
	durable int64
	flushes []contract.FlushRequest
	alarms  []contract.Alarm
	intents []engine.Command
	asked   []contract.IntentsRequest
	offset  time.Duration
	page    int  // acts per answer; 0: all
	down    bool // what runs inside the task fails
	outside int  // flushes by an ordinary activity
	// answer, when set, is asked first; nil goes on by the rules.
	answer func(contract.FlushRequest) (*contract.FlushReply, error)
}

func (s *shelf) flush(ctx context.Context, req contract.FlushRequest) (contract.FlushReply, error) {
	inside := activity.GetInfo(ctx).IsLocalActivity
	if !inside {
		s.outside++
	}
	return s.put(req, inside)
}

// write is what a worker writes with inside a task.
func (s *shelf) write(req contract.FlushRequest) contract.FlushReply {
	reply, err := s.put(req, true)
	if err != nil {
		return contract.FlushReply{Refused: contract.ByOutage}
	}
	return reply
}

func (s *shelf) put(req contract.FlushRequest, inside bool) (contract.FlushReply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushes = append(s.flushes, req)
	if s.down && inside {
		return contract.FlushReply{}, errors.New("connection refused")
	}
	if s.answer != nil {
		if reply, err := s.answer(req); reply != nil || err != nil {
			if err != nil {
				return contract.FlushReply{}, err
			}
			return *reply, nil
		}
	}
	head := contract.FlushReply{LastSeq: s.events.Last(), Fence: s.fence, Offset: s.offset}
	switch {
	case s.fence > req.Fence:
		head.Refused = contract.ByFence
	case req.First > s.events.Last()+1:
		head.Refused = contract.ByGap
	case req.First > 1 && s.events[req.First-2].Hash != req.Prev:
		head.Refused = contract.Diverged
	default:
		s.events = append(slices.Clip(s.events[:req.First-1]), req.Events...)
		s.fence, s.durable = req.Fence, max(s.durable, req.Durable)
		head.LastSeq, head.Fence = s.events.Last(), s.fence
	}
	return head, nil
}

func (s *shelf) earlier(_ context.Context, req contract.IntentsRequest) (contract.IntentsReply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, req)
	var reply contract.IntentsReply
	for _, cmd := range s.intents {
		if cmd.At.Before(req.Before) && !slices.Contains(req.Known, cmd.ID) {
			if reply.More = s.page > 0 && len(reply.Commands) == s.page; reply.More {
				break
			}
			reply.Commands = append(reply.Commands, cmd)
		}
	}
	return reply, nil
}

func (s *shelf) alarm(_ context.Context, a contract.Alarm) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = append(s.alarms, a)
	return nil
}

// bench is a case in the SDK's test environment with a shelf behind it.
type bench struct {
	*testsuite.TestWorkflowEnvironment
	t     *testing.T
	shelf *shelf
	filed contracttest.Filed
	held  *shell
	// answers by command id.
	replies map[string]contract.ActReply
	errs    map[string]error
}

func setup(t *testing.T) *bench {
	t.Helper()
	return setupUnder(t, engine.Version)
}

// bothWays does a test with a flush that leaves an event behind and with one that does not.
func bothWays(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	for _, version := range []int{unmarked - 1, engine.Version} {
		t.Run(fmt.Sprintf("engine %d", version), func(t *testing.T) {
			t.Parallel()
			test(t, setupUnder(t, version))
		})
	}
}

func setupUnder(t *testing.T, version int) *bench {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	b := &bench{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, shelf: &shelf{},
		filed:   contracttest.File(t, "N1", filedAt, true).Under(t, version),
		replies: map[string]contract.ActReply{}, errs: map[string]error{},
	}
	b.shelf.events = b.filed.Input.Opening
	b.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.StartInput, bundle []byte) (contract.Final, error) {
		return stoppable(ctx, func(ctx workflow.Context) (contract.Final, error) {
			return run(ctx, in, bundle, b.shelf.write, func(s *shell) { b.held = s })
		})
	}, workflow.RegisterOptions{Name: contract.CaseWorkflow})
	b.offer()
	b.SetStartTime(filedAt)
	b.SetTestTimeout(20 * time.Second)
	return b
}

func (b *bench) offer() {
	b.RegisterActivityWithOptions(b.shelf.flush, activity.RegisterOptions{Name: contract.FlushActivity})
	b.RegisterActivityWithOptions(b.shelf.earlier, activity.RegisterOptions{Name: contract.IntentsActivity})
	b.RegisterActivityWithOptions(b.shelf.alarm, activity.RegisterOptions{Name: contract.AlarmActivity})
}

// continued gives the input of the next run.
func (b *bench) continued() contract.StartInput {
	b.t.Helper()
	var again *workflow.ContinueAsNewError
	require.ErrorAs(b.t, b.GetWorkflowError(), &again)
	require.Equal(b.t, contract.CaseWorkflow, again.WorkflowType.Name)
	var in contract.StartInput
	var bundle []byte
	require.NoError(b.t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &in, &bundle))
	require.Equal(b.t, contracttest.Bundle(b.t), bundle)
	return in
}

const stopSignal = "test-stop"

// stoppable ends with the case or with the test, whichever comes first.
func stoppable(ctx workflow.Context, run func(workflow.Context) (contract.Final, error)) (contract.Final, error) {
	done, settle := workflow.NewFuture(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		final, err := run(ctx)
		settle.Set(final, err)
	})
	var final contract.Final
	var err error
	workflow.NewSelector(ctx).
		AddFuture(done, func(f workflow.Future) { err = f.Get(ctx, &final) }).
		AddReceive(workflow.GetSignalChannel(ctx, stopSignal), func(workflow.ReceiveChannel, bool) {}).
		Select(ctx)
	return final, err
}

// at sends an act d after the filing; its time is that moment unless it has one.
func (b *bench) at(d time.Duration, cmd engine.Command) {
	if cmd.At.IsZero() {
		cmd.At = filedAt.Add(d)
	}
	b.RegisterDelayedCallback(func() {
		b.UpdateWorkflow(contract.ActUpdate, cmd.ID, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { b.settle(cmd.ID, nil, err) },
			OnComplete: func(reply any, err error) {
				b.settle(cmd.ID, reply, err)
			},
		}, cmd)
	}, d)
}

func (b *bench) settle(id string, reply any, err error) {
	got, _ := reply.(contract.ActReply)
	got, fate, err := contract.ReadReply(got, err)
	if fate != contract.Done {
		b.errs[id] = err
		return
	}
	b.replies[id] = got
}

// run runs the case until it ends or nothing more is planned, and checks that
// what was written is what the case holds.
func (b *bench) run() {
	b.t.Helper()
	b.ExecuteWorkflow(contract.CaseWorkflow, b.filed.Input, contracttest.Bundle(b.t))
	require.Empty(b.t, b.errs)
}

func (b *bench) agrees() {
	b.t.Helper()
	require.Equal(b.t, b.held.hash, b.shelf.events.Hash())
	require.Equal(b.t, b.held.state.Seq, b.shelf.events.Last())
	var state *engine.State
	prev := ""
	for _, e := range b.shelf.events {
		require.Equal(b.t, prev, e.Prev)
		state, prev = engine.Evolve(state, e.Event), e.Hash
	}
	require.Equal(b.t, b.held.state, state)
}

// until runs the case up to a moment and looks at it there: cases wait for months.
func (b *bench) until(d time.Duration, look func()) {
	b.t.Helper()
	seen := false
	b.RegisterDelayedCallback(func() {
		seen = true
		look()
		b.SignalWorkflow(stopSignal, nil)
	}, d)
	b.run()
	require.True(b.t, seen, "the case ended before: %v", b.GetWorkflowError())
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func act(id string, do engine.Act, by engine.Actor, step string) engine.Command {
	return contracttest.Act(id, do, by, time.Time{}, step)
}

func TestActsAreDecidedWrittenAndAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.filed = contracttest.File(t, "N1", filedAt, false)
	b.shelf.events = b.filed.Input.Opening
	for i, cmd := range contracttest.Through("c", filedAt.Add(time.Minute)) {
		b.at(time.Minute+time.Duration(i)*time.Second, cmd)
	}
	b.run()
	require.NoError(t, b.GetWorkflowError())
	var final contract.Final
	require.NoError(t, b.GetWorkflowResult(&final))
	require.Equal(t, engine.Closed, final.Status)
	require.Equal(t, engine.Granted, final.Outcome)
	require.Equal(t, b.shelf.events.Hash(), final.Hash)
	require.Len(t, b.replies, 6)
	require.Equal(t, final.Seq, b.replies["c-hand"].Seq)
	require.Equal(t, engine.Closed, b.replies["c-hand"].Status)
	b.agrees()
}

func TestRefusedActLeavesNoTrace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(time.Minute, act("c1", engine.Agree, contracttest.Officer("one"), "one"))
	b.at(time.Minute, act("c2", engine.Accept, contracttest.Officer("one"), "receive"))
	b.at(time.Minute, engine.Command{ID: "c3", Do: engine.Tick, By: engine.Actor{Kind: engine.System}})
	b.at(time.Minute, engine.Command{ID: "c4", Do: "nonsense", By: contracttest.Clerk})
	b.until(2*time.Minute, func() {
		require.Equal(t, engine.NotOpen, b.replies["c1"].Rejection.Code)
		require.Equal(t, engine.NotAllowed, b.replies["c2"].Rejection.Code)
		require.Equal(t, engine.WrongAct, b.replies["c3"].Rejection.Code)
		require.Equal(t, engine.WrongAct, b.replies["c4"].Rejection.Code)
		require.Empty(t, b.shelf.flushes)
		require.Equal(t, b.filed.State, b.held.state)
	})
}

// Acts of one task are written at once, and the rows sent are those that differ.
func TestFlushCoalescesAndSendsWhatChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
	b.until(2*time.Minute, func() {
		require.Len(t, b.shelf.flushes, 1)
		req := b.shelf.flushes[0]
		full := engine.Project(b.held.rules, b.held.state)
		require.Equal(t, full, req.Full())
		require.Equal(t, full.Since(b.filed.Rows), req.Changed)
		require.Less(t, len(req.Changed.Papers), len(full.Papers)+1)
		require.Equal(t, b.filed.State.Seq+1, req.First)
		require.Equal(t, b.filed.State.Seq, req.Durable)
		b.agrees()
	})
}

func TestSameIdIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	accept := act("c1", engine.Accept, contracttest.Clerk, "receive")
	b.at(time.Minute, accept)
	b.RegisterDelayedCallback(func() {
		first := b.replies["c1"]
		again, ok := b.held.handled.get("c1")
		require.True(t, ok)
		require.Equal(t, first, again)
		require.Equal(t, first, b.held.apply(&accept))
	}, 2*time.Minute)
	b.until(3*time.Minute, func() { b.agrees() })
}

// What this program cannot run must panic, so that the task waits for one that can.
func TestCasesOfAnotherProgramPanic(t *testing.T) {
	t.Parallel()
	filed := contracttest.File(t, "N1", filedAt, false)
	bundle := contracttest.Bundle(t)
	newer, other := filed.Input.Opening[0].Event, filed.Input.Opening[0].Event
	body := newer.Body.(engine.CaseFiled)
	body.Engine = engine.Version + 1
	newer.Body = body
	body.Engine, body.Definition = engine.Version, "another"
	other.Body = body
	for want, in := range map[string]contract.StartInput{
		"must be upgraded":                {Number: "N1", Opening: engine.Seal("", []engine.Event{newer})},
		"its bundle holds":                {Number: "N1", Opening: engine.Seal("", []engine.Event{other})},
		"with the events of another case": {Number: "N2", Opening: filed.Input.Opening},
		"without its opening events":      {Number: "N1"},
	} {
		var said any
		func() {
			defer func() { said = recover() }()
			newShell(in, bundle)
		}()
		require.Contains(t, said, want)
	}
}
