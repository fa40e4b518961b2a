// Package fault holds the product to its promises while its parts fail: real
// processes, killed with -9, frozen, stopped and started again.
//
//	client ──▶ api ──▶ PostgreSQL: intent        what may fail, alone and in the middle of anything:
//	           api ──▶ Temporal: update          api, worker, Temporal, PostgreSQL
//	                   worker ──▶ PostgreSQL
//
// The scenarios are tests. What they share with the demo and other long runs is
// [Check]: after everything has healed it compares, for every case, the five
// accounts of what happened, which no single fault can bend alike:
//
//	the case as its workflow sees it    (query)
//	history of all its runs             (each act's outcome; replayed once more by this program)
//	event log                           (sequence, command, time, chain of hashes)
//	commands                            (each recorded act has its one answer)
//	read model                          (rows made of the replayed log = rows in the tables)
//
// and with them the answers clients were given. [Settle] waits for the healing:
// until every recorded act is answered, every case started, every event written.
//
// # Failures
//
// Errors of [Check] and [Settle] are of reading. Whatever disagrees is a
// [Finding]: it names the case by number and never holds values of it.
package fault
