package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
)

func hasEvent(events contract.Events, kind string) bool {
	for _, e := range events {
		if e.Type == kind {
			return true
		}
	}
	return false
}

// Nobody accepts within five working days: the case is accepted by law
// (行政许可法第三十二条第二款), when the timer rings and with nobody acting.
func TestTimerAppliesWhatIsDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	due := engine.NextDue(b.filed.State)
	require.False(t, due.IsZero())
	b.until(8*24*time.Hour, func() {
		require.Equal(t, engine.Accepted, b.held.state.Status)
		require.True(t, b.held.state.Flag("deemed"))
		require.NotEmpty(t, b.shelf.asked, "an expiry with an effect asks for earlier acts")
		require.True(t, hasEvent(b.shelf.events, "CaseAccepted"))
		b.agrees()
	})
}

// A warning changes nothing anybody could have acted upon: the store is not asked.
func TestWarningAsksNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := engine.NextDue(b.filed.State)
	r := engine.Decide(b.rules(), b.filed.State, tick(first))
	require.NotEmpty(t, r.Events)
	require.False(t, effective(r.Events), "the item's first expiry should be a warning")
	b.until(first.Sub(filedAt)+time.Second, func() {
		require.Equal(t, r.State.Seq, b.held.state.Seq)
		require.Empty(t, b.shelf.asked)
		b.agrees()
	})
}

func (b *bench) rules() *engine.Rules { return contracttest.Rules(b.t) }

// deemedAt is the instant of acceptance by silence.
func (b *bench) deemedAt() time.Time {
	b.t.Helper()
	s := b.filed.State
	for range 20 {
		due := engine.NextDue(s)
		require.False(b.t, due.IsZero())
		s = engine.Decide(b.rules(), s, tick(due)).State
		if s.Status == engine.Accepted {
			return due
		}
	}
	b.t.Fatal("never accepted by silence")
	return time.Time{}
}

// The clerk refused in time, but his act has not reached the case when the timer
// rings. It was recorded earlier, so it comes first, and counts from its own time.
func TestEarlierIntentComesBeforeTheExpiry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deemed := b.deemedAt()
	refuse := act("r1", engine.Refuse, contracttest.Clerk, "receive")
	refuse.At, refuse.Args.Reason = deemed.Add(-time.Second), "不属于许可事项"
	b.shelf.intents = []engine.Command{refuse}
	// It arrives as an update ten seconds late and is answered from memory.
	b.at(deemed.Sub(filedAt)+10*time.Second, refuse)
	b.run()
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, engine.Closed, b.held.state.Status)
	require.Equal(t, engine.Refused, b.held.state.Outcome)
	require.False(t, b.held.state.Flag("deemed"))
	b.agrees()
}

// An act recorded after the instant, which arrives before the timer has rung,
// waits until earlier acts and the expiry have had their turn.
func TestActAfterAnExpiryWaitsForIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deemed := b.deemedAt()
	// The case learns of the passing of time by this act alone: it arrives five
	// seconds before its workflow's clock has come so far.
	late := act("c1", engine.Claim, contracttest.Officer("one"), "one")
	late.At = deemed.Add(time.Second)
	early := act("c2", engine.Accept, contracttest.Clerk, "receive")
	early.At = deemed.Add(-2 * time.Second)
	b.shelf.intents = []engine.Command{early, late} // both are recorded, neither is answered
	b.at(deemed.Sub(filedAt)-5*time.Second, late)
	b.until(deemed.Sub(filedAt)-time.Second, func() {
		require.Nil(t, b.replies["c1"].Rejection)
		require.False(t, b.held.state.Flag("deemed"), "the clerk had accepted in time")
		require.Len(t, b.shelf.asked, 1)
		got, ok := b.held.handled.get("c2")
		require.True(t, ok)
		require.Less(t, got.Seq, b.replies["c1"].Seq)
		b.agrees()
	})
}

func TestTimerMovesOnlyForward(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var set []time.Duration
	b.SetOnTimerScheduledListener(func(_ string, d time.Duration) { set = append(set, d) })
	var cancelled int
	b.SetOnTimerCanceledListener(func(string) { cancelled++ })
	b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
	b.until(time.Hour, func() {
		require.NotEmpty(t, set)
		require.True(t, b.held.timer.running())
		require.False(t, b.held.timer.at.After(engine.NextDue(b.held.state)))
	})
	// Accepting ends the intake's clock; what follows is due later or earlier, and
	// only an earlier instant may cost a second timer.
	require.LessOrEqual(t, len(set), 1+cancelled)
}

func TestClockMovedForwardRingsEarly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deemed := b.deemedAt()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(contract.ClockSignal, contract.ClockMoved{Offset: deemed.Sub(filedAt)})
	}, time.Minute)
	b.RegisterDelayedCallback(func() { // back is not a direction
		b.SignalWorkflow(contract.ClockSignal, contract.ClockMoved{Offset: time.Hour})
	}, 2*time.Minute)
	b.until(3*time.Minute, func() {
		require.True(t, b.held.state.Flag("deemed"))
		require.Equal(t, deemed.Sub(filedAt), b.held.offset)
		for _, e := range b.shelf.events[1:] {
			require.False(t, e.At.Before(filedAt))
		}
		b.agrees()
	})
}

// A case that missed the signal learns the offset from its next flush.
func TestClockIsLearntFromAFlush(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deemed := b.deemedAt()
	b.shelf.offset = deemed.Sub(filedAt) + 20*24*time.Hour
	b.at(time.Minute, act("c1", engine.Accept, contracttest.Clerk, "receive"))
	b.until(2*time.Minute, func() {
		require.Equal(t, b.shelf.offset, b.held.offset)
		require.Equal(t, engine.EndDefaulted, b.held.state.Step("one").End, "five working days of silence have passed")
		b.agrees()
	})
}

func TestIntentsComeInPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deemed := b.deemedAt()
	accept := act("c0", engine.Accept, contracttest.Clerk, "receive")
	accept.At = deemed.Add(-time.Hour)
	claim := act("c1", engine.Claim, contracttest.Officer("one"), "one")
	claim.At = deemed.Add(-time.Minute)
	b.shelf.intents = []engine.Command{accept, claim}
	b.shelf.page = 1
	b.until(deemed.Sub(filedAt)+time.Second, func() {
		require.Len(t, b.shelf.asked, 2)
		require.Contains(t, b.shelf.asked[1].Known, "c0")
		require.Equal(t, "a-dept-one", b.held.state.Tasks[1].Claimed)
		b.agrees()
	})
}
