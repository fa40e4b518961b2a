package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// Severity says whether a finding blocks publishing.
type Severity string

// The severities of findings.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Position is a place in a source file. Lines and columns count from 1; columns
// count characters, so that a Chinese character is one.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Diagnostic is one finding about a source file: a stable code, where it is,
// what is wrong, and how to put it right where that is known.
type Diagnostic struct {
	Code     string        `json:"code"`
	Severity Severity      `json:"severity"`
	Position Position      `json:"position"`
	Path     string        `json:"path,omitempty"` // dotted keys, or the step's id and the keys inside it
	Text     calendar.Text `json:"text"`
	Fix      calendar.Text `json:"fix,omitzero"`
}

// Render writes the finding for a terminal: FILE:LINE:COL: severity CODE:
// sentence, and the fix on an indented line of its own. lang is zh or en.
func (d Diagnostic) Render(lang string) string {
	s := fmt.Sprintf("%s: %s %s: %s", d.Position, d.Severity, d.Code, d.Text.In(lang))
	if fix := d.Fix.In(lang); fix != "" {
		label := "改法："
		if lang == "en" {
			label = "fix: "
		}
		s += "\n    " + label + fix
	}
	return s
}

// Diagnostics are the findings about one or several files.
type Diagnostics []Diagnostic

// Failed says whether any finding is an error.
func (ds Diagnostics) Failed() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Group returns the findings whose code starts with the letter of a check
// group: S shape, F files, A law, P papers, C conditions, R not run yet.
func (ds Diagnostics) Group(letters string) Diagnostics {
	var out Diagnostics
	for _, d := range ds {
		if strings.ContainsRune(letters, rune(d.Code[0])) {
			out = append(out, d)
		}
	}
	return out
}

// Render writes all findings, one per line (and its fix below it).
func (ds Diagnostics) Render(lang string) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.Render(lang))
		b.WriteByte('\n')
	}
	return b.String()
}

// sorted puts findings in the order of the files and drops repetitions.
func (ds Diagnostics) sorted() Diagnostics {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Position.File, b.Position.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Text.EN, b.Text.EN),
		)
	})
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool {
		return a.Position == b.Position && a.Code == b.Code && a.Text == b.Text
	})
}

func text(zh, en string) calendar.Text { return calendar.Text{ZH: zh, EN: en} }

// didYouMean is the fix for a word that is nearly one of the known ones.
func didYouMean(word string, known []string) calendar.Text {
	n := nearest(word, known)
	if n == "" {
		return calendar.Text{}
	}
	return text("是否应为 "+n+"？", "did you mean "+n+"?")
}

// oneOf is the fix that lists what is allowed.
func oneOf(word string, known []string) calendar.Text {
	if fix := didYouMean(word, known); fix.EN != "" {
		return fix
	}
	if len(known) == 0 || len(known) > 40 {
		return calendar.Text{}
	}
	return text("可用："+strings.Join(known, "、"), "one of: "+strings.Join(known, ", "))
}
