package supervision

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"lianban/engine/definition"
)

// ErrUneditable: a catalogue is not written line by line, so that its settings cannot be exchanged in its text.
var ErrUneditable = errors.New("the text of the rules cannot be edited: publish it as a file")

// setting is a setting as it is written.
type setting struct {
	Item   string         `json:"item,omitempty"`
	Hall   string         `json:"hall,omitempty"`
	Region string         `json:"region,omitempty"`
	Set    map[string]any `json:"set,omitempty"`
	Off    []string       `json:"off,omitempty"`
	Level  map[string]int `json:"level,omitempty"`
}

// Resettle gives the text of a catalogue another version and other settings; all else in it, comments too, stays as it was
// written. The result still has to be checked.
func Resettle(src []byte, version string, settings []definition.SuperviseSetting) ([]byte, error) {
	var out bytes.Buffer
	within, versions := false, 0
	for line := range strings.Lines(string(src)) {
		key, _, _ := strings.Cut(line, ":")
		switch top := line[0] != ' ' && line[0] != '\t' && line[0] != '#' && line[0] != '-' && line[0] != '\r' && line[0] != '\n'; {
		case top && key == "settings":
			within = true
			continue
		case top && key == "version":
			within = false
			versions++
			fmt.Fprintf(&out, "version: %q\n", version)
			continue
		case top:
			within = false
		}
		if !within {
			out.WriteString(line)
		}
	}
	if n := out.Len(); n > 0 && out.Bytes()[n-1] != '\n' {
		out.WriteByte('\n')
	}
	if len(settings) > 0 {
		out.WriteString("settings:\n")
	}
	for _, s := range settings {
		// What is JSON on one line is YAML, too.
		b, err := json.Marshal(setting(s))
		if err != nil {
			return nil, fmt.Errorf("supervision: %w", err)
		}
		out.WriteString("  - " + string(b) + "\n")
	}
	before, found := definition.ParseSupervision("", src)
	after, broken := definition.ParseSupervision("", out.Bytes())
	if versions != 1 || before == nil || found.Failed() || after == nil && !broken.Failed() || after != nil && !reflect.DeepEqual(bare(before), bare(after)) {
		return nil, ErrUneditable
	}
	return out.Bytes(), nil
}

// bare is a catalogue without what Resettle changes, and without places.
func bare(s *definition.Supervision) definition.Supervision {
	b := *s
	b.Version, b.Settings = "", nil
	b.Rules = make([]definition.SuperviseRule, len(s.Rules))
	for i, r := range s.Rules {
		r.Position = definition.Position{}
		fires := make([]definition.SuperviseFire, len(r.Fires))
		for j, f := range r.Fires {
			f.Position = definition.Position{}
			for _, w := range []*definition.Written{&f.When, &f.At, &f.Subject, &f.Org, &f.Person, &f.Order} {
				*w = definition.Written{Text: w.Text}
			}
			fires[j] = f
		}
		r.Fires = fires
		b.Rules[i] = r
	}
	return b
}
