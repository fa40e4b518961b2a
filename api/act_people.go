package api

import (
	"context"
	"net/http"

	"lianban/api/gen"
	"lianban/engine"
)

// ActAssign implements POST /v1/cases/{number}/acts/assign.
func (s *Server) ActAssign(ctx context.Context, r gen.ActAssignRequestObject) (gen.ActAssignResponseObject, error) {
	return s.done(ctx, engine.Assign, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActAssignResponse writes the answer.
func (a acted) VisitActAssignResponse(w http.ResponseWriter) error { return a.write(w) }

// ActTransfer implements POST /v1/cases/{number}/acts/transfer.
func (s *Server) ActTransfer(ctx context.Context, r gen.ActTransferRequestObject) (gen.ActTransferResponseObject, error) {
	return s.done(ctx, engine.Transfer, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActTransferResponse writes the answer.
func (a acted) VisitActTransferResponse(w http.ResponseWriter) error { return a.write(w) }

// ActDelegate implements POST /v1/cases/{number}/acts/delegate.
func (s *Server) ActDelegate(ctx context.Context, r gen.ActDelegateRequestObject) (gen.ActDelegateResponseObject, error) {
	return s.done(ctx, engine.Delegate, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActDelegateResponse writes the answer.
func (a acted) VisitActDelegateResponse(w http.ResponseWriter) error { return a.write(w) }

// ActGiveBack implements POST /v1/cases/{number}/acts/giveBack.
func (s *Server) ActGiveBack(ctx context.Context, r gen.ActGiveBackRequestObject) (gen.ActGiveBackResponseObject, error) {
	return s.done(ctx, engine.GiveBack, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActGiveBackResponse writes the answer.
func (a acted) VisitActGiveBackResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRecall implements POST /v1/cases/{number}/acts/recall.
func (s *Server) ActRecall(ctx context.Context, r gen.ActRecallRequestObject) (gen.ActRecallResponseObject, error) {
	return s.done(ctx, engine.Recall, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRecallResponse writes the answer.
func (a acted) VisitActRecallResponse(w http.ResponseWriter) error { return a.write(w) }

// ActUrge implements POST /v1/cases/{number}/acts/urge.
func (s *Server) ActUrge(ctx context.Context, r gen.ActUrgeRequestObject) (gen.ActUrgeResponseObject, error) {
	return s.done(ctx, engine.Urge, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActUrgeResponse writes the answer.
func (a acted) VisitActUrgeResponse(w http.ResponseWriter) error { return a.write(w) }

// ActAddSigner implements POST /v1/cases/{number}/acts/addSigner.
func (s *Server) ActAddSigner(ctx context.Context, r gen.ActAddSignerRequestObject) (gen.ActAddSignerResponseObject, error) {
	return s.done(ctx, engine.AddSigner, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActAddSignerResponse writes the answer.
func (a acted) VisitActAddSignerResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRemoveSigner implements POST /v1/cases/{number}/acts/removeSigner.
func (s *Server) ActRemoveSigner(ctx context.Context, r gen.ActRemoveSignerRequestObject) (gen.ActRemoveSignerResponseObject, error) {
	return s.done(ctx, engine.RemoveSigner, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRemoveSignerResponse writes the answer.
func (a acted) VisitActRemoveSignerResponse(w http.ResponseWriter) error { return a.write(w) }
