package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/engine/scenario"
	"lianban/engine/supervision"
)

func (a *App) definitionCommand() *cobra.Command {
	return a.Group("definition", GroupDefine, a.T("事项定义：检查、测试、比较、发布、查看", "Definitions: check, test, compare, publish, read"),
		a.T("check、test、schema 和比较两个文件的 diff 在本机完成，不需要服务器；其余向服务器询问。", "check, test, schema and diff of two files work on this machine without a server; the others ask one."),
		a.definitionCheck(), a.definitionTest(), a.definitionDiff(), a.definitionSchema(), a.definitionPlay(), a.definitionDraft(), a.definitionPublish(), a.definitionList(), a.definitionVersions(), a.definitionHistory(),
		a.definitionTurn("suspend", "停止按一个版本收件", "Take no new cases under a version"), a.definitionTurn("resume", "恢复按一个版本收件", "Take new cases under a version again"),
		a.definitionShow(), a.definitionGuide())
}

func (a *App) definitionSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Args: a.Args(0, 0), Short: a.T("定义语言的 JSON Schema，供编辑器补全和提示", "The language as a JSON Schema, for completion in editors"),
		Long: a.T(`打印事项文件的 JSON Schema 2020-12，说明用 --lang 的语言。编辑器（如 VS Code 的 YAML 扩展）据此补全键和取值并显示说明；
含义上的检查由 definition check 完成。`,
			`Prints the JSON Schema 2020-12 of item files, described in the language of --lang. Editors (as VS Code with its YAML
extension) complete keys and words with it and show what they mean; what a file means, definition check judges.`),
		Example: "  lianban definition schema > lianban.schema.json",
		RunE:    func(*cobra.Command, []string) error { return a.Print(definition.LanguageSchema(a.Lang)) },
	}
}

func (a *App) definitionCheck() *cobra.Command {
	var publish, quiet bool
	cmd := &cobra.Command{
		Use:   "check PATH...",
		Short: a.T("检查定义文件", "Check definition files"),
		Long: a.T(`检查定义文件（事项、片段、认领、场景测试）。PATH 是文件，或其下所有 .yaml 都要检查的目录。
每个发现一行：文件:行:列: error|warning 代码: 说明，知道怎么改的，下一行写明改法。有 error 时退出码为 1。`,
			`Checks definition files: items, fragments, claims, scenario tests. PATH is a file, or a folder of which all .yaml
files are checked. One line per finding: FILE:LINE:COL: error|warning CODE: sentence, and below it the fix where one is
known. The exit code is 1 when any finding is an error.`),
		Example: "  lianban definition check definitions/restaurant/2026.1.yaml\n  lianban definition check definitions --json",
		Args:    a.Args(1, -1),
		RunE: func(_ *cobra.Command, paths []string) error {
			s, err := a.load(paths)
			if err != nil {
				return err
			}
			found := s.check(publish)
			if a.JSON {
				if err := a.Print(map[string]any{"files": len(s.given), "failed": found.Failed(), "findings": orNone(found)}); err != nil {
					return err
				}
			} else {
				a.Printf("%s", found.Render(a.Lang))
				if !quiet {
					a.Notef("%s\n", a.count(len(s.given), found))
				}
			}
			if found.Failed() {
				return silent(Refused)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&publish, "runnable", false, a.T("也检查本版本引擎能否运行（发布时会检查）", "also check that this release can run it, as publishing does"))
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, a.T("不打印汇总", "no summary"))
	return cmd
}

func (a *App) count(files int, found definition.Diagnostics) string {
	errors, warnings := 0, 0
	for _, d := range found {
		if d.Severity == definition.SeverityError {
			errors++
		} else {
			warnings++
		}
	}
	return a.T(fmt.Sprintf("%d 个文件：%d 个错误，%d 个警告", files, errors, warnings),
		fmt.Sprintf("files: %d, errors: %d, warnings: %d", files, errors, warnings))
}

// check gives the findings about the files given, in their order.
func (s *sources) check(runnable bool) definition.Diagnostics {
	found := s.found
	for _, f := range s.given {
		found = append(found, definition.Check(f, s.lib)...)
		if runnable {
			found = append(found, definition.CheckRunnable(f, s.lib)...)
		}
	}
	return found
}

// tested is what came of one scenario file.
type tested struct {
	File     string                 `json:"file"`
	Item     string                 `json:"item,omitempty"`
	Millis   int64                  `json:"millis"`
	OK       bool                   `json:"ok"`
	Steps    int                    `json:"steps"`
	Findings definition.Diagnostics `json:"findings,omitempty"`
	Report   *scenario.Report       `json:"report,omitempty"`
}

func (a *App) definitionTest() *cobra.Command {
	return &cobra.Command{
		Use:   "test PATH...",
		Short: a.T("在引擎上运行场景测试", "Run scenario tests on the engine"),
		Long: a.T(`在引擎上按虚拟时间运行场景测试（NAME.test.yaml），不需要服务器。PATH 是测试文件、旁边有测试的事项文件，或目录。
每个文件打印办件数、操作数和覆盖情况；每个不符之处一行：文件:行:列: 场景: 应为……实为……。有不符时退出码为 1。`,
			`Runs scenario files (NAME.test.yaml) on the engine under virtual time, without a server. PATH is a scenario file, an
item file with one beside it, or a folder. Prints per file the cases, acts and what was covered; one line per
expectation that did not hold: FILE:LINE:COL: case: expected … is …. The exit code is 1 when any did not.`),
		Example: "  lianban definition test definitions/restaurant/2026.1.test.yaml\n  lianban definition test definitions",
		Args:    a.Args(1, -1),
		RunE: func(_ *cobra.Command, paths []string) error {
			s, err := a.load(testsOf(paths))
			if err != nil {
				return err
			}
			var all []tested
			ok := true
			for _, f := range s.given {
				if f.Kind != definition.FileTests && len(definition.Check(f, s.lib).Group("S")) == 0 {
					continue
				}
				t := s.run(f)
				ok = ok && t.OK
				all = append(all, t)
				if !a.JSON {
					a.printTested(t)
				}
			}
			if len(all) == 0 {
				return Fail(NotFound, "没有找到场景测试（NAME.test.yaml）", "no scenario file there (NAME.test.yaml)")
			}
			if a.JSON {
				if err := a.Print(map[string]any{"ok": ok, "files": all}); err != nil {
					return err
				}
			}
			if !ok {
				return silent(Refused)
			}
			return nil
		},
	}
}

// testsOf replaces an item file by the scenario file beside it.
func testsOf(paths []string) []string {
	out := make([]string, 0, len(paths))
	for _, p := range paths {
		beside, isYAML := strings.CutSuffix(p, ".yaml")
		if isYAML && !strings.HasSuffix(beside, ".test") {
			if _, err := os.Stat(beside + ".test.yaml"); err == nil {
				p = beside + ".test.yaml"
			}
		}
		out = append(out, p)
	}
	return out
}

// run plays one scenario file. A file, or an item, that is wrong in itself is
// not played: its findings are the result.
func (s *sources) run(f *definition.File) tested {
	t := tested{File: f.Name}
	began := time.Now()
	fail := func(found definition.Diagnostics) tested {
		t.Findings, t.Millis = found, time.Since(began).Milliseconds()
		return t
	}
	if found := definition.Check(f, s.lib); found.Failed() {
		return fail(found)
	}
	item := s.lib.ItemOf(f)
	if item == nil {
		return fail(definition.Diagnostics{{Code: "F103", Severity: definition.SeverityError, Position: definition.Position{File: f.Name, Line: 1, Column: 1},
			Text: textOf("找不到所测试的事项 "+f.Tests.Tests, "the item under test is not there: "+f.Tests.Tests)}})
	}
	it := item.Definition.Item
	t.Item = it.Code + "@" + it.Version
	def, found := s.lib.Resolve(it.Code, it.Version, f.Tests.Region)
	if def == nil {
		return fail(found)
	}
	if found = definition.CheckRunnable(item, s.lib); found.Failed() {
		return fail(found)
	}
	plan, err := definition.Compile(scenario.Effective(def, f.Tests))
	if err != nil {
		return fail(definition.Diagnostics{{Code: "F104", Severity: definition.SeverityError, Position: definition.Position{File: item.Name, Line: 1, Column: 1},
			Text: textOf(err.Error(), err.Error())}})
	}
	cal, err := calendars.Load(calendars.Files(), f.Tests.Region)
	if err != nil {
		return fail(definition.Diagnostics{{Code: "S108", Severity: definition.SeverityError, Position: definition.Position{File: f.Name, Line: 1, Column: 1},
			Text: textOf(err.Error(), err.Error())}})
	}
	t.Steps = len(plan.Nodes)
	rules, found := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	if found.Failed() {
		return fail(found)
	}
	t.Report = scenario.Run(&engine.Rules{Plan: plan, Calendar: cal}, rules, f.Tests)
	t.OK = t.Report.OK()
	t.Millis = time.Since(began).Milliseconds()
	return t
}

func (a *App) printTested(t tested) {
	if t.Report == nil {
		a.Printf("%s: %s\n%s", t.File, a.T("未运行", "not run"), t.Findings.Render(a.Lang))
		return
	}
	r := t.Report
	state := a.T("通过", "ok")
	if !t.OK {
		state = fmt.Sprintf(a.T("%d 处不符", "%d failed"), len(r.Failures))
	}
	a.Printf(a.T("%s: %s，%d 个办件，%d 个操作，%d 毫秒\n", "%s: %s, cases: %d, acts: %d, %d ms\n"), t.File, state, r.Cases, r.Acts, t.Millis)
	a.Printf(a.T("    环节：%d 个中 %d 个到达", "    steps: %[2]d of %[1]d reached"), t.Steps, t.Steps-len(r.Coverage.Never))
	if len(r.Coverage.Never) > 0 {
		a.Printf(a.T("；未到达：%s", "; never: %s"), strings.Join(r.Coverage.Never, ", "))
	}
	if len(r.Coverage.OneSided) > 0 {
		a.Printf(a.T("；条件只取过一种值：%s", "; condition only ever one way: %s"), strings.Join(r.Coverage.OneSided, ", "))
	}
	a.Printf("\n")
	for _, f := range r.Failures {
		a.Printf("%s: %s: %s\n", f.Position, f.Case, f.Text.In(a.Lang))
	}
}
