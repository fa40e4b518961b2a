package run

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
