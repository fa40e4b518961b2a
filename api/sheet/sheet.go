// Package sheet writes tables for spreadsheets, row by row: as CSV (UTF-8 with a byte order mark) and as XLSX.
// Texts of applicants are in them: no cell is ever read as a formula.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"lianban/engine/calendar"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Type is the media type of a format.
func (f Format) Type() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Writer writes a table. Cells are string, bool, int64, float64, *float64, time.Time or calendar.Date; zero instants,
// zero days and nil leave a cell empty.
type Writer interface {
	// Row appends a row; the first one is the head.
	Row(cells ...any) error
	// Close ends the table.
	Close() error
}

// Words are how truth is written.
type Words struct{ Yes, No string }

// New begins a table called name.
func New(f Format, w io.Writer, name string, words Words) (Writer, error) {
	if f == XLSX {
		return newBook(w, name, words)
	}
	_, err := io.WriteString(w, "\ufeff") // lets spreadsheets read Chinese
	return &lines{to: csv.NewWriter(w), words: words}, err
}

// lines is a table as CSV.
type lines struct {
	to    *csv.Writer
	words Words
}

func (l *lines) Row(cells ...any) error {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = l.text(c)
	}
	return l.to.Write(row)
}

func (l *lines) Close() error {
	l.to.Flush()
	return l.to.Error()
}

func (l *lines) text(cell any) string {
	switch v := plain(cell, l.words).(type) {
	case string:
		return harmless(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateTime)
	case calendar.Date:
		return v.String()
	}
	return ""
}

// plain takes a cell apart: nil where it is empty, words for truth, instants in the business zone.
func plain(cell any, words Words) any {
	switch v := cell.(type) {
	case bool:
		if v {
			return words.Yes
		}
		return words.No
	case *float64:
		if v == nil {
			return nil
		}
		return *v
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.In(calendar.Zone)
	case calendar.Date:
		if v == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	}
	return cell
}

// formulas begin with these; spreadsheets read the wide ones alike.
const formulas = "=+-@\t\r\n＝＋－＠"

// harmless puts an apostrophe before a text that a spreadsheet would read as a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune(formulas, []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// book is a table as XLSX; it is written when it ends, a large one by way of a temporary file.
type book struct {
	to      io.Writer
	file    *excelize.File
	rows    *excelize.StreamWriter
	row     int
	words   Words
	head    int
	instant int
	day     int
}

const (
	columnWidth = 20
	manyColumns = 60
)

func newBook(w io.Writer, name string, words Words) (*book, error) {
	b := &book{to: w, file: excelize.NewFile(), words: words}
	for _, x := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&b.instant, excelize.Style{CustomNumFmt: format("yyyy-mm-dd hh:mm:ss")}},
		{&b.day, excelize.Style{CustomNumFmt: format("yyyy-mm-dd")}},
	} {
		id, err := b.file.NewStyle(&x.style)
		if err != nil {
			return nil, err
		}
		*x.id = id
	}
	first := b.file.GetSheetName(0)
	if err := b.file.SetSheetName(first, name); err != nil {
		return nil, err
	}
	var err error
	if b.rows, err = b.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	if err := b.rows.SetColWidth(1, manyColumns, columnWidth); err != nil {
		return nil, err
	}
	return b, b.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func format(s string) *string { return &s }

func (b *book) Row(cells ...any) error {
	row := make([]any, len(cells))
	for i, c := range cells {
		// A text is written as a text: nothing in it is evaluated.
		switch v := plain(c, b.words).(type) {
		case time.Time:
			row[i] = excelize.Cell{StyleID: b.instant, Value: v}
		case calendar.Date:
			row[i] = excelize.Cell{StyleID: b.day, Value: v.Start().In(calendar.Zone)}
		default:
			row[i] = v
		}
		if b.row == 0 {
			row[i] = excelize.Cell{StyleID: b.head, Value: row[i]}
		}
	}
	b.row++
	return b.rows.SetRow(fmt.Sprintf("A%d", b.row), row)
}

func (b *book) Close() error {
	if err := b.rows.Flush(); err != nil {
		return err
	}
	if err := b.file.Write(b.to); err != nil {
		return err
	}
	return b.file.Close()
}
