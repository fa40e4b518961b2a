package standalone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"

	"github.com/jackc/pgx/v5"
)

// PostgresTarget says where Temporal keeps its two databases.
type PostgresTarget struct {
	Host     string
	Port     int
	User     string
	Password string
	// Database is the main store, VisibilityDatabase that of the lists; they must differ.
	Database           string
	VisibilityDatabase string
	// Parameters are those of a PostgreSQL connection string, TLS among them: sslmode
	// (disable when absent), sslrootcert, sslcert, sslkey, connect_timeout.
	Parameters map[string]string
}

// TargetOf is the target inside a private cluster.
func TargetOf(pg *Postgres) (PostgresTarget, error) {
	return ParsePostgresTarget(pg.DSN(TemporalDatabase), VisibilityDatabase)
}

// ParsePostgresTarget reads a connection string of the form
// postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=… as a target. visibility is the second
// database; empty: the first one's name with "_visibility".
func ParsePostgresTarget(dsn, visibility string) (PostgresTarget, error) {
	const want = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…"
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return PostgresTarget{}, errors.New("connection string for Temporal: " + want) // the text may hold a password: do not repeat it
	}
	t := PostgresTarget{
		Host: u.Hostname(), Port: 5432, User: u.User.Username(),
		Database: strings.TrimPrefix(u.Path, "/"), VisibilityDatabase: visibility, Parameters: map[string]string{},
	}
	t.Password, _ = u.User.Password()
	if p := u.Port(); p != "" {
		if t.Port, err = strconv.Atoi(p); err != nil {
			return PostgresTarget{}, fmt.Errorf("connection string for Temporal: port %q; %s", p, want)
		}
	}
	for k, v := range u.Query() {
		if len(v) != 1 {
			return PostgresTarget{}, fmt.Errorf("connection string for Temporal: parameter %s is there %d times, expected once", k, len(v))
		}
		t.Parameters[k] = v[0]
	}
	if t.VisibilityDatabase == "" {
		t.VisibilityDatabase = t.Database + "_visibility"
	}
	return t, t.check()
}

// check refuses what Temporal's own connection builder would garble: it puts user and database
// unescaped into a URL and writes a space in a password as a plus sign.
func (t PostgresTarget) check() error {
	for _, part := range []struct{ name, value string }{
		{"host", t.Host}, {"user", t.User}, {"database", t.Database}, {"visibility database", t.VisibilityDatabase},
	} {
		if part.value == "" {
			return fmt.Errorf("PostgreSQL for Temporal: %s is missing", part.name)
		}
	}
	for _, part := range []struct{ name, value string }{
		{"user", t.User}, {"database", t.Database}, {"visibility database", t.VisibilityDatabase},
	} {
		if url.PathEscape(part.value) != part.value {
			return fmt.Errorf("PostgreSQL for Temporal: %s %q: expected only letters, digits, '-', '_', '.'", part.name, part.value)
		}
	}
	if strings.Contains(t.Password, " ") {
		return errors.New("PostgreSQL for Temporal: the password contains a space, which Temporal's server cannot send; choose one without")
	}
	if t.Database == t.VisibilityDatabase {
		return fmt.Errorf("PostgreSQL for Temporal: main and visibility database are both %q; expected two", t.Database)
	}
	return nil
}

func (t PostgresTarget) addr() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// dsn is the connection string of one database on the target.
func (t PostgresTarget) dsn(database string) string {
	q := url.Values{}
	for _, k := range slices.Sorted(maps.Keys(t.Parameters)) {
		q.Set(k, t.Parameters[k])
	}
	if q.Get("sslmode") == "" {
		q.Set("sslmode", "disable")
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(t.User, t.Password), Host: t.addr(), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

func (t PostgresTarget) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, t.dsn(database))
	if err != nil {
		return nil, fmt.Errorf("database %s for Temporal at %s: %w", database, t.addr(), err)
	}
	return conn, nil
}

// sql is the target in Temporal's own words. conns bounds each of its connection pools.
func (t PostgresTarget) sql(database string, conns int) *config.SQL {
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, ConnectAddr: t.addr(), ConnectProtocol: "tcp",
		User: t.User, Password: t.Password, DatabaseName: database, ConnectAttributes: maps.Clone(t.Parameters),
		MaxConns: conns, MaxIdleConns: conns,
	}
}
