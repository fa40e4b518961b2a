package fault_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/engine"
	"lianban/standalone/devtest"
)

// The whole way of a case through real processes with nothing failing: what the
// other scenarios disturb.
func TestNothingFails(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	api := h.api()
	h.worker()
	number := h.filed(api, false)
	for _, d := range through(number) {
		a := h.do(t.Context(), api, d)
		require.Equal(t, http.StatusOK, a.status, "%s: %s", d.do, a)
	}
	report := h.healed()
	require.Equal(t, 1, report.Cases)
	require.Equal(t, 7, report.Told)
}

// A worker is killed between the flush and the completion of its task; then
// another person acts. The first act is in the log before anybody has decided it
// for good, and in the end once.
func TestWorkerKilledBetweenFlushAndCompletion(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	api := h.api()
	first := h.failing(dieAfterFlush, "victim")
	number := h.filed(api, false)
	h.done(api, "clerk", number, engine.Accept, "receive")

	victim := deed{officer(1), number, engine.Agree, "one", newKey("victim")}
	answered := make(chan answer, 1)
	go func() { answered <- h.do(t.Context(), api, victim) }()
	first.hears("flushed")
	first.gone()
	require.True(t, h.logged(number, victim.key), "the flush was committed")
	head, err := h.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	require.Less(t, head.Confirmed, head.LastSeq, "nobody may be told of it yet")

	h.worker()
	h.done(api, officer(2), number, engine.Agree, "two")
	a := <-answered
	require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, a.status, a.String())
	h.until("the act is answered", func() bool { return h.status(victim.key) == "done" })
	h.healed()
}

// A worker is frozen with a flush in its hand, longer than its task may take. A
// second one takes over and more acts come. Thawed, the first writes: the fence
// refuses it.
func TestSlowDouble(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	api := h.api()
	slow := h.failing(holdFlush, "victim")
	number := h.filed(api, false)
	h.done(api, "clerk", number, engine.Accept, "receive")

	victim := deed{officer(1), number, engine.Claim, "one", newKey("victim")}
	answered := make(chan answer, 1)
	go func() { answered <- h.do(t.Context(), api, victim) }()
	slow.hears("holding")
	require.NoError(t, slow.Freeze())
	require.False(t, h.logged(number, victim.key))

	h.worker()
	a := <-answered
	require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, a.status, a.String())
	h.until("the second worker has taken over", func() bool { return h.logged(number, victim.key) })
	h.done(api, officer(2), number, engine.Agree, "two")
	before := h.chain(number)

	require.NoError(t, slow.Thaw())
	require.NoError(t, slow.Signal(syscall.SIGUSR1))
	require.Equal(t, `wrote refused="fence" error=<nil>`, slow.hears("wrote"))
	require.Equal(t, before, h.chain(number), "the double has changed nothing")
	h.done(api, officer(1), number, engine.Agree, "one")
	h.healed()
}

// An act is recorded before the instant of acceptance by silence and delivered
// after it, with no worker in between: it counts (rule 3.1.3). The same with an
// act whose rows a lost task has left in the log: the case does not know it.
// Nobody brings either of them before the instant is judged: the api is killed,
// and Temporal, which still has them in memory.
func TestExpiryYieldsToEarlierIntents(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{}))
	api := h.api()
	first := h.failing(dieAfterFlush, "ghost")
	unsent, ghostly, silent := h.filed(api, false), h.filed(api, false), h.filed(api, false)
	ghost := deed{"clerk", ghostly, engine.Accept, "receive", newKey("ghost")}
	waiting := make(chan answer, 2)
	go func() { waiting <- h.do(t.Context(), api, ghost) }()
	first.hears("flushed")
	first.gone()
	require.True(t, h.logged(ghostly, ghost.key))
	accept := deed{"clerk", unsent, engine.Accept, "receive", newKey("accept")}
	go func() { waiting <- h.do(t.Context(), api, accept) }()
	h.until("the act is recorded", func() bool { return h.status(accept.key) == "pending" })
	api.kill9()
	h.env.KillTemporal(t)
	h.env.StartTemporal(t)
	<-waiting
	<-waiting

	recorded, err := h.store.CommandByKey(t.Context(), accept.key)
	require.NoError(t, err)
	h.advance(20 * 24 * time.Hour)
	h.worker()
	require.True(t, h.logged(ghostly, ghost.key), "the rows are still there")
	for _, number := range []string{unsent, ghostly, silent} {
		moved := contract.ClockMoved{Offset: h.clock.Offset()}
		require.NoError(t, h.client.SignalWorkflow(t.Context(), contract.WorkflowID(number), "", contract.ClockSignal, moved))
		h.until("accepted", func() bool {
			c, err := h.store.CaseByNumber(t.Context(), number)
			return err == nil && c.Status == engine.Accepted
		})
	}
	h.until("the case has judged the instant", func() bool { return !h.view(ghostly).State.AcceptedAt.IsZero() })
	h.api() // and what was recorded gets its answer
	h.healed()
	require.False(t, h.view(unsent).State.Flag("deemed"), "the clerk has accepted in time")
	require.Equal(t, recorded.RecordedAt, h.view(unsent).State.AcceptedAt)
	require.False(t, h.view(ghostly).State.Flag("deemed"), "the clerk has accepted in time")
	require.True(t, h.view(silent).State.Flag("deemed"), "nobody has")
}

// view asks a case.
func (h *hall) view(number string) contract.View {
	h.t.Helper()
	answer, err := h.client.QueryWorkflow(h.t.Context(), contract.WorkflowID(number), "", contract.StateQuery)
	require.NoError(h.t, err)
	var view contract.View
	require.NoError(h.t, answer.Get(&view))
	return view
}

// advance moves the business clock of the installation forward.
func (h *hall) advance(by time.Duration) {
	h.t.Helper()
	_, err := h.clock.Advance(h.t.Context(), h.clock.Now().Add(by))
	require.NoError(h.t, err)
}
