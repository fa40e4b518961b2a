package cli

import (
	"cmp"
	"context"
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

// draftCommands are those of the drafts of definitions, in the order of their lives.
func (a *App) definitionDraft() *cobra.Command {
	group := &cobra.Command{
		Use: "draft", Args: cobra.ArbitraryArgs, RunE: a.group, Short: a.T("定义草稿：起草、保存、提请发布、由第二人发布", "Drafts of definitions: begin, save, ask for publication, publish as the second person"),
	}
	group.AddCommand(a.draftList(), a.draftShow(), a.draftNew(), a.draftSave(), a.draftTest(), a.draftRequest(), a.draftWithdraw(), a.draftPublish(), a.draftReturn(), a.draftDrop())
	return group
}

func draftPath(id string, more ...string) string {
	return "/v1/definition-drafts/" + strings.Join(append([]string{url.PathEscape(id)}, more...), "/")
}

func (a *App) draftList() *cobra.Command {
	var p page
	cmd := &cobra.Command{
		Use: "list", Args: a.Args(0, 0), Short: a.T("还没有发布的草稿，最近改动的在前", "Drafts that are not published yet, those changed last first"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			drafts := []gen.DefinitionDraft{}
			next, err := p.pages(url.Values{}, func(query url.Values) (string, error) {
				ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/definition-drafts", Query: query})
				if err != nil {
					return "", err
				}
				var out struct {
					Drafts []gen.DefinitionDraft
					Next   string
				}
				err = ans.Decode(&out)
				drafts = append(drafts, out.Drafts...)
				return out.Next, err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				return a.Print(map[string]any{"drafts": drafts, "next": next})
			}
			t := newTable("ID", a.T("名称", "NAME"), a.T("基于", "FROM"), a.T("状态", "STATE"), a.T("修订", "REVISION"), a.T("改动", "CHANGED"), a.T("改动人", "BY"))
			for _, d := range drafts {
				t.add(d.Id, d.Name, d.Base.Version, a.draftState(d.State), strconv.FormatInt(d.Revision, 10), when(d.ChangedAt), d.ChangedBy.Name)
			}
			if err := t.print(a.Out); err != nil {
				return err
			}
			a.more(next)
			return nil
		}),
	}
	a.pageFlags(cmd, &p)
	return cmd
}

func (a *App) draftState(s gen.DefinitionDraftState) string {
	switch s {
	case gen.DefinitionDraftStateOpen:
		return a.T("起草中", "open")
	case gen.DefinitionDraftStateAsked:
		return a.T("已提请发布", "publication asked for")
	}
	return a.word(string(s))
}

func (a *App) draftShow() *cobra.Command {
	var text bool
	var out string
	cmd := &cobra.Command{
		Use: "show ID", Args: a.Args(1, 1), Short: a.T("一份草稿；--text 打印原文，--out 连同测试写到目录", "A draft; --text prints its text, --out writes it to a folder with its tests"),
		Example: "  lianban definition draft show 5f3c9d0a --out work --as xie.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var d gen.DefinitionDraft
			return l.get(ctx, client.Call{Path: draftPath(args[0])}, &d, func() error {
				switch {
				case out != "":
					return a.writeDraft(out, &d)
				case text:
					return a.writeOut("-", []byte(d.Text))
				}
				return a.printDraft(&d)
			})
		}),
	}
	cmd.Flags().BoolVar(&text, "text", false, a.T("打印 YAML 原文", "print the YAML"))
	cmd.Flags().StringVar(&out, "out", "", a.T("写到这个目录：definition.yaml 和各测试文件", "write to this folder: definition.yaml and the test files"))
	return cmd
}

// writeDraft writes a draft's texts to a folder.
func (a *App) writeDraft(dir string, d *gen.DefinitionDraft) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := append([]gen.DefinitionTest{{Name: "definition.yaml", Text: d.Text}}, d.Tests...)
	for _, f := range files {
		path := filepath.Join(dir, filepath.Base(f.Name))
		if err := a.writeOut(path, []byte(f.Text)); err != nil {
			return err
		}
		a.Printf("%s\n", path)
	}
	a.Notef(a.T("第 %d 次修订；保存时写 --revision %[1]d\n", "revision %d; save with --revision %[1]d\n"), d.Revision)
	return nil
}

func (a *App) printDraft(d *gen.DefinitionDraft) error {
	var writers []string
	for _, w := range d.Writers {
		writers = append(writers, w.Name)
	}
	base := d.Base.Item
	if base != "" {
		base += "@" + d.Base.Version
	}
	err := fields(a.Out, "ID", d.Id, a.T("名称", "name"), d.Name, a.T("基于", "from"), base, a.T("状态", "state"), a.draftState(d.State),
		a.T("修订", "revision"), strconv.FormatInt(d.Revision, 10), a.T("写过的人", "writers"), strings.Join(writers, a.T("、", ", ")),
		a.T("改动", "changed"), when(d.ChangedAt)+" "+d.ChangedBy.Name)
	if err != nil || len(d.Requests) == 0 {
		return err
	}
	a.Printf("\n")
	t := newTable(a.T("提请", "ASKED"), a.T("提请人", "BY"), a.T("修订", "REVISION"), a.T("说明", "NOTE"), a.T("决定", "DECISION"), a.T("决定人", "BY"), a.T("理由", "REASON"))
	for _, r := range d.Requests {
		t.add(when(r.AskedAt), r.AskedBy.Name, strconv.FormatInt(r.Revision, 10), r.Note, a.word(string(r.Decision)), r.DecidedBy.Name, r.Reason)
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	if d.MayDecide {
		a.Notef("%s\n", a.T("可由您决定：draft publish 或 draft return", "for you to decide: draft publish or draft return"))
	}
	return nil
}

// draftAnswer sends a call that is answered with the draft as it is then.
func (a *App) draftAnswer(ctx context.Context, l *link, call client.Call) error {
	var d gen.DefinitionDraft
	return l.get(ctx, call, &d, func() error { return a.printDraft(&d) })
}

// testFiles reads files of scenario tests; nil when none is named.
func testFiles(paths []string) ([]gen.DefinitionTest, error) {
	var tests []gen.DefinitionTest
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		tests = append(tests, gen.DefinitionTest{Name: filepath.Base(path), Text: string(src)})
	}
	return tests, nil
}

func (a *App) draftNew() *cobra.Command {
	var item, version, name, key string
	var tests []string
	cmd := &cobra.Command{
		Use: "new [FILE]", Args: a.Args(0, 1), Short: a.T("起草：从一个版本、一个文件，或从头开始", "Begin a draft: from a version, a file, or from nothing"),
		Long: a.T("--item 从该事项的一个版本开始，连同它的测试；FILE 从一个文件开始；都不写则从最小的事项开始。",
			"--item begins with a version of the item and its tests, FILE with a file; with neither the draft is the smallest item there is."),
		Example: "  lianban definition draft new --item 餐饮店 --as xie.supervision\n  lianban definition draft new restaurant.yaml --test restaurant.test.yaml --as xie.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]any{}
			if item != "" {
				code, err := a.findItem(ctx, l, item)
				if err != nil {
					return err
				}
				body["item"] = code
			}
			if len(args) > 0 {
				src, err := os.ReadFile(args[0])
				if err != nil {
					return unreadable(args[0], err)
				}
				body["text"] = string(src)
			}
			list, err := testFiles(tests)
			if err != nil {
				return err
			}
			if list != nil {
				body["tests"] = list
			}
			if version != "" {
				body["version"] = version
			}
			if name != "" {
				body["name"] = name
			}
			return a.draftAnswer(ctx, l, client.Call{Method: http.MethodPost, Path: "/v1/definition-drafts", Body: body, Key: cmp.Or(key, client.NewKey())})
		}),
	}
	f := cmd.Flags()
	f.StringVar(&item, "item", "", a.T("从这个事项开始", "begin with this item"))
	f.StringVar(&version, "version", "", a.T("从这个版本开始（不写为今天生效的）", "begin with this version (left out: the one in force today)"))
	f.StringVar(&name, "name", "", a.T("草稿名称（不写为事项名称）", "what the draft is called (left out: the item's name)"))
	f.StringSliceVar(&tests, "test", nil, a.T("场景测试文件，可写多次", "file of scenario tests, as often as needed"))
	f.StringVar(&key, "key", "", a.keyText())
	return cmd
}

// revisionFlag is the revision that was read: over it, and no other, something is done.
func (a *App) revisionFlag(cmd *cobra.Command, revision *int64) {
	cmd.Flags().Int64Var(revision, "revision", 0, a.T("读到的修订次数（draft show）", "the revision that was read (draft show)"))
	cobra.CheckErr(cmd.MarkFlagRequired("revision"))
}

func (a *App) draftSave() *cobra.Command {
	var revision int64
	var name string
	var tests []string
	cmd := &cobra.Command{
		Use: "save ID FILE", Args: a.Args(2, 2), Short: a.T("保存草稿", "Save a draft"),
		Long: a.T("--revision 是读到的修订；他人已保存过的，拒绝并说明何人何时。写了 --test 的，测试整体换成这些文件；不写则不变。",
			"--revision is the one that was read; when somebody has saved since, saving is refused, with who and when. With --test the tests\nbecome these files, all of them; without it they stay."),
		Example: "  lianban definition draft save 5f3c9d0a definition.yaml --revision 3 --as xie.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := os.ReadFile(args[1])
			if err != nil {
				return unreadable(args[1], err)
			}
			body := map[string]any{"revision": revision, "text": string(src)}
			list, err := testFiles(tests)
			if err != nil {
				return err
			}
			if list != nil {
				body["tests"] = list
			}
			if name != "" {
				body["name"] = name
			}
			return a.draftAnswer(ctx, l, client.Call{Method: http.MethodPut, Path: draftPath(args[0]), Body: body})
		}),
	}
	a.revisionFlag(cmd, &revision)
	cmd.Flags().StringVar(&name, "name", "", a.T("新名称（不写则不变）", "a new name (left out: as before)"))
	cmd.Flags().StringSliceVar(&tests, "test", nil, a.T("场景测试文件，可写多次", "file of scenario tests, as often as needed"))
	return cmd
}

func (a *App) draftTest() *cobra.Command {
	return &cobra.Command{
		Use: "test ID", Args: a.Args(1, 1), Short: a.T("检查草稿并运行它的场景测试", "Check a draft and run its scenario tests"),
		Long: a.T("不保存任何东西。有错误或不符时退出码为 1。", "Nothing is kept. The exit code is 1 with errors, or when an expectation does not hold."),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: draftPath(args[0])})
			if err != nil {
				return err
			}
			var d gen.DefinitionDraft
			if err := ans.Decode(&d); err != nil {
				return err
			}
			tests := d.Tests
			if tests == nil {
				tests = []gen.DefinitionTest{}
			}
			ans, err = l.do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/definitions/test", Body: map[string]any{"text": d.Text, "tests": tests}})
			if err != nil {
				return err
			}
			var out gen.TestedDefinition
			if err := ans.Decode(&out); err != nil {
				return err
			}
			if a.JSON {
				a.raw(ans.Body)
			} else {
				a.printDraftTests(&out)
			}
			if !out.Ok {
				return silent(Refused)
			}
			return nil
		}),
	}
}

func (a *App) printDraftTests(out *gen.TestedDefinition) {
	finding := func(file string, f gen.Finding) {
		a.Printf("%s:%d:%d: %s %s: %s\n", file, f.Line, f.Column, f.Severity, f.Code, a.T(f.Zh, f.En))
	}
	for _, f := range out.Findings {
		finding("definition.yaml", f)
	}
	for _, file := range out.Files {
		for _, f := range file.Findings {
			finding(file.Name, f)
		}
		for _, c := range file.Cases {
			for _, x := range c.Failures {
				a.Printf("%s:%d:%d: %s: %s\n", file.Name, x.Line, x.Column, c.Name, a.T(x.Zh, x.En))
			}
		}
		state := a.T("通过", "ok")
		if !file.Ok {
			state = a.T("不通过", "failed")
		}
		a.Printf(a.T("%s: %s，%d 个办件\n", "%s: %s, cases: %d\n"), file.Name, state, len(file.Cases))
	}
	if len(out.Coverage.Never) > 0 {
		a.Printf(a.T("未到达的环节：%s\n", "steps never reached: %s\n"), strings.Join(out.Coverage.Never, ", "))
	}
}

func (a *App) draftRequest() *cobra.Command {
	var revision int64
	var note, effective string
	cmd := &cobra.Command{
		Use: "request ID", Args: a.Args(1, 1), Short: a.T("提请发布，由第二人决定", "Ask for publication; a second person decides"),
		Long: a.T("由写过本稿的人提请。须通过检查和场景测试，版本未发布过，生效日未过。此后草稿不能改动，直到他人决定或撤回提请。",
			"By one of its writers. It must pass the checks and its scenario tests, under a version that is new and takes effect today or later.\nFrom then on it stands still until somebody else decides, or the request is taken back."),
		Example: "  lianban definition draft request 5f3c9d0a --revision 4 --note 增加消防部门 --effective 2026-10-01 --as xie.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			body := map[string]any{"revision": revision, "note": note}
			if effective != "" {
				body["effective"] = effective
			}
			return a.draftAnswer(ctx, l, client.Call{Method: http.MethodPost, Path: draftPath(args[0], "request"), Body: body})
		}),
	}
	a.revisionFlag(cmd, &revision)
	cmd.Flags().StringVar(&note, "note", "", a.T("改了什么、为什么", "what has changed and why"))
	cobra.CheckErr(cmd.MarkFlagRequired("note"))
	cmd.Flags().StringVar(&effective, "effective", "", a.T("生效日，写进原文（不写则用原文的）", "effective day, written into the text (left out: the text's own)"))
	return cmd
}

func (a *App) draftWithdraw() *cobra.Command {
	return &cobra.Command{
		Use: "withdraw ID", Args: a.Args(1, 1), Short: a.T("撤回提请，继续修改", "Take the request back, to work on"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return a.draftAnswer(ctx, l, client.Call{Method: http.MethodDelete, Path: draftPath(args[0], "request")})
		}),
	}
}

func (a *App) draftPublish() *cobra.Command {
	var revision int64
	cmd := &cobra.Command{
		Use: "publish ID", Args: a.Args(1, 1), Short: a.T("第二人：发布", "As the second person: publish"),
		Long: a.T("写过本稿或提请的人不能发布。发布前再检查、测试一次。已发布的版本不能改；办理中的办件保持收件时的版本。",
			"Not by anybody who wrote in it or asked. Checked and tested once more. A version that is published never changes; running cases\nkeep theirs."),
		Example: "  lianban definition diff 2026.1 draft:5f3c9d0a --item 餐饮店 --as dong.supervision\n  lianban definition draft publish 5f3c9d0a --revision 4 --as dong.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var out gen.Published
			call := client.Call{Method: http.MethodPost, Path: draftPath(args[0], "publish"), Body: map[string]any{"revision": revision}}
			return l.get(ctx, call, &out, func() error {
				for _, f := range out.Findings {
					a.Notef("%d:%d: %s %s: %s\n", f.Line, f.Column, f.Severity, f.Code, a.T(f.Zh, f.En))
				}
				return a.printVersion(out.Version)
			})
		}),
	}
	a.revisionFlag(cmd, &revision)
	return cmd
}

func (a *App) draftReturn() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "return ID", Args: a.Args(1, 1), Short: a.T("第二人：退回", "As the second person: send back"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return a.draftAnswer(ctx, l, client.Call{Method: http.MethodPost, Path: draftPath(args[0], "return"), Body: map[string]any{"reason": reason}})
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", a.T("理由", "why"))
	cobra.CheckErr(cmd.MarkFlagRequired("reason"))
	return cmd
}

func (a *App) draftDrop() *cobra.Command {
	return &cobra.Command{
		Use: "drop ID", Args: a.Args(1, 1), Short: a.T("丢弃草稿", "Throw a draft away"),
		Long: a.T("由写过本稿的人；已提请发布的先撤回提请。", "By one of its writers; when publication is asked for, take the request back first."),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			return l.finish(ctx, client.Call{Method: http.MethodDelete, Path: draftPath(args[0])})
		}),
	}
}
