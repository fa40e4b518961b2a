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

// ActConsult implements POST /v1/cases/{number}/acts/consult.
func (s *Server) ActConsult(ctx context.Context, r gen.ActConsultRequestObject) (gen.ActConsultResponseObject, error) {
	return s.done(ctx, engine.Consult, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActConsultResponse writes the answer.
func (a acted) VisitActConsultResponse(w http.ResponseWriter) error { return a.write(w) }

// ActReply implements POST /v1/cases/{number}/acts/reply.
func (s *Server) ActReply(ctx context.Context, r gen.ActReplyRequestObject) (gen.ActReplyResponseObject, error) {
	return s.done(ctx, engine.Reply, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActReplyResponse writes the answer.
func (a acted) VisitActReplyResponse(w http.ResponseWriter) error { return a.write(w) }

// ActCopy implements POST /v1/cases/{number}/acts/copy.
func (s *Server) ActCopy(ctx context.Context, r gen.ActCopyRequestObject) (gen.ActCopyResponseObject, error) {
	return s.done(ctx, engine.Copy, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActCopyResponse writes the answer.
func (a acted) VisitActCopyResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRead implements POST /v1/cases/{number}/acts/read.
func (s *Server) ActRead(ctx context.Context, r gen.ActReadRequestObject) (gen.ActReadResponseObject, error) {
	return s.done(ctx, engine.Read, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActReadResponse writes the answer.
func (a acted) VisitActReadResponse(w http.ResponseWriter) error { return a.write(w) }

// ActHandOver implements POST /v1/cases/{number}/acts/handOver.
func (s *Server) ActHandOver(ctx context.Context, r gen.ActHandOverRequestObject) (gen.ActHandOverResponseObject, error) {
	return s.done(ctx, engine.HandOver, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActHandOverResponse writes the answer.
func (a acted) VisitActHandOverResponse(w http.ResponseWriter) error { return a.write(w) }

// ActComment implements POST /v1/cases/{number}/acts/comment.
func (s *Server) ActComment(ctx context.Context, r gen.ActCommentRequestObject) (gen.ActCommentResponseObject, error) {
	return s.done(ctx, engine.Comment, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActCommentResponse writes the answer.
func (a acted) VisitActCommentResponse(w http.ResponseWriter) error { return a.write(w) }
