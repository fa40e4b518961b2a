package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// timer is the one outstanding timer of a case.
type timer struct {
	at     time.Time // real time it rings at
	future workflow.Future
	cancel workflow.CancelFunc
}

// running says whether a timer is set and has not rung.
func (t *timer) running() bool { return t.future != nil && !t.future.IsReady() }

// rang says whether the timer was set and has rung.
func (t *timer) rang() bool { return t.future != nil && t.future.IsReady() }

// arm sets the timer to the nearest due instant. A timer that rings too early
// is left to ring and set anew then: that costs less history than cancelling it
// each time a deadline moves away.
func (s *shell) arm(ctx workflow.Context) {
	if s.timer.rang() {
		s.timer = timer{}
	}
	due := engine.NextDue(s.state)
	if due.IsZero() {
		return
	}
	at := due.Add(-s.offset)
	if s.timer.running() {
		if !at.Before(s.timer.at) {
			return
		}
		s.timer.cancel()
	}
	ctx, cancel := workflow.WithCancel(ctx)
	s.timer = timer{at: at, cancel: cancel, future: workflow.NewTimer(ctx, at.Sub(workflow.Now(ctx)))}
}

// due says whether an expiry waits to be applied.
func (s *shell) due(ctx workflow.Context) bool {
	due := engine.NextDue(s.state)
	return !due.IsZero() && !due.After(s.now(ctx))
}

// expire applies what is due. Acts that were recorded before are applied first
// (rule 3.1.3); they arrive as updates later and are answered from the ledger.
func (s *shell) expire(ctx workflow.Context) {
	now := s.now(ctx)
	if effective(engine.Decide(s.rules, s.state, tick(now)).Events) {
		for more := true; more; {
			reply := s.earlier(ctx, now)
			s.advance(reply.Offset)
			for i := range reply.Commands {
				cmd := &reply.Commands[i]
				if cmd.Do != engine.File && cmd.Do != engine.Tick {
					s.acts++
					s.apply(cmd)
				}
			}
			more = reply.More
		}
	}
	s.append(engine.Decide(s.rules, s.state, tick(now)))
	if due := engine.NextDue(s.state); !due.IsZero() && !due.After(now) {
		panic(fmt.Sprintf("case %s: the expiry due at %s is still due after it was applied",
			s.state.Number, due.Format(time.RFC3339Nano)))
	}
}

// earlier asks for acts recorded before now and not yet handled.
func (s *shell) earlier(ctx workflow.Context, now time.Time) contract.IntentsReply {
	req := contract.IntentsRequest{Case: s.state.Number, Before: now, Known: s.handled.ids()}
	var reply contract.IntentsReply
	call(ctx, contract.IntentsActivity, req, &reply)
	return reply
}

// tick is the command that says what time it is.
func tick(now time.Time) engine.Command {
	return engine.Command{Do: engine.Tick, By: engine.Actor{Kind: engine.System}, At: now}
}

// effective says whether expiries do more than warn. A warning changes nothing
// anybody could have acted upon, so nobody needs to be asked before it. A mark
// of overdue does count: an act recorded in time must spare its party the mark.
func effective(events []engine.Event) bool {
	for _, e := range events {
		if _, warning := e.Body.(engine.ClockWarned); !warning {
			return true
		}
	}
	return false
}
