// Package child runs programs that end with us, also when we are killed with -9.
//
// On Linux the kernel sends a child its parent-death signal. That signal belongs to the thread
// that forked the child, not to our process: Go ends idle threads at will, so each child keeps
// the thread that made it for as long as it lives.
//
// A child gets a process group of its own: Ctrl-C in the terminal reaches only us, and we end
// the parts in order. A frozen child (SIGSTOP) does not outlive us either: when we go its group
// is orphaned, and the kernel wakes stopped members of such a group.
package child

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// User is whom a child runs as.
type User struct{ UID, GID uint32 }

// Spec says what to run.
type Spec struct {
	Path string
	Args []string
	Env  []string
	Dir  string
	// Stdout and Stderr as in [exec.Cmd]: nil is the null device.
	Stdout, Stderr io.Writer
	// User to change to, which takes root; nil: our own.
	User *User
	// DeathSignal is what the kernel sends the child when we die (Linux only).
	DeathSignal syscall.Signal
}

// Process is a running or ended child.
type Process struct {
	pid  int
	done chan struct{}
	err  error
}

// Start runs the program.
func Start(spec Spec) (*Process, error) {
	p := &Process{done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(spec.Path, spec.Args...)
		cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = spec.Env, spec.Dir, spec.Stdout, spec.Stderr
		cmd.SysProcAttr = Attr(spec.User)
		cmd.SysProcAttr.Setpgid = true
		setDeathSignal(cmd.SysProcAttr, spec.DeathSignal)
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// Attr makes a child run as the user; nil: our own.
func Attr(user *User) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if user != nil {
		attr.Credential = &syscall.Credential{Uid: user.UID, Gid: user.GID}
	}
	return attr
}

// PID is the child's process number.
func (p *Process) PID() int { return p.pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err tells how the child ended; valid once Done is closed.
func (p *Process) Err() error { return p.err }

// Signal sends a signal. To a child that has ended it does nothing.
func (p *Process) Signal(sig syscall.Signal) error {
	select {
	case <-p.done:
		return nil // its number may belong to somebody else by now
	default:
	}
	if err := syscall.Kill(p.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal %v to process %d: %w", sig, p.pid, err)
	}
	return nil
}

// SignalTree signals the child, so that it starts no more, and then its own children.
func (p *Process) SignalTree(sig syscall.Signal) error {
	// The list must be read first: children of a killed process are nobody's.
	below := children(p.pid)
	if err := p.Signal(sig); err != nil {
		return err
	}
	return signalAll(append(below, children(p.pid)...), sig)
}

func signalAll(pids []int, sig syscall.Signal) error {
	for _, pid := range pids {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal %v to process %d: %w", sig, pid, err)
		}
	}
	return nil
}

// Kill ends the child and its children with SIGKILL and waits until it is gone.
func (p *Process) Kill() error {
	err := p.SignalTree(syscall.SIGKILL)
	<-p.done
	return err
}

// Freeze stops the child and its children where they are; Thaw lets them go on.
func (p *Process) Freeze() error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	// A signal has been sent, not taken: until it has stopped it may fork one more.
	if err := awaitStop(p.pid); err != nil {
		return fmt.Errorf("wait for process %d to stop: %w", p.pid, err)
	}
	return signalAll(children(p.pid), syscall.SIGSTOP)
}

// Thaw ends [Process.Freeze].
func (p *Process) Thaw() error { return p.SignalTree(syscall.SIGCONT) }

// children lists the direct child processes of pid.
func children(pid int) []int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // a constant pattern
	var all []int
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread ended in between
		}
		for _, field := range strings.Fields(string(raw)) {
			if n, err := strconv.Atoi(field); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}
