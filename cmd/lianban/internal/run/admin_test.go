package run

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/cmd/lianban/internal/cli"
	"lianban/standalone/devtest"
	"lianban/store"
)

// adminRun runs a command line against a database.
func adminRun(t *testing.T, dsn, in string, args ...string) (out, said string, code cli.Exit) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_DATABASE": dsn, "LIANBAN_DATA": t.TempDir()}
	a := cli.New(args, strings.NewReader(in), &stdout, &stderr, func(k string) string { return env[k] })
	a.Root().AddCommand(Admin(a), Password(a))
	code = a.Run(t.Context())
	return stdout.String(), stderr.String(), code
}

// A new installation gets its first administrator from a command, with a password nobody else knows.
func TestTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	dsn := devtest.Shared(t).Database(t, store.Migrate)
	s, err := store.Open(t.Context(), dsn, store.Options{})
	require.NoError(t, err)
	defer s.Close()
	base := []string{"admin", "create", "qin.lan", "--name", "秦岚", "--org", "data-210304"}
	_, said, code := adminRun(t, dsn, "", base...)
	require.Equal(t, cli.Usage, code, said)
	require.Contains(t, said, "--org-name")
	full := append(base, "--org-name", "立山区政务数据中心", "--region", "210304")
	out, said, code := adminRun(t, dsn, "", full...)
	require.Equal(t, cli.OK, code, said)
	password := strings.TrimSpace(out)
	require.GreaterOrEqual(t, len(password), minPassword)
	a, err := s.AccountByLogin(t.Context(), "qin.lan")
	require.NoError(t, err)
	require.True(t, a.PasswordTemporary)
	require.True(t, api.CheckPassword(a.PasswordHash, password))
	require.Equal(t, []store.Role{{Org: "data-210304", Role: api.RoleAdmin}}, a.Roles)
	require.NotContains(t, a.ID, "qin")

	_, said, code = adminRun(t, dsn, "", full...)
	require.Equal(t, cli.Refused, code, said)
	_, said, code = adminRun(t, dsn, "too short\n", "password", "qin.lan")
	require.Equal(t, cli.Usage, code, said)
	_, said, code = adminRun(t, dsn, "a password of her own\n", "password", "qin.lan")
	require.Equal(t, cli.OK, code, said)
	_, said, code = adminRun(t, dsn, "a password of her own\n", "password", "nobody")
	require.Equal(t, cli.NotFound, code, said)
	a, err = s.AccountByLogin(t.Context(), "qin.lan")
	require.NoError(t, err)
	require.False(t, a.PasswordTemporary)
	require.True(t, api.CheckPassword(a.PasswordHash, "a password of her own"))
	out, said, code = adminRun(t, dsn, "one for the second\n", "admin", "create", "ding.hao", "--name", "丁浩", "--org", "data-210304", "--password-stdin")
	require.Equal(t, cli.OK, code, said)
	require.Empty(t, out)

	changes, err := s.AdminChanges(t.Context(), store.AdminFilter{}, 0, 10)
	require.NoError(t, err)
	acts := []string{}
	for _, c := range changes {
		require.Equal(t, store.Console, c.Account)
		acts = append(acts, c.Kind+" "+c.Act)
	}
	require.Equal(t, []string{"person create", "person reset-password", "person create", "organisation create"}, acts)
}

// What an administrator has changed stays when a later program brings its catalogue.
func TestTheCatalogueLeavesAloneWhatWasChanged(t *testing.T) {
	t.Parallel()
	dsn := devtest.Shared(t).Database(t, store.Migrate)
	s, err := store.Open(t.Context(), dsn, store.Options{})
	require.NoError(t, err)
	defer s.Close()
	ctx := t.Context()
	before := store.Organisation{Code: "o", Name: "旧名", Region: "210304", Kind: "hall"}
	require.NoError(t, s.PutOrganisations(ctx, []store.Organisation{before}))
	account := store.Account{ID: "p1", Login: "p1", Name: "某", Active: true, Roles: []store.Role{{Org: "o", Role: "clerk"}}}
	require.NoError(t, s.PutAccount(ctx, account))
	require.NoError(t, s.Administer(ctx, store.Administrator{Account: store.Console}, func(reg *store.Registry) error {
		was, err := reg.Organisation(ctx, "o")
		if err != nil {
			return err
		}
		next := was
		next.Name = "新名"
		if _, err := reg.PutOrganisation(ctx, "change", &was, next); err != nil {
			return err
		}
		p, err := reg.Account(ctx, "p1")
		if err != nil {
			return err
		}
		left := p
		left.Active, left.Roles = false, nil
		_, err = reg.WriteAccount(ctx, "disable", &p, left)
		return err
	}))
	require.NoError(t, s.PutOrganisations(ctx, []store.Organisation{before}))
	require.NoError(t, s.PutAccount(ctx, account))
	o, err := s.OrganisationByCode(ctx, "o")
	require.NoError(t, err)
	require.Equal(t, "新名", o.Name)
	a, err := s.AccountByID(ctx, "p1")
	require.NoError(t, err)
	require.False(t, a.Active)
	require.Empty(t, a.Roles)
}
