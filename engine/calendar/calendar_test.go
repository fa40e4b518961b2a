package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
)

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	require.NoError(t, err)
	return p
}

// spring is 2026 with its Spring Festival only, and 2027 without a notice but with New Year's Day.
func spring() calendar.Data {
	return calendar.Data{Label: "2026", Years: []calendar.Year{
		{Year: 2026, Notices: []calendar.Notice{{Name: "notice", Number: "7"}}, Days: []calendar.Run{
			{From: calendar.NewDate(2026, 2, 14), To: calendar.NewDate(2026, 2, 14), Work: true, Name: "春节"},
			{From: calendar.NewDate(2026, 2, 15), To: calendar.NewDate(2026, 2, 23), Name: "春节"},
			{From: calendar.NewDate(2026, 2, 28), To: calendar.NewDate(2026, 2, 28), Work: true, Name: "春节"},
		}},
		{Year: 2027, Basis: "art. 2", Days: []calendar.Run{
			{From: calendar.NewDate(2027, 1, 1), To: calendar.NewDate(2027, 1, 1), Name: "元旦"},
		}},
	}}
}

func newCalendar(t testing.TB, d calendar.Data) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(d)
	require.NoError(t, err)
	return c
}

func TestDueByUnit(t *testing.T) {
	t.Parallel()
	c := newCalendar(t, spring())
	tests := []struct {
		name, start, period string
		spans               [][2]string
		day, at             string
		provisional         bool
	}{
		{"the start day does not count", "2026-03-02T09:00:00+08:00", "1wd", nil, "2026-03-03", "2026-03-03T16:00:00Z", false},
		{"the business day decides, not the one in UTC", "2026-03-02T23:59:59+08:00", "1wd", nil, "2026-03-03", "2026-03-03T16:00:00Z", false},
		{"one second later is another day", "2026-03-03T00:00:00+08:00", "1wd", nil, "2026-03-04", "2026-03-04T16:00:00Z", false},
		{"start on a day off", "2026-02-18T09:00:00+08:00", "1wd", nil, "2026-02-24", "2026-02-24T16:00:00Z", false},
		{"the day an interruption begins counts, the day it ends does not", "2026-03-02T09:00:00+08:00", "3wd", [][2]string{{"2026-03-03", "2026-03-05"}}, "2026-03-09", "2026-03-09T16:00:00Z", false},
		{"a day excluded twice counts once", "2026-03-02T09:00:00+08:00", "3wd", [][2]string{{"2026-03-03", "2026-03-05"}, {"2026-03-04", "2026-03-05"}}, "2026-03-09", "2026-03-09T16:00:00Z", false},
		{"an interruption on the last day is too late", "2026-03-02T09:00:00+08:00", "3wd", [][2]string{{"2026-03-05", "2026-03-25"}}, "2026-03-05", "2026-03-05T16:00:00Z", false},
		{"one that began before the start counts from the start", "2026-03-02T09:00:00+08:00", "1wd", [][2]string{{"2026-02-20", "2026-03-04"}}, "2026-03-05", "2026-03-05T16:00:00Z", false},
		{"calendar days end on a day off and move", "2026-02-09T09:00:00+08:00", "7cd", nil, "2026-02-24", "2026-02-24T16:00:00Z", false},
		{"calendar days end on a make-up day and stay", "2026-02-07T09:00:00+08:00", "7cd", nil, "2026-02-14", "2026-02-14T16:00:00Z", false},
		{"calendar days less excluded ones", "2026-03-02T09:00:00+08:00", "7cd", [][2]string{{"2026-03-04", "2026-03-06"}}, "2026-03-11", "2026-03-11T16:00:00Z", false},
		{"a moved end does not fall into an interruption", "2026-03-08T09:00:00+08:00", "6cd", [][2]string{{"2026-03-15", "2026-03-17"}}, "2026-03-18", "2026-03-18T16:00:00Z", false},
		{"months end on the corresponding day", "2026-03-12T09:00:00+08:00", "1mo", nil, "2026-04-13", "2026-04-13T16:00:00Z", false},
		{"or on the month's last day, make-up Saturday", "2026-01-31T09:00:00+08:00", "1mo", nil, "2026-02-28", "2026-02-28T16:00:00Z", false},
		{"years over a 29 February", "2024-02-29T09:00:00+08:00", "2y", nil, "2026-02-28", "2026-02-28T16:00:00Z", false},
		{"hours run through the night and days off", "2026-02-13T18:30:00+08:00", "24h", nil, "2026-02-14", "2026-02-14T10:30:00Z", false},
		{"hours to midnight end with the day before", "2026-02-13T00:00:00+08:00", "24h", nil, "2026-02-13", "2026-02-13T16:00:00Z", false},
		{"hours stand still on excluded days", "2026-03-02T18:00:00+08:00", "24h", [][2]string{{"2026-03-02", "2026-03-04"}}, "2026-03-05", "2026-03-05T10:00:00Z", false},
		{"hours started on an excluded day begin after it", "2026-03-03T18:00:00+08:00", "2h", [][2]string{{"2026-03-02", "2026-03-03"}}, "2026-03-04", "2026-03-03T18:00:00Z", false},
		{"hours that end as the interruption begins", "2026-03-02T18:00:00+08:00", "6h", [][2]string{{"2026-03-02", "2026-03-04"}}, "2026-03-02", "2026-03-02T16:00:00Z", false},
		{"hours never depend on a notice", "2027-03-02T18:00:00+08:00", "6h", nil, "2027-03-02", "2027-03-02T16:00:00Z", false},
		{"a year without notice: known days off, and provisional", "2026-12-30T09:00:00+08:00", "2wd", nil, "2027-01-04", "2027-01-04T16:00:00Z", true},
		{"not before it is touched", "2026-12-30T09:00:00+08:00", "1wd", nil, "2026-12-31", "2026-12-31T16:00:00Z", false},
		{"moving an end over New Year touches it", "2026-12-24T09:00:00+08:00", "8cd", nil, "2027-01-04", "2027-01-04T16:00:00Z", true},
		{"a year the data does not know at all", "2030-01-04T09:00:00+08:00", "5wd", nil, "2030-01-11", "2030-01-11T16:00:00Z", true},
		{"an unknown year before a known end", "2025-12-29T09:00:00+08:00", "4wd", nil, "2026-01-02", "2026-01-02T16:00:00Z", true},
		{"not judged when the count starts after it", "2025-12-31T09:00:00+08:00", "2wd", nil, "2026-01-02", "2026-01-02T16:00:00Z", false},
		{"only the end of a month's period is judged", "2025-12-02T09:00:00+08:00", "3mo", nil, "2026-03-02", "2026-03-02T16:00:00Z", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start, err := time.Parse(time.RFC3339, tt.start)
			require.NoError(t, err)
			var spans []calendar.Span
			for _, s := range tt.spans {
				spans = append(spans, calendar.Span{From: day(t, s[0]), To: day(t, s[1])})
			}
			got := c.Due(start, period(t, tt.period), spans)
			require.Equal(t, tt.day, got.Day.String())
			require.Equal(t, tt.at, got.At.Format(time.RFC3339))
			require.Equal(t, tt.provisional, got.Provisional)
		})
	}
}

func TestDueIsTotal(t *testing.T) {
	t.Parallel()
	c := newCalendar(t, spring())
	start := day(t, "2026-03-02").Start().Add(time.Hour)
	require.Equal(t, "2026-03-02", c.Due(start, calendar.Period{}, nil).Day.String())
	require.Equal(t, start, c.Due(start, calendar.Period{Unit: calendar.Hours}, nil).At)
	require.Equal(t, c.Due(start, period(t, "7cd"), nil), c.Due(start, calendar.Period{Amount: 7, Unit: "week"}, nil))
	most := c.Due(start, period(t, "100y"), nil)
	require.Equal(t, most, c.Due(start, calendar.Period{Amount: 1 << 40, Unit: calendar.Years}, nil))
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours, calendar.Months, calendar.Years} {
		for _, n := range []int{-1 << 40, -1, 0, 1, 1 << 40} {
			e := c.Explain(start, calendar.Period{Amount: n, Unit: u}, []calendar.Span{{From: 0, To: 20600}})
			require.False(t, e.Due.At.Before(start), "%d%s", n, u)
		}
	}
	empty := newCalendar(t, calendar.Data{Label: "none"})
	got := empty.Due(start, period(t, "6wd"), nil)
	require.Equal(t, "2026-03-10", got.Day.String())
	require.True(t, got.Provisional)
}

func TestLocalLayers(t *testing.T) {
	t.Parallel()
	storm := calendar.Layer{Region: "2103", Notice: calendar.Notice{Name: "台风停工通知"}, Days: []calendar.Run{
		{From: day(t, "2026-03-03"), To: day(t, "2026-03-04"), Name: "台风停工", EN: "typhoon"}}}
	province := calendar.Layer{Region: "21", Notice: calendar.Notice{Name: "省级通知"}, Days: []calendar.Run{
		{From: day(t, "2026-03-04"), To: day(t, "2026-03-05"), Name: "民族节日"},
		{From: day(t, "2026-03-07"), To: day(t, "2026-03-07"), Work: true, Name: "民族节日"}}}
	back := calendar.Layer{Region: "210302", Notice: calendar.Notice{Name: "复工通知"}, Days: []calendar.Run{
		{From: day(t, "2026-03-05"), To: day(t, "2026-03-05"), Work: true, Name: "复工", EN: "back to work"}}}
	layers := []calendar.Layer{back, storm, province}
	tests := []struct{ region, own, due string }{
		{"", "", "2026-03-05"},
		{"110101", "", "2026-03-05"},
		{"21", "21", "2026-03-07"},     // 3, 6, 7
		{"210200", "21", "2026-03-07"}, // another prefecture of the province
		{"2103", "2103", "2026-03-09"}, // 6, 7, 9
		{"210303", "2103", "2026-03-09"},
		{"210302", "210302", "2026-03-07"}, // 5, 6, 7
	}
	for _, tt := range tests {
		c := newCalendar(t, spring().For(tt.region, layers))
		require.Equal(t, tt.own, c.Region(), tt.region)
		got := c.Due(day(t, "2026-03-02").Start(), period(t, "3wd"), nil)
		require.Equal(t, tt.due, got.Day.String(), tt.region)
		require.False(t, got.Provisional)
	}
	c := newCalendar(t, spring().For("210303", layers))
	require.Equal(t, "台风停工", c.Name(day(t, "2026-03-04")))
	require.Equal(t, "民族节日", c.Name(day(t, "2026-03-05")))
	text := c.Explain(day(t, "2026-03-02").Start(), period(t, "3wd"), nil)
	require.Contains(t, text.In("zh"), "2026-03-03（周二）至 2026-03-04（周三）放假（台风停工），2 天不计")
	require.Contains(t, text.In("en"), "off for typhoon")
	require.Contains(t, text.In("en"), "/ 2103")
	require.NotEqual(t, newCalendar(t, spring()).Version(), c.Version())
}

func TestExplanationText(t *testing.T) {
	t.Parallel()
	c := newCalendar(t, spring())
	e := c.Explain(day(t, "2026-02-12").Start(), period(t, "5wd"), []calendar.Span{{From: day(t, "2026-02-24"), To: day(t, "2026-02-25")}})
	require.Equal(t, `2026-02-12（周四）起算，期限 5 个工作日，当日不计入（民法典第二百零一条）
2026-02-13（周五）计 1 个工作日，累计 1
2026-02-14（周六）调休上班（春节），计 1 个工作日，累计 2
2026-02-15（周日）至 2026-02-23（周一）放假（春节），9 天不计
2026-02-24（周二）计 1 个工作日，累计 3
2026-02-25（周三）依法不计入期限，扣除 1 个工作日
2026-02-26（周四）至 2026-02-27（周五）计 2 个工作日，累计 5
到期日 2026-02-27（周五），当日 24:00 截止（民法典第二百零三条）
所用日历：`+c.Version()+"\n", e.In("zh"))
	require.Equal(t, `from 2026-02-12 (Thu), 5 working days; the start day does not count (Civil Code, article 201)
2026-02-13 (Fri) count 1, 1 so far
2026-02-14 (Sat) make-up working day for Spring Festival, counts 1, 2 so far
2026-02-15 (Sun) to 2026-02-23 (Mon) off for Spring Festival, 9 not counted
2026-02-24 (Tue) count 1, 3 so far
2026-02-25 (Wed) excluded, 1 working day left out
2026-02-26 (Thu) to 2026-02-27 (Fri) count 2, 5 so far
due on 2026-02-27 (Fri), until 24:00 of that day (Civil Code, article 203)
calendar: `+c.Version()+"\n", e.In("en"))

	rolled := c.Explain(day(t, "2026-02-09").Start(), period(t, "7cd"), nil)
	require.Contains(t, rolled.In("zh"), "最后一日 2026-02-16（周一）为休息日（春节），顺延至 2026-02-24（周二）（民法典第二百零三条）")
	weekend := c.Explain(day(t, "2026-03-02").Start(), period(t, "5cd"), nil)
	require.Contains(t, weekend.In("en"), "the last day 2026-03-07 (Sat) is a day off (a weekend) and moves to 2026-03-09 (Mon)")
	month := c.Explain(day(t, "2026-01-31").Start(), period(t, "1mo"), nil)
	require.Contains(t, month.In("zh"), "2026 年 2 月没有 31 日，以月末日 2026-02-28（周六）为最后一日（民法典第二百零二条）")
	next := c.Explain(day(t, "2026-12-30").Start(), period(t, "2wd"), nil)
	require.Contains(t, next.In("zh"), "2027 年放假安排通知尚未载入")
	require.Contains(t, next.In("en"), "no holiday notice is loaded for 2027")
	hours := c.Explain(day(t, "2026-03-02").Start().Add(9*time.Hour), period(t, "24h"), []calendar.Span{{From: day(t, "2026-03-02"), To: day(t, "2026-03-03")}})
	require.Contains(t, hours.In("zh"), "自 2026-03-02 09:00:00 起算，期限 24 小时")
	require.Contains(t, hours.In("zh"), "2026-03-03（周二）依法不计入期限，停止计时")
	require.Contains(t, hours.In("zh"), "2026-03-04 09:00:00 截止")

	b, err := json.Marshal(e)
	require.NoError(t, err)
	var again calendar.Explanation
	require.NoError(t, json.Unmarshal(b, &again))
	require.Equal(t, e, again)
}

func TestBefore(t *testing.T) {
	t.Parallel()
	c := newCalendar(t, spring())
	due := day(t, "2026-02-25").End()
	for p, want := range map[string]string{
		"1wd": "2026-02-25T00:00:00+08:00", "3wd": "2026-02-14T00:00:00+08:00", "2cd": "2026-02-24T00:00:00+08:00",
		"6h": "2026-02-25T18:00:00+08:00", "1mo": "2026-01-26T00:00:00+08:00", "1y": "2025-02-26T00:00:00+08:00",
	} {
		require.Equal(t, want, c.Before(due, period(t, p)).In(calendar.Zone).Format(time.RFC3339), p)
	}
	require.Equal(t, due, c.Before(due, calendar.Period{}))
}

func TestAheadLiesInWorkingTime(t *testing.T) {
	t.Parallel()
	c := newCalendar(t, spring()) // Saturday 14 February is worked, 15 to 23 are off
	at := func(text string) time.Time {
		when, err := time.Parse("2006-01-02T15:04Z07:00", text+"+08:00")
		require.NoError(t, err)
		return when
	}
	for _, x := range []struct{ due, left, want string }{
		{"2026-02-25T00:00", "6h", "2026-02-24T18:00"},
		{"2026-02-25T00:00", "24h", "2026-02-24T00:00"},
		{"2026-02-25T00:00", "25h", "2026-02-14T23:00"},
		{"2026-02-24T09:00", "12h", "2026-02-14T21:00"},
		{"2026-02-15T15:00", "2h", "2026-02-14T22:00"}, // a limit in hours may end on a day off, its warning not
		{"2026-02-16T15:00", "24h", "2026-02-14T00:00"},
		{"2026-02-25T00:00", "3cd", "2026-02-14T00:00"}, // 22 February is off
		{"2026-02-24T09:00", "1cd", "2026-02-14T09:00"},
		{"2026-03-19T09:00", "1mo", "2026-02-14T09:00"},
		{"2026-02-26T00:00", "3wd", "2026-02-14T00:00"},
		{"2026-02-26T00:00", "1wd", "2026-02-25T00:00"},
	} {
		got := c.Ahead(at(x.due), period(t, x.left), nil)
		require.Equal(t, x.want, got.In(calendar.Zone).Format("2006-01-02T15:04"), "%s before %s", x.left, x.due)
	}
	still := []calendar.Span{{From: day(t, "2026-02-12"), To: day(t, "2026-02-24")}}
	for left, want := range map[string]string{"1wd": "2026-02-25T00:00", "2wd": "2026-02-12T00:00", "30h": "2026-02-12T18:00", "1cd": "2026-02-12T00:00"} {
		got := c.Ahead(at("2026-02-26T00:00"), period(t, left), still)
		if left == "1cd" {
			got = c.Ahead(at("2026-02-25T00:00"), period(t, left), still)
		}
		require.Equal(t, want, got.In(calendar.Zone).Format("2006-01-02T15:04"), "%s, the clock standing still", left)
	}
	require.Equal(t, at("2026-02-16T15:00"), c.Ahead(at("2026-02-16T15:00"), calendar.Period{}, nil))
}

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"10wd", "7cd", "24h", "3mo", "2y", "36525wd", "100y"} {
		p := period(t, s)
		require.NoError(t, p.Check())
		require.Equal(t, s, p.String())
		b, err := json.Marshal(p)
		require.NoError(t, err)
		var again calendar.Period
		require.NoError(t, json.Unmarshal(b, &again))
		require.Equal(t, p, again)
	}
	for s, hint := range map[string]string{
		"": "expected an amount", "wd": "expected an amount", "5": "expected an amount", "5d": "wd (working) or cd (calendar)", "5日": "wd (working)",
		"5m": "months are mo", "5 wd": "no space", "5WD": "small letters", "0wd": "starts at 1", "05wd": "leading zero", "-5wd": "expected an amount",
		"5.5h": "expected an amount", "101y": "at most 100", "99999999999999999999wd": "at most 36525", "5wd ": "no space",
	} {
		_, err := calendar.ParsePeriod(s)
		require.ErrorContains(t, err, hint, "%q", s)
		var e *calendar.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, calendar.CodePeriod, e.Code)
		require.NotEmpty(t, e.Text.ZH)
	}
	require.Error(t, calendar.Period{Amount: 0, Unit: calendar.Hours}.Check())
	require.Error(t, calendar.Period{Amount: 1, Unit: "week"}.Check())
	var none calendar.Period
	b, err := none.MarshalText()
	require.NoError(t, err)
	require.Empty(t, b)
	require.NoError(t, none.UnmarshalText(nil))
	require.True(t, none.IsZero())
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-2-12", "2026-02-30", "20260212", "2026-02-12T00:00:00Z", " 2026-02-12", "2025-02-29"} {
		_, err := calendar.ParseDate(s)
		require.ErrorContains(t, err, "expected a date", "%q", s)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	d := func(s string) calendar.Date { return day(t, s) }
	run := func(from, to, name string) calendar.Run { return calendar.Run{From: d(from), To: d(to), Name: name} }
	year := func(n int, runs ...calendar.Run) calendar.Data {
		return calendar.Data{Label: "x", Years: []calendar.Year{{Year: n, Days: runs}}}
	}
	work := run("2026-01-02", "2026-01-02", "b")
	work.Work = true
	tests := map[string]struct {
		data calendar.Data
		want string
	}{
		"no label":            {calendar.Data{}, "needs a label"},
		"label with a slash":  {calendar.Data{Label: "a/b"}, "needs a label"},
		"bad region":          {calendar.Data{Label: "x", Region: "CN"}, "at most 12 digits"},
		"year out of range":   {year(1900), "between 1950 and 2199"},
		"year twice":          {calendar.Data{Label: "x", Years: []calendar.Year{{Year: 2026}, {Year: 2026}}}, "given twice"},
		"unnamed notice":      {calendar.Data{Label: "x", Years: []calendar.Year{{Year: 2026, Notices: []calendar.Notice{{}}}}}, "no name"},
		"day of another year": {year(2026, run("2027-01-01", "2027-01-01", "a")), "between 2025-12-01 and 2026-12-31"},
		"backwards":           {year(2026, run("2026-01-03", "2026-01-01", "a")), "ends before it begins"},
		"unnamed day":         {year(2026, run("2026-01-01", "2026-01-01", "")), "no holiday name"},
		"day two ways":        {year(2026, run("2026-01-01", "2026-01-03", "a"), work), "2026-01-02 is listed both as off (a) and as working (b)"},
		"layer elsewhere":     {calendar.Data{Label: "x", Region: "11", Local: []calendar.Layer{{Region: "21", Notice: calendar.Notice{Name: "n"}}}}, "cannot hold days of region"},
		"layer unfounded":     {calendar.Data{Label: "x", Region: "21", Local: []calendar.Layer{{Region: "21"}}}, "no document"},
	}
	for name, tt := range tests {
		_, err := calendar.New(tt.data)
		require.ErrorContains(t, err, tt.want, name)
	}
	for name, in := range map[string]string{"not JSON": "x", "unknown field": `{"label":"x","extra":1}`, "two values": `{"label":"x","region":"","years":null} {}`, "bad date": `{"label":"x","years":[{"year":2026,"days":[{"from":"2026-13-01","to":"2026-01-01","name":"a"}]}]}`} {
		_, err := calendar.Decode([]byte(in))
		require.Error(t, err, name)
	}
}

func BenchmarkDue45WorkingDays(b *testing.B) {
	c := newCalendar(b, spring())
	start, p := day(b, "2026-01-05").Start(), calendar.Period{Amount: 45, Unit: calendar.WorkingDays}
	b.ReportAllocs()
	for b.Loop() {
		c.Due(start, p, nil)
	}
}

func BenchmarkDue45WorkingDaysTwoExclusions(b *testing.B) {
	c := newCalendar(b, spring())
	start, p := day(b, "2026-01-05").Start(), calendar.Period{Amount: 45, Unit: calendar.WorkingDays}
	spans := []calendar.Span{{From: day(b, "2026-03-02"), To: day(b, "2026-03-06")}, {From: day(b, "2026-01-12"), To: day(b, "2026-01-19")}}
	b.ReportAllocs()
	for b.Loop() {
		c.Due(start, p, spans)
	}
}
