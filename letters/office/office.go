package office

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/letters"
	"lianban/store"
	"lianban/store/bucket"
)

// Config is what an office is made of. Store, Bucket and Templates are required.
type Config struct {
	Store  *store.Store
	Bucket bucket.Bucket
	// Templates by kind, for which the installation has published no edition of its own.
	Templates map[string]*letters.Template
	// Fonts draw PDF; nil: HTML alone.
	Fonts *letters.Fonts
	// Link is the address of the page where letters are checked; the QR code leads there. Empty: the
	// code holds case number and verification code alone.
	Link string
	// Senders are the ways letters go out; they can be read in the product in any case.
	Senders []Sender
	// Real is the time letters are made at; nil: the system's.
	Real    func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Office makes letters until it is told to stop. It is safe for concurrent use.
type Office struct {
	cfg     Config
	plans   sync.Map // definition hash → *definition.Plan
	metrics *metrics
	wording *Templates
}

type metrics struct {
	made    *prometheus.CounterVec
	faults  *prometheus.CounterVec
	missing prometheus.Counter
	backlog *prometheus.GaugeVec
}

// New makes an office.
func New(cfg Config) (*Office, error) {
	if cfg.Store == nil || cfg.Bucket == nil || len(cfg.Templates) == 0 {
		return nil, errors.New("letters: store, bucket and templates are required")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = prometheus.NewRegistry()
	}
	if cfg.Real == nil {
		cfg.Real = time.Now
	}
	for _, k := range letters.Kinds() {
		if cfg.Templates[k.ID] == nil {
			return nil, fmt.Errorf("letters: there is no template for %s", k.ID)
		}
	}
	m := &metrics{
		made:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_letters_total", Help: "Letters numbered, by kind."}, []string{"kind"}),
		faults:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianban_letter_faults_total", Help: "Failures of making, drawing or sending letters."}, []string{"what"}),
		missing: prometheus.NewCounter(prometheus.CounterOpts{Name: "lianban_letter_missing_glyphs_total", Help: "Characters no font had; the letter bears a mark in their place."}),
		backlog: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "lianban_letter_backlog", Help: "What letters wait for: behind, failed, undrawn, unsent, given-up."}, []string{"what"}),
	}
	cfg.Metrics.MustRegister(m.made, m.faults, m.missing, m.backlog)
	return &Office{cfg: cfg, metrics: m, wording: &Templates{Store: cfg.Store, Own: cfg.Templates}}, nil
}

const (
	// interval is how often the office looks when nobody wakes it.
	interval = time.Second
	// batch is how many entries of the feed are turned into letters in one transaction.
	batch = 50
	// drawBatch is how many letters are drawn before the feed is looked at again.
	drawBatch = 10
	// drawPause is how long a letter rests that could not be drawn.
	drawPause = 10 * time.Minute
)

// Run works until ctx ends. wake says that the feed has something new.
func (o *Office) Run(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			n, err := o.Number(ctx)
			o.fault("number", err)
			d, err := o.Draw(ctx)
			o.fault("draw", err)
			m, err := o.Send(ctx)
			o.fault("send", err)
			more = n == batch || d == drawBatch || m == sendBatch
		}
		if b, err := o.cfg.Store.LetterBacklog(ctx); err == nil {
			o.metrics.backlog.WithLabelValues("behind").Set(float64(b.Behind))
			o.metrics.backlog.WithLabelValues("failed").Set(float64(b.Failed))
			o.metrics.backlog.WithLabelValues("undrawn").Set(float64(b.Undrawn))
			o.metrics.backlog.WithLabelValues("unsent").Set(float64(b.Unsent))
			o.metrics.backlog.WithLabelValues("given-up").Set(float64(b.GivenUp))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
	}
}

func (o *Office) fault(what string, err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	o.metrics.faults.WithLabelValues(what).Inc()
	o.cfg.Log.Warn("letters: work failed", "what", what, "error", err.Error())
}

// Number turns the next stretch of the feed into letters and says how many entries that were.
func (o *Office) Number(ctx context.Context) (int, error) {
	from, err := o.cfg.Store.LetterCursor(ctx)
	if err != nil {
		return 0, err
	}
	entries, err := o.cfg.Store.Feed(ctx, from, batch)
	if err != nil {
		return 0, err
	}
	again, err := o.cfg.Store.LetterRetries(ctx, batch)
	if err != nil || len(entries)+len(again) == 0 {
		return 0, err
	}
	organs, err := o.organs(ctx)
	if err != nil {
		return 0, err
	}
	b := store.LetterBatch{From: from, To: from}
	take := func(e store.FeedEntry, retried bool) error {
		made, err := o.made(ctx, e, organs)
		if errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		if err != nil {
			// The text may come from deep inside; it names no values of the case.
			o.fault("make", fmt.Errorf("case %s, events %d to %d: %w", e.Case, e.From, e.To, err))
			b.Failed = append(b.Failed, e.Position)
			return nil
		}
		if retried {
			b.Done = append(b.Done, e.Position)
		}
		b.Letters = append(b.Letters, made...)
		return nil
	}
	for _, e := range again {
		if err := take(e, true); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		if err := take(e, false); err != nil {
			return 0, err
		}
		b.To = e.Position
	}
	put, err := o.cfg.Store.PutLetters(ctx, b)
	if errors.Is(err, store.ErrBusy) {
		return 0, nil
	}
	for _, l := range put {
		o.metrics.made.WithLabelValues(l.Kind).Inc()
	}
	return len(entries), err
}

// made gives the letters of an entry with the wording of the day of their acts.
func (o *Office) made(ctx context.Context, e store.FeedEntry, organs map[string]letters.Organ) ([]store.NewLetter, error) {
	list, err := o.drafts(ctx, e, organs)
	if err != nil {
		return nil, err
	}
	out := make([]store.NewLetter, len(list))
	for i, d := range list {
		t, err := o.wording.In(ctx, d.Kind, calendar.DateOf(d.At))
		if err != nil {
			return nil, err
		}
		out[i] = o.newLetter(e.Case, d, t)
	}
	return out, nil
}

// drafts gives the drafts of an entry.
func (o *Office) drafts(ctx context.Context, e store.FeedEntry, organs map[string]letters.Organ) (_ []letters.Draft, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return Pending(ctx, o.cfg.Store, o.plan, e.Case, e.From-1, e.To, organs)
}

// eventPage is how many events are read at once.
const eventPage = 1000

// Pending gives the letters of a case that follow from its events after one and up to another (0: all).
func Pending(ctx context.Context, s *store.Store, plan func(context.Context, string) (*definition.Plan, error), number string, after, to int64,
	organs map[string]letters.Organ) ([]letters.Draft, error) {
	var state *engine.State
	var rules *engine.Rules
	var out []letters.Draft
	for seq := int64(0); to == 0 || seq < to; {
		page, err := s.Timeline(ctx, number, seq, eventPage)
		if err != nil {
			return nil, err
		}
		for _, stored := range page {
			if to > 0 && stored.Seq > to {
				break
			}
			e, err := stored.Event()
			if err != nil {
				return nil, err
			}
			if filed, ok := e.Body.(engine.CaseFiled); ok {
				p, err := plan(ctx, filed.Definition)
				if err != nil {
					return nil, err
				}
				rules = &engine.Rules{Plan: p}
			}
			state = engine.Evolve(state, e)
			if seq = stored.Seq; seq > after {
				out = append(out, letters.Drafts(rules, state, &e, organs)...)
			}
		}
		if len(page) < eventPage {
			break
		}
	}
	return out, nil
}

// plan compiles a definition, once.
func (o *Office) plan(ctx context.Context, hash string) (*definition.Plan, error) {
	if p, ok := o.plans.Load(hash); ok {
		return p.(*definition.Plan), nil
	}
	v, err := o.cfg.Store.DefinitionByHash(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("definition %s: %w", hash, err)
	}
	def, err := definition.Decode(v.Canonical)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	plan, err := definition.Compile(def)
	if err != nil {
		return nil, fmt.Errorf("definition %s@%s: %w", v.Item, v.Version, err)
	}
	o.plans.Store(hash, plan)
	return plan, nil
}

// organs are what letters call the organisations.
func (o *Office) organs(ctx context.Context) (map[string]letters.Organ, error) {
	list, err := o.cfg.Store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	return Organs(list), nil
}

// Organs are what letters call organisations.
func Organs(list []store.Organisation) map[string]letters.Organ {
	out := make(map[string]letters.Organ, len(list))
	for _, l := range list {
		out[l.Code] = letters.Organ{Name: l.Name, Mark: l.Mark}
	}
	return out
}

// codeLength is that of verification codes: 16 characters of 5 bits.
const codeLength = 16

func (o *Office) newLetter(number string, d letters.Draft, t *letters.Template) store.NewLetter {
	code := rand.Text()[:codeLength]
	return store.NewLetter{
		Letter: store.Letter{
			Case: number, ID: d.ID, Seq: d.Seq, Kind: d.Kind, Org: d.Organ, Year: calendar.DateOf(d.At).Year(), Party: d.To, PartyOrg: d.ToOrg,
			Step: d.Step, Notice: d.Notice, At: d.At, Template: t.Hash, Code: code, MadeAt: o.cfg.Real().UTC(),
		},
		Source: t.Source,
		Write: func(serial int64) (string, string, []byte, error) {
			page, data := t.Write(d, serial, code)
			b, err := json.Marshal(data)
			return page.Number, page.Title, b, err
		},
	}
}

// Draw draws letters that have no drawn form yet and says how many it drew.
func (o *Office) Draw(ctx context.Context) (int, error) {
	list, err := o.cfg.Store.UndrawnLetters(ctx, o.cfg.Fonts.Usable(), drawBatch)
	if err != nil {
		return 0, err
	}
	for i := range list {
		l := &list[i]
		err := o.draw(ctx, l)
		if ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) {
			return i, err
		}
		if err != nil {
			o.fault("draw", fmt.Errorf("letter %s of case %s: %w", l.ID, l.Case, err))
			if err := o.cfg.Store.PostponeDrawing(ctx, l.Case, l.ID, drawPause); err != nil {
				return i, err
			}
		}
	}
	return len(list), nil
}

func (o *Office) draw(ctx context.Context, l *store.Letter) (err error) {
	defer func() {
		if p := recover(); p != nil { // fonts come from outside
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	t, err := o.wording.Used(ctx, l)
	if err != nil {
		return err
	}
	raw, err := o.cfg.Store.LetterData(ctx, l.Case, l.ID)
	if err != nil {
		return err
	}
	var data letters.Snapshot
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	page := t.Fill(letters.Letter{Snapshot: data, Code: l.Code, Link: Link(o.cfg.Link, l.Case, l.Code), Date: l.At})
	html, err := letters.HTML(page)
	if err != nil {
		return err
	}
	var files [2]store.File
	if files[0], err = o.keep(ctx, html, "text/html"); err != nil {
		return err
	}
	if o.cfg.Fonts.Usable() {
		pdf, missing, err := letters.PDF(page, o.cfg.Fonts)
		if err != nil {
			return errors.Join(err, o.drawn(ctx, l, files)) // it can be read as HTML until then
		}
		for _, m := range missing {
			o.metrics.missing.Inc()
			o.cfg.Log.Error("letters: no font has a character; the letter bears a mark in its place. Add a font that has it", "character", m.Name(),
				"letter", l.ID, "case", l.Case)
		}
		if files[1], err = o.keep(ctx, pdf, "application/pdf"); err != nil {
			return err
		}
	}
	return o.drawn(ctx, l, files)
}

// drawn records what was drawn; from then on the letter can be sent.
func (o *Office) drawn(ctx context.Context, l *store.Letter, files [2]store.File) error {
	to, err := o.address(ctx, l)
	if err != nil {
		return err
	}
	return o.cfg.Store.DrawLetter(ctx, l.Case, l.ID, files[0], files[1], o.cfg.Real().UTC(), o.channels(to)...)
}

// largest is more than any letter has.
const largest = 64 << 20

func (o *Office) keep(ctx context.Context, content []byte, kind string) (store.File, error) {
	obj, err := o.cfg.Bucket.Put(ctx, bytes.NewReader(content), largest)
	return store.File{Hash: obj.Hash, Size: obj.Size, Type: kind}, err
}

// Link is what a letter's QR code holds: case number and verification code, nothing of a person.
func Link(page, number, code string) string {
	q := url.Values{"case": {number}, "code": {code}}.Encode()
	if page == "" {
		return "lianban:letter?" + q
	}
	return page + "?" + q
}
