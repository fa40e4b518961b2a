package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"lianban/definitions"
	"lianban/engine/definition"
)

// sources are the files a person named, and the library they are judged in.
type sources struct {
	given []*definition.File
	lib   *definition.Library
	found definition.Diagnostics
}

// load reads files and folders. Around them it reads what they may refer to:
// the other files of their folders, a folder of fragments beside or above, and
// the catalogue built into the program; of those no finding is reported.
func (a *App) load(paths []string) (*sources, error) {
	given, err := expand(paths)
	if err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, Fail(NotFound, "没有找到 .yaml 文件", "no .yaml file there")
	}
	s := &sources{}
	var all []*definition.File
	seen := map[string]bool{}
	read := func(name string, src []byte) *definition.File {
		f, _ := definition.ParseFile(name, src)
		all = append(all, f)
		return f
	}
	for _, name := range given {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		seen[clean(name)] = true
		s.given = append(s.given, read(name, src))
	}
	for _, name := range neighbours(given) {
		if src, err := os.ReadFile(name); err == nil && !seen[clean(name)] {
			seen[clean(name)] = true
			read(name, src)
		}
	}
	err = fs.WalkDir(definitions.Files(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		src, err := fs.ReadFile(definitions.Files(), name)
		if err == nil && isLanguage(name, src) {
			read("built-in/"+name, src)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, f := range s.given {
		names[f.Name] = true
	}
	lib, twice := definition.LibraryOf(all...)
	s.lib = lib
	for _, d := range twice.Group("F") {
		// A file that is also built in, or lies beside under the same version, is no mistake of the file.
		if names[d.Position.File] && strings.Count(d.Text.EN, "built-in/") == 0 {
			s.found = append(s.found, d)
		}
	}
	return s, nil
}

func clean(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}

func unreadable(name string, err error) error {
	code := Internal
	if os.IsNotExist(err) {
		code = NotFound
	}
	return &Error{Code: code, Zh: "读不了 " + name, En: "cannot read " + name, Err: err}
}

// expand makes the list of files of what was named; folders stand for all
// definition files below them. Calendars and the list of organisations are not of the language.
func expand(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, unreadable(p, err)
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		err = filepath.WalkDir(p, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" {
				return err
			}
			src, err := os.ReadFile(name)
			if err == nil && isLanguage(name, src) {
				out = append(out, name)
			}
			return err
		})
		if err != nil {
			return nil, unreadable(p, err)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// isLanguage tells a file of the language from other YAML in the same folder:
// it has a language line, or at least looks like one of the kinds of file. What cannot
// be read at all may be one: passed over, it would count as without a mistake.
func isLanguage(name string, src []byte) bool {
	for line := range strings.Lines(string(src)) {
		if strings.HasPrefix(line, "language") {
			return true
		}
	}
	f, found := definition.ParseFile(name, src)
	return f.Kind != "" || slices.ContainsFunc(found, func(d definition.Diagnostic) bool { return slices.Contains(unreadableCodes, d.Code) })
}

// unreadableCodes are of what no reader of YAML could make anything of.
var unreadableCodes = []string{"S001", "S003"}

// neighbours are the definition files that may belong to those given.
func neighbours(given []string) []string {
	var out []string
	for _, name := range given {
		dir := filepath.Dir(name)
		for _, pattern := range []string{"*.yaml", "fragments/*.yaml", "fragments/*/*.yaml", "../fragments/*.yaml", "../fragments/*/*.yaml", "../*/*.yaml"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				continue // a constant pattern in a folder with odd signs in its name
			}
			for _, f := range found {
				if src, err := os.ReadFile(f); err == nil && isLanguage(f, src) {
					out = append(out, f)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
