package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"contest/judge"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sys/unix"
)

func TestTransactionsAreTriedAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, test := range []struct {
		err   error
		tries int
	}{
		{&pgconn.PgError{Code: "40001"}, 3},
		{&pgconn.PgError{Code: "40P01"}, 3},
		{&pgconn.PgError{Code: "23505"}, 1},
		{judge.ErrStale, 1},
	} {
		tries := 0
		err := db.inTx(t.Context(), func(*Tx) error {
			if tries++; tries == 3 {
				return nil
			}
			return fmt.Errorf("update: %w", test.err)
		})
		if tries != test.tries || (err == nil) != (test.tries == 3) {
			t.Errorf("%v: got %d tries and error %v, want %d tries", test.err, tries, err, test.tries)
		}
	}
}

func TestTransactionsAreGivenUp(t *testing.T) {
	t.Parallel()
	db, tries := open(t), 0
	err := db.inTx(t.Context(), func(*Tx) error { tries++; return &pgconn.PgError{Code: "40001"} })
	if err == nil || tries != maxTries {
		t.Errorf("got error %v after %d tries, want an error after %d", err, tries, maxTries)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = db.inTx(ctx, func(*Tx) error { cancel(); return &pgconn.PgError{Code: "40001"} })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	db := open(t)
	func() {
		defer func() { recover() }()
		db.inTx(t.Context(), func(tx *Tx) error {
			if err := insertContestant(t.Context(), tx, theJudge, "alice", ""); err != nil {
				t.Error(err)
			}
			panic("x")
		})
	}()
	if err := db.AddContestant(t.Context(), theJudge, "alice", ""); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct{ err, want error }{
		{&pgconn.PgError{Code: "53100"}, ErrFull},
		{&os.PathError{Err: syscall.ENOSPC}, ErrFull},
		{&pgconn.PgError{Code: "23505"}, judge.ErrConflict},
		{&pgconn.PgError{Code: "23514"}, judge.ErrInvalid},
		{&pgconn.PgError{Code: "22021"}, judge.ErrInvalid},
		{context.Canceled, context.Canceled},
	} {
		if got := explain(test.err); !errors.Is(got, test.want) || !errors.Is(got, test.err) {
			t.Errorf("explain(%v): got %v, want %v", test.err, got, test.want)
		}
	}
	if explain(nil) != nil {
		t.Error("explain(nil) is not nil")
	}
}

func TestNetworkFileSystems(t *testing.T) {
	if networkFS[unix.NFS_SUPER_MAGIC] == "" || networkFS[unix.EXT4_SUPER_MAGIC] != "" || networkFS[unix.TMPFS_MAGIC] != "" {
		t.Error("want NFS refused, ext4 and tmpfs allowed")
	}
	if err := refuseNetwork(t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestVersionsNotNewer(t *testing.T) {
	known := versions{3, 8}
	for _, test := range []struct {
		have  versions
		fresh bool
	}{{versions{}, true}, {versions{3, 8}, true}, {versions{2, 8}, true}, {versions{4, 8}, false}, {versions{3, 9}, false}} {
		if err := test.have.notNewer(known, "x"); (err == nil) != test.fresh {
			t.Errorf("version %v of %v: got %v", test.have, known, err)
		}
	}
}

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "judge.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
