// Package workflows is the thin shell that makes a case durable: one workflow
// per case around the pure engine. It decides nothing. It hands commands to
// engine.Decide, keeps the events, has them written, and sets one timer.
//
// # Model
//
//	            act ──▶ validate (Decide, dry) ──refused──▶ answer, no trace
//	update id =          │
//	command id           ▼
//	            act ──▶ Decide ──▶ state, tail of events ──▶ answer
//	                                  │ wakes                 ▲ both in one workflow task
//	                                  ▼                       │
//	  main loop:  dirty ──▶ flush (one, inside the task) ─────┘
//	              due   ──▶ earlier intents ──▶ Decide each ──▶ Decide(tick)
//	              full  ──▶ continue as new
//	              over  ──▶ end
//	              else  ──▶ wait: an act, the timer, the clock signal
//
// Handlers do not wait, so hundreds of acts can be under way while PostgreSQL is
// slow. The main loop alone waits. The SDK runs updates of a task before the main
// loop, so all acts of one task are written by one flush, and the server sends
// their answers when the task ends: by then the rows are there.
//
// The one exception is rule 3.1.3. An act that was recorded at or after an
// instant at which an expiry with an effect was due, and which arrives before the
// case has applied that expiry, waits until the main loop has: acts recorded
// before the instant come first, and only the store knows them. The same holds
// for a mark of overdue, which an act recorded in time must prevent; not for
// warnings. The acts found so are applied at once, in their order, and remembered
// by id; when they arrive as updates they are answered from memory.
//
// One of them may have been refused just before, by the validator, which leaves no
// trace: the case would do what a caller was told is refused. Therefore the store
// marks what it gives as earlier intents, and takes no refusal of a marked act that
// history does not hold. The caller then sends the act again as "settle", which
// only the handler judges: answered from memory when the case has done it, and
// else refused in history, where the ledger keeps the case from doing it later.
// A caller who is not the first to send an act settles it at once.
//
// # Time
//
// A case never reads a clock. Business time is the history's time
// (workflow.Now) plus an offset, and the offset is itself recorded: it comes with
// the start, with the clock signal, and with the reply of every flush, so a case
// that missed a signal learns it with its next act. It only grows. An act with a
// later time shows that this time has come. Timers run in real time: due minus
// offset. When the clock is moved, an earlier timer replaces the one that runs.
// In production the offset is zero and none of this can be seen.
//
// # One timer
//
// The engine says when time will next change the case; the shell keeps one timer
// at that instant. If the instant moves away the timer is left to ring and set
// anew then (two history events less); if it moves nearer it is cancelled. It is a
// plain NewTimer: AwaitWithTimeout would leave its timer behind.
//
// # Flush
//
// Exact values and their reasons are in package contract. The flush carries first
// sequence, previous hash and a fence; the store refuses what does not fit:
//
//	fence     a later task has written. The next flush carries a higher fence, after a
//	          durable pause of 100 ms, which the double of a lost task cannot pass.
//	gap,      rows were lost or overwritten. The last batch is sent once more in front.
//	diverged  When that is refused too, flushing stops, an alarm is raised, and the case
//	          goes on deciding and answering. So it does when the schema refuses rows (a bug).
//	          A reflush after the repair goes on where it stopped.
//
// It is a mutable side effect, not a local activity. A case goes on by nothing of a
// flush but a refusal, so a flush that succeeded need not stand in history: the SDK
// records the value of such a side effect where it differs from the last one, and takes
// the last one on replay. It writes to a database all the same. That is sound for the
// reasons a local activity is: it runs at least once before its task counts, it may run
// again or late, and sequence, hash and fence refuse what does not fit. It saves the
// event, its way through the server, and the machinery of local activities (`make bench`).
// What blocks a workflow task is bounded by contract.FlushTotal, above which the SDK looks
// for a deadlock.
//
// When it gives up (PostgreSQL away) the same flush follows as an ordinary activity,
// tried without end: three history events and a marker however long the outage. Acts
// are answered meanwhile; their rows follow.
//
// Cases filed under engine versions before 7 flush by a local activity, and do so for life.
//
// Durable, in a flush, is the last event written by an earlier workflow task.
// Only then is it certain that history holds it. The history length tells one task
// from the next.
//
// # Continue as new
//
// On the server's suggestion or after contract.MaxActs acts, from the main loop,
// with everything written and no handler waiting. The state, the chain's hash, the
// last batch, the fence and the last 200 handled ids with their answers go along.
// No refusal phase is needed, since handlers do not wait; the ids are, because an
// act answered in the very task that continues may be sent to the next run again
// (temporal #6375), and because Temporal's own memory of ids ends with the run.
//
// # The end
//
// The workflow ends when the case is closed, no duty outlives it, everything is
// written and no handler waits. A closed case somebody is still bound by goes on as
// any other, with its timer and its acts, until the last duty is settled. What arrives later meets no workflow: the caller gets contract.Gone. It
// looks for the command's id in the event log, since the act may be one that was done
// before a run ended, and asks the engine on what the log tells: contract.Closed, for all
// acts but those a case takes for ever. For one of these it starts a run that takes the
// case up again (contract.Reopen); that run compares the log's head with what it was
// given before it decides anything. A case whose flushing has stopped
// does not end before it is repaired. A request to cancel the workflow is ignored:
// a case ends by law. (Terminating one is an operator's act against the system.)
//
// # Versions
//
// The definition version is data, carried in the bundle. The engine version is a
// number in the case's first event, given where the case is filed and kept for its
// whole life; a worker older than a case panics, so that the task waits for a
// newer one. It is not asked of workflow.GetVersion, for two reasons: the opening
// events are decided before the workflow begins, so a worker of another version
// could disagree with them; and GetVersion writes a search attribute for each
// case, into the very store that is Temporal's most expensive.
//
// This shell's own commands (which activity, which timer, in which order) are
// versioned by the same number: released behaviour stays for State.Engine up to N
// and a change is made under N+1. Recorded histories in testdata hold it to that.
//
// # Failures
//
//	PostgreSQL away            acts answered, rows follow
//	worker killed              the task is run again elsewhere; the store's fence refuses the dead one's flush
//	bundle broken, engine old  panic: the task stalls and heals with a worker that can
//	expiry that stays due      panic: a broken invariant of the engine, not a loop without end
//	activity reply unreadable  panic, likewise
//	an act that is refused     a value; the workflow itself never fails
package workflows
