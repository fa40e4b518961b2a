package api

import (
	"context"
	"net/http"

	"lianban/api/gen"
	"lianban/engine"
)

// Acts on interested parties (行政许可法第三十六条).

// ActInform implements POST /v1/cases/{number}/acts/inform.
func (s *Server) ActInform(ctx context.Context, r gen.ActInformRequestObject) (gen.ActInformResponseObject, error) {
	return s.done(ctx, engine.Inform, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActHear implements POST /v1/cases/{number}/acts/hear.
func (s *Server) ActHear(ctx context.Context, r gen.ActHearRequestObject) (gen.ActHearResponseObject, error) {
	return s.done(ctx, engine.Hear, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActInformResponse writes the answer.
func (a acted) VisitActInformResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActHearResponse writes the answer.
func (a acted) VisitActHearResponse(w http.ResponseWriter) error { return a.write(w) }
