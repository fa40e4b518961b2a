package cli

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) reportAgeing() *cobra.Command {
	var org, item, on, by, band, export string
	var pg page
	cmd := &cobra.Command{
		Use: "ageing", Args: a.Args(0, 0), Short: a.T("在办件按时长分段", "Open cases by age"),
		Long: a.T("已收件未办结的办件，按收件以来的自然日分段。--band 列出一段的办件。定义见 docs/figures.md。",
			"Cases received and not concluded, by bands of days since the receipt. --band lists the cases of one. docs/figures.md defines it."),
		Example: "  lianban report ageing --by org --as wei.supervision\n  lianban report ageing --band 31-60 --as wei.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			q := url.Values{}
			set(q, "org", org, "item", item, "on", on)
			switch {
			case export != "":
				set(q, "by", by, "band", band)
				return a.export(ctx, l, "/v1/exports/ageing", q, export)
			case band != "":
				set(q, "band", band)
				return a.ageingLines(ctx, l, q, &pg)
			}
			set(q, "by", by)
			var out gen.Ageing
			return l.get(ctx, client.Call{Path: "/v1/reports/ageing", Query: q}, &out, func() error { return a.printAgeing(out) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&org, "org", "", a.T("单位代码，含其下级（不写为本单位，监察员为所监察的全部）", "organisation and all below it (left out: one's own, for a supervisor all he looks after)"))
	f.StringVar(&item, "item", "", a.T("事项编码", "item code"))
	f.StringVar(&on, "on", "", a.T("截至哪一天：2026-03-31（不写为今天）", "as of the end of a day: 2026-03-31 (left out: today)"))
	f.StringVar(&by, "by", "", a.T("按 org 单位或 item 事项分列", "divide by org or item"))
	f.StringVar(&band, "band", "", a.T("列出一段的办件：0-5、6-10、11-20、21-30、31-60、61-", "list the cases of a band: 0-5, 6-10, 11-20, 21-30, 31-60, 61-"))
	a.exportFlag(cmd, &export)
	a.pageFlags(cmd, &pg)
	return cmd
}

func (a *App) printAgeing(r gen.Ageing) error {
	head := []string{a.T("项目", "KEY"), a.T("在办", "OPEN")}
	for _, b := range r.Bands {
		head = append(head, b.Id)
	}
	t := newTable(head...)
	for _, row := range r.Rows {
		cells := []string{cmp.Or(row.Name, row.Key, a.T("合计", "all")), strconv.FormatInt(row.Total, 10)}
		for _, n := range row.Counts {
			cells = append(cells, strconv.FormatInt(n, 10))
		}
		t.add(cells...)
	}
	return t.print(a.Out)
}

func (a *App) ageingLines(ctx context.Context, l *link, q url.Values, pg *page) error {
	all := gen.AgeingLines{Lines: []gen.AgeingLine{}}
	next, err := pg.pages(q, func(q url.Values) (string, error) {
		ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/reports/ageing/lines", Query: q})
		if err != nil {
			return "", err
		}
		var one gen.AgeingLines
		err = ans.Decode(&one)
		all.On, all.Lines = one.On, append(all.Lines, one.Lines...)
		return one.Next, err
	})
	if err != nil {
		return err
	}
	if a.JSON {
		all.Next = next
		return a.Print(all)
	}
	defer a.more(next)
	t := newTable(a.T("办件编号", "CASE"), a.T("事项", "ITEM"), a.T("牵头单位", "LEAD"), a.T("收件", "RECEIVED"), a.T("受理", "ACCEPTED"), a.T("天数", "DAYS"))
	for _, x := range all.Lines {
		t.add(x.Number, x.ItemName, cmp.Or(x.OrgName, x.Org), when(x.ReceivedAt), until(x.AcceptedAt), strconv.Itoa(x.Days))
	}
	return t.print(a.Out)
}
