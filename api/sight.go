package api

import (
	"context"
	"slices"
	"strings"

	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

// sight is what a caller may see of a case. The window that takes cases in and
// hands results out, the lead, and the supervisor of one that leads it or has a step in it
// see it whole; a reviewer sees the papers and form fields his steps read, and of the
// applicant the name. The supervisor of one that is only asked or told, and whoever heads the
// government above an organ of the case sees that name and how the case stands, no papers,
// because his is to watch, or to extend its time (行政许可法第四十二条); whoever approves in or heads another organ
// above sees as much once one below has granted something in it, which he may put in question
// (第六十九条), and nothing before.
type sight struct {
	whole bool
	reads map[string]bool // papers and form fields, of the caller's parties
}

// sees finds out what the caller may see of a case whose rows are given.
func sees(c *caller, r reach, plan *definition.Plan, view *engine.CaseRow, steps []engine.StepRow, tasks []engine.TaskRow) (sight, error) {
	org := c.session.Org
	if org == view.LeadOrg || r.watches(workers(view, steps)) {
		return sight{whole: true}, nil
	}
	if !slices.Contains(view.Orgs, org) {
		granted := func(st engine.StepRow) bool { return st.End.Granted() && slices.Contains(r.below, st.Org) }
		if r.watches(view.Orgs) || c.governs() && r.governs(view.Orgs) || slices.ContainsFunc(steps, granted) {
			return sight{}, nil
		}
		return sight{}, problem(CodeNotInvolved, "本单位未参与该办件，不能查阅", "your organisation has no part in this case and may not read it").
			want("an organisation with a step or task in the case", org)
	}
	parties := map[string]bool{}
	for _, t := range tasks {
		if t.Org == org {
			parties[t.Party] = true
		}
	}
	reads := map[string]bool{}
	for _, t := range tasks { // what a consultation shows
		if t.Org == org {
			for _, r := range t.Reads {
				reads[r] = true
			}
		}
	}
	for _, st := range steps {
		if st.Org == org {
			parties[st.Party] = true
			if st.Kind == definition.KindIntake || st.Kind == definition.KindIssue {
				return sight{whole: true}, nil
			}
		}
		if st.Added != nil && (st.Org == org || parties[st.Added.Party]) {
			for _, r := range st.Added.Reads {
				reads[r] = true
			}
		}
	}
	for _, n := range plan.Nodes {
		if !parties[n.By] {
			continue
		}
		if n.Kind == definition.KindIntake || n.Kind == definition.KindIssue {
			return sight{whole: true}, nil
		}
		for _, r := range n.Reads {
			reads[r] = true
		}
	}
	return sight{reads: reads}, nil
}

// paper says whether a paper may be seen.
func (v sight) paper(id string) bool { return v.whole || v.reads[id] }

// applicant leaves of the applicant what may be seen.
func (v sight) applicant(a engine.ApplicantRow) engine.ApplicantRow {
	if v.whole {
		return a
	}
	return engine.ApplicantRow{Name: a.Name}
}

// form leaves of the form what may be seen: `form.a.b` in a step's reads opens
// that part alone.
func (v sight) form(form map[string]any) map[string]any {
	if v.whole {
		return form
	}
	out := map[string]any{}
	for r := range v.reads {
		if path, ok := strings.CutPrefix(r, "form."); ok {
			copyPart(out, form, strings.Split(path, "."))
		}
	}
	return out
}

// mending leaves of what was put right on the spot the papers and form fields that
// may be seen.
func (v sight) mending(m engine.Mending) *engine.Mending {
	if v.whole {
		return &m
	}
	m.Texts = slices.DeleteFunc(slices.Clone(m.Texts), func(x engine.Reading) bool {
		for r := range v.reads {
			if strings.HasPrefix(r, "form.") && (x.Field == r || strings.HasPrefix(x.Field, r+".")) {
				return false
			}
		}
		return true
	})
	m.Papers = slices.DeleteFunc(slices.Clone(m.Papers), func(id string) bool { return !v.reads[id] })
	m.File = ""
	return &m
}

func copyPart(to, from map[string]any, path []string) {
	v, ok := from[path[0]]
	if !ok {
		return
	}
	inner, isMap := v.(map[string]any)
	if len(path) == 1 || !isMap {
		to[path[0]] = v
		return
	}
	next, ok := to[path[0]].(map[string]any)
	if !ok {
		next = map[string]any{}
		to[path[0]] = next
	}
	copyPart(next, inner, path[1:])
}

// seen is a case with what the caller may see of it.
type seen struct {
	sight
	reach reach
	view  store.CaseView
	steps []engine.StepRow
	tasks []engine.TaskRow
	plan  *definition.Plan
}

// look reads a case for the caller: 404 when there is none, 403 when his
// organisation has no part in it.
func (s *Server) look(ctx context.Context, number string) (*seen, error) {
	c := official(ctx)
	view, err := s.cfg.Store.CaseByNumber(ctx, number)
	if err != nil {
		return nil, caseError(err)
	}
	k := &seen{view: view}
	if k.steps, err = s.cfg.Store.Steps(ctx, number); err != nil {
		return nil, err
	}
	if k.tasks, err = s.cfg.Store.Tasks(ctx, number); err != nil {
		return nil, err
	}
	if k.plan, err = s.catalogue.plan(ctx, view.Definition); err != nil {
		return nil, err
	}
	if k.reach, err = s.reach(ctx, c); err != nil {
		return nil, err
	}
	k.sight, err = sees(c, k.reach, k.plan, &view.CaseRow, k.steps, k.tasks)
	return k, err
}

// folded is a case rebuilt from its log.
type folded struct {
	rules  *engine.Rules
	state  *engine.State
	events []store.StoredEvent
	opened []engine.Event
}

// timelinePage is how many events are read at once.
const timelinePage = 1000

// fold rebuilds a case from its log (no such case: CodeNoSuchCase).
func (s *Server) fold(ctx context.Context, number string) (*folded, error) {
	f := &folded{}
	filed, err := s.catalogue.filedUnder(ctx, number)
	if err != nil {
		return nil, caseError(err)
	}
	for {
		page, err := s.cfg.Store.Timeline(ctx, number, int64(len(f.events)), timelinePage)
		if err != nil {
			return nil, err
		}
		for _, stored := range page {
			e, err := stored.Event()
			if err != nil {
				return nil, err
			}
			f.state = engine.Evolve(f.state, e)
			f.events, f.opened = append(f.events, stored), append(f.opened, e)
		}
		if len(page) < timelinePage {
			break
		}
	}
	if f.state == nil {
		return nil, caseError(store.ErrNotFound)
	}
	p, err := s.catalogue.pack(ctx, filed.hash, filed.calendar)
	if err != nil {
		return nil, err
	}
	f.rules = p.rules
	return f, nil
}
