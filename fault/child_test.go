package fault_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/api"
	"lianban/contract"
	"lianban/store"
	"lianban/store/bucket"
	"lianban/store/clock"
	"lianban/workflows"
)

// The processes of a scenario are the program itself. Where one has to fail at a
// point nobody can hit from outside, it is this test binary under another role,
// given in its environment: the same parts, wired as the program wires them.
const (
	envRole     = "LIANBAN_FAULT_ROLE" // api, worker
	envDatabase = "LIANBAN_FAULT_DATABASE"
	envTemporal = "LIANBAN_FAULT_TEMPORAL"
	envName     = "LIANBAN_FAULT_NAMESPACE"
	envFolder   = "LIANBAN_FAULT_FOLDER"
	envPoint    = "LIANBAN_FAULT_POINT" // failure point of a worker
	envKey      = "LIANBAN_FAULT_KEY"   // the act it is about
	envGrace    = "LIANBAN_FAULT_GRACE" // how long an api has its acts to itself
)

// Points at which a worker fails.
const (
	// dieAfterFlush: kill -9 of itself when the flush with the act is committed and
	// before the workflow task is completed.
	dieAfterFlush = "die-after-flush"
	// holdFlush: it holds the flush of the act in hand until it gets SIGUSR1, and then
	// writes with a context nobody can cancel: the slowest double there can be.
	holdFlush = "hold-flush"
)

func TestMain(m *testing.M) {
	role := os.Getenv(envRole)
	if role == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := play(ctx, role); err != nil {
		fmt.Fprintln(os.Stderr, role, err)
		os.Exit(1)
	}
}

// play is a process of a role.
func play(ctx context.Context, role string) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	opts := store.Options{MaxConns: 8}
	if grace := os.Getenv(envGrace); grace != "" {
		var err error
		if opts.Grace, err = time.ParseDuration(grace); err != nil {
			return err
		}
	}
	s, err := store.Open(ctx, os.Getenv(envDatabase), opts)
	if err != nil {
		return err
	}
	defer s.Close()
	ck, err := clock.Open(ctx, s, nil)
	if err != nil {
		return err
	}
	c, err := client.NewLazyClient(client.Options{HostPort: os.Getenv(envTemporal), Namespace: os.Getenv(envName), Logger: quiet{}})
	if err != nil {
		return err
	}
	defer c.Close()
	if role == "worker" {
		return work(ctx, s, ck, c, log)
	}
	return serve(ctx, s, ck, c, log)
}

func work(ctx context.Context, s *store.Store, ck *clock.Clock, c client.Client, log *slog.Logger) error {
	listener := s.NewListener()
	go listener.Run(ctx, func(error) {})
	go ck.Run(ctx, listener, nil, func(error) {})
	var at activities.Store = s
	if point := os.Getenv(envPoint); point != "" {
		at = &failing{Store: s, point: point, key: os.Getenv(envKey)}
	}
	// A worker that starts while Temporal is away tries until it is there.
	for {
		w := worker.New(c, contract.TaskQueue, contract.WorkerOptions())
		acts := activities.New(at, ck, nil, log)
		workflows.Register(w, acts.Write)
		acts.Register(w)
		err := w.Start()
		if err == nil {
			say("ready")
			<-ctx.Done()
			w.Stop()
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func serve(ctx context.Context, s *store.Store, ck *clock.Clock, c client.Client, log *slog.Logger) error {
	files, err := bucket.OpenDir(os.Getenv(envFolder))
	if err != nil {
		return err
	}
	defer files.Close()
	server, err := api.New(api.Config{
		Store: s, Bucket: files, Temporal: c, Clock: ck, Log: log, Dev: true, Version: "test",
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hs := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(l) }()
	ran := make(chan struct{})
	go func() { server.Run(ctx); close(ran) }()
	say("ready http://" + l.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = hs.Shutdown(stop)
	<-ran
	return err
}

// say tells the test something: one line.
func say(word string) { fmt.Println(word) }

// failing is a store at which a worker fails once.
type failing struct {
	*store.Store
	point, key string
	failed     atomic.Bool
}

// Flush fails at the point when the act is among what is written.
func (f *failing) Flush(ctx context.Context, w store.Flush) (store.FlushReply, error) {
	mine := false
	for _, e := range w.Events {
		mine = mine || strings.HasPrefix(e.Command, f.key)
	}
	if !mine || f.failed.Swap(true) {
		return f.Store.Flush(ctx, w)
	}
	switch f.point {
	case dieAfterFlush:
		if r, err := f.Store.Flush(ctx, w); err != nil || r.Refused != store.Written {
			return r, err
		}
		say("flushed")
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			return store.FlushReply{}, err
		}
		select {} // the signal is on its way
	case holdFlush:
		on := make(chan os.Signal, 1)
		signal.Notify(on, syscall.SIGUSR1)
		say("holding")
		<-on
		r, err := f.Store.Flush(context.WithoutCancel(ctx), w)
		say(fmt.Sprintf("wrote refused=%q error=%v", r.Refused, err))
		return r, err
	}
	return store.FlushReply{}, errors.New("no such failure point: " + f.point)
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// words reads what a child says, line by line, until it ends.
func words(r io.Reader, to chan<- string) {
	defer close(to)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		to <- lines.Text()
	}
}
