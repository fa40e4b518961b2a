package api

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"lianban/api/gen"
	"lianban/api/wire"
	"lianban/contract"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// The desks of an organisation: who stands in for whom, hand-overs of everything
// somebody has, drafts, and posts nobody holds.

// forHeader names the account a deputy acts for.
const forHeader = "Lianban-For"

// standsIn makes the caller act for a colleague whose standing deputy he is today.
func (s *Server) standsIn(ctx context.Context, c *caller, name string) error {
	refuse := problem(CodeNotPermitted, "今天您不是该账号的代理人", "you are not this account's deputy today").
		at(forHeader).want("an account whose standing deputy you are", "none such")
	a, err := s.colleagueNamed(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return refuse
	}
	if err != nil {
		return err
	}
	list, err := s.cfg.Store.StandsInFor(ctx, c.session.Account, c.session.Org, s.today())
	if err != nil {
		return err
	}
	if !a.Active || !contains(list, a.ID) {
		return refuse
	}
	c.behalf, c.session.Roles = a.ID, rolesIn(a, c.session.Org)
	return nil
}

func (s *Server) today() calendar.Date { return calendar.DateOf(s.cfg.Clock.Now()) }

// colleagueNamed finds an account by login or id.
func (s *Server) colleagueNamed(ctx context.Context, name string) (store.Account, error) {
	a, err := s.cfg.Store.AccountByLogin(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		a, err = s.cfg.Store.AccountByID(ctx, name)
	}
	return a, err
}

// distributes says whether the caller distributes the work of his organisation.
func (c *caller) distributes() bool {
	return contains(c.session.Roles, engine.RoleCheck) || contains(c.session.Roles, engine.RoleApprove) ||
		contains(c.session.Roles, engine.RoleLead) || contains(c.session.Roles, engine.RoleOrganHead)
}

// desk finds the account a request names, the caller's own when it names none. Only
// who distributes the organisation's work may name another's.
func (s *Server) desk(ctx context.Context, name, where string) (store.Account, error) {
	c := official(ctx)
	if name == "" {
		name = c.self()
	}
	a, err := s.colleagueNamed(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return a, noColleague(where)
	}
	if err != nil {
		return a, err
	}
	if a.ID != c.session.Account && !c.distributes() {
		return a, problem(CodeNotPermitted, "只有本人和本单位审核、批准、负责人可以安排", "only the person himself, or who checks, approves or heads in the organisation, may arrange this").
			at(where).want("check, approve, lead or organ-head", "another's desk")
	}
	return a, nil
}

// stand finds an active colleague with a role in the caller's organisation.
func (s *Server) stand(ctx context.Context, name, where string) (store.Account, error) {
	a, err := s.colleagueNamed(ctx, name)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!a.Active || len(rolesIn(a, official(ctx).session.Org)) == 0) {
		return a, noColleague(where)
	}
	return a, err
}

func noColleague(where string) *Problem {
	return problem(CodeBadRequest, "本单位没有该账号，或已停用", "the organisation has no such account, or it is not active").
		at(where).want("an active account of the organisation", "none")
}

// ListDeputies implements GET /v1/deputies.
func (s *Server) ListDeputies(ctx context.Context, _ gen.ListDeputiesRequestObject) (gen.ListDeputiesResponseObject, error) {
	list, err := s.cfg.Store.Deputies(ctx, official(ctx).session.Org, s.today())
	if err != nil {
		return nil, err
	}
	out := gen.ListDeputies200JSONResponse{Deputies: make([]gen.Deputy, len(list))}
	for i, d := range list {
		if out.Deputies[i], err = s.deputyView(ctx, d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) deputyView(ctx context.Context, d store.Deputy) (gen.Deputy, error) {
	names, err := s.cfg.Store.AccountNames(ctx, []string{d.Account, d.Deputy})
	return gen.Deputy{
		Id: strconv.FormatInt(d.ID, 10), Account: d.Account, AccountName: names[d.Account], Deputy: d.Deputy, DeputyName: names[d.Deputy],
		From: d.From, Until: d.Until - 1, MadeAt: d.MadeAt,
	}, err
}

// PutDeputy implements POST /v1/deputies.
func (s *Server) PutDeputy(ctx context.Context, r gen.PutDeputyRequestObject) (gen.PutDeputyResponseObject, error) {
	away, err := s.desk(ctx, r.Body.Account, "/account")
	if err != nil {
		return nil, err
	}
	c := official(ctx)
	if c.behalf != "" || away.ID != c.session.Account && !contains(c.session.Roles, engine.RoleOrganHead) {
		return nil, problem(CodeNotPermitted, "代理人由本人或本单位负责人指定，代理人不能再指定代理人", "a deputy is named by the person himself or the head of the organisation, and by no deputy").
			at("/account").want("the person himself, or organ-head", "somebody else")
	}
	deputy, err := s.stand(ctx, r.Body.Deputy, "/deputy")
	switch {
	case err != nil:
		return nil, err
	case deputy.ID == away.ID:
		return nil, problem(CodeBadRequest, "不能代理自己", "a deputy is somebody else").at("/deputy").want("a colleague", "the same person")
	case len(rolesIn(away, c.session.Org)) == 0:
		return nil, noColleague("/account")
	}
	d := store.Deputy{
		Org: c.session.Org, Account: away.ID, Deputy: deputy.ID, From: r.Body.From, Until: r.Body.Until + 1, MadeBy: c.session.Account, MadeAt: s.cfg.Clock.Now(),
	}
	if d.From == 0 {
		d.From = s.today()
	}
	if d.Until <= d.From || d.Until <= s.today() {
		return nil, problem(CodeBadRequest, "代理的最后一天不能早于第一天和今天", "the last day is neither before the first nor before today").
			at("/until").want("a day from "+max(d.From, s.today()).String(), r.Body.Until.String())
	}
	if d.ID, err = s.cfg.Store.PutDeputy(ctx, d); err != nil {
		return nil, err
	}
	view, err := s.deputyView(ctx, d)
	return gen.PutDeputy200JSONResponse(view), err
}

// EndDeputy implements DELETE /v1/deputies/{id}.
func (s *Server) EndDeputy(ctx context.Context, r gen.EndDeputyRequestObject) (gen.EndDeputyResponseObject, error) {
	c := official(ctx)
	id, err := strconv.ParseInt(r.Id, 10, 64)
	var d store.Deputy
	if err == nil {
		d, err = s.cfg.Store.DeputyByID(ctx, c.session.Org, id)
	} else {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(CodeNoRoute, "本单位没有这项代理", "the organisation has no such deputy").at("id")
	}
	if err != nil {
		return nil, err
	}
	if d.Deputy != c.session.Account { // who stands in may lay it down
		if _, err := s.desk(ctx, d.Account, "id"); err != nil {
			return nil, err
		}
	}
	return gen.EndDeputy204Response{}, s.cfg.Store.EndDeputy(ctx, c.session.Org, id, c.session.Account, s.cfg.Clock.Now())
}

// HandOverDesk implements POST /v1/handovers: the act handOver in every case in
// which somebody has something. Repeated under its key it goes on where it stopped.
func (s *Server) HandOverDesk(ctx context.Context, r gen.HandOverDeskRequestObject) (gen.HandOverDeskResponseObject, error) {
	from, err := s.desk(ctx, r.Body.Account, "/account")
	if err != nil {
		return nil, err
	}
	to, err := s.stand(ctx, r.Body.Successor, "/successor")
	if err != nil {
		return nil, err
	}
	if to.ID == from.ID {
		return nil, problem(CodeBadRequest, "不能移交给本人", "a desk is handed over to somebody else").at("/successor").want("a colleague", "the same person")
	}
	c, key := official(ctx), r.Params.IdempotencyKey
	err = s.cfg.Store.PutHandover(ctx, store.Handover{
		ID: key, Org: c.session.Org, Account: from.ID, Successor: to.ID, Reason: r.Body.Reason, MadeBy: c.session.Account, MadeAt: s.cfg.Clock.Now(),
	})
	if err != nil {
		return nil, caseError(err)
	}
	out := gen.HandOverDesk200JSONResponse{Results: []gen.TaskResult{}}
	for after := ""; ; {
		cases, err := s.cfg.Store.DeskOf(ctx, c.session.Org, from.ID, after, sweepBatch)
		if err != nil {
			return nil, err
		}
		results, errs := make([]gen.TaskResult, len(cases)), make([]error, len(cases))
		parallel(len(cases), batchWidth, func(i int) {
			body := &wire.Act{Args: engine.Args{From: from.ID, Account: to.ID, Reason: r.Body.Reason}}
			results[i], errs[i] = s.batchOne(ctx, key, entry{number: cases[i], do: engine.HandOver, body: body})
		})
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		out.Results = append(out.Results, results...)
		if len(cases) < sweepBatch {
			return out, nil
		}
		after = cases[len(cases)-1]
	}
}

// --- drafts ------------------------------------------------------------------

// ListDrafts implements GET /v1/drafts.
func (s *Server) ListDrafts(ctx context.Context, _ gen.ListDraftsRequestObject) (gen.ListDraftsResponseObject, error) {
	c := official(ctx)
	list, err := s.cfg.Store.Drafts(ctx, c.session.Account, c.session.Org)
	if err != nil {
		return nil, err
	}
	out := gen.ListDrafts200JSONResponse{Drafts: make([]gen.Draft, len(list))}
	for i, d := range list {
		if out.Drafts[i], err = draftView(d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func draftView(d store.Draft) (gen.Draft, error) {
	v := gen.Draft{Name: d.Name, Version: d.Version, At: d.At}
	return v, json.Unmarshal(d.Body, &v.Body)
}

// GetDraft implements GET /v1/drafts/{name}.
func (s *Server) GetDraft(ctx context.Context, r gen.GetDraftRequestObject) (gen.GetDraftResponseObject, error) {
	c := official(ctx)
	d, err := s.cfg.Store.DraftByName(ctx, c.session.Account, c.session.Org, r.Name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(CodeNoRoute, "没有这份草稿", "there is no such draft").at("name")
	}
	if err != nil {
		return nil, err
	}
	view, err := draftView(d)
	return gen.GetDraft200JSONResponse(view), err
}

// SaveDraft implements PUT /v1/drafts/{name}.
func (s *Server) SaveDraft(ctx context.Context, r gen.SaveDraftRequestObject) (gen.SaveDraftResponseObject, error) {
	c := official(ctx)
	body, err := json.Marshal(r.Body.Body)
	if err != nil {
		return nil, err
	}
	d, err := s.cfg.Store.SaveDraft(ctx, store.Draft{
		Account: c.session.Account, Org: c.session.Org, Name: r.Name, Version: r.Body.Version, Body: body, At: s.cfg.Clock.Now(),
	})
	if errors.Is(err, store.ErrExists) {
		return nil, problem(CodeVersionExists, "草稿已在别处改动，请先重新读取", "the draft was changed elsewhere; read it again first").
			at("/version").want("the version read", strconv.FormatInt(r.Body.Version, 10))
	}
	if err != nil {
		return nil, err
	}
	view, err := draftView(d)
	return gen.SaveDraft200JSONResponse(view), err
}

// DropDraft implements DELETE /v1/drafts/{name}.
func (s *Server) DropDraft(ctx context.Context, r gen.DropDraftRequestObject) (gen.DropDraftResponseObject, error) {
	c := official(ctx)
	return gen.DropDraft204Response{}, s.cfg.Store.DropDraft(ctx, c.session.Account, c.session.Org, r.Name)
}

// --- vacant posts --------------------------------------------------------------

// postsInterval is how often the directory is asked for posts nobody holds.
const postsInterval = time.Minute

// posts is when this process has last looked for vacant posts.
type posts struct {
	mu   sync.Mutex
	last time.Time
}

func (p *posts) due(now time.Time, every time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.last.IsZero() && now.Sub(p.last) < every {
		return false
	}
	p.last = now
	return true
}

// sweepPosts tells cases of posts that nobody holds, and of those that are held again.
func (s *Server) sweepPosts(ctx context.Context) error {
	if !s.posts.due(s.cfg.Clock.Real(), s.cfg.Posts) {
		return nil
	}
	vacant, err1 := s.cfg.Store.VacantPosts(ctx, sweepBatch)
	filled, err2 := s.cfg.Store.FilledPosts(ctx, sweepBatch)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	errs := make([]error, len(vacant)+len(filled))
	parallel(len(errs), sweepWidth, func(i int) {
		if i < len(vacant) {
			errs[i] = s.post(ctx, engine.Vacate, vacant[i])
		} else {
			errs[i] = s.post(ctx, engine.Fill, filled[i-len(vacant)])
		}
	})
	return errors.Join(errs...)
}

// post records the system's word on a post and carries it to the case. The key holds
// how far the case had come: what is found twice is one act, and a post that is
// vacant again is another.
func (s *Server) post(ctx context.Context, do engine.Act, p store.Post) error {
	head, err := s.cfg.Store.HeadOf(ctx, p.Case)
	if err != nil {
		return err
	}
	cmd := engine.Command{Do: do, By: engine.Actor{Kind: engine.System}, Args: engine.Args{Org: p.Org, Role: p.Role, Headless: p.Headless}}
	body, err := contract.EncodeCommand(cmd)
	if err != nil {
		return err
	}
	key := derivedKey(string(do)+" "+p.Org+" "+p.Role+strconv.FormatBool(p.Headless), p.Case, strconv.FormatInt(head.LastSeq, 10))
	recorded, repeated, err := s.cfg.Store.RecordCommand(ctx, store.Intent{Key: key, Case: p.Case, Act: do, By: cmd.By, Body: body, At: s.cfg.Clock.Now()})
	if err != nil || recorded.Status != store.CommandPending {
		return err
	}
	wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
	defer cancel()
	s.metrics.swept.WithLabelValues("post").Inc()
	s.carry(wait, recorded, repeated) // without an answer the sweeper of acts goes on
	return nil
}
