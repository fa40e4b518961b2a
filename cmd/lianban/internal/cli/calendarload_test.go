package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const closureFile = `region: "210304"
notice: {name: 防汛停工通告}
days:
  - {off: 2026-03-09..2026-03-11, name: 防汛停工}
`

func TestCalendarLoad(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	file := filepath.Join(home, "停工.yaml")
	require.NoError(t, os.WriteFile(file, []byte(closureFile), 0o600))
	pages := map[string]string{
		"": `{"calendars":[{"region":"210304","version":"2026-new"}],"cases":1,"next":"N1",
			"moves":[{"number":"N1","clock":"promised","from":"2026-03-10","to":"2026-03-13"}]}`,
		"N1": `{"calendars":[{"region":"210304","version":"2026-new"}],"cases":1,
			"moves":[{"number":"N2","clock":"statutory","from":"2027-01-10","to":"2027-01-10","was":true}]}`,
	}
	h.on("POST /v1/calendars/preview", func(w http.ResponseWriter, r *http.Request) { send(w, 200, pages[r.URL.Query().Get("after")]) })
	r := h.at(t, home, "calendar", "load", file, "--dry-run", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "2 open cases, 2 dates move")
	require.Contains(t, r.out, "firm now")
	_, body := h.last()
	require.Equal(t, map[string]any{"reason": "防汛停工通告", "layers": []any{map[string]any{
		"region": "210304", "notice": map[string]any{"name": "防汛停工通告"},
		"days": []any{map[string]any{"from": "2026-03-09", "to": "2026-03-11", "name": "防汛停工"}},
	}}}, body)

	load := `{"key":"K","regions":["210304"],"versions":["2026-new"],"reason":"防汛停工通告","by":"p1","at":"2026-03-02T02:00:00Z","open":2,"told":0,"done":0,"refused":0}`
	h.on("POST /v1/calendars", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, load) })
	r = h.at(t, home, "calendar", "load", file, "--reason", "通告二号", "--key", "mine", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	key, body := h.last()
	require.Equal(t, "mine", key)
	require.Equal(t, "通告二号", body["reason"])
	require.Contains(t, r.out, "under way")

	h.on("GET /v1/calendars", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"calendars":[{"region":"","version":"2026-old","loadedAt":"2026-01-01T00:00:00Z","current":true}],"loads":[`+load+`]}`)
	})
	r = h.at(t, home, "calendar", "list", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "mainland")
	require.Contains(t, r.out, "防汛停工通告")

	for _, args := range [][]string{{file, "--region", "2104"}, {filepath.Join(home, "none.yaml")}} {
		r = h.at(t, home, append([]string{"calendar", "load", "--as", "lin.hall"}, args...)...)
		require.NotEqual(t, OK, r.code)
		require.NotEmpty(t, r.err)
	}
}
