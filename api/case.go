package api

import (
	"context"
	"errors"
	"time"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

func noSuchCase() *Problem {
	return problem(CodeNoSuchCase, "没有这个编号的办件，请核对编号", "there is no case of this number; check the number").at("number")
}

// caseError is the problem of a case that could not be read.
func caseError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return noSuchCase()
	}
	return err
}

// caseFilter chooses the cases a caller may list.
func (s *Server) caseFilter(ctx context.Context, text, item, status string) (store.CaseFilter, error) {
	c := official(ctx)
	f := store.CaseFilter{Orgs: []string{c.session.Org}, Status: engine.Status(status), Text: text}
	if text != "" && !c.identifies() {
		f.By = []store.SearchField{store.ByNumber}
	}
	if c.supervises() || c.governs() {
		r, err := s.reach(ctx, c)
		if err != nil {
			return f, err
		}
		f.Orgs = append(f.Orgs, r.watched...)
		if c.governs() {
			f.Orgs = append(f.Orgs, r.below...)
		}
	}
	var err error
	f.Item, err = s.itemCode(ctx, item)
	return f, err
}

// kept are the cases asked for by what is no range of an index.
type kept struct {
	overdue, open bool
	region, lead  string
}

func (k kept) has(r *engine.CaseRow) bool {
	return (!k.overdue || r.Overdue) && (!k.open || r.Status != engine.Closed) && (k.region == "" || r.Region == k.region) && (k.lead == "" || r.LeadOrg == k.lead)
}

// ListCases implements GET /v1/cases.
func (s *Server) ListCases(ctx context.Context, req gen.ListCasesRequestObject) (gen.ListCasesResponseObject, error) {
	p := req.Params
	f, err := s.caseFilter(ctx, p.Q, p.Item, string(p.Status))
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	kept := kept{p.Overdue, p.Open, p.Region, p.Lead}
	want := orElse(p.Limit, 50)
	out := gen.ListCases200JSONResponse{Cases: []gen.CaseRow{}}
	// Region, lead, open and overdue are not ranges of an index: pages are read on until one is
	// full, each from where the one before ended.
	cursor := store.Cursor(p.Cursor)
	for range maxPages {
		list, next, err := s.cfg.Store.ListCases(ctx, f, store.Page{After: cursor, Limit: want - len(out.Cases)})
		if err != nil {
			return nil, err
		}
		for i := range list {
			if kept.has(&list[i].CaseRow) {
				row := caseRow(&list[i].CaseRow, now)
				row.Applicant = gen.ApplicantView{Name: list[i].Applicant.Name}
				out.Cases = append(out.Cases, row)
			}
		}
		if cursor = next; cursor == "" || len(out.Cases) >= want {
			break
		}
	}
	out.Next = string(cursor)
	return out, nil
}

// GetCase implements GET /v1/cases/{number}.
func (s *Server) GetCase(ctx context.Context, req gen.GetCaseRequestObject) (gen.GetCaseResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	row := caseRow(&k.view.CaseRow, s.cfg.Clock.Now())
	a := k.applicant(k.view.Applicant)
	row.Applicant = gen.ApplicantView{Name: a.Name, Id: a.ID, Phone: a.Phone}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	return gen.GetCase200JSONResponse{
		Case: row, Seq: k.view.LastSeq, Confirmed: k.view.Confirmed, Answers: k.view.Answers, Form: k.form(k.view.Form), Steps: stepViews(k, orgs),
	}, nil
}

func caseRow(r *engine.CaseRow, now time.Time) gen.CaseRow {
	row := gen.CaseRow{
		Number: r.Number, Item: r.Item, ItemName: r.ItemName, Version: r.Version, Region: r.Region, Channel: r.Channel,
		Status: gen.CaseRowStatus(r.Status), Outcome: string(r.Outcome), Flags: r.Flags, LeadOrg: r.LeadOrg, ReceivedAt: r.ReceivedAt,
		DecidedAt: r.DecidedAt, ClosedAt: r.ClosedAt, StatutoryDue: r.StatutoryDue, PromisedDue: r.PromisedDue,
		Provisional: r.Provisional, Overdue: r.Overdue, Light: gen.LightGreen,
	}
	if r.AcceptedOn != nil {
		row.AcceptedOn = *r.AcceptedOn
	}
	open := r.Status != engine.Decided && r.Status != engine.Closed
	switch {
	case r.Overdue, open && passed(r.PromisedDue, now), open && passed(r.StatutoryDue, now):
		row.Light = gen.LightRed
	case open && !r.PromisedDue.IsZero() && passed(r.PromisedDue.Add(-caseWarning), now):
		row.Light = gen.LightYellow
	}
	return row
}

// caseWarning is how long before a case's promise its light turns yellow in
// lists; the exact warning of each clock is in its own view.
const caseWarning = 48 * time.Hour

func stepViews(k *seen, orgs map[string]store.Organisation) []gen.Step {
	out := make([]gen.Step, len(k.steps))
	for i, st := range k.steps {
		v := gen.Step{
			Id: st.ID, Name: orElse(st.Name, st.ID), Kind: gen.StepKind(st.Kind), Parent: st.Parent, Order: st.Order, Depth: st.Depth,
			Party: st.Party, PartyName: partyName(k.plan, orgs, st.Party), Org: st.Org, OrgName: orgs[st.Org].Name, Status: gen.StepStatus(st.Status), End: string(st.End), Why: st.Why, Round: st.Round,
			OpenedAt: st.OpenedAt, EndedAt: st.EndedAt, Upper: st.Upper, Affected: st.Affected, Overridden: st.Overridden, Rounds: st.Rounds,
		}
		if st.Verdict != nil {
			v.Verdict = *st.Verdict
		}
		v.Visit, v.Posting, v.Hearing = st.Visit, st.Posting, st.Hearing
		if st.Status == engine.Open {
			v.Link = roleOf(k.plan.Node(st.ID), st.Link)
		}
		out[i] = v
	}
	return out
}

// roleOf names the roles of a chain's link.
func roleOf(n *definition.Node, link int) string {
	if n == nil || n.Work() == nil || link >= len(n.Work().Chain) {
		return ""
	}
	names := ""
	for i, r := range n.Work().Chain[link].Roles {
		if i > 0 {
			names += ", "
		}
		names += r.Role
	}
	return names
}

// GetCaseTasks implements GET /v1/cases/{number}/tasks.
func (s *Server) GetCaseTasks(ctx context.Context, req gen.GetCaseTasksRequestObject) (gen.GetCaseTasksResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.GetCaseTasks200JSONResponse{Number: req.Number, Seq: k.view.LastSeq, Tasks: make([]gen.Task, len(k.tasks))}
	for i := range k.tasks {
		out.Tasks[i] = taskView(req.Number, orgs, &k.tasks[i], now)
	}
	return out, s.nameHands(ctx, out.Tasks)
}

// GetPapers implements GET /v1/cases/{number}/papers.
func (s *Server) GetPapers(ctx context.Context, req gen.GetPapersRequestObject) (gen.GetPapersResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	papers, err := s.cfg.Store.Papers(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	return gen.GetPapers200JSONResponse{Number: req.Number, Seq: k.view.LastSeq, Papers: paperViews(k.plan, papers, k.paper)}, nil
}

func paperViews(plan *definition.Plan, papers []engine.PaperState, visible func(string) bool) []gen.PaperView {
	out := []gen.PaperView{}
	for _, p := range inGuideOrder(plan, papers) {
		if !visible(p.ID) {
			continue
		}
		v := gen.PaperView{
			Id: p.ID, Name: p.ID, Status: gen.PaperViewStatus(p.Status), Source: p.Source, Hash: p.Hash, File: p.Name, Type: p.Type, Size: p.Size, At: p.At,
			Grade: gen.PaperViewGrade(p.Grade), FetchedAt: p.FetchedAt, Ref: p.Ref, CheckedBy: p.CheckedBy, Tried: p.Tried,
			Copies: p.Copies, SignedBy: p.SignedBy, Compared: p.Compared,
		}
		if p.Until != nil {
			v.Until = *p.Until
		}
		if g := plan.Paper(p.ID); g != nil {
			v.Name, v.Basis = g.Name, g.Basis
		}
		for _, e := range p.Earlier {
			v.Earlier = append(v.Earlier, gen.PaperSnapshot{Hash: e.Hash, File: e.Name, Type: e.Type, Size: e.Size, Source: e.Source})
		}
		out = append(out, v)
	}
	return out
}

// inGuideOrder puts papers in the order of the guide.
func inGuideOrder(plan *definition.Plan, papers []engine.PaperState) []engine.PaperState {
	by := make(map[string]engine.PaperState, len(papers))
	for _, p := range papers {
		by[p.ID] = p
	}
	out := make([]engine.PaperState, 0, len(papers))
	for i := range plan.Papers {
		if p, ok := by[plan.Papers[i].ID]; ok {
			out = append(out, p)
		}
	}
	return out
}

// GetNotices implements GET /v1/cases/{number}/notices.
func (s *Server) GetNotices(ctx context.Context, req gen.GetNoticesRequestObject) (gen.GetNoticesResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Store.Notices(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	return gen.GetNotices200JSONResponse{Number: req.Number, Seq: k.view.LastSeq, Notices: noticeViews(k.plan, orgs, list, true)}, err
}

// GetResults implements GET /v1/cases/{number}/results.
func (s *Server) GetResults(ctx context.Context, req gen.GetResultsRequestObject) (gen.GetResultsResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.Results(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	return gen.GetResults200JSONResponse{Number: req.Number, Seq: k.view.LastSeq, Results: resultViews(rows, orgs)}, nil
}

// resultViews are results with the names of those who have decided.
func resultViews(rows []engine.ResultRow, orgs map[string]store.Organisation) []gen.Result {
	out := make([]gen.Result, len(rows))
	for i := range rows {
		out[i] = gen.Result{ResultRow: rows[i], OrgName: orgs[rows[i].Org].Name}
	}
	return out
}

// GetWaitingFor implements GET /v1/cases/{number}/waiting-for.
func (s *Server) GetWaitingFor(ctx context.Context, req gen.GetWaitingForRequestObject) (gen.GetWaitingForResponseObject, error) {
	if _, err := s.look(ctx, req.Number); err != nil {
		return nil, err
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	waits, err := s.waitViews(ctx, story{r: f.rules, s: f.state})
	if err != nil {
		return nil, err
	}
	return gen.GetWaitingFor200JSONResponse{Number: req.Number, Seq: f.state.Seq, Waits: waits}, nil
}

// GetClocks implements GET /v1/cases/{number}/clocks.
func (s *Server) GetClocks(ctx context.Context, req gen.GetClocksRequestObject) (gen.GetClocksResponseObject, error) {
	if _, err := s.look(ctx, req.Number); err != nil {
		return nil, err
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	clocks := f.state.Clocks
	out := gen.GetClocks200JSONResponse{Number: req.Number, Seq: f.state.Seq, Clocks: make([]gen.ClockView, len(clocks))}
	for i, c := range clocks {
		v := gen.ClockView{Clock: *c, Name: engine.ClockName(f.rules, f.state, c.ID), Light: gen.LightGreen}
		if e, ok := engine.Explain(f.rules, f.state, c.ID); ok {
			v.Lines = listed(e.Lines)
			v.Ledger = listed(engine.Ledger(f.rules, f.state, c.ID))
		}
		switch {
		case c.Overdue, c.Running() && passed(c.Due, now):
			v.Light = gen.LightRed
		case c.Running() && passed(c.Warn, now):
			v.Light = gen.LightYellow
		}
		out.Clocks[i] = v
	}
	return out, nil
}

// GetTimeline implements GET /v1/cases/{number}/timeline.
func (s *Server) GetTimeline(ctx context.Context, req gen.GetTimelineRequestObject) (gen.GetTimelineResponseObject, error) {
	if _, err := s.look(ctx, req.Number); err != nil {
		return nil, err
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	actors, err := s.actors(ctx, f.events)
	if err != nil {
		return nil, err
	}
	tell, err := s.story(ctx, f)
	if err != nil {
		return nil, err
	}
	out := gen.GetTimeline200JSONResponse{Number: req.Number, Seq: f.state.Seq, Events: make([]gen.TimelineEntry, len(f.events))}
	for i, stored := range f.events {
		e := &f.opened[i]
		step, task := place(e)
		out.Events[i] = gen.TimelineEntry{
			Seq: e.Seq, At: e.At, Type: e.Type, By: actors(stored.By), Step: step, Task: task, Text: tell.tell(e),
			Due: tell.dues(e), Confirmed: stored.Confirmed, Hash: stored.Hash, Prev: stored.Prev,
		}
	}
	return out, nil
}

// actors gives a function that shows who acted in these events.
func (s *Server) actors(ctx context.Context, events []store.StoredEvent) (func(engine.Actor) gen.ActorView, error) {
	var ids []string
	known := map[string]bool{}
	for _, e := range events {
		if e.By.ID != "" && !known[e.By.ID] {
			known[e.By.ID] = true
			ids = append(ids, e.By.ID)
		}
	}
	names, err := s.cfg.Store.AccountNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	return func(a engine.Actor) gen.ActorView {
		return gen.ActorView{Kind: gen.ActorViewKind(a.Kind), Id: a.ID, Name: names[a.ID], Org: a.Org, OrgName: orgs[a.Org].Name}
	}, nil
}

// listed is a list that is never null in JSON.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
