package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lianban/api/gen"
	"lianban/store"
)

// What administrators change: see also organisation.go, person.go, party.go, window.go.

// administer runs a change of the directory in the caller's name.
func (s *Server) administer(ctx context.Context, work func(*store.Registry) error) error {
	c := official(ctx)
	err := s.cfg.Store.Administer(ctx, store.Administrator{Account: c.session.Account, Org: c.session.Org, At: s.cfg.Clock.Now()}, work)
	var broken *store.ConstraintError
	if errors.As(err, &broken) {
		if where, ok := uniques[broken.Constraint]; ok {
			return badEntry(where, "该值已被其他条目使用", "another entry has this value already", "a value of its own", "one in use")
		}
	}
	if err == nil {
		s.catalogue.forget() // the others are told by the store
	}
	return err
}

// uniques are the fields that are one entry's alone, by their constraint.
var uniques = map[string]string{
	"organisation_credit": "/creditCode", "account_login_key": "/login", "account_external": "/external",
}

func badEntry(where, zh, en, expected, actual string) *Problem {
	return problem(CodeBadEntry, "%[1]s", "%[2]s", zh, en).at(where).want(expected, actual)
}

func noEntry(where, zh, en string) *Problem { return problem(CodeNoSuchEntry, zh, en).at(where) }

func changedMeanwhile(where string, expected, actual any) *Problem {
	return problem(CodeChanged, "内容已被他人修改，请重新读取后再改", "somebody else has changed it meanwhile; read it again, then change it").
		at(where).want(fmt.Sprint(expected), fmt.Sprint(actual))
}

// ListAdministration implements GET /v1/administration.
func (s *Server) ListAdministration(ctx context.Context, r gen.ListAdministrationRequestObject) (gen.ListAdministrationResponseObject, error) {
	limit := orElse(r.Params.Limit, 50)
	f := store.AdminFilter{Kind: string(r.Params.Kind), Subject: r.Params.Subject, Account: r.Params.By}
	list, err := s.cfg.Store.AdminChanges(ctx, f, r.Params.Before, limit)
	if err != nil {
		return nil, err
	}
	out := gen.ListAdministration200JSONResponse{Changes: make([]gen.AdminChange, len(list))}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Account
	}
	names, err := s.cfg.Store.AccountNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		v := gen.AdminChange{Id: c.ID, At: c.At, By: c.Account, ByName: orElse(names[c.Account], c.Account), Org: c.Org, Kind: gen.AdminKind(c.Kind), Subject: c.Subject, Act: c.Act}
		for _, x := range []struct {
			raw json.RawMessage
			to  *map[string]any
		}{{c.Before, &v.Before}, {c.After, &v.After}} {
			if x.raw == nil {
				continue
			}
			if err := json.Unmarshal(x.raw, x.to); err != nil {
				return nil, err
			}
		}
		out.Changes[i] = v
	}
	if len(list) == limit {
		out.Next = list[len(list)-1].ID
	}
	return out, nil
}

// asProblem is the problem an error is, when it has a code.
func asProblem(err error, code string) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) && p.Code == code {
		return p
	}
	return nil
}

// clean is a text without blanks around it.
func clean(s string) string { return strings.TrimSpace(s) }
