package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5"
)

// AnchorFile is a copy of the anchors outside the database, one line each:
//
//	position case from to hash chain
//
// It only grows. Put it where the database's administrators cannot write (another machine, an
// append-only medium): then even somebody who rewrites log and anchors alike is found out. One
// process appends to a file; every process may have its own.
type AnchorFile struct {
	f     *os.File
	last  int64
	chain []byte
}

// ErrAnchorsDiffer: the database does not hold the anchors the file has; nothing is appended.
var ErrAnchorsDiffer = errors.New("the anchor file has other anchors than the database: run audit verify")

// OpenAnchorFile opens or makes a file. A line cut off by a crash is removed: it was never synced.
func OpenAnchorFile(path string) (*AnchorFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("anchor file: %w", err)
	}
	a := &AnchorFile{f: f}
	whole := int64(0)
	err = readAnchors(f, func(line anchorLine, size int64) error {
		a.last, a.chain, whole = line.position, line.chain, whole+size
		return nil
	})
	if err == nil {
		err = f.Truncate(whole)
	}
	if err == nil {
		_, err = f.Seek(whole, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("anchor file: %w", err), f.Close())
	}
	return a, nil
}

// Close closes the file.
func (a *AnchorFile) Close() error { return a.f.Close() }

// Follow appends and syncs what the feed has beyond the file, and returns how many lines.
func (a *AnchorFile) Follow(ctx context.Context, s *Store) (int, error) {
	total := 0
	for {
		// One entry back: the file's end must be in the feed as it stands in the file.
		entries, err := s.Feed(ctx, max(a.last-1, 0), publishBatch)
		if err != nil {
			return total, err
		}
		if a.last > 0 {
			if len(entries) == 0 || entries[0].Position != a.last || entries[0].Chain != hex.EncodeToString(a.chain) {
				return total, ErrAnchorsDiffer
			}
			entries = entries[1:]
		}
		if len(entries) == 0 {
			return total, nil
		}
		var b bytes.Buffer
		for _, e := range entries {
			fmt.Fprintf(&b, "%d %s %d %d %s %s\n", e.Position, e.Case, e.From, e.To, e.Hash, e.Chain)
		}
		if _, err := a.f.Write(b.Bytes()); err != nil {
			return total, fmt.Errorf("anchor file: %w", err)
		}
		if err := a.f.Sync(); err != nil {
			return total, fmt.Errorf("anchor file: %w", err)
		}
		end := entries[len(entries)-1]
		a.last = end.Position
		if a.chain, err = hex.DecodeString(end.Chain); err != nil {
			return total, fmt.Errorf("anchor file: %w", err)
		}
		total += len(entries)
	}
}

type anchorLine struct {
	position, from, to int64
	number             string
	hash, chain        []byte
}

// readAnchors gives the whole lines of a file with their length; a last line without its end is left out.
func readAnchors(r io.Reader, each func(anchorLine, int64) error) error {
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var l anchorLine
		if _, err := fmt.Sscanf(text, "%d %s %d %d %x %x\n", &l.position, &l.number, &l.from, &l.to, &l.hash, &l.chain); err != nil {
			return fmt.Errorf("a line that is no anchor after position %d: %w", l.position, err)
		}
		if err := each(l, int64(len(text))); err != nil {
			return err
		}
	}
}

// file compares an anchor file with the feed, and the file's lines with each other.
func (v *verifier) file(ctx context.Context, tx pgx.Tx, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("anchor file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var batch []anchorLine
	var before anchorLine
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := v.compare(ctx, tx, batch); err != nil {
			return err
		}
		batch = batch[:0]
		return nil
	}
	err = readAnchors(f, func(l anchorLine, _ int64) error {
		v.FileLines++
		if l.position != before.position+1 || !bytes.Equal(l.chain, anchorChain(before.chain, l.position, l.number, l.from, l.to, l.hash)) {
			v.find(Finding{Kind: FileBroken, Case: l.number, Seq: l.to, Position: l.position,
				Zh: "锚点文件此行与上一行不衔接", En: "this line of the anchor file does not follow the one before"})
		}
		before = l
		if batch = append(batch, l); len(batch) == publishBatch {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func (v *verifier) compare(ctx context.Context, tx pgx.Tx, lines []anchorLine) error {
	positions := make([]int64, len(lines))
	for i, l := range lines {
		positions[i] = l.position
	}
	rows, err := tx.Query(ctx, `SELECT position, chain FROM feed WHERE position = ANY ($1)`, positions)
	if err != nil {
		return err
	}
	have := make(map[int64][]byte, len(lines))
	var position int64
	var chain []byte
	if _, err := pgx.ForEachRow(rows, []any{&position, &chain}, func() error {
		have[position] = bytes.Clone(chain)
		return nil
	}); err != nil {
		return err
	}
	for _, l := range lines {
		at := Finding{Kind: FileDiffers, Case: l.number, Seq: l.to, Position: l.position}
		switch chain, ok := have[l.position]; {
		case !ok:
			at.Zh, at.En = "锚点文件有此锚点，数据库没有", "the anchor file has this anchor, the database has none"
		case !bytes.Equal(chain, l.chain):
			at.Zh, at.En = "锚点文件与数据库的锚点不同", "the anchor file and the database have different anchors"
		default:
			continue
		}
		v.find(at)
	}
	return nil
}
