package letters

import (
	"errors"
	"fmt"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"
)

// FontFile is a TrueType font (outlines in a glyf table; .ttf) that can be read.
type FontFile struct {
	Name string
	Read func() ([]byte, error)
}

// Fonts is a chain of fonts: each character is drawn by the first that has it. Fonts behind the first
// are read when a character needs them. A nil chain is one without fonts. It is safe for concurrent use.
type Fonts struct {
	mu    sync.Mutex
	faces []*face
	at    map[rune]int // index of the face, -1: none
	pool  gopdf.FontContainer
}

// face is one font of the chain.
type face struct {
	file   FontFile
	family string
	font   *gopdf.SubsetFontObj // nil: not read yet, or unusable
	err    error
}

// NewFonts makes a chain. The error tells which fonts cannot be used; the others can.
func NewFonts(files []FontFile) (*Fonts, error) {
	f := &Fonts{at: map[rune]int{}}
	var errs []error
	for i, file := range files {
		f.faces = append(f.faces, &face{file: file, family: fmt.Sprintf("f%d", i)})
	}
	// One usable font is found at once, so that a wrong setting shows at the start.
	for len(f.faces) > 0 && f.load(f.faces[0]) != nil {
		errs = append(errs, f.faces[0].err)
		f.faces = f.faces[1:]
	}
	return f, errors.Join(errs...)
}

// Usable says whether there is a font to draw with.
func (f *Fonts) Usable() bool { return f != nil && len(f.faces) > 0 }

// load reads a face.
func (f *Fonts) load(c *face) (err error) {
	if c.font != nil || c.err != nil {
		return c.err
	}
	defer func() {
		// The parser trusts its input.
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
		if err != nil {
			c.font, c.err = nil, fmt.Errorf("font %s: %w", c.file.Name, err)
			err = c.err
		}
	}()
	data, err := c.file.Read()
	if err != nil {
		return err
	}
	font := new(gopdf.SubsetFontObj)
	if err := font.SetTTFData(data); err != nil {
		return err
	}
	if err := f.pool.AddTTFFontData(c.family, data); err != nil {
		return err
	}
	c.font = font
	return nil
}

// pick finds the face of a character; nil when none has it.
func (f *Fonts) pick(r rune) *face {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, known := f.at[r]
	if !known {
		at = -1
		for i, c := range f.faces {
			if f.load(c) == nil && c.has(r) {
				at = i
				break
			}
		}
		f.at[r] = at
	}
	if at < 0 {
		return nil
	}
	return f.faces[at]
}

// glyph finds the glyph of a character; false when the font has none, or an empty one that would leave
// a hole on the page.
func (c *face) glyph(r rune) (glyph uint, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			glyph, ok = 0, false
		}
	}()
	g, err := c.font.CharCodeToGlyphIndex(r)
	if err != nil || g == 0 {
		return 0, false
	}
	ttf := c.font.GetTTFParser()
	if int(g)+1 < len(ttf.LocaTable) && ttf.LocaTable[g] == ttf.LocaTable[g+1] && !unicode.IsSpace(r) {
		return 0, false
	}
	return g, true
}

func (c *face) has(r rune) bool {
	_, ok := c.glyph(r)
	return ok
}

// width of a character in thousandths of the type size.
func (c *face) width(r rune) float64 {
	g, ok := c.glyph(r)
	if !ok {
		return 1000
	}
	return float64(c.font.GlyphIndexToPdfWidth(g))
}

// Missing is a character no font has.
type Missing struct{ Rune rune }

// Name is the character's code point; the character itself may be part of somebody's name.
func (m Missing) Name() string { return fmt.Sprintf("U+%04X", m.Rune) }

// marks stand in for a character no font has, the first that a font has: the printer's geta, a box.
var marks = []rune{'〓', '□', '?'}

// typed is one character as it will be drawn.
type typed struct {
	r     rune
	face  *face
	width float64 // thousandths of the type size
}

// set turns a text into drawable characters and names those that are missing.
func (f *Fonts) set(text string, missing map[rune]bool) []typed {
	out := make([]typed, 0, len(text))
	for _, r := range text {
		if r == '\t' {
			r = ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			continue // they are not drawn
		}
		c := f.pick(r)
		if c == nil && unicode.IsSpace(r) {
			r = ' '
			c = f.pick(r)
		}
		if c == nil {
			missing[r] = true
			for _, m := range marks {
				if c = f.pick(m); c != nil {
					r = m
					break
				}
			}
		}
		if c == nil {
			continue
		}
		out = append(out, typed{r: r, face: c, width: c.width(r)})
	}
	return out
}
