package cli

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// caseCode gives a lost tracking code anew, or lists those given.
func (a *App) caseCode() *cobra.Command {
	var list bool
	var authority string
	cmd := &cobra.Command{
		Use: "code CASE", Args: a.Args(1, 1), Short: a.T("补发查询码", "Give a lost tracking code anew"),
		Long: a.T("窗口核对证件后补发查询码，只显示一次；原查询码随即失效。本人或办件所载代理人的姓名、号码须与办件一致；他人代领须附授权文件。",
			"Gives the tracking code anew after the clerk has looked at a document. It is shown once, and the one before opens nothing any\nmore. Name and number must be those the case holds of the applicant or his agent; anybody else needs an authorisation."),
		Example: "  lianban case code CASE --bearer applicant --name 张三 --document identity-card --number 210303199001011234 --reason 回执遗失 --as lin.hall\n" +
			"  lianban case code CASE --list --as lin.hall",
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&list, "list", false, a.T("列出补发记录", "list those given anew"))
	proof := []struct{ name, zh, en string }{
		{"bearer", "来人：applicant 本人、agent 办件所载代理人、representative 持授权文件的人", "who asks: applicant, agent (the one the case knows), or representative (with an authorisation)"},
		{"name", "证件上的姓名", "the name on the document"},
		{"document", "证件：identity-card、residence-permit、travel-permit、passport、military-id", "document: identity-card, residence-permit, travel-permit, passport, military-id"},
		{"number", "证件号码", "its number"},
		{"reason", "补发原因", "why"},
	}
	for _, x := range proof {
		f.String(x.name, "", a.T(x.zh, x.en))
	}
	f.StringVar(&authority, "authority", "", a.T("授权文件", "the authorisation, a file"))
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		path := "/v1/cases/" + url.PathEscape(args[0]) + "/track-code"
		if list {
			return a.codesGiven(ctx, l, path)
		}
		body := map[string]any{}
		for _, x := range proof {
			v := f.Lookup(x.name).Value.String()
			if v == "" {
				return Fail(Usage, "缺少 --%s", "--%s is missing", x.name)
			}
			body[x.name] = v
		}
		if authority != "" {
			up, err := l.client.Upload(ctx, "/v1/files", authority)
			if err != nil {
				return err
			}
			body["authority"] = up.Hash
		}
		var r gen.TrackCodeReceipt
		return l.get(ctx, client.Call{Method: http.MethodPost, Path: path, Body: body}, &r, func() error {
			return fields(a.Out, a.T("办件编号", "case"), r.Number, a.T("事项", "item"), r.ItemName, a.T("收件时间", "received"), when(r.ReceivedAt),
				a.T("查询码", "track code"), r.TrackCode, a.T("补发时间", "given anew"), when(r.At), a.T("领取人", "to"), r.BearerName, a.T("窗口", "window"), r.OrgName)
		})
	})
	return cmd
}

func (a *App) codesGiven(ctx context.Context, l *link, path string) error {
	var out struct{ Issues []gen.TrackCodeIssue }
	return l.get(ctx, client.Call{Path: path}, &out, func() error {
		t := newTable(a.T("时间", "AT"), a.T("经办", "BY"), a.T("窗口", "WINDOW"), a.T("领取人", "TO"), a.T("身份", "AS"), a.T("证件", "DOCUMENT"), a.T("尾号", "ENDING"), a.T("原因", "WHY"))
		for _, x := range out.Issues {
			t.add(when(x.At), x.ByName, x.OrgName, x.Name, a.word(string(x.Bearer)), string(x.Document), x.Ending, x.Reason)
		}
		return t.print(a.Out)
	})
}
