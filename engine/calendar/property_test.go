package calendar_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine/calendar"
)

// drawData makes content as wild as the rules allow: years with and without notice, gaps between years, holidays
// over weekends, make-up days, two ranks of local layers.
func drawData(t *rapid.T) calendar.Data {
	d := calendar.Data{Label: "x", Region: ""}
	taken := map[calendar.Date]bool{}
	for year := 2024; year <= 2027; year++ {
		if rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
			continue
		}
		y := calendar.Year{Year: year}
		if rapid.Bool().Draw(t, "notice") {
			y.Notices = []calendar.Notice{{Name: "notice"}}
		}
		y.Days = drawRuns(t, calendar.NewDate(year-1, 12, 25), 370, taken)
		d.Years = append(d.Years, y)
	}
	for _, region := range []string{"21", "2103"} {
		if rapid.Bool().Draw(t, "layer"+region) {
			d = d.With(calendar.Layer{Region: region, Notice: calendar.Notice{Name: "local"},
				Days: drawRuns(t, calendar.NewDate(2023, 6, 1), 2000, map[calendar.Date]bool{})})
		}
	}
	return d
}

func drawRuns(t *rapid.T, first calendar.Date, within int, taken map[calendar.Date]bool) []calendar.Run {
	var out []calendar.Run
	for range rapid.IntRange(0, 12).Draw(t, "runs") {
		from := first.AddDays(rapid.IntRange(0, within-1).Draw(t, "from"))
		to := from.AddDays(min(rapid.IntRange(0, 9).Draw(t, "length"), int(first)+within-int(from)))
		r := calendar.Run{From: from, To: to, Work: rapid.Bool().Draw(t, "work"), Name: rapid.SampledFrom([]string{"春节", "国庆节", "x"}).Draw(t, "name")}
		free := true
		for d := from; d <= to; d++ {
			free = free && !taken[d]
		}
		if !free {
			continue
		}
		for d := from; d <= to; d++ {
			taken[d] = true
		}
		out = append(out, r)
	}
	return out
}

func drawStart(t *rapid.T) time.Time {
	day := calendar.NewDate(2023, 6, 1).AddDays(rapid.IntRange(0, 2100).Draw(t, "start"))
	return day.Start().Add(time.Duration(rapid.IntRange(0, 95).Draw(t, "quarter")) * 15 * time.Minute)
}

func drawPeriod(t *rapid.T) calendar.Period {
	u := rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours, calendar.Months, calendar.Years}).Draw(t, "unit")
	most := map[calendar.Unit]int{calendar.WorkingDays: 90, calendar.CalendarDays: 120, calendar.Hours: 200, calendar.Months: 20, calendar.Years: 3}[u]
	return calendar.Period{Amount: rapid.IntRange(1, most).Draw(t, "amount"), Unit: u}
}

// drawSpans makes spans that overlap, touch, contain each other, are empty or run backwards.
func drawSpans(t *rapid.T, start time.Time) []calendar.Span {
	var out []calendar.Span
	for range rapid.IntRange(0, 5).Draw(t, "spans") {
		from := calendar.DateOf(start).AddDays(rapid.IntRange(-15, 60).Draw(t, "spanFrom"))
		out = append(out, calendar.Span{From: from, To: from.AddDays(rapid.IntRange(-3, 20).Draw(t, "spanLength"))})
	}
	return out
}

func TestDueAgreesWithCountingDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := drawData(t)
		c, err := calendar.New(data)
		require.NoError(t, err)
		start, p := drawStart(t), drawPeriod(t)
		spans := drawSpans(t, start)
		last, at, provisional := naive{data}.due(start, p, spans)
		before := append([]calendar.Span(nil), spans...)

		got := c.Due(start, p, spans)

		require.Equal(t, before, spans, "the caller's spans are left alone")
		require.Equal(t, last.Format(time.DateOnly), got.Day.String())
		require.Equal(t, at, got.At)
		require.Equal(t, provisional, got.Provisional)
		require.Equal(t, calendar.DateOf(start), got.Start)
	})
}

func TestEveryDayAgreesWithCountingDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := drawData(t)
		c, err := calendar.New(data)
		require.NoError(t, err)
		n, total := naive{data}, 0
		first := calendar.NewDate(2022, 12, 1)
		for d := first; d < first.AddDays(2300); d++ {
			works := n.working(civil(d))
			require.Equal(t, works, c.Working(d), d.String())
			require.Equal(t, n.known(civil(d)), c.Known(d), d.String())
			if works && d > first {
				total++
				require.Equal(t, d, c.Add(first, total))
			}
			require.Equal(t, total, c.Count(first, d), d.String())
		}
	})
}

func TestExplanationCanBeRecounted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := drawData(t)
		c, err := calendar.New(data)
		require.NoError(t, err)
		start, p := drawStart(t), drawPeriod(t)
		spans := drawSpans(t, start)

		e := c.Explain(start, p, spans)

		require.Equal(t, c.Due(start, p, spans), e.Due)
		require.Equal(t, calendar.LineStart, e.Lines[0].Kind)
		sum, next, ended, warned := 0, e.Due.Start+1, false, false
		for _, l := range e.Lines {
			require.NotEmpty(t, l.Text.ZH)
			require.NotEmpty(t, l.Text.EN)
			switch l.Kind {
			case calendar.LineCounted, calendar.LineMakeUp:
				sum += l.Days
				require.Equal(t, sum, l.Total)
				require.Equal(t, next, l.From, "lines leave no day out")
				next = l.To + 1
			case calendar.LineWeekend, calendar.LineHoliday:
				require.Equal(t, next, l.From, "lines leave no day out")
				next = l.To + 1
			case calendar.LineExcluded:
				if p.Unit == calendar.WorkingDays || p.Unit == calendar.CalendarDays && l.From == next {
					require.Equal(t, next, l.From, "lines leave no day out")
					next = l.To + 1
				}
			case calendar.LineEnd:
				ended = true
				require.Equal(t, e.Due.Day, l.To)
			case calendar.LineProvisional:
				warned = true
			}
		}
		require.True(t, ended)
		require.Equal(t, e.Due.Provisional, warned)
		if p.Unit == calendar.WorkingDays || p.Unit == calendar.CalendarDays {
			require.Equal(t, p.Amount, sum)
		}
		if p.Unit == calendar.WorkingDays {
			require.Equal(t, e.Due.Day+1, next)
		}
	})
}

func TestAnExclusionNeverBringsTheEndForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := calendar.New(drawData(t))
		require.NoError(t, err)
		start, p := drawStart(t), drawPeriod(t)
		spans := drawSpans(t, start)
		for i := range spans {
			require.False(t, c.Due(start, p, spans[:i+1]).At.Before(c.Due(start, p, spans[:i]).At))
		}
	})
}

func TestBeforeIsTheWayBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := calendar.New(drawData(t))
		require.NoError(t, err)
		at := c.Due(drawStart(t), calendar.Period{Amount: rapid.IntRange(1, 60).Draw(t, "n"), Unit: calendar.WorkingDays}, nil).At
		n := rapid.IntRange(1, 60).Draw(t, "back")
		from := c.Before(at, calendar.Period{Amount: n, Unit: calendar.WorkingDays})
		require.Equal(t, n, c.Count(calendar.DateOf(from)-1, calendar.DateOf(at.Add(-1))))
		require.True(t, c.Working(calendar.DateOf(from)))
	})
}

// Whatever is to be left: the instant lies in a day that is worked and counts, and so much is left that counts.
func TestAheadLeavesTimeThatCanBeUsed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := calendar.New(drawData(t))
		require.NoError(t, err)
		due := drawStart(t)
		var spans []calendar.Span
		for range rapid.IntRange(0, 3).Draw(t, "spans") {
			to := calendar.DateOf(due) - calendar.Date(rapid.IntRange(-2, 30).Draw(t, "to"))
			spans = append(spans, calendar.Span{From: to - calendar.Date(rapid.IntRange(0, 20).Draw(t, "long")), To: to})
		}
		counts := func(d calendar.Date) bool {
			return c.Working(d) && !slices.ContainsFunc(spans, func(s calendar.Span) bool { return s.From < d && d <= s.To })
		}
		unit := rapid.SampledFrom([]calendar.Unit{calendar.Hours, calendar.WorkingDays, calendar.CalendarDays, calendar.Months, calendar.Years}).Draw(t, "unit")
		n := rapid.IntRange(1, 60).Draw(t, "n")
		at := c.Ahead(due, calendar.Period{Amount: n, Unit: unit}, spans)
		require.True(t, at.Before(due))
		require.True(t, counts(calendar.DateOf(at)), "%s", at)
		var hours time.Duration
		days := 0
		for d := calendar.DateOf(at); d.Start().Before(due); d++ {
			if counts(d) {
				days++
				end := d.End()
				if end.After(due) {
					end = due
				}
				hours += end.Sub(d.Start())
			}
		}
		hours -= at.Sub(calendar.DateOf(at).Start())
		switch unit {
		case calendar.Hours:
			require.Equal(t, time.Duration(n)*time.Hour, hours)
		case calendar.WorkingDays:
			require.Equal(t, n, days)
		default:
			require.False(t, at.After(c.Before(due, calendar.Period{Amount: n, Unit: unit})))
		}
	})
}

// Onward goes to the first instant at which there are people and time: itself, or the beginning of the first day
// that is worked and counts, with none such between.
func TestOnwardIsTheFirstThatCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := calendar.New(drawData(t))
		require.NoError(t, err)
		from := drawStart(t)
		spans := drawSpans(t, from)
		counts := func(d calendar.Date) bool {
			return c.Working(d) && !slices.ContainsFunc(spans, func(s calendar.Span) bool { return s.From < d && d <= s.To })
		}
		at, day := c.Onward(from, spans), calendar.DateOf(from)
		if counts(day) {
			require.Equal(t, from, at)
			return
		}
		require.Equal(t, calendar.DateOf(at).Start(), at)
		require.True(t, counts(calendar.DateOf(at)))
		for d := day; d < calendar.DateOf(at); d++ {
			require.False(t, counts(d))
		}
	})
}

func TestCalendarSurvivesJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := calendar.New(drawData(t))
		require.NoError(t, err)
		b, err := json.Marshal(c)
		require.NoError(t, err)
		again, err := calendar.Decode(b)
		require.NoError(t, err)
		require.Equal(t, c, again)
		b2, err := json.Marshal(again.Data())
		require.NoError(t, err)
		require.Equal(t, string(b), string(b2))
	})
}

func TestVersionFollowsTheContentAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := drawData(t)
		c, err := calendar.New(data)
		require.NoError(t, err)

		// the same days in another order and cut into single days
		other := calendar.Data{Label: data.Label, Region: data.Region}
		for i := len(data.Years) - 1; i >= 0; i-- {
			y := data.Years[i]
			y.Days = singles(y.Days)
			other.Years = append(other.Years, y)
		}
		for i := len(data.Local) - 1; i >= 0; i-- {
			l := data.Local[i]
			l.Days = singles(l.Days)
			other.Local = append(other.Local, l)
		}
		same, err := calendar.New(other)
		require.NoError(t, err)
		require.Equal(t, c.Version(), same.Version())

		changed := c.Data()
		if len(changed.Years) == 0 || len(changed.Years[0].Days) == 0 {
			return
		}
		changed.Years[0].Days[0].Work = !changed.Years[0].Days[0].Work
		if diff, err := calendar.New(changed); err == nil {
			require.NotEqual(t, c.Version(), diff.Version())
		}
		require.Equal(t, same.Data(), c.Data(), "changing the copy leaves the calendar alone")
	})
}

func singles(runs []calendar.Run) []calendar.Run {
	var out []calendar.Run
	for i := len(runs) - 1; i >= 0; i-- {
		for d := runs[i].To; d >= runs[i].From; d-- {
			r := runs[i]
			r.From, r.To = d, d
			out = append(out, r)
		}
	}
	return out
}

func TestDateSurvivesText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Date(rapid.IntRange(-700000, 2900000).Draw(t, "day"))
		b, err := d.MarshalText()
		require.NoError(t, err)
		var again calendar.Date
		require.NoError(t, again.UnmarshalText(b))
		require.Equal(t, d, again)
		require.Equal(t, d, calendar.NewDate(d.Year(), d.Month(), d.Day()))
		require.Equal(t, civil(d).Weekday(), d.Weekday())
		require.Equal(t, d, calendar.DateOf(d.Start()))
		require.Equal(t, d, calendar.DateOf(d.End().Add(-1)))
		require.Equal(t, d+1, calendar.DateOf(d.End()))
	})
}
