package cli

import (
	"cmp"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/calendar"
)

// period are the flags that say what a report is about.
type period struct {
	org, item, from, until, month string
}

func (a *App) periodFlags(cmd *cobra.Command, p *period) {
	f := cmd.Flags()
	f.StringVar(&p.month, "month", "", a.T("月份：2026-03（都不写为本月）", "the month: 2026-03 (nothing given: this month)"))
	f.StringVar(&p.from, "from", "", a.T("第一天：2026-03-01", "first day: 2026-03-01"))
	f.StringVar(&p.until, "until", "", a.T("最后一天：2026-03-31", "last day: 2026-03-31"))
	f.StringVar(&p.org, "org", "", a.T("单位代码，含其下级（不写为本单位，监察员为所监察的全部）", "organisation and all below it (left out: one's own, for a supervisor all he looks after)"))
	f.StringVar(&p.item, "item", "", a.T("事项编码", "item code"))
}

// query reads the flags; without a period it is the month of business time.
func (p *period) query(ctx context.Context, l *link) (url.Values, error) {
	q := url.Values{}
	set(q, "org", p.org, "item", p.item)
	switch {
	case p.month != "" && (p.from != "" || p.until != ""):
		return nil, Fail(Usage, "--month 与 --from、--until 不能同写", "--month does not go with --from and --until")
	case p.from != "" || p.until != "":
		if p.from == "" || p.until == "" {
			return nil, Fail(Usage, "--from 和 --until 要一起写", "--from and --until go together")
		}
		for _, d := range []string{p.from, p.until} {
			if _, err := calendar.ParseDate(d); err != nil {
				return nil, Fail(Usage, "日期写作 2026-03-01，实际为 %q", "a day is written 2026-03-01, got %q", d)
			}
		}
		set(q, "from", p.from, "until", p.until)
		return q, nil
	}
	first, err := time.Parse("2006-01", p.month)
	if p.month == "" {
		var c gen.BusinessClock
		ans, askErr := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/clock"})
		if askErr != nil {
			return nil, askErr
		}
		if err = ans.Decode(&c); err == nil {
			now := c.Now.In(calendar.Zone)
			first = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
		}
	}
	if err != nil {
		return nil, Fail(Usage, "--month 写作 2026-03，实际为 %q", "--month is written 2026-03, got %q", p.month)
	}
	set(q, "from", first.Format(time.DateOnly), "until", first.AddDate(0, 1, -1).Format(time.DateOnly))
	return q, nil
}

func (a *App) reportCommand() *cobra.Command {
	var p period
	var by, export string
	var asCSV bool
	cmd := &cobra.Command{
		Use: "report", GroupID: GroupWork, Args: a.Args(0, 0), Short: a.T("统计：收件、受理、办结、按时率、补正、红黄牌等", "Figures: received, accepted, concluded, on time, corrections, cards …"),
		Long: a.T("一个单位及其下级在一段时间里的各项指标。每项指标的定义见 docs/figures.md；`report lines 指标` 列出它所依的办件或牌。--csv 可直接用电子表格打开。",
			"The figures of an organisation and all below it over a period. docs/figures.md defines each; `report lines FIGURE` lists the cases or cards behind one. --csv opens in a spreadsheet."),
		Example: "  lianban report --month 2026-03 --as wei.supervision\n  lianban report --month 2026-03 --by org --csv --as wei.supervision > 三月.csv\n  lianban report lines onLaw --month 2026-03 --as wei.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			q, err := p.query(ctx, l)
			if err != nil {
				return err
			}
			set(q, "by", by)
			if export != "" {
				return a.export(ctx, l, "/v1/exports/report", q, export)
			}
			var out gen.Report
			return l.get(ctx, client.Call{Path: "/v1/reports", Query: q}, &out, func() error {
				if asCSV {
					return a.reportCSV(out)
				}
				return a.printReport(out)
			})
		}),
	}
	a.periodFlags(cmd, &p)
	cmd.Flags().StringVar(&by, "by", "", a.T("按 org 单位、item 事项或 month 月份分列", "divide by org, item or month"))
	cmd.Flags().BoolVar(&asCSV, "csv", false, a.T("输出 CSV（UTF-8，带 BOM）", "print CSV (UTF-8 with a byte order mark)"))
	a.exportFlag(cmd, &export)
	cmd.AddCommand(a.reportLines(), a.reportAgeing())
	return cmd
}

// figure writes a value: counts as they are, shares and averages with one digit.
func figure(kind gen.FigureKind, v gen.FigureValue) string {
	switch {
	case v.Value == nil:
		return "-"
	case kind == "count":
		return strconv.FormatInt(v.Count, 10)
	case kind == "share":
		return strconv.FormatFloat(*v.Value, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(*v.Value, 'f', 1, 64)
}

func (a *App) printReport(r gen.Report) error {
	a.Printf(a.T("%s 至 %s\n", "%s to %s\n"), r.From, r.Until)
	if r.By == "" {
		t := newTable(a.T("指标", "FIGURE"), a.T("代号", "ID"), a.T("数值", "VALUE"), a.T("基数", "OF"))
		for i, f := range r.Figures {
			v := r.Rows[0].Values[i]
			base := ""
			if f.Kind != "count" {
				base = strconv.FormatInt(v.Base, 10)
			}
			t.add(a.T(f.Zh, f.En), f.Id, figure(f.Kind, v), base)
		}
		return t.print(a.Out)
	}
	head := []string{a.T("项目", "KEY")}
	for _, f := range r.Figures {
		head = append(head, a.T(f.Zh, f.En))
	}
	t := newTable(head...)
	for _, row := range r.Rows {
		cells := []string{cmp.Or(row.Name, row.Key)}
		for i, f := range r.Figures {
			cells = append(cells, figure(f.Kind, row.Values[i]))
		}
		t.add(cells...)
	}
	return t.print(a.Out)
}

// reportCSV writes a row per key. The byte order mark lets spreadsheets read Chinese.
func (a *App) reportCSV(r gen.Report) error {
	a.Printf("\ufeff")
	w := csv.NewWriter(a.Out)
	head := []string{a.T("代码", "key"), a.T("名称", "name")}
	for _, f := range r.Figures {
		head = append(head, a.T(f.Zh, f.En))
	}
	if err := w.Write(head); err != nil {
		return err
	}
	for _, row := range r.Rows {
		cells := []string{row.Key, row.Name}
		for i, f := range r.Figures {
			cell := ""
			if v := row.Values[i]; v.Value != nil {
				cell = strconv.FormatFloat(*v.Value, 'f', -1, 64)
				if f.Kind != "count" {
					cell = strconv.FormatFloat(*v.Value, 'f', 2, 64)
				}
			}
			cells = append(cells, cell)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (a *App) reportLines() *cobra.Command {
	var p period
	var pg page
	var export string
	cmd := &cobra.Command{
		Use: "lines FIGURE", Args: a.Args(1, 1), Short: a.T("一项指标所依的办件或牌", "The cases or cards behind a figure"),
		Example: "  lianban report lines onLaw --month 2026-03 --as wei.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			q, err := p.query(ctx, l)
			if err != nil {
				return err
			}
			if export != "" {
				return a.export(ctx, l, "/v1/exports/report/"+url.PathEscape(args[0]), q, export)
			}
			var all gen.ReportLines
			next, err := pg.pages(q, func(q url.Values) (string, error) {
				ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/reports/" + url.PathEscape(args[0]), Query: q})
				if err != nil {
					return "", err
				}
				var one gen.ReportLines
				err = ans.Decode(&one)
				all.Figure, all.Lines = one.Figure, append(all.Lines, one.Lines...)
				return one.Next, err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				all.Next = next
				if all.Lines == nil {
					all.Lines = []gen.ReportLine{}
				}
				return a.Print(all)
			}
			defer a.more(next)
			t := newTable(a.T("办件编号", "CASE"), a.T("牌号", "CARD"), a.T("事项", "ITEM"), a.T("单位", "ORGANISATION"), a.T("时间", "AT"), a.T("计入", "COUNTS"), a.T("数值", "VALUE"))
			for _, x := range all.Lines {
				card, counts, value := "", "", ""
				if x.Card != 0 {
					card = strconv.FormatInt(x.Card, 10)
				}
				switch all.Figure.Kind {
				case "share":
					counts = map[bool]string{true: a.T("是", "yes"), false: a.T("否", "no")}[x.Counts]
				case "average":
					value = strconv.FormatFloat(x.Value, 'f', -1, 64)
				}
				t.add(x.Number, card, x.Item, cmp.Or(x.OrgName, x.Org), when(x.At), counts, value)
			}
			return t.print(a.Out)
		}),
	}
	a.periodFlags(cmd, &p)
	a.exportFlag(cmd, &export)
	a.pageFlags(cmd, &pg)
	return cmd
}
