package scenario_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/engine/scenario"
)

// junk is data as anybody may send it: right keys with wrong values, wrong keys, short forms of the wrong kind.
var junk = rapid.Custom(func(t *rapid.T) map[string]any {
	value := rapid.OneOf(
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any](3.5), rapid.Just[any]("x"), rapid.Just[any]("2026-03-02T09:00"),
		rapid.Just[any]([]any{"idCard", 1.0, nil}), rapid.Just[any](map[string]any{"lease": "未提交", "food": nil}), rapid.Just[any]([]any{map[string]any{"id": "lease"}}),
		rapid.Just[any]("market.check"), rapid.Just[any](map[string]any{"evidence": []any{"a", nil}}),
	)
	key := rapid.SampledFrom([]string{
		"reason", "basis", "lines", "overrides", "statements", "outputs", "corrections", "papers", "evidence", "agent", "badCredit", "cause", "checks", "points", "signatures", "file", "on", "account",
		"inspectors", "accounts", "chair", "from", "answers", "form", "without", "defer", "letter", "channel", "way", "clock", "pause", "until", "zzz",
	})
	return rapid.MapOfN(key, value, 0, 3).Draw(t, "data")
})

// Whatever is sent: a play answers, twice the same, and what comes later changes nothing of what came before.
func TestAnyMovesArePlayed(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	def := itemOf(t, "../../definitions", "restaurant", "2026.3")
	var story []scenario.Move
	tested(t, "../../definitions/restaurant", func(_ string, d *definition.Definition, tests *definition.Scenarios) {
		if d.Item.Version == "2026.3" {
			made, _ := movesOf(tests, &tests.Cases[0])
			_, _, story = all(t, d, nil, cal, tests.Region, made)
		}
	})
	words := []string{scenario.Wait, "tick", "vacate", "fill", "nothing", "file"}
	for _, act := range engine.PersonActs {
		words = append(words, string(act))
	}
	people := []string{"applicant", "hall.clerk", "market.handle", "market.check", "market.lead", "market.organ-head", "fire.handle", "fire.approve.2", "", "nobody", "a.b.c"}
	seen := map[engine.Status]int{}
	rapid.Check(t, func(t *rapid.T) {
		moves := slices.Clone(story[:rapid.IntRange(1, len(story)).Draw(t, "of the story")])
		if rapid.IntRange(0, 9).Draw(t, "file") == 0 {
			moves = moves[:1]
			moves[0].Data = junk.Draw(t, "filing")
		}
		play := func() *scenario.Played {
			out, rules, err := scenario.Play(def, nil, cal, "210304", 20510, moves)
			require.NoError(t, err)
			require.NotNil(t, rules)
			return out
		}
		out := play()
		for range rapid.IntRange(1, 8).Draw(t, "moves") {
			var m scenario.Move
			if offers := offersOf(out); len(offers) > 0 && rapid.IntRange(0, 7).Draw(t, "offered") > 0 {
				m = rapid.SampledFrom(offers).Draw(t, "offer")
			} else {
				m = scenario.Move{Do: rapid.SampledFrom(words).Draw(t, "do"), By: rapid.SampledFrom(people).Draw(t, "by")}
			}
			if m.Do == "vacate" || m.Do == "fill" {
				m.Data = map[string]any{"post": rapid.SampledFrom(people).Draw(t, "post")}
			}
			if rapid.IntRange(0, 5).Draw(t, "junk") == 0 {
				m.Data = junk.Draw(t, "data")
			}
			m.At = rapid.SampledFrom([]string{"", "", "", "", "", "", "2026-06-01T10:00", "x"}).Draw(t, "at")
			moves = append(moves, m)
			next := play()
			require.GreaterOrEqual(t, len(next.Events), len(out.Events))
			require.Equal(t, asJSON(t, out.Events), asJSON(t, next.Events[:len(out.Events)]))
			require.Equal(t, asJSON(t, next), asJSON(t, play()))
			last := len(next.Moves) - 1
			if next.Moves[last].Refused != nil { // it ends there; go on without it
				require.NotEmpty(t, next.Moves[last].Refused.Zh)
				require.NotEmpty(t, next.Moves[last].Refused.En)
				moves = moves[:last]
				if last == 0 {
					return
				}
				continue
			}
			require.Len(t, next.Moves, len(moves))
			out = next
			seen[out.State.Status]++
		}
	})
	for _, status := range []engine.Status{engine.Received, engine.Accepted} {
		require.Positive(t, seen[status], "no play came as far as %s", status)
	}
}

func offersOf(p *scenario.Played) (list []scenario.Move) {
	for _, k := range p.Tasks {
		for _, o := range k.Acts {
			if o.Needs != "" {
				continue
			}
			list = append(list, scenario.Move{Do: string(o.Do), By: o.By, Step: o.Step, Task: k.ID})
		}
	}
	for _, o := range p.Acts {
		list = append(list, scenario.Move{Do: string(o.Do), By: o.By, Step: o.Step})
	}
	return list
}

func asJSON(t *rapid.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
