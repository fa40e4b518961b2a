package run

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"lianban/api"
	"lianban/cmd/lianban/internal/cli"
	"lianban/sources"
	"lianban/standalone"
)

// config is what `serve` is told: by a file, over it the environment, over that
// flags.
type config struct {
	Role      string `yaml:"role" env:"LIANBAN_ROLE"`
	Database  string `yaml:"database" env:"LIANBAN_DATABASE"`
	Temporal  string `yaml:"temporal" env:"LIANBAN_TEMPORAL"`
	Namespace string `yaml:"namespace" env:"LIANBAN_NAMESPACE"`
	Listen    string `yaml:"listen" env:"LIANBAN_LISTEN"`
	// PublicURL is the address users reach the installation under; with https, cookies never travel in the clear.
	PublicURL string `yaml:"publicUrl" env:"LIANBAN_PUBLIC_URL"`
	// Files is the folder of uploaded files; all apis of an installation share it.
	Files string `yaml:"files" env:"LIANBAN_FILES"`
	// Anchors is where the audit's anchors are copied to; empty: nowhere.
	Anchors string `yaml:"anchors" env:"LIANBAN_ANCHORS"`
	// Sources is the file that says where papers may come from besides the applicant; empty: our own stores.
	Sources     string        `yaml:"sources" env:"LIANBAN_SOURCES"`
	Connections int32         `yaml:"connections" env:"LIANBAN_CONNECTIONS"`
	UploadLimit int64         `yaml:"uploadLimit" env:"LIANBAN_UPLOAD_LIMIT"`
	SessionLife time.Duration `yaml:"sessionLife" env:"LIANBAN_SESSION_LIFE"`
	LogLevel    slog.Level    `yaml:"logLevel" env:"LIANBAN_LOG_LEVEL"`
	// Letters is a folder of letter templates, Fonts the fonts their PDF is drawn with, LetterLink the
	// page where they are checked.
	Letters    string   `yaml:"letters" env:"LIANBAN_LETTERS"`
	Fonts      []string `yaml:"fonts" env:"LIANBAN_FONTS" envSeparator:":"`
	LetterLink string   `yaml:"letterLink" env:"LIANBAN_LETTER_LINK"`
	// Ways letters go out: a folder, a mail server, a message gateway with its token.
	LetterOutbox  string `yaml:"letterOutbox" env:"LIANBAN_LETTER_OUTBOX"`
	Mail          string `yaml:"mail" env:"LIANBAN_MAIL"`
	LetterGateway string `yaml:"letterGateway" env:"LIANBAN_LETTER_GATEWAY"`
	GatewayToken  string `yaml:"letterGatewayToken" env:"LIANBAN_LETTER_GATEWAY_TOKEN"`
	// TemporalUI is the address of Temporal's own pages; operators find cases there.
	TemporalUI string `yaml:"temporalUI" env:"LIANBAN_TEMPORAL_UI"`
	// OIDC is a provider people sign in through; Passwords false closes the login with account and password.
	OIDC      oidcConfig `yaml:"oidc" envPrefix:"LIANBAN_OIDC_"`
	Passwords bool       `yaml:"passwords" env:"LIANBAN_PASSWORDS"`
	// Demo opens the built-in identity: demo accounts without passwords.
	Demo bool `yaml:"demo" env:"LIANBAN_DEMO"`
}

func defaults() config {
	return config{
		Role: roleAll, Temporal: "127.0.0.1:7233", Namespace: standalone.DefaultNamespace, Listen: "127.0.0.1:8080",
		Files: "/var/lib/lianban/files", Passwords: true,
	}
}

// oidcConfig is an OpenID Connect provider; without an issuer there is none.
type oidcConfig struct {
	Issuer       string `yaml:"issuer" env:"ISSUER"`
	ClientID     string `yaml:"clientId" env:"CLIENT_ID"`
	ClientSecret string `yaml:"clientSecret" env:"CLIENT_SECRET"`
	// SecretFile holds the secret instead.
	SecretFile string `yaml:"clientSecretFile" env:"CLIENT_SECRET_FILE"`
	Name       string `yaml:"name" env:"NAME"`
	NameEn     string `yaml:"nameEn" env:"NAME_EN"`
	Claim      string `yaml:"claim" env:"CLAIM"`
	// Match is login or external: what the claim is compared with.
	Match  string   `yaml:"match" env:"MATCH"`
	Scopes []string `yaml:"scopes" env:"SCOPES" envSeparator:" "`
}

// provider is what the api needs of it.
func (c config) provider() (*api.Provider, error) {
	o := c.OIDC
	if o.Issuer == "" {
		if !c.Passwords && !c.Demo {
			return nil, cli.Fail(cli.Usage, "passwords 为 false 时须配置 oidc，否则没有人能登录", "with passwords false an oidc provider is needed, or nobody can log in")
		}
		return nil, nil
	}
	wrong := func(zh, en string) (*api.Provider, error) { return nil, &cli.Error{Code: cli.Usage, Zh: zh, En: en} }
	secret := o.ClientSecret
	if o.SecretFile != "" {
		raw, err := os.ReadFile(o.SecretFile)
		if err != nil {
			return nil, &cli.Error{Code: cli.Usage, Zh: "读不了 oidc.clientSecretFile", En: "oidc.clientSecretFile cannot be read", Err: err}
		}
		secret = strings.TrimSpace(string(raw))
	}
	switch {
	case c.PublicURL == "":
		return wrong("配置 oidc 时须写明 publicUrl", "oidc needs publicUrl")
	case !api.SafeIssuer(o.Issuer):
		return wrong("oidc.issuer 应为 https:// 地址（本机可用 http）", "oidc.issuer is an https:// address (http on this machine only)")
	case o.ClientID == "":
		return wrong("缺少 oidc.clientId", "oidc.clientId is missing")
	case o.Match != "" && o.Match != "login" && o.Match != "external":
		return wrong("oidc.match 应为 login 或 external", "oidc.match is login or external")
	}
	return &api.Provider{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: secret, Zh: o.Name, En: o.NameEn, Claim: o.Claim, External: o.Match == "external", Scopes: o.Scopes,
	}, nil
}

// The roles of serve.
const (
	roleAPI    = "api"
	roleWorker = "worker"
	roleAll    = "all"
)

// read fills the configuration from the file, when one is named, and the environment.
func (c *config) read(file string) error {
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return &cli.Error{Code: cli.Usage, Zh: "读不了配置文件", En: "the configuration file cannot be read", Err: err}
		}
		dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict(), yaml.DisallowUnknownField())
		if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
			return &cli.Error{Code: cli.Usage, Zh: "配置文件 " + file + " 有误", En: "the configuration file " + file + " is wrong", Err: errors.New(yaml.FormatError(err, false, true))}
		}
	}
	if err := env.Parse(c); err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "环境变量有误", En: "an environment variable is wrong", Err: err}
	}
	return nil
}

// flags lets the command line go over file and environment.
func (c *config) flags(cmd *cobra.Command, given *config, letters letterOptions) error {
	set := func(name string, put func()) {
		if cmd.Flags().Changed(name) {
			put()
		}
	}
	set("role", func() { c.Role = given.Role })
	set("database", func() { c.Database = given.Database })
	set("temporal", func() { c.Temporal = given.Temporal })
	set("namespace", func() { c.Namespace = given.Namespace })
	set("listen", func() { c.Listen = given.Listen })
	set("public-url", func() { c.PublicURL = given.PublicURL })
	set("files", func() { c.Files = given.Files })
	set("anchors", func() { c.Anchors = given.Anchors })
	set("sources", func() { c.Sources = given.Sources })
	set("demo", func() { c.Demo = given.Demo })
	set("letters", func() { c.Letters = letters.Templates })
	set("font", func() { c.Fonts = letters.Fonts })
	set("letter-link", func() { c.LetterLink = letters.Link })
	switch {
	case c.Role != roleAPI && c.Role != roleWorker && c.Role != roleAll:
		return cli.Fail(cli.Usage, "--role 应为 api、worker 或 all，实际为 %q", "--role is api, worker or all, got %q", c.Role)
	case c.Database == "":
		return noDatabase()
	case c.Temporal == "":
		return cli.Fail(cli.Usage, "缺少 Temporal 地址：--temporal 或 LIANBAN_TEMPORAL，如 127.0.0.1:7233", "Temporal's address is missing: --temporal or LIANBAN_TEMPORAL, as 127.0.0.1:7233")
	}
	return nil
}

// sourcesOf reads the file of sources; none is named: our own stores alone.
func sourcesOf(file string, getenv func(string) string) (sources.Config, error) {
	if file == "" {
		return sources.Config{}, nil
	}
	c, err := sources.Load(file, getenv)
	if err != nil {
		return c, &cli.Error{Code: cli.Usage, Zh: "材料来源的配置有误", En: "the configuration of sources is wrong", Err: err}
	}
	return c, nil
}

func noDatabase() error {
	return cli.Fail(cli.Usage, "缺少数据库地址：--database 或 LIANBAN_DATABASE，如 postgres://用户:口令@主机:5432/lianban?connect_timeout=2",
		"the database is missing: --database or LIANBAN_DATABASE, as postgres://USER:PASSWORD@HOST:5432/lianban?connect_timeout=2")
}
