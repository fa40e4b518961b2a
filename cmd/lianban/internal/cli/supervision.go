package cli

import (
	"os"

	"github.com/spf13/cobra"

	"lianban/engine/supervision"
)

// Supervision groups the commands of electronic supervision; others are those of
// the program that need no server.
func (a *App) Supervision(others ...*cobra.Command) *cobra.Command {
	subs := append([]*cobra.Command{a.supervisionCheck()}, others...)
	return a.Group("supervision", GroupWork, a.T("电子监察：规则、预警和红黄牌", "Electronic supervision: rules and cards"), "", subs...)
}

func (a *App) supervisionCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Args: a.Args(1, 1), Short: a.T("检查一份监察规则", "Check a file of supervision rules"),
		Long:    a.T("在本机检查，不需要服务器。有发现时退出码为 1，每个发现一行：文件:行:列。", "Checks on this machine, without a server. Code 1 when anything is found, one line each: FILE:LINE:COL."),
		Example: "  lianban supervision check rules.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return &Error{Code: NotFound, Zh: "读不了 " + args[0], En: "cannot read " + args[0], Err: err}
			}
			rules, found := supervision.Load(args[0], src)
			if a.JSON {
				if err := a.Print(map[string]any{"findings": found, "ok": rules != nil}); err != nil {
					return err
				}
			} else {
				a.Printf("%s", found.Render(a.Lang))
				if rules != nil {
					a.Printf(a.T("%s：%d 条规则，没有错误\n", "%s: %d rules, no errors\n"), args[0], len(rules.Rules))
				}
			}
			if rules == nil {
				return &Error{Code: Refused}
			}
			return nil
		},
	}
}
