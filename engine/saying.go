package engine

import (
	"maps"
	"slices"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// What was expected and what is, in both languages. The rules write the short forms
// in English, from phrases, words of the language and ids; the Chinese is put
// together from the same parts, so that a recorded refusal speaks both for ever.

// Wanted is what the rule asks for, in both languages.
func (r *Rejection) Wanted() calendar.Text { return InBoth(r.Expected, nil) }

// Found is what is there, in both languages.
func (r *Rejection) Found() calendar.Text { return InBoth(r.Actual, nil) }

// InBoth gives a short form in both languages. more are phrases of whoever asks, as
// [Phrases]: the English of the whole, of a beginning (it ends with a space or a
// point) or of an end (it begins with a space, a comma or a point). What is neither
// phrase nor word of the language (an id, a date, a number) reads the same in both.
func InBoth(short string, more map[string]string) calendar.Text {
	if short == "" {
		return calendar.Text{}
	}
	return calendar.Text{ZH: inChinese(short, more), EN: short}
}

func inChinese(s string, more map[string]string) string {
	if zh, ok := phrase(s, more); ok {
		return zh
	}
	if act, ok := actNames[Act(s)]; ok {
		return act[0]
	}
	if word := definition.WordName(s); word.ZH != s {
		return word.ZH
	}
	if slices.Contains(definition.Roles, s) {
		return definition.RoleName(s).ZH
	}
	for _, table := range []map[string]string{more, Phrases} {
		for _, key := range byLength(table) {
			switch {
			case begins(key) && strings.HasPrefix(s, key) && len(s) > len(key):
				return table[key] + inChinese(s[len(key):], more)
			case finishes(key) && strings.HasSuffix(s, key) && len(s) > len(key):
				return inChinese(s[:len(s)-len(key)], more) + table[key]
			}
		}
	}
	for _, between := range [][2]string{{": ", "："}, {" or ", "或"}, {", ", "、"}, {"; ", "；"}, {" ≤ ", "，不大于 "}} {
		if a, b, ok := strings.Cut(s, between[0]); ok {
			return inChinese(a, more) + between[1] + inChinese(b, more)
		}
	}
	if party, roles, ok := strings.Cut(s, "."); ok && party != "" { // a post: PARTY.ROLE+ROLE
		names := strings.Split(roles, "+")
		for i, role := range names {
			if !slices.Contains(definition.Roles, role) {
				return s
			}
			names[i] = definition.WordName(role).ZH
		}
		return party + "·" + strings.Join(names, "、")
	}
	return s
}

func phrase(s string, more map[string]string) (string, bool) {
	if zh, ok := more[s]; ok {
		return zh, true
	}
	zh, ok := Phrases[s]
	return zh, ok
}

func begins(key string) bool { return strings.HasSuffix(key, " ") || strings.HasSuffix(key, ".") }

func finishes(key string) bool { return strings.ContainsAny(key[:1], " ,.") }

// byLength are the keys of a table, the longest first: it says most.
func byLength(table map[string]string) []string {
	keys := slices.Sorted(maps.Keys(table))
	slices.SortStableFunc(keys, func(a, b string) int { return len(b) - len(a) })
	return keys
}
