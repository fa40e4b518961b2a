package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Explanation shows how a due date came about, line by line, so that anyone can recount it on a wall calendar.
type Explanation struct {
	Due    Due    `json:"due"`
	Period Period `json:"period"`
	// Region and Version name the calendar that was used.
	Region  string `json:"region,omitempty"`
	Version string `json:"version"`
	Lines   []Line `json:"lines"`
}

// LineKind classifies a line of an explanation.
type LineKind string

// The kinds of lines, in the order in which they can appear.
const (
	LineStart       LineKind = "start"       // the start day, which does not count
	LineCounted     LineKind = "counted"     // days that count
	LineMakeUp      LineKind = "make-up"     // weekend days worked by adjusted rest (调休), which count
	LineWeekend     LineKind = "weekend"     // weekend days, which do not count
	LineHoliday     LineKind = "holiday"     // days off with a name, which do not count
	LineExcluded    LineKind = "excluded"    // days in an excluded span, with their ground where it is known
	LineExtended    LineKind = "extended"    // a length added to the time: by whom, why, and how the count goes on
	LineMonthEnd    LineKind = "month-end"   // the target month has no corresponding day
	LineNominal     LineKind = "nominal"     // months, years: the corresponding day
	LineRolled      LineKind = "rolled"      // the end fell on a day off and moved
	LineCapped      LineKind = "capped"      // the end lay behind the instant the time may last until, and moved forward
	LineEnd         LineKind = "end"         // the last day and its hour
	LineProvisional LineKind = "provisional" // a year without a notice was judged
	LinePause       LineKind = "pause"       // a pause that took no day out of the count; added by whoever knows
)

// Line is one step of an explanation.
type Line struct {
	Kind LineKind `json:"kind"`
	// From and To are the days the line speaks of, both included.
	From Date `json:"from"`
	To   Date `json:"to"`
	// Days is how many days the line counts (counted, make-up) or leaves out (the others).
	Days int `json:"days,omitempty"`
	// Total is the running count after the line, for counting lines only.
	Total int `json:"total,omitempty"`
	// Period is the length a start or extended line brings; they add up to the whole time.
	Period Period `json:"period,omitzero"`
	// At is the instant the count starts (start), goes on from (extended, in hours) or is over (end).
	At time.Time `json:"at,omitzero"`
	// Name is the holiday, the local reason, or the ground of excluded days.
	Name string `json:"name,omitempty"`
	// Law is the article the line rests on, where a law is the reason.
	Law  Text `json:"law,omitzero"`
	Text Text `json:"text"`
}

// In returns the line's sentence with its article, in the language asked for.
func (l Line) In(lang string) string {
	s, law := l.Text.In(lang), l.Law.In(lang)
	switch {
	case law == "":
		return s
	case lang == "en":
		return s + " (" + law + ")"
	}
	return s + "（" + law + "）"
}

// In returns the explanation as text, one line each, ending with a newline; lang "en" gives English, all else Chinese.
func (e Explanation) In(lang string) string {
	var b strings.Builder
	for _, l := range e.Lines {
		b.WriteString(l.In(lang))
		b.WriteByte('\n')
	}
	where := e.Version
	if e.Region != "" {
		where += " / " + e.Region
	}
	fmt.Fprintf(&b, "%s\n", Text{"所用日历：" + where, "calendar: " + where}.In(lang))
	return b.String()
}

var (
	article201 = Text{"民法典第二百零一条", "Civil Code, article 201"}
	article202 = Text{"民法典第二百零二条", "Civil Code, article 202"}
	article203 = Text{"民法典第二百零三条", "Civil Code, article 203"}
)

// kind classifies a day for a count of working days.
func (c *Calendar) kind(d Date) (LineKind, Run) {
	run, named := c.at(d)
	w := d.Weekday()
	weekend := w == time.Saturday || w == time.Sunday
	switch {
	case c.Working(d) && weekend:
		return LineMakeUp, run
	case c.Working(d):
		return LineCounted, Run{} // a weekday that a notice calls working is an ordinary day
	case named:
		return LineHoliday, run
	}
	return LineWeekend, Run{}
}

// holidays names the statutory holidays of article 2 of the 全国年节及纪念日放假办法 in English.
var holidays = map[string]string{
	"元旦": "New Year's Day", "春节": "Spring Festival", "清明节": "Qingming Festival", "劳动节": "Labour Day",
	"端午节": "Dragon Boat Festival", "中秋节": "Mid-Autumn Festival", "国庆节": "National Day",
}

// english names the run in English: its own name, the statutory holidays', or the Chinese one.
func (r Run) english() string {
	if r.EN != "" {
		return r.EN
	}
	parts := strings.Split(r.Name, "、")
	for i, p := range parts {
		if en, ok := holidays[p]; ok {
			parts[i] = en
		}
	}
	return strings.Join(parts, " and ")
}

func dayZH(d Date) string {
	return d.String() + "（周" + []string{"日", "一", "二", "三", "四", "五", "六"}[d.Weekday()] + "）"
}

func dayEN(d Date) string { return d.String() + " (" + d.Weekday().String()[:3] + ")" }

func rangeText(from, to Date) Text {
	if from == to {
		return Text{dayZH(from), dayEN(from)}
	}
	return Text{dayZH(from) + "至 " + dayZH(to), dayEN(from) + " to " + dayEN(to)}
}
