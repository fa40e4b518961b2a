// Package scenario runs the scenario files that stand beside definitions
// (language reference, "Scenario tests"): cases with answers, acts with dates,
// and what must be true afterwards. It runs them on the engine itself under
// virtual time, without store or workflow, thousands a second.
//
//	scenario file ──▶ Run ──▶ engine.Decide … ──▶ Report (failures, coverage)
//
// Play is the same for somebody at a screen: moves instead of a file, people named
// after their party and role, and at the end what everybody may do next.
//
// Everybody's organisation is named after the party he works for. A case's
// papers are all that are asked for but those the file leaves out, each with a
// content hash of its own.
package scenario
