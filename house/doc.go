// Package house holds the rules of the repository as tests; it contains no other code.
//
//   - Imports point one way: each folder may know the folders its rule names, and no other
//     (docs/architecture.md shows the picture).
//   - The engine and the workflows are deterministic: no clock, goroutine, channel, randomness or
//     map order.
//   - Nothing is left undone: no skipped test, no sleeping test, no note of work to do.
//   - The container set-up, Makefile and documents name things that exist.
//
// An exception stands in a list next to its rule, with the reason why it is safe; an exception
// nobody needs any more fails the test as well.
package house
