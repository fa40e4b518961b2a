package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	sigStop = syscall.SIGSTOP
	sigCont = syscall.SIGCONT
)

// process is a running postmaster.
type process struct {
	pid  int
	done chan struct{}
	err  error // why it ended; read after done is closed
}

// childEnv is a clean environment: PG* variables of the caller must not reach the server.
func childEnv() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

// spawn starts a server that the kernel ends when we die. The parent-death signal belongs to
// the thread that forked, not to the process, so one thread is kept for it until the end.
func spawn(path string, args []string, as owner, dir string, log *os.File) (*process, error) {
	p := &process{done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(path, args...)
		cmd.Dir = dir
		cmd.Env = childEnv()
		cmd.Stdout = log
		cmd.Stderr = log
		cmd.SysProcAttr = childAttr(as, true)
		// A group of its own: Ctrl-C in the terminal must reach only us, who then stop the
		// parts in order.
		cmd.SysProcAttr.Setpgid = true
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

func (p *process) signal(sig syscall.Signal) error {
	select {
	case <-p.done:
		return nil // its number may belong to somebody else by now
	default:
	}
	if err := syscall.Kill(p.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("cluster: signal %v to postgres %d: %w", sig, p.pid, err)
	}
	return nil
}

// stop asks for a fast shutdown and, when ctx ends first, for an immediate one.
func (p *process) stop(ctx context.Context) error {
	if err := p.signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	if err := p.signal(syscall.SIGQUIT); err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(6 * time.Second): // the postmaster itself kills stubborn children after 5 s
		p.killTree()
		<-p.done
	}
	return nil
}

func (p *process) kill() {
	_ = p.signal(syscall.SIGKILL) // the only failure is that it is gone
}

// signalTree signals the postmaster first, so that it starts no new children, then these.
func (p *process) signalTree(sig syscall.Signal) error {
	if err := p.signal(sig); err != nil {
		return err
	}
	for _, child := range children(p.pid) {
		if err := syscall.Kill(child, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("cluster: signal %v to %d: %w", sig, child, err)
		}
	}
	return nil
}

func (p *process) killTree() {
	// The list must be read before the postmaster dies; afterwards they are nobody's children.
	below := children(p.pid)
	p.kill()
	for _, child := range below {
		_ = syscall.Kill(child, syscall.SIGKILL) // it may have gone by itself
	}
}

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

// worksIn tells whether pid is a live process working in the data folder. A postmaster's
// working folder is its data folder, so a number that was given to somebody else is told apart.
func worksIn(pid int, data string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && cwd == data
}

// stopStranger ends a server that is not our child and waits until it has left.
func stopStranger(ctx context.Context, pid int, data string) error {
	for i, step := range []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{syscall.SIGINT, 15 * time.Second}, {syscall.SIGQUIT, 6 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if err := syscall.Kill(pid, step.sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("cluster: a database server (process %d) still works in %s and cannot be stopped: %w", pid, data, err)
		}
		if i == 0 {
			_ = syscall.Kill(pid, syscall.SIGCONT) // it may have been frozen
		}
		until := time.Now().Add(step.wait)
		for time.Now().Before(until) {
			if !worksIn(pid, data) {
				return nil
			}
			if err := pause(ctx, 20*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("cluster: process %d does not leave %s; end it and start again", pid, data)
}

// takeLock makes sure one process of ours uses the folder. The kernel drops the lock when the
// process ends in whatever way.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		raw, _ := os.ReadFile(path) // only to name the holder
		f.Close()
		return nil, fmt.Errorf("cluster: %s is in use by process %s; stop it, or use another data folder", filepath.Dir(path), strings.TrimSpace(string(raw)))
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		f.Close()
		return nil, fmt.Errorf("cluster: %w", err)
	}
	return f, nil
}

func statUID(info os.FileInfo) uint32 { return info.Sys().(*syscall.Stat_t).Uid }
func statGID(info os.FileInfo) uint32 { return info.Sys().(*syscall.Stat_t).Gid }
