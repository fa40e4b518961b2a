package cli

import (
	"net/url"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/definition"
	"lianban/engine/definition/diff"
)

func (a *App) definitionDiff() *cobra.Command {
	var item string
	cmd := &cobra.Command{
		Use: "diff OLD NEW", Args: a.Args(2, 2), Short: a.T("两个定义在含义上的不同", "What differs between two definitions, by meaning"),
		Long: a.T(`按含义比较：环节、时限、材料、参与单位、情形问题等，逐条用文字说明，重要的在前；键的次序、写法、注释不算。
OLD 和 NEW 是两个文件，在本机比较；写 --item 时是该事项的两个版本，或 draft:编号，由服务器比较。`,
			`Compares by meaning: steps, limits, papers, parties, questions and the like, each in words, the most important first;
order of keys, form and remarks do not count. OLD and NEW are two files, compared on this machine; with --item they are
two versions of the item, or draft:ID, compared by the server.`),
		Example: "  lianban definition diff 2026.1.yaml 2026.2.yaml\n  lianban definition diff 2026.1 draft:5f3c9d0a --item 餐饮店 --as xie.supervision",
		RunE: func(cmd *cobra.Command, args []string) error {
			if item == "" {
				return a.diffFiles(args[0], args[1])
			}
			l, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			code, err := a.findItem(cmd.Context(), l, item)
			if err != nil {
				return err
			}
			var out gen.DefinitionDiff
			call := client.Call{Path: "/v1/items/" + url.PathEscape(code) + "/diff", Query: url.Values{"from": {args[0]}, "to": {args[1]}}}
			return l.get(cmd.Context(), call, &out, func() error {
				for i, list := range [][]gen.Finding{out.FromFindings, out.ToFindings} {
					for _, f := range list {
						a.Notef("%s:%d:%d: %s %s: %s\n", args[i], f.Line, f.Column, f.Severity, f.Code, a.T(f.Zh, f.En))
					}
				}
				return a.printChanges(out.Changes)
			})
		},
	}
	cmd.Flags().StringVar(&item, "item", "", a.T("事项：比较它的版本或草稿", "item whose versions or drafts are compared"))
	return cmd
}

// diffFiles compares two files; one that cannot be read whole is compared as far as it can.
func (a *App) diffFiles(names ...string) error {
	files := make([]*definition.File, len(names))
	var found definition.Diagnostics
	for i, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return unreadable(name, err)
		}
		var all definition.Diagnostics
		files[i], all = definition.ParseFile(name, src)
		for _, d := range all {
			if d.Severity == definition.SeverityError {
				found = append(found, d)
			}
		}
		if files[i].Kind != definition.FileItem {
			a.Notef("%s", all.Render(a.Lang))
			return Fail(Refused, "%s 不是事项定义", "%s is no definition of an item", name)
		}
	}
	changes := diff.Files(files[0], files[1])
	if a.JSON {
		if changes == nil {
			changes = []diff.Change{}
		}
		return a.Print(map[string]any{"changes": changes, "findings": orNone(found)})
	}
	a.Notef("%s", found.Render(a.Lang))
	return a.printChanges(changes)
}

func orNone(found definition.Diagnostics) definition.Diagnostics {
	if found == nil {
		return definition.Diagnostics{}
	}
	return found
}

func (a *App) printChanges(changes []diff.Change) error {
	if len(changes) == 0 {
		a.Notef("%s\n", a.T("含义相同", "they mean the same"))
		return nil
	}
	t := newTable(a.T("轻重", "WEIGHT"), a.T("变化", "WHAT"), a.T("行", "LINE"), a.T("说明", "CHANGE"))
	for _, c := range changes {
		line := ""
		if at := c.To.Line; at > 0 {
			line = strconv.Itoa(at)
		}
		t.add(a.word(string(c.Weight)), a.word(c.What), line, c.In(a.Lang))
	}
	return t.print(a.Out)
}
