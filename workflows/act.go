package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"lianban/contract"
	"lianban/engine"
)

// validate runs before an act is accepted. A refusal here leaves no trace in
// history and costs nothing; the caller must record it before he tells anybody,
// and have the act settled ([contract.SettleUpdate]) when it turns out that the
// case has been given it as an earlier intent. The handler decides again where
// other acts came in between. Validators are not run on replay, so this may
// change between releases.
func (s *shell) validate(ctx workflow.Context, cmd *engine.Command) error {
	cmd = given(cmd)
	if known, ok := s.handled.get(cmd.ID); ok {
		return refusal(known)
	}
	if r := envelope(ctx, cmd); r != nil {
		return contract.Refuse(s.reply(cmd.At, r))
	}
	if s.held || s.overdue(cmd.At) {
		return nil // to be judged by the handler: once the log was compared, after the expiry
	}
	r := engine.Decide(s.rules, s.state, *cmd)
	if r.Rejection != nil {
		return contract.Refuse(s.reply(cmd.At, r.Rejection))
	}
	s.foreseen = foreseen{of: cmd.ID, on: s.state, under: s.rules, result: r}
	return nil
}

// foreseen is what a validator has decided about the act it let through. The
// handler comes right after it and finds the same state, unless it had to wait:
// then it decides anew, as on replay, where no validator has run. Deciding is
// pure, so both come to the same.
type foreseen struct {
	of     string
	on     *engine.State
	under  *engine.Rules
	result engine.Result
}

// admit is the validator of an act that must be settled: the rules are asked by
// the handler alone, so that a refusal is kept by history and by the ledger, and
// nothing the case is given later as an earlier intent can turn it round. Only
// an act that is none is refused here.
func (s *shell) admit(ctx workflow.Context, cmd *engine.Command) error {
	cmd = given(cmd)
	if r := envelope(ctx, cmd); r != nil {
		return contract.Refuse(s.reply(cmd.At, r))
	}
	return nil
}

// given is an act as it was sent: one that is null is one without an id.
func given(cmd *engine.Command) *engine.Command {
	if cmd == nil {
		return &engine.Command{}
	}
	return cmd
}

// envelope checks what the engine takes for granted: that this is a person's act
// under its own id, recorded at some time.
func envelope(ctx workflow.Context, cmd *engine.Command) *engine.Rejection {
	info := workflow.GetCurrentUpdateInfo(ctx)
	switch {
	case cmd.ID == "" || info == nil || info.ID != cmd.ID:
		return &engine.Rejection{
			Code: engine.BadData, Where: "id",
			Zh: "操作编号须与更新编号相同", En: "the id of an act must be the id it is sent under",
		}
	case cmd.At.IsZero():
		return &engine.Rejection{
			Code: engine.BadData, Where: "at",
			Zh: "缺少操作的登记时间", En: "the time the act was recorded at is missing",
		}
	case cmd.Do == engine.File || cmd.Do == engine.Tick:
		return &engine.Rejection{
			Code: engine.WrongAct, Where: "do", Actual: string(cmd.Do),
			Zh: "此操作不能由人对已有案件作出", En: "nobody can do this act on an existing case",
		}
	}
	return nil
}

// act does one act and answers. It does not wait, with one exception: when an
// expiry with an effect was due at or before the act's time and is not applied
// yet, acts recorded before that expiry must have their turn first (rule 3.1.3).
// Only the store knows them, and only the main loop asks it; the act waits for
// that. It happens in the moments between an instant and its timer, and after
// outages.
//
// Handlers take an act by its address: it is large, and the SDK would copy it at each call.
func (s *shell) act(ctx workflow.Context, cmd *engine.Command) (contract.ActReply, error) {
	s.acts++
	if s.compared(ctx); s.passed != nil {
		return contract.ActReply{}, errPassed
	}
	if _, ok := s.handled.get(cmd.ID); !ok && s.overdue(cmd.At) {
		ctx, _ = workflow.NewDisconnectedContext(ctx)
		if cmd.At.After(s.until) {
			s.until = cmd.At
		}
		if err := workflow.Await(ctx, func() bool { return !s.overdue(cmd.At) }); err != nil {
			panic(fmt.Sprintf("act %s: wait: %v", cmd.ID, err))
		}
	}
	reply := s.apply(cmd)
	return reply, refusal(reply)
}

// apply decides a command, or answers it again when it was handled before.
func (s *shell) apply(cmd *engine.Command) contract.ActReply {
	if known, ok := s.handled.get(cmd.ID); ok {
		return known
	}
	r := s.foreseen.result
	if f := s.foreseen; f.of != cmd.ID || f.on != s.state || f.under != s.rules {
		r = engine.Decide(s.rules, s.state, *cmd)
	}
	s.foreseen = foreseen{}
	s.append(r)
	at := cmd.At
	if len(r.Events) > 0 {
		at = s.state.Last
	}
	reply := s.reply(at, r.Rejection)
	s.handled.put(cmd.ID, reply)
	return reply
}

// refusal is the error of a refused act, nil for one that was done.
func refusal(reply contract.ActReply) error {
	if reply.Rejection == nil {
		return nil
	}
	return contract.Refuse(reply)
}

// overdue says whether an expiry with an effect, due at or before t, waits to be
// applied.
func (s *shell) overdue(t time.Time) bool {
	due := engine.NextDue(s.state)
	if due.IsZero() || due.After(t) {
		return false
	}
	return effective(engine.Decide(s.rules, s.state, tick(t)).Events)
}

// reflush asks the main loop for a flush without events; it runs in the same
// workflow task, before the caller has his answer. When flushing has stopped it
// is tried again: this is how a repaired case goes on.
func (s *shell) reflush(ctx workflow.Context) (contract.ReflushReply, error) {
	s.acts++
	if s.compared(ctx); s.passed != nil {
		return contract.ReflushReply{Seq: s.passed.LastSeq, Hash: s.passed.LastHash}, nil
	}
	s.again, s.stopped = true, ""
	return contract.ReflushReply{Seq: s.state.Seq, Hash: s.hash}, nil
}
