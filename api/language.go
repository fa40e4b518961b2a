package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

// gathering collects names: each id once per place it comes from.
type gathering struct {
	seen map[string]bool
	list []gen.NameEntry
}

func (g *gathering) add(id, name, in string) {
	if id == "" || g.seen[id+"\x00"+in] {
		return
	}
	if g.seen == nil {
		g.seen = map[string]bool{}
	}
	g.seen[id+"\x00"+in] = true
	g.list = append(g.list, gen.NameEntry{Id: id, Name: name, In: in})
}

func (g *gathering) sorted() []gen.NameEntry {
	if g.list == nil {
		return []gen.NameEntry{}
	}
	slices.SortStableFunc(g.list, func(a, b gen.NameEntry) int {
		return strings.Compare(a.Id+"\x00"+a.In, b.Id+"\x00"+b.In)
	})
	return g.list
}

// GetLanguageNames implements GET /v1/language/names.
func (s *Server) GetLanguageNames(ctx context.Context, _ gen.GetLanguageNamesRequestObject) (gen.GetLanguageNamesResponseObject, error) {
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	var parties, bodies, regions, items, papers, conditions, outputs, sources, systems gathering
	for _, code := range slices.Sorted(maps.Keys(orgs)) {
		bodies.add(code, orgs[code].Name, orgs[code].Region)
		regions.add(orgs[code].Region, "", "")
	}
	calendars, err1 := s.cfg.Store.Calendars(ctx)
	played, err2 := s.cfg.Store.PartyOrgs(ctx)
	list, err3 := s.cfg.Store.Definitions(ctx, "")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	for _, c := range calendars {
		regions.add(c.Region, "", "")
	}
	for _, c := range s.sources.Connections(time.Now()) {
		sources.add(c.Name, "", "")
	}
	called := map[string]string{} // party → what definitions call it
	for _, versions := range byItem(list) {
		v, err := s.cfg.Store.DefinitionInForce(ctx, versions[0].Item, s.today())
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
		items.add(v.Code, v.Name, v.Version)
		for _, p := range plan.Def.Parties {
			called[p.ID] = p.Name
		}
		for _, m := range plan.Def.Materials {
			papers.add(m.ID, m.Name, v.Code)
		}
		for _, c := range plan.Def.Conditions {
			conditions.add(c.ID, c.Text, v.Code)
		}
		for name := range sourcesOf(plan.Def) {
			sources.add(name, "", "")
		}
		for _, n := range plan.Nodes {
			if n.Decide != nil {
				for _, o := range n.Decide.Gives {
					outputs.add(o.ID, o.Name, v.Code)
				}
			}
			if n.Call != nil {
				systems.add(n.Call.System, n.Name, "")
			}
		}
	}
	for _, p := range played {
		item := p.Item
		if item == "*" {
			item = ""
		}
		parties.add(p.Party, orElse(called[p.Party], orgs[p.Org].Name), item)
	}
	return gen.GetLanguageNames200JSONResponse{
		Parties: parties.sorted(), Organisations: bodies.sorted(), Regions: regions.sorted(), Items: items.sorted(), Papers: papers.sorted(),
		Conditions: conditions.sorted(), Outputs: outputs.sorted(), Sources: sources.sorted(), Systems: systems.sorted(),
		Roles: wordEntries(definition.Roles, func(w string) string { return definition.RoleName(w).ZH }), Dictionary: wordEntries(definition.DictionaryEntries(), func(w string) string { return definition.DictionaryNames()[w] }),
		Acts: wordEntries(definition.Acts, func(w string) string { return engine.ActName(engine.Act(w)).ZH }), Verdicts: wordEntries(definition.Verdicts, func(w string) string { return w }), Refusals: refusalEntries(),
	}, nil
}

// languageSchemas are the schemas of the language: one per language of its texts, made when it is first asked for.
var languageSchemas = map[gen.GetLanguageSchemaParamsLang]func() map[string]any{
	"zh": sync.OnceValue(func() map[string]any { return definition.LanguageSchema("zh") }),
	"en": sync.OnceValue(func() map[string]any { return definition.LanguageSchema("en") }),
}

// GetLanguageSchema implements GET /v1/language/schema.
func (s *Server) GetLanguageSchema(_ context.Context, req gen.GetLanguageSchemaRequestObject) (gen.GetLanguageSchemaResponseObject, error) {
	return gen.GetLanguageSchema200JSONResponse(languageSchemas[req.Params.Lang]()), nil
}

func wordEntries(words []string, called func(string) string) []gen.NameEntry {
	out := make([]gen.NameEntry, len(words))
	for i, w := range words {
		out[i] = gen.NameEntry{Id: w, Name: orElse(called(w), w)}
	}
	return out
}

// refusalEntries are the codes a scenario may expect.
func refusalEntries() []gen.NameEntry {
	out := make([]gen.NameEntry, len(engineKinds))
	for i, k := range engineKinds {
		out[i] = gen.NameEntry{Id: k.Code, Name: k.Zh}
	}
	return out
}
