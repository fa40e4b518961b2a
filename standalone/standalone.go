package standalone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"lianban/standalone/cluster"
)

// Names of the databases in the private cluster.
const (
	Database           = "lianban"
	TemporalDatabase   = "temporal"
	VisibilityDatabase = "temporal_visibility"
)

// Postgres is the private PostgreSQL cluster; see package cluster.
type Postgres = cluster.Cluster

// PostgresOptions say where and how to run it.
type PostgresOptions = cluster.Options

// StartPostgres runs the private cluster of a folder, making it first when it does not exist.
func StartPostgres(ctx context.Context, opts PostgresOptions) (*Postgres, error) {
	return cluster.Start(ctx, opts)
}

// Options of [Start]. Dir is all that is needed.
type Options struct {
	// Dir is the data folder; the cluster goes into its subfolder postgres. When we run as
	// root, let others pass through it (mode 0711), PostgreSQL's user among them.
	Dir string
	// PostgresPort and TemporalPort are ports of 127.0.0.1; 0: that of the last start, else any.
	PostgresPort, TemporalPort int
	// PostgresBin is the folder with initdb and postgres; empty: found by itself.
	PostgresBin string
	// Namespace and Retention as in [TemporalOptions].
	Namespace string
	Retention time.Duration
	// Log receives what the start does and what goes wrong; nil is silent.
	Log *slog.Logger
}

// Standalone is PostgreSQL and Temporal, both ready.
type Standalone struct {
	Postgres *Postgres
	Temporal *Temporal
}

// Start starts both and makes the product's database (empty; its schema is the caller's).
func Start(ctx context.Context, opts Options) (*Standalone, error) {
	pg, err := StartPostgres(ctx, PostgresOptions{
		Dir: filepath.Join(opts.Dir, "postgres"), Port: opts.PostgresPort, BinDir: opts.PostgresBin, Log: opts.Log,
	})
	if err != nil {
		return nil, err
	}
	s := &Standalone{Postgres: pg}
	if err := s.start(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Stop(ctx))
	}
	return s, nil
}

func (s *Standalone) start(ctx context.Context, opts Options) error {
	if err := s.Postgres.EnsureDatabase(ctx, Database); err != nil {
		return err
	}
	target, err := TargetOf(s.Postgres)
	if err != nil {
		return err
	}
	if err := MigrateTemporal(ctx, target, opts.Log); err != nil {
		return err
	}
	s.Temporal, err = StartTemporal(ctx, TemporalOptions{
		Postgres: target, Port: opts.TemporalPort, PortFile: filepath.Join(opts.Dir, "temporal.port"),
		Namespace: opts.Namespace, Retention: opts.Retention, Log: opts.Log,
	})
	return err
}

// DSN is the connection string of the product's database. It contains a password.
func (s *Standalone) DSN() string { return s.Postgres.DSN(Database) }

// Stop ends Temporal, then PostgreSQL, in good order as long as ctx allows.
func (s *Standalone) Stop(ctx context.Context) error {
	var errs []error
	if s.Temporal != nil {
		errs = append(errs, s.Temporal.Stop(ctx))
	}
	if err := s.Postgres.Stop(ctx); err != nil {
		errs = append(errs, fmt.Errorf("stop PostgreSQL: %w", err))
	}
	return errors.Join(errs...)
}
