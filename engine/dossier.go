package engine

import (
	"time"
)

// DossierRow is an entry of the case's dossier (卷宗) beyond its steps, tasks,
// clocks, papers, notices and results: what people look up on the case page and
// what lists over many cases find by kind, organisation, status and due time.
// One kind, one subject: each has a type of its own, a pointer below, and a
// function that lists its rows.
type DossierRow struct {
	// Kind is the subject; ID is unique among the entries of its kind in the case.
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Step string `json:"step,omitempty"`
	// Org is the organisation that has to act, or whose record it is; it may see the case.
	Org string `json:"org,omitempty"`
	// Status is a word of the kind; "open" means that somebody still has to act.
	Status string `json:"status"`
	// Due is the exclusive instant until which, zero when there is none.
	Due time.Time `json:"due,omitzero"`
	// At is when the entry was made.
	At time.Time `json:"at"`

	Pause       *PauseRow      `json:"pause,omitempty"`
	Duty        *DutyState     `json:"duty,omitempty"`
	Annulment   *Annulment     `json:"annulment,omitempty"`
	Rating      *Rating        `json:"rating,omitempty"`
	Consult     *Consultation  `json:"consult,omitempty"`
	Copy        *CopyTo        `json:"copy,omitempty"`
	Remark      *Remark        `json:"remark,omitempty"`
	Correction  *Correction    `json:"correction,omitempty"`
	Mending     *Mending       `json:"mending,omitempty"`
	Promise     *PromiseState  `json:"promise,omitempty"`
	Undertaking *Undertaking   `json:"undertaking,omitempty"`
	Cause       *Cause         `json:"cause,omitempty"`
	Vacancy     *Vacancy       `json:"vacancy,omitempty"`
	Delivery    *DeliveryState `json:"delivery,omitempty"`
	Interested  *Interested    `json:"interested,omitempty"`
	Delay       *TimeRow       `json:"delay,omitempty"`
}

// The kinds of entry.
const (
	DossierPause       = "pause"
	DossierDuty        = "duty"
	DossierAnnulment   = "annulment"
	DossierRating      = "rating"
	DossierCorrection  = "correction"
	DossierPromise     = "promise"
	DossierMending     = "mending"
	DossierUndertaking = "undertaking"
	DossierCause       = "act-first"
)

// dossier lists the entries of all kinds, each kind in the order its entries were made.
func dossier(r *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for _, list := range dossiers {
		rows = append(rows, list(r, s)...)
	}
	return rows
}

// dossiers is the table of kinds: each subject's file has its function.
var dossiers = []func(*Rules, *State) []DossierRow{
	pauseRows,
	dutyRows,
	promiseRows,
	undertakingRows,
	causeRows,
	ratingRows,
	talkRows,
	vacancyRows,
	correctionRows,
	mendingRows,
	deliveryRows,
	interestedRows,
	timeRows,
}
