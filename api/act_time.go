package api

import (
	"context"
	"net/http"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
)

// More time on request: asked for by the applicant, answered by whoever may give it.

// ActAskTime implements POST /v1/cases/{number}/acts/askTime.
func (s *Server) ActAskTime(ctx context.Context, r gen.ActAskTimeRequestObject) (gen.ActAskTimeResponseObject, error) {
	return s.done(ctx, engine.AskTime, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActAskTimeResponse writes the answer.
func (a acted) VisitActAskTimeResponse(w http.ResponseWriter) error { return a.write(w) }

// ActRefuseTime implements POST /v1/cases/{number}/acts/refuseTime.
func (s *Server) ActRefuseTime(ctx context.Context, r gen.ActRefuseTimeRequestObject) (gen.ActRefuseTimeResponseObject, error) {
	return s.done(ctx, engine.RefuseTime, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActRefuseTimeResponse writes the answer.
func (a acted) VisitActRefuseTimeResponse(w http.ResponseWriter) error { return a.write(w) }

// TrackAskTime implements POST /v1/track/askTime.
func (s *Server) TrackAskTime(ctx context.Context, r gen.TrackAskTimeRequestObject) (gen.TrackAskTimeResponseObject, error) {
	return s.done(ctx, engine.AskTime, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// VisitTrackAskTimeResponse writes the answer.
func (a acted) VisitTrackAskTimeResponse(w http.ResponseWriter) error { return a.write(w) }

// moreTime adds to what is asked of the applicant whether he may ask for more time.
func (s *Server) moreTime(tell story, asks []gen.TrackAsk) {
	for i := range asks {
		t := tell.s.Task(asks[i].Task)
		if t == nil || t.Clock == "" {
			continue
		}
		if x := engine.AskableTime(tell.r, tell.s, t.Clock, s.cfg.Clock.Now()); x != nil {
			asks[i].More = gen.MoreTime{Clock: x.Clock, Time: x.Time.String(), Text: x.Time.Text(), Proof: x.Proof, By: x.By}
		}
	}
}

// delays are the applicant's requests for more time, the last first.
func delays(tell story) (out []gen.TrackDelay) {
	for _, x := range slices.Backward(tell.s.TimeAsks) {
		d := gen.TrackDelay{
			Id: x.ID, Clock: x.Clock, Name: engine.ClockName(tell.r, tell.s, x.Clock), Status: gen.TrackDelayStatus(x.Status), At: x.At, Reason: x.Reason,
			Day: x.Day, Answer: x.Answer, Done: x.Done,
		}
		if x.Until != nil {
			d.Until = *x.Until
		}
		for _, f := range x.Evidence {
			d.Evidence = append(d.Evidence, f.Name)
		}
		out = append(out, d)
	}
	return out
}
