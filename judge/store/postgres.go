package store

import (
	"context"
	"errors"
	"fmt"

	"contest/judge"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// migrationLock is the advisory lock that migrations hold.
const migrationLock = 0x6a756467_0000

// openPostgres opens one pool, used by the job engine directly and by us
// through database/sql.
func (db *DB) openPostgres(ctx context.Context, url string) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return &judge.Invalid{Message: fmt.Sprintf("cannot read the database's address: %v", err), Hint: "write it as postgres://user:password@host:5432/database"}
	}
	cfg.MaxConns = max(cfg.MaxConns, 4) // migrating takes three
	db.postgres, err = pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return err
	}
	db.write = sqlx.NewDb(stdlib.OpenDBFromPool(db.postgres), "pgx")
	db.read = db.write
	db.blobs = tableBlobs{db}
	err = db.migratePostgres(ctx)
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return &judge.Invalid{
			Message: fmt.Sprintf("cannot use the PostgreSQL database %q at %s: %v", cfg.ConnConfig.Database, cfg.ConnConfig.Host, err),
			Hint:    "check that the server runs, the database exists and the user may use it",
		}
	}
	return err
}

func (db *DB) migratePostgres(ctx context.Context) error {
	conn, err := db.postgres.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// River's migrations cannot share a transaction, and two processes at it
	// at once fail; so one lock of the session is around everything.
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	err = db.migrate(ctx)
	_, unlockErr := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(migrationLock))
	return errors.Join(err, unlockErr)
}
