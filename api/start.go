package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// startWait is how long a filing waits for its workflow to be started. The case
// is stored before; what is not started then is started by the sweeper.
const startWait = 4 * time.Second

// StartCase implements POST /v1/cases.
func (s *Server) StartCase(ctx context.Context, req gen.StartCaseRequestObject) (gen.StartCaseResponseObject, error) {
	who, body := official(ctx), req.Body
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	filing := store.StartRequest{Key: req.Params.IdempotencyKey, By: who.actor(), Body: raw, At: s.cfg.Clock.Now()}
	// A repeated key gets the first answer, whatever has changed since.
	if _, err := s.cfg.Store.CommandByKey(ctx, filing.Key); err == nil {
		reply, err := s.cfg.Store.StartCase(ctx, filing, func(string) (store.StartData, error) { return store.StartData{}, store.ErrKeyReused })
		return started(reply, "", err)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	p, cmd, err := s.prepare(ctx, who, body, filing.At)
	if err != nil {
		return nil, err
	}
	filing.Code = p.rules.Plan.Def.Item.Code
	cmd.ID, cmd.By, cmd.At = filing.Key, filing.By, filing.At
	code := rand.Text()[:trackLetters]
	var input []byte
	reply, err := s.cfg.Store.StartCase(ctx, filing, func(number string) (store.StartData, error) {
		data, err := s.file(p, cmd, number, code)
		input = data.Input
		return data, err
	})
	if err != nil || reply.Repeated {
		return started(reply, "", err)
	}
	s.metrics.acts.WithLabelValues(string(engine.File), string(store.CommandDone)).Inc()
	s.catalogue.remember(reply.Number, filingOf(p, cmd))
	s.nudge()
	if s.temporal.up() {
		wait, cancel := s.temporal.within(context.WithoutCancel(ctx), min(startWait, s.cfg.Wait))
		defer cancel()
		if err := s.begin(wait, store.StartIntent{Case: reply.Number, Input: input}); err != nil {
			s.fault("start", err)
		}
	}
	return started(reply, shownCode(code), nil)
}

// trackLetters is the length of a tracking code: 12 letters of base32, 60 bits.
const trackLetters = 12

// shownCode is a code as people read it.
func shownCode(code string) string { return code[:4] + "-" + code[4:8] + "-" + code[8:] }

func filingOf(p *pack, cmd engine.Command) filing {
	return filing{hash: p.rules.Plan.Hash, calendar: p.rules.Calendar.Version(), region: cmd.Args.Region}
}

func started(r store.StartReply, code string, err error) (gen.StartCaseResponseObject, error) {
	if err != nil {
		return nil, err
	}
	var body gen.Started
	if err := json.Unmarshal(r.Reply, &body); err != nil {
		return nil, fmt.Errorf("answer of the filing of case %s: %w", r.Number, err)
	}
	body.TrackCode = code
	return gen.StartCase201JSONResponse{Body: body, Headers: gen.StartCase201ResponseHeaders{Location: "/v1/cases/" + r.Number}}, nil
}

// prepare finds everything a filing is judged by: version, calendar, parties,
// files; and checks the form.
func (s *Server) prepare(ctx context.Context, who *caller, body *gen.Start, at time.Time) (*pack, engine.Command, error) {
	var cmd engine.Command
	v, err := s.takesCases(ctx, body.Item, body.Version, calendar.DateOf(at))
	if err != nil {
		return nil, cmd, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, cmd, err
	}
	region := orElse(body.Region, orgs[who.session.Org].Region)
	cal, err := s.cfg.Store.LatestCalendar(ctx, region)
	if errors.Is(err, store.ErrNotFound) {
		return nil, cmd, fmt.Errorf("no calendar is loaded for region %q", region)
	}
	if err != nil {
		return nil, cmd, err
	}
	if _, err := s.catalogue.compile(v); err != nil {
		return nil, cmd, err
	}
	p, err := s.catalogue.pack(ctx, v.Hash, cal.Version)
	if err != nil {
		return nil, cmd, err
	}
	channel := orElse(string(body.Channel), "window")
	cmd = engine.Command{Do: engine.File, Args: engine.Args{
		Region: region, Channel: channel, Answers: body.Answers, Form: body.Form, Papers: body.Papers,
		Defer: body.Defer, Undertaking: body.Undertaking, Cause: body.Cause, Promises: body.Promises, BadCredit: body.BadCredit, Agent: body.Agent,
	}}
	plan := p.rules.Plan
	if bad, err := s.forms.check(plan, body.Form); bad != nil || err != nil {
		return nil, cmd, errors.Join(problemOrNil(bad), err)
	}
	if err := s.describe(ctx, who.actor(), &cmd.Args); err != nil {
		return nil, cmd, err
	}
	day := calendar.DateOf(at)
	cmd.Parties, err = s.catalogue.resolve(ctx, plan, region, envOf(plan.Def, region, channel, day, body.Answers, body.Form), day)
	if err != nil {
		return nil, cmd, err
	}
	if err := noOrganisation(plan.Def, cmd.Parties, region); err != nil {
		return nil, cmd, err
	}
	return p, cmd, s.gather(ctx, p.rules, &cmd.Args, at)
}

// noOrganisation refuses a filing for which the directory is not complete.
func noOrganisation(def *definition.Definition, parties map[string]string, region string) error {
	var ids, names []string
	for _, p := range def.Parties {
		if parties[p.ID] == "" {
			ids, names = append(ids, p.ID), append(names, p.Name)
		}
	}
	if ids == nil {
		return nil
	}
	return problem(CodeNoOrganisation, "机构目录中，区域 %[1]s 没有承担以下角色的单位：%[2]s。请管理员补充目录后再收件",
		"in region %[1]s the directory names no organisation for: %[3]s; an administrator has to complete it first",
		region, strings.Join(names, "、"), strings.Join(ids, ", ")).at("parties."+ids[0]).want("an organisation for each party", "none for "+strings.Join(ids, ", "))
}

// takesCases finds the version new cases are filed under.
func (s *Server) takesCases(ctx context.Context, item, version string, day calendar.Date) (store.DefinitionVersion, error) {
	id, err := s.itemID(ctx, item)
	if err != nil {
		return store.DefinitionVersion{}, err
	}
	current, err := s.cfg.Store.DefinitionInForce(ctx, id, day)
	none := errors.Is(err, store.ErrNotFound)
	if err != nil && !none {
		return current, err
	}
	v := current
	if version != "" && (none || version != current.Version) {
		if v, err = s.cfg.Store.Definition(ctx, id, version); errors.Is(err, store.ErrNotFound) {
			return v, unknownVersion()
		} else if err != nil {
			return v, err
		}
		if !none && v.EffectiveOn <= current.EffectiveOn {
			return v, problem(string(engine.NotYetEffective), "该版本不再收件：自 %[1]s 起适用版本 %[2]s", "this version takes no more cases: version %[2]s has been in force since %[1]s",
				current.EffectiveOn, current.Version).at("/version").want(current.Version, v.Version)
		}
		none = false
	}
	switch {
	case none:
		return v, s.notYet(ctx, id, day)
	case v.EffectiveOn > day:
		return v, notYetEffective(v, day)
	case v.Suspended:
		return v, problem(CodeSuspended, "该事项版本已暂停收件", "this version takes no cases for the time being").at("/item").want("a version that takes cases", "suspended")
	}
	return v, nil
}

// notYet refuses a filing of an item none of whose versions is in force.
func (s *Server) notYet(ctx context.Context, id string, day calendar.Date) error {
	list, err := s.cfg.Store.Definitions(ctx, id)
	if err != nil {
		return err
	}
	return notYetEffective(list[len(list)-1], day)
}

func notYetEffective(v store.DefinitionVersion, day calendar.Date) *Problem {
	return problem(string(engine.NotYetEffective), "版本 %[1]s 自 %[2]s 起施行，尚不接收申请", "version %[1]s takes cases from %[2]s on", v.Version, v.EffectiveOn).
		at("/version").want("filed on or after "+v.EffectiveOn.String(), day.String())
}

// file decides a filing for its number: pure, called inside the transaction.
func (s *Server) file(p *pack, cmd engine.Command, number, code string) (store.StartData, error) {
	cmd.Args.Number = number
	r := engine.Decide(p.rules, nil, cmd)
	if r.Rejection != nil {
		return store.StartData{}, refused(r.Rejection)
	}
	sealed := engine.Seal("", r.Events)
	input, err := contract.EncodeStart(contract.StartInput{Number: number, Opening: sealed, Offset: s.cfg.Clock.Offset()}, p.bundle)
	if err != nil {
		return store.StartData{}, err
	}
	reply, err := json.Marshal(gen.Started{Number: number, Seq: r.State.Seq, At: r.State.ReceivedAt})
	return store.StartData{
		Events: sealed, Rows: engine.Project(p.rules, r.State), Definition: p.rules.Plan.Hash, Input: input, Code: code, Reply: reply,
	}, err
}

// begin starts a case's workflow and records that it was.
func (s *Server) begin(ctx context.Context, intent store.StartIntent) error {
	in, bundle, err := contract.DecodeStart(intent.Input)
	if err != nil {
		return err
	}
	in.Offset = max(in.Offset, s.cfg.Clock.Offset()) // the clock may have moved since the filing
	if err := contract.Start(ctx, s.cfg.Temporal, s.cfg.Queue, in, bundle); err != nil {
		return fmt.Errorf("start case %s: %w", intent.Case, err)
	}
	return s.cfg.Store.MarkStarted(ctx, intent.Case)
}
