package activities

import "github.com/prometheus/client_golang/prometheus"

// Where a flush ran, as a label.
const (
	inTask     = "task"     // inside the workflow task
	inFallback = "fallback" // as an ordinary activity, after that failed
)

// Metrics count what activities do.
type Metrics struct {
	flushes      *prometheus.CounterVec
	flushSeconds *prometheus.HistogramVec
	events       prometheus.Counter
	intents      prometheus.Counter
	unreadable   prometheus.Counter
	alarms       *prometheus.CounterVec
}

// NewMetrics registers the counters with r; nil registers them nowhere. A
// registry that has them already is a panic: one worker, one set.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		flushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lianban_flush_total",
			Help: "Attempts to write a case, by path (task, fallback) and result (written, error, fence, gap, diverged, constraint).",
		}, []string{"path", "result"}),
		flushSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "lianban_flush_seconds",
			Help:    "Time of one attempt to write a case, by path.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"path"}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lianban_flush_events_total", Help: "Events written.",
		}),
		intents: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lianban_earlier_intents_total", Help: "Acts applied before an expiry because they were recorded before it.",
		}),
		unreadable: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lianban_unreadable_intents_total", Help: "Durable intents that cannot be decoded; each is a bug.",
		}),
		alarms: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lianban_case_alarm_total", Help: "Cases that stopped writing and need repair, by code.",
		}, []string{"code"}),
	}
	if r != nil {
		r.MustRegister(m.flushes, m.flushSeconds, m.events, m.intents, m.unreadable, m.alarms)
	}
	return m
}
