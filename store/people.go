package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// Colleagues are the active accounts of an organisation with their roles in it, by name.
func (s *Store) Colleagues(ctx context.Context, org string) ([]engine.Colleague, error) {
	rows, err := s.pool.Query(ctx, `SELECT a.id, r.org, array_agg(r.role ORDER BY r.role) FROM account_role r JOIN account a ON a.id = r.account
		WHERE r.org = $1 AND a.active GROUP BY a.id, a.name, r.org ORDER BY a.name, a.id`, org)
	if err != nil {
		return nil, wrap("colleagues", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c engine.Colleague, err error) {
		return c, row.Scan(&c.ID, &c.Org, &c.Roles)
	})
	return list, wrap("colleagues", err)
}

// Deputy says that somebody stands in for a colleague in an organisation.
type Deputy struct {
	ID      int64
	Org     string
	Account string        // who is away
	Deputy  string        // who acts for him
	From    calendar.Date // inclusive
	Until   calendar.Date // exclusive
	MadeBy  string
	MadeAt  time.Time
}

// PutDeputy records a standing deputy and gives its number.
func (s *Store) PutDeputy(ctx context.Context, d Deputy) (int64, error) {
	id, err := s.q.PutDeputy(ctx, dbsqlc.PutDeputyParams{
		Org: d.Org, Account: d.Account, Deputy: d.Deputy, FromDay: date(d.From), UntilDay: date(d.Until), MadeBy: d.MadeBy, MadeAt: d.MadeAt,
	})
	return id, wrap("put deputy", err)
}

// DeputyByID gives a deputy of an organisation (ErrNotFound).
func (s *Store) DeputyByID(ctx context.Context, org string, id int64) (Deputy, error) {
	r, err := s.q.Deputy(ctx, dbsqlc.DeputyParams{ID: id, Org: org})
	return deputy(r), wrap("deputy", err)
}

// EndDeputy ends a deputy before its time; one that has ended stays as it is.
func (s *Store) EndDeputy(ctx context.Context, org string, id int64, by string, at time.Time) error {
	_, err := s.q.EndDeputy(ctx, dbsqlc.EndDeputyParams{ID: id, Org: org, EndedBy: by, At: at})
	return wrap("end deputy", err)
}

// Deputies lists those of an organisation that are in force on a day or later.
func (s *Store) Deputies(ctx context.Context, org string, day calendar.Date) ([]Deputy, error) {
	rows, err := s.q.Deputies(ctx, dbsqlc.DeputiesParams{Org: org, Day: date(day)})
	out := make([]Deputy, len(rows))
	for i, r := range rows {
		out[i] = deputy(r)
	}
	return out, wrap("deputies", err)
}

func deputy(r dbsqlc.Deputy) Deputy {
	return Deputy{
		ID: r.ID, Org: r.Org, Account: r.Account, Deputy: r.Deputy, From: dateOf(r.FromDay), Until: dateOf(r.UntilDay), MadeBy: r.MadeBy, MadeAt: r.MadeAt.UTC(),
	}
}

// StandsInFor lists the accounts somebody is the deputy of, in an organisation on a day.
func (s *Store) StandsInFor(ctx context.Context, account, org string, day calendar.Date) ([]string, error) {
	list, err := s.q.StandsInFor(ctx, dbsqlc.StandsInForParams{Deputy: account, Org: org, Day: date(day)})
	return list, wrap("deputies", err)
}

// StandIn is the name of who stands in for somebody in an organisation.
type StandIn struct{ Org, Name string }

// DeputiesOf gives the deputies accounts have on a day, by account.
func (s *Store) DeputiesOf(ctx context.Context, accounts []string, day calendar.Date) (map[string][]StandIn, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	rows, err := s.q.DeputiesOf(ctx, dbsqlc.DeputiesOfParams{Accounts: accounts, Day: date(day)})
	out := map[string][]StandIn{}
	for _, r := range rows {
		out[r.Account] = append(out[r.Account], StandIn{Org: r.Org, Name: r.Name})
	}
	return out, wrap("deputies", err)
}

// Handover is everything on somebody's desk going to a successor.
type Handover struct {
	ID        string // of the request, so that a repeated one is the same
	Org       string
	Account   string
	Successor string
	Reason    string
	MadeBy    string
	MadeAt    time.Time
}

// PutHandover records a hand-over, once per id (ErrKeyReused: the id is another's).
func (s *Store) PutHandover(ctx context.Context, h Handover) error {
	n, err := s.q.PutHandover(ctx, dbsqlc.PutHandoverParams{
		ID: h.ID, Org: h.Org, Account: h.Account, Successor: h.Successor, Reason: h.Reason, MadeBy: h.MadeBy, MadeAt: h.MadeAt,
	})
	if err != nil || n > 0 {
		return wrap("put hand-over", err)
	}
	had, err := s.q.Handover(ctx, h.ID)
	if err == nil && (had.Org != h.Org || had.Account != h.Account || had.Successor != h.Successor || had.MadeBy != h.MadeBy) {
		err = ErrKeyReused
	}
	return wrap("put hand-over", err)
}

// DeskOf lists cases in which somebody has something to do in an organisation, by number.
func (s *Store) DeskOf(ctx context.Context, org, account, after string, most int) ([]string, error) {
	list, err := s.q.DeskOf(ctx, dbsqlc.DeskOfParams{Org: org, Account: account, After: after, Most: int32(most)})
	return list, wrap("desk", err)
}

// Draft is what one person has begun to write.
type Draft struct {
	Account string
	Org     string
	Name    string
	Version int64
	Body    json.RawMessage
	At      time.Time
}

// DraftByName gives a draft (ErrNotFound).
func (s *Store) DraftByName(ctx context.Context, account, org, name string) (Draft, error) {
	r, err := s.q.Draft(ctx, dbsqlc.DraftParams{Account: account, Org: org, Name: name})
	return draft(r), wrap("draft", err)
}

// Drafts lists somebody's drafts, the newest first.
func (s *Store) Drafts(ctx context.Context, account, org string) ([]Draft, error) {
	rows, err := s.q.Drafts(ctx, dbsqlc.DraftsParams{Account: account, Org: org})
	out := make([]Draft, len(rows))
	for i, r := range rows {
		out[i] = draft(r)
	}
	return out, wrap("drafts", err)
}

// SaveDraft writes a draft over the version it was read at; 0: there is none yet. ErrExists: it has
// another version by now.
func (s *Store) SaveDraft(ctx context.Context, d Draft) (Draft, error) {
	var n int64
	var err error
	if d.Version == 0 {
		n, err = s.q.NewDraft(ctx, dbsqlc.NewDraftParams{Account: d.Account, Org: d.Org, Name: d.Name, Body: d.Body, UpdatedAt: d.At})
	} else {
		n, err = s.q.SaveDraft(ctx, dbsqlc.SaveDraftParams{Account: d.Account, Org: d.Org, Name: d.Name, Body: d.Body, At: d.At, Version: d.Version})
	}
	if err == nil && n == 0 {
		err = ErrExists
	}
	d.Version++
	return d, wrap("save draft", err)
}

// DropDraft removes a draft; it is idempotent.
func (s *Store) DropDraft(ctx context.Context, account, org, name string) error {
	_, err := s.q.DropDraft(ctx, dbsqlc.DropDraftParams{Account: account, Org: org, Name: name})
	return wrap("drop draft", err)
}

func draft(r dbsqlc.Draft) Draft {
	return Draft{Account: r.Account, Org: r.Org, Name: r.Name, Version: r.Version, Body: r.Body, At: r.UpdatedAt.UTC()}
}

// Post is a post of an organisation, in a case that waits for it.
type Post struct {
	Case, Org, Role string
	// Headless: nobody heads the organisation either.
	Headless bool
}

// VacantPosts lists posts that cases wait for, that nobody holds, and that are not on record as vacant.
func (s *Store) VacantPosts(ctx context.Context, most int) ([]Post, error) {
	rows, err := s.q.VacantPosts(ctx, int32(most))
	out := make([]Post, len(rows))
	for i, r := range rows {
		out[i] = Post{Case: r.CaseNo, Org: r.Org, Role: r.Role, Headless: r.Headless}
	}
	return out, wrap("vacant posts", err)
}

// FilledPosts lists posts on record as vacant that somebody holds by now.
func (s *Store) FilledPosts(ctx context.Context, most int) ([]Post, error) {
	rows, err := s.q.FilledPosts(ctx, int32(most))
	out := make([]Post, len(rows))
	for i, r := range rows {
		out[i] = Post{Case: r.CaseNo, Org: r.Org, Role: r.Role}
	}
	return out, wrap("filled posts", err)
}
