package cli

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// printProblem tells people what the server refused, and what to do.
func (a *App) printProblem(p *client.Problem) {
	word := a.T("被拒绝", "refused")
	switch codeOfProblem(p) {
	case NotFound:
		word = a.T("找不到", "not found")
	case Forbidden:
		word = a.T("无权", "not permitted")
	case Unavailable, Internal:
		word = a.T("服务器未能处理", "the server could not do it")
	}
	fmt.Fprintf(a.Err, "%s [%s]: %s\n", word, p.Code, a.T(p.Zh, p.En))
	law := p.Law.Law
	if p.Law.Article != "" {
		law += a.T("第"+p.Law.Article+"条", ", article "+p.Law.Article)
	}
	rows := []string{
		a.T("  位置", "  where"), p.Where, a.T("  应为", "  expected"), a.T(p.Expected.ZH, p.Expected.EN), a.T("  实际", "  actual"), a.T(p.Actual.ZH, p.Actual.EN),
		a.T("  依据", "  law"), law, a.T("  请求", "  request"), p.Request,
	}
	for _, o := range p.Orgs {
		rows = append(rows, a.T("  单位", "  organisation"), o.OrgName+"  "+o.Org)
	}
	for _, e := range p.Errors {
		rows = append(rows, "  "+e.Where, a.T(e.Zh, e.En))
	}
	for _, f := range p.Findings {
		rows = append(rows, fmt.Sprintf("  %d:%d", f.Line, f.Column), fmt.Sprintf("%s %s: %s", f.Severity, f.Code, a.T(f.Zh, f.En)))
		if fix := a.T(f.FixZh, f.Fix); fix != "" {
			rows = append(rows, "  "+a.T("改法", "fix"), fix)
		}
	}
	if err := fields(a.Err, rows...); err != nil {
		return // standard error is gone; there is nobody to tell
	}
	if h, ok := hints[p.Code]; ok {
		a.Notef("  %s\n", a.T(h[0], h[1]))
	}
}

// hints name the command that shows what a refused one should have known.
var hints = map[string][2]string{
	"unauthenticated": accountHint, "bad-login": accountHint,
	"unknown-version": {"各版本见 `lianban definition versions ITEM`", "`lianban definition versions ITEM` shows the versions"},
	"not-yet-effective": {
		"各版本的生效日见 `lianban definition versions ITEM`", "`lianban definition versions ITEM` shows from when each version is in force",
	},
	"bad-answer": guideHint, "bad-form": guideHint, "bad-paper": guideHint,
	"not-open": waitingHint, "wrong-act": waitingHint, "wrong-link": waitingHint, "gate-shut": waitingHint, "window-open": waitingHint,
	"answer-open":  {"尚未答复的见 `lianban case notices CASE`", "`lianban case notices CASE` shows what is not answered"},
	"no-extension": {"各时限见 `lianban case clocks CASE`", "`lianban case clocks CASE` shows the clocks"},
}

var (
	accountHint = [2]string{"演示账号见 `lianban account list`", "`lianban account list` shows the demo accounts"}
	guideHint   = [2]string{"问什么见 `lianban definition guide ITEM`；要交、可后补和须承诺的见 `lianban item checklist ITEM`", "`lianban definition guide ITEM` shows what is asked, `lianban item checklist ITEM` what to bring, what may follow and what to promise"}
	waitingHint = [2]string{"现在等谁做什么见 `lianban case waiting-for CASE`", "`lianban case waiting-for CASE` shows who is waited for, and for what"}
)

func (a *App) problemCommand() *cobra.Command {
	return &cobra.Command{
		Use: "problem [CODE]", GroupID: GroupTools, Args: a.Args(0, 1),
		Short:   a.T("拒绝代码的含义和处理办法", "What the codes of refusals mean and what to do"),
		Example: "  lianban problem one-notice\n  lianban problem --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				var k gen.ProblemKind
				return a.ask(cmd.Context(), client.Call{Method: http.MethodGet, Path: "/problems/" + url.PathEscape(args[0])}, &k, func() error {
					a.Printf("%s (HTTP %d)%s\n%s\n", k.Code, k.Status, a.T("", " "+k.Title), a.T(k.Zh, k.En))
					if h, ok := hints[k.Code]; ok {
						a.Printf("%s\n", a.T(h[0], h[1]))
					}
					return nil
				})
			}
			var list struct{ Problems []gen.ProblemKind }
			return a.ask(cmd.Context(), client.Call{Method: http.MethodGet, Path: "/problems"}, &list, func() error {
				t := newTable(a.T("代码", "CODE"), "HTTP", a.T("含义", "MEANING"))
				for _, k := range list.Problems {
					t.add(k.Code, itoa(k.Status), a.T(k.Zh, k.Title))
				}
				return t.print(a.Out)
			})
		},
	}
}
