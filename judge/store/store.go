// Package store keeps contestants, submissions, their sources and their
// judgings in SQLite or PostgreSQL, with one set of queries for both; it holds
// all the SQL of the program. What a submission may contain, when it counts
// and how a judging is worked is left to others: the store keeps facts.
//
// An exported method owns its transaction; unexported ones take a *Tx and
// compose. What changes a judging does so WHERE its epoch is the caller's, so
// that a worker that lost its lease cannot write: it gets judge.ErrStale.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"contest/judge"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	write    *sqlx.DB // SQLite: one connection, the only writer of this process
	read     *sqlx.DB // SQLite: query-only connections; PostgreSQL: same as write
	postgres *pgxpool.Pool
	blobs    Blobs
	enqueuer Enqueuer
	log      *slog.Logger
	now      func() time.Time
	receipts receipts
	changes  broadcast
}

// Options of Open; the zero value is fine.
type Options struct {
	// Blobs is the folder of the sources beside a SQLite database; empty means
	// "blobs" beside the file. PostgreSQL keeps them itself.
	Blobs  string
	Logger *slog.Logger
	// Now is the clock that dates everything, time.Now if nil.
	Now func() time.Time
}

// Enqueuer turns a judging that waits into a job, in the transaction that
// makes it wait.
type Enqueuer interface {
	EnqueueTx(ctx context.Context, tx *Tx, j Job) error
}

// Job wakes a worker for one judging that may start now, this one or whose turn it
// is then; Judging and Epoch say why it was made. What waits for a time has none
// before: see Startable.
type Job struct {
	Judging judge.JudgingID
	Epoch   int
}

// Open opens the store at url and brings its tables up to date:
// "postgres://..." is PostgreSQL, "sqlite:PATH" or a plain path SQLite. What
// the caller can put right (wrong folder, wrong file, a database of a newer
// judge) comes back as *judge.Invalid.
func Open(ctx context.Context, url string, opt Options) (*DB, error) {
	db := &DB{log: opt.Logger, now: opt.Now}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.now == nil {
		db.now = time.Now
	}
	var err error
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		err = db.openPostgres(ctx, url)
	} else {
		err = db.openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"), opt.Blobs)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close closes the store. Transactions must have ended.
func (db *DB) Close() error {
	var errs []error
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil && db.write != db.read {
		errs = append(errs, db.write.Close())
	}
	if db.postgres != nil {
		db.postgres.Close()
	}
	if c, ok := db.blobs.(interface{ Close() error }); ok {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// SetEnqueuer names what turns waiting judgings into jobs; call it before the
// first submission.
func (db *DB) SetEnqueuer(e Enqueuer) { db.enqueuer = e }

// SQLite is the writing pool of a SQLite store, for the job engine; nil on
// PostgreSQL. It has one connection: never ask it for something while holding
// a transaction.
func (db *DB) SQLite() *sql.DB {
	if db.postgres != nil {
		return nil
	}
	return db.write.DB
}

// Postgres is the pool of a PostgreSQL store, for the job engine; nil on SQLite.
func (db *DB) Postgres() *pgxpool.Pool { return db.postgres }

func (db *DB) reader() queries { return queries{db.read, db.bind()} }

// bind is how this dialect writes parameters.
func (db *DB) bind() int {
	if db.postgres != nil {
		return sqlx.DOLLAR
	}
	return sqlx.QUESTION
}

// dialect names the folder of migrations.
func (db *DB) dialect() string {
	if db.postgres != nil {
		return "postgres"
	}
	return "sqlite"
}

func (db *DB) enqueue(ctx context.Context, tx *Tx, j Job) error {
	if db.enqueuer == nil {
		return fmt.Errorf("enqueue judging %d: the store has no queue", j.Judging)
	}
	return db.enqueuer.EnqueueTx(ctx, tx, j)
}
