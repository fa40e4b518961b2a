package run

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/api"
	"lianban/cmd/lianban/internal/cli"
	"lianban/store"
)

// minPassword is how long a password is at least; the API asks the same.
const minPassword = 12

// firstAdmin is what `admin create` is told.
type firstAdmin struct {
	database, name, org, orgName, region, kind string
	stdin                                      bool
}

// Admin is the command of administrators: what they do over the API, and the first
// of them, made in the database itself.
func Admin(a *cli.App) *cobra.Command {
	var o firstAdmin
	create := &cobra.Command{
		Use: "create LOGIN", Args: a.Args(1, 1),
		Short: a.T("建立管理员账号（直接写数据库）", "Make an administrator, in the database itself"),
		Long: a.T(`新装的系统没有账号，也没有默认密码。本命令在数据库里建立第一名管理员：他所在的单位还没有时一并建立（--org-name、--region）。
密码用 --password-stdin 从标准输入读，至少 12 个字符；不写则生成一个临时密码，只打印一次，第一次登录时须换掉。
其他人员由他在系统里添加。已有的登录名不会被改动：密码遗失时用 lianban password 重设。`,
			`A new installation has no account and no default password. This makes its first administrator in the database, with the
organisation he belongs to where it is not there yet (--org-name, --region). The password is read from standard input with
--password-stdin, 12 characters or more; else a temporary one is made, printed once, and replaced at the first login. He adds
everybody else. A login that exists is left alone: lianban password sets a lost password anew.`),
		Example: "  lianban admin create qin.lan --name 秦岚 --org data-210304 --org-name 立山区政务数据中心 --region 210304 --database postgres://…",
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.create(cmd.Context(), a, args[0])
		},
	}
	f := create.Flags()
	f.SortFlags = false
	f.StringVar(&o.name, "name", "", a.T("姓名", "the person's name"))
	f.StringVar(&o.org, "org", "", a.T("所在单位的代码，如 data-210304", "code of his organisation, as data-210304"))
	f.StringVar(&o.orgName, "org-name", "", a.T("单位名称（单位还没有时）", "the organisation's name, when it is not there yet"))
	f.StringVar(&o.region, "region", "", a.T("单位所在区划代码（单位还没有时）", "its division code, when it is not there yet"))
	f.StringVar(&o.kind, "kind", "organisation", a.T("单位类型：hall、department、government、enterprise、organisation", "its kind: hall, department, government, enterprise, organisation"))
	f.BoolVar(&o.stdin, "password-stdin", false, a.T("从标准输入读密码", "read the password from standard input"))
	f.StringVar(&o.database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）", "connection string of PostgreSQL (LIANBAN_DATABASE)"))
	cobra.CheckErr(errors.Join(create.MarkFlagRequired("name"), create.MarkFlagRequired("org")))
	return a.AdminCommand(create)
}

func (o *firstAdmin) create(ctx context.Context, a *cli.App, login string) error {
	dsn := cmp.Or(o.database, a.Getenv("LIANBAN_DATABASE"))
	if dsn == "" {
		return noDatabase()
	}
	if err := o.check(login); err != nil {
		return err
	}
	password, temporary := api.NewPassword(), true
	if o.stdin {
		var err error
		if password, err = readPassword(a.In); err != nil {
			return err
		}
		temporary = false
	}
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return unusable(err)
	}
	defer s.Close()
	admin := store.Account{
		ID: "p" + strings.ToLower(rand.Text()[:20]), Login: login, Name: o.name, Active: true, PasswordHash: api.HashPassword(password), PasswordTemporary: temporary,
		Roles: []store.Role{{Org: o.org, Role: api.RoleAdmin}},
	}
	err = s.Administer(ctx, store.Administrator{Account: store.Console, At: time.Now().UTC()}, func(reg *store.Registry) error {
		if _, err := reg.AccountByLogin(ctx, login); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return unusable(err)
			}
			return cli.Fail(cli.Refused, "登录名 %s 已有：换一个登录名，或用 lianban password 重设其密码", "the login %s exists: choose another, or set its password with lianban password", login)
		}
		if err := o.organisation(ctx, reg); err != nil {
			return err
		}
		_, err := reg.WriteAccount(ctx, "create", nil, admin)
		return err
	})
	if err != nil {
		return orUnusable(err)
	}
	a.Notef(a.T("已建立管理员 %s\n", "the administrator %s is made\n"), login)
	if temporary {
		a.Notef("%s\n", a.T("临时密码（只显示这一次，第一次登录时换掉）：", "temporary password, shown this once and replaced at the first login:"))
		a.Printf("%s\n", password)
	}
	return nil
}

func (o *firstAdmin) check(login string) error {
	switch {
	case !api.ValidLogin(login):
		return cli.Fail(cli.Usage, "登录名由小写字母、数字、. _ - 组成，以字母开头", "a login has small letters, digits, . _ and -, and begins with a letter")
	case strings.TrimSpace(o.name) == "":
		return cli.Fail(cli.Usage, "缺少 --name", "--name is missing")
	case !api.ValidOrganisation(o.org):
		return cli.Fail(cli.Usage, "--org 由小写字母、数字和连字符组成", "--org has small letters, digits and hyphens")
	}
	return nil
}

// organisation makes sure of the administrator's organisation.
func (o *firstAdmin) organisation(ctx context.Context, reg *store.Registry) error {
	_, err := reg.Organisation(ctx, o.org)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if o.orgName == "" || !api.ValidRegion(o.region) || !api.ValidOrganisationKind(o.kind) {
		return cli.Fail(cli.Usage, "没有单位 %s：用 --org-name、--region（6 至 12 位数字）和 --kind 一并建立", "there is no organisation %s: --org-name, --region (6 to 12 digits) and --kind make it", o.org)
	}
	_, err = reg.PutOrganisation(ctx, "create", nil, store.Organisation{Code: o.org, Name: o.orgName, Region: o.region, Kind: o.kind})
	return err
}

// orUnusable keeps what the program itself refuses, and says of anything else that
// the database cannot be used.
func orUnusable(err error) error {
	var own *cli.Error
	if errors.As(err, &own) {
		return err
	}
	return unusable(err)
}

// readPassword reads a password from standard input, without the line's end.
func readPassword(in io.Reader) (string, error) {
	const most = 256
	raw, err := io.ReadAll(io.LimitReader(in, most+3))
	password := strings.TrimRight(string(raw), "\r\n")
	if n := len([]rune(password)); err != nil || n < minPassword || len(password) > most {
		return "", cli.Fail(cli.Usage, "密码应为 12 个以上、256 个以下字符", "a password has 12 to 256 characters")
	}
	return password, nil
}

// Password sets the password of an account, from standard input.
func Password(a *cli.App) *cobra.Command {
	var database string
	cmd := &cobra.Command{
		Use: "password LOGIN", GroupID: cli.GroupRun, Args: a.Args(1, 1),
		Short: a.T("给账号设密码（直接写数据库）", "Set the password of an account, in the database itself"),
		Long: a.T("从标准输入读密码，至少 12 个字符。管理员的密码遗失时用；其他人的密码由管理员在系统里重设。该账号随即在各处退出登录。",
			"Reads the password from standard input, 12 characters or more. For an administrator who has lost his; everybody else's is\nset anew by an administrator. The account is logged out everywhere."),
		Example: "  printf '%s' \"$PASSWORD\" | lianban password qin.lan --database postgres://…",
		RunE: func(cmd *cobra.Command, args []string) error {
			dsn := cmp.Or(database, a.Getenv("LIANBAN_DATABASE"))
			if dsn == "" {
				return noDatabase()
			}
			password, err := readPassword(a.In)
			if err != nil {
				return err
			}
			s, err := store.Open(cmd.Context(), dsn, store.Options{})
			if err != nil {
				return unusable(err)
			}
			defer s.Close()
			return setPassword(cmd.Context(), s, args[0], password)
		},
	}
	cmd.Flags().StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）", "connection string of PostgreSQL (LIANBAN_DATABASE)"))
	return cmd
}

func setPassword(ctx context.Context, s *store.Store, login, password string) error {
	hash := api.HashPassword(password)
	err := s.Administer(ctx, store.Administrator{Account: store.Console, At: time.Now().UTC()}, func(reg *store.Registry) error {
		before, err := reg.AccountByLogin(ctx, login)
		if errors.Is(err, store.ErrNotFound) {
			return cli.Fail(cli.NotFound, "没有账号 %s", "there is no account %s", login)
		}
		if err != nil {
			return err
		}
		next := before
		next.PasswordHash, next.PasswordTemporary = hash, false
		if _, err := reg.WriteAccount(ctx, "reset-password", &before, next); err != nil {
			return err
		}
		return reg.EndSessions(ctx, before.ID)
	})
	if err != nil {
		return orUnusable(err)
	}
	return s.ForgetAttempts(ctx, "login:"+login)
}
