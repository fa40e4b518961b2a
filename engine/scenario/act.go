package scenario

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
)

// args turns an act's own keys into the engine's Args. Beside the engine's own
// shapes it takes the short forms analysts write: lines, overrides, statements,
// outputs, corrections and signatures as maps, papers as a list of ids (or of maps where
// more is said of one), evidence as a list of names, file as a name.
func (r *run) args(data map[string]any) (engine.Args, error) {
	data = maps.Clone(data)
	for key, field := range map[string]string{"lines": "reason", "overrides": "reason", "statements": "text", "outputs": "number", "corrections": "to"} {
		if m, ok := data[key].(map[string]any); ok {
			id := "of"
			switch key {
			case "overrides":
				id = "step"
			case "outputs":
				id = "id"
			case "corrections":
				id = "field"
			}
			data[key] = pairs(m, id, field)
		}
	}
	if list, ok := data["papers"].([]any); ok {
		papers := make([]any, len(list))
		for i, p := range list {
			papers[i] = p
			switch p := p.(type) {
			case string:
				papers[i] = engine.Whole(r.rules, r.state.Form, r.paper(p))
			case map[string]any: // what else is said of it; its content nobody has handed in before
				if id, ok := p["id"].(string); ok && p["hash"] == nil {
					more := maps.Clone(p)
					more["hash"] = r.paper(id).Hash
					papers[i] = more
				}
			}
		}
		data["papers"] = papers
	}
	if v, ok := data["evidence"]; ok {
		data["evidence"] = r.evidence(v)
	}
	for _, key := range []string{"agent", "badCredit", "cause"} {
		if m, ok := data[key].(map[string]any); ok {
			m = maps.Clone(m)
			if v, ok := m["evidence"]; ok {
				m["evidence"] = r.evidence(v)
			}
			data[key] = m
		}
	}
	if m, ok := data["checks"].(map[string]any); ok {
		data["checks"] = pairs(m, "id", "ok")
	}
	if list, ok := data["points"].([]any); ok {
		points := make([]any, len(list))
		for i, p := range list {
			points[i] = p
			if text, ok := p.(string); ok {
				points[i] = map[string]any{"text": text}
			}
		}
		data["points"] = points
	}
	if m, ok := data["signatures"].(map[string]any); ok {
		data["signatures"] = pairs(m, "of", "unsigned")
	}
	if name, ok := data["file"].(string); ok && !isHash(name) {
		data["file"] = r.paper(name).Hash
	}
	if text, ok := data["on"].(string); ok {
		on, ok := instant(text)
		if !ok {
			return engine.Args{}, fmt.Errorf("on: %q is not a date and time like 2026-03-02T09:00", text)
		}
		data["on"] = on
	}
	b, err := json.Marshal(data)
	if err != nil {
		return engine.Args{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var a engine.Args
	if err := dec.Decode(&a); err != nil {
		return a, fmt.Errorf("the act's data: %w", err)
	}
	return a, nil
}

// isHash says whether a text is the hex SHA-256 of a file.
func isHash(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == sha256.Size
}

// instant reads a date and time: in the business zone, or with a zone of its own.
func instant(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano} {
		if at, err := time.ParseInLocation(layout, text, calendar.Zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// evidence makes files of the names among it.
func (r *run) evidence(in any) any {
	switch v := in.(type) {
	case string:
		p := r.paper(v)
		return engine.Evidence{Name: v, Hash: p.Hash, Type: p.Type, Size: p.Size}
	case []any:
		files := make([]any, len(v))
		for i, f := range v {
			files[i] = r.evidence(f)
		}
		return files
	}
	return in
}

func pairs(m map[string]any, id, value string) []any {
	out := make([]any, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, map[string]any{id: k, value: m[k]})
	}
	return out
}

// paper makes a paper with a content nobody has handed in before.
func (r *run) paper(id string) engine.PaperIn {
	r.papers++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", id, r.papers))
	return engine.PaperIn{ID: id, Hash: hex.EncodeToString(sum[:]), Name: id + ".pdf", Type: "application/pdf", Size: 1}
}
