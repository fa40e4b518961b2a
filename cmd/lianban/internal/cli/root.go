package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Groups of commands in the help of the program.
const (
	GroupRun    = "run"
	GroupWork   = "work"
	GroupDefine = "define"
	GroupTools  = "tools"
)

func (a *App) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "lianban",
		Short: a.T("联办：政务服务大厅的跨部门并联审批引擎", "Lianban: cross-department approval for government service halls"),
		Long: a.T(`联办（lianban）把“一件事”办成一件事：一个窗口收件，各部门并联审查、各计各的时限，
一次性告知补正，牵头部门决定，一个窗口出证。

第一次使用：

  lianban dev                                启动全部服务，打印地址和演示账号
  lianban task list --as ACCOUNT             另开一个终端：看某个账号的待办
  lianban act --help                         一个办件上可以做的全部操作`,
			`Lianban turns one matter into one case: one window receives it, departments review side by
side under their own clocks, one correction notice, a lead concludes, one window hands out.

First steps:

  lianban dev                                run everything; prints address and demo accounts
  lianban task list --as ACCOUNT             in another terminal: what waits for an account
  lianban act --help                         all that can be done on a case`),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          a.group,
		Version:       BuildVersion(), // what people type before they know there is a command
	}
	root.AddGroup(
		&cobra.Group{ID: GroupRun, Title: a.T("运行", "Running")},
		&cobra.Group{ID: GroupWork, Title: a.T("办件", "Working on cases")},
		&cobra.Group{ID: GroupDefine, Title: a.T("事项定义与期限", "Definitions and time limits")},
		&cobra.Group{ID: GroupTools, Title: a.T("其他", "More")},
	)
	f := root.PersistentFlags()
	f.StringVar(&a.server, "server", "", a.T("服务器地址（环境变量 LIANBAN_SERVER；不填则找 --data 中正在运行的 dev）", "address of the server (LIANBAN_SERVER; left out: the dev running on --data)"))
	f.StringVar(&a.token, "token", "", a.T("访问令牌（LIANBAN_TOKEN）", "access token (LIANBAN_TOKEN)"))
	f.StringVar(&a.as, "as", "", a.T("以哪个演示账号办理（LIANBAN_AS）", "demo account to act as (LIANBAN_AS)"))
	f.StringVar(&a.standsFor, "for", "", a.T("代谁办理：被代理人的登录名或账号", "act as the deputy of this login or account"))
	f.StringVar(&a.Data, "data", "", a.T("dev 的数据目录（LIANBAN_DATA，默认 ./data）", "data folder of dev (LIANBAN_DATA, default ./data)"))
	f.BoolVar(&a.JSON, "json", false, a.T("标准输出只有一个 JSON 文档", "standard output is one JSON document"))
	f.String("lang", "", a.T("语言 zh 或 en（LIANBAN_LANG，否则按系统语言）", "language, zh or en (LIANBAN_LANG, else the locale)"))
	f.DurationVar(&a.timeout, "timeout", 30*time.Second, a.T("等服务器应答的最长时间", "how long to wait for the server"))
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if v, _ := cmd.Flags().GetString("lang"); v != "" && v != zh && v != en {
			return Fail(Usage, "--lang 应为 zh 或 en", "--lang is zh or en")
		}
		if a.Data == "" {
			a.Data = a.Getenv("LIANBAN_DATA")
		}
		if a.Data == "" {
			a.Data = "data"
		}
		return nil
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		a.JSON = a.JSON || slices.Contains(a.args, "--json") // flags behind the wrong one were not read
		return &Error{Code: Usage, Zh: "命令行有误", En: "wrong command line", Err: err}
	})
	root.Flags().BoolP("version", "v", false, a.T("程序的版本", "version of the program"))
	root.SetVersionTemplate("lianban {{.Version}}\n")
	root.SetHelpCommandGroupID(GroupTools)
	root.SetCompletionCommandGroupID(GroupTools)
	root.AddCommand(a.definitionCommand(), a.calendarCommand(), a.versionCommand())
	root.AddCommand(a.remoteCommands()...)
	return root
}

// group is what a command that only holds others does: with an unknown word it
// says so and names the nearest, without any it helps.
func (a *App) group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	zhText, enText := fmt.Sprintf("没有命令 %q", cmd.CommandPath()+" "+args[0]), fmt.Sprintf("there is no command %q", cmd.CommandPath()+" "+args[0])
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		zhText += "；是否应为 " + strings.Join(near, "、") + "？"
		enText += "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return &Error{Code: Usage, Zh: zhText, En: enText}
}

// Group makes a command that holds others.
func (a *App) Group(use, group, short, long string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, GroupID: group, Short: short, Long: long, Args: cobra.ArbitraryArgs, RunE: a.group}
	c.AddCommand(subs...)
	return c
}

// Args checks the number of arguments, and says what they are when it is wrong. A flag that must be
// there and is not is a wrong command line as well.
func (a *App) Args(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			if err := cmd.ValidateRequiredFlags(); err != nil {
				return &Error{Code: Usage, Zh: "命令行有误", En: "wrong command line", Err: err}
			}
			return nil
		}
		return Fail(Usage, "参数个数不对，应为：%s（实际 %d 个）", "wrong number of arguments, expected: %s (got %d)", cmd.UseLine(), len(args))
	}
}

// localize gives the parser's own words the language of this run.
func (a *App) localize(root *cobra.Command) {
	root.SetUsageTemplate(a.usageTemplate())
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}\n\n{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}")
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" {
				f.Usage = a.T("本命令的说明", "help for this command")
			}
		})
		switch c.Name() {
		case "help":
			c.Short = a.T("任一命令的说明", "Help for any command")
		case "completion":
			c.Short = a.T("生成 shell 自动补全脚本", "Completion scripts for shells")
			c.Long, c.Args, c.RunE = "", cobra.ArbitraryArgs, a.group // an unknown shell is an error
			for _, shell := range c.Commands() {
				shell.Short = a.T(shell.Name()+" 的补全脚本", "Completion script for "+shell.Name())
				shell.Long = a.T(completionZH[shell.Name()], shell.Long)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func (a *App) usageTemplate() string {
	words := strings.NewReplacer(
		"@usage", a.T("用法：", "Usage:"), "@examples", a.T("示例：", "Examples:"), "@aliases", a.T("别名：", "Aliases:"),
		"@commands", a.T("命令：", "Commands:"), "@more", a.T("其他命令：", "Other commands:"),
		"@flags", a.T("选项：", "Flags:"), "@global", a.T("全局选项：", "Global flags:"),
		"@codes", a.T("退出码：0 成功；1 有发现或被拒绝；2 用法错误；3 找不到；4 服务器不可用；5 已登记、尚未生效；6 未登录或无权；7 程序故障",
			"Exit codes: 0 done; 1 findings or refused; 2 usage; 3 not found; 4 server unavailable; 5 recorded, not applied yet; 6 not logged in or not permitted; 7 fault"),
		"@help", a.T("每个命令的说明：", "Help for a command: "),
	)
	return words.Replace(`@usage
{{if .HasAvailableSubCommands}}  {{.CommandPath}} COMMAND [...]{{else}}  {{.UseLine}}{{end}}{{if gt (len .Aliases) 0}}

@aliases
  {{.NameAndAliases}}{{end}}{{if .HasExample}}

@examples
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{if eq (len .Groups) 0}}

@commands{{range $cmds}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if (and (eq .GroupID $group.ID) .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .AllChildCommandsHaveGroup}}

@more{{range $cmds}}{{if (and (eq .GroupID "") .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

@flags
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

@global
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}

@codes{{if .HasAvailableSubCommands}}
@help{{.CommandPath}} COMMAND --help{{end}}
`)
}

// completionZH says per shell how the script is put to use.
var completionZH = map[string]string{
	"bash": `打印 bash 的补全脚本，依赖 bash-completion 软件包。

只在当前终端：

  source <(lianban completion bash)

以后每个终端（一次即可）：

  lianban completion bash > /etc/bash_completion.d/lianban`,
	"zsh": `打印 zsh 的补全脚本。没有启用补全的，先运行一次：

  echo "autoload -U compinit; compinit" >> ~/.zshrc

只在当前终端：

  source <(lianban completion zsh)

以后每个终端（一次即可）：

  lianban completion zsh > "${fpath[1]}/_lianban"`,
	"fish": `打印 fish 的补全脚本。

只在当前终端：

  lianban completion fish | source

以后每个终端（一次即可）：

  lianban completion fish > ~/.config/fish/completions/lianban.fish`,
	"powershell": `打印 PowerShell 的补全脚本。

只在当前终端：

  lianban completion powershell | Out-String | Invoke-Expression

以后每个终端：把上一命令的输出写入 PowerShell 配置文件。`,
}
