package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"contest/judge"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sys/unix"
	sqlitelib "modernc.org/sqlite/lib"
)

// readers is the number of connections for reading.
const readers = 4

// openSQLite opens the file with one writing connection and a few reading
// ones. The pragmas are in the data source names, so that every pooled
// connection gets them.
func (db *DB) openSQLite(ctx context.Context, file, blobs string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if err := prepareFile(file); err != nil {
		return err
	}
	if err := inspect(ctx, file); err != nil {
		return err
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "foreign_keys(1)"}
	db.write, err = openPool(file, 1, url.Values{"_pragma": pragmas, "_txlock": {"immediate"}})
	if err != nil {
		return err
	}
	db.read, err = openPool(file, readers, url.Values{"_pragma": append(pragmas, "query_only(1)")})
	if err != nil {
		return err
	}
	if blobs == "" {
		blobs = filepath.Join(filepath.Dir(file), "blobs")
	}
	db.blobs, err = openFileBlobs(blobs)
	if err != nil {
		return fileError(blobs, err)
	}
	unlock, err := lockFolder(blobs)
	if err != nil {
		return fileError(blobs, err)
	}
	return fileError(file, errors.Join(db.migrate(ctx), unlock()))
}

func openPool(file string, conns int, params url.Values) (*sqlx.DB, error) {
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	// sqlx knows modernc's driver by no name; "sqlite3" has the same parameters.
	return sqlx.NewDb(pool, "sqlite3"), nil
}

// prepareFile makes an empty file if there is none, readable for us alone. It
// never opens the file: closing it would drop the locks that SQLite holds
// elsewhere in this process.
func prepareFile(file string) error {
	if err := refuseNetwork(filepath.Dir(file)); err != nil {
		return err
	}
	err := unix.Mknod(file, unix.S_IFREG|0o600, 0)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fileError(file, err)
	}
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return &judge.Invalid{Message: fmt.Sprintf("%s is not a file", file), Hint: "name the database file itself"}
	}
	if err == nil {
		err = unix.Access(file, unix.R_OK|unix.W_OK)
	}
	if err == nil {
		err = unix.Access(filepath.Dir(file), unix.W_OK|unix.X_OK) // for the log beside the file
	}
	return fileError(file, err)
}

// networkFS are the file systems on which SQLite's log cannot be shared, by
// the magic number of statfs.
var networkFS = map[int64]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.CIFS_SUPER_MAGIC: "CIFS",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.CODA_SUPER_MAGIC: "Coda",
}

func refuseNetwork(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fileError(dir, err)
	}
	if name, ok := networkFS[int64(uint32(st.Type))]; ok {
		return &judge.Invalid{
			Message: fmt.Sprintf("%s is on a network file system (%s), where the database could be damaged", dir, name),
			Hint:    "keep the contest on a local disk, or use PostgreSQL",
		}
	}
	return nil
}

// lockFolder keeps other processes from migrating at the same time.
func lockFolder(dir string) (unlock func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// inspect refuses what is not a database of ours, or one of a newer judge,
// through a connection that cannot write: the file stays as it is.
func inspect(ctx context.Context, file string) error {
	if info, err := os.Stat(file); err == nil && info.Size() == 0 {
		return nil
	}
	pool, err := openPool(file, 1, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}})
	if err != nil {
		return err
	}
	defer pool.Close()
	var tables, ours int
	err = pool.QueryRowContext(ctx, `select count(*), count(*) filter (where name = 'goose_db_version')
		from sqlite_master where type = 'table'`).Scan(&tables, &ours)
	if err != nil {
		return fileError(file, err)
	}
	if tables > 0 && ours == 0 {
		return &judge.Invalid{
			Message: fmt.Sprintf("%s is a database of another program", file),
			Hint:    "name another file; this one was not touched",
		}
	}
	have, err := versionsSQLite(ctx, pool.DB)
	if err != nil {
		return fileError(file, err)
	}
	known, err := knownVersions("sqlite")
	if err != nil {
		return err
	}
	return have.notNewer(known, file)
}

// fileError says what to do about a file that cannot be used.
func fileError(name string, err error) error {
	lite, sqlstate := codes(err)
	switch {
	case err == nil:
		return nil
	case full(lite, sqlstate, err):
		return explain(err)
	case errors.Is(err, fs.ErrNotExist):
		return &judge.Invalid{Message: fmt.Sprintf("the folder of %s does not exist", name), Hint: "make the folder first, or name another"}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, unix.EROFS), lite&0xff == sqlitelib.SQLITE_PERM, lite&0xff == sqlitelib.SQLITE_READONLY:
		return &judge.Invalid{
			Message: fmt.Sprintf("no permission to use %s: %v", name, err),
			Hint:    "run as the user who owns the contest's folder; the file and its folder must be writable",
		}
	case errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.EISDIR):
		return &judge.Invalid{Message: fmt.Sprintf("cannot use %s: %v", name, err), Hint: "name a file in an existing folder"}
	case lite&0xff == sqlitelib.SQLITE_NOTADB:
		return &judge.Invalid{Message: fmt.Sprintf("%s is not a database", name), Hint: "name another file; this one was not touched"}
	case lite&0xff == sqlitelib.SQLITE_CORRUPT:
		return &judge.Invalid{Message: fmt.Sprintf("%s is damaged: %v", name, err), Hint: "restore it from a backup"}
	case lite&0xff == sqlitelib.SQLITE_CANTOPEN:
		return &judge.Invalid{Message: fmt.Sprintf("cannot open %s: %v", name, err), Hint: "check that the folder exists and is writable"}
	}
	return fmt.Errorf("open %s: %w", name, err)
}
