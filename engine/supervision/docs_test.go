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
	// Every rule of the catalogue that public measures propose is judged or made impossible.
	for _, id := range strings.Fields("T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 P1 P2 P3 P4 P5 P6 P7 M1 M2 M3 M4 C1 C2 F1 S1 S2") {
		require.True(t, have[id] != "" || strings.Contains(refused, "\n| "+id+" |"), "%s is neither judged nor impossible", id)
	}
	files, err := filepath.Glob("../*_test.go")
	require.NoError(t, err)
	tests := ""
	for _, f := range files {
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		tests += string(src)
	}
	codes, err := os.ReadFile("../rejection.go")
	require.NoError(t, err)
	for _, row := range regexp.MustCompile(`(?m)^\| [A-Z]\d+ \|[^|]+\|([^|]+)\|`).FindAllStringSubmatch(refused, -1) {
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(row[1], -1) {
			require.Contains(t, string(codes), `"`+m[1]+`"`, "nothing is refused with it")
		}
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(refused, -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		require.Contains(t, tests, "func "+m[1]+"(", "there is no such test")
	}
}
