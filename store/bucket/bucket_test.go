package bucket_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/store/bucket"
)

func open(t *testing.T) (*bucket.Dir, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	d, err := bucket.OpenDir(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d, dir
}

// names lists everything under a bucket.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	}))
	return out
}

func TestPutAndOpen(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	content := bytes.Repeat([]byte("营业执照 "), 20_000)
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	o, err := d.Put(t.Context(), iotest.HalfReader(bytes.NewReader(content)), int64(len(content)))
	require.NoError(t, err)
	require.Equal(t, bucket.Object{Hash: hash, Size: int64(len(content)), Head: content[:bucket.HeadSize]}, o)
	require.Equal(t, []string{filepath.Join(hash[:2], hash)}, names(t, dir))

	f, got, err := d.Open(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, int64(len(content)), got.Size)
	b, err := io.ReadAll(f)
	require.NoError(t, errors.Join(err, f.Close()))
	require.Equal(t, content, b)

	again, err := d.Put(t.Context(), bytes.NewReader(content), 1<<30)
	require.NoError(t, err)
	require.Equal(t, o, again)
	require.Len(t, names(t, dir), 1)

	// It is there for the next process too.
	other, err := bucket.OpenDir(dir)
	require.NoError(t, err)
	has, err := other.Has(t.Context(), hash)
	require.NoError(t, errors.Join(err, other.Close()))
	require.True(t, has)
}

func TestEmptyFile(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	o, err := d.Put(t.Context(), strings.NewReader(""), 0)
	require.NoError(t, err)
	require.Zero(t, o.Size)
	ok, err := d.Check(t.Context(), o.Hash)
	require.NoError(t, err)
	require.True(t, ok)
}

func TestNothingIsKeptOfWhatFails(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	_, err := d.Put(t.Context(), strings.NewReader("123456"), 5)
	require.ErrorIs(t, err, bucket.ErrTooLarge)
	broken := errors.New("the line went dead")
	_, err = d.Put(t.Context(), io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), 100)
	require.ErrorIs(t, err, broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Put(ctx, strings.NewReader("123"), 100)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, names(t, dir))
}

func TestNamesLeadNowhereElse(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("s"), 0o600))
	for _, name := range []string{"", "..", "../secret", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("/", 64), strings.Repeat("g", 64)} {
		_, _, err := d.Open(t.Context(), name)
		require.ErrorIs(t, err, bucket.ErrNotFound, name)
		has, err := d.Has(t.Context(), name)
		require.NoError(t, err)
		require.False(t, has)
	}
	hash := strings.Repeat("ab", 32)
	_, _, err := d.Open(t.Context(), hash)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	// A link somebody put there does not lead outside.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "ab"), 0o700))
	require.NoError(t, os.Symlink("../../secret", filepath.Join(dir, "ab", hash)))
	_, _, err = d.Open(t.Context(), hash)
	require.Error(t, err)
}

func TestCheckFindsAChangedFile(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	o, err := d.Put(t.Context(), strings.NewReader("licence"), 100)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, o.Hash[:2], o.Hash), []byte("licencE"), 0o600))
	ok, err := d.Check(t.Context(), o.Hash)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestSweepRemovesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	left := filepath.Join(dir, "tmp", "left")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
	old := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(left, old, old))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tmp", "running"), []byte("half"), 0o600))
	n, err := d.Sweep(old.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{filepath.Join("tmp", "running")}, names(t, dir))
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	var wg sync.WaitGroup
	errs := make([]error, 32)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = d.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{byte(i % 4)}, 100_000)), 1<<20)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Len(t, names(t, dir), 4)
}
