package letters

import (
	"strings"
	"unicode"
)

// Line breaking as Chinese is set (GB/T 15834—2011 on marks of punctuation, 5.1): closing marks do not
// begin a line, opening marks do not end one, words of letters and figures stay whole.

const (
	notAtStart = "。，、；：？！）》」』】〕〉”’…—·～％℃°．," + ".;:?!)]}%"
	notAtEnd   = "（《「『【〔〈“‘" + "([{"
)

// lines breaks characters into lines of at most a width (points) at a type size; first is taken off
// the first line.
func lines(chars []typed, size, width, first float64) [][]typed {
	var out [][]typed
	room := width - first
	for len(chars) > 0 {
		used, i := 0.0, 0
		for i < len(chars) {
			w := chars[i].width * size / 1000
			if used+w > room+0.01 {
				break
			}
			used += w
			i++
		}
		if i < len(chars) {
			i = breakAt(chars, i)
		}
		line := chars[:i]
		chars = chars[i:]
		for len(chars) > 0 && chars[0].r == ' ' {
			chars = chars[1:]
		}
		out = append(out, line)
		room = width
	}
	return out
}

// breakAt moves a break back to a place where one may be; where there is none, the line breaks where it is full.
func breakAt(chars []typed, full int) int {
	full = max(full, 1)
	for i := full; i > 0 && i > full-40; i-- {
		before, after := chars[i-1].r, chars[i].r
		switch {
		case strings.ContainsRune(notAtStart, after), strings.ContainsRune(notAtEnd, before):
		case word(before) && word(after):
		default:
			return i
		}
	}
	return full
}

// word says whether a character is part of a word that stays whole.
func word(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-_/@&=+#", r)
}
