// Package letters makes the documents the law wants in writing (文书): what a letter says, and how it
// looks as a page. It is pure: no SQL, no files, no clock. Package letters/office numbers, keeps and
// sends what is made here.
//
// # Model
//
//	confirmed event ──Drafts──▶ Draft: kind, organ, addressee, Snapshot     what is to be said
//	                              │ + number, given with the row
//	Template (YAML) ──Fill──────▶ Page: title, blocks, seal, QR, foot       how it is said
//	                              │
//	                              ├──HTML──▶ one file, print style, nothing from outside
//	                              └──PDF───▶ A4, a chain of fonts, line breaks of Chinese typesetting
//
// A letter follows from an event that stands; nobody writes one by hand, and no act waits for one. The
// same event, state and directory give the same draft, the same draft and template the same bytes.
//
// # Templates
//
// A template is data, not a program: a title, a number and a list of blocks with fields in braces.
// What fields there are is said by the letter's [Kind]; [ParseTemplate] holds a template against it and
// gives findings with file, line and column. A kind also says which fields a template must use, because
// the law wants them on the letter: a denial without its reason is refused here, not discovered in court.
//
// # What may fail
//
//   - A character no font has: the page bears a replacement mark, [Missing] names the character, and the
//     letter is made all the same. A letter that is late because of a glyph would be the worse fault.
//   - No font at all: no PDF. HTML is always made.
//   - A field without a value: a row of a table is left out, text is as it stands. Fields the law wants
//     are never empty: the act that gives them is refused without them.
package letters
