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
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/cli"
	"lianban/standalone"
	"lianban/store"
)

// Audit are the commands that check the log.
func Audit(a *cli.App) *cobra.Command {
	var database, anchors string
	verify := &cobra.Command{
		Use: "verify", Args: a.Args(0, 0), Short: a.T("核对全部事件的哈希链和锚点", "Check the hash chains of all events and their anchors"),
		Long: a.T(`逐件核对：每个事件的内容和哈希、前后相连、办件没有缺尾、没有被整件删除、没有被改写后重算（与另处保存的锚点比对）。
有发现时退出码为 1，每个发现一行。不写 --database 时核对 --data 目录的数据：dev 在不在运行都可以。`,
			`Checks for every case that each event's bytes fit its hash, that events follow each other, that no tail is missing, no
case was removed and no chain rewritten (against anchors kept in a second place). Exit code 1 when anything is found, one line
each. Without --database it checks the data in --data, with dev running or not.`),
		Example: "  lianban audit verify\n  lianban audit verify --database postgres://… --anchors /mnt/worm/anchors.txt",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dsn := cmp.Or(database, a.Getenv("LIANBAN_DATABASE"))
			v := &verification{app: a, anchors: anchors}
			if dsn != "" {
				return v.run(cmd.Context(), dsn)
			}
			return v.ofData(cmd.Context())
		},
	}
	verify.Flags().StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）；不写用 --data", "connection string of PostgreSQL (LIANBAN_DATABASE); left out: --data"))
	verify.Flags().StringVar(&anchors, "anchors", "", a.T("锚点副本文件（--data 中的会自动使用）", "copy of the anchors (the one in --data is used by itself)"))
	return a.Group("audit", cli.GroupTools, a.T("审计：事件日志有没有被动过", "Audit: has the event log been tampered with"), "", verify, rebuild(a))
}

type verification struct {
	app     *cli.App
	anchors string
}

// ofData checks the data folder of a dev: through its running database, else
// through one started for the purpose.
func (v *verification) ofData(ctx context.Context) error {
	dir, err := filepath.Abs(v.app.Data)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres")); err != nil {
		return cli.Fail(cli.NotFound, "%[1]s 不是 dev 的数据目录；用 --data 或 --database 指定", "%[1]s is no data folder of dev; name one with --data, or --database", dir)
	}
	if anchors := filepath.Join(dir, anchorsName); v.anchors == "" {
		if _, err := os.Stat(anchors); err == nil {
			v.anchors = anchors
		}
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		dsn, err := os.ReadFile(filepath.Join(dir, dsnName))
		if err != nil {
			return cli.Fail(cli.Unavailable, "dev 正在启动，稍后再试", "dev is starting, try again")
		}
		return v.run(ctx, strings.TrimSpace(string(dsn)))
	}
	pg, err := standalone.StartPostgres(ctx, standalone.PostgresOptions{Dir: filepath.Join(dir, "postgres"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return unusable(err)
	}
	err = v.run(ctx, pg.DSN(standalone.Database))
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), postgresStop)
	defer cancel()
	return errors.Join(err, pg.Stop(stopping))
}

func (v *verification) run(ctx context.Context, dsn string) error {
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return unusable(err)
	}
	defer s.Close()
	began := time.Now()
	findings := []store.Finding{}
	sum, err := s.Verify(ctx, store.VerifyOptions{AnchorFile: v.anchors}, func(f store.Finding) {
		if v.app.JSON {
			findings = append(findings, f)
			return
		}
		where := f.Case
		if f.Seq > 0 {
			where += fmt.Sprintf("#%d", f.Seq)
		}
		if f.Position > 0 {
			where = strings.TrimSpace(where + fmt.Sprintf(" @%d", f.Position))
		}
		v.app.Printf("%s %s: %s\n", where, f.Kind, v.app.T(f.Zh, f.En))
	})
	if err != nil {
		return unusable(err)
	}
	if v.app.JSON {
		err = v.app.Print(map[string]any{
			"cases": sum.Cases, "events": sum.Events, "anchors": sum.Anchors, "anchorFileLines": sum.FileLines,
			"findings": findings, "seconds": time.Since(began).Seconds(),
		})
		if err != nil {
			return err
		}
	} else {
		v.app.Printf(v.app.T("核对了 %d 个办件、%d 个事件、%d 个锚点（副本 %d 行），用时 %.1f 秒：%d 个发现\n",
			"checked %d cases, %d events, %d anchors (%d lines of the copy) in %.1f s: %d findings\n"),
			sum.Cases, sum.Events, sum.Anchors, sum.FileLines, time.Since(began).Seconds(), sum.Findings)
	}
	if sum.Findings > 0 {
		return &cli.Error{Code: cli.Refused}
	}
	return nil
}
