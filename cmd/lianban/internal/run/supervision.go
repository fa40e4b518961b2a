package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/cli"
	"lianban/monitor"
	"lianban/store"
)

// Supervision are the commands of electronic supervision: those of the API and
// the one that makes cards again.
func Supervision(a *cli.App) *cobra.Command {
	return a.Supervision(recompute(a))
}

func recompute(a *cli.App) *cobra.Command {
	var database, number string
	var check bool
	cmd := &cobra.Command{
		Use: "recompute", Args: a.Args(0, 0), Short: a.T("按规则和事件重算预警和红黄牌，并与现有的比对", "Make cards again from rules and events, and compare"),
		Long: a.T(`对每个办件，用它所依据的规则版本、事件和截止时刻重新计算，与库中的逐张比对，并写回不一致的。
加 --check 只比对不写；有不一致时退出码为 1，每张一行。人在牌上做过的（说明、认定、申诉、撤销）从不改动。
不写 --database 时用 --data 目录中正在运行的 dev。`,
			`For every case, computes again by the version of the rules, the events and the instant its cards rest on, compares with what
is kept, and puts right what differs. With --check it only compares; code 1 when anything differs, one line each. What people
did with cards (explained, confirmed, appealed, lifted) is never touched. Without --database it works on the dev running on --data.`),
		Example: "  lianban supervision recompute --check\n  lianban supervision recompute --case NUMBER --database postgres://…",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dsn := cmp.Or(database, a.Getenv("LIANBAN_DATABASE"))
			if dsn == "" {
				var err error
				if dsn, err = databaseOf(a.Data); err != nil {
					return err
				}
			}
			return recomputeCards(cmd.Context(), a, dsn, number, !check)
		},
	}
	f := cmd.Flags()
	f.StringVar(&number, "case", "", a.T("只重算这个办件", "only this case"))
	f.BoolVar(&check, "check", false, a.T("只比对，不写", "compare only"))
	f.StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）；不写用 --data", "connection string of PostgreSQL (LIANBAN_DATABASE); left out: --data"))
	return cmd
}

// databaseOf finds the database of the dev that runs on a data folder.
func databaseOf(data string) (string, error) {
	dir, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(filepath.Join(dir, dsnName))
	if err != nil {
		return "", cli.Fail(cli.NotFound, "%[1]s 上没有运行过 dev；用 --data 指定目录，或用 --database 指定地址",
			"no dev has run on %[1]s; name its folder with --data, or an address with --database", dir)
	}
	return strings.TrimSpace(string(raw)), nil
}

func recomputeCards(ctx context.Context, a *cli.App, dsn, number string, write bool) error {
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return unusable(err)
	}
	defer s.Close()
	m := monitor.New(monitor.Config{Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	done, err := m.Recompute(ctx, number, write)
	if errors.Is(err, store.ErrNotFound) && number != "" {
		return cli.Fail(cli.NotFound, "办件 %[1]s 没有，或还没有被监察过", "there is no case %[1]s, or it has not been judged yet", number)
	}
	if err != nil {
		return unusable(err)
	}
	if a.JSON {
		if err := a.Print(done); err != nil {
			return err
		}
	} else {
		for _, d := range done.Differences {
			a.Printf("%s\n", strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", d.Case, d.Rule, d.Subject, a.T(differs[d.Kind][0], differs[d.Kind][1]))))
		}
		a.Printf(a.T("重算了 %d 个办件、%d 张牌（含计数用的标记）：%d 处不一致\n", "made the cards of %d cases again, %d cards and marks: %d differ\n"), done.Cases, done.Cards, len(done.Differences))
	}
	if !write && len(done.Differences) > 0 {
		return &cli.Error{Code: cli.Refused}
	}
	return nil
}

// differs says what a kind of difference means.
var differs = map[string][2]string{
	"missing": {"应有而没有", "the rules make it, it is not kept"},
	"extra":   {"不应有而有", "it is kept, the rules do not make it"},
	"other":   {"内容不同", "it is kept differently"},
}
