package api

import (
	"context"
	"encoding/json"
	"net/http"

	"lianban/api/gen"
	"lianban/api/wire"
	"lianban/engine"
)

// acted is the answer to any act: 200 when the case has decided, 202 when it has
// not yet. One type answers all operations, because they all answer alike.
type acted outcome

// done does an act for an official and makes its answer.
func (s *Server) done(ctx context.Context, do engine.Act, number, key string, body *wire.Act) (acted, error) {
	o, err := s.act(ctx, official(ctx).actor(), number, key, do, deref(body))
	return acted(o), err
}

func (a acted) write(w http.ResponseWriter) error {
	if a.pending {
		at := "/v1/commands/"
		if a.applicant {
			at = "/v1/track/commands/"
		}
		w.Header().Set("Location", at+a.key)
		w.Header().Set("Retry-After", "2")
		return writeJSON(w, http.StatusAccepted, "application/json",
			gen.Pending{Key: a.key, Number: a.number, Act: string(a.do), At: a.at, State: gen.PendingStateWaiting})
	}
	return writeJSON(w, http.StatusOK, "application/json",
		gen.Done{Key: a.key, Number: a.number, Act: string(a.do), At: a.at, Seq: a.reply.Seq})
}

func writeJSON(w http.ResponseWriter, status int, kind string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, err = w.Write(append(b, '\n'))
	return err
}

// ActGap implements POST /v1/cases/{number}/acts/gap.
func (s *Server) ActGap(ctx context.Context, r gen.ActGapRequestObject) (gen.ActGapResponseObject, error) {
	return s.done(ctx, engine.Gap, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActClear implements POST /v1/cases/{number}/acts/clear.
func (s *Server) ActClear(ctx context.Context, r gen.ActClearRequestObject) (gen.ActClearResponseObject, error) {
	return s.done(ctx, engine.Clear, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAnswer implements POST /v1/cases/{number}/acts/answer.
func (s *Server) ActAnswer(ctx context.Context, r gen.ActAnswerRequestObject) (gen.ActAnswerResponseObject, error) {
	return s.done(ctx, engine.Answer, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAccept implements POST /v1/cases/{number}/acts/accept.
func (s *Server) ActAccept(ctx context.Context, r gen.ActAcceptRequestObject) (gen.ActAcceptResponseObject, error) {
	return s.done(ctx, engine.Accept, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActRefuse implements POST /v1/cases/{number}/acts/refuse.
func (s *Server) ActRefuse(ctx context.Context, r gen.ActRefuseRequestObject) (gen.ActRefuseResponseObject, error) {
	return s.done(ctx, engine.Refuse, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActClaim implements POST /v1/cases/{number}/acts/claim.
func (s *Server) ActClaim(ctx context.Context, r gen.ActClaimRequestObject) (gen.ActClaimResponseObject, error) {
	return s.done(ctx, engine.Claim, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActRelease implements POST /v1/cases/{number}/acts/release.
func (s *Server) ActRelease(ctx context.Context, r gen.ActReleaseRequestObject) (gen.ActReleaseResponseObject, error) {
	return s.done(ctx, engine.Release, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActPass implements POST /v1/cases/{number}/acts/pass.
func (s *Server) ActPass(ctx context.Context, r gen.ActPassRequestObject) (gen.ActPassResponseObject, error) {
	return s.done(ctx, engine.Pass, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActSendBack implements POST /v1/cases/{number}/acts/sendBack.
func (s *Server) ActSendBack(ctx context.Context, r gen.ActSendBackRequestObject) (gen.ActSendBackResponseObject, error) {
	return s.done(ctx, engine.SendBack, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActGrant implements POST /v1/cases/{number}/acts/grant.
func (s *Server) ActGrant(ctx context.Context, r gen.ActGrantRequestObject) (gen.ActGrantResponseObject, error) {
	return s.done(ctx, engine.Grant, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActDeny implements POST /v1/cases/{number}/acts/deny.
func (s *Server) ActDeny(ctx context.Context, r gen.ActDenyRequestObject) (gen.ActDenyResponseObject, error) {
	return s.done(ctx, engine.Deny, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAgree implements POST /v1/cases/{number}/acts/agree.
func (s *Server) ActAgree(ctx context.Context, r gen.ActAgreeRequestObject) (gen.ActAgreeResponseObject, error) {
	return s.done(ctx, engine.Agree, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAgreeWith implements POST /v1/cases/{number}/acts/agreeWith.
func (s *Server) ActAgreeWith(ctx context.Context, r gen.ActAgreeWithRequestObject) (gen.ActAgreeWithResponseObject, error) {
	return s.done(ctx, engine.AgreeWith, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActDisagree implements POST /v1/cases/{number}/acts/disagree.
func (s *Server) ActDisagree(ctx context.Context, r gen.ActDisagreeRequestObject) (gen.ActDisagreeResponseObject, error) {
	return s.done(ctx, engine.Disagree, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActNotConcerned implements POST /v1/cases/{number}/acts/notConcerned.
func (s *Server) ActNotConcerned(ctx context.Context, r gen.ActNotConcernedRequestObject) (gen.ActNotConcernedResponseObject, error) {
	return s.done(ctx, engine.NotConcerned, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActNeedsUpper implements POST /v1/cases/{number}/acts/needsUpper.
func (s *Server) ActNeedsUpper(ctx context.Context, r gen.ActNeedsUpperRequestObject) (gen.ActNeedsUpperResponseObject, error) {
	return s.done(ctx, engine.NeedsUpper, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActStop implements POST /v1/cases/{number}/acts/stop.
func (s *Server) ActStop(ctx context.Context, r gen.ActStopRequestObject) (gen.ActStopResponseObject, error) {
	return s.done(ctx, engine.StopBlock, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActContinue implements POST /v1/cases/{number}/acts/continue.
func (s *Server) ActContinue(ctx context.Context, r gen.ActContinueRequestObject) (gen.ActContinueResponseObject, error) {
	return s.done(ctx, engine.ContinueBlock, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActReturn implements POST /v1/cases/{number}/acts/return.
func (s *Server) ActReturn(ctx context.Context, r gen.ActReturnRequestObject) (gen.ActReturnResponseObject, error) {
	return s.done(ctx, engine.Return, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActDrop implements POST /v1/cases/{number}/acts/drop.
func (s *Server) ActDrop(ctx context.Context, r gen.ActDropRequestObject) (gen.ActDropResponseObject, error) {
	return s.done(ctx, engine.Drop, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAdd implements POST /v1/cases/{number}/acts/add.
func (s *Server) ActAdd(ctx context.Context, r gen.ActAddRequestObject) (gen.ActAddResponseObject, error) {
	return s.done(ctx, engine.Add, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAmend implements POST /v1/cases/{number}/acts/amend.
func (s *Server) ActAmend(ctx context.Context, r gen.ActAmendRequestObject) (gen.ActAmendResponseObject, error) {
	return s.done(ctx, engine.Amend, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActExtend implements POST /v1/cases/{number}/acts/extend.
func (s *Server) ActExtend(ctx context.Context, r gen.ActExtendRequestObject) (gen.ActExtendResponseObject, error) {
	return s.done(ctx, engine.Extend, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActPause implements POST /v1/cases/{number}/acts/pause.
func (s *Server) ActPause(ctx context.Context, r gen.ActPauseRequestObject) (gen.ActPauseResponseObject, error) {
	return s.done(ctx, engine.PauseClock, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActResume implements POST /v1/cases/{number}/acts/resume.
func (s *Server) ActResume(ctx context.Context, r gen.ActResumeRequestObject) (gen.ActResumeResponseObject, error) {
	return s.done(ctx, engine.Resume, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActHand implements POST /v1/cases/{number}/acts/hand.
func (s *Server) ActHand(ctx context.Context, r gen.ActHandRequestObject) (gen.ActHandResponseObject, error) {
	return s.done(ctx, engine.Hand, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActWithdraw implements POST /v1/cases/{number}/acts/withdraw.
func (s *Server) ActWithdraw(ctx context.Context, r gen.ActWithdrawRequestObject) (gen.ActWithdrawResponseObject, error) {
	return s.done(ctx, engine.Withdraw, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActTerminate implements POST /v1/cases/{number}/acts/terminate.
func (s *Server) ActTerminate(ctx context.Context, r gen.ActTerminateRequestObject) (gen.ActTerminateResponseObject, error) {
	return s.done(ctx, engine.Terminate, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActGapResponse writes the answer.
func (a acted) VisitActGapResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActClearResponse writes the answer.
func (a acted) VisitActClearResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAnswerResponse writes the answer.
func (a acted) VisitActAnswerResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAcceptResponse writes the answer.
func (a acted) VisitActAcceptResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActRefuseResponse writes the answer.
func (a acted) VisitActRefuseResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActClaimResponse writes the answer.
func (a acted) VisitActClaimResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActReleaseResponse writes the answer.
func (a acted) VisitActReleaseResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActPassResponse writes the answer.
func (a acted) VisitActPassResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActSendBackResponse writes the answer.
func (a acted) VisitActSendBackResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActGrantResponse writes the answer.
func (a acted) VisitActGrantResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActDenyResponse writes the answer.
func (a acted) VisitActDenyResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAgreeResponse writes the answer.
func (a acted) VisitActAgreeResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAgreeWithResponse writes the answer.
func (a acted) VisitActAgreeWithResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActDisagreeResponse writes the answer.
func (a acted) VisitActDisagreeResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActNotConcernedResponse writes the answer.
func (a acted) VisitActNotConcernedResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActNeedsUpperResponse writes the answer.
func (a acted) VisitActNeedsUpperResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActStopResponse writes the answer.
func (a acted) VisitActStopResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActContinueResponse writes the answer.
func (a acted) VisitActContinueResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActReturnResponse writes the answer.
func (a acted) VisitActReturnResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActDropResponse writes the answer.
func (a acted) VisitActDropResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAddResponse writes the answer.
func (a acted) VisitActAddResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAmendResponse writes the answer.
func (a acted) VisitActAmendResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActExtendResponse writes the answer.
func (a acted) VisitActExtendResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActPauseResponse writes the answer.
func (a acted) VisitActPauseResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActResumeResponse writes the answer.
func (a acted) VisitActResumeResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActHandResponse writes the answer.
func (a acted) VisitActHandResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActWithdrawResponse writes the answer.
func (a acted) VisitActWithdrawResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActTerminateResponse writes the answer.
func (a acted) VisitActTerminateResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackAnswerResponse writes the answer.
func (a acted) VisitTrackAnswerResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackWithdrawResponse writes the answer.
func (a acted) VisitTrackWithdrawResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackUrgeResponse writes the answer.
func (a acted) VisitTrackUrgeResponse(w http.ResponseWriter) error { return a.write(w) }
