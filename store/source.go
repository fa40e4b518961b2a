package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/engine/calendar"
	lang "lianban/engine/definition"
	"lianban/store/dbsqlc"
)

// HeldPaper is a paper of an earlier case.
type HeldPaper struct {
	Case, Paper, Item string
	// Name is the guide's; papers of different items are the same paper when they have one name.
	Name string
	Hash string
	// File, Type and Size describe the content.
	File, Type string
	Size       int64
	Grade      engine.Grade
	Until      *calendar.Date
	CheckedBy  string
	At         time.Time
}

// Certificate is a result one of our cases has given.
type Certificate struct {
	Case, Output, Item string
	Kind, Name, Number string
	Org                string
	IssuedAt           time.Time
	Until              *calendar.Date
	Hash               string // of its file, "" when there is none
	Data               map[string]any
	// Annulled is when it was annulled, zero while it stands.
	Annulled time.Time
}

// HeldPapers gives the papers of these names in all cases of an applicant, newest first. holder is
// the number of his identity document: personal data.
func (s *Store) HeldPapers(ctx context.Context, holder string, names []string) ([]HeldPaper, error) {
	rows, err := s.q.HeldPapers(ctx, dbsqlc.HeldPapersParams{Holder: holder, Names: names})
	out := make([]HeldPaper, len(rows))
	for i, r := range rows {
		out[i] = HeldPaper{Case: r.CaseNo, Paper: r.Paper, Item: r.Item, Name: r.Name, Hash: r.Hash, File: r.File, Type: r.Type, Size: r.Size,
			Grade: engine.Grade(r.Grade), Until: dayOf(r.Until), CheckedBy: r.CheckedBy, At: r.At.UTC()}
	}
	return out, wrap("held papers", err)
}

// Certificates gives the certificates of these names that cases of an applicant have issued, newest first.
func (s *Store) Certificates(ctx context.Context, holder string, names []string) ([]Certificate, error) {
	rows, err := s.q.Certificates(ctx, dbsqlc.CertificatesParams{Holder: holder, Names: names})
	out := make([]Certificate, len(rows))
	for i, r := range rows {
		c := Certificate{Case: r.CaseNo, Output: r.Output, Item: r.Item, Kind: r.Kind, Name: r.Name, Number: r.Number, Org: r.Org,
			IssuedAt: r.IssuedAt.UTC(), Until: dayOf(r.Until), Hash: r.Hash}
		if r.AnnulledAt != nil {
			c.Annulled = r.AnnulledAt.UTC()
		}
		if err := json.Unmarshal(r.Data, &c.Data); err != nil {
			return nil, fmt.Errorf("certificate %s of case %s: %w", r.Output, r.CaseNo, err)
		}
		out[i] = c
	}
	return out, wrap("certificates", err)
}

func dayOf(t *time.Time) *calendar.Date {
	if t == nil {
		return nil
	}
	d := dateOf(*t)
	return &d
}

func dayIn(d *calendar.Date) *time.Time {
	if d == nil {
		return nil
	}
	t := date(*d)
	return &t
}

const sourceBatch = 250 // entries of the feed

// FeedSources puts what has become certain since the last call into the library of papers and the
// store of certificates, and returns how many entries of the feed it read. What it writes and how far it
// has read are one transaction. Any number of processes may call it; one works at a time, the others return 0.
func (s *Store) FeedSources(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := s.feedSources(ctx)
		if total += n; err != nil || n < sourceBatch {
			return total, wrap("feed sources", err)
		}
	}
}

func (s *Store) feedSources(ctx context.Context) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		at, err := q.SourceCursor(ctx)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // another process is at it
		}
		if err != nil {
			return err
		}
		entries, err := q.Feed(ctx, dbsqlc.FeedParams{Position: at, Most: sourceBatch})
		if err != nil || len(entries) == 0 {
			return err
		}
		end := entries[len(entries)-1].Position
		rows, err := q.SourceEvents(ctx, dbsqlc.SourceEventsParams{After: at, Upto: end, Types: engine.ForSources()})
		if err != nil {
			return err
		}
		f := &sourceFeed{q: q}
		for _, r := range rows {
			e, err := storedEvent(r.CaseEvent).Event()
			if err != nil {
				return fmt.Errorf("case %s: %w", r.CaseEvent.CaseNo, err)
			}
			f.read(r.CaseEvent.CaseNo, &e)
		}
		if err := f.write(ctx); err != nil {
			return err
		}
		n = len(entries)
		return q.MoveSourceCursor(ctx, end)
	})
	return n, err
}

// sourceFeed gathers what a stretch of the feed has for later cases.
type sourceFeed struct {
	q       *dbsqlc.Queries
	papers  []dbsqlc.PutHeldPaperParams
	outputs []dbsqlc.PutCertificateParams
	changes []dbsqlc.ChangeCertificateParams // of outputs given before; none is given again afterwards
	broken  error
}

// read takes what an event carries. Of papers only what somebody has brought or compared: what a
// register has said is asked of the register again, and a paper of the library that is used again
// does not get younger by that.
func (f *sourceFeed) read(number string, e *engine.Event) {
	papers, outputs := engine.Handled(e.Body)
	for _, p := range papers {
		if p.Status != engine.PaperPresent || p.Hash == "" || !p.FetchedAt.IsZero() && p.CheckedBy == "" || p.Source == "output" {
			continue
		}
		grade := p.Grade
		if grade == "" {
			grade = engine.GradeC
		}
		f.papers = append(f.papers, dbsqlc.PutHeldPaperParams{CaseNo: number, Paper: p.ID, Hash: p.Hash, File: p.Name, Type: p.Type, Size: p.Size,
			Grade: string(grade), Until: dayIn(p.Until), CheckedBy: p.CheckedBy, At: p.At})
	}
	for _, o := range outputs {
		data, err := json.Marshal(o.Data)
		f.broken = errors.Join(f.broken, err)
		f.outputs = append(f.outputs, dbsqlc.PutCertificateParams{CaseNo: number, Output: o.ID, Kind: o.Kind, Name: o.Name, Number: o.Number, Org: o.Org,
			IssuedAt: o.At, Until: dayIn(o.Until), Hash: o.Hash, Data: data})
	}
	for _, c := range engine.Changed(e.Body) {
		patch := []byte("{}")
		if c.Data != nil {
			var err error
			patch, err = json.Marshal(c.Data)
			f.broken = errors.Join(f.broken, err)
		}
		change := dbsqlc.ChangeCertificateParams{CaseNo: number, Output: c.ID, Number: orNil(c.Number), Hash: orNil(c.Hash), Patch: patch}
		if c.Annulled {
			change.AnnulledAt = &e.At
		}
		f.changes = append(f.changes, change)
	}
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (f *sourceFeed) write(ctx context.Context) error {
	if f.broken != nil || len(f.papers)+len(f.outputs)+len(f.changes) == 0 {
		return f.broken
	}
	var cases []string
	for _, p := range f.papers {
		cases = append(cases, p.CaseNo)
	}
	for _, o := range f.outputs {
		cases = append(cases, o.CaseNo)
	}
	slices.Sort(cases)
	rows, err := f.q.CaseItems(ctx, slices.Compact(cases))
	if err != nil {
		return err
	}
	items, definitions := map[string]string{}, map[string]string{}
	for _, r := range rows {
		items[r.CaseNo], definitions[r.CaseNo] = r.Item, r.Definition
	}
	named := map[string]map[string]string{} // papers' names by definition: many cases have one
	for _, p := range f.papers {
		hash := definitions[p.CaseNo]
		if named[hash] == nil {
			if named[hash], err = f.paperNames(ctx, hash); err != nil {
				return fmt.Errorf("definition of case %s: %w", p.CaseNo, err)
			}
		}
		p.Item, p.Name = items[p.CaseNo], named[hash][p.Paper]
		if p.Name == "" {
			p.Name = p.Paper // its definition is not in the catalogue
		}
		if err := f.q.PutHeldPaper(ctx, p); err != nil {
			return err
		}
	}
	for _, o := range f.outputs {
		o.Item = items[o.CaseNo]
		if err := f.q.PutCertificate(ctx, o); err != nil {
			return err
		}
	}
	for _, c := range f.changes {
		if err := f.q.ChangeCertificate(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// paperNames reads the names of the guide's papers out of a definition; there are none of one the
// catalogue does not hold.
func (f *sourceFeed) paperNames(ctx context.Context, hash string) (map[string]string, error) {
	names := map[string]string{}
	v, err := f.q.DefinitionByHash(ctx, hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return names, nil
	}
	if err != nil {
		return nil, err
	}
	def, err := lang.Decode(v.Canonical)
	if err != nil {
		return nil, err
	}
	for _, m := range def.Materials {
		names[m.ID] = m.Name
	}
	return names, nil
}

// PutFile records a content in the bucket that nobody has uploaded: the snapshot of what a source gave.
func (s *Store) PutFile(ctx context.Context, f File) error {
	return wrap("put file", s.q.PutFile(ctx, dbsqlc.PutFileParams{Hash: f.Hash, Size: f.Size, Type: f.Type}))
}

// RunSourceFeed feeds the library and the certificates whenever wake gives a value, and at least once per
// interval, until ctx ends. Every api may run it.
func (s *Store) RunSourceFeed(ctx context.Context, interval time.Duration, wake <-chan struct{}, failed func(error)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if _, err := s.FeedSources(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}
