// Package devproc runs `lianban dev` as a process of its own, waits until it is
// ready, and ends it in order or as roughly as a power cut. The demo and the
// end-to-end tests use it.
//
//	Start ──▶ lianban dev --quiet --listen 127.0.0.1:0 ──"ready ADDRESS"──▶ Process
//	Kill  ──▶ SIGKILL to it and all below it, at one moment
//	Stop  ──▶ SIGTERM, wait
//
// The process dies with us: nothing is left behind when a test is killed.
package devproc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lianban/cmd/lianban/internal/client"
	"lianban/standalone/child"
)

// Options say what to run.
type Options struct {
	// Program is the lianban binary; empty: this very program.
	Program string
	// Data is the data folder.
	Data string
	// Listen is the address; empty: any free port of 127.0.0.1.
	Listen string
	// Args are further flags of dev.
	Args []string
	// Env is the environment; nil: our own.
	Env []string
	// User to run as, which takes root; nil: our own.
	User *child.User
}

// Process is a running dev.
type Process struct {
	proc *child.Process
	said *tail
	mark client.Marker
}

// Start runs it and returns when it is ready. ctx bounds the start only.
func Start(ctx context.Context, opts Options) (*Process, error) {
	if opts.Program == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		opts.Program = self
	}
	if opts.Listen == "" {
		opts.Listen = "127.0.0.1:0"
	}
	if opts.Env == nil {
		opts.Env = os.Environ()
	}
	out, word, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &Process{said: &tail{}}
	p.proc, err = child.Start(child.Spec{
		Path: opts.Program, Args: append([]string{"dev", "--quiet", "--data", opts.Data, "--listen", opts.Listen}, opts.Args...),
		Env: opts.Env, Stdout: word, Stderr: p.said, User: opts.User, DeathSignal: syscall.SIGKILL,
	})
	word.Close()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("start lianban dev: %w", err)
	}
	ready := make(chan string, 1)
	go func() {
		defer out.Close()
		defer close(ready)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if server, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				ready <- server
			}
		}
	}()
	select {
	case server, ok := <-ready:
		if !ok {
			<-p.proc.Done()
			return nil, fmt.Errorf("lianban dev ended while starting (%w); it said: %s", orNil(p.proc.Err()), p.said)
		}
		p.mark, _ = client.ReadMarker(opts.Data)
		p.mark.Server = server
		return p, nil
	case <-ctx.Done():
		return nil, errors.Join(fmt.Errorf("lianban dev is not ready: %w; it said: %s", ctx.Err(), p.said), p.Kill())
	}
}

func orNil(err error) error {
	if err == nil {
		return errors.New("exit code 0")
	}
	return err
}

// Server is its address, as http://127.0.0.1:41234.
func (p *Process) Server() string { return p.mark.Server }

// Seconds is how long its start took by its own clock.
func (p *Process) Seconds() float64 { return p.mark.Seconds }

// PID is its process number.
func (p *Process) PID() int { return p.proc.PID() }

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.proc.Done() }

// Said is the end of what it wrote to standard error.
func (p *Process) Said() string { return p.said.String() }

// Stop ends it in good order; when ctx ends first, it is killed and ctx's error returned.
func (p *Process) Stop(ctx context.Context) error {
	if err := p.proc.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.proc.Done():
		if err := p.proc.Err(); err != nil {
			return fmt.Errorf("lianban dev: %w; it said: %s", err, p.said)
		}
		return nil
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("lianban dev does not stop: %w", ctx.Err()), p.Kill())
	}
}

// Kill sends SIGKILL to it and to every process below it, and waits until all
// are gone.
func (p *Process) Kill() error {
	// Frozen first, so that nothing below is started, or put in order, between
	// the look and the kill.
	all := append([]int{p.PID()}, below(p.PID())...)
	for _, pid := range all {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // may be gone
	}
	all = append(all, below(p.PID())...)
	var errs []error
	for _, pid := range all {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, fmt.Errorf("kill process %d: %w", pid, err))
		}
	}
	<-p.proc.Done()
	for _, pid := range all[1:] {
		errs = append(errs, gone(pid))
	}
	return errors.Join(errs...)
}

// goneWait is how long a killed process may take to disappear.
const goneWait = 10 * time.Second

// gone waits until a process of the tree, not a child of ours, is no more.
func gone(pid int) error {
	deadline := time.Now().Add(goneWait)
	for alive(pid) {
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d survived SIGKILL", pid)
		}
		<-time.After(5 * time.Millisecond)
	}
	return nil
}

// alive tells a running process from one that is gone or waits to be reaped.
func alive(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, ok := strings.Cut(string(raw), ") ")
	return ok && !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// below lists all descendants of a process.
func below(pid int) []int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // a constant pattern
	var all []int
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for field := range strings.FieldsSeq(string(raw)) {
			if n, err := strconv.Atoi(field); err == nil {
				all = append(append(all, n), below(n)...)
			}
		}
	}
	return all
}
