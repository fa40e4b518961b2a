package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// AdminCommand holds what administrators do; more are those that work on the
// database itself.
func (a *App) AdminCommand(more ...*cobra.Command) *cobra.Command {
	subs := append(more, a.orgCommand(), a.personCommand(), a.partyCommand(), a.windowCommand(), a.adminLogCommand())
	return a.Group("admin", GroupTools, a.T("管理：单位、人员、承担关系、窗口", "Administration: organisations, people, parties, windows"), a.T(
		"除 create 外都以有 admin 岗位的账号办理。每次变更都留痕（admin log）。修改类命令先读后写：期间被他人改过则被拒绝，重新执行即可。",
		"All but create need an account in the role admin. Every change is on record (admin log). Commands that change something read it\nfirst; when somebody else has changed it meanwhile they are refused: run them again."), subs...)
}

// given puts a flag's value into a body when it was given.
func given(cmd *cobra.Command, body map[string]any, flag, key string, value any) {
	if cmd.Flags().Changed(flag) {
		body[key] = value
	}
}

func (a *App) orgCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("全部单位", "All organisations"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Organisations []gen.Organisation }
			return l.get(ctx, client.Call{Path: "/v1/organisations"}, &out, func() error { return a.printOrganisations(out.Organisations...) })
		}),
	}
	var name, en, kind, region, parent, mark, credit, closed string
	flags := func(cmd *cobra.Command) *cobra.Command {
		f := cmd.Flags()
		f.SortFlags = false
		f.StringVar(&name, "name", "", a.T("名称", "name"))
		f.StringVar(&en, "name-en", "", a.T("英文名称", "name in English"))
		f.StringVar(&kind, "kind", "department", a.T("类型：hall、department、government、enterprise、organisation", "kind: hall, department, government, enterprise, organisation"))
		f.StringVar(&region, "region", "", a.T("区划代码", "administrative division code"))
		f.StringVar(&parent, "parent", "", a.T("上级单位的代码；空为没有", "code of the organisation above; empty: none"))
		f.StringVar(&mark, "mark", "", a.T("机关代字", "its word in numbers of letters"))
		f.StringVar(&credit, "credit-code", "", a.T("统一社会信用代码", "unified social credit code"))
		return cmd
	}
	put := func(cmd *cobra.Command, body map[string]any) map[string]any {
		given(cmd, body, "name", "name", name)
		given(cmd, body, "name-en", "nameEn", en)
		given(cmd, body, "kind", "kind", kind)
		given(cmd, body, "region", "region", region)
		given(cmd, body, "parent", "parent", parent)
		given(cmd, body, "mark", "mark", mark)
		given(cmd, body, "credit-code", "creditCode", credit)
		return body
	}
	one := func(o gen.Organisation) error { return a.printOrganisations(o) }
	add := flags(&cobra.Command{
		Use: "add CODE", Args: a.Args(1, 1), Short: a.T("新设单位", "Create an organisation"),
		Example: "  lianban admin org add water-210304 --name 立山区水务局 --region 210304 --parent government-210304 --as qin.data",
	})
	add.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		var o gen.Organisation
		body := put(add, map[string]any{"revision": 0, "kind": kind})
		return l.get(ctx, client.Call{Method: http.MethodPut, Path: orgPath(args[0]), Body: body}, &o, func() error { return one(o) })
	})
	cobra.CheckErr(add.MarkFlagRequired("name"))
	cobra.CheckErr(add.MarkFlagRequired("region"))
	edit := flags(&cobra.Command{Use: "change CODE", Args: a.Args(1, 1), Short: a.T("改名、改上级等", "Rename or move an organisation, and so on")})
	edit.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		return a.editOrganisation(ctx, l, args[0], func(body map[string]any) { put(edit, body) })
	})
	shut := &cobra.Command{
		Use: "close CODE", Args: a.Args(1, 1), Short: a.T("从某日起撤销单位", "Close an organisation from a day on"),
		Long: a.T("下级单位、承担关系、窗口须先移走或终止；从今天起撤销时不能有未办任务。单位不会被删除：办件引用它。--on 空则恢复。",
			"Organisations below it, parties it plays and windows have to be moved or ended first, and nothing may lie open when it closes\ntoday. It is never deleted: cases name it. An empty --on opens it again."),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return a.editOrganisation(ctx, l, args[0], func(body map[string]any) {
				delete(body, "closedOn")
				if closed != "" {
					body["closedOn"] = closed
				}
			})
		}),
	}
	shut.Flags().StringVar(&closed, "on", "", a.T("第一个撤销日，如 2026-12-01", "the first day it is no more, as 2026-12-01"))
	cobra.CheckErr(shut.MarkFlagRequired("on"))
	return a.Group("org", "", a.T("单位", "Organisations"), "", list, add, edit, shut)
}

func orgPath(code string) string { return "/v1/organisations/" + url.PathEscape(code) }

func (a *App) editOrganisation(ctx context.Context, l *link, code string, edit func(map[string]any)) error {
	ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: orgPath(code)})
	if err != nil {
		return err
	}
	var d gen.OrganisationDetail
	if err := ans.Decode(&d); err != nil {
		return err
	}
	o := d.Organisation
	body := map[string]any{
		"revision": o.Revision, "name": o.Name, "nameEn": o.NameEn, "kind": o.Kind, "region": o.Region, "parent": o.Parent, "mark": o.Mark, "creditCode": o.CreditCode,
	}
	if o.ClosedOn != 0 {
		body["closedOn"] = o.ClosedOn
	}
	edit(body)
	var now gen.Organisation
	return l.get(ctx, client.Call{Method: http.MethodPut, Path: orgPath(code), Body: body}, &now, func() error { return a.printOrganisations(now) })
}

func (a *App) printOrganisations(list ...gen.Organisation) error {
	t := newTable(a.T("代码", "CODE"), a.T("名称", "NAME"), a.T("类型", "KIND"), a.T("区划", "REGION"), a.T("上级", "ABOVE"), a.T("代字", "MARK"), a.T("撤销日", "CLOSED"))
	for _, o := range list {
		closed := ""
		if o.ClosedOn != 0 {
			closed = o.ClosedOn.String()
		}
		t.add(o.Code, o.Name, string(o.Kind), o.Region, o.Parent, o.Mark, closed)
	}
	return t.print(a.Out)
}

func (a *App) personCommand() *cobra.Command {
	var q, org, role, active, cursor string
	var below bool
	var limit int
	list := &cobra.Command{
		Use: "list [TEXT]", Args: a.Args(0, 1), Short: a.T("找人：姓名的一部分、拼音首字母、登录名开头", "Find people: part of a name, pinyin initials, beginning of a login"),
		Example: "  lianban admin person list ly --as qin.data\n  lianban admin person list --org market-210304 --below --role approve",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			v := url.Values{}
			if len(args) > 0 {
				q = args[0]
			}
			set(v, "q", q, "org", org, "role", role, "active", active, "cursor", cursor)
			if below {
				v.Set("below", "true")
			}
			if limit > 0 {
				v.Set("limit", strconv.Itoa(limit))
			}
			var out struct {
				People []gen.Person
				Next   string
			}
			return l.get(ctx, client.Call{Path: "/v1/people", Query: v}, &out, func() error {
				if err := a.printPeople(out.People...); err != nil {
					return err
				}
				if out.Next != "" {
					a.Notef(a.T("还有更多：--cursor %s\n", "there are more: --cursor %s\n"), out.Next)
				}
				return nil
			})
		}),
	}
	f := list.Flags()
	f.SortFlags = false
	f.StringVar(&org, "org", "", a.T("在哪个单位任职", "who has a role in this organisation"))
	f.BoolVar(&below, "below", false, a.T("连同其下级单位", "or in one below it"))
	f.StringVar(&role, "role", "", a.T("有哪个岗位", "who has this role"))
	f.StringVar(&active, "active", "", a.T("true 在用、false 停用、all 全部（管理员）", "true: can log in, false: cannot, all (administrators)"))
	f.StringVar(&cursor, "cursor", "", a.T("下一页的标记", "where the next page begins"))
	f.IntVar(&limit, "limit", 0, a.T("每页人数", "people per page"))
	return a.Group("person", "", a.T("人员", "People"), "", list, a.personAdd(), a.personChange(), a.personPassword())
}

func (a *App) printPeople(list ...gen.Person) error {
	t := newTable("ID", a.T("登录名", "LOGIN"), a.T("姓名", "NAME"), a.T("职务", "POST"), a.T("单位：岗位", "ORGANISATION: ROLES"), a.T("状态", "STATE"))
	for _, p := range list {
		state := ""
		if !p.Active {
			state = a.T("停用", "disabled")
		}
		var roles []string
		for _, r := range p.Roles {
			roles = append(roles, cmp.Or(r.OrgName, r.Org)+": "+strings.Join(r.Roles, ", "))
		}
		t.add(p.Id, p.Login, p.Name, p.Post, strings.Join(roles, "; "), state)
	}
	return t.print(a.Out)
}

// rolesOf reads ORG:ROLE,ROLE flags.
func rolesOf(list []string) ([]map[string]string, error) {
	out := []map[string]string{}
	for _, x := range list {
		org, roles, ok := strings.Cut(x, ":")
		if !ok || org == "" || roles == "" {
			return nil, Fail(Usage, "--role 应为 单位:岗位,岗位", "--role is ORGANISATION:ROLE,ROLE")
		}
		for _, r := range strings.Split(roles, ",") {
			out = append(out, map[string]string{"org": org, "role": r})
		}
	}
	return out, nil
}

func (a *App) personAdd() *cobra.Command {
	var name, post, external, key string
	var roles []string
	cmd := &cobra.Command{
		Use: "add LOGIN", Args: a.Args(1, 1), Short: a.T("添加人员", "Add a person"),
		Long: a.T("添加后用 person password 给一个临时密码；用外部登录的不需要密码，写明 --external。",
			"person password then gives him a temporary password; who logs in through an outside provider needs none, but --external."),
		Example: "  lianban admin person add zhao.water --name 赵清 --role water-210304:handle,check --as qin.data",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			held, err := rolesOf(roles)
			if err != nil {
				return err
			}
			body := map[string]any{"login": args[0], "name": name, "post": post, "external": external, "active": true, "roles": held}
			var p gen.Person
			call := client.Call{Method: http.MethodPost, Path: "/v1/people", Body: body, Key: cmp.Or(key, client.NewKey())}
			return l.get(ctx, call, &p, func() error { return a.printPeople(p) })
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&name, "name", "", a.T("姓名", "name"))
	f.StringVar(&post, "post", "", a.T("职务", "post"))
	f.StringArrayVar(&roles, "role", nil, a.T("单位:岗位,岗位；可多次", "ORGANISATION:ROLE,ROLE; may be repeated"))
	f.StringVar(&external, "external", "", a.T("外部登录中的名字", "his name at the outside provider of sign-in"))
	f.StringVar(&key, "key", "", a.keyText())
	cobra.CheckErr(cmd.MarkFlagRequired("name"))
	return cmd
}

func (a *App) personChange() *cobra.Command {
	var login, name, post, external string
	var roles []string
	var disable, enable bool
	cmd := &cobra.Command{
		Use: "change LOGIN", Args: a.Args(1, 1), Short: a.T("改人员的资料、岗位，停用、启用", "Change a person, his roles, disable or enable him"),
		Long: a.T("--role 给出全部岗位，代替原来的。还有在办事项的人不能离开单位或停用：先移交（lianban handover）。",
			"--role gives all his roles and replaces those he has. Who has something to do cannot leave an organisation or be disabled: hand\nhis desk over first (lianban handover)."),
		Example: "  lianban admin person change zhao.water --role water-210304:approve --as qin.data\n  lianban admin person change zhao.water --disable",
	}
	cmd.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		held, err := rolesOf(roles)
		if err != nil {
			return err
		}
		path := "/v1/people/" + url.PathEscape(args[0])
		ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: path})
		if err != nil {
			return err
		}
		var d gen.PersonDetail
		if err := ans.Decode(&d); err != nil {
			return err
		}
		had := []map[string]string{}
		for _, o := range d.Person.Roles {
			for _, r := range o.Roles {
				had = append(had, map[string]string{"org": o.Org, "role": r})
			}
		}
		body := map[string]any{
			"revision": d.Person.Revision, "login": d.Person.Login, "name": d.Person.Name, "post": d.Person.Post, "external": d.Person.External,
			"active": d.Person.Active && !disable || enable, "roles": had,
		}
		given(cmd, body, "login", "login", login)
		given(cmd, body, "name", "name", name)
		given(cmd, body, "post", "post", post)
		given(cmd, body, "external", "external", external)
		given(cmd, body, "role", "roles", held)
		var p gen.Person
		return l.get(ctx, client.Call{Method: http.MethodPut, Path: path, Body: body}, &p, func() error { return a.printPeople(p) })
	})
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&login, "login", "", a.T("登录名", "login"))
	f.StringVar(&name, "name", "", a.T("姓名", "name"))
	f.StringVar(&post, "post", "", a.T("职务", "post"))
	f.StringArrayVar(&roles, "role", nil, a.T("单位:岗位,岗位；可多次", "ORGANISATION:ROLE,ROLE; may be repeated"))
	f.StringVar(&external, "external", "", a.T("外部登录中的名字", "his name at the outside provider of sign-in"))
	f.BoolVar(&disable, "disable", false, a.T("停用", "disable"))
	f.BoolVar(&enable, "enable", false, a.T("启用", "enable"))
	cmd.MarkFlagsMutuallyExclusive("disable", "enable")
	return cmd
}

func (a *App) personPassword() *cobra.Command {
	return &cobra.Command{
		Use: "password LOGIN", Args: a.Args(1, 1), Short: a.T("给一个临时密码，只显示一次", "Give a temporary password, shown once"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var out struct{ Password string }
			call := client.Call{Method: http.MethodPost, Path: "/v1/people/" + url.PathEscape(args[0]) + "/password"}
			return l.get(ctx, call, &out, func() error {
				a.Notef("%s\n", a.T("临时密码（下次登录时换掉）：", "temporary password, replaced at the next login:"))
				a.Printf("%s\n", out.Password)
				return nil
			})
		}),
	}
}

func (a *App) partyCommand() *cobra.Command {
	var item, party, org, day string
	query := func() url.Values {
		v := url.Values{}
		set(v, "item", item, "party", party, "org", org, "on", day)
		return v
	}
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("谁在哪里承担哪个参与方，含历史", "Who plays which party where, with history"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Parties []gen.PartyEntry }
			return l.get(ctx, client.Call{Path: "/v1/parties", Query: query()}, &out, func() error { return a.printParties(out.Parties...) })
		}),
	}
	f := list.Flags()
	f.SortFlags = false
	f.StringVar(&item, "item", "", a.T("事项", "item"))
	f.StringVar(&party, "party", "", a.T("参与方", "party"))
	f.StringVar(&org, "org", "", a.T("单位", "organisation"))
	f.StringVar(&day, "on", "", a.T("某日有效的", "in force on this day"))
	gaps := &cobra.Command{
		Use: "gaps", Args: a.Args(0, 0), Short: a.T("没有单位承担的参与方", "Parties nobody plays"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var out struct{ Gaps []gen.PartyGap }
			return l.get(ctx, client.Call{Path: "/v1/parties/gaps", Query: query()}, &out, func() error {
				t := newTable(a.T("事项", "ITEM"), a.T("版本", "VERSION"), a.T("参与方", "PARTY"), a.T("名称", "NAME"), a.T("区划", "REGION"))
				for _, g := range out.Gaps {
					t.add(g.ItemName, g.Version, g.Party, g.Name, g.Region)
				}
				return t.print(a.Out)
			})
		}),
	}
	gaps.Flags().StringVar(&item, "item", "", a.T("事项", "item"))
	gaps.Flags().StringVar(&day, "on", "", a.T("哪一天（不写为今天）", "day (left out: today)"))
	return a.Group("party", "", a.T("参与方由谁承担", "Who plays which party"), "", list, gaps, a.partySet(), a.partyEnd())
}

func (a *App) printParties(list ...gen.PartyEntry) error {
	t := newTable(a.T("事项", "ITEM"), a.T("参与方", "PARTY"), a.T("区划", "REGION"), a.T("单位", "ORGANISATION"), a.T("从", "FROM"), a.T("到（不含）", "UNTIL"), a.T("状态", "STATE"))
	for _, p := range list {
		from, until := "", ""
		if p.From != 0 {
			from = p.From.String()
		}
		if p.Until != 0 {
			until = p.Until.String()
		}
		t.add(p.Item, p.Party, p.Region, p.OrgName, from, until, string(p.State))
	}
	return t.print(a.Out)
}

func (a *App) partySet() *cobra.Command {
	var item, region, org, from, until, instead string
	cmd := &cobra.Command{
		Use: "set PARTY", Args: a.Args(1, 1), Short: a.T("从某日起由某单位承担", "Let an organisation play a party from a day on"),
		Long: a.T("--instead 写明现由谁承担（没有则不写）：已被他人改动时会被拒绝。已生效的不会改写，在办件不受影响。",
			"--instead names who plays it then (left out: nobody); it is refused when that has changed. What has been in force stays, and\nrunning cases keep who they have."),
		Example: "  lianban admin party set fire --region 210304 --org fire-210304 --from 2026-12-01 --instead city-210304 --as qin.data",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]any{"item": item, "party": args[0], "region": region, "org": org, "from": from, "instead": instead}
			if until != "" {
				body["until"] = until
			}
			var p gen.PartyEntry
			return l.get(ctx, client.Call{Method: http.MethodPost, Path: "/v1/parties", Body: body}, &p, func() error { return a.printParties(p) })
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&item, "item", "*", a.T("事项；* 为全部", "item; * for every item"))
	f.StringVar(&region, "region", "", a.T("区划代码，含其下级", "division code, with all below it"))
	f.StringVar(&org, "org", "", a.T("单位代码", "code of the organisation"))
	f.StringVar(&from, "from", "", a.T("第一天", "first day"))
	f.StringVar(&until, "until", "", a.T("不再承担的第一天", "first day it no longer does"))
	f.StringVar(&instead, "instead", "", a.T("到那天为止由谁承担", "who plays it until then"))
	for _, name := range []string{"region", "org", "from"} {
		cobra.CheckErr(cmd.MarkFlagRequired(name))
	}
	return cmd
}

func (a *App) partyEnd() *cobra.Command {
	var item, region, org, until string
	cmd := &cobra.Command{
		Use: "end PARTY", Args: a.Args(1, 1), Short: a.T("从某日起不再承担", "End it from a day on"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]any{"item": item, "party": args[0], "region": region, "org": org, "until": until}
			var out struct{ Parties []gen.PartyEntry }
			return l.get(ctx, client.Call{Method: http.MethodPost, Path: "/v1/parties/end", Body: body}, &out, func() error { return a.printParties(out.Parties...) })
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&item, "item", "*", a.T("事项；* 为全部", "item; * for every item"))
	f.StringVar(&region, "region", "", a.T("区划代码", "division code"))
	f.StringVar(&org, "org", "", a.T("现在的承担单位", "organisation that plays it"))
	f.StringVar(&until, "until", "", a.T("不再承担的第一天", "first day it no longer does"))
	for _, name := range []string{"region", "org", "until"} {
		cobra.CheckErr(cmd.MarkFlagRequired(name))
	}
	return cmd
}

func (a *App) windowCommand() *cobra.Command {
	var hall string
	list := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("大厅的窗口", "Windows of halls"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			v := url.Values{}
			set(v, "hall", hall)
			var out struct{ Windows []gen.Window }
			return l.get(ctx, client.Call{Path: "/v1/windows", Query: v}, &out, func() error { return a.printWindows(out.Windows...) })
		}),
	}
	list.Flags().StringVar(&hall, "hall", "", a.T("哪个大厅", "of which hall"))
	var in, name, en string
	var items, clerks []string
	var fallback, closed bool
	put := &cobra.Command{
		Use: "set ID", Args: a.Args(1, 1), Short: a.T("开设、修改、关闭窗口", "Open, change or close a window"),
		Long: a.T("N+1：各窗口受理所列事项，一个兜底窗口（--fallback）受理其余全部。大厅的第一个窗口须为兜底窗口；另设兜底窗口时由它接替。没写的项不变。",
			"N+1: windows take the items they name, and one (--fallback) takes everything else. The first window of a hall is that one; making\nanother it takes the part from the first. What is left out stays as it is."),
		Example: "  lianban admin window set w0 --hall hall-210304 --name 综合窗口 --fallback --as qin.data\n  lianban admin window set w1 --hall hall-210304 --name 餐饮窗口 --item restaurant",
	}
	put.RunE = a.asSomebody(func(ctx context.Context, l *link, args []string) error {
		have := gen.Window{Id: args[0], Hall: in, Items: []string{}}
		list, err := windowsOf(ctx, l)
		if err != nil {
			return err
		}
		for _, w := range list {
			if w.Id == args[0] {
				have = w
			}
		}
		who := []string{}
		for _, c := range have.Clerks {
			who = append(who, c.Account)
		}
		body := map[string]any{
			"revision": have.Revision, "hall": have.Hall, "name": have.Name, "nameEn": have.NameEn, "fallback": have.Fallback, "closed": have.Closed, "items": have.Items, "clerks": who,
		}
		given(put, body, "name", "name", name)
		given(put, body, "name-en", "nameEn", en)
		given(put, body, "item", "items", items)
		given(put, body, "clerk", "clerks", clerks)
		given(put, body, "fallback", "fallback", fallback)
		given(put, body, "closed", "closed", closed)
		if fallback {
			body["items"] = []string{}
		}
		if closed {
			body["fallback"] = false
		}
		var w gen.Window
		return l.get(ctx, client.Call{Method: http.MethodPut, Path: "/v1/windows/" + url.PathEscape(args[0]), Body: body}, &w, func() error { return a.printWindows(w) })
	})
	f := put.Flags()
	f.SortFlags = false
	f.StringVar(&in, "hall", "", a.T("新窗口所在大厅", "hall of a new window"))
	f.StringVar(&name, "name", "", a.T("名称", "name"))
	f.StringVar(&en, "name-en", "", a.T("英文名称", "name in English"))
	f.StringArrayVar(&items, "item", nil, a.T("受理的事项；可多次", "item it takes; may be repeated"))
	f.StringArrayVar(&clerks, "clerk", nil, a.T("窗口人员的登录名；可多次", "login of a clerk; may be repeated"))
	f.BoolVar(&fallback, "fallback", false, a.T("兜底窗口", "takes everything no other window names"))
	f.BoolVar(&closed, "closed", false, a.T("关闭", "closed"))
	return a.Group("window", "", a.T("大厅窗口和受理的事项", "Windows of halls and the items they take"), "", list, put)
}

func windowsOf(ctx context.Context, l *link) ([]gen.Window, error) {
	ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/windows"})
	if err != nil {
		return nil, err
	}
	var out struct{ Windows []gen.Window }
	err = ans.Decode(&out)
	return out.Windows, err
}

func (a *App) printWindows(list ...gen.Window) error {
	t := newTable("ID", a.T("大厅", "HALL"), a.T("名称", "NAME"), a.T("受理", "TAKES"), a.T("人员", "CLERKS"), a.T("状态", "STATE"))
	for _, w := range list {
		takes, state := strings.Join(w.Items, ", "), ""
		if w.Fallback {
			takes = a.T("其余全部", "everything else")
		}
		if w.Closed {
			state = a.T("关闭", "closed")
		}
		var who []string
		for _, c := range w.Clerks {
			who = append(who, c.Name)
		}
		t.add(w.Id, w.HallName, w.Name, takes, strings.Join(who, ", "), state)
	}
	return t.print(a.Out)
}

func (a *App) adminLogCommand() *cobra.Command {
	var kind, subject, by string
	var before int64
	var limit int
	cmd := &cobra.Command{
		Use: "log", Args: a.Args(0, 0), Short: a.T("谁改了什么", "Who changed what"),
		Long: a.T("变更前后的内容见 --json。记录只增不改，audit verify 核对。", "--json has what it was before and after. Entries are only added; audit verify checks them."),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			v := url.Values{}
			set(v, "kind", kind, "subject", subject, "by", by)
			if before > 0 {
				v.Set("before", strconv.FormatInt(before, 10))
			}
			if limit > 0 {
				v.Set("limit", strconv.Itoa(limit))
			}
			var out struct{ Changes []gen.AdminChange }
			return l.get(ctx, client.Call{Path: "/v1/administration", Query: v}, &out, func() error {
				t := newTable("ID", a.T("时间", "AT"), a.T("谁", "BY"), a.T("类别", "KIND"), a.T("对象", "SUBJECT"), a.T("做了什么", "ACT"))
				for _, c := range out.Changes {
					t.add(fmt.Sprint(c.Id), when(c.At), c.ByName, string(c.Kind), c.Subject, c.Act)
				}
				return t.print(a.Out)
			})
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&kind, "kind", "", a.T("organisation、person、party、window、parameter、letter-template、track-code、export", "organisation, person, party, window, parameter, letter-template, track-code or export"))
	f.StringVar(&subject, "subject", "", a.T("对象", "what was changed"))
	f.StringVar(&by, "by", "", a.T("谁改的（账号）", "account of who did it"))
	f.Int64Var(&before, "before", 0, a.T("此编号之前的", "those before this number"))
	f.IntVar(&limit, "limit", 0, a.T("条数", "how many"))
	return cmd
}
