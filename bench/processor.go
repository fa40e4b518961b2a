package bench

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// ticks of the processor clock per second in /proc, which Linux has fixed for programs.
const ticks = 100

// used is processor time by who used it. It is what a step costs whoever else uses the machine, where
// steps per second tell of both.
type used struct {
	own       time.Duration // this process: clients, workers, api, Temporal's server
	histories time.Duration // PostgreSQL for Temporal
	model     time.Duration // PostgreSQL for the read model
	common    time.Duration // PostgreSQL's own processes: log writer, checkpoints, cleaning
}

func (u used) all() time.Duration { return u.own + u.histories + u.model + u.common }

// since is what was used after an earlier look.
func (u used) since(v used) used {
	return used{u.own - v.own, u.histories - v.histories, u.model - v.model, u.common - v.common}
}

func (u used) and(v used) used {
	return used{u.own + v.own, u.histories + v.histories, u.model + v.model, u.common + v.common}
}

// each is the part of one of n steps.
func (u used) each(n int) used {
	d := time.Duration(n)
	return used{u.own / d, u.histories / d, u.model / d, u.common / d}
}

// times is as much for n of them.
func (u used) times(n int64) used {
	d := time.Duration(n)
	return used{u.own * d, u.histories * d, u.model * d, u.common * d}
}

// processorTime is what this process and all it has started have used so far, or nothing where there
// is no /proc.
func processorTime() used {
	parent, ticked := map[int]int{}, map[int]int64{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		line, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended since
		}
		// The name in brackets may hold anything; what follows it is numbers (proc(5)).
		fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
		if len(fields) < 15 {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		parent[pid], _ = strconv.Atoi(string(fields[1]))
		for _, f := range fields[11:15] { // user, system, and both of the children that have ended
			n, _ := strconv.ParseInt(string(f), 10, 64)
			ticked[pid] += n
		}
	}
	var u used
	for pid, n := range ticked {
		for at := pid; at > 1; at = parent[at] {
			if at == os.Getpid() {
				*u.part(pid) += time.Duration(n) * time.Second / ticks
				break
			}
		}
	}
	return u
}

// part is where a process's time belongs. PostgreSQL's sessions name their database in their title.
func (u *used) part(pid int) *time.Duration {
	title, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	switch {
	case pid == os.Getpid():
		return &u.own
	case bytes.Contains(title, []byte(" temporal")):
		return &u.histories
	case bytes.Contains(title, []byte(" lianban ")):
		return &u.model
	}
	return &u.common
}

// calm waits until this process and all it has started do next to nothing any more, and gives the
// processor time they have used until then. It gives up waiting where they never come to rest.
func calm(ctx context.Context) (used, error) {
	const (
		window = 200 * time.Millisecond
		still  = window / 10 // of one core: polls and timers go on
		most   = 10 * time.Second
	)
	start := processorTime()
	last := start
	again := time.NewTicker(window)
	defer again.Stop()
	for range most / window {
		select {
		case <-again.C:
		case <-ctx.Done():
			return used{}, ctx.Err()
		}
		now := processorTime()
		if now.since(last).all() <= still {
			break
		}
		last = now
	}
	return last.since(start), nil
}
