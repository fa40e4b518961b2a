package run

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/cli"
	"lianban/standalone"
	"lianban/store"
)

// Serve is the command that runs api, worker or both against outside servers.
func Serve(a *cli.App) *cobra.Command {
	var file string
	var given config
	var letters letterOptions
	base := defaults()
	cmd := &cobra.Command{
		Use: "serve", GroupID: cli.GroupRun, Args: a.Args(0, 0),
		Short: a.T("对接外部 PostgreSQL 和 Temporal 的 API、工作进程", "API and worker against an outside PostgreSQL and Temporal"),
		Long: a.T(`运行 API（--role api）、工作进程（worker）或两者（all），数量不限。先用 lianban migrate 建好表。
配置来自 --config 的 YAML 文件，环境变量覆盖文件，命令行覆盖环境变量：

  LIANBAN_ROLE  LIANBAN_DATABASE  LIANBAN_TEMPORAL  LIANBAN_NAMESPACE  LIANBAN_LISTEN  LIANBAN_PUBLIC_URL  LIANBAN_FILES
  LIANBAN_ANCHORS  LIANBAN_SOURCES  LIANBAN_CONNECTIONS  LIANBAN_UPLOAD_LIMIT  LIANBAN_SESSION_LIFE  LIANBAN_LOG_LEVEL  LIANBAN_DEMO
  LIANBAN_LETTERS  LIANBAN_FONTS  LIANBAN_LETTER_LINK  LIANBAN_LETTER_OUTBOX  LIANBAN_MAIL
  LIANBAN_LETTER_GATEWAY  LIANBAN_LETTER_GATEWAY_TOKEN
  LIANBAN_OIDC_ISSUER  LIANBAN_OIDC_CLIENT_ID  LIANBAN_OIDC_CLIENT_SECRET  LIANBAN_OIDC_CLIENT_SECRET_FILE
  LIANBAN_OIDC_NAME  LIANBAN_OIDC_NAME_EN  LIANBAN_OIDC_CLAIM  LIANBAN_OIDC_MATCH  LIANBAN_OIDC_SCOPES  LIANBAN_PASSWORDS  LIANBAN_TEMPORAL_UI

各角色都在 --listen 上提供 /healthz、/readyz、/metrics。日志为 JSON，写到标准错误。SIGTERM 正常停止。`,
			`Runs the API (--role api), the worker (worker) or both (all), any number of each. Make the schema first with lianban
migrate. Configuration comes from the YAML file of --config; the environment goes over it, flags over both:

  LIANBAN_ROLE  LIANBAN_DATABASE  LIANBAN_TEMPORAL  LIANBAN_NAMESPACE  LIANBAN_LISTEN  LIANBAN_PUBLIC_URL  LIANBAN_FILES
  LIANBAN_ANCHORS  LIANBAN_SOURCES  LIANBAN_CONNECTIONS  LIANBAN_UPLOAD_LIMIT  LIANBAN_SESSION_LIFE  LIANBAN_LOG_LEVEL  LIANBAN_DEMO
  LIANBAN_LETTERS  LIANBAN_FONTS  LIANBAN_LETTER_LINK  LIANBAN_LETTER_OUTBOX  LIANBAN_MAIL
  LIANBAN_LETTER_GATEWAY  LIANBAN_LETTER_GATEWAY_TOKEN
  LIANBAN_OIDC_ISSUER  LIANBAN_OIDC_CLIENT_ID  LIANBAN_OIDC_CLIENT_SECRET  LIANBAN_OIDC_CLIENT_SECRET_FILE
  LIANBAN_OIDC_NAME  LIANBAN_OIDC_NAME_EN  LIANBAN_OIDC_CLAIM  LIANBAN_OIDC_MATCH  LIANBAN_OIDC_SCOPES  LIANBAN_PASSWORDS  LIANBAN_TEMPORAL_UI

Every role serves /healthz, /readyz and /metrics on --listen. The log is JSON on standard error. SIGTERM stops it in good
order.`),
		Example: "  lianban serve --role api --database postgres://… --temporal temporal:7233 --listen 0.0.0.0:8080\n  LIANBAN_DATABASE=postgres://… lianban serve --role worker",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := defaults()
			if err := c.read(file); err != nil {
				return err
			}
			if err := c.flags(cmd, &given, letters); err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(a.Err, &slog.HandlerOptions{Level: c.LogLevel}))
			return serve(cmd.Context(), a, c, log)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&file, "config", "", a.T("配置文件（YAML，未知的键会被拒绝）", "configuration file (YAML; unknown keys are refused)"))
	f.StringVar(&given.Role, "role", base.Role, a.T("api、worker 或 all", "api, worker or all"))
	f.StringVar(&given.Database, "database", "", a.T("PostgreSQL 连接串", "connection string of PostgreSQL"))
	f.StringVar(&given.Temporal, "temporal", base.Temporal, a.T("Temporal 地址", "address of Temporal"))
	f.StringVar(&given.Namespace, "namespace", base.Namespace, a.T("Temporal 命名空间", "namespace in Temporal"))
	f.StringVar(&given.Listen, "listen", base.Listen, a.T("监听地址", "address to listen on"))
	f.StringVar(&given.PublicURL, "public-url", "", a.T("用户访问本系统的地址，如 https://主机", "address users reach the installation under, as https://HOST"))
	f.StringVar(&given.Files, "files", base.Files, a.T("上传文件的目录，各 API 共用", "folder of uploaded files, shared by all apis"))
	f.StringVar(&given.Anchors, "anchors", "", a.T("审计锚点的副本文件，放在数据库管理员改不到的地方", "copy of the audit's anchors, where administrators of the database cannot write"))
	f.StringVar(&given.Sources, "sources", "", a.T("材料来源的配置文件（电子证照、数据服务）", "file of the sources of papers: licences, data services"))
	f.BoolVar(&given.Demo, "demo", false, a.T("开放演示账号（不需要密码）和业务时钟；只用于试用", "open the demo accounts (no passwords) and the business clock; for trying out only"))
	letters.flags(a, cmd)
	return cmd
}

// serve runs a node until ctx ends or the node fails.
func serve(ctx context.Context, a *cli.App, c config, log *slog.Logger) (err error) {
	from, err := sourcesOf(c.Sources, a.Getenv)
	if err != nil {
		return err
	}
	provider, err := c.provider()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &cli.Error{Code: cli.Usage, Zh: "不能监听 " + c.Listen, En: "cannot listen on " + c.Listen, Err: err}
	}
	s, err := openStore(ctx, c, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer s.Close()
	client, err := dial(c.Temporal, c.Namespace, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer client.Close()
	background, cancel := context.WithCancel(ctx)
	defer cancel()
	go ensureNamespace(background, c, log)
	if c.Demo {
		log.Warn("the built-in identity is open: anybody who reaches this address can act as any demo account", "listen", c.Listen)
	}
	n, err := startNode(ctx, nodeOptions{
		API: c.Role != roleWorker, Worker: c.Role != roleAPI, Store: s, Temporal: client, Files: c.Files, Anchors: c.Anchors,
		Listener: listener, Demo: c.Demo, UploadLimit: c.UploadLimit, SessionLife: c.SessionLife, PublicURL: c.PublicURL, TemporalUI: c.TemporalUI, Namespace: c.Namespace, Provider: provider, NoPasswords: !c.Passwords, Log: log, App: a, Sources: from,
		Letters: letterOptions{Templates: c.Letters, Fonts: c.Fonts, Link: c.LetterLink, Outbox: c.LetterOutbox, Mail: c.Mail, Gateway: c.LetterGateway, GatewayToken: c.GatewayToken},
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info("serving", "role", c.Role, "listen", listener.Addr().String(), "version", cli.BuildVersion())
	a.Printf("ready http://%s\n", reachable(listener.Addr()))
	select {
	case <-ctx.Done():
	case err = <-n.failed:
		log.Error("cannot go on", "error", err.Error())
	}
	n.stop()
	log.Info("stopped")
	return err
}

// openWait is how long serve waits for a database that is only starting.
const openWait = 2 * time.Minute

func openStore(ctx context.Context, c config, log *slog.Logger) (*store.Store, error) {
	deadline := time.Now().Add(openWait)
	for try := 1; ; try++ {
		s, err := store.Open(ctx, c.Database, store.Options{MaxConns: c.Connections})
		switch {
		case err == nil:
			return s, nil
		case !errors.Is(err, store.ErrUnavailable) || time.Now().After(deadline):
			return nil, &cli.Error{Code: cli.Unavailable, Zh: "连不上数据库", En: "the database cannot be used", Err: err}
		case try == 1:
			log.Warn("waiting for the database", "error", err.Error())
		}
		if !pause(ctx, time.Second) {
			return nil, ctx.Err()
		}
	}
}

// ensureNamespace makes the namespace when it is missing, as soon as Temporal answers.
func ensureNamespace(ctx context.Context, c config, log *slog.Logger) {
	for try := 1; ; try++ {
		err := standalone.EnsureNamespace(ctx, c.Temporal, c.Namespace, 0)
		if err == nil || ctx.Err() != nil {
			return
		}
		if try == 1 {
			log.Warn("the namespace could not be made sure of", "error", err.Error())
		}
		if !pause(ctx, 5*time.Second) {
			return
		}
	}
}
