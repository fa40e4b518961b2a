package engine_test

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

var nationalWall = func() func(t require.TestingT) wall {
	var once sync.Once
	var w wall
	return func(t require.TestingT) wall {
		once.Do(func() { w = readWall(t, "../definitions/calendars") })
		return w
	}
}()

// randomCalendar makes a calendar nobody ever wrote, and hangs it on the wall.
func randomCalendar(t *rapid.T, walls map[string]wall) *calendar.Calendar {
	w := wall{}
	var runs []calendar.Run
	first := calendar.NewDate(2026, 1, 1)
	for _, at := range rapid.SliceOfNDistinct(rapid.IntRange(0, 300), 0, 25, rapid.ID[int]).Draw(t, "days") {
		day, work := first.AddDays(at), rapid.Bool().Draw(t, "work")
		w[day.String()] = work
		runs = append(runs, calendar.Run{From: day, To: day, Work: work, Name: "某日"})
	}
	cal, err := calendar.New(calendar.Data{Label: "2026", Years: []calendar.Year{
		{Year: 2026, Notices: []calendar.Notice{{Name: "通知"}}, Days: runs}, {Year: 2027, Notices: []calendar.Notice{{Name: "通知"}}},
	}})
	require.NoError(t, err)
	walls[cal.Version()] = w
	return cal
}

// halt stops the clocks of a step by a ground of its own, now and then.
func (w *world) halt(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "halts") > 0 {
		return
	}
	for _, task := range w.state.Tasks {
		n := w.rules.Plan.Node(task.Step)
		if task.Status != engine.TaskOpen || task.Kind != engine.TaskWork || n == nil || len(n.Work().Pauses) == 0 || rapid.Bool().Draw(t, "goes on") {
			continue
		}
		w.acts++
		cmd := engine.Command{ID: fmt.Sprintf("h%d", w.acts), Do: engine.PauseClock, By: forTask(t, *task), At: w.now, Step: task.Step, Task: task.ID}
		if task.Claimed != "" {
			cmd.By.ID = task.Claimed
		}
		w.kindArgs(&cmd.Args)
		w.pauseArgs(t, &cmd)
		if engine.Decide(w.rules, w.state, cmd).Rejection == nil {
			require.Nil(t, w.do(t, cmd))
			return
		}
	}
}

// haltAgain ends a stop of a step before its time and begins it anew, now and then: the most of a ground is that of all its runs together.
func (w *world) haltAgain(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "halts again") > 0 {
		return
	}
	for _, task := range w.state.Tasks {
		for i := range w.state.Pauses {
			p := w.state.Pauses[i]
			if task.Status != engine.TaskOpen || task.Kind != engine.TaskWork || p.Step != task.Step || !p.Running() {
				continue
			}
			w.acts++
			cmd := engine.Command{ID: fmt.Sprintf("h%d", w.acts), Do: engine.Resume, By: forTask(t, *task), At: w.now, Step: task.Step, Task: task.ID}
			if task.Claimed != "" {
				cmd.By.ID = task.Claimed
			}
			w.kindArgs(&cmd.Args)
			cmd.Args.Pause = p.Pause
			if engine.Decide(w.rules, w.state, cmd).Rejection != nil {
				continue
			}
			require.Nil(t, w.do(t, cmd))
			cmd.ID, cmd.Do = cmd.ID+"again", engine.PauseClock
			cmd.Args.Document, cmd.Args.Time = "文2", rapid.SampledFrom([]calendar.Period{wd(1), wd(4), {Amount: 40, Unit: calendar.Hours}, {Amount: 3, Unit: calendar.CalendarDays}}).Draw(t, "anew")
			w.do(t, cmd)
			return
		}
	}
}

// sendsBack sends work back to its first link while its step stands still, every other time: the time of the link begins in a pause.
func (w *world) sendsBack(t *rapid.T) {
	for _, task := range w.state.Tasks {
		if task.Status != engine.TaskOpen || task.Kind != engine.TaskWork || task.Link == 0 || task.Signer != "" ||
			!slices.ContainsFunc(w.state.Pauses, func(p engine.PauseRun) bool { return p.Step == task.Step && p.Running() }) || rapid.Bool().Draw(t, "stays") {
			continue
		}
		w.acts++
		cmd := engine.Command{ID: fmt.Sprintf("b%d", w.acts), Do: engine.SendBack, By: forTask(t, *task), At: w.now, Step: task.Step, Task: task.ID}
		if task.Claimed != "" {
			cmd.By.ID = task.Claimed
		}
		w.kindArgs(&cmd.Args)
		cmd.Args.Link = "handle"
		if engine.Decide(w.rules, w.state, cmd).Rejection == nil {
			require.Nil(t, w.do(t, cmd))
			return
		}
	}
}

// lookAway lets the time run out in which departments look at the papers, now and then.
func (w *world) lookAway(t *rapid.T) {
	if c := w.state.Clock("collect"); c != nil && c.Running() && rapid.IntRange(0, 2).Draw(t, "looks away") == 0 {
		w.now = later(w.now, c.Due)
		w.do(t, engine.Command{Do: engine.Tick, At: w.now})
	}
}

// pauseArgs are the data of a pause, mostly good ones.
func (w *world) pauseArgs(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	a.Pause = rapid.SampledFrom([]string{"expert", "law", "site", "quick"}).Draw(t, "pause")
	if n := w.rules.Plan.Node(cmd.Step); n != nil && n.Work() != nil && len(n.Work().Pauses) > 0 {
		a.Pause = rapid.SampledFrom(n.Work().Pauses).Draw(t, "ground")
	}
	a.Document = rapid.SampledFrom([]string{"文1", "文1", "文1", ""}).Draw(t, "document")
	a.Time = rapid.SampledFrom([]calendar.Period{
		wd(1), wd(2), wd(4), {Amount: 3, Unit: calendar.CalendarDays}, {Amount: 30, Unit: calendar.Hours}, {Amount: 1, Unit: calendar.Months},
	}).Draw(t, "length")
	if rapid.IntRange(0, 3).Draw(t, "until") == 0 {
		a.Time, a.Until = calendar.Period{}, calendar.DateOf(w.now.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "days"))*24*time.Hour))
	}
	if cmd.Do == engine.Resume {
		a.Time, a.Until = calendar.Period{}, 0
		for _, p := range w.state.Pauses {
			if p.Running() && (cmd.Step == "" || p.Step == cmd.Step) {
				a.Pause = p.Pause
			}
		}
	}
}

// stops checks that every stop of clocks has its ground, one of those its step may stop
// by, reason and most, and what stops the legal clock its evidence and the written notice (行政许可法第四十五条).
func (w *world) stops(t *rapid.T) {
	days := map[string]map[calendar.Date]bool{}
	for _, p := range w.state.Pauses {
		i := slices.IndexFunc(w.rules.Plan.Def.Pauses, func(d definition.Pause) bool { return d.ID == p.Pause })
		require.Equal(t, w.rules.Plan.Def.Pauses[i].Kind, p.Kind)
		if n := w.rules.Plan.Node(p.Step); n != nil && n.Work() != nil {
			require.Contains(t, n.Work().Pauses, p.Pause, "%s stands still on a ground that is none of its own", p.Step)
		}
		require.NotEmpty(t, p.Reason)
		require.True(t, p.Running() || !p.EndedAt.After(w.now) && p.EndedBy != "", p.ID)
		if slices.Contains(p.Stops, engine.Statutory) {
			require.NotEmpty(t, p.Document, p.ID)
			require.True(t, slices.ContainsFunc(w.state.Notices, func(n engine.Notice) bool { return n.ID == p.Notice && n.To == "applicant" }), p.ID)
		}
		if p.Pause != "expert" { // the one whose most is in working days
			continue
		}
		if days[p.Step] == nil {
			days[p.Step] = map[calendar.Date]bool{}
		}
		for day := p.From + 1; day <= p.Until; day++ {
			days[p.Step][day] = true
		}
	}
	wall := w.told.walls[w.told.version]
	for step, out := range days {
		n := 0
		for day := range out {
			if wall.working(dayOf(day.Start())) {
				n++
			}
		}
		require.True(t, n <= 6 || len(w.state.Calendars) > 0, "%s stood still for %d days of at most 6", step, n)
	}
}
