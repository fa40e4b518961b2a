package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"lianban/api/gen"
	"lianban/engine/definition"
	"lianban/store"
)

// Whether a person has a password.
const (
	passwordNone      gen.PersonPassword = "none"
	passwordTemporary gen.PersonPassword = "temporary"
	passwordOwn       gen.PersonPassword = "own"
)

// personView shows a person; what only administrators need is left out for others.
func (s *Server) personView(ctx context.Context, a *store.Account) (gen.Person, error) {
	orgs, err := s.catalogue.organisations(ctx)
	p := gen.Person{Id: a.ID, Login: a.Login, Name: a.Name, Post: a.Post, Active: a.Active, Roles: []gen.AccountOrg{}}
	for _, org := range orgsOf(*a) {
		p.Roles = append(p.Roles, gen.AccountOrg{Org: org, OrgName: orgs[org].Name, Roles: rolesIn(*a, org)})
	}
	if !contains(official(ctx).session.Roles, RoleAdmin) {
		return p, err
	}
	p.External, p.Revision, p.Password = a.External, a.Revision, passwordNone
	switch {
	case a.PasswordTemporary:
		p.Password = passwordTemporary
	case a.PasswordHash != "":
		p.Password = passwordOwn
	}
	return p, err
}

// ListPeople implements GET /v1/people.
func (s *Server) ListPeople(ctx context.Context, r gen.ListPeopleRequestObject) (gen.ListPeopleResponseObject, error) {
	f := store.PersonFilter{Text: clean(r.Params.Q), Org: r.Params.Org, Below: r.Params.Below, Role: r.Params.Role, Active: true}
	if contains(official(ctx).session.Roles, RoleAdmin) {
		f.Active = r.Params.Active == "true"
		f.Closed = r.Params.Active == "false"
	}
	list, next, err := s.cfg.Store.People(ctx, f, store.Page{After: store.Cursor(r.Params.Cursor), Limit: r.Params.Limit})
	if err != nil {
		return nil, err
	}
	out := gen.ListPeople200JSONResponse{People: make([]gen.Person, len(list)), Next: string(next)}
	for i := range list {
		if out.People[i], err = s.personView(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func noPerson(where string) *Problem {
	return noEntry(where, "没有这个人员", "there is no such person")
}

// GetPerson implements GET /v1/people/{id}.
func (s *Server) GetPerson(ctx context.Context, r gen.GetPersonRequestObject) (gen.GetPersonResponseObject, error) {
	a, err := s.colleagueNamed(ctx, r.Id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noPerson("id")
	}
	if err != nil {
		return nil, err
	}
	view, err := s.personView(ctx, &a)
	if err != nil {
		return nil, err
	}
	desks, err := s.cfg.Store.DesksOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	out := gen.GetPerson200JSONResponse{Person: view, Desks: []gen.Desk{}}
	for org, n := range desks {
		out.Desks = append(out.Desks, gen.Desk{Org: org, OrgName: orgs[org].Name, Cases: n})
	}
	slices.SortFunc(out.Desks, func(a, b gen.Desk) int { return strings.Compare(a.Org, b.Org) })
	return out, err
}

// personOf is the person a change asks for.
func personOf(b *gen.PersonChange, before *store.Account) (store.Account, *Problem) {
	var a store.Account
	if before != nil {
		a = *before
	}
	a.Login, a.Name, a.Post, a.External, a.Active = b.Login, clean(b.Name), clean(b.Post), clean(b.External), b.Active
	if a.Name == "" {
		return a, badEntry("/name", "姓名不能为空", "the name is empty", "a name", "blank")
	}
	a.Roles = nil
	for i, r := range b.Roles {
		role := store.Role{Org: r.Org, Role: r.Role}
		if !slices.Contains(definition.Roles, r.Role) {
			return a, badEntry(fmt.Sprintf("/roles/%d/role", i), "没有这个岗位", "there is no such role", strings.Join(definition.Roles, ", "), "another word")
		}
		if !slices.Contains(a.Roles, role) {
			a.Roles = append(a.Roles, role)
		}
	}
	slices.SortFunc(a.Roles, func(x, y store.Role) int {
		if c := strings.Compare(x.Org, y.Org); c != 0 {
			return c
		}
		return strings.Compare(x.Role, y.Role)
	})
	return a, nil
}

// CreatePerson implements POST /v1/people.
func (s *Server) CreatePerson(ctx context.Context, r gen.CreatePersonRequestObject) (gen.CreatePersonResponseObject, error) {
	next, refusal := personOf(r.Body, nil)
	if refusal != nil {
		return nil, refusal
	}
	next.ID = "p" + strings.ReplaceAll(uuid.NewSHA1(keySpace, []byte("person\x00"+r.Params.IdempotencyKey)).String(), "-", "")
	err := s.administer(ctx, func(reg *store.Registry) error {
		have, err := reg.Account(ctx, next.ID)
		switch {
		case err == nil && have.Login == next.Login && have.Name == next.Name:
			next = have
			return nil // said before
		case err == nil:
			return store.ErrKeyReused
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if err := s.allowedRoles(ctx, reg, nil, &next); err != nil {
			return err
		}
		next, err = reg.WriteAccount(ctx, "create", nil, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	view, err := s.personView(ctx, &next)
	return gen.CreatePerson201JSONResponse(view), err
}

// ChangePerson implements PUT /v1/people/{id}.
func (s *Server) ChangePerson(ctx context.Context, r gen.ChangePersonRequestObject) (gen.ChangePersonResponseObject, error) {
	var next store.Account
	err := s.administer(ctx, func(reg *store.Registry) error {
		before, err := s.personIn(ctx, reg, r.Id)
		if err != nil {
			return err
		}
		var refusal *Problem
		if next, refusal = personOf(r.Body, &before); refusal != nil {
			return refusal
		}
		if samePerson(&before, &next) {
			return nil // said before
		}
		if before.Revision != r.Body.Revision {
			return changedMeanwhile("/revision", before.Revision, r.Body.Revision)
		}
		if err := s.allowedRoles(ctx, reg, &before, &next); err != nil {
			return err
		}
		if err := s.clearDesk(ctx, reg, &before, &next); err != nil {
			return err
		}
		act := "change"
		switch {
		case before.Active && !next.Active:
			act = "disable"
		case !before.Active && next.Active:
			act = "enable"
		}
		next, err = reg.WriteAccount(ctx, act, &before, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	view, err := s.personView(ctx, &next)
	return gen.ChangePerson200JSONResponse(view), err
}

func (s *Server) personIn(ctx context.Context, reg *store.Registry, name string) (store.Account, error) {
	a, err := reg.AccountByLogin(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		a, err = reg.Account(ctx, name)
	}
	if errors.Is(err, store.ErrNotFound) {
		return a, noPerson("id")
	}
	return a, err
}

func samePerson(a, b *store.Account) bool {
	return a.Login == b.Login && a.Name == b.Name && a.Post == b.Post && a.External == b.External && a.Active == b.Active && slices.Equal(a.Roles, b.Roles)
}

// allowedRoles refuses roles in organisations that are not open, a change of one's
// own, and one that would leave nobody to administer.
func (s *Server) allowedRoles(ctx context.Context, reg *store.Registry, before, next *store.Account) error {
	for _, r := range next.Roles {
		if before != nil && slices.Contains(before.Roles, r) {
			continue
		}
		if _, err := openOrganisation(ctx, reg, r.Org, "/roles", s.today()); err != nil {
			return err
		}
	}
	if before == nil || before.Active == next.Active && slices.Equal(before.Roles, next.Roles) {
		return nil
	}
	if before.ID == official(ctx).session.Account {
		return problem(CodeNotPermitted, "不能改变自己的岗位或停用自己，请由另一管理员办理", "nobody changes his own roles or disables himself; another administrator does").
			at("/roles").want("another person", "oneself")
	}
	if administers(before) && !administers(next) {
		n, err := reg.OtherAdministrators(ctx, before.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem(CodeInUse, "这是最后一名管理员，先给另一人该岗位", "this is the last administrator; give the role to somebody else first").
				at("/roles").want("another administrator", "none")
		}
	}
	return nil
}

func administers(a *store.Account) bool {
	return a.Active && slices.ContainsFunc(a.Roles, func(r store.Role) bool { return r.Role == RoleAdmin })
}

// clearDesk refuses to take somebody from an organisation in which he has something
// to do: cases would wait for him.
func (s *Server) clearDesk(ctx context.Context, reg *store.Registry, before, next *store.Account) error {
	left := orgsOf(*before)
	if next.Active {
		staying := orgsOf(*next)
		left = slices.DeleteFunc(left, func(org string) bool { return slices.Contains(staying, org) })
	}
	if len(left) == 0 || !before.Active {
		return nil
	}
	desks, err := reg.DesksOf(ctx, before.ID)
	if err != nil {
		return err
	}
	for _, org := range left {
		if n := desks[org]; n > 0 {
			return problem(CodeInUse, "该人员在单位 %[1]s 还有 %[2]d 件在办，先把在办事项移交给同事：由本人或该单位审核、批准、负责人办理移交",
				"the person has something to do in %[2]d cases of organisation %[1]s: his desk has to be handed over to a colleague first, by himself or who checks, approves or heads there", org, n).
				at("/roles").want("an empty desk", fmt.Sprintf("%d cases", n))
		}
	}
	return nil
}

// ResetPassword implements POST /v1/people/{id}/password.
func (s *Server) ResetPassword(ctx context.Context, r gen.ResetPasswordRequestObject) (gen.ResetPasswordResponseObject, error) {
	password := NewPassword()
	hash := HashPassword(password) // before the lock: it takes time on purpose
	var next store.Account
	err := s.administer(ctx, func(reg *store.Registry) error {
		before, err := s.personIn(ctx, reg, r.Id)
		if err != nil {
			return err
		}
		if before.ID == official(ctx).session.Account {
			return problem(CodeNotPermitted, "自己的密码用“修改密码”办理", "one's own password is changed by PUT /v1/session/password").at("id").want("another person", "oneself")
		}
		next = before
		next.PasswordHash, next.PasswordTemporary = hash, true
		next, err = reg.WriteAccount(ctx, "reset-password", &before, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	// Whoever guessed before guesses at another password now.
	if err := s.cfg.Store.ForgetAttempts(ctx, "login:"+next.Login); err != nil {
		return nil, err
	}
	return gen.ResetPassword200JSONResponse{Password: password, Revision: next.Revision}, nil
}

// NewPassword makes a temporary password: 80 random bits that can be read out.
func NewPassword() string {
	t := strings.ToLower(rand.Text()[:16])
	return strings.Join([]string{t[:4], t[4:8], t[8:12], t[12:]}, "-")
}

// ChangePassword implements PUT /v1/session/password.
func (s *Server) ChangePassword(ctx context.Context, r gen.ChangePasswordRequestObject) (gen.ChangePasswordResponseObject, error) {
	c := official(ctx)
	account, err := s.cfg.Store.AccountByID(ctx, c.session.Account)
	if err != nil {
		return nil, err
	}
	if account.PasswordHash == "" {
		return nil, problem(CodeNotPermitted, "该账号没有密码", "this account has no password").at("/password").want("an account with a password", "one without")
	}
	if account, err = s.proven(ctx, account.Login, r.Body.Password); err != nil {
		return nil, err
	}
	if err := s.replacePassword(ctx, account, r.Body.Password, r.Body.Next); err != nil {
		return nil, err
	}
	return gen.ChangePassword204Response{}, s.cfg.Store.EndOtherSessions(ctx, account.ID, c.token)
}

// replacePassword gives an account a password of its own.
func (s *Server) replacePassword(ctx context.Context, a store.Account, now, next string) error {
	if now == next {
		return badEntry("/next", "新密码不能与现密码相同", "the new password is the one it has", "another password", "the same")
	}
	hash := HashPassword(next)
	return s.cfg.Store.Administer(ctx, store.Administrator{Account: a.ID, At: s.cfg.Clock.Now()}, func(reg *store.Registry) error {
		before, err := reg.Account(ctx, a.ID)
		if err != nil {
			return err
		}
		if before.PasswordHash != a.PasswordHash {
			return badLogin() // set anew meanwhile
		}
		changed := before
		changed.PasswordHash, changed.PasswordTemporary = hash, false
		_, err = reg.WriteAccount(ctx, "change-password", &before, changed)
		return err
	})
}

var (
	orgPattern    = regexp.MustCompile(`^[a-z][a-z0-9-]{1,49}$`)
	loginPattern  = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)
	regionPattern = regexp.MustCompile(`^[0-9]{6,12}$`)
)

// ValidLogin, ValidOrganisation, ValidRegion and ValidOrganisationKind say whether
// a name is formed as the document asks, for those who write without it.
func ValidLogin(s string) bool { return loginPattern.MatchString(s) }

// ValidOrganisation: see ValidLogin.
func ValidOrganisation(s string) bool { return orgPattern.MatchString(s) }

// ValidRegion: see ValidLogin.
func ValidRegion(s string) bool { return regionPattern.MatchString(s) }

// ValidOrganisationKind: see ValidLogin.
func ValidOrganisationKind(s string) bool { return gen.OrgKind(s).Valid() }
