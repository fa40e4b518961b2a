package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/supervision"
	"lianban/store"
)

// across finds the cards over many cases anew for rules whose cards have changed.
func (m *Monitor) across(ctx context.Context, changed map[string]bool) error {
	rules := make([]string, 0, len(changed))
	for r := range changed {
		rules = append(rules, r)
	}
	slices.Sort(rules)
	for _, rule := range rules {
		if !m.counted(rule) {
			continue
		}
		found, err := m.acrossOf(ctx, rule)
		if err != nil {
			return err
		}
		for _, id := range sortedKeys(found) {
			if err := m.cfg.Store.PutCardsAcross(ctx, id, found[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted says whether any known version counts the cards of a rule.
func (m *Monitor) counted(rule string) bool {
	for _, r := range m.rules {
		if len(r.Counting(rule)) > 0 {
			return true
		}
	}
	return false
}

// acrossOf finds the cards over many cases that count those of a rule, by the rule
// that gives them; a rule that gives none any more is there with none.
func (m *Monitor) acrossOf(ctx context.Context, rule string) (map[string][]supervision.Card, error) {
	single, err := m.cfg.Store.CardsOfRule(ctx, rule)
	if err != nil {
		return nil, err
	}
	cal, err := m.calendar(ctx)
	if err != nil {
		return nil, err
	}
	var broken error
	cards := supervision.Across(single, func(version string) *supervision.Rules {
		r, err := m.version(ctx, version)
		if err != nil {
			broken = err
		}
		return r
	}, cal)
	if broken != nil {
		return nil, broken
	}
	out := map[string][]supervision.Card{}
	for _, r := range m.rules {
		for _, id := range r.Counting(rule) {
			out[id] = nil
		}
	}
	for _, c := range cards {
		out[c.Rule] = append(out[c.Rule], c)
	}
	return out, nil
}

// calendar is the mainland's: cases of several regions are counted together.
func (m *Monitor) calendar(ctx context.Context) (*calendar.Calendar, error) {
	v, err := m.cfg.Store.LatestCalendar(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return calendar.Decode(v.Data)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Difference is a card that is not as the rules make it.
type Difference struct {
	Case    string `json:"case,omitempty"`
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	// Kind: missing (the rules make it, it is not kept), extra (it is kept, the
	// rules do not make it), other (it is kept differently).
	Kind string `json:"kind"`
}

// Recomputed is what making cards again came to.
type Recomputed struct {
	Cases       int          `json:"cases"`
	Cards       int          `json:"cards"`
	Differences []Difference `json:"differences"`
}

// Recompute makes the cards of a case, or of all (number ""), again from their
// events, by the rules and until the instant they rest on, and compares. With
// write it puts right what differs.
func (m *Monitor) Recompute(ctx context.Context, number string, write bool) (Recomputed, error) {
	out := Recomputed{Differences: []Difference{}}
	after := ""
	for {
		var list []store.CaseWatch
		var err error
		if number != "" {
			var w store.CaseWatch
			if w, err = m.cfg.Store.WatchOf(ctx, number); err == nil {
				list = append(list, w)
			}
		} else {
			list, err = m.cfg.Store.Watches(ctx, after, batch)
		}
		if err != nil {
			return out, err
		}
		for _, w := range list {
			if err := m.again(ctx, w.Case, write, &out); err != nil {
				return out, err
			}
			after = w.Case
		}
		if number != "" {
			return out, nil
		}
		if len(list) < batch {
			return out, m.acrossAgain(ctx, write, &out)
		}
	}
}

func (m *Monitor) again(ctx context.Context, number string, write bool, out *Recomputed) error {
	kept, have, counted, err := m.cfg.Store.JudgedCards(ctx, number)
	if err != nil {
		return err
	}
	delete(m.watches, number)
	w, _, err := m.watch(ctx, number, kept.Seq)
	delete(m.watches, number)
	if err != nil {
		return err
	}
	made := w.Cards(kept.Until)
	out.Cases++
	out.Cards += len(made)
	differ, err := compare(number, made, have)
	if err != nil {
		return err
	}
	if fact := w.Fact(); !sameFact(fact, counted) {
		differ = append(differ, Difference{Case: number, Rule: "-", Subject: "fact", Kind: "other"})
	}
	if len(differ) == 0 {
		return nil
	}
	out.Differences = append(out.Differences, differ...)
	if !write {
		return nil
	}
	kept.Next = w.Next(kept.Until)
	_, ok, err := m.cfg.Store.PutCards(ctx, kept, made, w.Fact())
	if err == nil && !ok {
		return errors.New("case " + number + " was judged meanwhile; run it again")
	}
	return err
}

func (m *Monitor) acrossAgain(ctx context.Context, write bool, out *Recomputed) error {
	counted := map[string]bool{}
	for _, r := range m.rules {
		for i := range r.Rules {
			if len(r.Counting(r.Rules[i].ID)) > 0 {
				counted[r.Rules[i].ID] = true
			}
		}
	}
	for _, rule := range sortedKeys(counted) {
		found, err := m.acrossOf(ctx, rule)
		if err != nil {
			return err
		}
		for _, id := range sortedKeys(found) {
			have, err := m.cfg.Store.CardsAcross(ctx, id)
			if err != nil {
				return err
			}
			out.Cards += len(found[id])
			differ, err := compare("", found[id], have)
			if err != nil {
				return err
			}
			out.Differences = append(out.Differences, differ...)
			if write && len(differ) > 0 {
				if err := m.cfg.Store.PutCardsAcross(ctx, id, found[id]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sameFact compares what reports count, as it is kept.
func sameFact(a, b supervision.Fact) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// compare finds the cards that differ, byte for byte as they are kept.
func compare(number string, made, have []supervision.Card) ([]Difference, error) {
	type name struct {
		rule    string
		fire    int
		subject string
	}
	kept := map[name]string{}
	for _, c := range have {
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		kept[name{c.Rule, c.Fire, c.Subject}] = string(b)
	}
	var out []Difference
	seen := map[name]bool{}
	for _, c := range made {
		c.At = c.At.UTC().Round(time.Microsecond)
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		n := name{c.Rule, c.Fire, c.Subject}
		seen[n] = true
		switch was, ok := kept[n]; {
		case !ok:
			out = append(out, Difference{number, c.Rule, c.Subject, "missing"})
		case was != string(b):
			out = append(out, Difference{number, c.Rule, c.Subject, "other"})
		}
	}
	for _, c := range have {
		if !seen[name{c.Rule, c.Fire, c.Subject}] {
			out = append(out, Difference{number, c.Rule, c.Subject, "extra"})
		}
	}
	return out, nil
}
