package api

import (
	"context"
	"net/http"

	"lianban/api/gen"
	"lianban/engine"
)

// ActFulfil implements POST /v1/cases/{number}/acts/fulfil.
func (s *Server) ActFulfil(ctx context.Context, r gen.ActFulfilRequestObject) (gen.ActFulfilResponseObject, error) {
	return s.done(ctx, engine.Fulfil, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActJudge implements POST /v1/cases/{number}/acts/judge.
func (s *Server) ActJudge(ctx context.Context, r gen.ActJudgeRequestObject) (gen.ActJudgeResponseObject, error) {
	return s.done(ctx, engine.Judge, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActAnnul implements POST /v1/cases/{number}/acts/annul.
func (s *Server) ActAnnul(ctx context.Context, r gen.ActAnnulRequestObject) (gen.ActAnnulResponseObject, error) {
	return s.done(ctx, engine.Annul, r.Number, r.Params.IdempotencyKey, r.Body)
}

// ActKeep implements POST /v1/cases/{number}/acts/keep.
func (s *Server) ActKeep(ctx context.Context, r gen.ActKeepRequestObject) (gen.ActKeepResponseObject, error) {
	return s.done(ctx, engine.Keep, r.Number, r.Params.IdempotencyKey, r.Body)
}

// TrackFulfil implements POST /v1/track/fulfil.
func (s *Server) TrackFulfil(ctx context.Context, r gen.TrackFulfilRequestObject) (gen.TrackFulfilResponseObject, error) {
	return s.done(ctx, engine.Fulfil, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// ActRetract implements POST /v1/cases/{number}/acts/retract.
func (s *Server) ActRetract(ctx context.Context, r gen.ActRetractRequestObject) (gen.ActRetractResponseObject, error) {
	return s.done(ctx, engine.Retract, r.Number, r.Params.IdempotencyKey, r.Body)
}

// TrackRetract implements POST /v1/track/retract.
func (s *Server) TrackRetract(ctx context.Context, r gen.TrackRetractRequestObject) (gen.TrackRetractResponseObject, error) {
	return s.done(ctx, engine.Retract, official(ctx).number, r.Params.IdempotencyKey, r.Body)
}

// GetDossier implements GET /v1/cases/{number}/dossier.
func (s *Server) GetDossier(ctx context.Context, req gen.GetDossierRequestObject) (gen.GetDossierResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.Dossier(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.GetDossier200JSONResponse{Number: req.Number, Seq: k.view.LastSeq, Entries: []gen.DossierEntry{}}
	for i := range rows {
		if req.Params.Kind == "" || rows[i].Kind == req.Params.Kind {
			if m := rows[i].Mending; m != nil {
				rows[i].Mending = k.sight.mending(*m)
			}
			if x := rows[i].Interested; x != nil && !k.whole && x.Org != official(ctx).session.Org {
				x.Who = "" // he goes by his number: his name is for who hears him
			}
			out.Entries = append(out.Entries, gen.DossierEntry{DossierRow: rows[i], OrgName: orgs[rows[i].Org].Name})
		}
	}
	return out, nil
}

// VisitActFulfilResponse writes the answer.
func (a acted) VisitActFulfilResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActJudgeResponse writes the answer.
func (a acted) VisitActJudgeResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActAnnulResponse writes the answer.
func (a acted) VisitActAnnulResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActKeepResponse writes the answer.
func (a acted) VisitActKeepResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackRateResponse writes the answer.
func (a acted) VisitTrackRateResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackFulfilResponse writes the answer.
func (a acted) VisitTrackFulfilResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitActRetractResponse writes the answer.
func (a acted) VisitActRetractResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitTrackRetractResponse writes the answer.
func (a acted) VisitTrackRetractResponse(w http.ResponseWriter) error { return a.write(w) }
