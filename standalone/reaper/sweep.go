package reaper

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ownerFile says in a temporary folder whose it is: its maker holds a lock on it for as long as
// it lives, or, where it cannot, has written its process number into it.
const ownerFile = ".owner"

// own marks a folder as ours. The file has another name until it is locked, so that nobody
// finds it without.
func own(dir string) error {
	made := filepath.Join(dir, ownerFile+".new")
	f, err := os.OpenFile(made, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("reaper: %w", err)
	}
	if err := errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), os.Rename(made, filepath.Join(dir, ownerFile))); err != nil {
		f.Close()
		return fmt.Errorf("reaper: %w", err)
	}
	held.Lock()
	held.pipes = append(held.pipes, f)
	held.Unlock()
	return nil
}

// Sweep removes temporary folders of this product whose makers are gone: when a whole tree of
// processes was killed at once, nobody was left to do it. What somebody living holds stays, and
// so does what bears no owner.
func Sweep() error { return sweep(os.TempDir()) }

func sweep(parent string) error {
	marks, err := filepath.Glob(filepath.Join(parent, "lianban-*", ownerFile))
	if err != nil {
		return fmt.Errorf("reaper: %w", err)
	}
	var failed []error
	for _, mark := range marks {
		if abandoned(mark) {
			failed = append(failed, os.RemoveAll(filepath.Dir(mark)))
		}
	}
	return errors.Join(failed...)
}

// abandoned says whether nobody living is behind a mark.
func abandoned(mark string) bool {
	f, err := os.OpenFile(mark, os.O_RDWR, 0)
	if err != nil {
		return false // gone meanwhile, or another user's
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	text, err := os.ReadFile(mark)
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return err != nil || !Alive(pid)
}

// Alive says whether a process of that number is there.
func Alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return pid > 0 && (err == nil || errors.Is(err, syscall.EPERM))
}
