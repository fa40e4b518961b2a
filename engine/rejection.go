package engine

import "lianban/engine/definition"

// Rejection is the answer to an act the rules do not allow. It is a value, not
// an error: a refused act changes nothing, and the person who tried it is told
// what was expected, what is, and the article where a law is the reason.
type Rejection struct {
	Code Code `json:"code"`
	// Zh and En are complete sentences for people. They carry no personal data:
	// ids of steps, papers, roles and organisations only.
	Zh string `json:"zh"`
	En string `json:"en"`
	// Expected and Actual are the short forms of what the rule asks for and what
	// is there, in English as recorded; either may be empty. [Rejection.Wanted] and
	// [Rejection.Found] say them in both languages.
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual,omitempty"`
	// Where names the part of the act that is refused: a step, paper, question,
	// clock or task id, or a field of the act; empty for the act as a whole.
	Where string `json:"where,omitempty"`
	// Law is the ground, where a law is the reason.
	Law *definition.Article `json:"law,omitempty"`
}

func (r *Rejection) Error() string { return string(r.Code) + ": " + r.En }

// Code is a stable name of a refusal. Codes are part of the API: they are never
// renamed and never reused for another meaning.
type Code string

// The refusals. The comment says when; docs/language.md lists them for analysts.
const (
	// NotFound: the step, task, clock, output or party is not in this case.
	NotFound Code = "not-found"
	// NotAllowed: the actor's organisation or role may not do this act here, or
	// separation of duties forbids it (rule 3.4.5).
	NotAllowed Code = "not-allowed"
	// Claimed: somebody else has claimed the task.
	Claimed Code = "claimed"
	// NotOpen: the step or task is not open (waiting, absent, or already done).
	NotOpen Code = "not-open"
	// AlreadyClosed: the case is closed; nothing but reading is left.
	AlreadyClosed Code = "case-closed"
	// WrongAct: the act does not exist for this kind of step or in this state.
	WrongAct Code = "wrong-act"
	// WrongLink: another link of the chain has its turn.
	WrongLink Code = "wrong-link"
	// BadAnswer: an answer is missing, not asked, or of the wrong type.
	BadAnswer Code = "bad-answer"
	// BadPaper: a paper is not in the guide, not asked here, or its source is none of the guide's (行政许可法第三十一条).
	BadPaper Code = "bad-paper"
	// BadData: another field of the act is missing or wrong.
	BadData Code = "bad-data"
	// WindowOpen: nobody may accept before the collect window has closed (3.7.5).
	WindowOpen Code = "window-open"
	// TooLate: the time for this act is over (a gap after the notice, an extension after the due time …).
	TooLate Code = "too-late"
	// OneNotice: the case has had its one correction notice (行政许可法第三十二条).
	OneNotice Code = "one-notice"
	// AnswerOpen: the correction notice is not completely answered yet.
	AnswerOpen Code = "answer-open"
	// GateShut: a need of the step is not fulfilled (3.3.7, 3.3.8).
	GateShut Code = "gate-shut"
	// ReasonNeeded: the act needs a reason, a basis, or a reason per opinion (3.4.3; 行政许可法第三十八条).
	ReasonNeeded Code = "reason-needed"
	// NoReturn: the return is not possible: target, times, or nothing would be done again (3.6).
	NoReturn Code = "no-return"
	// Signed: a signed decision stands and cannot be changed by this act (行政许可法第八条).
	Signed Code = "signed"
	// NoExtension: the clock cannot be extended: none declared, used up, wrong role (行政许可法第四十二条).
	NoExtension Code = "no-extension"
	// NoPause: the clocks cannot stop this way: not a ground of the step, used up,
	// running already, or without the written notice (行政许可法第四十五条).
	NoPause Code = "no-pause"
	// NewApplication: the change would need a step that was passed; a new application is needed (3.10.4).
	NewApplication Code = "new-application"
	// NotYetEffective: the version does not take cases yet, or no more.
	NotYetEffective Code = "not-yet-effective"
	// TooFew: fewer inspectors than a check on the spot takes (行政许可法第三十四条).
	TooFew Code = "too-few"
	// Stale: the act was decided on another state of the case than it names.
	Stale Code = "stale"
	// TooSoon: a date that lies too early, an act before its date, or one that was
	// done a moment ago and may be repeated later (urging: once a day).
	TooSoon Code = "too-soon"
)

// Codes lists every refusal code, for documentation and tests.
var Codes = []Code{
	NotFound, NotAllowed, Claimed, NotOpen, AlreadyClosed, WrongAct, WrongLink, BadAnswer, BadPaper, BadData,
	WindowOpen, TooLate, OneNotice, AnswerOpen, GateShut, ReasonNeeded, NoReturn, Signed, NoExtension, NoPause,
	NewApplication, NotYetEffective, TooFew, Stale, TooSoon,
}
