package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

func organisationView(o *store.Organisation) gen.Organisation {
	return gen.Organisation{
		Code: o.Code, Name: o.Name, NameEn: o.NameEn, Region: o.Region, Kind: gen.OrgKind(o.Kind), Parent: o.Parent, Mark: o.Mark,
		CreditCode: o.CreditCode, ClosedOn: o.ClosedOn, Revision: o.Revision,
	}
}

// ListOrganisations implements GET /v1/organisations.
func (s *Server) ListOrganisations(ctx context.Context, _ gen.ListOrganisationsRequestObject) (gen.ListOrganisationsResponseObject, error) {
	list, err := s.cfg.Store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListOrganisations200JSONResponse{Organisations: make([]gen.Organisation, len(list))}
	for i := range list {
		out.Organisations[i] = organisationView(&list[i])
	}
	return out, nil
}

// GetOrganisation implements GET /v1/organisations/{code}.
func (s *Server) GetOrganisation(ctx context.Context, r gen.GetOrganisationRequestObject) (gen.GetOrganisationResponseObject, error) {
	o, err := s.cfg.Store.OrganisationByCode(ctx, r.Code)
	if errors.Is(err, store.ErrNotFound) {
		return nil, unknownOrganisation("code")
	}
	if err != nil {
		return nil, err
	}
	use, err := s.cfg.Store.OrganisationUse(ctx, r.Code, s.today())
	return gen.GetOrganisation200JSONResponse{
		Organisation: organisationView(&o), Below: use.Below, Parties: use.Parties, Windows: use.Windows, Tasks: use.Tasks, People: use.People,
	}, err
}

func unknownOrganisation(where string) *Problem {
	return noEntry(where, "没有这个单位", "there is no such organisation")
}

// PutOrganisation implements PUT /v1/organisations/{code}.
func (s *Server) PutOrganisation(ctx context.Context, r gen.PutOrganisationRequestObject) (gen.PutOrganisationResponseObject, error) {
	b := r.Body
	next := store.Organisation{
		Code: r.Code, CreditCode: b.CreditCode, Name: clean(b.Name), NameEn: clean(b.NameEn), Parent: b.Parent, Region: b.Region, Kind: string(b.Kind),
		Mark: clean(b.Mark), ClosedOn: b.ClosedOn,
	}
	if next.Name == "" {
		return nil, badEntry("/name", "名称不能为空", "the name is empty", "a name", "blank")
	}
	if next.CreditCode != "" {
		if text, ok := definition.CheckCreditCode(next.CreditCode); !ok {
			return nil, badEntry("/creditCode", text.ZH, text.EN, "a credit code", "not one")
		}
	}
	err := s.administer(ctx, func(reg *store.Registry) error {
		all, err := reg.Organisations(ctx)
		if err != nil {
			return err
		}
		by := make(map[string]*store.Organisation, len(all))
		for i := range all {
			by[all[i].Code] = &all[i]
		}
		before := by[r.Code]
		if before != nil {
			if asIs := *before; asIs == withRevision(next, before.Revision) {
				next = asIs
				return nil // said before
			}
		}
		if have := revisionOf(before); have != b.Revision {
			return changedMeanwhile("/revision", have, b.Revision)
		}
		if err := placed(by, before, &next); err != nil {
			return err
		}
		if err := s.closable(ctx, reg, before, &next); err != nil {
			return err
		}
		next, err = reg.PutOrganisation(ctx, organisationAct(before, &next), before, next)
		return err
	})
	return gen.PutOrganisation200JSONResponse(organisationView(&next)), err
}

func withRevision(o store.Organisation, n int64) store.Organisation { o.Revision = n; return o }

func revisionOf(o *store.Organisation) int64 {
	if o == nil {
		return 0
	}
	return o.Revision
}

func organisationAct(before, next *store.Organisation) string {
	switch {
	case before == nil:
		return "create"
	case before.ClosedOn != next.ClosedOn && next.ClosedOn == 0:
		return "reopen"
	case before.ClosedOn != next.ClosedOn:
		return "close"
	case before.Parent != next.Parent:
		return "move"
	}
	return "change"
}

// placed refuses a place in the tree that is none: unknown, closed, or below itself.
func placed(by map[string]*store.Organisation, before, next *store.Organisation) error {
	if next.Parent == "" || before != nil && before.Parent == next.Parent {
		return nil
	}
	above := by[next.Parent]
	if above == nil {
		return badEntry("/parent", "没有这个上级单位", "there is no such organisation above", "the code of an organisation", "none")
	}
	if above.ClosedOn != 0 {
		return badEntry("/parent", "上级单位已撤销", "the organisation above is closed", "an open organisation", "a closed one")
	}
	for o := above; o != nil; o = by[o.Parent] {
		if o.Code == next.Code {
			return badEntry("/parent", "不能移到本单位或其下级之下", "an organisation cannot be moved below itself", "an organisation outside it", "one inside it")
		}
	}
	return nil
}

// closable refuses to close an organisation that is needed from that day on.
func (s *Server) closable(ctx context.Context, reg *store.Registry, before, next *store.Organisation) error {
	if next.ClosedOn == 0 || before != nil && before.ClosedOn == next.ClosedOn {
		return nil
	}
	if before == nil || next.ClosedOn < s.today() {
		return badEntry("/closedOn", "撤销日不能早于今天，新单位不能同时撤销", "it closes today or later, and not as it is created", "today or later", next.ClosedOn.String())
	}
	use, err := reg.OrganisationUse(ctx, next.Code, next.ClosedOn)
	if err != nil {
		return err
	}
	if next.ClosedOn > s.today() {
		use.Tasks = 0 // there is time to do them
	}
	var zh, en []string
	for _, x := range []struct {
		n      int64
		zh, en string
	}{
		{use.Below, "下级单位 %d 个，先移走或撤销", "%d organisations below it: move or close them"},
		{use.Parties, "承担关系 %d 条，先改由其他单位承担", "%d entries by which it plays a party: give them to another organisation"},
		{use.Windows, "开放的窗口 %d 个，先关闭", "%d open windows: close them"},
		{use.Tasks, "未办任务 %d 项，先办结", "%d open tasks: finish them"},
	} {
		if x.n > 0 {
			zh, en = append(zh, fmt.Sprintf(x.zh, x.n)), append(en, fmt.Sprintf(x.en, x.n))
		}
	}
	if len(zh) == 0 {
		return nil
	}
	return problem(CodeInUse, "该单位到撤销日仍在使用：%[1]s", "the organisation is still needed on that day: %[2]s", strings.Join(zh, "；"), strings.Join(en, "; ")).
		at("/closedOn").want("nothing that needs it", "still in use")
}

// openOrganisation refuses one that is not there, or not any more on a day.
func openOrganisation(ctx context.Context, reg *store.Registry, code, where string, day calendar.Date) (store.Organisation, error) {
	o, err := reg.Organisation(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return o, badEntry(where, "没有这个单位", "there is no such organisation", "the code of an organisation", "none")
	}
	if err == nil && o.ClosedOn != 0 && o.ClosedOn <= day {
		return o, badEntry(where, "该单位已撤销", "the organisation is closed", "an open organisation", "a closed one")
	}
	return o, err
}
