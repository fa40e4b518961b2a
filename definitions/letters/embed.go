// Package letters holds the templates of letters that come with the program, one file per kind
// (KIND.zh.yaml). An installation puts its own beside them, in a folder of its own.
package letters

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lianban/engine/definition"
	"lianban/letters"
)

//go:embed *.zh.yaml
var files embed.FS

// Files are the templates that come with the program.
func Files() fs.FS { return files }

// Suffix is the ending of a template's file name; before it stands the kind.
const Suffix = ".zh.yaml"

// Set gives the template of every kind: those of own, when it is given and has one, else the program's.
// Findings that failed are about own: nothing is to be used then.
func Set(own fs.FS) (map[string]*letters.Template, definition.Diagnostics, error) {
	set := map[string]*letters.Template{}
	var found definition.Diagnostics
	for _, fsys := range []fs.FS{files, own} {
		if fsys == nil {
			continue
		}
		names, err := fs.Glob(fsys, "*"+Suffix)
		if err != nil {
			return nil, nil, fmt.Errorf("letter templates: %w", err)
		}
		slices.Sort(names)
		for _, name := range names {
			src, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, nil, fmt.Errorf("letter templates: %w", err)
			}
			t, d := letters.ParseTemplate(name, src)
			found = append(found, d...)
			if t == nil || d.Failed() {
				continue
			}
			if kind := strings.TrimSuffix(path.Base(name), Suffix); kind != t.Kind {
				found = append(found, letters.Misnamed(name, kind, t.Kind))
				continue
			}
			set[t.Kind] = t
		}
	}
	return set, found, nil
}
