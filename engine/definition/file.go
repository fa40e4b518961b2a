package definition

import (
	"fmt"
	"maps"
	"strings"
)

// FileKind says what a source file holds.
type FileKind string

// The kinds of files.
const (
	FileItem     FileKind = "item"
	FileFragment FileKind = "fragment"
	FileClaim    FileKind = "claim"
	FileTests    FileKind = "tests"
)

// File is one parsed source file. Exactly one of the four contents is set, the
// one Kind names; none when the file could not be read at all.
type File struct {
	Name       string // as given, used in positions
	Kind       FileKind
	Definition *Definition
	Fragment   *Fragment
	Claim      *Claim
	Tests      *Scenarios

	root  *value
	found Diagnostics
	unit
}

// unit is a definition with the places it was written at.
type unit struct {
	def   *Definition
	locs  locs
	texts map[locKey]*value
	file  string
}

// Fragment is a reusable list of steps.
type Fragment struct {
	ID         string
	Version    string
	Parameters []Parameter
	Steps      []*Step
}

// Claim says that a region runs a catalogue item, with its parameters set.
type Claim struct {
	Item    string
	Version string
	Region  string
	Set     map[string]any

	pos    Position
	values map[string]*value
	keys   map[string]Position
}

// ParseFile reads one source file of the language: an item, a fragment, a claim
// or scenario tests. It reports everything that is wrong with the file by itself
// and never panics. The File is usable for what could be read; name goes into
// the positions.
func ParseFile(name string, src []byte) (file *File, found Diagnostics) {
	file = &File{Name: name}
	defer func() {
		file.found = file.found.sorted()
		found = file.found
	}()
	r := &reader{file: name}
	root := r.read(src)
	file.found = r.out
	if root == nil {
		return file, nil
	}
	file.root = root
	if root.kind != isMap {
		r.out = nil
		if !r.wide(src, 0) {
			r.report(Diagnostic{Code: "S008", Position: root.pos, Text: text("文件应以 language: lianban/v1 开头", "a file starts with language: lianban/v1")})
		}
		file.found = append(file.found, r.out...)
		return file, nil
	}
	file.Kind = kindOfFile(root)
	d := newDecoder(name, nil)
	switch file.Kind {
	case FileItem:
		d.params = defaultParameters(root.get("parameters"))
		file.Definition = d.definition(root)
		fillDefaults(file.Definition)
		file.unit = unit{def: file.Definition, locs: d.locs, texts: d.texts, file: name}
	case FileFragment:
		d.params = defaultParameters(root.get("parameters"))
		file.Fragment = d.fragment(root)
		file.unit = unit{locs: d.locs, texts: d.texts, file: name}
	case FileClaim:
		file.Claim = d.claim(root)
	case FileTests:
		file.Tests = d.scenarios(root)
		file.unit = unit{locs: d.locs, file: name}
	default:
		d.report(Diagnostic{Code: "S008", Position: root.pos,
			Text: text("看不出文件是什么：应有 item、fragment、claim 或 tests 之一", "this is neither an item nor a fragment, a claim or tests: one of these keys is needed")})
	}
	file.found = append(file.found, d.out...)
	// A mistyped language line is easier to see than the many unknown keys it
	// may come with, but only a file of the language is judged as one.
	return file, nil
}

func kindOfFile(root *value) FileKind {
	for _, k := range []FileKind{FileItem, FileFragment, FileClaim, FileTests} {
		if root.get(string(k)) != nil {
			return k
		}
	}
	if root.get("process") != nil {
		return FileItem
	}
	if root.get("steps") != nil {
		return FileFragment
	}
	return ""
}

// defaultParameters makes the table $name is replaced from: the default of
// each parameter, nil for one that has none.
func defaultParameters(v *value) map[string]*value {
	out := map[string]*value{}
	if v == nil {
		return out
	}
	for _, p := range v.pairs {
		out[p.key] = nil
		if def := p.value.get("default"); def != nil && def.kind == isScalar && !strings.HasPrefix(def.text, "$") {
			out[p.key] = def
		}
	}
	return out
}

func (d *decoder) fragment(root *value) *Fragment {
	f := &Fragment{}
	d.fields(root,
		must("language", func(v *value) { d.language(v) }),
		must("fragment", func(v *value) {
			if f.ID = d.str(v); f.ID != "" && !includeName.MatchString(f.ID+"@1") {
				d.fail("S106", v.pos, "片段名“"+clip(f.ID)+"”写法有误", fmt.Sprintf("%q is not the name of a fragment", clip(f.ID)),
					text("小写字母开头，字母、数字和连字符，如 scheme-opinion", "letters, digits and hyphens, starting with a small letter, like scheme-opinion"))
			}
		}),
		must("version", func(v *value) { f.Version = d.version(v) }),
		may("parameters", func(v *value) { f.Parameters = d.parameters(v) }),
		must("steps", func(v *value) { f.Steps = d.steps(v) }),
	)
	return f
}

func (d *decoder) claim(root *value) *Claim {
	c := &Claim{pos: root.pos, values: map[string]*value{}, keys: map[string]Position{}}
	d.fields(root,
		must("language", func(v *value) { d.language(v) }),
		must("claim", func(v *value) {
			c.pos = v.pos
			d.fields(v,
				must("item", func(v *value) { c.Item = d.str(v) }),
				must("version", func(v *value) { c.Version = d.version(v) }),
				must("region", func(v *value) { c.Region = d.region(v) }))
		}),
		may("set", func(v *value) {
			c.Set = d.scalars(v)
			for _, p := range v.pairs {
				c.values[p.key], c.keys[p.key] = p.value, p.pos
			}
		}),
	)
	return c
}

func (d *decoder) region(v *value) string {
	s := d.str(v)
	if s != "" && (len(s) < 6 || len(s) > 12 || strings.Trim(s, "0123456789") != "") {
		d.fail("S108", v.pos, "“"+clip(s)+"”不是行政区划代码", fmt.Sprintf("%q is not the code of a region", clip(s)),
			text("6到12位数字，如 \"210304\"", "6 to 12 digits, like \"210304\""))
	}
	return s
}

// decodeWith reads an item again with parameters set.
func (f *File) decodeWith(params map[string]*value) (unit, Diagnostics) {
	d := newDecoder(f.Name, maps.Clone(params))
	def := d.definition(f.root)
	return unit{def: def, locs: d.locs, texts: d.texts, file: f.Name}, d.out
}
