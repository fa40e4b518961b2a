package cli

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/calendar"
)

func (a *App) clockCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show", Args: a.Args(0, 0), Short: a.T("现在的业务时间", "Business time now"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var c gen.BusinessClock
			return a.ask(cmd.Context(), client.Call{Path: "/v1/clock"}, &c, func() error { return a.printClock(c) })
		},
	}
	var to, by, key string
	advance := &cobra.Command{
		Use: "advance (--to TIME | --by PERIOD)", Args: a.Args(0, 0), Short: a.T("把业务时间往前拨（仅 dev）", "Move business time forward (dev only)"),
		Long: a.T("只能往前。途中到期的时限照常触发，不会倒填日期。只在 dev 的内置身份下可用。",
			"Forward only: time limits on the way run out as they would have, nothing is back-dated. Only with dev's built-in identity."),
		Example: "  lianban clock advance --by 3d\n  lianban clock advance --to 2026-12-01T09:00",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := advanceOf(to, by)
			if err != nil {
				return err
			}
			call := client.Call{Method: http.MethodPost, Path: "/v1/clock/advance", Body: in, Key: cmp.Or(key, client.NewKey())}
			var c gen.BusinessClock
			return a.ask(cmd.Context(), call, &c, func() error { return a.printClock(c) })
		},
	}
	advance.Flags().StringVar(&to, "to", "", a.T("拨到：2026-12-01 或 2026-12-01T09:00（北京时间）", "to: 2026-12-01 or 2026-12-01T09:00, +08:00"))
	advance.Flags().StringVar(&by, "by", "", a.T("拨多少：90m、36h、3d", "by: 90m, 36h, 3d"))
	advance.Flags().StringVar(&key, "key", "", a.keyText())
	return a.Group("clock", GroupTools, a.T("业务时钟（dev 可往前拨）", "The business clock, which dev can move forward"), "", show, advance)
}

func (a *App) printClock(c gen.BusinessClock) error {
	movable := a.T("否", "no")
	if c.Movable {
		movable = a.T("是", "yes")
	}
	return fields(a.Out, a.T("业务时间", "business time"), c.Now.In(calendar.Zone).Format("2006-01-02 15:04:05"),
		a.T("比实际快", "ahead by"), (time.Duration(c.Offset) * time.Second).String(), a.T("可以拨", "movable"), movable)
}

func advanceOf(to, by string) (gen.Advance, error) {
	switch {
	case (to == "") == (by == ""):
		return gen.Advance{}, Fail(Usage, "--to 和 --by 要写一个，且只写一个", "one of --to and --by is needed, and not both")
	case to != "":
		t, err := instant(to)
		return gen.Advance{To: t}, err
	}
	if days, ok := strings.CutSuffix(by, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return gen.Advance{By: int64(n) * 86400}, nil
		}
	}
	d, err := time.ParseDuration(by)
	if err != nil || d < time.Second {
		return gen.Advance{}, Fail(Usage, "--by 写作 90m、36h、3d，实际为 %q", "--by is written 90m, 36h or 3d, got %q", by)
	}
	return gen.Advance{By: int64(d / time.Second)}, nil
}

// instant reads a day, or a time in the business zone, or RFC 3339.
func instant(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, calendar.Zone); err == nil {
			return t, nil
		}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, Fail(Usage, "时间写作 2026-12-01 或 2026-12-01T09:00（北京时间），实际为 %q", "a time is written 2026-12-01 or 2026-12-01T09:00 (+08:00), got %q", s)
	}
	return t, nil
}
