package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/definitions/calendars"
	"lianban/engine/calendar"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (a *App) calendarCommand() *cobra.Command {
	return a.Group("calendar", GroupDefine, a.T("工作日历与到期日", "Working calendar and due days"), "", a.calendarDue(), a.calendarLoad(), a.calendarList())
}

func (a *App) calendarDue() *cobra.Command {
	var from, unit, region string
	var amount int
	var stdin bool
	cmd := &cobra.Command{
		Use:   "due --from DATE --amount N --unit UNIT",
		Short: a.T("算到期日，并逐步说明", "Compute a due day and explain it"),
		Long: a.T(`从某日起算一段期限的到期日。第一行是日期（当日 24:00 截止）；落在尚未公布放假安排的年份时，
下一行是 provisional（暂定）；其后逐步说明是怎样数出来的。起算当日不计入。

单位：working（wd）工作日，calendar（cd）自然日，h 小时，mo 月，y 年。自然日、月、年的最后一日是休息日的，顺延。

--stdin 逐行读入 日期<TAB>数量<TAB>单位，每行写出 日期，暂定的再加 <TAB>provisional；
加 --json 则写出一个文档，有一行读不懂就什么都不写。`,
			`The due day of a period from a day on. The first line is the date (until 24:00 of that day); where a year is
touched whose holidays are not announced yet, the next line is "provisional"; then follows, step by step, how it was
counted. The first day does not count.

Units: working (wd), calendar (cd), h hours, mo months, y years. Calendar days, months and years that end on a day off
move to the next working day.

--stdin reads lines DATE<TAB>N<TAB>UNIT and writes one DATE per line, with <TAB>provisional where it applies;
with --json one document, and nothing when a line cannot be read.`),
		Example: `  lianban calendar due --from 2026-02-12 --amount 5 --unit working
  lianban calendar due --from 2026-02-12 --amount 3 --unit mo --json
  printf '2026-02-12\t5\tworking\n' | lianban calendar due --stdin`,
		Args: a.Args(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cal, err := calendars.Load(calendars.Files(), region)
			if err != nil {
				return &Error{Code: Internal, Err: err}
			}
			if stdin {
				for _, name := range []string{"from", "amount", "unit"} {
					if cmd.Flags().Changed(name) {
						return Fail(Usage, "--stdin 从标准输入读，不能同时用 --%s", "--stdin reads from standard input; --%s does not go with it", name)
					}
				}
				return a.dueLines(cal)
			}
			start, period, err := a.period(cmd, from, amount, unit)
			if err != nil {
				return err
			}
			e := cal.Explain(start, period, nil)
			if a.JSON {
				return a.Print(e)
			}
			a.Printf("%s\n", e.Due.Day)
			if e.Due.Provisional {
				a.Printf("provisional\n")
			}
			a.Printf("%s", e.In(a.Lang))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", a.T("起算日，如 2026-02-12；按小时计的可写 2026-02-12T10:00", "day to count from, as 2026-02-12; for hours also 2026-02-12T10:00"))
	f.IntVar(&amount, "amount", 0, a.T("数量", "amount"))
	f.StringVar(&unit, "unit", "", a.T("单位：working、calendar、h、mo、y", "unit: working, calendar, h, mo, y"))
	f.StringVar(&region, "region", "", a.T("行政区划代码，用当地日历", "region code, to use the local calendar"))
	f.BoolVar(&stdin, "stdin", false, a.T("从标准输入逐行计算", "compute line by line from standard input"))
	return cmd
}

func (a *App) dueLines(cal *calendar.Calendar) error {
	var list []calendars.LineDue
	var err error
	if a.JSON {
		list, err = calendars.DueList(cal, a.In)
	} else {
		err = calendars.DueLines(cal, a.In, a.Out)
	}
	var line *calendars.LineError
	if errors.As(err, &line) {
		return &Error{Code: Usage, Zh: line.In(zh), En: line.In(en)}
	}
	if err != nil || !a.JSON {
		return err
	}
	return a.Print(map[string]any{"version": cal.Version(), "lines": list})
}

// period reads the flags; what is wrong with them is said in the calendar's own words.
func (a *App) period(cmd *cobra.Command, from string, amount int, unit string) (time.Time, calendar.Period, error) {
	bad := func(flag string, err error) error {
		var e *calendar.Error
		if errors.As(err, &e) {
			return &Error{Code: Usage, Zh: "--" + flag + "：" + e.Text.ZH, En: "--" + flag + ": " + e.Text.EN}
		}
		return &Error{Code: Usage, Err: err}
	}
	for _, name := range []string{"from", "amount", "unit"} {
		if !cmd.Flags().Changed(name) {
			return time.Time{}, calendar.Period{}, Fail(Usage, "缺少 --%s", "--%s is missing", name)
		}
	}
	u, err := calendars.ParseUnit(unit)
	if err != nil {
		return time.Time{}, calendar.Period{}, bad("unit", err)
	}
	p := calendar.Period{Amount: amount, Unit: u}
	if err := p.Check(); err != nil {
		return time.Time{}, p, bad("amount", err)
	}
	if u == calendar.Hours && strings.Contains(from, "T") {
		t, err := time.ParseInLocation("2006-01-02T15:04", from, calendar.Zone)
		if err != nil {
			return t, p, Fail(Usage, "--from：按小时计的起点写作 2026-02-12T10:00，实际为 %q", "--from: a start for hours is written 2026-02-12T10:00, got %q", from)
		}
		return t, p, nil
	}
	d, err := calendar.ParseDate(from)
	if err != nil {
		return time.Time{}, p, bad("from", err)
	}
	return d.Start(), p, nil
}
