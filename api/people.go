package api

import (
	"context"
	"errors"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// people asks the directory about the accounts an act names. A login is put in
// as the account it is of; accounts that are not there, or not active, get no
// answer, and the engine refuses the act.
func (s *Server) people(ctx context.Context, args *engine.Args) ([]engine.Colleague, error) {
	var found []engine.Colleague
	names := []*string{&args.Account, &args.From, &args.Chair}
	for i := range args.Inspectors {
		names = append(names, &args.Inspectors[i])
	}
	for i := range args.Accounts {
		names = append(names, &args.Accounts[i])
	}
	for _, name := range names {
		if *name == "" {
			continue
		}
		a, err := s.cfg.Store.AccountByLogin(ctx, *name)
		if errors.Is(err, store.ErrNotFound) {
			a, err = s.cfg.Store.AccountByID(ctx, *name)
		}
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		*name = a.ID
		if !a.Active {
			continue
		}
		if slices.ContainsFunc(found, func(c engine.Colleague) bool { return c.ID == a.ID }) {
			continue
		}
		for _, r := range a.Roles {
			if n := len(found); n > 0 && found[n-1].ID == a.ID && found[n-1].Org == r.Org {
				found[n-1].Roles = append(found[n-1].Roles, r.Role)
				continue
			}
			found = append(found, engine.Colleague{ID: a.ID, Org: r.Org, Roles: []string{r.Role}})
		}
	}
	return found, nil
}

// GetTalk implements GET /v1/cases/{number}/talk.
func (s *Server) GetTalk(ctx context.Context, req gen.GetTalkRequestObject) (gen.GetTalkResponseObject, error) {
	if _, err := s.look(ctx, req.Number); err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.Dossier(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	out := gen.GetTalk200JSONResponse{Number: req.Number, Entries: []gen.TalkEntry{}}
	var ids []string
	for _, row := range rows {
		e := gen.TalkEntry{Kind: gen.TalkEntryKind(row.Kind), Id: row.ID, Step: row.Step, Status: row.Status, Org: row.Org, At: row.At}
		switch {
		case row.Consult != nil:
			c := row.Consult
			e.By, e.ByOrg, e.Account, e.Text, e.Reads = c.By, c.ByOrg, c.Account, c.Text, c.Reads
			e.Answer, e.DoneBy, e.DoneAt = c.Answer, c.AnsweredBy, c.AnsweredAt
		case row.Copy != nil:
			c := row.Copy
			e.By, e.ByOrg, e.Account, e.Text, e.DoneBy, e.DoneAt = c.By, c.ByOrg, c.Account, c.Text, c.ReadBy, c.ReadAt
		case row.Remark != nil:
			e.By, e.ByOrg, e.Text = row.Remark.By, row.Remark.Org, row.Remark.Text
		default:
			continue
		}
		out.Entries = append(out.Entries, e)
		ids = append(ids, e.By, e.Account, e.DoneBy)
	}
	names, err := s.cfg.Store.AccountNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	for i := range out.Entries {
		e := &out.Entries[i]
		e.ByName, e.AccountName, e.DoneByName, e.OrgName = names[e.By], names[e.Account], names[e.DoneBy], orgs[e.Org].Name
	}
	return out, nil
}
