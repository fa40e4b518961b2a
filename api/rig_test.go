package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/api"
	"lianban/api/gen"
	"lianban/contract"
	"lianban/definitions/calendars"
	templates "lianban/definitions/letters"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/sources"
	"lianban/standalone/devtest"
	"lianban/store"
	"lianban/store/bucket"
	"lianban/store/clock"
	"lianban/workflows"
)

const (
	region   = "210304"
	itemCode = "11210300MB0X12345A4000998001000"
)

// accounts of the test district: login → organisation, roles.
var accounts = map[string]struct {
	org   string
	roles []string
}{
	"clerk":      {"org-hall", []string{engine.RoleClerk}},
	"lead":       {"org-lead", []string{engine.RoleHandle, engine.RoleLead}},
	"one":        {"org-dept", []string{engine.RoleHandle}},
	"two":        {"org-other", []string{engine.RoleHandle}},
	"two-b":      {"org-other", []string{engine.RoleHandle}},
	"stranger":   {"org-far", []string{engine.RoleHandle}},
	"supervisor": {"org-watch", []string{engine.RoleSupervisor}},
	"watch-far":  {"org-remote", []string{engine.RoleSupervisor}},
	"mayor":      {"org-above", []string{engine.RoleGovernmentHead}},
	"mayor-far":  {"org-away", []string{engine.RoleGovernmentHead}},
	"publisher":  {"org-watch", []string{api.RolePublisher}},
	"admin":      {"org-watch", []string{api.RoleAdmin}},
	"analyst":    {"org-watch", []string{api.RoleAnalyst}},
	"analyst-b":  {"org-watch", []string{api.RoleAnalyst}},
	"operator":   {"org-watch", []string{api.RoleOperator}},
}

// rig is a district with a server, a worker and a database of its own.
type rig struct {
	t        *testing.T
	env      *devtest.Env
	store    *store.Store
	clock    *clock.Clock
	temporal client.Client
	bucket   *bucket.Dir
	queue    string
	dsn      string
	url      string
	log      *logBook
	tokens   map[string]string
}

type rigOptions struct {
	env      *devtest.Env
	wait     time.Duration
	sweep    time.Duration // zero: often
	upload   int64
	rows     int
	ui       string
	noWorker bool
	release  bool // not dev
	sources  sources.Config
	public   string // the address users reach it under
	provider *api.Provider
	locked   bool // no login with passwords
}

func newRig(t *testing.T, o rigOptions) *rig {
	t.Helper()
	r := &rig{t: t, env: o.env, queue: "q-" + uuid.NewString(), log: &logBook{}, tokens: map[string]string{}}
	if r.env == nil {
		r.env = devtest.Shared(t)
	}
	r.dsn = r.env.Database(t, store.Migrate)
	r.temporal = r.env.Client(t, nil)
	var err error
	// All rigs share one Temporal: numbers of their own keep their cases apart.
	own := strings.ToUpper(uuid.NewString()[:8])
	number := func(_ string, day calendar.Date, serial int64) string {
		return store.CaseNumber("T"+own, day, serial)
	}
	r.store, err = store.Open(t.Context(), r.dsn, store.Options{MaxConns: 8, Number: number})
	require.NoError(t, err)
	t.Cleanup(r.store.Close)
	r.bucket, err = bucket.OpenDir(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.bucket.Close()) })
	r.clock, err = clock.Open(t.Context(), r.store, nil)
	require.NoError(t, err)
	r.seed()
	if !o.noWorker {
		r.work()
	}
	r.url, _ = r.serve(o)
	return r
}

// seed fills the directory and publishes the item, its next version and a suspended one.
func (r *rig) seed() {
	t, ctx := r.t, r.t.Context()
	var orgs []store.Organisation
	for _, code := range []string{"org-hall", "org-lead", "org-dept", "org-other", "org-far"} {
		orgs = append(orgs, store.Organisation{Code: code, Name: "单位 " + code, NameEn: "Body " + code, Region: region, Kind: "department"})
	}
	orgs = append(orgs,
		store.Organisation{Code: "org-watch", Name: "单位 org-watch", Region: region, Kind: "department", Parent: "org-above"},
		store.Organisation{Code: "org-remote", Name: "别处监察", Region: "659001", Kind: "department", Parent: "org-away"},
		store.Organisation{Code: "org-above", Name: "本级政府", Region: region, Kind: "government"},
		store.Organisation{Code: "org-away", Name: "别处政府", Region: "659001", Kind: "government"})
	require.NoError(t, r.store.PutOrganisations(ctx, orgs))
	var parties []store.PartyOrg
	for party, org := range map[string]string{"hall": "org-hall", "lead": "org-lead", "dept": "org-dept", "other": "org-other"} {
		parties = append(parties, store.PartyOrg{Item: "*", Party: party, Region: region, Org: org})
	}
	require.NoError(t, r.store.PutPartyOrgs(ctx, parties))
	for login, a := range accounts {
		acc := store.Account{ID: "a-" + login, Login: login, Name: "某" + login, Active: true}
		for _, role := range a.roles {
			acc.Roles = append(acc.Roles, store.Role{Org: a.org, Role: role})
		}
		require.NoError(t, r.store.PutAccount(ctx, acc))
	}
	require.NoError(t, r.store.PutAccount(ctx, store.Account{ID: "a-locked", Login: "locked", Name: "某", Active: true,
		PasswordHash: api.HashPassword("correct horse"), Roles: []store.Role{{Org: "org-hall", Role: engine.RoleClerk}}}))
	national, err := calendars.National()
	require.NoError(t, err)
	data, err := json.Marshal(national)
	require.NoError(t, err)
	_, err = r.store.PutCalendar(ctx, store.CalendarVersion{Version: national.Version(), Data: data, LoadedAt: r.clock.Now()})
	require.NoError(t, err)
	r.publish("test-item", func(s string) string { return s })
	r.publish("test-item", func(s string) string {
		return strings.NewReplacer(`version: "1"`, `version: "99"`, `effective: "2020-01-01"`, `effective: "2099-01-01"`).Replace(s)
	})
	r.publish("asleep", func(s string) string { return strings.ReplaceAll(s, itemCode, "11210300MB0X12345A4000997001000") })
	require.NoError(t, r.store.SuspendDefinition(ctx, "asleep", "1", true, "test"))
	r.publish("orphan", func(s string) string {
		return strings.NewReplacer(itemCode, "11210300MB0X12345A4000996001000", "  other: {name:", "  nobody: {name:", "by: other", "by: nobody").Replace(s)
	})
}

func testItem(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("testdata/item.yaml")
	require.NoError(t, err)
	return string(src)
}

func (r *rig) publish(id string, change func(string) string) {
	r.t.Helper()
	src := change(testItem(r.t))
	file, found := definition.ParseFile("item.yaml", []byte(src))
	require.False(r.t, found.Failed(), found.Render("en"))
	library, _ := definition.LibraryOf(file)
	def, found := library.Resolve(file.Definition.Item.Code, file.Definition.Item.Version, "")
	require.NotNil(r.t, def, found.Render("en"))
	plan, err := definition.Compile(def)
	require.NoError(r.t, err)
	canonical, err := definition.Canonical(def)
	require.NoError(r.t, err)
	day, err := calendar.ParseDate(def.Item.Effective)
	require.NoError(r.t, err)
	require.NoError(r.t, r.store.PublishDefinition(r.t.Context(), store.DefinitionVersion{
		Item: id, Version: def.Item.Version, Code: def.Item.Code, Name: def.Item.Name, EffectiveOn: day, Hash: plan.Hash,
		Canonical: canonical, Source: []byte(src), PublishedBy: "test", PublishedAt: r.clock.Now(),
	}))
}

// work runs a worker on the rig's queue until the test ends.
func (r *rig) work() {
	w := worker.New(r.temporal, r.queue, contract.WorkerOptions())
	acts := activities.New(r.store, r.clock, nil, nil)
	workflows.Register(w, acts.Write)
	acts.Register(w)
	require.NoError(r.t, w.Start())
	r.t.Cleanup(w.Stop)
}

// serve runs one more server on the rig's database; stop ends it before the test does.
func (r *rig) serve(o rigOptions) (url string, stop func()) {
	t := r.t
	set, _, err := templates.Set(nil)
	require.NoError(t, err)
	s, err := api.New(api.Config{
		Templates: set,
		Store:     r.store, Bucket: r.bucket, Temporal: r.temporal, Clock: r.clock, Queue: r.queue,
		Log: slog.New(slog.NewTextHandler(r.log, nil)), Dev: !o.release, Version: "test", PublicURL: o.public, Provider: o.provider, NoPasswords: o.locked,
		Wait: o.wait, UploadLimit: o.upload, ExportRows: o.rows, TemporalUI: o.ui, Namespace: "hall", Sources: o.sources, Sweep: cmp.Or(o.sweep, 200*time.Millisecond), Posts: 200 * time.Millisecond,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	srv := httptest.NewServer(s.Handler())
	stop = sync.OnceFunc(func() { srv.CloseClientConnections(); srv.Close(); cancel(); <-done })
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			for _, line := range strings.Split(r.log.String(), "\n") {
				if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
					t.Log(line)
				}
			}
		}
	})
	return srv.URL, stop
}

// loadSources reads a configuration of sources as serve does.
func loadSources(t *testing.T, text string) sources.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sources.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	cfg, err := sources.Load(path, func(string) string { return "" })
	require.NoError(t, err)
	return cfg
}

// logBook is what the server has logged.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), string(a.body))
}

func (a answer) problem(t *testing.T, status int, code string) gen.Problem {
	t.Helper()
	require.Equal(t, status, a.status, string(a.body))
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	var p gen.Problem
	a.into(t, &p)
	require.Equal(t, code, p.Code, string(a.body))
	require.NotEmpty(t, p.Zh)
	require.NotEmpty(t, p.En)
	for _, short := range []gen.Text{p.Expected, p.Actual} {
		require.Equal(t, short.ZH == "", short.EN == "", "%+v", short)
		require.NotRegexp(t, `[A-Za-z]{2,} [A-Za-z]{2,}`, short.ZH, "%s says it in Chinese, too: %+v", code, short)
	}
	require.Equal(t, status, p.Status)
	require.Equal(t, "/problems/"+code, p.Type)
	return p
}

// req is one request.
type req struct {
	url, method, path string
	as                string // login; "" nobody
	track             string
	key               string // "" makes one for POST; "-" sends none
	kind              string // Content-Type
	body              any
	raw               io.Reader
	header            map[string]string
}

func (r *rig) do(q req) answer {
	r.t.Helper()
	a, err := r.try(q)
	require.NoError(r.t, err)
	return a
}

func (r *rig) try(q req) (answer, error) {
	raw, kind := q.raw, q.kind
	if q.body != nil {
		b, err := json.Marshal(q.body)
		if err != nil {
			return answer{}, err
		}
		raw = bytes.NewReader(b)
	}
	if raw != nil && kind == "" {
		kind = "application/json"
	}
	if q.url == "" {
		q.url = r.url
	}
	h, err := http.NewRequestWithContext(r.t.Context(), q.method, q.url+q.path, raw)
	if err != nil {
		return answer{}, err
	}
	if kind != "" {
		h.Header.Set("Content-Type", kind)
	}
	if q.as != "" {
		token, err := r.token(q.url, q.as)
		if err != nil {
			return answer{}, err
		}
		h.Header.Set("Authorization", "Bearer "+token)
	}
	if q.track != "" {
		h.Header.Set("Lianban-Track", q.track)
	}
	if q.method == http.MethodPost && q.key != "-" {
		if q.key == "" {
			q.key = uuid.NewString()
		}
		h.Header.Set("Idempotency-Key", q.key)
	}
	for k, v := range q.header {
		h.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(h)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	return answer{resp.StatusCode, resp.Header, body}, matches(h, resp, body)
}

var spec = sync.OnceValues(func() (routers.Router, error) {
	doc, err := gen.GetSpec()
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return gorillamux.NewRouter(doc)
})

// matches holds every answer against the document.
func matches(q *http.Request, resp *http.Response, body []byte) error {
	router, err := spec()
	if err != nil {
		return err
	}
	route, params, err := router.FindRoute(q)
	if err != nil {
		return nil // not an address of the document
	}
	if resp.StatusCode == 200 && (strings.HasSuffix(route.Path, "/file") || strings.HasSuffix(route.Path, "/files/{hash}")) || route.Path == "/metrics" {
		return nil // content of any type
	}
	in := &openapi3filter.RequestValidationInput{Request: q, PathParams: params, Route: route}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header,
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true}}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		var multi openapi3.MultiError
		if errors.As(err, &multi) {
			err = multi[0]
		}
		return fmt.Errorf("%s %s answers off the document: %w\n%s", q.Method, q.URL.Path, err, body)
	}
	return nil
}

var tokenLock sync.Mutex

func (r *rig) token(url, login string) (string, error) {
	tokenLock.Lock()
	defer tokenLock.Unlock()
	if t := r.tokens[login]; t != "" {
		return t, nil
	}
	a, err := r.try(req{url: url, method: "POST", path: "/v1/session", key: "-", body: map[string]any{"account": login}})
	if err != nil {
		return "", err
	}
	var s gen.Session
	if err := json.Unmarshal(a.body, &s); err != nil || a.status != 201 {
		return "", fmt.Errorf("login %s: %d %s", login, a.status, a.body)
	}
	r.tokens[login] = s.Token
	return s.Token, nil
}

// upload sends a file as somebody and gives its hash.
func (r *rig) upload(as, name, kind string, content []byte) answer {
	r.t.Helper()
	body, boundary := filePart(r.t, "file", name, kind, content)
	return r.do(req{method: "POST", path: "/v1/files", as: as, key: "-", kind: boundary, raw: body})
}

func filePart(t *testing.T, field, name, kind string, content []byte) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, field, name)}, "Content-Type": {kind},
	})
	require.NoError(t, err)
	_, err = part.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return &b, w.FormDataContentType()
}

var pdf = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

// paper is a PDF nobody else has.
func (r *rig) paper(as, name string) string {
	r.t.Helper()
	a := r.upload(as, name, "application/pdf", append(bytes.Clone(pdf), []byte("% "+uuid.NewString())...))
	require.Equal(r.t, 201, a.status, string(a.body))
	var f gen.File
	a.into(r.t, &f)
	return f.Hash
}

const (
	applicantName = "张三丰测试"
	applicantID   = "440301199001011234"
	phone         = "13800001111"
)

// application is a filing in which nothing is wrong.
func (r *rig) application() map[string]any {
	r.t.Helper()
	return map[string]any{
		"item": itemCode, "answers": map[string]any{"wide": false},
		"form":   map[string]any{"applicant": map[string]any{"name": applicantName, "idNumber": applicantID, "phone": phone}, "staff": 3, "premises": "某路一号"},
		"papers": []any{map[string]any{"id": "request", "hash": r.paper("clerk", "申请书.pdf")}, map[string]any{"id": "plan", "hash": r.paper("clerk", "plan.pdf")}},
	}
}

// file starts a case and gives number and tracking code.
func (r *rig) file() (number, code string) {
	r.t.Helper()
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: r.application()})
	require.Equal(r.t, 201, a.status, string(a.body))
	var s gen.Started
	a.into(r.t, &s)
	return s.Number, s.TrackCode
}

func (r *rig) act(as, number, act, step string, data map[string]any) answer {
	r.t.Helper()
	return r.do(r.acting(as, number, act, step, data))
}

func (r *rig) acting(as, number, act, step string, data map[string]any) req {
	body := map[string]any{}
	for k, v := range data {
		body[k] = v
	}
	if step != "" {
		body["step"] = step
	}
	return req{method: "POST", path: "/v1/cases/" + number + "/acts/" + act, as: as, body: body}
}

// must does an act that must succeed.
func (r *rig) must(as, number, act, step string, data map[string]any) gen.Done {
	r.t.Helper()
	a := r.act(as, number, act, step, data)
	require.Equal(r.t, 200, a.status, string(a.body))
	var d gen.Done
	a.into(r.t, &d)
	return d
}

// seq is how far a case is: what must not move when something was refused.
func (r *rig) seq(number string) int64 {
	r.t.Helper()
	h, err := r.store.HeadOf(r.t.Context(), number)
	require.NoError(r.t, err)
	return h.LastSeq
}

// finish takes a filed case to its end.
func (r *rig) finish(number string) {
	r.t.Helper()
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "agree", "one", nil)
	r.must("two", number, "agree", "two", nil)
	r.must("lead", number, "grant", "conclude", map[string]any{"outputs": []any{map[string]any{"id": "permit", "number": "P-1"}}})
	r.must("clerk", number, "hand", "handOut", map[string]any{"way": "counter"})
}

// eventually waits until a condition holds.
func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	require.Eventually(r.t, ok, 60*time.Second, 50*time.Millisecond, what)
}

// record writes the intent of an act as a server does that dies right after.
func (r *rig) record(key, number string, cmd engine.Command) {
	r.t.Helper()
	body, err := contract.EncodeCommand(cmd)
	require.NoError(r.t, err)
	hurried, err := store.Open(r.t.Context(), r.dsn, store.Options{MaxConns: 2, Grace: time.Millisecond})
	require.NoError(r.t, err)
	defer hurried.Close()
	_, repeated, err := hurried.RecordCommand(r.t.Context(), store.Intent{Key: key, Case: number, Act: cmd.Do, By: cmd.By, Body: body, At: r.clock.Now()})
	require.NoError(r.t, err)
	require.False(r.t, repeated)
}
