package workflows_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/standalone/devtest"
)

func TestLifeOfACase(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)

	refused := h.do(number, contracttest.Act("early-"+number, engine.Agree, contracttest.Officer("one"), time.Time{}, "one"))
	require.Equal(t, engine.NotOpen, refused.Rejection.Code)
	require.NotEmpty(t, refused.Rejection.Zh)
	acts := contracttest.Through(number, time.Time{})
	for _, cmd := range acts[:len(acts)-1] {
		h.must(number, cmd)
	}
	h.agree(number)
	last := h.must(number, acts[len(acts)-1])
	require.Equal(t, engine.Closed, last.Status)

	var final contract.Final
	require.NoError(t, h.client.GetWorkflow(t.Context(), number, "").Get(t.Context(), &final))
	require.Equal(t, last.Hash, final.Hash)
	h.agree(number)

	// The same id gets the same answer after the end; a new act finds nobody.
	again, err := h.record(number, acts[len(acts)-1])
	require.NoError(t, err)
	reply, _, err := h.send(t.Context(), number, again)
	require.NoError(t, err)
	require.Equal(t, last, reply)
	late, err := h.record(number, contracttest.Act("late-"+number, engine.Claim, contracttest.Clerk, time.Time{}, "handOut"))
	require.NoError(t, err)
	_, fate, err := h.send(t.Context(), number, late)
	require.True(t, gone(fate, err), "%s: %v", fate, err)

	events := len(h.runs(number)[0].Events)
	t.Logf("%d history events for %d acts", events, len(acts))
	require.LessOrEqual(t, events, 7*len(acts)+2, "history of a step")
}

// The public names of the history: nothing of ours in memo or search attributes.
func TestNothingOfTheCaseIsIndexed(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)
	h.must(number, contracttest.Through(number, time.Time{})[0])
	d, err := h.client.DescribeWorkflowExecution(t.Context(), number, "")
	require.NoError(t, err)
	info := d.GetWorkflowExecutionInfo()
	require.Empty(t, info.GetMemo().GetFields())
	for name := range info.GetSearchAttributes().GetIndexedFields() {
		require.Equal(t, "BuildIds", name, "only the SDK's own")
	}
}

// Many people at once, short runs, every tenth act sent twice: nothing lost,
// nothing doubled, every answer the same however often it was asked for.
func TestContinueAsNewUnderLoad(t *testing.T) {
	t.Parallel()
	const each = 30
	h := open(t, devtest.Shared(t))
	number := h.file(true, 12)
	h.must(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))

	var wg sync.WaitGroup
	replies := make([][]contract.ActReply, len(contracttest.Opinions))
	for i, step := range contracttest.Opinions {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(i), 7))
			for n := range each {
				do := engine.Claim
				if n%2 == 1 {
					do = engine.Release
				}
				cmd, err := h.record(number, contracttest.Act(fmt.Sprintf("%s-%s-%d", number, step, n), do, contracttest.Officer(step), time.Time{}, step))
				if err != nil {
					t.Errorf("record: %v", err)
					return
				}
				first, second := contract.ActReply{}, contract.ActReply{}
				var twin sync.WaitGroup
				if dice.IntN(10) == 0 {
					twin.Go(func() { second = h.persist(number, cmd) })
				}
				first = h.persist(number, cmd)
				twin.Wait()
				if second.Seq != 0 && text(t, first) != text(t, second) {
					t.Errorf("act %s was answered %s and %s", cmd.ID, text(t, first), text(t, second))
				}
				replies[i] = append(replies[i], first)
			}
		})
	}
	wg.Wait()
	require.False(t, t.Failed())
	for i, step := range contracttest.Opinions {
		require.Len(t, replies[i], each)
		for n, r := range replies[i] {
			require.Nil(t, r.Rejection, "%s %d: %v", step, n, r.Rejection)
		}
	}
	view := h.agree(number)
	runs := h.runs(number)
	t.Logf("%d acts in %d runs", len(contracttest.Opinions)*each+1, len(runs))
	require.Greater(t, len(runs), 10)
	done := map[string]int{}
	for _, e := range h.log(number) {
		if e.Command != "" {
			done[e.Command]++
		}
	}
	require.Len(t, done, len(contracttest.Opinions)*each+2, "filing, acceptance, and every act")
	for id, n := range done {
		if id != "accept-"+number {
			require.LessOrEqual(t, n, 2, id)
		}
	}
	require.Zero(t, view.Stopped)
}

// persist sends an act until it is answered, as api and sweeper together do.
func (h *hall) persist(number string, cmd engine.Command) contract.ActReply {
	for range 100 {
		ctx, cancel := context.WithTimeout(h.t.Context(), contract.AnswerTimeout)
		reply, fate, err := h.send(ctx, number, cmd)
		cancel()
		if fate == contract.Done {
			return reply
		}
		if h.t.Context().Err() != nil {
			break
		}
		h.t.Logf("act %s: %s: %v", cmd.ID, fate, err)
	}
	h.t.Errorf("act %s was never answered", cmd.ID)
	return contract.ActReply{}
}

// A worker that stops in good order and another that starts: nobody notices.
func TestAnotherWorkerGoesOn(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)
	for _, cmd := range contracttest.Through(number, time.Time{}) {
		h.must(number, cmd)
		h.worker.Stop()
		h.work()
	}
	h.agree(number)
}

// The clerk accepted before the instant of acceptance by silence, but nobody has
// sent his act yet when the clock is moved over it. It comes first. The sweeper
// sends it later and gets the answer.
func TestMovedClockRingsAndEarlierIntentsComeFirst(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	unsent, silent := h.file(false, 0), h.file(false, 0)
	accept, err := h.record(unsent, contracttest.Act("accept-"+unsent, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	require.NoError(t, err)

	h.advance(20*24*time.Hour, unsent, silent)
	for _, number := range []string{unsent, silent} {
		h.until("the read model shows the acceptance", func() bool {
			rows, _, err := h.store.CaseRows(t.Context(), number)
			return err == nil && rows.Case.Status == engine.Accepted
		})
	}
	require.False(t, h.view(unsent).State.Flag("deemed"))
	require.True(t, h.view(silent).State.Flag("deemed"))
	require.Equal(t, accept.At, h.view(unsent).State.AcceptedAt)

	reply, fate, err := h.send(t.Context(), unsent, accept)
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Nil(t, reply.Rejection)
	require.Equal(t, accept.At, reply.At)
	h.agree(unsent)
	h.agree(silent)

	// Real timers go on at the moved clock: another step forward is noticed too.
	h.advance(60*24*time.Hour, unsent, silent)
	h.until("silence counts as agreement", func() bool {
		return h.view(silent).State.Step("one").End == engine.EndDefaulted
	})
	h.agree(silent)
}

// The clock was moved and the case was not told. An act recorded at the new time
// shows it: the expiry comes first, and the act is judged after it, which the
// person is told like any other refusal.
func TestActShowsThatTimeHasPassed(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)
	h.clock.ahead.Store(int64(20 * 24 * time.Hour))
	reply := h.do(number, contracttest.Act("late-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	require.NotNil(t, reply.Rejection)
	require.NotEmpty(t, reply.Rejection.Zh)
	view := h.agree(number)
	require.True(t, view.State.Flag("deemed"))
	require.Equal(t, view.State.Seq, reply.Seq, "the answer names the expiry's events")
	require.Equal(t, 20*24*time.Hour, view.Offset, "learnt from the flush")
	again, err := h.record(number, contracttest.Act("late-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	require.NoError(t, err)
	second, _, err := h.send(t.Context(), number, again)
	require.NoError(t, err)
	require.Equal(t, reply, second)
}

// A case this worker cannot run waits for one that can; it never fails.
func TestBrokenRulesStallAndNeverFail(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := "broken-" + h.queue
	in := contracttest.File(t, number, h.clock.now(), false).Input
	require.NoError(t, contract.Start(t.Context(), h.client, h.queue, in, []byte("no bundle")))
	var failure string
	h.until("its task has failed", func() bool {
		for _, e := range h.runs(number)[0].Events {
			if a := e.GetWorkflowTaskFailedEventAttributes(); a != nil {
				failure = a.GetFailure().GetMessage()
			}
		}
		return failure != ""
	})
	require.Contains(t, failure, "unpack the rules of a case")
	d, err := h.client.DescribeWorkflowExecution(t.Context(), number, "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, d.GetWorkflowExecutionInfo().GetStatus())
	require.NoError(t, h.client.TerminateWorkflow(t.Context(), number, "", "the test has seen it"))
}

// advance moves the business clock and tells the cases.
func (h *hall) advance(ahead time.Duration, numbers ...string) {
	h.t.Helper()
	h.clock.ahead.Store(int64(ahead))
	for _, number := range numbers {
		require.NoError(h.t, h.client.SignalWorkflow(h.t.Context(), number, "", contract.ClockSignal, contract.ClockMoved{Offset: ahead}))
	}
}

// A row nobody decided, and the way to be rid of it.
func TestReflushTakesAwayWhatHistoryDoesNotHold(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)
	opening := h.log(number)
	require.NotEmpty(t, opening)
	ghost := engine.Decide(contracttest.Rules(t), h.view(number).State,
		contracttest.Act("ghost-"+number, engine.Accept, contracttest.Clerk, h.clock.now(), "receive"))
	require.Nil(t, ghost.Rejection)
	h.plant(number, opening[len(opening)-1].Hash, ghost)
	require.Greater(t, len(h.log(number)), len(opening))

	handle, err := h.client.UpdateWorkflow(t.Context(), contract.ReflushOptions(number, "reflush-1"))
	require.NoError(t, err)
	var reply contract.ReflushReply
	require.NoError(t, handle.Get(t.Context(), &reply))
	require.Equal(t, int64(len(opening)), reply.Seq)
	require.Len(t, h.log(number), len(opening), "with the answer the rows are gone")
	h.agree(number)
}

// The log lost its last batch, as after a restored backup: the case brings it
// back by itself.
func TestLostBatchComesBack(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(false, 0)
	acts := contracttest.Through(number, time.Time{})
	h.must(number, acts[0])
	before, _, err := h.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	require.NotEmpty(t, before.Tasks)
	h.forget(number, 1)
	h.must(number, acts[1])
	h.agree(number)
}

// Without a cache every task replays the case from its first event: the same
// tests again in a process that keeps none.
func TestWithoutCache(t *testing.T) {
	t.Parallel()
	if os.Getenv(envNoCache) != "" {
		return // this is that process
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.count=1", "-test.timeout=5m",
		"-test.run=^(TestLifeOfACase|TestContinueAsNewUnderLoad|TestMovedClockRingsAndEarlierIntentsComeFirst|TestReflushTakesAwayWhatHistoryDoesNotHold)$")
	cmd.Env = append(os.Environ(), envNoCache+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "PASS")
}
