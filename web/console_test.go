package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lianban/web"
)

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestEveryPlaceOfTheConsoleIsAPage(t *testing.T) {
	t.Parallel()
	h := web.Handler(fstest.MapFS{
		"index.html":     {Data: []byte(`<script src="/assets/a.js">`)},
		"assets/a.js":    {Data: []byte("1")},
		"icon.svg":       {Data: []byte("<svg/>")},
		"assets/b/c.css": {Data: []byte("p{}")},
	})
	for _, path := range []string{"/cases/210304-1?tab=clocks", "/", "/index.html"} {
		w := get(t, h, path)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), "<script", path)
		script := regexp.MustCompile(`script-src [^;]*`).FindString(w.Header().Get("Content-Security-Policy"))
		require.Equal(t, "script-src 'self'", script, path)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"), path)
	}

	asset := get(t, h, "/assets/a.js")
	require.Equal(t, "1", asset.Body.String())
	require.Contains(t, asset.Header().Get("Cache-Control"), "immutable")
	require.NotContains(t, asset.Header().Get("Content-Security-Policy"), "unsafe")
	require.Equal(t, http.StatusNotFound, get(t, h, "/assets/gone.js").Code, "a script is never answered with a page")

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestScriptsAreSentSmall(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("say('again');\n", 200)
	h := web.Handler(fstest.MapFS{"index.html": {Data: []byte("x")}, "assets/a.js": {Data: []byte(script)}, "assets/b.woff2": {Data: []byte(script)}, "assets/c.js": {Data: []byte("1")}})
	ask := func(method, name, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/assets/"+name, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code)
		return w
	}
	for _, accept := range []string{"gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "*"} {
		w := ask(http.MethodGet, "a.js", accept)
		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"), accept)
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
		require.Contains(t, w.Header().Get("Content-Type"), "javascript")
		require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
		require.Equal(t, strconv.Itoa(w.Body.Len()), w.Header().Get("Content-Length"))
		require.Less(t, w.Body.Len(), len(script)/4)
		z, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		plain, err := io.ReadAll(z)
		require.NoError(t, err)
		require.Equal(t, script, string(plain))
	}
	for _, accept := range []string{"", "br", "gzip;q=0", "identity"} {
		w := ask(http.MethodGet, "a.js", accept)
		require.Empty(t, w.Header().Get("Content-Encoding"), accept)
		require.Equal(t, script, w.Body.String())
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"), "a cache between must not mix them up")
	}
	require.Zero(t, ask(http.MethodHead, "a.js", "gzip").Body.Len())
	require.Empty(t, ask(http.MethodGet, "b.woff2", "gzip").Header().Get("Content-Encoding"))
	require.Equal(t, "1", ask(http.MethodGet, "c.js", "gzip").Body.String(), "it would only grow")
}

func TestWithoutAConsoleThePageSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	w := get(t, web.Handler(fstest.MapFS{".gitkeep": {}}), "/inbox")
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "make build")
}
