package definitions

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

func TestCatalogueIsPublishable(t *testing.T) {
	t.Parallel()
	lib, err := Library()
	require.NoError(t, err)
	require.Len(t, lib.Items(), 4)
	tested := 0
	for _, f := range lib.Files() {
		require.Empty(t, definition.Check(f, lib).Render("zh"), f.Name)
		require.Empty(t, definition.CheckRunnable(f, lib).Render("zh"), f.Name)
		if f.Kind == definition.FileTests {
			require.NotNil(t, lib.ItemOf(f), f.Name)
			tested++
		}
	}
	require.Equal(t, 4, tested, "every version of an item has its scenario tests")
	for _, f := range lib.Items() {
		def, found := lib.Resolve(f.Definition.Item.Code, "", "210304")
		require.Empty(t, found, f.Name)
		_, err := definition.Compile(def)
		require.NoError(t, err, f.Name)
	}
}

// Every party of the catalogue has an organisation with somebody in every role
// its work asks for, and no two links of a chain fall to one person alone.
func TestDemoDistrictCanRunTheCatalogue(t *testing.T) {
	t.Parallel()
	dir, err := DemoDirectory()
	require.NoError(t, err)
	lib, err := Library()
	require.NoError(t, err)
	holders := func(org, role string) (n int) {
		for _, p := range dir.People {
			if slices.Contains(p.Roles, OrgRole{Org: org, Role: role}) {
				n++
			}
		}
		return n
	}
	orgOf := func(party string) string {
		for _, p := range dir.Parties {
			if p.Party == party && p.Region == "210304" && p.Until == "" {
				return p.Org
			}
		}
		return ""
	}
	for _, f := range lib.Items() {
		for _, p := range f.Definition.Parties {
			org := orgOf(p.ID)
			require.NotEmpty(t, org, "%s: %s", f.Name, p.ID)
			require.Equal(t, p.Kind, dir.Organisation(org).Kind, org)
			require.Positive(t, holders(org, "organ-head"), org)
			if p.Kind == "hall" {
				require.GreaterOrEqual(t, holders(org, "clerk"), 2)
				continue
			}
			for _, role := range []string{"handle", "check", "approve"} {
				require.Positive(t, holders(org, role), "%s %s", org, role)
			}
		}
		require.Positive(t, holders(orgOf(f.Definition.Item.Lead), "lead"))
	}
	require.Positive(t, holders(orgOf("government"), "government-head"))
	require.Positive(t, holders(orgOf("supervision"), "supervisor"))
	rare := slices.ContainsFunc(dir.People, func(p Person) bool { return strings.ContainsRune(p.Name, '𠮷') })
	require.True(t, rare, "a name outside the basic plane keeps everybody honest")
	for _, role := range []string{"analyst", "publisher", "operator", "admin"} {
		require.True(t, slices.ContainsFunc(dir.People, func(p Person) bool {
			return slices.ContainsFunc(p.Roles, func(r OrgRole) bool { return r.Role == role })
		}), role)
	}
}

func TestDirectoryMistakesHaveAPlace(t *testing.T) {
	t.Parallel()
	good, err := fs.ReadFile(Files(), "organisations.yaml")
	require.NoError(t, err)
	for _, c := range []struct{ name, old, new, want string }{
		{"version", "directory: lianban/v1", "directory: lianban/v9", "7:12: the first line must be"},
		{"unknown key of the file", "parties:\n", "partys:\n", "21:1: badly written: unknown field"},
		{"unknown key", "kind: hall, credit", "kindd: hall, credit", "11:16: badly written: unknown field"},
		{"check digit", "12210304MB0P410751", "12210304MB0P410752", "11:90: the check digit of the credit code must be 1, not 2"},
		{"letter in code", "12210304MB0P410751", "12210304MB0P41075I", "cannot be 'I'"},
		{"length of code", "12210304MB0P410751", "12210304MB0P41075", "has 18 characters, not 17"},
		{"code twice", "11210304MB1C203468", "12210304MB0P410751", "two organisations have this credit code"},
		{"kind", "kind: hall", "kind: halls", "kind must be one of hall"},
		{"region", `region: "210304", parent`, `region: "21", parent`, "region must be 6 to 12 digits"},
		{"parent", "parent: government-210304}\n  market", "parent: nobody-1}\n  market", "there is no organisation nobody-1"},
		{"party's org", "org: hall-210304", "org: hall-210305", "there is no organisation hall-210305"},
		{"from", `org: hall-210304, region: "210304", from: "2020-01-01"`, `org: hall-210304, region: "210304", from: "2020-13-01"`, "from must be a date"},
		{"two at once", "party: market,", "party: hall,", "on some day two organisations play the party hall"},
		{"role", "[handle]", "[handler]", "36:54: there is no such role"},
		{"role list", "[handle]", "handle", "roles must be a list"},
		{"role's org", "roles: {hall-210304: [clerk]}", "roles: {hall-1: [clerk]}", "there is no organisation hall-1"},
		{"login twice", "login: jiang.hall", "login: lin.hall", "used twice"},
		{"key twice", "  market-210304:", "  hall-210304:", "already defined"},
		{"not YAML", "parties:\n", "parties: [\n", "badly written"},
	} {
		src := strings.Replace(string(good), c.old, c.new, 1)
		require.NotEqual(t, string(good), src, c.name)
		_, err := ReadDirectory("o.yaml", []byte(src))
		var mistake *DirectoryError
		require.ErrorAs(t, err, &mistake, c.name)
		require.Contains(t, mistake.Error(), c.want, c.name)
		require.Greater(t, mistake.Position.Line, 1, c.name)
		require.NotEmpty(t, mistake.In("zh"), c.name)
	}
	circle := strings.Replace(string(good), `region: "210304"}`, `region: "210304", parent: hall-210304}`, 1)
	_, err = ReadDirectory("o.yaml", []byte(circle))
	require.ErrorContains(t, err, "form a circle")
}

func TestCreditCodes(t *testing.T) {
	t.Parallel()
	// A published code of a state organ and one of a company, and each with two digits swapped.
	for code, ok := range map[string]bool{
		"11100000000019153H": false, "91350100M000100Y43": true, "91350100M000100Y34": false, "": false, "91350100m000100y43": false,
	} {
		_, got := definition.CheckCreditCode(code)
		require.Equal(t, ok, got, code)
	}
}

func FuzzReadDirectory(f *testing.F) {
	good, err := fs.ReadFile(Files(), "organisations.yaml")
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte("directory: lianban/v1\norganisations: {a: b}\n"))
	f.Add([]byte("directory: lianban/v1\npeople: {a: {roles: {b: {c: d}}}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 20_000 {
			return
		}
		if _, err := ReadDirectory("o.yaml", src); err != nil {
			require.NotEmpty(t, err.Error())
		}
	})
}
