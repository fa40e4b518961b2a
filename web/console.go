// Package web holds the console: the screens of window, department, lead, supervisor, analyst,
// administrator and applicant. Its source is TypeScript (src/, docs/console.md); what is built from
// it lies in dist/ and becomes part of the program.
//
// A program built where Node is missing has no console: every page then says how to build it, and
// the API works as ever.
package web

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var built embed.FS

// policy is the content security policy of the console's pages. Scripts come from this server
// alone, and no text is ever run as a script. Styles may be inline: Ant Design makes them while
// running, and letters bring their own into a frame that inherits this policy. Uploaded files are
// shown from addresses of the browser's own (blob:).
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; frame-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Dist is what was built; it may hold no index.html.
func Dist() fs.FS {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dist
}

// Built says whether there is a console in the folder.
func Built(dist fs.FS) bool {
	_, err := fs.Stat(dist, "index.html")
	return err == nil
}

// Handler serves the console in dist. Every address that is no file of it is a place inside the
// console, so that a reload and a link from a letter work.
func Handler(dist fs.FS) http.Handler {
	index, err := fs.ReadFile(dist, "index.html")
	if err != nil {
		return http.HandlerFunc(unbuilt)
	}
	files := http.FileServerFS(dist)
	gzipped := &packed{dist: dist}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "GET or HEAD", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if info, err := fs.Stat(dist, name); err == nil && !info.IsDir() && name != "index.html" {
			if strings.HasPrefix(name, "assets/") {
				// Their names change with their content.
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
			if strings.HasSuffix(name, ".js") {
				// A worker lives under the policy it was served with.
				h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'")
			}
			small := gzipped.file(name)
			if small != nil {
				h.Set("Vary", "Accept-Encoding")
			}
			if small == nil || !takesGzip(r.Header.Get("Accept-Encoding")) {
				files.ServeHTTP(w, r)
				return
			}
			h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(small)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(small)
			}
			return
		}
		if strings.HasPrefix(name, "assets/") {
			// A page of an older program asks for a part that is gone; it must not get HTML for a script.
			h.Set("Cache-Control", "no-store")
			http.Error(w, "no such file", http.StatusNotFound)
			return
		}
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", policy)
		_, _ = w.Write(index)
	})
}

// unbuilt says how the console is made.
func unbuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(`这个程序编译时没有带上控制台。安装 Node 20.19 或更高版本后运行 make build，再重新启动。接口照常工作，见 /openapi.json。

This program was built without the console. Install Node 20.19 or later, run make build, and start it again.
The API works as ever; /openapi.json describes it.
`))
}
