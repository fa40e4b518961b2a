package definition

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func readSamples(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/samples/*.yaml")
	require.NoError(t, err)
	require.Len(t, names, 17)
	out := map[string][]byte{}
	for _, n := range names {
		src, err := os.ReadFile(n)
		require.NoError(t, err)
		out[strings.TrimPrefix(n, "testdata/samples/")] = src
	}
	return out
}

func TestSamplesParse(t *testing.T) {
	t.Parallel()
	for name, src := range readSamples(t) {
		f, found := ParseFile(name, src)
		require.Empty(t, found.Group("S"), "%s", found.Render("zh"))
		require.NotEmpty(t, f.Kind, name)
	}
}
