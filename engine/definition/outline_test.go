package definition

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func demoText(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/base/demo.yaml")
	require.NoError(t, err)
	return src
}

// Every mark begins where its id is written, ends before the next thing beside it
// begins, and lies within what it stands in.
func TestOutlineHasThePlaces(t *testing.T) {
	t.Parallel()
	src := demoText(t)
	lines := strings.Split(string(src), "\n")
	f, _ := ParseFile("demo.yaml", src)
	byID := map[string]Mark{}
	kinds := map[string]bool{}
	for _, m := range f.Outline(src) {
		require.Contains(t, lines[m.Line-1], m.ID)
		require.LessOrEqual(t, m.Line, m.End)
		require.NotEmpty(t, strings.TrimSpace(lines[m.End-1]))
		if m.Parent != "" {
			p := byID[m.Parent]
			require.LessOrEqual(t, p.Line, m.Line, m.ID)
			require.GreaterOrEqual(t, p.End, m.End, m.ID)
		}
		kinds[m.Kind] = true
		if m.Kind == "step" {
			byID[m.ID] = m
		}
	}
	for _, kind := range []string{"section", "party", "question", "paper", "condition", "step", "output"} {
		require.True(t, kinds[kind], kind)
	}
	def := f.Definition
	drawn := 0
	walk(def.Process, func(s *Step) {
		if s.Kind != KindInclude {
			drawn++
			require.Contains(t, byID, s.ID)
		}
	})
	require.Equal(t, drawn+1, len(byID), "an include goes by its fragment")
}

// A comment between two steps belongs to neither.
func TestOutlineLeavesCommentsOut(t *testing.T) {
	t.Parallel()
	src := []byte("language: lianban/v1\nitem: {name: x}\nprocess:\n  - intake: a\n    by: b\n\n  # next\n  - decide: c\n    gives:\n      d: {kind: approval, name: e}\n")
	f, _ := ParseFile("x.yaml", src)
	var got []Mark
	for _, m := range f.Outline(src) {
		if m.Kind != "section" {
			got = append(got, m)
		}
	}
	require.Equal(t, []Mark{
		{Kind: "step", ID: "a", Line: 4, Column: 5, End: 5}, {Kind: "step", ID: "c", Line: 8, Column: 5, End: 10},
		{Kind: "output", ID: "d", Name: "e", Parent: "c", Line: 10, Column: 7, End: 10},
	}, got)
}

// Whatever lines are missing, there is an outline, and what can be read is drawn.
func TestOutlineOfBrokenTexts(t *testing.T) {
	t.Parallel()
	lines := strings.Split(string(demoText(t)), "\n")
	for i := range lines {
		for n := 1; n <= 3 && i+n <= len(lines); n++ {
			src := []byte(strings.Join(append(append([]string{}, lines[:i]...), lines[i+n:]...), "\n"))
			f, _ := ParseFile("demo.yaml", src)
			for _, m := range f.Outline(src) {
				require.Positive(t, m.Line)
				require.GreaterOrEqual(t, m.End, m.Line)
			}
			if f.Definition != nil {
				NewFlow(f.Definition)
			}
		}
	}
	f, _ := ParseFile("x.yaml", nil)
	require.Empty(t, f.Outline(nil))
}
