package api

import (
	"context"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// The public record of grants: 准予行政许可决定应当予以公开，公众有权查阅（行政许可法第四十条）.
// It follows from every grant of a licence by itself, so that no definition can leave it out,
// and says of its holder what engine.PublicHolder shows in public.

// grantReads bounds how often one answer reads on past results that are no licences: the route is open to
// anybody. A page may hold less than was asked for, then; its cursor says that there is more.
const grantReads = 10

// ListGrants implements GET /v1/grants.
func (s *Server) ListGrants(ctx context.Context, req gen.ListGrantsRequestObject) (gen.ListGrantsResponseObject, error) {
	p := req.Params
	item, err := s.itemCode(ctx, p.Item)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	want := orElse(p.Limit, 50)
	out := gen.ListGrants200JSONResponse{Grants: []gen.PublicGrant{}}
	// What is no licence is left out after reading: pages are read on until one is full, within bounds.
	cursor := store.Cursor(p.Cursor)
	for range grantReads {
		list, next, err := s.cfg.Store.ListGrants(ctx, store.GrantFilter{Item: item, Number: clean(p.Number)}, store.Page{After: cursor, Limit: want - len(out.Grants)})
		if err != nil {
			return nil, err
		}
		for i := range list {
			plan, err := s.catalogue.plan(ctx, list[i].Definition)
			if err != nil {
				return nil, err
			}
			if g := publicGrant(plan, &list[i]); g != nil {
				g.OrgName = orgs[g.Org].Name
				out.Grants = append(out.Grants, *g)
			}
		}
		if cursor = next; cursor == "" || len(out.Grants) >= want {
			break
		}
	}
	out.Next = string(cursor)
	return out, nil
}

// publicGrant is what the public sees of a grant; nil of what is no licence.
func publicGrant(plan *definition.Plan, g *store.GrantView) *gen.PublicGrant {
	n := plan.Node(g.Result.Step)
	if n == nil || n.Decide == nil || n.Decide.Item.Type != definition.Licence {
		return nil
	}
	r := &g.Result
	v := &gen.PublicGrant{
		Item: g.Item, ItemName: g.ItemName, Matter: orElse(n.Decide.Item.Name, g.ItemName), Name: r.Name, Number: r.Number, Org: r.Org,
		On: calendar.DateOf(r.At), Holder: engine.PublicHolder(plan, g.Form),
	}
	if r.Until != nil {
		v.Until = *r.Until
	}
	if !r.Annulled.IsZero() {
		v.Annulled = calendar.DateOf(r.Annulled)
	}
	return v
}
