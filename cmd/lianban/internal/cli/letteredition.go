package cli

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func templatePath(kind string) string { return "/v1/letter-templates/" + url.PathEscape(kind) }

// letterEditions lists how letters are worded in an installation.
func (a *App) letterEditions() *cobra.Command {
	return &cobra.Command{
		Use: "wordings [KIND]", Args: a.Args(0, 1), Short: a.T("各种文书现用的样式；一种文书的各个版本", "How letters are worded now; every edition of one kind"),
		Example: "  lianban letter wordings --as qin.data\n  lianban letter wordings denial --json --as qin.data",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			if len(args) == 1 {
				var v gen.LetterTemplate
				return l.get(ctx, client.Call{Path: templatePath(args[0])}, &v, func() error { return a.printEditions(v) })
			}
			var out struct{ Kinds []gen.LetterKind }
			return l.get(ctx, client.Call{Path: "/v1/letter-templates"}, &out, func() error {
				t := newTable(a.T("种类", "KIND"), a.T("名称", "NAME"), a.T("版本", "VERSION"), a.T("自", "FROM"), a.T("待生效", "COMING"))
				for _, k := range out.Kinds {
					from, coming := a.T("自带", "built in"), ""
					if !k.BuiltIn {
						from = k.From.String()
					}
					if k.Coming {
						coming = a.T("有", "yes")
					}
					t.add(k.Kind, a.T(k.Zh, k.En), k.Version, from, coming)
				}
				return t.print(a.Out)
			})
		}),
	}
}

func (a *App) printEditions(v gen.LetterTemplate) error {
	t := newTable(a.T("版本", "VERSION"), a.T("自", "FROM"), a.T("现用", "IN FORCE"), a.T("发布人", "BY"), a.T("发布", "PUBLISHED"), a.T("指纹", "HASH"))
	for _, e := range v.Editions {
		from, used, at := a.T("自带", "built in"), "", ""
		if !e.BuiltIn {
			from, at = e.From.String(), when(e.PublishedAt)
		}
		if e.InForce {
			used = a.T("是", "yes")
		}
		t.add(e.Version, from, used, e.ByName, at, e.Hash[:12])
	}
	return t.print(a.Out)
}

// letterPublish makes a file the wording of letters from a day on.
func (a *App) letterPublish() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "publish FILE --from DAY", Args: a.Args(1, 1), Short: a.T("发布文书样式，自某日起使用", "Publish a wording of letters, from a day on"),
		Long: a.T("检查一个样式文件并发布：自该日起作出的行为用它出具文书。已发布的不再改，已发出的文书不变；改动用新的 version。需要 admin 岗位。",
			"Checks a template and publishes it for letters of acts from that day on. What is published is never changed, nor a letter that\nwas given; a change has a new version. Takes the role admin."),
		Example: "  lianban letter publish letters/denial.zh.yaml --from 2026-12-01 --as qin.data",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			t, err := a.templateOf(args[0])
			if err != nil {
				return err
			}
			ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: templatePath(t.Kind)})
			if err != nil {
				return err
			}
			var v gen.LetterTemplate
			if err := ans.Decode(&v); err != nil {
				return err
			}
			body := map[string]any{"source": string(t.Source), "from": from, "over": v.Latest}
			return l.get(ctx, client.Call{Method: http.MethodPost, Path: templatePath(t.Kind), Body: body}, &v, func() error { return a.printEditions(v) })
		}),
	}
	cmd.Flags().StringVar(&from, "from", "", a.T("第一天，如 2026-12-01，不早于今天", "the first day, as 2026-12-01, not before today"))
	cobra.CheckErr(cmd.MarkFlagRequired("from"))
	return cmd
}
