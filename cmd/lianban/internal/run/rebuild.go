package run

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"lianban/cmd/lianban/internal/cli"
	"lianban/contract"
	"lianban/engine"
	"lianban/history"
	"lianban/standalone"
	"lianban/store"
)

// rebuild is the command that makes a case's log and read model again from history.
func rebuild(a *cli.App) *cobra.Command {
	var database, temporal, namespace string
	cmd := &cobra.Command{
		Use: "rebuild CASE", Args: a.Args(1, 1), Short: a.T("按流程历史重建一个办件的事件和数据", "Make a case's events and rows again from its history"),
		Long: a.T(`读取该办件在 Temporal 中全部运行的历史并重放，得到全部事件；缺少的事件补上，历史中没有且未确认的事件撤下，
读模型全部重写，警报解除，并让办件继续写入。已确认的事件从不改动：与历史不符时说明是哪一个，不做任何修改。
可以重复执行，办件在办时也可以。不写 --database 时用 --data 目录中正在运行的 dev。`,
			`Reads the history of all runs of the case from Temporal and replays it. Events that are missing are added, uncertain
ones that history does not hold are withdrawn, the whole read model is written again, the alarm is taken away and the case is
told to go on writing. Certain events are never touched: when one is not history's, it is named and nothing is changed.
It may be repeated, and run while the case is being worked on. Without --database it works on the dev running in --data.`),
		Example: "  lianban audit rebuild 11210300MB0X12345A4000998001000202611230001\n  lianban audit rebuild NUMBER --database postgres://… --temporal 127.0.0.1:7233",
		RunE: func(cmd *cobra.Command, args []string) error {
			dsn, host := cmp.Or(database, a.Getenv("LIANBAN_DATABASE")), cmp.Or(temporal, a.Getenv("LIANBAN_TEMPORAL"))
			if dsn == "" {
				var err error
				if dsn, host, err = addressesOf(a.Data); err != nil {
					return err
				}
			}
			return rebuildCommand(cmd.Context(), a, dsn, host, cmp.Or(namespace, a.Getenv("LIANBAN_NAMESPACE"), defaults().Namespace), args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&database, "database", "", a.T("PostgreSQL 连接串（LIANBAN_DATABASE）；不写用 --data", "connection string of PostgreSQL (LIANBAN_DATABASE); left out: --data"))
	f.StringVar(&temporal, "temporal", "", a.T("Temporal 地址（LIANBAN_TEMPORAL，默认 127.0.0.1:7233）", "address of Temporal (LIANBAN_TEMPORAL, default 127.0.0.1:7233)"))
	f.StringVar(&namespace, "namespace", "", a.T("Temporal 命名空间（LIANBAN_NAMESPACE）", "namespace in Temporal (LIANBAN_NAMESPACE)"))
	return cmd
}

// addressesOf finds database and Temporal of the dev that runs on a data folder.
func addressesOf(data string) (dsn, hostPort string, err error) {
	dir, err := filepath.Abs(data)
	if err != nil {
		return "", "", err
	}
	raw, err1 := os.ReadFile(filepath.Join(dir, dsnName))
	port, err2 := os.ReadFile(filepath.Join(dir, temporalPortName))
	if errors.Join(err1, err2) != nil {
		return "", "", cli.Fail(cli.NotFound, "%[1]s 上没有运行过 dev；用 --data 指定目录，或用 --database 和 --temporal 指定地址",
			"no dev has run on %[1]s; name its folder with --data, or addresses with --database and --temporal", dir)
	}
	return strings.TrimSpace(string(raw)), "127.0.0.1:" + strings.TrimSpace(string(port)), nil
}

func rebuildCommand(ctx context.Context, a *cli.App, dsn, hostPort, namespace, number string) error {
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return unusable(err)
	}
	defer s.Close()
	c, err := dial(cmp.Or(hostPort, defaults().Temporal), cmp.Or(namespace, standalone.DefaultNamespace), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer c.Close()
	done, err := rebuildCase(ctx, s, c, number)
	if err != nil {
		return err
	}
	if a.JSON {
		return a.Print(done)
	}
	a.Printf(a.T("办件 %s 已按 %d 次运行的历史重建：事件由 %d 个变为 %d 个（补 %d，撤 %d），重写读模型 %d 行\n",
		"case %s was made again from the history of %d runs: %d events before, %d after (%d added, %d withdrawn), %d rows written\n"),
		number, done.Runs, done.Before, done.After, done.Added, done.Withdrawn, done.Rows)
	switch {
	case done.Resumed:
		a.Printf("%s\n", a.T("办件已继续写入", "the case goes on writing"))
	case done.Running:
		a.Printf("%s\n", a.T("办件没有应答（没有工作进程？）：工作进程恢复后再执行一次，它才会继续写入",
			"the case does not answer (no worker?): run this again when a worker is back, so that it goes on writing"))
	}
	return nil
}

// rebuilt is what a rebuild has done.
type rebuilt struct {
	Case      string `json:"case"`
	Runs      int    `json:"runs"`
	Before    int    `json:"eventsBefore"`
	After     int    `json:"eventsAfter"`
	Added     int    `json:"added"`
	Withdrawn int    `json:"withdrawn"`
	Rows      int    `json:"rows"`
	// Running: the workflow has not ended. Resumed: it has taken the log as it is
	// now and goes on from there.
	Running bool `json:"running"`
	Resumed bool `json:"resumed"`
}

const (
	// rebuildTries bounds how often a case may write while it is being rebuilt.
	rebuildTries = 20
	// resumeTime is what a worker may take to answer.
	resumeTime = 10 * time.Second
)

// rebuildCase makes log and rows of a case what its history tells and lets it go
// on writing.
func rebuildCase(ctx context.Context, s *store.Store, c client.Client, number string) (rebuilt, error) {
	out := rebuilt{Case: number}
	var told *history.Case
	for try := 0; ; try++ {
		// The head first: what the case writes after it is noticed.
		head, err := s.HeadOf(ctx, number)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return out, unusable(err)
		}
		if told, err = history.Read(ctx, c, nil, number); err != nil {
			return out, untold(err, number)
		}
		r, err := restoration(ctx, s, head, told)
		if err != nil {
			return out, err
		}
		done, err := s.RestoreCase(ctx, r)
		switch {
		case err != nil:
			return out, unusable(err)
		case done.Moved && try < rebuildTries:
			continue
		case done.Moved:
			return out, cli.Fail(cli.Unavailable, "办件 %[1]s 一直在写入，没有改动；稍后再试", "case %[1]s keeps writing, nothing was changed; try again later", number)
		case done.Conflict > 0:
			return out, cli.Fail(cli.Refused, "办件 %[1]s 第 %[2]d 个事件已确认，但与历史不符：已确认的事件是证据，不会改动。用 audit verify 查看，按备份恢复后再重建",
				"event %[2]d of case %[1]s is certain and is not history's: what is certain is evidence and is not changed. See audit verify, restore it from a backup, then rebuild",
				number, done.Conflict)
		}
		out.Before, out.After, out.Added, out.Withdrawn = done.Before, done.After, done.Added, done.Withdrawn
		out.Rows = countRows(r.Rows)
		break
	}
	out.Runs, out.Running = told.Runs, told.Running
	if !told.Running {
		return out, nil
	}
	var err error
	out.Resumed, err = resume(ctx, s, c, number)
	return out, err
}

// restoration is what is to be written. Events whose run is not kept any more are
// taken from the log, as far as its chain leads to the hash that history names.
func restoration(ctx context.Context, s *store.Store, head store.Head, told *history.Case) (store.Restoration, error) {
	r := store.Restoration{
		Head: head, Case: told.Number, Events: told.Events, Rows: engine.Project(told.Rules, told.State), Definition: told.State.Definition,
	}
	if told.First > 1 {
		early, err := chained(ctx, s, told.Number, told.First-1, told.Prev)
		if err != nil {
			return r, err
		}
		r.Events = append(early, told.Events...)
	}
	if told.Input != nil {
		input, err := contract.EncodeStart(*told.Input, told.Bundle)
		if err != nil {
			return r, err
		}
		r.Input = input
	}
	return r, nil
}

// chained reads the first n events of the log; their chain must end in a hash.
func chained(ctx context.Context, s *store.Store, number string, n int64, hash string) ([]engine.Sealed, error) {
	stored, err := s.Timeline(ctx, number, 0, int(n))
	if err != nil {
		return nil, unusable(err)
	}
	prev, out := "", make([]engine.Sealed, 0, n)
	for i, e := range stored {
		event, err := e.Event()
		if err != nil || e.Seq != int64(i+1) || e.Prev != prev || engine.ChainHash(prev, e.Bytes) != e.Hash {
			break
		}
		out = append(out, engine.Sealed{Event: event, Bytes: e.Bytes, Prev: prev, Hash: e.Hash})
		prev = e.Hash
	}
	if int64(len(out)) != n || prev != hash {
		return nil, cli.Fail(cli.Refused, "办件 %[1]s 前 %[2]d 个事件的历史已过保存期，而日志中的这一段与其后的历史不相连：不能重建，须按备份恢复",
			"the history of the first %[2]d events of case %[1]s is past its retention, and the log's do not lead to what follows: it cannot be rebuilt, restore it from a backup", number, n)
	}
	return out, nil
}

// resume asks a case to go on writing, and sees that the log is the one it holds.
func resume(ctx context.Context, s *store.Store, c client.Client, number string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, resumeTime)
	defer cancel()
	var reply contract.ReflushReply
	handle, err := c.UpdateWorkflow(ctx, contract.ReflushOptions(number, uuid.NewString()))
	if err == nil {
		err = handle.Get(ctx, &reply)
	}
	if fate := contract.FateOf(err); fate == contract.Pending || fate == contract.Gone || fate == contract.Busy {
		return false, nil // no worker, or it has just ended: its rows are right all the same
	}
	if err != nil {
		return false, &cli.Error{Code: cli.Unavailable, Zh: "已重建，但办件没有应答", En: "rebuilt, but the case does not answer", Err: err}
	}
	var view contract.View
	answer, err := c.QueryWorkflow(ctx, contract.WorkflowID(number), "", contract.StateQuery)
	if err == nil {
		err = answer.Get(&view)
	}
	switch {
	case err != nil:
		return false, nil
	case view.Stopped != "":
		return false, cli.Fail(cli.Refused, "已重建，但办件的写入又被拒绝（%[1]s）：这是缺陷，请升级后再试", "rebuilt, but what the case writes is refused again (%[1]s): a bug; upgrade, then try again", view.Stopped)
	}
	_, err = s.Confirm(ctx, []store.Confirmed{{Case: number, Seq: reply.Seq, Hash: reply.Hash}})
	if err == nil {
		err = s.ClearAlarm(ctx, number) // one that was still on its way
	}
	if err != nil {
		return true, unusable(err)
	}
	return true, nil
}

func untold(err error, number string) error {
	switch {
	case errors.Is(err, history.ErrGone):
		return cli.Fail(cli.NotFound, "Temporal 中没有办件 %[1]s 的历史（从未有过，或已过保存期）：不能重建；办结的办件以日志为准，用 audit verify 核对，缺失的按备份恢复",
			"Temporal holds no history of case %[1]s (it never did, or its retention is over): it cannot be rebuilt. The log is what counts then; check it with audit verify and restore what is missing from a backup", number)
	case errors.Is(err, history.ErrForeign):
		return &cli.Error{Code: cli.Refused, Zh: "办件 " + number + " 的历史与其答复不符，没有改动", En: "the history of case " + number + " does not fit what it has answered; nothing was changed", Err: err}
	}
	return &cli.Error{Code: cli.Unavailable, Zh: "读不到历史，没有改动", En: "the history cannot be read; nothing was changed", Err: err}
}

func countRows(r engine.Rows) int {
	return 1 + len(r.Orgs) + len(r.Steps) + len(r.Tasks) + len(r.Papers) + len(r.Notices) + len(r.Results) + len(r.Dossier)
}
