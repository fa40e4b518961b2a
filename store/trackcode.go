package store

import (
	"context"
	"encoding/json"
	"time"

	"lianban/store/dbsqlc"
)

// KindTrackCode is a tracking code given anew, on the audit; the subject is the case.
const KindTrackCode = "track-code"

// TrackCodeProof is against what a tracking code was given anew. Of the document's number only the end is kept.
type TrackCodeProof struct {
	Bearer    string `json:"bearer"`
	Name      string `json:"name"`
	Document  string `json:"document"`
	Ending    string `json:"ending"`
	Compared  bool   `json:"compared"` // the number is the one the case holds
	Authority string `json:"authority,omitempty"`
	Reason    string `json:"reason"`
	For       string `json:"for,omitempty"` // whom the clerk stood in for
}

// ReplaceTrackCode gives a case another tracking code; the one before opens nothing from here on.
func (r *Registry) ReplaceTrackCode(ctx context.Context, number, code string, proof TrackCodeProof) error {
	if err := r.q.PutTrackCode(ctx, dbsqlc.PutTrackCodeParams{CaseNo: number, CodeHash: codeHash(number, code)}); err != nil {
		return wrap("replace tracking code", err)
	}
	return r.note(ctx, KindTrackCode, number, "reissue", nil, proof)
}

// TrackCodeIssue is a tracking code that was given anew.
type TrackCodeIssue struct {
	At           time.Time
	Account, Org string
	Proof        TrackCodeProof
}

// TrackCodeIssues are those of a case, the newest first, at most limit.
func (s *Store) TrackCodeIssues(ctx context.Context, number string, limit int) ([]TrackCodeIssue, error) {
	list, err := s.AdminChanges(ctx, AdminFilter{Kind: KindTrackCode, Subject: number}, 0, limit)
	if err != nil {
		return nil, err
	}
	out := make([]TrackCodeIssue, len(list))
	for i, c := range list {
		out[i] = TrackCodeIssue{At: c.At, Account: c.Account, Org: c.Org}
		if err := json.Unmarshal(c.After, &out[i].Proof); err != nil {
			return nil, err
		}
	}
	return out, nil
}
