package run

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
)

func TestTheProviderIsConfigured(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("from a file\n"), 0o600))
	file := filepath.Join(dir, "lianban.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
publicUrl: https://hall.example
passwords: false
oidc: {issuer: "https://sso.example", clientId: lianban, clientSecretFile: `+secret+`, match: external, claim: employee}
`), 0o600))
	t.Setenv("LIANBAN_OIDC_CLIENT_ID", "from-the-environment")
	c := defaults()
	require.NoError(t, c.read(file))
	p, err := c.provider()
	require.NoError(t, err)
	require.Equal(t, "https://sso.example", p.Issuer)
	require.Equal(t, "from-the-environment", p.ClientID)
	require.Equal(t, "from a file", p.ClientSecret)
	require.Equal(t, "employee", p.Claim)
	require.True(t, p.External)
	require.False(t, c.Passwords)

	for name, change := range map[string]func(c *config){
		"no public address": func(c *config) { c.PublicURL = "" },
		"no lock":           func(c *config) { c.OIDC.Issuer = "http://sso.example" },
		"no client":         func(c *config) { c.OIDC.ClientID = "" },
		"no such match":     func(c *config) { c.OIDC.Match = "mail" },
		"no file":           func(c *config) { c.OIDC.SecretFile = filepath.Join(dir, "none") },
		"nobody could":      func(c *config) { c.OIDC.Issuer = "" },
	} {
		bad := c
		change(&bad)
		_, err := bad.provider()
		var e *cli.Error
		require.True(t, errors.As(err, &e), name)
		require.Equal(t, cli.Usage, e.Code, name)
	}
	plain := defaults()
	p, err = plain.provider()
	require.NoError(t, err)
	require.Nil(t, p)
}
