package workflows_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/history"
	"lianban/standalone/devtest"
)

// ended takes a case to its end: granted with a number and a reason, handed out, and nothing left.
func (h *hall) ended() string {
	h.t.Helper()
	number := h.file(false, 0)
	for _, cmd := range contracttest.Through(number, time.Time{}) {
		if cmd.Do == engine.Grant {
			cmd.Args.Reason, cmd.Args.Outputs = "材料齐全", []engine.OutputIn{{ID: "permit", Number: "测许〔2026〕1号"}}
		}
		h.must(number, cmd)
	}
	h.final(number)
	return number
}

// told is a case as its histories tell it, all runs of it; Temporal's list of runs is written beside them.
func (h *hall) told(number string, runs int) *history.Case {
	h.t.Helper()
	var c *history.Case
	require.Eventually(h.t, func() bool {
		var err error
		c, err = history.Read(h.t.Context(), h.client, nil, number)
		return err == nil && c.First == 1 && c.Runs == runs
	}, time.Minute, 50*time.Millisecond, "the list of runs is complete")
	return c
}

// retold holds what the histories of a case tell against its log.
func (h *hall) retold(number string, runs int) {
	h.t.Helper()
	c, log := h.told(number, runs), h.log(number)
	require.NotNil(h.t, c.Input)
	require.Len(h.t, c.Events, len(log))
	for i, e := range log {
		require.Equal(h.t, e.Hash, c.Events[i].Hash, "event %d", i+1)
	}
	require.Equal(h.t, log[len(log)-1].Hash, c.Hash)
	require.Equal(h.t, log[len(log)-1].Seq, c.State.Seq)
	require.False(h.t, c.Running)
}

func (h *hall) final(number string) contract.Final {
	h.t.Helper()
	var final contract.Final
	require.NoError(h.t, h.client.GetWorkflow(h.t.Context(), number, "").Get(h.t.Context(), &final))
	return final
}

// known is a case as the api knows it: by its log.
func (h *hall) known(number string) *contract.Carry {
	h.t.Helper()
	c := &contract.Carry{}
	for _, row := range h.log(number) {
		e, err := row.Event()
		require.NoError(h.t, err)
		c.State, c.Hash, c.Flushed = engine.Evolve(c.State, e), row.Hash, row.Seq
	}
	return c
}

// reopen has an ended case taken up again for an act.
func (h *hall) reopen(number string, carry *contract.Carry, cmd engine.Command) engine.Command {
	h.t.Helper()
	cmd, err := h.record(number, cmd)
	require.NoError(h.t, err)
	in := contract.StartInput{Number: number, Offset: h.clock.Offset(), Again: &cmd, Carry: carry}
	require.NoError(h.t, contract.Reopen(h.t.Context(), h.client, h.queue, in, contracttest.Bundle(h.t)))
	return cmd
}

func correcting(id, output, field, to string) engine.Command {
	cmd := contracttest.Act(id, engine.Correct, contracttest.Lead, time.Time{}, "conclude")
	cmd.Args = engine.Args{Output: output, Corrections: []engine.ReadingIn{{Field: field, To: to}}, Reason: "打印错误"}
	if output != "" {
		cmd.Step = ""
	}
	return cmd
}

// A clerical error found after the end: the case is taken up again, does the act, and ends again.
func TestAnEndedCaseIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.ended()
	before := h.known(number)

	cmd := h.reopen(number, before, correcting("reason-"+number, "", "reason", "材料齐全，符合条件"))
	final := h.final(number)
	require.NotNil(t, final.Again)
	require.Equal(t, cmd.ID, final.Again.ID)
	require.Nil(t, final.Again.Reply.Rejection)
	require.Equal(t, final.Hash, final.Again.Reply.Hash)
	require.Greater(t, final.Seq, before.Flushed)
	view := h.agree(number)
	require.Equal(t, "材料齐全", view.State.Step("conclude").Verdict.Reason, "what was signed is never edited")
	require.Len(t, view.State.Corrections, 1)
	require.True(t, view.State.Over())

	// Corrected after it was handed out, the result is handed out anew: the case goes on until it is.
	cmd = h.reopen(number, h.known(number), correcting("number-"+number, "permit", "number", "测许〔2026〕7号"))
	settled, fate, err := contract.Do(t.Context(), h.client, contract.SettleOptions(number, cmd))
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Nil(t, settled.Rejection)
	again, _, err := contract.Do(t.Context(), h.client, contract.UpdateOptions(number, cmd))
	require.NoError(t, err)
	require.Equal(t, settled, again, "the act is done once, and answered as often as it is asked for")
	require.False(t, h.agree(number).State.Over())
	fulfil := contracttest.Act("fulfil-"+number, engine.Fulfil, contracttest.Lead, time.Time{}, "")
	fulfil.Args.Duty, fulfil.Args.Reason = "corrected.permit", "已换发"
	h.must(number, fulfil)
	h.final(number)
	require.True(t, h.agree(number).State.Over())
	h.retold(number, 3)
}

// Whoever knows less of the case than the log decides nothing, however late he comes.
func TestACaseTakenUpByStaleKnowledgeDecidesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.ended()
	stale := h.known(number)
	h.reopen(number, stale, correcting("first-"+number, "", "reason", "材料齐全，符合条件"))
	h.final(number)
	log := h.log(number)

	h.reopen(number, stale, correcting("second-"+number, "", "reason", "符合"))
	final := h.final(number)
	require.Nil(t, final.Again)
	require.Equal(t, log[len(log)-1].Seq, final.Seq, "it says where the log stands")
	require.Equal(t, log[len(log)-1].Hash, final.Hash)
	require.Equal(t, log, h.log(number))
	h.retold(number, 3)
}

// Many take the case up at once: each correction is done once, none is lost.
func TestManyTakeACaseUpAtOnce(t *testing.T) {
	t.Parallel()
	const people = 6
	h := open(t, devtest.Shared(t))
	number := h.ended()
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			cmd := correcting("c"+string(rune('0'+i))+"-"+number, "", "reason", "第"+string(rune('一'+i))+"次更正")
			for h.t.Context().Err() == nil {
				cmd := h.reopen(number, h.known(number), cmd)
				_, fate, err := contract.Do(t.Context(), h.client, contract.SettleOptions(number, cmd))
				if fate == contract.Done {
					return
				}
				if final := h.final(number); final.Again != nil && final.Again.ID == cmd.ID {
					return
				}
				if seq, logged := h.store.CommandSeq(t.Context(), number, cmd.ID); logged == nil && seq > 0 {
					return
				}
				t.Logf("%s: %s: %v", cmd.ID, fate, err)
			}
		})
	}
	wg.Wait()
	h.final(number)
	done := map[string]int{}
	for _, e := range h.log(number) {
		if e.Type == "TextCorrected" {
			done[e.Command]++
		}
	}
	require.Len(t, done, people)
	for id, n := range done {
		require.Equal(t, 1, n, id)
	}
	h.agree(number)
	var again *history.Case
	require.Eventually(t, func() bool {
		var err error
		again, err = history.Read(t.Context(), h.client, nil, number)
		return err == nil && again.First == 1 && again.Hash == h.known(number).Hash
	}, time.Minute, 50*time.Millisecond, "its histories tell all of it, whoever came too late")
}

// An act the closed case does not take is refused by the run it was taken up for.
func TestACaseTakenUpForAnotherActRefusesIt(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.ended()
	h.reopen(number, h.known(number), contracttest.Act("late-"+number, engine.Claim, contracttest.Clerk, time.Time{}, "handOut"))
	final := h.final(number)
	require.Equal(t, engine.AlreadyClosed, final.Again.Reply.Rejection.Code)
	h.agree(number)
	_, err := h.client.SignalWithStartWorkflow(t.Context(), number, contract.ClockSignal, nil, contract.StartOptions(h.queue, number), contract.CaseWorkflow)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	require.ErrorAs(t, err, &already, "no other start takes an ended case up")
}

// recordAgain: an ended case taken up again, with what has followed still open.
func recordAgain(t *testing.T, h *hall) string {
	number := h.ended()
	cmd := h.reopen(number, h.known(number), correcting("correct-"+number, "permit", "number", "测许〔2026〕7号"))
	_, fate, err := contract.Do(t.Context(), h.client, contract.SettleOptions(number, cmd))
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	return number
}
