package cli

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
)

// run runs a command of the supervision group against the hall.
func (h *hall) supervision(t *testing.T, home string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_SERVER": h.URL, "LIANBAN_DATA": home, "LIANBAN_AS": "lin.hall"}
	a := New(append([]string{"supervision"}, args...), strings.NewReader(""), &out, &errOut, func(k string) string { return env[k] })
	a.Root().AddCommand(a.Supervision())
	code := a.Run(t.Context())
	return result{out.String(), errOut.String(), code}
}

const aCard = `{"id":7,"rule":"T2","ruleNameEn":"Step overdue","rules":"2026.1","class":"time","level":2,"status":"explained","org":"fire","orgName":"消防","person":"罗",
	"number":"N1","at":"2026-03-10T00:00:00Z","zh":"甲","en":"step is late","acts":[{"act":"explain","by":"罗","org":"fire","at":"2026-03-11T00:00:00Z","reason":"节前人手不足"}]}`

func TestCardsOnTheCommandLine(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cards", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "3", r.URL.Query().Get("level"))
		require.Equal(t, "2026-02-28T16:00:00Z", r.URL.Query().Get("from"))
		send(w, 200, `{"cards":[`+aCard+`]}`)
	})
	h.on("GET /v1/cards/7", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, aCard) })
	h.on("POST /v1/cards/7/explain", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, aCard) })
	h.on("POST /v1/cards", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 403, `{"code":"card-not-yours","status":403,"zh":"不是","en":"not yours","title":"x","type":"/problems/card-not-yours"}`)
	})
	r := h.supervision(t, home, "cards", "--level", "red", "--from", "2026-03-01")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "7     yellow  T2    explained  消防          罗      N1    2026-03-10 08:00  step is late")
	require.Equal(t, Usage, h.supervision(t, home, "cards", "--level", "pink").code)
	r = h.supervision(t, home, "show", "7")
	require.Contains(t, r.out, "T2 Step overdue (2026.1)")
	require.Contains(t, r.out, "节前人手不足")
	r = h.supervision(t, home, "explain", "7", "--reason", "节前人手不足", "--key", "key-0000000000000001")
	require.Equal(t, OK, r.code, r.err)
	key, body := h.last()
	require.Equal(t, "key-0000000000000001", key)
	require.Equal(t, map[string]any{"reason": "节前人手不足"}, body)
	require.Equal(t, Usage, h.supervision(t, home, "explain", "7").code)
	r = h.supervision(t, home, "raise", "--rule", "S2", "--org", "fire", "--reason", "属实", "--case", "N1")
	require.Equal(t, Refused, r.code)
	_, body = h.last()
	require.Equal(t, map[string]any{"rule": "S2", "org": "fire", "reason": "属实", "number": "N1"}, body)
}

func TestSupervisionRulesOnTheCommandLine(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	file := filepath.Join(home, "rules.yaml")
	require.NoError(t, os.WriteFile(file, definitions.Supervision(), 0o600))
	r := h.supervision(t, home, "check", file)
	require.Equal(t, OK, r.code)
	require.Contains(t, r.out, "rules, no errors")
	published := `{"version":"2026.1","name":"规则","explain":"3wd","appeal":"10wd","rules":[{"id":"T4","class":"time","zh":"甲","en":"Late","levels":[3],"basis":[{"law":"行政许可法"}]}],"parameters":[],"source":"supervision: lianban/v1\n"}`
	h.on("POST /v1/supervision/rules", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "application/yaml", r.Header.Get("Content-Type"))
		send(w, 200, published)
	})
	h.on("GET /v1/supervision/rules", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, published) })
	r = h.supervision(t, home, "publish", file)
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "T4    time   red    Late  行政许可法")
	require.Equal(t, "supervision: lianban/v1\n", h.supervision(t, home, "rules", "--source").out)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(definitions.Supervision()), "each: task", "each: taks", 1)), 0o600))
	asked := len(h.asked)
	for _, cmd := range []string{"check", "publish"} {
		r = h.supervision(t, home, cmd, file)
		require.Equal(t, Refused, r.code)
		require.Contains(t, r.out, "did you mean task?")
	}
	require.Equal(t, NotFound, h.supervision(t, home, "check", file+".none").code)
	require.Len(t, h.asked, asked, "nothing was sent")
}
