package calendars

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"lianban/engine/calendar"
)

// Set is what a folder of calendar files says: years and local layers, not yet bound to a region.
type Set struct {
	Years  []calendar.Year
	Layers []calendar.Layer
}

// Load reads every .yaml file at the root of fsys and makes the calendar of a region ("" is the mainland): the
// years, and over them the layers whose region is a prefix of it. The calendar's own region is the longest such
// prefix, so that all halls without closures of their own share one calendar and version.
func Load(fsys fs.FS, region string) (*calendar.Calendar, error) {
	set, err := Read(fsys)
	if err != nil {
		return nil, err
	}
	return set.Calendar(region)
}

// Read reads every .yaml file at the root of fsys.
func Read(fsys fs.FS) (Set, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return Set{}, fmt.Errorf("list calendar files: %w", err)
	}
	var set Set
	years, days := map[int]string{}, map[dayKey]string{}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return Set{}, fmt.Errorf("read calendar file: %w", err)
		}
		f, err := parse(name, b)
		if err != nil {
			return Set{}, err
		}
		if f.Region.set() {
			l, err := f.layer(days)
			if err != nil {
				return Set{}, err
			}
			set.Layers = append(set.Layers, l)
			continue
		}
		y, err := f.year(days)
		if err != nil {
			return Set{}, err
		}
		if other, ok := years[y.Year]; ok {
			return Set{}, f.fail(f.Year, "year %d already stands in %s; keep one file per year", y.Year, other)
		}
		years[y.Year] = name
		set.Years = append(set.Years, y)
	}
	return set, nil
}

// Over returns s laid over base: a year of s replaces the same year of base (a notice that has come out replaces
// what was computed before), layers of both hold.
func (s Set) Over(base Set) Set {
	byYear := map[int]calendar.Year{}
	for _, y := range slices.Concat(base.Years, s.Years) {
		byYear[y.Year] = y
	}
	out := Set{Layers: slices.Concat(base.Layers, s.Layers)}
	for _, y := range slices.Sorted(maps.Keys(byYear)) {
		out.Years = append(out.Years, byYear[y])
	}
	return out
}

// Calendar makes the calendar of a region. Its label is the last year a notice covers.
func (s Set) Calendar(region string) (*calendar.Calendar, error) {
	label := "0"
	last := 0
	for _, y := range s.Years {
		if len(y.Notices) > 0 && y.Year > last {
			last, label = y.Year, strconv.Itoa(y.Year)
		}
	}
	return calendar.New(calendar.Data{Label: label, Years: s.Years}.For(region, s.Layers))
}

// word is a scalar with its place.
type word struct {
	text      string
	line, col int
}

// UnmarshalYAML keeps the text and place of a scalar; what it must be is judged where the field is known.
func (w *word) UnmarshalYAML(n ast.Node) error {
	if p := n.GetToken().Position; p != nil {
		w.line, w.col = p.Line, p.Column
	}
	s, ok := n.(ast.ScalarNode)
	if !ok {
		return &yaml.UnexpectedNodeTypeError{Actual: n.Type(), Expected: ast.StringType, Token: n.GetToken()}
	}
	w.text = s.GetToken().Value
	return nil
}

func (w word) set() bool { return w.line > 0 }

type notice struct {
	Name   word `yaml:"name"`
	Number word `yaml:"number"`
	Issued word `yaml:"issued"`
}

type entry struct {
	Off  word `yaml:"off"`
	Work word `yaml:"work"`
	Name word `yaml:"name"`
	EN   word `yaml:"en"`
}

// file is one calendar file as written.
type file struct {
	name    string
	Year    word     `yaml:"year"`
	Notices []notice `yaml:"notices"`
	Basis   word     `yaml:"basis"`
	Region  word     `yaml:"region"`
	Notice  *notice  `yaml:"notice"`
	Days    []entry  `yaml:"days"`
}

func parse(name string, b []byte) (*file, error) {
	f := &file{name: name}
	if err := yaml.UnmarshalWithOptions(b, f, yaml.Strict()); err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			p := at.GetToken().Position
			return nil, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, at.GetMessage())
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if f.Year.set() == f.Region.set() {
		return nil, fmt.Errorf("%s:1:1: a calendar file has either year (national days) or region (local days)", name)
	}
	return f, nil
}

func (f *file) fail(w word, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", f.name, max(w.line, 1), max(w.col, 1), fmt.Sprintf(format, args...))
}

func (f *file) year(days map[dayKey]string) (calendar.Year, error) {
	n, err := strconv.Atoi(f.Year.text)
	if err != nil || len(f.Year.text) != 4 {
		return calendar.Year{}, f.fail(f.Year, "year is four digits, like 2026; got %q", f.Year.text)
	}
	if f.Notice != nil {
		return calendar.Year{}, f.fail(f.Notice.Name, "a year names its documents under notices; notice is for a region")
	}
	if len(f.Notices) == 0 && !f.Basis.set() {
		return calendar.Year{}, f.fail(f.Year, "a year names the notices its days come from, or under basis what they rest on while there is none")
	}
	y := calendar.Year{Year: n, Basis: f.Basis.text}
	for _, raw := range f.Notices {
		made, err := f.notice(raw)
		if err != nil {
			return calendar.Year{}, err
		}
		y.Notices = append(y.Notices, made)
	}
	y.Days, err = f.runs(days)
	if err != nil {
		return calendar.Year{}, err
	}
	first, last := calendar.NewDate(n-1, 12, 1), calendar.NewDate(n, 12, 31)
	for i, r := range y.Days {
		if r.From < first || r.To > last {
			return calendar.Year{}, f.fail(f.Days[i].when(), "days of %d lie between %s and %s; got %s to %s", n, first, last, r.From, r.To)
		}
	}
	return y, nil
}

func (f *file) layer(days map[dayKey]string) (calendar.Layer, error) {
	if r := f.Region.text; r == "" || len(r) > 12 || strings.Trim(r, "0123456789") != "" {
		return calendar.Layer{}, f.fail(f.Region, "region is an administrative code of 1 to 12 digits, like \"210302\"; got %q", r)
	}
	if f.Notice == nil || len(f.Notices) > 0 || f.Basis.set() {
		return calendar.Layer{}, f.fail(f.Region, "a region's days name the document they rest on under notice, and nothing under notices or basis")
	}
	n, err := f.notice(*f.Notice)
	if err != nil {
		return calendar.Layer{}, err
	}
	runs, err := f.runs(days)
	if err != nil {
		return calendar.Layer{}, err
	}
	return calendar.Layer{Region: f.Region.text, Notice: n, Days: runs}, nil
}

func (f *file) notice(raw notice) (calendar.Notice, error) {
	if raw.Name.text == "" {
		at := raw.Name
		for _, w := range []word{raw.Number, raw.Issued, f.Year, f.Region} {
			if !at.set() {
				at = w
			}
		}
		return calendar.Notice{}, f.fail(at, "a notice has a name")
	}
	n := calendar.Notice{Name: raw.Name.text, Number: raw.Number.text}
	if raw.Issued.set() {
		d, err := calendar.ParseDate(raw.Issued.text)
		if err != nil {
			return n, f.fail(raw.Issued, "issued: %v", err)
		}
		n.Issued = d
	}
	return n, nil
}

func (e entry) when() word {
	if e.Work.set() {
		return e.Work
	}
	return e.Off
}

// dayKey finds a day given twice by authorities of one rank, across files.
type dayKey struct {
	region string
	day    calendar.Date
}

func (f *file) runs(days map[dayKey]string) ([]calendar.Run, error) {
	var out []calendar.Run
	for i, e := range f.Days {
		w := e.when()
		if e.Off.set() == e.Work.set() {
			if !w.set() {
				w = e.Name
			}
			return nil, f.fail(w, "entry %d of days has either off or work, with a day or a range FROM..TO", i+1)
		}
		if e.Name.text == "" {
			return nil, f.fail(w, "entry %d of days has no name: say the holiday or the reason", i+1)
		}
		from, to, ranged := strings.Cut(w.text, "..")
		if !ranged {
			to = from
		}
		r := calendar.Run{Work: e.Work.set(), Name: e.Name.text, EN: e.EN.text}
		var err error
		if r.From, err = calendar.ParseDate(from); err == nil {
			r.To, err = calendar.ParseDate(to)
		}
		if err != nil {
			return nil, f.fail(w, "a day is written 2026-01-04, a range 2026-01-01..2026-01-03: %v", err)
		}
		if r.To < r.From || r.To-r.From > 366 {
			return nil, f.fail(w, "a range runs forward and at most a year; got %s to %s", r.From, r.To)
		}
		for d := r.From; d <= r.To; d++ {
			key := dayKey{f.Region.text, d}
			if place, ok := days[key]; ok {
				return nil, f.fail(w, "%s is already given at %s; list each day once", d, place)
			}
			days[key] = fmt.Sprintf("%s:%d:%d", f.name, w.line, w.col)
		}
		out = append(out, r)
	}
	return out, nil
}
