package scenario_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/scenario"
	"lianban/engine/supervision"
)

const local = "2006-01-02T15:04"

// tested are the items of a folder with the scenarios written on them.
func tested(t *testing.T, folder string, each func(name string, def *definition.Definition, tests *definition.Scenarios)) {
	t.Helper()
	library, _, err := definition.NewLibrary(os.DirFS(folder))
	require.NoError(t, err)
	for _, file := range library.Files() {
		if file.Tests == nil {
			continue
		}
		item := library.ItemOf(file).Definition.Item
		def, found := library.Resolve(item.Code, item.Version, file.Tests.Region)
		require.Empty(t, found)
		each(file.Name, def, file.Tests)
	}
}

// movesOf are the moves of a scenario: its people are called after what they are. acts are the places of the
// steps' own moves among them, the posts that change hands coming first.
func movesOf(tests *definition.Scenarios, c *definition.Scenario) (moves []scenario.Move, acts []int) {
	called, posts := map[string]string{"applicant": "applicant"}, map[string]int{}
	for _, p := range tests.People {
		post := p.Party + "." + p.Role
		called[p.Name] = post
		if posts[post]++; posts[post] > 1 {
			called[p.Name] = fmt.Sprintf("%s.%d", post, posts[post])
		}
	}
	named := func(data map[string]any) map[string]any {
		out := map[string]any{}
		for k, v := range data {
			switch x := v.(type) {
			case string:
				if name, ok := called[x]; ok && (k == "account" || k == "chair" || k == "from") {
					v = name
				}
			case []any:
				if k == "inspectors" || k == "accounts" {
					list := make([]any, len(x))
					for i := range x {
						list[i] = called[x[i].(string)]
					}
					v = list
				}
			}
			out[k] = v
		}
		return out
	}
	f := c.File
	data := map[string]any{"answers": f.Answers, "form": f.Form, "without": f.Without, "defer": f.Defer, "letter": f.Letter, "until": f.Until, "unsigned": f.Unsigned}
	for k, v := range f.Data {
		data[k] = v
	}
	if f.By == "applicant" {
		data["channel"] = "online"
	}
	var sources []map[string]any
	for _, a := range f.Sources {
		sources = append(sources, map[string]any{"source": a.Source, "of": a.Of, "result": a.Result, "value": a.Value, "grade": a.Grade, "until": a.Until})
	}
	if sources != nil {
		data["sources"] = sources
	}
	moves = []scenario.Move{{Do: "file", At: f.At.In(calendar.Zone).Format(local), By: called[f.By], Data: data}}
	for _, s := range c.Then {
		for do, posts := range map[engine.Act][]definition.TestPost{engine.Vacate: s.Vacant, engine.Fill: s.Filled} {
			for _, p := range posts {
				moves = append(moves, scenario.Move{Do: string(do), At: s.At.In(calendar.Zone).Format(local), Data: map[string]any{"post": p.Party + "." + p.Role}})
			}
		}
		m := scenario.Move{Do: s.Do, At: s.At.In(calendar.Zone).Format(local), By: called[s.By], Step: s.Step, Data: named(s.Data)}
		if s.Do == "" {
			m.Do = scenario.Wait
		}
		acts = append(acts, len(moves))
		moves = append(moves, m)
	}
	return moves, acts
}

// plain says that a scenario has nothing a play has no words for; a play takes its version to be in force.
func plain(c *definition.Scenario) bool {
	return c.File.Refused != string(engine.NotYetEffective)
}

// What scenarios of the catalogue do, a play does: the same events at the same times, and the same refusals.
func TestAPlayIsWhatAScenarioIs(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	rules, problems := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	require.Empty(t, problems)
	played, sources, cards := 0, 0, 0
	for _, folder := range []string{"../../definitions", "testdata"} {
		tested(t, folder, func(name string, def *definition.Definition, tests *definition.Scenarios) {
			for i := range tests.Cases {
				c := &tests.Cases[i]
				if !plain(c) {
					continue
				}
				played++
				one := *tests
				one.Cases = []definition.Scenario{*c}
				early := scenario.Effective(def, &one)
				plan, err := definition.Compile(early)
				require.NoError(t, err)
				var want []string
				scenario.Watch(&engine.Rules{Plan: plan, Calendar: cal}, &one, func(e engine.Event) {
					want = append(want, e.At.Format(time.RFC3339)+" "+e.Type)
				})
				var got []string
				moves, acts := movesOf(tests, c)
				out, refusals, _ := all(t, early, rules, cal, tests.Region, moves)
				for _, e := range out.Events {
					got = append(got, e.At.Format(time.RFC3339)+" "+e.Type)
				}
				require.Equal(t, want, got, "%s: %s", name, c.Name)
				for k, s := range c.Then {
					require.Equal(t, s.Refused, refusals[acts[k]], "%s: %s: move %d", name, c.Name, acts[k])
				}
				require.Equal(t, c.File.Refused, refusals[0], "%s: %s", name, c.Name)
				sources += len(c.File.Sources)
				if n := len(c.Then); n > 0 && c.Then[n-1].Expect != nil && c.Then[n-1].Expect.Cards != nil {
					cards++
					require.ElementsMatch(t, c.Then[n-1].Expect.Cards, cardsOf(out), "%s: %s", name, c.Name)
				}
			}
		})
	}
	require.Greater(t, played, 60)
	require.Greater(t, sources, 3)
	require.Greater(t, cards, 10)
}

// cardsOf are the rules whose cards a play has raised.
func cardsOf(p *scenario.Played) (ids []string) {
	for _, c := range p.Cards {
		if !slices.Contains(ids, c.Rule) {
			ids = append(ids, c.Rule)
		}
	}
	return ids
}

// all plays moves, leaving out those that are refused, and says which were.
func all(t *testing.T, def *definition.Definition, rules *supervision.Rules, cal *calendar.Calendar, region string, moves []scenario.Move) (*scenario.Played, map[int]string, []scenario.Move) {
	t.Helper()
	refusals := map[int]string{}
	for {
		out, _, err := scenario.Play(def, rules, cal, region, calendar.DateOf(time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)), moves)
		require.NoError(t, err)
		last := len(out.Moves) - 1
		if out.Moves[last].Refused == nil || last == 0 {
			if out.Moves[last].Refused != nil {
				refusals[0] = string(out.Moves[0].Refused.Code)
			}
			return out, refusals, moves
		}
		refusals[last] = string(out.Moves[last].Refused.Code)
		// what was due by then happens all the same
		moves = slices.Clone(moves)
		moves[last] = scenario.Move{Do: scenario.Wait, At: moves[last].At}
	}
}

// An act that is offered as it is goes through, and one that is not, is refused with what it is said to need.
func TestOffersHold(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	offers, acts := 0, map[engine.Act]bool{}
	tested(t, "../../definitions", func(name string, def *definition.Definition, tests *definition.Scenarios) {
		for i := range tests.Cases {
			c := &tests.Cases[i]
			if !plain(c) || c.File.Refused != "" || i%4 > 0 {
				continue
			}
			moves, _ := movesOf(tests, c)
			for n := 1 + i%3; n <= len(moves); n += 4 {
				out, _, made := all(t, def, nil, cal, tests.Region, moves[:n])
				try := func(o scenario.Offer, task string) {
					offers++
					acts[o.Do] = true
					next := scenario.Move{Do: string(o.Do), By: o.By, Step: o.Step, Task: task, At: moves[n-1].At}
					after, _, err := scenario.Play(def, nil, cal, tests.Region, calendar.DateOf(c.File.At), append(slices.Clone(made), next))
					require.NoError(t, err)
					last := after.Moves[len(after.Moves)-1]
					require.Len(t, after.Moves, n+1)
					code := engine.Code("")
					if last.Refused != nil {
						code = last.Refused.Code
					}
					require.Equal(t, o.Needs, code, "%s: %s: move %d: %s by %s", name, c.Name, n, o.Do, o.By)
				}
				for _, k := range out.Tasks {
					require.NotEmpty(t, k.Acts, "%s: %s: move %d: nobody can do anything on %s (%s %s.%s)", name, c.Name, n, k.ID, k.Kind, k.Org, k.Role)
					for _, o := range k.Acts {
						try(o, k.ID)
					}
				}
				for _, o := range out.Acts {
					try(o, "")
				}
			}
		}
	})
	require.Greater(t, offers, 100)
	for _, do := range []engine.Act{engine.Accept, engine.Grant, engine.Pass, engine.Hand, engine.Withdraw, engine.Clear} {
		require.True(t, acts[do], "%s is never offered", do)
	}
}

// What is asked, which papers follow, and what is refused is told before anything is filed.
func TestAPlayBeforeItsFiling(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	def := itemOf(t, "../../definitions", "restaurant", "2026.3")
	start := calendar.DateOf(time.Date(2026, 2, 28, 1, 0, 0, 0, time.UTC))
	play := func(moves ...scenario.Move) *scenario.Played {
		out, _, err := scenario.Play(def, nil, cal, "210304", start, moves)
		require.NoError(t, err)
		return out
	}
	asked := func(p *scenario.Played) (ids []string) {
		for _, q := range p.Questions {
			if q.Now {
				ids = append(ids, q.ID)
			}
		}
		return ids
	}
	none := play()
	require.Nil(t, none.State)
	require.Empty(t, none.Moves)
	require.NotEmpty(t, asked(none))
	require.Less(t, len(asked(none)), len(none.Questions), "some are asked after others only")

	// half of the answers: the first that is missing is told, those that are not asked any more do no harm
	half := play(scenario.Move{Do: "file", Data: map[string]any{"answers": map[string]any{asked(none)[0]: true}}})
	require.Equal(t, engine.BadAnswer, half.Moves[0].Refused.Code)
	require.Equal(t, "2026-03-02T09:00", half.Moves[0].At.In(calendar.Zone).Format(local), "the next working day, the definition is in force by then")
	require.Empty(t, half.Papers)

	for what, m := range map[string]scenario.Move{
		"no filing": {Do: "accept"}, "nothing to file with": {Do: "file", Data: map[string]any{"answer": 1}}, "nobody": {Do: "file", By: "market.king"},
		"no party": {Do: "file", By: "moon.clerk"}, "no time": {Do: "file", At: "yesterday"}, "no act": {Do: "tick"},
	} {
		out := play(m)
		require.Len(t, out.Moves, 1, what)
		require.NotNil(t, out.Moves[0].Refused, what)
		require.NotEmpty(t, out.Moves[0].Refused.Zh, what)
		require.NotEmpty(t, out.Questions, what)
		require.Nil(t, out.State, what)
	}
}

func itemOf(t *testing.T, folder, item, version string) *definition.Definition {
	t.Helper()
	library, _, err := definition.NewLibrary(os.DirFS(folder))
	require.NoError(t, err)
	def, found := library.Resolve(item, version, "210304")
	require.Empty(t, found)
	return def
}

// Time passes only forward, a play ends, and no system's act is anybody's.
func TestMovesAreBounded(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	def := itemOf(t, "testdata", "article-29", "")
	start := calendar.DateOf(time.Date(2026, 2, 28, 1, 0, 0, 0, time.UTC))
	play := func(moves ...scenario.Move) *scenario.Played {
		out, _, err := scenario.Play(def, nil, cal, "210304", start, append([]scenario.Move{{Do: "file", By: "hall.clerk"}}, moves...))
		require.NoError(t, err)
		return out
	}
	last := func(p *scenario.Played) scenario.Moved { return p.Moves[len(p.Moves)-1] }
	require.Equal(t, engine.Received, last(play()).Status)
	require.Equal(t, "2026-03-02T09:01", last(play(scenario.Move{Do: "wait"})).At.In(calendar.Zone).Format(local))
	for want, m := range map[engine.Code]scenario.Move{
		engine.TooSoon: {Do: "wait", At: "2026-03-01T09:00"}, engine.TooLate: {Do: "wait", At: "2090-03-01T09:00"},
		engine.WrongAct: {Do: "tick"}, engine.NotFound: {Do: "vacate", Data: map[string]any{"post": "hall.janitor"}}, engine.NotAllowed: {Do: "accept"},
		engine.BadData: {Do: "accept", By: "hall.clerk", Data: map[string]any{"reasn": "x"}},
	} {
		r := last(play(m)).Refused
		require.NotNil(t, r, want)
		require.Equal(t, want, r.Code)
	}
	require.Equal(t, engine.WrongAct, last(play(scenario.Move{Do: "file", By: "hall.clerk"})).Refused.Code)
	many := play(slices.Repeat([]scenario.Move{{Do: "wait"}}, scenario.MaxMoves)...)
	require.NotNil(t, last(many).Refused)
	require.Len(t, many.Moves, scenario.MaxMoves+1)
	require.Nil(t, play(scenario.Move{Do: "wait", At: "2026-03-02T01:30:00Z"}, scenario.Move{Do: "accept", By: "hall.clerk"}, scenario.Move{Do: "wait", At: "2026-06-02T09:00"}).Moves[3].Refused)
	over := play(scenario.Move{Do: "wait", At: "2026-09-01T09:00"})
	require.NotEmpty(t, over.Tasks)
	require.Contains(t, typesOf(over), "CaseAccepted", "by silence")
}

func typesOf(p *scenario.Played) (types []string) {
	for _, e := range p.Events {
		types = append(types, e.Type)
	}
	return types
}

func BenchmarkPlay(b *testing.B) {
	cal, err := calendars.National()
	require.NoError(b, err)
	library, _, err := definition.NewLibrary(os.DirFS("../../definitions"))
	require.NoError(b, err)
	for _, file := range library.Files() {
		if file.Tests == nil || library.ItemOf(file).Definition.Item.Version != "2026.3" {
			continue
		}
		item := library.ItemOf(file).Definition.Item
		def, _ := library.Resolve(item.Code, item.Version, file.Tests.Region)
		moves, _ := movesOf(file.Tests, &file.Tests.Cases[0])
		for b.Loop() {
			_, _, err := scenario.Play(def, nil, cal, file.Tests.Region, 20000, moves[:len(moves)/2])
			require.NoError(b, err)
		}
		return
	}
}
