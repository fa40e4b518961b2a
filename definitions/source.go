package definitions

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"lianban/engine/definition"
)

// directoryReader reads one file and knows where everything in it stands.
type directoryReader struct {
	name string
	file *ast.File
	src  source
	out  Directory
}

func newDirectoryReader(name string, src []byte) (out *directoryReader, err error) {
	r := &directoryReader{name: name}
	// The YAML library has been seen to panic on odd input.
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, r.fail("", fmt.Sprintf("不是合法的 YAML：%v", p), fmt.Sprintf("not valid YAML: %v", p))
		}
	}()
	if r.file, err = parser.ParseBytes(src, 0); err != nil {
		return nil, r.wrap("", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict(), yaml.UseOrderedMap())
	if err := dec.Decode(&r.src); err != nil {
		return nil, r.wrap("", err)
	}
	return r, nil
}

// strict decodes one part with unknown keys refused.
func (r *directoryReader) strict(path string, from, to any) error {
	b, err := yaml.Marshal(from)
	if err == nil {
		err = yaml.UnmarshalWithOptions(b, to, yaml.Strict(), yaml.UseOrderedMap())
	}
	if err == nil {
		return nil
	}
	msg := err.Error()
	var y yaml.Error
	if errors.As(err, &y) {
		msg = y.GetMessage()
	}
	return r.fail(path, "写法有误："+msg, "badly written: "+msg)
}

// quoteKey writes a key for a path of the YAML library.
func quoteKey(key string) string { return "'" + key + "'" }

// wrap gives an error of the YAML library its place.
func (r *directoryReader) wrap(path string, err error) error {
	msg, at := err.Error(), r.place(path)
	var y yaml.Error
	if errors.As(err, &y) {
		msg = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			at.Line, at.Column = t.Position.Line, t.Position.Column
		}
	}
	e := r.fail(path, "写法有误："+msg, "badly written: "+msg)
	e.Position = at
	return e
}

func (r *directoryReader) fail(path, zh, en string) *DirectoryError {
	e := &DirectoryError{Position: r.place(path)}
	e.Text.ZH, e.Text.EN = zh, en
	return e
}

// place finds where a path stands; the top of the file when it is not there.
func (r *directoryReader) place(path string) definition.Position {
	at := definition.Position{File: r.name, Line: 1, Column: 1}
	if path == "" || r.file == nil {
		return at
	}
	p, err := yaml.PathString(path)
	if err != nil {
		return at
	}
	n, err := p.FilterFile(r.file)
	if err != nil || n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return at
	}
	at.Line, at.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
	return at
}
