package store

import (
	"database/sql"
	"errors"
	"fmt"
	"syscall"

	"contest/judge"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// ErrFull is the error of a full disk; it wraps judge.ErrFull.
var ErrFull = fmt.Errorf("%w: nothing was stored", judge.ErrFull)

// ErrCorrupt is the error of sources that are not what was submitted.
var ErrCorrupt = errors.New("stored data is damaged")

// SQLSTATE codes of PostgreSQL that we act on.
const (
	pgDiskFull             = "53100"
	pgSerializationFailure = "40001"
	pgDeadlock             = "40P01"
	pgUniqueViolation      = "23505"
)

// codes are what the driver said: SQLite's extended result code or
// PostgreSQL's SQLSTATE; zero and empty for other errors.
func codes(err error) (lite int, sqlstate string) {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		lite = e.Code()
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		sqlstate = e.Code
	}
	return lite, sqlstate
}

// errBegin marks what failed before the transaction did anything, such as the
// first use of a connection to a server that was restarted meanwhile.
var errBegin = errors.New("begin")

// transient says whether the same transaction may succeed if tried again.
func transient(err error) bool {
	if errors.Is(err, errBegin) {
		return true
	}
	lite, sqlstate := codes(err)
	switch lite & 0xff {
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED:
		return true
	}
	return sqlstate == pgSerializationFailure || sqlstate == pgDeadlock
}

// explain turns the driver's errors into those that callers tell apart.
func explain(err error) error {
	lite, sqlstate := codes(err)
	switch {
	case err == nil:
		return nil
	case full(lite, sqlstate, err):
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case scarce(lite, sqlstate):
		return fmt.Errorf("%w: %w", judge.ErrScarce, err)
	case unique(lite, sqlstate):
		return fmt.Errorf("%w: %w", judge.ErrConflict, err)
	case impossible(lite, sqlstate):
		return fmt.Errorf("%w: %w", judge.ErrInvalid, err)
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %w", judge.ErrNotFound, err)
	}
	return err
}

func full(lite int, sqlstate string, err error) bool {
	// SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log.
	return lite&0xff == sqlitelib.SQLITE_FULL || lite == sqlitelib.SQLITE_IOERR_SHMSIZE ||
		sqlstate == pgDiskFull || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// scarce is what the database's machine lacks: files that cannot be opened,
// memory, connections.
func scarce(lite int, sqlstate string) bool {
	switch lite & 0xff {
	case sqlitelib.SQLITE_NOMEM, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_IOERR:
		return true
	}
	return len(sqlstate) == 5 && sqlstate[:2] == "53"
}

func unique(lite int, sqlstate string) bool {
	return lite == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || lite == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY ||
		sqlstate == pgUniqueViolation
}

// impossible is what no second try can store: a constraint or a malformed value.
func impossible(lite int, sqlstate string) bool {
	return lite&0xff == sqlitelib.SQLITE_CONSTRAINT || lite == sqlitelib.SQLITE_TOOBIG ||
		len(sqlstate) == 5 && (sqlstate[:2] == "22" || sqlstate[:2] == "23")
}
