package store_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"

	"golang.org/x/sys/unix"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("not a database\n", 300)), 0o600))
	short := filepath.Join(dir, "short")
	ok(t, os.WriteFile(short, []byte("hi"), 0o600))
	foreign := filepath.Join(dir, "foreign.db")
	execSQLite(t, foreign, `create table bookmark (url text)`)
	newer := newerDatabase(t)
	for _, test := range []struct{ path, says string }{
		{text, "not a database"},
		{short, "not a database"},
		{foreign, "another program"},
		{newer, "knows versions up to"},
		{dir, "not a file"},
		{filepath.Join(dir, "none", "judge.db"), "does not exist"},
		{filepath.Join(text, "judge.db"), "not a directory"},
	} {
		before := content(test.path)
		db, err := store.Open(t.Context(), test.path, store.Options{})
		if err == nil {
			t.Errorf("%s was opened", test.path)
			db.Close()
			continue
		}
		invalid, isInvalid := errors.AsType[*judge.Invalid](err)
		if !isInvalid || !strings.Contains(invalid.Message, test.says) || invalid.Hint == "" {
			t.Errorf("%s: got %#v, want *judge.Invalid saying %q and a hint", test.path, err, test.says)
		}
		if content(test.path) != before {
			t.Errorf("%s was changed", test.path)
		}
	}
}

// newerDatabase is one that a later judge has migrated and used, and that was
// not closed: the newer version is only in the log beside the file.
func newerDatabase(t *testing.T) string {
	t.Helper()
	path := strings.TrimPrefix(storetest.SQLite(t), "sqlite:")
	pool := execSQLite(t, path, `insert into goose_db_version (version_id, is_applied) values (9999, 1)`)
	t.Cleanup(func() { pool.Close() })
	return path
}

// execSQLite leaves the database open until the test ends.
func execSQLite(t *testing.T, path, statement string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	ok(t, err)
	t.Cleanup(func() { pool.Close() })
	_, err = pool.Exec(statement)
	ok(t, err)
	return pool
}

// content sums up the file and the log beside it.
func content(path string) (sum string) {
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		sum += fmt.Sprintf("%x %v;", sha256.Sum256(data), err == nil)
	}
	return sum
}

func TestOpenNewerPostgres(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	db, err := store.Open(t.Context(), url, store.Options{})
	ok(t, err)
	_, err = db.Postgres().Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values (9999, true)`)
	ok(t, err)
	ok(t, db.Close())
	_, err = store.Open(t.Context(), url, store.Options{})
	if invalid, is := errors.AsType[*judge.Invalid](err); !is || !strings.Contains(invalid.Message, "9999") {
		t.Errorf("newer database: got %v, want *judge.Invalid naming version 9999", err)
	}
}

func TestOpenAbsentPostgres(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://user:secret@127.0.0.1:1/judge",
		"postgres://user:secret@[",
		strings.Replace(storetest.Postgres(t), "/test", "/none", 1),
	} {
		_, err := store.Open(t.Context(), url, store.Options{})
		if !errors.Is(err, judge.ErrInvalid) {
			t.Errorf("%s: got %v, want invalid", url, err)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("the message holds the password: %v", err)
		}
	}
}

func TestOpenStrangePath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a ?b#c%41")
	ok(t, os.Mkdir(dir, 0o700))
	db := storetest.OpenURL(t, filepath.Join(dir, "über ?mode=ro.db"), store.Options{})
	ok(t, db.EnsureContestant(t.Context(), storetest.Organiser, "alice"))
	info, err := os.Stat(filepath.Join(dir, "über ?mode=ro.db"))
	ok(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the database: got %v, want -rw-------", info.Mode())
	}
}

// TestOpenAtOnce has several openers find an empty database.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	for _, url := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "judge.db") },
		"postgres": func() string { return storetest.EmptyPostgres(t) },
	} {
		url := url()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := store.Open(context.Background(), url, store.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// TestOpenReadOnly drops root's rights, which ignore permissions.
func TestOpenReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "judge.db")
	db, err := store.Open(t.Context(), path, store.Options{})
	ok(t, err)
	ok(t, db.Close())
	ok(t, os.Chmod(path, 0o400))
	if unix.Access(path, unix.W_OK) == nil {
		t.Skip("this user may write everything: root")
	}
	_, err = store.Open(t.Context(), path, store.Options{})
	if !errors.Is(err, judge.ErrInvalid) {
		t.Errorf("read-only database: got %v, want invalid", err)
	}
}

func TestKillSQLite(t *testing.T) {
	t.Parallel()
	storetest.RunKill(t, storetest.SQLite(t))
}

func TestKillPostgres(t *testing.T) {
	t.Parallel()
	storetest.RunKill(t, storetest.Postgres(t))
}

// TestDiskFull submits until a small disk is full, frees space and goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("judge-test", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() { ok(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	ballast := filepath.Join(dir, "ballast")
	ok(t, os.WriteFile(ballast, make([]byte, 2<<20), 0o600))
	storetest.RunFull(t, filepath.Join(dir, "judge.db"), func() { ok(t, os.Remove(ballast)) })
}

func TestBlobDamaged(t *testing.T) {
	t.Parallel()
	blobs := filepath.Join(t.TempDir(), "sources")
	db := storetest.OpenURL(t, filepath.Join(t.TempDir(), "judge.db"), store.Options{Blobs: blobs})
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("int main() {}")))
	ok(t, db.Blobs().Put(t.Context(), sum, []byte("int main() {}")))
	ok(t, os.WriteFile(filepath.Join(blobs, sum[:2], sum), []byte("int main() {"), 0o600))
	if _, err := db.Blobs().Get(t.Context(), sum); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("damaged blob: got %v, want %v", err, store.ErrCorrupt)
	}
	ok(t, db.Blobs().Put(t.Context(), sum, []byte("int main() {}"))) // heals it
	_, err := db.Blobs().Get(t.Context(), sum)
	ok(t, err)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
