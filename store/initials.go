package store

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// readings bounds the initials kept of one name.
const readings = 16

var anyReading = pinyin.Args{Style: pinyin.FirstLetter, Heteronym: true}

// Initials are the first letters of a name's pinyin, in small letters: 林月 is ly.
// A character read in several ways gives several, the commonest first, with
// blanks between: 单 is d, c or s. Of other scripts the first letter of each word counts.
func Initials(name string) string {
	all := []string{""}
	word := false
	for _, r := range name {
		next := pinyin.SinglePinyin(r, anyReading)
		switch {
		case len(next) > 0:
			word = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if word {
				continue
			}
			word, next = true, []string{string(unicode.ToLower(r))}
		default:
			word = false
			continue
		}
		var more []string
		for _, before := range all {
			for _, letter := range next {
				if s := before + letter; !slices.Contains(more, s) && len(more) < readings {
					more = append(more, s)
				}
			}
		}
		all = more
	}
	return strings.TrimSpace(strings.Join(all, " "))
}
