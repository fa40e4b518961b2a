package standalone

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log/tag"
)

func TestTemporalLogger(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	l := newTemporalLogger(slog.New(slog.NewTextHandler(&said, nil)), slog.LevelWarn)
	with := l.With(tag.String("shard", "3"))
	with.Error("shard status unknown")
	require.Empty(t, said.String(), "a part that waits for the others at the start is no news")

	l.phase.Store(running)
	l.Info("hello")
	l.Warn(expectedPrefix + ". Nexus")
	require.Empty(t, said.String())
	with.Warn("slow", tag.Error(errors.New("why")))
	require.Contains(t, said.String(), `level=WARN msg=slow component=temporal shard=3 error=why`)

	said.Reset()
	l.phase.Store(stopping)
	with.Error("connection refused")
	require.Empty(t, said.String(), "what was made by With learns of the phase, too")
	require.PanicsWithValue(t, "temporal cannot go on: no shard [n=1]", func() { l.Fatal("no shard", tag.Int("n", 1)) })
	require.Panics(t, func() { l.Panic("broken") })
	newTemporalLogger(nil, slog.LevelWarn).Error("into the void")
}
