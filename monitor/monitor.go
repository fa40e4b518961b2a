package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
	"lianban/store"
)

// reader is the name of this reader of the feed.
const reader = "supervision"

// Config is what a Monitor works with.
type Config struct {
	Store *store.Store
	// Now is the business time.
	Now func() time.Time
	Log *slog.Logger
	// Metrics may be nil.
	Metrics prometheus.Registerer
	// Interval is how often it looks; zero: a second. Grace is how long time-driven
	// cards wait for acts on their way; zero: 5 s, below zero: none.
	Interval, Grace time.Duration
	// Share is the most of its time Run works, the rest it leaves to the acts of the
	// same machine; zero: a quarter. What piles up meanwhile is worked off together.
	Share float64
}

// Monitor judges cases.
type Monitor struct {
	cfg     Config
	rules   map[string]*supervision.Rules
	engines map[engineKey]*engine.Rules
	watches map[string]*supervision.Watch
	told    map[string]bool // faults and broken cases that were logged
	ready   bool            // there are rules; versions never go away
	judged  prometheus.Counter
	faults  prometheus.Counter
	behind  prometheus.Gauge
}

type engineKey struct{ definition, calendar string }

const (
	batch = 200
	// mostWatches bounds the memory of open cases being followed.
	mostWatches = 2000
	mostTold    = 1000
)

// New makes a Monitor; Run or Work set it to work. It is not safe for concurrent use.
func New(cfg Config) *Monitor {
	if cfg.Interval == 0 {
		cfg.Interval = time.Second
	}
	if cfg.Grace == 0 {
		cfg.Grace = 5 * time.Second
	}
	m := &Monitor{
		cfg: cfg, rules: map[string]*supervision.Rules{}, engines: map[engineKey]*engine.Rules{}, watches: map[string]*supervision.Watch{}, told: map[string]bool{},
		judged: prometheus.NewCounter(prometheus.CounterOpts{Name: "lianban_supervision_judged_total", Help: "Cases judged by the supervision rules."}),
		faults: prometheus.NewCounter(prometheus.CounterOpts{Name: "lianban_supervision_faults_total", Help: "Expressions of supervision rules that could not be evaluated, and cases that could not be judged."}),
		behind: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lianban_supervision_behind", Help: "Entries of the feed that supervision has not read yet."}),
	}
	if cfg.Metrics != nil {
		cfg.Metrics.MustRegister(m.judged, m.faults, m.behind)
	}
	if cfg.Share == 0 {
		m.cfg.Share = 0.25
	}
	return m
}

// Run works until ctx ends, while no other process does.
func (m *Monitor) Run(ctx context.Context) {
	for ctx.Err() == nil {
		_, err := m.cfg.Store.HoldLock(ctx, store.LockSupervision, func(ctx context.Context, alive func(context.Context) error) error {
			clear(m.watches)
			for {
				if err := errors.Join(alive(ctx), m.work(ctx, m.rest)); err != nil {
					return err
				}
				if !pause(ctx, m.cfg.Interval) {
					return nil
				}
			}
		})
		if err != nil && ctx.Err() == nil {
			m.cfg.Log.Warn("background work failed", "what", "supervision", "error", err.Error())
		}
		pause(ctx, 5*m.cfg.Interval)
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// rest makes a stretch of work no more than the share of time it may take.
func (m *Monitor) rest(ctx context.Context, worked time.Duration) bool {
	return m.cfg.Share >= 1 || pause(ctx, time.Duration(float64(worked)*(1/m.cfg.Share-1)))
}

// Work judges all cases that have moved or are due by now, without a rest.
func (m *Monitor) Work(ctx context.Context) error {
	return m.work(ctx, func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil })
}

func (m *Monitor) work(ctx context.Context, rest func(context.Context, time.Duration) bool) error {
	if !m.ready {
		if _, err := m.cfg.Store.SupervisionInForce(ctx, m.cfg.Now()); errors.Is(err, store.ErrNotFound) {
			return nil // nothing to judge by yet; the feed waits
		} else if err != nil {
			return err
		}
		m.ready = true
	}
	for _, batch := range []func(context.Context) (bool, error){m.follow, m.due} {
		for {
			began := time.Now()
			more, err := batch(ctx)
			if err != nil {
				return err
			}
			if !rest(ctx, time.Since(began)) {
				return nil
			}
			if !more {
				break
			}
		}
	}
	return nil
}

// due judges a batch of cases that time alone may have brought a card.
func (m *Monitor) due(ctx context.Context) (more bool, err error) {
	list, err := m.cfg.Store.WatchesDue(ctx, m.horizon(), batch)
	if err != nil {
		return false, err
	}
	changed, done := map[string]bool{}, 0
	for _, w := range list {
		ok, err := m.judge(ctx, w.Case, w.Seq, changed)
		if err != nil {
			return false, err
		}
		if ok {
			done++
		}
	}
	return len(list) == batch && done > 0, m.across(ctx, changed)
}

// horizon is until when time is known to have passed.
func (m *Monitor) horizon() time.Time {
	return m.cfg.Now().Add(-max(0, m.cfg.Grace)).UTC().Truncate(time.Microsecond)
}

// follow reads a batch of the feed.
func (m *Monitor) follow(ctx context.Context) (more bool, err error) {
	s := m.cfg.Store
	at, err := s.ReaderPosition(ctx, reader)
	if err != nil {
		return false, err
	}
	entries, err := s.Feed(ctx, at, batch)
	if err != nil || len(entries) == 0 {
		m.behind.Set(0)
		return false, err
	}
	var order []string
	last := map[string]int64{}
	for _, e := range entries {
		if last[e.Case] == 0 {
			order = append(order, e.Case)
		}
		last[e.Case] = max(last[e.Case], e.To)
	}
	changed := map[string]bool{}
	for _, number := range order {
		if _, err := m.judge(ctx, number, last[number], changed); err != nil {
			return false, err
		}
	}
	if err := m.across(ctx, changed); err != nil {
		return false, err
	}
	end, err := s.FeedEnd(ctx)
	if err != nil {
		return false, err
	}
	m.behind.Set(float64(end - entries[len(entries)-1].Position))
	return len(entries) == batch, s.MoveReader(ctx, reader, entries[len(entries)-1].Position)
}

// judge judges a case by its events up to a certain one. A case that cannot be
// judged is told and holds up no other.
func (m *Monitor) judge(ctx context.Context, number string, seq int64, changed map[string]bool) (bool, error) {
	err := m.tryJudge(ctx, number, seq, changed)
	if err != nil && (errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil) {
		return false, err
	}
	if err != nil {
		delete(m.watches, number)
		m.tell("case "+number, "a case cannot be judged by the supervision rules", "case", number, "error", err.Error())
	}
	return err == nil, nil
}

func (m *Monitor) tryJudge(ctx context.Context, number string, seq int64, changed map[string]bool) error {
	w, version, err := m.watch(ctx, number, seq)
	if err != nil {
		return err
	}
	until := m.horizon()
	if last := w.State().Last; until.Before(last) {
		until = last
	}
	cards := w.Cards(until)
	rules, ok, err := m.cfg.Store.PutCards(ctx, store.CaseWatch{Case: number, Rules: version, Seq: w.Seq(), Until: until, Next: w.Next(until)}, cards, w.Fact())
	if err != nil {
		return err
	}
	if !ok { // judged further by somebody else: what is held here is old
		delete(m.watches, number)
		return nil
	}
	m.judged.Inc()
	for _, r := range rules {
		changed[r] = true
	}
	for _, f := range w.Faults() {
		m.tell(fmt.Sprint("rule ", version, f.Rule, f.Fire), "a supervision rule met something it cannot work with",
			"rule", f.Rule, "version", version, "case", f.Case, "error", f.Err)
	}
	if w.State().Status == engine.Closed {
		delete(m.watches, number)
	}
	return nil
}

// tell logs something once.
func (m *Monitor) tell(key, msg string, args ...any) {
	m.faults.Inc()
	if m.told[key] {
		return
	}
	if len(m.told) >= mostTold {
		clear(m.told)
	}
	m.told[key] = true
	m.cfg.Log.Error(msg, args...)
}

// watch follows a case up to an event, from where it was left.
func (m *Monitor) watch(ctx context.Context, number string, seq int64) (*supervision.Watch, string, error) {
	w := m.watches[number]
	if w == nil || w.Seq() > seq {
		var err error
		if w, err = m.begin(ctx, number); err != nil {
			return nil, "", err
		}
	}
	if err := m.feed(ctx, w, number, seq); err != nil {
		return nil, "", err
	}
	if len(m.watches) >= mostWatches && m.watches[number] == nil {
		m.forget(mostWatches / 10)
	}
	m.watches[number] = w
	return w, w.Rules().Version, nil
}

// forget makes room: some cases, whichever, are read from the start when they move
// again.
func (m *Monitor) forget(n int) {
	for number := range m.watches {
		if n--; n < 0 {
			return
		}
		delete(m.watches, number)
	}
}

const page = 500

// feed gives a watch the events it has not had, up to one that is certain.
func (m *Monitor) feed(ctx context.Context, w *supervision.Watch, number string, seq int64) error {
	for w.Seq() < seq {
		list, err := m.cfg.Store.Timeline(ctx, number, w.Seq(), int(min(page, seq-w.Seq())))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("case %s: event %d is missing", number, w.Seq()+1)
		}
		for _, stored := range list {
			e, err := stored.Event()
			if err != nil {
				return err
			}
			w.Add(e)
		}
	}
	return nil
}

// begin finds out what a case is judged by.
func (m *Monitor) begin(ctx context.Context, number string) (*supervision.Watch, error) {
	first, err := m.cfg.Store.Timeline(ctx, number, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, fmt.Errorf("case %s has no events", number)
	}
	e, err := first[0].Event()
	if err != nil {
		return nil, err
	}
	filed, ok := e.Body.(engine.CaseFiled)
	if !ok {
		return nil, fmt.Errorf("case %s does not begin with its filing", number)
	}
	rules, err := m.rulesOf(ctx, number, e.At)
	if err != nil {
		return nil, err
	}
	own, err := m.engineRules(ctx, engineKey{filed.Definition, filed.Calendar})
	if err != nil {
		return nil, err
	}
	var missing error
	w := rules.Watch(own, func(version string) *calendar.Calendar {
		r, err := m.engineRules(ctx, engineKey{filed.Definition, version})
		if err != nil {
			missing = err
			return nil
		}
		return r.Calendar
	})
	return w, missing
}

// rulesOf gives the rules a case is judged by: those it has been judged by, else
// those in force when it came.
func (m *Monitor) rulesOf(ctx context.Context, number string, received time.Time) (*supervision.Rules, error) {
	have, err := m.cfg.Store.WatchOf(ctx, number)
	if err == nil {
		return m.version(ctx, have.Rules)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	v, err := m.cfg.Store.SupervisionInForce(ctx, received)
	if err != nil {
		return nil, err
	}
	return m.load(v)
}

func (m *Monitor) version(ctx context.Context, version string) (*supervision.Rules, error) {
	if r := m.rules[version]; r != nil {
		return r, nil
	}
	v, err := m.cfg.Store.Supervision(ctx, version)
	if err != nil {
		return nil, err
	}
	return m.load(v)
}

func (m *Monitor) load(v store.SupervisionVersion) (*supervision.Rules, error) {
	if r := m.rules[v.Version]; r != nil {
		return r, nil
	}
	r, found := supervision.Load(v.Version, v.Source)
	if r == nil {
		return nil, fmt.Errorf("supervision rules %s cannot be read: %s", v.Version, found.Render("en"))
	}
	m.rules[v.Version] = r
	return r, nil
}

func (m *Monitor) engineRules(ctx context.Context, key engineKey) (*engine.Rules, error) {
	if r := m.engines[key]; r != nil {
		return r, nil
	}
	v, err := m.cfg.Store.DefinitionByHash(ctx, key.definition)
	if err != nil {
		return nil, fmt.Errorf("definition %s: %w", key.definition, err)
	}
	def, err := definition.Decode(v.Canonical)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	plan, err := definition.Compile(def)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	c, err := m.cfg.Store.Calendar(ctx, key.calendar)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", key.calendar, err)
	}
	cal, err := calendar.Decode(c.Data)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", key.calendar, err)
	}
	r := &engine.Rules{Plan: plan, Calendar: cal}
	m.engines[key] = r
	return r, nil
}
