package api

import (
	"context"
	"errors"

	"lianban/engine"
	"lianban/store"
)

// people asks the directory about the accounts an act names. A login is put in
// as the account it is of; accounts that are not there, or not active, get no
// answer, and the engine refuses the act.
func (s *Server) people(ctx context.Context, args *engine.Args) ([]engine.Colleague, error) {
	var found []engine.Colleague
	names := []*string{&args.Account, &args.Chair}
	for i := range args.Inspectors {
		names = append(names, &args.Inspectors[i])
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
