package api_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Long JSON is sent packed to whoever reads that, short JSON and refusals as they are.
func TestLongAnswersArePacked(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	get := func(path, encoding string) *http.Response {
		t.Helper()
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
		require.NoError(t, err)
		ask.Header.Set("Accept-Encoding", encoding)
		resp, err := http.DefaultClient.Do(ask)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	read := func(from io.Reader) (v any) {
		t.Helper()
		require.NoError(t, json.NewDecoder(from).Decode(&v))
		return v
	}
	plain, packed := get("/openapi.json", "identity"), get("/openapi.json", "gzip")
	require.Equal(t, []string{"", "gzip"}, []string{plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding")})
	require.Contains(t, packed.Header.Values("Vary"), "Accept-Encoding")
	z, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	require.Equal(t, read(plain.Body), read(z))

	short := get("/v1/clock", "gzip")
	require.Equal(t, http.StatusOK, short.StatusCode)
	require.Empty(t, short.Header.Get("Content-Encoding"))
	read(short.Body)
	refused := get("/v1/tasks", "gzip")
	require.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	require.Empty(t, refused.Header.Get("Content-Encoding"))
	read(refused.Body)
}
