package supervision

import (
	"slices"
	"strings"
)

// terms are the rules as they hold for one case: its figures, what is off, what
// level.
type terms struct {
	params map[string]any
	off    []string
	level  map[string]int
}

// terms finds the settings for an item, a hall and a region; later ones count over
// earlier ones.
func (r *Rules) terms(item, hall, region string) terms {
	t := terms{params: make(map[string]any, len(r.Parameters)), level: map[string]int{}}
	for _, p := range r.Parameters {
		t.params[p.ID] = p.Value
	}
	for _, s := range r.Settings {
		if s.Item != "" && s.Item != item || s.Hall != "" && s.Hall != hall || s.Region != "" && !strings.HasPrefix(region, s.Region) {
			continue
		}
		for k, v := range s.Set {
			t.params[k] = v
		}
		for k, v := range s.Level {
			t.level[k] = v
		}
		t.off = append(t.off, s.Off...)
	}
	return t
}

func (t *terms) levelOf(rule string, level int) Level {
	if l, ok := t.level[rule]; ok && level > 0 {
		return Level(l)
	}
	return Level(level)
}

func (t *terms) silent(rule string) bool { return slices.Contains(t.off, rule) }
