package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine"
)

func (a *App) keyText() string {
	return a.T("幂等键；重发同一操作时用原来的键（不写则新生成并显示）", "idempotency key; repeat an act under its first key (left out: a new one, which is shown)")
}

func (a *App) actCommand() *cobra.Command {
	subs := make([]*cobra.Command, 0, len(actSpecs))
	for _, s := range actSpecs {
		subs = append(subs, a.actOf(s))
	}
	return a.Group("act", GroupWork, a.T("一个办件上可以做的全部操作", "All that can be done on a case"),
		a.T(`在一个办件上做一个操作。每个操作也可以写在 task 或 case 下（lianban task grant、lianban case withdraw）。

怎么写：

  lianban act 操作 办件编号 [--step 环节] [--task 任务] [操作的选项]

--step 不写，就是当前账号唯一能做这个操作的环节。理由、依据等用选项写；数据多时用 --body 文件（YAML 或 JSON，
键同 API）。操作能不能做由规则判断：被拒绝时说明应为什么、实际是什么、依据哪条法律，办件不变，退出码 1。

每个操作带一个幂等键，显示在结果里。没有收到应答（服务器中断）时，用 --key 原键重发，只会生效一次。
服务器已登记而引擎暂时不在时，等 --wait，仍未定的退出码为 5，以后用 `+"`lianban command show 键`"+` 查询。`,
			`Does one act on one case. Every act can be written under task or case as well (lianban task grant, lianban case withdraw).

How it is written:

  lianban act ACT CASE [--step STEP] [--task TASK] [flags of the act]

--step left out is the only step on which the account can do this act. Reasons and the like are flags; for much data use
--body FILE (YAML or JSON, keys as in the API). Whether an act may be done is for the rules to say: a refusal names
what was expected, what is, and the article; the case is unchanged and the exit code is 1.

Every act has an idempotency key, which is shown. When no answer came (the server was lost), send it again with --key: it
counts once. When it is recorded but the engine is away, the command waits for --wait and then ends with exit code 5;
`+"`lianban command show KEY`"+` tells later what became of it.`), subs...)
}

// under makes the act commands of a group.
func (a *App) under(group string) []*cobra.Command {
	var out []*cobra.Command
	for _, s := range actSpecs {
		if s.under == group {
			out = append(out, a.actOf(s))
		}
	}
	return out
}

// actInput is what all acts take.
type actInput struct {
	step, task, key, body string
	wait                  time.Duration
}

func (a *App) actOf(s actSpec) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: s.word + " CASE", Short: a.T(s.zh, s.en), Long: strings.TrimSpace(a.T(s.zh+"。\n"+s.longZh, s.en+".\n"+s.longEn)),
		Args: a.Args(1, 1),
	}
	if s.word != string(s.act) {
		cmd.Aliases = []string{string(s.act)}
	}
	if s.example != "" {
		cmd.Example = "  " + s.example
	}
	f := cmd.Flags()
	f.SortFlags = false
	values := a.addFlags(f, s.flags)
	a.actFlags(cmd, &in)
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		body, err := a.actBody(ctx, l, "/v1/files", args[0], &in, values)
		if err != nil {
			return err
		}
		for _, name := range s.need {
			if _, inData := body[keyOf(name)]; !inData {
				return Fail(Usage, "缺少 --%s", "--%s is missing", name)
			}
		}
		return a.act(ctx, l, "/v1/cases/"+url.PathEscape(args[0])+"/acts/"+string(s.act), body, &in)
	})
	return cmd
}

// keyOf is the request's key a flag fills.
func keyOf(flag string) string {
	switch flag {
	case "line", "condition", "paper", "answer", "statement", "output", "override", "signature", "check", "inspector":
		return flag + "s"
	case "to-account":
		return "account"
	case "from-account":
		return "from"
	case "change":
		return "corrections"
	}
	return flag
}

func (a *App) actFlags(cmd *cobra.Command, in *actInput) {
	f := cmd.Flags()
	f.StringVar(&in.step, "step", "", a.T("环节（只有一处可做时不写）", "the step (left out: the only place it can be)"))
	f.StringVar(&in.task, "task", "", a.T("任务（同一环节有几个时）", "the task, where a step has several"))
	f.StringVar(&in.body, "body", "", a.T("从文件读操作的数据（YAML 或 JSON，- 为标准输入），选项覆盖其中的键", "read the act's data from a file (YAML or JSON, - is standard input); flags go over it"))
	a.sendFlags(cmd, in)
}

func (a *App) sendFlags(cmd *cobra.Command, in *actInput) {
	cmd.Flags().StringVar(&in.key, "key", "", a.keyText())
	cmd.Flags().DurationVar(&in.wait, "wait", 15*time.Second, a.T("已登记而未生效时等多久", "how long to wait for an act that is recorded and not applied"))
}

// actBody makes the request's body: the file, the flags over it, step and task.
func (a *App) actBody(ctx context.Context, l *link, upload, number string, in *actInput, values flagValues) (map[string]any, error) {
	p := &putter{ctx: ctx, link: l, body: map[string]any{}, upload: upload, number: number}
	if in.body != "" {
		if err := a.readData(in.body, &p.body); err != nil {
			return nil, err
		}
	}
	if err := values.fill(p); err != nil {
		return nil, err
	}
	if in.step != "" {
		p.body["step"] = in.step
	}
	if in.task != "" {
		p.body["task"] = in.task
	}
	return p.body, nil
}

// readData reads YAML or JSON (which is YAML) from a file or standard input.
func (a *App) readData(name string, into any) error {
	var raw []byte
	var err error
	if name == "-" {
		raw, err = readLimited(a.In, 1<<20)
	} else {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return unreadable(name, err)
	}
	if err := yaml.UnmarshalWithOptions(raw, into, yaml.Strict()); err != nil {
		return &Error{Code: Usage, Zh: name + " 读不懂", En: name + " cannot be read", Err: errors.New(yaml.FormatError(err, false, false))}
	}
	return nil
}

func readLimited(r io.Reader, most int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	return raw, err
}

// act sends an act and tells what became of it.
func (a *App) act(ctx context.Context, l *link, path string, body map[string]any, in *actInput) error {
	key := cmp.Or(in.key, client.NewKey())
	ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: path, Body: body, Key: key})
	if err != nil {
		var p *client.Problem
		if errors.As(err, &p) && codeOfProblem(p) == Unavailable {
			a.Notef("%s --key %s\n", a.T("重发请用：", "to send it again:"), key)
		}
		return err
	}
	return a.settle(ctx, l, key, ans, in.wait)
}

// settle waits for an act that is recorded and not applied, then reports.
func (a *App) settle(ctx context.Context, l *link, key string, ans *client.Answer, wait time.Duration) error {
	if ans.Status == http.StatusAccepted {
		c, last, err := l.client.Settle(ctx, key, wait)
		if err != nil {
			return err
		}
		switch {
		case last == nil || c.State == "waiting":
			return a.pending(key, ans)
		case c.State == "refused":
			return a.refusedLater(c, last)
		}
		ans = last
	}
	if a.JSON {
		a.raw(ans.Body)
		return nil
	}
	var d gen.Done
	if err := ans.Decode(&d); err != nil {
		return err
	}
	return a.printDone(d)
}

func (a *App) printDone(d gen.Done) error {
	a.Printf("%s\n", a.T("完成："+engine.InBoth(d.Act, nil).ZH, "done "+d.Act))
	return fields(a.Out, a.T("办件", "case"), d.Number, a.T("时间", "at"), when(d.At), a.T("序号", "seq"), fmt.Sprint(d.Seq), a.T("幂等键", "key"), d.Key)
}

func (a *App) pending(key string, ans *client.Answer) error {
	if a.JSON {
		a.raw(ans.Body)
	} else {
		a.Printf("%s\n%s\n", a.T("已登记，尚未生效；引擎恢复后按登记顺序办理，不必重发。", "recorded, not applied yet; it will be, in the order of recording. Nothing needs to be sent again."),
			a.T("查询：", "ask: ")+"lianban command show "+key)
	}
	return silent(Pending)
}

// refusedLater is a refusal that came after the recording.
func (a *App) refusedLater(c gen.Command, last *client.Answer) error {
	if a.JSON {
		a.raw(last.Body)
		return silent(Refused)
	}
	return &client.Problem{Problem: c.Problem, Raw: last.Body, Key: c.Key}
}

// commandCommand asks what became of an act.
func (a *App) commandCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show KEY", Args: a.Args(1, 1), Short: a.T("某个幂等键的操作结果", "What became of the act under a key"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var c gen.Command
			err := l.get(ctx, client.Call{Path: "/v1/commands/" + url.PathEscape(args[0])}, &c, func() error {
				state := map[gen.CommandState]string{
					"done": a.T("完成", "done"), "refused": a.T("被拒绝", "refused"), "waiting": a.T("已登记，尚未生效", "recorded, not applied yet"),
				}[c.State]
				return fields(a.Out, a.T("幂等键", "key"), c.Key, a.T("操作", "act"), c.Act, a.T("办件", "case"), c.Number,
					a.T("时间", "at"), when(c.At), a.T("状态", "state"), state, a.T("序号", "seq"), seqText(c.Seq), a.T("原因", "why"), a.T(c.Problem.Zh, c.Problem.En))
			})
			return err
		}),
	}
	return a.Group("command", GroupWork, a.T("操作的结果（按幂等键）", "What became of an act, by its key"), "", show)
}

func seqText(seq int64) string {
	if seq == 0 {
		return ""
	}
	return fmt.Sprint(seq)
}

// sortedKeys is for output that must be the same every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
