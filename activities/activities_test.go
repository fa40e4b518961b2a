package activities_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"lianban/activities"
	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/standalone/pgtest"
	"lianban/store"
)

var filedAt = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

type ahead time.Duration

func (a ahead) Offset() time.Duration { return time.Duration(a) }

// bench is a store with one filed case, and the activities over it.
type bench struct {
	t       *testing.T
	store   *store.Store
	acts    *activities.Activities
	metrics *prometheus.Registry
	filed   contracttest.Filed
	number  string
	env     *testsuite.TestActivityEnvironment
}

func setup(t *testing.T) *bench {
	t.Helper()
	s, err := store.Open(t.Context(), pgtest.New(t, store.Migrate), store.Options{})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	b := &bench{t: t, store: s, metrics: prometheus.NewRegistry()}
	reply, err := s.StartCase(t.Context(), store.StartRequest{
		Key: "file", By: contracttest.Clerk, Code: "c", Body: []byte("{}"), At: filedAt,
	}, func(number string) (store.StartData, error) {
		b.filed = contracttest.File(t, number, filedAt, false)
		return store.StartData{
			Events: b.filed.Input.Opening, Rows: b.filed.Rows, Definition: b.filed.State.Definition, Reply: []byte(`{}`),
		}, nil
	})
	require.NoError(t, err)
	b.number = reply.Number
	b.use(s)
	return b
}

// use puts the activities over another store.
func (b *bench) use(s activities.Store) {
	b.metrics = prometheus.NewRegistry()
	b.acts = activities.New(s, ahead(time.Hour), activities.NewMetrics(b.metrics), nil)
	var suite testsuite.WorkflowTestSuite
	b.env = suite.NewTestActivityEnvironment()
	b.acts.Register(b.env)
}

// flushOf is the flush of one act on the filed case.
func (b *bench) flushOf(cmd engine.Command, fence int64) contract.FlushRequest {
	b.t.Helper()
	rules := contracttest.Rules(b.t)
	r := engine.Decide(rules, b.filed.State, cmd)
	require.Nil(b.t, r.Rejection)
	full := engine.Project(rules, r.State)
	return contract.FlushRequest{
		Case: b.number, First: b.filed.State.Seq + 1, Prev: b.filed.Input.Opening.Hash(), Fence: fence, Durable: b.filed.State.Seq,
		Events: engine.Seal(b.filed.Input.Opening.Hash(), r.Events), Changed: full.Since(b.filed.Rows), Full: full.All(),
	}
}

func (b *bench) accept(id string) engine.Command {
	return contracttest.Act(id, engine.Accept, contracttest.Clerk, filedAt.Add(time.Minute), "receive")
}

func (b *bench) flush(req contract.FlushRequest) (contract.FlushReply, error) {
	v, err := b.env.ExecuteActivity(contract.FlushActivity, req)
	if err != nil {
		return contract.FlushReply{}, err
	}
	var reply contract.FlushReply
	return reply, v.Get(&reply)
}

// count gives the value of a counter with all its labels.
func (b *bench) count(name string, labels ...string) float64 {
	b.t.Helper()
	families, err := b.metrics.Gather()
	require.NoError(b.t, err)
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
	metric:
		for _, m := range f.GetMetric() {
			for i, want := range labels {
				if m.GetLabel()[i].GetValue() != want {
					continue metric
				}
			}
			sum += m.GetCounter().GetValue()
		}
	}
	return sum
}

func TestFlushIsWritten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.flushOf(b.accept("c1"), 5)
	reply, err := b.flush(req)
	require.NoError(t, err)
	require.Empty(t, reply.Refused)
	require.Equal(t, req.Events.Last(), reply.LastSeq)
	require.Equal(t, time.Hour, reply.Offset)
	head, err := b.store.HeadOf(t.Context(), b.number)
	require.NoError(t, err)
	require.Equal(t, req.Events.Hash(), head.LastHash)
	require.Equal(t, int64(5), head.Fence)
	require.NotZero(t, head.Fence2, "the instant it was scheduled")
	require.Equal(t, 1.0, b.count("lianban_flush_total", "fallback", "written"))
	require.Equal(t, float64(len(req.Events)), b.count("lianban_flush_events_total"))

	reply, err = b.flush(req)
	require.NoError(t, err)
	require.Empty(t, reply.Refused, "a repeated attempt is the same flush")
}

// A case that leaves no event of its flushes writes by Write alone.
func TestWriteIsAFlushInsideTheTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.flushOf(b.accept("c1"), 5)
	reply := b.acts.Write(req)
	require.Empty(t, reply.Refused)
	require.Equal(t, time.Hour, reply.Offset)
	head, err := b.store.HeadOf(t.Context(), b.number)
	require.NoError(t, err)
	require.Equal(t, req.Events.Hash(), head.LastHash)
	require.NotZero(t, head.Fence2, "the instant it was called")
	require.Equal(t, 1.0, b.count("lianban_flush_total", "task", "written"))

	req.Fence = 4
	require.Equal(t, contract.ByFence, b.acts.Write(req).Refused, "a refusal is not tried again")
	require.Equal(t, 1.0, b.count("lianban_flush_total", "task", "fence"))
}

// failing fails a number of times before it does what it is asked.
type failing struct {
	activities.Store
	times  int
	fences map[int64]bool // the second parts seen
}

func (s *failing) Flush(ctx context.Context, f store.Flush) (store.FlushReply, error) {
	s.fences[f.Fence2] = true
	if s.times--; s.times >= 0 {
		return store.FlushReply{}, fmt.Errorf("flush: %w", store.ErrUnavailable)
	}
	return s.Store.Flush(ctx, f)
}

func TestWriteTriesAgainAndGivesUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.flushOf(b.accept("c1"), 5)
	away := &failing{Store: b.store, times: 2, fences: map[int64]bool{}}
	b.use(away)
	require.Empty(t, b.acts.Write(req).Refused)
	require.Len(t, away.fences, 1, "every attempt is the same flush")
	require.Equal(t, 2.0, b.count("lianban_flush_total", "task", "error"))

	away.times = 1 << 30
	began := time.Now()
	require.Equal(t, contract.ByOutage, b.acts.Write(req).Refused)
	require.GreaterOrEqual(t, time.Since(began), contract.FlushTotal)
}

// A worker that has lost its task writes late what it decided then. Another has
// decided since; the double changes nothing and is told so.
func TestSlowDoubleIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	double, winner := b.flushOf(b.accept("double"), 10), b.flushOf(b.accept("winner"), 11)
	_, err := b.flush(winner)
	require.NoError(t, err)
	reply, err := b.flush(double)
	require.NoError(t, err)
	require.Equal(t, contract.ByFence, reply.Refused)
	require.Equal(t, int64(11), reply.Fence, "what the next fence must be above")
	head, err := b.store.HeadOf(t.Context(), b.number)
	require.NoError(t, err)
	require.Equal(t, winner.Events.Hash(), head.LastHash)
	require.Equal(t, 1.0, b.count("lianban_flush_total", "fallback", "fence"))
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	gap := b.flushOf(b.accept("c1"), 5)
	gap.First += 3
	reply, err := b.flush(gap)
	require.NoError(t, err)
	require.Equal(t, contract.ByGap, reply.Refused)
	other := b.flushOf(b.accept("c1"), 5)
	other.Prev = other.Events[0].Hash
	reply, err = b.flush(other)
	require.NoError(t, err)
	require.Equal(t, contract.Diverged, reply.Refused)
}

// Rows the schema refuses are a bug. Repeating does not mend it: the case is told.
func TestSchemasRefusalIsAValue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.flushOf(b.accept("c1"), 5)
	full := req.Full()
	full.Case.Status, req.Changed.Case.Status = "nonsense", "nonsense"
	req.Full = full.All()
	reply, err := b.flush(req)
	require.NoError(t, err)
	require.Equal(t, contract.ByConstraint, reply.Refused)
	head, err := b.store.HeadOf(t.Context(), b.number)
	require.NoError(t, err)
	require.Equal(t, b.filed.State.Seq, head.LastSeq, "nothing half written")

	_, err = b.env.ExecuteActivity(contract.AlarmActivity, contract.Alarm{Case: b.number, Code: "flush-constraint", Seq: 3})
	require.NoError(t, err)
	head, err = b.store.HeadOf(t.Context(), b.number)
	require.NoError(t, err)
	require.Equal(t, "flush-constraint", head.Alarm)
	require.Equal(t, 1.0, b.count("lianban_case_alarm_total", "flush-constraint"))
	_, err = b.env.ExecuteActivity(contract.AlarmActivity, contract.Alarm{Case: "nowhere", Code: "flush-gap"})
	require.NoError(t, err, "a case without rows is known by log and metrics")
}

// strange answers as a store that is away, or newer than this program.
type strange struct {
	activities.Store
	reply store.FlushReply
	err   error
}

func (s strange) Flush(context.Context, store.Flush) (store.FlushReply, error) { return s.reply, s.err }

func TestFaultsAreErrors(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.flushOf(b.accept("c1"), 5)
	b.use(strange{b.store, store.FlushReply{}, fmt.Errorf("flush: %w", store.ErrUnavailable)})
	_, err := b.flush(req)
	require.ErrorContains(t, err, "not available")
	require.Equal(t, 1.0, b.count("lianban_flush_total", "fallback", "error"))
	b.use(strange{b.store, store.FlushReply{Refused: "moon"}, nil})
	_, err = b.flush(req)
	require.ErrorContains(t, err, "moon", "never taken for written")
}

func TestHead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ask := func(number string) (reply contract.HeadReply, err error) {
		v, err := b.env.ExecuteActivity(contract.HeadActivity, contract.HeadRequest{Case: number})
		if err == nil {
			err = v.Get(&reply)
		}
		return reply, err
	}
	got, err := ask(b.number)
	require.NoError(t, err)
	require.Equal(t, b.filed.State.Seq, got.LastSeq)
	require.Equal(t, b.filed.Input.Opening.Hash(), got.LastHash)
	require.NotZero(t, got.Offset)
	_, err = ask("none")
	require.Error(t, err)
}

func TestEarlierIntents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, id := range []string{"c1", "c2", "c3"} {
		cmd := b.accept(id)
		cmd.At = filedAt.Add(time.Duration(i+1) * time.Minute)
		body, err := contract.EncodeCommand(cmd)
		require.NoError(t, err)
		if id == "c2" {
			body = []byte("not JSON")
		}
		_, _, err = b.store.RecordCommand(t.Context(), store.Intent{Key: id, Case: b.number, Act: cmd.Do, By: cmd.By, Body: body, At: cmd.At})
		require.NoError(t, err)
	}
	ask := func(req contract.IntentsRequest) (ids []string) {
		v, err := b.env.ExecuteActivity(contract.IntentsActivity, req)
		require.NoError(t, err)
		var reply contract.IntentsReply
		require.NoError(t, v.Get(&reply))
		require.False(t, reply.More)
		require.Equal(t, time.Hour, reply.Offset)
		for _, cmd := range reply.Commands {
			require.Equal(t, contracttest.Clerk, cmd.By, "with the roles it was sent with")
			ids = append(ids, cmd.ID)
		}
		return ids
	}
	require.Equal(t, []string{"c1", "c3"}, ask(contract.IntentsRequest{Case: b.number, Before: filedAt.Add(time.Hour)}))
	require.Equal(t, 1.0, b.count("lianban_unreadable_intents_total"))
	require.Equal(t, []string{"c1"}, ask(contract.IntentsRequest{Case: b.number, Before: filedAt.Add(3 * time.Minute)}))
	require.Equal(t, []string{"c3"}, ask(contract.IntentsRequest{Case: b.number, Before: filedAt.Add(time.Hour), Known: []string{"c1"}}))
}

func TestEarlierIntentsComeInPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	n := contract.IntentsPage + 7
	for i := range n {
		cmd := b.accept(fmt.Sprintf("c%03d", i))
		body, err := contract.EncodeCommand(cmd)
		require.NoError(t, err)
		_, _, err = b.store.RecordCommand(t.Context(), store.Intent{Key: cmd.ID, Case: b.number, Act: cmd.Do, By: cmd.By, Body: body, At: cmd.At})
		require.NoError(t, err)
	}
	req := contract.IntentsRequest{Case: b.number, Before: filedAt.Add(24 * time.Hour)}
	for _, want := range []int{contract.IntentsPage, 7} {
		v, err := b.env.ExecuteActivity(contract.IntentsActivity, req)
		require.NoError(t, err)
		var reply contract.IntentsReply
		require.NoError(t, v.Get(&reply))
		require.Len(t, reply.Commands, want)
		require.Equal(t, want == contract.IntentsPage, reply.More)
		for _, cmd := range reply.Commands {
			req.Known = append(req.Known, cmd.ID)
		}
	}
	require.Len(t, req.Known, n)
}

func TestStoreAwayIsAnError(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.store.Close()
	_, err := b.env.ExecuteActivity(contract.IntentsActivity, contract.IntentsRequest{Case: b.number, Before: filedAt})
	require.Error(t, err)
	require.False(t, errors.Is(err, context.Canceled))
	_, err = b.flush(b.flushOf(b.accept("c1"), 5))
	require.Error(t, err)
}
