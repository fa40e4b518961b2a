package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) accountCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("演示账号", "Demo accounts"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var out struct{ Accounts []gen.Account }
			return a.ask(cmd.Context(), client.Call{Path: "/v1/accounts"}, &out, func() error { return a.printAccounts(out.Accounts) })
		},
	}
	orgs := &cobra.Command{
		Use: "organisations", Aliases: []string{"orgs"}, Args: a.Args(0, 0), Short: a.T("单位及其代码", "Organisations and their codes"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Organisations []gen.Organisation }
			return l.get(ctx, client.Call{Path: "/v1/organisations"}, &out, func() error {
				t := newTable(a.T("代码", "CODE"), a.T("名称", "NAME"), a.T("区划", "REGION"))
				for _, o := range out.Organisations {
					t.add(o.Code, o.Name, o.Region)
				}
				return t.print(a.Out)
			})
		}),
	}
	return a.Group("account", GroupTools, a.T("演示账号和单位", "Demo accounts and organisations"), "", list, orgs)
}

func (a *App) printAccounts(list []gen.Account) error {
	t := newTable(a.T("账号", "ACCOUNT"), a.T("姓名", "NAME"), a.T("单位", "ORGANISATION"), a.T("岗位", "ROLES"))
	for _, x := range list {
		t.add(x.Login, x.Name, x.OrgName, strings.Join(x.Roles, ", "))
	}
	return t.print(a.Out)
}

func (a *App) loginCommand() *cobra.Command {
	var org string
	var stdin bool
	cmd := &cobra.Command{
		Use: "login ACCOUNT", GroupID: GroupTools, Args: a.Args(1, 1),
		Short: a.T("登录；以后的命令不写 --as 就用这个账号", "Log in; later commands without --as use this account"),
		Long: a.T("演示账号不需要密码。其他账号用 --password-stdin 从标准输入读密码（不会出现在命令行和历史里）；\n第二行是新密码，用来换掉管理员给的临时密码，或自己改密码。",
			"Demo accounts have no password. For others --password-stdin reads it from standard input, so that it is in no history;\na second line is a new password that replaces a temporary one, or one's own."),
		Example: "  lianban login lin.hall\n  lianban task list",
		RunE: func(cmd *cobra.Command, args []string) error {
			_, fromData := a.address()
			l := a.anonymous()
			l.account, l.wallet = args[0], client.OpenWallet(a.walletPath(fromData))
			in := gen.Login{Account: args[0], Org: org}
			if stdin {
				raw, err := readLimited(a.In, 4096)
				if err != nil {
					return err
				}
				in.Password, in.Next, _ = strings.Cut(strings.TrimRight(string(raw), "\r\n"), "\n")
				in.Password = strings.TrimRight(in.Password, "\r")
			}
			if err := l.login(cmd.Context(), in); err != nil {
				return err
			}
			if err := l.wallet.Use(l.client.Server, l.account); err != nil {
				return err
			}
			return a.who(cmd.Context(), l)
		},
	}
	cmd.Flags().StringVar(&org, "org", "", a.T("以哪个单位的身份（账号在几个单位任职时）", "organisation to act for, when the account has roles in several"))
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, a.T("从标准输入读密码", "read the password from standard input"))
	return cmd
}

func (a *App) who(ctx context.Context, l *link) error {
	var x gen.Account
	return l.get(ctx, client.Call{Path: "/v1/session"}, &x, func() error {
		return fields(a.Out, a.T("账号", "account"), x.Login, a.T("姓名", "name"), x.Name, a.T("单位", "organisation"), x.OrgName,
			a.T("区划", "region"), x.Region, a.T("岗位", "roles"), strings.Join(x.Roles, ", "), a.T("服务器", "server"), l.client.Server)
	})
}

func (a *App) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", GroupID: GroupTools, Args: a.Args(0, 0), Short: a.T("当前以谁的身份办理", "Whom commands act for"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error { return a.who(ctx, l) }),
	}
}

func (a *App) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", GroupID: GroupTools, Args: a.Args(0, 0), Short: a.T("退出登录，令牌作废", "Log out; the token is worthless from then on"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			if _, err := l.do(ctx, client.Call{Method: http.MethodDelete, Path: "/v1/session"}); err != nil {
				return err
			}
			if l.wallet == nil {
				return a.finished()
			}
			if err := l.wallet.Drop(l.client.Server, l.account); err != nil {
				return err
			}
			if l.wallet.Current(l.client.Server) == l.account {
				if err := l.wallet.Use(l.client.Server, ""); err != nil {
					return err
				}
			}
			return a.finished()
		}),
	}
}
