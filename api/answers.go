package api

import (
	"context"
	"sync"
	"time"

	"lianban/store"
)

// answers writes what callers were answered about acts that were done, many in one
// statement: while one write is under way the next ones gather. (A refusal is
// written before it is told: recordRefusal.) A caller does not wait for it, because
// an answer that is lost with this process is found again: the act is in the
// case's history under its key, and the sweeper asks.
type answers struct {
	store   *store.Store
	written func()
	failed  func(string, error)

	mu      sync.Mutex
	queue   []store.Answer
	writing map[string]store.Answer // queued or being written, by key
	wake    chan struct{}
}

const (
	answerBatch = 200
	// answerQueue bounds the memory while the database is away; what falls out is
	// found by the sweeper.
	answerQueue = 20_000
	answerPause = 200 * time.Millisecond
	// answerLinger lets answers gather: nobody waits for them to be written. Each write takes two more
	// along, of the feed and of what is read from it, so many small ones cost a busy hall a lot. What
	// outward readers see of an act comes this much later.
	answerLinger = 50 * time.Millisecond
	// The more came along last time, the longer the next ones gather: acts that come one by one are told
	// at once, and a hall at its limit, which pays for every write, makes a few large ones.
	answerLingerEach = 10 * time.Millisecond
	answerLingerMost = 250 * time.Millisecond
	drainTime        = 3 * time.Second
)

// lingerAfter is how long answers gather after a write of so many.
func lingerAfter(written int) time.Duration {
	return min(answerLinger+time.Duration(written)*answerLingerEach, answerLingerMost)
}

func newAnswers(s *store.Store, written func(), failed func(string, error)) *answers {
	return &answers{store: s, written: written, failed: failed, writing: map[string]store.Answer{}, wake: make(chan struct{}, 1)}
}

// put queues an answer.
func (a *answers) put(answer store.Answer) {
	a.mu.Lock()
	if len(a.queue) < answerQueue {
		a.queue = append(a.queue, answer)
		a.writing[answer.Key] = answer
	}
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// get gives an answer that is not written yet.
func (a *answers) get(key string) (store.Answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	x, ok := a.writing[key]
	return x, ok
}

// run writes until ctx ends.
func (a *answers) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		for written, more := 0, true; more; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lingerAfter(written)):
			}
			written, more = a.write(ctx)
		}
	}
}

// drain writes what is left, for a moment.
func (a *answers) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for more := true; more && ctx.Err() == nil; {
		_, more = a.write(ctx)
	}
}

// write writes one batch and says how many it wrote and whether there may be more.
func (a *answers) write(ctx context.Context) (written int, more bool) {
	a.mu.Lock()
	batch := a.queue[:min(len(a.queue), answerBatch)]
	a.mu.Unlock()
	if len(batch) == 0 {
		return 0, false
	}
	if _, err := a.store.AnswerCommands(ctx, batch); err != nil {
		a.failed("answers", err)
		select {
		case <-ctx.Done():
			return 0, false
		case <-time.After(answerPause):
			return 0, true
		}
	}
	a.mu.Lock()
	a.queue = append([]store.Answer(nil), a.queue[len(batch):]...)
	for _, x := range batch {
		delete(a.writing, x.Key)
	}
	a.mu.Unlock()
	a.written()
	return len(batch), true
}
