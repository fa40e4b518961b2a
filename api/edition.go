package api

import (
	"context"
	"errors"

	"lianban/api/gen"
	"lianban/store"
)

// Published versions: who answers for them, which cases run on them, stops.

// GetItemHistory implements GET /v1/items/{item}/history.
func (s *Server) GetItemHistory(ctx context.Context, req gen.GetItemHistoryRequestObject) (gen.GetItemHistoryResponseObject, error) {
	list, err := s.versions(ctx, req.Item)
	if err != nil {
		return nil, err
	}
	item := list[0].Item
	origins, err1 := s.cfg.Store.DefinitionOrigins(ctx, item)
	stops, err2 := s.cfg.Store.Suspensions(ctx, item)
	counts, err3 := s.cfg.Store.CasesPerVersion(ctx, item)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	var people []string
	for _, v := range list {
		people = append(people, v.PublishedBy)
	}
	for _, o := range origins {
		people = append(people, o.AskedBy, o.DecidedBy)
	}
	for _, x := range stops {
		people = append(people, x.Account)
	}
	n, err := s.names(ctx, people...)
	if err != nil {
		return nil, err
	}
	out := gen.GetItemHistory200JSONResponse{Versions: []gen.VersionHistory{}}
	for _, v := range list {
		h := gen.VersionHistory{Version: versionView(v), PublishedBy: n.of(v.PublishedBy), Cases: map[string]int{}, Suspensions: []gen.VersionStop{}}
		for i := range origins {
			if origins[i].Version == v.Version {
				h.Request = requestView(&origins[i], n)
			}
		}
		for _, x := range stops {
			if x.Version == v.Version {
				h.Suspensions = append(h.Suspensions, gen.VersionStop{Suspended: x.Suspended, Reason: x.Reason, By: n.of(x.Account), At: x.At})
			}
		}
		for _, c := range counts {
			if c.Version == v.Version {
				h.Cases[c.Status] = c.Cases
			}
		}
		out.Versions = append(out.Versions, h)
	}
	return out, nil
}

// ListVersionCases implements GET /v1/items/{item}/versions/{version}/cases.
func (s *Server) ListVersionCases(ctx context.Context, req gen.ListVersionCasesRequestObject) (gen.ListVersionCasesResponseObject, error) {
	v, err := s.version(ctx, req.Item, req.Version)
	if err != nil {
		return nil, err
	}
	p := req.Params
	list, next, err := s.cfg.Store.CasesOfVersion(ctx, v.Hash, string(p.Status), store.Page{After: store.Cursor(p.Cursor), Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	out := gen.ListVersionCases200JSONResponse{Cases: make([]gen.VersionCase, len(list)), Next: string(next)}
	for i, c := range list {
		out.Cases[i] = gen.VersionCase{Number: c.Number, Status: c.Status, Outcome: c.Outcome, Region: c.Region, ReceivedAt: c.ReceivedAt, ClosedAt: c.ClosedAt}
	}
	return out, nil
}

// GetVersionTests implements GET /v1/items/{item}/versions/{version}/tests.
func (s *Server) GetVersionTests(ctx context.Context, req gen.GetVersionTestsRequestObject) (gen.GetVersionTestsResponseObject, error) {
	v, err := s.version(ctx, req.Item, req.Version)
	if err != nil {
		return nil, err
	}
	tests, err := s.cfg.Store.DefinitionTests(ctx, v.Item, v.Version)
	out := gen.GetVersionTests200JSONResponse{Tests: make([]gen.DefinitionTest, len(tests))}
	for i, t := range tests {
		out.Tests[i] = gen.DefinitionTest{Name: t.Name, Text: t.Text}
	}
	return out, err
}

// SuspendVersion implements POST /v1/items/{item}/versions/{version}/suspend.
func (s *Server) SuspendVersion(ctx context.Context, req gen.SuspendVersionRequestObject) (gen.SuspendVersionResponseObject, error) {
	v, err := s.turn(ctx, req.Item, req.Version, true, req.Body.Reason)
	return gen.SuspendVersion200JSONResponse{VersionAnswerJSONResponse: v}, err
}

// ResumeVersion implements POST /v1/items/{item}/versions/{version}/resume.
func (s *Server) ResumeVersion(ctx context.Context, req gen.ResumeVersionRequestObject) (gen.ResumeVersionResponseObject, error) {
	v, err := s.turn(ctx, req.Item, req.Version, false, req.Body.Reason)
	return gen.ResumeVersion200JSONResponse{VersionAnswerJSONResponse: v}, err
}

// turn stops new cases under a version, or allows them again.
func (s *Server) turn(ctx context.Context, item, version string, suspended bool, reason string) (gen.VersionAnswerJSONResponse, error) {
	var out gen.VersionAnswerJSONResponse
	v, err := s.version(ctx, item, version)
	if err != nil {
		return out, err
	}
	_, err = s.cfg.Store.Suspend(ctx, store.Suspension{
		Item: v.Item, Version: v.Version, Suspended: suspended, Reason: reason, Account: official(ctx).session.Account, At: s.cfg.Clock.Now(),
	})
	if err != nil {
		return out, err
	}
	v, err = s.cfg.Store.Definition(ctx, v.Item, v.Version)
	return gen.VersionAnswerJSONResponse(versionView(v)), err
}
