package definition

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func reference(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/language.md")
	require.NoError(t, err)
	return string(doc)
}

// The reference lists every check code, each once, and none that is not there.
func TestReferenceHasEveryCode(t *testing.T) {
	t.Parallel()
	rows := regexp.MustCompile(`(?m)^\| ([SFAPCR][0-9]{3}) \|(.*)$`).FindAllStringSubmatch(reference(t), -1)
	var got []string
	for _, r := range rows {
		got = append(got, r[1])
		require.Equal(t, severities[r[1]] == SeverityWarning, strings.Contains(r[2], "(warning)"), r[1])
	}
	var want []string
	for _, c := range CheckCodes {
		want = append(want, c.Code)
	}
	require.Equal(t, want, got)
}

// The reference names every key the reader knows, and every word.
func TestReferenceHasEveryKey(t *testing.T) {
	t.Parallel()
	doc := reference(t)
	key := regexp.MustCompile(`(?:must|may)\("([A-Za-z]+)"`)
	n := 0
	for _, file := range []string{"parseitem.go", "parsestep.go", "parsekind.go", "file.go", "scenario.go"} {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			n++
			require.Regexp(t, "(`|\\.|\\{|, |- |\n *)"+m[1]+"(`|:|\\.|\\b)", doc, "key %s of %s", m[1], file)
		}
	}
	require.Greater(t, n, 130)
	for _, list := range [][]string{kinds, commonKeys, itemTypes, chainRoles, Roles, Acts, Verdicts, sourceNames, statutoryPauses, exprRoots, caseNames, DictionaryEntries()} {
		for _, w := range list {
			require.Regexp(t, `\b`+regexp.QuoteMeta(w)+`\b`, doc, w)
		}
	}
}

// Every YAML example of the reference is read without a finding and lawful; whole
// files are checked as well.
func TestReferenceExamplesAreSound(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(reference(t), -1)
	require.Greater(t, len(blocks), 12)
	demo, err := os.ReadFile("testdata/base/demo.yaml")
	require.NoError(t, err)
	for _, b := range blocks {
		src := b[1]
		if !strings.HasPrefix(src, "language:") {
			src = splice(string(demo), src)
		}
		f, found := ParseFile("reference.yaml", []byte(src))
		require.Empty(t, found.Render("en"), b[1])
		require.Empty(t, Check(f, nil).Group("A").Render("en"), b[1])
		if strings.HasPrefix(b[1], "language:") && f.Kind == FileItem {
			require.Empty(t, Check(f, nil).Render("en"), b[1])
			require.Empty(t, CheckRunnable(f, nil).Render("en"), b[1])
		}
	}
}

// splice puts the top-level sections of one file in the place of another's.
func splice(file, sections string) string {
	section := regexp.MustCompile(`(?m)^([A-Za-z]+):`)
	var out []string
	names := section.FindAllStringSubmatch(sections, -1)
	marks := section.FindAllStringSubmatchIndex(file, -1)
	for i, m := range marks {
		end := len(file)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		if !slices.ContainsFunc(names, func(n []string) bool { return n[1] == file[m[2]:m[3]] }) {
			out = append(out, file[m[0]:end])
		}
	}
	return strings.Join(append(out, sections), "")
}
