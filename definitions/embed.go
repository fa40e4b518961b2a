package definitions

import (
	"embed"
	"fmt"
	"io/fs"

	"lianban/engine/definition"
)

//go:embed */*.yaml organisations.yaml
var files embed.FS

// Files is the embedded catalogue.
func Files() fs.FS { return files }

// Library is the embedded catalogue, parsed. It is an error when a file of it
// has a finding that would keep it from being published by itself.
func Library() (*definition.Library, error) {
	lib, found, err := definition.NewLibrary(files)
	if err != nil {
		return nil, err
	}
	if found.Failed() {
		return nil, fmt.Errorf("the embedded catalogue is broken:\n%s", found.Render("en"))
	}
	return lib, nil
}

// DemoDirectory is the embedded directory of organisations and people.
func DemoDirectory() (*Directory, error) {
	src, err := files.ReadFile("organisations.yaml")
	if err != nil {
		return nil, err
	}
	return ReadDirectory("organisations.yaml", src)
}
