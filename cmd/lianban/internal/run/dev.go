package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"lianban/cmd/lianban/internal/cli"
	wire "lianban/cmd/lianban/internal/client"
	"lianban/standalone"
	"lianban/store"
)

// Names inside the data folder.
const (
	filesDir      = "files"
	anchorsName   = "anchors.txt"
	logName       = "lianban.log"
	outboxDir     = "letters"
	lockName      = "lock"
	catalogueName = "catalogue.sha256"
	dsnName       = "database.dsn"
	// temporalPortName holds the port of Temporal.
	temporalPortName = "temporal.port"
)

type devOptions struct {
	listen, readyFile, postgres string
	sources                     string
	postgresPort, temporalPort  int
	verbose, quiet              bool
	letters                     letterOptions
}

// Dev is the command that runs everything in one process tree.
func Dev(a *cli.App) *cobra.Command {
	var o devOptions
	cmd := &cobra.Command{
		Use: "dev", GroupID: cli.GroupRun, Args: a.Args(0, 0),
		Short: a.T("在本机启动全部服务（数据在一个目录）", "Run everything on this machine, data in one folder"),
		Long: a.T(`启动私有的 PostgreSQL、Temporal、工作进程和 API，全部在一棵进程树里，数据在 --data 目录（默认 ./data）。
第一次启动装入事项目录、工作日历、单位、人员和演示账号；以后几秒就绪。Ctrl-C 正常停止；被 kill -9 也不丢数据，
再次启动会自行恢复。就绪后标准输出打印一行 ready 地址。另开终端在同一目录运行其他命令，会自动找到它。`,
			`Starts a private PostgreSQL, Temporal, worker and API, all in one process tree, with the data in --data (default
./data). The first start loads the catalogue, working calendars, organisations, people and demo accounts; later ones are
ready in seconds. Ctrl-C stops it in good order; killed with -9 it loses nothing and heals at the next start. When it is
ready, standard output says: ready ADDRESS. Commands run in the same folder find it by themselves.`),
		Example: "  lianban dev\n  lianban dev --data /srv/lianban --listen 127.0.0.1:0",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := &dev{app: a, opts: o}
			return d.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", a.T("监听地址；端口 0 为任意空闲端口", "address to listen on; port 0: any free one"))
	f.StringVar(&o.readyFile, "ready-file", "", a.T("就绪后写此文件（JSON：server、pid、seconds、first）", "file to write when ready (JSON: server, pid, seconds, first)"))
	f.StringVar(&o.sources, "sources", "", a.T("材料来源的配置文件（电子证照、数据服务）", "file of the sources of papers: licences, data services"))
	f.StringVar(&o.postgres, "postgres", "", a.T("PostgreSQL 程序所在目录（不写则自动查找）", "folder with PostgreSQL's programs (left out: found by itself)"))
	f.IntVar(&o.postgresPort, "postgres-port", 0, a.T("PostgreSQL 端口（0 自动）", "port of PostgreSQL (0: chosen)"))
	f.IntVar(&o.temporalPort, "temporal-port", 0, a.T("Temporal 端口（0 自动）", "port of Temporal (0: chosen)"))
	f.BoolVarP(&o.verbose, "verbose", "v", false, a.T("日志同时打印到标准错误", "also print the log to standard error"))
	o.letters.flags(a, cmd)
	f.BoolVarP(&o.quiet, "quiet", "q", false, a.T("只打印 ready 一行", "print the ready line only"))
	return cmd
}

// dev is one run.
type dev struct {
	app   *cli.App
	opts  devOptions
	dir   string
	log   *slog.Logger
	first bool
	began time.Time

	lock     *os.File
	logFile  *os.File
	listener net.Listener
	postgres *standalone.Postgres
	temporal *standalone.Temporal
	store    *store.Store
	client   client.Client
	node     *node
	loaded   loaded
}

func (d *dev) run(ctx context.Context) error {
	d.began = time.Now()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // measured: a quarter more throughput for memory a developer's machine has
	}
	err := d.prepare()
	if err == nil {
		err = d.start(ctx)
	}
	if err == nil {
		err = d.announce()
	}
	if err == nil {
		err = d.wait(ctx)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // stopped while starting
	}
	return errors.Join(err, d.stop())
}

// prepare takes the folder and the address, so that what is in the way is said
// before anything is started.
func (d *dev) prepare() error {
	dir, err := filepath.Abs(d.app.Data)
	if err != nil {
		return err
	}
	d.dir = dir
	// PostgreSQL's user must be able to pass through when we run as root.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "不能使用数据目录 " + dir, En: "the data folder " + dir + " cannot be used", Err: err}
	}
	if err := d.takeLock(); err != nil {
		return err
	}
	if err := d.openLog(); err != nil {
		return err
	}
	// Written last in a first start, so one that was broken off is still the first.
	_, err = os.Stat(d.path(catalogueName))
	d.first = errors.Is(err, fs.ErrNotExist)
	d.listener, err = net.Listen("tcp", d.opts.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return cli.Fail(cli.Usage, "地址 %[1]s 已被占用；用 --listen 换一个（如 127.0.0.1:0），或停掉占用它的程序",
			"the address %[1]s is in use; choose another with --listen (as 127.0.0.1:0), or stop who uses it", d.opts.listen)
	}
	if err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "不能监听 " + d.opts.listen, En: "cannot listen on " + d.opts.listen, Err: err}
	}
	return nil
}

func (d *dev) path(name string) string { return filepath.Join(d.dir, name) }

// takeLock makes sure that one dev uses the folder. The kernel gives the lock
// back however we end.
func (d *dev) takeLock() error {
	f, err := os.OpenFile(d.path(lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "不能使用数据目录 " + d.dir, En: "the data folder " + d.dir + " cannot be used", Err: err}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if m, ok := wire.ReadMarker(d.dir); ok {
			return cli.Fail(cli.Usage, "数据目录 %[1]s 上已有一个 dev 在运行：进程 %[2]d，地址 %[3]s。停掉它，或用 --data 换一个目录",
				"a dev is running on the data folder %[1]s already: process %[2]d, address %[3]s. Stop it, or choose another folder with --data", d.dir, m.PID, m.Server)
		}
		return cli.Fail(cli.Usage, "数据目录 %[1]s 正被另一个 lianban 使用（正在启动或停止）。稍后再试，或用 --data 换一个目录",
			"the data folder %[1]s is in use by another lianban, which is starting or stopping. Try again, or choose another with --data", d.dir)
	}
	d.lock = f
	return wire.RemoveMarker(d.dir) // one of a run that was killed
}

// logLimit is the size from which the log of earlier runs is put aside.
const logLimit = 20 << 20

func (d *dev) openLog() error {
	path := d.path(logName)
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".old"); err != nil {
			return err
		}
	}
	var err error
	if d.logFile, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	var out io.Writer = d.logFile
	if d.opts.verbose {
		out = io.MultiWriter(d.logFile, d.app.Err)
	}
	d.log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	d.log.Info("start", "pid", os.Getpid(), "version", cli.BuildVersion(), "data", d.dir)
	return nil
}

// start brings everything up; our schema and catalogue are made while Temporal starts.
func (d *dev) start(ctx context.Context) error {
	if d.first && !d.opts.quiet {
		d.app.Notef("%s\n", d.app.T("首次启动，正在建立数据库并装入事项目录……", "first start: making the database, loading the catalogue …"))
	}
	from, err := sourcesOf(d.opts.sources, d.app.Getenv)
	if err != nil {
		return err
	}
	d.postgres, err = standalone.StartPostgres(ctx, standalone.PostgresOptions{
		Dir: d.path("postgres"), Port: d.opts.postgresPort, BinDir: d.opts.postgres, Log: d.log.With("component", "postgres"),
	})
	if err != nil {
		return err
	}
	ours := make(chan error, 1)
	go func() { ours <- d.startStore(ctx) }()
	err = d.startTemporal(ctx)
	if err = errors.Join(err, <-ours); err != nil {
		return err
	}
	if d.client, err = dial(d.temporal.HostPort(), d.temporal.Namespace(), d.log); err != nil {
		return err
	}
	// Letters go into a folder: on this machine there is nobody to send them to.
	d.opts.letters.Outbox = d.path(outboxDir)
	d.node, err = startNode(ctx, nodeOptions{
		API: true, Worker: true, Store: d.store, Temporal: d.client, Files: d.path(filesDir), Anchors: d.path(anchorsName),
		Listener: d.listener, Demo: true, Letters: d.opts.letters, App: d.app, Sources: from, Log: d.log,
	})
	if err != nil {
		return err
	}
	d.listener = nil // the node's from here on
	select {
	case <-d.node.started:
		return nil
	case err := <-d.node.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *dev) startTemporal(ctx context.Context) error {
	target, err := standalone.TargetOf(d.postgres)
	if err != nil {
		return err
	}
	if err := standalone.MigrateTemporal(ctx, target, d.log); err != nil {
		return err
	}
	d.temporal, err = standalone.StartTemporal(ctx, standalone.TemporalOptions{
		Postgres: target, Port: d.opts.temporalPort, PortFile: d.path(temporalPortName), Log: d.log,
	})
	return err
}

func (d *dev) startStore(ctx context.Context) error {
	if err := d.postgres.EnsureDatabase(ctx, standalone.Database); err != nil {
		return err
	}
	dsn := d.postgres.DSN(standalone.Database)
	if err := store.Migrate(ctx, dsn); err != nil {
		return err
	}
	var err error
	if d.store, err = store.Open(ctx, dsn, store.Options{OneLog: true}); err != nil {
		return err
	}
	// For `audit verify` beside a running dev; readable by us alone.
	if err := os.WriteFile(d.path(dsnName), []byte(dsn+"\n"), 0o600); err != nil {
		return err
	}
	return d.loadOnce(ctx)
}

// loadOnce loads the catalogue built into the program unless this very one is loaded.
func (d *dev) loadOnce(ctx context.Context) error {
	sum, err := catalogueHash()
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(d.path(catalogueName)); err == nil && strings.TrimSpace(string(have)) == sum {
		return nil
	}
	if d.loaded, err = loadCatalogue(ctx, d.store, time.Now().UTC()); err != nil {
		return fmt.Errorf("load the catalogue: %w", err)
	}
	return os.WriteFile(d.path(catalogueName), []byte(sum+"\n"), 0o644)
}

// wait works until it is told to stop, or a part has ended.
func (d *dev) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.node.failed:
		return err
	case <-d.postgres.Done():
		return cli.Fail(cli.Internal, "数据库进程意外结束，日志见 %s", "the database process has ended, see %s", d.path("postgres/postgres.log"))
	}
}

// temporalStop and postgresStop bound what a stop may take; nothing is lost when
// they are cut short.
const (
	temporalStop = 5 * time.Second
	postgresStop = 20 * time.Second
)

func (d *dev) stop() error {
	if d.lock == nil {
		return nil
	}
	if d.node != nil && !d.opts.quiet {
		d.app.Notef("%s\n", d.app.T("正在停止……", "stopping …"))
	}
	var errs []error
	if d.listener != nil {
		errs = append(errs, d.listener.Close())
	}
	if d.node != nil {
		errs = append(errs, wire.RemoveMarker(d.dir))
		d.node.stop()
	}
	if d.client != nil {
		d.client.Close()
	}
	if d.temporal != nil {
		ctx, cancel := context.WithTimeout(context.Background(), temporalStop)
		if err := d.temporal.Stop(ctx); err != nil {
			d.log.Warn("Temporal was cut off", "error", err.Error())
		}
		cancel()
	}
	if d.store != nil {
		d.store.Close()
	}
	if d.postgres != nil {
		ctx, cancel := context.WithTimeout(context.Background(), postgresStop)
		errs = append(errs, d.postgres.Stop(ctx))
		cancel()
	}
	if d.logFile != nil {
		d.log.Info("stopped")
		errs = append(errs, d.logFile.Close())
	}
	errs = append(errs, d.lock.Close())
	return errors.Join(errs...)
}
