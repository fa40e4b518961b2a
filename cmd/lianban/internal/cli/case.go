package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) caseCommand() *cobra.Command {
	subs := []*cobra.Command{
		a.caseStart(), a.caseList(), a.caseShow(), a.caseTimeline(), a.caseClocks(), a.casePapers(), a.casePaper(),
		a.caseTasks(), a.caseNotices(), a.caseResults(), a.caseDossier(), a.caseTalk(), a.caseWaiting(), a.caseCode(),
	}
	return a.Group("case", GroupWork, a.T("办件：收件、查看、撤件、延期等", "Cases: start, look, withdraw, extend …"), "", append(subs, a.under("case")...)...)
}

// page are the flags of lists.
type page struct {
	limit  int
	cursor string
	all    bool
}

func (a *App) pageFlags(cmd *cobra.Command, p *page) {
	cmd.Flags().IntVar(&p.limit, "limit", 50, a.T("每页几条，最多 200", "entries per page, at most 200"))
	cmd.Flags().StringVar(&p.cursor, "cursor", "", a.T("下一页的游标", "cursor of the next page"))
	cmd.Flags().BoolVar(&p.all, "all", false, a.T("一直取到最后一页", "all pages"))
}

// pages asks for one page, or all of them, and gives the entries to each. next
// tells where the list goes on.
func (p *page) pages(query url.Values, ask func(url.Values) (next string, err error)) (string, error) {
	query.Set("limit", strconv.Itoa(p.limit))
	cursor := p.cursor
	for {
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		next, err := ask(query)
		if err != nil || next == "" || !p.all {
			return next, err
		}
		cursor = next
	}
}

func (a *App) more(next string) {
	if next != "" {
		a.Notef("%s --cursor %s\n", a.T("还有，下一页：", "there is more:"), next)
	}
}

func (a *App) caseList() *cobra.Command {
	var p page
	var q, item, status, region, export string
	var overdue bool
	cmd := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("查找办件", "Find cases"),
		Long: a.T("查找本单位参与的办件。--export 把全部结果（最多 5 万件）写成电子表格。", "Finds cases one's organisation has a part in. --export writes all of them, at most 50,000, as a spreadsheet."),
		Example: "  lianban case list --status accepted --overdue --as wei.supervision\n  lianban case list --q 某某餐饮 --as lin.hall\n" +
			"  lianban case list --overdue --export 超期.xlsx --as wei.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			query := url.Values{}
			set(query, "q", q, "item", item, "status", status, "region", region)
			if overdue {
				query.Set("overdue", "true")
			}
			if export != "" {
				return a.export(ctx, l, "/v1/exports/cases", query, export)
			}
			var all gen.CasePage
			next, err := p.pages(query, func(q url.Values) (string, error) {
				ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/cases", Query: q})
				if err != nil {
					return "", err
				}
				var one gen.CasePage
				err = ans.Decode(&one)
				all.Cases = append(all.Cases, one.Cases...)
				return one.Next, err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				all.Next = next
				if all.Cases == nil {
					all.Cases = []gen.CaseRow{}
				}
				return a.Print(all)
			}
			defer a.more(next)
			return a.printCases(all.Cases)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&q, "q", "", a.T("办件编号或其末8位以上、申请人姓名的一段、完整证件号或电话", "the number or its last 8 characters or more, part of the applicant's name, whole identity number or phone"))
	f.StringVar(&item, "item", "", a.T("事项编码", "item code"))
	f.StringVar(&status, "status", "", "received, correcting, accepted, decided, closed")
	f.StringVar(&region, "region", "", a.T("行政区划代码", "region code"))
	f.BoolVar(&overdue, "overdue", false, a.T("只看已超期的", "only cases with a clock that has run out"))
	a.exportFlag(cmd, &export)
	a.pageFlags(cmd, &p)
	return cmd
}

func set(q url.Values, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
}

func (a *App) printCases(list []gen.CaseRow) error {
	t := newTable(a.T("办件编号", "CASE"), a.T("事项", "ITEM"), a.T("申请人", "APPLICANT"), a.T("状态", "STATE"), a.T("灯", "LIGHT"),
		a.T("承诺到期", "PROMISED"), a.T("法定到期", "STATUTORY"), a.T("收件", "RECEIVED"))
	for _, c := range list {
		t.add(c.Number, c.ItemName, c.Applicant.Name, a.state(string(c.Status), c.Outcome), a.light(c.Light),
			a.due(until(c.PromisedDue), c.Provisional), a.due(until(c.StatutoryDue), c.Provisional), when(c.ReceivedAt))
	}
	return t.print(a.Out)
}

func (a *App) due(text string, provisional bool) string {
	if text != "" && provisional {
		text += a.T("（暂定）", " (provisional)")
	}
	return text
}

// caseView makes a command that shows one part of a case.
func (a *App) caseView(use, zhShort, enShort, path string, out any, human func(cmd *cobra.Command) error) *cobra.Command {
	cmd := &cobra.Command{Use: use + " CASE", Args: a.Args(1, 1), Short: a.T(zhShort, enShort)}
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		return l.get(ctx, client.Call{Path: "/v1/cases/" + url.PathEscape(args[0]) + path}, out, func() error { return human(cmd) })
	})
	return cmd
}

func (a *App) caseShow() *cobra.Command {
	out := &gen.Case{}
	return a.caseView("show", "一个办件及其各环节", "One case with its steps", "", out, func(*cobra.Command) error { return a.printCase(*out) })
}

func (a *App) caseTimeline() *cobra.Command {
	var out struct{ Events []gen.TimelineEntry }
	return a.caseView("timeline", "经过：每件事、谁做的、动了哪个时限", "What happened, who did it, which clock it moved", "/timeline", &out, func(*cobra.Command) error {
		return a.printTimeline(out.Events)
	})
}

func (a *App) caseClocks() *cobra.Command {
	var out struct{ Clocks []gen.ClockView }
	var only string
	var brief bool
	cmd := a.caseView("clocks", "各时限，及到期日是怎样数出来的", "Clocks, and how their due days were counted", "/clocks", &out, func(*cobra.Command) error {
		return a.printClocks(out.Clocks, only, brief)
	})
	cmd.Flags().StringVar(&only, "clock", "", a.T("只看这个时限", "only this clock"))
	cmd.Flags().BoolVar(&brief, "brief", false, a.T("不说明", "without the explanation"))
	return cmd
}

func (a *App) casePapers() *cobra.Command {
	var out struct{ Papers []gen.PaperView }
	return a.caseView("papers", "材料", "Papers", "/papers", &out, func(*cobra.Command) error { return a.printPapers(out.Papers) })
}

func (a *App) caseTasks() *cobra.Command {
	var out gen.TaskPage
	return a.caseView("tasks", "全部任务，包括办完的", "All tasks, done ones included", "/tasks", &out, func(*cobra.Command) error { return a.printTasks(out.Tasks, true) })
}

func (a *App) caseNotices() *cobra.Command {
	var out struct{ Notices []gen.Notice }
	return a.caseView("notices", "发出的告知和通知", "What was told in writing", "/notices", &out, func(*cobra.Command) error { return a.printNotices(out.Notices) })
}

func (a *App) caseResults() *cobra.Command {
	var out struct{ Results []gen.Result }
	return a.caseView("results", "结果和发放情况", "Results and their hand-out", "/results", &out, func(*cobra.Command) error { return a.printResults(out.Results) })
}

func (a *App) caseTalk() *cobra.Command {
	var out gen.Talk
	return a.caseView("talk", "征询、抄送和留言", "Consultations, copies and remarks", "/talk", &out, func(*cobra.Command) error {
		t := newTable(a.T("类别", "KIND"), a.T("环节", "STEP"), a.T("谁", "BY"), a.T("向谁", "TO"), a.T("内容", "TEXT"), a.T("时间", "AT"), a.T("状态", "STATE"), a.T("答复", "ANSWER"))
		for _, e := range out.Entries {
			t.add(a.word(string(e.Kind)), e.Step, cmp.Or(e.ByName, e.By), cmp.Or(e.AccountName, e.Account, e.OrgName, e.Org), e.Text, when(e.At), a.word(e.Status), e.Answer)
		}
		return t.print(a.Out)
	})
}

func (a *App) caseWaiting() *cobra.Command {
	var out struct{ Waits []gen.Wait }
	return a.caseView("waiting-for", "在等谁，为什么", "Whom the case waits for, and why", "/waiting-for", &out, func(*cobra.Command) error {
		t := newTable(a.T("等谁", "WHO"), a.T("单位", "ORGANISATION"), a.T("岗位", "ROLE"), a.T("认领", "CLAIMED"), a.T("环节", "STEP"), a.T("名称", "NAME"), a.T("为什么", "WHY"), a.T("自", "SINCE"), a.T("到期", "DUE"))
		for _, w := range out.Waits {
			t.add(cmp.Or(w.WhoName, a.word(w.Who)), cmp.Or(w.OrgName, w.Org), a.role(w.Role), cmp.Or(w.AccountName, w.Account), w.Step, w.StepName, a.T(w.WhyZh, w.WhyEn), when(w.Since), until(w.Due))
		}
		return t.print(a.Out)
	})
}

func (a *App) casePaper() *cobra.Command {
	var out, hash string
	cmd := &cobra.Command{
		Use: "paper CASE PAPER", Args: a.Args(2, 2), Short: a.T("下载一份材料", "Download a paper"),
		Example: "  lianban case paper CASE lease -o 租赁合同.pdf --as zhou.market",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			query := url.Values{}
			set(query, "hash", hash)
			path := "/v1/cases/" + url.PathEscape(args[0]) + "/papers/" + url.PathEscape(args[1]) + "/file"
			resp, err := l.client.Stream(ctx, client.Call{Method: http.MethodGet, Path: path, Query: query})
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			return a.save(resp, out, args[1])
		}),
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", a.T("写到哪个文件，- 为标准输出（不写用上传时的文件名，不覆盖已有文件）", "file to write, - is standard output (left out: the name it was uploaded under; nothing is overwritten)"))
	cmd.Flags().StringVar(&hash, "hash", "", a.T("较早的一份（见 papers）", "an earlier snapshot, see papers"))
	return cmd
}

// save writes a download. A name that comes from outside never leaves the
// current folder and never replaces a file.
func (a *App) save(resp *http.Response, name, paper string) error {
	if name == "-" {
		_, err := io.Copy(a.Out, resp.Body)
		return err
	}
	mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if name == "" {
		mode = os.O_CREATE | os.O_WRONLY | os.O_EXCL
		if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil {
			name = filepath.Base(params["filename"])
		}
		if name == "" || name == "." || strings.HasPrefix(name, "..") || name == string(filepath.Separator) {
			name = paper
		}
	}
	f, err := os.OpenFile(name, mode, 0o644)
	if err != nil {
		return &Error{Code: Usage, Zh: "写不了 " + name, En: "cannot write " + name, Err: err}
	}
	n, err := io.Copy(f, resp.Body)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if a.JSON {
		return a.Print(map[string]any{"file": name, "size": n})
	}
	a.Printf("%s  %d\n", name, n)
	return nil
}
