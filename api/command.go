package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"lianban/api/gen"
	"lianban/api/wire"
	"lianban/contract"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// outcome is what became of an act.
type outcome struct {
	key, number string
	do          engine.Act
	at          time.Time // since when the act counts
	pending     bool      // recorded, no answer yet
	applicant   bool      // by the applicant, who asks elsewhere what became of it
	reply       contract.ActReply
}

// act records an act and carries it to its case. A refusal of the rules comes
// back as a *Problem; with store.ErrUnavailable nothing was recorded, or it was
// and the same key tells.
func (s *Server) act(ctx context.Context, by engine.Actor, number, key string, do engine.Act, body wire.Act) (outcome, error) {
	filed, err := s.catalogue.filedUnder(ctx, number)
	if err != nil {
		return outcome{}, caseError(err)
	}
	if by, err = s.counting(ctx, number, by); err != nil {
		return outcome{}, err
	}
	cmd := engine.Command{Do: do, By: by, Step: body.Step, Task: body.Task, Args: body.Args}
	if err := s.complete(ctx, number, filed, &cmd); err != nil {
		return outcome{}, err
	}
	intent, err := contract.EncodeCommand(cmd)
	if err != nil {
		return outcome{}, err
	}
	c, repeated, err := s.cfg.Store.RecordCommand(ctx, store.Intent{Key: key, Case: number, Act: do, By: by, Body: intent, At: s.cfg.Clock.Now()})
	if errors.Is(err, store.ErrKeyReused) {
		c, err = s.sameAct(ctx, key, number, cmd, err)
		repeated = true
	}
	if err != nil {
		return outcome{}, caseError(err)
	}
	o := outcome{key: key, number: number, do: do, at: c.RecordedAt, applicant: by.Kind == engine.Applicant}
	if c.Status != store.CommandPending {
		return o.answered(c.Reply)
	}
	if waiting, ok := s.answers.get(key); ok {
		return o.answered(waiting.Reply)
	}
	// The act goes on without the caller: one who hangs up must find it done.
	wait, cancel := s.temporal.within(context.WithoutCancel(ctx), s.cfg.Wait)
	defer cancel()
	reply, known := contract.ActReply{}, s.inTurn(wait, c)
	if known {
		reply, known = s.carry(wait, c, repeated)
	}
	if !known {
		s.later(func(ctx context.Context) { s.fault("give up", s.cfg.Store.GiveUp(ctx, key)) })
		o.pending = true
		return o, nil
	}
	return o.with(reply)
}

// inTurn carries the acts of the case first that were recorded before this one and
// are left behind, as after an outage: acts count in the order they were recorded.
// It says whether all of them have had their turn.
func (s *Server) inTurn(ctx context.Context, c store.Command) bool {
	if !c.Behind {
		return true
	}
	for {
		earlier, err := s.cfg.Store.EarlierUnanswered(ctx, c.Case, c.RecordedAt, sweepBatch)
		if err != nil {
			s.fault("command", err)
			return false
		}
		left := 0
		for _, e := range earlier {
			if _, ok := s.answers.get(e.Key); ok {
				continue // answered; the answer is being written
			}
			left++
			if _, known := s.carry(ctx, e, true); !known {
				return false
			}
		}
		if left == 0 || len(earlier) < sweepBatch {
			return true
		}
	}
}

// complete fills in what the engine is told besides the caller's words: what the
// directory says about the parties, and what the files are.
func (s *Server) complete(ctx context.Context, number string, filed filing, cmd *engine.Command) error {
	plan, err := s.catalogue.plan(ctx, filed.hash)
	if err != nil {
		return err
	}
	if err := s.describe(ctx, cmd.By, &cmd.Args); err != nil {
		return err
	}
	if err := s.checkForm(ctx, number, plan, cmd); err != nil {
		return err
	}
	if cmd.Do == engine.Challenge {
		f, err := s.fold(ctx, number)
		if err != nil {
			return err
		}
		if cmd.By.Over, err = s.over(ctx, cmd.By, f.state); err != nil {
			return err
		}
	}
	if cmd.People, err = s.people(ctx, &cmd.Args); err != nil {
		return err
	}
	day := calendar.DateOf(s.cfg.Clock.Now())
	cmd.Parties, err = s.catalogue.resolve(ctx, plan, filed.region, envOf(plan.Def, filed.region, "", day, nil, nil), day)
	return err
}

// checkForm holds the form as an act would leave it against its schema.
func (s *Server) checkForm(ctx context.Context, number string, plan *definition.Plan, cmd *engine.Command) error {
	written := len(cmd.Args.Form) > 0 && (cmd.Do == engine.Answer || cmd.Do == engine.Amend)
	if !written && (cmd.Do != engine.Mend || len(cmd.Args.Corrections) == 0) {
		return nil
	}
	f, err := s.fold(ctx, number)
	if err != nil {
		return err
	}
	merged := engine.MendedForm(f.rules, f.state, cmd.Args.Corrections)
	if written {
		if merged = maps.Clone(f.state.Form); merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, cmd.Args.Form)
	}
	if merged == nil {
		return nil // no field is touched, or none that there is: the rules say so
	}
	p, err := s.forms.check(plan, merged)
	return errors.Join(problemOrNil(p), err)
}

func problemOrNil(p *Problem) error {
	if p == nil {
		return nil
	}
	return p
}

// sameAct looks whether a key that was used before names this very act after
// all: what the server adds (roles, the directory's answer, a file's name) may
// have changed since and is not the caller's.
func (s *Server) sameAct(ctx context.Context, key, number string, cmd engine.Command, reused error) (store.Command, error) {
	c, err := s.cfg.Store.CommandByKey(ctx, key)
	if err != nil {
		return c, err
	}
	if c.Case != number || c.Act != cmd.Do || c.By.Kind != cmd.By.Kind || c.By.ID != cmd.By.ID || c.By.Org != cmd.By.Org {
		return c, reused
	}
	had, err := contract.DecodeCommand(c.Body, "", time.Time{})
	if err != nil {
		return c, err
	}
	if had.By.For != cmd.By.For {
		return c, reused
	}
	a, err1 := json.Marshal(said(had))
	b, err2 := json.Marshal(said(cmd))
	if err := errors.Join(err1, err2); err != nil {
		return c, err
	}
	if !bytes.Equal(a, b) {
		return c, reused
	}
	return c, nil
}

// said is an act without what the server added.
func said(cmd engine.Command) engine.Command {
	cmd.ID, cmd.At, cmd.By, cmd.Parties, cmd.People = "", time.Time{}, engine.Actor{}, nil, nil
	papers := make([]engine.PaperIn, len(cmd.Args.Papers))
	for i, p := range cmd.Args.Papers {
		papers[i] = engine.PaperIn{
			ID: p.ID, Hash: p.Hash, Source: p.Source, Original: p.Original, SelfMade: p.SelfMade, Letter: p.Letter, Copies: p.Copies, SignedBy: p.SignedBy,
		}
		if p.Letter { // of any other paper its source says it
			papers[i].Until = p.Until
		}
	}
	cmd.Args.Papers = papers
	cmd.Args.Evidence = bare(cmd.Args.Evidence)
	if c := cmd.Args.BadCredit; c != nil {
		cmd.Args.BadCredit = &engine.Credit{Reason: c.Reason, Evidence: bare(c.Evidence)}
	}
	if c := cmd.Args.Cause; c != nil {
		cmd.Args.Cause = &engine.Cause{Reason: c.Reason, Evidence: bare(c.Evidence)}
	}
	if g := cmd.Args.Agent; g != nil {
		who := *g
		who.Evidence = bare([]engine.Evidence{g.Evidence})[0]
		cmd.Args.Agent = &who
	}
	return cmd
}

// bare is evidence without what the server added.
func bare(list []engine.Evidence) []engine.Evidence {
	out := make([]engine.Evidence, len(list))
	for i, e := range list {
		out[i] = engine.Evidence{Name: e.Name, Hash: e.Hash}
	}
	return out
}

func (o outcome) answered(reply json.RawMessage) (outcome, error) {
	var r contract.ActReply
	if err := json.Unmarshal(reply, &r); err != nil {
		return o, fmt.Errorf("answer of command %s: %w", o.key, err)
	}
	return o.with(r)
}

func (o outcome) with(reply contract.ActReply) (outcome, error) {
	o.reply = reply
	if reply.Rejection != nil {
		return o, refused(reply.Rejection)
	}
	return o, nil
}

// carry sends a recorded act to its case and records the answer. known is false
// when there is none yet: the sweeper asks again. settle says that somebody else
// may have the act, and may have sent it long ago: then the log is asked first,
// and the case decides it for good. So it is done, too, when the act turns out to
// have been handed on (to the case itself, as an earlier intent) while it was
// being refused: what the caller is told is what has really happened.
func (s *Server) carry(ctx context.Context, c store.Command, settle bool) (reply contract.ActReply, known bool) {
	if settle {
		if reply, ok, err := s.inLog(ctx, c); err != nil {
			s.fault("command", err)
			return reply, false
		} else if ok {
			s.record(c, reply)
			return reply, true
		}
	}
	if !s.temporal.up() {
		return reply, false
	}
	settled := settle
	reply, fate, err := s.send(ctx, c, settle)
	if fate == contract.Gone {
		settled = true
		reply, fate, err = s.gone(ctx, c)
	}
	if fate != contract.Done {
		s.metrics.pending.WithLabelValues(string(fate)).Inc()
		if fate == contract.Failed {
			s.fault("command", err)
		}
		return reply, false
	}
	if reply.Rejection == nil {
		s.record(c, reply)
		return reply, true
	}
	counts, err := s.recordRefusal(ctx, c, reply, settled)
	if err != nil {
		s.fault("answers", err)
		return reply, false // nobody may be told of a refusal that is not recorded
	}
	if counts {
		s.later(func(ctx context.Context) { s.fault("reflush", s.sweepGhost(ctx, c.Case, reply)) })
		return reply, true
	}
	now, err := s.cfg.Store.CommandByKey(ctx, c.Key)
	switch {
	case err != nil:
		s.fault("command", err)
		return reply, false
	case now.Status == store.CommandPending:
		return s.carry(ctx, now, true)
	}
	var first contract.ActReply
	if err := json.Unmarshal(now.Reply, &first); err != nil {
		s.fault("answers", err)
		return reply, false
	}
	return first, true
}

// send does one act on its case's workflow; with settle a refusal becomes part
// of the case's history.
func (s *Server) send(ctx context.Context, c store.Command, settle bool) (contract.ActReply, contract.Fate, error) {
	cmd, err := contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
	if err != nil {
		return contract.ActReply{}, contract.Failed, err
	}
	leave, err := s.gate.enter(ctx, c.Case)
	if err != nil {
		return contract.ActReply{}, contract.Pending, err
	}
	defer leave()
	options := contract.UpdateOptions
	if settle {
		options = contract.SettleOptions
	}
	return contract.Do(ctx, s.cfg.Temporal, options(c.Case, cmd))
}

// inLog says whether an act is certainly done: its events are in the log and
// confirmed, or the case's workflow has ended with them.
func (s *Server) inLog(ctx context.Context, c store.Command) (contract.ActReply, bool, error) {
	seq, err := s.cfg.Store.CommandSeq(ctx, c.Case, c.Key)
	if err != nil || seq == 0 {
		return contract.ActReply{}, false, err
	}
	events, err := s.cfg.Store.Timeline(ctx, c.Case, seq-1, 1)
	if err != nil || len(events) == 0 || !events[0].Confirmed {
		return contract.ActReply{}, false, err
	}
	view, err := s.cfg.Store.CaseByNumber(ctx, c.Case)
	if err != nil {
		return contract.ActReply{}, false, err
	}
	return contract.ActReply{Seq: seq, Hash: events[0].Hash, At: events[0].At, Status: view.Status, Outcome: view.Outcome}, true, nil
}

// record queues the answer of an act that was done: history holds it, so it may
// be written later than it is told.
func (s *Server) record(c store.Command, reply contract.ActReply) {
	body, err := json.Marshal(reply)
	if err != nil {
		s.fault("answers", err)
		return
	}
	s.metrics.acts.WithLabelValues(string(c.Act), string(store.CommandDone)).Inc()
	s.answers.put(store.Answer{Key: c.Key, Status: store.CommandDone, Reply: body, Seq: reply.Seq, Hash: reply.Hash, At: s.cfg.Clock.Now()})
}

// recordRefusal writes a refusal before anybody is told of it. It does not count
// when the command has an answer already, or was handed on and the refusal is not
// settled (store.Answer).
func (s *Server) recordRefusal(ctx context.Context, c store.Command, reply contract.ActReply, settled bool) (counts bool, err error) {
	body, err := json.Marshal(reply)
	if err != nil {
		return false, err
	}
	n, err := s.cfg.Store.AnswerCommands(ctx, []store.Answer{{
		Key: c.Key, Status: store.CommandRejected, Settled: settled, Reply: body, Seq: reply.Seq, Hash: reply.Hash, At: s.cfg.Clock.Now(),
	}})
	if n > 0 {
		s.metrics.acts.WithLabelValues(string(c.Act), string(store.CommandRejected)).Inc()
	}
	return n > 0, err
}

// sweepGhost removes rows of a decision that was lost: an act was flushed, its
// worker died, and decided again it was refused. The case's own word on where it
// stands is in the refusal; when the log says otherwise the case flushes again.
func (s *Server) sweepGhost(ctx context.Context, number string, reply contract.ActReply) error {
	head, err := s.cfg.Store.HeadOf(ctx, number)
	if err != nil {
		return err
	}
	if head.LastSeq < reply.Seq || head.LastSeq == reply.Seq && head.LastHash == reply.Hash || head.LastSeq == head.Confirmed {
		return nil
	}
	return s.reflush(ctx, number)
}

// reflush asks a case to write its rows again and confirms what it says.
func (s *Server) reflush(ctx context.Context, number string) error {
	handle, err := s.cfg.Temporal.UpdateWorkflow(ctx, contract.ReflushOptions(number, uuid.NewString()))
	var reply contract.ReflushReply
	if err == nil {
		err = handle.Get(ctx, &reply)
	}
	if contract.FateOf(err) == contract.Gone {
		var final contract.Final
		if err = s.cfg.Temporal.GetWorkflow(ctx, contract.WorkflowID(number), "").Get(ctx, &final); err == nil {
			reply = contract.ReflushReply{Seq: final.Seq, Hash: final.Hash}
		}
	}
	if err != nil {
		return fmt.Errorf("case %s: %w", number, err)
	}
	_, err = s.cfg.Store.Confirm(ctx, []store.Confirmed{{Case: number, Seq: reply.Seq, Hash: reply.Hash}})
	s.nudge()
	return err
}

// describe adds name, type and size to the files an act hands in; a file that
// was never uploaded is refused.
func (s *Server) describe(ctx context.Context, by engine.Actor, args *engine.Args) error {
	for i := range args.Papers {
		p := &args.Papers[i]
		if p.Hash == "" {
			continue
		}
		f, err := s.cfg.Store.FileByHash(ctx, p.Hash)
		if errors.Is(err, store.ErrNotFound) {
			return fileUnknown("papers." + p.ID)
		}
		if err != nil {
			return err
		}
		p.Type, p.Size = f.File.Type, f.File.Size
		for _, u := range f.Uploads {
			if p.Name == "" || u.Account == by.ID && u.Org == by.Org {
				p.Name = u.Name
			}
		}
	}
	evidence := make([]*engine.Evidence, 0, len(args.Evidence)+1)
	for i := range args.Evidence {
		evidence = append(evidence, &args.Evidence[i])
	}
	if args.BadCredit != nil {
		for i := range args.BadCredit.Evidence {
			evidence = append(evidence, &args.BadCredit.Evidence[i])
		}
	}
	if args.Cause != nil {
		for i := range args.Cause.Evidence {
			evidence = append(evidence, &args.Cause.Evidence[i])
		}
	}
	if args.Agent != nil {
		evidence = append(evidence, &args.Agent.Evidence)
	}
	for _, e := range evidence {
		f, err := s.cfg.Store.FileByHash(ctx, e.Hash)
		if errors.Is(err, store.ErrNotFound) {
			return fileUnknown("evidence." + e.Name)
		}
		if err != nil {
			return err
		}
		e.Type, e.Size = f.File.Type, f.File.Size
	}
	if u := args.Undertaking; u != nil {
		known, err := s.cfg.Store.Files(ctx, []string{u.Hash})
		if err != nil {
			return err
		}
		if _, ok := known[u.Hash]; !ok {
			return fileUnknown("undertaking")
		}
	}
	for _, p := range args.Promises {
		known, err := s.cfg.Store.Files(ctx, []string{p.Hash})
		if err != nil {
			return err
		}
		if _, ok := known[p.Hash]; !ok {
			return fileUnknown("promises." + p.ID)
		}
	}
	for _, o := range args.Outputs {
		if o.Hash == "" {
			continue
		}
		known, err := s.cfg.Store.Files(ctx, []string{o.Hash})
		if err != nil {
			return err
		}
		if _, ok := known[o.Hash]; !ok {
			return fileUnknown("outputs." + o.ID)
		}
	}
	return nil
}

func fileUnknown(where string) *Problem {
	return problem(CodeFileUnknown, "“%[1]s”所引用的文件尚未上传，请先上传", "the file named at %[1]s was not uploaded; upload it first", where).
		at(where).want("the hash of an uploaded file", "an unknown hash")
}

// GetCommand implements GET /v1/commands/{key}.
func (s *Server) GetCommand(ctx context.Context, req gen.GetCommandRequestObject) (gen.GetCommandResponseObject, error) {
	c, err := s.command(ctx, req.Key)
	return gen.GetCommand200JSONResponse(c), err
}

// TrackCommand implements GET /v1/track/commands/{key}.
func (s *Server) TrackCommand(ctx context.Context, req gen.TrackCommandRequestObject) (gen.TrackCommandResponseObject, error) {
	c, err := s.command(ctx, req.Key)
	return gen.TrackCommand200JSONResponse(c), err
}

// command tells what became of one of the caller's own acts.
func (s *Server) command(ctx context.Context, key string) (gen.Command, error) {
	who := official(ctx)
	c, err := s.cfg.Store.CommandByKey(ctx, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && !who.did(c) {
		return gen.Command{}, problem(CodeNoSuchCommand, "没有以该键记录的操作，可用同一键重发", "nothing is recorded under this key; the act may be sent under it").at("key")
	}
	if err != nil {
		return gen.Command{}, err
	}
	if waiting, ok := s.answers.get(key); ok && c.Status == store.CommandPending {
		c.Status, c.Reply = waiting.Status, waiting.Reply
	}
	out := gen.Command{Key: c.Key, Number: c.Case, Act: string(c.Act), At: c.RecordedAt, State: gen.CommandStateWaiting}
	if c.Status == store.CommandPending {
		// Answers are written beside the telling: what was told to be done may not be here yet, but it is in the log.
		reply, done, err := s.inLog(ctx, c)
		if done {
			out.State, out.Seq = gen.CommandStateDone, reply.Seq
		}
		return out, err
	}
	if c.Act == engine.File {
		out.State, out.Seq = gen.CommandStateDone, c.Seq
		return out, nil
	}
	var reply contract.ActReply
	if err := json.Unmarshal(c.Reply, &reply); err != nil {
		return out, fmt.Errorf("answer of command %s: %w", c.Key, err)
	}
	out.State, out.Seq = gen.CommandStateDone, reply.Seq
	if reply.Rejection != nil {
		out.State = gen.CommandStateRefused
		out.Problem = refused(reply.Rejection).body(callOf(ctx).lang, callOf(ctx).id)
	}
	return out, nil
}

// did says whether a command is the caller's own.
func (c *caller) did(cmd store.Command) bool {
	if c.number != "" {
		return cmd.By.Kind == engine.Applicant && cmd.Case == c.number
	}
	return cmd.By.ID == c.session.Account && cmd.By.Org == c.session.Org
}
