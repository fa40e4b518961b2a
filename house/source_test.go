package house_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The words the tests below look for are put together from halves, so that this file does not
// find itself.
var (
	undone = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b|(?i:not ` + `implemented|place` + `holder|\bunimple` + `mented|for ` + `now\b)`)
	// machine are paths that exist where the product was made, nowhere else.
	machine = regexp.MustCompile(`/wo` + `rk/|/fa` + `rm/|/tmp/br` + `ief|bash` + `_jobs|\.lib` + `rary/|/home/[a-z]`)
)

// hints are names in scripts of the console: the grey words of an empty field are called so in HTML,
// what is shown until an answer comes in its libraries.
var hints = regexp.MustCompile(`(?i)\w*place` + `holder\w*`)

// written are the endings of files people write by hand.
var written = map[string]bool{".go": true, ".sql": true, ".sh": true, ".yaml": true, ".yml": true, ".ts": true, ".tsx": true, ".md": true, "": true}

// known are lines that hold one of the words for a reason, by file.
var known = map[string]string{}

func TestNothingIsLeftUndone(t *testing.T) {
	t.Parallel()
	files(t, func(name string, text []byte) {
		if !written[path.Ext(name)] || known[name] != "" {
			return
		}
		for i, line := range strings.Split(string(text), "\n") {
			if ext := path.Ext(name); ext == ".ts" || ext == ".tsx" {
				code, comment, _ := strings.Cut(line, "//")
				line = hints.ReplaceAllString(code, "") + comment
			}
			if m := undone.FindString(line); m != "" {
				t.Errorf("%s:%d: %q reads like something left undone", name, i+1, m)
			}
		}
	})
	require.True(t, undone.MatchString("// TO"+"DO: later") && undone.MatchString("is not "+"implemented") && !undone.MatchString("forNow"))
}

func TestNoPathOfTheMachineItWasMadeOn(t *testing.T) {
	t.Parallel()
	files(t, func(name string, text []byte) {
		if m := machine.Find(text); m != nil {
			t.Errorf("%s contains %q", name, m)
		}
	})
	require.True(t, machine.MatchString("/wo"+"rk/main/engine"))
}

// A file of more lines than this has a subject in it that wants a file of its own.
const (
	maxLines     = 600
	maxTestLines = 900
)

func TestFilesAreReadable(t *testing.T) {
	t.Parallel()
	files(t, func(name string, text []byte) {
		limit := maxLines
		if strings.HasSuffix(name, "_test.go") {
			limit = maxTestLines
		}
		switch path.Ext(name) {
		case ".go", ".ts", ".tsx", ".sh", ".sql":
			if n := bytes.Count(text, []byte("\n")); n > limit {
				t.Errorf("%s has %d lines; at most %d", name, n, limit)
			}
		}
	})
}

// idle are calls a test must not make: it waits for a signal, and it runs or fails.
var idle = map[string]map[string]string{
	"time": {"Sleep": "waits for time to pass: wait for the thing itself"},
	"t":    {"Skip": "passes without testing", "Skipf": "passes without testing", "SkipNow": "passes without testing"},
}

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	t.Parallel()
	files(t, func(name string, text []byte) {
		if path.Ext(name) != ".go" {
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		if !strings.HasSuffix(name, "_test.go") && !imports(f, "testing") {
			return
		}
		for pos, why := range idleCalls(fset, f) {
			t.Errorf("%s: %s", pos, why)
		}
	})
}

func imports(f *ast.File, pkg string) bool {
	for _, imp := range f.Imports {
		if imp.Path.Value == `"`+pkg+`"` {
			return true
		}
	}
	return false
}

func idleCalls(fset *token.FileSet, f *ast.File) map[string]string {
	found := map[string]string{}
	bubbles := map[ast.Node]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isSynctest(call) {
			bubbles[call.Args[1]] = true // time passes there only when all stand still: sleeping is the signal
		}
		if bubbles[n] {
			return false
		}
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		of := x.Name
		if of == "b" || of == "tb" || of == "f" {
			of = "t" // testing.B, testing.TB, testing.F under their usual names
		}
		if why := idle[of][sel.Sel.Name]; why != "" {
			found[fset.Position(n.Pos()).String()] = x.Name + "." + sel.Sel.Name + " " + why
		}
		return true
	})
	return found
}

func isSynctest(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Test" || len(call.Args) != 2 {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "synctest"
}

// The proof that the test above can fail.
func TestIdleCallsAreSeen(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p_test.go", `package p
import ("testing"; "time")
func TestX(t *testing.T) { time.Sleep(time.Second); t.Skipf("later") }
func BenchmarkX(b *testing.B) { b.SkipNow() }
func TestY(t *testing.T) { <-time.After(1); t.Log("no") }
func TestZ(t *testing.T) { synctest.Test(t, func(t *testing.T) { time.Sleep(1) }) }
`, parser.SkipObjectResolution)
	require.NoError(t, err)
	require.Len(t, idleCalls(fset, f), 3)
}
