// Package run wires the product into processes: everything in one for `dev`, or
// api and worker against an outside PostgreSQL and Temporal for `serve`.
//
//	dev    data folder ─▶ PostgreSQL (child) ─▶ Temporal (in process) ─┐
//	serve  --database, --temporal ─────────────────────────────────────┤
//	                                                                   ▼
//	                            store, clock, bucket, Temporal client: node
//	                                  ├─ api     HTTP on --listen
//	                                  └─ worker  case workflow and activities
//
// # Start and stop
//
// A node stops in the order in which nobody is left waiting: no new requests,
// answers that are due, the worker's tasks (contract.WorkerStop), connections; in
// dev then Temporal and, last, PostgreSQL. Killed instead, it leaves nothing that
// its next start does not put right by itself.
//
// # What may fail
//
//   - PostgreSQL or Temporal away when serve starts: it waits for them, and says
//     so; a wrong address or password that the server itself refuses ends it.
//   - Temporal lost later: the api records acts and answers 202.
//   - the database process of dev ends: dev ends, too, and says where its log is.
//   - the data folder is in use: refused, naming who uses it and where it listens.
package run
