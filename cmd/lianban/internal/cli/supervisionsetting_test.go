package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const settingsDoc = `{"version":"2026.1","parameters":[{"id":"unclaimed","value":24,"zh":"任务无人认领的小时数","en":"hours a task may stay unclaimed"},
	{"id":"deliver","value":"10wd","zh":"送达","en":"time to hand a result out"}],"rules":["T9","S1"],
	"settings":[{"item":"I1","hall":"hall-210304","set":{"unclaimed":8,"deliver":"5wd"},"level":{"T9":2},"off":["S1"]},{"region":"2103","set":{"unclaimed":12}}]}`

func TestSupervisionSettingsOnTheCommandLine(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/supervision/settings", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, settingsDoc) })
	answer, status := strings.Replace(settingsDoc, "2026.1", "2026.2", 1), 200
	h.on("PUT /v1/supervision/settings", func(w http.ResponseWriter, _ *http.Request) { send(w, status, answer) })

	r := h.supervision(t, home, "settings")
	require.Equal(t, OK, r.code, r.err)
	golden(t, "supervision-settings", r)
	require.Equal(t, OK, h.supervision(t, home, "settings", "--json").code)

	file := filepath.Join(home, "settings.json")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	change := []string{"settings", "--file", file, "--version", "2026.2", "--reason", "试点提速"}
	asked := len(h.asked)
	require.Equal(t, NotFound, h.supervision(t, home, "settings", "--file", file+".none", "--version", "2026.2", "--reason", "x").code)
	write(`[]`)
	require.Equal(t, Usage, h.supervision(t, home, "settings", "--file", file).code, "a change needs a version and a reason")
	for _, text := range []string{`{"item":"I1"}`, `[{"itme":"I1"}]`, `[`, `[] []`} {
		write(text)
		require.Equal(t, Usage, h.supervision(t, home, change...).code, text)
	}
	require.Len(t, h.asked, asked, "nothing was sent")

	write(`[{"item":"I1","set":{"unclaimed":8}}]`)
	r = h.supervision(t, home, change...)
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "rules 2026.2")
	_, body := h.last()
	require.Equal(t, map[string]any{"over": "2026.1", "version": "2026.2", "reason": "试点提速",
		"settings": []any{map[string]any{"item": "I1", "set": map[string]any{"unclaimed": 8.0}}}}, body, "over what was read just now")

	status, answer = 409, `{"code":"changed-meanwhile","status":409,"zh":"已被修改","en":"somebody changed it meanwhile","title":"x","type":"/problems/changed-meanwhile"}`
	r = h.supervision(t, home, change...)
	require.Equal(t, Refused, r.code)
	require.Contains(t, r.err, "somebody changed it meanwhile")
}
