package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lianban/standalone/reaper"
)

// SweepOutside removes databases below /var/lib/lianban that belonged to temporary folders of
// tests and are left over: the folder is gone, and no server runs on the database. A database
// of any other folder is somebody's data and never touched.
func SweepOutside() error { return sweepOutside(outsideRoot, os.TempDir()) }

func sweepOutside(root, temp string) error {
	origins, err := filepath.Glob(filepath.Join(root, "cluster-*", "origin"))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	var failed []error
	for _, origin := range origins {
		raw, err := os.ReadFile(origin)
		if err != nil {
			continue // just being made or removed
		}
		dir := filepath.Dir(origin)
		if leftOver(strings.TrimSpace(string(raw)), temp) && !served(filepath.Join(dir, "cluster")) {
			failed = append(failed, os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

// leftOver says whether a folder lay in a temporary one of tests, and that is gone.
func leftOver(folder, temp string) bool {
	below, err := filepath.Rel(temp, folder)
	if err != nil {
		return false
	}
	top, _, _ := strings.Cut(below, string(filepath.Separator))
	if !strings.HasPrefix(top, "lianban-") && !strings.HasPrefix(top, "Test") {
		return false
	}
	_, err = os.Stat(filepath.Join(temp, top))
	return errors.Is(err, os.ErrNotExist)
}

// served says whether the server named in a data folder's postmaster.pid is there.
func served(data string) bool {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return false
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	return err == nil && reaper.Alive(pid)
}
