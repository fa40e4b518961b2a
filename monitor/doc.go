// Package monitor keeps the cards of electronic supervision up to date: it reads
// the feed, judges the cases that have moved by the rules in engine/supervision,
// and wakes up for those that time alone may bring a card.
//
//	feed ──cursor "supervision"──▶ cases that moved ─┐
//	case_watch.next ≤ business time ──▶ cases due ───┤
//	                                                 ▼
//	      certain events of the case ──▶ supervision.Watch ──▶ put_cards (one transaction)
//	                                                 │ rules whose cards changed
//	                                                 ▼
//	            cards of that rule in all cases ──▶ supervision.Across ──▶ cards of organisations
//
// Only certain events are read: what a card rests on is never withdrawn. A case
// keeps the version of the rules that was in force when it was received.
//
// Any number of processes may run a Monitor; one works at a time (an advisory
// lock), and what another might still write late is refused: put_cards takes
// nothing that rests on less than what is there.
//
// # Failures
//
//	killed between cards and cursor   the cases are judged again, the cards are the same
//	an event comes late               time-driven cards wait a grace for acts that are on their way;
//	                                  one that comes even later takes the card away again, or marks
//	                                  it as gone where somebody has acted on it already
//	a case cannot be read             it is told and left out until its next event; others go on
//	database away                     tried again
package monitor
