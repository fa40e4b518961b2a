// Package standalone is the embedded default: a private PostgreSQL cluster (package cluster)
// and a Temporal server in this process, with nothing to install but PostgreSQL's programs.
//
//	┌────────────── one process ──────────────┐      ┌── child process ──┐
//	│ api, worker ──gRPC 127.0.0.1──▶ Temporal│─SQL─▶│ PostgreSQL        │
//	│      └───────────────SQL────────────────┼─────▶│  lianban          │
//	└─────────────────────────────────────────┘      │  temporal         │
//	                                                 │  temporal_visibility
//	                                                 └───────────────────┘
//
// The package knows nobody's business: it hands out addresses. Its parts can be had singly,
// so that tests stop and kill them one by one: [StartPostgres], [StartTemporal], and
// [TemporalMain] for a Temporal server that is a process of its own.
//
// # What may fail
//
//   - kill -9 at any moment: PostgreSQL goes down with us (see package cluster); Temporal keeps
//     nothing outside PostgreSQL, so its next start takes its shards over at once.
//   - killed while Temporal's schema is first set up: the database is marked as unfinished and
//     made anew by the next start ([MigrateTemporal]).
//   - PostgreSQL restarted under a running Temporal: Temporal reconnects by itself.
//
// Temporal's documentation recommends its server as a service of its own for production; that
// shape is `lianban serve` against an outside cluster with the same dynamic configuration
// ([DynamicConfigYAML]).
package standalone
