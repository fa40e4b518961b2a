package definition

import (
	"encoding/json"
	"fmt"
	"slices"

	"lianban/engine/calendar"
)

// mostWarnings is how often a step's people are told at the most before its time is over.
const mostWarnings = 9

// Warnings are how long before a step's time is over its people are told: once, or as
// often as there are lengths. The longest turns the light yellow.
type Warnings []calendar.Period

// MarshalJSON writes one length as it was written before there were lists, so that the
// canonical form and hash of a definition stay what they were.
func (w Warnings) MarshalJSON() ([]byte, error) {
	if len(w) == 1 {
		return json.Marshal(w[0])
	}
	return json.Marshal([]calendar.Period(w))
}

// UnmarshalJSON reads one length or a list of them.
func (w *Warnings) UnmarshalJSON(data []byte) error {
	var list []calendar.Period
	if len(data) > 0 && data[0] == '[' {
		err := json.Unmarshal(data, &list)
		*w = list
		return err
	}
	var p *calendar.Period
	if err := json.Unmarshal(data, &p); err != nil || p == nil {
		*w = nil
		return err
	}
	*w = Warnings{*p}
	return nil
}

// warnings reads a Duration or a list of them.
func (d *decoder) warnings(v *value) Warnings {
	if v.kind != isList {
		return Warnings{d.period(v)}
	}
	fix := text("写一个时长，如 5wd，或一至九个互不相同的时长，如 [5wd, 3wd, 1wd]", "write one duration, as 5wd, or one to nine different ones, as [5wd, 3wd, 1wd]")
	switch n := len(v.items); {
	case n == 0:
		d.fail("S105", v.pos, "预警提前量的列表是空的", "the list of warnings is empty", fix)
	case n > mostWarnings:
		d.fail("S105", v.items[mostWarnings].pos, fmt.Sprintf("预警最多 %d 次，写了 %d 次", mostWarnings, n),
			fmt.Sprintf("there are at most %d warnings, not %d", mostWarnings, n), fix)
	}
	var list Warnings
	d.each(v, func(e *value) {
		p := d.period(e)
		if !p.IsZero() && slices.Contains(list, p) { // one that cannot be read has been told of
			d.fail("S105", e.pos, "“"+p.String()+"”在列表中重复", p.String()+" is in the list twice", fix)
		}
		list = append(list, p)
	})
	return list
}
