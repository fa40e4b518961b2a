package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// Store is the database of one installation. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	q    *dbsqlc.Queries
	opts Options

	flushes gather[flushCall, FlushReply]
	intents gather[intentCall, recorded]
}

// Options are the parts of a Store an installation may choose. The zero value is ready to use.
type Options struct {
	// Number makes a case number; nil: CaseNumber.
	Number NumberFunc
	// Grace is how long the api that recorded a command has it to itself before a sweeper may
	// take it (it waits 8 s for an answer); zero: 10 s.
	Grace time.Duration
	// MaxConns bounds the pool; zero: what the connection string says, or pgx's default.
	MaxConns int32
	// OneLog says that Temporal keeps its histories in the same PostgreSQL cluster, as `lianban dev`
	// does. A flush then need not wait for the disk: nobody hears of it before Temporal has committed
	// the task it belongs to, later in the same write-ahead log and waiting for the disk, and a crash
	// loses the end of that log only, so never a flush without the task after it. With two clusters a
	// crash of one could take flushes back that the other knows to be done.
	OneLog bool
}

const connectTimeout = 2 * time.Second // a database that hangs must not hold a local activity longer

// Open connects to the database at dsn and checks that it answers. The schema must be there (Migrate).
func Open(ctx context.Context, dsn string, opts Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	if opts.Number == nil {
		opts.Number = CaseNumber
	}
	if opts.Grace == 0 {
		opts.Grace = 10 * time.Second
	}
	if opts.MaxConns > 0 {
		cfg.MaxConns = opts.MaxConns
	}
	if cfg.ConnConfig.ConnectTimeout == 0 || cfg.ConnConfig.ConnectTimeout > connectTimeout {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if opts.OneLog {
		cfg.ConnConfig.RuntimeParams["lianban.one_log"] = "on"
	}
	if _, ok := cfg.ConnConfig.RuntimeParams["application_name"]; !ok {
		cfg.ConnConfig.RuntimeParams["application_name"] = "lianban"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, wrap("open database", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, wrap("open database", err)
	}
	s := &Store{pool: pool, q: dbsqlc.New(pool), opts: opts}
	s.flushes.key, s.flushes.send = func(c flushCall) string { return c.Case }, s.flushAll
	s.intents.key, s.intents.send = func(c intentCall) string { return c.Case }, s.recordAll
	return s, nil
}

// Close closes all connections; it waits for those in use.
func (s *Store) Close() { s.pool.Close() }

// Ping says whether the database answers (ErrUnavailable when not).
func (s *Store) Ping(ctx context.Context) error { return wrap("ping", s.pool.Ping(ctx)) }

// Pool gives the connections, for health and metrics of the pool only.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Sentinels; compare with errors.Is.
var (
	// ErrNotFound: there is nothing of that name.
	ErrNotFound = errors.New("not found")
	// ErrKeyReused: the key has been used for another act, case, actor or body.
	ErrKeyReused = errors.New("the idempotency key has been used with another request")
	// ErrUnavailable: the database cannot be reached or is shutting down; the call may be repeated.
	ErrUnavailable = errors.New("the database is not available")
	// ErrExists: something of that name is there already, with another content.
	ErrExists = errors.New("exists with another content")
)

// ConstraintError is a rule of the schema that a write would have broken. Nothing was written.
type ConstraintError struct {
	Op         string // what was attempted
	Table      string
	Constraint string
	Code       string // SQLSTATE
}

func (e *ConstraintError) Error() string {
	return fmt.Sprintf("%s: the schema refuses it: %s on %s (%s)", e.Op, e.Constraint, e.Table, e.Code)
}

// wrap gives err the store's meaning. It drops PostgreSQL's details, which hold values of rows.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w", op, ErrNotFound)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "23"):
			return &ConstraintError{Op: op, Table: pg.TableName, Constraint: pg.ConstraintName, Code: pg.Code}
		case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "53"), pg.Code == "25006":
			return fmt.Errorf("%s: %w (%s)", op, ErrUnavailable, pg.Code)
		}
		return fmt.Errorf("%s: %s (%s)", op, pg.Message, pg.Code)
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", op, context.Canceled)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) ||
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "EOF") || strings.Contains(err.Error(), "conn closed") {
		return fmt.Errorf("%s: %w: %w", op, ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", op, err)
}

// date is a civil date as PostgreSQL and pgx hold it.
func date(d calendar.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func dateOf(t time.Time) calendar.Date { return calendar.NewDate(t.Date()) }

// instant reads a column that may be null; the zero time stands for null.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
