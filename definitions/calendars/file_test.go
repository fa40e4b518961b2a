package calendars_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
)

const public2027 = `{"year": 2027, "papers": ["https://www.gov.cn/zhengce/x.htm"], "days": [
  {"name": "元旦", "date": "2027-01-01", "isOffDay": true}, {"name": "元旦", "date": "2027-01-02", "isOffDay": true},
  {"name": "元旦", "date": "2027-01-09", "isOffDay": false}]}`

func TestFileReadsTheThreeForms(t *testing.T) {
	t.Parallel()
	year, err := calendars.File("2026.yaml", []byte(year2026), "")
	require.NoError(t, err)
	require.Equal(t, 2026, year.Years[0].Year)
	require.Equal(t, "通知", year.Reason())
	local, err := calendars.File("typhoon.yaml", []byte(typhoon), "2103")
	require.NoError(t, err)
	require.Equal(t, "2103", local.Layers[0].Region)
	require.Equal(t, "台风停工通知", local.Reason())
	_, err = calendars.File("typhoon.yaml", []byte(typhoon), "2104")
	require.ErrorContains(t, err, "is of region 2103")
	public, err := calendars.File("2027.json", []byte(public2027), "")
	require.NoError(t, err)
	require.Equal(t, "国务院办公厅关于2027年部分节假日安排的通知", public.Reason())
	require.Equal(t, "https://www.gov.cn/zhengce/x.htm", public.Years[0].Notices[0].Number)
	cal, err := public.Calendar("")
	require.NoError(t, err)
	require.True(t, cal.Working(calendar.NewDate(2027, 1, 9)))
	require.False(t, cal.Working(calendar.NewDate(2027, 1, 1)))
	own, err := calendars.File("停工.json", []byte(public2027), "210304")
	require.NoError(t, err)
	require.Equal(t, "停工.json", own.Reason())
	own, err = calendars.File("2026.yaml", []byte(year2026), "210304")
	require.NoError(t, err)
	require.Equal(t, "210304", own.Layers[0].Region)
	for _, bad := range []string{`{"year": 2028, "papers": [], "days": []}`, `{"year": 2028, "x": 1}`, "year: x", "name: 1"} {
		_, err = calendars.File("bad", []byte(bad), "")
		require.Error(t, err, bad)
	}
}

func TestRenewReplacesYearsAndTakesDaysBack(t *testing.T) {
	t.Parallel()
	base, err := calendars.National()
	require.NoError(t, err)
	public, err := calendars.File("2027.json", []byte(public2027), "")
	require.NoError(t, err)
	next, err := calendar.New(base.Data().Renew("", public.Years, nil))
	require.NoError(t, err)
	require.Contains(t, next.Years(), 2027)
	require.True(t, next.Working(calendar.NewDate(2027, 1, 9)))
	require.Equal(t, base.Working(calendar.NewDate(2026, 2, 14)), next.Working(calendar.NewDate(2026, 2, 14)))

	local, err := calendars.File("typhoon.yaml", []byte(typhoon), "")
	require.NoError(t, err)
	closed, err := calendar.New(next.Data().Renew("2103", nil, local.Layers))
	require.NoError(t, err)
	require.Equal(t, "2103", closed.Region())
	require.False(t, closed.Working(calendar.NewDate(2026, 8, 3)))
	local.Layers[0].Days = nil
	open, err := calendar.New(closed.Data().Renew("2103", nil, local.Layers))
	require.NoError(t, err)
	require.True(t, open.Working(calendar.NewDate(2026, 8, 3)))
	elsewhere := next.Data().Renew("2104", nil, local.Layers)
	require.Empty(t, elsewhere.Local)
}
