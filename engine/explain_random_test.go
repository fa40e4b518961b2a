package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/definition"
)

// The lines of an explanation, added up as somebody would who has nothing but them
// and a calendar on the wall: each day from the start on is in a line and is what
// the line says it is, each length is counted to its end, and the last line is the
// instant the clock states.

// row is a line as it is sent out.
type row struct {
	Kind, From, To, Period, Name string
	Days, Total                  int
	At                           time.Time
	Text                         struct{ ZH, EN string }
}

func (l *row) span() off {
	from, _ := time.Parse(time.DateOnly, l.From)
	to, _ := time.Parse(time.DateOnly, l.To)
	return off{from, to}
}

// reader adds lines up.
type reader struct {
	t     require.TestingT
	wall  wall
	unit  string    // of the count that runs
	goal  int       // how much it is to count
	got   int       // how much of it is counted
	day   time.Time // the last day told of
	from  time.Time // instant a count of hours goes on from
	named bool      // months: the corresponding day was told
	held  []off     // days left out that the count has not stepped over yet
	out   []off     // all days left out
	in    []off     // all days counted
	due   time.Time
	ended bool
}

func (r *reader) next(l *row) {
	require.Equal(r.t, r.day.AddDate(0, 0, 1).Format(time.DateOnly), l.From, "a day is in no line, or in two: %+v", *l)
}

// each checks what all days of a line are and moves on behind them.
func (r *reader) each(l *row, is func(day time.Time) bool) int {
	s, n := l.span(), 0
	require.False(r.t, s.to.Before(s.from), "%+v", *l)
	for day := s.from; !day.After(s.to); day = day.AddDate(0, 0, 1) {
		require.True(r.t, is(day), "%s is not what the line says: %+v", day.Format(time.DateOnly), *l)
		n++
	}
	r.day = s.to
	return n
}

// begin starts a count behind the day told of last.
func (r *reader) begin(length string) {
	r.goal, r.unit = number(length)
	r.got, r.named, r.held = 0, false, nil
}

// over ends a count: all of it is counted, and it ends on a day the time may end on.
func (r *reader) over() {
	switch r.unit {
	case "h":
		r.due = r.wall.count(r.from, r.goal, "h", r.held)
		r.day = dayOf(r.due.Add(-time.Nanosecond))
		return
	case "wd", "cd":
		require.Equal(r.t, r.goal, r.got, "the lines count all of the time")
	default:
		require.True(r.t, r.named, "the corresponding day is told")
	}
	require.Empty(r.t, r.held, "days left out that the count does not step over")
	require.True(r.t, r.wall.working(r.day), "ends on a day off")
	r.due = endOf(r.day)
}

func (r *reader) read(first string, l *row) {
	require.NotEmpty(r.t, l.Text.ZH)
	require.NotEmpty(r.t, l.Text.EN)
	require.Equal(r.t, l.Kind == "pause" || l.Kind == "provisional", r.ended, "the due day is the last that is told: %+v", *l)
	switch l.Kind {
	case "start":
		r.begin(l.Period)
		r.day, r.from = l.span().to, l.At
		require.Equal(r.t, r.day, dayOf(l.At))
	case "extended":
		n, unit := number(l.Period)
		if unit == first { // counted with the first time
			r.goal += n
			break
		}
		r.over()
		require.Equal(r.t, r.day, l.span().to, "counted on from the due day so far")
		if r.from = l.At; unit == "h" {
			require.Equal(r.t, r.due.UTC(), l.At.UTC())
		}
		r.begin(l.Period)
	case "counted", "make-up":
		r.next(l)
		weekday := func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday }
		n := r.each(l, func(day time.Time) bool {
			return r.unit == "cd" || r.unit == "wd" && r.wall.working(day) && weekday(day) == (l.Kind == "counted")
		})
		r.got += n
		r.in = append(r.in, l.span())
		require.Equal(r.t, []int{n, r.got}, []int{l.Days, l.Total}, "%+v", *l)
	case "weekend", "holiday":
		r.next(l)
		require.Equal(r.t, r.each(l, func(day time.Time) bool { return !r.wall.working(day) }), l.Days)
	case "excluded":
		r.excluded(l)
	case "nominal", "month-end":
		r.nominal(l)
	case "rolled":
		s := l.span()
		require.Equal(r.t, r.day, s.from, "moves from the last day")
		for day := s.from; day.Before(s.to); day = day.AddDate(0, 0, 1) {
			require.True(r.t, !r.wall.working(day) || leftOut(day, r.held), "%s is no day off: %+v", day.Format(time.DateOnly), *l)
		}
		require.False(r.t, leftOut(s.to, r.held))
		r.day, r.held = s.to, nil
	case "capped":
		r.over()
		require.Equal(r.t, r.day, l.span().from)
		r.day, r.unit = l.span().to, "capped"
	case "end":
		if r.unit != "capped" {
			r.over()
			require.Equal(r.t, r.due.UTC(), l.At.UTC())
		}
		require.Equal(r.t, r.day, l.span().to, "the lines add up to another day: %+v", *l)
		r.due, r.ended = l.At, true
	case "pause":
		require.Zero(r.t, l.Days, "it took nothing out")
	case "provisional":
	default:
		require.Fail(r.t, "an unknown line", "%+v", *l)
	}
}

func (r *reader) excluded(l *row) {
	require.NotEmpty(r.t, l.Name, "days are left out on a ground: %+v", *l)
	s := l.span()
	s.from = s.from.AddDate(0, 0, -1)
	r.out = append(r.out, s)
	if r.unit == "wd" || r.unit == "cd" && r.got < r.goal {
		r.next(l)
		r.each(l, func(time.Time) bool { return true })
	} else {
		r.held = append(r.held, s)
	}
	days := 0
	for day := s.from.AddDate(0, 0, 1); !day.After(s.to); day = day.AddDate(0, 0, 1) {
		if r.unit != "wd" || r.wall.working(day) {
			days++
		}
	}
	require.Equal(r.t, days, l.Days, "%+v", *l)
}

// nominal is the day of a later month; told once more with the days left out until then.
func (r *reader) nominal(l *row) {
	end := r.day
	if r.named {
		for _, s := range r.held {
			end = end.AddDate(0, 0, int(s.to.Sub(s.from).Hours())/24)
		}
		r.held = nil
	} else {
		n := r.goal
		if r.unit == "y" {
			n *= 12
		}
		first := time.Date(r.day.Year(), r.day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if end = first.AddDate(0, 0, r.day.Day()-1); end.Month() != first.Month() {
			end = first.AddDate(0, 1, -1)
		}
	}
	require.Equal(r.t, end, l.span().to, "%+v", *l)
	r.day, r.named = end, true
}

// explained checks that every clock says why, and that its ledger speaks.
func (w *world) explained(t require.TestingT) {
	for _, c := range w.state.Clocks {
		e, ok := engine.Explain(w.rules, w.state, c.ID)
		require.True(t, ok)
		b, err := json.Marshal(e.Lines)
		require.NoError(t, err)
		var lines []row
		require.NoError(t, json.Unmarshal(b, &lines))
		r := &reader{t: t, wall: w.told.walls[c.Calendar]}
		require.NotNil(t, r.wall, "calendar %s", c.Calendar)
		_, unit := number(lines[0].Period)
		more := 0
		for i := range lines {
			l := &lines[i]
			if r.read(unit, l); l.Kind != "extended" {
				continue
			}
			x := c.Extended[more]
			more++
			require.Equal(t, x.Period.String(), l.Period)
			require.Contains(t, l.Text.ZH, x.Reason)
			require.Regexp(t, regexp.QuoteMeta(definition.RoleName(x.Role).ZH)+"人?批准", l.Text.ZH, "the office that approved")
			require.NotContains(t, l.Text.ZH, x.By, "no person is named")
		}
		require.Equal(t, c.Due.UTC(), r.due.UTC(), "the lines of %s add up to another instant: %s", c.ID, e.In("en"))
		require.Equal(t, []string{c.Day.String(), c.Day.String()}, []string{r.day.Format(time.DateOnly), e.Due.Day.String()})
		require.Equal(t, len(c.Extended), more)
		require.Equal(t, c.Provisional, slices.ContainsFunc(lines, func(l row) bool { return l.Kind == "provisional" }))
		if m := w.told.clocks[c.ID]; c.Running() {
			w.grounds(t, r, m)
		}
		w.occurred(c, unit, lines)
		w.ledger(t, c)
	}
}

// lengthen extends a clock by whoever may, now and then; one in another unit first.
func (w *world) lengthen(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "lengthens") > 0 {
		return
	}
	var same, other []engine.Command
	for _, c := range w.state.Clocks {
		by := person("gov", "government-head", 1)
		if st := w.state.Step(c.Step); st != nil {
			by = person(st.Org, "organ-head", 7)
		}
		w.acts++
		cmd := engine.Command{ID: fmt.Sprintf("e%d", w.acts), Do: engine.Extend, By: by, At: w.now, Args: engine.Args{Clock: c.ID, Reason: "情况复杂"}}
		if !c.Running() || c.Overdue {
			continue
		}
		res := engine.Decide(w.rules, w.state, cmd)
		if res.Rejection != nil {
			continue
		}
		x := res.State.Clock(c.ID).Extended
		if len(x) > 0 && x[len(x)-1].Period.Unit != c.Period.Unit {
			other = append(other, cmd)
		} else {
			same = append(same, cmd)
		}
	}
	if len(other) > 0 && rapid.IntRange(0, 3).Draw(t, "in another unit") > 0 {
		same = other
	}
	if len(same) > 0 {
		require.Nil(t, w.do(t, rapid.SampledFrom(same).Draw(t, "lengthened")))
	}
}

// again sends a group that was over some days ago back to be gone through once more, every other time.
func (w *world) again(t *rapid.T) {
	for _, n := range w.rules.Plan.Nodes {
		if n.Decide == nil || w.state.Step(n.ID).Status != engine.Open || rapid.Bool().Draw(t, "stands") {
			continue
		}
		for _, to := range n.Decide.Back {
			target := w.rules.Plan.Node(to)
			if !target.Group() || target.Limit == nil {
				continue
			}
			if w.state.Step(to).Status == engine.Ended && rapid.Bool().Draw(t, "rests") { // a group is sent back after it has been over for a while
				w.now = w.now.Add(time.Duration(rapid.IntRange(20, 90).Draw(t, "rested")) * time.Hour)
				w.do(t, engine.Command{Do: engine.Tick, At: w.now})
			}
			chain := n.Decide.Chain
			for _, redo := range w.redoable(target) {
				w.acts++
				cmd := engine.Command{ID: fmt.Sprintf("a%d", w.acts), Do: engine.Return, By: person(w.state.Step(n.ID).Org, chain[len(chain)-1].Roles[0].Role, 24),
					At: w.now, Step: n.ID, Args: engine.Args{Reason: "再看", To: to, Steps: []string{redo}}}
				if engine.Decide(w.rules, w.state, cmd).Rejection == nil {
					require.Nil(t, w.do(t, cmd))
					return
				}
			}
		}
	}
}

// occurred counts what explanations had to tell of, so that none of it is left to chance.
func (w *world) occurred(c *engine.Clock, unit string, lines []row) {
	has := func(kind string) bool { return slices.ContainsFunc(lines, func(l row) bool { return l.Kind == kind }) }
	gone := len(c.Excluded) > 0 && has("excluded")
	for _, x := range c.Extended {
		_, in := number(x.Period.String())
		w.saw("extended in its unit", in == unit)
		w.saw("extended in another unit", in != unit)
	}
	w.saw("capped", has("capped"))
	w.saw("gap", gone)
	w.saw("no day left out", has("pause"))
}

// grounds holds the days left out against the stops and gaps the log tells of.
func (w *world) grounds(t require.TestingT, r *reader, m *measure) {
	offs := slices.Clone(m.gone)
	for _, s := range w.told.stops {
		if w.told.concerns(s, m) {
			offs = append(offs, s.off)
		}
	}
	for _, s := range r.out {
		for day := s.from.AddDate(0, 0, 1); !day.After(s.to); day = day.AddDate(0, 0, 1) {
			require.True(t, leftOut(day, offs), "%s is left out without a ground", day.Format(time.DateOnly))
		}
	}
	for _, s := range r.in {
		for day := s.from; !day.After(s.to); day = day.AddDate(0, 0, 1) {
			require.False(t, leftOut(day, offs), "%s is counted although the clock stood still", day.Format(time.DateOnly))
		}
	}
}

var code = regexp.MustCompile(`^[a-z-]+$`)

// ledger checks that each entry is said in both languages, in words, and that whatever a clock stood still for is told
// when it began to: by an entry, or, where the clock started or went on meanwhile, behind that.
func (w *world) ledger(t require.TestingT, c *engine.Clock) {
	var entries []engine.Entry
	runs := map[string]int{} // of each pause, how often the clock was told to stand still for it
	for _, l := range engine.Ledger(w.rules, w.state, c.ID) {
		if l.What == "stopped" {
			runs[l.Why]++
		}
		if added := l.What == "stopped" && !slices.Contains(c.Ledger, l.Entry); added {
			w.saw("started while a pause ran", true)
			require.Contains(t, []string{"started", "reopened"}, entries[len(entries)-1].What)
			require.Equal(t, entries[len(entries)-1].At, l.At)
		} else {
			entries = append(entries, l.Entry)
		}
		require.NotEmpty(t, l.Text.EN)
		require.False(t, strings.HasPrefix(l.Text.ZH, l.What), "no word for %s", l.What)
		if code.MatchString(l.Why) && l.What != "started" { // those name steps, which have none here
			require.NotContains(t, l.Text.ZH, l.Why, "no word for the reason of %s", l.What)
		}
	}
	require.Equal(t, c.Ledger, entries)
	stood, told := map[string]bool{}, maps.Clone(runs)
	for _, x := range c.Stops {
		i := slices.IndexFunc(w.state.Pauses, func(p engine.PauseRun) bool { return p.ID == x.Run })
		p := &w.state.Pauses[i]
		if runs[p.Pause]--; p.Running() || p.EndedAt.After(c.Ledger[0].At) { // one that was over only matters where the count starts before
			stood[p.Pause] = true
		}
	}
	for pause := range stood { // two runs that began at one instant may be one entry
		require.Positive(t, told[pause], "%s stood still for %s, and does not say so", c.ID, pause)
	}
	for pause, n := range runs {
		require.LessOrEqual(t, n, 0, "%s is told to have stood still for %s, and did not", c.ID, pause)
	}
}
