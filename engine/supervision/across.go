package supervision

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"lianban/engine/calendar"
)

// Across finds the cards over many cases. found are the cards and marks of single
// cases of one rule; rules gives the catalogue of a version, and a card is judged
// by the catalogue its last mark was found by.
func Across(found []Card, rules func(version string) *Rules, cal *calendar.Calendar) []Card {
	list := slices.DeleteFunc(slices.Clone(found), func(c Card) bool { return c.Case == "" })
	Sort(list)
	var out []Card
	for i := range list {
		last := &list[i]
		r := rules(last.Rules)
		if r == nil {
			continue
		}
		for j := range r.rules {
			ru := &r.rules[j]
			for k := range ru.fires {
				if f := &ru.fires[k]; f.Over == last.Rule {
					if c, ok := r.over(ru, f, list[:i+1], out, cal); ok {
						out = append(out, c)
					}
				}
			}
		}
	}
	Sort(out)
	return out
}

// group is what marks are gathered by.
func group(by []string, c *Card) string {
	parts := make([]string, len(by))
	for i, b := range by {
		switch b {
		case "org":
			parts[i] = c.Org
		case "item":
			parts[i] = c.Item
		case "region":
			parts[i] = c.Region
		}
	}
	return strings.Join(parts, "|")
}

// over judges the last mark of a list together with those before it.
func (r *Rules) over(ru *rule, f *fire, marks, before []Card, cal *calendar.Calendar) (Card, bool) {
	last := &marks[len(marks)-1]
	t := r.terms(last.Item, "", last.Region)
	if t.silent(ru.ID) {
		return Card{}, false
	}
	key := group(f.By, last)
	var cases []string
	count, overtaken, given := 0, 0, 0
	for i := range marks {
		m := &marks[i]
		if group(f.By, m) != key || !within(cal, m.At, last.At, f.Within) {
			continue
		}
		count++
		if !slices.Contains(cases, m.Case) {
			cases = append(cases, m.Case)
		}
		if !last.Order.IsZero() && m.Order.After(last.Order) {
			overtaken++
		}
	}
	for i := range before {
		b := &before[i]
		if b.Rule == ru.ID && b.Fire == f.index && strings.HasPrefix(b.Subject, key+"@") && within(cal, b.At, last.At, f.Within) {
			given++
		}
	}
	v, err := f.when.run(new(vm.VM), func(n string) any {
		switch n {
		case "count":
			return count
		case "cases":
			return len(cases)
		case "overtaken":
			return overtaken
		case "given":
			return given
		}
		return t.params
	})
	if holds, _ := v.(bool); err != nil || !holds {
		return Card{}, false
	}
	c := Card{
		Rule: ru.ID, Fire: f.index, Rules: r.Version, Class: ru.Class, Level: t.levelOf(ru.ID, f.Level), Region: last.Region,
		Subject: key + "@" + last.Case + "/" + last.Subject, Org: last.Org, At: last.At, Explain: cal.Due(last.At, r.Explain, nil).At,
		Cases: cases, Basis: ru.Basis,
	}
	if slices.Contains(f.By, "item") {
		c.Item = last.Item
	}
	fill := strings.NewReplacer("{case}", last.Case, "{item}", last.Item, "{step}", last.Step, "{subject}", last.Subject, "{due}", "",
		"{count}", strconv.Itoa(count), "{cases}", strings.Join(cases, "、"))
	c.Zh, c.En = fill.Replace(f.Text.ZH), fill.Replace(f.Text.EN)
	return c, true
}

// within says whether an earlier instant lies less than a period before a later one.
func within(cal *calendar.Calendar, earlier, later time.Time, p calendar.Period) bool {
	return cal.Due(earlier, p, nil).At.After(later)
}
