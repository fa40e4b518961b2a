package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The first reminder reads as the only one does; those after it are counted.
func TestRemindersAreCounted(t *testing.T) {
	t.Parallel()
	plan, err := definition.Compile(&definition.Definition{})
	require.NoError(t, err)
	tell := story{r: &engine.Rules{Plan: plan}, s: &engine.State{}}
	for which, want := range map[int]calendar.Text{
		1: {ZH: "时限预警：view", EN: "warning: view"},
		2: {ZH: "时限预警：view", EN: "warning: view"},
		3: {ZH: "时限第 2 次提醒：view", EN: "reminder 2 of the time limit: view"},
		4: {ZH: "时限第 3 次提醒：view", EN: "reminder 3 of the time limit: view"},
	} {
		require.Equal(t, want, tell.tell(&engine.Event{Body: engine.ClockWarned{Clock: "view", Which: which}}), "which %d", which)
	}
}
