package run

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/api"
	"lianban/cmd/lianban/internal/cli"
	"lianban/standalone"
	"lianban/store"
)

// sameServer is what --temporal without a value means.
const sameServer = "same"

// Migrate is the command that sets up the schemas.
func Migrate(a *cli.App) *cobra.Command {
	var database, temporal string
	var show, catalogue bool
	cmd := &cobra.Command{
		Use: "migrate", GroupID: cli.GroupRun, Args: a.Args(0, 0),
		Short: a.T("建立或升级数据库结构", "Set up or upgrade the database"),
		Long: a.T(`把 --database 的结构带到本程序的版本，并装入工作日历。可以重复运行，也可以同时运行几个。只向前，不回退。

--temporal 同时建立 Temporal 的两个库（temporal、temporal_visibility），默认在同一台 PostgreSQL 上，也可以写
--temporal=postgres://…/库名。--catalogue 装入随程序的事项目录、演示单位和账号。--print 只打印本产品的 SQL，不连接数据库。`,
			`Brings --database to the schema of this program and loads the working calendars. It may be run again, and by several
at once. Forward only.

--temporal sets up Temporal's two databases as well (temporal, temporal_visibility), on the same PostgreSQL unless
another is named: --temporal=postgres://…/DATABASE. --catalogue loads the items, demo organisations and accounts that come
with the program. --print prints the product's SQL and connects to nothing.`),
		Example: "  lianban migrate --database postgres://lianban:…@db:5432/lianban --temporal\n  lianban migrate --print | less",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if show {
				a.Printf("%s", store.MigrationSQL())
				return nil
			}
			m := &migration{app: a, dsn: cmp.Or(database, a.Getenv("LIANBAN_DATABASE")), temporal: temporal, catalogue: catalogue}
			if m.dsn == "" {
				return noDatabase()
			}
			return m.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）", "connection string of PostgreSQL (LIANBAN_DATABASE)"))
	f.StringVar(&temporal, "temporal", "", a.T("也建立 Temporal 的库", "set up Temporal's databases, too"))
	f.Lookup("temporal").NoOptDefVal = sameServer
	f.BoolVar(&catalogue, "catalogue", false, a.T("装入随程序的事项目录、演示单位和账号", "load the items, demo organisations and accounts that come with the program"))
	f.BoolVar(&show, "print", false, a.T("只打印 SQL", "print the SQL only"))
	return cmd
}

type migration struct {
	app           *cli.App
	dsn, temporal string
	catalogue     bool
}

func (m *migration) run(ctx context.Context) error {
	if err := store.Migrate(ctx, m.dsn); err != nil {
		return unusable(err)
	}
	m.note("结构已是最新", "the schema is up to date")
	s, err := store.Open(ctx, m.dsn, store.Options{})
	if err != nil {
		return unusable(err)
	}
	defer s.Close()
	now := time.Now().UTC()
	if err := loadBasics(ctx, s, now); err != nil {
		return err
	}
	m.note("工作日历和监察规则已装入", "working calendars and supervision rules are loaded")
	if m.catalogue {
		if err := m.load(ctx, s, now); err != nil {
			return err
		}
	}
	if m.temporal == "" {
		return nil
	}
	if err := m.migrateTemporal(ctx); err != nil {
		return err
	}
	m.note("Temporal 的库已是最新", "Temporal's databases are up to date")
	return nil
}

func (m *migration) note(zh, en string) { m.app.Notef("%s\n", m.app.T(zh, en)) }

func (m *migration) load(ctx context.Context, s *store.Store, now time.Time) error {
	l, err := loadCatalogue(ctx, s, now)
	if err != nil {
		return err
	}
	m.app.Notef(m.app.T("已装入 %d 个事项版本、%d 个账号\n", "loaded %d versions of items, %d accounts\n"), l.Items, l.Accounts)
	if len(l.Changed) > 0 {
		return cli.Fail(cli.Refused, "以下版本已以其他内容发布，没有改动：%s", "published already with another content, left as they are: %s", strings.Join(l.Changed, ", "))
	}
	return nil
}

func (m *migration) migrateTemporal(ctx context.Context) error {
	dsn := m.temporal
	if dsn == sameServer {
		dsn = m.dsn
	}
	target, err := standalone.ParsePostgresTarget(dsn, "")
	if err == nil && m.temporal == sameServer {
		target.Database, target.VisibilityDatabase = standalone.TemporalDatabase, standalone.VisibilityDatabase
	}
	if err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "--temporal 有误", En: "--temporal is wrong", Err: err}
	}
	log := slog.New(slog.NewTextHandler(m.app.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := standalone.MigrateTemporal(ctx, target, log); err != nil {
		return unusable(err)
	}
	return nil
}

func unusable(err error) error {
	return &cli.Error{Code: cli.Unavailable, Zh: "数据库不可用", En: "the database cannot be used", Err: err}
}

// Password sets the password of an account, from standard input.
func Password(a *cli.App) *cobra.Command {
	var database string
	cmd := &cobra.Command{
		Use: "password LOGIN", GroupID: cli.GroupRun, Args: a.Args(1, 1),
		Short: a.T("给账号设密码（直接写数据库）", "Set the password of an account, in the database itself"),
		Long: a.T("从标准输入读密码，至少 12 个字符。给没有演示身份的 serve 准备第一个账号时用。",
			"Reads the password from standard input, 12 characters or more. For the first account of a serve without the demo identity."),
		Example: "  printf '%s' \"$PASSWORD\" | lianban password dong.supervision --database postgres://…",
		RunE: func(cmd *cobra.Command, args []string) error {
			dsn := cmp.Or(database, a.Getenv("LIANBAN_DATABASE"))
			if dsn == "" {
				return noDatabase()
			}
			buf := make([]byte, 1024)
			n := 0
			for n < len(buf) {
				k, err := a.In.Read(buf[n:])
				n += k
				if err != nil {
					break // its end; a fault shows as a password that is too short
				}
			}
			password := strings.TrimRight(string(buf[:n]), "\r\n")
			if len([]rune(password)) < 12 || n == len(buf) {
				return cli.Fail(cli.Usage, "密码应为 12 个以上字符", "a password has 12 characters or more")
			}
			s, err := store.Open(cmd.Context(), dsn, store.Options{})
			if err != nil {
				return unusable(err)
			}
			defer s.Close()
			account, err := s.AccountByLogin(cmd.Context(), args[0])
			if errors.Is(err, store.ErrNotFound) {
				return cli.Fail(cli.NotFound, "没有账号 %s", "there is no account %s", args[0])
			}
			if err != nil {
				return unusable(err)
			}
			account.PasswordHash = api.HashPassword(password)
			return s.PutAccount(cmd.Context(), account)
		},
	}
	cmd.Flags().StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）", "connection string of PostgreSQL (LIANBAN_DATABASE)"))
	return cmd
}

// Temporal is a Temporal server as a process of its own, for tests that stop it alone.
func Temporal(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use: "temporal", Hidden: true, DisableFlagParsing: true, Short: a.T("单独的 Temporal 服务器（测试用）", "a Temporal server by itself, for tests"),
		RunE: func(_ *cobra.Command, args []string) error {
			if code := standalone.TemporalMain(args, a.Out, a.Err); code != 0 {
				os.Exit(code) // it has said why, in its own words and with its own code
			}
			return nil
		},
	}
}
