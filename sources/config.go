package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"lianban/engine"
	"lianban/engine/calendar"
)

// Config says which sources a hall has. The zero value is the two of our own: library and licences.
type Config struct {
	// Budget is how long the sources of one filing may take together.
	Budget   time.Duration       `yaml:"budget"`
	Library  LibraryConfig       `yaml:"library"`
	Licences LicenceConfig       `yaml:"licences"`
	Data     map[string]Endpoint `yaml:"data"`
	// Intermediary is asked for papers of intermediary services (中介服务).
	Intermediary *Endpoint `yaml:"intermediary"`
}

// LibraryConfig says how long copies may be used again.
type LibraryConfig struct {
	// Reuse is how long after its filing or comparison a copy may be used again.
	Reuse calendar.Period `yaml:"reuse"`
	// Periods are those of single papers, by the guide's name.
	Periods map[string]calendar.Period `yaml:"periods"`
}

// LicenceConfig says which licence answers for which paper or question.
type LicenceConfig struct {
	// Types are the types of licence a paper may be, by the guide's name; left out: the name itself.
	Types map[string][]string `yaml:"types"`
	// Questions are yes-or-no questions answered by holding a licence: QUESTION or ITEM/QUESTION → type.
	Questions map[string]string `yaml:"questions"`
	// Service is an outside store of licences, asked for what our own does not have.
	Service *Endpoint `yaml:"service"`
}

// Endpoint describes an HTTP service that answers with JSON.
type Endpoint struct {
	URL string `yaml:"url"`
	// Method is POST (the fields as a JSON object) or GET (as a query).
	Method  string            `yaml:"method"`
	Headers map[string]string `yaml:"headers"`
	// Send are the fields sent: name → applicant.id, applicant.X, form.X, answers.X, item, region, paper,
	// question, licence, day. One the application does not have fails the query before it is sent.
	Send map[string]string `yaml:"send"`
	// Timeout bounds one try, Tries says how many there are, MaxBytes how large an answer may be.
	Timeout  time.Duration `yaml:"timeout"`
	Tries    int           `yaml:"tries"`
	MaxBytes int64         `yaml:"maxBytes"`
	// After so many failures in a row the source is left alone For so long.
	After int           `yaml:"after"`
	For   time.Duration `yaml:"for"`
	// Grade is the trust grade of what it gives.
	Grade   engine.Grade `yaml:"grade"`
	Mapping `yaml:",inline"`
	// Papers are mappings of single papers, laid over the common one.
	Papers map[string]Mapping `yaml:"papers"`
	// Values are answers: question → JSON pointer into the record.
	Values map[string]pointer `yaml:"values"`
}

// Mapping says where in the answer things stand, as JSON pointers.
type Mapping struct {
	// Record is where the record is; nothing, null, false or an empty list there: there is none.
	Record pointer `yaml:"record"`
	// The others count from the record. Valid must be true, or one of ValidIs, for the record to be in force.
	Valid   pointer  `yaml:"valid"`
	ValidIs []string `yaml:"validIs"`
	Until   pointer  `yaml:"until"`
	Ref     pointer  `yaml:"ref"`
	// File holds the paper itself in base64, FileType its media type; without, the answer is the paper.
	File     pointer `yaml:"file"`
	FileType string  `yaml:"fileType"`
}

// over lays m over base.
func (m Mapping) over(base Mapping) Mapping {
	set := func(to *pointer, v pointer) {
		if v != "" {
			*to = v
		}
	}
	set(&base.Record, m.Record)
	set(&base.Valid, m.Valid)
	set(&base.Until, m.Until)
	set(&base.Ref, m.Ref)
	set(&base.File, m.File)
	if m.FileType != "" {
		base.FileType = m.FileType
	}
	if m.ValidIs != nil {
		base.ValidIs = m.ValidIs
	}
	return base
}

// Defaults of a service. The budget of a filing is well below what people and proxies wait for.
const (
	defaultBudget   = 5 * time.Second
	defaultTimeout  = 2 * time.Second
	defaultTries    = 2
	defaultMaxBytes = 4 << 20
	defaultAfter    = 5
	defaultFor      = 30 * time.Second
)

var defaultReuse = calendar.Period{Amount: 2, Unit: calendar.Years}

// Load reads a configuration. ${NAME} in a header or address is the environment variable of that name,
// so that no secret need stand in the file.
func Load(path string, getenv func(string) string) (Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("sources: %w", err)
	}
	var c Config
	dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, fmt.Errorf("sources: %s: %s", path, yaml.FormatError(err, false, true))
	}
	if err := c.prepare(getenv); err != nil {
		return Config{}, fmt.Errorf("sources: %s: %w", path, err)
	}
	return c, nil
}

var sourceName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)

// prepare fills in defaults and refuses what cannot be.
func (c *Config) prepare(getenv func(string) string) error {
	if c.Budget == 0 {
		c.Budget = defaultBudget
	}
	if c.Library.Reuse.IsZero() {
		c.Library.Reuse = defaultReuse
	}
	for _, p := range append(slices.Collect(maps.Values(c.Library.Periods)), c.Library.Reuse) {
		if p.Unit == calendar.Hours {
			return errors.New("library: a copy is used again for days, months or years, not hours")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Data)) {
		if !sourceName.MatchString(name) {
			return fmt.Errorf("data.%s: a name has letters and digits only, beginning with a small one", name)
		}
		e := c.Data[name]
		if err := e.prepare(getenv); err != nil {
			return fmt.Errorf("data.%s: %w", name, err)
		}
		c.Data[name] = e
	}
	if c.Intermediary != nil {
		if err := c.Intermediary.prepare(getenv); err != nil {
			return fmt.Errorf("intermediary: %w", err)
		}
	}
	if c.Licences.Service != nil {
		if err := c.Licences.Service.prepare(getenv); err != nil {
			return fmt.Errorf("licences.service: %w", err)
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

func (e *Endpoint) prepare(getenv func(string) string) error {
	var missing []string
	expand := func(s string) string {
		return variable.ReplaceAllStringFunc(s, func(m string) string {
			v := getenv(m[2 : len(m)-1])
			if v == "" {
				missing = append(missing, m[2:len(m)-1])
			}
			return v
		})
	}
	e.URL = expand(e.URL)
	e.Headers = maps.Clone(e.Headers)
	for k, v := range e.Headers {
		e.Headers[k] = expand(v)
	}
	if missing != nil {
		slices.Sort(missing)
		return fmt.Errorf("the environment has no %s", strings.Join(slices.Compact(missing), ", "))
	}
	u, err := url.Parse(e.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("url: an http or https address is needed")
	}
	e.Method = strings.ToUpper(orElse(e.Method, "POST"))
	if e.Method != "POST" && e.Method != "GET" {
		return errors.New("method: POST or GET")
	}
	e.Timeout, e.Tries, e.MaxBytes = orElse(e.Timeout, defaultTimeout), orElse(e.Tries, defaultTries), orElse(e.MaxBytes, defaultMaxBytes)
	e.After, e.For, e.Grade = orElse(e.After, defaultAfter), orElse(e.For, defaultFor), orElse(e.Grade, engine.GradeA)
	if e.Timeout < 0 || e.Tries < 1 || e.MaxBytes < 1 || e.After < 1 || e.For < 0 {
		return errors.New("timeout, tries, maxBytes, after, for: more than nothing")
	}
	if !slices.Contains([]engine.Grade{engine.GradeA, engine.GradeB, engine.GradeC}, e.Grade) {
		return errors.New("grade: A, B or C")
	}
	for name, path := range e.Send {
		if !knownPath(path) {
			return fmt.Errorf("send.%s: no such field: %s", name, path)
		}
	}
	for _, m := range append(slices.Collect(maps.Values(e.Papers)), e.Mapping) {
		for _, p := range []pointer{m.Record, m.Valid, m.Until, m.Ref, m.File} {
			if err := p.check(); err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
		}
	}
	for _, p := range e.Values {
		if err := p.check(); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

func knownPath(path string) bool {
	root, rest, inner := strings.Cut(path, ".")
	switch root {
	case "applicant", "form", "answers":
		return inner && rest != ""
	case "item", "region", "paper", "question", "licence", "day":
		return !inner
	}
	return false
}

func orElse[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
