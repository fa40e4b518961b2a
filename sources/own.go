package sources

import (
	"context"
	"encoding/json"
	"fmt"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// shelf is the library and the store of licences of our own cases.
type shelf struct{ store *store.Store }

// Papers implements Library: the papers of earlier cases, and what these cases have issued.
func (s shelf) Papers(ctx context.Context, h Holder, names []string) ([]Record, error) {
	papers, err := s.store.HeldPapers(ctx, string(h), names)
	if err != nil {
		return nil, fail("store", err)
	}
	out := make([]Record, len(papers))
	for i, p := range papers {
		out[i] = Record{Name: p.Name, Hash: p.Hash, File: p.File, Type: p.Type, Size: p.Size, Grade: p.Grade, Until: p.Until, At: p.At,
			Ref: p.Case + "/" + p.Paper}
	}
	issued, err := s.Licences(ctx, h, names, 0)
	return append(out, issued...), err
}

// Licences implements Licences: the certificates our own cases have issued.
func (s shelf) Licences(ctx context.Context, h Holder, types []string, _ calendar.Date) ([]Record, error) {
	list, err := s.store.Certificates(ctx, string(h), types)
	if err != nil {
		return nil, fail("store", err)
	}
	var hashes []string
	for _, c := range list {
		if c.Hash != "" {
			hashes = append(hashes, c.Hash)
		}
	}
	files := map[string]store.File{}
	if hashes != nil {
		if files, err = s.store.Files(ctx, hashes); err != nil {
			return nil, fail("store", err)
		}
	}
	out := make([]Record, len(list))
	for i, c := range list {
		r := Record{Name: c.Name, Grade: engine.GradeA, Until: c.Until, Ref: c.Case + "/" + c.Output}
		if f, ok := files[c.Hash]; ok {
			r.Hash, r.Type, r.Size, r.File = c.Hash, f.Type, f.Size, c.Name+extension(f.Type)
		} else if r, err = r.written(&c); err != nil {
			return nil, err
		}
		r.Void = !c.Annulled.IsZero() // it is on record, and valid for nobody
		out[i] = r
	}
	return out, nil
}

// written makes the snapshot of a certificate that has no file: its data.
func (r Record) written(c *store.Certificate) (Record, error) {
	until := ""
	if c.Until != nil {
		until = c.Until.String()
	}
	b, err := json.Marshal(map[string]any{
		"case": c.Case, "output": c.Output, "item": c.Item, "kind": c.Kind, "name": c.Name, "number": c.Number, "organ": c.Org,
		"issuedAt": c.IssuedAt, "until": until, "data": c.Data,
	})
	if err != nil {
		return r, fmt.Errorf("certificate %s of case %s: %w", c.Output, c.Case, err)
	}
	r.Content, r.Size, r.File, r.Type = b, int64(len(b)), c.Name+".json", "application/json"
	return r, nil
}
