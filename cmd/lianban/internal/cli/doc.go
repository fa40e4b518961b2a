// Package cli is the command line: what people type, and what they see.
//
//	args ──▶ New ──cobra──▶ command ──▶ engine packages    definition check|test, calendar due
//	                                └─▶ client ──HTTP──▶   everything that concerns cases
//
// It links neither the Temporal server nor the store: commands that run them
// (dev, serve, migrate, audit) are added by the program. So the packages this
// one is tested with stay small, and local commands do nothing but their work.
//
// Output is for people by default; with --json standard output carries exactly
// one JSON document, the answer or the problem. Sentences come in Chinese and
// English (--lang). Messages that are not the answer go to standard error.
//
// # Failures
//
// Every command ends with one of the exit codes of this package; see [Exit].
package cli
