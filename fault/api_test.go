package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/standalone/devtest"
)

// The same key at two api processes at the same moment: one effect and the same
// answer. The same key with another act is refused and changes nothing.
func TestSameKeyAtTwoServers(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	servers := []*process{h.api(), h.api()}
	h.worker()
	const rounds = 6
	for range rounds {
		both := func(send func(api *process) answer) answer {
			var wg sync.WaitGroup
			got := make([]answer, 2*len(servers))
			for i := range got {
				wg.Go(func() { got[i] = send(servers[i%len(servers)]) })
			}
			wg.Wait()
			for _, a := range got {
				require.NoError(t, a.err)
				require.Equal(t, got[0].status, a.status, "%s / %s", got[0], a)
				require.Equal(t, got[0].body.Number, a.body.Number)
				require.Equal(t, got[0].body.Seq, a.body.Seq)
				require.Equal(t, got[0].body.At, a.body.At)
				require.Equal(t, got[0].body.Code, a.body.Code)
			}
			return got[0]
		}
		filing := newKey("file")
		a := both(func(api *process) answer { return h.file(api, filing, false) })
		require.Equal(t, http.StatusCreated, a.status, a.String())
		number := a.body.Number
		accept := deed{"clerk", number, engine.Accept, "receive", newKey("accept")}
		a = both(func(api *process) answer { return h.do(t.Context(), api, accept) })
		require.Equal(t, http.StatusOK, a.status, a.String())
		late := deed{"clerk", number, engine.Accept, "receive", newKey("late")}
		a = both(func(api *process) answer { return h.do(t.Context(), api, late) })
		require.Equal(t, http.StatusConflict, a.status, a.String())

		before := h.chain(number)
		for name, other := range map[string]deed{
			"another act":    {"clerk", number, engine.Claim, "receive", accept.key},
			"another step":   {"clerk", number, engine.Accept, "one", accept.key},
			"another person": {officer(1), number, engine.Agree, "one", accept.key},
		} {
			for _, api := range servers {
				a := h.call(t.Context(), api, other.who, http.MethodPost, "/v1/cases/"+number+"/acts/"+string(other.do), other.key, map[string]any{"step": other.step})
				require.Equal(t, "key-reused", a.body.Code, "%s: %s", name, a)
			}
		}
		require.Equal(t, before, h.chain(number), "a reused key has changed nothing")
	}
	report := h.healed()
	require.Equal(t, rounds, report.Cases, "each filing has made one case")
}

// An api is killed in the middle of a request: while it waits for PostgreSQL,
// for Temporal, and for the worker. The client repeats at another one, under the
// same key.
func TestServerKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.New(t, devtest.Options{}))
	other := h.api()
	worker := h.worker()
	number := h.filed(other, true)
	h.done(other, "clerk", number, engine.Accept, "receive")

	recorded := func(key string) func() bool { return func() bool { return h.status(key) != "" } }
	for i, c := range []struct {
		where        string
		freeze, thaw func()
		reached      func(key string) func() bool
	}{
		{"before the worker's answer", func() { require.NoError(t, worker.Freeze()) }, func() { require.NoError(t, worker.Thaw()) }, recorded},
		{"before Temporal's answer", func() { h.env.FreezeTemporal(t) }, func() { h.env.ThawTemporal(t) }, recorded},
		{"before PostgreSQL's answer", func() { h.env.FreezePostgres(t) }, func() { h.env.ThawPostgres(t) }, nil},
	} {
		victim := h.api()
		d := deed{officer(i), number, engine.Agree, opinion(i), newKey("agree")}
		c.freeze()
		broken := make(chan answer, 1)
		go func() { broken <- h.do(t.Context(), victim, d) }()
		if c.reached != nil {
			h.until(c.where, c.reached(d.key))
		}
		victim.kill9()
		require.Error(t, (<-broken).err, c.where)
		c.thaw()
		a := h.persist(t.Context(), other, d)
		require.Equal(t, http.StatusOK, a.status, "%s: %s", c.where, a)
		again := h.persist(t.Context(), h.api(), d)
		require.Equal(t, a.body, again.body, c.where)
	}

	// A filing, killed while it is under way: one case, however often it is repeated.
	victim := h.api()
	key := newKey("file")
	h.env.FreezeTemporal(t)
	broken := make(chan answer, 1)
	go func() { broken <- h.file(victim, key, false) }()
	h.until("the filing is stored", recorded(key))
	victim.kill9()
	<-broken // it may have been answered just before
	h.env.ThawTemporal(t)
	a := h.file(other, key, false)
	require.Equal(t, http.StatusCreated, a.status, a.String())
	h.until("the case is started by another one", func() bool {
		intent, err := h.store.StartIntentOf(t.Context(), a.body.Number)
		return err == nil && intent.Started
	})
	report := h.healed()
	require.Equal(t, 2, report.Cases)
}

// persist repeats an act under its key until it is decided, as a client does
// that gets 202, 503 or nothing.
func (h *hall) persist(ctx context.Context, api *process, d deed) answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		a := h.do(ctx, api, d)
		if a.err == nil && a.status != http.StatusAccepted && a.status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return a
		}
	}
}

// Eleven and then thirty people act on one case at the same moment, at two api
// processes: everybody's act is done.
func TestManyPeopleOnOneCase(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	servers := []*process{h.api(), h.api()}
	h.worker()
	for _, people := range []int{11, crowd} {
		number := h.filed(servers[0], true)
		h.done(servers[0], "clerk", number, engine.Accept, "receive")
		for _, do := range []engine.Act{engine.Claim, engine.Agree} {
			var wg sync.WaitGroup
			got := make([]answer, people)
			for i := range people {
				wg.Go(func() {
					got[i] = h.do(t.Context(), servers[i%2], deed{officer(i), number, do, opinion(i), newKey(string(do))})
				})
			}
			wg.Wait()
			slowest := got[0].took
			for i, a := range got {
				require.Equal(t, http.StatusOK, a.status, "%d people, %s by %s: %s", people, do, officer(i), a)
				slowest = max(slowest, a.took)
			}
			t.Logf("%d people: %s, the slowest answer after %v", people, do, slowest.Round(1e6))
		}
	}

	// All thirty reach for the same piece of work: one has it, the others are told who was first.
	number := h.filed(servers[0], false)
	h.done(servers[0], "clerk", number, engine.Accept, "receive")
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := map[string]int{}
	for i := range crowd {
		wg.Go(func() {
			a := h.do(t.Context(), servers[i%2], deed{officer(i), number, engine.Agree, "two", newKey("agree")})
			mu.Lock()
			defer mu.Unlock()
			count[fmt.Sprintf("%d %s", a.status, a.body.Code)]++
		})
	}
	wg.Wait()
	require.Equal(t, map[string]int{"200 ": 1, "409 not-open": crowd - 1}, count)
	h.healed()
}
