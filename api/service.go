package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store/clock"
)

// GetClock implements GET /v1/clock.
func (s *Server) GetClock(context.Context, gen.GetClockRequestObject) (gen.GetClockResponseObject, error) {
	return gen.GetClock200JSONResponse(s.clockView()), nil
}

func (s *Server) clockView() gen.BusinessClock {
	return gen.BusinessClock{Now: s.cfg.Clock.Now(), Offset: int64(s.cfg.Clock.Offset() / time.Second), Movable: s.cfg.Dev}
}

// advanced remembers keys of moves, so that a repeated `by` moves once.
var advanced struct {
	sync.Mutex
	to map[string]time.Time
}

// AdvanceClock implements POST /v1/clock/advance.
func (s *Server) AdvanceClock(ctx context.Context, req gen.AdvanceClockRequestObject) (gen.AdvanceClockResponseObject, error) {
	b := req.Body
	if b.To.IsZero() == (b.By == 0) {
		return nil, badRequest(gen.FieldError{Where: "/to", Zh: "to 与 by 须且只须给出一个", En: "give either to or by", Expected: both("to or by"), Actual: both("both or none")})
	}
	to, first := s.target(req.Params.IdempotencyKey, b)
	if !first && !to.After(s.cfg.Clock.Now()) {
		return gen.AdvanceClock200JSONResponse(s.clockView()), nil // it has moved there already
	}
	if _, err := s.cfg.Clock.Advance(ctx, to); errors.Is(err, clock.ErrBackward) {
		return nil, problem(CodeClockBackward, "业务时钟只能向前", "the business clock only moves forward").at("/to").
			want("after "+s.cfg.Clock.Now().In(calendar.Zone).Format(time.RFC3339), to.In(calendar.Zone).Format(time.RFC3339))
	} else if err != nil {
		return nil, err
	}
	// Most cases are told before the answer; the herald goes on with the rest.
	s.moves.wake()
	if s.temporal.up() {
		wait, cancel := s.temporal.within(context.WithoutCancel(ctx), s.cfg.Wait)
		defer cancel()
		s.fault("clock", s.herald(wait))
	}
	return gen.AdvanceClock200JSONResponse(s.clockView()), nil
}

// target is where a move goes; a key that was seen goes where it went.
func (s *Server) target(key string, b *gen.Advance) (to time.Time, first bool) {
	advanced.Lock()
	defer advanced.Unlock()
	if to, ok := advanced.to[key]; ok {
		return to, false
	}
	if to = b.To; to.IsZero() {
		to = s.cfg.Clock.Now().Add(time.Duration(b.By) * time.Second)
	}
	if advanced.to == nil {
		advanced.to = map[string]time.Time{}
	}
	advanced.to[key] = to
	return to, true
}

// Health implements GET /healthz.
func (s *Server) Health(context.Context, gen.HealthRequestObject) (gen.HealthResponseObject, error) {
	return gen.Health200JSONResponse{Ok: true, Version: s.cfg.Version}, nil
}

const readyWait = 2 * time.Second

// Ready implements GET /readyz.
func (s *Server) Ready(ctx context.Context, _ gen.ReadyRequestObject) (gen.ReadyResponseObject, error) {
	wait, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	h := gen.Health{Version: s.cfg.Version}
	var checks sync.WaitGroup
	// Ready means that requests are let in: the pulse has found the database, too.
	checks.Go(func() { h.Database = s.pulse.Alive() && s.cfg.Store.Ping(wait) == nil })
	checks.Go(func() { h.Temporal = s.temporal.probe(wait) == nil })
	checks.Wait()
	h.Ok = h.Database
	if !h.Ok {
		return gen.Ready503JSONResponse(h), nil
	}
	return gen.Ready200JSONResponse(h), nil
}

// Metrics implements GET /metrics.
func (s *Server) Metrics(context.Context, gen.MetricsRequestObject) (gen.MetricsResponseObject, error) {
	families, err := s.cfg.Metrics.Gather()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			return nil, err
		}
	}
	return gen.Metrics200TextResponse(b.String()), nil
}

// Openapi implements GET /openapi.json.
func (s *Server) Openapi(context.Context, gen.OpenapiRequestObject) (gen.OpenapiResponseObject, error) {
	b, err := gen.GetSpecJSON()
	if err != nil {
		return nil, err
	}
	var doc gen.Openapi200JSONResponse
	err = json.Unmarshal(b, &doc)
	return doc, err
}

// ListProblems implements GET /problems.
func (s *Server) ListProblems(context.Context, gen.ListProblemsRequestObject) (gen.ListProblemsResponseObject, error) {
	out := gen.ListProblems200JSONResponse{Problems: make([]gen.ProblemKind, len(kinds))}
	for i, k := range kinds {
		out.Problems[i] = kindView(k)
	}
	return out, nil
}

// GetProblem implements GET /problems/{code}.
func (s *Server) GetProblem(_ context.Context, req gen.GetProblemRequestObject) (gen.GetProblemResponseObject, error) {
	k, ok := kindOf(req.Code)
	if !ok {
		return nil, problem(CodeNoSuchProblem, "没有这个代码：见 /problems", "there is no such code: see /problems").at("code")
	}
	return gen.GetProblem200JSONResponse(kindView(k)), nil
}

// metrics are the server's figures. Labels hold routes and words, never numbers
// of cases.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	acts     *prometheus.CounterVec
	pending  *prometheus.CounterVec
	swept    *prometheus.CounterVec
	faults   *prometheus.CounterVec
	uploaded prometheus.Counter
	streams  prometheus.Gauge
	sources  *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		sources: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "lianban_source_seconds", Help: "Time of asking a source of papers and answers, by what came of it.",
			Buckets: []float64{.005, .02, .05, .1, .2, .5, 1, 2, 5}}, []string{"source", "result"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_http_requests_total", Help: "Requests by method, route and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "lianban_http_seconds", Help: "Time of a request.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10}}, []string{"method", "route"}),
		acts:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_acts_total", Help: "Acts answered, by act and answer."}, []string{"act", "answer"}),
		pending:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_acts_pending_total", Help: "Acts not answered in time, by reason."}, []string{"reason"}),
		swept:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_swept_total", Help: "What the sweeper took up: start, act, tail."}, []string{"what"}),
		faults:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_api_faults_total", Help: "Failures of background work."}, []string{"what"}),
		uploaded: prometheus.NewCounter(prometheus.CounterOpts{Name: "lianban_uploaded_bytes_total", Help: "Bytes of files taken in."}),
		streams:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "lianban_streams", Help: "Live event streams."}),
	}
	r.MustRegister(m.requests, m.seconds, m.acts, m.pending, m.swept, m.faults, m.uploaded, m.streams, m.sources)
	return m
}

func kindView(k Kind) gen.ProblemKind {
	return gen.ProblemKind{Code: k.Code, Status: k.Status, Title: k.Title, Zh: k.Zh, En: k.En}
}
