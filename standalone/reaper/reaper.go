// Package reaper removes temporary folders after this process has ended, also when it was
// killed with -9 and could not tidy up itself.
//
// A small shell process holds the reading end of a pipe whose only writing end is ours. The
// kernel closes that when we end, in whatever way; the shell then removes the folder. It tries
// for some seconds, since a database server that is just being ended may still write there.
package reaper

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

const script = `trap '' INT HUP TERM
read _
n=0
while [ $n -lt 100 ]; do
  rm -rf -- "$1" 2>/dev/null
  sleep 0.1
  [ -e "$1" ] || exit 0
  n=$((n+1))
done`

// held keeps the writing ends open: a collected *os.File would be closed and the folder go.
var held struct {
	sync.Mutex
	pipes []*os.File
}

// RemoveAtExit has dir removed when this process is gone.
func RemoveAtExit(dir string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("reaper: %w", err)
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", script, "lianban-reaper", dir)
	cmd.Stdin = r
	// A session of its own: signals sent to our group or terminal must not end it before us.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		w.Close()
		return fmt.Errorf("reaper: %w", err)
	}
	held.Lock()
	held.pipes = append(held.pipes, w)
	held.Unlock()
	return cmd.Process.Release()
}
