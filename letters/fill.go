package letters

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// Letter is what a template is filled with.
type Letter struct {
	Snapshot
	// Code is the verification code, Link what the QR code leads to. Neither says anything of a person.
	Code, Link string
	Date       time.Time
	// Sample is written across the page of a preview.
	Sample string
}

// Fill makes the page of a letter.
func (t *Template) Fill(l Letter) Page {
	p := Page{Title: t.say(t.Title, l), Number: t.say(t.Number, l), Foot: t.say(t.Foot, l), Lang: "zh-CN", Date: l.Date, Sample: l.Sample}
	for _, part := range t.Body {
		if !l.holds(part.When) {
			continue
		}
		if b, ok := t.block(part, l); ok {
			p.Blocks = append(p.Blocks, b)
		}
	}
	return p
}

func (l Letter) holds(when string) bool {
	if when == "" {
		return true
	}
	if id, not := strings.CutPrefix(when, "not "); not {
		return !l.has(strings.TrimSpace(id))
	}
	return l.has(when)
}

func (t *Template) block(p Part, l Letter) (Block, bool) {
	said := t.say(p.Text, l)
	switch p.Kind {
	case "to":
		return Block{To: said}, said != ""
	case "heading":
		return Block{Heading: said}, said != ""
	case "text":
		return Block{Text: said}, said != ""
	case "note":
		return Block{Note: said}, said != ""
	case "seal":
		return Block{Seal: &Seal{Organ: said, Date: l.Text["date"]}}, true
	case "qr":
		return Block{QR: &QR{Content: l.Link, Caption: said}}, l.Link != ""
	case "sign":
		lines := make([]string, len(p.Lines))
		for i, s := range p.Lines {
			lines[i] = t.say(s, l)
		}
		return Block{Sign: lines}, true
	case "list":
		table := &Table{}
		for _, c := range p.Columns {
			table.Head = append(table.Head, c[0])
		}
		for _, row := range l.Lists[p.List] {
			cells := make([]string, len(p.Columns))
			for i, c := range p.Columns {
				cells[i] = row[c[1]]
			}
			table.Rows = append(table.Rows, cells)
		}
		return Block{Table: table}, len(table.Rows) > 0
	case "table":
		table := &Table{}
		for _, row := range p.Rows {
			if v := t.say(row[1], l); v != "" {
				table.Rows = append(table.Rows, []string{row[0], v})
			}
		}
		return Block{Table: table}, len(table.Rows) > 0
	}
	return Block{}, false
}

// say puts the values of fields into a text. A text all of whose fields are empty, and which has some,
// says nothing.
func (t *Template) say(src string, l Letter) string {
	literals, fields, ok := scan(src)
	if !ok {
		return src
	}
	var b strings.Builder
	some := len(fields) == 0
	for i, lit := range literals {
		b.WriteString(lit)
		if i < len(fields) {
			v := l.Text[fields[i]]
			some = some || v != ""
			b.WriteString(v)
		}
	}
	if !some {
		return ""
	}
	return nested(strings.TrimSpace(b.String()))
}

// nested turns quotation marks inside quotation marks into single ones (GB/T 15834—2011, 4.8.3.3): names
// of items bear marks of their own.
func nested(text string) string {
	if !strings.Contains(text, "“") {
		return text
	}
	depth := 0
	return strings.Map(func(r rune) rune {
		switch r {
		case '“':
			if depth++; depth == 2 {
				return '‘'
			}
		case '”':
			if depth--; depth == 1 {
				return '’'
			}
		case '\n':
			depth = 0
		}
		return r
	}, text)
}

// NumberOf is the number (发文字号) a template gives a letter.
func (t *Template) NumberOf(s Snapshot) string { return t.say(t.Number, Letter{Snapshot: s}) }

// Write completes a draft with its serial and verification code: the page it makes, and what is kept of it.
func (t *Template) Write(d Draft, serial int64, code string) (Page, Snapshot) {
	s := Snapshot{Text: map[string]string{}, Flags: d.Data.Flags, Lists: d.Data.Lists}
	maps.Copy(s.Text, d.Data.Text)
	s.put("serial", strconv.FormatInt(serial, 10), "code", code)
	s.put("number", t.NumberOf(s))
	return t.Fill(Letter{Snapshot: s, Code: code, Date: d.At}), s
}

// Preview is the page a draft would make, before it has a number and a code.
func (t *Template) Preview(d Draft) Page {
	s := Snapshot{Text: map[string]string{}, Flags: d.Data.Flags, Lists: d.Data.Lists}
	maps.Copy(s.Text, d.Data.Text)
	s.put("number", "（未编号）")
	p := t.Fill(Letter{Snapshot: s, Date: d.At, Sample: "预览"})
	p.Number = "（未编号）"
	return p
}
