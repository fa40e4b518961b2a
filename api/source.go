package api

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/sources"
	"lianban/store"
)

// keep puts what a source gave where the case's papers are.
func (s *Server) keep(ctx context.Context, content []byte, kind string) (string, error) {
	o, err := s.cfg.Bucket.Put(ctx, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return "", err
	}
	return o.Hash, s.cfg.Store.PutFile(ctx, store.File{Hash: o.Hash, Size: o.Size, Type: kind})
}

// gather asks the guide's sources for the papers of a filing, and puts what they
// gave into it. What the rules refuse about the answers they refuse when they
// decide: nothing is gathered for it.
func (s *Server) gather(ctx context.Context, rules *engine.Rules, args *engine.Args, at time.Time) error {
	asked, rejection := engine.Checklist(rules, *args, at)
	if rejection != nil {
		return nil
	}
	found, err := s.sources.Resolve(ctx, sources.Filing{
		Rules: rules, Args: args, Holder: sources.Holder(engine.ApplicantID(args.Form)), Asked: asked, At: at,
	})
	if err != nil {
		return err
	}
	if len(found.Unmet) > 0 {
		return unmet(rules.Plan, found.Unmet[0])
	}
	deferred := len(args.Defer)
	for _, p := range found.Papers {
		args.Papers = slices.DeleteFunc(args.Papers, func(q engine.PaperIn) bool { return q.ID == p.ID && q.Hash == "" })
		args.Papers = append(args.Papers, p)
		args.Defer = slices.DeleteFunc(args.Defer, func(id string) bool { return id == p.ID }) // it need not follow
	}
	if len(args.Defer) == 0 && deferred > 0 {
		args.Undertaking = nil // all he has signed for is there
	}
	args.Tried, args.Offers = found.Tried, found.Offers
	return nil
}

// unmet refuses a filing that wants a paper of a source that does not have it.
func unmet(plan *definition.Plan, t engine.Trial) *Problem {
	name := orElse(guideName(plan, t.Paper), t.Paper)
	zh, en := "来源 %[2]s 没有可用的材料“%[1]s”", "source %[2]s has no paper %[3]s that may be used"
	switch t.Why {
	case "original-not-compared":
		zh, en = "材料库中的“%[1]s”未核对过原件：核对后以 original 注明", "nobody has compared %[3]s in the library with its original: compare it and say so (original)"
	}
	return problem(string(engine.BadPaper), zh, en, name, t.Source, t.Paper).at("papers."+t.Paper).want("found", strings.TrimSuffix("source: "+string(t.Result)+"; "+t.Why, "; "))
}

// What an applicant has to do about a paper.
const (
	needBring   gen.ChecklistPaperNeed = "bring"
	needHeld    gen.ChecklistPaperNeed = "held"
	needCompare gen.ChecklistPaperNeed = "compare"
	needConfirm gen.ChecklistPaperNeed = "confirm"
	needMade    gen.ChecklistPaperNeed = "made"
	needPromise gen.ChecklistPaperNeed = "promised"
)

// CheckPapers implements POST /v1/items/{item}/checklist.
func (s *Server) CheckPapers(ctx context.Context, req gen.CheckPapersRequestObject) (gen.CheckPapersResponseObject, error) {
	who, body, now := official(ctx), deref(req.Body), s.cfg.Clock.Now()
	v, err := s.takesCases(ctx, req.Item, body.Version, calendar.DateOf(now))
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := s.rulesIn(ctx, v, orElse(body.Region, orgs[who.session.Org].Region))
	if err != nil {
		return nil, err
	}
	args := engine.Args{
		Region: orElse(body.Region, orgs[who.session.Org].Region), Channel: orElse(string(body.Channel), "window"), Answers: body.Answers, Form: body.Form,
	}
	var asked []engine.PaperState
	if body.Answers != nil {
		var rejection *engine.Rejection
		if asked, rejection = engine.Checklist(rules, args, now); rejection != nil {
			return nil, refused(rejection)
		}
	}
	holder := sources.Holder(orElse(body.ApplicantId, engine.ApplicantID(body.Form)))
	found, err := s.sources.Resolve(ctx, sources.Filing{Rules: rules, Args: &args, Holder: holder, Asked: asked, At: now, Look: true})
	if err != nil {
		return nil, err
	}
	out := gen.CheckPapers200JSONResponse{Item: rules.Plan.Def.Item.Code, Version: rules.Plan.Def.Item.Version, Papers: []gen.ChecklistPaper{}, Offers: listed(found.Offers)}
	for _, p := range asked {
		if p.Status != engine.PaperAbsent {
			out.Papers = append(out.Papers, checklistPaper(rules.Plan.Paper(p.ID), p, &found))
		}
	}
	if body.Answers != nil {
		out.First = engine.ActsFirst(rules, args, now)
		for _, id := range engine.Promises(rules, args, now) {
			k := rules.Plan.Commitment(id)
			out.Promises = append(out.Promises, gen.ChecklistPromise{Id: id, Text: k.Text, Replaces: k.Replaces, Basis: k.Basis})
		}
	}
	return out, nil
}

// rulesIn are a version's rules in a region.
func (s *Server) rulesIn(ctx context.Context, v store.DefinitionVersion, region string) (*engine.Rules, error) {
	cal, err := s.cfg.Store.LatestCalendar(ctx, region)
	if err != nil {
		return nil, err
	}
	if _, err := s.catalogue.compile(v); err != nil {
		return nil, err
	}
	p, err := s.catalogue.pack(ctx, v.Hash, cal.Version)
	if err != nil {
		return nil, err
	}
	return p.rules, nil
}

func checklistPaper(m *definition.Paper, p engine.PaperState, found *sources.Outcome) gen.ChecklistPaper {
	out := gen.ChecklistPaper{Id: p.ID, Name: m.Name, Form: gen.ChecklistPaperForm(m.Form), Count: m.Count, Basis: m.Basis, Need: needBring}
	switch p.Status {
	case engine.PaperAwaited:
		out.Need = needMade
		return out
	case engine.PaperPromised:
		out.Need = needPromise
		return out
	}
	for _, t := range found.Tried {
		if t.Paper != p.ID {
			continue
		}
		t.Paper = ""
		out.Tried = append(out.Tried, t)
		switch t.Why {
		case "original-not-compared":
			out.Need, out.Source, out.Grade = needCompare, t.Source, gen.ChecklistPaperGrade(engine.GradeC)
		case "self-made":
			out.Need, out.Source, out.Grade = needConfirm, t.Source, gen.ChecklistPaperGrade(engine.GradeD)
		}
	}
	for _, f := range found.Papers {
		if f.ID != p.ID {
			continue
		}
		out.Need, out.Source, out.Grade = needHeld, f.Source, gen.ChecklistPaperGrade(f.Grade)
		if f.Until != nil {
			out.Until = *f.Until
		}
	}
	if out.Need != needBring {
		return out
	}
	if m.Defer != nil {
		out.Follow = m.Defer.Time.String()
	}
	if m.Letter != nil {
		out.Letter = m.Letter.Time.String()
	}
	return out
}

// ListSources implements GET /v1/sources.
func (s *Server) ListSources(ctx context.Context, _ gen.ListSourcesRequestObject) (gen.ListSourcesResponseObject, error) {
	named, err := s.namedSources(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]gen.Source{}
	for name, items := range named {
		out[name] = gen.Source{Name: name, Items: items}
	}
	for _, c := range s.sources.Connections(time.Now()) {
		v := out[c.Name]
		v.Name, v.Connected, v.Host, v.RestingUntil = c.Name, true, c.Host, c.Resting
		out[c.Name] = v
	}
	list := gen.ListSources200JSONResponse{Sources: []gen.Source{}}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		list.Sources = append(list.Sources, out[name])
	}
	return list, nil
}

// namedSources are the sources the versions in force name, with the codes of their items.
func (s *Server) namedSources(ctx context.Context) (map[string][]string, error) {
	list, err := s.cfg.Store.Definitions(ctx, "")
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(s.cfg.Clock.Now())
	named := map[string][]string{}
	for _, versions := range byItem(list) {
		v, err := s.cfg.Store.DefinitionInForce(ctx, versions[0].Item, today)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		plan, err := s.catalogue.compile(v)
		if err != nil {
			return nil, err
		}
		for name := range sourcesOf(plan.Def) {
			named[name] = append(named[name], v.Code)
		}
	}
	return named, nil
}

// sourcesOf are the sources a definition names besides the applicant.
func sourcesOf(def *definition.Definition) map[string]bool {
	names := map[string]bool{}
	for _, m := range def.Materials {
		for _, f := range m.From {
			names[f.String()] = true
		}
	}
	for _, q := range def.Situations {
		for _, f := range q.From {
			names[f.String()] = true
		}
	}
	delete(names, "applicant")
	return names
}

// TestSource implements POST /v1/sources/test.
func (s *Server) TestSource(ctx context.Context, req gen.TestSourceRequestObject) (gen.TestSourceResponseObject, error) {
	body, now := req.Body, s.cfg.Clock.Now()
	v, err := s.version(ctx, body.Item, "")
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	region := orgs[official(ctx).session.Org].Region
	rules, err := s.rulesIn(ctx, v, region)
	if err != nil {
		return nil, err
	}
	m := rules.Plan.Paper(body.Paper)
	if m == nil || !slices.ContainsFunc(m.From, func(f definition.Source) bool { return f.String() == body.Source }) {
		return nil, problem(string(engine.BadPaper), "办事指南没有把 %[1]s 列为材料 %[2]s 的来源", "the guide does not name source %[1]s for paper %[2]s", body.Source, body.Paper).
			at("/source").want("a source of the paper", "another")
	}
	// Named, so that this source alone is asked.
	args := engine.Args{Region: region, Form: body.Form, Papers: []engine.PaperIn{{ID: m.ID, Source: body.Source}}}
	began := time.Now()
	found, err := s.sources.Resolve(ctx, sources.Filing{
		Rules: rules, Args: &args, Holder: sources.Holder(body.ApplicantId), At: now, Look: true,
		Asked: []engine.PaperState{{ID: m.ID, Status: engine.PaperMissing}},
	})
	if err != nil {
		return nil, err
	}
	out := gen.TestSource200JSONResponse{Took: time.Since(began).Milliseconds()}
	for _, t := range found.Tried {
		out.Trial = t
	}
	for _, p := range found.Papers {
		out.Grade, out.Ref = gen.SourceAnswerGrade(p.Grade), p.Ref
		if p.Until != nil {
			out.Until = *p.Until
		}
	}
	return out, nil
}

// held names the papers a source gave.
func (t story) held(list []engine.PaperState) string {
	return t.papers(slices.DeleteFunc(slices.Clone(list), func(p engine.PaperState) bool { return p.FetchedAt.IsZero() }))
}
