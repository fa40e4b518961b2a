package standalone_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/dynamicconfig"

	"lianban/standalone"
	"lianban/standalone/pgtest"
)

// TestDynamicConfigIsKnown: the server's own loader knows each key, accepts each value, and
// reads the file form back to the same values.
func TestDynamicConfigIsKnown(t *testing.T) {
	t.Parallel()
	text := standalone.DynamicConfigYAML()
	loaded := dynamicconfig.LoadYamlFile([]byte(text))
	require.NoError(t, loaded.Err())
	require.Empty(t, loaded.Warnings, text)
	want := standalone.DynamicConfig()
	require.Len(t, loaded.Map, len(want))
	for key, value := range want {
		got := loaded.Map[dynamicconfig.MakeKey(key)]
		require.Len(t, got, 1, key)
		require.Equal(t, value, got[0].Value, key)
	}
	require.Equal(t, 1000, want["history.maxInFlightUpdates"])
	require.Equal(t, 1, want["matching.numTaskqueueReadPartitions"])
	require.Equal(t, 1, want["matching.numTaskqueueWritePartitions"])
	// The proof that the check above can fail.
	require.NotEmpty(t, dynamicconfig.LoadYamlFile([]byte("history.maxInFlightUpdate:\n  - value: 1\n")).Warnings)
}

func TestParsePostgresTarget(t *testing.T) {
	t.Parallel()
	got, err := standalone.ParsePostgresTarget("postgres://me:p%40ss@db.example:6432/t1?sslmode=verify-full&sslrootcert=%2Fca.pem", "")
	require.NoError(t, err)
	require.Equal(t, standalone.PostgresTarget{
		Host: "db.example", Port: 6432, User: "me", Password: "p@ss", Database: "t1", VisibilityDatabase: "t1_visibility",
		Parameters: map[string]string{"sslmode": "verify-full", "sslrootcert": "/ca.pem"},
	}, got)
	got, err = standalone.ParsePostgresTarget("postgres://me@db/t1", "other")
	require.NoError(t, err)
	require.Equal(t, 5432, got.Port)
	require.Equal(t, "other", got.VisibilityDatabase)

	for dsn, want := range map[string]string{
		"host=db user=me password=secret dbname=t": "expected postgres://",
		"postgres://me:secret@db:x/t":              "expected postgres://",
		"postgres://:secret@db/t":                  "user is missing",
		"postgres://me:secret@db/":                 "database is missing",
		"postgres://me:a%20secret@db/t":            "contains a space",
		"postgres://m%2Fe:secret@db/t":             "expected only letters",
		"postgres://me:secret@db/t?a=1&a=2":        "expected once",
	} {
		_, err := standalone.ParsePostgresTarget(dsn, "")
		require.ErrorContains(t, err, want, dsn)
		require.NotContains(t, err.Error(), "secret", dsn)
	}
	_, err = standalone.ParsePostgresTarget("postgres://me@db/t", "t")
	require.ErrorContains(t, err, "expected two")
}

// target gives each test Temporal databases of its own in the test cluster.
func target(t *testing.T) standalone.PostgresTarget {
	t.Helper()
	dsn := pgtest.New(t, nil)
	base := pgtest.Database(dsn)
	got, err := standalone.ParsePostgresTarget(strings.Replace(dsn, "/"+base+"?", "/"+base+"_temporal?", 1), "")
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, dsnOf(got, "postgres"))
		require.NoError(t, err)
		defer conn.Close(ctx)
		for _, name := range []string{got.Database, got.VisibilityDatabase} {
			_, err := conn.Exec(ctx, "drop database if exists "+name+" with (force)")
			require.NoError(t, err)
		}
	})
	return got
}

func dsnOf(p standalone.PostgresTarget, database string) string {
	return fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=disable", p.User, p.Password, p.Host, p.Port, database)
}

func schemaVersion(t *testing.T, dsn string) (version string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), "select curr_version from schema_version").Scan(&version))
	return version
}

func execute(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for _, s := range statements {
		_, err := conn.Exec(t.Context(), s)
		require.NoError(t, err, s)
	}
}

func TestMigrateTemporal(t *testing.T) {
	t.Parallel()
	p := target(t)
	main := dsnOf(p, p.Database)
	began := time.Now()
	require.NoError(t, standalone.MigrateTemporal(t.Context(), p, testLog(t)))
	t.Logf("first %v", time.Since(began).Round(time.Millisecond))
	require.Equal(t, "1.19", schemaVersion(t, main))
	require.Equal(t, "1.14", schemaVersion(t, dsnOf(p, p.VisibilityDatabase)))
	execute(t, main, "create table witness ()")

	began = time.Now()
	require.NoError(t, standalone.MigrateTemporal(t.Context(), p, testLog(t)))
	t.Logf("again %v", time.Since(began).Round(time.Millisecond))
	execute(t, main, "drop table witness") // fails had the database been made anew

	// Killed in the middle of the very first set-up: half a schema and our mark.
	execute(t, main, "drop table executions", "create table witness ()",
		"comment on database "+p.Database+" is 'lianban: Temporal schema set-up not finished'")
	require.NoError(t, standalone.MigrateTemporal(t.Context(), p, testLog(t)))
	require.Equal(t, "1.19", schemaVersion(t, main))
	execute(t, main, "select from executions", "create table witness ()")
}

// TestMigrateTemporalTogether: two processes set up the same fresh databases at once.
func TestMigrateTemporalTogether(t *testing.T) {
	t.Parallel()
	p := target(t)
	results := make(chan error, 3)
	for range 3 {
		go func() { results <- standalone.MigrateTemporal(t.Context(), p, nil) }()
	}
	for range 3 {
		require.NoError(t, <-results)
	}
	require.Equal(t, "1.19", schemaVersion(t, dsnOf(p, p.Database)))
	require.Equal(t, "1.14", schemaVersion(t, dsnOf(p, p.VisibilityDatabase)))
}

func TestStartTemporalRefusals(t *testing.T) {
	t.Parallel()
	p := target(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := standalone.StartTemporal(ctx, standalone.TemporalOptions{Postgres: p, Retention: time.Hour})
	require.ErrorContains(t, err, "expected a day")
	_, err = standalone.StartTemporal(ctx, standalone.TemporalOptions{})
	require.ErrorContains(t, err, "host is missing")
	_, err = standalone.StartTemporal(ctx, standalone.TemporalOptions{Postgres: p, Port: p.Port})
	require.ErrorContains(t, err, "choose another port")
}

// TestRetention: given at the first start, changed at a later one, left alone without a word.
func TestRetention(t *testing.T) {
	t.Parallel()
	p := target(t)
	require.NoError(t, standalone.MigrateTemporal(t.Context(), p, nil))
	for _, step := range []struct{ ask, want time.Duration }{
		{0, standalone.DefaultRetention}, {48 * time.Hour, 48 * time.Hour}, {0, 48 * time.Hour},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		s, err := standalone.StartTemporal(ctx, standalone.TemporalOptions{Postgres: p, Namespace: "n", Retention: step.ask, Log: testLog(t), LogLevel: slog.LevelError})
		require.NoError(t, err)
		got, err := connectTo(t, s.HostPort(), "n").WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: "n"})
		require.NoError(t, err)
		require.Equal(t, step.want, got.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
		require.NoError(t, s.Stop(ctx))
		require.NoError(t, s.Stop(ctx), "a second time is harmless")
		cancel()
	}
}
