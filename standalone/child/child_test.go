package child_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/standalone/child"
)

// parentOf makes this test binary start a child, print its number, and wait to be killed.
const parentOf = "LIANBAN_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(parentOf); mode != "" {
		p, err := child.Start(child.Spec{Path: "/bin/sleep", Args: []string{"600"}, DeathSignal: syscall.SIGTERM})
		if err == nil && mode == "frozen" {
			err = p.Freeze()
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(p.PID())
		<-p.Done()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// state is the letter of /proc/PID/stat, Z for one nobody has collected, empty when it is gone.
func state(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return rest[:1]
}

func gone(pid int) bool { return state(pid) == "" || state(pid) == "Z" }

// TestEndsWithItsParent: also a frozen child, whose death signal alone would stay pending.
func TestEndsWithItsParent(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"running", "frozen"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			parent := exec.Command(os.Args[0])
			parent.Env = append(os.Environ(), parentOf+"="+mode)
			out, err := parent.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, parent.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			pid, err := strconv.Atoi(strings.TrimSpace(line))
			require.NoError(t, err, line)
			require.False(t, gone(pid))
			require.NoError(t, parent.Process.Kill())
			require.Error(t, parent.Wait())
			require.Eventually(t, func() bool { return gone(pid) }, 5*time.Second, 5*time.Millisecond)
		})
	}
}

// TestStaysWhileWeLive: the death signal belongs to a thread, and threads come and go.
func TestStaysWhileWeLive(t *testing.T) {
	t.Parallel()
	p, err := child.Start(child.Spec{Path: "/bin/cat", Args: []string{"/dev/zero"}, DeathSignal: syscall.SIGKILL})
	require.NoError(t, err)
	// A goroutine that ends while locked takes its thread with it.
	for range 50 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			require.NoError(t, exec.Command("/bin/true").Run())
		}()
		<-done
	}
	require.False(t, gone(p.PID()))
	require.NoError(t, p.Kill())
	require.ErrorContains(t, p.Err(), "killed")
	require.NoError(t, p.Signal(syscall.SIGTERM), "to one that has ended it does nothing")
}

func TestTree(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	p, err := child.Start(child.Spec{Path: "/bin/sh", Args: []string{"-c", "sleep 600 & echo $!; wait"}, Stdout: w, DeathSignal: syscall.SIGKILL})
	require.NoError(t, w.Close())
	require.NoError(t, err)
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	below, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)

	require.NoError(t, p.Freeze())
	require.Eventually(t, func() bool { return state(p.PID()) == "T" && state(below) == "T" }, 5*time.Second, time.Millisecond)
	require.NoError(t, p.Thaw())
	require.Eventually(t, func() bool { return state(p.PID()) == "S" && state(below) == "S" }, 5*time.Second, time.Millisecond)
	require.NoError(t, p.Kill())
	require.Eventually(t, func() bool { return gone(below) }, 5*time.Second, time.Millisecond, "a killed tree leaves no branch")
}

// TestFreezeMissesNobody: a child that is frozen while it forks, as a database that takes a
// caller in, has none of its own left running.
func TestFreezeMissesNobody(t *testing.T) {
	t.Parallel()
	for range 20 {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		p, err := child.Start(child.Spec{
			Path: "/bin/sh", Args: []string{"-c", "echo; i=0; while [ $i -lt 100 ]; do sleep 600 & i=$((i+1)); done; wait"}, Stdout: w,
			DeathSignal: syscall.SIGKILL,
		})
		require.NoError(t, w.Close())
		require.NoError(t, err)
		_, err = bufio.NewReader(r).ReadString('\n')
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.NoError(t, p.Freeze())
		require.Equal(t, "T", state(p.PID()), "it stands still already")
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.PID(), p.PID()))
		require.NoError(t, err)
		for _, field := range strings.Fields(string(raw)) {
			pid, err := strconv.Atoi(field)
			require.NoError(t, err)
			require.Eventually(t, func() bool { return state(pid) == "T" }, 5*time.Second, time.Millisecond, "one of %d goes on", len(strings.Fields(string(raw))))
		}
		require.NoError(t, p.Kill())
	}
}

func TestNoSuchProgram(t *testing.T) {
	t.Parallel()
	_, err := child.Start(child.Spec{Path: "/nowhere/program"})
	require.ErrorIs(t, err, os.ErrNotExist)
}
