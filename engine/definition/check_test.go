package definition

import (
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
