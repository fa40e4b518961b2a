package engine

import (
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Version is the engine version new cases start with. Released behaviour is
// superseded under a new number, never edited: a case keeps the number it was
// filed under, and its recorded history stays replayable. What changed (State.since):
//
//	2  whoever holds a result is told and heard before any annulment, one that a duty has opened too
//	3  a letter in lieu ends on the day it bears, and a new one may take its place; a closed
//	   case with something open takes hand-overs and vacant posts
//	4  whoever defers papers signs the commitment to bring them
//	5  whoever acts first says why, with what proves it
//	6  the record of a hearing says who has signed it, and has the signed paper with it
//	7  nothing in the rules: the workflow writes without leaving an event of it in its history
//	8  a hearing is not held over the head of an interested party who was told of its day too late
//	9  what an organ has given is not asked of the applicant in a notice; an act names no original that need not be seen
//	10 a closed case takes extensions of what still runs in it; who is told of a correction reads titles, not ids
//	11 the applicant asks for more time, and who may give it answers; the limit of a group is the lead's organ's to
//	   extend; hours two runs of a pause have in common count once, and one that begins by itself lasts to the hour;
//	   who holds a task of a step and claims there once more claims the next one; of a
//	   result sent by courier the proof of its delivery is waited for, whether a time starts with it or not
//	12 a warning, in hours too, falls on a day that is worked; more time that was refused is asked for again with
//	   a new reason or new proof; what a mistake put right on the spot makes an output of this case is not in the notice;
//	   a change or a termination is told to nobody whose step cannot come
const Version = 12

// since says whether a case runs under an engine version or a later one.
func (s *State) since(version int) bool { return s.Engine >= version }

// Rules is all a case is decided by besides its own state: the definition
// version and the calendar version it carries. Immutable, safe for concurrent use.
type Rules struct {
	Plan     *definition.Plan
	Calendar *calendar.Calendar
}

// Result is what a command came to.
type Result struct {
	// Events are the facts, in order; empty when nothing changed.
	Events []Event
	// State is the state after Events. It is never the state that was passed in,
	// unless nothing changed.
	State *State
	// Rejection says why the act was refused; nil when it was done. Expiries that
	// were due before the act stand even when the act itself is refused.
	Rejection *Rejection
}

// Wait is one thing the case waits for.
type Wait struct {
	// Who: a party, or "applicant".
	Who  string `json:"who"`
	Org  string `json:"org,omitempty"`
	Role string `json:"role,omitempty"`
	// Account has claimed the task, if anybody has.
	Account string `json:"account,omitempty"`
	Step    string `json:"step"`
	Task    string `json:"task,omitempty"`
	// WhyZh and WhyEn are complete sentences.
	WhyZh string    `json:"whyZh"`
	WhyEn string    `json:"whyEn"`
	Since time.Time `json:"since"`
	// Due is the exclusive instant of the task's clock; zero when none runs.
	Due time.Time `json:"due,omitzero"`
}
