package cli

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/letters"
)

func (a *App) letterCommand() *cobra.Command {
	return a.Group("letter", GroupWork, a.T("文书：查看、下载、核验，样式的检查和预览", "Letters: look, download, verify; check and preview templates"),
		a.T("check、preview --sample 和 templates 在本机完成，不需要服务器；其余向服务器询问。", "check, preview --sample and templates work on this machine without a server; the others ask one."),
		a.letterList(), a.letterShow(), a.letterGet(), a.letterProve(), a.letterVerify(), a.letterTemplates(), a.letterCheck(), a.letterPreview(), a.letterEditions(), a.letterPublish())
}

func (a *App) letterList() *cobra.Command {
	out := &gen.LetterList{}
	cmd := a.caseView("list", "一个办件的文书", "The letters of a case", "/letters", out, func(*cobra.Command) error { return a.printLetters(out.Letters) })
	cmd.Example = "  lianban letter list CASE --as lin.hall"
	return cmd
}

func (a *App) printLetters(list []gen.Letter) error {
	t := newTable(a.T("文书", "LETTER"), a.T("名称", "TITLE"), a.T("文号", "NUMBER"), a.T("作出单位", "FROM"), a.T("收件方", "TO"), a.T("时间", "AT"), a.T("状态", "STATE"), a.T("送达", "DELIVERY"))
	for _, l := range list {
		forms := make([]string, len(l.Forms))
		for i, f := range l.Forms {
			forms[i] = string(f)
		}
		state := strings.Join(forms, " ")
		switch l.Status {
		case gen.Preparing:
			state = a.T("正在编号", "in preparation")
		case gen.Numbered:
			state = a.T("正在制作", "being drawn")
		}
		t.add(l.Id, a.letterTitle(l), l.Number, cmp.Or(l.OrgName, l.Org), a.addressee(l), when(l.At), state, a.deliveries(l.Deliveries))
	}
	return t.print(a.Out)
}

// deliveries tells the ways of a letter in a line.
func (a *App) deliveries(list []gen.Delivery) string {
	words := map[gen.DeliveryStatus]string{
		gen.DeliveryStatusWaiting: a.T("待发", "waiting"), gen.DeliveryStatusSent: a.T("已发出", "sent"), gen.DeliveryStatusDelivered: a.T("已送达", "delivered"), gen.DeliveryStatusFailed: a.T("未能送出", "failed"),
	}
	ways := map[string]string{"inbox": a.T("本系统", "inbox"), "hand": a.T("当面", "by hand"), "email": a.T("邮件", "e-mail"), "gateway": a.T("网关", "gateway"), "outbox": a.T("发件目录", "outbox")}
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = cmp.Or(ways[d.Channel], d.Channel) + " " + words[d.Status]
	}
	return strings.Join(out, a.T("，", ", "))
}

// letterTitle is the letter's own title; for readers of English the name of its kind.
func (a *App) letterTitle(l gen.Letter) string {
	if k, ok := letters.KindOf(l.Kind); ok && a.Lang == en {
		return k.En
	}
	return l.Title
}

func (a *App) addressee(l gen.Letter) string {
	if l.To == letters.Applicant {
		return a.T("申请人", "applicant")
	}
	return cmp.Or(l.ToName, l.To)
}

func (a *App) letterShow() *cobra.Command {
	var v gen.LetterWithData
	return &cobra.Command{
		Use: "show CASE LETTER", Args: a.Args(2, 2), Short: a.T("一份文书和它写的内容", "One letter and what it says"),
		Example: "  lianban letter show CASE 9-acceptance --as lin.hall",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return l.get(ctx, client.Call{Path: letterPath(args[0], args[1])}, &v, func() error { return a.printLetter(v) })
		}),
	}
}

func letterPath(number, id string) string {
	return "/v1/cases/" + url.PathEscape(number) + "/letters/" + url.PathEscape(id)
}

func (a *App) printLetter(v gen.LetterWithData) error {
	l := v.Letter
	err := fields(a.Out, a.T("文书", "letter"), l.Id, a.T("名称", "title"), l.Title, a.T("文号", "number"), l.Number, a.T("作出单位", "from"), cmp.Or(l.OrgName, l.Org),
		a.T("收件方", "to"), a.addressee(l), a.T("时间", "at"), when(l.At), a.T("核验码", "code"), l.Code, a.T("样式", "template"), l.Template)
	if err != nil {
		return err
	}
	kind, _ := letters.KindOf(l.Kind)
	t := newTable(a.T("字段", "FIELD"), a.T("含义", "MEANING"), a.T("内容", "CONTENT"))
	for _, f := range append(letters.CommonFields(), kind.Fields...) {
		switch {
		case v.Data.Text[f.ID] != "":
			t.add(f.ID, a.T(f.Zh, f.En), v.Data.Text[f.ID])
		case v.Data.Flags[f.ID]:
			t.add(f.ID, a.T(f.Zh, f.En), a.T("是", "yes"))
		}
		for _, row := range v.Data.Lists[f.ID] {
			var cells []string
			for _, c := range f.Columns {
				if row[c.ID] != "" {
					cells = append(cells, row[c.ID])
				}
			}
			t.add(f.ID, a.T(f.Zh, f.En), strings.Join(cells, " | "))
		}
	}
	a.Printf("\n")
	if err := t.print(a.Out); err != nil || len(l.Deliveries) == 0 {
		return err
	}
	a.Printf("\n")
	ways := newTable(a.T("送达方式", "BY"), a.T("次数", "TRIES"), a.T("发出", "SENT"), a.T("送达", "DELIVERED"), a.T("凭证", "PROOF"), a.T("问题", "ERROR"), a.T("下次", "NEXT"))
	for _, d := range l.Deliveries {
		ways.add(a.deliveries([]gen.Delivery{d}), strconv.Itoa(d.Attempts), when(d.SentAt), when(d.DeliveredAt), d.Proof, d.Error, when(d.NextTry))
	}
	return ways.print(a.Out)
}

func (a *App) letterGet() *cobra.Command {
	var out, form string
	cmd := &cobra.Command{
		Use: "get CASE LETTER", Args: a.Args(2, 2), Short: a.T("下载一份文书", "Download a letter"),
		Example: "  lianban letter get CASE 9-acceptance -o 受理通知书.pdf --as lin.hall\n  lianban letter get CASE 9-acceptance --form html -o -",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return a.letterDownload(ctx, l, letterPath(args[0], args[1])+"/file", form, out, args[1])
		}),
	}
	a.letterFlags(cmd, &out, &form)
	return cmd
}

func (a *App) letterFlags(cmd *cobra.Command, out, form *string) {
	cmd.Flags().StringVarP(out, "output", "o", "", a.T("写到哪个文件，- 为标准输出（不写用文书名称，不覆盖已有文件）", "file to write, - is standard output (left out: the letter's name; nothing is overwritten)"))
	cmd.Flags().StringVar(form, "form", "", a.T("pdf 或 html（不写：有 PDF 取 PDF）", "pdf or html (left out: PDF where there is one)"))
}

func (a *App) letterDownload(ctx context.Context, l *link, path, form, out, name string) error {
	query := url.Values{}
	set(query, "form", form)
	resp, err := l.client.Stream(ctx, client.Call{Method: http.MethodGet, Path: path, Query: query})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return a.save(resp, out, name)
}

func (a *App) letterProve() *cobra.Command {
	var proof string
	cmd := &cobra.Command{
		Use: "prove CASE LETTER --proof TEXT", Args: a.Args(2, 2), Short: a.T("登记一份文书已送达（签收人、运单号等）", "Record that a letter was handed over: who signed, the waybill"),
		Example: "  lianban letter prove CASE 20-correction --proof '申请人本人当面签收' --as lin.hall",
	}
	cmd.Flags().StringVar(&proof, "proof", "", a.T("送达凭证", "what shows it"))
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		if proof == "" {
			return Fail(Usage, "缺少 --proof（送达凭证）", "--proof is missing: what shows that it was handed over")
		}
		var v gen.Letter
		return l.get(ctx, client.Call{Method: http.MethodPut, Path: letterPath(args[0], args[1]) + "/proof", Body: gen.DeliveryProof{Proof: proof}}, &v, func() error {
			return a.printLetters([]gen.Letter{v})
		})
	})
	return cmd
}

func (a *App) letterVerify() *cobra.Command {
	var v gen.LetterCheck
	return &cobra.Command{
		Use: "verify CASE CODE", Args: a.Args(2, 2), Short: a.T("核验：这份文书是否由本系统出具", "Is this letter genuine?"),
		Example: "  lianban letter verify 11210300MB0X12345A4000131001000202602120001 6TF2Q7RZ4WJH3KXN",
		RunE: func(cmd *cobra.Command, args []string) error {
			query := url.Values{"case": {args[0]}, "code": {strings.ToUpper(args[1])}}
			return a.ask(cmd.Context(), client.Call{Path: "/v1/letters/check", Query: query}, &v, func() error {
				return fields(a.Out, a.T("名称", "title"), v.Title, a.T("文号", "number"), v.Number, a.T("作出单位", "from"), v.OrgName, a.T("时间", "at"), when(v.At), a.T("办件编号", "case"), v.Case)
			})
		},
	}
}

// trackLetters are the applicant's letters.
func (a *App) trackLetters(code *string) *cobra.Command {
	return &cobra.Command{
		Use: "letters CASE --code CODE", Args: a.Args(1, 1), Short: a.T("发给我的文书", "Letters to me"),
		RunE: a.applicant(code, func(ctx context.Context, l *link) error {
			var v gen.LetterList
			return l.get(ctx, client.Call{Path: "/v1/track/letters"}, &v, func() error { return a.printLetters(v.Letters) })
		}),
	}
}

func (a *App) trackLetter(code *string) *cobra.Command {
	var out, form string
	cmd := &cobra.Command{Use: "letter CASE LETTER --code CODE", Args: a.Args(2, 2), Short: a.T("下载一份文书", "Download a letter")}
	a.letterFlags(cmd, &out, &form)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.applicant(code, func(ctx context.Context, l *link) error {
			return a.letterDownload(ctx, l, "/v1/track/letters/"+url.PathEscape(args[1])+"/file", form, out, args[1])
		})(cmd, args)
	}
	return cmd
}
