package letters_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	templates "lianban/definitions/letters"
	"lianban/letters"
)

// all are the characters of every sample and template.
func all(t *testing.T) string {
	t.Helper()
	set, _, err := templates.Set(nil)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString(ascii + "（印章）第页共：。，、〓本文书中以“”代替的字，字库暂缺，其编码为网页版准样张一二三四五六七八九十")
	for _, k := range letters.Kinds() {
		html, err := letters.HTML(set[k.ID].Fill(letters.SampleOf(k, "x")))
		require.NoError(t, err)
		b.Write(html)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, b.String())
}

func TestEveryKindIsDrawnTheSameTwice(t *testing.T) {
	t.Parallel()
	set, _, err := templates.Set(nil)
	require.NoError(t, err)
	data := testFont(t, all(t))
	for _, k := range letters.Kinds() {
		var twice [2][]byte
		for i := range twice {
			fonts, err := letters.NewFonts([]letters.FontFile{file("a.ttf", data)})
			require.NoError(t, err)
			pdf, missing, err := letters.PDF(set[k.ID].Fill(letters.SampleOf(k, "lianban:letter?case=1&code=2")), fonts)
			require.NoError(t, err)
			require.Empty(t, missing, k.ID)
			require.True(t, strings.HasPrefix(string(pdf), "%PDF-"))
			twice[i] = pdf
		}
		require.Equal(t, twice[0], twice[1], "content-addressed: the same letter has the same bytes")
	}
}

// A character is drawn by the first font that has it, also outside the basic plane; an empty glyph is none.
func TestChainOfFonts(t *testing.T) {
	t.Parallel()
	read := []string{}
	lazy := func(name, chars string, empty ...rune) letters.FontFile {
		data := testFont(t, chars, empty...)
		return letters.FontFile{Name: name, Read: func() ([]byte, error) { read = append(read, name); return data, nil }}
	}
	fonts, err := letters.NewFonts([]letters.FontFile{lazy("common", ascii+"第页共餐饮店，龘", '龘'), lazy("rare", "𠮷龘"), lazy("last", "㐱〓本文书中以“”代替的字库暂缺其编码为：。网页版准")})
	require.NoError(t, err)
	page := func(text string) letters.Page { return letters.Page{Title: "T", Blocks: []letters.Block{{Text: text}}} }

	_, missing, err := letters.PDF(page("餐饮店"), fonts)
	require.NoError(t, err)
	require.Empty(t, missing)
	require.Equal(t, []string{"common"}, read, "fonts behind the first are read when they are needed")
	_, missing, err = letters.PDF(page("𠮷龘"), fonts)
	require.NoError(t, err)
	require.Empty(t, missing, "an empty glyph of the first font does not hide that of the second")
	require.Equal(t, []string{"common", "rare"}, read)

	// One no font has: the letter is made all the same and the character named.
	pdf, missing, err := letters.PDF(page("𪚥饮\U0002CEA1"), fonts)
	require.NoError(t, err)
	require.NotEmpty(t, pdf)
	require.Len(t, missing, 2)
	require.Equal(t, "U+2A6A5", missing[0].Name())
	require.Equal(t, "U+2CEA1", missing[1].Name())
}

func TestFontsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	broken := letters.FontFile{Name: "gone.ttf", Read: func() ([]byte, error) { return nil, errors.New("no such file") }}
	fonts, err := letters.NewFonts([]letters.FontFile{broken, file("bad.ttf", []byte("not a font at all")), file("good.ttf", testFont(t, ascii))})
	require.ErrorContains(t, err, "gone.ttf")
	require.ErrorContains(t, err, "bad.ttf")
	require.True(t, fonts.Usable())
	_, _, err = letters.PDF(letters.Page{Title: "T"}, fonts)
	require.NoError(t, err)

	none, err := letters.NewFonts(nil)
	require.NoError(t, err)
	require.False(t, none.Usable())
	_, _, err = letters.PDF(letters.Page{Title: "T"}, none)
	require.ErrorIs(t, err, letters.ErrNoFont)
	var chain *letters.Fonts
	require.False(t, chain.Usable())
}

// Long letters go over pages, rows higher than a page too, and nothing is lost.
func TestLongLetters(t *testing.T) {
	t.Parallel()
	fonts, err := letters.NewFonts([]letters.FontFile{file("a.ttf", testFont(t, ascii+"第页共理由（印章）"))})
	require.NoError(t, err)
	long := strings.Repeat("理由", 4000)
	pdf, missing, err := letters.PDF(letters.Page{Title: "T", Blocks: []letters.Block{
		{Text: long}, {Table: &letters.Table{Head: []string{"A", "B"}, Rows: [][]string{{"1", long}, {"2", "x"}}}}, {Seal: &letters.Seal{Organ: "O", Date: "D"}},
	}}, fonts)
	require.NoError(t, err)
	require.Empty(t, missing)
	require.Greater(t, strings.Count(string(pdf), "/Type /Page\n"), 8)
}
