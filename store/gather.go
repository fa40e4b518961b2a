package store

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// A busy hall pays more for going to the database than for what is done there: each write is a round
// trip, a transaction and a wait for the disk. So writes that come close together go together.
const (
	// gatherBusy: calls that come further apart than this, the last gatherLately of them, go alone and at once.
	gatherBusy   = 6 * time.Millisecond
	gatherLately = 4
	// gatherFor is how long a call waits for others, in times of that distance, and gatherMost at most: where
	// it is waited at all the machine has more to do than it can, and the callers wait for it anyway.
	gatherFor  = 8
	gatherMost = 25 * time.Millisecond
	// gatherFull: so many calls wait no longer. More of them would cost the database still less each (a sixth less
	// at twice as many), but while they wait the others leave a processor idle now and then, which costs more.
	gatherFull = 8
	// gatherVain: when nobody has come to so many calls in a row that waited (one caller, and quick), the next
	// gatherRest go alone.
	gatherVain, gatherRest = 3, 64
	// gatherLimit bounds what a group may take: as long as one attempt of a flush, so that none of an outage
	// lives on to write when the database is back. Calls of a group that failed are sent alone.
	gatherLimit = time.Second
)

// gather lets calls from many goroutines that come close together be sent as one.
type gather[Q, A any] struct {
	// key orders the calls of a group: two groups that lock the same rows then never wait for each other crosswise.
	key func(Q) string
	// send does all calls and answers them in their order. After an error each is sent alone: a call may be repeated.
	send func(ctx context.Context, calls []Q) ([]A, error)

	mu   sync.Mutex
	last [gatherLately]time.Time // when the last calls came, in turns
	nth  int                     // whose turn it is
	vain int                     // calls in a row to which nobody came
	rest int                     // so many go alone after that
	open *group[Q, A]
}

// group are calls that are sent together.
type group[Q, A any] struct {
	calls   []*gathered[Q, A]
	timer   *time.Timer
	done    chan struct{}
	refused bool // each has to be sent alone
}

type gathered[Q, A any] struct {
	call   Q
	answer A
}

// do sends a call, with others or alone, and gives its answer. A caller who gives up meanwhile does
// not know whether it was done, as with any write.
func (g *gather[Q, A]) do(ctx context.Context, call Q) (A, error) {
	mine, in := g.join(call)
	if in == nil {
		return g.alone(ctx, call)
	}
	select {
	case <-in.done:
	case <-ctx.Done():
		var none A // the answer may be being written just now
		return none, ctx.Err()
	}
	if in.refused {
		return g.alone(ctx, call)
	}
	return mine.answer, nil
}

func (g *gather[Q, A]) alone(ctx context.Context, call Q) (answer A, err error) {
	answers, err := g.send(ctx, []Q{call})
	if err == nil {
		answer = answers[0]
	}
	return answer, err
}

// join puts a call into the group that is open, or says that it comes alone.
func (g *gather[Q, A]) join(call Q) (*gathered[Q, A], *group[Q, A]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	every := now.Sub(g.last[g.nth]) / gatherLately
	g.last[g.nth], g.nth = now, (g.nth+1)%gatherLately
	if g.open == nil {
		if every > gatherBusy {
			return nil, nil
		}
		if g.rest > 0 {
			g.rest--
			return nil, nil
		}
		open := &group[Q, A]{done: make(chan struct{})}
		open.timer = time.AfterFunc(min(gatherFor*every, gatherMost), func() { g.close(open) })
		g.open = open
	}
	in, mine := g.open, &gathered[Q, A]{call: call}
	in.calls = append(in.calls, mine)
	if len(in.calls) == gatherFull && in.timer.Stop() {
		g.open, g.vain = nil, 0
		go g.sendAll(in)
	}
	return mine, in
}

// close sends a group whose time is over.
func (g *gather[Q, A]) close(in *group[Q, A]) {
	g.mu.Lock()
	if g.open == in {
		g.open = nil
	}
	if g.vain++; len(in.calls) > 1 {
		g.vain = 0
	}
	if g.vain >= gatherVain {
		g.vain, g.rest = 0, gatherRest
	}
	g.mu.Unlock()
	g.sendAll(in)
}

func (g *gather[Q, A]) sendAll(in *group[Q, A]) {
	defer close(in.done)
	ctx, cancel := context.WithTimeout(context.Background(), gatherLimit)
	defer cancel()
	slices.SortStableFunc(in.calls, func(a, b *gathered[Q, A]) int { return cmp.Compare(g.key(a.call), g.key(b.call)) })
	calls := make([]Q, len(in.calls))
	for i, c := range in.calls {
		calls[i] = c.call
	}
	answers, err := g.send(ctx, calls)
	if err != nil {
		in.refused = true
		return
	}
	for i, c := range in.calls {
		c.answer = answers[i]
	}
}
