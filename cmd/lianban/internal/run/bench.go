package run

import (
	"github.com/spf13/cobra"

	"lianban/bench"
	"lianban/cmd/lianban/internal/cli"
)

// Bench measures what a human step costs, as ratios within one run.
func Bench(a *cli.App) *cobra.Command {
	var o bench.Options
	cmd := &cobra.Command{
		Use: "bench", GroupID: cli.GroupTools, Args: a.Args(0, 0), Short: a.T("性能：与下限和常见做法对比", "Measure against the floor and the usual way"),
		Long: a.T("在自己的临时数据上测量，不影响其他数据；结果是同一次运行内的比值，最后一行供程序读取。\n完整的一次约需一刻钟，期间不宜运行其他程序；`lianban bench --rounds 1 --turns 3` 先看个大概。",
			"Measures on temporary data of its own. What counts are ratios within one run; the last line is for programs.\nA full run takes about a quarter of an hour and wants the machine for itself; `lianban bench --rounds 1 --turns 3` is a first look."),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range []string{"rounds", "turns", "clients", "cases"} {
				if n, _ := cmd.Flags().GetInt(name); n < 1 {
					return cli.Fail(cli.Usage, "--%s 至少为 1，实际为 %d", "--%s is at least 1, got %d", name, n)
				}
			}
			o.Out = a.Out
			return bench.Run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.Dir, "dir", "", a.T("数据目录（不写用临时目录）", "folder for its data (left out: a temporary one)"))
	cmd.Flags().IntVar(&o.Rounds, "rounds", bench.Full.Rounds, a.T("轮数", "rounds"))
	cmd.Flags().IntVar(&o.Turns, "turns", bench.Full.Turns, a.T("每轮中每种做法的次数", "turns each way has in a round"))
	cmd.Flags().IntVar(&o.Clients, "clients", bench.Full.Clients, a.T("并发", "clients at once"))
	cmd.Flags().IntVar(&o.Cases, "cases", bench.Full.Cases, a.T("每种做法每次的办件数", "cases per way and turn"))
	cmd.Flags().StringVar(&o.Profile, "profile", "", a.T("把每种做法每次的处理器剖析写入此目录（用 go tool pprof 查看）", "folder for processor profiles of each way and turn (for go tool pprof)"))
	return cmd
}
