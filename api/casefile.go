package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// Beside its papers a case holds files that acts brought: what proves a statement, a signed commitment, the record of a
// visit or a hearing. Whoever decides on them has to read them, so they open with the case and not only for the account
// that has uploaded them.

// GetCaseFile implements GET /v1/cases/{number}/files/{hash}.
func (s *Server) GetCaseFile(ctx context.Context, req gen.GetCaseFileRequestObject) (gen.GetCaseFileResponseObject, error) {
	none := problem(CodeNoSuchFile, "本案中没有本单位可以查阅的这份文件", "this case has no such file that your organisation may open").at("hash").
		want("a file of the case", "another")
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	for i := range f.opened {
		found, ok := fileIn(f.opened[i].Body, req.Hash)
		if !ok {
			continue
		}
		if may, err := s.opens(ctx, k, req, &f.opened[i], found); err != nil || !may {
			return nil, orError(err, none)
		}
		return s.download(ctx, req.Hash, orElse(found.name, req.Hash), found.kind)
	}
	return nil, none
}

// opens says whether the caller may open a file, by the event that brought it into the case: everything for whoever sees the
// case whole; for others what a colleague has uploaded for it, and what belongs to an entry of the dossier that is theirs
// to deal with. That an act names a file once more opens it for nobody: naming it takes no more than its hash.
func (s *Server) opens(ctx context.Context, k *seen, req gen.GetCaseFileRequestObject, e *engine.Event, found heldFile) (bool, error) {
	if k.whole {
		return true, nil
	}
	org := official(ctx).session.Org
	if e.By.Org == org {
		access, err := s.cfg.Store.FileByHash(ctx, req.Hash)
		return slices.ContainsFunc(access.Uploads, func(u store.Upload) bool { return u.Account != "" && u.Account == e.By.ID }), err
	}
	rows, err := s.cfg.Store.Dossier(ctx, req.Number)
	return slices.ContainsFunc(rows, func(d engine.DossierRow) bool { return d.Org == org && slices.Contains(found.of, d.ID) }), err
}

func orError(err, none error) error {
	if err != nil {
		return err
	}
	return none
}

// heldFile is a file as it is named where it is held, with the words of what it belongs to, among them the entry's id.
type heldFile struct {
	name, kind string
	of         []string
}

// fileIn finds a file by its hash in what is on record: as `hash`, with its name beside it, or as `file`.
func fileIn(v any, hash string) (heldFile, bool) {
	b, err := json.Marshal(v)
	if err != nil {
		return heldFile{}, false
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return heldFile{}, false
	}
	return fileUnder(tree, hash)
}

func fileUnder(v any, hash string) (heldFile, bool) {
	switch x := v.(type) {
	case map[string]any:
		if x["hash"] == hash || x["file"] == hash {
			name, _ := x["name"].(string)
			kind, _ := x["type"].(string)
			return heldFile{name: name, kind: kind}.under(x), true
		}
		for _, inner := range x {
			if f, ok := fileUnder(inner, hash); ok {
				return f.under(x), true
			}
		}
	case []any:
		for _, inner := range x {
			if f, ok := fileUnder(inner, hash); ok {
				return f, true
			}
		}
	}
	return heldFile{}, false
}

// under adds the words that stand directly in what holds the file.
func (f heldFile) under(holder map[string]any) heldFile {
	for _, v := range holder {
		if word, ok := v.(string); ok {
			f.of = append(f.of, word)
		}
	}
	return f
}

// VisitGetCaseFileResponse sends the file.
func (c *content) VisitGetCaseFileResponse(w http.ResponseWriter) error { return c.write(w) }
