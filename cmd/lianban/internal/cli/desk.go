package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) deputyCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("本单位今天及以后的代理", "Deputies of the organisation, today and later"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Deputies []gen.Deputy }
			return l.get(ctx, client.Call{Path: "/v1/deputies"}, &out, func() error { return a.printDeputies(out.Deputies) })
		}),
	}
	var account, from, until string
	add := &cobra.Command{
		Use: "add DEPUTY", Args: a.Args(1, 1), Short: a.T("指定一段时间的代理人", "Name a deputy for some days"),
		Long: a.T("代理人在这些日子里用 --for 账号 代办：用被代理人的岗位，在他的任务上，记录里写明两人。职责分离的规定对两人一并适用。\n为别人指定须由本单位负责人进行。",
			"On these days the deputy acts with --for ACCOUNT: in the colleague's roles, on his tasks, with both on the record. Duties that\nare separated count for both. The head of the organisation may name one for another."),
		Example: "  lianban deputy add sun.market --until 2026-03-13 --as zhou.market\n  lianban task list --mine --for zhou.market --as sun.market",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]string{"deputy": args[0], "until": until}
			if account != "" {
				body["account"] = account
			}
			if from != "" {
				body["from"] = from
			}
			var out gen.Deputy
			return l.get(ctx, client.Call{Method: http.MethodPost, Path: "/v1/deputies", Body: body}, &out, func() error { return a.printDeputies([]gen.Deputy{out}) })
		}),
	}
	f := add.Flags()
	f.StringVar(&account, "account", "", a.T("谁不在（不写为本人）", "who is away (left out: oneself)"))
	f.StringVar(&from, "from", "", a.T("第一天（不写为今天）", "the first day (left out: today)"))
	f.StringVar(&until, "until", "", a.T("最后一天", "the last day"))
	cobra.CheckErr(add.MarkFlagRequired("until"))
	end := &cobra.Command{
		Use: "end ID", Args: a.Args(1, 1), Short: a.T("提前结束代理", "End a deputy before his time"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return l.finish(ctx, client.Call{Method: http.MethodDelete, Path: "/v1/deputies/" + url.PathEscape(args[0])})
		}),
	}
	return a.Group("deputy", GroupWork, a.T("代理人", "Standing deputies"), "", list, add, end)
}

func (a *App) printDeputies(list []gen.Deputy) error {
	t := newTable("ID", a.T("被代理人", "FOR"), a.T("代理人", "DEPUTY"), a.T("第一天", "FROM"), a.T("最后一天", "UNTIL"))
	for _, d := range list {
		t.add(d.Id, cmp.Or(d.AccountName, d.Account), cmp.Or(d.DeputyName, d.Deputy), d.From.String(), d.Until.String())
	}
	return t.print(a.Out)
}

func (a *App) handoverCommand() *cobra.Command {
	var account, reason, key string
	cmd := &cobra.Command{
		Use: "handover SUCCESSOR", GroupID: GroupWork, Args: a.Args(1, 1), Short: a.T("把一个人的全部工作移交给接手人", "Hand everything somebody has over to a successor"),
		Long: a.T("本单位全部办件里他认领、委派出去、待加签的工作都移交；接手人不能办的退回待领取。逐件进行，一件被拒绝不影响其他；用原来的 --key 重发，从停下处继续。",
			"What he has claimed, delegated or is to sign, in all cases of the organisation; what the successor may not do is free again. One\ncase that is refused does not hold up the others. Sent again under its --key it goes on where it stopped."),
		Example: "  lianban handover zhou.market --account sun.market --reason 调离 --as qiao.market",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]string{"successor": args[0], "reason": reason}
			if account != "" {
				body["account"] = account
			}
			call := client.Call{Method: http.MethodPost, Path: "/v1/handovers", Body: body, Key: cmp.Or(key, client.NewKey())}
			var out gen.BatchResult
			return l.get(ctx, call, &out, func() error { return a.printResultsOf(out.Results) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&account, "account", "", a.T("谁离开（不写为本人）", "who leaves (left out: oneself)"))
	f.StringVar(&reason, "reason", "", a.T("理由", "the reason"))
	f.StringVar(&key, "key", "", a.keyText())
	cobra.CheckErr(cmd.MarkFlagRequired("reason"))
	return cmd
}

func (a *App) printResultsOf(list []gen.TaskResult) error {
	t := newTable(a.T("办件", "CASE"), a.T("结果", "RESULT"), "")
	for _, r := range list {
		t.add(r.Number, a.word(string(r.State)), r.Problem.Detail)
	}
	if len(list) == 0 {
		a.Notef("%s\n", a.T("没有需要移交的", "there is nothing to hand over"))
	}
	return t.print(a.Out)
}

func (a *App) draftCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("自己的草稿", "One's own drafts"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Drafts []gen.Draft }
			return l.get(ctx, client.Call{Path: "/v1/drafts"}, &out, func() error {
				t := newTable(a.T("名称", "NAME"), a.T("版本", "VERSION"), a.T("改动", "CHANGED"))
				for _, d := range out.Drafts {
					t.add(d.Name, itoa(int(d.Version)), when(d.At))
				}
				return t.print(a.Out)
			})
		}),
	}
	path := func(name string) string { return "/v1/drafts/" + url.PathEscape(name) }
	show := func(l *link, ctx context.Context, call client.Call) error {
		var out gen.Draft
		return l.get(ctx, call, &out, func() error {
			body, err := yaml.Marshal(out.Body)
			a.Printf("# %s, %d\n%s", out.Name, out.Version, body)
			return err
		})
	}
	get := &cobra.Command{
		Use: "show NAME", Args: a.Args(1, 1), Short: a.T("一份草稿", "A draft"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return show(l, ctx, client.Call{Path: path(args[0])})
		}),
	}
	var version int64
	save := &cobra.Command{
		Use: "save NAME FILE", Args: a.Args(2, 2), Short: a.T("保存草稿", "Save a draft"),
		Long: a.T("FILE 是 YAML 或 JSON，以后可作操作的 --body。--version 是读到的版本，新草稿不写；别处已改动则拒绝。",
			"FILE is YAML or JSON, to be the --body of an act later. --version is the one that was read, none for a new draft; when it was changed\nelsewhere since, saving is refused."),
		Example: "  lianban draft save 审查意见 opinion.yaml --as zhou.market",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := os.ReadFile(args[1])
			if err != nil {
				return unreadable(args[1], err)
			}
			var body map[string]any
			if err := yaml.Unmarshal(src, &body); err != nil {
				return &Error{Code: Usage, Err: err}
			}
			raw, err := json.Marshal(map[string]any{"version": version, "body": body})
			if err != nil {
				return err
			}
			return show(l, ctx, client.Call{Method: http.MethodPut, Path: path(args[0]), Body: json.RawMessage(raw)})
		}),
	}
	save.Flags().Int64Var(&version, "version", 0, a.T("读到的版本", "the version that was read"))
	drop := &cobra.Command{
		Use: "drop NAME", Args: a.Args(1, 1), Short: a.T("丢弃草稿", "Throw a draft away"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return l.finish(ctx, client.Call{Method: http.MethodDelete, Path: path(args[0])})
		}),
	}
	return a.Group("draft", GroupWork, a.T("草稿", "Drafts"), "", list, get, save, drop)
}
