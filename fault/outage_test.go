package fault_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/standalone/devtest"
	"lianban/store"
)

// atOnce is the longest an api may take to say that something is away.
const atOnce = 3 * time.Second

// load are people who file cases and take each to its end, one act after the
// other, whatever fails: what got no final answer is repeated under its key.
type load struct {
	h        *hall
	wg       sync.WaitGroup
	answered atomic.Int64
	stop     atomic.Bool
	servers  []*process
}

// people lets a number of them work until rest is called.
func (h *hall) people(n int, servers ...*process) *load {
	l := &load{h: h, servers: servers}
	h.t.Cleanup(func() { l.stop.Store(true); l.wg.Wait() })
	for i := range n {
		l.wg.Go(func() {
			for !l.stop.Load() {
				l.oneCase(i)
			}
		})
	}
	return l
}

func (l *load) oneCase(i int) {
	ctx, cancel := context.WithTimeout(l.h.t.Context(), patience)
	defer cancel()
	api := l.servers[i%len(l.servers)]
	key := newKey("file")
	var a answer
	for a.status != http.StatusCreated {
		if a = l.h.file(api, key, false); ctx.Err() != nil {
			l.failed("a filing was never answered: %s", a)
			return
		}
	}
	l.answered.Add(1)
	for _, d := range through(a.body.Number) {
		if a := l.h.persist(ctx, api, d); a.status != http.StatusOK {
			l.failed("%s %s: %s", d.do, d.step, a)
			return
		}
		l.answered.Add(1)
	}
}

// failed reports what went wrong, unless the test is over anyway.
func (l *load) failed(format string, args ...any) {
	l.stop.Store(true)
	if l.h.t.Context().Err() == nil {
		l.h.t.Errorf(format, args...)
	}
}

// more waits until so many further answers have come.
func (l *load) more(n int64) {
	l.h.t.Helper()
	target := l.answered.Load() + n
	l.h.until("people get their answers", func() bool { return l.answered.Load() >= target || l.h.t.Failed() })
}

// rest lets everybody end his case and waits for them.
func (l *load) rest() {
	l.h.t.Helper()
	l.stop.Store(true)
	l.wg.Wait()
	require.False(l.h.t, l.h.t.Failed())
}

// Temporal is killed and started again while cases start and acts arrive: starts
// 201, acts 202, and all of them applied in their order after its return.
func TestTemporalAway(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{}))
	servers := []*process{h.api(), h.api()}
	h.worker()
	h.worker()
	var old []string
	for range 3 {
		old = append(old, h.filed(servers[0], false))
	}
	people := h.people(4, servers...)
	people.more(8)

	h.env.KillTemporal(t)
	var young []string
	for i := range 3 {
		a := h.file(servers[i%2], newKey("file"), false)
		require.Equal(t, http.StatusCreated, a.status, a.String())
		require.Less(t, a.took, 2*atOnce)
		young = append(young, a.body.Number)
		require.Equal(t, http.StatusOK, h.call(t.Context(), servers[i%2], "clerk", http.MethodGet, "/v1/cases/"+a.body.Number, "", nil).status,
			"after 201 the case can be read")
	}
	sent := map[string][]string{}
	var slowest time.Duration
	for _, number := range append(old, young...) {
		for i, d := range through(number) {
			a := h.do(t.Context(), servers[i%2], d)
			require.Equal(t, http.StatusAccepted, a.status, a.String())
			slowest = max(slowest, a.took)
			sent[number] = append(sent[number], d.key)
		}
	}
	require.Less(t, slowest, 2*atOnce)
	h.env.StartTemporal(t)
	began := time.Now()
	for number, keys := range sent {
		for _, key := range keys {
			h.until("the act is answered", func() bool { return h.status(key) == store.CommandDone })
		}
		require.Equal(t, keys, h.acts(number)[1:], "in the order they were recorded, after the filing")
	}
	t.Logf("slowest 202 %v; all %d acts done %v after Temporal's return", slowest.Round(time.Millisecond), len(sent)*6, time.Since(began).Round(time.Millisecond))
	people.more(8)
	people.rest()
	h.healed()
}

// PostgreSQL is stopped, killed and frozen while people work: 503 at once, and
// after its return open cases go on, what fell due has had its effect, and the
// log is complete.
func TestPostgresAway(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{}))
	servers := []*process{h.api(), h.api()}
	worker := h.worker()
	waits := h.filed(servers[0], false)
	h.done(servers[0], "clerk", waits, engine.Accept, "receive")
	due := h.dueOf(waits, "one")

	// The deadline of one opinion comes while PostgreSQL is away.
	h.moveTo(due.Add(-4*time.Second), waits)
	people := h.people(4, servers...)
	people.more(8)
	h.env.StopPostgres(t)
	for i, api := range servers {
		d := deed{officer(2), waits, engine.Claim, "two", newKey("away")}
		for _, a := range []answer{h.do(t.Context(), api, d), h.file(api, newKey("file"), false),
			h.call(t.Context(), api, "clerk", http.MethodGet, "/v1/cases/"+waits, "", nil)} {
			require.Equal(t, http.StatusServiceUnavailable, a.status, "api %d: %s", i, a)
			require.Equal(t, "store-away", a.body.Code)
			require.Less(t, a.took, atOnce)
		}
	}
	h.until("the instant is past", func() bool { return h.clock.Now().After(due) })
	h.env.StartPostgres(t)
	began := time.Now()
	h.until("silence has counted as agreement", func() bool {
		s, err := h.store.Steps(t.Context(), waits)
		return err == nil && endOf(s, "one") == engine.EndDefaulted
	})
	t.Logf("after its return the deadline took effect within %v", time.Since(began).Round(time.Millisecond))
	people.more(8)

	h.env.KillPostgres(t)
	h.env.StartPostgres(t)
	people.more(8)

	h.env.FreezePostgres(t)
	a := h.do(t.Context(), servers[0], deed{officer(2), waits, engine.Claim, "two", newKey("frozen")})
	t.Logf("frozen: %d after %v", a.status, a.took.Round(time.Millisecond))
	require.Equal(t, http.StatusServiceUnavailable, a.status, a.String())
	require.Less(t, a.took, 2*atOnce, "until it is known that nobody answers")
	a = h.file(servers[0], newKey("file"), false)
	require.Equal(t, http.StatusServiceUnavailable, a.status, a.String())
	require.Less(t, a.took, atOnce/3, "once it is known")
	worker.kill9() // and the worker in the middle of it
	h.env.ThawPostgres(t)
	h.worker()
	people.more(8)
	h.done(servers[1], officer(2), waits, engine.Agree, "two")
	people.rest()
	report := h.healed()
	require.Greater(t, report.Cases, 1)
	for _, e := range h.log(waits) {
		if e.Type == (engine.StepEnded{}).Type() && e.By.Kind == engine.System {
			require.Equal(t, due, e.At, "it counts from the instant it was due")
		}
	}
}

// Temporal keeps its own data in the same PostgreSQL, as in one folder on one
// machine. PostgreSQL is killed under both, then everything at once; nothing is
// lost when it is started again.
func TestOnePostgresForAll(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{OneCluster: true}))
	servers := []*process{h.api(), h.api()}
	worker := h.worker()
	people := h.people(4, servers...)
	people.more(8)
	h.env.KillPostgres(t)
	h.env.StartPostgres(t)
	people.more(8)
	people.rest()

	// People whose api is killed as well come back to another one.
	waits := h.filed(servers[0], true)
	h.done(servers[0], "clerk", waits, engine.Accept, "receive")
	acts := make([]deed, crowd)
	var wg sync.WaitGroup
	for i := range acts {
		acts[i] = deed{officer(i), waits, engine.Agree, opinion(i), newKey("agree")}
		wg.Go(func() { h.do(t.Context(), servers[i%2], acts[i]) })
	}
	h.until("some are done", func() bool { return h.logged(waits, acts[0].key) })
	worker.kill9()
	for _, api := range servers {
		api.kill9()
	}
	h.env.KillTemporal(t)
	h.env.KillPostgres(t)
	wg.Wait()
	h.env.StartPostgres(t)
	h.env.StartTemporal(t)
	h.worker()
	api := h.api()
	for _, d := range acts {
		wg.Go(func() {
			if a := h.persist(t.Context(), api, d); a.status != http.StatusOK {
				t.Errorf("%s: %s", d.step, a)
			}
		})
	}
	wg.Wait()
	h.healed()
}

// endOf is how a step has ended.
func endOf(steps []engine.StepRow, id string) engine.End {
	for _, s := range steps {
		if s.ID == id {
			return s.End
		}
	}
	return ""
}

// dueOf is when a clock of a case is due.
func (h *hall) dueOf(number, id string) time.Time {
	h.t.Helper()
	for _, c := range h.view(number).State.Clocks {
		if c.ID == id {
			return c.Due
		}
	}
	require.Fail(h.t, "no such clock", id)
	return time.Time{}
}

// moveTo moves the business clock and waits until cases know it.
func (h *hall) moveTo(to time.Time, numbers ...string) {
	h.t.Helper()
	ahead, err := h.clock.Advance(h.t.Context(), to)
	require.NoError(h.t, err)
	for _, number := range numbers {
		h.until("the case knows that the clock was moved", func() bool {
			view := h.view(number)
			return view.Offset >= ahead.Truncate(time.Microsecond) && view.Flushed == view.State.Seq
		})
	}
}

// A flush of a lost task stands in the log of a case that has never decided it.
// Nothing outside is told. Another person takes what it took; decided again it
// is refused, and nothing is left of it. Where nobody comes back, the tail is
// swept away, and the act, sent again later, is done then.
func TestGhost(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{}))
	api := h.selfish()
	worker := h.worker()
	taken, left := h.filed(api, false), h.filed(api, false)
	ghosts := map[string]deed{}
	for _, number := range []string{taken, left} {
		h.done(api, "clerk", number, engine.Accept, "receive")
		ghosts[number] = deed{officer(1), number, engine.Claim, "one", newKey("ghost")}
	}
	worker.kill9()
	waiting := make(chan answer, len(ghosts))
	for _, d := range ghosts {
		first := h.failing(dieAfterFlush, d.key)
		go func() { waiting <- h.do(t.Context(), api, d) }()
		first.hears("flushed")
		first.gone()
		require.True(t, h.logged(d.number, d.key))
	}
	api.kill9() // the caller is gone,
	h.env.KillTemporal(t)
	h.env.StartTemporal(t) // and with the server its memory of the updates
	for range ghosts {
		<-waiting
	}

	api = h.api()
	h.worker()
	h.done(api, officer(2), taken, engine.Claim, "one")
	require.False(t, h.logged(taken, ghosts[taken].key), "the other person's act has taken its place")
	a := h.persist(t.Context(), api, ghosts[taken])
	require.Equal(t, http.StatusConflict, a.status, a.String())
	require.Equal(t, string(engine.Claimed), a.body.Code)
	require.Nil(t, h.tellsOf(ghosts[taken].key), "nothing outside is told of it")

	h.until("the tail nobody has decided is swept away", func() bool { return !h.logged(left, ghosts[left].key) })
	require.Nil(t, h.tellsOf(ghosts[left].key), "nothing outside was told of it")
	a = h.persist(t.Context(), api, ghosts[left])
	require.Equal(t, http.StatusOK, a.status, a.String())
	h.until("now it is told", func() bool { return h.tellsOf(ghosts[left].key) != nil })
	h.healed()
	require.Nil(t, h.tellsOf(ghosts[taken].key))
}

// tellsOf gives the entry of the feed that tells of an act, nil when there is none.
func (h *hall) tellsOf(key string) *store.FeedEvent {
	h.t.Helper()
	var after store.FeedCursor
	for {
		list, err := h.store.FeedEvents(h.t.Context(), after, nil, 500)
		require.NoError(h.t, err)
		for i := range list {
			if list[i].Command == key {
				return &list[i]
			}
			after = list[i].Cursor
		}
		if len(list) == 0 {
			return nil
		}
	}
}
