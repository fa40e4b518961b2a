package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
	"lianban/store"
)

func hash64(n int) string { return fmt.Sprintf("%064x", n) }

func version(v string, y int, m time.Month, d int) store.DefinitionVersion {
	return store.DefinitionVersion{Item: "restaurant", Version: v, Code: code, Name: "开办餐饮店", EffectiveOn: calendar.NewDate(y, m, d), Hash: "hash of " + v,
		Canonical: []byte("canonical " + v), Source: []byte("# source\nitem: …"), PublishedBy: "acc-1", PublishedAt: morning}
}

func TestDefinitionsByDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	one, two := version("1.0", 2026, 1, 1), version("1.1", 2026, 12, 1)
	require.NoError(t, s.PublishDefinition(t.Context(), one))
	require.NoError(t, s.PublishDefinition(t.Context(), two))
	require.NoError(t, s.PublishDefinition(t.Context(), one), "the same again")
	other := one
	other.Hash = "another"
	require.ErrorIs(t, s.PublishDefinition(t.Context(), other), store.ErrExists)
	other = one
	other.Version = "9"
	require.ErrorIs(t, s.PublishDefinition(t.Context(), other), store.ErrExists)

	got, err := s.Definition(t.Context(), "restaurant", "1.0")
	require.NoError(t, err)
	require.Equal(t, one, got)
	got, err = s.DefinitionByHash(t.Context(), "hash of 1.1")
	require.NoError(t, err)
	require.Equal(t, two, got)
	for day, want := range map[calendar.Date]string{
		calendar.NewDate(2026, 1, 1): "1.0", calendar.NewDate(2026, 11, 30): "1.0", calendar.NewDate(2026, 12, 1): "1.1", calendar.NewDate(2030, 1, 1): "1.1",
	} {
		got, err := s.DefinitionInForce(t.Context(), "restaurant", day)
		require.NoError(t, err)
		require.Equal(t, want, got.Version, day)
	}
	_, err = s.DefinitionInForce(t.Context(), "restaurant", calendar.NewDate(2025, 12, 31))
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.Definition(t.Context(), "shop", "1.0")
	require.ErrorIs(t, err, store.ErrNotFound)

	require.NoError(t, s.SuspendDefinition(t.Context(), "restaurant", "1.0", true, "under revision"))
	require.ErrorIs(t, s.SuspendDefinition(t.Context(), "restaurant", "7", true, ""), store.ErrNotFound)
	list, err := s.Definitions(t.Context(), "restaurant")
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "1.1", list[0].Version)
	require.True(t, list[1].Suspended)
	require.Equal(t, "under revision", list[1].SuspendedWhy)
	list, err = s.Definitions(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, list, 2)
}

func TestCalendarsByRegion(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, c := range []store.CalendarVersion{{Version: "2026-a"}, {Region: "44", Version: "2026-gd"}, {Version: "2026-b"}} {
		c.Data, c.LoadedAt = []byte(c.Version), morning.Add(time.Duration(i)*time.Hour)
		fresh, err := s.PutCalendar(t.Context(), c)
		require.NoError(t, err)
		require.True(t, fresh)
		fresh, err = s.PutCalendar(t.Context(), c)
		require.NoError(t, err)
		require.False(t, fresh)
	}
	for region, want := range map[string]string{"": "2026-b", "110105": "2026-b", "440106": "2026-gd", "44": "2026-gd", "4": "2026-b"} {
		c, err := s.LatestCalendar(t.Context(), region)
		require.NoError(t, err)
		require.Equal(t, want, c.Version, region)
	}
	c, err := s.Calendar(t.Context(), "2026-a")
	require.NoError(t, err)
	require.Equal(t, []byte("2026-a"), c.Data)
	_, err = s.Calendar(t.Context(), "2031")
	require.ErrorIs(t, err, store.ErrNotFound)
	list, err := s.Calendars(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 3)
	// loading makes one current that was there before
	load, _, err := s.LoadCalendars(t.Context(), store.CalendarLoad{Key: "k", Reason: "停工收回", By: "a", At: morning}, []store.CalendarVersion{{Version: "2026-a", Data: []byte("2026-a")}})
	require.NoError(t, err)
	require.Equal(t, []string{""}, load.Regions)
	c, err = s.LatestCalendar(t.Context(), "110105")
	require.NoError(t, err)
	require.Equal(t, "2026-a", c.Version)
	list, err = s.Calendars(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.True(t, list[0].Current)
	require.False(t, list[1].Current)
	loads, err := s.CalendarLoads(t.Context())
	require.NoError(t, err)
	require.Len(t, loads, 1)
	require.Zero(t, loads[0].Open)
}

func TestBusinessClockMovesForwardOnly(t *testing.T) {
	t.Parallel()
	s := open(t)
	ahead, err := s.BusinessAhead(t.Context())
	require.NoError(t, err)
	require.Zero(t, ahead)
	for _, step := range []struct{ to, want time.Duration }{{time.Hour, time.Hour}, {time.Minute, time.Hour}, {2 * time.Hour, 2 * time.Hour}} {
		ahead, err = s.MoveBusinessClock(t.Context(), step.to)
		require.NoError(t, err)
		require.Equal(t, step.want, ahead)
	}
	ahead, err = s.BusinessAhead(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2*time.Hour, ahead)
}

func directory(t testing.TB, s *store.Store) {
	t.Helper()
	require.NoError(t, s.PutOrganisations(t.Context(), []store.Organisation{
		{Code: "fire-district", Name: "天河区消防救援大队", Parent: "fire-city", Region: "440106", Kind: "department"},
		{Code: "fire-city", CreditCode: "11440100000000001X", Name: "广州市消防救援支队", NameEn: "Guangzhou Fire", Region: "4401", Kind: "department"},
		{Code: "hall", Name: "天河区政务服务中心", Region: "440106", Kind: "hall"},
	}))
}

func TestDirectoryTakesTheLongestRegion(t *testing.T) {
	t.Parallel()
	s := open(t)
	directory(t, s)
	may := calendar.NewDate(2026, 5, 1)
	require.NoError(t, s.PutPartyOrgs(t.Context(), []store.PartyOrg{
		{Item: "*", Party: "fire", Region: "44", Org: "fire-city"},
		{Item: "*", Party: "fire", Region: "440106", Org: "fire-district", Until: may},
		{Item: "dancing", Party: "fire", Region: "440106", Org: "fire-city"},
		{Item: "*", Party: "window", Region: "440106", Org: "hall"},
	}))
	day := calendar.NewDate(2026, 4, 30)
	at := []store.Place{{"fire", "440106"}, {"window", "440106"}, {"water", "440106"}}
	for _, c := range []struct {
		item   string
		places []store.Place
		day    calendar.Date
		want   map[string]string
	}{
		{"restaurant", at, day, map[string]string{"fire": "fire-district", "window": "hall"}},
		{"restaurant", at, may, map[string]string{"fire": "fire-city", "window": "hall"}},
		{"dancing", at, day, map[string]string{"fire": "fire-city", "window": "hall"}},
		{"restaurant", []store.Place{{"fire", "4402"}}, day, map[string]string{"fire": "fire-city"}},
		{"restaurant", []store.Place{{"fire", "hall"}}, day, map[string]string{"fire": "fire-district"}}, // from an organisation's region
		{"restaurant", []store.Place{{"fire", "110105"}}, day, map[string]string{}},
	} {
		got, err := s.ResolveParties(t.Context(), c.item, c.places, c.day)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	list, err := s.PartyOrgs(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 4)
	require.Contains(t, list, store.PartyOrg{Item: "*", Party: "fire", Region: "440106", Org: "fire-district", Until: may, Revision: 1})
	o, err := s.OrganisationByCode(t.Context(), "fire-district")
	require.NoError(t, err)
	require.Equal(t, "fire-city", o.Parent)
	all, err := s.Organisations(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	_, err = s.OrganisationByCode(t.Context(), "x")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAccountsAndSessions(t *testing.T) {
	t.Parallel()
	s := open(t)
	directory(t, s)
	a := store.Account{ID: "acc-1", Login: "li", Name: "李", PasswordHash: "$argon2id$…", Active: true,
		Roles: []store.Role{{"fire-city", "approve"}, {"fire-city", "handle"}, {"hall", "clerk"}}}
	require.NoError(t, s.PutAccount(t.Context(), a))
	require.NoError(t, s.PutAccount(t.Context(), store.Account{ID: "acc-2", Login: "wang", Name: "王", Active: true}))
	a.Revision = 1
	got, err := s.AccountByLogin(t.Context(), "li")
	require.NoError(t, err)
	require.Equal(t, a, got)
	a.Roles = a.Roles[1:]
	require.NoError(t, s.PutAccount(t.Context(), a))
	got, err = s.AccountByID(t.Context(), "acc-1")
	require.NoError(t, err)
	require.Equal(t, a, got, "roles are those given last")
	all, err := s.Accounts(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, a, all[0])
	names, err := s.AccountNames(t.Context(), []string{"acc-2", "acc-9"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"acc-2": "王"}, names)

	expires := morning.Add(time.Hour)
	require.NoError(t, s.PutSession(t.Context(), "token", "acc-1", "fire-city", expires))
	session, err := s.SessionOf(t.Context(), "token", morning)
	require.NoError(t, err)
	require.Equal(t, store.Session{Account: "acc-1", Login: "li", Name: "李", Org: "fire-city", Roles: []string{"handle"}, Expires: expires}, session)
	_, err = s.SessionOf(t.Context(), "tokem", morning)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.SessionOf(t.Context(), "token", expires)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.EndSession(t.Context(), "token"))
	_, err = s.SessionOf(t.Context(), "token", morning)
	require.ErrorIs(t, err, store.ErrNotFound)

	require.NoError(t, s.PutSession(t.Context(), "t2", "acc-1", "fire-city", expires))
	a.Active = false
	require.NoError(t, s.PutAccount(t.Context(), a))
	_, err = s.SessionOf(t.Context(), "t2", morning)
	require.ErrorIs(t, err, store.ErrNotFound, "somebody who left is logged out")
	require.NoError(t, s.PutSession(t.Context(), "t3", "acc-2", "hall", expires))
	n, err := s.DropExpiredSessions(t.Context(), expires)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	_, err = s.AccountByLogin(t.Context(), "nobody")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestFilesKnowWhoMayReadThem(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning) // its paper `licence` is hash64(7)
	file := store.File{Hash: hash64(7), Size: 1200, Type: "application/pdf"}
	one, err := s.PutUpload(t.Context(), store.Upload{File: file, Name: "执照.pdf", Account: clerkID, Org: window, At: morning})
	require.NoError(t, err)
	two, err := s.PutUpload(t.Context(), store.Upload{File: file, Name: "same.pdf", At: morning, Case: f.number})
	require.NoError(t, err)
	require.NotEqual(t, one, two)
	a, err := s.FileByHash(t.Context(), hash64(7))
	require.NoError(t, err)
	require.Equal(t, file, a.File)
	require.Equal(t, []store.FileUse{{Case: f.number, Paper: "licence"}}, a.Uses)
	require.Len(t, a.Uploads, 2)
	require.Equal(t, clerkID, a.Uploads[0].Account)
	require.Equal(t, f.number, a.Uploads[1].Case)
	_, err = s.FileByHash(t.Context(), hash64(8))
	require.ErrorIs(t, err, store.ErrNotFound)
	known, err := s.Files(t.Context(), []string{hash64(7), hash64(8)})
	require.NoError(t, err)
	require.Equal(t, map[string]store.File{hash64(7): file}, known)
}
