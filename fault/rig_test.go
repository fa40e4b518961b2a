package fault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"lianban/contract"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/fault"
	"lianban/standalone/child"
	"lianban/standalone/devtest"
	"lianban/store"
	"lianban/store/clock"
)

// patience bounds every wait of a scenario: far more than any healing takes.
const patience = 60 * time.Second

// hall is an installation of its own: a database, a task queue, an item, people
// with their sessions, and the processes a scenario starts.
type hall struct {
	t   *testing.T
	env *devtest.Env
	dsn string
	// namespace in Temporal: halls that share a server do not meet.
	namespace string
	store     *store.Store
	client    client.Client
	clock     *clock.Clock
	item      string
	folder    string

	mu   sync.Mutex
	told []fault.Told
}

const region = "210304"

// People of the item, by login: their token is their login.
var people = func() map[string][]store.Role {
	p := map[string][]store.Role{
		"clerk": {{Org: "org-hall", Role: engine.RoleClerk}},
		"lead":  {{Org: "org-lead", Role: engine.RoleLead}, {Org: "org-lead", Role: engine.RoleHandle}},
	}
	for i := range crowd {
		p[officer(i)] = []store.Role{{Org: "org-dept", Role: engine.RoleHandle}}
	}
	return p
}()

// crowd is how many officers there are, and opinions in a case with everybody.
const crowd = 30

func officer(i int) string { return fmt.Sprintf("officer%02d", i) }
func opinion(i int) string { return fmt.Sprintf("opinion%02d", i) }

// itemYAML is the item: acceptance by silence, two opinions side by side, one of
// them with a rule of silence, thirty more when asked; conclusion and hand-out.
func itemYAML(code string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `language: lianban/v1
item:
  code: %q
  name: 故障测试事项
  version: "1"
  effective: "2020-01-01"
  type: licence
  level: county
  mode: joint
  lead: lead
  basis: [{law: 中华人民共和国行政许可法, article: "26"}]
  channels: [window, online]
  statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}
  promised: 10wd
parties:
  hall: {name: 综合窗口, kind: hall}
  lead: {name: 牵头部门, kind: department}
  dept: {name: 会办部门, kind: department}
situations:
  everybody: {ask: 是否征求全部意见？, type: boolean}
form:
  type: object
  properties:
    applicant: {type: object}
process:
  - intake: receive
    by: hall
    answer: {time: 20wd, late: lapse}
  - parallel: review
    objection: lead
    branches:
      - review: one
        by: dept
        limit: {time: 5wd, late: agree, basis: 政府信息公开办法第三十六条}
      - review: two
        by: dept
        limit: 5wd
`, code)
	for i := range crowd {
		fmt.Fprintf(&b, "      - {review: %s, when: everybody, by: dept}\n", opinion(i))
	}
	b.WriteString(`  - decide: conclude
    by: lead
    limit: 3wd
    gives: {permit: {kind: approval, name: 测试批准}}
    back: [review]
  - issue: handOut
    by: hall
    ways: [counter]
`)
	return []byte(b.String())
}

var halls struct {
	sync.Mutex
	n int
}

// open makes a hall in an environment; nothing of it runs yet.
func open(t *testing.T, env *devtest.Env) *hall {
	t.Helper()
	halls.Lock()
	halls.n++
	n := halls.n
	halls.Unlock()
	h := &hall{
		t: t, env: env, dsn: env.Database(t, store.Migrate), namespace: fmt.Sprintf("hall-%d", n),
		item: "11210300MB0X12345A4000998001000", folder: t.TempDir(),
	}
	h.client = env.Client(t, func(o *client.Options) { o.Namespace = h.namespace })
	h.makeNamespace()
	var err error
	h.store, err = store.Open(t.Context(), h.dsn, store.Options{MaxConns: 8, Grace: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(h.store.Close)
	h.clock, err = clock.Open(t.Context(), h.store, nil)
	require.NoError(t, err)
	h.furnish()
	return h
}

// makeNamespace makes the hall's namespace and waits until the server knows it everywhere.
func (h *hall) makeNamespace() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	_, err := h.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: h.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(h.t, err)
	h.until("the namespace is known", func() bool {
		_, err := h.client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: h.namespace})
		return err == nil
	})
}

// furnish puts the catalogue and the directory into the database.
func (h *hall) furnish() {
	h.t.Helper()
	ctx := h.t.Context()
	source := itemYAML(h.item)
	file, found := definition.ParseFile("item.yaml", source)
	require.False(h.t, found.Failed(), found.Render("en"))
	library, found := definition.LibraryOf(file)
	require.False(h.t, found.Failed(), found.Render("en"))
	def, found := library.Resolve(h.item, "1", region)
	require.False(h.t, found.Failed(), found.Render("en"))
	canonical, err := definition.Canonical(def)
	require.NoError(h.t, err)
	plan, err := definition.Compile(def)
	require.NoError(h.t, err)
	at := h.clock.Now()
	require.NoError(h.t, h.store.PublishDefinition(ctx, store.DefinitionVersion{
		Item: h.item, Version: "1", Code: h.item, Name: def.Item.Name, EffectiveOn: calendar.NewDate(2020, 1, 1),
		Hash: plan.Hash, Canonical: canonical, Source: source, PublishedBy: "test", PublishedAt: at,
	}))
	national, err := calendars.National()
	require.NoError(h.t, err)
	days, err := national.MarshalJSON()
	require.NoError(h.t, err)
	_, err = h.store.PutCalendar(ctx, store.CalendarVersion{Version: national.Version(), Data: days, LoadedAt: at})
	require.NoError(h.t, err)
	orgs := map[string]string{"hall": "hall", "lead": "department", "dept": "department"}
	for party, kind := range orgs {
		require.NoError(h.t, h.store.PutOrganisations(ctx, []store.Organisation{{Code: "org-" + party, Name: party, Region: region, Kind: kind}}))
		require.NoError(h.t, h.store.PutPartyOrgs(ctx, []store.PartyOrg{{Item: "*", Party: party, Region: region, Org: "org-" + party}}))
	}
	for login, roles := range people {
		require.NoError(h.t, h.store.PutAccount(ctx, store.Account{ID: "a-" + login, Login: login, Name: login, Active: true, Roles: roles}))
		require.NoError(h.t, h.store.PutSession(ctx, "token-"+login, "a-"+login, roles[0].Org, time.Now().Add(24*time.Hour)))
	}
}

// rules are those of a version with a calendar, compiled and as a case carries them.
func (h *hall) rules(v store.DefinitionVersion, days store.CalendarVersion) (*engine.Rules, []byte) {
	h.t.Helper()
	def, err := definition.Decode(v.Canonical)
	require.NoError(h.t, err)
	cal, err := calendar.Decode(days.Data)
	require.NoError(h.t, err)
	bundle, err := contract.Pack(def, cal)
	require.NoError(h.t, err)
	rules, err := contract.RulesFor(bundle)
	require.NoError(h.t, err)
	return rules, bundle
}

// process is an api or worker of the hall.
type process struct {
	*child.Process
	t    *testing.T
	said <-chan string
	base string // address of an api
}

// start runs a process and waits until it is ready.
func (h *hall) start(path string, args, env []string) *process {
	h.t.Helper()
	r, w, err := os.Pipe()
	require.NoError(h.t, err)
	p := &process{t: h.t}
	p.Process, err = child.Start(child.Spec{
		Path: path, Args: args, Env: append(append(os.Environ(), "LIANBAN_LOG_LEVEL=error", "LIANBAN_CONNECTIONS=8"), env...),
		Stdout: w, Stderr: h.t.Output(), DeathSignal: syscall.SIGKILL,
	})
	require.NoError(h.t, errors.Join(err, w.Close()))
	said := make(chan string, 100)
	p.said = said
	go words(r, said)
	h.t.Cleanup(func() {
		_ = p.Process.Kill() // it may have ended on purpose
		_ = r.Close()
	})
	p.base = strings.TrimPrefix(p.hears("ready"), "ready ")
	return p
}

// serve runs the program in a role.
func (h *hall) serve(role string) *process {
	h.t.Helper()
	path, err := program()
	require.NoError(h.t, err)
	return h.start(path, []string{
		"serve", "--role", role, "--database", h.dsn, "--temporal", h.env.HostPort(), "--namespace", h.namespace,
		"--listen", "127.0.0.1:0", "--files", h.folder, "--demo",
	}, nil)
}

func (h *hall) worker() *process { h.t.Helper(); return h.serve("worker") }
func (h *hall) api() *process    { h.t.Helper(); return h.serve("api") }

// own runs this test binary in a role.
func (h *hall) own(role string, env ...string) *process {
	h.t.Helper()
	self, err := os.Executable()
	require.NoError(h.t, err)
	return h.start(self, nil, append(env, envRole+"="+role, envDatabase+"="+h.dsn, envTemporal+"="+h.env.HostPort(),
		envName+"="+h.namespace, envFolder+"="+h.folder))
}

// failing starts a worker that fails at a point of an act.
func (h *hall) failing(point, key string) *process {
	h.t.Helper()
	return h.own("worker", envPoint+"="+point, envKey+"="+key)
}

// selfish starts an api whose acts nobody else sends again for long.
func (h *hall) selfish() *process { h.t.Helper(); return h.own("api", envGrace+"=5m") }

// envProgram names a ready program, for machines that run test binaries without the go command.
const envProgram = "LIANBAN_TEST_PROGRAM"

// program builds the program once. It lies in the user's cache folder, where the
// go command sees that it is up to date and does not link again.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(envProgram); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "lianban").Output()
	if err != nil {
		return "", fmt.Errorf("find the module (set %s where there is no go command): %w", envProgram, err)
	}
	module := strings.TrimSpace(string(root))
	dir := filepath.Join(cache, "lianban-test", strings.ReplaceAll(strings.Trim(module, "/"), "/", "-"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "lianban")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "lianban/cmd/lianban")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

// hears waits for a line that begins with a word.
func (p *process) hears(word string) string {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line, ok := <-p.said:
			require.True(p.t, ok, "process %d ended without saying %q", p.PID(), word)
			if strings.HasPrefix(line, word) {
				return line
			}
		case <-limit:
			require.Fail(p.t, "silence", "process %d did not say %q", p.PID(), word)
		}
	}
}

// kill9 ends a process with kill -9.
func (p *process) kill9() {
	p.t.Helper()
	require.NoError(p.t, p.Process.Kill())
}

// gone waits until a process has ended by itself.
func (p *process) gone() {
	p.t.Helper()
	select {
	case <-p.Done():
	case <-time.After(patience):
		require.Fail(p.t, "a process lives on", "process %d", p.PID())
	}
}

// answer is what a client got.
type answer struct {
	status int
	took   time.Duration
	err    error // no answer came
	body   struct {
		Number string    `json:"number"`
		Seq    int64     `json:"seq"`
		Key    string    `json:"key"`
		Code   string    `json:"code"`
		State  string    `json:"state"`
		At     time.Time `json:"at"`
	}
	raw string
}

func (a answer) String() string {
	if a.err != nil {
		return "no answer: " + a.err.Error()
	}
	return fmt.Sprintf("%d %s", a.status, a.raw)
}

// newKey makes an idempotency key.
func newKey(name string) string { return name + "-" + rand.Text()[:12] }

// connections of clients: none is kept, so that a killed api is met at once.
var web = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}

// call sends one request as a person.
func (h *hall) call(ctx context.Context, api *process, who, method, path, key string, body any) answer {
	var a answer
	payload, err := json.Marshal(body)
	if err != nil {
		return answer{err: err}
	}
	if body == nil {
		payload = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, api.base+path, bytes.NewReader(payload))
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Authorization", "Bearer token-"+who)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	began := time.Now()
	resp, err := web.Do(r)
	a.took = time.Since(began)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		a.err = err
		return a
	}
	a.status, a.raw = resp.StatusCode, strings.TrimSpace(string(raw))
	if len(raw) > 0 {
		a.err = json.Unmarshal(raw, &a.body)
	}
	return a
}

// file starts a case as the clerk.
func (h *hall) file(api *process, key string, everybody bool) answer {
	a := h.call(h.t.Context(), api, "clerk", http.MethodPost, "/v1/cases", key, map[string]any{
		"item": h.item, "answers": map[string]any{"everybody": everybody}, "form": map[string]any{"applicant": map[string]any{"name": "某某"}},
	})
	if a.err == nil && a.status == http.StatusCreated {
		h.hear(fault.Told{Key: key, Case: a.body.Number, Outcome: fault.Filed, Seq: a.body.Seq})
	}
	return a
}

// filed starts a case and requires that it is.
func (h *hall) filed(api *process, everybody bool) string {
	h.t.Helper()
	a := h.file(api, newKey("file"), everybody)
	require.Equal(h.t, http.StatusCreated, a.status, a.String())
	return a.body.Number
}

// deed is an act of somebody on a case.
type deed struct {
	who, number string
	do          engine.Act
	step        string
	key         string
}

// do sends an act and remembers the answer.
func (h *hall) do(ctx context.Context, api *process, d deed) answer {
	body := map[string]any{}
	if d.step != "" {
		body["step"] = d.step
	}
	if d.do == engine.Hand {
		body["way"] = "counter"
	}
	a := h.call(ctx, api, d.who, http.MethodPost, "/v1/cases/"+d.number+"/acts/"+string(d.do), d.key, body)
	if a.err != nil {
		return a
	}
	told := fault.Told{Key: d.key, Case: d.number}
	switch a.status {
	case http.StatusOK:
		told.Outcome, told.Seq = fault.Done, a.body.Seq
	case http.StatusAccepted:
		told.Outcome = fault.Recorded
	case http.StatusForbidden, http.StatusConflict, http.StatusNotFound:
		told.Outcome, told.Code = fault.Refused, engine.Code(a.body.Code)
	default:
		return a // nothing was promised
	}
	h.hear(told)
	return a
}

// done sends an act and requires that it is done.
func (h *hall) done(api *process, who, number string, do engine.Act, step string) answer {
	h.t.Helper()
	a := h.do(h.t.Context(), api, deed{who, number, do, step, newKey(string(do))})
	require.Equal(h.t, http.StatusOK, a.status, "%s %s: %s", do, step, a)
	return a
}

func (h *hall) hear(t fault.Told) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, t)
}

// through gives the acts that take a narrow case from filing to its end.
func through(number string) []deed {
	return []deed{
		{"clerk", number, engine.Accept, "receive", newKey("accept")},
		{officer(1), number, engine.Agree, "one", newKey("one")},
		{officer(2), number, engine.Claim, "two", newKey("claim")},
		{officer(2), number, engine.Agree, "two", newKey("two")},
		{"lead", number, engine.Grant, "conclude", newKey("grant")},
		{"clerk", number, engine.Hand, "handOut", newKey("hand")},
	}
}

// until waits for a condition.
func (h *hall) until(what string, ok func() bool) {
	h.t.Helper()
	require.Eventually(h.t, ok, patience, 20*time.Millisecond, what)
}

// chain gives the hashes of a case's log.
func (h *hall) chain(number string) []string {
	h.t.Helper()
	var hashes []string
	for _, e := range h.log(number) {
		hashes = append(hashes, e.Hash)
	}
	return hashes
}

// acts gives the keys of the acts in a case's log, in order.
func (h *hall) acts(number string) []string {
	h.t.Helper()
	var keys []string
	for _, e := range h.log(number) {
		if e.Command != "" && (len(keys) == 0 || keys[len(keys)-1] != e.Command) {
			keys = append(keys, e.Command)
		}
	}
	return keys
}

// log gives the event log of a case.
func (h *hall) log(number string) []store.StoredEvent {
	h.t.Helper()
	events, err := h.store.Timeline(h.t.Context(), number, 0, 10_000)
	require.NoError(h.t, err)
	return events
}

// logged says whether an act has rows in the log.
func (h *hall) logged(number, key string) bool {
	seq, err := h.store.CommandSeq(h.t.Context(), number, key)
	return err == nil && seq > 0
}

// status is what the commands table says of an act, "" when it cannot be read.
func (h *hall) status(key string) store.CommandStatus {
	c, err := h.store.CommandByKey(h.t.Context(), key)
	if err != nil {
		return ""
	}
	return c.Status
}

// healed waits until everything has settled and compares every case. A worker
// and an api must be running.
func (h *hall) healed() *fault.Report {
	h.t.Helper()
	h.mu.Lock()
	src := fault.Sources{Store: h.store, Temporal: h.client, Told: append([]fault.Told(nil), h.told...)}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	require.NoError(h.t, fault.Settle(ctx, src))
	report, err := fault.Check(ctx, src)
	require.NoError(h.t, err)
	h.t.Log(report)
	require.NotZero(h.t, report.Cases)
	require.Empty(h.t, report.Findings)
	return report
}
