package api

import (
	"context"
	"net/http"

	"lianban/api/gen"
	"lianban/engine"
)

// Acts on a result in question (行政许可法第六十九条).

// ActChallenge implements POST /v1/cases/{number}/acts/challenge.
func (s *Server) ActChallenge(ctx context.Context, r gen.ActChallengeRequestObject) (gen.ActChallengeResponseObject, error) {
	return s.done(ctx, engine.Challenge, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActDefend implements POST /v1/cases/{number}/acts/defend.
func (s *Server) ActDefend(ctx context.Context, r gen.ActDefendRequestObject) (gen.ActDefendResponseObject, error) {
	return s.done(ctx, engine.Defend, r.Number, r.Params.IdempotencyKey, r.Body)
}

// TrackDefend implements POST /v1/track/defend.
func (s *Server) TrackDefend(ctx context.Context, r gen.TrackDefendRequestObject) (gen.TrackDefendResponseObject, error) {
	return s.done(ctx, engine.Defend, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// VisitActChallengeResponse writes the answer.
func (a acted) VisitActChallengeResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActDefendResponse writes the answer.
func (a acted) VisitActDefendResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackDefendResponse writes the answer.
func (a acted) VisitTrackDefendResponse(w http.ResponseWriter) error { return a.write(w) }
