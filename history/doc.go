// Package history makes a case again from what Temporal holds of it: the events
// of all its runs, byte for byte as the case decided them.
//
//	first run   input: opening events ──▶ replay ──▶ events decided ─┐ carried hash
//	next run    input: what was carried over ◀───────────────────────┘
//	            replay ──▶ events decided ──▶ … ──▶ state, hash
//
//	case taken up again   input: what the log told ──▶ replay ──▶ …
//
// A run that continues another names it. One that took the case up again after its end
// does not: what ran before is asked of Temporal's list of runs. Where that list does
// not tell yet, or any more, the events begin with what the log had told.
//
// Histories hold commands and answers, not events, so a replay by this program's
// own code tells them. It is believed only when it fits: each run must begin at
// the hash the one before has ended with, and every answer the case has given must
// name an event of the chain by its hash.
//
// # Failures
//
//	no run is kept any more          ErrGone
//	the first runs are not kept      the events begin later ([Case.First]); the run's input names
//	                                 the hash they follow, so a log can be held against it
//	a run is missing in between      likewise: what came before it is left out
//	the runs do not reach the end    ErrGone: the last one says how far the case has come
//	a replay that does not fit       ErrForeign: another program has decided, or history was changed
//	Temporal away                    the client's error
package history
