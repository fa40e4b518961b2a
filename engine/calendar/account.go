package calendar

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Account is what a due date is told from: a start, a first time, what was added to it, and the days left out,
// each with its ground.
type Account struct {
	Start time.Time
	// Since says what happened at the start; it may be empty.
	Since  Text
	Period Period
	// Added are lengths added to the first time. Those in its unit are counted with it from the start (45 + 15 = 60);
	// those in another are counted on from the due day, in their order.
	Added   []Added
	LeftOut []LeftOut
	// Until is the instant the time lasts until at the most, for the reason Bound; zero: there is none.
	Until time.Time
	Bound Text
}

// Added is a length added to a time. Its text says by how much, when, by whom and why.
type Added struct {
	Period    Period
	Law, Text Text
}

// LeftOut are days that are not counted, with the ground. Without a text it is "by law".
type LeftOut struct {
	Span
	Name      string
	Law, Text Text
}

// Explain computes the same due date as Due and tells how.
func (c *Calendar) Explain(start time.Time, p Period, excluded []Span) Explanation {
	a := Account{Start: start, Period: p, LeftOut: make([]LeftOut, len(excluded))}
	for i, s := range excluded {
		a.LeftOut[i].Span = s
	}
	return c.Account(a)
}

// Account tells how a due date comes about. Read in order, the lines add up to it.
func (c *Calendar) Account(a Account) Explanation {
	t := teller{c: c, e: Explanation{Period: a.Period, Region: c.data.Region, Version: c.version}, told: a.Period}
	spans := make([]Span, len(a.LeftOut))
	for i, l := range a.LeftOut {
		spans[i] = l.Span
		if l.Text.ZH != "" && l.To > l.From {
			t.grounds = append(t.grounds, l)
		}
	}
	whole := a.Period
	var rest []Added
	for _, x := range a.Added {
		if x.Period.Unit == whole.Unit {
			t.added = append(t.added, x)
			whole.Amount += x.Period.Amount
		} else {
			rest = append(rest, x)
		}
	}
	r := c.reckon(a.Start, whole, spans)
	t.start(a, r.due.Start)
	t.count(a.Start, whole, r)
	instant := whole.Unit == Hours
	for _, x := range rest {
		from, day := t.e.Due.Day.Start(), t.e.Due.Day // the due day is the day the added time counts from
		if x.Period.Unit == Hours {
			from = t.e.Due.At
		}
		l := Line{Kind: LineExtended, From: day, To: day, Period: x.Period, Law: x.Law, Text: Text{
			fmt.Sprintf("原到期日 %s；%s；自该日起接着计", dayZH(day), x.Text.ZH),
			fmt.Sprintf("so far due on %s; %s; counted on from there", dayEN(day), x.Text.EN)}}
		if x.Period.Unit == Hours {
			l.At = from.UTC()
		}
		t.add(l)
		t.count(from, x.Period, c.reckon(from, x.Period, spans))
		instant = x.Period.Unit == Hours
	}
	if !a.Until.IsZero() && a.Until.Before(t.e.Due.At) {
		old := t.e.Due.Day
		t.e.Due.At, t.e.Due.Day = a.Until.UTC(), DateOf(a.Until.Add(-1))
		day := t.e.Due.Day
		t.add(Line{Kind: LineCapped, From: old, To: day, Days: int(old - day), Text: Text{
			fmt.Sprintf("数至 %s，提前至 %s：%s", dayZH(old), dayZH(day), a.Bound.ZH),
			fmt.Sprintf("counted until %s, brought forward to %s: %s", dayEN(old), dayEN(day), a.Bound.EN)}})
		instant = !t.e.Due.At.Equal(day.End())
	}
	t.end(instant)
	return t.e
}

// teller writes the lines of one account.
type teller struct {
	c       *Calendar
	e       Explanation
	grounds []LeftOut // those with a text
	added   []Added   // still to be told within the count
	told    Period    // the time with what was added to it so far
	// first and last are the days a year without a notice was judged on, first 0: none.
	first, last Date
}

func (t *teller) add(l Line) { t.e.Lines = append(t.e.Lines, l) }

func (t *teller) start(a Account, day Date) {
	since := a.Since
	if since.ZH != "" {
		since = Text{"（" + since.ZH + "）", " (" + since.EN + ")"}
	}
	l := Line{Kind: LineStart, From: day, To: day, Period: a.Period, At: a.Start.UTC(), Law: article201, Text: Text{
		fmt.Sprintf("%s起算%s，期限 %s，当日不计入", dayZH(day), since.ZH, a.Period.Text().ZH),
		fmt.Sprintf("from %s%s, %s; the start day does not count", dayEN(day), since.EN, a.Period.Text().EN)}}
	if a.Period.Unit == Hours {
		from := instantText(a.Start)
		l.Text = Text{
			fmt.Sprintf("自 %s 起算%s，期限 %s，昼夜和休息日连续计算", from, since.ZH, a.Period.Text().ZH),
			fmt.Sprintf("from %s%s, %s, running through nights and days off", from, since.EN, a.Period.Text().EN)}
	}
	t.add(l)
}

// count tells one count, whose result is the due date so far.
func (t *teller) count(from time.Time, p Period, r reckoning) {
	switch {
	case p.Unit == Hours:
		t.all()
		t.hours(p, r)
	case p.Amount < 1:
		t.all()
	case p.Unit == WorkingDays:
		t.working(r)
	default:
		t.calendarDays(p, r)
	}
	if r.due.Provisional {
		if t.first == 0 {
			t.first = r.judged
		}
		t.last = r.due.Day
	}
	if !t.e.Due.At.IsZero() { // the day it all began, and what was judged before
		r.due.Start, r.due.Provisional = t.e.Due.Start, r.due.Provisional || t.e.Due.Provisional
	}
	t.e.Due = r.due
}

// end tells the day the time is over, or the instant.
func (t *teller) end(instant bool) {
	due := t.e.Due
	l := Line{Kind: LineEnd, From: due.Day, To: due.Day, At: due.At, Law: article203, Text: Text{
		fmt.Sprintf("到期日 %s，当日 24:00 截止", dayZH(due.Day)),
		fmt.Sprintf("due on %s, until 24:00 of that day", dayEN(due.Day))}}
	if instant {
		at := instantText(due.At)
		l.Law, l.Text = Text{}, Text{fmt.Sprintf("%s 截止", at), fmt.Sprintf("due before %s", at)}
	}
	t.add(l)
	if !due.Provisional {
		return
	}
	first, last := t.c.unknownIn(t.first, t.last)
	years := fmt.Sprint(first)
	if last != first {
		years = fmt.Sprintf("%d–%d", first, last)
	}
	t.add(Line{Kind: LineProvisional, From: t.first, To: t.last, Text: Text{
		fmt.Sprintf("%s 年放假安排通知尚未载入，该年按周末和已知法定节假日推算，到期日为暂定，载入后重算", years),
		fmt.Sprintf("no holiday notice is loaded for %s: weekends and the statutory days known were used there, the date is provisional and will be recomputed", years)}})
}

// room is how many days may be counted before the next added length is told.
func (t *teller) room(total int) int {
	if len(t.added) == 0 {
		return math.MaxInt
	}
	return t.told.Amount - total
}

// reached tells the added lengths whose turn it is with so many days counted, on the day they were reached.
func (t *teller) reached(total int, day Date) {
	for len(t.added) > 0 && total >= t.told.Amount {
		before := t.told.Text()
		x := t.sum()
		x.From, x.To = day, day
		x.Text = Text{
			fmt.Sprintf("至 %s计满 %s；%s", dayZH(day), before.ZH, x.Text.ZH),
			fmt.Sprintf("%s are counted by %s; %s", before.EN, dayEN(day), x.Text.EN)}
		t.add(x)
	}
}

// all tells the added lengths at once, where a count is not made of days.
func (t *teller) all() {
	for len(t.added) > 0 {
		x := t.sum()
		x.From, x.To = t.e.Lines[0].From, t.e.Lines[0].To
		x.Text = Text{x.Text.ZH + "，自起算时数", x.Text.EN + ", counted from the start"}
		t.add(x)
	}
}

// sum adds the next added length to the time.
func (t *teller) sum() Line {
	x, before := t.added[0], t.told.Amount
	t.added = t.added[1:]
	t.told.Amount += x.Period.Amount
	return Line{Kind: LineExtended, Period: x.Period, Law: x.Law, Text: Text{
		fmt.Sprintf("%s；%d + %d = %s", x.Text.ZH, before, x.Period.Amount, t.told.Text().ZH),
		fmt.Sprintf("%s; %d + %d = %s", x.Text.EN, before, x.Period.Amount, t.told.Text().EN)}}
}

// working tells working days: every day after the start, joined into runs of one kind and name.
func (t *teller) working(r reckoning) {
	total, spans := 0, r.excluded
	t.reached(0, r.due.Start)
	for d := r.due.Start + 1; d <= r.due.Day; {
		if len(spans) > 0 && d > spans[0].From {
			t.leftOut(spans[0], WorkingDays)
			d = spans[0].To + 1
			spans = spans[1:]
			continue
		}
		last := r.due.Day
		if len(spans) > 0 {
			last = min(last, spans[0].From)
		}
		kind, name := t.c.kind(d)
		counts := kind == LineCounted || kind == LineMakeUp
		to := d
		for to < last {
			if k, n := t.c.kind(to + 1); k != kind || n.Name != name.Name || counts && int(to-d)+1 >= t.room(total) {
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
		t.add(l)
		if counts {
			t.reached(total, to)
		}
		d = to + 1
	}
	t.all() // a time beyond the most that is counted
}

// calendarDays tells calendar days, months and years, with the move off a day off at the end.
func (t *teller) calendarDays(p Period, r reckoning) {
	months := p.Unit == Months || p.Unit == Years
	if months {
		t.all()
		l := Line{Kind: LineNominal, From: r.named, To: r.named, Law: article202, Text: Text{
			fmt.Sprintf("对应日为 %s", dayZH(r.named)), fmt.Sprintf("the corresponding day is %s", dayEN(r.named))}}
		if !r.exact {
			l.Kind = LineMonthEnd
			l.Text = Text{
				fmt.Sprintf("%d 年 %d 月没有 %d 日，以月末日 %s为最后一日", r.named.Year(), r.named.Month(), r.due.Start.Day(), dayZH(r.named)),
				fmt.Sprintf("%s %d has no day %d; its last day %s ends it", r.named.Month(), r.named.Year(), r.due.Start.Day(), dayEN(r.named))}
		}
		t.add(l)
	}
	d, total := r.due.Start+1, 0
	counted := func(to Date) {
		for d <= to && !months {
			n := min(int(to-d)+1, t.room(total))
			total += n
			end := d + Date(n) - 1
			when := rangeText(d, end)
			t.add(Line{Kind: LineCounted, From: d, To: end, Days: n, Total: total, Text: Text{
				fmt.Sprintf("%s计 %d 天，累计 %d", when.ZH, n, total),
				fmt.Sprintf("%s count %d, %d so far", when.EN, n, total)}})
			t.reached(total, end)
			d = end + 1
		}
	}
	t.reached(0, r.due.Start)
	passed := 0
	for _, s := range r.excluded {
		if s.From >= r.nominal {
			break
		}
		counted(s.From)
		t.leftOut(s, CalendarDays)
		d = s.To + 1
		passed++
	}
	counted(r.nominal)
	t.all() // a time beyond the most that is counted
	if months && passed > 0 {
		t.add(Line{Kind: LineNominal, From: r.nominal, To: r.nominal, Text: Text{
			fmt.Sprintf("扣除后最后一日为 %s", dayZH(r.nominal)), fmt.Sprintf("with the excluded days the last day is %s", dayEN(r.nominal))}})
	}
	if r.due.Day == r.nominal {
		return
	}
	for _, s := range r.excluded[passed:] {
		if s.From < r.due.Day {
			t.leftOut(s, CalendarDays)
		}
	}
	why := Text{"周末", "a weekend"}
	if run, ok := t.c.at(r.nominal); ok {
		why = Text{run.Name, run.english()}
	}
	t.add(Line{Kind: LineRolled, From: r.nominal, To: r.due.Day, Days: int(r.due.Day - r.nominal), Law: article203, Text: Text{
		fmt.Sprintf("最后一日 %s为休息日（%s），顺延至 %s", dayZH(r.nominal), why.ZH, dayZH(r.due.Day)),
		fmt.Sprintf("the last day %s is a day off (%s) and moves to %s", dayEN(r.nominal), why.EN, dayEN(r.due.Day))}})
}

// hours tells a length in hours: only the days it stands still on are worth a line.
func (t *teller) hours(p Period, r reckoning) {
	for _, s := range r.excluded {
		if !s.From.End().Before(r.due.At) || p.Amount < 1 {
			break
		}
		t.leftOut(s, Hours)
	}
}

// leftOut tells a stretch of days that are not counted, cut where its grounds change.
func (t *teller) leftOut(s Span, unit Unit) {
	cuts := []Date{s.From, s.To}
	for _, g := range t.grounds {
		for _, d := range []Date{g.From, g.To} {
			if d > s.From && d < s.To {
				cuts = append(cuts, d)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for i := 1; i < len(cuts); i++ {
		t.stretch(Span{cuts[i-1], cuts[i]}, unit)
	}
}

// stretch tells days that are not counted on the same grounds.
func (t *teller) stretch(s Span, unit Unit) {
	l := Line{Kind: LineExcluded, From: s.From + 1, To: s.To, Days: int(s.To - s.From)}
	left, en := "扣除 "+fmt.Sprint(l.Days)+" 天", plural(l.Days, "day")+" left out"
	switch unit {
	case WorkingDays:
		l.Days = t.c.Count(s.From, s.To)
		left, en = "扣除 "+fmt.Sprint(l.Days)+" 个工作日", plural(l.Days, "working day")+" left out"
	case Hours:
		left, en = "停止计时", "the clock stands still"
	}
	var why, law []Text
	for _, g := range t.grounds {
		if g.From > s.From || g.To < s.To || slices.Contains(why, g.Text) {
			continue
		}
		why = append(why, g.Text)
		if l.Name == "" {
			l.Name = g.Name
		}
		if g.Law.ZH != "" && !slices.Contains(law, g.Law) {
			law = append(law, g.Law)
		}
	}
	l.Law = joined(law, "、", ", ")
	when, because := rangeText(l.From, l.To), joined(why, "；", "; ")
	l.Text = Text{fmt.Sprintf("%s依法不计入期限，%s", when.ZH, left), fmt.Sprintf("%s excluded, %s", when.EN, en)}
	if because.ZH != "" {
		l.Text = Text{fmt.Sprintf("%s不计入期限，%s：%s", when.ZH, left, because.ZH), l.Text.EN + ": " + because.EN}
	}
	t.add(l)
}

func joined(texts []Text, zh, en string) Text {
	a, b := make([]string, len(texts)), make([]string, len(texts))
	for i, t := range texts {
		a[i], b[i] = t.ZH, t.EN
	}
	return Text{strings.Join(a, zh), strings.Join(b, en)}
}

func instantText(t time.Time) string { return t.In(Zone).Format("2006-01-02 15:04:05") }
