package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit is the unit of a period. "日" is read differently from law to law, so every period states its unit.
type Unit string

// The units, spelled as in definitions.
const (
	WorkingDays  Unit = "wd"
	CalendarDays Unit = "cd"
	Hours        Unit = "h"
	Months       Unit = "mo"
	Years        Unit = "y"
)

// Most is the greatest amount a period may have in the unit: a hundred years; 0 for an unknown unit.
func (u Unit) Most() int {
	switch u {
	case WorkingDays, CalendarDays:
		return 36525
	case Hours:
		return 36525 * 24
	case Months:
		return 1200
	case Years:
		return 100
	}
	return 0
}

// Period is a length of time as a definition writes it: "10wd", "7cd", "24h", "3mo", "2y".
// The zero value means "none"; it is written as the empty text.
type Period struct {
	Amount int
	Unit   Unit
}

// IsZero reports whether p is "none".
func (p Period) IsZero() bool { return p == Period{} }

// Check reports whether p has a known unit and an amount from 1 to the unit's Most.
func (p Period) Check() error {
	most := p.Unit.Most()
	switch {
	case most == 0:
		return periodError(string(p.Unit), "单位应为 wd（工作日）、cd（自然日）、h（小时）、mo（月）、y（年）之一",
			"the unit must be wd (working days), cd (calendar days), h (hours), mo (months) or y (years)")
	case p.Amount < 1 || p.Amount > most:
		return periodError(p.String(), fmt.Sprintf("%s 的数量应为 1 至 %d 的整数", p.Unit, most),
			fmt.Sprintf("the amount in %s must be a whole number from 1 to %d", p.Unit, most))
	}
	return nil
}

// ParsePeriod reads a period: a whole number from 1 directly followed by wd, cd, h, mo or y.
func ParsePeriod(s string) (Period, error) {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	unit := Unit(s[digits:])
	if digits == 0 || unit.Most() == 0 {
		zh, en := "应为数量紧接单位，如 10wd、7cd、24h、3mo、2y", "expected an amount directly followed by its unit, like 10wd, 7cd, 24h, 3mo or 2y"
		if u := strings.ToLower(strings.TrimSpace(string(unit))); digits > 0 {
			switch u {
			case "d", "day", "days", "日", "天":
				zh, en = zh+"；“日”须写明 wd（工作日）或 cd（自然日）", en+"; say whether days are wd (working) or cd (calendar)"
			case "m", "min":
				zh, en = zh+"；月写作 mo", en+"; months are mo"
			case "wd", "cd", "h", "mo", "y":
				zh, en = zh+"；小写，中间无空格", en+"; small letters, no space"
			}
		}
		return Period{}, periodError(s, zh, en)
	}
	if s[0] == '0' {
		return Period{}, periodError(s, "数量应从 1 起，不写前导零", "the amount starts at 1 and has no leading zero")
	}
	n, err := strconv.Atoi(s[:digits])
	if err != nil || n > unit.Most() {
		return Period{}, periodError(s, fmt.Sprintf("%s 的数量最多 %d", unit, unit.Most()), fmt.Sprintf("the amount in %s is at most %d", unit, unit.Most()))
	}
	return Period{Amount: n, Unit: unit}, nil
}

func periodError(got, zh, en string) error {
	return &Error{Code: CodePeriod, Text: Text{
		ZH: fmt.Sprintf("期限写法有误：%s；实际为 %q", zh, clip(got)),
		EN: fmt.Sprintf("not a period: %s; got %q", en, clip(got)),
	}}
}

// String returns the spelling of definitions, "10wd"; the empty text for "none".
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	return strconv.Itoa(p.Amount) + string(p.Unit)
}

// Text says the period in words: "5 个工作日", "5 working days".
func (p Period) Text() Text {
	n := strconv.Itoa(p.Amount)
	switch p.Unit {
	case WorkingDays:
		return Text{n + " 个工作日", plural(p.Amount, "working day")}
	case CalendarDays:
		return Text{n + " 个自然日", plural(p.Amount, "calendar day")}
	case Hours:
		return Text{n + " 小时", plural(p.Amount, "hour")}
	case Months:
		return Text{n + " 个月", plural(p.Amount, "month")}
	case Years:
		return Text{n + " 年", plural(p.Amount, "year")}
	}
	return Text{p.String(), p.String()}
}

// plural counts an English noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// MarshalText writes the spelling of definitions.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the spelling of definitions; the empty text is "none", so that a zero value survives a round trip.
func (p *Period) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = Period{}
		return nil
	}
	v, err := ParsePeriod(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}
