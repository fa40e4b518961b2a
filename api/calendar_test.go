package api_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// closure is a content that closes the hall for some days from now on.
func (r *rig) closure(from, days int) map[string]any {
	day := calendar.DateOf(r.clock.Now()).AddDays(from)
	return map[string]any{"reason": "防汛停工通告", "layers": []any{map[string]any{
		"region": region, "notice": map[string]any{"name": "防汛停工通告"},
		"days": []any{map[string]any{"from": day.String(), "to": day.AddDays(days).String(), "name": "防汛停工"}},
	}}}
}

func (r *rig) clocks(number string) map[string]gen.ClockView {
	var out struct{ Clocks []gen.ClockView }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/clocks", as: "lead"}).into(r.t, &out)
	all := map[string]gen.ClockView{}
	for _, c := range out.Clocks {
		all[c.Clock.ID] = c
	}
	return all
}

func TestALoadedCalendarMovesOpenDates(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("admin", "org-watch", "admin")
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	closed, _ := r.file()
	r.finish(closed)
	before, rest := r.clocks(number), r.clocks(closed)
	require.True(t, before["statutory"].Clock.EndedAt.IsZero())
	body := r.closure(1, 13)

	load := req{method: "POST", path: "/v1/calendars", as: "lead", key: uuid.NewString(), body: body}
	r.do(load).problem(t, 403, "not-permitted")
	// nothing has happened yet, and the preview says what would
	var preview gen.CalendarPreview
	r.do(req{method: "POST", path: "/v1/calendars/preview?limit=1", as: "admin", body: body}).into(t, &preview)
	require.Equal(t, 1, preview.Cases)
	require.Equal(t, region, preview.Calendars[0].Region)
	moves := map[string]gen.CalendarMove{}
	for _, m := range preview.Moves {
		require.Equal(t, number, m.Number)
		moves[m.Clock] = m
	}
	require.Equal(t, before["statutory"].Clock.Day, moves["statutory"].From)
	require.Greater(t, moves["statutory"].To, moves["statutory"].From)
	require.Equal(t, before, r.clocks(number))

	load.as = "admin"
	var done, again gen.CalendarLoad
	r.do(load).into(t, &done)
	require.Equal(t, "防汛停工通告", done.Reason)
	r.eventually("the open case is told", func() bool {
		return r.clocks(number)["statutory"].Clock.Day == moves["statutory"].To
	})
	after := r.clocks(number)["statutory"]
	require.Equal(t, done.Versions[0], after.Clock.Calendar)
	ledger := after.Clock.Ledger
	require.Equal(t, engine.Entry{At: ledger[1].At, What: "recounted", Due: after.Clock.Due, Why: "防汛停工通告"}, ledger[1])
	require.Len(t, after.Ledger, 2)
	require.Equal(t, "开始计时（受理）；到期日 "+before["statutory"].Clock.Day.String(), after.Ledger[0].Text.ZH)
	require.Equal(t, ledger[1], after.Ledger[1].Entry)
	require.Equal(t, "counted anew: 防汛停工通告; due on "+after.Clock.Day.String(), after.Ledger[1].Text.EN)
	named := false
	for _, l := range after.Lines {
		named = named || l.Name == "防汛停工"
	}
	require.True(t, named, "every date says why")
	require.Equal(t, rest, r.clocks(closed), "a closed case keeps its dates")
	r.do(load).into(t, &again)
	require.Equal(t, done.Key, again.Key, "once per key")

	r.eventually("the load says how far it is", func() bool {
		var list gen.Calendars
		r.do(req{method: "GET", path: "/v1/calendars", as: "lead"}).into(t, &list)
		require.Len(t, list.Loads, 1)
		return list.Loads[0].Open == 0 && list.Loads[0].Done == 1
	})
	// who files now has it from the start, and the case goes on
	next, _ := r.file()
	require.Equal(t, done.Versions[0], r.clocks(next)["receive"].Clock.Calendar)
	r.must("one", number, "agree", "one", nil)

	load.key = uuid.NewString()
	r.do(load).problem(t, 422, "bad-calendar")
	// taken back: the calendar before is in use again
	body["layers"].([]any)[0].(map[string]any)["days"] = []any{}
	r.do(load).into(t, &done)
	r.eventually("the dates are back", func() bool { return r.clocks(number)["statutory"].Clock.Day == before["statutory"].Clock.Day })
	bad := r.closure(1, 3)
	bad["layers"].([]any)[0].(map[string]any)["days"].([]any)[0].(map[string]any)["to"] = "2020-01-01"
	r.do(req{method: "POST", path: "/v1/calendars/preview", as: "admin", body: bad}).problem(t, 422, "bad-calendar")
}

// A server that dies in the middle leaves the rest to another one.
func TestALoadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	var numbers []string
	for range 3 {
		n, _ := r.file()
		numbers = append(numbers, n)
	}
	cal, err := r.store.LatestCalendar(t.Context(), region)
	require.NoError(t, err)
	old, err := calendar.Decode(cal.Data)
	require.NoError(t, err)
	day := calendar.DateOf(r.clock.Now()).AddDays(2)
	next, err := calendar.New(old.Data().Renew(region, nil, []calendar.Layer{{Region: region, Notice: calendar.Notice{Name: "停电"}, Days: []calendar.Run{{From: day, To: day.AddDays(9), Name: "停电"}}}}))
	require.NoError(t, err)
	data, err := next.MarshalJSON()
	require.NoError(t, err)
	load, repeated, err := r.store.LoadCalendars(t.Context(), store.CalendarLoad{Key: "k1", Reason: "停电", By: "a", At: r.clock.Now()},
		[]store.CalendarVersion{{Region: region, Version: next.Version(), Data: data}})
	require.NoError(t, err)
	require.False(t, repeated)
	require.Equal(t, []string{next.Version()}, load.Versions)
	for _, n := range numbers {
		r.eventually("case "+n+" is told", func() bool { return r.clocks(n)["receive"].Clock.Calendar == next.Version() })
	}
	_, repeated, err = r.store.LoadCalendars(t.Context(), store.CalendarLoad{Key: "k1", Reason: "停电", By: "a", At: r.clock.Now()},
		[]store.CalendarVersion{{Region: region, Version: next.Version(), Data: data}})
	require.NoError(t, err)
	require.True(t, repeated)
	_, _, err = r.store.LoadCalendars(t.Context(), store.CalendarLoad{Key: "k1", Reason: "停电", By: "a", At: r.clock.Now()}, nil)
	require.ErrorIs(t, err, store.ErrKeyReused)
	// all are told; it is over once nobody can file under the calendar before any more
	over, err := r.store.FinishCalendarLoad(t.Context(), load.ID, r.clock.Now())
	require.NoError(t, err)
	require.False(t, over)
	over, err = r.store.FinishCalendarLoad(t.Context(), load.ID, load.At.Add(11*60e9))
	require.NoError(t, err)
	require.True(t, over)
	open, err := r.store.CalendarLoadsOpen(t.Context())
	require.NoError(t, err)
	require.Empty(t, open)
}
