package standalone

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// EnvTemporalDSN names the environment variable [TemporalMain] takes the connection string of
// the main store from. It holds a password, which must not show in the process list.
const EnvTemporalDSN = "LIANBAN_TEMPORAL_POSTGRES"

const temporalStopTimeout = 10 * time.Second

// TemporalMain runs a Temporal server as this whole process until SIGINT or SIGTERM, or, with
// --with-parent, until standard input closes (so that it ends with whoever started it). It
// prints one line to out when it is ready: `ready HOST:PORT NAMESPACE`. It returns the exit code.
func TemporalMain(args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("temporal", flag.ContinueOnError)
	flags.SetOutput(errOut)
	port := flags.Int("port", 0, "port of 127.0.0.1 for clients; 0: any free one")
	space := flags.String("namespace", DefaultNamespace, "namespace to make")
	retention := flags.Duration("retention", 0, "how long closed workflows are kept, 24h or more")
	visibility := flags.String("visibility-database", "", "database of the lists; default: the main one's name with _visibility")
	metrics := flags.String("metrics", "", "address to serve Prometheus metrics at; empty: none")
	verbose := flags.Bool("verbose", false, "log what the server says at debug level")
	withParent := flags.Bool("with-parent", false, "end when standard input closes")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: level}))
	dsn := os.Getenv(EnvTemporalDSN)
	if dsn == "" {
		fmt.Fprintf(errOut, "%s is empty; expected the connection string of Temporal's main database, as postgres://USER:PASSWORD@HOST:PORT/DATABASE\n", EnvTemporalDSN)
		return 2
	}
	target, err := ParsePostgresTarget(dsn, *visibility)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 2
	}

	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if *withParent {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // any end of it means that the parent is gone
			cancel()
		}()
	}
	err = MigrateTemporal(ctx, target, log)
	var t *Temporal
	if err == nil {
		t, err = StartTemporal(ctx, TemporalOptions{
			Postgres: target, Port: *port, Namespace: *space, Retention: *retention, MetricsAddress: *metrics, Log: log, LogLevel: level,
		})
	}
	if err != nil {
		if ctx.Err() != nil {
			return 0
		}
		fmt.Fprintln(errOut, err)
		return 1
	}
	fmt.Fprintln(out, "ready", t.HostPort(), t.Namespace())
	<-ctx.Done()
	stopping, done := context.WithTimeout(context.Background(), temporalStopTimeout)
	defer done()
	if err := t.Stop(stopping); err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	return 0
}
