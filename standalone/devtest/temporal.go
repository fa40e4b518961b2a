package devtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"lianban/standalone/child"
)

// EnvProgram names the environment variable with the path of a ready temporald, for machines
// that run test binaries without the go command.
const EnvProgram = "LIANBAN_TEST_TEMPORALD"

// program builds the Temporal server's program once per process and returns its path. The
// file lies in the user's cache folder, where the go command sees that it is up to date and
// does not link again.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(EnvProgram); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "lianban").Output()
	if err != nil {
		return "", fmt.Errorf("find the module (set %s where there is no go command): %w", EnvProgram, err)
	}
	module := strings.TrimSpace(string(root))
	dir := filepath.Join(cache, "lianban-test", strings.ReplaceAll(strings.Trim(module, "/"), "/", "-"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	// The tests of several packages run at once; one builds, the others wait and find it done.
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "temporald")
	build := exec.Command("go", "build", "-o", path, "lianban/standalone/devtest/temporald")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the Temporal server: %w: %s", err, out)
	}
	return path, nil
})

// startTemporal runs the server's process and waits for its word that it is ready.
func (e *Env) startTemporal() error {
	path, err := program()
	if err != nil {
		return err
	}
	out, word, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	said := &tail{}
	p, err := child.Start(child.Spec{
		Path: path,
		Args: append([]string{"--port", strconv.Itoa(e.ports[temporalServer].Port), "--namespace", Namespace}, e.opts.TemporalArgs...),
		Env:  append(os.Environ(), "LIANBAN_TEMPORAL_POSTGRES="+e.store.DSN("temporal"), "GOGC=400"),
		Dir:  e.dir, Stdout: word, Stderr: said, DeathSignal: syscall.SIGKILL,
	})
	word.Close()
	if err != nil {
		return err
	}
	e.temporal = p
	if err := out.SetReadDeadline(time.Now().Add(waitLimit)); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil && strings.HasPrefix(line, "ready ") {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = fmt.Errorf("it said %q", line)
	}
	return errors.Join(fmt.Errorf("start Temporal: %w; its last words: %s", err, said), p.Kill())
}

// tail keeps the last part of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const tailSize = 4000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - tailSize; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
