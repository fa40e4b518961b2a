package office

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"lianban/engine/calendar"
	"lianban/letters"
	"lianban/store"
)

// Templates are the wordings of letters: what the installation has published for the day of an act, else its folder's or the
// program's own. It is safe for concurrent use.
type Templates struct {
	Store *store.Store
	// Own are those of the program and its folder, by kind.
	Own    map[string]*letters.Template
	parsed sync.Map // hash → *letters.Template
}

// In gives the wording for acts of a day.
func (t *Templates) In(ctx context.Context, kind string, day calendar.Date) (*letters.Template, error) {
	e, err := t.Store.LetterEditionInForce(ctx, kind, day)
	if errors.Is(err, store.ErrNotFound) {
		if own := t.Own[kind]; own != nil {
			return own, nil
		}
		return nil, fmt.Errorf("there is no template for %s", kind)
	}
	if err != nil {
		return nil, err
	}
	return t.parse(kind, e.Hash, func() ([]byte, error) { return e.Source, nil })
}

// Used gives the wording a letter was numbered with, also when another is in use since.
func (t *Templates) Used(ctx context.Context, l *store.Letter) (*letters.Template, error) {
	if own := t.Own[l.Kind]; own != nil && own.Hash == l.Template {
		return own, nil
	}
	return t.parse(l.Kind, l.Template, func() ([]byte, error) { return t.Store.LetterTemplate(ctx, l.Template) })
}

func (t *Templates) parse(kind, hash string, source func() ([]byte, error)) (*letters.Template, error) {
	if known, ok := t.parsed.Load(hash); ok {
		return known.(*letters.Template), nil
	}
	src, err := source()
	if err != nil {
		return nil, err
	}
	read, found := letters.ParseTemplate(kind, src)
	if read == nil || found.Failed() {
		return nil, fmt.Errorf("template %s: %s", hash, found.Render("en"))
	}
	t.parsed.Store(hash, read)
	return read, nil
}
