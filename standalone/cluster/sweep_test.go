package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Databases outside their folders: those of tests that are gone are swept, never one that is
// somebody's data, or still served, or whose test may still live.
func TestSweepOutsideTakesWhatTestsHaveLeft(t *testing.T) {
	t.Parallel()
	root, temp := t.TempDir(), t.TempDir()
	gone := exec.Command("true")
	require.NoError(t, gone.Run())
	n := 0
	database := func(origin string, server int) string {
		n++
		dir := filepath.Join(root, fmt.Sprintf("cluster-%d", n))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "cluster"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "origin"), []byte(origin+"\n"), 0o644))
		if server != 0 {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "cluster", "postmaster.pid"), fmt.Appendf(nil, "%d\n%s\n", server, dir), 0o600))
		}
		return dir
	}
	living := filepath.Join(temp, "lianban-living")
	require.NoError(t, os.Mkdir(living, 0o755))
	kept := []string{
		database("/srv/lianban/data/postgres", 0), // a real one, moved or on a disk that is not there
		database(filepath.Join(temp, "mine", "postgres"), 0),
		database(filepath.Join(living, "data", "postgres"), 0),
		database(filepath.Join(temp, "lianban-gone", "data", "postgres"), os.Getpid()),
		database(temp, 0),
	}
	swept := []string{
		database(filepath.Join(temp, "lianban-gone", "data", "postgres"), 0),
		database(filepath.Join(temp, "TestGone123", "001", "postgres"), gone.Process.Pid),
	}
	require.NoError(t, sweepOutside(root, temp))
	for _, dir := range kept {
		require.DirExists(t, dir)
	}
	for _, dir := range swept {
		require.NoDirExists(t, dir)
	}
	require.NoError(t, sweepOutside(filepath.Join(root, "nowhere"), temp))
}
