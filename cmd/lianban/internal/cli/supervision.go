package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/supervision"
)

// Supervision groups the commands of electronic supervision; others are those of
// the program that need no server.
func (a *App) Supervision(others ...*cobra.Command) *cobra.Command {
	subs := append([]*cobra.Command{a.supervisionRules(), a.supervisionCards(), a.supervisionShow(), a.supervisionRaise(), a.supervisionCheck(), a.supervisionPublish(), a.supervisionSettings()}, others...)
	for _, d := range deeds {
		subs = append(subs, a.supervisionDeed(d))
	}
	return a.Group("supervision", GroupWork, a.T("电子监察：规则、预警和红黄牌", "Electronic supervision: rules and cards"), "", subs...)
}

func (a *App) supervisionCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Args: a.Args(1, 1), Short: a.T("检查一份监察规则", "Check a file of supervision rules"),
		Long:    a.T("在本机检查，不需要服务器。有发现时退出码为 1，每个发现一行：文件:行:列。", "Checks on this machine, without a server. Code 1 when anything is found, one line each: FILE:LINE:COL."),
		Example: "  lianban supervision check rules.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := readRules(args[0])
			if err != nil {
				return err
			}
			rules, found := supervision.Load(args[0], src)
			if a.JSON {
				if err := a.Print(map[string]any{"findings": found, "ok": rules != nil}); err != nil {
					return err
				}
			} else {
				a.Printf("%s", found.Render(a.Lang))
				if rules != nil {
					a.Printf(a.T("%s：%d 条规则，没有错误\n", "%s: %d rules, no errors\n"), args[0], len(rules.Rules))
				}
			}
			if rules == nil {
				return &Error{Code: Refused}
			}
			return nil
		},
	}
}

func readRules(path string) ([]byte, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{Code: NotFound, Zh: "读不了 " + path, En: "cannot read " + path, Err: err}
	}
	return src, nil
}

func (a *App) supervisionPublish() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use: "publish FILE", Args: a.Args(1, 1), Short: a.T("发布一份监察规则，此后收的办件按它", "Publish supervision rules; cases received from then on are judged by them"),
		Example: "  lianban supervision publish rules.yaml --as dong.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := readRules(args[0])
			if err != nil {
				return err
			}
			if rules, found := supervision.Load(args[0], src); rules == nil { // with the places in the file as it is called here
				a.Printf("%s", found.Render(a.Lang))
				return &Error{Code: Refused}
			}
			call := client.Call{Method: http.MethodPost, Path: "/v1/supervision/rules", Raw: bytes.NewReader(src), Type: "application/yaml", Key: cmp.Or(key, client.NewKey())}
			var out gen.SupervisionRules
			return l.get(ctx, call, &out, func() error { return a.printRules(out) })
		}),
	}
	cmd.Flags().StringVar(&key, "key", "", a.keyText())
	return cmd
}

func (a *App) supervisionRules() *cobra.Command {
	var source bool
	cmd := &cobra.Command{
		Use: "rules", Args: a.Args(0, 0), Short: a.T("现行监察规则", "The supervision rules in force"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out gen.SupervisionRules
			return l.get(ctx, client.Call{Path: "/v1/supervision/rules"}, &out, func() error {
				if source {
					a.Printf("%s", out.Source)
					return nil
				}
				return a.printRules(out)
			})
		}),
	}
	cmd.Flags().BoolVar(&source, "source", false, a.T("打印 YAML", "print the YAML"))
	return cmd
}

func (a *App) printRules(r gen.SupervisionRules) error {
	a.Printf(a.T("%s %s，说明期限 %s，申诉期限 %s\n", "%s %s, to be explained within %s, appealed against within %s\n"), r.Name, r.Version, r.Explain, r.Appeal)
	t := newTable(a.T("规则", "RULE"), a.T("类别", "CLASS"), a.T("级别", "LEVEL"), a.T("名称", "NAME"), a.T("依据", "BASIS"))
	for _, x := range r.Rules {
		levels := make([]string, len(x.Levels))
		for i, l := range x.Levels {
			levels[i] = a.level(l)
		}
		basis := make([]string, len(x.Basis))
		for i, b := range x.Basis {
			basis[i] = strings.TrimSpace(b.Law + " " + b.Article)
		}
		t.add(x.Id, a.word(x.Class), strings.Join(levels, a.T("、", ", ")), a.T(x.Zh, x.En), strings.Join(basis, a.T("；", "; ")))
	}
	return t.print(a.Out)
}

func (a *App) level(l int) string {
	switch l {
	case 1:
		return a.T("预警", "warning")
	case 2:
		return a.T("黄牌", "yellow")
	}
	return a.T("红牌", "red")
}

func (a *App) supervisionCards() *cobra.Command {
	var p page
	var org, number, rule, item, level, status, from, before string
	cmd := &cobra.Command{
		Use: "cards", Args: a.Args(0, 0), Short: a.T("预警和红黄牌，最近的在前", "Warnings and cards, latest first"),
		Long:    a.T("本单位的；监察员看所监察单位的。", "Those of the organisation; a supervisor sees those of the organisations he looks after."),
		Example: "  lianban supervision cards --as wei.supervision --level red\n  lianban supervision cards --case NUMBER --as zhou.market",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			query := url.Values{}
			set(query, "org", org, "number", number, "rule", rule, "item", item, "status", status)
			if level != "" {
				n, ok := map[string]string{"warning": "1", "yellow": "2", "red": "3", "1": "1", "2": "2", "3": "3"}[level]
				if !ok {
					return Fail(Usage, "--level 应为 warning、yellow 或 red", "--level is warning, yellow or red")
				}
				query.Set("level", n)
			}
			for name, v := range map[string]string{"from": from, "before": before} {
				if v == "" {
					continue
				}
				t, err := instant(v)
				if err != nil {
					return err
				}
				query.Set(name, t.UTC().Format(time.RFC3339))
			}
			var all gen.CardPage
			next, err := p.pages(query, func(q url.Values) (string, error) {
				ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/cards", Query: q})
				if err != nil {
					return "", err
				}
				var one gen.CardPage
				err = ans.Decode(&one)
				all.Cards = append(all.Cards, one.Cards...)
				return one.Next, err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				all.Next = next
				if all.Cards == nil {
					all.Cards = []gen.Card{}
				}
				return a.Print(all)
			}
			defer a.more(next)
			return a.printCards(all.Cards)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&level, "level", "", "warning, yellow, red")
	f.StringVar(&status, "status", "", "raised, explained, confirmed, appealed, upheld, lifted")
	f.StringVar(&rule, "rule", "", a.T("规则编号，如 T4", "rule, like T4"))
	f.StringVar(&number, "case", "", a.T("办件编号", "case number"))
	f.StringVar(&item, "item", "", a.T("事项编码", "item code"))
	f.StringVar(&org, "org", "", a.T("单位代码", "organisation code"))
	f.StringVar(&from, "from", "", a.T("不早于：2026-12-01", "not before: 2026-12-01"))
	f.StringVar(&before, "before", "", a.T("早于：2026-12-01", "before: 2026-12-01"))
	a.pageFlags(cmd, &p)
	return cmd
}

func (a *App) printCards(list []gen.Card) error {
	t := newTable(a.T("牌号", "CARD"), a.T("级别", "LEVEL"), a.T("规则", "RULE"), a.T("状态", "STATE"), a.T("单位", "ORGANISATION"), a.T("责任人", "PERSON"), a.T("办件编号", "CASE"), a.T("时间", "AT"), a.T("内容", "WHAT"))
	for _, c := range list {
		t.add(strconv.FormatInt(c.Id, 10), a.level(c.Level), c.Rule, a.cardState(c), cmp.Or(c.OrgName, c.Org), c.Person, c.Number, when(c.At), a.T(c.Zh, c.En))
	}
	return t.print(a.Out)
}

// cardStates are the states of a card in the words people use.
var cardStates = map[string][2]string{
	"raised": {"待说明", "to be explained"}, "explained": {"已说明", "explained"}, "confirmed": {"已认定", "confirmed"},
	"appealed": {"申诉中", "appealed"}, "upheld": {"申诉后维持", "upheld"}, "lifted": {"已撤销", "lifted"},
}

func (a *App) cardState(c gen.Card) string {
	w := cardStates[string(c.Status)]
	text := a.T(w[0], w[1])
	if c.Gone {
		text += a.T("（事实已变）", " (gone)")
	}
	return text
}

func (a *App) supervisionShow() *cobra.Command {
	return &cobra.Command{
		Use: "show CARD", Args: a.Args(1, 1), Short: a.T("一张牌，以及对它做过什么", "One card, and what was done with it"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var out gen.Card
			return l.get(ctx, client.Call{Path: "/v1/cards/" + url.PathEscape(args[0])}, &out, func() error { return a.printCard(out) })
		}),
	}
}

func (a *App) printCard(c gen.Card) error {
	basis := make([]string, len(c.Basis))
	for i, b := range c.Basis {
		basis[i] = strings.TrimSpace(b.Law + " " + b.Article)
	}
	err := fields(a.Out, a.T("牌号", "card"), strconv.FormatInt(c.Id, 10), a.T("级别", "level"), a.level(c.Level), a.T("规则", "rule"), c.Rule+" "+a.T(c.RuleName, c.RuleNameEn)+" ("+c.Rules+")",
		a.T("状态", "state"), a.cardState(c), a.T("内容", "what"), a.T(c.Zh, c.En), a.T("依据", "basis"), strings.Join(basis, a.T("；", "; ")),
		a.T("办件编号", "case"), c.Number, a.T("所依办件", "cases"), strings.Join(c.Numbers, ", "), a.T("环节", "step"), c.Step, a.T("对象", "subject"), c.Subject,
		a.T("单位", "organisation"), cmp.Or(c.OrgName, c.Org), a.T("责任人", "person"), c.Person, a.T("时间", "at"), when(c.At), a.T("说明期限", "explain before"), until(c.Explain))
	if err != nil || len(c.Acts) == 0 {
		return err
	}
	a.Printf("\n")
	t := newTable(a.T("时间", "AT"), a.T("操作", "ACT"), a.T("谁", "WHO"), a.T("单位", "ORGANISATION"), a.T("理由", "REASON"), a.T("可申诉至", "APPEAL BEFORE"))
	for _, x := range c.Acts {
		name := string(x.Act)
		for _, d := range deeds {
			if d.word == name {
				name = a.T(d.done[0], d.done[1])
			}
		}
		if x.Act == "raise" {
			name = a.T("发牌", "raised")
		}
		t.add(when(x.At), name, x.By, cmp.Or(x.OrgName, x.Org), x.Reason, until(x.Until))
	}
	return t.print(a.Out)
}

// deed is something people do with a card.
type deed struct {
	word, zh, en string
	done         [2]string
}

var deeds = []deed{
	{"explain", "说明（责任人或本单位负责人）", "Explain a card (the person responsible, or a head of the organisation)", [2]string{"说明", "explained"}},
	{"confirm", "认定（监察员）", "Confirm a card (a supervisor)", [2]string{"认定", "confirmed"}},
	{"lift", "撤销（监察员）", "Lift a card (a supervisor)", [2]string{"撤销", "lifted"}},
	{"appeal", "申诉（责任人或本单位负责人）", "Appeal against a confirmed card (the person responsible, or a head of the organisation)", [2]string{"申诉", "appealed"}},
	{"uphold", "申诉后维持（另一位监察员）", "Uphold a card on appeal (another supervisor)", [2]string{"维持", "upheld"}},
	{"overturn", "申诉成立，撤销（另一位监察员）", "Overturn a card on appeal (another supervisor)", [2]string{"申诉成立", "overturned"}},
}

func (a *App) supervisionDeed(d deed) *cobra.Command {
	var reason, key string
	cmd := &cobra.Command{
		Use: d.word + " CARD --reason TEXT", Args: a.Args(1, 1), Short: a.T(d.zh, d.en),
		Example: "  lianban supervision " + d.word + " 12 --reason …",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			if reason == "" {
				return Fail(Usage, "缺少 --reason", "--reason is missing")
			}
			call := client.Call{Method: http.MethodPost, Path: fmt.Sprintf("/v1/cards/%s/%s", url.PathEscape(args[0]), d.word), Body: gen.CardReason{Reason: reason}, Key: cmp.Or(key, client.NewKey())}
			var out gen.Card
			return l.get(ctx, call, &out, func() error { return a.printCard(out) })
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", a.T("理由", "the reason"))
	cmd.Flags().StringVar(&key, "key", "", a.keyText())
	return cmd
}

func (a *App) supervisionRaise() *cobra.Command {
	var in gen.RaiseCard
	var key string
	cmd := &cobra.Command{
		Use: "raise --rule RULE --org ORG --reason TEXT", Args: a.Args(0, 0), Short: a.T("由人发牌（监察员），如投诉属实", "Raise a card by hand (a supervisor), such as for a complaint that was upheld"),
		Example: "  lianban supervision raise --rule S2 --org market-210304 --case NUMBER --reason 12345转办，经核实属实",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			for name, v := range map[string]string{"rule": in.Rule, "org": in.Org, "reason": in.Reason} {
				if v == "" {
					return Fail(Usage, "缺少 --%s", "--%s is missing", name)
				}
			}
			call := client.Call{Method: http.MethodPost, Path: "/v1/cards", Body: in, Key: cmp.Or(key, client.NewKey())}
			var out gen.Card
			return l.get(ctx, call, &out, func() error { return a.printCard(out) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&in.Rule, "rule", "", a.T("规则编号", "rule"))
	f.StringVar(&in.Org, "org", "", a.T("责任单位代码", "code of the organisation that answers for it"))
	f.StringVar(&in.Number, "case", "", a.T("办件编号", "case number"))
	f.StringVar(&in.Reason, "reason", "", a.T("理由", "the reason"))
	f.StringVar(&key, "key", "", a.keyText())
	return cmd
}
