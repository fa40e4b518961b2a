package letters

import "time"

// Page is a letter ready to be drawn: the same for paper and screen.
type Page struct {
	Title  string
	Number string
	Blocks []Block
	Foot   string
	// Lang of the document, for screen readers; Date is the letter's, for the file's properties.
	Lang string
	Date time.Time
	// Sample is written across a preview, so that nobody takes it for a letter; empty for letters.
	Sample string
}

// Block is one piece of a page. Exactly one field is set.
type Block struct {
	To      string   // the addressee's line
	Heading string   // a heading inside the letter
	Text    string   // a paragraph, indented by two characters
	Note    string   // a paragraph in small type
	Table   *Table   // label and value, or a list with a head
	Sign    []string // lines to be signed
	Seal    *Seal    // the organ's name and date, under the seal
	QR      *QR      // a code to check the letter by
}

// Table is a table; without a head its first column holds labels.
type Table struct {
	Head []string
	Rows [][]string
}

// Seal is where the organ's seal goes.
type Seal struct {
	Organ, Date string
}

// QR is a code with a caption. Its content never holds personal data.
type QR struct {
	Content, Caption string
}
