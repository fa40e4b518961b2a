package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const draftD1 = `{"id":"D1","name":"第三版","state":"open","revision":4,"base":{"item":"restaurant","version":"2026.2"},"writers":[{"id":"a","name":"方"},{"id":"b","name":"钱"}],
	"createdBy":{"id":"a","name":"方"},"createdAt":"2026-03-02T01:00:00Z","changedBy":{"id":"b","name":"钱"},"changedAt":"2026-03-02T02:00:00Z",
	"text":"language: lianban/v1\n","tests":[{"name":"1.test.yaml","text":"tests: x\n"}],"mayDecide":true,
	"requests":[{"revision":3,"note":"加消防","askedBy":{"id":"a","name":"方"},"askedAt":"2026-03-02T01:30:00Z","decision":"returned","decidedBy":{"id":"c","name":"孙"},"reason":"缺依据"}]}`

func TestADraftOnTheCommandLine(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	is := func(w http.ResponseWriter, _ *http.Request) { send(w, 200, draftD1) }
	for _, route := range []string{
		"GET /v1/definition-drafts/D1", "PUT /v1/definition-drafts/D1", "POST /v1/definition-drafts", "POST /v1/definition-drafts/D1/request",
		"DELETE /v1/definition-drafts/D1/request", "POST /v1/definition-drafts/D1/return",
	} {
		h.on(route, is)
	}
	h.on("DELETE /v1/definition-drafts/D1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"item":"restaurant","code":"C1","name":"餐饮店"}]}`)
	})
	run := func(args ...string) result {
		t.Helper()
		r := h.at(t, home, append(append([]string{"definition", "draft"}, args...), "--as", "lin.hall")...)
		require.Equal(t, OK, r.code, r.err)
		return r
	}
	sent := func() map[string]any {
		_, body := h.last()
		return body
	}
	text := filepath.Join(home, "x.yaml")
	require.NoError(t, os.WriteFile(text, []byte("item: x\n"), 0o600))

	r := run("show", "D1")
	for _, want := range []string{"第三版", "restaurant@2026.2", "方, 钱", "加消防", "returned", "缺依据"} {
		require.Contains(t, r.out, want)
	}
	require.Contains(t, r.err, "draft publish")
	require.Equal(t, "language: lianban/v1\n", run("show", "D1", "--text").out)
	run("show", "D1", "--out", filepath.Join(home, "work"))
	for name, want := range map[string]string{"definition.yaml": "language: lianban/v1\n", "1.test.yaml": "tests: x\n"} {
		got, err := os.ReadFile(filepath.Join(home, "work", name))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}

	run("new", "--item", "餐饮店", "--version", "2026.2", "--name", "第三版", "--key", "K1")
	key, body := h.last()
	require.Equal(t, "K1", key)
	require.Equal(t, map[string]any{"item": "C1", "version": "2026.2", "name": "第三版"}, body)
	run("new", text, "--test", filepath.Join(home, "work", "1.test.yaml"))
	require.Equal(t, map[string]any{"text": "item: x\n", "tests": []any{map[string]any{"name": "1.test.yaml", "text": "tests: x\n"}}}, sent())
	run("save", "D1", text, "--revision", "4")
	require.Equal(t, map[string]any{"text": "item: x\n", "revision": 4.0}, sent(), "tests stay")
	run("request", "D1", "--revision", "4", "--note", "加消防", "--effective", "2026-10-01")
	require.Equal(t, map[string]any{"note": "加消防", "revision": 4.0, "effective": "2026-10-01"}, sent())
	run("withdraw", "D1")
	run("return", "D1", "--reason", "缺依据")
	require.Equal(t, map[string]any{"reason": "缺依据"}, sent())
	run("drop", "D1")
	require.Equal(t, Usage, h.at(t, home, "definition", "draft", "save", "D1", text, "--as", "lin.hall").code, "nobody saves over what he has not read")
}

func TestPagesOfDraftsAreTurned(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/definition-drafts", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			send(w, 200, `{"drafts":[`+draftD1+`],"next":"N"}`)
			return
		}
		send(w, 200, `{"drafts":[{"id":"D2","name":"另一份","state":"asked","revision":1,"writers":[]}]}`)
	})
	r := h.at(t, home, "definition", "draft", "list", "--as", "lin.hall")
	require.Contains(t, r.out, "D1")
	require.NotContains(t, r.out, "D2")
	require.Contains(t, r.err, "--cursor N")
	r = h.at(t, home, "definition", "draft", "list", "--all", "--as", "lin.hall")
	require.Contains(t, r.out, "D1")
	require.Contains(t, r.out, "publication asked for")
	require.Empty(t, r.err)
}

func TestADraftIsTestedAndPublished(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/definition-drafts/D1", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, draftD1) })
	ok := "false"
	h.on("POST /v1/definitions/test", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"ok":`+ok+`,"findings":[],"files":[{"name":"1.test.yaml","ok":`+ok+`,"findings":[],"cases":[{"name":"办结","ok":false,"line":5,"acts":2,"opened":[],"absent":[],
			"failures":[{"line":9,"column":3,"zh":"应为","en":"expected granted"}]}]}],"coverage":{"steps":[],"never":["fire"],"oneSided":[]}}`)
	})
	r := h.at(t, home, "definition", "draft", "test", "D1", "--as", "lin.hall")
	require.Equal(t, Refused, r.code)
	require.Contains(t, r.out, "1.test.yaml:9:3: 办结: expected granted")
	require.Contains(t, r.out, "steps never reached: fire")
	ok = "true"
	require.Equal(t, OK, h.at(t, home, "definition", "draft", "test", "D1", "--as", "lin.hall").code)

	h.on("POST /v1/definition-drafts/D1/publish", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"version":{"item":"restaurant","name":"餐饮店","version":"2026.3","effective":"2026-10-01","state":"published","hash":"h"},"findings":[]}`)
	})
	r = h.at(t, home, "definition", "draft", "publish", "D1", "--revision", "4", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "2026.3")
	_, body := h.last()
	require.Equal(t, map[string]any{"revision": 4.0}, body)
}

func TestVersionsAreStoppedAndTheirHistoryTold(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"item":"restaurant","code":"C1","name":"餐饮店"}]}`)
	})
	version := `{"item":"restaurant","name":"餐饮店","version":"2026.2","effective":"2026-04-01","state":"suspended","hash":"h"}`
	h.on("POST /v1/items/C1/versions/2026.2/suspend", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, version) })
	h.on("POST /v1/items/C1/versions/2026.2/resume", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, version) })
	h.on("GET /v1/items/C1/history", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"versions":[{"version":`+version+`,"publishedBy":{"id":"c","name":"孙"},"cases":{"received":2,"closed":7},"suspensions":[],
			"request":{"revision":1,"note":"加消防","askedBy":{"id":"a","name":"方"},"askedAt":"2026-03-02T01:30:00Z"}}]}`)
	})
	for _, word := range []string{"suspend", "resume"} {
		r := h.at(t, home, "definition", word, "餐饮店", "2026.2", "--reason", "割接", "--as", "lin.hall")
		require.Equal(t, OK, r.code, r.err)
		require.Contains(t, r.out, "2026.2")
		_, body := h.last()
		require.Equal(t, map[string]any{"reason": "割接"}, body)
	}
	r := h.at(t, home, "definition", "history", "餐饮店", "--as", "lin.hall")
	require.Regexp(t, "方 +孙 +加消防 +closed 7, received 2", r.out)
}
