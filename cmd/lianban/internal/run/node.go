package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/api"
	"lianban/cmd/lianban/internal/cli"
	"lianban/contract"
	"lianban/monitor"
	"lianban/sources"
	"lianban/store"
	"lianban/store/bucket"
	"lianban/store/clock"
	"lianban/web"
	"lianban/workflows"
)

// nodeOptions say what a node is made of.
type nodeOptions struct {
	API, Worker bool
	Store       *store.Store
	Temporal    client.Client
	// Files is the folder of uploaded files; api only.
	Files string
	// Anchors is the file the audit's anchors are copied to; empty: none.
	Anchors  string
	Listener net.Listener
	// Demo opens the built-in identity.
	Demo bool
	// Sources says where papers may come from besides the applicant.
	Sources     sources.Config
	UploadLimit int64
	SessionLife time.Duration
	// PublicURL is the address users reach the installation under.
	PublicURL string
	// TemporalUI is the address of Temporal's own pages, Namespace the one cases are in there.
	TemporalUI, Namespace string
	// Provider signs people in besides passwords, which NoPasswords closes.
	Provider    *api.Provider
	NoPasswords bool
	// Letters say how letters are made; api only.
	Letters letterOptions
	App     *cli.App
	Log     *slog.Logger
}

// node is an api, a worker, or both, with what they share.
type node struct {
	opts     nodeOptions
	log      *slog.Logger
	clock    *clock.Clock
	registry *prometheus.Registry
	http     *http.Server
	worker   worker.Worker
	started  chan struct{} // closed when the worker polls

	// failed gets the error that ends the node.
	failed chan error
	cancel context.CancelFunc
	loops  sync.WaitGroup
	// requests ends open streams when the node stops.
	endRequests context.CancelFunc
}

// startNode begins to work. The returned node works until [node.stop].
func startNode(ctx context.Context, opts nodeOptions) (*node, error) {
	n := &node{opts: opts, log: opts.Log, registry: prometheus.NewRegistry(), failed: make(chan error, 4), started: make(chan struct{})}
	n.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	var err error
	if n.clock, err = clock.Open(ctx, opts.Store, nil); err != nil {
		return nil, err
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel = cancel
	handler, err := n.handler(background)
	if err != nil {
		cancel()
		return nil, err
	}
	n.serve(background, handler)
	if opts.Worker {
		n.loops.Go(func() { n.work(background) })
	} else {
		close(n.started)
	}
	judge := monitor.New(monitor.Config{Store: opts.Store, Now: n.clock.Now, Log: n.log, Metrics: n.registry})
	n.loops.Go(func() { judge.Run(background) })
	if opts.Anchors != "" {
		n.loops.Go(func() { n.anchor(background) })
	}
	return n, nil
}

// handler is the API's, or for a worker alone its health and figures.
func (n *node) handler(ctx context.Context) (http.Handler, error) {
	if !n.opts.API {
		// The api follows the clock itself; a worker alone has to be told.
		listener := n.opts.Store.NewListener()
		n.loops.Go(func() { listener.Run(ctx, n.faultOf("listen")) })
		n.loops.Go(func() { n.clock.Run(ctx, listener, nil, n.faultOf("clock")) })
		return n.health(), nil
	}
	files, err := bucket.OpenDir(n.opts.Files)
	if err != nil {
		return nil, err
	}
	templates, err := n.opts.Letters.templates(n.opts.App)
	if err != nil {
		return nil, err
	}
	fonts := n.fonts()
	server, err := api.New(api.Config{
		Templates: templates, Fonts: fonts,
		Store: n.opts.Store, Bucket: files, Temporal: n.opts.Temporal, Clock: n.clock, Log: n.log, Metrics: n.registry,
		Dev: n.opts.Demo, Version: cli.BuildVersion(), UploadLimit: n.opts.UploadLimit, SessionLife: n.opts.SessionLife, PublicURL: n.opts.PublicURL,
		TemporalUI: n.opts.TemporalUI, Namespace: n.opts.Namespace, Provider: n.opts.Provider, NoPasswords: n.opts.NoPasswords, Sources: n.opts.Sources,
	})
	if err != nil {
		return nil, err
	}
	if err := n.letters(ctx, files, templates, fonts, n.registry); err != nil {
		return nil, err
	}
	n.loops.Go(func() { server.Run(ctx) })
	return besideConsole(server.Handler()), nil
}

// besideConsole serves the API where its document has paths, and the console everywhere else.
func besideConsole(handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", web.Handler(web.Dist()))
	for _, path := range []string{"/v1/", "/problems", "/problems/", "/healthz", "/readyz", "/metrics", "/openapi.json"} {
		mux.Handle(path, handler)
	}
	return mux
}

func (n *node) serve(ctx context.Context, handler http.Handler) {
	requests, end := context.WithCancel(context.WithoutCancel(ctx))
	n.endRequests = end
	n.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return requests },
		ErrorLog:    slog.NewLogLogger(n.log.Handler(), slog.LevelDebug), // broken connections of clients
	}
	n.loops.Go(func() {
		if err := n.http.Serve(n.opts.Listener); !errors.Is(err, http.ErrServerClosed) {
			n.failed <- fmt.Errorf("HTTP: %w", err)
		}
	})
}

// work runs the worker. Its start asks Temporal for the namespace, so it is
// tried until Temporal is there.
func (n *node) work(ctx context.Context) {
	opts := contract.WorkerOptions()
	opts.OnFatalError = func(err error) { n.failed <- fmt.Errorf("worker: %w", err) }
	done := activities.New(n.opts.Store, n.clock, activities.NewMetrics(n.registry), n.log)
	for try := 1; ; try++ {
		w := worker.New(n.opts.Temporal, contract.TaskQueue, opts)
		workflows.Register(w, done.Write)
		done.Register(w)
		err := w.Start()
		if err == nil {
			n.worker = w
			close(n.started)
			return
		}
		if try == 1 {
			n.log.Warn("the worker waits for Temporal", "error", err.Error())
		}
		if !pause(ctx, time.Second) {
			return
		}
	}
}

// anchorInterval is how often anchors are copied: the most of the feed's end
// that somebody who rewrites the database and its anchors could hide.
const anchorInterval = time.Second

// anchor copies the audit's anchors to a file outside the database.
func (n *node) anchor(ctx context.Context) {
	file, err := store.OpenAnchorFile(n.opts.Anchors)
	if err != nil {
		n.failed <- err
		return
	}
	defer file.Close()
	for {
		_, err := file.Follow(ctx, n.opts.Store)
		if errors.Is(err, store.ErrAnchorsDiffer) {
			n.log.Error("the audit's anchors do not follow each other", "error", err.Error())
			return
		}
		n.faultOf("anchors")(err)
		if !pause(ctx, anchorInterval) {
			return
		}
	}
}

func (n *node) faultOf(what string) func(error) {
	return func(err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			n.log.Warn("background work failed", "what", what, "error", err.Error())
		}
	}
}

// health are the routes of a process without an api, the same as the api's own.
func (n *node) health() http.Handler {
	answer := func(w http.ResponseWriter, status int, body map[string]any) {
		body["version"] = cli.BuildVersion()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(body); err != nil {
			n.log.Debug("health answer not written", "error", err.Error())
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, map[string]any{"ok": true}) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		database := n.opts.Store.Ping(ctx) == nil
		_, err := n.opts.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
		polls := false
		select {
		case <-n.started:
			polls = true
		default:
		}
		status := http.StatusOK
		if !database || err != nil || !polls {
			status = http.StatusServiceUnavailable
		}
		answer(w, status, map[string]any{"ok": status == http.StatusOK, "database": database, "temporal": err == nil, "worker": polls})
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(n.registry, promhttp.HandlerOpts{}))
	return mux
}

// httpStop is how long requests in flight may take once the node stops.
const httpStop = 10 * time.Second

// stop ends the node in good order.
func (n *node) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), httpStop)
	defer cancel()
	n.http.RegisterOnShutdown(n.endRequests) // live streams would hold it for ever
	if err := n.http.Shutdown(ctx); err != nil {
		n.log.Warn("requests were cut off", "error", err.Error())
	}
	n.endRequests()
	n.cancel()
	n.loops.Wait()
	if n.worker != nil {
		n.worker.Stop()
	}
}

// pause waits, and says whether there is a reason to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
