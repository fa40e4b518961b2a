// Package store keeps cases, commands, the catalogue and the directory in PostgreSQL (15 or later),
// and the rest of the product speaks no SQL.
//
// # What is kept
//
//	case_event   the log: the exact bytes of every event, chained by hash        ┐
//	case_head    how far a case's log goes, its fence, what of it is confirmed   │ one flush,
//	case_record, case_step, task, material, notice, result, …                    │ one transaction
//	             the read model, a pure function of the log (engine.Project)     ┘
//	feed         what is confirmed, in one order for all readers; the anchors of the audit
//	held_paper, certificate    what later cases of an applicant need not bring again; fed from the feed
//	command      durable intents and their answers, by key
//	start_intent what a workflow is started with
//	case_watch   what the cards of a case rest on: rules, last event, instant    ┐ one
//	card         warnings, cards and marks, a function of case_watch             ┘ transaction
//	card_act     what people do with cards, chained over all cards
//	definition_version, supervision_version, calendar_version, organisation, party_org, account, …
//
// # How an event becomes certain
//
//	workflow ──Flush──▶ case_event, seq > confirmed_seq     may still be withdrawn
//	                        │ in history: durable with a later flush, answered to a caller
//	                        │ (AnswerCommands), or asked by a sweep (UnconfirmedTails, Confirm)
//	                        ▼
//	                    confirmed_seq raised, case queued   never withdrawn again (trigger)
//	                        │ Publish: one process at a time, lock held until commit
//	                        ▼
//	                    feed position n+1 ──▶ webhooks, SSE, statistics, anchor file
//
// A flush that was committed although its workflow task was lost leaves rows no history knows.
// They stay above confirmed_seq, the next flush of the case replaces them, and nothing outside has
// been told of them. Flush says when it replaced a tail and then writes the whole read model, so
// no row of a withdrawn event stays behind.
//
// Feed positions are given one by one under a lock that lasts until commit. A sequence would hand
// out positions in another order than transactions commit, and a cursor "everything after position
// n" would then skip rows for good, also when it reads only below the oldest running transaction:
// the older transaction may have drawn the later number.
//
// # Order of intents
//
// RecordCommand gives an intent the caller's business time, but later than every intent of the same
// case before it, and holds a lock on the case's row in case_intent until it is committed.
// EarlierIntents(case, t) takes the same lock, so it waits for an intent in flight, and raises the
// row's time to just before t, so no intent recorded after the question gets a time before t. What
// it returns is therefore final: an expiry at t yields to these acts and to no other (rule 3.1.3).
//
// What it returns it marks as handed, and so do ClaimUnanswered and a repeated RecordCommand: from
// then on more than one party may bring the act to its case. A rejection that the case gave without
// a trace in its history (Answer.Settled is false) is recorded only while the command is not handed:
// both take the command's row, so one of them is first.
//
//	rejection first   the command is answered; nobody is given it any more
//	handed first      AnswerCommands ignores the rejection (its count says so); the caller has the
//	                  case decide for good and answers what it says
//
// # Failures
//
//	connection lost, server down   ErrUnavailable; nothing was done, or it was done whole: every
//	                               writing call may be repeated with the same arguments
//	key used with another body     ErrKeyReused
//	nothing of that name           ErrNotFound
//	a rule of the schema broken    *ConstraintError: a bug; Flush's caller marks the case (MarkAlarm)
//	flush of a slow double, a gap, another history   FlushReply.Refused, a value and no error
//	bytes, rows or cases changed behind our back     Verify names case and sequence
//
// Migrations are forward only: taking a column away from an audit trail is a new migration, never
// an undone one.
//
// Error texts and constraint names never carry values of rows: those may be personal data.
package store
