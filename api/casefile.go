package api

import (
	"context"
	"encoding/json"
	"net/http"

	"lianban/api/gen"
)

// Beside its papers a case holds files that acts brought: what proves a statement, a signed commitment, the record of a
// visit or a hearing. Whoever decides on them has to read them, so they open with the case and not only for the account
// that has uploaded them.

// GetCaseFile implements GET /v1/cases/{number}/files/{hash}.
func (s *Server) GetCaseFile(ctx context.Context, req gen.GetCaseFileRequestObject) (gen.GetCaseFileResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	held, err := s.entrusted(ctx, k, req.Number)
	if err != nil {
		return nil, err
	}
	for _, v := range held {
		if f, ok := fileIn(v, req.Hash); ok {
			return s.download(ctx, req.Hash, orElse(f.name, req.Hash), f.kind)
		}
	}
	return nil, problem(CodeNoSuchFile, "本案中没有本单位可以查阅的这份文件", "this case has no such file that your organisation may open").at("hash").
		want("a file of the case", "another")
}

// entrusted is what the caller may open files of: everything for whoever sees the case whole; for others what their
// organisation has done itself, its own steps, and what stands in the dossier for it to deal with.
func (s *Server) entrusted(ctx context.Context, k *seen, number string) (held []any, err error) {
	org := official(ctx).session.Org
	f, err := s.fold(ctx, number)
	if err != nil {
		return nil, err
	}
	for i := range f.opened {
		if e := &f.opened[i]; k.whole || e.By.Org == org {
			held = append(held, e.Body)
		}
	}
	if k.whole {
		return held, nil
	}
	for i := range k.steps {
		if k.steps[i].Org == org {
			held = append(held, k.steps[i])
		}
	}
	rows, err := s.cfg.Store.Dossier(ctx, number)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].Org == org {
			held = append(held, rows[i])
		}
	}
	return held, nil
}

// heldFile is a file as it is named where it is held.
type heldFile struct{ name, kind string }

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
			return heldFile{name, kind}, true
		}
		for _, inner := range x {
			if f, ok := fileUnder(inner, hash); ok {
				return f, true
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

// VisitGetCaseFileResponse sends the file.
func (c *content) VisitGetCaseFileResponse(w http.ResponseWriter) error { return c.write(w) }
