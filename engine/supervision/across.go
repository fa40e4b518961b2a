package supervision

import (
	"slices"
	"sort"
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
	gathered := gatherings{list, map[string]map[string][]int{}}
	given := map[fired][]time.Time{}
	for i := range list {
		last := &list[i]
		r := rules(last.Rules)
		if r == nil {
			continue
		}
		for j := range r.rules {
			ru := &r.rules[j]
			for k := range ru.fires {
				f := &ru.fires[k]
				if f.Over != last.Rule {
					continue
				}
				by := fired{ru.ID, f.index, group(f.By, last)}
				old := given[by]
				g := gathering{
					list: list, marks: gathered.until(f.By, by.key, i, func(m *Card) bool { return within(cal, m.At, last.At, f.Within) }),
					given: len(old) - sort.Search(len(old), func(x int) bool { return within(cal, old[x], last.At, f.Within) }),
				}
				if c, ok := r.over(ru, f, by.key, &g, cal); ok {
					given[by] = append(old, c.At)
					out = append(out, c)
				}
			}
		}
	}
	Sort(out)
	return out
}

// fired is a way a rule fires for one group.
type fired struct {
	rule string
	fire int
	key  string
}

// gatherings are the marks of a list by what they are gathered by and of whom:
// indices in the order of the list, which is that of time.
type gatherings struct {
	list []Card
	by   map[string]map[string][]int
}

// until gives the marks of a group up to a certain one that are recent enough. A
// later mark is never less recent, so that the first one is searched for.
func (g *gatherings) until(by []string, key string, last int, recent func(*Card) bool) []int {
	name := strings.Join(by, " ")
	if g.by[name] == nil {
		g.by[name] = map[string][]int{}
		for i := range g.list {
			k := group(by, &g.list[i])
			g.by[name][k] = append(g.by[name][k], i)
		}
	}
	marks := g.by[name][key]
	marks = marks[:sort.SearchInts(marks, last+1)]
	return marks[sort.Search(len(marks), func(x int) bool { return recent(&g.list[marks[x]]) }):]
}

// gathering is what a mark is judged together with: the recent marks of its group,
// itself the last of them, and how many cards were given for them.
type gathering struct {
	list  []Card
	marks []int
	given int
}

func (g *gathering) last() *Card { return &g.list[g.marks[len(g.marks)-1]] }

// cases are those of the marks, each once, in order.
func (g *gathering) cases() []string {
	var out []string
	seen := map[string]bool{}
	for _, i := range g.marks {
		if c := g.list[i].Case; !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// overtaken is how many of the marks have a later order than the last.
func (g *gathering) overtaken() int {
	n, last := 0, g.last()
	for _, i := range g.marks {
		if !last.Order.IsZero() && g.list[i].Order.After(last.Order) {
			n++
		}
	}
	return n
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

// over judges the last mark of a group together with those before it.
func (r *Rules) over(ru *rule, f *fire, key string, g *gathering, cal *calendar.Calendar) (Card, bool) {
	last := g.last()
	t := r.terms(last.Item, "", last.Region)
	if t.silent(ru.ID) {
		return Card{}, false
	}
	v, err := f.when.run(new(vm.VM), func(n reading) any {
		switch n.name {
		case "count":
			return len(g.marks)
		case "cases":
			return len(g.cases())
		case "overtaken":
			return g.overtaken()
		case "given":
			return g.given
		}
		return t.params
	})
	if holds, _ := v.(bool); err != nil || !holds {
		return Card{}, false
	}
	cases := g.cases()
	c := Card{
		Rule: ru.ID, Fire: f.index, Rules: r.Version, Class: ru.Class, Level: t.levelOf(ru.ID, f.Level), Region: last.Region,
		Subject: key + "@" + last.Case + "/" + last.Subject, Org: last.Org, At: last.At, Explain: cal.Due(last.At, r.Explain, nil).At,
		Cases: cases, Basis: ru.Basis,
	}
	if slices.Contains(f.By, "item") {
		c.Item = last.Item
	}
	fill := strings.NewReplacer("{case}", last.Case, "{item}", last.Item, "{step}", last.Step, "{subject}", last.Subject, "{due}", "",
		"{count}", strconv.Itoa(len(g.marks)), "{cases}", strings.Join(cases, "、"))
	c.Zh, c.En = fill.Replace(f.Text.ZH), fill.Replace(f.Text.EN)
	return c, true
}

// within says whether an earlier instant lies less than a period before a later one.
func within(cal *calendar.Calendar, earlier, later time.Time, p calendar.Period) bool {
	return cal.Due(earlier, p, nil).At.After(later)
}
