package sources

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// Keep puts the snapshot of what a source gave where the case's papers are.
type Keep func(ctx context.Context, content []byte, kind string) (hash string, err error)

// Resolver finds what need not be brought. It is safe for concurrent use.
type Resolver struct {
	cfg      Config
	library  Library
	licences []Licences
	services map[string]*service // by source: data:NAME, intermediary
	outside  *service            // of licences
	keep     Keep
	// Observe is told of every source that was asked; nil: nobody.
	Observe func(source string, result engine.TrialResult, took time.Duration)
}

// New makes the resolver of a hall over its own stores and the services of the configuration.
func New(cfg Config, s *store.Store, keep Keep) *Resolver {
	own := shelf{s}
	return newResolver(cfg, own, own, keep)
}

func newResolver(cfg Config, library Library, own Licences, keep Keep) *Resolver {
	cfg.Budget, cfg.Library.Reuse = orElse(cfg.Budget, defaultBudget), orElse(cfg.Library.Reuse, defaultReuse)
	r := &Resolver{cfg: cfg, library: library, licences: []Licences{own}, services: map[string]*service{}, keep: keep}
	for name, e := range cfg.Data {
		r.services["data:"+name] = newService("data:"+name, e)
	}
	if cfg.Intermediary != nil {
		r.services["intermediary"] = newService("intermediary", *cfg.Intermediary)
	}
	if cfg.Licences.Service != nil {
		r.outside = newService("e-licence", *cfg.Licences.Service)
		r.licences = append(r.licences, licenceService{r.outside})
	}
	return r
}

// Filing is what is to be resolved.
type Filing struct {
	Rules  *engine.Rules
	Args   *engine.Args
	Holder Holder
	// Asked are the papers of the case as the engine's checklist has them.
	Asked []engine.PaperState
	At    time.Time
	// Look only: nothing is kept and nothing is used, as for somebody who asks what he has to bring.
	Look bool
}

// Outcome is what came of it.
type Outcome struct {
	// Papers are those that were found, for the filing.
	Papers []engine.PaperIn
	Tried  []engine.Trial
	Offers []engine.Offer
	// Unmet are papers the filing wants of a source by name, which did not have them.
	Unmet []engine.Trial
}

// Resolve asks the sources. An error is of our own making; a source's failure is in the record.
func (r *Resolver) Resolve(ctx context.Context, f Filing) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Budget)
	defer cancel()
	run := &run{Resolver: r, Filing: f, day: calendar.DateOf(f.At), answers: map[string]*answer{}}
	return run.resolve(ctx)
}

type run struct {
	*Resolver
	Filing
	day calendar.Date

	mu      sync.Mutex
	answers map[string]*answer // by what was asked: nothing is asked twice
}

// answer is what a source said, once it has.
type answer struct {
	once    sync.Once
	records []Record
	err     error
}

func (r *run) ask(key string, ask func() ([]Record, error)) ([]Record, error) {
	r.mu.Lock()
	a := r.answers[key]
	if a == nil {
		a = &answer{}
		r.answers[key] = a
	}
	r.mu.Unlock()
	a.once.Do(func() { a.records, a.err = ask() })
	return a.records, a.err
}

// part is what came of one paper or question.
type part struct {
	paper  *engine.PaperIn
	trials []engine.Trial
	offers []engine.Offer
	unmet  *engine.Trial
	err    error
}

func (r *run) resolve(ctx context.Context) (Outcome, error) {
	var jobs []func() part
	for _, p := range r.Asked {
		if p.Status == engine.PaperMissing {
			jobs = append(jobs, func() part { return r.paper(ctx, r.Rules.Plan.Paper(p.ID)) })
		}
	}
	for i := range r.Rules.Plan.Def.Situations {
		if q := &r.Rules.Plan.Def.Situations[i]; q.Is == "" && len(q.From) > 0 {
			jobs = append(jobs, func() part { return r.question(ctx, q) })
		}
	}
	parts := make([]part, len(jobs))
	var wait sync.WaitGroup
	for i, job := range jobs {
		wait.Go(func() { parts[i] = job() })
	}
	wait.Wait()
	var out Outcome
	var errs []error
	for _, p := range parts {
		if p.paper != nil {
			out.Papers = append(out.Papers, *p.paper)
		}
		if p.unmet != nil {
			out.Unmet = append(out.Unmet, *p.unmet)
		}
		out.Tried, out.Offers, errs = append(out.Tried, p.trials...), append(out.Offers, p.offers...), append(errs, p.err)
	}
	return out, errors.Join(errs...)
}

// given finds what the filing itself says of a paper.
func (r *run) given(id string) *engine.PaperIn {
	for i := range r.Args.Papers {
		if r.Args.Papers[i].ID == id {
			return &r.Args.Papers[i]
		}
	}
	return nil
}

// paper goes through the sources of a paper. One that was handed in is used as it is; the sources before
// the applicant are asked all the same, because whether he was asked for what a source has is a matter
// of record. One the filing wants of a source by name is looked for there alone.
func (r *run) paper(ctx context.Context, m *definition.Paper) (out part) {
	given := r.given(m.ID)
	byHand := given != nil && given.Hash != ""
	if byHand && given.Source != "" && given.Source != "applicant" {
		return out // a clerk fetched it there himself
	}
	named := given != nil && !byHand && given.Source != "" && given.Source != "applicant"
	for _, from := range m.From {
		source := from.String()
		switch {
		case named && source != given.Source:
			continue
		case source == "applicant" && byHand:
			return out
		case source == "applicant":
			continue
		}
		began := time.Now()
		record, trial := r.find(ctx, m, source, given)
		trial.Paper, trial.Source, trial.At = m.ID, source, r.At
		r.observe(trial, time.Since(began))
		out.trials = append(out.trials, trial)
		if record == nil {
			if named {
				out.unmet = &trial
			}
			continue
		}
		if !byHand {
			out.paper, out.err = r.use(ctx, m, source, record, given)
		}
		return out
	}
	return out
}

func (r *run) observe(t engine.Trial, took time.Duration) {
	if r.Observe != nil {
		r.Observe(t.Source, t.Result, took)
	}
}

// use makes the filing's paper of a record.
func (r *run) use(ctx context.Context, m *definition.Paper, source string, rec *Record, given *engine.PaperIn) (*engine.PaperIn, error) {
	in := &engine.PaperIn{
		ID: m.ID, Source: source, Hash: rec.Hash, Name: rec.File, Type: rec.Type, Size: rec.Size,
		Voucher: engine.Voucher{Grade: rec.Grade, Until: rec.Until, FetchedAt: r.At, Ref: rec.Ref},
	}
	if given != nil {
		in.Original = given.Original
	}
	if in.Hash != "" || r.Look {
		return in, nil
	}
	var err error
	in.Hash, err = r.keep(ctx, rec.Content, rec.Type)
	return in, err
}

// find asks one source for a paper.
func (r *run) find(ctx context.Context, m *definition.Paper, source string, given *engine.PaperIn) (*Record, engine.Trial) {
	switch {
	case source == "project":
		return nil, engine.Trial{Result: engine.TrialUnconnected, Why: "no-sister-cases"}
	case strings.HasPrefix(source, "party:"):
		return nil, engine.Trial{Result: engine.TrialUnconnected, Why: "handed-in-by-party"}
	case source == "library":
		return r.fromLibrary(ctx, m, given)
	case source == "e-licence":
		types := r.cfg.Licences.Types[m.Name]
		if types == nil {
			types = []string{m.Name}
		}
		return r.licence(ctx, types)
	}
	s := r.services[source]
	if s == nil {
		return nil, engine.Trial{Result: engine.TrialUnconnected, Why: "not-configured"}
	}
	q := r.query()
	q.Paper, q.Name = m.ID, m.Name
	records, err := r.ask(source+" paper "+m.ID, func() ([]Record, error) {
		rec, err := s.Ask(ctx, q)
		if rec == nil {
			return nil, err
		}
		return []Record{*rec}, err
	})
	return r.pick(records, err, nil)
}

func (r *run) query() Query {
	return Query{Item: r.Rules.Plan.Def.Item.Code, Region: r.Args.Region, Holder: r.Holder, Form: r.Args.Form, Answers: r.Args.Answers, Day: r.day}
}

// fromLibrary finds a copy of an earlier case. Copies nobody has compared, and what the applicant has
// made himself, are used when the filing names the library for them.
func (r *run) fromLibrary(ctx context.Context, m *definition.Paper, given *engine.PaperIn) (*Record, engine.Trial) {
	if r.Holder == "" {
		return nil, engine.Trial{Result: engine.TrialNone, Why: "no-holder"}
	}
	all, err := r.ask("library", func() ([]Record, error) {
		var names []string
		for i := range r.Rules.Plan.Papers {
			names = append(names, r.Rules.Plan.Papers[i].Name)
		}
		return r.library.Papers(ctx, r.Holder, names)
	})
	var mine []Record
	for _, rec := range all {
		if rec.Name == m.Name {
			if rec.Grade != engine.GradeA {
				rec.Until = sooner(rec.Until, r.reusable(m.Name, rec.At))
			}
			mine = append(mine, rec)
		}
	}
	named := given != nil && given.Source == "library"
	return r.pick(mine, err, func(rec *Record) string {
		switch {
		case rec.Grade == engine.GradeC && !(named && given.Original):
			return "original-not-compared"
		case rec.Grade == engine.GradeD && !named:
			return "self-made"
		}
		return ""
	})
}

// reusable is the last day on which a copy of that day may be used again.
func (r *run) reusable(name string, at time.Time) *calendar.Date {
	period, own := r.cfg.Library.Periods[name]
	if !own {
		period = r.cfg.Library.Reuse
	}
	day := r.Rules.Calendar.Due(at, period, nil).Day
	return &day
}

func sooner(a, b *calendar.Date) *calendar.Date {
	if a == nil || *b < *a {
		return b
	}
	return a
}

// licence finds a licence of one of the types: our own, then the outside service's.
func (r *run) licence(ctx context.Context, types []string) (*Record, engine.Trial) {
	if r.Holder == "" {
		return nil, engine.Trial{Result: engine.TrialNone, Why: "no-holder"}
	}
	best := engine.Trial{Result: engine.TrialNone}
	for i, l := range r.licences {
		records, err := r.ask("licences "+string(rune('0'+i))+" "+strings.Join(types, "\x00"), func() ([]Record, error) { return l.Licences(ctx, r.Holder, types, r.day) })
		rec, trial := r.pick(records, err, nil)
		if rec != nil {
			return rec, trial
		}
		if trial.Result != engine.TrialNone {
			best = trial
		}
	}
	return nil, best
}

// pick chooses the first record that may be used, or says why there is none. unfit names what keeps a
// record of an otherwise valid one from being used; it may be nil.
func (r *run) pick(records []Record, err error, unfit func(*Record) string) (*Record, engine.Trial) {
	trial := engine.Trial{Result: engine.TrialNone}
	for i := range records {
		rec := &records[i]
		if rec.Void || rec.Until != nil && *rec.Until < r.day {
			if trial.Result == engine.TrialNone {
				trial.Result = engine.TrialExpired
			}
			continue
		}
		if unfit != nil {
			if why := unfit(rec); why != "" {
				trial.Result, trial.Why = engine.TrialUnchecked, why
				continue
			}
		}
		return rec, engine.Trial{Result: engine.TrialFound}
	}
	if err != nil {
		why := "fault"
		var f *Failure
		if errors.As(err, &f) {
			why = f.Why
		}
		return nil, engine.Trial{Result: engine.TrialFailed, Why: why}
	}
	return nil, trial
}

// question looks for an answer before the applicant gives it.
func (r *run) question(ctx context.Context, q *definition.Situation) (out part) {
	if _, answered := r.Args.Answers[q.ID]; !answered && !r.Look {
		return out // not asked in this case
	}
	for _, from := range q.From {
		source := from.String()
		if source == "applicant" {
			return out
		}
		began := time.Now()
		offer := r.offer(ctx, q, source)
		offer.Question, offer.Source, offer.At = q.ID, source, r.At
		r.observe(engine.Trial{Source: source, Result: offer.Result}, time.Since(began))
		out.offers = append(out.offers, offer)
		if offer.Result == engine.TrialFound {
			return out
		}
	}
	return out
}

func (r *run) offer(ctx context.Context, q *definition.Situation, source string) engine.Offer {
	not := func(t engine.Trial) engine.Offer { return engine.Offer{Result: t.Result, Why: t.Why} }
	if source == "e-licence" {
		item := r.Rules.Plan.Def.Item.Code
		kind := orElse(r.cfg.Licences.Questions[item+"/"+q.ID], r.cfg.Licences.Questions[q.ID])
		switch {
		case kind == "" || q.Type != "boolean":
			return engine.Offer{Result: engine.TrialUnconnected, Why: "not-configured"}
		case r.Holder == "":
			return engine.Offer{Result: engine.TrialNone, Why: "no-holder"}
		}
		rec, trial := r.licence(ctx, []string{kind})
		if rec == nil && trial.Result == engine.TrialFailed {
			return not(trial)
		}
		return engine.Offer{Result: engine.TrialFound, Value: rec != nil}
	}
	s := r.services[source]
	if s == nil {
		return engine.Offer{Result: engine.TrialUnconnected, Why: "not-configured"}
	}
	query := r.query()
	query.Question = q.ID
	records, err := r.ask(source+" question "+q.ID, func() ([]Record, error) {
		rec, err := s.Ask(ctx, query)
		if rec == nil {
			return nil, err
		}
		return []Record{*rec}, err
	})
	rec, trial := r.pick(records, err, nil)
	if rec == nil {
		return not(trial)
	}
	v, ok := rec.Values[q.ID]
	if !ok {
		return engine.Offer{Result: engine.TrialFailed, Why: "no-value"}
	}
	if v, ok = r.Rules.Fits(q.ID, v); !ok {
		return engine.Offer{Result: engine.TrialFailed, Why: "not-an-answer"}
	}
	return engine.Offer{Result: engine.TrialFound, Value: v}
}

// Connection is a source as its operator sees it.
type Connection struct {
	Name string
	// Host is where a service is, empty for our own stores.
	Host string
	// Resting says until when a service is left alone after failures; zero: it is not.
	Resting time.Time
}

// Connections lists what this hall has, by name.
func (r *Resolver) Connections(now time.Time) []Connection {
	out := []Connection{{Name: "library"}, {Name: "e-licence"}}
	services := maps.Clone(r.services)
	if r.outside != nil {
		services["e-licence"] = r.outside
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		s := services[name]
		c := Connection{Name: name, Host: s.host(), Resting: s.breaker.resting(now)}
		if name == "e-licence" {
			out[1] = c
			continue
		}
		out = append(out, c)
	}
	return out
}
