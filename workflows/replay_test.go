package workflows_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

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
	require.GreaterOrEqual(t, good, 7)
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
			if name == "bad-definition" {
				require.ErrorContains(t, err, "its bundle holds")
				return
			}
			require.ErrorContains(t, err, "TMPRL1100", "a command that does not match")
		})
	}
	require.GreaterOrEqual(t, bad, 4)
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
