package letters

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func broken(text string, width float64) string {
	var chars []typed
	for _, r := range text {
		w := 1000.0
		if r < 0x250 {
			w = 500
		}
		chars = append(chars, typed{r: r, width: w})
	}
	var out []string
	for _, line := range lines(chars, 10, width*10, 0) {
		var b strings.Builder
		for _, c := range line {
			b.WriteRune(c.r)
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "|")
}

func TestLinesBreakAsChineseIsSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"一二三四五六", 3, "一二三|四五六"},
		{"一二三，四五", 3, "一二|三，四|五"},            // a comma does not begin a line
		{"一二（三四）", 3, "一二|（三|四）"},            // an opening bracket does not end one
		{"一二三）。”四", 4, "一二|三）。”|四"},          // several closing marks take their word along
		{"）））））", 2, "））|））|）"},              // where it cannot be helped, the line is full
		{"编号AB12CD号", 4, "编号|AB12CD号"},       // a word of letters and figures stays whole
		{"AAAAAAAAAAAA", 3, "AAAAAA|AAAAAA"}, // unless it is longer than a line
		{"一二 三四", 2, "一二|三四"},                // a space at a break is not drawn
		{"", 3, ""},
	} {
		require.Equal(t, c.want, broken(c.text, c.width), c.text)
	}
}

// Whatever the text, nothing is lost, no line is too long, and the breaking ends.
func FuzzLines(f *testing.F) {
	f.Add("一二三，四五", 3)
	f.Add("（（（（", 1)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 1 || width > 100 {
			return
		}
		got := broken(text, float64(width))
		strip := func(s string) string { return strings.NewReplacer("|", "", " ", "").Replace(s) }
		require.Equal(t, strip(string([]rune(text))), strip(got))
	})
}
