package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"lianban/engine/calendar"
)

// width counts terminal columns: a Chinese character takes two. Characters whose
// width depends on the terminal (“ ”, ·) count one, as most terminals draw them.
var width = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// table lays out rows under a heading, columns two spaces apart.
type table struct {
	head []string
	rows [][]string
}

func newTable(head ...string) *table { return &table{head: head} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table. A column that is empty in every row is left out; a
// table without rows shows its heading.
func (t *table) print(w io.Writer) error {
	widths := make([]int, len(t.head))
	used := make([]bool, len(t.head))
	for _, row := range t.rows {
		for i, c := range row {
			row[i] = strings.Join(strings.Fields(c), " ") // a line stays a line
			used[i] = used[i] || row[i] != ""
			widths[i] = max(widths[i], width.StringWidth(row[i]))
		}
	}
	for i, h := range t.head {
		used[i] = used[i] || len(t.rows) == 0
		widths[i] = max(widths[i], width.StringWidth(h))
	}
	var b bytes.Buffer
	line := func(cells []string) {
		var l strings.Builder
		for i, c := range cells {
			if !used[i] {
				continue
			}
			if l.Len() > 0 {
				l.WriteString("  ")
			}
			l.WriteString(width.FillRight(c, widths[i]))
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	line(t.head)
	for _, row := range t.rows {
		line(row)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// fields writes "name  value" lines with the values in one column; empty values
// are left out.
func fields(w io.Writer, pairs ...string) error {
	most := 0
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			most = max(most, width.StringWidth(pairs[i]))
		}
	}
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			b.WriteString(width.FillRight(pairs[i], most) + "  " + pairs[i+1] + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// when is an instant in the business zone.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}

// until is an exclusive instant as people say it: the end of a day is 24:00 of
// that day, not 00:00 of the next.
func until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := calendar.DateOf(t)
	if t.Equal(day.Start()) {
		return day.AddDays(-1).String() + " 24:00"
	}
	return when(t)
}

// day is a date, empty for none.
func day(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func indent(raw json.RawMessage) ([]byte, error) {
	var b bytes.Buffer
	err := json.Indent(&b, bytes.TrimSpace(raw), "", "  ")
	return b.Bytes(), err
}
