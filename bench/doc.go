// Package bench measures what a human step costs, as ratios within one run on
// one machine. Absolute figures say more about the machine than about us.
//
// Four ways to do the same seven human steps of a case, everything in one
// process tree on a private PostgreSQL and Temporal server, as `lianban dev`:
//
//	floor   hand-written workflow for exactly these steps, updates, no read model
//	usual   signals and one ordinary activity per step that writes the read model
//	ours    the engine in the case workflow, production flush into the store
//	http    the same over the whole path: session, durable intent, update, flush,
//	        answer, and a look that the step can be read
//
// In a round the ways take turns, many each and in another order each time; the usual one,
// whose timers go off seconds later, has its turns in the middle of the others'. A
// turn starts its cases first, waits until everything has come to rest, collects memory,
// and then times the steps with many clients; what is left to be done after the last
// answer is added. At the end of the round one client does cases alone, each way in its turn,
// for the latency. Compared are turns that were side by side (ratio), then the median of a
// round's counts, and the median of the rounds: a noisy moment hits both sides, or one turn alone. Single
// turns of one program differ by a tenth, so the report says how sure a ratio is.
//
// Beside them: history events per human step, Decide and Evolve per second on
// one core, and what the definition carried in the start costs.
package bench
