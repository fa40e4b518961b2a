// Package activities does what a case workflow asks the world for: writing the
// read model, asking for acts recorded earlier and where the log ends, calling the operators.
//
//	case workflow ──Write, flush────▶ Store.Flush           events and rows, fenced
//	              ──earlier-intents─▶ Store.EarlierIntents  acts that come before an expiry
//	              ──head────────────▶ Store.HeadOf          where the log of a case taken up again ends
//	              ──alarm───────────▶ Store.MarkAlarm       a case that needs hands
//
// Write is called by the case inside its workflow task and leaves no event in
// its history; when it gives up, flush follows as an ordinary activity. (Cases of
// engine versions before 7 flush by a local activity.) earlier-intents and head run
// inside the task as local activities, and as ordinary ones when that has failed. They are the same functions with the same
// argument either way: an attempt may come late, twice, or from a worker that
// has lost the task, and the store decides by its fence.
//
// # Failures
//
// A refusal of the store is a value and goes back to the case, which knows what
// to do about it. So is a rule of the schema that a flush would break: repeating
// would not mend it. Everything else is an error and is repeated without end.
// Neither errors nor logs carry values of a case.
package activities
