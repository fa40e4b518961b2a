package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rule says what a folder and the packages below it may import.
type rule struct {
	// ours: folders of the repository, each with what is below it; a folder's own is allowed
	// when it stands there, too.
	ours []string
	// outside: prefixes of import paths outside the repository that carry an effect (see
	// effects); all others are free.
	outside []string
	why     string
}

// pure is what the engine is made of, from the leaf up.
var pure = []string{"engine"}

// effects are imports that reach the world, or bind to a technology. A folder may have those its
// rule names and no other.
var effects = []string{
	"go.temporal.io/", "github.com/jackc/pgx/", "github.com/pressly/goose/", "database/sql",
	"github.com/labstack/echo/", "net/http", "net", "os", "syscall", "log", "math/rand", "crypto/rand",
	"github.com/prometheus/", "github.com/spf13/", "runtime", "plugin", "unsafe", "golang.org/x/sys/",
}

// rules of the house, docs/architecture.md. The most specific folder counts.
var rules = map[string]rule{
	"engine/calendar":   {why: "a leaf: counting days knows nothing of cases"},
	"engine/definition": {ours: []string{"engine/calendar"}, why: "the language, read and checked without any case"},
	"engine/definition/diff": {
		ours: []string{"engine/definition", "engine/calendar"},
		why:  "says what differs between two definitions that were read",
	},
	"engine": {
		ours: []string{"engine/definition", "engine/calendar"},
		why:  "pure: a replay is a plain function call",
	},
	"engine/supervision": {
		ours: []string{"engine/definition", "engine/calendar", "engine"},
		why:  "cards are a function of rules, events and an instant",
	},
	"engine/scenario": {
		ours: []string{"engine/definition", "engine/calendar", "engine", "engine/supervision"},
		why:  "scenario files run on the engine alone, its cards by the rules given",
	},
	"definitions":         {ours: []string{"engine/definition", "engine/calendar", "definitions"}, why: "embedded data and its loaders"},
	"definitions/letters": {ours: []string{"engine/definition", "letters"}, why: "embedded templates of letters"},
	"letters":             {ours: []string{"engine"}, why: "pure: what a letter says and how it looks"},
	"letters/office": {
		ours: []string{"engine", "store", "letters"}, outside: []string{"net", "net/http", "os", "log", "crypto/rand", "github.com/prometheus/"},
		why: "numbers, draws, keeps and sends letters",
	},
	"contract": {
		ours: pure, outside: []string{"go.temporal.io/sdk/", "go.temporal.io/api/"},
		why: "what api and worker must agree on: names, envelopes, options",
	},
	"contract/contracttest": {
		ours: []string{"engine", "contract", "definitions"},
		why:  "test material for those who speak the contract",
	},
	"workflows": {
		ours: []string{"engine", "contract"}, outside: []string{"go.temporal.io/sdk/", "go.temporal.io/api/"},
		why: "a thin shell around the engine: no I/O",
	},
	"history": {
		ours: []string{"engine", "contract", "workflows"}, outside: []string{"go.temporal.io/sdk/", "go.temporal.io/api/"},
		why: "makes a case again from what Temporal holds of it",
	},
	"activities": {
		ours:    []string{"engine", "contract", "store"},
		outside: []string{"go.temporal.io/sdk/", "log", "github.com/prometheus/"},
		why:     "the side effects a workflow asks for",
	},
	"monitor": {
		ours: []string{"engine", "store"}, outside: []string{"log", "github.com/prometheus/"},
		why: "judges what the feed tells; knows no case's workflow",
	},
	"store": {
		ours:    []string{"engine", "store"},
		outside: []string{"github.com/jackc/pgx/", "github.com/pressly/goose/", "database/sql", "net", "os", "log", "crypto/rand"},
		why:     "knows the engine's types and PostgreSQL; nothing else speaks SQL",
	},
	"store/dbsqlc": {outside: []string{"github.com/jackc/pgx/"}, why: "generated"},
	"sources": {
		ours: []string{"engine", "store"}, outside: []string{"net/http", "net/url", "os", "log", "math/rand"},
		why: "papers and answers from elsewhere: our own stores, and services behind HTTP",
	},
	"api": {
		ours: []string{"engine", "contract", "store", "sources", "letters", "api"},
		outside: []string{
			"go.temporal.io/sdk/", "go.temporal.io/api/", "github.com/labstack/echo/", "net/http", "net", "log",
			"crypto/rand", "github.com/prometheus/", "runtime/debug",
		},
		why: "HTTP in front of store and case workflows",
	},
	"web": {outside: []string{"net/http"}, why: "the console as files: knows nothing of the API behind it"},
	"standalone": {
		ours: []string{"standalone"},
		outside: []string{
			"go.temporal.io/", "github.com/jackc/pgx/", "net", "os", "syscall", "golang.org/x/sys/unix", "log", "math/rand", "crypto/rand", "runtime",
		},
		why: "knows nobody's business: hands out addresses",
	},
	"cmd":   {ours: []string{"."}, outside: effects, why: "wires the rest"},
	"bench": {ours: []string{"."}, outside: effects, why: "measures all of it against other ways; only cmd knows it"},
	"fault": {ours: []string{"."}, outside: effects, why: "runs real processes, kills them, and compares all accounts of what happened"},
	"house": {why: "only tests"},
}

// withinRule says which imports of a package its rule does not allow.
func (r rule) forbids(imports []string) []string {
	var bad []string
	for _, imp := range imports {
		if imp == module || strings.HasPrefix(imp, module+"/") {
			short := strings.TrimPrefix(imp, module+"/")
			if !slices.ContainsFunc(r.ours, func(dir string) bool { return under(short, dir) }) {
				bad = append(bad, imp)
			}
			continue
		}
		carries := slices.ContainsFunc(effects, func(e string) bool { return is(imp, e) })
		if carries && !slices.ContainsFunc(r.outside, func(e string) bool { return is(imp, e) }) {
			bad = append(bad, imp)
		}
	}
	return bad
}

func under(short, dir string) bool {
	return dir == "." || short == dir || strings.HasPrefix(short, dir+"/")
}

// is says whether an import path is the named one or below it.
func is(imp, name string) bool {
	name = strings.TrimSuffix(name, "/")
	return imp == name || strings.HasPrefix(imp, name+"/")
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	_, ours := packages(t)
	used := map[string]bool{}
	for _, p := range ours {
		a := area(p.short(), rules)
		require.NotEmptyf(t, a, "%s: no import rule for this folder; decide what it may know and add it to the rules", p.ImportPath)
		used[a] = true
		for _, imp := range rules[a].forbids(p.Imports) {
			t.Errorf("%s imports %s, which the rule for %s does not allow (%s)", p.ImportPath, imp, a, rules[a].why)
		}
	}
	for a := range rules {
		if !used[a] {
			t.Errorf("the rule for %s matches no package", a)
		}
	}
}

// The proof that the test above can fail.
func TestImportRulesForbid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder string
		imp    string
	}{
		{"engine", "os"}, {"engine", "net/http"}, {"engine", "go.temporal.io/sdk/workflow"}, {"engine", "math/rand/v2"},
		{"engine", "database/sql"}, {"engine", module + "/contract"}, {"engine/calendar", module + "/engine/definition"},
		{"engine/definition", module + "/engine"}, {"workflows", module + "/store"}, {"workflows", "github.com/jackc/pgx/v5"},
		{"contract", module + "/store"}, {"store", module + "/contract"}, {"store", "go.temporal.io/sdk/client"},
		{"api", module + "/activities"}, {"api", module + "/workflows"}, {"api", "github.com/jackc/pgx/v5"}, {"api", module + "/standalone"},
		{"activities", module + "/workflows"}, {"standalone", module + "/store"}, {"standalone", module + "/engine"},
		{"definitions", "os"}, {"letters", "os"}, {"letters", module + "/store"}, {"letters/office", "github.com/jackc/pgx/v5"},
		{"letters/office", module + "/api"}, {"contract/contracttest", module + "/store"},
	} {
		require.Equal(t, []string{c.imp}, rules[c.folder].forbids([]string{c.imp}), "%s must not import %s", c.folder, c.imp)
	}
	require.Equal(t, "contract/contracttest", area("contract/contracttest", rules))
	require.Equal(t, "standalone", area("standalone/devtest/temporald", rules))
	require.Empty(t, area("nobody/knows/it", rules))
}

const temporalServer = "go.temporal.io/server/temporal"

// reaching are packages the engine may not even have through a library.
var reaching = []string{"go.temporal.io", "github.com/jackc/pgx", "net/http", "database/sql"}

// What a library brings along counts as well: nobody reaches the network or a database through the
// engine, and Temporal's server, half a gigabyte of code with pins of its own, is in no program
// but the embedded default.
func TestWholeTreesStayClean(t *testing.T) {
	t.Parallel()
	all, ours := packages(t)
	for _, p := range ours {
		for _, dep := range p.Deps {
			if pure := under(p.short(), "engine"); pure && slices.ContainsFunc(reaching, func(e string) bool { return is(dep, e) }) {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
		wires := slices.ContainsFunc([]string{"standalone", "cmd", "bench"}, func(dir string) bool { return under(p.short(), dir) })
		if !wires && slices.Contains(p.Deps, temporalServer) {
			t.Errorf("%s depends on %s; only standalone may import it, and those that wire may have it", p.ImportPath, temporalServer)
		}
		imports := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		for _, imp := range imports {
			if is(imp, "go.temporal.io/server") && !under(p.short(), "standalone") {
				t.Errorf("%s imports %s; only standalone may", p.ImportPath, imp)
			}
		}
		for _, imp := range p.Imports {
			if is(imp, "github.com/stretchr/testify") && !testMaterial(p) {
				t.Errorf("%s imports %s outside tests", p.ImportPath, imp)
			}
		}
	}
	require.Contains(t, all, temporalServer, "the embedded default is gone, or this test looks for the wrong name")
}

// testMaterial are packages only tests import; they may fail a test.
func testMaterial(p *listed) bool { return slices.Contains(p.Imports, "testing") }

// No program contains test material.
func TestTestMaterialStaysInTests(t *testing.T) {
	t.Parallel()
	all, ours := packages(t)
	for _, p := range ours {
		if testMaterial(p) {
			continue
		}
		for _, imp := range p.Imports {
			if q := all[imp]; q != nil && q.ours() && testMaterial(q) {
				t.Errorf("%s imports %s, which is for tests only", p.ImportPath, imp)
			}
		}
	}
}
