package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
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

func TestWithoutAConsoleThePageSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	w := get(t, web.Handler(fstest.MapFS{".gitkeep": {}}), "/inbox")
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "make build")
}
