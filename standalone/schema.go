package standalone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

// Everything that leans on Temporal's schema tools is in this file: those packages promise no
// compatibility between releases.

// unfinished is the database comment that marks a schema set-up of ours that has not come to
// its end. Temporal's steps are not transactional: killed in between, they cannot all be
// repeated, so such a database, in which nothing can have been stored, is made anew.
const unfinished = "lianban: Temporal schema set-up not finished"

// schemaLock is the PostgreSQL advisory lock that lets one migration run at a time.
const schemaLock = 0x6c69616e62616e // "lianban"

// MigrateTemporal makes Temporal's two databases when they are missing and brings their schema
// to the version of the server this program contains. It may be run again at any time, also by
// several at once. log may be nil.
func MigrateTemporal(ctx context.Context, target PostgresTarget, log *slog.Logger) error {
	if err := target.check(); err != nil {
		return err
	}
	for _, part := range []struct{ database, schema string }{
		{target.Database, "postgresql/v12/temporal"},
		{target.VisibilityDatabase, "postgresql/v12/visibility"},
	} {
		if err := migrateDatabase(ctx, target, part.database, part.schema, log); err != nil {
			return fmt.Errorf("Temporal's schema in database %s: %w", part.database, err)
		}
	}
	return nil
}

func migrateDatabase(ctx context.Context, target PostgresTarget, database, schemaName string, log *slog.Logger) error {
	conn, maintenance, err := lockedConnection(ctx, target, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // drops the lock, too
	made := false
	if maintenance {
		if made, err = makeDatabase(ctx, conn, database); err != nil {
			return err
		}
	}
	if err := runSchemaTasks(target, database, schemaName, log); err != nil {
		return err
	}
	if !made {
		return nil
	}
	_, err = conn.Exec(ctx, "comment on database "+pgx.Identifier{database}.Sanitize()+" is 'Temporal'")
	return err
}

// lockedConnection connects to the maintenance database, or where the role may not, to the
// database itself, which must then be there; and waits for other migrations to end.
func lockedConnection(ctx context.Context, target PostgresTarget, database string) (conn *pgx.Conn, maintenance bool, err error) {
	conn, err = target.connect(ctx, "postgres")
	maintenance = err == nil
	if err != nil {
		var direct error
		if conn, direct = target.connect(ctx, database); direct != nil {
			return nil, false, errors.Join(err, direct)
		}
	}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(schemaLock)); err != nil {
		return nil, false, errors.Join(err, conn.Close(ctx))
	}
	return conn, maintenance, nil
}

// makeDatabase makes the database when it is missing or was left unfinished, and tells so.
func makeDatabase(ctx context.Context, conn *pgx.Conn, database string) (made bool, err error) {
	name := pgx.Identifier{database}.Sanitize()
	var comment string
	err = conn.QueryRow(ctx, `select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = $1`, database).Scan(&comment)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return false, err
	case comment != unfinished:
		return false, nil
	default:
		// Sessions of the killed set-up may linger; nobody else has business there.
		if _, err := conn.Exec(ctx, "drop database "+name+" with (force)"); err != nil {
			return false, fmt.Errorf("drop the half-made one: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, "create database "+name+" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"); err != nil {
		return false, fmt.Errorf("create it: %w", err)
	}
	if _, err := conn.Exec(ctx, "comment on database "+name+" is '"+unfinished+"'"); err != nil {
		return false, err
	}
	return true, nil
}

// runSchemaTasks is what temporal-sql-tool does for setup-schema and update-schema.
func runSchemaTasks(target PostgresTarget, database, schemaName string, log *slog.Logger) error {
	logger := newTemporalLogger(log, slog.LevelWarn)
	db, err := sql.NewConnection(target.sql(database, 1), logger)
	if err != nil {
		return err
	}
	defer db.Close()
	if version, err := db.ReadSchemaVersion(); err != nil || version == "" {
		setup := &schema.SetupConfig{InitialVersion: "0.0"}
		if err := schema.NewSetupSchemaTask(db, setup, logger).Run(); err != nil {
			return err
		}
	}
	update := &schema.UpdateConfig{DBName: database, SchemaName: schemaName}
	return schema.NewUpdateSchemaTask(db, update, logger).Run()
}
