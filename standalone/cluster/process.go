package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lianban/standalone/child"
)

// childEnv is a clean environment: PG* variables of the caller must not reach the server.
func childEnv() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

// spawn starts the postmaster. When we die the kernel sends it SIGQUIT, PostgreSQL's immediate
// shutdown: it is gone in milliseconds, so that a restart need not wait, and loses nothing
// committed.
func (c *Cluster) spawn(log *os.File) (*child.Process, error) {
	return child.Start(child.Spec{
		Path: filepath.Join(c.bin, "postgres"), Args: []string{"-D", c.data}, Env: childEnv(), Dir: c.data,
		Stdout: log, Stderr: log, User: c.owner.user(), DeathSignal: syscall.SIGQUIT,
	})
}

// stopProcess asks for a fast shutdown and, when ctx ends first, for an immediate one.
func stopProcess(ctx context.Context, p *child.Process) error {
	if err := p.Signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-p.Done():
		return nil
	case <-ctx.Done():
	}
	if err := p.Signal(syscall.SIGQUIT); err != nil {
		return err
	}
	select {
	case <-p.Done():
		return nil
	case <-time.After(6 * time.Second): // the postmaster itself kills stubborn children after 5 s
		return p.Kill()
	}
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
