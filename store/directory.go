package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// Organisation is a legal body of the directory.
type Organisation struct {
	Code       string
	CreditCode string // 统一社会信用代码, "" when it has none
	Name       string
	NameEn     string
	Parent     string // "" for none
	Region     string // administrative division code
	Kind       string // hall, department, government, enterprise, organisation
	Mark       string // 机关代字, its word in numbers of letters; "" for none
	// ClosedOn is the first day it is no more; zero: it is open.
	ClosedOn calendar.Date
	Revision int64
}

// PartyOrg says which organisation plays a party of an item in a region and everything below it.
type PartyOrg struct {
	Item   string // "*": every item
	Party  string
	Region string
	Org    string
	From   calendar.Date // inclusive; zero: always
	Until  calendar.Date // exclusive; zero: for good
	// Revision is above 1 once an administrator has set it.
	Revision int64
}

// PutOrganisations adds or changes organisations in one transaction (parents in any order), but those an
// administrator has changed: they are his.
func (s *Store) PutOrganisations(ctx context.Context, list []Organisation) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		for _, o := range list {
			p := dbsqlc.PutOrganisationParams{Code: o.Code, CreditCode: o.CreditCode, Name: o.Name, NameEn: o.NameEn, Region: o.Region, Kind: o.Kind, Mark: o.Mark}
			if o.Parent != "" {
				p.Parent = &o.Parent
			}
			if err := q.PutOrganisation(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wrap("put organisations", err)
	}
	return s.Notify(ctx, TopicCatalogue)
}

// OrganisationByCode gives an organisation (ErrNotFound).
func (s *Store) OrganisationByCode(ctx context.Context, code string) (Organisation, error) {
	r, err := s.q.Organisation(ctx, code)
	return organisation(r), wrap("organisation", err)
}

// Organisations lists all, by region and code.
func (s *Store) Organisations(ctx context.Context) ([]Organisation, error) {
	rows, err := s.q.Organisations(ctx)
	out := make([]Organisation, len(rows))
	for i, r := range rows {
		out[i] = organisation(r)
	}
	return out, wrap("organisations", err)
}

func organisation(r dbsqlc.Organisation) Organisation {
	o := Organisation{Code: r.Code, CreditCode: r.CreditCode, Name: r.Name, NameEn: r.NameEn, Region: r.Region, Kind: r.Kind, Mark: r.Mark, Revision: r.Revision}
	if r.ClosedOn != nil {
		o.ClosedOn = dateOf(*r.ClosedOn)
	}
	if r.Parent != nil {
		o.Parent = *r.Parent
	}
	return o
}

var (
	firstDay = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// PutPartyOrgs adds or changes entries of the directory in one transaction, but those an administrator has set.
func (s *Store) PutPartyOrgs(ctx context.Context, list []PartyOrg) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		for _, p := range list {
			row := dbsqlc.PutPartyOrgParams{Item: p.Item, Party: p.Party, Region: p.Region, Org: p.Org, FromDay: firstDay, UntilDay: lastDay}
			if p.From != 0 {
				row.FromDay = date(p.From)
			}
			if p.Until != 0 {
				row.UntilDay = date(p.Until)
			}
			if err := q.PutPartyOrg(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wrap("put parties", err)
	}
	return s.Notify(ctx, TopicCatalogue)
}

// PartyOrgs lists all entries.
func (s *Store) PartyOrgs(ctx context.Context) ([]PartyOrg, error) {
	rows, err := s.q.PartyOrgs(ctx)
	out := make([]PartyOrg, len(rows))
	for i, r := range rows {
		out[i] = partyOrg(r)
	}
	return out, wrap("parties", err)
}

func partyOrg(r dbsqlc.PartyOrg) PartyOrg {
	p := PartyOrg{Item: r.Item, Party: r.Party, Region: r.Region, Org: r.Org, Revision: r.Revision}
	if r.FromDay.After(firstDay) {
		p.From = dateOf(r.FromDay)
	}
	if r.UntilDay.Before(lastDay) {
		p.Until = dateOf(r.UntilDay)
	}
	return p
}

// dateOrNull is a day as a column that may be empty has it.
func dateOrNull(d calendar.Date) *time.Time {
	if d == 0 {
		return nil
	}
	t := date(d)
	return &t
}

// Place is a party and where the directory starts from for it.
type Place struct {
	Party string
	// At is a region, or an organisation's code: then that organisation's region.
	At string
}

const resolveSQL = `SELECT x.party, coalesce(o.org, '')
	FROM unnest($1::text[], $2::text[]) AS x(party, place)
	LEFT JOIN organisation g ON g.code = x.place
	LEFT JOIN LATERAL (
		SELECT p.org FROM party_org p
		WHERE p.party = x.party AND p.item IN ($3, '*') AND starts_with(coalesce(g.region, x.place), p.region)
		  AND p.from_day <= $4 AND $4 < p.until_day
		ORDER BY length(p.region) DESC, (p.item = '*'), p.from_day DESC LIMIT 1
	) o ON true`

// ResolveParties asks the directory which organisation plays each party of an item on a day: the
// entry of the longest region that holds the place; among equals the item's own before '*'. Parties
// the directory does not know are left out.
func (s *Store) ResolveParties(ctx context.Context, item string, places []Place, day calendar.Date) (map[string]string, error) {
	party, at := make([]string, len(places)), make([]string, len(places))
	for i, p := range places {
		party[i], at[i] = p.Party, p.At
	}
	rows, err := s.pool.Query(ctx, resolveSQL, party, at, item, date(day))
	if err != nil {
		return nil, wrap("resolve parties", err)
	}
	out := map[string]string{}
	var p, org string
	_, err = pgx.ForEachRow(rows, []any{&p, &org}, func() error {
		if org != "" {
			out[p] = org
		}
		return nil
	})
	if err != nil {
		return nil, wrap(fmt.Sprintf("resolve parties of %s", item), err)
	}
	return out, nil
}
