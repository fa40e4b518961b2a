package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine"
	"lianban/engine/definition"
)

func (a *App) taskCommand() *cobra.Command {
	subs := []*cobra.Command{a.taskList(), a.taskClaim(), a.taskComplete()}
	for _, c := range a.under("task") {
		if c.Name() != "claim" { // the one here takes several tasks, too
			subs = append(subs, c)
		}
	}
	return a.Group("task", GroupWork, a.T("待办：收件箱，以及在任务上的操作", "Tasks: the inbox, and what is done on them"), "", subs...)
}

func (a *App) taskList() *cobra.Command {
	var p page
	var org, role, state, light, before, item, number, order, text, step, kind string
	cmd := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("待办，最先到期的在前", "The inbox, nearest due time first"),
		Example: "  lianban task list --as zhou.market\n  lianban task list --state mine --light red --json",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			query := url.Values{}
			set(query, "org", org, "role", role, "state", state, "light", light, "item", item, "number", number, "sort", order, "q", text, "step", step, "kind", kind)
			if before != "" {
				t, err := instant(before)
				if err != nil {
					return err
				}
				query.Set("dueBefore", t.UTC().Format("2006-01-02T15:04:05Z"))
			}
			var all gen.TaskPage
			next, err := p.pages(query, func(q url.Values) (string, error) {
				ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/tasks", Query: q})
				if err != nil {
					return "", err
				}
				var one gen.TaskPage
				err = ans.Decode(&one)
				all.Tasks = append(all.Tasks, one.Tasks...)
				if all.Counts == nil {
					all.Counts = one.Counts // the first page has them
				}
				return one.Next, err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				all.Next = next
				if all.Tasks == nil {
					all.Tasks = []gen.Task{}
				}
				return a.Print(all)
			}
			defer a.more(next)
			if n := all.Counts; n != nil {
				defer fmt.Fprintf(a.Err, a.T("红 %d，黄 %d，绿 %d，灰 %d\n", "red %d, yellow %d, green %d, grey %d\n"), n.Red, n.Yellow, n.Green, n.Grey)
			}
			return a.printTasks(all.Tasks, state == "done")
		}),
	}
	f := cmd.Flags()
	f.StringVar(&state, "state", "", a.T("open 未办（默认）、mine 我认领的、free 无人认领的、done 已办的", "open (default), mine: claimed by me, free: claimed by nobody, done"))
	f.StringVar(&role, "role", "", a.T("只看这个岗位的", "only tasks of this role"))
	f.StringVar(&light, "light", "", a.T("green、yellow、red 或 grey（期限中止）", "green, yellow, red, or grey: its clock stands still"))
	f.StringVar(&order, "sort", "", a.T("due 按期限（默认）、received 先收件的在前、newest 后收件的在前、number 按编号", "due (default), received: received first, newest: received last, number: by case number"))
	f.StringVar(&text, "q", "", a.T("办件编号的一部分；可以查看的，还有申请人", "part of the case number; for who may see it, the applicant"))
	f.StringVar(&step, "step", "", a.T("只看这个环节的", "only tasks of this step"))
	f.StringVar(&kind, "kind", "", a.T("只看这一类任务：look、work、hand 等", "only tasks of this kind: look, work, hand …"))
	f.StringVar(&before, "due-before", "", a.T("在此之前到期的：2026-12-01 或 2026-12-01T12:00", "due before: 2026-12-01 or 2026-12-01T12:00"))
	f.StringVar(&item, "item", "", a.T("事项编码", "item code"))
	f.StringVar(&number, "case", "", a.T("办件编号", "case number"))
	f.StringVar(&org, "org", "", a.T("单位代码（监督人员可以看别的单位）", "organisation code; a supervisor may name another"))
	a.pageFlags(cmd, &p)
	return cmd
}

func (a *App) printTasks(list []gen.Task, done bool) error {
	t := newTable(a.T("办件编号", "CASE"), a.T("任务", "TASK"), a.T("类型", "KIND"), a.T("环节", "STEP"), a.T("事项", "ITEM"), a.T("申请人", "APPLICANT"),
		a.T("单位", "ORGANISATION"), a.T("岗位", "ROLE"), a.T("到期", "DUE"), a.T("灯", "LIGHT"), a.T("认领", "CLAIMED"), a.T("状态", "STATE"), a.T("办理", "DONE"))
	// The tasks of one organisation are its inbox, which names it once.
	several := slices.ContainsFunc(list, func(x gen.Task) bool { return x.Org != list[0].Org })
	for _, x := range list {
		state, by, who := "", "", ""
		if done {
			state, by = a.word(string(x.Status)), cmp.Or(x.DoneByName, x.DoneBy)+" "+when(x.DoneAt)
			if x.DoneAct != "" {
				by = engine.ActName(engine.Act(x.DoneAct)).In(a.Lang) + " " + by
			}
		}
		if several {
			who = cmp.Or(x.OrgName, x.Org, a.word(x.Party))
		}
		t.add(x.Number, x.Id, a.word(string(x.Kind)), cmp.Or(x.StepName, x.Step), x.ItemName, x.Applicant, who, a.role(x.Role),
			a.due(until(x.Due), x.Provisional), a.light(x.Light), cmp.Or(x.ClaimedName, x.Claimed), state, strings.TrimSpace(by))
	}
	return t.print(a.Out)
}

// role is a role in words; nothing where there is none.
func (a *App) role(id string) string {
	if id == "" {
		return ""
	}
	return definition.RoleName(id).In(a.Lang)
}

// taskClaim claims one task as an act, or several at once.
func (a *App) taskClaim() *cobra.Command {
	var in actInput
	spec := actSpecs[0]
	cmd := &cobra.Command{
		Use: "claim CASE [--task TASK] | claim CASE/TASK CASE/TASK...", Short: a.T(spec.zh, spec.en),
		Long: a.T(spec.longZh+"\n一次认领多个：写 办件编号/任务，有一个被拒绝不影响其他。", spec.longEn+"\nSeveral at once: CASE/TASK each; one that is refused does not hold up the others."),
		Args: a.Args(1, 100),
	}
	a.actFlags(cmd, &in)
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		if len(args) == 1 && !strings.Contains(args[0], "/") {
			body, err := a.actBody(ctx, l, "/v1/files", args[0], &in, nil)
			if err != nil {
				return err
			}
			return a.act(ctx, l, "/v1/cases/"+url.PathEscape(args[0])+"/acts/claim", body, &in)
		}
		tasks, err := pairsOf(args)
		if err != nil {
			return err
		}
		return a.batch(ctx, l, "/v1/tasks/claim", tasks, in.key)
	})
	return cmd
}

func pairsOf(args []string) ([]map[string]any, error) {
	var out []map[string]any
	for _, arg := range args {
		number, task, ok := strings.Cut(arg, "/")
		if !ok || number == "" || task == "" {
			return nil, Fail(Usage, "任务写作 办件编号/任务，实际为 %q", "a task is written CASE/TASK, got %q", arg)
		}
		out = append(out, map[string]any{"number": number, "task": task})
	}
	return out, nil
}

// taskComplete ends tasks by naming the act, one or many with the same data.
func (a *App) taskComplete() *cobra.Command {
	var in actInput
	var do string
	all := make([]string, 0, len(actFlags))
	for _, f := range actFlags {
		all = append(all, f.name)
	}
	cmd := &cobra.Command{
		Use: "complete CASE/TASK... --do ACT", Short: a.T("办结任务，可一次多个", "Complete tasks, several at once"),
		Long: a.T(`对列出的每个任务做同一个操作，数据相同。有一个被拒绝不影响其他；有被拒绝的，退出码 1。
只办一个任务时，直接写操作更顺手：lianban task agree 办件编号 --task 任务。`,
			`Does the same act with the same data on every task named. One that is refused does not hold up the others; when any
is, the exit code is 1. For a single task the act itself reads better: lianban task agree CASE --task TASK.`),
		Example: "  lianban task complete CASE1/review.fumeSiting CASE2/review.fumeSiting --do agree --as he.eco",
		Args:    a.Args(1, 100),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&do, "do", "", a.T("操作，见 lianban act --help", "the act, see lianban act --help"))
	values := a.addFlags(f, all)
	f.StringVar(&in.body, "body", "", a.T("从文件读操作的数据（YAML 或 JSON）", "read the act's data from a file (YAML or JSON)"))
	f.StringVar(&in.key, "key", "", a.keyText())
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		act, ok := actNamed(do)
		if !ok {
			return Fail(Usage, "--do 应为一个操作，见 `lianban act --help`；实际为 %q", "--do must be an act, see `lianban act --help`; got %q", do)
		}
		tasks, err := pairsOf(args)
		if err != nil {
			return err
		}
		data, err := a.actBody(ctx, l, "/v1/files", "", &in, values)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			t["do"] = act
			if len(data) > 0 {
				t["data"] = data
			}
		}
		return a.batch(ctx, l, "/v1/tasks/complete", tasks, in.key)
	})
	return cmd
}

// actNamed takes an act's own word or that of the command line.
func actNamed(word string) (string, bool) {
	for _, s := range actSpecs {
		if word == s.word || word == string(s.act) {
			return string(s.act), true
		}
	}
	return "", false
}

func (a *App) batch(ctx context.Context, l *link, path string, tasks []map[string]any, key string) error {
	key = cmp.Or(key, client.NewKey())
	ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: path, Body: map[string]any{"tasks": tasks}, Key: key})
	if err != nil {
		return err
	}
	var out gen.BatchResult
	if err := ans.Decode(&out); err != nil {
		return err
	}
	code := OK
	t := newTable(a.T("办件编号", "CASE"), a.T("任务", "TASK"), a.T("结果", "RESULT"), a.T("序号", "SEQ"), a.T("原因", "WHY"))
	for _, r := range out.Results {
		state := a.T("完成", "done")
		switch r.State {
		case "refused":
			state, code = a.T("被拒绝", "refused"), Refused
		case "waiting":
			state = a.T("已登记", "recorded")
			if code == OK {
				code = Pending
			}
		}
		t.add(r.Number, r.Task, state, seqText(r.Seq), strings.TrimSpace(r.Problem.Code+" "+a.T(r.Problem.Zh, r.Problem.En)))
	}
	if a.JSON {
		a.raw(ans.Body)
	} else {
		if err := t.print(a.Out); err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "%s  %s\n", a.T("幂等键", "key"), key)
	}
	if code != OK {
		return silent(code)
	}
	return nil
}
