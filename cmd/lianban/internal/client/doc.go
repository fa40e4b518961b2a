// Package client speaks to the HTTP API for the command line: tokens, keys,
// uploads, and every answer that is not the expected one as one kind of error.
//
//	command ──▶ Client ──token──▶ /v1/…   200, 201, 202  the answer's JSON
//	              │                       problem+json   *Problem, with an exit code
//	              └─ Wallet: tokens by server and account, file mode 0600
//
// # Failures
//
// A server that cannot be reached is [Unavailable]. When it is lost while an act
// was under way, nobody knows whether the act counts: the error then carries the
// idempotency key, under which the act can be sent again and is done once.
package client
