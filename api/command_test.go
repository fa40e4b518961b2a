package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/standalone/devtest"
	"lianban/store"
)

// effects counts the log's events by the command that caused them: an act done
// twice shows as two runs of one.
func (r *rig) effects(number string) map[string][]string {
	r.t.Helper()
	events, err := r.store.Timeline(r.t.Context(), number, 0, 5000)
	require.NoError(r.t, err)
	out := map[string][]string{}
	for _, e := range events {
		out[e.Command] = append(out[e.Command], e.Type)
	}
	return out
}

func TestOneKeyAtTwoServersIsOneEffect(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	second, _ := r.serve(rigOptions{})
	for range 5 {
		key := uuid.NewString()
		body := r.application()
		var got [4]answer
		var wg sync.WaitGroup
		for i := range got {
			url := []string{r.url, second}[i%2]
			wg.Go(func() {
				var err error
				if got[i], err = r.try(req{url: url, method: "POST", path: "/v1/cases", as: "clerk", key: key, body: body}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		codes, numbers := 0, map[string]bool{}
		for _, a := range got {
			require.Equal(t, 201, a.status, string(a.body))
			var s gen.Started
			a.into(t, &s)
			numbers[s.Number] = true
			if s.TrackCode != "" {
				codes++
			}
		}
		require.Len(t, numbers, 1)
		require.Equal(t, 1, codes, "the code is shown once")
		for number := range numbers {
			q := r.acting("clerk", number, "accept", "receive", nil)
			q.key = uuid.NewString()
			for i := range got {
				q := q
				q.url = []string{r.url, second}[i%2]
				wg.Go(func() {
					var err error
					if got[i], err = r.try(q); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, a := range got {
				require.Equal(t, 200, a.status, string(a.body))
				require.JSONEq(t, string(got[0].body), string(a.body))
			}
			accepted := 0
			for _, e := range r.effects(number)[q.key] {
				if e == "CaseAccepted" {
					accepted++
				}
			}
			require.Equal(t, 1, accepted)
		}
	}
}

func TestManyPeopleOnOneCaseAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	body := r.application()
	body["answers"] = map[string]any{"wide": true}
	var s gen.Started
	r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body}).into(t, &s)
	r.must("clerk", s.Number, "accept", "receive", nil)
	_, err := r.token(r.url, "one")
	require.NoError(t, err)
	// Claim and release each opinion over and over, many at once; nobody's act is thrown away.
	steps := []string{"one", "three", "four", "five", "six", "seven", "eight"}
	var wg sync.WaitGroup
	for _, step := range steps {
		wg.Go(func() {
			for range 4 {
				for _, act := range []string{"claim", "release"} {
					if a, err := r.try(r.acting("one", s.Number, act, step, nil)); err != nil || a.status != 200 {
						t.Errorf("%s %s: %d %s %v", act, step, a.status, a.body, err)
					}
				}
			}
		})
	}
	wg.Wait()
	claims := 0
	for _, types := range r.effects(s.Number) {
		for _, e := range types {
			if e == "TaskClaimed" {
				claims++
			}
		}
	}
	require.Equal(t, 4*len(steps), claims)
}

func TestTemporalAwayNothingIsLost(t *testing.T) {
	t.Parallel()
	env := devtest.New(t, devtest.Options{})
	r := newRig(t, rigOptions{env: env, wait: 5 * time.Second})
	open, _ := r.file()
	env.KillTemporal(t)

	r.eventually("the server notices", func() bool {
		var h gen.Health
		a, err := r.try(req{method: "GET", path: "/readyz"})
		return err == nil && json.Unmarshal(a.body, &h) == nil && h.Ok && !h.Temporal
	})
	// Starts are 201 and readable, acts 202 with an address to ask at.
	number, _ := r.file()
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/cases/" + number, as: "clerk"}).status)
	before := r.seq(open)
	type sent struct{ key, number, act string }
	var acts []sent
	for _, n := range []string{open, number} {
		q := r.acting("clerk", n, "accept", "receive", nil)
		q.key = uuid.NewString()
		a := r.do(q)
		require.Equal(t, 202, a.status, string(a.body))
		require.Equal(t, "/v1/commands/"+q.key, a.header.Get("Location"))
		require.Equal(t, 202, r.do(q).status, "asked again, still waiting")
		acts = append(acts, sent{q.key, n, "CaseAccepted"})
		q = r.acting("one", n, "agree", "one", nil)
		q.key = uuid.NewString()
		require.Equal(t, 202, r.do(q).status)
		acts = append(acts, sent{q.key, n, "StepEnded"})
	}
	require.Equal(t, before, r.seq(open))
	var c gen.Command
	r.do(req{method: "GET", path: "/v1/commands/" + acts[0].key, as: "clerk"}).into(t, &c)
	require.Equal(t, gen.CommandStateWaiting, c.State)

	env.StartTemporal(t)
	for _, x := range acts {
		r.eventually("the sweeper applies "+x.act, func() bool {
			got, err := r.store.CommandByKey(t.Context(), x.key)
			return err == nil && got.Status == store.CommandDone
		})
		require.Contains(t, r.effects(x.number)[x.key], x.act)
	}
	r.must("two", number, "agree", "two", nil)
}

// Acts count in the order they were recorded, also those that come the moment
// Temporal is back, before any sweeper has looked.
func TestNoActOvertakesOneLeftBehind(t *testing.T) {
	t.Parallel()
	env := devtest.New(t, devtest.Options{})
	r := newRig(t, rigOptions{env: env, wait: 5 * time.Second, sweep: time.Hour})
	number, _ := r.file()
	env.KillTemporal(t)
	r.eventually("the server notices", func() bool {
		var h gen.Health
		a, err := r.try(req{method: "GET", path: "/readyz"})
		return err == nil && json.Unmarshal(a.body, &h) == nil && !h.Temporal
	})
	keys := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}
	for i, q := range []req{r.acting("clerk", number, "accept", "receive", nil), r.acting("one", number, "claim", "one", nil)} {
		q.key = keys[i]
		a := r.do(q)
		require.Equal(t, 202, a.status, string(a.body))
	}
	env.StartTemporal(t)
	r.eventually("the server notices", func() bool {
		var h gen.Health
		a, err := r.try(req{method: "GET", path: "/readyz"})
		return err == nil && json.Unmarshal(a.body, &h) == nil && h.Temporal
	})
	last := r.acting("two", number, "agree", "two", nil)
	last.key = keys[2]
	r.eventually("the act is done", func() bool { return r.do(last).status == 200 })
	var order []string
	events, err := r.store.Timeline(t.Context(), number, 0, 1000)
	require.NoError(t, err)
	for _, e := range events {
		if slices.Contains(keys, e.Command) && !slices.Contains(order, e.Command) {
			order = append(order, e.Command)
		}
	}
	require.Equal(t, keys, order)
	for _, k := range keys {
		r.eventually("answered", func() bool {
			c, err := r.store.CommandByKey(t.Context(), k)
			return err == nil && c.Status == store.CommandDone
		})
	}
}

func TestPostgresAwayIs503AndNothingIsDone(t *testing.T) {
	t.Parallel()
	env := devtest.New(t, devtest.Options{})
	r := newRig(t, rigOptions{env: env})
	number, _ := r.file()
	body := r.application()
	_, err := r.token(r.url, "clerk")
	require.NoError(t, err)
	env.KillPostgres(t)

	start := req{method: "POST", path: "/v1/cases", as: "clerk", key: uuid.NewString(), body: body}
	accept := r.acting("clerk", number, "accept", "receive", nil)
	accept.key = uuid.NewString()
	began := time.Now()
	for _, q := range []req{start, accept, {method: "GET", path: "/v1/cases", as: "clerk"}} {
		a := r.do(q)
		a.problem(t, http.StatusServiceUnavailable, "store-away")
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
	require.Less(t, time.Since(began), 15*time.Second)
	require.Equal(t, 503, r.do(req{method: "GET", path: "/readyz"}).status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/healthz"}).status)

	env.StartPostgres(t)
	r.eventually("ready again", func() bool {
		a, err := r.try(req{method: "GET", path: "/readyz"})
		return err == nil && a.status == 200
	})
	require.Equal(t, 1, r.count(), "the refused filing left nothing")
	require.NotContains(t, r.effects(number), accept.key)
	require.Equal(t, 201, r.do(start).status)
	require.Equal(t, 200, r.do(accept).status)
	require.Equal(t, 2, r.count())

	// One that hangs is answered too, if not at once.
	env.FreezePostgres(t)
	r.do(req{method: "GET", path: "/v1/cases", as: "clerk"}).problem(t, http.StatusServiceUnavailable, "store-away")
	env.ThawPostgres(t)
	r.eventually("ready once more", func() bool {
		a, err := r.try(req{method: "GET", path: "/readyz"})
		return err == nil && a.status == 200
	})
}

// A server that dies between recording and sending leaves the act to another one.
func TestAnActOfADeadServerIsSweptByAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	key := uuid.NewString()
	cmd := engine.Command{Do: engine.Accept, By: engine.Actor{Kind: engine.Person, ID: "a-clerk", Org: "org-hall", Roles: []string{engine.RoleClerk}}, Step: "receive"}
	r.record(key, number, cmd)
	r.eventually("the sweeper sends it", func() bool {
		c, err := r.store.CommandByKey(t.Context(), key)
		return err == nil && c.Status == store.CommandDone
	})
	require.Contains(t, r.effects(number)[key], "CaseAccepted")
	var c gen.Command
	r.do(req{method: "GET", path: "/v1/commands/" + key, as: "clerk"}).into(t, &c)
	require.Equal(t, gen.CommandStateDone, c.State)
	require.Equal(t, r.seq(number), c.Seq)
}

// What an act has come to is read off the case's log while nobody has written its answer: whoever was
// told that it is done, by this server or another, must not read that it waits.
func TestAnActInTheLogIsDoneThoughItsAnswerIsNotWritten(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{sweep: time.Hour})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	key := uuid.NewString()
	cmd := engine.Command{Do: engine.Agree, By: engine.Actor{Kind: engine.Person, ID: "a-one", Org: "org-dept", Roles: []string{engine.RoleHandle}}, Step: "one"}
	r.record(key, number, cmd)
	asked := func() (c gen.Command) {
		r.do(req{method: "GET", path: "/v1/commands/" + key, as: "one"}).into(t, &c)
		return c
	}
	require.Equal(t, gen.CommandStateWaiting, asked().State)

	recorded, err := r.store.CommandByKey(t.Context(), key)
	require.NoError(t, err)
	cmd.ID, cmd.At = key, recorded.RecordedAt
	reply, fate, err := contract.Do(t.Context(), r.temporal, contract.UpdateOptions(number, cmd))
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Nil(t, reply.Rejection)
	_, err = r.store.Confirm(t.Context(), []store.Confirmed{{Case: number, Seq: reply.Seq, Hash: reply.Hash}})
	require.NoError(t, err)

	c := asked()
	require.Equal(t, gen.CommandStateDone, c.State)
	require.Equal(t, reply.Seq, c.Seq)
	recorded, err = r.store.CommandByKey(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, store.CommandPending, recorded.Status, "nothing was written for it")
}

// Rows of an act whose decision was lost with its worker go away when the same
// act, decided again, is refused.
func TestARefusalRemovesRowsOfALostDecision(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	r.eventually("all is confirmed", func() bool {
		h, err := r.store.HeadOf(t.Context(), number)
		return err == nil && h.Confirmed == h.LastSeq
	})
	rows, head, err := r.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	var task string
	for _, k := range rows.Tasks {
		if k.Step == "two" {
			task = k.ID
		}
	}
	ghost := engine.Seal(head.LastHash, []engine.Event{{
		Seq: head.LastSeq + 1, At: r.clock.Now(), Type: "TaskClaimed", Body: engine.TaskClaimed{Task: task},
		By: engine.Who{Kind: engine.Person, ID: "a-two", Org: "org-other"}, Command: "lost-with-its-worker", Do: engine.Claim,
	}})
	reply, err := r.store.Flush(t.Context(), store.Flush{
		Case: number, First: head.LastSeq + 1, Prev: head.LastHash, Fence: head.Fence, Fence2: head.Fence2 + 1, Events: ghost, Changed: rows, Full: rows.All(),
	})
	require.NoError(t, err)
	require.Equal(t, store.Written, reply.Refused)
	require.Equal(t, head.LastSeq+1, r.seq(number))

	r.act("stranger", number, "agree", "one", nil).problem(t, 403, "not-allowed")
	r.eventually("the row is gone", func() bool { return r.seq(number) == head.LastSeq })
	require.NotContains(t, r.effects(number), "lost-with-its-worker")
}

func TestTheFeedSkipsNothingAndTheStreamResumes(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.finish(number)
	other, _ := r.file()
	want := int64(0)
	r.eventually("all is confirmed", func() bool {
		h, err := r.store.HeadOf(t.Context(), number)
		want = h.LastSeq
		return err == nil && h.Confirmed == h.LastSeq
	})
	pages := func(as string, limit string) (out []gen.FeedEvent) {
		after := ""
		for range 200 {
			var page gen.EventPage
			a := r.do(req{method: "GET", path: "/v1/events?limit=" + limit + after, as: as})
			require.Equal(t, 200, a.status, string(a.body))
			a.into(t, &page)
			if len(page.Events) == 0 {
				return out
			}
			out = append(out, page.Events...)
			after = "&after=" + page.Next
		}
		return out
	}
	r.eventually("it is published", func() bool { return int64(len(ofCase(pages("lead", "200"), number))) == want })
	small := ofCase(pages("lead", "3"), number)
	require.Len(t, small, int(want))
	for i, e := range small {
		require.Equal(t, int64(i+1), e.Seq)
	}
	r.eventually("the other case is published", func() bool { return len(ofCase(pages("supervisor", "200"), other)) > 0 })
	require.Empty(t, pages("stranger", "200"), "an organisation hears of its own cases only")

	// The stream goes on where it was cut, from the middle of what one act caused.
	// Between two cases the feed has the order in which they became certain; the
	// stream has the same.
	from, all := small[4], pages("lead", "200")
	rest := all[1+slices.IndexFunc(all, func(e gen.FeedEvent) bool { return e.Cursor == from.Cursor }):]
	got := r.stream("lead", from.Cursor, len(rest))
	require.Equal(t, rest, got)
	mine := ofCase(got, number)
	require.Len(t, mine, int(want)-5)
	for i, e := range mine {
		require.Equal(t, from.Seq+int64(i)+1, e.Seq)
	}
	// Without an id it starts now, and tells what happens next.
	live := make(chan []gen.FeedEvent, 1)
	opened := make(chan struct{})
	go func() { live <- r.listen("clerk", "", 1, opened) }()
	<-opened
	third, _ := r.file()
	require.Equal(t, third, (<-live)[0].Number)
}

func ofCase(list []gen.FeedEvent, number string) (out []gen.FeedEvent) {
	for _, e := range list {
		if e.Number == number {
			out = append(out, e)
		}
	}
	return out
}

func (r *rig) stream(as, last string, n int) []gen.FeedEvent {
	return r.listen(as, last, n, make(chan struct{}))
}

// listen reads n events of the live stream; opened is closed when it stands.
func (r *rig) listen(as, last string, n int, opened chan struct{}) (out []gen.FeedEvent) {
	token, err := r.token(r.url, as)
	if err != nil {
		r.t.Error(err)
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, "GET", r.url+"/v1/events/stream", nil)
	if err != nil {
		r.t.Error(err)
		return nil
	}
	q.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		q.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	id := ""
	for len(out) < n && lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, ": open"):
			close(opened)
		case strings.HasPrefix(line, "id: "):
			id = strings.TrimPrefix(line, "id: ")
		case strings.HasPrefix(line, "data: "):
			var e gen.FeedEvent
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &e); err != nil || e.Cursor != id {
				r.t.Errorf("event %s under id %s: %v", e.Cursor, id, err)
			}
			out = append(out, e)
		}
	}
	if len(out) < n {
		r.t.Errorf("the stream ended after %d of %d events: %v", len(out), n, lines.Err())
	}
	return out
}

func TestTheClockMovesForwardAndTimersFire(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	key := uuid.NewString()
	move := req{method: "POST", path: "/v1/clock/advance", key: key, body: map[string]any{"by": 30 * 24 * 3600}}
	var at gen.BusinessClock
	r.do(move).into(t, &at)
	require.True(t, at.Movable)
	ahead := r.clock.Offset()
	require.GreaterOrEqual(t, ahead, 30*24*time.Hour-time.Minute)
	require.Equal(t, 200, r.do(move).status)
	require.Less(t, r.clock.Offset()-ahead, time.Hour, "a repeated key moves once")

	r.eventually("acceptance by silence", func() bool {
		v, err := r.store.CaseByNumber(t.Context(), number)
		return err == nil && len(v.Flags) > 0
	})
	var c gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + number, as: "clerk"}).into(t, &c)
	require.Contains(t, c.Case.Flags, "deemed")
	back := map[string]any{"to": time.Now().Add(24 * time.Hour)}
	refused := r.do(req{method: "POST", path: "/v1/clock/advance", body: back}).problem(t, 422, "clock-backward")
	require.Contains(t, refused.Expected.ZH, "+08:00", "times are told as people here read them")
	r.do(req{method: "POST", path: "/v1/clock/advance", body: map[string]any{}}).problem(t, 400, "bad-request")
}
