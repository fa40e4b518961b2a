package reaper_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/standalone/reaper"
)

// childDir makes this test binary register a folder and wait to be ended.
const childDir = "LIANBAN_TEST_REAPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := reaper.RemoveAtExit(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		runtime.GC() // must not collect the pipe
		fmt.Println("ready")
		select {}
	}
	os.Exit(m.Run())
}

func TestRemovedAfterWeAreGone(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "a folder; with 'odd' $name")
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "below"), 0o755))
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childDir+"="+dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "ready", strings.TrimSpace(line))
			require.DirExists(t, dir, "not before")
			// to the whole group, as a terminal or a runner that gives up does
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, sig))
			require.Error(t, cmd.Wait())
			require.Eventually(t, func() bool { _, err := os.Stat(dir); return os.IsNotExist(err) }, 10*time.Second, 10*time.Millisecond)
		})
	}
}
