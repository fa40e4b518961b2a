package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lianban/letters"
)

// DefaultFonts is the chain of fonts that is looked for when none is named: where Debian's packages
// fonts-droid-fallback, fonts-dejavu-core and fonts-hanazono put them. The first has the common
// characters, the second the letters, the last two the rare ones.
var DefaultFonts = []string{
	"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
	"/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
}

// Fonts makes the chain of fonts for PDF: those named, else those of LIANBAN_FONTS, else the default
// ones that are there. The error tells what cannot be used; the chain holds the rest.
func (a *App) Fonts(named []string) (*letters.Fonts, error) {
	if len(named) == 0 {
		if list := a.Getenv("LIANBAN_FONTS"); list != "" {
			named = filepath.SplitList(list)
		}
	}
	wanted := len(named) > 0
	if !wanted {
		named = DefaultFonts
	}
	var files []letters.FontFile
	var errs []error
	for _, name := range named {
		name = strings.TrimSpace(name)
		if _, err := os.Stat(name); err != nil {
			if wanted || !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
			continue
		}
		files = append(files, letters.FontFile{Name: name, Read: func() ([]byte, error) { return os.ReadFile(name) }})
	}
	fonts, err := letters.NewFonts(files)
	return fonts, errors.Join(append(errs, err)...)
}
