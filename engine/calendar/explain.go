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
	LineExcluded    LineKind = "excluded"    // days in an excluded span
	LineMonthEnd    LineKind = "month-end"   // the target month has no corresponding day
	LineNominal     LineKind = "nominal"     // months, years: the corresponding day
	LineRolled      LineKind = "rolled"      // the end fell on a day off and moved
	LineEnd         LineKind = "end"         // the last day and its hour
	LineProvisional LineKind = "provisional" // a year without a notice was judged
	LinePause       LineKind = "pause"       // why excluded days are excluded; added by whoever knows
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
	// Name is the holiday or the local reason.
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

// Explain computes the same due date as Due and tells how.
func (c *Calendar) Explain(start time.Time, p Period, excluded []Span) Explanation {
	r := c.reckon(start, p, excluded)
	e := Explanation{Due: r.due, Period: p, Region: c.data.Region, Version: c.version}
	if p.Unit == Hours {
		e.hours(start, p, r)
		return e
	}
	day := r.due.Start
	e.add(Line{Kind: LineStart, From: day, To: day, Law: article201, Text: Text{
		fmt.Sprintf("%s起算，期限 %s，当日不计入", dayZH(day), p.Text().ZH),
		fmt.Sprintf("from %s, %s; the start day does not count", dayEN(day), p.Text().EN)}})
	switch {
	case p.Amount < 1:
	case p.Unit == WorkingDays:
		c.working(&e, r)
	default:
		c.calendarDays(&e, p, r)
	}
	end := r.due.Day
	e.add(Line{Kind: LineEnd, From: end, To: end, Law: article203, Text: Text{
		fmt.Sprintf("到期日 %s，当日 24:00 截止", dayZH(end)),
		fmt.Sprintf("due on %s, until 24:00 of that day", dayEN(end))}})
	if first, last := c.unknownIn(r.judged, end); r.due.Provisional {
		years := fmt.Sprint(first)
		if last != first {
			years = fmt.Sprintf("%d–%d", first, last)
		}
		e.add(Line{Kind: LineProvisional, From: r.judged, To: end, Text: Text{
			fmt.Sprintf("%s 年放假安排通知尚未载入，该年按周末和已知法定节假日推算，到期日为暂定，载入后重算", years),
			fmt.Sprintf("no holiday notice is loaded for %s: weekends and the statutory days known were used there, the date is provisional and will be recomputed", years)}})
	}
	return e
}

func (e *Explanation) add(l Line) { e.Lines = append(e.Lines, l) }

// working explains working days: every day after the start, joined into runs of one kind and name.
func (c *Calendar) working(e *Explanation, r reckoning) {
	total, spans := 0, r.excluded
	for d := r.due.Start + 1; d <= r.due.Day; {
		if len(spans) > 0 && d > spans[0].From {
			e.add(c.excludedLine(spans[0], true))
			d = spans[0].To + 1
			spans = spans[1:]
			continue
		}
		last := r.due.Day
		if len(spans) > 0 {
			last = min(last, spans[0].From)
		}
		kind, name := c.kind(d)
		to := d
		for to < last {
			if k, n := c.kind(to + 1); k != kind || n.Name != name.Name {
				break
			}
			to++
		}
		l := Line{Kind: kind, From: d, To: to, Days: int(to-d) + 1, Name: name.Name}
		when := rangeText(d, to)
		switch kind {
		case LineCounted, LineMakeUp:
			total += l.Days
			l.Total = total
			l.Text = Text{
				fmt.Sprintf("%s计 %d 个工作日，累计 %d", when.ZH, l.Days, total),
				fmt.Sprintf("%s count %d, %d so far", when.EN, l.Days, total)}
			if kind == LineMakeUp {
				l.Text = Text{
					fmt.Sprintf("%s调休上班（%s），计 %d 个工作日，累计 %d", when.ZH, name.Name, l.Days, total),
					fmt.Sprintf("%s make-up working day for %s, counts %d, %d so far", when.EN, name.english(), l.Days, total)}
			}
		case LineHoliday:
			l.Text = Text{
				fmt.Sprintf("%s放假（%s），%d 天不计", when.ZH, name.Name, l.Days),
				fmt.Sprintf("%s off for %s, %d not counted", when.EN, name.english(), l.Days)}
		default:
			l.Text = Text{
				fmt.Sprintf("%s周末，%d 天不计", when.ZH, l.Days),
				fmt.Sprintf("%s weekend, %d not counted", when.EN, l.Days)}
		}
		e.add(l)
		d = to + 1
	}
}

// calendarDays explains calendar days, months and years, with the move off a day off at the end.
func (c *Calendar) calendarDays(e *Explanation, p Period, r reckoning) {
	months := p.Unit == Months || p.Unit == Years
	if months {
		l := Line{Kind: LineNominal, From: r.named, To: r.named, Law: article202, Text: Text{
			fmt.Sprintf("对应日为 %s", dayZH(r.named)), fmt.Sprintf("the corresponding day is %s", dayEN(r.named))}}
		if !r.exact {
			l.Kind = LineMonthEnd
			l.Text = Text{
				fmt.Sprintf("%d 年 %d 月没有 %d 日，以月末日 %s为最后一日", r.named.Year(), r.named.Month(), r.due.Start.Day(), dayZH(r.named)),
				fmt.Sprintf("%s %d has no day %d; its last day %s ends it", r.named.Month(), r.named.Year(), r.due.Start.Day(), dayEN(r.named))}
		}
		e.add(l)
	}
	d, total := r.due.Start+1, 0
	counted := func(to Date) {
		if to < d || months {
			return
		}
		n := int(to-d) + 1
		total += n
		when := rangeText(d, to)
		e.add(Line{Kind: LineCounted, From: d, To: to, Days: n, Total: total, Text: Text{
			fmt.Sprintf("%s计 %d 天，累计 %d", when.ZH, n, total),
			fmt.Sprintf("%s count %d, %d so far", when.EN, n, total)}})
	}
	passed := 0
	for _, s := range r.excluded {
		if s.From >= r.nominal {
			break
		}
		counted(s.From)
		e.add(c.excludedLine(s, false))
		d = s.To + 1
		passed++
	}
	counted(r.nominal)
	if months && passed > 0 {
		e.add(Line{Kind: LineNominal, From: r.nominal, To: r.nominal, Text: Text{
			fmt.Sprintf("扣除后最后一日为 %s", dayZH(r.nominal)), fmt.Sprintf("with the excluded days the last day is %s", dayEN(r.nominal))}})
	}
	if r.due.Day == r.nominal {
		return
	}
	for _, s := range r.excluded[passed:] {
		if s.From < r.due.Day {
			e.add(c.excludedLine(s, false))
		}
	}
	why := Text{"周末", "a weekend"}
	if run, ok := c.at(r.nominal); ok {
		why = Text{run.Name, run.english()}
	}
	e.add(Line{Kind: LineRolled, From: r.nominal, To: r.due.Day, Days: int(r.due.Day - r.nominal), Law: article203, Text: Text{
		fmt.Sprintf("最后一日 %s为休息日（%s），顺延至 %s", dayZH(r.nominal), why.ZH, dayZH(r.due.Day)),
		fmt.Sprintf("the last day %s is a day off (%s) and moves to %s", dayEN(r.nominal), why.EN, dayEN(r.due.Day))}})
}

// hours explains a period of hours.
func (e *Explanation) hours(start time.Time, p Period, r reckoning) {
	const layout = "2006-01-02 15:04:05"
	from, at := start.In(Zone).Format(layout), r.due.At.In(Zone).Format(layout)
	e.add(Line{Kind: LineStart, From: r.due.Start, To: r.due.Start, Law: article201, Text: Text{
		fmt.Sprintf("自 %s 起算，期限 %s，昼夜和休息日连续计算", from, p.Text().ZH),
		fmt.Sprintf("from %s, %s, running through nights and days off", from, p.Text().EN)}})
	for _, s := range r.excluded {
		if !s.From.End().Before(r.due.At) || p.Amount < 1 {
			break
		}
		when := rangeText(s.From+1, s.To)
		e.add(Line{Kind: LineExcluded, From: s.From + 1, To: s.To, Days: int(s.To - s.From), Text: Text{
			fmt.Sprintf("%s依法不计入期限，停止计时", when.ZH), fmt.Sprintf("%s excluded, the clock stands still", when.EN)}})
	}
	e.add(Line{Kind: LineEnd, From: r.due.Day, To: r.due.Day, Text: Text{
		fmt.Sprintf("%s 截止", at), fmt.Sprintf("due before %s", at)}})
}

func (c *Calendar) excludedLine(s Span, working bool) Line {
	from := s.From + 1
	l := Line{Kind: LineExcluded, From: from, To: s.To, Days: int(s.To - s.From)}
	when := rangeText(from, s.To)
	if working {
		l.Days = c.Count(s.From, s.To)
		l.Text = Text{
			fmt.Sprintf("%s依法不计入期限，扣除 %d 个工作日", when.ZH, l.Days),
			fmt.Sprintf("%s excluded, %s left out", when.EN, plural(l.Days, "working day"))}
		return l
	}
	l.Text = Text{
		fmt.Sprintf("%s依法不计入期限，扣除 %d 天", when.ZH, l.Days),
		fmt.Sprintf("%s excluded, %s left out", when.EN, plural(l.Days, "day"))}
	return l
}

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
