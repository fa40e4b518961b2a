package house_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// deterministic folders: the same arguments must give the same result for ever, because histories
// are replayed years later. What stands in more than one place of a case's life passes here.
var deterministic = []string{"engine", "contract", "workflows"}

// waiting are functions that read a clock or wait on one; workflow.Now and friends are not them.
var waiting = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
}

// argued are places that break a rule of determinism and may, with the reason. The key is "folder
// function what".
var argued = map[string]string{
	"engine/calendar Calendar.Years map order":    "gathered, then sorted",
	"engine/definition ownersOf map order":        "gathered, then sorted; only words of a diagnostic",
	"engine/definition sortedKeys map order":      "gathered, then sorted: what the others call",
	"contract Do select":                          "called by the api, never by a case: it waits for one",
	"contract Do time.After":                      "called by the api, never by a case: it waits for one",
	"engine/definition space.variables map order": "numbers are gathered, then sorted without doubles",
	"engine/scenario run.args map order":          "each key is turned over by itself; scenarios are no part of a case",
}

// impurity is one place in a package that could make two runs differ.
type impurity struct {
	pos  token.Position
	fn   string // enclosing function, Type.method
	what string
}

// impurities looks through typed files.
func impurities(fset *token.FileSet, files []*ast.File, info *types.Info) []impurity {
	var found []impurity
	for _, f := range files {
		for _, decl := range f.Decls {
			fn := name(decl)
			add := func(n ast.Node, what string) {
				found = append(found, impurity{fset.Position(n.Pos()), fn, what})
			}
			sorted := map[ast.Node]bool{}
			ast.Inspect(decl, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					add(n, "goroutine")
				case *ast.SelectStmt:
					add(n, "select")
				case *ast.ChanType:
					add(n, "channel")
				case *ast.RangeStmt:
					if _, ok := types.Unalias(info.TypeOf(n.X)).Underlying().(*types.Map); ok && !orderless(n, info) {
						add(n, "map order")
					}
				case *ast.CallExpr:
					callee, ok := called(n, info).(*types.Func)
					if !ok {
						break
					}
					switch pkg := callee.Pkg(); {
					case pkg == nil || callee.Type().(*types.Signature).Recv() != nil: // t.After(u) compares
					case slices.Contains(waiting[pkg.Path()], callee.Name()):
						add(n, pkg.Path()+"."+callee.Name())
					case pkg.Path() == "slices" && strings.HasPrefix(callee.Name(), "Sorted"):
						sorted[n.Args[0]] = true
					case pkg.Path() == "maps" && slices.Contains([]string{"Keys", "Values", "All"}, callee.Name()) && !sorted[n]:
						add(n, "map order")
					}
				}
				return true
			})
		}
	}
	return found
}

// orderless says that a loop over a map cannot show its order: all it does is set entries of maps
// under the loop's own key, delete, or count.
func orderless(loop *ast.RangeStmt, info *types.Info) bool {
	key, ok := loop.Key.(*ast.Ident)
	if !ok {
		return true // nothing of the map is looked at
	}
	return !slices.ContainsFunc(loop.Body.List, func(s ast.Stmt) bool { return !orderlessStmt(s, key, info) })
}

func orderlessStmt(s ast.Stmt, key *ast.Ident, info *types.Info) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 {
			return false
		}
		if at, ok := s.Lhs[0].(*ast.IndexExpr); ok {
			_, isMap := info.TypeOf(at.X).Underlying().(*types.Map)
			index, ok := at.Index.(*ast.Ident)
			return isMap && ok && info.ObjectOf(index) == info.ObjectOf(key)
		}
		return false
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		fun, ok := call.Fun.(*ast.Ident)
		return ok && fun.Name == "delete"
	case *ast.IncDecStmt:
		return true
	case *ast.IfStmt:
		return s.Init == nil && s.Else == nil &&
			!slices.ContainsFunc(s.Body.List, func(s ast.Stmt) bool { return !orderlessStmt(s, key, info) })
	}
	return false
}

// called is the function a call names directly, nil for others.
func called(call *ast.CallExpr, info *types.Info) types.Object {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		return info.Uses[fun]
	case *ast.SelectorExpr:
		return info.Uses[fun.Sel]
	}
	return nil
}

// name of a declaration as an argued exception names it.
func name(decl ast.Decl) string {
	fn, ok := decl.(*ast.FuncDecl)
	if !ok {
		return "(package level)"
	}
	if fn.Recv == nil {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// check types files with the export data of the packages they import.
func check(fset *token.FileSet, path string, files []*ast.File, export map[string]*listed) (*types.Info, error) {
	open := func(path string) (io.ReadCloser, error) {
		p := export[path]
		if p == nil || p.Export == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(p.Export)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", open)}
	_, err := conf.Check(path, fset, files, info)
	return info, err
}

func TestEngineAndWorkflowsAreDeterministic(t *testing.T) {
	t.Parallel()
	patterns := make([]string, len(deterministic))
	for i, dir := range deterministic {
		patterns[i] = "./" + dir + "/..."
	}
	export, err := list(append([]string{"-export"}, patterns...)...)
	require.NoError(t, err)
	needed := map[string]bool{}
	looked := 0
	for _, p := range export {
		if !p.ours() || testMaterial(p) || !slices.ContainsFunc(deterministic, func(dir string) bool { return under(p.short(), dir) }) {
			continue
		}
		looked++
		fset := token.NewFileSet()
		var files []*ast.File
		for _, f := range p.GoFiles {
			parsed, err := parser.ParseFile(fset, filepath.Join(p.Dir, f), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, parsed)
		}
		info, err := check(fset, p.ImportPath, files, export)
		require.NoError(t, err)
		for _, i := range impurities(fset, files, info) {
			key := p.short() + " " + i.fn + " " + i.what
			if _, ok := argued[key]; ok {
				needed[key] = true
				continue
			}
			t.Errorf("%s/%s:%d: %s in %s: two runs could differ. Take it out, or argue for it under the key %q",
				p.short(), filepath.Base(i.pos.Filename), i.pos.Line, i.what, i.fn, key)
		}
	}
	require.GreaterOrEqual(t, looked, 6)
	for key := range argued {
		if !needed[key] {
			t.Errorf("the exception %q is not needed any more", key)
		}
	}
}

// The proof that the test above can fail, and that it lets pass what is safe.
func TestImpuritiesAreSeen(t *testing.T) {
	t.Parallel()
	const src = `package p

import ("maps"; "slices"; "time")

type m map[string]int

type T[X any] struct{}

func (T[X]) clock() time.Time { return time.Now() }
func wait() { time.Sleep(1) }
func start() { go wait() }
func order(x m) (s []int) { for _, v := range x { s = append(s, v) }; return }
func keys(x m) []string { return slices.Collect(maps.Keys(x)) }
func sum(x m) float64 { var f float64; for _, v := range x { f += float64(v) }; return f }
func sorted(x m) []string { return slices.Sorted(maps.Keys(x)) }
func copied(x m) m { y := m{}; for k, v := range x { if v > 0 { y[k] = v } }; return y }
func inverse(x map[string]string) map[string]string { y := map[string]string{}; for k, v := range x { y[v] = k }; return y }
func count(x m) (n int) { for range x { n++ }; return }
func slice(x []int) (n int) { for _, v := range x { n += v }; return }
func after(a, b time.Time) bool { return a.Add(1).After(b) }
var c chan int
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	require.NoError(t, err)
	export, err := list("-export", "maps", "slices", "time")
	require.NoError(t, err)
	info, err := check(fset, "p", []*ast.File{f}, export)
	require.NoError(t, err)
	var got []string
	for _, i := range impurities(fset, []*ast.File{f}, info) {
		got = append(got, i.fn+" "+i.what)
	}
	require.Equal(t, []string{
		"T.clock time.Now", "wait time.Sleep", "start goroutine", "order map order", "keys map order", "sum map order",
		"inverse map order", "(package level) channel",
	}, got)
}
