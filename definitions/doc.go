// Package definitions is the catalogue that comes with the product: service
// items with their scenario tests, and the organisations and people of one
// district to try them with. It is data, embedded into the binary, with strict
// readers; a mistake is reported with file, line and column.
//
//	NAME/VERSION.yaml        one version of an item, in the definition language
//	NAME/VERSION.test.yaml   its scenario tests
//	organisations.yaml       who there is, who plays which party, who works where
//	calendars/               working days, a package of its own
//
// A site with a catalogue of its own gives another folder of the same shape.
package definitions
