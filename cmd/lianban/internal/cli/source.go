package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine"
)

func (a *App) itemCommand() *cobra.Command {
	return a.Group("item", GroupWork, a.T("事项：申请前看要带什么", "Items: what to bring, before filing"), "", a.itemChecklist())
}

func (a *App) itemChecklist() *cobra.Command {
	var in startInput
	var id string
	cmd := &cobra.Command{
		Use: "checklist ITEM", Args: a.Args(1, 1), Short: a.T("要带哪些材料，哪些已有、不必再交", "What has to be brought, and what is held already"),
		Long: a.T(`按情形列出收件要的材料，并按申请人查询各来源（以前的办件、电子证照、其他部门的数据）：已有的不得再要求提交。
不写任何回答时，只列出各来源可预填的回答，由申请人确认。--applicant-id - 从标准输入读证件号码，不留在命令历史里。`,
			`Lists the papers a filing in this situation asks for, and asks the sources (earlier cases, licences, other organs' data)
what they hold of the applicant: that may not be asked of him. Without any answer it lists the answers the sources offer,
for him to confirm. --applicant-id - reads the number from standard input, so that it is in no history.`),
		Example: "  lianban item checklist 餐饮店 --applicant-id 91440101MA5CXXXX0K --answer hasLicence=true … --as lin.hall",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return a.checklist(ctx, l, args[0], id, &in)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&id, "applicant-id", "", a.T("申请人证件号码或统一社会信用代码，- 为标准输入", "number of the applicant's identity document or credit code, - is standard input"))
	f.StringArrayVar(&in.answers, "answer", nil, a.T("问题=回答，可多次；多选用逗号隔开", "QUESTION=ANSWER, may be repeated; several options are separated by commas"))
	f.StringArrayVar(&in.form, "form", nil, a.T("字段=内容，可多次；下级字段用点", "FIELD=VALUE, may be repeated; inner fields with dots"))
	f.StringVar(&in.version, "version", "", a.T("事项版本（不写用今天生效的）", "version of the item (left out: the one effective today)"))
	f.StringVar(&in.region, "region", "", a.T("行政区划代码（不写用本单位的）", "region code (left out: that of the caller's organisation)"))
	f.StringVar(&in.channel, "channel", "", a.T("渠道：window、online、mobile、courier、push", "channel: window, online, mobile, courier, push"))
	return cmd
}

func (a *App) checklist(ctx context.Context, l *link, name, id string, in *startInput) error {
	item, err := a.findItem(ctx, l, name)
	if err != nil {
		return err
	}
	if id == "-" {
		if id, err = a.line(); err != nil {
			return err
		}
	}
	answers, form, err := a.typedInput(ctx, item, in)
	if err != nil {
		return err
	}
	body := map[string]any{}
	if len(answers) > 0 {
		body["answers"] = answers
	}
	if len(form) > 0 {
		body["form"] = form
	}
	for k, v := range map[string]string{"version": in.version, "region": in.region, "channel": in.channel, "applicantId": id} {
		if v != "" {
			body[k] = v
		}
	}
	var out gen.Checklist
	call := client.Call{Method: http.MethodPost, Path: "/v1/items/" + url.PathEscape(item) + "/checklist", Body: body}
	return l.get(ctx, call, &out, func() error { return a.printChecklist(&out) })
}

// line reads one line of standard input.
func (a *App) line() (string, error) {
	s, err := bufio.NewReader(a.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(s), nil
}

func (a *App) printChecklist(list *gen.Checklist) error {
	t := newTable(a.T("材料", "PAPER"), a.T("名称", "NAME"), a.T("怎么办", "NEED"), a.T("来源", "SOURCE"), a.T("等级", "GRADE"), a.T("有效至", "UNTIL"), a.T("查过", "ASKED"))
	for _, p := range list.Papers {
		until := ""
		if p.Until != 0 {
			until = p.Until.String()
		}
		need := a.word("need." + string(p.Need))
		if p.Follow != "" {
			need += a.T("，可容缺 ", ", or later: within ") + p.Follow
		}
		if p.Letter != "" {
			need += a.T("，可先以函代替 ", ", or a letter for ") + p.Letter
		}
		t.add(p.Id, p.Name, need, p.Source, string(p.Grade), until, a.trials(p.Tried))
	}
	if len(list.Papers) > 0 {
		if err := t.print(a.Out); err != nil {
			return err
		}
	}
	if len(list.Promises) > 0 {
		t = newTable(a.T("承诺", "PROMISE"), a.T("须签署", "TO SIGN"), a.T("代替材料", "INSTEAD OF"))
		for _, p := range list.Promises {
			t.add(p.Id, p.Text, strings.Join(p.Replaces, ", "))
		}
		if err := t.print(a.Out); err != nil {
			return err
		}
	}
	if len(list.Offers) == 0 {
		return nil
	}
	t = newTable(a.T("问题", "QUESTION"), a.T("可预填", "OFFER"), a.T("来源", "SOURCE"), a.T("结果", "RESULT"))
	for _, o := range list.Offers {
		t.add(o.Question, offered(o.Value), o.Source, a.trial(engine.Trial{Result: o.Result, Why: o.Why}))
	}
	return t.print(a.Out)
}

// offered shows an answer as it is written on the command line.
func offered(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		list := make([]string, len(v))
		for i, x := range v {
			list[i] = fmt.Sprint(x)
		}
		return strings.Join(list, ",")
	}
	return fmt.Sprint(v)
}

func (a *App) trials(list []engine.Trial) string {
	var out []string
	for _, t := range list {
		out = append(out, t.Source+" "+a.trial(t))
	}
	return strings.Join(out, a.T("；", "; "))
}

func (a *App) trial(t engine.Trial) string {
	s := a.word("trial." + string(t.Result))
	if t.Why != "" {
		s += " (" + t.Why + ")"
	}
	return s
}

func (a *App) sourceCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("材料来源：接通没有，谁在用", "Sources of papers: whether they are connected, and who uses them"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Sources []gen.Source }
			return l.get(ctx, client.Call{Path: "/v1/sources"}, &out, func() error { return a.printSources(out.Sources) })
		}),
	}
	return a.Group("source", GroupDefine, a.T("材料来源：材料库、电子证照、数据", "Sources of papers: library, licences, data"), "", list, a.sourceTest())
}

func (a *App) printSources(list []gen.Source) error {
	t := newTable(a.T("来源", "SOURCE"), a.T("状态", "STATE"), a.T("服务", "SERVICE"), a.T("事项", "ITEMS"))
	for _, s := range list {
		state := a.T("未接通", "not connected")
		switch {
		case !s.RestingUntil.IsZero():
			state = a.T("连续失败，暂停到 ", "failing, left alone until ") + s.RestingUntil.Local().Format(time.TimeOnly)
		case s.Connected:
			state = a.T("已接通", "connected")
		}
		t.add(s.Name, state, cmp.Or(s.Host, "-"), strings.Join(s.Items, ", "))
	}
	return t.print(a.Out)
}

func (a *App) sourceTest() *cobra.Command {
	var item, paper, id string
	var form []string
	cmd := &cobra.Command{
		Use: "test SOURCE", Args: a.Args(1, 1), Short: a.T("向一个来源查一份材料，只看结果", "Ask one source for one paper and see what comes of it"),
		Long: a.T("像收件时那样查询，只告诉结果、用时、有效期，不显示内容。来源失败时退出码为 1。--applicant-id - 从标准输入读。",
			"Asks as a filing would, and tells result, time and validity, never content. The exit code is 1 when the source fails.\n--applicant-id - reads from standard input."),
		Example: "  lianban source test data:property --item 餐饮店 --paper lease --applicant-id - --as dong.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			for _, need := range [][2]string{{"item", item}, {"paper", paper}, {"applicant-id", id}} {
				if need[1] == "" {
					return Fail(Usage, "缺少 --%s", "--%s is missing", need[0])
				}
			}
			code, err := a.findItem(ctx, l, item)
			if err != nil {
				return err
			}
			if id == "-" {
				if id, err = a.line(); err != nil {
					return err
				}
			}
			body := map[string]any{"source": args[0], "item": code, "paper": paper, "applicantId": id}
			if _, fields, err := a.typedInput(ctx, code, &startInput{form: form}); err != nil {
				return err
			} else if len(fields) > 0 {
				body["form"] = fields
			}
			ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/sources/test", Body: body})
			if err != nil {
				return err
			}
			var out gen.SourceAnswer
			if err := ans.Decode(&out); err != nil {
				return err
			}
			if a.JSON {
				a.raw(ans.Body)
			} else if err := a.printProbe(&out); err != nil {
				return err
			}
			if out.Trial.Result == engine.TrialFailed {
				return silent(Refused)
			}
			return nil
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&item, "item", "", a.T("事项：编码，或名称中唯一的一段", "item: its code, or a part of its name that only it has"))
	f.StringVar(&paper, "paper", "", a.T("材料，其来源中有 SOURCE", "paper that has SOURCE among its sources"))
	f.StringVar(&id, "applicant-id", "", a.T("证件号码或统一社会信用代码，- 为标准输入", "number of an identity document or credit code, - is standard input"))
	f.StringArrayVar(&form, "form", nil, a.T("字段=内容，可多次；来源要的表单内容", "FIELD=VALUE, may be repeated; what the source is sent of the form"))
	return cmd
}

func (a *App) printProbe(p *gen.SourceAnswer) error {
	until := ""
	if p.Until != 0 {
		until = p.Until.String()
	}
	return fields(a.Out, a.T("来源", "source"), p.Trial.Source, a.T("结果", "result"), a.trial(p.Trial), a.T("用时", "took"), (time.Duration(p.Took) * time.Millisecond).String(),
		a.T("等级", "grade"), string(p.Grade), a.T("有效至", "valid until"), until, a.T("记录", "record"), p.Ref)
}
