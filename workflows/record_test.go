package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/proto"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/standalone/devtest"
	"lianban/store"
	"lianban/workflows"
)

// go test ./workflows -run TestRecord -record writes testdata anew. Do so when
// a new engine version is added; the names begin with its number (those without one are of
// the first): a recorded history of released behaviour is never replaced, because cases
// with it are under way somewhere.
var record = flag.Bool("record", false, "write the histories TestRecord makes to testdata")

// TestRecord takes cases down every path of the shell on the real server, and
// replays the histories that come of it against what the database holds.
func TestRecord(t *testing.T) {
	t.Parallel()
	env := devtest.Shared(t)
	for name, scenario := range map[string]func(*testing.T, *hall) string{
		"granted":   recordGranted,
		"silence":   recordSilence,
		"refused":   recordRefused,
		"fallback":  recordFallback,
		"fence":     recordFence,
		"resent":    recordResent,
		"repaired":  recordRepaired,
		"continued": recordContinued,
		"again":     recordAgain,
	} {
		for _, version := range []int{workflows.Unmarked - 1, engine.Version} {
			t.Run(fmt.Sprintf("%s/engine %d", name, version), func(t *testing.T) {
				t.Parallel()
				h := open(t, env)
				h.under = version
				number := scenario(t, h)
				h.agree(number)
				runs := h.runs(number)
				for i, run := range runs {
					got, err := replay(t, run)
					require.NoError(t, err)
					if i == len(runs)-1 {
						head, err := h.store.HeadOf(t.Context(), number)
						require.NoError(t, err)
						require.Equal(t, head.LastSeq, got.Seq)
						require.Equal(t, head.LastHash, got.Hash)
					}
					file := fmt.Sprintf("%d-%s", version, name)
					if len(runs) > 1 {
						file += fmt.Sprintf("-%d", i+1)
					}
					if version == engine.Version {
						keep(t, file, run, &got)
					}
				}
				if name == "granted" {
					for bad, history := range foreign(t, runs[0], version) {
						_, err := replay(t, history)
						require.Error(t, err, bad)
						if version == engine.Version {
							keep(t, fmt.Sprintf("bad-%d-%s", version, bad), history, nil)
						}
					}
				}
			})
		}
	}
}

func recordGranted(_ *testing.T, h *hall) string {
	number := h.file(false, 0)
	for _, cmd := range contracttest.Through(number, time.Time{}) {
		h.must(number, cmd)
	}
	return number
}

// recordSilence: an earlier intent before acceptance by silence, timers, the
// clock signal, and an opinion given by silence.
func recordSilence(t *testing.T, h *hall) string {
	number := h.file(false, 0)
	accept, err := h.record(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	require.NoError(t, err)
	h.advance(20*24*time.Hour, number)
	h.until("accepted", func() bool { return h.view(number).State.Status == engine.Accepted })
	_, fate, err := h.send(t.Context(), number, accept)
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	h.advance(60*24*time.Hour, number)
	h.until("agreed by silence", func() bool { return h.view(number).State.Step("one").End == engine.EndDefaulted })
	return number
}

// recordRefused: refusals leave no event, a reflush leaves only a marker.
func recordRefused(t *testing.T, h *hall) string {
	number := h.file(true, 0)
	h.must(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	for _, do := range []engine.Act{engine.Grant, engine.Accept, "nonsense"} {
		reply := h.do(number, contracttest.Act("refused-"+string(do)+"-"+number, do, contracttest.Officer("one"), time.Time{}, "one"))
		require.NotNil(t, reply.Rejection)
	}
	h.reflush(number, "reflush-1")
	refuse := contracttest.Act("disagree-"+number, engine.Disagree, contracttest.Officer("one"), time.Time{}, "one")
	refuse.Args.Reason, refuse.Args.Basis = "不符合要求", "测试办法第一条"
	h.must(number, refuse)
	return number
}

func (h *hall) reflush(number, id string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	handle, err := h.client.UpdateWorkflow(ctx, contract.ReflushOptions(number, id))
	require.NoError(h.t, err)
	var reply contract.ReflushReply
	require.NoError(h.t, handle.Get(ctx, &reply))
}

// recordFallback: what runs inside the task fails for good, then works again.
func recordFallback(t *testing.T, h *hall) string {
	var down atomic.Bool
	h.worker.Stop()
	h.write = func(req contract.FlushRequest) contract.FlushReply {
		if down.Load() {
			return contract.FlushReply{Refused: contract.ByOutage}
		}
		return h.acts.Write(req)
	}
	h.offer = func(w worker.ActivityRegistry) {
		w.RegisterActivityWithOptions(h.acts.EarlierIntents, activity.RegisterOptions{Name: contract.IntentsActivity})
		w.RegisterActivityWithOptions(h.acts.Alarm, activity.RegisterOptions{Name: contract.AlarmActivity})
		w.RegisterActivityWithOptions(func(ctx context.Context, req contract.FlushRequest) (contract.FlushReply, error) {
			if down.Load() && activity.GetInfo(ctx).IsLocalActivity {
				return contract.FlushReply{}, errors.New("the test has cut the connection")
			}
			return h.acts.Flush(ctx, req)
		}, activity.RegisterOptions{Name: contract.FlushActivity})
	}
	h.work()
	number := h.file(false, 0)
	acts := contracttest.Through(number, time.Time{})
	down.Store(true)
	reply := h.do(number, acts[0])
	require.Nil(t, reply.Rejection)
	h.until("the ordinary activity has written", func() bool {
		head, err := h.store.HeadOf(t.Context(), number)
		return err == nil && head.LastSeq == reply.Seq
	})
	down.Store(false)
	h.must(number, acts[1])
	return number
}

// recordFence: the stored fence is from a later time.
func recordFence(t *testing.T, h *hall) string {
	number := h.file(false, 0)
	_, err := h.store.Pool().Exec(t.Context(), `UPDATE case_head SET fence = $2 WHERE case_no = $1`,
		number, time.Now().Add(time.Hour).UnixNano())
	require.NoError(t, err)
	acts := contracttest.Through(number, time.Time{})
	reply := h.do(number, acts[0])
	require.Nil(t, reply.Rejection)
	h.until("written with a higher fence", func() bool {
		head, err := h.store.HeadOf(t.Context(), number)
		return err == nil && head.LastSeq == reply.Seq
	})
	h.must(number, acts[1])
	return number
}

// recordResent: the last batch was lost and comes back.
func recordResent(_ *testing.T, h *hall) string {
	number := h.file(false, 0)
	acts := contracttest.Through(number, time.Time{})
	h.must(number, acts[0])
	h.forget(number, 1)
	h.must(number, acts[1])
	return number
}

// recordRepaired: more was lost than the case still holds. It stops writing and
// goes on answering; after the repair a reflush brings what is missing.
func recordRepaired(t *testing.T, h *hall) string {
	number := h.file(false, 0)
	acts := contracttest.Through(number, time.Time{})
	for _, cmd := range acts[:3] {
		h.must(number, cmd)
	}
	saved := h.log(number)
	h.forget(number, 2)
	reply := h.do(number, acts[3])
	require.Nil(t, reply.Rejection)
	h.until("the alarm is raised", func() bool {
		head, err := h.store.HeadOf(t.Context(), number)
		return err == nil && head.Alarm == "flush-gap"
	})
	require.Equal(t, "gap", h.view(number).Stopped)
	require.Nil(t, h.do(number, acts[4]).Rejection, "it goes on answering")

	var lost contract.Events
	var state *engine.State
	head, err := h.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	for _, row := range saved {
		e, err := row.Event()
		require.NoError(t, err)
		state = engine.Evolve(state, e)
		if row.Seq > head.LastSeq {
			lost = append(lost, engine.Sealed{Event: e, Bytes: row.Bytes, Prev: row.Prev, Hash: row.Hash})
		}
	}
	rows := engine.Project(contracttest.Rules(t), state)
	back, err := h.store.Flush(t.Context(), store.Flush{
		Case: number, First: lost[0].Seq, Prev: lost[0].Prev, Fence: head.Fence, Fence2: head.Fence2, Events: lost, Changed: rows, Full: rows.All(),
	})
	require.NoError(t, err)
	require.Equal(t, store.Written, back.Refused)
	h.reflush(number, "reflush-1")
	h.agree(number)
	h.must(number, acts[5])
	return number
}

// recordContinued: three runs, the last one open.
func recordContinued(_ *testing.T, h *hall) string {
	number := h.file(true, 2)
	h.must(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	for _, step := range contracttest.Opinions[:4] {
		h.must(number, contracttest.Act(step+"-"+number, engine.Claim, contracttest.Officer(step), time.Time{}, step))
	}
	return number
}

// foreign makes histories this shell cannot have written out of one it has.
func foreign(t *testing.T, good *historypb.History, version int) map[string]*historypb.History {
	t.Helper()
	clone := func() *historypb.History { return proto.Clone(good).(*historypb.History) }
	first := func(kind enumspb.EventType) int {
		for i, e := range good.Events {
			if e.EventType == kind {
				return i
			}
		}
		t.Fatalf("the history has no %s", kind)
		return -1
	}
	marker, timer := first(enumspb.EVENT_TYPE_MARKER_RECORDED), first(enumspb.EVENT_TYPE_TIMER_STARTED)

	noFlush, noTimer, order, other, signal := clone(), clone(), clone(), clone(), clone()
	cut(noFlush, marker)
	cut(noTimer, timer)
	// The flush is recorded as an ordinary activity, as a shell without local ones would.
	order.Events[marker].EventType = enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
	order.Events[marker].Attributes = &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
		ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
			ActivityId:                   fmt.Sprint(order.Events[marker].EventId),
			WorkflowTaskCompletedEventId: order.Events[marker].GetMarkerRecordedEventAttributes().GetWorkflowTaskCompletedEventId(),
		},
	}
	// Answered after the flush instead of before: the two events trade places. (The SDK does
	// not hold a mutable side effect to its place among the commands of a task.)
	done := -1
	for i, e := range signal.Events {
		if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED {
			done = i
			break
		}
	}
	require.Positive(t, done)
	require.Equal(t, enumspb.EVENT_TYPE_MARKER_RECORDED, signal.Events[done+1].EventType)
	a, b := signal.Events[done], signal.Events[done+1]
	a.EventId, b.EventId = b.EventId, a.EventId
	signal.Events[done], signal.Events[done+1] = b, a
	// The same case under another definition.
	rules := contracttest.Rules(t)
	def := *rules.Plan.Def
	def.Item.Name += "（改）"
	plan, err := definition.Compile(&def)
	require.NoError(t, err)
	bundle, err := contract.Pack(plan.Def, rules.Calendar)
	require.NoError(t, err)
	other.Events[0].GetWorkflowExecutionStartedEventAttributes().Input.Payloads[1].Data = bundle
	all := map[string]*historypb.History{
		"no-flush": noFlush, "no-timer": noTimer, "ordinary-flush": order, "definition": other,
	}
	if version < workflows.Unmarked {
		all["flush-before-answer"] = signal
	}
	return all
}

// cut takes one event out and closes the numbers up.
func cut(h *historypb.History, i int) {
	h.Events = append(h.Events[:i:i], h.Events[i+1:]...)
	for n, e := range h.Events {
		e.EventId = int64(n + 1)
	}
}

// keep writes a history and what it must lead to, without the machine's name.
func keep(t *testing.T, name string, history *historypb.History, want *workflows.Inside) {
	t.Helper()
	if !*record {
		return
	}
	history = proto.Clone(history).(*historypb.History)
	for _, e := range history.Events {
		if q := e.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue(); q.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
			q.Name = "sticky" // it was made of the machine's name
		}
	}
	b, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".json"), append(b, '\n'), 0o644))
	if want == nil {
		return
	}
	b, err = json.MarshalIndent(want, "", " ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".want.json"), append(b, '\n'), 0o644))
}
