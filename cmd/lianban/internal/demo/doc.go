// Package demo plays the product's main story from end to end on a server of
// its own and looks at everything that comes out: a restaurant case with papers
// missing, one notice for two departments and the window, the answer,
// acceptance, parallel work by people with accounts of their own, an opinion
// the lead overrides, a denial in an optional branch, the whole process tree
// killed in the middle, conclusion and hand-out; then a second case that is
// accepted by silence when the business clock moves on; then the audit.
//
// It goes through the HTTP API alone, as the console and other systems do.
// Anything that comes out otherwise than expected ends it with an error.
package demo
