package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// supervisionSettings shows the figures of the rules and where others hold, or changes these.
func (a *App) supervisionSettings() *cobra.Command {
	const path = "/v1/supervision/settings"
	var file, version, reason string
	cmd := &cobra.Command{
		Use: "settings", Args: a.Args(0, 0), Short: a.T("监察规则的参数，及按事项、大厅、区划的调整", "Figures of the rules, and where others hold"),
		Long: a.T("不带 --file 时列出。--file 为 JSON 列表（与 --json 中的 settings 相同），替换现有全部调整并发布为新版本。修改需要 publisher 岗位。",
			"Without --file it lists them. --file is a JSON list, as settings in --json; it replaces all there are and is published as a new\nversion. Changing takes the role publisher."),
		Example: "  lianban supervision settings --as wei.supervision\n  lianban supervision settings --file settings.json --version 2026.2 --reason 试点提速 --as dong.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			var v gen.SupervisionSettings
			show := func() error { return a.printSettings(v) }
			if file == "" {
				return l.get(ctx, client.Call{Path: path}, &v, show)
			}
			if version == "" || reason == "" {
				return Fail(Usage, "修改时须写 --version 和 --reason", "a change needs --version and --reason")
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				return unreadable(file, err)
			}
			var list []gen.SupervisionSetting
			read := json.NewDecoder(bytes.NewReader(raw))
			read.DisallowUnknownFields()
			err = read.Decode(&list)
			if err == nil && read.More() {
				err = errors.New("more than one list")
			}
			if err != nil {
				return &Error{Code: Usage, Zh: file + " 不是设置的 JSON 列表", En: file + " is no JSON list of settings", Err: err}
			}
			ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: path})
			if err != nil {
				return err
			}
			if err := ans.Decode(&v); err != nil {
				return err
			}
			body := map[string]any{"over": v.Version, "version": version, "reason": reason, "settings": list}
			v = gen.SupervisionSettings{}
			return l.get(ctx, client.Call{Method: http.MethodPut, Path: path, Body: body}, &v, show)
		}),
	}
	cmd.Flags().StringVar(&file, "file", "", a.T("新的设置，JSON 列表", "the new settings, a JSON list"))
	cmd.Flags().StringVar(&version, "version", "", a.T("新版本号", "version of the rules with them"))
	cmd.Flags().StringVar(&reason, "reason", "", a.T("调整原因", "why"))
	return cmd
}

func (a *App) printSettings(v gen.SupervisionSettings) error {
	a.Printf("%s %s\n", a.T("规则版本", "rules"), v.Version)
	t := newTable(a.T("参数", "FIGURE"), a.T("数值", "VALUE"), a.T("含义", "MEANING"))
	for _, p := range v.Parameters {
		t.add(p.Id, fmt.Sprint(p.Value), a.T(p.Zh, p.En))
	}
	if err := t.print(a.Out); err != nil || len(v.Settings) == 0 {
		return err
	}
	a.Printf("\n")
	t = newTable(a.T("事项", "ITEM"), a.T("大厅", "HALL"), a.T("区划", "REGION"), a.T("改为", "SET"), a.T("级别", "LEVEL"), a.T("停用", "OFF"))
	for _, s := range v.Settings {
		var set, level []string
		for k, x := range s.Set {
			set = append(set, fmt.Sprintf("%s=%v", k, x))
		}
		for k, n := range s.Level {
			level = append(level, fmt.Sprintf("%s=%d", k, n))
		}
		slices.Sort(set)
		slices.Sort(level)
		t.add(s.Item, s.Hall, s.Region, strings.Join(set, " "), strings.Join(level, " "), strings.Join(s.Off, " "))
	}
	return t.print(a.Out)
}
