package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var words2 = regexp.MustCompile(`[A-Za-z]{2,}`)

// Every short form of what was expected or came, wherever a refusal is made, has its Chinese: the texts are read
// from the sources, so that a new one without it fails here.
func TestEveryShortFormSpeaksBoth(t *testing.T) {
	t.Parallel()
	known := func(text string) bool {
		if !words2.MatchString(text) || both(text).ZH != text {
			return true
		}
		_, mine := phrases[text]
		_, rules := engine.Phrases[text]
		return mine || rules || !strings.ContainsAny(text, " ") && both("x"+text).ZH != "x"+text
	}
	found := map[string]bool{}
	for _, dir := range []string{"../engine", "../engine/supervision", "../contract", "../workflows", "."} {
		packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
		require.NoError(t, err)
		for _, p := range packages {
			ast.Inspect(p, func(n ast.Node) bool {
				for _, e := range shortForms(n) {
					ast.Inspect(e, func(n ast.Node) bool {
						if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
							text, err := strconv.Unquote(lit.Value)
							require.NoError(t, err)
							found[text] = true
							require.True(t, known(text), "%s: %q has no Chinese: add it to the phrases of the engine or of the api", dir, text)
						}
						return true
					})
				}
				return true
			})
		}
	}
	require.Greater(t, len(found), 300)
}

// shortForms are the parts of the code that hold them.
func shortForms(n ast.Node) []ast.Expr {
	switch x := n.(type) {
	case *ast.CallExpr:
		last := func(of int) []ast.Expr {
			if len(x.Args) != of {
				return nil
			}
			return x.Args[of-2:]
		}
		switch f := x.Fun.(type) {
		case *ast.SelectorExpr:
			if f.Sel.Name == "want" {
				return last(2)
			}
		case *ast.Ident:
			switch f.Name {
			case "refuse", "badEntry":
				return last(5)
			case "say":
				return last(4)
			case "field":
				return last(7)
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := x.Key.(*ast.Ident); ok && (key.Name == "Expected" || key.Name == "Actual") {
			return []ast.Expr{x.Value}
		}
	}
	return nil
}
