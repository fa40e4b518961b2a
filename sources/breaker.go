package sources

import (
	"sync"
	"time"
)

// breaker leaves a source alone that has failed several times in a row, so that filings do not wait
// for what will not come, and lets one call through after a while to see.
//
//	closed ──failures in a row──▶ resting ──time is over──▶ one call: succeeds ▶ closed, fails ▶ resting
type breaker struct {
	after int
	rest  time.Duration

	mu      sync.Mutex
	failed  int
	until   time.Time // resting until then
	probing bool
}

// allow says whether a call may be made now. Whoever is allowed says how it ended.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.after {
		return true
	}
	if b.probing || now.Before(b.until) {
		return false
	}
	b.probing = true
	return true
}

// ended says how a call ended. One that was given up by its caller says nothing of the source.
func (b *breaker) ended(now time.Time, ok, given bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	switch {
	case ok:
		b.failed = 0
	case given:
	default:
		b.failed++
		if b.failed >= b.after {
			b.until = now.Add(b.rest)
		}
	}
}

// resting says until when the source is left alone, zero when it is not.
func (b *breaker) resting(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.after || !now.Before(b.until) {
		return time.Time{}
	}
	return b.until
}
