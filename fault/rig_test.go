package fault_test

import (
	"context"
	"errors"
	"fmt"
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
	path, err := program()
	require.NoError(h.t, err)
	said, err := exec.CommandContext(ctx, path, "audit", "verify", "--database", h.dsn).CombinedOutput()
	require.NoError(h.t, err, "audit verify: %s", said)
	return report
}
