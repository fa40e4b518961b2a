package supervision_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/engine/definition"
	"lianban/engine/supervision"
)

func TestResettle(t *testing.T) {
	t.Parallel()
	src := definitions.Supervision()
	next, err := supervision.Resettle(src, "2026.2", []definition.SuperviseSetting{
		{Item: "I1", Hall: "hall", Set: map[string]any{"unclaimed": 8.0, "deliver": "5wd"}, Level: map[string]int{"T9": 2}, Off: []string{"S1"}},
		{Region: "210300", Set: map[string]any{"warnShare": 0.5}},
	})
	require.NoError(t, err)
	r, found := supervision.Load("rules.yaml", next)
	require.NotNil(t, r, found.Render("en"))
	require.Equal(t, "2026.2", r.Version)
	require.Len(t, r.Settings, 2)
	require.Equal(t, "hall", r.Settings[0].Hall)
	require.EqualValues(t, 8, r.Settings[0].Set["unclaimed"])
	require.Equal(t, []string{"S1"}, r.Settings[0].Off)
	require.Equal(t, map[string]int{"T9": 2}, r.Settings[0].Level)
	for line := range strings.Lines(string(src)) {
		if strings.HasPrefix(line, "#") {
			require.Contains(t, string(next), line, "comments stay")
		}
	}

	// The settings before are replaced, wherever they stood.
	early := strings.Replace(string(next), "rules:\n", "settings:\n# old\n- {item: X, off: [S1]}\nrules:\n", 1)
	early = early[:strings.LastIndex(early, "settings:\n")]
	again, err := supervision.Resettle([]byte(early), "2026.3", nil)
	require.NoError(t, err)
	r, found = supervision.Load("rules.yaml", again)
	require.NotNil(t, r, found.Render("en"))
	require.Empty(t, r.Settings)
	require.Equal(t, "2026.3", r.Version)

	// What a check will refuse is written all the same.
	wrong, err := supervision.Resettle(src, "2026.2", []definition.SuperviseSetting{{Item: "I1", Set: map[string]any{"nothing": 1}}})
	require.NoError(t, err)
	r, found = supervision.Load("rules.yaml", wrong)
	require.Nil(t, r)
	require.True(t, found.Failed())

	for name, text := range map[string]string{
		"one line":    `{supervision: lianban/v1, version: "1", name: x, explain: 3wd, appeal: 10wd, rules: {}}`,
		"not read":    "supervision: [",
		"nothing":     "",
		"two of them": string(src) + "version: \"9\"\n",
	} {
		_, err := supervision.Resettle([]byte(text), "2", nil)
		require.ErrorIs(t, err, supervision.ErrUneditable, name)
	}
}
