package api

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"lianban/api/gen"
	"lianban/store"
)

// Login implements POST /v1/session.
func (s *Server) Login(ctx context.Context, req gen.LoginRequestObject) (gen.LoginResponseObject, error) {
	subject := "login:" + strings.ToLower(req.Body.Account)
	now := s.cfg.Clock.Real()
	account, err := s.cfg.Store.AccountByLogin(ctx, req.Body.Account)
	if errors.Is(err, store.ErrNotFound) {
		account, err = s.cfg.Store.AccountByID(ctx, req.Body.Account)
	}
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return nil, err
	}
	// Demo accounts have no password and nothing to guess.
	demo := s.cfg.Dev && !unknown && account.PasswordHash == ""
	if !demo {
		allowed, until, err := s.cfg.Store.Attempts(ctx, subject, loginGuesses, guessWindow, now)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return nil, tooMany(retryAfter(until, now))
		}
		// An unknown account costs the same time as a wrong password.
		if !CheckPassword(account.PasswordHash, req.Body.Password) || unknown {
			return nil, badLogin()
		}
		if err := s.cfg.Store.ForgetAttempts(ctx, subject); err != nil {
			return nil, err
		}
	}
	if !account.Active {
		return nil, badLogin()
	}
	org, err := chosenOrg(account, req.Body.Org)
	if err != nil {
		return nil, err
	}
	token, expires := rand.Text()+rand.Text(), now.Add(s.cfg.SessionLife)
	if err := s.cfg.Store.PutSession(ctx, token, account.ID, org, expires); err != nil {
		return nil, err
	}
	view, err := s.accountView(ctx, store.Session{Account: account.ID, Login: account.Login, Name: account.Name, Org: org, Roles: rolesIn(account, org)})
	if err != nil {
		return nil, err
	}
	return gen.Login201JSONResponse{Token: token, Expires: expires, Account: view}, nil
}

func badLogin() *Problem {
	return problem(CodeBadLogin, "账号或密码不正确", "the account or the password is wrong").at("/account")
}

// chosenOrg is the organisation a login is for.
func chosenOrg(a store.Account, asked string) (string, error) {
	var orgs []string
	for _, r := range a.Roles {
		if !slices.Contains(orgs, r.Org) {
			orgs = append(orgs, r.Org)
		}
	}
	switch {
	case asked != "" && slices.Contains(orgs, asked):
		return asked, nil
	case asked != "":
		return "", problem(CodeNotPermitted, "该账号在所选单位没有岗位", "the account has no role in the organisation named").at("/org").want(strings.Join(orgs, ", "), "another organisation")
	case len(orgs) == 1:
		return orgs[0], nil
	case len(orgs) == 0:
		return "", problem(CodeNotPermitted, "该账号没有任何岗位", "the account has no role in any organisation").at("/account").want("a role", "none")
	}
	return "", problem(CodeBadRequest, "该账号在多个单位有岗位，请用 org 指明", "the account has roles in several organisations; name one in org").
		at("/org").want("one of "+strings.Join(orgs, ", "), "none")
}

func rolesIn(a store.Account, org string) []string {
	var roles []string
	for _, r := range a.Roles {
		if r.Org == org {
			roles = append(roles, r.Role)
		}
	}
	slices.Sort(roles)
	return roles
}

func (s *Server) accountView(ctx context.Context, a store.Session) (gen.Account, error) {
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return gen.Account{}, err
	}
	return gen.Account{
		Id: a.Account, Login: a.Login, Name: a.Name, Org: a.Org, OrgName: orgs[a.Org].Name, Region: orgs[a.Org].Region, Roles: a.Roles,
	}, nil
}

// Whoami implements GET /v1/session.
func (s *Server) Whoami(ctx context.Context, _ gen.WhoamiRequestObject) (gen.WhoamiResponseObject, error) {
	view, err := s.accountView(ctx, official(ctx).session)
	return gen.Whoami200JSONResponse(view), err
}

// Logout implements DELETE /v1/session.
func (s *Server) Logout(ctx context.Context, _ gen.LogoutRequestObject) (gen.LogoutResponseObject, error) {
	return gen.Logout204Response{}, s.cfg.Store.EndSession(ctx, official(ctx).token)
}

// ListAccounts implements GET /v1/accounts: one entry per account and organisation.
func (s *Server) ListAccounts(ctx context.Context, _ gen.ListAccountsRequestObject) (gen.ListAccountsResponseObject, error) {
	accounts, err := s.cfg.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListAccounts200JSONResponse{Accounts: []gen.Account{}}
	for _, a := range accounts {
		if !a.Active || a.PasswordHash != "" {
			continue
		}
		var orgs []string
		for _, r := range a.Roles {
			if slices.Contains(orgs, r.Org) {
				continue
			}
			orgs = append(orgs, r.Org)
			view, err := s.accountView(ctx, store.Session{Account: a.ID, Login: a.Login, Name: a.Name, Org: r.Org, Roles: rolesIn(a, r.Org)})
			if err != nil {
				return nil, err
			}
			out.Accounts = append(out.Accounts, view)
		}
	}
	return out, nil
}

// ListOrganisations implements GET /v1/organisations.
func (s *Server) ListOrganisations(ctx context.Context, _ gen.ListOrganisationsRequestObject) (gen.ListOrganisationsResponseObject, error) {
	list, err := s.cfg.Store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListOrganisations200JSONResponse{Organisations: make([]gen.Organisation, len(list))}
	for i, o := range list {
		out.Organisations[i] = gen.Organisation{Code: o.Code, Name: o.Name, Region: o.Region}
	}
	return out, nil
}
