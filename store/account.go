package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/store/dbsqlc"
)

// Account is a person who can log in. ID is opaque; Name is for the screens of colleagues.
type Account struct {
	ID    string
	Login string
	Name  string
	// PasswordHash is the encoded argon2id hash, "" for accounts of an outside identity provider.
	PasswordHash string
	// PasswordTemporary: it was set by somebody else and must be changed at the next login.
	PasswordTemporary bool
	// Post is what he is called in his organisation, External how an outside provider calls him.
	Post, External string
	Revision       int64
	Active         bool
	// Roles are given by AccountByID and AccountByLogin only.
	Roles []Role
}

// Role is what an account may do for an organisation.
type Role struct{ Org, Role string }

// PutAccount adds or changes an account and sets its roles to those given, unless an administrator has changed it:
// then it is his.
func (s *Store) PutAccount(ctx context.Context, a Account) error {
	return wrap("put account", pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		p := dbsqlc.PutAccountParams{ID: a.ID, Login: a.Login, Name: a.Name, Initials: Initials(a.Name), Active: a.Active}
		if a.PasswordHash != "" {
			p.PasswordHash = &a.PasswordHash
		}
		if n, err := q.PutAccount(ctx, p); err != nil || n == 0 {
			return err
		}
		have, err := q.Roles(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, r := range have {
			if err := q.DropRole(ctx, dbsqlc.DropRoleParams(r)); err != nil {
				return err
			}
		}
		for _, r := range a.Roles {
			if err := q.PutRole(ctx, dbsqlc.PutRoleParams{Account: a.ID, Org: r.Org, Role: r.Role}); err != nil {
				return err
			}
		}
		if !a.Active {
			return q.EndSessions(ctx, a.ID)
		}
		return nil
	}))
}

// AccountByID gives an account with its roles (ErrNotFound).
func (s *Store) AccountByID(ctx context.Context, id string) (Account, error) {
	r, err := s.q.AccountByID(ctx, id)
	return withRoles(ctx, s.q, r, err)
}

// AccountByLogin gives an account with its roles (ErrNotFound).
func (s *Store) AccountByLogin(ctx context.Context, login string) (Account, error) {
	r, err := s.q.AccountByLogin(ctx, login)
	return withRoles(ctx, s.q, r, err)
}

// AccountByExternal gives the account an outside provider knows by a name, with its roles (ErrNotFound).
func (s *Store) AccountByExternal(ctx context.Context, name string) (Account, error) {
	r, err := s.q.AccountByExternal(ctx, name)
	return withRoles(ctx, s.q, r, err)
}

func withRoles(ctx context.Context, q *dbsqlc.Queries, r dbsqlc.Account, err error) (Account, error) {
	if err != nil {
		return Account{}, wrap("account", err)
	}
	roles, err := q.Roles(ctx, r.ID)
	a := account(r)
	for _, x := range roles {
		a.Roles = append(a.Roles, Role{Org: x.Org, Role: x.Role})
	}
	return a, wrap("account", err)
}

func account(r dbsqlc.Account) Account {
	a := Account{
		ID: r.ID, Login: r.Login, Name: r.Name, Active: r.Active, PasswordTemporary: r.PasswordTemporary, Post: r.Post, External: r.External,
		Revision: r.Revision,
	}
	if r.PasswordHash != nil {
		a.PasswordHash = *r.PasswordHash
	}
	return a
}

// Accounts lists all accounts with their roles, by login.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := s.q.Accounts(ctx)
	if err != nil {
		return nil, wrap("accounts", err)
	}
	roles, err := s.q.AllRoles(ctx)
	if err != nil {
		return nil, wrap("accounts", err)
	}
	by := map[string][]Role{}
	for _, r := range roles {
		by[r.Account] = append(by[r.Account], Role{Org: r.Org, Role: r.Role})
	}
	out := make([]Account, len(rows))
	for i, r := range rows {
		out[i] = account(r)
		out[i].Roles = by[r.ID]
	}
	return out, nil
}

// AccountNames gives the names of accounts, for screens that show who acted.
func (s *Store) AccountNames(ctx context.Context, ids []string) (map[string]string, error) {
	rows, err := s.q.AccountNames(ctx, ids)
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, wrap("account names", err)
}

// Session is a logged-in person acting for one organisation.
type Session struct {
	Account string
	Login   string
	Name    string
	Org     string
	Roles   []string // in Org, sorted
	Expires time.Time
}

// PutSession opens a session. Only a hash of the token is kept.
func (s *Store) PutSession(ctx context.Context, token, account, org string, expires time.Time) error {
	h := sha256.Sum256([]byte(token))
	return wrap("put session", s.q.PutSession(ctx, dbsqlc.PutSessionParams{TokenHash: h[:], Account: account, Org: org, Expires: expires}))
}

// SessionOf gives the session of a token that has not expired at now, of an account that is active (ErrNotFound).
func (s *Store) SessionOf(ctx context.Context, token string, now time.Time) (Session, error) {
	h := sha256.Sum256([]byte(token))
	r, err := s.q.Session(ctx, dbsqlc.SessionParams{TokenHash: h[:], Now: now})
	return Session{Account: r.Account, Login: r.Login, Name: r.Name, Org: r.Org, Roles: r.Roles, Expires: r.Expires.UTC()}, wrap("session", err)
}

// MoveSession lets a session go on for another organisation.
func (s *Store) MoveSession(ctx context.Context, token, org string) error {
	h := sha256.Sum256([]byte(token))
	return wrap("move session", s.q.MoveSession(ctx, dbsqlc.MoveSessionParams{TokenHash: h[:], Org: org}))
}

// EndSession logs out. It is idempotent.
func (s *Store) EndSession(ctx context.Context, token string) error {
	h := sha256.Sum256([]byte(token))
	return wrap("end session", s.q.EndSession(ctx, h[:]))
}

// EndOtherSessions logs an account out everywhere but where it uses a token.
func (s *Store) EndOtherSessions(ctx context.Context, account, token string) error {
	h := sha256.Sum256([]byte(token))
	return wrap("end sessions", s.q.EndOtherSessions(ctx, dbsqlc.EndOtherSessionsParams{Account: account, TokenHash: h[:]}))
}

// DropExpiredSessions removes what has expired and returns how many.
func (s *Store) DropExpiredSessions(ctx context.Context, now time.Time) (int64, error) {
	n, err := s.q.DropExpiredSessions(ctx, now)
	return n, wrap("drop sessions", err)
}
