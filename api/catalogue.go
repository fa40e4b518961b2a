package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"lianban/contract"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// catalogue keeps what never changes (a definition by its hash, a calendar by
// its version, what a case was filed under) for good, and what changes seldom
// (organisations, the directory's answers) until the store says that something
// was changed.
type catalogue struct {
	store *store.Store
	plans sync.Map // definition hash → *definition.Plan
	items sync.Map // definition hash → the item's id in the catalogue
	packs sync.Map // pack key → *pack
	filed sync.Map // case number → filing
	known atomic.Int64

	mu      sync.Mutex
	epoch   int64
	orgs    map[string]map[string]store.Organisation // by language
	parties map[partyKey]map[string]string
}

// pack is a definition with a calendar, compiled and as a case carries it.
type pack struct {
	rules  *engine.Rules
	bundle []byte
}

type packKey struct{ hash, calendar string }

// filing is what a case was filed under; it never changes.
type filing struct {
	hash, calendar, region string
}

type partyKey struct {
	hash, region string
	day          calendar.Date
}

// maxFilings bounds the memory of what cases were filed under.
const maxFilings = 100_000

func newCatalogue(s *store.Store) *catalogue {
	return &catalogue{store: s, parties: map[partyKey]map[string]string{}}
}

// run forgets what may have changed, whenever the store says so.
func (c *catalogue) run(ctx context.Context, l *store.Listener) {
	wake, cancel := l.Subscribe(store.TopicCatalogue)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			c.forget()
		}
	}
}

func (c *catalogue) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.orgs = nil
	clear(c.parties)
}

// plan compiles a published definition, once.
func (c *catalogue) plan(ctx context.Context, hash string) (*definition.Plan, error) {
	if p, ok := c.plans.Load(hash); ok {
		return p.(*definition.Plan), nil
	}
	v, err := c.store.DefinitionByHash(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("definition %s: %w", hash, err)
	}
	return c.compile(v)
}

func (c *catalogue) compile(v store.DefinitionVersion) (*definition.Plan, error) {
	if p, ok := c.plans.Load(v.Hash); ok {
		return p.(*definition.Plan), nil
	}
	def, err := definition.Decode(v.Canonical)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	plan, err := definition.Compile(def)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	c.items.Store(v.Hash, v.Item)
	c.plans.Store(v.Hash, plan)
	return plan, nil
}

// pack gives a definition with a calendar, by hash and version.
func (c *catalogue) pack(ctx context.Context, hash, version string) (*pack, error) {
	key := packKey{hash, version}
	if p, ok := c.packs.Load(key); ok {
		return p.(*pack), nil
	}
	plan, err := c.plan(ctx, hash)
	if err != nil {
		return nil, err
	}
	v, err := c.store.Calendar(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", version, err)
	}
	cal, err := calendar.Decode(v.Data)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", version, err)
	}
	bundle, err := contract.Pack(plan.Def, cal)
	if err != nil {
		return nil, err
	}
	p := &pack{rules: &engine.Rules{Plan: plan, Calendar: cal}, bundle: bundle}
	c.packs.Store(key, p)
	return p, nil
}

// filedUnder says what a case was filed under (store.ErrNotFound: no such case).
func (c *catalogue) filedUnder(ctx context.Context, number string) (filing, error) {
	if f, ok := c.filed.Load(number); ok {
		return f.(filing), nil
	}
	first, err := c.store.Timeline(ctx, number, 0, 1)
	if err != nil {
		return filing{}, err
	}
	if len(first) == 0 {
		return filing{}, store.ErrNotFound
	}
	e, err := first[0].Event()
	if err != nil {
		return filing{}, err
	}
	b, ok := e.Body.(engine.CaseFiled)
	if !ok {
		return filing{}, fmt.Errorf("case %s does not begin with its filing", number)
	}
	f := filing{hash: b.Definition, calendar: b.Calendar, region: b.Region}
	c.remember(number, f)
	return f, nil
}

func (c *catalogue) remember(number string, f filing) {
	if c.known.Add(1) > maxFilings {
		c.filed.Clear()
		c.known.Store(1)
	}
	c.filed.Store(number, f)
}

// organisations are those of the directory, by code, named as the call speaks: in English by the English name, where
// one is kept.
func (c *catalogue) organisations(ctx context.Context) (map[string]store.Organisation, error) {
	lang := callOf(ctx).lang
	c.mu.Lock()
	have, epoch := c.orgs, c.epoch
	c.mu.Unlock()
	if have != nil {
		return have[lang], nil
	}
	list, err := c.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	zh, en := make(map[string]store.Organisation, len(list)), make(map[string]store.Organisation, len(list))
	for _, o := range list {
		zh[o.Code] = o
		o.Name = orElse(o.NameEn, o.Name)
		en[o.Code] = o
	}
	orgs := map[string]map[string]store.Organisation{"zh": zh, "en": en}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		c.orgs = orgs
	}
	return orgs[lang], nil
}

// resolve asks the directory who plays each party of an item. Parties whose place
// depends on the application are asked for anew each time.
func (c *catalogue) resolve(ctx context.Context, plan *definition.Plan, region string, env *definition.Env, day calendar.Date) (map[string]string, error) {
	fixed := true
	places := make([]store.Place, len(plan.Def.Parties))
	for i, p := range plan.Def.Parties {
		places[i] = store.Place{Party: p.ID, At: region}
		if p.At == "" || p.At == "case.region" {
			continue
		}
		fixed = false
		at, err := placeOf(plan.Def, p.At, env)
		if err != nil {
			return nil, fmt.Errorf("party %s: %w", p.ID, err)
		}
		places[i].At = at
	}
	key := partyKey{plan.Hash, region, day}
	c.mu.Lock()
	have, epoch := c.parties[key], c.epoch
	c.mu.Unlock()
	if fixed && have != nil {
		return have, nil
	}
	item, _ := c.items.Load(plan.Hash)
	id, _ := item.(string)
	got, err := c.store.ResolveParties(ctx, id, places, day)
	if err != nil {
		return nil, err
	}
	if fixed {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.epoch == epoch {
			c.parties[key] = got
		}
	}
	return got, nil
}

// placeOf evaluates where the directory starts from for a party; "" when the
// application does not say.
func placeOf(def *definition.Definition, at definition.Expr, env *definition.Env) (string, error) {
	program, err := definition.CompileExpr(at, definition.NewScope(def), definition.ValueAny)
	if err != nil {
		return "", err
	}
	v, err := program.Eval(env)
	var unknown *definition.UnknownError
	if errors.As(err, &unknown) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	place, _ := v.(string)
	return place, nil
}

// envOf is what a party's place may read.
func envOf(def *definition.Definition, region, channel string, day calendar.Date, answers, form map[string]any) *definition.Env {
	env := &definition.Env{
		Answers: answers, Form: form, Param: map[string]any{},
		Case: map[string]any{"region": region, "channel": channel, "receivedOn": day.String()},
	}
	for _, p := range def.Parameters {
		env.Param[p.ID] = p.Value
	}
	return env
}
