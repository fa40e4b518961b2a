package calendars_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
)

const year2026 = `year: 2026
notices:
  - {name: 通知, number: 国办发明电〔2025〕7号, issued: 2025-11-04}
days:
  - {off: 2026-01-01..2026-01-03, name: 元旦}
  - {work: 2026-01-04, name: 元旦}
`

const typhoon = `region: "2103"
notice: {name: 台风停工通知, issued: 2026-08-01}
days:
  - {off: 2026-08-03..2026-08-05, name: 台风停工, en: typhoon}
`

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestLoadLaysLocalDaysOverTheYears(t *testing.T) {
	t.Parallel()
	fsys := folder(map[string]string{"2026.yaml": year2026, "anshan.yaml": typhoon, "README.md": "not a calendar"})
	city, err := calendars.Load(fsys, "210302")
	require.NoError(t, err)
	require.Equal(t, "2103", city.Region())
	require.False(t, city.Working(day(t, "2026-08-04")))
	require.Equal(t, "台风停工", city.Name(day(t, "2026-08-04")))
	require.True(t, city.Working(day(t, "2026-01-04")))

	other, err := calendars.Load(fsys, "210202")
	require.NoError(t, err)
	require.Empty(t, other.Region())
	require.True(t, other.Working(day(t, "2026-08-04")))
	require.NotEqual(t, other.Version(), city.Version())
	require.True(t, strings.HasPrefix(other.Version(), "2026-"))
}

func TestANewNoticeReplacesWhatWasComputed(t *testing.T) {
	t.Parallel()
	base, err := calendars.Read(calendars.Files())
	require.NoError(t, err)
	own, err := calendars.Read(folder(map[string]string{"2027.yaml": `year: 2027
notices: [{name: 国务院办公厅关于2027年部分节假日安排的通知}]
days:
  - {off: 2027-01-01..2027-01-03, name: 元旦}
  - {work: 2027-01-09, name: 元旦}
`, "anshan.yaml": typhoon}))
	require.NoError(t, err)
	before, err := base.Calendar("")
	require.NoError(t, err)
	after, err := own.Over(base).Calendar("210300")
	require.NoError(t, err)
	p := calendar.Period{Amount: 6, Unit: calendar.WorkingDays}
	require.True(t, before.Due(day(t, "2026-12-31").Start(), p, nil).Provisional)
	got := after.Due(day(t, "2026-12-31").Start(), p, nil)
	require.False(t, got.Provisional)
	require.Equal(t, "2027-01-09", got.Day.String())
	require.Equal(t, "2103", after.Region())
	require.True(t, strings.HasPrefix(after.Version(), "2027-"))
	require.NotEqual(t, before.Version(), after.Version())
	require.Equal(t, national(t).Version(), before.Version(), "the base is left alone")
}

func TestLoadSaysWhereAFileIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"unknown key":         {"year: 2026\nbasis: x\nholidays: []\n", "a.yaml:3:1: unknown field \"holidays\""},
		"unknown key in days": {"year: 2026\nbasis: x\ndays:\n  - {of: 2026-01-01, name: a}\n", "a.yaml:4:6: unknown field \"of\""},
		"duplicate key":       {"year: 2026\nyear: 2027\n", "a.yaml:2:1: "},
		"broken YAML":         {"year: [2026\n", "a.yaml:1:"},
		"a list as text":      {"year: [2026]\n", "a.yaml:1:7: "},
		"text as a list":      {"year: 2026\nbasis: x\ndays: none\n", "a.yaml:3:7: "},
		"neither":             {"basis: x\n", "a.yaml:1:1: a calendar file has either year (national days) or region"},
		"both":                {"year: 2026\nregion: \"21\"\n", "a.yaml:1:1: a calendar file has either year"},
		"empty":               {"", "a.yaml:1:1: a calendar file has either year"},
		"bad year":            {"year: 26\nbasis: x\n", "a.yaml:1:7: year is four digits, like 2026; got \"26\""},
		"no source":           {"year: 2026\n", "a.yaml:1:7: a year names the notices"},
		"notice for a year":   {"year: 2026\nnotice: {name: x}\n", "a.yaml:2:16: a year names its documents under notices"},
		"nameless notice":     {"year: 2026\nnotices:\n  - {number: 7号}\n", "a.yaml:3:14: a notice has a name"},
		"bad issue date":      {"year: 2026\nnotices:\n  - {name: a, issued: 2025-11}\n", "a.yaml:3:23: issued: expected a date"},
		"neither off or work": {"year: 2026\nbasis: x\ndays:\n  - {name: a}\n", "a.yaml:4:12: entry 1 of days has either off or work"},
		"off and work":        {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-01, work: 2026-01-02, name: a}\n", "a.yaml:4:29: entry 1 of days has either off or work"},
		"nameless day":        {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-01}\n", "a.yaml:4:11: entry 1 of days has no name"},
		"bad day":             {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-1-1, name: a}\n", "a.yaml:4:11: a day is written 2026-01-04"},
		"backwards":           {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-03..2026-01-01, name: a}\n", "a.yaml:4:11: a range runs forward"},
		"endless":             {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-03..9999-01-01, name: a}\n", "a.yaml:4:11: a range runs forward"},
		"another year":        {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-01, name: a}\n  - {off: 2027-01-01, name: a}\n", "a.yaml:5:11: days of 2026 lie between 2025-12-01 and 2026-12-31"},
		"a day twice":         {"year: 2026\nbasis: x\ndays:\n  - {off: 2026-01-01..2026-01-03, name: a}\n  - {work: 2026-01-03, name: a}\n", "a.yaml:5:12: 2026-01-03 is already given at a.yaml:4:11"},
		"bad region":          {"region: Anshan\nnotice: {name: a}\n", "a.yaml:1:9: region is an administrative code"},
		"unfounded region":    {"region: \"21\"\ndays: []\n", "a.yaml:1:9: a region's days name the document"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := calendars.Load(folder(map[string]string{"a.yaml": tt.text}), "")
			require.Error(t, err)
			require.True(t, strings.HasPrefix(err.Error(), tt.want), "%s\nwant %s", err, tt.want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	_, err := calendars.Load(folder(map[string]string{"a.yaml": year2026, "b.yaml": "year: 2026\nbasis: x\n"}), "")
	require.ErrorContains(t, err, "b.yaml:1:7: year 2026 already stands in a.yaml")
}
