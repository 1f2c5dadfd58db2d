package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// Tx is a transaction of either dialect. The same statements run on both; SQL
// and Postgres give the job engine the driver's own transaction.
type Tx struct {
	queries
	sql *sql.Tx
	pgx pgx.Tx
	now time.Time // read once, after the transaction began

	events []noted
}

// SQL is the transaction on SQLite, nil on PostgreSQL.
func (tx *Tx) SQL() *sql.Tx { return tx.sql }

// Postgres is the transaction on PostgreSQL, nil on SQLite.
func (tx *Tx) Postgres() pgx.Tx { return tx.pgx }

// queries runs statements written with "?" on either dialect.
type queries struct {
	runner
	bind int
}

// runner is what a pool, a connection and a transaction have in common.
type runner interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
}

func (q queries) get(ctx context.Context, dest any, query string, args ...any) error {
	return sqlx.GetContext(ctx, q, dest, sqlx.Rebind(q.bind, query), args...)
}

func (q queries) all(ctx context.Context, dest any, query string, args ...any) error {
	return sqlx.SelectContext(ctx, q, dest, sqlx.Rebind(q.bind, query), args...)
}

// exec returns how many rows were touched.
func (q queries) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, sqlx.Rebind(q.bind, query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// lock takes an advisory lock that all servers on one PostgreSQL know, until
// the transaction ends; on SQLite there is one writer anyway.
func lock(ctx context.Context, tx *Tx, key int64) error {
	if tx.pgx == nil {
		return nil
	}
	_, err := tx.exec(ctx, `select pg_advisory_xact_lock(?)`, key)
	return err
}

// lockShared is lock, but others may share it.
func lockShared(ctx context.Context, tx *Tx, key int64) error {
	if tx.pgx == nil {
		return nil
	}
	_, err := tx.exec(ctx, `select pg_advisory_xact_lock_shared(?)`, key)
	return err
}

const maxTries = 6

// inTx runs fn in a transaction, again when the database asks for that, so fn
// may run more than once. Its error comes back in our words; see explain. Every change
// that somebody sees is noted in it; when it has committed, the subscribers are told.
func (db *DB) inTx(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		var head int64 // the last event of this transaction; 0 without one
		err := db.tryTx(ctx, func(tx *Tx) error {
			err := fn(tx)
			if err == nil {
				head, err = tx.writeEvents(ctx)
			}
			return err
		})
		if err == nil {
			db.changes.send(head)
			return nil
		}
		if ctx.Err() != nil {
			return explain(errors.Join(ctx.Err(), err)) // the driver may only say "bad connection"
		}
		if try == maxTries || !transient(err) {
			return explain(err)
		}
		pause := time.Duration(1<<try) * time.Millisecond
		select {
		case <-time.After(pause + rand.N(pause)):
		case <-ctx.Done():
		}
	}
}

func (db *DB) tryTx(ctx context.Context, fn func(*Tx) error) error {
	if db.postgres != nil {
		return db.tryPostgres(ctx, fn)
	}
	stx, err := db.write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errBegin, err)
	}
	defer stx.Rollback()
	if err := fn(&Tx{queries: queries{stx, sqlx.QUESTION}, sql: stx.Tx, now: db.now()}); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// commitTimeout bounds a commit or rollback that goes on although the caller
// has gone: stopping half-way would leave its outcome unknown.
const commitTimeout = 10 * time.Second

// tryPostgres takes one connection and begins a pgx transaction on it; sqlx
// then runs its statements on that connection, inside the transaction.
func (db *DB) tryPostgres(ctx context.Context, fn func(*Tx) error) error {
	conn, err := db.write.Connx(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errBegin, err)
	}
	defer conn.Close()
	var ptx pgx.Tx
	err = conn.Raw(func(driver any) error {
		ptx, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errBegin, err)
	}
	// Both ends go through conn.Raw: when a statement breaks the connection,
	// database/sql gives it back at once, to be destroyed, and ptx must not be
	// touched any more.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	defer conn.Raw(func(any) error { return ptx.Rollback(end) })
	if err := fn(&Tx{queries: queries{conn, sqlx.DOLLAR}, pgx: ptx, now: db.now()}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := conn.Raw(func(any) error { return ptx.Commit(end) }); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
