package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADefinitionIsPlayedMoveByMove(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	answer := `{"findings":[],"questions":[{"id":"big","ask":"面积","type":"boolean","asked":true},{"id":"far","ask":"远","type":"boolean","asked":false}],"papers":[],"parties":[],
		"acts":[],"steps":[],"clocks":[],"timeline":[],"waiting":[],"notices":[],"results":[],"moves":[]}`
	h.on("POST /v1/definitions/play", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, answer) })
	moves := filepath.Join(home, "moves.yaml")
	require.NoError(t, os.WriteFile(moves, []byte("- {do: file, at: \"2026-03-02T09:00\", data: {answers: {big: true}, form: {staff: 3}}}\n- {do: accept, by: hall.clerk}\n"), 0o600))

	r := h.at(t, home, "definition", "play", "testdata/shop.yaml", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "面积")
	require.NotContains(t, r.out, "远")
	_, body := h.last()
	require.Equal(t, []any{}, body["moves"])
	require.NotContains(t, body, "region")

	answer = `{"findings":[],"questions":[],"papers":[],"status":"received","now":"2026-03-02T01:01:00Z",
		"moves":[{"do":"file","by":"applicant","at":"2026-03-02T01:00:00Z","ok":true,"status":"received","open":["receive"]},
		  {"do":"accept","by":"hall.clerk","at":"2026-03-02T01:01:00Z","ok":false,"status":"received","refusal":{"code":"window-open","zh":"窗口期","en":"the window is open"}}],
		"parties":[{"party":"hall","name":"综合窗口","tasks":[{"id":"receive.accept","step":"receive","kind":"accept","name":"收件","role":"clerk","due":"2026-03-04T16:00:00Z",
		  "acts":[{"do":"gap","by":"hall.clerk","needs":"bad-data"},{"do":"clear","by":"hall.clerk"}]}]}],
		"acts":[{"do":"withdraw","by":"applicant"}],"steps":[],
		"clocks":[{"id":"receive","class":"promise","name":{"zh":"收件","en":"receive"},"day":"2026-03-04","running":true,"overdue":false,"why":[]}],
		"timeline":[{"at":"2026-03-02T01:00:00Z","type":"CaseFiled","by":"applicant","zh":"收到申请","en":"application received","move":0}],
		"waiting":[{"who":"hall","zh":"收件","en":"look at the papers"}],"notices":[],"results":[]}`
	r = h.at(t, home, "definition", "play", "testdata/shop.yaml", "--moves", moves, "--region", "210304", "--timeline", "--as", "lin.hall")
	require.Equal(t, Refused, r.code)
	_, body = h.last()
	require.Equal(t, "210304", body["region"])
	require.Equal(t, map[string]any{"do": "accept", "by": "hall.clerk"}, body["moves"].([]any)[1])
	for _, want := range []string{
		"window-open: the window is open", "hall.clerk: gap, clear", "applicant: withdraw", "2026-03-04 24:00", "waiting: look at the papers", "application received", "running", "receive",
	} {
		require.Contains(t, r.out, want)
	}
	r = h.at(t, home, "definition", "play", "testdata/shop.yaml", "--moves", moves, "--json", "--as", "lin.hall")
	require.Equal(t, Refused, r.code)
	require.Contains(t, r.out, `"window-open"`)

	require.NoError(t, os.WriteFile(moves, []byte("do: file\n"), 0o600))
	require.Equal(t, Refused, h.at(t, home, "definition", "play", "testdata/shop.yaml", "--moves", moves, "--as", "lin.hall").code)
	require.Equal(t, NotFound, h.at(t, home, "definition", "play", "testdata/none.yaml", "--as", "lin.hall").code)
}
