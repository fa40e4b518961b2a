package api

import (
	"context"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/letters"
)

// Before the one notice goes out, whoever leads or takes in sees what it will say.

// GetGathering implements GET /v1/cases/{number}/gathering.
func (s *Server) GetGathering(ctx context.Context, req gen.GetGatheringRequestObject) (gen.GetGatheringResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	if !k.whole {
		return nil, problem(CodeNotPermitted, "汇总中的补正内容由窗口、牵头部门和监察员查看", "what the notice gathers is seen by the window, the lead and supervisors").at("number")
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	out := gen.GetGathering200JSONResponse{Number: req.Number, Seq: f.state.Seq, Looks: []gen.LookView{}, Lines: []gen.NoticeLine{}}
	g, open := engine.Gathered(f.rules, f.state, s.cfg.Clock.Now())
	if !open {
		return out, nil
	}
	out.Open, out.Step, out.Closes = true, g.Step, g.Closes
	if out.Looks, err = s.lookViews(ctx, k, g.Looks); err != nil || g.Notice == nil {
		return out, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out.Lines = noticeViews(k.plan, orgs, []engine.Notice{g.Notice.Body.(engine.NoticeSent).Notice}, true)[0].Lines
	out.Letter, err = s.unsent(ctx, f.rules, g)
	return out, err
}

func (s *Server) lookViews(ctx context.Context, k *seen, looks []engine.Look) ([]gen.LookView, error) {
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]string, len(looks))
	for i, l := range looks {
		people[i] = l.By
	}
	slices.Sort(people)
	names, err := s.cfg.Store.AccountNames(ctx, slices.Compact(people))
	if err != nil {
		return nil, err
	}
	out := make([]gen.LookView, len(looks))
	for i, l := range looks {
		out[i] = gen.LookView{
			Party: l.Party, PartyName: partyName(k.plan, orgs, l.Party), Org: l.Org, OrgName: orgs[l.Org].Name,
			Spoken: l.Spoken, Clear: l.Clear, ByName: names[l.By], At: l.At,
		}
	}
	return out, nil
}

// unsent is the notice as a page, marked as a preview: it has no number and no code.
func (s *Server) unsent(ctx context.Context, r *engine.Rules, g engine.Gathering) (string, error) {
	if s.wording.Own[letters.Correction] == nil {
		return "", nil
	}
	t, err := s.wording.In(ctx, letters.Correction, calendar.DateOf(s.cfg.Clock.Now()))
	if err != nil {
		return "", err
	}
	orgs, err := s.catalogue.organisations(speaking(ctx, "zh")) // letters are Chinese
	if err != nil {
		return "", err
	}
	names := make(map[string]letters.Organ, len(orgs))
	for code, o := range orgs {
		names[code] = letters.Organ{Name: o.Name, Mark: o.Mark}
	}
	for _, d := range letters.Drafts(r, g.After, g.Notice, names) {
		if d.Kind != letters.Correction {
			continue
		}
		page := t.Preview(d)
		html, err := letters.HTML(page)
		return string(html), err
	}
	return "", nil
}
