package fault_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/engine"
	"lianban/standalone/devtest"
	"lianban/store"
)

// A case continues as a new run every dozen acts while thirty people act on it
// through two apis and its workers are killed one after the other: nothing lost,
// nothing doubled, and nobody is refused.
func TestContinueAsNewUnderKills(t *testing.T) {
	t.Parallel()
	const each, kills = 6, 5
	h := open(t, devtest.Shared(t))
	servers := []*process{h.api(), h.api()}
	workers := []*process{h.worker(), h.worker()}
	number := h.filedShort(12)
	h.until("a sweeper has started it", func() bool {
		intent, err := h.store.StartIntentOf(t.Context(), number)
		return err == nil && intent.Started
	})
	h.done(servers[0], "clerk", number, engine.Accept, "receive")

	answered := make(chan struct{}, crowd*each)
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Go(func() {
			for n := range each {
				do := engine.Claim
				if n%2 == 1 {
					do = engine.Release
				}
				a := h.persist(t.Context(), servers[i%2], deed{officer(i), number, do, opinion(i), newKey(string(do))})
				if a.status != http.StatusOK {
					t.Errorf("%s by %s: %s", do, officer(i), a)
				}
				answered <- struct{}{}
			}
		})
	}
	for n := range crowd * each {
		select {
		case <-answered:
		case <-time.After(patience):
			require.Fail(t, "an act was never answered", "%d of %d were", n, crowd*each)
		}
		if n%(crowd*each/kills) == 10 {
			workers[0].kill9()
			workers = append(workers[1:], h.worker())
		}
	}
	wg.Wait()
	report := h.healed()
	require.Greater(t, report.Runs, 8)
	require.Equal(t, crowd*each+1, report.Outcomes, "every act has its outcome in history once")
}

// filedShort files a case whose runs are short. It is stored the way the api
// stores it, and started by the apis' sweepers.
func (h *hall) filedShort(maxActs int) string {
	h.t.Helper()
	ctx := h.t.Context()
	version, err := h.store.Definition(ctx, h.item, "1")
	require.NoError(h.t, err)
	days, err := h.store.LatestCalendar(ctx, region)
	require.NoError(h.t, err)
	rules, bundle := h.rules(version, days)
	cmd := engine.Command{
		ID: newKey("file"), Do: engine.File, At: h.clock.Now(),
		By:      engine.Actor{Kind: engine.Person, ID: "a-clerk", Org: "org-hall", Roles: []string{engine.RoleClerk}},
		Parties: map[string]string{"hall": "org-hall", "lead": "org-lead", "dept": "org-dept"},
		Args: engine.Args{
			Region: region, Channel: "window", Answers: map[string]any{"everybody": true},
			Form: map[string]any{"applicant": map[string]any{"name": "某某"}},
		},
	}
	reply, err := h.store.StartCase(ctx, store.StartRequest{Key: cmd.ID, By: cmd.By, Code: h.item, Body: []byte("{}"), At: cmd.At},
		func(number string) (store.StartData, error) {
			cmd.Args.Number = number
			r := engine.Decide(rules, nil, cmd)
			if r.Rejection != nil {
				return store.StartData{}, r.Rejection
			}
			sealed := engine.Seal("", r.Events)
			input, err := contract.EncodeStart(contract.StartInput{Number: number, Opening: sealed, MaxActs: maxActs}, bundle)
			return store.StartData{
				Events: sealed, Rows: engine.Project(rules, r.State), Definition: rules.Plan.Hash, Input: input,
				Reply: json.RawMessage(fmt.Sprintf(`{"number":%q}`, number)),
			}, err
		})
	require.NoError(h.t, err)
	return reply.Number
}

// The business clock is moved forward: real timers ring, of cases whose worker
// was away as well, each expiry at its instant. It never goes back.
func TestClockMovesForwardOnly(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	api, other := h.api(), h.api()
	worker := h.worker()
	silent, acting := h.filed(api, false), h.filed(api, false)
	h.done(api, "clerk", acting, engine.Accept, "receive")
	acceptance, opinion := h.dueOf(silent, "receive"), h.dueOf(acting, "one")

	move := func(to time.Time) answer {
		return h.call(t.Context(), api, "clerk", http.MethodPost, "/v1/clock/advance", newKey("move"), map[string]any{"to": to})
	}
	worker.kill9() // nobody is there when it moves
	target := acceptance
	if opinion.After(target) {
		target = opinion
	}
	a := move(target.Add(time.Minute))
	require.Equal(t, http.StatusOK, a.status, a.String())
	h.worker()
	h.until("acceptance by silence", func() bool {
		c, err := h.store.CaseByNumber(t.Context(), silent)
		return err == nil && c.Status == engine.Accepted
	})
	for _, e := range h.log(silent) {
		if e.Type == (engine.CaseAccepted{}).Type() {
			require.Equal(t, acceptance, e.At)
		}
	}
	h.until("silence of a party", func() bool {
		s, err := h.store.Steps(t.Context(), acting)
		return err == nil && endOf(s, "one") == engine.EndDefaulted
	})

	before := map[string][]string{silent: h.chain(silent), acting: h.chain(acting)}
	a = move(acceptance)
	require.Equal(t, http.StatusUnprocessableEntity, a.status, a.String())
	require.Equal(t, "clock-backward", a.body.Code)
	ahead, err := h.store.BusinessAhead(t.Context())
	require.NoError(t, err)
	still, err := h.store.MoveBusinessClock(t.Context(), ahead-time.Hour)
	require.NoError(t, err)
	require.Equal(t, ahead, still, "of two moves the farther one counts")
	for number, chain := range before {
		require.Equal(t, chain, h.chain(number))
	}

	// Both apis are at the moved time, and an act counts from it.
	d := deed{officer(2), acting, engine.Agree, "two", newKey("agree")}
	done := h.do(t.Context(), other, d)
	require.Equal(t, http.StatusOK, done.status, done.String())
	require.True(t, done.body.At.After(opinion), "%s is not after %s", done.body.At, opinion)
	h.healed()
}
