package reaper

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// What nobody living holds is swept; everything else stays.
func TestSweepTakesWhatIsAbandoned(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	folder := func(name, mark string) string {
		dir := filepath.Join(parent, name)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "pg"), 0o755))
		if mark != "-" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, ownerFile), []byte(mark), 0o600))
		}
		return dir
	}
	gone := exec.Command("true")
	require.NoError(t, gone.Run())
	dead, ours := strconv.Itoa(gone.Process.Pid), strconv.Itoa(os.Getpid())

	locked := folder("lianban-locked", "-")
	require.NoError(t, own(locked))
	kept := []string{locked, folder("lianban-living", ours+"\n"), folder("lianban-unmarked", "-"), folder("other-unlocked", "")}
	swept := []string{folder("lianban-unlocked", ""), folder("lianban-dead", dead)}
	require.NoError(t, sweep(parent))
	for _, dir := range kept {
		require.DirExists(t, dir)
	}
	for _, dir := range swept {
		require.NoDirExists(t, dir)
	}
	require.False(t, Alive(0))
	require.True(t, Alive(1), "another user's process, or our own")
}

// A folder of a living process is its own: whoever sweeps meanwhile leaves it.
func TestSweepLeavesTheLiving(t *testing.T) {
	t.Parallel()
	dir, err := TempDir("lianban-reaper-test-")
	require.NoError(t, err)
	require.NoError(t, Sweep())
	require.DirExists(t, dir)
	require.NoError(t, os.RemoveAll(dir))
}
