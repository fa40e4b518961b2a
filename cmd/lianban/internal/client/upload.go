package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"

	"lianban/api/gen"
)

// types are the kinds of file a hall takes, by extension: what the system's
// tables say differs from machine to machine, and the server compares the
// declared type with the content.
var types = map[string]string{
	".pdf": "application/pdf", ".ofd": "application/ofd", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
	".tif": "image/tiff", ".tiff": "image/tiff", ".doc": "application/msword", ".xls": "application/vnd.ms-excel",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".zip":  "application/zip", ".txt": "text/plain",
}

// TypeOf is the media type a file's name speaks for.
func TypeOf(name string) string {
	ext := strings.ToLower(filepath.Ext(name))
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Upload sends a file, read while it is sent, and gives what the server made of it.
func (c *Client) Upload(ctx context.Context, path, file string) (gen.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return gen.File{}, err
	}
	defer f.Close()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": "file", "filename": filepath.Base(file)}))
		h.Set("Content-Type", TypeOf(file))
		part, err := form.CreatePart(h)
		if err == nil {
			_, err = io.Copy(part, f)
		}
		w.CloseWithError(errors.Join(err, form.Close()))
	}()
	defer r.Close() // ends the writer when the server stops reading early
	a, err := c.Do(ctx, Call{Method: http.MethodPost, Path: path, Raw: r, Type: form.FormDataContentType()})
	if err != nil {
		return gen.File{}, fmt.Errorf("%s: %w", file, err)
	}
	var out gen.File
	return out, a.Decode(&out)
}
