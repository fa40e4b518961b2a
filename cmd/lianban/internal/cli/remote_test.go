package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

// hall is a server that answers what a test says; it records what it was asked.
// The real server is met in the end-to-end tests; here it is about what the
// command line does with answers that are hard to come by.
type hall struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []string
	keys    []string
	bodies  []map[string]any
	answers map[string]func(w http.ResponseWriter, r *http.Request)
	logins  int
	t       *testing.T
	known   map[string][]string // by documented route: its query parameters
}

func newHall(t *testing.T) *hall {
	h := &hall{t: t, known: queries(t), answers: map[string]func(http.ResponseWriter, *http.Request){}}
	h.Server = httptest.NewServer(http.HandlerFunc(h.answer))
	t.Cleanup(h.Close)
	h.on("POST /v1/session", func(w http.ResponseWriter, _ *http.Request) {
		h.logins++
		send(w, 201, `{"token":"T`+itoa(h.logins)+`","expires":"2099-01-01T00:00:00Z","account":{"id":"p1","login":"lin.hall","name":"林","org":"hall","orgName":"大厅","roles":["clerk"]}}`)
	})
	return h
}

func (h *hall) on(route string, answer func(w http.ResponseWriter, r *http.Request)) {
	h.answers[route] = answer
}

func (h *hall) answer(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r.Method+" "+r.URL.Path)
	h.keys = append(h.keys, r.Header.Get("Idempotency-Key"))
	var body map[string]any
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		_ = json.NewDecoder(r.Body).Decode(&body) // a test that wants a body looks at it
	} else {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	h.bodies = append(h.bodies, body)
	h.asksOnlyKnown(r)
	if f := h.answers[r.Method+" "+r.URL.Path]; f != nil {
		f(w, r)
		return
	}
	send(w, 404, `{"code":"no-route","status":404,"zh":"没有","en":"none","title":"none","type":"/problems/no-route"}`)
}

// queries are the query parameters of each documented route.
func queries(t *testing.T) map[string][]string {
	doc, err := gen.GetSpec()
	require.NoError(t, err)
	known := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			route := method + " " + path
			known[route] = nil
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				if p.Value.In == openapi3.ParameterInQuery {
					known[route] = append(known[route], p.Value.Name)
				}
			}
		}
	}
	return known
}

// asksOnlyKnown holds the command line to the document: the real server refuses
// any other query parameter. Where several routes fit a path, the one with fewer
// variables is meant, as in the router.
func (h *hall) asksOnlyKnown(r *http.Request) {
	best := ""
	for route := range h.known {
		method, path, _ := strings.Cut(route, " ")
		if method != r.Method || !fits(path, r.URL.Path) {
			continue
		}
		if best == "" || strings.Count(route, "{") < strings.Count(best, "{") {
			best = route
		}
	}
	for name := range r.URL.Query() {
		if !slices.Contains(h.known[best], name) {
			h.t.Errorf("%s %s asks for %q, which %q does not know", r.Method, r.URL.Path, name, best)
		}
	}
}

func fits(path, given string) bool {
	want, have := strings.Split(path, "/"), strings.Split(given, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool { return strings.HasPrefix(w, "{") || w == h })
}

func send(w http.ResponseWriter, status int, body string) {
	kind := "application/json"
	if status >= 400 {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (h *hall) last() (key string, body map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keys[len(h.keys)-1], h.bodies[len(h.bodies)-1]
}

// at runs a command against the hall, with a wallet kept for the whole test.
func (h *hall) at(t *testing.T, home string, args ...string) result {
	t.Helper()
	return h.with(t, home, func(*App) {}, args...)
}

// with is at for a program with more commands.
func (h *hall) with(t *testing.T, home string, add func(*App), args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_SERVER": h.URL, "LIANBAN_DATA": home}
	a := New(args, strings.NewReader(""), &out, &errOut, func(k string) string { return env[k] })
	add(a)
	code := a.Run(t.Context())
	return result{out.String(), errOut.String(), code}
}

const done = `{"key":"K","number":"N1","act":"gap","at":"2026-02-12T02:00:00Z","seq":7}`

func TestActBecomesARequest(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"case":{"number":"N1","item":"C1","version":"1"},"steps":[]}`)
	})
	h.on("GET /v1/items/C1/guide", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "1", r.URL.Query().Get("version"))
		send(w, 200, `{"questions":[{"id":"kinds","type":"choices"},{"id":"area","type":"number"},{"id":"sign","type":"boolean"}],
			"form":{"type":"object","properties":{"applicant":{"properties":{"phone":{"type":"string"}}}}}}`)
	})
	for _, c := range []struct {
		args []string
		path string
		want string
	}{
		{[]string{"task", "gap", "N1", "--line", "layoutPlan=未提交", "--line", "ownFlue=不明=x"}, "gap",
			`{"lines":[{"of":"layoutPlan","reason":"未提交"},{"of":"ownFlue","reason":"不明=x"}]}`},
		{[]string{"act", "send-back", "N1", "--step", "food", "--reason", "缺", "--link", "handle"}, "sendBack", `{"step":"food","reason":"缺","link":"handle"}`},
		{[]string{"act", "grant", "N1", "--output", "p=JY1", "--take", "s=加装净化器", "--leave", "s=隔音::已有", "--override", "f=符合", "--check", "a=ok", "--check", "b=no:差"}, "grant",
			`{"outputs":[{"id":"p","number":"JY1"}],"takes":[{"step":"s","condition":"加装净化器","taken":true},{"step":"s","condition":"隔音","taken":false,"reason":"已有"}],
			"overrides":[{"step":"f","reason":"符合"}],"checks":[{"id":"a","ok":true},{"id":"b","ok":false,"note":"差"}]}`},
		{[]string{"case", "amend", "N1", "--answer", "sign=true", "--answer", "area=80.5", "--answer", "kinds=hot", "--form", "applicant.phone=1380", "--form", "applicant.name=x", "--reason", "r"}, "amend",
			`{"answers":{"sign":true,"area":80.5,"kinds":["hot"]},"form":{"applicant":{"phone":"1380","name":"x"}},"reason":"r"}`},
		{[]string{"case", "add", "N1", "--step", "review", "--party", "eco", "--reads", "a,b", "--time", "3wd", "--reason", "r"}, "add",
			`{"step":"review","party":"eco","reads":["a","b"],"time":"3wd","reason":"r"}`},
		{[]string{"task", "answer", "N1", "--paper", "licence@e-licence", "--statement", "x=y"}, "answer", `{"papers":[{"id":"licence","source":"e-licence"}],"statements":[{"of":"x","text":"y"}]}`},
		{[]string{"case", "mend", "N1", "--fix", "area=88", "--fix", "kinds=hot,cold", "--fix", "form.applicant.phone=139", "--paper", "licence@e-licence", "--confirmed", "true"}, "mend",
			`{"corrections":[{"field":"area","to":88},{"field":"kinds","to":["hot","cold"]},{"field":"form.applicant.phone","to":"139"}],"papers":[{"id":"licence","source":"e-licence"}],"confirmed":true}`},
		{[]string{"task", "hand", "N1", "--way", "counter", "--item", "a", "--item", "b"}, "hand", `{"way":"counter","items":["a","b"]}`},
	} {
		h.on("POST /v1/cases/N1/acts/"+c.path, func(w http.ResponseWriter, _ *http.Request) { send(w, 200, done) })
		r := h.at(t, home, append(c.args, "--as", "lin.hall")...)
		require.Equal(t, OK, r.code, r.err)
		key, body := h.last()
		require.Len(t, key, 36, "a key of its own")
		got, err := json.Marshal(body)
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(got))
		require.Contains(t, r.out, "K", "the key is shown")
	}
	require.Equal(t, 1, h.logins, "one login serves all commands")
}

// Every act goes out with no more than the flags it asks for, and with none of them less: what it asks for is what
// the flag fills.
func TestEveryActGoesOutWithWhatItNeeds(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"case":{"number":"N1","item":"C1","version":"1"},"steps":[]}`)
	})
	h.on("GET /v1/items/C1/guide", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"questions":[{"id":"x","type":"boolean"}]}`)
	})
	values := map[string]string{"line": "x=缺", "answer": "x=true", "change": "number=x", "check": "x=ok", "confirmed": "true", "override": "x=符合", "on": "2026-03-09T09:00"}
	for _, s := range actSpecs {
		h.on("POST /v1/cases/N1/acts/"+string(s.act), func(w http.ResponseWriter, _ *http.Request) { send(w, 200, done) })
		args := []string{"act", s.word, "N1", "--as", "lin.hall"}
		for _, name := range s.need {
			require.Equal(t, Usage, h.at(t, home, args...).code, "%s without --%s", s.word, name)
			args = append(args, "--"+name, cmp.Or(values[name], "x"))
		}
		r := h.at(t, home, args...)
		require.Equal(t, OK, r.code, "%v: %s", args, r.err)
	}
}

// TestApplicantsValues: without a guide to ask, the form of a value decides.
func TestApplicantsValues(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/track/answer", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, done) })
	r := h.at(t, home, "track", "answer", "N1", "--code", "C", "--answer", "kinds=[hot,cold]", "--answer", "n=5", "--answer", "s=\"5\"", "--form", "a.b=true", "--form", "a.c=x")
	require.Equal(t, OK, r.code, r.err)
	_, body := h.last()
	require.Equal(t, map[string]any{
		"answers": map[string]any{"kinds": []any{"hot", "cold"}, "n": 5.0, "s": "5"}, "form": map[string]any{"a": map[string]any{"b": true, "c": "x"}},
	}, body)
}

func TestActFromFileAndKey(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	file := filepath.Join(home, "body.yaml")
	require.NoError(t, os.WriteFile(file, []byte("reason: 甲\nbasis: 法第一条\nchecks: [{id: a, ok: true}]\n"), 0o600))
	h.on("POST /v1/cases/N1/acts/deny", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, done) })
	r := h.at(t, home, "task", "deny", "N1", "--body", file, "--reason", "乙", "--key", "0123456789abcdef", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	key, body := h.last()
	require.Equal(t, "0123456789abcdef", key)
	require.Equal(t, "乙", body["reason"])
	require.Equal(t, "法第一条", body["basis"])
}

func TestWrongFlagsSendNothing(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	for _, args := range [][]string{
		{"task", "gap", "N1"}, {"task", "gap", "N1", "--line", "layoutPlan"}, {"task", "pass", "N1", "--check", "a=maybe"},
		{"task", "grant", "N1", "--leave", "s=c"}, {"case", "terminate", "N1", "--reason", "r"}, {"task", "complete", "N1", "--do", "agree"},
		{"task", "complete", "N1/t", "--do", "dance"}, {"task", "answer", "N1", "--paper", "lease"},
	} {
		r := h.at(t, home, append(args, "--as", "lin.hall")...)
		require.Equal(t, Usage, r.code, "%v: %s", args, r.err)
		require.NotEmpty(t, r.err)
	}
	for _, a := range h.asked {
		require.Equal(t, "POST /v1/session", a)
	}
}

func TestSessionThatEndedIsOpenedAgain(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/tasks", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer T2" {
			send(w, 401, `{"code":"unauthenticated","status":401,"zh":"未登录","en":"not logged in","title":"t","type":"/problems/unauthenticated"}`)
			return
		}
		send(w, 200, `{"tasks":[]}`)
	})
	require.Equal(t, OK, h.at(t, home, "task", "list", "--as", "lin.hall").code)
	require.Equal(t, 2, h.logins)
	r := h.at(t, home, "task", "list", "--token", "old")
	require.Equal(t, Forbidden, r.code, "a token that was given is not replaced")
}

func TestPendingAct(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	state, polls := "waiting", 0
	h.on("POST /v1/cases/N1/acts/accept", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 202, `{"key":"K","number":"N1","act":"accept","at":"2026-02-12T02:00:00Z","state":"waiting"}`)
	})
	poll := func(w http.ResponseWriter, _ *http.Request) {
		polls++
		send(w, 200, `{"key":"K","number":"N1","act":"accept","at":"2026-02-12T02:00:00Z","state":"`+state+`","seq":9,"problem":{"code":"window-open","status":409,"zh":"汇总期未满","en":"the collect window is open","title":"t","type":"/problems/window-open"}}`)
	}
	h.on("GET /v1/commands/0123456789abcdef", poll)
	accept := []string{"task", "accept", "N1", "--as", "lin.hall", "--key", "0123456789abcdef", "--wait"}

	r := h.at(t, home, append(accept, "400ms")...)
	require.Equal(t, Pending, r.code)
	require.Contains(t, r.out, "command show 0123456789abcdef")
	require.NotZero(t, polls)

	state = "refused"
	r = h.at(t, home, append(accept, "5s")...)
	require.Equal(t, Refused, r.code)
	require.Contains(t, r.err, "window-open")

	state = "done"
	r = h.at(t, home, append(accept, "5s")...)
	require.Equal(t, OK, r.code)
	require.Contains(t, r.out, "done accept")
}

func TestServerLostInTheMiddle(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/cases/N1/acts/accept", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	r := h.at(t, home, "task", "accept", "N1", "--as", "lin.hall")
	require.Equal(t, Unavailable, r.code)
	key, _ := h.last()
	require.Contains(t, r.err, "--key "+key, "how to send it again")
	r = h.at(t, home, "task", "accept", "N1", "--as", "lin.hall", "--json")
	require.Equal(t, Unavailable, r.code)
	var doc map[string]string
	require.NoError(t, json.Unmarshal([]byte(r.out), &doc), r.out)
	key, _ = h.last()
	require.Equal(t, key, doc["key"])
}

func TestExitCodesOfProblems(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	for _, c := range []struct {
		status int
		code   string
		want   Exit
	}{
		{409, "one-notice", Refused}, {422, "bad-form", Refused}, {403, "not-allowed", Refused}, {403, "not-involved", Forbidden}, {403, "not-permitted", Forbidden},
		{404, "no-such-case", NotFound}, {429, "too-many", Unavailable}, {503, "store-away", Unavailable}, {500, "internal", Internal},
	} {
		h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) {
			send(w, c.status, `{"code":"`+c.code+`","status":`+itoa(c.status)+`,"zh":"中","en":"english","title":"t","type":"/problems/x"}`)
		})
		r := h.at(t, home, "case", "show", "N1", "--as", "lin.hall")
		require.Equal(t, c.want, r.code, c.code)
		require.Contains(t, r.err, "["+c.code+"]: english")
		r = h.at(t, home, "case", "show", "N1", "--as", "lin.hall", "--json")
		require.Equal(t, c.want, r.code, c.code)
		require.Empty(t, r.err)
		var p struct{ Code string }
		require.NoError(t, json.Unmarshal([]byte(r.out), &p), r.out)
		require.Equal(t, c.code, p.Code)
	}
	h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", 502) })
	r := h.at(t, home, "case", "show", "N1", "--as", "lin.hall")
	require.Equal(t, Unavailable, r.code)
	require.Contains(t, r.err, "is this a Lianban server?")
}

func TestRefusalsNameTheCommandThatHelps(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	refuse := func(code string) {
		h.on("POST /v1/cases/N1/acts/gap", func(w http.ResponseWriter, _ *http.Request) {
			send(w, 409, `{"code":"`+code+`","status":409,"zh":"中","en":"english","title":"t","type":"/problems/x"}`)
		})
	}
	for code, hint := range map[string]string{
		"not-open": "lianban case waiting-for CASE", "answer-open": "lianban case notices CASE", "bad-paper": "lianban definition guide ITEM",
	} {
		refuse(code)
		r := h.at(t, home, "task", "gap", "N1", "--line", "lease=x", "--as", "lin.hall")
		require.Equal(t, Refused, r.code)
		require.Contains(t, r.err, hint, code)
	}
	h.on("POST /v1/files", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 415, `{"code":"file-type","status":415,"zh":"中","en":"english","title":"t","type":"/problems/x","where":"file"}`)
	})
	file := filepath.Join(home, "a.md")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	r := h.at(t, home, "task", "answer", "N1", "--paper", "lease="+file, "--as", "lin.hall")
	require.Contains(t, r.err, "--paper lease="+file, "which of the files it was")
}

func TestNoticesAndWaitsShowNames(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1/notices", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"notices":[{"id":"n1","kind":"correction","title":"补正告知书","to":"applicant","at":"2026-02-12T02:00:00Z","lines":[
			{"of":"lease","name":"场所使用证明","reason":"未提交","askers":["hall","guide"],"askerNames":["综合窗口","guide"]}]}]}`)
	})
	h.on("GET /v1/cases/N1/waiting-for", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"waits":[{"who":"eco","whoName":"生态环境部门","org":"eco-1","orgName":"立山分局","role":"handle","step":"s","stepName":"油烟选址意见",
			"whyZh":"提出意见","whyEn":"give an opinion","since":"2026-02-12T02:00:00Z"},
			{"who":"applicant","step":"r","stepName":"收件","whyZh":"补正","whyEn":"answer","since":"2026-02-12T02:00:00Z"}]}`)
	})
	r := h.at(t, home, "case", "notices", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Regexp(t, `lease\s+场所使用证明\s+未提交\s+综合窗口、办事指南\s+未答复`, r.out)
	r = h.at(t, home, "case", "waiting-for", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Regexp(t, `生态环境部门\s+立山分局\s+承办\s+s\s+油烟选址意见\s+提出意见`, r.out)
	require.Regexp(t, `(?m)^申请人\s+r\s+收件\s+补正`, r.out)
}

func TestBatchTellsEachResult(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/tasks/complete", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"results":[{"number":"N1","task":"a","key":"k1","state":"done","seq":4},
			{"number":"N2","task":"b","key":"k2","state":"refused","problem":{"code":"not-open","status":409,"zh":"x","en":"not open","title":"t","type":"p"}}]}`)
	})
	r := h.at(t, home, "task", "complete", "N1/a", "N2/b", "--do", "agree-with", "--condition", "c", "--as", "lin.hall")
	require.Equal(t, Refused, r.code)
	require.Contains(t, r.out, "not-open not open")
	_, body := h.last()
	tasks := body["tasks"].([]any)
	require.Len(t, tasks, 2)
	require.Equal(t, map[string]any{"number": "N2", "task": "b", "do": "agreeWith", "data": map[string]any{"conditions": []any{"c"}}}, tasks[1])
}

func TestLoginRemembersTheAccount(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/session", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"id":"p1","login":"lin.hall","name":"林","org":"hall","orgName":"大厅","roles":["clerk"]}`)
	})
	h.on("GET /v1/tasks", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, `{"tasks":[]}`) })
	h.on("DELETE /v1/session", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	require.Equal(t, Forbidden, h.at(t, home, "task", "list").code)
	require.Equal(t, OK, h.at(t, home, "login", "lin.hall").code)
	require.Equal(t, OK, h.at(t, home, "task", "list").code)
	info, err := os.Stat(filepath.Join(home, "lianban", "tokens.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, OK, h.at(t, home, "logout").code)
	require.Equal(t, Forbidden, h.at(t, home, "task", "list").code)
	require.WithinDuration(t, time.Now(), info.ModTime(), time.Minute)
}

func TestStartTypesAnswersByTheGuide(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/items", func(w http.ResponseWriter, r *http.Request) {
		found := map[string]string{
			"餐饮": `{"code":"C1","name":"开办餐饮店"}`, "cyd": `{"code":"C1","name":"开办餐饮店"}`, "开办": `{"code":"C1","name":"开办餐饮店"},{"code":"C2","name":"开办便利店"}`,
		}
		send(w, 200, `{"items":[`+found[r.URL.Query().Get("q")]+`]}`)
	})
	h.on("GET /v1/items/C1/guide", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"questions":[{"id":"kinds","type":"choices"},{"id":"area","type":"number"},{"id":"fumes","type":"boolean"},{"id":"mode","type":"choice"}],
			"form":{"type":"object","properties":{"staff":{"type":"integer"},"applicant":{"$ref":"#/$defs/a"}},"$defs":{"a":{"properties":{"phone":{"type":"string"}}}}}}`)
	})
	h.on("POST /v1/cases", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 201, `{"number":"N1","seq":2,"at":"2026-02-12T02:00:00Z","trackCode":"AAAA"}`)
	})
	r := h.at(t, home, "case", "start", "餐饮", "--answer", "kinds=hot", "--answer", "area=80", "--answer", "fumes=是", "--answer", "mode=1",
		"--form", "staff=6", "--form", "applicant.phone=13800138000", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "AAAA")
	_, body := h.last()
	got, err := json.Marshal(body)
	require.NoError(t, err)
	require.JSONEq(t, `{"item":"C1","answers":{"kinds":["hot"],"area":80,"fumes":true,"mode":"1"},"form":{"staff":6,"applicant":{"phone":"13800138000"}}}`, string(got))

	require.Equal(t, OK, h.at(t, home, "case", "start", "cyd", "--as", "lin.hall").code)
	require.Equal(t, Usage, h.at(t, home, "case", "start", "开办", "--as", "lin.hall").code, "two items")
	require.Equal(t, NotFound, h.at(t, home, "case", "start", "旅馆", "--as", "lin.hall").code)
	require.Equal(t, Usage, h.at(t, home, "case", "start", "餐饮", "--answer", "area=big", "--as", "lin.hall").code)
}

func TestChecklistShowsWhatNeedNotBeBrought(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"code":"C1","name":"开办餐饮店"}]}`)
	})
	h.on("GET /v1/items/C1/guide", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"questions":[{"id":"fumes","type":"boolean"}]}`)
	})
	h.on("POST /v1/items/C1/checklist", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"item":"C1","version":"1","offers":[{"question":"hasLicence","source":"e-licence","result":"found","value":true,"at":"2026-03-02T01:00:00Z"}],
			"papers":[{"id":"licence","name":"营业执照","need":"held","form":"electronic","count":1,"source":"e-licence","grade":"A","until":"2030-01-01"},
			{"id":"safety","name":"预案","need":"promised","form":"copy","count":1},
			{"id":"plan","name":"平面图","need":"bring","form":"copy","count":1,"follow":"5wd","letter":"6mo","tried":[{"source":"library","result":"failed","why":"store","at":"2026-03-02T01:00:00Z"}]}],
			"promises":[{"id":"fire","text":"消防承诺书","replaces":["safety"]}]}`)
	})
	r := h.at(t, home, "item", "checklist", "餐饮", "--applicant-id", "91440101MA5CXXXX0K", "--answer", "fumes=true", "--form", "premises=X", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	for _, want := range []string{"held already", "2030-01-01", "bring it, or later: within 5wd, or a letter for 6mo", "replaced by the promise", "消防承诺书", "library failed (store)", "hasLicence", "true"} {
		require.Contains(t, r.out, want)
	}
	_, body := h.last()
	require.Equal(t, map[string]any{"applicantId": "91440101MA5CXXXX0K", "answers": map[string]any{"fumes": true}, "form": map[string]any{"premises": "X"}}, body)
}

func TestSourcesAreListedAndTried(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"code":"C1","name":"开办餐饮店"}]}`)
	})
	h.on("GET /v1/sources", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"sources":[{"name":"data:property","connected":false,"items":["C1"]},{"name":"library","connected":true},
			{"name":"e-licence","connected":true,"host":"licence.example","restingUntil":"2026-03-02T01:00:00Z"}]}`)
	})
	r := h.at(t, home, "source", "list", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	for _, want := range []string{"not connected", "C1", "licence.example", "left alone until"} {
		require.Contains(t, r.out, want)
	}
	result := "found"
	h.on("POST /v1/sources/test", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"took":12,"ref":"B-7","trial":{"source":"data:property","result":"`+result+`","at":"2026-03-02T01:00:00Z"}}`)
	})
	probe := []string{"source", "test", "data:property", "--item", "餐饮", "--paper", "lease", "--applicant-id", "X1", "--as", "lin.hall"}
	r = h.at(t, home, probe...)
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "B-7")
	result = "failed"
	require.Equal(t, Refused, h.at(t, home, probe...).code)
	require.Equal(t, Refused, h.at(t, home, append(probe, "--json")...).code)
	require.Equal(t, Usage, h.at(t, home, append(probe[:7:7], "--as", "lin.hall")...).code)
}
