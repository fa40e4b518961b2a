package calendars

import (
	"embed"
	"io/fs"
	"sync"

	"lianban/engine/calendar"
)

//go:embed *.yaml
var files embed.FS

// Files returns the built-in year files.
func Files() fs.FS { return files }

var national = sync.OnceValues(func() (*calendar.Calendar, error) { return Load(files, "") })

// National returns the mainland's calendar as built in. It is made once and shared.
func National() (*calendar.Calendar, error) { return national() }
