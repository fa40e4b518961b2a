package api

import (
	"context"
	"net/http"

	"lianban/api/gen"
	"lianban/engine"
)

// Acts of visits, postings and hearings, of ratings and corrections.

// ActArrange implements POST /v1/cases/{number}/acts/arrange.
func (s *Server) ActArrange(ctx context.Context, r gen.ActArrangeRequestObject) (gen.ActArrangeResponseObject, error) {
	return s.done(ctx, engine.Arrange, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActArrangeResponse writes the answer.
func (a acted) VisitActArrangeResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRecord implements POST /v1/cases/{number}/acts/record.
func (s *Server) ActRecord(ctx context.Context, r gen.ActRecordRequestObject) (gen.ActRecordResponseObject, error) {
	return s.done(ctx, engine.Record, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRecordResponse writes the answer.
func (a acted) VisitActRecordResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRectify implements POST /v1/cases/{number}/acts/rectify.
func (s *Server) ActRectify(ctx context.Context, r gen.ActRectifyRequestObject) (gen.ActRectifyResponseObject, error) {
	return s.done(ctx, engine.Rectify, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRectifyResponse writes the answer.
func (a acted) VisitActRectifyResponse(w http.ResponseWriter) error { return a.write(w) }

// TrackRectify implements POST /v1/track/rectify.
func (s *Server) TrackRectify(ctx context.Context, r gen.TrackRectifyRequestObject) (gen.TrackRectifyResponseObject, error) {
	return s.done(ctx, engine.Rectify, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// VisitTrackRectifyResponse writes the answer.
func (a acted) VisitTrackRectifyResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRecheck implements POST /v1/cases/{number}/acts/recheck.
func (s *Server) ActRecheck(ctx context.Context, r gen.ActRecheckRequestObject) (gen.ActRecheckResponseObject, error) {
	return s.done(ctx, engine.Recheck, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRecheckResponse writes the answer.
func (a acted) VisitActRecheckResponse(w http.ResponseWriter) error { return a.write(w) }

// ActPost implements POST /v1/cases/{number}/acts/post.
func (s *Server) ActPost(ctx context.Context, r gen.ActPostRequestObject) (gen.ActPostResponseObject, error) {
	return s.done(ctx, engine.Post, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActPostResponse writes the answer.
func (a acted) VisitActPostResponse(w http.ResponseWriter) error { return a.write(w) }

// ActObject implements POST /v1/cases/{number}/acts/object.
func (s *Server) ActObject(ctx context.Context, r gen.ActObjectRequestObject) (gen.ActObjectResponseObject, error) {
	return s.done(ctx, engine.Object, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActObjectResponse writes the answer.
func (a acted) VisitActObjectResponse(w http.ResponseWriter) error { return a.write(w) }

// ActUphold implements POST /v1/cases/{number}/acts/uphold.
func (s *Server) ActUphold(ctx context.Context, r gen.ActUpholdRequestObject) (gen.ActUpholdResponseObject, error) {
	return s.done(ctx, engine.Uphold, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActUpholdResponse writes the answer.
func (a acted) VisitActUpholdResponse(w http.ResponseWriter) error { return a.write(w) }

// ActDismiss implements POST /v1/cases/{number}/acts/dismiss.
func (s *Server) ActDismiss(ctx context.Context, r gen.ActDismissRequestObject) (gen.ActDismissResponseObject, error) {
	return s.done(ctx, engine.Dismiss, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActDismissResponse writes the answer.
func (a acted) VisitActDismissResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRequest implements POST /v1/cases/{number}/acts/request.
func (s *Server) ActRequest(ctx context.Context, r gen.ActRequestRequestObject) (gen.ActRequestResponseObject, error) {
	return s.done(ctx, engine.Request, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRequestResponse writes the answer.
func (a acted) VisitActRequestResponse(w http.ResponseWriter) error { return a.write(w) }

// TrackRequest implements POST /v1/track/request.
func (s *Server) TrackRequest(ctx context.Context, r gen.TrackRequestRequestObject) (gen.TrackRequestResponseObject, error) {
	return s.done(ctx, engine.Request, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// VisitTrackRequestResponse writes the answer.
func (a acted) VisitTrackRequestResponse(w http.ResponseWriter) error { return a.write(w) }

// ActCorrect implements POST /v1/cases/{number}/acts/correct.
func (s *Server) ActCorrect(ctx context.Context, r gen.ActCorrectRequestObject) (gen.ActCorrectResponseObject, error) {
	return s.done(ctx, engine.Correct, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActCorrectResponse writes the answer.
func (a acted) VisitActCorrectResponse(w http.ResponseWriter) error { return a.write(w) }

// ActMend implements POST /v1/cases/{number}/acts/mend.
func (s *Server) ActMend(ctx context.Context, r gen.ActMendRequestObject) (gen.ActMendResponseObject, error) {
	return s.done(ctx, engine.Mend, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActMendResponse writes the answer.
func (a acted) VisitActMendResponse(w http.ResponseWriter) error { return a.write(w) }

// ActOverride implements POST /v1/cases/{number}/acts/override.
func (s *Server) ActOverride(ctx context.Context, r gen.ActOverrideRequestObject) (gen.ActOverrideResponseObject, error) {
	return s.done(ctx, engine.OverrideOpinion, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActOverrideResponse writes the answer.
func (a acted) VisitActOverrideResponse(w http.ResponseWriter) error { return a.write(w) }
