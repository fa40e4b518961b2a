package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
	"lianban/store"
)

// loaded is what loading the catalogue came to.
type loaded struct {
	Items, Accounts int
	// Changed are versions that are published with another content: published is
	// published, a change needs a new version.
	Changed []string
}

// catalogueHash names the content of the embedded catalogue, so that a start
// on data that has it does not load it again.
func catalogueHash() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(definitions.Files(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := fs.ReadFile(definitions.Files(), name)
		fmt.Fprintf(h, "%s %d\n", name, len(src))
		h.Write(src)
		return err
	})
	h.Write(definitions.Supervision())
	return hex.EncodeToString(h.Sum(nil)), err
}

// bySystem stands for the person who published what comes with the program.
const bySystem = "catalogue"

// loadSupervision stores the supervision rules built into the program, unless the
// rules in force are somebody's own.
func loadSupervision(ctx context.Context, s *store.Store, now time.Time) error {
	rules, found := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	if rules == nil {
		return errors.New(found.Render("en"))
	}
	have, err := s.SupervisionInForce(ctx, now)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && have.PublishedBy != bySystem {
		return nil
	}
	err = s.PublishSupervision(ctx, store.SupervisionVersion{Version: rules.Version, Source: definitions.Supervision(), PublishedBy: bySystem, PublishedAt: now})
	if errors.Is(err, store.ErrExists) {
		return nil // published is published
	}
	return err
}

// loadBasics stores what every installation needs besides its items: working
// calendars and supervision rules.
func loadBasics(ctx context.Context, s *store.Store, now time.Time) error {
	if err := loadCalendars(ctx, s, now); err != nil {
		return err
	}
	return loadSupervision(ctx, s, now)
}

// loadCalendars stores the working calendars built into the program: the
// mainland's and those of regions with days of their own.
//
// Where somebody has loaded calendars himself they are left alone: what a later
// program brings must not undo a closure.
func loadCalendars(ctx context.Context, s *store.Store, now time.Time) error {
	loads, err := s.CalendarLoads(ctx)
	if err != nil || len(loads) > 0 {
		return err
	}
	set, err := calendars.Read(calendars.Files())
	if err != nil {
		return err
	}
	regions := []string{""}
	for _, l := range set.Layers {
		regions = append(regions, l.Region)
	}
	for _, region := range regions {
		cal, err := set.Calendar(region)
		if err != nil {
			return err
		}
		data, err := cal.MarshalJSON()
		if err != nil {
			return err
		}
		if _, err := s.PutCalendar(ctx, store.CalendarVersion{Region: region, Version: cal.Version(), Data: data, LoadedAt: now}); err != nil {
			return err
		}
	}
	return nil
}

// loadCatalogue stores calendars, supervision rules, organisations, people and items built into the
// program. What is there already stays.
func loadCatalogue(ctx context.Context, s *store.Store, now time.Time) (loaded, error) {
	var out loaded
	if err := loadBasics(ctx, s, now); err != nil {
		return out, err
	}
	dir, err := definitions.DemoDirectory()
	if err != nil {
		return out, err
	}
	if err := loadDirectory(ctx, s, dir); err != nil {
		return out, err
	}
	out.Accounts = len(dir.People)
	lib, err := definitions.Library()
	if err != nil {
		return out, err
	}
	for _, f := range lib.Items() {
		it := f.Definition.Item
		err := publish(ctx, s, lib, f, now)
		switch {
		case errors.Is(err, store.ErrExists):
			out.Changed = append(out.Changed, it.Name+" "+it.Version)
		case err != nil:
			return out, fmt.Errorf("load %s@%s: %w", it.Code, it.Version, err)
		default:
			out.Items++
		}
	}
	return out, s.Notify(ctx, store.TopicCatalogue)
}

func publish(ctx context.Context, s *store.Store, lib *definition.Library, f *definition.File, now time.Time) error {
	it := f.Definition.Item
	def, found := lib.Resolve(it.Code, it.Version, "")
	if def == nil {
		return errors.New(found.Render("en"))
	}
	if found := definition.Runnable(def); found.Failed() {
		return errors.New(found.Render("en"))
	}
	plan, err := definition.Compile(def)
	if err != nil {
		return err
	}
	canonical, err := definition.Canonical(def)
	if err != nil {
		return err
	}
	effective, err := calendar.ParseDate(it.Effective)
	if err != nil {
		return err
	}
	src, err := fs.ReadFile(definitions.Files(), f.Name)
	if err != nil {
		return err
	}
	item := path.Base(path.Dir(f.Name))
	err = s.PublishDefinition(ctx, store.DefinitionVersion{
		Item: item, Version: it.Version, Code: it.Code, Name: it.Name, EffectiveOn: effective,
		Hash: plan.Hash, Canonical: canonical, Source: src, PublishedBy: bySystem, PublishedAt: now,
	})
	if err != nil {
		return err
	}
	beside := strings.TrimSuffix(f.Name, ".yaml") + ".test.yaml"
	tests, err := fs.ReadFile(definitions.Files(), beside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.PutDefinitionTests(ctx, item, it.Version, []store.TestText{{Name: path.Base(beside), Text: string(tests)}})
}

func loadDirectory(ctx context.Context, s *store.Store, dir *definitions.Directory) error {
	orgs := make([]store.Organisation, len(dir.Organisations))
	for i, o := range dir.Organisations {
		orgs[i] = store.Organisation{Code: o.Code, CreditCode: o.CreditCode, Name: o.Name, NameEn: o.NameEN, Parent: o.Parent, Region: o.Region, Kind: o.Kind, Mark: o.Mark}
	}
	if err := s.PutOrganisations(ctx, orgs); err != nil {
		return err
	}
	parties := make([]store.PartyOrg, len(dir.Parties))
	for i, p := range dir.Parties {
		parties[i] = store.PartyOrg{Item: p.Item, Party: p.Party, Region: p.Region, Org: p.Org}
		var err error
		if parties[i].From, err = dateOrNone(p.From); err != nil {
			return err
		}
		if parties[i].Until, err = dateOrNone(p.Until); err != nil {
			return err
		}
	}
	if err := s.PutPartyOrgs(ctx, parties); err != nil {
		return err
	}
	for _, p := range dir.People {
		a := store.Account{ID: p.ID, Login: p.Login, Name: p.Name, Active: true}
		// A password somebody has set stays.
		if have, err := s.AccountByID(ctx, p.ID); err == nil {
			a.PasswordHash = have.PasswordHash
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		for _, r := range p.Roles {
			a.Roles = append(a.Roles, store.Role{Org: r.Org, Role: r.Role})
		}
		if err := s.PutAccount(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func dateOrNone(s string) (calendar.Date, error) {
	if s == "" {
		return 0, nil
	}
	return calendar.ParseDate(s)
}
