package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// ticks of the processor clock per second in /proc, which Linux has fixed for programs.
const ticks = 100

// processorTime is what this process and all it has started (PostgreSQL, Temporal) have used so far,
// or 0 where there is no /proc. It is what a step costs whoever else uses the machine, where steps per
// second tell of both.
func processorTime() time.Duration {
	parent, used := map[int]int{}, map[int]int64{}
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
			used[pid] += n
		}
	}
	var sum int64
	for pid := range used {
		for at := pid; at > 1; at = parent[at] {
			if at == os.Getpid() {
				sum += used[pid]
				break
			}
		}
	}
	return time.Duration(sum) * time.Second / ticks
}
