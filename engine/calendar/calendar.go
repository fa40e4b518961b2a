package calendar

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// The years a calendar may speak of; outside lies a slip of the pen.
const (
	firstYear = 1950
	lastYear  = 2199
)

// Calendar is one region's calendar in one version. It never changes after New or Decode and may be shared.
type Calendar struct {
	data    Data
	version string
	known   map[int]bool // years covered by a notice
	// noticed are the days of the latest unbroken run of such years, where nearly every question falls.
	noticed struct{ from, to Date }

	// Tables over the days first…last that the data speaks of; the weekday rule holds outside.
	first, last Date
	run         []int16 // index into runs of the run that decides the day, or -1 for the weekday rule
	runs        []Run
	count       []int32 // working days up to and including the day, on the scale of weekdays()
	days        []Date  // every working day within the tables, ascending
	base, top   int     // the count just before first, and at last
	shift       int     // top minus weekdays(last): what the tables added to the weekday rule
}

// New makes a calendar. It refuses content that contradicts itself: a year given twice, a day given two ways by
// authorities of the same rank, days outside their year, a region that does not hold its layers.
func New(data Data) (*Calendar, error) {
	data = data.canonical()
	if err := check(data); err != nil {
		return nil, err
	}
	version, err := data.version()
	if err != nil {
		return nil, err
	}
	c := &Calendar{data: data, version: version, known: map[int]bool{}}
	c.first, c.last = 0, -1
	for _, y := range data.Years {
		c.known[y.Year] = len(y.Notices) > 0
		c.cover(NewDate(y.Year, time.January, 1), NewDate(y.Year, time.December, 31))
		for _, r := range y.Days {
			c.cover(r.From, r.To)
		}
	}
	for _, l := range data.Local {
		for _, r := range l.Days {
			c.cover(r.From, r.To)
		}
	}
	c.noticed.to = -1
	if years := c.Years(); len(years) > 0 {
		last := years[len(years)-1]
		from := last
		for c.known[from-1] {
			from--
		}
		c.noticed.from, c.noticed.to = NewDate(from, time.January, 1), NewDate(last, time.December, 31)
	}
	if err := c.fill(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Calendar) cover(from, to Date) {
	if c.last < c.first {
		c.first, c.last = from, to
		return
	}
	c.first, c.last = min(c.first, from), max(c.last, to)
}

// fill lays the runs over each other, weak to strong, and sums the working days up.
func (c *Calendar) fill() error {
	n := int(c.last-c.first) + 1
	c.run = make([]int16, n)
	rank := make([]int8, n) // region length that set the day, -1 for none
	for i := range c.run {
		c.run[i], rank[i] = -1, -1
	}
	lay := func(runs []Run, level int) error {
		for _, r := range runs {
			c.runs = append(c.runs, r)
			for d := r.From; d <= r.To; d++ {
				i := int(d - c.first)
				if rank[i] == int8(level) {
					if old := c.runs[c.run[i]]; old.Work != r.Work {
						return dataError(fmt.Sprintf("%s 既列为放假（%s）又列为上班（%s），应只列其一", d, pick(old, r, false).Name, pick(old, r, true).Name),
							fmt.Sprintf("%s is listed both as off (%s) and as working (%s); list it once", d, pick(old, r, false).Name, pick(old, r, true).Name))
					}
				}
				c.run[i], rank[i] = int16(len(c.runs)-1), int8(level)
			}
		}
		return nil
	}
	for _, y := range c.data.Years {
		if err := lay(y.Days, 0); err != nil {
			return err
		}
	}
	for _, l := range c.data.Local {
		if err := lay(l.Days, len(l.Region)); err != nil {
			return err
		}
	}
	c.base = weekdays(c.first - 1)
	c.count = make([]int32, n)
	total := c.base
	for i := range c.run {
		d := c.first + Date(i)
		if c.Working(d) {
			total++
			c.days = append(c.days, d)
		}
		c.count[i] = int32(total)
	}
	c.top = total
	c.shift = total - weekdays(c.last)
	return nil
}

func pick(a, b Run, work bool) Run {
	if a.Work == work {
		return a
	}
	return b
}

func check(d Data) error {
	if d.Label == "" || strings.ContainsAny(d.Label, " \t\n/") {
		return dataError(fmt.Sprintf("日历应有不含空格和斜线的标签，如 2026；实际为 %q", clip(d.Label)), fmt.Sprintf("a calendar needs a label without spaces or slashes, like 2026; got %q", clip(d.Label)))
	}
	if err := checkRegion(d.Region); err != nil {
		return err
	}
	runs := 0
	for i, y := range d.Years {
		if y.Year < firstYear || y.Year > lastYear {
			return dataError(fmt.Sprintf("年份应在 %d 至 %d 之间；实际为 %d", firstYear, lastYear, y.Year), fmt.Sprintf("a year lies between %d and %d; got %d", firstYear, lastYear, y.Year))
		}
		if i > 0 && d.Years[i-1].Year == y.Year {
			return dataError(fmt.Sprintf("%d 年出现两次", y.Year), fmt.Sprintf("year %d is given twice", y.Year))
		}
		for _, n := range y.Notices {
			if n.Name == "" {
				return dataError(fmt.Sprintf("%d 年的放假通知缺名称", y.Year), fmt.Sprintf("a notice of %d has no name", y.Year))
			}
		}
		from, to := NewDate(y.Year-1, time.December, 1), NewDate(y.Year, time.December, 31)
		if err := checkRuns(y.Days, from, to, fmt.Sprint(y.Year)); err != nil {
			return err
		}
		runs += len(y.Days)
	}
	for _, l := range d.Local {
		if err := checkRegion(l.Region); err != nil {
			return err
		}
		if l.Region == "" || !strings.HasPrefix(d.Region, l.Region) {
			return dataError(fmt.Sprintf("地区 %q 的日历不能含地区 %q 的日期", d.Region, l.Region), fmt.Sprintf("a calendar of region %q cannot hold days of region %q", d.Region, l.Region))
		}
		if l.Notice.Name == "" {
			return dataError(fmt.Sprintf("地区 %s 的日期缺依据文件名称", l.Region), fmt.Sprintf("the days of region %s name no document they rest on", l.Region))
		}
		if err := checkRuns(l.Days, NewDate(firstYear, time.January, 1), NewDate(lastYear, time.December, 31), l.Region); err != nil {
			return err
		}
		runs += len(l.Days)
	}
	if most := 1 << 15; runs >= most {
		return dataError(fmt.Sprintf("日历最多 %d 段日期；实际 %d 段", most-1, runs), fmt.Sprintf("a calendar holds at most %d runs of days; got %d", most-1, runs))
	}
	return nil
}

func checkRegion(r string) error {
	if len(r) > 12 || strings.Trim(r, "0123456789") != "" {
		return dataError(fmt.Sprintf("地区应为至多 12 位数字的行政区划代码；实际为 %q", clip(r)), fmt.Sprintf("a region is an administrative code of at most 12 digits; got %q", clip(r)))
	}
	return nil
}

func checkRuns(runs []Run, from, to Date, where string) error {
	for _, r := range runs {
		switch {
		case r.Name == "":
			return dataError(fmt.Sprintf("%s：%s 缺节日名称或事由", where, r.From), fmt.Sprintf("%s: %s has no holiday name or reason", where, r.From))
		case r.To < r.From:
			return dataError(fmt.Sprintf("%s：%s 至 %s 终止早于开始", where, r.From, r.To), fmt.Sprintf("%s: %s to %s ends before it begins", where, r.From, r.To))
		case r.From < from || r.To > to:
			return dataError(fmt.Sprintf("%s：日期应在 %s 至 %s 之间；实际为 %s 至 %s", where, from, to, r.From, r.To), fmt.Sprintf("%s: days lie between %s and %s; got %s to %s", where, from, to, r.From, r.To))
		}
	}
	return nil
}

// Data returns a copy of the content in canonical order.
func (c *Calendar) Data() Data { return c.data.clone() }

// Region returns the administrative code the calendar is made for, empty for the mainland as a whole.
func (c *Calendar) Region() string { return c.data.Region }

// Version returns the stated label and a prefix of the content hash: a changed content is another version.
func (c *Calendar) Version() string { return c.version }

// Years returns the years covered by a notice, ascending.
func (c *Calendar) Years() []int {
	var out []int
	for y, known := range c.known {
		if known {
			out = append(out, y)
		}
	}
	slices.Sort(out)
	return out
}

// Known reports whether a notice covers d's year.
func (c *Calendar) Known(d Date) bool { return c.known[d.Year()] }

// Working reports whether d is a working day. Opening the hall on a Saturday does not make it one.
func (c *Calendar) Working(d Date) bool {
	if r, ok := c.at(d); ok {
		return r.Work
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Name returns the holiday d belongs to or is worked for, or a local day's reason; empty for an ordinary day.
func (c *Calendar) Name(d Date) string {
	r, _ := c.at(d)
	return r.Name
}

func (c *Calendar) at(d Date) (Run, bool) {
	if d < c.first || d > c.last {
		return Run{}, false
	}
	i := c.run[d-c.first]
	if i < 0 {
		return Run{}, false
	}
	return c.runs[i], true
}

// Count returns the number of working days in (from, to]; 0 when to is not after from.
func (c *Calendar) Count(from, to Date) int {
	if to <= from {
		return 0
	}
	return c.upTo(to) - c.upTo(from)
}

// Add returns the n-th working day after d. For n = 0 it is the last working day not after d, for a negative n
// the n-th working day before that one.
func (c *Calendar) Add(d Date, n int) Date { return c.nth(c.upTo(d) + n) }

// Next returns d itself when it is a working day, else the first working day after it.
func (c *Calendar) Next(d Date) Date {
	if c.Working(d) {
		return d
	}
	return c.Add(d, 1)
}

// upTo counts the working days up to and including d, on the scale of weekdays.
func (c *Calendar) upTo(d Date) int {
	switch {
	case d < c.first:
		return weekdays(d)
	case d > c.last:
		return weekdays(d) + c.shift
	}
	return int(c.count[d-c.first])
}

// nth is the inverse of upTo: the working day with which the count reaches k.
func (c *Calendar) nth(k int) Date {
	switch {
	case k <= c.base:
		return weekday(k)
	case k > c.top:
		return weekday(k - c.shift)
	}
	return c.days[k-c.base-1]
}

// monday is the first Monday of the epoch, 1970-01-05.
const monday Date = 4

// weekdays counts the days Monday to Friday up to and including d, from monday on (negative before).
func weekdays(d Date) int {
	n := int(d - monday)
	week, day := floor(n, 7)
	return week*5 + min(day+1, 5)
}

// weekday is the inverse of weekdays: the day with which that count reaches k.
func weekday(k int) Date {
	week, day := floor(k-1, 5)
	return monday + Date(week*7+day)
}

func floor(n, by int) (quotient, rest int) {
	quotient, rest = n/by, n%by
	if rest < 0 {
		quotient, rest = quotient-1, rest+by
	}
	return quotient, rest
}

// unknownIn returns the first and last year without a notice among the days from…to, or zeros.
func (c *Calendar) unknownIn(from, to Date) (first, last int) {
	if from >= c.noticed.from && to <= c.noticed.to {
		return 0, 0
	}
	for y := from.Year(); y <= to.Year(); y++ {
		if !c.known[y] {
			if first == 0 {
				first = y
			}
			last = y
		}
	}
	return first, last
}

// sortSpans orders spans by their first day.
func sortSpans(s []Span) {
	if len(s) > 1 {
		sort.Slice(s, func(i, j int) bool { return s[i].From < s[j].From })
	}
}
