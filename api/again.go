package api

import (
	"context"
	"fmt"

	"lianban/contract"
	"lianban/engine"
	"lianban/store"
)

// gone finds out why a case has no running workflow: it was not started yet, or
// it is closed. An act on a closed case gets the engine's own answer.
func (s *Server) gone(ctx context.Context, c store.Command) (contract.ActReply, contract.Fate, error) {
	intent, err := s.cfg.Store.StartIntentOf(ctx, c.Case)
	if err != nil {
		return contract.ActReply{}, contract.Pending, err
	}
	if !intent.Started {
		if err := s.begin(ctx, intent); err != nil {
			return contract.ActReply{}, contract.Pending, err
		}
		return s.send(ctx, c, true)
	}
	for range reopenTries {
		reply, fate, err := s.afterEnd(ctx, c, intent)
		if fate != contract.Gone {
			return reply, fate, err
		}
	}
	return contract.ActReply{}, contract.Pending, fmt.Errorf("case %s is taken up by others again and again", c.Case)
}

// reopenTries is how often an ended case is tried to be taken up at once: each time
// another was faster, one more act of the case is done.
const reopenTries = 4

// afterEnd answers an act on a case whose workflow has ended; [contract.Gone] says that
// the case was taken up for another act meanwhile.
func (s *Server) afterEnd(ctx context.Context, c store.Command, intent store.StartIntent) (contract.ActReply, contract.Fate, error) {
	head, err := s.cfg.Store.HeadOf(ctx, c.Case)
	if err == nil && head.Confirmed < head.LastSeq {
		err = s.reflush(ctx, c.Case) // how far its workflow has come says which rows count
	}
	if err != nil {
		return contract.ActReply{}, contract.Pending, err
	}
	reply, ok, err := s.inLog(ctx, c)
	if err != nil {
		return reply, contract.Pending, err
	}
	if ok {
		return reply, contract.Done, nil
	}
	f, err := s.fold(ctx, c.Case)
	if err != nil {
		return reply, contract.Pending, err
	}
	if !f.state.Over() { // unless somebody has just had it taken up
		if reply, fate, err := s.send(ctx, c, true); fate != contract.Gone {
			return reply, fate, err
		}
		return reply, contract.Failed, fmt.Errorf("case %s: its workflow is gone and it is not over", c.Case)
	}
	cmd, err := contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
	if err != nil {
		return reply, contract.Failed, err
	}
	rejection := engine.Decide(f.rules, f.state, cmd).Rejection
	if rejection == nil {
		return s.reopen(ctx, c, cmd, intent, f)
	}
	last := f.events[len(f.events)-1]
	return contract.ActReply{
		Seq: last.Seq, Hash: last.Hash, At: cmd.At, Status: f.state.Status, Outcome: f.state.Outcome, Rejection: rejection,
	}, contract.Done, nil
}

// reopen has an ended case taken up again for an act the engine takes of it. The run may
// end with the act, or go on with what has followed from it; whoever else had the case
// taken up meanwhile, the log says what has happened.
func (s *Server) reopen(ctx context.Context, c store.Command, cmd engine.Command, intent store.StartIntent, f *folded) (contract.ActReply, contract.Fate, error) {
	_, bundle, err := contract.DecodeStart(intent.Input)
	if err != nil {
		return contract.ActReply{}, contract.Failed, err
	}
	last := f.events[len(f.events)-1]
	in := contract.StartInput{
		Number: c.Case, Offset: s.cfg.Clock.Offset(), Again: &cmd,
		Carry: &contract.Carry{State: f.state, Hash: last.Hash, Flushed: last.Seq},
	}
	if err := contract.Reopen(ctx, s.cfg.Temporal, s.cfg.Queue, in, bundle); err != nil {
		return contract.ActReply{}, contract.Pending, fmt.Errorf("take up case %s again: %w", c.Case, err)
	}
	reply, fate, err := s.send(ctx, c, true)
	if fate != contract.Gone {
		return reply, fate, err
	}
	var final contract.Final
	if err := s.cfg.Temporal.GetWorkflow(ctx, contract.WorkflowID(c.Case), "").Get(ctx, &final); err != nil {
		return contract.ActReply{}, contract.Pending, err
	}
	if final.Again != nil && final.Again.ID == c.Key {
		return final.Again.Reply, contract.Done, nil
	}
	return contract.ActReply{}, contract.Gone, nil
}
