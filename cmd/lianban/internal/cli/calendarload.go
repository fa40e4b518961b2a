package cli

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/definitions/calendars"
)

func (a *App) calendarLoad() *cobra.Command {
	var region, reason, key string
	var dry bool
	cmd := &cobra.Command{
		Use: "load FILE", Args: a.Args(1, 1), Short: a.T("载入放假通知或当地停工日", "Load a notice of holidays, or days of a region"),
		Long: a.T(`文件是本产品格式的 YAML（year 或 region），或公开数据集 holiday-cn 的年度 JSON。--region 把其中的日期只用于该区域及其下级。
载入后新办件立即使用；未结的办件逐件重新计算时限，理由记入各时限的记录，已结束的时限和已办结的办件不变，重新计算后已过的日期保持原日期。
--dry-run 只列出会变动的日期。进度用 lianban calendar list 看。同一文件名目的日期写空，就是收回。`,
			`FILE is YAML in this product's form (year or region), or a year of the public data set holiday-cn (JSON). --region lets the
days hold for that region and below it only. New cases use them at once; open cases are counted anew one by one, with the
reason in the ledger of each clock. Clocks that have ended, closed cases, and dates that would lie behind stay as they are.
--dry-run lists the dates that would move. lianban calendar list says how far it has come. The days of a region are taken
back by a file of the same notice without any.`),
		Example: `  lianban calendar load 2027.json --dry-run --as qin.data
  lianban calendar load 2027.json --as qin.data
  lianban calendar load 防汛停工.yaml --region 210304 --as qin.data`,
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return unreadable(args[0], err)
			}
			set, err := calendars.File(filepath.Base(args[0]), src, region)
			if err != nil {
				return &Error{Code: Usage, Err: err}
			}
			body := gen.CalendarContent{Reason: cmp.Or(reason, set.Reason()), Years: set.Years, Layers: set.Layers}
			if dry {
				return a.previewLoad(ctx, l, body)
			}
			var out gen.CalendarLoad
			call := client.Call{Method: http.MethodPost, Path: "/v1/calendars", Body: body, Key: cmp.Or(key, client.NewKey())}
			return l.get(ctx, call, &out, func() error { return a.printLoad(&out) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&region, "region", "", a.T("只用于该行政区划代码及其下级", "for this region code and below it only"))
	f.StringVar(&reason, "reason", "", a.T("记入时限的理由（不写为通知名称）", "what the ledgers say (left out: the notice's name)"))
	f.BoolVar(&dry, "dry-run", false, a.T("只看会变动的日期，不载入", "only show the dates that would move"))
	f.StringVar(&key, "key", "", a.keyText())
	return cmd
}

// previewLoad pages through the open cases.
func (a *App) previewLoad(ctx context.Context, l *link, body gen.CalendarContent) error {
	t := newTable(a.T("办件", "CASE"), a.T("时限", "CLOCK"), a.T("原到期日", "WAS DUE"), a.T("新到期日", "WILL BE DUE"), "")
	var all gen.CalendarPreview
	for after := ""; ; {
		query := url.Values{}
		set(query, "after", after)
		ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/calendars/preview", Query: query, Body: body})
		if err != nil {
			return err
		}
		var page gen.CalendarPreview
		if err := ans.Decode(&page); err != nil {
			return err
		}
		all.Calendars, all.Cases, all.Moves = page.Calendars, all.Cases+page.Cases, append(all.Moves, page.Moves...)
		if after = page.Next; after == "" {
			break
		}
	}
	if a.JSON {
		return a.Print(all)
	}
	for _, c := range all.Calendars {
		a.Printf("%s %s\n", cmp.Or(c.Region, a.T("全国", "mainland")), c.Version)
	}
	for _, m := range all.Moves {
		note := ""
		switch {
		case m.Was && !m.Is:
			note = a.T("由暂定变为确定", "firm now")
		case m.Is:
			note = a.T("暂定", "provisional")
		}
		t.add(m.Number, a.T(m.Name.ZH, m.Name.EN), m.From.String(), m.To.String(), note)
	}
	a.Printf(a.T("未结办件 %d 件，变动 %d 处\n", "%d open cases, %d dates move\n"), all.Cases, len(all.Moves))
	if len(all.Moves) == 0 {
		return nil
	}
	return t.print(a.Out)
}

func (a *App) printLoad(l *gen.CalendarLoad) error {
	state := a.T("办理中", "under way")
	if !l.DoneAt.IsZero() {
		state = when(l.DoneAt)
	}
	return fields(a.Out, a.T("理由", "reason"), l.Reason, a.T("日历", "calendars"), strings.Join(l.Versions, " "), a.T("载入", "loaded"), when(l.At),
		a.T("待告知", "open"), itoa(l.Open), a.T("已告知", "told"), itoa(l.Told), a.T("已重算", "counted anew"), itoa(l.Done),
		a.T("无需重算", "nothing to do"), itoa(l.Refused), a.T("完成", "finished"), state)
}

func (a *App) calendarList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("各区域的日历和载入进度", "Calendars by region, and how far loads have come"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out gen.Calendars
			return l.get(ctx, client.Call{Path: "/v1/calendars"}, &out, func() error {
				t := newTable(a.T("区域", "REGION"), a.T("版本", "VERSION"), a.T("载入", "LOADED"), "")
				for _, c := range out.Calendars {
					mark := ""
					if c.Current {
						mark = a.T("现用", "in use")
					}
					t.add(cmp.Or(c.Region, a.T("全国", "mainland")), c.Version, when(c.LoadedAt), mark)
				}
				if err := t.print(a.Out); err != nil || len(out.Loads) == 0 {
					return err
				}
				a.Printf("\n")
				t = newTable(a.T("载入", "LOADED"), a.T("理由", "REASON"), a.T("待告知", "OPEN"), a.T("已告知", "TOLD"), a.T("已重算", "COUNTED ANEW"), a.T("完成", "FINISHED"))
				for _, x := range out.Loads {
					done := ""
					if !x.DoneAt.IsZero() {
						done = when(x.DoneAt)
					}
					t.add(when(x.At), x.Reason, itoa(x.Open), itoa(x.Told), itoa(x.Done), done)
				}
				return t.print(a.Out)
			})
		}),
	}
}
