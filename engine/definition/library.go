package definition

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
)

// Library is a set of source files that refer to each other: items, fragments,
// claims and scenario tests. It is built once and then only read.
type Library struct {
	files     []*File
	items     map[string][]*File // by code and by file name, oldest version first
	fragments map[string]*File   // by NAME@VERSION
	claims    []*File
}

// NewLibrary reads all definition files below a folder. YAML files that are not
// of the language (the organisations, calendars) are left out. The findings are
// those of the files by themselves and of files that contradict each other.
func NewLibrary(fsys fs.FS) (*Library, Diagnostics, error) {
	var files []*File
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, _ := ParseFile(name, src)
		if f.Kind == "" && f.root != nil && f.root.get("language") == nil {
			return nil
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read definitions: %w", err)
	}
	lib, found := LibraryOf(files...)
	return lib, found, nil
}

// LibraryOf makes a library of parsed files.
func LibraryOf(files ...*File) (*Library, Diagnostics) {
	l := &Library{items: map[string][]*File{}, fragments: map[string]*File{}}
	var found Diagnostics
	twice := func(f *File, what string, other *File) {
		found = append(found, Diagnostic{Code: "F107", Severity: severities["F107"], Position: f.locs.headIn(f.Name),
			Text: text(fmt.Sprintf("%s 在 %s 中已有", what, other.Name), fmt.Sprintf("%s is in %s already", what, other.Name)),
			Fix:  text("改版本号", "give it another version")})
	}
	for _, f := range files {
		l.files = append(l.files, f)
		found = append(found, f.found...)
		switch f.Kind {
		case FileItem:
			it := f.Definition.Item
			if other := l.Item(it.Code, it.Version); other != nil {
				twice(f, it.Code+"@"+it.Version, other)
				continue
			}
			for _, key := range slices.Compact([]string{it.Code, itemName(f.Name)}) {
				if key == "" {
					continue
				}
				l.items[key] = append(l.items[key], f)
				sort.SliceStable(l.items[key], func(i, j int) bool {
					return versionLess(l.items[key][i].Definition.Item.Version, l.items[key][j].Definition.Item.Version)
				})
			}
		case FileFragment:
			key := f.Fragment.ID + "@" + f.Fragment.Version
			if other := l.fragments[key]; other != nil {
				twice(f, key, other)
				continue
			}
			l.fragments[key] = f
		case FileClaim:
			l.claims = append(l.claims, f)
		}
	}
	return l, found.sorted()
}

func (l locs) headIn(file string) Position {
	p := l.find(nil, "item")
	if p.File == "" {
		p.File = file
	}
	return p
}

// itemName is how files call an item: the folder where the file is named after
// its version (restaurant/2026.1.yaml), else the file (restaurant.yaml).
func itemName(file string) string {
	base := strings.TrimSuffix(path.Base(file), ".yaml")
	for _, suffix := range []string{".test", ".claim", ".fragment"} {
		base = strings.TrimSuffix(base, suffix)
	}
	if versionPattern.MatchString(base) {
		return path.Base(path.Dir(file))
	}
	return base
}

// Files are all files, in the order they were added.
func (l *Library) Files() []*File { return slices.Clone(l.files) }

// Item finds an item by its code or file name; the empty version asks for the
// newest. It answers nil when there is none.
func (l *Library) Item(item, version string) *File {
	versions := l.items[item]
	if version == "" && len(versions) > 0 {
		return versions[len(versions)-1]
	}
	for _, f := range versions {
		if f.Definition.Item.Version == version {
			return f
		}
	}
	return nil
}

// Items are the item files, by code and version.
func (l *Library) Items() []*File {
	var out []*File
	for _, f := range l.files {
		if f.Kind == FileItem && l.Item(f.Definition.Item.Code, f.Definition.Item.Version) == f {
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].Definition.Item, out[j].Definition.Item
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		return versionLess(a.Version, b.Version)
	})
	return out
}

// ItemOf finds the item file a scenario file tests: NAME.yaml beside
// NAME.test.yaml, else the newest version of the item it names.
func (l *Library) ItemOf(tests *File) *File {
	beside := strings.TrimSuffix(tests.Name, ".test.yaml") + ".yaml"
	for _, f := range l.files {
		if f.Name == beside && f.Kind == FileItem {
			return f
		}
	}
	if tests.Tests == nil {
		return nil
	}
	return l.Item(tests.Tests.Tests, "")
}

// Resolve makes the definition a region runs: the region's claim sets the
// parameters, includes are expanded, every default is explicit. The definition is
// nil when a finding is an error.
func (l *Library) Resolve(item, version, region string) (*Definition, Diagnostics) {
	f := l.Item(item, version)
	if f == nil {
		return nil, Diagnostics{{Code: "F103", Severity: severities["F103"], Position: Position{File: item, Line: 1, Column: 1},
			Text: text(fmt.Sprintf("目录中没有事项 %s 的版本 %s", item, version), fmt.Sprintf("the catalogue has no version %s of the item %s", version, item))}}
	}
	claim := l.claim(f, region)
	u, found := l.resolve(f, claim)
	for _, p := range u.def.Parameters {
		if p.Value == nil && claim == nil { // a claim's own gaps are found by resolve
			found = append(found, Diagnostic{Code: "F105", Severity: severities["F105"], Position: u.locs.find(nil, "parameters."+p.ID),
				Text: text("参数 "+p.ID+" 没有默认值，"+region+" 也没有认领并设定它", "the parameter "+p.ID+" has no default, and no claim of "+region+" sets it"),
				Fix:  text("由地区认领并设定，或给出 default", "let the region claim the item and set it, or give a default")})
		}
	}
	found = append(slices.Clone(f.found), found...).sorted()
	if found.Failed() {
		return nil, found
	}
	return u.def, found
}

// claim finds the claim of a region for an item, nil when there is none.
func (l *Library) claim(f *File, region string) *File {
	for _, c := range l.claims {
		it := f.Definition.Item
		if c.Claim.Item == it.Code && c.Claim.Version == it.Version && c.Claim.Region == region && region != "" {
			return c
		}
	}
	return nil
}

// resolve decodes an item again with its parameters set and its includes
// expanded. Findings of the file by itself are not repeated.
func (l *Library) resolve(f, claim *File) (unit, Diagnostics) {
	params := defaultParameters(f.root.get("parameters"))
	set := map[string]any{}
	var found Diagnostics
	if claim != nil {
		found = append(found, claimed(f, claim, params, set)...)
	}
	u, again := f.decodeWith(params)
	found = append(found, newIn(again, f.found)...)
	for i := range u.def.Parameters {
		p := &u.def.Parameters[i]
		p.Value = p.Default
		if v, ok := set[p.ID]; ok {
			p.Value = v
		}
		if p.Value == nil && claim != nil {
			found = append(found, Diagnostic{Code: "F105", Severity: severities["F105"], Position: claim.Claim.pos,
				Text: text("参数 "+p.ID+" 没有值", "the parameter "+p.ID+" has no value"),
				Fix:  text("在 set 中设定", "set it under set")})
		}
	}
	x := &expander{lib: l, unit: &u}
	u.def.Process = x.steps(u.def.Process, nil)
	found = append(found, x.found...)
	fillDefaults(u.def)
	return u, found
}

// claimed puts a claim's values in the place of the defaults.
func claimed(f, claim *File, params map[string]*value, set map[string]any) Diagnostics {
	d := newDecoder(claim.Name, nil)
	c := claim.Claim
	for _, id := range sortedKeys(c.values) {
		v := c.values[id]
		i := slices.IndexFunc(f.Definition.Parameters, func(p Parameter) bool { return p.ID == id })
		if i < 0 {
			known := sortedKeys(params)
			d.fail("F104", c.keys[id], "事项没有参数 "+id+"，其余内容不得改动", "the item has no parameter "+id+", and nothing else may differ", oneOf(id, known))
			continue
		}
		p := f.Definition.Parameters[i]
		val := d.parameterValue(v, p.Type)
		d.within(v.pos, p, val)
		set[id], params[id] = val, v
	}
	return d.out
}

// newIn leaves out what was reported before.
func newIn(found, before Diagnostics) Diagnostics {
	return slices.DeleteFunc(found, func(a Diagnostic) bool {
		return slices.ContainsFunc(before, func(b Diagnostic) bool { return a.Code == b.Code && a.Position == b.Position })
	})
}

// expander puts the steps of fragments in the place of includes.
type expander struct {
	lib   *Library
	unit  *unit
	found Diagnostics
}

func (x *expander) fail(code string, at Position, zh, en string, fix ...string) {
	f := Diagnostic{Code: code, Severity: severities[code], Position: at, Text: text(zh, en)}
	if len(fix) == 2 {
		f.Fix = text(fix[0], fix[1])
	}
	x.found = append(x.found, f)
}

func (x *expander) steps(steps []*Step, inside []string) []*Step {
	var out []*Step
	for _, s := range steps {
		switch {
		case s.Kind == KindInclude:
			out = append(out, x.include(s, inside)...)
			continue
		case s.Sequence != nil:
			s.Sequence.Steps = x.steps(s.Sequence.Steps, inside)
		case s.Parallel != nil:
			s.Parallel.Branches = x.steps(s.Parallel.Branches, inside)
		}
		out = append(out, s)
	}
	return out
}

func (x *expander) include(s *Step, inside []string) []*Step {
	name := s.Include.Fragment + "@" + s.Include.Version
	at := x.unit.locs.find(s, "")
	f := x.lib.fragments[name]
	if f == nil {
		if s.Include.Fragment != "" {
			fix := oneOf(name, sortedKeys(x.lib.fragments))
			x.fail("F101", at, "库中没有片段 "+name, "the library has no fragment "+name, fix.ZH, fix.EN)
		}
		return []*Step{s}
	}
	if slices.Contains(inside, name) {
		x.fail("F106", at, "片段互相包含："+strings.Join(append(inside, name), " → "), "fragments include each other: "+strings.Join(append(inside, name), " → "))
		return nil
	}
	inside = append(slices.Clone(inside), name)
	copies := s.Include.For
	if len(copies) == 0 {
		copies = []Copy{{}}
	}
	var out []*Step
	for i, c := range copies {
		set, literals := x.arguments(f, s, i, c, at)
		out = append(out, x.copy(f, s, c, set, literals, inside)...)
	}
	return out
}

// arguments are the values of a fragment's parameters in one copy: as nodes for
// $name, as literals for expressions.
func (x *expander) arguments(f *File, s *Step, n int, c Copy, at Position) (map[string]*value, map[string]string) {
	set := defaultParameters(f.root.get("parameters"))
	literals := map[string]string{}
	d := newDecoder(x.unit.file, nil)
	for _, id := range sortedKeys(c.With) {
		where := x.unit.locs.find(s, fmt.Sprintf("for.%d.with.%s", n, id))
		if _, ok := set[id]; !ok {
			fix := oneOf(id, sortedKeys(set))
			x.fail("F104", where, "片段没有参数 "+id, "the fragment has no parameter "+id, fix.ZH, fix.EN)
			continue
		}
		set[id] = scalarValue(c.With[id], where)
	}
	for _, p := range f.Fragment.Parameters {
		v := set[p.ID]
		if v == nil {
			x.fail("F105", at, "片段的参数 "+p.ID+" 没有值", "the fragment's parameter "+p.ID+" has no value", "写在 with 中", "set it under with")
			continue
		}
		val := d.parameterValue(v, p.Type)
		d.within(v.pos, p, val)
		literals[p.ID] = literal(val)
	}
	x.found = append(x.found, d.out...)
	return set, literals
}

func scalarValue(v any, at Position) *value {
	return &value{text: fmt.Sprint(v), scalar: v, pos: at}
}

func (x *expander) copy(f *File, s *Step, c Copy, set map[string]*value, literals map[string]string, inside []string) []*Step {
	d := newDecoder(f.Name, set)
	steps := d.steps(f.root.get("steps"))
	x.found = append(x.found, newIn(d.out, f.found)...)
	maps.Copy(x.unit.locs, d.locs)
	maps.Copy(x.unit.texts, d.texts)
	steps = x.steps(steps, inside) // what it includes itself gets this copy's name in front too
	r := &renamer{as: c.As, own: map[string]bool{}, params: literals}
	walk(steps, r.declare)
	walk(steps, r.rename)
	for _, st := range steps {
		st.When = and(s.When, c.When, st.When)
		if c.When != "" || s.When != "" {
			// The joined expression is nowhere in the source: point at the copy.
			delete(x.unit.texts, locKey{st, "when"})
		}
	}
	return steps
}

// and joins conditions that must all hold.
func and(conditions ...Expr) Expr {
	var parts []string
	for _, c := range conditions {
		if c != "" {
			parts = append(parts, string(c))
		}
	}
	if len(parts) < 2 {
		return Expr(strings.Join(parts, ""))
	}
	return Expr("(" + strings.Join(parts, ") and (") + ")")
}
