package calendar

import (
	"fmt"
	"time"
)

// Zone is the business zone. China has kept one offset without daylight saving since 1991, so a fixed zone is
// exact for every case this product can hold and needs no zone database on the machine.
var Zone = time.FixedZone("Asia/Shanghai", offset)

const (
	offset     = 8 * 3600
	daySeconds = 24 * 3600
)

// Date is a civil date in Zone, held as days since 1970-01-01. The zero value is 1970-01-01, which no case can
// bear and which callers may therefore read as "none".
type Date int32

// NewDate returns the date of a year, month and day; values out of range carry over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// DateOf returns the civil date in Zone of the instant t.
func DateOf(t time.Time) Date {
	s := t.Unix() + offset
	d := s / daySeconds
	if s%daySeconds < 0 {
		d--
	}
	return Date(d)
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, &Error{Code: CodeDate, Text: Text{
			ZH: fmt.Sprintf("应为日历上存在的日期，写作 2026-02-12；实际为 %q", clip(s)),
			EN: fmt.Sprintf("expected a date of the calendar written like 2026-02-12, got %q", clip(s)),
		}}
	}
	return Date(t.Unix() / daySeconds), nil
}

// Start is 00:00 in Zone of d, as UTC.
func (d Date) Start() time.Time {
	return time.Unix(int64(d)*daySeconds-offset, 0).UTC()
}

// End is the exclusive end of d: 24:00 in Zone, which is the Start of the next day.
func (d Date) End() time.Time { return (d + 1).Start() }

// AddDays returns the date n days after d (before it when n is negative).
func (d Date) AddDays(n int) Date { return d + Date(n) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
}

// Year returns the year of d.
func (d Date) Year() int { return d.midnight().Year() }

// Month returns the month of d.
func (d Date) Month() time.Month { return d.midnight().Month() }

// Day returns the day of the month of d.
func (d Date) Day() int { return d.midnight().Day() }

// String returns "2006-01-02".
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// MarshalText writes "2006-01-02".
func (d Date) MarshalText() ([]byte, error) {
	return d.midnight().AppendFormat(make([]byte, 0, len(time.DateOnly)), time.DateOnly), nil
}

// UnmarshalText reads "2006-01-02".
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// midnight is the date as a time in UTC, for taking it apart only: it is not the instant the day starts.
func (d Date) midnight() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }

// addMonths returns the date n months after d and whether that month has the corresponding day; where it has
// none the result is the month's last day (Civil Code, article 202).
func (d Date) addMonths(n int) (Date, bool) {
	y, m, day := d.midnight().Date()
	target := NewDate(y, m+time.Month(n), day)
	if target.Day() == day {
		return target, true
	}
	return NewDate(y, m+time.Month(n)+1, 0), false
}

// clip keeps a quoted input short: messages may end in logs.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
