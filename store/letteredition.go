package store

import (
	"context"
	"fmt"
	"time"

	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// KindLetterTemplate is a wording of letters, on the audit; the subject is the kind of letter.
const KindLetterTemplate = "letter-template"

// LetterEdition is a wording of one kind of letters that an installation has published.
type LetterEdition struct {
	Kind, Version string
	// From is the first day of acts whose letters are written with it.
	From        calendar.Date
	Hash        string
	Source      []byte
	PublishedBy string
	PublishedAt time.Time
}

type editionRecord struct {
	Version string `json:"version"`
	From    string `json:"from"`
	Hash    string `json:"hash"`
}

// LetterEditions are those of a kind, the latest published first.
func (r *Registry) LetterEditions(ctx context.Context, kind string) ([]LetterEdition, error) {
	return editions(r.q.LetterEditions(ctx, kind))
}

// PublishLetterEdition adds a wording. The version is new (ErrExists).
func (r *Registry) PublishLetterEdition(ctx context.Context, e LetterEdition) error {
	n, err := r.q.PutLetterEdition(ctx, dbsqlc.PutLetterEditionParams{
		Kind: e.Kind, Version: e.Version, FromDay: date(e.From), Hash: e.Hash, Source: notNull(e.Source), PublishedBy: e.PublishedBy, PublishedAt: e.PublishedAt,
	})
	if err != nil {
		return wrap("publish letter template", err)
	}
	if n == 0 {
		return fmt.Errorf("letter template %s %s: %w", e.Kind, e.Version, ErrExists)
	}
	return r.note(ctx, KindLetterTemplate, e.Kind, "publish", nil, editionRecord{e.Version, e.From.String(), e.Hash})
}

// LetterEditions are those of a kind (empty: of all), the latest published first.
func (s *Store) LetterEditions(ctx context.Context, kind string) ([]LetterEdition, error) {
	return editions(s.q.LetterEditions(ctx, kind))
}

// LetterEditionInForce gives the wording of letters that follow from acts of a day (ErrNotFound: none was published for it):
// the one with the latest first day, of those with the same one the last published.
func (s *Store) LetterEditionInForce(ctx context.Context, kind string, day calendar.Date) (LetterEdition, error) {
	r, err := s.q.LetterEditionInForce(ctx, dbsqlc.LetterEditionInForceParams{Kind: kind, Day: date(day)})
	return edition(r), wrap("letter template", err)
}

func editions(rows []dbsqlc.LetterEdition, err error) ([]LetterEdition, error) {
	out := make([]LetterEdition, len(rows))
	for i, r := range rows {
		out[i] = edition(r)
	}
	return out, wrap("letter templates", err)
}

func edition(r dbsqlc.LetterEdition) LetterEdition {
	return LetterEdition{
		Kind: r.Kind, Version: r.Version, From: dateOf(r.FromDay), Hash: r.Hash, Source: r.Source, PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt.UTC(),
	}
}
