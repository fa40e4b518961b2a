package supervision_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The document names every rule with its class, and what it says is refused is tested as a refusal.
func TestTheDocumentNamesEveryRule(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/supervision.md")
	require.NoError(t, err)
	doc := string(b)
	_, table, _ := strings.Cut(doc, "## The rules that come with the program")
	table, refused, _ := strings.Cut(table, "## What the engine makes impossible")
	told := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([A-Z]\d+) \| (\w+) \|`).FindAllStringSubmatch(table, -1) {
		told[m[1]] = m[2]
	}
	have := map[string]string{}
	for _, r := range load(t).Rules {
		have[r.ID] = r.Class
	}
	require.Equal(t, have, told)
	files, err := filepath.Glob("../*_test.go")
	require.NoError(t, err)
	tests := ""
	for _, f := range files {
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		tests += string(src)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(refused, -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		require.Contains(t, tests, "func "+m[1]+"(", "there is no such test")
	}
}
