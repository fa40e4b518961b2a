// Package supervision judges cases by the rules of electronic supervision
// (电子监察): it turns the certain events of a case into cards, and the cards of
// many cases into further ones. It is pure: the same rules, events and instant
// give the same cards, so that cards can be made again at any time and compared.
//
//	supervision.yaml ──Load──▶ Rules ──────────────┐
//	                                               ▼
//	events of a case ──Add──▶ Watch ──Cards(until)──▶ cards and marks of the case
//	                            └────Next(until)───▶ when time alone may make another
//	marks and cards of all cases ──Across──▶ cards of an organisation
//
// # Rules
//
// A rule fires in one of four ways (definition.SuperviseFire):
//
//	on    at an event of the case, judged on the state right after it
//	each  at an instant, for each thing of the case that is open: a running clock,
//	      an open task, a result not handed out, an open entry of the dossier
//	over  over the cards and marks of many cases, gathered by organisation, item, region
//	hand  by a supervisor: what no event can show (a complaint that was upheld)
//
// Expressions are those of expr-lang, typed: the names of an event are the keys
// of its JSON, and a name nobody declares is a finding with its place when the
// rules are loaded. An expression that meets something absent while running
// counts as not fulfilled and is reported as a fault, never as a card.
//
// # Time
//
// A state holds from its event to the next one. An `each` fire happens at the
// first instant within that stretch at which its `at` is reached and its `when`
// holds; states of no length (between events of one act) never fire. A thing
// fires once per rule: a clock extended after its warning is not warned of again.
//
// Warnings (level 1) are not given any more once the case is closed.
package supervision
