package standalone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"

	private "lianban/standalone/cluster"
)

const (
	// DefaultNamespace is the Temporal namespace of the product.
	DefaultNamespace = "lianban"
	// DefaultRetention is how long Temporal keeps the history of a closed case. The read model
	// keeps the case for good; history is what it can be made again from.
	DefaultRetention = 90 * 24 * time.Hour
	// HistoryShards can never be changed once a database was set up with it.
	HistoryShards = 16

	clusterName = "active" // any constant; it is written into the database
)

// TemporalOptions say how to run the server.
type TemporalOptions struct {
	// Postgres is where it keeps its data; the schema must be there ([MigrateTemporal]).
	Postgres PostgresTarget
	// Port of 127.0.0.1 for clients; 0: that in PortFile when it is free, else any.
	Port int
	// PortFile remembers the port so that clients' addresses stay valid; empty: not kept.
	PortFile string
	// Namespace is made when it is missing; empty: [DefaultNamespace].
	Namespace string
	// Retention of closed workflows' histories, at least a day; 0: [DefaultRetention] for a new
	// namespace, unchanged for one that is there.
	Retention time.Duration
	// MaxConns bounds each of the server's connection pools (there are about six); 0: 20.
	MaxConns int
	// MetricsAddress serves the server's Prometheus metrics, as 127.0.0.1:PORT; empty: not served.
	MetricsAddress string
	// DynamicConfig is laid over [DynamicConfig].
	DynamicConfig map[string]any
	// Log receives messages from LogLevel on (zero value Info is taken as Warn); nil is silent.
	Log      *slog.Logger
	LogLevel slog.Level
}

// Temporal is a running server.
type Temporal struct {
	server    temporal.Server
	logger    temporalLogger
	hostPort  string
	namespace string
	stop      sync.Once
	stopped   chan struct{}
	stopErr   error
}

// StartTemporal runs the server and returns when it takes calls and the namespace is there.
// Its frontend has no login: it listens on 127.0.0.1 only.
func StartTemporal(ctx context.Context, opts TemporalOptions) (*Temporal, error) {
	if err := opts.Postgres.check(); err != nil {
		return nil, err
	}
	if opts.Namespace == "" {
		opts.Namespace = DefaultNamespace
	}
	if opts.MaxConns == 0 {
		opts.MaxConns = 20
	}
	if opts.LogLevel == slog.LevelInfo {
		opts.LogLevel = slog.LevelWarn
	}
	if opts.Retention != 0 && opts.Retention < 24*time.Hour {
		return nil, fmt.Errorf("Temporal: retention %v; expected a day (24h) or more, Temporal refuses less", opts.Retention)
	}
	port, err := temporalPort(opts)
	if err != nil {
		return nil, err
	}
	conf, err := serverConfig(opts, port)
	if err != nil {
		return nil, err
	}
	logger := newTemporalLogger(opts.Log, opts.LogLevel)
	server, err := newServer(conf, opts, logger)
	if err != nil {
		return nil, fmt.Errorf("Temporal: %w", err)
	}
	t := &Temporal{server: server, logger: logger, namespace: opts.Namespace, stopped: make(chan struct{}), hostPort: net.JoinHostPort(private.Host, strconv.Itoa(port))}
	if err := server.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("Temporal: start: %w", err), t.Stop(ctx))
	}
	if err := t.ensureNamespace(ctx, opts.Retention); err != nil {
		return nil, errors.Join(err, t.Stop(ctx))
	}
	if opts.PortFile != "" {
		if err := os.WriteFile(opts.PortFile, []byte(strconv.Itoa(port)+"\n"), 0o644); err != nil {
			return nil, errors.Join(fmt.Errorf("Temporal: remember the port: %w", err), t.Stop(ctx))
		}
	}
	logger.phase.Store(running)
	return t, nil
}

// HostPort is the address for clients.
func (t *Temporal) HostPort() string { return t.hostPort }

// Namespace is the one the product uses.
func (t *Temporal) Namespace() string { return t.namespace }

// Stop ends the server. Its own shutdown may take minutes when something hangs; when ctx ends
// first Stop returns ctx's error while the shutdown goes on behind. Nothing is lost either way.
func (t *Temporal) Stop(ctx context.Context) error {
	t.stop.Do(func() { // a second call of the server's own Stop panics
		t.logger.phase.Store(stopping)
		go func() {
			defer close(t.stopped)
			t.stopErr = t.server.Stop()
		}()
	})
	select {
	case <-t.stopped:
		return t.stopErr
	case <-ctx.Done():
		return fmt.Errorf("Temporal: stop: %w", ctx.Err())
	}
}

func temporalPort(opts TemporalOptions) (int, error) {
	if opts.Port != 0 {
		if err := private.PortFree(opts.Port); err != nil {
			return 0, fmt.Errorf("Temporal: %w; choose another port or end who uses it", err)
		}
		return opts.Port, nil
	}
	if opts.PortFile != "" {
		if raw, err := os.ReadFile(opts.PortFile); err == nil {
			if port, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil && private.PortFree(port) == nil {
				return port, nil
			}
		}
	}
	return private.FreePort()
}

func newServer(conf *config.Config, opts TemporalOptions, logger temporalLogger) (temporal.Server, error) {
	authorizer, err := authorization.GetAuthorizerFromConfig(&conf.Global.Authorization)
	if err != nil {
		return nil, err
	}
	claims, err := authorization.GetClaimMapperFromConfig(&conf.Global.Authorization, logger)
	if err != nil {
		return nil, err
	}
	// Fixed addresses instead of the gossip ring: no more ports, and no wait to join it.
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, name := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		hosts[name] = static.SingleLocalHost(net.JoinHostPort(private.Host, strconv.Itoa(conf.Services[string(name)].RPC.GRPCPort)))
	}
	return temporal.NewServer(
		temporal.WithConfig(conf), // first: the claim mapper option reads it
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamicClient(opts.DynamicConfig)),
	)
}

// serverConfig is the server's static configuration.
func serverConfig(opts TemporalOptions, port int) (*config.Config, error) {
	frontend := net.JoinHostPort(private.Host, strconv.Itoa(port))
	var c config.Config
	c.Global.Membership.MaxJoinDuration = 30 * time.Second
	c.Global.Membership.BroadcastAddress = private.Host
	if opts.MetricsAddress != "" {
		c.Global.Metrics = &metrics.Config{Prometheus: &metrics.PrometheusConfig{ListenAddress: opts.MetricsAddress, HandlerPath: "/metrics"}}
	}
	c.Persistence = config.Persistence{
		DefaultStore: "main", VisibilityStore: "visibility", NumHistoryShards: HistoryShards,
		DataStores: map[string]config.DataStore{
			"main":       {SQL: opts.Postgres.sql(opts.Postgres.Database, opts.MaxConns)},
			"visibility": {SQL: opts.Postgres.sql(opts.Postgres.VisibilityDatabase, opts.MaxConns/2+1)},
		},
	}
	c.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{
			clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
		},
	}
	c.DCRedirectionPolicy.Policy = "noop"
	c.Archival.History.State = "disabled"
	c.Archival.Visibility.State = "disabled"
	c.NamespaceDefaults.Archival.History.State = "disabled"
	c.NamespaceDefaults.Archival.Visibility.State = "disabled"
	c.PublicClient.HostPort = frontend
	c.Services = map[string]config.Service{
		"frontend": {RPC: config.RPC{GRPCPort: port, BindOnIP: private.Host}},
	}
	taken := map[int]bool{port: true}
	for _, name := range []string{"history", "matching", "worker"} {
		inner, err := private.FreePort()
		for err == nil && taken[inner] {
			inner, err = private.FreePort()
		}
		if err != nil {
			return nil, fmt.Errorf("Temporal: %w", err)
		}
		taken[inner] = true
		c.Services[name] = config.Service{RPC: config.RPC{GRPCPort: inner, BindOnIP: private.Host}}
	}
	return &c, nil
}
