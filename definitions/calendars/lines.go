package calendars

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lianban/engine/calendar"
)

// LineError tells which line of the input was not understood, what was expected and what came.
type LineError struct {
	Line int // from 1
	Text calendar.Text
}

// Error returns the English sentence.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text.EN) }

// In returns the sentence in the language asked for.
func (e *LineError) In(lang string) string {
	if lang == "en" {
		return e.Error()
	}
	return fmt.Sprintf("第 %d 行：%s", e.Line, e.Text.ZH)
}

// ParseUnit reads a unit as the command line writes it: working or calendar, or a unit of definitions.
func ParseUnit(s string) (calendar.Unit, error) {
	switch s {
	case "working":
		return calendar.WorkingDays, nil
	case "calendar":
		return calendar.CalendarDays, nil
	}
	if u := calendar.Unit(s); u.Most() > 0 {
		return u, nil
	}
	return "", &calendar.Error{Code: calendar.CodePeriod, Text: calendar.Text{
		ZH: fmt.Sprintf("单位应为 working、calendar、wd、cd、h、mo、y 之一；实际为 %q", clip(s)),
		EN: fmt.Sprintf("the unit must be working, calendar, wd, cd, h, mo or y; got %q", clip(s)),
	}}
}

// longest is the longest line taken; a sound one has some thirty characters.
const longest = 4096

// DueLines answers a list of questions: it reads lines DATE<TAB>N<TAB>UNIT (see ParseUnit) and writes for each, in
// order, the last day of the period of N units counted from DATE, followed by a tab and "provisional" where it is.
// Hours count from 00:00 of DATE. A line it does not understand ends it with a *LineError after the answers to the
// lines before; nothing is skipped.
func DueLines(c *calendar.Calendar, in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	err := eachLine(in, func(day calendar.Date, p calendar.Period) error {
		due := c.Due(day.Start(), p, nil)
		b, _ := due.Day.MarshalText() // a date always has a text
		if due.Provisional {
			b = append(b, "\tprovisional"...)
		}
		_, err := w.Write(append(b, '\n'))
		return err
	})
	return errors.Join(err, w.Flush())
}

// LineDue is one answer of [DueList], with what was asked.
type LineDue struct {
	Period calendar.Period `json:"period"`
	Due    calendar.Due    `json:"due"`
}

// DueList answers the same questions as [DueLines], all or none.
func DueList(c *calendar.Calendar, in io.Reader) ([]LineDue, error) {
	list := []LineDue{}
	err := eachLine(in, func(day calendar.Date, p calendar.Period) error {
		list = append(list, LineDue{Period: p, Due: c.Due(day.Start(), p, nil)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func eachLine(in io.Reader, answer func(calendar.Date, calendar.Period) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, longest), longest)
	n := 0
	for lines.Scan() {
		n++
		day, p, err := parseLine(strings.TrimSuffix(lines.Text(), "\r"))
		if err != nil {
			return &LineError{Line: n, Text: err.Text}
		}
		if err := answer(day, p); err != nil {
			return fmt.Errorf("write answer %d: %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return &LineError{Line: n + 1, Text: calendar.Text{
			ZH: fmt.Sprintf("应为 日期<TAB>数量<TAB>单位；该行超过 %d 字节", longest),
			EN: fmt.Sprintf("expected DATE<TAB>N<TAB>UNIT; the line is longer than %d bytes", longest)}}
	case err != nil:
		return fmt.Errorf("read line %d: %w", n+1, err)
	}
	return nil
}

func parseLine(s string) (calendar.Date, calendar.Period, *calendar.Error) {
	fields := strings.Split(s, "\t")
	if len(fields) != 3 {
		return 0, calendar.Period{}, &calendar.Error{Text: calendar.Text{
			ZH: fmt.Sprintf("应为以制表符分隔的三项 日期、数量、单位，如 2026-02-12<TAB>5<TAB>working；实际有 %d 项：%q", len(fields), clip(s)),
			EN: fmt.Sprintf("expected three fields DATE, N and UNIT between tabs, like 2026-02-12<TAB>5<TAB>working; got %d: %q", len(fields), clip(s))}}
	}
	day, err := calendar.ParseDate(fields[0])
	if err != nil {
		return 0, calendar.Period{}, asError(err)
	}
	unit, err := ParseUnit(fields[2])
	if err != nil {
		return 0, calendar.Period{}, asError(err)
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil || n < 1 || n > unit.Most() || fields[1][0] == '+' {
		return 0, calendar.Period{}, &calendar.Error{Text: calendar.Text{
			ZH: fmt.Sprintf("数量应为 1 至 %d 的整数；实际为 %q", unit.Most(), clip(fields[1])),
			EN: fmt.Sprintf("N must be a whole number from 1 to %d; got %q", unit.Most(), clip(fields[1]))}}
	}
	return day, calendar.Period{Amount: n, Unit: unit}, nil
}

func asError(err error) *calendar.Error {
	var e *calendar.Error
	if errors.As(err, &e) {
		return e
	}
	return &calendar.Error{Text: calendar.Text{ZH: err.Error(), EN: err.Error()}}
}

func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
