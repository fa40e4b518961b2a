package store

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

var fullReading = pinyin.Args{Style: pinyin.Normal, Heteronym: true}

// Spelling is the pinyin of a name in small letters without tones, a blank between
// syllables and slashes between the readings of one: 餐饮 is can/sun yin. A word of
// Latin letters and digits stands as one syllable; ü is v.
func Spelling(name string) string {
	var b strings.Builder
	word := false
	for _, r := range name {
		readings := pinyin.SinglePinyin(r, fullReading)
		latin := r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if (len(readings) > 0 || latin && !word) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		if word = latin; latin {
			b.WriteRune(unicode.ToLower(r))
		}
		b.WriteString(strings.Join(readings, "/"))
	}
	return b.String()
}

// spelled is a regular expression for the spellings somebody means who types the
// beginnings of consecutive syllables: kbcyd, kaiban and kbcanyin all mean 开办餐饮.
// It is empty when he types something else than letters and digits.
func spelled(typed string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(typed) {
		switch {
		case r == ' ' || r == '\'':
			continue
		case r == 'ü':
			r = 'v'
		case r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return ""
		}
		if b.Len() == 0 {
			b.WriteString("(^| )([a-z0-9]+/)*")
		} else {
			// On in the same reading, or at the next syllable.
			b.WriteString("([a-z0-9]*(/[a-z0-9]+)* ([a-z0-9]+/)*)?")
		}
		b.WriteRune(r)
	}
	return b.String()
}
