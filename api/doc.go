// Package api is the product's HTTP side: openapi.yaml first, the server
// generated from it (api/gen), handlers by subject, and the path an act takes
// from a request to its case.
//
// # A request
//
//	observe (request id, time, log line) → recover → rate limit → body limit
//	  → guard (policy.go: who may call) → the query's names (query.go)
//	  → validator (against openapi.yaml) → handler
//
// An error anywhere becomes a problem (RFC 9457) in one place, middleware.go;
// problem.go lists every code with its status and what a person does then. A
// problem and a log line never hold a submitted value: where a value does not
// fit, its place, what was expected and the kind of what came are told.
//
// # Three gates
//
// policy.go names who may call an operation (a test fails on one without). Lists
// are cut to the caller's organisation in SQL; of one case sight.go shows what the
// caller's part in it allows. And the engine judges every act by organisation,
// role, state and separation of duties; nothing here repeats that.
//
// # An act
//
//	client ──Idempotency-Key──▶ act: files, form, parties
//	   ① store.RecordCommand          durable intent with its business time
//	   ② Temporal update, id = key    at most 8 at once per case (gate.go); the engine decides
//	   ③ the workflow flushes         events and rows, before ② is answered
//	   ④ answers.go                   answers written in batches, not waited for; a refusal is recorded first
//
// The same key is the same intent and the same update, in whatever process: one
// effect, one answer. Starting a case decides and stores in one transaction (①),
// answers 201, and starts the workflow with the opening events.
//
// # A filing
//
// Before it is decided, the guide's sources are asked for the papers nobody handed in (source.go,
// package sources). What they gave comes to the engine as papers, what they said as a record.
//
// # Failures
//
//	PostgreSQL away       503 at once; nothing was recorded
//	Temporal away         starts 201, acts 202 (link.go notices within a second or two)
//	no answer in 8 s      202; the sweeper sends again what has none: starts first, then acts by
//	                      age, looking in the log before it repeats an old one
//	workflow not found    not started yet: it is started; closed: the engine answers from the log
//	killed after ②        the key asked again gets the answer; the sweeper records it
//	refused over rows of  the case is asked to flush again (sweepGhost)
//	a lost decision
//	clock moved           cases that are not over are told until all have heard (heraldLoop)
package api
