package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/letters"
	"lianban/letters/office"
	"lianban/sources"
	"lianban/store"
	"lianban/store/bucket"
	"lianban/store/clock"
)

// Config is what a server is made of. Store, Bucket, Temporal and Clock are required.
type Config struct {
	Store    *store.Store
	Bucket   bucket.Bucket
	Temporal client.Client
	Clock    *clock.Clock
	// Queue is the task queue cases are started on; empty: contract.TaskQueue.
	Queue string
	// Log gets one line per request and every fault; nil: silent. It never gets
	// submitted values.
	Log *slog.Logger
	// Metrics takes the server's figures and is what /metrics shows; nil: a
	// registry of its own.
	Metrics *prometheus.Registry
	// PublicURL is the address users reach the installation under, as https://HOST;
	// with https cookies never travel in the clear. Empty: that of each request.
	PublicURL string
	// TemporalUI is the address of Temporal's own pages, Namespace the one cases are in there; empty: no page links to them.
	TemporalUI, Namespace string
	// Provider signs people in besides passwords; nil: none. It needs PublicURL.
	Provider *Provider
	// NoPasswords closes the login with account and password.
	NoPasswords bool
	// Dev opens the built-in identity: demo accounts without passwords, and a
	// business clock that can be moved.
	Dev bool
	// Version is the program's, shown by /healthz.
	Version string
	// UploadLimit is the size of the largest file, bytes; zero: 50 MiB.
	UploadLimit int64
	// ExportRows bounds an exported table; 0: 50,000.
	ExportRows int
	// SessionLife is how long a login lasts, real time; zero: 12 h.
	SessionLife time.Duration
	// Wait is how long an act is waited for before 202; zero: contract.AnswerTimeout.
	Wait time.Duration
	// Templates are those letters are written with, by kind, for previews; nil: none.
	Templates map[string]*letters.Template
	// Fonts draw previews as PDF; nil: they are HTML alone.
	Fonts *letters.Fonts
	// Sources says which sources of papers there are besides our own.
	Sources sources.Config
	// Sweep is how often unanswered commands are looked for; zero: 1 s.
	Sweep time.Duration
	// Posts is how often vacant posts are looked for; zero: 1 min.
	Posts time.Duration
}

const (
	bodyLimit       = 1 << 20
	defaultUpload   = 50 << 20
	defaultSession  = 12 * time.Hour
	defaultSweep    = time.Second
	publishInterval = time.Second
	// sourceFeedInterval is a safety net: the feed wakes.
	sourceFeedInterval = 5 * time.Second
	tailAge            = 10 * time.Second
	keyHeader          = "Idempotency-Key"
	trackHeader        = "Lianban-Track"
	requestIDHeader    = "X-Request-Id"
	streamHeartbeat    = 15 * time.Second
	maxPages           = 200
	maxOpenReflushes   = 64
)

// Server answers the HTTP API and carries recorded acts to their cases. It is
// safe for concurrent use. See the package comment.
type Server struct {
	cfg     Config
	log     *slog.Logger
	echo    *echo.Echo
	spec    *openapi3.T
	metrics *metrics

	browser     *browser
	provider    *provider
	catalogue   *catalogue
	supervision sync.Map // version → *supervision.Rules
	forms       forms
	sources     *sources.Resolver
	gate        *gate
	answers     *answers
	listener    *store.Listener
	temporal    *link
	pulse       *store.Pulse
	certain     chan struct{} // something was confirmed
	published   chan struct{} // nudges the publisher
	moves       moves
	posts       posts

	// background counts work that outlives its request (reflush, start); closed
	// says that no more may begin.
	background sync.WaitGroup
	slots      chan struct{}
	tables     chan struct{} // exports under way

	temporalCases string
	wording       *office.Templates
}

var _ gen.StrictServerInterface = (*Server)(nil)

// New makes a server. It reads nothing yet; Run makes its background work go on.
func New(cfg Config) (*Server, error) {
	switch {
	case cfg.Store == nil, cfg.Bucket == nil, cfg.Temporal == nil, cfg.Clock == nil:
		return nil, errors.New("api: store, bucket, Temporal client and clock are required")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = prometheus.NewRegistry()
	}
	cfg.UploadLimit = orElse(cfg.UploadLimit, defaultUpload)
	cfg.ExportRows = orElse(cfg.ExportRows, defaultRows)
	cfg.SessionLife = orElse(cfg.SessionLife, defaultSession)
	cfg.Wait = orElse(cfg.Wait, contract.AnswerTimeout)
	cfg.Sweep = orElse(cfg.Sweep, defaultSweep)
	cfg.Posts = orElse(cfg.Posts, postsInterval)
	spec, err := gen.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("api: read the document: %w", err)
	}
	s := &Server{
		cfg: cfg, log: cfg.Log, spec: spec, metrics: newMetrics(cfg.Metrics),
		catalogue: newCatalogue(cfg.Store), gate: newGate(contract.MaxInFlight),
		listener: cfg.Store.NewListener(), temporal: newLink(cfg.Temporal), pulse: cfg.Store.NewPulse(),
		certain: make(chan struct{}, 1), published: make(chan struct{}), slots: make(chan struct{}, maxOpenReflushes), tables: make(chan struct{}, exports),
	}
	if s.browser, err = newBrowser(cfg.PublicURL); err != nil {
		return nil, err
	}
	if s.temporalCases, err = temporalCases(cfg.TemporalUI, cfg.Namespace); err != nil {
		return nil, err
	}
	s.wording = &office.Templates{Store: cfg.Store, Own: cfg.Templates}
	if s.provider, err = newProvider(cfg.Provider, s.browser.public); err != nil {
		return nil, err
	}
	s.answers = newAnswers(cfg.Store, s.nudge, s.fault)
	s.sources = sources.New(cfg.Sources, cfg.Store, s.keep)
	s.sources.Observe = func(source string, result engine.TrialResult, took time.Duration) {
		s.metrics.sources.WithLabelValues(source, string(result)).Observe(took.Seconds())
	}
	s.echo, err = s.router()
	return s, err
}

// Handler serves the API.
func (s *Server) Handler() http.Handler { return s.echo }

// Run does the work behind the requests until ctx ends: sends what has no answer
// yet, writes answers, publishes what is certain, follows catalogue and clock.
// Any number of servers may run it on one database. When it returns, answers
// already given to callers are recorded.
func (s *Server) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { s.listener.Run(ctx, s.faultOf("listen")) })
	loops.Go(func() { s.cfg.Clock.Run(ctx, s.listener, s.moves.wake, s.faultOf("clock")) })
	loops.Go(func() { s.catalogue.run(ctx, s.listener) })
	loops.Go(func() { s.temporal.run(ctx) })
	loops.Go(func() { s.pulse.Run(ctx) })
	loops.Go(func() { s.cfg.Store.RunPublisher(ctx, publishInterval, s.published, s.faultOf("publish")) })
	loops.Go(func() { s.nudges(ctx) })
	loops.Go(func() {
		wake, cancel := s.listener.Subscribe(store.TopicFeed)
		defer cancel()
		s.cfg.Store.RunSourceFeed(ctx, sourceFeedInterval, wake, s.faultOf("sources"))
	})
	loops.Go(func() { s.sweepLoop(ctx) })
	loops.Go(func() { s.sessionLoop(ctx) })
	loops.Go(func() { s.heraldLoop(ctx) })
	loops.Go(func() { s.answers.run(ctx) })
	loops.Wait()
	s.background.Wait()
	s.answers.drain()
}

// router wires the generated routes: each gets its limit, its guard, the look at
// its query's names and the validator, in that order.
func (s *Server) router() (*echo.Echo, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	// The address of the connection, never a header any client can write. A proxy
	// in front has to be trusted on purpose, not by default.
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = s.fail
	e.Use(s.observe, s.recover, s.lifeline)
	per := map[string][]echo.MiddlewareFunc{}
	for path, item := range s.spec.Paths.Map() {
		for method, op := range item.Operations() {
			id := OperationID(op)
			policy, ok := policyOf(id)
			if !ok {
				return nil, fmt.Errorf("api: %s %s (%s) names no policy", method, path, id)
			}
			chain := []echo.MiddlewareFunc{s.limit(id), s.bound(op), deadline(id), s.guard(policy), knownQuery(item, op)}
			if method == http.MethodGet && answersJSON(op) {
				chain = append([]echo.MiddlewareFunc{packed}, chain...)
			}
			if streams(op) {
				chain = append(chain, typed(op), s.validator(path, item, true))
			} else {
				chain = append(chain, s.validator(path, item, false))
			}
			per[id] = chain
		}
	}
	gen.RegisterHandlersWithOptions(e, gen.NewStrictHandler(s, nil), gen.RegisterHandlersOptions{OperationMiddlewares: per})
	return e, nil
}

// OperationID is an operation's id as openapi.yaml has it: the document the
// generator embeds begins it with a capital.
func OperationID(op *openapi3.Operation) string {
	if op.OperationID == "" {
		return ""
	}
	return strings.ToLower(op.OperationID[:1]) + op.OperationID[1:]
}

// streams says whether an operation reads its body itself: files and definitions
// are not for the validator's memory.
func streams(op *openapi3.Operation) bool {
	if op.RequestBody == nil {
		return false
	}
	return op.RequestBody.Value.Content["application/json"] == nil
}

// uploads says whether an operation takes files.
func uploads(op *openapi3.Operation) bool {
	return op.RequestBody != nil && op.RequestBody.Value.Content["multipart/form-data"] != nil
}

// later runs work that outlives its request; when too much is under way it is left
// to the sweeper.
func (s *Server) later(work func(ctx context.Context)) {
	select {
	case s.slots <- struct{}{}:
	default:
		return
	}
	s.background.Go(func() {
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Wait)
		defer cancel()
		work(ctx)
	})
}

// nudge says that something was confirmed and can be published.
func (s *Server) nudge() {
	select {
	case s.certain <- struct{}{}:
	default:
	}
}

// publishPause is the least time between two nudges of the publisher: under load
// one statement then publishes what many acts have made certain.
const publishPause = 50 * time.Millisecond

func (s *Server) nudges(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.certain:
		}
		select {
		case <-ctx.Done():
			return
		case s.published <- struct{}{}:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(publishPause):
		}
	}
}

// fault logs an error nobody is there to be told of.
func (s *Server) fault(what string, err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	s.metrics.faults.WithLabelValues(what).Inc()
	s.log.Warn("background work failed", "what", what, "error", err.Error())
}

func (s *Server) faultOf(what string) func(error) { return func(err error) { s.fault(what, err) } }

func orElse[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}

// language is the caller's: "en" when asked for before Chinese, else "zh".
func language(r *http.Request) string {
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch primary, _, _ := strings.Cut(strings.ToLower(tag), "-"); primary {
		case "en":
			return "en"
		case "zh":
			return "zh"
		}
	}
	return "zh"
}

func contains(list []string, any ...string) bool {
	return slices.ContainsFunc(any, func(x string) bool { return slices.Contains(list, x) })
}
