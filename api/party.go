package api

import (
	"cmp"
	"context"
	"slices"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

// Who plays which party of an item, where, from when.

const everyItem = "*"

// Where an entry stands today.
const (
	entryPast    gen.PartyEntryState = "past"
	entryCurrent gen.PartyEntryState = "current"
	entryComing  gen.PartyEntryState = "coming"
)

func (s *Server) partyView(orgs map[string]store.Organisation, p *store.PartyOrg) gen.PartyEntry {
	v := gen.PartyEntry{
		Item: p.Item, Party: p.Party, Region: p.Region, Org: p.Org, OrgName: orgs[p.Org].Name, From: p.From, Until: p.Until, State: entryCurrent,
	}
	switch today := s.today(); {
	case p.From > today:
		v.State = entryComing
	case p.Until != 0 && p.Until <= today:
		v.State = entryPast
	}
	return v
}

func holds(p *store.PartyOrg, day calendar.Date) bool {
	return p.From <= day && (p.Until == 0 || day < p.Until)
}

// ListParties implements GET /v1/parties.
func (s *Server) ListParties(ctx context.Context, r gen.ListPartiesRequestObject) (gen.ListPartiesResponseObject, error) {
	var day calendar.Date
	if r.Params.On != "" {
		var err error
		if day, err = dayParam(r.Params.On, "query on"); err != nil {
			return nil, err
		}
	}
	item := ""
	if r.Params.Item != "" {
		var err error
		if item, err = s.partyItem(ctx, r.Params.Item, "query item"); err != nil {
			return nil, err
		}
	}
	list, err := s.cfg.Store.PartyOrgs(ctx)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	out := gen.ListParties200JSONResponse{Parties: []gen.PartyEntry{}}
	for i := range list {
		p := &list[i]
		if item != "" && p.Item != item && p.Item != everyItem || r.Params.Party != "" && p.Party != r.Params.Party ||
			r.Params.Org != "" && p.Org != r.Params.Org || day != 0 && !holds(p, day) {
			continue
		}
		out.Parties = append(out.Parties, s.partyView(orgs, p))
	}
	return out, err
}

func dayParam(text, where string) (calendar.Date, error) {
	day, err := calendar.ParseDate(text)
	if err != nil {
		return 0, problem(CodeBadRequest, "不是日期", "this is no day").at(where).want("a day, as 2026-12-01", "another text")
	}
	return day, nil
}

// partyItem is the id of an item by which entries name it.
func (s *Server) partyItem(ctx context.Context, name, where string) (string, error) {
	if name == everyItem {
		return name, nil
	}
	item, err := s.itemID(ctx, name)
	if p := asProblem(err, CodeUnknownItem); p != nil {
		return "", badEntry(where, "没有这个事项", "there is no such item", "an item of the catalogue, or *", "none")
	}
	return item, err
}

// PutParty implements POST /v1/parties.
func (s *Server) PutParty(ctx context.Context, r gen.PutPartyRequestObject) (gen.PutPartyResponseObject, error) {
	b := r.Body
	item, err := s.partyItem(ctx, b.Item, "/item")
	if err != nil {
		return nil, err
	}
	next := store.PartyOrg{Item: item, Party: b.Party, Region: b.Region, Org: b.Org, From: b.From, Until: b.Until}
	if next.Until != 0 && next.Until <= next.From {
		return nil, badEntry("/until", "终止日应晚于起始日", "it ends after its first day", "a day after from", b.Until.String())
	}
	err = s.administer(ctx, func(reg *store.Registry) error {
		entries, err := reg.PartyEntries(ctx, item, b.Party, b.Region)
		if err != nil {
			return err
		}
		var same, running *store.PartyOrg
		for i := range entries {
			switch e := &entries[i]; {
			case e.From == next.From:
				same = e
			case holds(e, next.From):
				running = e
			case e.From > next.From && (next.Until == 0 || e.From < next.Until):
				return badEntry("/until", "之后已另有承担单位：写明终止日，或先终止后面的条目", "another entry begins later: say until when, or end that one first", "until "+e.From.String(), "open")
			}
		}
		if same != nil && same.Org == next.Org && same.Until == next.Until {
			next = *same
			return nil // said before
		}
		if seen := seenOrg(cmp.Or(same, running)); seen != b.Instead {
			return changedMeanwhile("/instead", orElse(seen, "none"), orElse(b.Instead, "none"))
		}
		if len(entries) > 0 && (next.From < s.today() || same != nil && same.From <= s.today()) {
			return badEntry("/from", "已生效的承担关系不能改写：从今天或以后换单位", "what has been in force stays as it was: another organisation begins today or later, on a day of its own",
				"a later day", next.From.String())
		}
		if err := s.partyAllowed(ctx, reg, &next); err != nil {
			return err
		}
		if running != nil {
			ended := *running
			ended.Until = next.From
			if _, err := reg.WriteParty(ctx, "end", running, ended); err != nil {
				return err
			}
		}
		next, err = reg.WriteParty(ctx, "set", same, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	return gen.PutParty200JSONResponse(s.partyView(orgs, &next)), err
}

func seenOrg(p *store.PartyOrg) string {
	if p == nil {
		return ""
	}
	return p.Org
}

// partyAllowed refuses an organisation that is not open all the time.
func (s *Server) partyAllowed(ctx context.Context, reg *store.Registry, p *store.PartyOrg) error {
	o, err := openOrganisation(ctx, reg, p.Org, "/org", p.From)
	if err != nil {
		return err
	}
	if o.ClosedOn != 0 && (p.Until == 0 || p.Until > o.ClosedOn) {
		return badEntry("/until", "该单位将撤销，承担关系须在撤销日前终止", "the organisation will be closed; its entry ends by then", "until "+o.ClosedOn.String(), "later")
	}
	return nil
}

// EndParty implements POST /v1/parties/end.
func (s *Server) EndParty(ctx context.Context, r gen.EndPartyRequestObject) (gen.EndPartyResponseObject, error) {
	b := r.Body
	item, err := s.partyItem(ctx, b.Item, "/item")
	if err != nil {
		return nil, err
	}
	if b.Until < s.today() {
		return nil, badEntry("/until", "只能从今天或以后终止", "it ends today or later", "today or later", b.Until.String())
	}
	var left []store.PartyOrg
	err = s.administer(ctx, func(reg *store.Registry) error {
		entries, err := reg.PartyEntries(ctx, item, b.Party, b.Region)
		if err != nil {
			return err
		}
		last := len(entries) - 1
		if last < 0 {
			return noEntry("/party", "没有这条承担关系", "there is no such entry")
		}
		switch e := &entries[last]; {
		case e.Org != b.Org:
			return changedMeanwhile("/org", e.Org, b.Org)
		case e.Until != 0 && e.Until <= b.Until:
			// It ends before: nothing is left to do.
		case e.From >= b.Until && e.From > s.today():
			if err := reg.DropParty(ctx, *e); err != nil {
				return err
			}
			entries = entries[:last]
		case e.From >= b.Until:
			return badEntry("/until", "今天开始的承担关系最早从明天终止", "what begins today ends tomorrow at the earliest", "a later day", b.Until.String())
		default:
			ended := *e
			ended.Until = b.Until
			if ended, err = reg.WriteParty(ctx, "end", e, ended); err != nil {
				return err
			}
			entries[last] = ended
		}
		left = entries
		return nil
	})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	out := gen.EndParty200JSONResponse{Parties: make([]gen.PartyEntry, len(left))}
	for i := range left {
		out.Parties[i] = s.partyView(orgs, &left[i])
	}
	return out, err
}

// ListGaps implements GET /v1/parties/gaps.
func (s *Server) ListGaps(ctx context.Context, r gen.ListGapsRequestObject) (gen.ListGapsResponseObject, error) {
	day := s.today()
	if r.Params.On != "" {
		var err error
		if day, err = dayParam(r.Params.On, "query on"); err != nil {
			return nil, err
		}
	}
	item := ""
	if r.Params.Item != "" {
		var err error
		if item, err = s.itemID(ctx, r.Params.Item); err != nil {
			return nil, err
		}
	}
	entries, err := s.cfg.Store.PartyOrgs(ctx)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := s.cfg.Store.Definitions(ctx, item)
	if err != nil {
		return nil, err
	}
	out := gen.ListGaps200JSONResponse{Gaps: []gen.PartyGap{}}
	halls := hallRegions(orgs, day)
	for _, v := range taking(versions, day) {
		gaps, err := s.gapsOf(ctx, v, halls, entries, max(day, v.EffectiveOn))
		if err != nil {
			return nil, err
		}
		out.Gaps = append(out.Gaps, gaps...)
	}
	slices.SortStableFunc(out.Gaps, func(a, b gen.PartyGap) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Version, b.Version))
	})
	return out, nil
}

// taking are the versions that take cases on a day or will later: of each item the
// one in force, and those to come.
func taking(versions []store.DefinitionVersion, day calendar.Date) []store.DefinitionVersion {
	current := map[string]store.DefinitionVersion{}
	var out []store.DefinitionVersion
	for _, v := range versions {
		if v.EffectiveOn > day {
			out = append(out, v)
		} else if have, ok := current[v.Item]; !ok || v.EffectiveOn > have.EffectiveOn {
			current[v.Item] = v
		}
	}
	for _, v := range current {
		out = append(out, v)
	}
	return slices.DeleteFunc(out, func(v store.DefinitionVersion) bool { return v.Suspended })
}

// hallRegions are the regions of open halls, sorted.
func hallRegions(orgs map[string]store.Organisation, day calendar.Date) []string {
	var out []string
	for _, o := range orgs {
		if o.Kind == string(gen.OrgKindHall) && (o.ClosedOn == 0 || day < o.ClosedOn) && !slices.Contains(out, o.Region) {
			out = append(out, o.Region)
		}
	}
	slices.Sort(out)
	return out
}

func (s *Server) gapsOf(ctx context.Context, v store.DefinitionVersion, halls []string, entries []store.PartyOrg, day calendar.Date) ([]gen.PartyGap, error) {
	plan, err := s.catalogue.plan(ctx, v.Hash)
	if err != nil {
		return nil, err
	}
	var out []gen.PartyGap
	for _, p := range plan.Def.Parties {
		gap := gen.PartyGap{Item: v.Item, ItemName: v.Name, Version: v.Version, Party: p.ID, Name: p.Name}
		answers := func(region string) bool {
			return slices.ContainsFunc(entries, func(e store.PartyOrg) bool {
				return e.Party == p.ID && (e.Item == everyItem || e.Item == v.Item) && holds(&e, day) && (region == "" || len(region) >= len(e.Region) && region[:len(e.Region)] == e.Region)
			})
		}
		if p.At != "" && p.At != "case.region" {
			if !answers("") {
				out = append(out, gap)
			}
			continue
		}
		for _, region := range halls {
			if !answers(region) {
				gap.Region = region
				out = append(out, gap)
			}
		}
	}
	return out, nil
}
