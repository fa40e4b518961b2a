package definition

import (
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// Key is one key of the language as editors explain it. The texts begin with what
// the key is called; what is behind the colon explains it.
type Key struct {
	// Of is the part of a file it belongs to, named after the Go type that holds it.
	Of   string
	Key  string
	Must bool
	Text calendar.Text
	// Words are all it may be, where it is a word.
	Words []string
	// Refs are the kinds of things it names: party, step, paper, output, condition, pause, duty, question,
	// item, source, system, region.
	Refs []string
}

// Label is what the key is called.
func (k *Key) Label() calendar.Text {
	zh, _, _ := strings.Cut(k.Text.ZH, "：")
	en, _, _ := strings.Cut(k.Text.EN, ": ")
	return text(zh, en)
}

// KeyOf finds a key; nil when the part has none of that name.
func KeyOf(of, key string) *Key {
	i := slices.IndexFunc(keyTable, func(k Key) bool { return k.Of == of && k.Key == key })
	if i < 0 {
		return nil
	}
	return &keyTable[i]
}

// Keys lists all keys of the language.
func Keys() []Key { return slices.Clone(keyTable) }

func key(of, key, zh, en string) Key { return Key{Of: of, Key: key, Text: text(zh, en)} }

func (k Key) must() Key                 { k.Must = true; return k }
func (k Key) words(words ...string) Key { k.Words = words; return k }
func (k Key) refs(kinds ...string) Key  { k.Refs = kinds; return k }

// matterTypes are the types a matter inside a case may have.
func matterTypes() []string {
	return slices.DeleteFunc(slices.Clone(itemTypes), func(t string) bool { return t == string(Programme) })
}
