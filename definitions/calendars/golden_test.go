package calendars_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
)

func national(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendars.National()
	require.NoError(t, err)
	return c
}

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

// The due dates halls and the public data agree on; nominal is the day before the move off days off.
func TestGoldenDueDates(t *testing.T) {
	t.Parallel()
	c := national(t)
	tests := []struct {
		from, period, due, nominal, why string
	}{
		{"2026-02-12", "5wd", "2026-02-26", "", "Sat 02-14 is a make-up working day; 02-15 to 02-23 off"},
		{"2026-02-13", "5wd", "2026-02-27", "", "start on a Friday"},
		{"2026-02-14", "1wd", "2026-02-24", "", "start on a make-up day"},
		{"2026-02-12", "20wd", "2026-03-18", "", "Sat 02-28 works"},
		{"2026-09-18", "5wd", "2026-09-24", "", "Sun 09-20 works"},
		{"2026-09-18", "10wd", "2026-10-09", "", "Mid-Autumn and National Day"},
		{"2026-04-30", "5wd", "2026-05-11", "", "Sat 05-09 works"},
		{"2025-09-26", "10wd", "2025-10-16", "", "Sun 09-28 and Sat 10-11 work"},
		{"2025-09-26", "20wd", "2025-10-30", "", ""},
		{"2026-01-05", "45wd", "2026-03-13", "", "joint limit over Spring Festival"},
		{"2026-01-05", "60wd", "2026-04-03", "", "with the extension"},
		{"2024-06-07", "1wd", "2024-06-11", "", "Mon 06-10 holiday, the weekend not listed in the data"},
		{"2024-12-31", "1wd", "2025-01-02", "", "change of year"},
		{"2026-02-09", "7cd", "2026-02-24", "2026-02-16", "ends in a holiday"},
		{"2026-09-24", "7cd", "2026-10-08", "2026-10-01", "ends in a holiday"},
		{"2026-03-02", "20wd", "2026-03-30", "", "before the exclusion"},
	}
	for _, tt := range tests {
		p, err := calendar.ParsePeriod(tt.period)
		require.NoError(t, err)
		for _, clock := range []time.Duration{0, 9 * time.Hour, 24*time.Hour - time.Second} {
			e := c.Explain(day(t, tt.from).Start().Add(clock), p, nil)
			require.Equal(t, tt.due, e.Due.Day.String(), "%s + %s: %s", tt.from, tt.period, tt.why)
			require.Equal(t, day(t, tt.due).End(), e.Due.At)
			require.False(t, e.Due.Provisional)
			if tt.nominal != "" {
				i := len(e.Lines) - 2
				require.Equal(t, calendar.LineRolled, e.Lines[i].Kind)
				require.Equal(t, tt.nominal, e.Lines[i].From.String())
			}
		}
	}
}

func TestGoldenExclusionOverQingming(t *testing.T) {
	t.Parallel()
	c := national(t)
	review := []calendar.Span{{From: day(t, "2026-03-10"), To: day(t, "2026-03-20")}}
	require.Equal(t, 8, c.Count(review[0].From, review[0].To))
	got := c.Due(day(t, "2026-03-02").Start(), calendar.Period{Amount: 20, Unit: calendar.WorkingDays}, review)
	require.Equal(t, "2026-04-10", got.Day.String())
}

type fact struct {
	day  calendar.Date
	off  bool
	name string
}

func facts(t *testing.T) []fact {
	t.Helper()
	f, err := os.Open("testdata/holidays.tsv")
	require.NoError(t, err)
	defer f.Close()
	var out []fact
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		fields := strings.Split(s.Text(), "\t")
		require.Len(t, fields, 3)
		require.Contains(t, []string{"off", "work"}, fields[1])
		out = append(out, fact{day(t, fields[0]), fields[1] == "off", fields[2]})
	}
	return out
}

func TestYearsAgreeWithTheCollectedFacts(t *testing.T) {
	t.Parallel()
	c := national(t)
	listed := map[calendar.Date]bool{}
	for _, f := range facts(t) {
		listed[f.day] = true
		require.Equal(t, !f.off, c.Working(f.day), f.day.String())
		require.Equal(t, f.name, c.Name(f.day), f.day.String())
	}
	require.Len(t, listed, 255, "every line of the collected facts is read")
	for d := day(t, "2020-01-01"); d <= day(t, "2026-12-31"); d++ {
		require.True(t, c.Known(d))
		if listed[d] {
			continue
		}
		w := d.Weekday()
		require.Equal(t, w != time.Saturday && w != time.Sunday, c.Working(d), d.String())
		require.Empty(t, c.Name(d), d.String())
	}
}

func TestWorkingDaysOfEachYear(t *testing.T) {
	t.Parallel()
	c := national(t)
	want := map[int]int{2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
	for year, n := range want {
		require.Equal(t, n, c.Count(calendar.NewDate(year-1, 12, 31), calendar.NewDate(year, 12, 31)), "%d", year)
	}
	require.Equal(t, []int{2020, 2021, 2022, 2023, 2024, 2025, 2026}, c.Years())
}

func TestEveryNoticeIsNamedAndDated(t *testing.T) {
	t.Parallel()
	for _, y := range national(t).Data().Years {
		if y.Year == 2027 {
			require.Empty(t, y.Notices)
			require.NotEmpty(t, y.Basis)
			continue
		}
		require.NotEmpty(t, y.Notices, "%d", y.Year)
		require.Equal(t, fmt.Sprintf("国务院办公厅关于%d年部分节假日安排的通知", y.Year), y.Notices[0].Name)
		for _, n := range y.Notices {
			require.Regexp(t, `^国办发明电〔20\d\d〕\d+号$`, n.Number)
			require.Less(t, n.Issued, calendar.NewDate(y.Year, 2, 1))
		}
	}
}

// The law gives thirteen days to all; without a notice nothing more is known and everything stays provisional.
func TestAYearWithoutNotice(t *testing.T) {
	t.Parallel()
	c := national(t)
	off := 0
	for d := day(t, "2027-01-01"); d <= day(t, "2027-12-31"); d++ {
		require.False(t, c.Known(d))
		if c.Name(d) != "" {
			off++
			require.False(t, c.Working(d))
		}
	}
	require.Equal(t, 13, off)
	p := calendar.Period{Amount: 1, Unit: calendar.WorkingDays}
	require.False(t, c.Due(day(t, "2026-12-30").Start(), p, nil).Provisional)
	got := c.Due(day(t, "2026-12-31").Start(), p, nil)
	require.True(t, got.Provisional)
	require.Equal(t, "2027-01-04", got.Day.String())
	require.True(t, c.Due(day(t, "2031-03-03").Start(), p, nil).Provisional)
	require.True(t, c.Due(day(t, "2019-12-30").Start(), p, nil).Provisional, "2019 has no notice here")
}

func BenchmarkDue45WorkingDays(b *testing.B) {
	c := national(b)
	start, p := day(b, "2026-01-05").Start(), calendar.Period{Amount: 45, Unit: calendar.WorkingDays}
	for b.Loop() {
		c.Due(start, p, nil)
	}
}

// What it costs a case to carry its calendar: decoding and preparing it.
func BenchmarkDecode(b *testing.B) {
	text, err := national(b).MarshalJSON()
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := calendar.Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
