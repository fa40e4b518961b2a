package api

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

// Login implements POST /v1/session.
func (s *Server) Login(ctx context.Context, req gen.LoginRequestObject) (gen.LoginResponseObject, error) {
	if req.Body.Cookie {
		// Else a foreign page could log a browser in as somebody else.
		if p := s.browser.ours(callOf(ctx).request); p != nil {
			return nil, p
		}
	}
	account, err := s.proven(ctx, req.Body.Account, req.Body.Password)
	if err != nil {
		return nil, err
	}
	if account.PasswordTemporary && req.Body.Next == "" {
		return nil, problem(CodeTemporary, "该密码由管理员设置，须换成自己的密码后登录", "this password was set by an administrator; log in with one of your own in next").
			at("/next").want("a new password", "none")
	}
	org, err := s.chosenOrg(ctx, account, req.Body.Org)
	if err != nil {
		return nil, err
	}
	if req.Body.Next != "" {
		if err := s.replacePassword(ctx, account, req.Body.Password, req.Body.Next); err != nil {
			return nil, err
		}
	}
	token, expires, err := s.open(ctx, account.ID, org)
	if err != nil {
		return nil, err
	}
	view, err := s.sessionView(ctx, account, org)
	if err != nil {
		return nil, err
	}
	return newLoggedIn(s.browser, token, expires, view, req.Body.Cookie), nil
}

// proven is the account somebody has shown to be his. An unknown account, a
// closed one and a wrong password are answered alike.
func (s *Server) proven(ctx context.Context, name, password string) (store.Account, error) {
	subject := "login:" + strings.ToLower(name)
	now := s.cfg.Clock.Real()
	account, err := s.cfg.Store.AccountByLogin(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		account, err = s.cfg.Store.AccountByID(ctx, name)
	}
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return account, err
	}
	// Demo accounts have no password and nothing to guess.
	demo := s.cfg.Dev && !unknown && account.PasswordHash == ""
	if !demo {
		if s.cfg.NoPasswords {
			return account, problem(CodeNotPermitted, "本系统不用密码登录，请用统一身份认证", "passwords are closed here; sign in through the provider").at("/password").want("the provider", "a password")
		}
		allowed, until, err := s.cfg.Store.Attempts(ctx, subject, loginGuesses, guessWindow, now)
		if err != nil {
			return account, err
		}
		if !allowed {
			return account, tooMany(retryAfter(until, now))
		}
		// An unknown account costs the same time as a wrong password.
		if !CheckPassword(account.PasswordHash, password) || unknown {
			return account, badLogin()
		}
		if err := s.cfg.Store.ForgetAttempts(ctx, subject); err != nil {
			return account, err
		}
	}
	if !account.Active {
		return account, badLogin()
	}
	return account, nil
}

// open begins a session and gives its token.
func (s *Server) open(ctx context.Context, account, org string) (token string, expires time.Time, err error) {
	token, expires = rand.Text()+rand.Text(), s.cfg.Clock.Real().Add(s.cfg.SessionLife)
	return token, expires, s.cfg.Store.PutSession(ctx, token, account, org, expires)
}

// sessionSweep is how often sessions that have ended are removed.
const sessionSweep = 10 * time.Minute

func (s *Server) sessionLoop(ctx context.Context) {
	tick := time.NewTicker(sessionSweep)
	defer tick.Stop()
	for {
		_, err := s.cfg.Store.DropExpiredSessions(ctx, s.cfg.Clock.Real())
		s.fault("sessions", err)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func badLogin() *Problem {
	return problem(CodeBadLogin, "账号或密码不正确", "the account or the password is wrong").at("/account")
}

// chosenOrg is the organisation a login is for. Who has to choose is told by name.
func (s *Server) chosenOrg(ctx context.Context, a store.Account, asked string) (string, error) {
	orgs := orgsOf(a)
	var p *Problem
	switch {
	case asked != "" && slices.Contains(orgs, asked):
		return asked, nil
	case asked == "" && len(orgs) == 1:
		return orgs[0], nil
	case asked == "" && len(orgs) == 0:
		return "", problem(CodeNotPermitted, "该账号没有任何岗位", "the account has no role in any organisation").at("/account").want("a role", "none")
	case asked == "":
		p = problem(CodeBadRequest, "该账号在多个单位有岗位，请选择以哪个单位的身份登录", "the account has roles in several organisations; choose the one to act for").
			at("/org").want("one of "+strings.Join(orgs, ", "), "none")
	default:
		p = problem(CodeNotPermitted, "该账号在所选单位没有岗位", "the account has no role in the organisation named").at("/org").want(strings.Join(orgs, ", "), "another organisation")
	}
	views, err := s.orgViews(ctx, a)
	if err != nil {
		return "", err
	}
	p.Orgs = views
	return "", p
}

// orgViews are the organisations an account may act for, by name.
func (s *Server) orgViews(ctx context.Context, a store.Account) ([]gen.AccountOrg, error) {
	names, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	var views []gen.AccountOrg
	for _, code := range orgsOf(a) {
		views = append(views, gen.AccountOrg{Org: code, OrgName: names[code].Name, Roles: rolesIn(a, code)})
	}
	return views, nil
}

// orgsOf are the organisations an account has roles in.
func orgsOf(a store.Account) []string {
	var orgs []string
	for _, r := range a.Roles {
		if !slices.Contains(orgs, r.Org) {
			orgs = append(orgs, r.Org)
		}
	}
	return orgs
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

// sessionView is an account as its own session shows it: with every organisation
// it may act for.
func (s *Server) sessionView(ctx context.Context, a store.Account, org string) (gen.Account, error) {
	view, err := s.accountView(ctx, store.Session{Account: a.ID, Login: a.Login, Name: a.Name, Org: org, Roles: rolesIn(a, org)})
	if err != nil {
		return view, err
	}
	view.Orgs, err = s.orgViews(ctx, a)
	return view, err
}

// Whoami implements GET /v1/session.
func (s *Server) Whoami(ctx context.Context, _ gen.WhoamiRequestObject) (gen.WhoamiResponseObject, error) {
	session := official(ctx).session
	account, err := s.cfg.Store.AccountByID(ctx, session.Account)
	if err != nil {
		return nil, err
	}
	view, err := s.sessionView(ctx, account, session.Org)
	return gen.Whoami200JSONResponse(view), err
}

// ChangeSession implements PUT /v1/session.
func (s *Server) ChangeSession(ctx context.Context, req gen.ChangeSessionRequestObject) (gen.ChangeSessionResponseObject, error) {
	c := official(ctx)
	account, err := s.cfg.Store.AccountByID(ctx, c.session.Account)
	if err != nil {
		return nil, err
	}
	org, err := s.chosenOrg(ctx, account, req.Body.Org)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Store.MoveSession(ctx, c.token, org); err != nil {
		return nil, err
	}
	view, err := s.sessionView(ctx, account, org)
	return gen.ChangeSession200JSONResponse(view), err
}

// Logout implements DELETE /v1/session.
func (s *Server) Logout(ctx context.Context, _ gen.LogoutRequestObject) (gen.LogoutResponseObject, error) {
	return loggedOut{s.browser.gone()}, s.cfg.Store.EndSession(ctx, official(ctx).token)
}

// ListWays implements GET /v1/session/ways.
func (s *Server) ListWays(ctx context.Context, _ gen.ListWaysRequestObject) (gen.ListWaysResponseObject, error) {
	out := gen.ListWays200JSONResponse{Password: !s.cfg.NoPasswords, Demo: []gen.Account{}}
	if p := s.provider; p != nil {
		out.Provider = gen.WayProvider{Name: calendar.Text{ZH: p.cfg.Zh, EN: p.cfg.En}, Url: providerPath, Logout: providerPath + "/logout"}
	}
	if s.cfg.Dev {
		var err error
		if out.Demo, err = s.demoAccounts(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ListAccounts implements GET /v1/accounts: one entry per account and organisation.
func (s *Server) ListAccounts(ctx context.Context, _ gen.ListAccountsRequestObject) (gen.ListAccountsResponseObject, error) {
	list, err := s.demoAccounts(ctx)
	return gen.ListAccounts200JSONResponse{Accounts: list}, err
}

// demoAccounts are those one logs into without a password.
func (s *Server) demoAccounts(ctx context.Context) ([]gen.Account, error) {
	accounts, err := s.cfg.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := []gen.Account{}
	for _, a := range accounts {
		if !a.Active || a.PasswordHash != "" {
			continue
		}
		for _, org := range orgsOf(a) {
			view, err := s.accountView(ctx, store.Session{Account: a.ID, Login: a.Login, Name: a.Name, Org: org, Roles: rolesIn(a, org)})
			if err != nil {
				return nil, err
			}
			out = append(out, view)
		}
	}
	return out, nil
}
