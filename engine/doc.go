// Package engine decides what happens in a case. It is pure: no I/O, no clock, no goroutine, no
// randomness, no Temporal and no SQL. The same arguments give the same result for ever, so that a
// recorded history replays years later and a test needs no server.
//
// # Model
//
//	           Rules = Plan (compiled definition) + Calendar, pinned for the case's whole life
//	             │
//	Command ──▶ Decide(rules, state, command) ──▶ Result: Events, State, Rejection
//	             │                                  │        │      │
//	             │ 1. expire: all that fell due     │        │      └ why an act was refused; nothing of it is done
//	             │    at or before the act          │        └ the state after the events
//	             │ 2. judge: may he, now, and how?  └ facts in the past tense: audit trail, read model, feed
//	             │ 3. settle: carry the case on
//	             ▼
//	Event ────▶ Evolve(state, event) ──▶ state      the only way a state ever changes
//	State ────▶ NextDue(state) ──▶ time             when time itself will change the case: send a Tick then
//	            Project(rules, state) ──▶ Rows      the screens' tables, a function of the state alone
//	            Changes(rules, before, after)       those of its rows that differ
//	            WaitingFor, Explain, Checklist      answers for people
//
// Commands are a filing (with a nil state), the acts of people ([PersonActs]) and [Tick]. Outside
// answers are commands, too. A command carries the time of its durable intent: whoever runs the
// engine says what time it is, the engine never looks.
//
// An act is judged in two phases. Its judge only looks and returns a rejection or what is to be
// done, in the order exists → allowed (organisation, role, separation of duties) → state → rule; so
// nothing is ever half done. What is to be done emits events, each of which moves the decider's copy
// of the state at once, so that every rule looks at the case as it is by now. Then settle carries
// the case on until nothing follows any more: steps open or turn out absent, groups end, gates bar,
// windows close, results become ready, the outcome is fixed, the case closes.
//
// # Branches are data
//
// There is one state with the steps in the order of the definition, each waiting, open, ended (with
// an [End]) or absent. Whether a block is over is derived from its steps, never counted in tokens;
// the same function therefore heals any order in which things came about: a return, an amended
// answer, a branch dropped in the middle.
//
//	case    pre-review (online) ──▶ received
//	        received ──▶ correcting ──▶ received ──▶ accepted ──▶ decided ──▶ closed
//	            │  one notice   answered    │  also by silence     ▲
//	            └───────────────────────────┴── refused, lapsed, ──┘
//	                                            withdrawn, terminated
//
//	step    waiting ──▶ open ──▶ ended (done, grant, deny, agree, …, defaulted)
//	           │          ▲  │
//	           ▼          │  └──▶ ended (stopped, barred, withdrawn, lapsed): an event says why
//	        absent        └── again, in the next round: return, or what it read has changed
//
// # Rules covered
//
// Numbers in comments are those of the language's rules (docs/language.md): time and order (3.1),
// conditions (3.2), activation and ends (3.3), work inside a step (3.4), parallel and objection
// (3.5), return and re-review (3.6), papers and the one notice (3.7), clocks (3.8), outcome, issue
// and closing (3.9), changed answers (3.10), dropping, adding and withdrawing (3.11), as far as they
// concern intake, review, decide, sequence, parallel and issue, and duties that gate a step or the
// closing or outlive it: a closed case somebody is still bound by takes the acts on its duties alone,
// and is over ([State.Over]) when the last of them is settled; a clerical error is corrected even then. A definition that uses another kind
// of step, or a part these rules do not run yet, is refused when it is published
// (definition.Runnable); no case of it can be filed.
//
// # Files
//
//	decide     the entrance; finding the task an act is for; claim, release
//	filing     receipt: answers, papers, parties        intake   window, answer, acceptance
//	mend       mistakes put right on the spot, before the acceptance
//	prereview  before the receipt                       deliver  proofs of delivery, times that wait for one
//	notice     the one notice, a supervisor's second    event    facts; eventtype their names in the log
//	work       chains, opinions, signed decisions        run      sequence, parallel, objection, gates
//	again      returns, reviews reopened                 amend    changed answers, add, drop, withdraw
//	duty       obligations beyond the steps              dutyact  acts on them; annul, challenge: a result in question
//	fix        orders to put right what a check found
//	asktime    more time asked for by the applicant, and the answer
//	issue      results, outcome, hand-out                clock    ledgers, due dates, limits
//	expire     what time does by itself, in its order    evolve   events applied
//	source     papers and answers found elsewhere, and what vouches for them
//	options    what somebody may do, and why not         flow     the process as a picture, painted
//	examine    conditions worked through before a verdict
//	view       rows for the read model                   explain  who is waited for; a clock in words
//
// # What may fail
//
//   - An act the rules do not allow is a [Rejection], a value: a stable code, what was expected and
//     what is, the article where a law is the reason, in Chinese and English, without personal data.
//     Expiries that were due before a refused act stand all the same (rule 3.1.3).
//   - An act on a closed case, a repeated act, an act nobody knows: rejections as well. Decide is
//     total; no act in any state panics or is passed over in silence.
//   - A broken invariant is a panic: an event out of order, a step the definition does not have. The
//     workflow task that runs into it stalls and is tried again, and the case heals with a mended
//     program; failing the case would lose it.
//   - Late ticks do no harm: an expiry carries its due instant as its time, however late it is
//     processed (3.1.5), and several come in the order of rule 3.1.4.
//   - A clock that jumps back cannot reorder a case: an act counts from its intent, but never before
//     the last change (3.1.1).
//
// # Time and identity
//
// Instants are UTC in microseconds, the log's precision; days are of the business zone +08:00. A due
// time is exclusive: in time means before it (3.1.2). Dates are computed once, when an event is
// decided, and stand in it; replay computes nothing anew.
//
// Two kinds of version are kept apart: the definition's version is data and pinned per case;
// [Version] is the engine's own, and released behaviour is superseded under a new number, never
// edited. Where only one rule became stricter, a new case carries a word for it in [CaseFiled]
// (Examined); one that does not carry it goes on, and replays, as it began. State round-trips through JSON without loss, its slices are sorted or in written order, and
// no map's order can reach an event. [Seal] chains events by hash ([ChainHash]).
package engine
