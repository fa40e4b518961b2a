package workflows_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/standalone/devtest"
	"lianban/store"
	"lianban/workflows"
)

// envNoCache makes the test process keep no workflow in memory, so that every
// workflow task replays the case from its first event.
const envNoCache = "LIANBAN_TEST_NO_CACHE"

func TestMain(m *testing.M) {
	if os.Getenv(envNoCache) != "" {
		worker.SetStickyWorkflowCacheSize(0)
	}
	os.Exit(m.Run())
}

// hall is a whole runtime of its own, without the api: a database, a task queue
// with a worker, and the way an act takes: recorded, sent, answered.
type hall struct {
	t      testing.TB
	env    *devtest.Env
	client client.Client
	store  *store.Store
	queue  string
	worker worker.Worker
	clock  *clock
	acts   *activities.Activities
	// offer offers the activities on a worker, write is what cases write with; a test may put
	// something between.
	offer func(worker.ActivityRegistry)
	write contract.Writer
	// under is the engine version cases are filed under; 0: today's.
	under int
}

// clock is a business clock a test can move forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Offset() time.Duration { return time.Duration(c.ahead.Load()) }
func (c *clock) now() time.Time        { return time.Now().UTC().Add(c.Offset()).Truncate(time.Microsecond) }

var halls atomic.Int64

func open(t testing.TB, env *devtest.Env) *hall {
	t.Helper()
	queue := fmt.Sprintf("q%d-%d", os.Getpid(), halls.Add(1))
	s, err := store.Open(t.Context(), env.Database(t, store.Migrate), store.Options{
		// Workflow ids are shared by all tests of one server.
		Number: func(_ string, _ calendar.Date, serial int64) string { return fmt.Sprintf("%s-%04d", queue, serial) },
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	h := &hall{
		t: t, env: env, store: s, queue: queue, clock: &clock{},
		client: env.Client(t, func(o *client.Options) { o.Identity = "test" }),
	}
	h.acts = activities.New(s, h.clock, nil, slog.New(slog.NewTextHandler(t.Output(), nil)))
	h.offer = func(w worker.ActivityRegistry) { h.acts.Register(w) }
	h.write = h.acts.Write
	h.work()
	t.Cleanup(func() { h.worker.Stop() })
	return h
}

// work starts a worker.
func (h *hall) work() {
	h.t.Helper()
	opts := contract.WorkerOptions()
	opts.Identity = "test"
	h.worker = worker.New(h.client, h.queue, opts)
	workflows.Register(h.worker, h.write)
	h.offer(h.worker)
	require.NoError(h.t, h.worker.Start())
}

// file files a case the way the api does: stored first, then started.
func (h *hall) file(wide bool, maxActs int) string {
	h.t.Helper()
	var in contract.StartInput
	bundle := contracttest.Bundle(h.t)
	at := h.clock.now()
	reply, err := h.store.StartCase(h.t.Context(), store.StartRequest{
		Key: fmt.Sprintf("file-%s-%d", h.queue, at.UnixNano()), By: contracttest.Clerk, Code: "c", Body: []byte("{}"), At: at,
	}, func(number string) (store.StartData, error) {
		filed := contracttest.File(h.t, number, at, wide)
		if h.under > 0 {
			filed = filed.Under(h.t, h.under)
		}
		in = filed.Input
		in.MaxActs, in.Offset = maxActs, h.clock.Offset()
		input, err := contract.EncodeStart(in, bundle)
		return store.StartData{
			Events: in.Opening, Rows: filed.Rows, Definition: filed.State.Definition, Input: input, Reply: json.RawMessage(`{}`),
		}, err
	})
	require.NoError(h.t, err)
	intent, err := h.store.StartIntentOf(h.t.Context(), reply.Number)
	require.NoError(h.t, err)
	in, bundle, err = contract.DecodeStart(intent.Input)
	require.NoError(h.t, err)
	require.NoError(h.t, contract.Start(h.t.Context(), h.client, h.queue, in, bundle))
	require.NoError(h.t, contract.Start(h.t.Context(), h.client, h.queue, in, bundle), "starting twice is starting once")
	require.NoError(h.t, h.store.MarkStarted(h.t.Context(), reply.Number))
	return reply.Number
}

// record makes an act a durable intent and gives it as it is sent.
func (h *hall) record(number string, cmd engine.Command) (engine.Command, error) {
	body, err := contract.EncodeCommand(cmd)
	if err != nil {
		return cmd, err
	}
	c, _, err := h.store.RecordCommand(h.t.Context(), store.Intent{
		Key: cmd.ID, Case: number, Act: cmd.Do, By: cmd.By, Body: body, At: h.clock.now(),
	})
	if err != nil {
		return cmd, err
	}
	return contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
}

// send sends a recorded act and waits for its answer.
func (h *hall) send(ctx context.Context, number string, cmd engine.Command) (contract.ActReply, contract.Fate, error) {
	return contract.Do(ctx, h.client, contract.UpdateOptions(number, cmd))
}

// do does an act that must be answered.
func (h *hall) do(number string, cmd engine.Command) contract.ActReply {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	cmd, err := h.record(number, cmd)
	require.NoError(h.t, err)
	reply, fate, err := h.send(ctx, number, cmd)
	require.NoError(h.t, err)
	require.Equal(h.t, contract.Done, fate)
	h.answered(cmd.ID, reply)
	return reply
}

func (h *hall) answered(id string, reply contract.ActReply) {
	h.t.Helper()
	status, body := store.CommandDone, json.RawMessage(`{}`)
	if reply.Rejection != nil {
		status = store.CommandRejected
	}
	_, err := h.store.AnswerCommands(h.t.Context(), []store.Answer{
		{Key: id, Status: status, Reply: body, Seq: reply.Seq, Hash: reply.Hash, At: h.clock.now()},
	})
	require.NoError(h.t, err)
}

// must does an act that must be done, and checks that the read model has it when
// the answer is there.
func (h *hall) must(number string, cmd engine.Command) contract.ActReply {
	h.t.Helper()
	reply := h.do(number, cmd)
	require.Nil(h.t, reply.Rejection, "%s: %v", cmd.ID, reply.Rejection)
	head, err := h.store.HeadOf(h.t.Context(), number)
	require.NoError(h.t, err)
	require.GreaterOrEqual(h.t, head.LastSeq, reply.Seq, "the rows of %s are not there with its answer", cmd.ID)
	return reply
}

func (h *hall) view(number string) contract.View {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	var v converter.EncodedValue
	// As with acts: a worker that is stopped takes along the poll its answer would have come through.
	h.until("the state of "+number, func() (ok bool) {
		var err error
		v, err = h.client.QueryWorkflow(ctx, contract.WorkflowID(number), "", contract.StateQuery)
		if canceled := (*serviceerror.Canceled)(nil); errors.As(err, &canceled) || errors.Is(err, context.Canceled) {
			return false
		}
		require.NoError(h.t, err)
		return true
	})
	var view contract.View
	require.NoError(h.t, v.Get(&view))
	return view
}

func (h *hall) log(number string) []store.StoredEvent {
	h.t.Helper()
	events, err := h.store.Timeline(h.t.Context(), number, 0, 100_000)
	require.NoError(h.t, err)
	return events
}

// until waits for something the test cannot be told of.
func (h *hall) until(what string, ok func() bool) {
	h.t.Helper()
	require.Eventually(h.t, ok, time.Minute, 20*time.Millisecond, what)
}

// agree compares the three accounts of a case, event by event: its workflow's
// state, the history of all its runs, and the database.
func (h *hall) agree(number string) contract.View {
	h.t.Helper()
	view, log := h.view(number), h.log(number)
	require.Equal(h.t, view.State.Seq, int64(len(log)))

	var state *engine.State
	prev, done := "", map[string]bool{}
	for i, row := range log {
		require.Equal(h.t, int64(i+1), row.Seq)
		require.Equal(h.t, prev, row.Prev)
		require.Equal(h.t, engine.ChainHash(row.Prev, row.Bytes), row.Hash)
		e, err := row.Event()
		require.NoError(h.t, err)
		require.Equal(h.t, row.Command, e.Command)
		if e.Command != "" && (i == 0 || log[i-1].Command != e.Command) {
			require.False(h.t, done[e.Command], "act %s was done twice", e.Command)
			done[e.Command] = true
		}
		state, prev = engine.Evolve(state, e), row.Hash
	}
	require.Equal(h.t, view.Hash, prev)
	require.Equal(h.t, text(h.t, view.State), text(h.t, state))

	rows, head, err := h.store.CaseRows(h.t.Context(), number)
	require.NoError(h.t, err)
	require.Equal(h.t, prev, head.LastHash)
	require.Equal(h.t, sorted(h.t, engine.Project(contracttest.Rules(h.t), state)), sorted(h.t, rows))

	for id, reply := range h.outcomes(number) {
		if reply.Rejection == nil {
			require.True(h.t, done[id], "act %s was answered and is not in the log", id)
			require.Equal(h.t, reply.Hash, log[reply.Seq-1].Hash, "act %s", id)
		}
	}
	return view
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// sorted brings rows into one order; tables have none.
func sorted(t testing.TB, r engine.Rows) string {
	t.Helper()
	r.Steps, r.Tasks = slices.Clone(r.Steps), slices.Clone(r.Tasks)
	r.Papers, r.Notices, r.Results = slices.Clone(r.Papers), slices.Clone(r.Notices), slices.Clone(r.Results)
	r.Dossier = slices.Clone(r.Dossier)
	slices.SortFunc(r.Dossier, func(a, b engine.DossierRow) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(r.Steps, func(a, b engine.StepRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Tasks, func(a, b engine.TaskRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Papers, func(a, b engine.PaperState) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Notices, func(a, b engine.Notice) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Results, func(a, b engine.ResultRow) int { return cmp.Compare(a.ID, b.ID) })
	return text(t, r)
}

// runs gives the histories of all runs of a case, first to last.
func (h *hall) runs(number string) []*historypb.History {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	var all []*historypb.History
	d, err := h.client.DescribeWorkflowExecution(ctx, contract.WorkflowID(number), "")
	require.NoError(h.t, err)
	for run := d.GetWorkflowExecutionInfo().GetExecution().GetRunId(); run != ""; {
		history := &historypb.History{}
		iter := h.client.GetWorkflowHistory(ctx, contract.WorkflowID(number), run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iter.HasNext() {
			e, err := iter.Next()
			require.NoError(h.t, err)
			history.Events = append(history.Events, e)
		}
		all = append(all, history)
		run = history.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	slices.Reverse(all)
	return all
}

// outcomes gives the answer history holds for each act.
func (h *hall) outcomes(number string) map[string]contract.ActReply {
	h.t.Helper()
	out := map[string]contract.ActReply{}
	for _, run := range h.runs(number) {
		for _, e := range run.Events {
			a := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
			ok := a.GetOutcome().GetSuccess()
			if ok == nil || strings.HasPrefix(a.GetMeta().GetUpdateId(), "reflush") {
				continue
			}
			var reply contract.ActReply
			require.NoError(h.t, converter.GetDefaultDataConverter().FromPayloads(ok, &reply))
			id := a.GetMeta().GetUpdateId()
			if before, twice := out[id]; twice {
				require.Equal(h.t, before, reply, "act %s has two answers", id)
			}
			out[id] = reply
		}
	}
	return out
}

// gone says whether an error means that no workflow of the case is running.
func gone(fate contract.Fate, err error) bool {
	return fate == contract.Gone && err != nil && !errors.Is(err, context.Canceled)
}

// plant writes events into the database that the case's history does not hold,
// as the flush of a lost workflow task does.
func (h *hall) plant(number, prev string, r engine.Result) {
	h.t.Helper()
	head, err := h.store.HeadOf(h.t.Context(), number)
	require.NoError(h.t, err)
	rows := engine.Project(contracttest.Rules(h.t), r.State)
	reply, err := h.store.Flush(h.t.Context(), store.Flush{
		Case: number, First: head.LastSeq + 1, Prev: prev, Fence: head.Fence, Fence2: head.Fence2,
		Events: engine.Seal(prev, r.Events), Changed: rows, Full: rows.All(),
	})
	require.NoError(h.t, err)
	require.Equal(h.t, store.Written, reply.Refused)
}

// forget takes the last n acts' events out of the database, as restoring an older
// backup does. Only who switches the triggers off can.
func (h *hall) forget(number string, n int) {
	h.t.Helper()
	log, acts := h.log(number), 0
	last := len(log)
	for last > 0 && acts < n {
		last--
		if log[last].Command != log[last-1].Command {
			acts++
		}
	}
	tx, err := h.store.Pool().Begin(h.t.Context())
	require.NoError(h.t, err)
	for _, sql := range []string{
		`SET LOCAL session_replication_role = replica`,
		`DELETE FROM case_event WHERE case_no = $1 AND seq > $2`,
		`UPDATE case_head SET last_seq = $2, confirmed_seq = least(confirmed_seq, $2), rebuild = true,
			last_hash = (SELECT hash FROM case_event WHERE case_no = $1 AND seq = $2) WHERE case_no = $1`,
	} {
		var args []any
		if strings.Contains(sql, "$1") {
			args = []any{number, last}
		}
		_, err = tx.Exec(h.t.Context(), sql, args...)
		require.NoError(h.t, err)
	}
	require.NoError(h.t, tx.Commit(h.t.Context()))
}
