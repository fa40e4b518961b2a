package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"lianban/engine"
	"lianban/engine/definition"
)

// Version is the release, set when the program is linked; empty for a build
// from a checkout, which then says its revision.
var Version string

// BuildVersion is the release or the revision this program was built from.
func BuildVersion() string {
	if Version != "" {
		return Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	version, dirty := "devel", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			version = "devel-" + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+"
		}
	}
	return version + dirty
}

func (a *App) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", GroupID: GroupTools, Short: a.T("程序、引擎和语言的版本", "Versions of program, engine and language"), Args: a.Args(0, 0),
		RunE: func(*cobra.Command, []string) error {
			if a.JSON {
				return a.Print(map[string]any{"version": BuildVersion(), "engine": engine.Version, "language": definition.Language, "go": runtime.Version()})
			}
			a.Printf("lianban %s\n", BuildVersion())
			return fields(a.Out, a.T("引擎", "engine"), itoa(engine.Version), a.T("定义语言", "language"), definition.Language, "go", runtime.Version())
		},
	}
}
