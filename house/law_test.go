package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// articles are those of 行政许可法 that ask something of whoever handles a licence, and those of the
// court's rules (法释〔2009〕20号) on what is then in dispute.
var articles = strings.Fields(`5 8 24 25 26 29 30 31 32 33 34 35 36 37 38 39 40 42 43 44 45 46 47 48 49 50 53 54 55 56 57 58 59 61 69 70 72 74 78 79 82`)

var courtRules = []string{"法释 3", "法释 5", "法释 6", "法释 9"}

var (
	lawRow  = regexp.MustCompile(`(?m)^\| ([0-9]+|法释 [0-9]+) \| (.+?) \| (.+?) \| (.+) \|$`)
	lawLink = regexp.MustCompile(`\[([^\]]+)\]\(\.\./([^)]+)\)`)
)

const scenarioFolder = "engine/scenario/testdata"

// The table of the law is what the files are: each article once; each scenario is named by its article
// and is a file that is run; each function is there; and what is not carried says why.
func TestTheTableOfTheLawIsTrue(t *testing.T) {
	t.Parallel()
	var seen []string
	named := map[string]bool{}
	for _, m := range lawRow.FindAllStringSubmatch(text(t, "docs/law.md"), -1) {
		article, scenarios, where := m[1], m[3], m[4]
		seen = append(seen, article)
		code := lawLink.FindAllStringSubmatch(where, -1)
		for _, link := range code {
			require.True(t, declares(t, link[2], link[1]), "article %s: %s has no function %s", article, link[2], link[1])
		}
		if scenarios == "—" {
			require.Regexp(t, `^(elsewhere|not carried): \S.{15,}`, where, "article %s says why no scenario shows it", article)
			require.Equal(t, strings.HasPrefix(where, "elsewhere"), len(code) > 0, "article %s names the code where it is kept, and only then", article)
			continue
		}
		require.NotEmpty(t, code, "article %s names the code", article)
		own := regexp.MustCompile(`^article-` + strings.Replace(article, "法释 ", "fashi-", 1) + `(-[0-9]+)?$`)
		for _, link := range lawLink.FindAllStringSubmatch(scenarios, -1) {
			require.Regexp(t, own, link[1], "the scenario is named by its article")
			require.Equal(t, scenarioFolder+"/"+link[1]+"/1.test.yaml", link[2])
			_, err := os.Stat(filepath.Join(root, link[2]))
			require.NoError(t, err)
			require.False(t, named[link[1]], "%s is in the table twice", link[1])
			named[link[1]] = true
		}
	}
	require.Equal(t, append(slices.Clone(articles), courtRules...), seen)

	_, other, ok := strings.Cut(text(t, "docs/law.md"), "## Other rules")
	require.True(t, ok)
	for _, link := range lawLink.FindAllStringSubmatch(other, -1) {
		if strings.HasSuffix(link[2], ".go") {
			require.True(t, declares(t, link[2], link[1]), "%s has no function %s", link[2], link[1])
			continue
		}
		_, err := os.Stat(filepath.Join(root, link[2]))
		require.NoError(t, err)
	}

	// TestArticles runs every file of the folder; none of them is left out of the table.
	folders, err := fs.ReadDir(os.DirFS(filepath.Join(root, scenarioFolder)), ".")
	require.NoError(t, err)
	for _, f := range folders {
		if strings.HasPrefix(f.Name(), "article-") {
			require.True(t, named[f.Name()], "%s is not in the table", f.Name())
		}
	}
}

// declares says whether a file declares a function or method of a name.
func declares(t *testing.T, file, name string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Name.Name == name
	})
}
