package calendars_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
)

func TestDueLines(t *testing.T) {
	t.Parallel()
	in := "2026-02-12\t5\tworking\n2026-02-09\t7\tcalendar\r\n2026-02-12\t20\twd\n2026-09-24\t7\tcd\n2026-12-31\t1\tworking\n" +
		"2026-01-31\t1\tmo\n2025-02-26\t1\ty\n2026-02-12\t24\th\n2026-02-12\t25\th"
	var out bytes.Buffer
	require.NoError(t, calendars.DueLines(national(t), strings.NewReader(in), &out))
	require.Equal(t, "2026-02-26\n2026-02-24\n2026-03-18\n2026-10-08\n2027-01-04\tprovisional\n2026-02-28\n2026-02-26\n2026-02-12\n2026-02-13\n", out.String())
	require.NoError(t, calendars.DueLines(national(t), strings.NewReader(""), &out))
}

func TestDueLinesStopsAtABadLine(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                               "expected three fields DATE, N and UNIT between tabs",
		"2026-02-12 5 working":           "got 1: \"2026-02-12 5 working\"",
		"2026-02-12\t5":                  "got 2",
		"2026-02-12\t5\tworking\t":       "got 4",
		"2026-2-12\t5\tworking":          "expected a date of the calendar written like 2026-02-12, got \"2026-2-12\"",
		"2026-02-30\t5\tworking":         "got \"2026-02-30\"",
		"2026-02-12\t0\tworking":         "N must be a whole number from 1 to 36525; got \"0\"",
		"2026-02-12\t-5\tworking":        "got \"-5\"",
		"2026-02-12\t+5\tworking":        "got \"+5\"",
		"2026-02-12\t\tworking":          "got \"\"",
		"2026-02-12\t101\ty":             "from 1 to 100",
		"2026-02-12\t5\tdays":            "the unit must be working, calendar, wd, cd, h, mo or y; got \"days\"",
		"2026-02-12\t5\tWorking":         "got \"Working\"",
		strings.Repeat("x", 5000) + "\t": "longer than 4096 bytes",
	}
	for line, want := range tests {
		var out bytes.Buffer
		err := calendars.DueLines(national(t), strings.NewReader("2026-02-12\t5\tworking\n"+line+"\n2026-02-12\t5\tworking\n"), &out)
		var bad *calendars.LineError
		require.ErrorAs(t, err, &bad, "%q", line)
		require.Equal(t, 2, bad.Line)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "line 2: ")
		require.True(t, strings.HasPrefix(bad.In("zh"), "第 2 行："))
		require.Equal(t, err.Error(), bad.In("en"))
		require.Equal(t, "2026-02-26\n", out.String(), "what came before is answered, nothing after")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestDueLinesReportsBrokenStreams(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, calendars.DueLines(national(t), strings.NewReader("2026-02-12\t5\tworking\n"), full{}), "disk full")
	require.ErrorContains(t, calendars.DueLines(national(t), iotest.ErrReader(errors.New("gone")), &bytes.Buffer{}), "read line 1: gone")
}

func TestDueLinesAnswersAsTheCalendarDoes(t *testing.T) {
	t.Parallel()
	c := national(t)
	words := map[string]calendar.Unit{"working": calendar.WorkingDays, "calendar": calendar.CalendarDays, "wd": calendar.WorkingDays, "mo": calendar.Months}
	rapid.Check(t, func(t *rapid.T) {
		var in, want strings.Builder
		for range rapid.IntRange(0, 50).Draw(t, "lines") {
			d := calendar.NewDate(2019, 6, 1).AddDays(rapid.IntRange(0, 3200).Draw(t, "day"))
			n := rapid.IntRange(1, 90).Draw(t, "n")
			word := rapid.SampledFrom([]string{"working", "calendar", "wd", "mo"}).Draw(t, "unit")
			fmt.Fprintf(&in, "%s\t%d\t%s\n", d, n, word)
			due := c.Due(d.Start(), calendar.Period{Amount: n, Unit: words[word]}, nil)
			want.WriteString(due.Day.String())
			if due.Provisional {
				want.WriteString("\tprovisional")
			}
			want.WriteString("\n")
		}
		var out bytes.Buffer
		require.NoError(t, calendars.DueLines(c, strings.NewReader(in.String()), &out))
		require.Equal(t, want.String(), out.String())
	})
}
