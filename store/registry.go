package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// Administrator is who changes the directory, and when.
type Administrator struct {
	Account string // Console: on the server itself
	Org     string
	At      time.Time
}

// Console stands for somebody who works on the server itself, with access to the database.
const Console = "console"

// Kinds of what administrators change.
const (
	KindOrganisation = "organisation"
	KindPerson       = "person"
	KindParty        = "party"
	KindWindow       = "window"
)

// Registry is the directory inside one change of it: nobody else changes it meanwhile, and every
// write is on the audit.
type Registry struct {
	q  *dbsqlc.Queries
	tx pgx.Tx
	by Administrator
}

// Administer runs work on the directory as one transaction, one administrator after the other, and
// then tells every process. The error of work is given back as it is, and nothing is written.
func (s *Store) Administer(ctx context.Context, by Administrator, work func(*Registry) error) error {
	if err := s.Audited(ctx, by, work); err != nil {
		return err
	}
	return s.Notify(ctx, TopicCatalogue)
}

// Audited is Administer for what is on the same audit and is no part of the directory: no process needs to be told.
func (s *Store) Audited(ctx context.Context, by Administrator, work func(*Registry) error) error {
	var refused error
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		r := &Registry{q: s.q.WithTx(tx), tx: tx, by: by}
		if err := r.q.LockAdministration(ctx); err != nil {
			return wrap("administer", err)
		}
		refused = work(r)
		return refused
	})
	if refused != nil {
		return refused
	}
	return wrap("administer", err)
}

// note appends a change to the audit; nil: there was nothing before, or is nothing after.
func (r *Registry) note(ctx context.Context, kind, subject, act string, before, after any) error {
	p := dbsqlc.PutAdminChangeParams{At: r.by.At.Truncate(time.Microsecond), Account: r.by.Account, Org: r.by.Org, Kind: kind, Subject: subject, Act: act}
	for _, x := range []struct {
		to *[]byte
		v  any
	}{{&p.Before, before}, {&p.After, after}} {
		if x.v == nil {
			continue
		}
		b, err := json.Marshal(x.v)
		if err != nil {
			return err
		}
		*x.to = b
	}
	_, err := r.q.PutAdminChange(ctx, p)
	return wrap("audit of administration", err)
}

// KindExport is a table that was taken out, on the audit; the subject is what is in it.
const KindExport = "export"

// NoteExport puts on the audit what is about to be taken out, and how it was chosen.
func (r *Registry) NoteExport(ctx context.Context, what string, asked map[string]any) error {
	return r.note(ctx, KindExport, what, "export", nil, asked)
}

// Organisations are all, by region and code.
func (r *Registry) Organisations(ctx context.Context) ([]Organisation, error) {
	rows, err := r.q.Organisations(ctx)
	out := make([]Organisation, len(rows))
	for i, x := range rows {
		out[i] = organisation(x)
	}
	return out, wrap("organisations", err)
}

// Organisation gives one (ErrNotFound).
func (r *Registry) Organisation(ctx context.Context, code string) (Organisation, error) {
	x, err := r.q.Organisation(ctx, code)
	return organisation(x), wrap("organisation", err)
}

// organisationRecord is an organisation on the audit.
type organisationRecord struct {
	Name       string `json:"name"`
	NameEn     string `json:"nameEn,omitempty"`
	CreditCode string `json:"creditCode,omitempty"`
	Kind       string `json:"kind"`
	Region     string `json:"region"`
	Parent     string `json:"parent,omitempty"`
	Mark       string `json:"mark,omitempty"`
	ClosedOn   string `json:"closedOn,omitempty"`
}

func recordOfOrganisation(o *Organisation) any {
	if o == nil {
		return nil
	}
	rec := organisationRecord{o.Name, o.NameEn, o.CreditCode, o.Kind, o.Region, o.Parent, o.Mark, ""}
	if o.ClosedOn != 0 {
		rec.ClosedOn = o.ClosedOn.String()
	}
	return rec
}

// PutOrganisation writes an organisation over what it was (nil: it is new) and gives its revision.
func (r *Registry) PutOrganisation(ctx context.Context, act string, before *Organisation, o Organisation) (Organisation, error) {
	o.Revision = 1
	if before != nil {
		o.Revision = before.Revision + 1
	}
	p := dbsqlc.WriteOrganisationParams{
		Code: o.Code, CreditCode: o.CreditCode, Name: o.Name, NameEn: o.NameEn, Region: o.Region, Kind: o.Kind, Mark: o.Mark,
		ClosedOn: dateOrNull(o.ClosedOn), Revision: o.Revision,
	}
	if o.Parent != "" {
		p.Parent = &o.Parent
	}
	if err := r.q.WriteOrganisation(ctx, p); err != nil {
		return o, wrap("write organisation", err)
	}
	return o, r.note(ctx, KindOrganisation, o.Code, act, recordOfOrganisation(before), recordOfOrganisation(&o))
}

// OrganisationUse is what an organisation is needed for.
type OrganisationUse struct{ Below, Parties, Windows, Tasks, People int64 }

// OrganisationUse counts what an organisation is needed for from a day on.
func (r *Registry) OrganisationUse(ctx context.Context, code string, day calendar.Date) (OrganisationUse, error) {
	return organisationUse(ctx, r.q, code, day)
}

// OrganisationUse counts what an organisation is needed for from a day on.
func (s *Store) OrganisationUse(ctx context.Context, code string, day calendar.Date) (OrganisationUse, error) {
	return organisationUse(ctx, s.q, code, day)
}

func organisationUse(ctx context.Context, q *dbsqlc.Queries, code string, day calendar.Date) (OrganisationUse, error) {
	x, err := q.OrganisationUse(ctx, dbsqlc.OrganisationUseParams{Code: code, Day: date(day)})
	return OrganisationUse{x.Below, x.Parties, x.Windows, x.Tasks, x.People}, wrap("use of organisation", err)
}

// Account gives a person with his roles (ErrNotFound).
func (r *Registry) Account(ctx context.Context, id string) (Account, error) {
	x, err := r.q.AccountByID(ctx, id)
	return withRoles(ctx, r.q, x, err)
}

// AccountByLogin gives a person with his roles (ErrNotFound).
func (r *Registry) AccountByLogin(ctx context.Context, login string) (Account, error) {
	x, err := r.q.AccountByLogin(ctx, login)
	return withRoles(ctx, r.q, x, err)
}

// AccountByExternal gives the person an outside provider knows by a name (ErrNotFound).
func (r *Registry) AccountByExternal(ctx context.Context, name string) (Account, error) {
	x, err := r.q.AccountByExternal(ctx, name)
	return withRoles(ctx, r.q, x, err)
}

// OtherAdministrators counts the active administrators besides one.
func (r *Registry) OtherAdministrators(ctx context.Context, but string) (int64, error) {
	n, err := r.q.OtherAdministrators(ctx, but)
	return n, wrap("administrators", err)
}

// DesksOf says in how many cases of which organisations somebody has something to do.
func (r *Registry) DesksOf(ctx context.Context, account string) (map[string]int64, error) {
	return desksOf(ctx, r.q, account)
}

// DesksOf says in how many cases of which organisations somebody has something to do.
func (s *Store) DesksOf(ctx context.Context, account string) (map[string]int64, error) {
	return desksOf(ctx, s.q, account)
}

func desksOf(ctx context.Context, q *dbsqlc.Queries, account string) (map[string]int64, error) {
	rows, err := q.DesksOf(ctx, account)
	out := make(map[string]int64, len(rows))
	for _, x := range rows {
		out[x.Org] = x.Cases
	}
	return out, wrap("desks", err)
}

// personRecord is a person on the audit. That a password was set is an act of its own; what it is, is nowhere.
type personRecord struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Post     string   `json:"post,omitempty"`
	External string   `json:"external,omitempty"`
	Active   bool     `json:"active"`
	Roles    []string `json:"roles"` // organisation:role
}

func recordOfAccount(a *Account) any {
	if a == nil {
		return nil
	}
	rec := personRecord{a.Login, a.Name, a.Post, a.External, a.Active, make([]string, len(a.Roles))}
	for i, x := range a.Roles {
		rec.Roles[i] = x.Org + ":" + x.Role
	}
	return rec
}

// WriteAccount writes a person over what he was (nil: he is new), and ends his sessions when he is not
// active any more or his password was set by somebody else.
func (r *Registry) WriteAccount(ctx context.Context, act string, before *Account, a Account) (Account, error) {
	a.Revision = 1
	if before != nil {
		a.Revision = before.Revision + 1
	}
	p := dbsqlc.WriteAccountParams{
		ID: a.ID, Login: a.Login, Name: a.Name, Initials: Initials(a.Name), Post: a.Post, External: a.External,
		PasswordTemporary: a.PasswordTemporary, Active: a.Active, Revision: a.Revision,
	}
	if a.PasswordHash != "" {
		p.PasswordHash = &a.PasswordHash
	}
	err := r.q.WriteAccount(ctx, p)
	if err == nil {
		err = r.q.DropRoles(ctx, a.ID)
	}
	for _, x := range a.Roles {
		if err == nil {
			err = r.q.PutRole(ctx, dbsqlc.PutRoleParams{Account: a.ID, Org: x.Org, Role: x.Role})
		}
	}
	if err == nil && (!a.Active || a.PasswordTemporary) {
		err = r.q.EndSessions(ctx, a.ID)
	}
	if err != nil {
		return a, wrap("write account", err)
	}
	return a, r.note(ctx, KindPerson, a.ID, act, recordOfAccount(before), recordOfAccount(&a))
}

// EndSessions logs a person out everywhere.
func (r *Registry) EndSessions(ctx context.Context, account string) error {
	return wrap("end sessions", r.q.EndSessions(ctx, account))
}

// PartyEntries are the entries of a party of an item in a region, oldest first.
func (r *Registry) PartyEntries(ctx context.Context, item, party, region string) ([]PartyOrg, error) {
	rows, err := r.q.PartyEntries(ctx, dbsqlc.PartyEntriesParams{Item: item, Party: party, Region: region})
	out := make([]PartyOrg, len(rows))
	for i, x := range rows {
		out[i] = partyOrg(x)
	}
	return out, wrap("parties", err)
}

type partyRecord struct {
	Org   string `json:"org"`
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

func recordOfParty(p *PartyOrg) any {
	if p == nil {
		return nil
	}
	rec := partyRecord{Org: p.Org}
	if p.From != 0 {
		rec.From = p.From.String()
	}
	if p.Until != 0 {
		rec.Until = p.Until.String()
	}
	return rec
}

// WriteParty writes an entry over what it was (nil: it is new).
func (r *Registry) WriteParty(ctx context.Context, act string, before *PartyOrg, p PartyOrg) (PartyOrg, error) {
	p.Revision = 2 // somebody's own: what comes with the program leaves it alone
	if before != nil {
		p.Revision = before.Revision + 1
	}
	row := dbsqlc.WritePartyOrgParams{Item: p.Item, Party: p.Party, Region: p.Region, Org: p.Org, FromDay: firstDay, UntilDay: lastDay, Revision: p.Revision}
	if p.From != 0 {
		row.FromDay = date(p.From)
	}
	if p.Until != 0 {
		row.UntilDay = date(p.Until)
	}
	if err := r.q.WritePartyOrg(ctx, row); err != nil {
		return p, wrap("write party", err)
	}
	return p, r.note(ctx, KindParty, partySubject(&p), act, recordOfParty(before), recordOfParty(&p))
}

// DropParty removes an entry that has not begun.
func (r *Registry) DropParty(ctx context.Context, p PartyOrg) error {
	err := r.q.DropPartyOrg(ctx, dbsqlc.DropPartyOrgParams{Item: p.Item, Party: p.Party, Region: p.Region, FromDay: date(p.From)})
	if err != nil {
		return wrap("drop party", err)
	}
	return r.note(ctx, KindParty, partySubject(&p), "drop", recordOfParty(&p), nil)
}

func partySubject(p *PartyOrg) string { return p.Item + "/" + p.Party + "/" + p.Region }

// Window is a window of a hall.
type Window struct {
	ID, Hall     string
	Name, NameEn string
	// Fallback takes everything no other open window of the hall names.
	Fallback bool
	Closed   bool
	Items    []string // of the catalogue, sorted
	Clerks   []string // accounts, sorted
	Revision int64
}

// Windows lists the windows of a hall ("": of all).
func (r *Registry) Windows(ctx context.Context, hall string) ([]Window, error) {
	return windows(ctx, r.q, hall)
}

// Windows lists the windows of a hall ("": of all).
func (s *Store) Windows(ctx context.Context, hall string) ([]Window, error) {
	return windows(ctx, s.q, hall)
}

func windows(ctx context.Context, q *dbsqlc.Queries, hall string) ([]Window, error) {
	rows, err := q.Windows(ctx, hall)
	out := make([]Window, len(rows))
	for i, x := range rows {
		out[i] = Window{x.ID, x.Hall, x.Name, x.NameEn, x.Fallback, x.Closed, x.Items, x.Clerks, x.Revision}
	}
	return out, wrap("windows", err)
}

type windowRecord struct {
	Hall     string   `json:"hall"`
	Name     string   `json:"name"`
	NameEn   string   `json:"nameEn,omitempty"`
	Fallback bool     `json:"fallback"`
	Closed   bool     `json:"closed,omitempty"`
	Items    []string `json:"items"`
	Clerks   []string `json:"clerks"`
}

func recordOfWindow(w *Window) any {
	if w == nil {
		return nil
	}
	return windowRecord{w.Hall, w.Name, w.NameEn, w.Fallback, w.Closed, w.Items, w.Clerks}
}

// WriteWindow writes a window over what it was (nil: it is new).
func (r *Registry) WriteWindow(ctx context.Context, act string, before *Window, w Window) (Window, error) {
	w.Revision = 1
	if before != nil {
		w.Revision = before.Revision + 1
	}
	err := r.q.WriteWindow(ctx, dbsqlc.WriteWindowParams{ID: w.ID, Hall: w.Hall, Name: w.Name, NameEn: w.NameEn, Fallback: w.Fallback, Closed: w.Closed, Revision: w.Revision})
	if err == nil {
		err = errors.Join(r.q.DropWindowItems(ctx, w.ID), r.q.DropWindowClerks(ctx, w.ID))
	}
	if err == nil {
		err = r.q.PutWindowItems(ctx, dbsqlc.PutWindowItemsParams{Win: w.ID, Items: w.Items})
	}
	if err == nil {
		err = r.q.PutWindowClerks(ctx, dbsqlc.PutWindowClerksParams{Win: w.ID, Accounts: w.Clerks})
	}
	if err != nil {
		return w, wrap("write window", err)
	}
	return w, r.note(ctx, KindWindow, w.ID, act, recordOfWindow(before), recordOfWindow(&w))
}

// AdminChange is one change an administrator made.
type AdminChange struct {
	ID            int64
	At            time.Time
	Account, Org  string
	Kind, Subject string
	Act           string
	Before, After json.RawMessage // nil: there was nothing, there is nothing
}

// AdminFilter chooses changes; what is empty is not asked.
type AdminFilter struct{ Kind, Subject, Account string }

// AdminChanges lists changes, the newest first, before an id (0: from the end).
func (s *Store) AdminChanges(ctx context.Context, f AdminFilter, before int64, limit int) ([]AdminChange, error) {
	var c conditions
	c.sql = append(c.sql, "true"...)
	if f.Kind != "" {
		c.and("kind = ?", f.Kind)
	}
	if f.Subject != "" {
		c.and("subject = ?", f.Subject)
	}
	if f.Account != "" {
		c.and("account = ?", f.Account)
	}
	if before > 0 {
		c.and("id < ?", before)
	}
	rows, err := s.pool.Query(ctx, "SELECT id, at, account, org, kind, subject, act, before, after FROM admin_change WHERE "+string(c.sql)+
		" ORDER BY id DESC LIMIT "+c.arg(cmp.Or(limit, 50)), c.args...)
	if err != nil {
		return nil, wrap("changes of administration", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x AdminChange, err error) {
		var b, a []byte
		err = row.Scan(&x.ID, &x.At, &x.Account, &x.Org, &x.Kind, &x.Subject, &x.Act, &b, &a)
		x.At, x.Before, x.After = x.At.UTC(), b, a
		return x, err
	})
	return out, wrap("changes of administration", err)
}

// PersonFilter chooses people; what is empty is not asked.
type PersonFilter struct {
	// Text is part of a name, the beginning of a login, or pinyin initials.
	Text string
	Org  string
	// Below takes in who works in organisations below Org.
	Below bool
	Role  string
	// Active keeps those who can log in, Closed those who cannot.
	Active, Closed bool
}

// People lists people with their roles by the initials of their names, and the cursor of the next page.
func (s *Store) People(ctx context.Context, f PersonFilter, page Page) ([]Account, Cursor, error) {
	const list = "people"
	at, more, err := page.After.place(list, 2)
	if err != nil {
		return nil, "", err
	}
	var c conditions
	c.sql = append(c.sql, "true"...)
	if more {
		c.and("(a.initials, a.id) > (?, ?)", at.Names[0], at.Names[1])
	}
	if f.Text != "" {
		text := c.arg(f.Text)
		c.and("(position(lower(" + text + ") IN lower(a.name)) > 0 OR starts_with(a.login, lower(" + text + ")) OR position(' ' || lower(" + text + ") IN ' ' || a.initials) > 0)")
	}
	if f.Active {
		c.and("a.active")
	}
	if f.Closed {
		c.and("NOT a.active")
	}
	if f.Org != "" || f.Role != "" {
		sql, args := "EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.id", []any{}
		if f.Org != "" && f.Below {
			sql, args = sql+" AND r.org IN (SELECT org_below(?))", append(args, f.Org)
		} else if f.Org != "" {
			sql, args = sql+" AND r.org = ?", append(args, f.Org)
		}
		if f.Role != "" {
			sql, args = sql+" AND r.role = ?", append(args, f.Role)
		}
		c.and(sql+")", args...)
	}
	rows, err := s.pool.Query(ctx, "SELECT a.* FROM account a WHERE "+string(c.sql)+" ORDER BY a.initials, a.id LIMIT "+c.arg(page.limit()), c.args...)
	if err != nil {
		return nil, "", wrap("people", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[dbsqlc.Account])
	if err != nil {
		return nil, "", wrap("people", err)
	}
	ids := make([]string, len(found))
	for i, x := range found {
		ids[i] = x.ID
	}
	roles, err := s.q.RolesOf(ctx, ids)
	if err != nil {
		return nil, "", wrap("people", err)
	}
	by := map[string][]Role{}
	for _, x := range roles {
		by[x.Account] = append(by[x.Account], Role{Org: x.Org, Role: x.Role})
	}
	out := make([]Account, len(found))
	for i, x := range found {
		out[i] = account(x)
		out[i].Roles = by[x.ID]
	}
	if len(out) < page.limit() {
		return out, "", nil
	}
	end := found[len(found)-1]
	return out, place{List: list, Names: []string{end.Initials, end.ID}}.cursor(), nil
}
