package api

import (
	"context"
	"errors"
	"strings"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/definition/diff"
	"lianban/store"
)

// Definitions compared by meaning.

// draftMark stands before the id of a draft where a version can be named.
const draftMark = "draft:"

// DiffDefinitions implements POST /v1/definitions/diff.
func (s *Server) DiffDefinitions(_ context.Context, req gen.DiffDefinitionsRequestObject) (gen.DiffDefinitionsResponseObject, error) {
	return gen.DiffDefinitions200JSONResponse(compared(req.Body.From, req.Body.To)), nil
}

// DiffVersions implements GET /v1/items/{item}/diff.
func (s *Server) DiffVersions(ctx context.Context, req gen.DiffVersionsRequestObject) (gen.DiffVersionsResponseObject, error) {
	from, err := s.textOf(ctx, req.Item, req.Params.From)
	if err != nil {
		return nil, err
	}
	to, err := s.textOf(ctx, req.Item, req.Params.To)
	if err != nil {
		return nil, err
	}
	return gen.DiffVersions200JSONResponse(compared(from, to)), nil
}

// textOf is the text of a version of an item, or of a draft.
func (s *Server) textOf(ctx context.Context, item, name string) (string, error) {
	if id, ok := strings.CutPrefix(name, draftMark); ok {
		d, err := s.cfg.Store.DefinitionDraft(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return "", noSuchDraft()
		}
		return d.Text, err
	}
	v, err := s.version(ctx, item, name)
	if err == nil && len(v.Source) == 0 {
		err = noText(v.Version)
	}
	return string(v.Source), err
}

// compared is what differs between two texts.
func compared(from, to string) gen.DefinitionDiff {
	a, fromFound := shape(from)
	b, toFound := shape(to)
	out := gen.DefinitionDiff{Changes: diff.Files(a, b), FromFindings: findings(fromFound), ToFindings: findings(toFound)}
	if out.Changes == nil {
		out.Changes = []diff.Change{}
	}
	return out
}

// shape reads a text and says what in it could not be read.
func shape(text string) (*definition.File, definition.Diagnostics) {
	file, found := definition.ParseFile("definition.yaml", []byte(text))
	var errs definition.Diagnostics
	for _, d := range found {
		if d.Severity == definition.SeverityError {
			errs = append(errs, d)
		}
	}
	if file.Kind != definition.FileItem && len(errs) == 0 {
		errs = append(errs, notAnItem())
	}
	return file, errs
}

func notAnItem() definition.Diagnostic {
	return definition.Diagnostic{
		Code: "S008", Severity: definition.SeverityError, Position: definition.Position{Line: 1, Column: 1},
		Text: calendar.Text{ZH: "这不是事项定义", EN: "this is no definition of an item"},
	}
}
