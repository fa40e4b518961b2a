package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/definition"
)

func (a *App) definitionPublish() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use: "publish FILE", Args: a.Args(1, 1), Short: a.T("运维直接安装一个版本", "Install a version, as an operator"),
		Long: a.T("检查并发布一个事项文件。有错误的、本版本引擎还不能运行的被拒绝。已发布的版本不能改；办理中的办件保持收件时的版本。\n需要 operator 或 admin 岗位，用于安装别处已审定的定义；分析人员的稿子由第二人发布。",
			"Checks and publishes an item file. One with errors, or with steps this release does not run, is refused. A published version\ncannot be changed; running cases keep the version they were filed under. Takes the role operator or admin, for definitions\nthat were reviewed elsewhere; what analysts write here is published by a second person."),
		Example: "  lianban definition publish restaurant/2026.2.yaml --as ding.data",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return unreadable(args[0], err)
			}
			var out gen.Published
			call := client.Call{Method: http.MethodPost, Path: "/v1/items", Raw: strings.NewReader(string(src)), Type: "application/yaml", Key: cmp.Or(key, client.NewKey())}
			return l.get(ctx, call, &out, func() error {
				for _, f := range out.Findings {
					a.Printf("%s:%d:%d: %s %s: %s\n", args[0], f.Line, f.Column, f.Severity, f.Code, a.T(f.Zh, f.En))
				}
				return a.printVersion(out.Version)
			})
		}),
	}
	cmd.Flags().StringVar(&key, "key", "", a.keyText())
	return cmd
}

func (a *App) printVersion(v gen.Version) error {
	return fields(a.Out, a.T("事项", "item"), v.Item, a.T("名称", "name"), v.Name, a.T("版本", "version"), v.Version, a.T("生效", "effective"), v.Effective,
		a.T("状态", "state"), a.word(string(v.State)), a.T("发布", "published"), when(v.PublishedAt), a.T("指纹", "hash"), v.Hash)
}

func (a *App) definitionList() *cobra.Command {
	return &cobra.Command{
		Use: "list [TEXT]", Args: a.Args(0, 1), Short: a.T("可以办理的事项", "Items that can be applied for"),
		Long:    a.T("列出事项。TEXT 是名称的一段、其全拼或首字母，或编码的开头。", "Lists items. TEXT is a part of a name, its pinyin or the initials of it, or the beginning of a code."),
		Example: "  lianban definition list kbcyd",
		RunE: func(cmd *cobra.Command, args []string) error {
			var out struct{ Items []gen.Item }
			return a.ask(cmd.Context(), client.Call{Path: "/v1/items", Query: itemQuery(args...)}, &out, func() error {
				t := newTable(a.T("编码", "CODE"), a.T("名称", "NAME"), a.T("版本", "VERSION"), a.T("生效", "EFFECTIVE"), a.T("状态", "STATE"))
				for _, it := range out.Items {
					t.add(it.Code, it.Name, it.Current.Version, it.Current.Effective, a.word(string(it.Current.State)))
				}
				return t.print(a.Out)
			})
		},
	}
}

// itemQuery asks for items with a text, or for all.
func itemQuery(text ...string) url.Values {
	q := url.Values{}
	for _, t := range text {
		q.Set("q", t)
	}
	return q
}

func (a *App) definitionVersions() *cobra.Command {
	return &cobra.Command{
		Use: "versions ITEM", Args: a.Args(1, 1), Short: a.T("一个事项的各版本", "Versions of an item"),
		RunE: func(cmd *cobra.Command, args []string) error {
			item, err := a.findItem(cmd.Context(), a.anonymous(), args[0])
			if err != nil {
				return err
			}
			var out struct{ Versions []gen.Version }
			return a.ask(cmd.Context(), client.Call{Path: "/v1/items/" + url.PathEscape(item) + "/versions"}, &out, func() error {
				t := newTable(a.T("版本", "VERSION"), a.T("生效", "EFFECTIVE"), a.T("状态", "STATE"), a.T("发布", "PUBLISHED"), a.T("指纹", "HASH"))
				for _, v := range out.Versions {
					t.add(v.Version, v.Effective, a.word(string(v.State)), when(v.PublishedAt), v.Hash)
				}
				return t.print(a.Out)
			})
		},
	}
}

func (a *App) definitionShow() *cobra.Command {
	var version string
	var source bool
	cmd := &cobra.Command{
		Use: "show ITEM", Args: a.Args(1, 1), Short: a.T("一个版本，--source 打印发布时的原文", "One version; --source prints the text as published"),
		RunE: func(cmd *cobra.Command, args []string) error {
			item, err := a.findItem(cmd.Context(), a.anonymous(), args[0])
			if err != nil {
				return err
			}
			if version == "" {
				ans, err := a.anonymous().do(cmd.Context(), client.Call{Method: http.MethodGet, Path: "/v1/items/" + url.PathEscape(item)})
				if err != nil {
					return err
				}
				var it gen.Item
				if err := ans.Decode(&it); err != nil {
					return err
				}
				if version = it.Current.Version; version == "" {
					return Fail(NotFound, "事项 %s 今天没有生效的版本；用 --version 指定", "no version of %s is in force today; name one with --version", item)
				}
			}
			var out gen.VersionText
			path := "/v1/items/" + url.PathEscape(item) + "/versions/" + url.PathEscape(version)
			return a.ask(cmd.Context(), client.Call{Path: path}, &out, func() error {
				if source {
					return a.writeOut("-", []byte(out.Source))
				}
				return a.printVersion(out.Version)
			})
		},
	}
	cmd.Flags().StringVar(&version, "version", "", a.T("版本（不写为今天生效的）", "version (left out: the one in force today)"))
	cmd.Flags().BoolVar(&source, "source", false, a.T("打印 YAML 原文", "print the YAML"))
	return cmd
}

func (a *App) definitionGuide() *cobra.Command {
	var version, answers string
	cmd := &cobra.Command{
		Use: "guide ITEM", Args: a.Args(1, 1), Short: a.T("办事指南：问题、材料、条件、时限", "The guide: questions, papers, conditions, limits"),
		Example: "  lianban definition guide 餐饮店\n  lianban definition guide 餐饮店 --answers '{\"fumes\":true}'",
		RunE: func(cmd *cobra.Command, args []string) error {
			item, err := a.findItem(cmd.Context(), a.anonymous(), args[0])
			if err != nil {
				return err
			}
			query := url.Values{}
			set(query, "version", version, "answers", answers)
			var g definition.Guide
			return a.ask(cmd.Context(), client.Call{Path: "/v1/items/" + url.PathEscape(item) + "/guide", Query: query}, &g, func() error { return a.printGuide(&g) })
		},
	}
	cmd.Flags().StringVar(&version, "version", "", a.T("版本（不写为今天生效的）", "version (left out: the one in force today)"))
	cmd.Flags().StringVar(&answers, "answers", "", a.T("按情形收窄，JSON 对象", "narrow to a situation, a JSON object"))
	return cmd
}

func (a *App) printGuide(g *definition.Guide) error {
	err := fields(a.Out, a.T("事项", "item"), g.Item.Name, a.T("编码", "code"), g.Item.Code, a.T("版本", "version"), g.Item.Version,
		a.T("牵头", "lead"), g.Item.Lead, a.T("承诺", "promised"), a.limit(g.Promised), a.T("法定", "statutory"), a.limit(g.Statutory))
	if err != nil {
		return err
	}
	a.Printf("\n%s\n", a.T("问题", "Questions"))
	t := newTable(a.T("标识", "ID"), a.T("问题", "QUESTION"), a.T("类型", "TYPE"), a.T("选项", "OPTIONS"), a.T("何时问", "WHEN"))
	for _, q := range g.Questions {
		var options []string
		for _, o := range q.Options {
			options = append(options, o.ID+"="+o.Label)
		}
		t.add(q.ID, q.Ask, a.word(q.Type), strings.Join(options, " "), q.When.In(a.Lang))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	a.Printf("\n%s\n", a.T("材料", "Papers"))
	t = newTable(a.T("标识", "ID"), a.T("名称", "NAME"), a.T("形式", "FORM"), a.T("何时要", "WHEN"), a.T("来源", "SOURCE"), a.T("依据", "BASIS"))
	for _, p := range g.Papers {
		var from, basis []string
		for _, w := range p.From {
			from = append(from, w.ID)
		}
		for _, b := range p.Basis {
			basis = append(basis, b.Law+b.Article)
		}
		t.add(p.ID, p.Name, p.Form.Name.In(a.Lang), p.When.In(a.Lang), strings.Join(from, ", "), strings.Join(basis, "; "))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	a.Printf("\n%s\n", a.T("环节", "Steps"))
	t = newTable(a.T("标识", "ID"), a.T("名称", "NAME"), a.T("部门", "PARTY"), a.T("时限", "LIMIT"), a.T("何时", "WHEN"))
	for _, s := range g.Steps {
		t.add(strings.Repeat("·", s.Depth)+s.ID, s.Name, s.Party, a.limit(s.Limit), s.When.In(a.Lang))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	return a.printGuideRest(g)
}

// printGuideRest prints what the guide says besides questions, papers and steps.
func (a *App) printGuideRest(g *definition.Guide) error {
	list := func(title string, t *table, rows int) error {
		if rows == 0 {
			return nil
		}
		a.Printf("\n%s\n", title)
		return t.print(a.Out)
	}
	promises := newTable(a.T("标识", "ID"), a.T("承诺书", "SIGNED"), a.T("所承诺的事项", "GRANTED ON IT"), a.T("免交的材料", "NOT ASKED FOR"), a.T("何时", "WHEN"))
	for _, p := range g.Promises {
		promises.add(p.ID, p.Text, p.Grants, strings.Join(p.Replaces, ", "), p.When.In(a.Lang))
	}
	between := newTable(a.T("环节", "STEP"), a.T("程序", "PROCEDURE"), a.T("所需时间", "TAKES"), a.T("不计入时限", "NOT COUNTED"), a.T("何时", "WHEN"))
	for _, p := range g.Procedures {
		not := p.NotCounted.In(a.Lang)
		for i, s := range p.Stops {
			not += []string{a.T("（", " ("), a.T("、", ", ")}[min(i, 1)] + s.Name.In(a.Lang)
		}
		if len(p.Stops) > 0 {
			not = fmt.Sprintf(a.T("至多 %s）", "at most %s)"), not)
		}
		between.add(p.Step, p.Kind.Name.In(a.Lang), p.Takes.In(a.Lang), not, p.When.In(a.Lang))
	}
	duties := newTable(a.T("标识", "ID"), a.T("事项", "DUTY"), a.T("由谁", "BY"), a.T("时限", "LIMIT"), a.T("何时", "WHEN"))
	for _, k := range g.Duties {
		duties.add(k.ID, k.Name, k.By, a.limit(k.Limit), k.When.In(a.Lang))
	}
	if x := g.ActFirst; x != nil {
		a.Printf(a.T("\n先办后补：%s；%s内补办手续\n", "\nAct first: %s; formalities within %s\n"), x.When.In(a.Lang), x.Time.In(a.Lang))
	}
	return errors.Join(
		list(a.T("告知承诺", "Promises instead of papers"), promises, len(g.Promises)),
		list(a.T("其间可能的程序", "What may come in between"), between, len(g.Procedures)),
		list(a.T("后续义务", "What binds besides the steps"), duties, len(g.Duties)),
	)
}

func (a *App) limit(l *definition.GuideLimit) string {
	if l == nil {
		return ""
	}
	var out []string
	for _, t := range l.Times {
		s := t.Text.In(a.Lang)
		if w := t.When.In(a.Lang); w != "" {
			s += fmt.Sprintf(a.T("（%s）", " (%s)"), w)
		}
		out = append(out, s)
	}
	return strings.Join(out, a.T("；", "; "))
}
