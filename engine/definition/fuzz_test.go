package definition

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine/calendar"
)

// FuzzCheck: whatever is in a file, reading and checking end in findings with
// places, and a definition without errors compiles and comes back from its
// canonical form.
func FuzzCheck(f *testing.F) {
	for _, src := range readSamples(f) {
		f.Add(src)
	}
	names, err := os.ReadDir("testdata/base")
	require.NoError(f, err)
	for _, n := range names {
		src, err := os.ReadFile("testdata/base/" + n.Name())
		require.NoError(f, err)
		f.Add(src)
	}
	fragment, _ := ParseFile("opinion.fragment.yaml", []byte("language: lianban/v1\nfragment: opinion\nversion: \"1\"\nparameters: {party: {type: party}}\nsteps: [{review: view, by: $party, limit: 1wd, reads: [opinion]}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 20_000 {
			return
		}
		start := time.Now()
		defer func() { require.Less(t, time.Since(start), 10*time.Second) }()
		file, found := ParseFile("f.yaml", src)
		for _, d := range found {
			require.Positive(t, d.Position.Line)
			require.Positive(t, d.Position.Column)
			require.NotEmpty(t, d.Text.ZH)
			require.NotEmpty(t, d.Text.EN)
			_, known := severities[d.Code]
			require.True(t, known, d.Code)
		}
		lib, _ := LibraryOf(file, fragment)
		found = Check(file, lib)
		CheckRunnable(file, lib)
		if file.Kind != FileItem || found.Failed() {
			return
		}
		def, _ := lib.Resolve(file.Definition.Item.Code, "", "")
		require.NotNil(t, def)
		data, err := Canonical(def)
		require.NoError(t, err)
		again, err := Decode(data)
		require.NoError(t, err)
		p, err := Compile(def)
		require.NoError(t, err)
		q, err := Compile(again)
		require.NoError(t, err)
		require.Equal(t, p.Hash, q.Hash)
		NewGuide(def)
	})
}

// Any definition comes back from its canonical form unchanged, and defaults are
// stable: filling them again changes nothing.
func TestCanonicalRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		def := drawDefinition(t)
		fillDefaults(def)
		data, err := Canonical(def)
		require.NoError(t, err)
		again, err := Decode(data)
		require.NoError(t, err)
		require.Equal(t, def, again)
		fillDefaults(again)
		data2, err := Canonical(again)
		require.NoError(t, err)
		require.Equal(t, string(data), string(data2))
		p, err := Compile(def)
		require.NoError(t, err)
		q, err := Compile(again)
		require.NoError(t, err)
		require.Equal(t, p.Hash, q.Hash)
	})
}

var names = rapid.StringMatching(`[a-z][A-Za-z0-9]{0,6}`)

func drawPeriod(t *rapid.T) calendar.Period {
	unit := rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours, calendar.Months, calendar.Years}).Draw(t, "unit")
	return calendar.Period{Amount: rapid.IntRange(1, 60).Draw(t, "amount"), Unit: unit}
}

func drawLimit(t *rapid.T) *Limit {
	if rapid.Bool().Draw(t, "no limit") {
		return nil
	}
	l := &Limit{Late: "mark", From: rapid.SampledFrom([]string{"", "start", "acceptance", "form.day"}).Draw(t, "from")}
	for range rapid.IntRange(0, 2).Draw(t, "conditional times") {
		l.Times = append(l.Times, TimedPeriod{When: drawExpr(t), Time: drawPeriod(t)})
	}
	l.Times = append(l.Times, TimedPeriod{Time: drawPeriod(t)})
	if rapid.Bool().Draw(t, "extend") {
		l.Extend = &Extension{Time: drawPeriod(t), Role: "organ-head", Times: rapid.IntRange(0, 3).Draw(t, "times")}
	}
	return l
}

func drawExpr(t *rapid.T) Expr {
	return rapid.SampledFrom([]Expr{"", "q0", "not q1", `n > 3 and q0`, `"a" in many`, `form.x == "<&>"`, `pick == "b"`}).Draw(t, "expr")
}

func drawDefinition(t *rapid.T) *Definition {
	low := rapid.Float64Range(-10, 10).Draw(t, "min")
	def := &Definition{
		Language: Language,
		Item: Item{
			Code: names.Draw(t, "code"), Name: rapid.String().Draw(t, "name"), Version: "1", Effective: "2026-01-01",
			Type: ItemType(rapid.SampledFrom(itemTypes).Draw(t, "type")), Level: "county", Lead: "a",
			Basis: []Article{{Law: "x"}}, Statutory: drawLimit(t), Promised: drawLimit(t),
		},
		Parameters: []Parameter{{ID: "p", Type: "number", Default: rapid.Float64Range(0, 9).Draw(t, "default")}},
		Parties:    []Party{{ID: "a", Name: "𠮷 <b>&", Kind: "hall"}},
		Situations: []Situation{
			{ID: "q0", Ask: "?", Type: "boolean"}, {ID: "q1", Ask: "?", Type: "boolean", When: "q0"},
			{ID: "n", Ask: "?", Type: "number", Min: &low},
			{ID: "many", Ask: "?", Type: "choices", Options: []Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}}},
			{ID: "pick", Type: "choice", Is: `q0 ? "a" : "b"`, Options: []Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}}},
		},
		Form:    map[string]any{"type": "object", "properties": map[string]any{"x": map[string]any{"type": "string", "minLength": 1.0}}},
		Process: drawSteps(t, 2, new(int)),
	}
	if rapid.Bool().Draw(t, "paper") {
		def.Materials = []Material{{ID: "paper", Name: "x", Basis: []Article{{Law: "x"}}, From: []Source{{Data: "d"}, {Name: "applicant"}}, When: drawExpr(t)}}
	}
	return def
}

func drawSteps(t *rapid.T, depth int, n *int) []*Step {
	var out []*Step
	for range rapid.IntRange(1, 3).Draw(t, "steps") {
		*n++
		s := &Step{ID: "s" + strings.Repeat("x", *n), When: drawExpr(t), Limit: drawLimit(t)}
		kinds := []Kind{KindReview, KindDecide, KindIssue, KindIntake}
		if depth > 0 {
			kinds = append(kinds, KindSequence, KindParallel)
		}
		s.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		switch s.Kind {
		case KindReview:
			s.Review = &Work{Chain: []Link{{Roles: []RoleLimit{{Role: "handle"}, {Role: "check"}}}}}
			s.Needs = []Need{{ID: "paper", When: drawExpr(t)}}
		case KindDecide:
			s.Decide = &Decide{Statutory: drawLimit(t), Gives: []Output{{ID: "o" + s.ID, Kind: "notice", Name: "n"}}}
			if rapid.Bool().Draw(t, "own") {
				s.Decide.Item = Matter{Name: "m", Type: ItemType(rapid.SampledFrom([]string{"licence", "other"}).Draw(t, "matter"))}
			}
		case KindIssue:
			s.Issue = &Issue{Ways: []string{"counter"}}
		case KindIntake:
			s.Intake = &Intake{Answer: &Answer{Time: drawPeriod(t)}}
		case KindSequence:
			s.Sequence = &Sequence{Steps: drawSteps(t, depth-1, n)}
		case KindParallel:
			s.Parallel = &Parallel{Branches: drawSteps(t, depth-1, n), Passes: drawExpr(t)}
		}
		out = append(out, s)
	}
	return out
}
