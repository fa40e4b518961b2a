package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Outbox writes letters into a folder, one folder per case: for `dev`, for tests, and for halls whose
// post room prints from a share.
type Outbox struct{ root *os.Root }

var _ Sender = (*Outbox)(nil)

// OpenOutbox opens (or makes) the folder.
func OpenOutbox(dir string) (*Outbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return &Outbox{root}, nil
}

// Channel implements Sender.
func (*Outbox) Channel() string { return ChannelOutbox }

// Reaches implements Sender: everybody, organisations included.
func (*Outbox) Reaches(Address) bool { return true }

// Send implements Sender. A letter that is written again has the same bytes under the same name.
func (b *Outbox) Send(_ context.Context, e *Envelope) (Receipt, error) {
	folder := safe(e.Case)
	if err := b.root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Receipt{}, fmt.Errorf("outbox: %w", err)
	}
	base := path.Join(folder, safe(e.Letter+"_"+e.Title))
	name := base + ".html"
	if err := b.write(name, e.HTML); err != nil {
		return Receipt{}, err
	}
	if len(e.PDF) > 0 {
		name = base + ".pdf"
		if err := b.write(name, e.PDF); err != nil {
			return Receipt{}, err
		}
	}
	return Receipt{Proof: name}, nil
}

// write makes a file whole or not at all.
func (b *Outbox) write(name string, content []byte) error {
	part := name + ".part"
	err := b.root.WriteFile(part, content, 0o600)
	if err == nil {
		err = b.root.Rename(part, name)
	}
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// safe keeps of a name what is one in every file system.
func safe(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
}
