package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
)

// The commitment to tolerance (容缺受理承诺书): whoever asks to bring papers after the
// acceptance signs at filing which ones follow, within what time, and that he bears what
// follows when one does not come. The organ answers with the 容缺受理通知书, which says
// the days (deferred).

// UndertakingIn is the signed commitment handed in with a filing that defers papers.
type UndertakingIn struct {
	Hash string `json:"hash"` // hex SHA-256 of the signed document
}

// Undertaking is the signed commitment of a case.
type Undertaking struct {
	Hash string `json:"hash"`
	// By is who signed: applicant, or agent under his authorisation.
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Taken is the account that took it in; empty where the applicant filed himself.
	Taken  string       `json:"taken,omitempty"`
	Papers []Undertaken `json:"papers"`
}

// Undertaken is one paper of the commitment: by when after the acceptance, before what,
// and what follows when it does not come (mark, lapse, revoke).
type Undertaken struct {
	Paper  string          `json:"paper"`
	Time   calendar.Period `json:"time"`
	Before string          `json:"before"`
	Late   string          `json:"late"`
}

// Who signs for the applicant.
const undertakenByAgent = "agent"

// undertaken takes the signed commitment of a filing that defers papers. What was done
// first follows by its own law, not on the applicant's commitment.
func (d *decider) undertaken(a *Args, first bool) (*Undertaking, *Rejection) {
	asked := len(a.Defer) > 0 && !first
	switch {
	case a.Undertaking != nil && !asked:
		return nil, reject(BadPaper, "没有申请容缺后补的材料，不需签署容缺受理承诺书", "no paper is asked to follow; there is nothing to commit to").
			want("defer", "none").at("undertaking")
	case !asked:
		return nil, nil
	case a.Undertaking == nil || !digest(a.Undertaking.Hash):
		return nil, reject(BadPaper, "申请容缺受理的，须签署容缺受理承诺书（国办发〔2022〕5号）", "whoever asks to bring papers later signs the commitment to tolerance, 容缺受理承诺书 (国办发〔2022〕5号)").
			want("the signed 容缺受理承诺书", "none").at("undertaking")
	}
	u := Undertaking{Hash: a.Undertaking.Hash, By: applicant, At: d.now}
	if a.Agent != nil {
		u.By = undertakenByAgent
	}
	if d.by.Kind == Person {
		u.Taken = d.by.ID
	}
	for i := range d.r.Plan.Papers {
		if p := &d.r.Plan.Papers[i]; slices.Contains(a.Defer, p.ID) {
			u.Papers = append(u.Papers, Undertaken{Paper: p.ID, Time: p.Defer.Time, Before: p.Defer.Before, Late: p.Defer.Late})
		}
	}
	return &u, nil
}

// undertakingRows is the commitment in the dossier.
func undertakingRows(r *Rules, s *State) []DossierRow {
	if s.Undertaking == nil {
		return nil
	}
	row := DossierRow{Kind: DossierUndertaking, ID: DossierUndertaking, Status: "given", At: s.Undertaking.At, Undertaking: s.Undertaking}
	if n := (&decider{r: r, s: s}).intake(); n != nil {
		row.Org = s.Org(n.By)
	}
	return []DossierRow{row}
}
