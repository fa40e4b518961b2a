package store

import (
	"context"
	"fmt"
	"time"

	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// DefinitionVersion is a published version of an item. Published is published: only the suspension
// of new cases can change.
type DefinitionVersion struct {
	Item    string // the item's id in the catalogue
	Version string
	Code    string // implementation code (实施编码)
	Name    string
	// EffectiveOn is the first day new cases are filed under it.
	EffectiveOn calendar.Date
	Hash        string
	// Canonical is the compiled form's canonical encoding, Source the YAML as published. Lists leave both out.
	Canonical, Source []byte
	PublishedBy       string
	PublishedAt       time.Time
	Suspended         bool
	SuspendedWhy      string
}

// PublishDefinition stores a version. Publishing the same content again is no error; another
// content under the same version, or the same content under another one, is ErrExists.
func (s *Store) PublishDefinition(ctx context.Context, d DefinitionVersion) error {
	n, err := putDefinition(ctx, s.q, d)
	if err != nil {
		return wrap("publish definition", err)
	}
	if n == 0 {
		have, err := s.Definition(ctx, d.Item, d.Version)
		if err != nil || have.Hash != d.Hash {
			return fmt.Errorf("publish definition %s %s: %w", d.Item, d.Version, ErrExists)
		}
		return nil
	}
	return s.Notify(ctx, TopicCatalogue)
}

func putDefinition(ctx context.Context, q *dbsqlc.Queries, d DefinitionVersion) (int64, error) {
	return q.PutDefinition(ctx, dbsqlc.PutDefinitionParams{
		Item: d.Item, Version: d.Version, Code: d.Code, Name: d.Name, EffectiveOn: date(d.EffectiveOn), Hash: d.Hash,
		Canonical: notNull(d.Canonical), Source: notNull(d.Source), PublishedBy: d.PublishedBy, PublishedAt: d.PublishedAt,
		Spelling: Spelling(d.Name),
	})
}

// Definition gives a version (ErrNotFound).
func (s *Store) Definition(ctx context.Context, item, version string) (DefinitionVersion, error) {
	r, err := s.q.Definition(ctx, dbsqlc.DefinitionParams{Item: item, Version: version})
	return definition(r), wrap("definition", err)
}

// DefinitionByHash gives a version by the hash of its compiled form (ErrNotFound).
func (s *Store) DefinitionByHash(ctx context.Context, hash string) (DefinitionVersion, error) {
	r, err := s.q.DefinitionByHash(ctx, hash)
	return definition(r), wrap("definition", err)
}

// DefinitionInForce gives the version new cases are filed under on a day (ErrNotFound). It may be suspended.
func (s *Store) DefinitionInForce(ctx context.Context, item string, day calendar.Date) (DefinitionVersion, error) {
	r, err := s.q.DefinitionInForce(ctx, dbsqlc.DefinitionInForceParams{Item: item, Day: date(day)})
	return definition(r), wrap("definition in force", err)
}

// Definitions lists versions of an item ("" : of all), newest effective day first.
func (s *Store) Definitions(ctx context.Context, item string) ([]DefinitionVersion, error) {
	rows, err := s.q.Definitions(ctx, item)
	out := make([]DefinitionVersion, len(rows))
	for i, r := range rows {
		out[i] = listed(r)
	}
	return out, wrap("definitions", err)
}

// FindDefinitions lists the versions of items that have, had or will have a name with this text in it, or of that
// pinyin, or whose code or id begins with it; in the order of Definitions.
func (s *Store) FindDefinitions(ctx context.Context, text string) ([]DefinitionVersion, error) {
	rows, err := s.q.FindDefinitions(ctx, dbsqlc.FindDefinitionsParams{Text: text, Spelled: spelled(text)})
	out := make([]DefinitionVersion, len(rows))
	for i, r := range rows {
		out[i] = listed(dbsqlc.DefinitionsRow(r))
	}
	return out, wrap("find definitions", err)
}

func listed(r dbsqlc.DefinitionsRow) DefinitionVersion {
	return DefinitionVersion{Item: r.Item, Version: r.Version, Code: r.Code, Name: r.Name, EffectiveOn: dateOf(r.EffectiveOn), Hash: r.Hash,
		PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt.UTC(), Suspended: r.Suspended, SuspendedWhy: r.SuspendedWhy}
}

// SuspendDefinition stops (or allows again) new cases under a version; running cases go on.
func (s *Store) SuspendDefinition(ctx context.Context, item, version string, suspended bool, why string) error {
	n, err := s.q.SuspendDefinition(ctx, dbsqlc.SuspendDefinitionParams{Item: item, Version: version, Suspended: suspended, SuspendedWhy: why})
	if err == nil && n == 0 {
		return fmt.Errorf("suspend definition %s %s: %w", item, version, ErrNotFound)
	}
	if err != nil {
		return wrap("suspend definition", err)
	}
	return s.Notify(ctx, TopicCatalogue)
}

func definition(r dbsqlc.DefinitionVersion) DefinitionVersion {
	return DefinitionVersion{Item: r.Item, Version: r.Version, Code: r.Code, Name: r.Name, EffectiveOn: dateOf(r.EffectiveOn), Hash: r.Hash,
		Canonical: r.Canonical, Source: r.Source, PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt.UTC(),
		Suspended: r.Suspended, SuspendedWhy: r.SuspendedWhy}
}

// BusinessAhead is how far the business clock runs ahead of the real one. Only dev and tests move it.
func (s *Store) BusinessAhead(ctx context.Context) (time.Duration, error) {
	us, err := s.q.BusinessClock(ctx)
	return time.Duration(us) * time.Microsecond, wrap("business clock", err)
}

// MoveBusinessClock sets how far the business clock is ahead, forward only: a smaller value changes
// nothing. It returns what holds now and wakes all processes.
func (s *Store) MoveBusinessClock(ctx context.Context, ahead time.Duration) (time.Duration, error) {
	us, err := s.q.MoveClock(ctx, ahead.Microseconds())
	if err != nil {
		return 0, wrap("move business clock", err)
	}
	return time.Duration(us) * time.Microsecond, s.Notify(ctx, TopicClock)
}
