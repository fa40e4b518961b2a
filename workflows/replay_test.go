package workflows_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/timestamppb"

	"lianban/engine"
	"lianban/workflows"
)

// Recorded histories of released behaviour must replay to the state their
// database held when they were recorded. Each good NAME.json stands beside
// NAME.want.json; each bad-NAME.json is a history this shell cannot have
// written, and must fail. They are made by TestRecord.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	good := 0
	for _, file := range recorded(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if strings.HasPrefix(name, "bad-") {
			continue
		}
		good++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want workflows.Inside
			b, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".want.json")
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(b, &want))
			got, err := replay(t, load(t, file))
			require.NoError(t, err)
			state := got.State
			got.State = nil
			require.Equal(t, want, got)

			b, err = json.Marshal(state)
			require.NoError(t, err)
			var back engine.State
			require.NoError(t, json.Unmarshal(b, &back))
			require.Equal(t, *state, back, "the state survives a round trip")
		})
	}
	require.GreaterOrEqual(t, good, 14)
}

func TestForeignHistoriesFail(t *testing.T) {
	t.Parallel()
	bad := 0
	for _, file := range recorded(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !strings.HasPrefix(name, "bad-") {
			continue
		}
		bad++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := replay(t, load(t, file))
			require.Error(t, err)
			if strings.HasSuffix(name, "-definition") {
				require.ErrorContains(t, err, "its bundle holds")
				return
			}
			require.ErrorContains(t, err, "TMPRL1100", "a command that does not match")
		})
	}
	require.GreaterOrEqual(t, bad, 8)
}

// A case is looked at while a worker holds the very task that will do its first flush: its
// timer has rung to warn, and nobody has done anything in it before. A replay must not look
// for what that task has not recorded yet.
func TestATaskUnderWayDoesNotStopAReplay(t *testing.T) {
	t.Parallel()
	whole := load(t, "testdata/7-silence.json")
	timer := slices.IndexFunc(whole.Events, func(e *historypb.HistoryEvent) bool { return e.GetTimerStartedEventAttributes() != nil })
	before := whole.Events[:timer+1]
	require.False(t, slices.ContainsFunc(before, func(e *historypb.HistoryEvent) bool { return e.GetMarkerRecordedEventAttributes() != nil }))
	started := before[timer].GetTimerStartedEventAttributes()
	rings := timestamppb.New(before[timer].GetEventTime().AsTime().Add(started.GetStartToFireTimeout().AsDuration()))
	next := func(n int64, kind enumspb.EventType) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: int64(len(before)) + n, EventTime: rings, EventType: kind}
	}
	fired, scheduled, given := next(1, enumspb.EVENT_TYPE_TIMER_FIRED), next(2, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), next(3, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED)
	fired.Attributes = &historypb.HistoryEvent_TimerFiredEventAttributes{TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{
		TimerId: started.GetTimerId(), StartedEventId: before[timer].GetEventId(),
	}}
	scheduled.Attributes = &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
		WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{Attempt: 1},
	}
	given.Attributes = &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
		WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{ScheduledEventId: scheduled.GetEventId()},
	}
	got, err := replay(t, &historypb.History{Events: append(slices.Clone(before), fired, scheduled, given)})
	require.NoError(t, err)
	require.Equal(t, engine.Received, got.Status)
}

func recorded(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	var histories []string
	for _, f := range files {
		if !strings.HasSuffix(f, ".want.json") {
			histories = append(histories, f)
		}
	}
	return histories
}

func load(t testing.TB, file string) *historypb.History {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	h, err := client.HistoryFromJSON(bytes.NewReader(b), client.HistoryJSONOptions{})
	require.NoError(t, err)
	return h
}

// replay runs today's code against a history and tells what the case holds then.
func replay(t testing.TB, history *historypb.History) (workflows.Inside, error) {
	t.Helper()
	replayer := worker.NewWorkflowReplayer()
	look := workflows.RegisterObserved(replayer)
	if err := replayer.ReplayWorkflowHistory(silent{}, history); err != nil {
		return workflows.Inside{}, err
	}
	return look(), nil
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
