package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// flush writes what the read model does not know yet, in the same workflow task
// as long as PostgreSQL answers. It ends when the store has taken everything
// there was at its last try, or when flushing has stopped.
func (s *shell) flush(ctx workflow.Context) {
	resend := false
	for {
		s.again = false
		now := s.state // acts may come while it is written
		req := s.request(ctx, resend)
		task := workflow.GetInfo(ctx).GetCurrentHistoryLength()
		reply := s.send(ctx, &req)
		s.advance(reply.Offset)
		switch reply.Refused {
		case "":
			s.took(&req, now, task)
			return
		case contract.ByFence:
			// Either this task is the double of a lost one: then it can never get past
			// a durable timer. Or the clock went back: then the next fence must be
			// above the stored one.
			s.minFence = reply.Fence + 1
			if err := workflow.Sleep(ctx, contract.FenceSleep); err != nil {
				panic(fmt.Sprintf("case %s: sleep after a refused flush: %v", s.state.Number, err))
			}
		case contract.ByGap, contract.Diverged:
			// The last batch was overwritten or lost: send it once more in front.
			if resend {
				s.stop(ctx, reply.Refused)
				return
			}
			resend = true
		default:
			s.stop(ctx, reply.Refused)
			return
		}
	}
}

// unmarked is the engine version from which a flush leaves no event behind.
const unmarked = 7

// send does one flush. What history must hold of it is only what the case goes on by:
// a refusal, an outage, another offset of the clock. So it is a mutable side effect, which
// records its value where that differs from the one before: a flush that succeeds, as
// nearly all do, costs no event. A task that was lost did its flush all the same, as
// a local activity would have; sequence, hash and fence are there for that.
func (s *shell) send(ctx workflow.Context, req *contract.FlushRequest) (reply contract.FlushReply) {
	if s.state.Engine < unmarked {
		call(ctx, contract.FlushActivity, *req, &reply)
		return reply
	}
	value := workflow.MutableSideEffect(ctx, contract.FlushActivity, func(workflow.Context) any {
		r := s.write(*req)
		r.LastSeq = 0 // differs each time, and nothing goes on by it
		if r.Refused != contract.ByFence {
			r.Fence = 0
		}
		return r
	}, func(a, b any) bool { return a == b })
	if err := value.Get(&reply); err != nil {
		panic(fmt.Sprintf("case %s: a flush's reply cannot be read: %v", s.state.Number, err))
	}
	if reply.Refused == contract.ByOutage {
		reply = contract.FlushReply{}
		persist(ctx, contract.FlushActivity, *req, &reply)
	}
	return reply
}

// request describes the flush of everything not written, preceded by the last
// batch when resend is set.
func (s *shell) request(ctx workflow.Context, resend bool) contract.FlushRequest {
	if workflow.GetInfo(ctx).GetCurrentHistoryLength() > s.flushedIn {
		s.durable = s.flushed // flushed by an earlier task, which history therefore holds
	}
	rules, now := s.rules, s.state // these, whenever all rows are asked for
	req := contract.FlushRequest{
		Case: s.state.Number, First: s.flushed + 1, Durable: s.durable,
		Fence:  max(workflow.Now(ctx).UnixNano(), s.minFence),
		Events: s.tail, Full: func() engine.Rows { return engine.Project(rules, now) },
	}
	if resend && len(s.batch) > 0 {
		req.Events = append(append(contract.Events(nil), s.batch...), s.tail...)
		req.First = s.batch[0].Seq
		req.Durable = min(req.Durable, req.First-1)
	}
	if s.shown == nil || req.First <= s.flushed {
		req.Changed = req.Full()
	} else {
		req.Changed = engine.Changes(rules, s.shown, now)
	}
	switch {
	case len(req.Events) > 0:
		req.Prev = req.Events[0].Prev
	default:
		req.Prev = s.hash
	}
	return req
}

// took notes that the store has a request's events, and shows the state they led to. Acts may have come while an
// ordinary activity ran; they stay in the tail.
func (s *shell) took(req *contract.FlushRequest, shown *engine.State, task int) {
	s.shown = shown
	if len(req.Events) == 0 {
		return
	}
	s.flushed, s.flushedIn = req.Events.Last(), task
	s.batch = req.Events
	rest := s.tail
	for len(rest) > 0 && rest[0].Seq <= s.flushed {
		rest = rest[1:]
	}
	s.tail = append(contract.Events(nil), rest...)
}

// stop ends flushing: the store's rows and this case disagree in a way another
// try cannot mend. Acts go on being decided and answered, the operators are
// called, and a reflush after the repair goes on where it stopped.
func (s *shell) stop(ctx workflow.Context, why contract.Refused) {
	s.stopped = string(why)
	s.alarm(ctx)
}

func (s *shell) alarm(ctx workflow.Context) {
	alarm := contract.Alarm{Case: s.state.Number, Code: "flush-" + s.stopped, Seq: s.state.Seq}
	// Nobody waits for it: it is repeated until somebody was told.
	workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, contract.FallbackOptions()), contract.AlarmActivity, alarm)
}

// call runs an activity inside the workflow task, and without end outside of it
// when that fails: with the same argument, so that a flush keeps its fence.
func call(ctx workflow.Context, name string, req, reply any) {
	local := workflow.WithLocalActivityOptions(ctx, contract.LocalOptions())
	if err := workflow.ExecuteLocalActivity(local, name, req).Get(local, reply); err == nil {
		return
	}
	persist(ctx, name, req, reply)
}

// persist runs an activity outside of the workflow task, without end.
func persist(ctx workflow.Context, name string, req, reply any) {
	outside := workflow.WithActivityOptions(ctx, contract.FallbackOptions())
	if err := workflow.ExecuteActivity(outside, name, req).Get(outside, reply); err != nil {
		// Retried without end and not to be cancelled, so this is a wrong name or a
		// reply this program cannot read: the task waits for one that can.
		panic(fmt.Sprintf("activity %s: %v", name, err))
	}
}
