package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// wander plays a case by random acts until it is closed or tired.
func (f *film) wander(r *rand.Rand) {
	f.r.t.Helper()
	for range 40 {
		if f.state.Status == engine.Closed {
			return
		}
		var open []*engine.Task
		for _, k := range f.state.Tasks {
			if k.Status == engine.TaskOpen {
				open = append(open, k)
			}
		}
		due := engine.NextDue(f.state)
		if len(open) == 0 || r.IntN(3) == 0 && !due.IsZero() {
			if due.IsZero() {
				return
			}
			f.forward(due)
			f.tick()
			continue
		}
		f.forward(f.r.time().Add(time.Duration(r.IntN(40)) * time.Hour))
		f.tick()
		k := open[r.IntN(len(open))]
		do := map[engine.TaskKind][]engine.Act{
			engine.TaskLook: {engine.Clear, engine.Clear, engine.Gap}, engine.TaskAccept: {engine.Accept, engine.Accept, engine.Accept, engine.Refuse},
			engine.TaskAnswer: {engine.Answer}, engine.TaskHand: {engine.Hand}, engine.TaskWork: {engine.Agree, engine.Grant, engine.Grant, engine.Deny, engine.Claim},
		}[k.Kind]
		if do == nil {
			continue
		}
		cmd := f.command(k.Org, k.Role, do[r.IntN(len(do))], k.Step)
		if r.IntN(25) == 0 {
			cmd.Do, cmd.Step, cmd.By = engine.Withdraw, "", engine.Actor{Kind: engine.Applicant}
		}
		if cmd.Do == engine.Answer && r.IntN(2) == 0 {
			cmd.By = engine.Actor{Kind: engine.Applicant}
		} else if cmd.Do == engine.Answer {
			cmd.By = engine.Actor{Kind: engine.Person, ID: "p-clerk", Org: "hall", Roles: []string{"clerk"}}
		}
		cmd.By.ID += fmt.Sprint(r.IntN(3))
		if cmd.By.Kind == engine.Applicant {
			cmd.By.ID = ""
		}
		cmd.Args.Basis, cmd.Args.Way = "法", []string{"counter", "courier"}[r.IntN(2)]
		switch cmd.Do {
		case engine.Gap:
			cmd.Args.Lines = []engine.GapLine{{Of: "p1", Reason: "不清楚"}}
		case engine.Answer:
			cmd.Args.Papers = []engine.PaperIn{{ID: "p1", Hash: fmt.Sprintf("%064d", r.IntN(1000))}}
		}
		if engine.Decide(f.r.rules, f.state, cmd).Rejection == nil {
			f.run(cmd, true)
		}
	}
}

func (f *film) forward(t time.Time) {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	if t.After(f.r.now) {
		f.r.now = t
	}
}

// plainly counts figures from the events of a case alone, written without the engine's state or clocks.
type plainly struct {
	number                                         string
	orgs                                           map[string]bool
	received, accepted, noticed, concluded, closed time.Time
	acceptedOn                                     calendar.Date
	deemed, promise, law, promiseLate, lawLate     bool
	outcome                                        string
	visits                                         int
}

func (r *rig) plainly(number string) plainly {
	r.t.Helper()
	c := plainly{number: number, orgs: map[string]bool{}}
	list, err := r.store.Timeline(r.t.Context(), number, 0, 1000)
	require.NoError(r.t, err)
	for _, stored := range list {
		e, err := stored.Event()
		require.NoError(r.t, err)
		clocks := func(list []engine.Clock) {
			for _, k := range list {
				c.promise = c.promise || k.ID == "promised"
				c.law = c.law || k.ID == "statutory" || strings.HasSuffix(k.ID, ".statutory")
			}
		}
		switch b := e.Body.(type) {
		case engine.CaseFiled:
			c.received = e.At
			c.visits++ // all are filed at the window
			c.orgs["market"] = true
			clocks(b.Clocks)
		case engine.StepOpened:
			if b.Org != "" {
				c.orgs[b.Org] = true
			}
			for _, k := range b.Tasks {
				c.orgs[k.Org] = true
			}
			clocks(b.Clocks)
		case engine.NoticeSent:
			if c.noticed.IsZero() {
				c.noticed = e.At
			}
		case engine.AnswerReceived:
			if e.By.Kind == engine.Person {
				c.visits++
			}
		case engine.CaseAccepted:
			c.accepted, c.acceptedOn, c.deemed = e.At, b.On, b.Deemed
			clocks(b.Clocks)
			for _, k := range b.Clocks { // those that start anew are not late any more
				c.promiseLate = c.promiseLate && k.ID != "promised"
				c.lawLate = c.lawLate && k.ID != "statutory"
			}
		case engine.ClockOverdue:
			if c.concluded.IsZero() {
				c.promiseLate = c.promiseLate || b.Clock == "promised"
				c.lawLate = c.lawLate || b.Clock == "statutory" || strings.HasSuffix(b.Clock, ".statutory")
			}
		case engine.OutcomeFixed:
			c.concluded, c.outcome = e.At, string(b.Outcome)
		case engine.HandedOut:
			if b.Way == "counter" {
				c.visits++
			}
		case engine.CaseClosed:
			c.closed = e.At
		}
	}
	delete(c.orgs, "")
	return c
}

// days counts working days one by one.
func (r *rig) days(from, to calendar.Date) (n int) {
	for d := from + 1; d <= to; d++ {
		if r.rules.Calendar.Working(d) {
			n++
		}
	}
	return n
}

// What the queries give is what counting the events of real cases by hand gives: for every figure,
// organisation, month and item.
func TestFiguresAgainstPlainCounting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	require.NoError(t, r.store.PutOrganisations(t.Context(), []store.Organisation{{Code: "hall", Name: "窗口", Kind: "hall"}, {Code: "market", Name: "市场", Kind: "department"}, {Code: "eco", Name: "环境", Kind: "department"}}))
	m := r.monitor()
	random := rand.New(rand.NewPCG(3, 4))
	var cases []plainly
	start := r.time()
	for i := range 40 {
		r.mu.Lock()
		r.now = start.Add(time.Duration(i) * 31 * time.Hour)
		r.mu.Unlock()
		papers := []string{"p1"}
		if random.IntN(3) == 0 {
			papers = nil
		}
		f := r.file(papers...)
		f.wander(random)
		r.work(m)
		cases = append(cases, r.plainly(f.number))
	}
	r.mu.Lock()
	r.now = start.AddDate(1, 0, 0)
	r.mu.Unlock()
	r.work(m)
	outcomes := map[string]int{}
	for _, c := range cases {
		outcomes[c.outcome]++
	}
	require.GreaterOrEqual(t, len(outcomes), 4, "the cases go different ways: %v", outcomes)

	figures := map[string]struct {
		at     func(c *plainly) time.Time
		base   func(c *plainly) bool
		counts func(c *plainly) bool
		value  func(c *plainly) float64
	}{
		"received":  {at: func(c *plainly) time.Time { return c.received }},
		"accepted":  {at: func(c *plainly) time.Time { return c.accepted }},
		"deemed":    {at: func(c *plainly) time.Time { return c.accepted }, base: func(c *plainly) bool { return c.deemed }},
		"corrected": {at: func(c *plainly) time.Time { return c.noticed }},
		"refused":   {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return c.outcome == "refused" }},
		"concluded": {at: func(c *plainly) time.Time { return c.concluded }},
		"granted": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool {
			return slices.Contains([]string{"granted", "granted-tolerant", "partly"}, c.outcome)
		}},
		"denied": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return c.outcome == "denied" }},
		"dropped": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool {
			return c.outcome == "withdrawn" || c.outcome == "lapsed" || c.outcome == "terminated"
		}},
		"onPromise": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return c.promise }, counts: func(c *plainly) bool { return !c.promiseLate }},
		"onLaw":     {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return c.law }, counts: func(c *plainly) bool { return !c.lawLate }},
		"days": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return !c.accepted.IsZero() },
			value: func(c *plainly) float64 { return float64(r.days(c.acceptedOn, calendar.DateOf(c.concluded))) }},
		"netDays": {at: func(c *plainly) time.Time { return c.concluded }, base: func(c *plainly) bool { return !c.accepted.IsZero() },
			value: func(c *plainly) float64 { return float64(r.days(c.acceptedOn, calendar.DateOf(c.concluded))) }}, // nothing stands still here
		"visits": {at: func(c *plainly) time.Time { return c.closed }, value: func(c *plainly) float64 { return float64(c.visits) }},
	}
	from, until := calendar.NewDate(2026, 3, 10).Start(), calendar.NewDate(2026, 5, 10).End()
	orgs := []string{"hall", "market", "eco"}
	for _, f := range store.Figures {
		plain, ok := figures[f.ID]
		if !ok {
			require.Contains(t, []string{"warnings", "yellow", "red"}, f.ID, "a figure nobody has counted by hand")
			continue
		}
		for _, set := range [][]string{orgs, {"eco"}, {"nobody"}} {
			for _, by := range []store.ReportBy{store.ByNothing, store.ByOrg, store.ByItem, store.ByMonth} {
				want := map[string]store.Value{}
				var lines []string
				for i := range cases {
					c := &cases[i]
					at := plain.at(c)
					mine := slices.DeleteFunc(slices.Clone(set), func(o string) bool { return !c.orgs[o] })
					if at.IsZero() || at.Before(from) || !at.Before(until) || len(mine) == 0 || plain.base != nil && !plain.base(c) {
						continue
					}
					lines = append(lines, c.number)
					keys := []string{""}
					switch by {
					case store.ByOrg:
						keys = mine
					case store.ByItem:
						keys = []string{"S1"}
					case store.ByMonth:
						keys = []string{at.In(calendar.Zone).Format("2006-01")}
					}
					for _, k := range keys {
						v := want[k]
						v.Base++
						if plain.counts == nil || plain.counts(c) {
							v.Count++
						}
						if plain.value != nil {
							v.Sum += plain.value(c)
						}
						want[k] = v
					}
				}
				scope := store.ReportScope{Orgs: set, From: from, Until: until}
				got, err := r.store.Report(t.Context(), scope, by)
				require.NoError(t, err)
				require.Equal(t, want, got[f.ID], "%s by %q of %v", f.ID, by, set)
				if by != store.ByNothing {
					continue
				}
				var behind []string
				page := store.Page{Limit: 7}
				for {
					list, next, err := r.store.ReportLines(t.Context(), f, scope, page)
					require.NoError(t, err)
					for _, l := range list {
						behind = append(behind, l.Case)
					}
					if page.After = next; next == "" {
						break
					}
				}
				require.ElementsMatch(t, lines, behind, "what is behind %s", f.ID)
			}
		}
		scope := store.ReportScope{Orgs: orgs, Item: "other", From: from, Until: until}
		got, err := r.store.Report(t.Context(), scope, store.ByNothing)
		require.NoError(t, err)
		require.Empty(t, got[f.ID], "another item")
	}

	// cards: what the rules have found
	for level, id := range []string{"", "warnings", "yellow", "red"} {
		if level == 0 {
			continue
		}
		want := store.Value{}
		for _, c := range cases {
			_, cards, _, err := r.store.JudgedCards(t.Context(), c.number)
			require.NoError(t, err)
			for _, k := range cards {
				if int(k.Level) == level && !k.At.Before(from) && k.At.Before(until) {
					want.Count++
					want.Base++
				}
			}
		}
		for _, rule := range []string{"T10", "P7"} {
			across, err := r.store.CardsAcross(t.Context(), rule)
			require.NoError(t, err)
			for _, k := range across {
				if int(k.Level) == level && !k.At.Before(from) && k.At.Before(until) {
					want.Count++
					want.Base++
				}
			}
		}
		got, err := r.store.Report(t.Context(), store.ReportScope{Orgs: orgs, From: from, Until: until}, store.ByNothing)
		require.NoError(t, err)
		require.Equal(t, want, got[id][""], id)
		require.NotZero(t, want.Count, id)
	}

	// and made again from the events, nothing is different
	again, err := r.monitor().Recompute(t.Context(), "", false)
	require.NoError(t, err)
	require.Empty(t, again.Differences)
}

func TestEveryFigureIsDefinedOnce(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../docs/figures.md")
	require.NoError(t, err)
	var told, have []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(string(b), -1) {
		told = append(told, m[1])
	}
	for _, f := range store.Figures {
		have = append(have, f.ID)
		require.NotEmpty(t, f.Zh)
		require.NotEmpty(t, f.En)
		_, ok := store.FigureOf(f.ID)
		require.True(t, ok)
	}
	require.Equal(t, have, told)
	_, ok := store.FigureOf("none")
	require.False(t, ok)
}
