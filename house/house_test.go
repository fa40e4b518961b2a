package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// root of the repository, as seen from this package.
const root = ".."

const module = "lianban"

// listed is what the go command says about a package.
type listed struct {
	ImportPath   string
	Dir          string
	Export       string // file with export data
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

// short is the package's folder in the repository; "." is the root.
func (p *listed) short() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func (p *listed) ours() bool {
	return p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/")
}

const fields = "-json=ImportPath,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Deps"

// list asks the go command for packages and all they depend on.
func list(args ...string) (map[string]*listed, error) {
	var out, errs bytes.Buffer
	cmd := exec.Command("go", append([]string{"list", "-deps", fields}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, errors.New("go list: " + err.Error() + "\n" + errs.String())
	}
	all := map[string]*listed{}
	for dec := json.NewDecoder(&out); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
}

// everything is our packages and all they depend on, asked once per test process.
var everything = sync.OnceValues(func() (map[string]*listed, error) { return list("./...") })

// packages gives all packages, and ours of them.
func packages(t *testing.T) (all map[string]*listed, ours []*listed) {
	t.Helper()
	all, err := everything()
	require.NoError(t, err)
	for _, p := range all {
		if p.ours() {
			ours = append(ours, p)
		}
	}
	require.NotEmpty(t, ours)
	return all, ours
}

// area is the longest of the names that is a folder of the repository the path lies in, or "".
func area[T any](short string, rules map[string]T) string {
	for p := short; ; p = path.Dir(p) {
		if _, ok := rules[p]; ok {
			return p
		}
		if p == "." {
			return ""
		}
	}
}

// files walks the text files of the repository that people write: everything but what is built,
// downloaded, kept by git or generated.
func files(t *testing.T, visit func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			switch name {
			case ".git", "bin", "data", "web/node_modules", "web/dist":
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || generated(name) || name == ".git" { // in a second working tree .git is a file
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !bytes.ContainsRune(text, 0) {
			visit(name, text)
		}
		return nil
	})
	require.NoError(t, err)
}

// generated files are held to their generators by `make verify-generated` and, those of the console, by `make test`.
func generated(name string) bool {
	dir := path.Dir(name)
	return dir == "store/dbsqlc" || dir == "api/gen" || strings.HasPrefix(name, "web/src/api/gen/") || path.Base(name) == "go.sum" || path.Base(name) == "package-lock.json"
}
