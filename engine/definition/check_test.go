package definition

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func sampleLibrary(t testing.TB) (*Library, map[string]*File) {
	t.Helper()
	files := map[string]*File{}
	var list []*File
	for _, name := range sortedKeys(readSamples(t)) {
		f, _ := ParseFile(name, readSamples(t)[name])
		files[name] = f
		list = append(list, f)
	}
	lib, found := LibraryOf(list...)
	require.Empty(t, found, found.Render("en"))
	return lib, files
}

func TestSamplesAreInShape(t *testing.T) {
	t.Parallel()
	lib, files := sampleLibrary(t)
	for name, f := range files {
		start := time.Now()
		found := Check(f, lib)
		require.Empty(t, found.Group("S"), "%s", found.Group("S").Render("en"))
		t.Logf("%s %v\n%s", name, time.Since(start), found.Render("en"))
	}
}

// A file made to keep the checker busy is answered in seconds, and it is said
// what was not looked at.
func TestCheckIsBounded(t *testing.T) {
	t.Parallel()
	var questions, papers, reads strings.Builder
	for i := range 30 {
		fmt.Fprintf(&questions, "  q%d: {ask: x, type: choices, options: {a: a, b: b, c: c, d: d}}\n", i)
	}
	for i := range 100 {
		fmt.Fprintf(&papers, "  p%d: {name: n%d, basis: b, from: [applicant], when: '", i, i)
		for j := range 12 {
			fmt.Fprintf(&papers, `"a" in q%d and "b" not in q%d and "c" in q%d and `, j, j, (j+i)%30)
		}
		papers.WriteString("\"a\" not in q0'}\n")
		fmt.Fprintf(&reads, "p%d, ", i)
	}
	f, found := item(t,
		edit{"", "situations:\n", "situations:\n" + questions.String()},
		edit{"", "materials:\n", "materials:\n" + papers.String()},
		edit{"", "reads: [idCard, opinion, distance]", "reads: [" + reads.String() + "idCard, opinion, distance]"})
	require.Empty(t, found)
	fragment, err := os.ReadFile("testdata/base/opinion.fragment.yaml")
	require.NoError(t, err)
	g, _ := ParseFile("opinion.fragment.yaml", fragment)
	lib, _ := LibraryOf(f, g)
	start := time.Now()
	found = Check(f, lib)
	require.Less(t, time.Since(start), 30*time.Second)
	require.Contains(t, found.Render("en"), "40000 were tried, the rest was not")
	require.Contains(t, found.Render("en"), "200000 were tried in all")
}
