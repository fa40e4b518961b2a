package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
)

func (b *bench) reflush(d time.Duration, id string) {
	b.RegisterDelayedCallback(func() {
		b.UpdateWorkflow(contract.ReflushUpdate, id, &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { b.errs[id] = err },
			OnComplete: func(_ any, err error) {
				if err != nil {
					b.errs[id] = err
				}
			},
		})
	}, d)
}

// The store has a fence from a later time, as after a clock that jumped back: one
// pause, then a higher fence.
func TestFenceCostsOnePause(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		b.shelf.fence = filedAt.Add(time.Hour).UnixNano()
		b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
		b.at(2*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
		b.until(3*time.Minute, func() {
			require.Len(t, b.shelf.flushes, 3, "one refused, then two taken")
			require.Equal(t, filedAt.Add(time.Hour).UnixNano()+1, b.shelf.flushes[1].Fence)
			require.Equal(t, b.shelf.flushes[1].Fence, b.shelf.flushes[2].Fence, "still ahead of the clock")
			b.agrees()
		})
	})
}

// The last batch was overwritten by a double: it is sent again in front, with all rows.
func TestDivergedSendsTheLastBatchAgain(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
		b.RegisterDelayedCallback(func() {
			b.shelf.events[len(b.shelf.events)-1].Hash = "00"
		}, 2*time.Minute)
		b.at(3*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
		b.until(4*time.Minute, func() {
			require.Len(t, b.shelf.flushes, 3)
			again := b.shelf.flushes[2]
			require.Equal(t, b.shelf.flushes[0].First, again.First)
			require.Equal(t, b.shelf.flushes[0].Events[0], again.Events[0])
			require.Equal(t, again.Full(), again.Changed)
			require.Empty(t, b.shelf.alarms)
			b.agrees()
		})
	})
}

// A backup from before the last batch was restored.
func TestGapSendsTheLastBatchAgain(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
		b.RegisterDelayedCallback(func() { b.shelf.events = b.filed.Input.Opening }, 2*time.Minute)
		b.at(3*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
		b.until(4*time.Minute, func() {
			require.Empty(t, b.shelf.alarms)
			b.agrees()
		})
	})
}

// More is gone than the case still holds: it stops writing, raises the alarm,
// and goes on answering; after the repair a reflush brings everything.
func TestStoppedCaseAnswersAndIsRepaired(t *testing.T) {
	t.Parallel()
	for _, why := range []contract.Refused{contract.ByGap, contract.Diverged, contract.ByConstraint} {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			broken := true
			b.shelf.answer = func(contract.FlushRequest) (*contract.FlushReply, error) {
				if broken {
					return &contract.FlushReply{Refused: why}, nil
				}
				return nil, nil
			}
			b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
			b.at(2*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
			b.RegisterDelayedCallback(func() {
				want := map[contract.Refused]int{contract.ByGap: 2, contract.Diverged: 2, contract.ByConstraint: 1}[why]
				require.Len(t, b.shelf.flushes, want, "no further try on its own")
				require.Nil(t, b.replies["c2"].Rejection)
				require.Equal(t, b.held.state.Seq, b.replies["c2"].Seq)
				require.Equal(t, []contract.Alarm{{Case: "N1", Code: "flush-" + string(why), Seq: b.replies["c1"].Seq}}, b.shelf.alarms)
				v, err := b.QueryWorkflow(contract.StateQuery)
				require.NoError(t, err)
				var view contract.View
				require.NoError(t, v.Get(&view))
				require.Equal(t, string(why), view.Stopped)
				require.Less(t, view.Flushed, view.State.Seq)
				broken = false
			}, 3*time.Minute)
			b.reflush(4*time.Minute, "r1")
			b.until(5*time.Minute, func() {
				require.Empty(t, b.held.stopped)
				b.agrees()
			})
		})
	}
}

// A flush whose task was lost left a row nobody decided; the act was rejected the
// second time. An empty flush takes the row away.
func TestReflushDeletesTheGhost(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		ghost := engine.Decide(b.rules(), b.filed.State, contracttest.Act("g", engine.Accept, contracttest.Clerk, filedAt, "receive"))
		require.Nil(t, ghost.Rejection)
		b.shelf.events = append(b.shelf.events[:len(b.shelf.events):len(b.shelf.events)],
			engine.Seal(b.filed.Input.Opening.Hash(), ghost.Events)...)
		b.reflush(time.Minute, "r1")
		b.until(2*time.Minute, func() {
			require.Len(t, b.shelf.flushes, 1)
			require.Empty(t, b.shelf.flushes[0].Events)
			require.Equal(t, b.filed.State.Seq, b.shelf.flushes[0].Durable)
			b.agrees()
		})
	})
}

// Writing inside the task gives up: the same flush, with the same fence, as an
// ordinary activity. (That it is tried without end, with acts answered meanwhile,
// is shown on the real server; the test environment does not retry so.)
func TestFlushFallsBack(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		b.shelf.down = true
		b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
		b.until(2*time.Minute, func() {
			if b.held.state.Engine < unmarked {
				require.Greater(t, len(b.shelf.flushes), 3, "retried inside the task first")
			} // else by what writes, see package activities
			require.Equal(t, 1, b.shelf.outside)
			for _, f := range b.shelf.flushes {
				require.Equal(t, b.shelf.flushes[0].Fence, f.Fence)
				require.Equal(t, b.shelf.flushes[0].Events, f.Events)
				require.Equal(t, b.shelf.flushes[0].First, f.First)
			}
			require.Empty(t, b.shelf.alarms)
			b.agrees()
		})
	})
}

// Durable names only what an earlier task has written.
func TestDurableIsWhatAnEarlierTaskWrote(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, b *bench) {
		b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
		b.at(2*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
		b.until(3*time.Minute, func() {
			require.Len(t, b.shelf.flushes, 2)
			for _, f := range b.shelf.flushes {
				require.Less(t, f.Durable, f.First)
			}
		})
	})
}

func TestContinueAsNewCarriesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.filed.Input.MaxActs = 2
	b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
	b.at(2*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
	b.run()
	next := b.continued()
	require.Equal(t, 2, next.MaxActs)
	require.Equal(t, b.held.state, next.Carry.State)
	require.Equal(t, next.Carry.State.Seq, next.Carry.Flushed)
	require.Equal(t, b.shelf.flushes[1].Events, next.Carry.Batch)
	require.Equal(t, []string{"c1", "c2"}, []string{next.Carry.Handled[0].ID, next.Carry.Handled[1].ID})

	// The next run answers the old ids, and goes on where the first stopped.
	c := setup(t)
	c.filed.Input = next
	c.filed.Input.MaxActs = 10
	c.shelf.events, c.shelf.fence = b.shelf.events, b.shelf.fence
	c.at(3*time.Minute, act("c2", engine.Claim, contracttest.Officer("one"), "one"))
	c.at(3*time.Minute, act("c3", engine.Agree, contracttest.Officer("one"), "one"))
	c.until(4*time.Minute, func() {
		require.Equal(t, b.replies["c2"], c.replies["c2"])
		require.Greater(t, c.replies["c3"].Seq, c.replies["c2"].Seq)
		c.agrees()
	})
}

// The ledger's length that goes along is bounded.
func TestLedgerCarriesTheLast(t *testing.T) {
	t.Parallel()
	var l ledger
	for i := range 500 {
		l.put(string(rune('a'+i%26))+time.Duration(i).String(), contract.ActReply{Seq: int64(i)})
	}
	last := l.last(contract.CarriedIDs)
	require.Len(t, last, contract.CarriedIDs)
	require.Equal(t, int64(499), last[199].Reply.Seq)
	back := newLedger(last)
	_, ok := back.get(last[0].ID)
	require.True(t, ok)
}

func TestCancelIsNotAnEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Minute)
	b.at(2*time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
	b.until(3*time.Minute, func() {
		require.Nil(t, b.replies["c1"].Rejection)
		require.NotZero(t, b.replies["c1"].Seq)
		b.agrees()
	})
}
