// Package bucket keeps file contents by their SHA-256.
//
// A content is written under a temporary name, synced, and renamed to its hash; so what bears a hash
// is whole, on disk, and never changes. Two people who hand in the same content share it. A crash
// leaves at most a file under tmp/, which Sweep removes.
//
//	DIR/tmp/RANDOM            being written
//	DIR/ab/abcdef…            the content with hash abcdef…
package bucket

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// Bucket is a place for file contents.
type Bucket interface {
	// Put reads r to its end and keeps it. More than limit bytes is ErrTooLarge, and nothing is kept.
	Put(ctx context.Context, r io.Reader, limit int64) (Object, error)
	// Open gives a content for reading (ErrNotFound). The caller closes it.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, Object, error)
	// Has says whether a content is there.
	Has(ctx context.Context, hash string) (bool, error)
}

// Object is a content.
type Object struct {
	Hash string // hex SHA-256
	Size int64  // bytes
	// Head are the first bytes of the content, at most HeadSize, for sniffing its type. Put only.
	Head []byte
}

// HeadSize is how much of a content Put gives back.
const HeadSize = 64 << 10

// Errors of a bucket; compare with errors.Is.
var (
	ErrTooLarge = errors.New("the file is larger than allowed")
	ErrNotFound = errors.New("there is no such file")
)

// Dir is a bucket in a folder. It cannot be led outside the folder by links or names.
type Dir struct{ root *os.Root }

var _ Bucket = (*Dir)(nil)

const tmp = "tmp"

// OpenDir opens (or makes) the bucket in a folder.
func OpenDir(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	if err := mkdir(root, tmp); err != nil {
		return nil, errors.Join(fmt.Errorf("bucket: %w", err), root.Close())
	}
	return &Dir{root: root}, nil
}

// Close gives the folder back.
func (d *Dir) Close() error { return d.root.Close() }

// Put implements Bucket.
func (d *Dir) Put(ctx context.Context, r io.Reader, limit int64) (o Object, err error) {
	name := path.Join(tmp, rand.Text())
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return o, fmt.Errorf("bucket: %w", err)
	}
	kept := false
	defer func() {
		if !kept {
			_ = f.Close()
			_ = d.root.Remove(name)
		}
	}()
	hash := sha256.New()
	head := &prefix{}
	n, err := io.Copy(io.MultiWriter(f, hash, head), &reader{ctx: ctx, r: io.LimitReader(r, limit+1)})
	if err != nil {
		return o, fmt.Errorf("bucket: %w", err)
	}
	if n > limit {
		return o, ErrTooLarge
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return o, fmt.Errorf("bucket: %w", err)
	}
	o = Object{Hash: hex.EncodeToString(hash.Sum(nil)), Size: n, Head: head.b}
	folder := o.Hash[:2]
	if err := mkdir(d.root, folder); err != nil {
		return o, fmt.Errorf("bucket: %w", err)
	}
	// Renaming over the same content is harmless: it is the same content.
	if err := d.root.Rename(name, path.Join(folder, o.Hash)); err != nil {
		return o, fmt.Errorf("bucket: %w", err)
	}
	kept = true
	return o, syncDir(d.root, folder)
}

// Open implements Bucket.
func (d *Dir) Open(_ context.Context, hash string) (io.ReadSeekCloser, Object, error) {
	if !valid(hash) {
		return nil, Object{}, ErrNotFound
	}
	f, err := d.root.Open(path.Join(hash[:2], hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Object{}, ErrNotFound
	}
	if err != nil {
		return nil, Object{}, fmt.Errorf("bucket: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, Object{}, errors.Join(fmt.Errorf("bucket: %w", err), f.Close())
	}
	return f, Object{Hash: hash, Size: info.Size()}, nil
}

// Has implements Bucket.
func (d *Dir) Has(_ context.Context, hash string) (bool, error) {
	if !valid(hash) {
		return false, nil
	}
	_, err := d.root.Stat(path.Join(hash[:2], hash))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Check reads a content and says whether it still has its hash.
func (d *Dir) Check(ctx context.Context, hash string) (bool, error) {
	f, _, err := d.Open(ctx, hash)
	if err != nil {
		return false, err
	}
	h := sha256.New()
	_, err = io.Copy(h, &reader{ctx: ctx, r: f})
	return hex.EncodeToString(h.Sum(nil)) == hash, errors.Join(err, f.Close())
}

// Sweep removes what was being written before the given time and never finished. It returns how many.
func (d *Dir) Sweep(before time.Time) (int, error) {
	list, err := fs.ReadDir(d.root.FS(), tmp)
	if err != nil {
		return 0, fmt.Errorf("bucket: %w", err)
	}
	n := 0
	for _, e := range list {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return n, fmt.Errorf("bucket: %w", err)
		}
		if info.ModTime().Before(before) {
			if err := d.root.Remove(path.Join(tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return n, fmt.Errorf("bucket: %w", err)
			}
			n++
		}
	}
	return n, nil
}

func mkdir(root *os.Root, name string) error {
	err := root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(root, ".")
}

// syncDir makes a new name in a folder survive a power cut.
func syncDir(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return fmt.Errorf("bucket: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

func valid(hash string) bool {
	if len(hash) != 2*sha256.Size {
		return false
	}
	for _, c := range hash {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// reader ends a copy when its caller has gone.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// prefix keeps the first HeadSize bytes written to it.
type prefix struct{ b []byte }

func (p *prefix) Write(b []byte) (int, error) {
	if room := HeadSize - len(p.b); room > 0 {
		p.b = append(p.b, b[:min(room, len(b))]...)
	}
	return len(b), nil
}
