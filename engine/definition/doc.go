// Package definition is the language in which service items are written: it
// reads source files with positions, resolves them into plain data, checks
// them, and makes them ready for the engine to run. It is pure: no input or
// output besides the file system handed in, no clock, no goroutine.
//
//	source ──ParseFile──▶ File ──LibraryOf──▶ Library ──Resolve──▶ Definition ──Compile──▶ Plan
//	                       │                    │                      │
//	                       ▼                    ▼                      ├─Canonical─▶ JSON ─Decode─▶ (the same)
//	                  Diagnostics ◀── Check, CheckRunnable             ├─NewGuide──▶ Guide
//	                                                                   └─NewFlow───▶ Flow, the process as a picture
//
// A File is one YAML file: an item, a fragment, a claim or scenario tests. A
// Library knows all files and how they refer to each other. Resolve makes what
// one region runs: parameters set, includes expanded, every default explicit. A
// Definition is plain data; its canonical JSON is what is stored, hashed and
// carried by a case, so that it runs the same years later. A Plan adds the tree
// with parents and the compiled expressions; it is immutable.
//
// # Expressions
//
// Expressions are those of expr-lang with its functions left out and every name
// rewritten to a typed reader (expr.go, exprwalk.go). A name without a value is
// an error with that name; Program.Bool takes it as false. Nothing in an
// expression can loop, and its length, size and memory are bounded.
//
// # Checks
//
// Findings have a stable code (codes.go), a place, a sentence and mostly a fix,
// in two languages. What one file shows by itself is found while reading
// (decode.go, parse*.go); references and expressions in check.go, checkstep.go
// and checkexpr.go; the law in checklaw.go; papers and conditions over the
// finite space of answers in reason.go, checkpaper.go and space.go. The space is
// cut down to what expressions can tell apart and bounded; a search that was cut
// short says so (C106).
//
// # Failures
//
// Reading never panics and ends quickly whatever the input: the YAML library is
// called behind limits and a recover. Resolve answers with findings instead of a
// definition when one of them is an error. Compile and Decode return errors; they
// are for definitions that did not come through Check.
package definition
