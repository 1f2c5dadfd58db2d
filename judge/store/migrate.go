package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"contest/judge"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// versions are how far the tables of a database have come: ours, and those of
// the job engine beside them.
type versions struct{ tables, jobs int64 }

func (v versions) String() string { return fmt.Sprintf("%d.%d", v.tables, v.jobs) }

// notNewer refuses a database that a newer judge has changed: this one would
// misread it.
func (v versions) notNewer(known versions, name string) error {
	if v.tables <= known.tables && v.jobs <= known.jobs {
		return nil
	}
	return &judge.Invalid{
		Message: fmt.Sprintf("%s has version %v; this judge knows versions up to %v", name, v, known),
		Hint:    "use a newer judge; the database was not touched",
	}
}

// knownVersions are the versions that this binary migrates to.
func knownVersions(dialect string) (versions, error) {
	files, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return versions{}, err
	}
	tables, err := goose.NumericComponent(files[len(files)-1]) // Glob sorts
	if err != nil {
		return versions{}, err
	}
	jobs, err := jobVersion(dialect)
	return versions{tables: tables, jobs: jobs}, err
}

func jobVersion(dialect string) (int64, error) {
	if dialect == "postgres" {
		return lastVersion[pgx.Tx](riverpgxv5.New(nil))
	}
	return lastVersion[*sql.Tx](riversqlite.New(nil))
}

func lastVersion[T any](driver riverdriver.Driver[T]) (int64, error) {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return 0, err
	}
	all := m.AllVersions()
	return int64(all[len(all)-1].Version), nil
}

// migrate brings the tables up to date; the caller holds the lock.
func (db *DB) migrate(ctx context.Context) error {
	known, err := knownVersions(db.dialect())
	if err != nil {
		return err
	}
	have, err := db.versions(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if err := have.notNewer(known, "the database"); err != nil {
		return err
	}
	if have != known {
		db.log.Info("migrating the database", "from", have.String(), "to", known.String())
		if err := db.migrateTables(ctx); err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
		if err := db.migrateJobs(ctx); err != nil {
			return fmt.Errorf("migrate the job engine's tables: %w", err)
		}
	}
	return wrap(db.begin(ctx), "begin the events")
}

func (db *DB) versions(ctx context.Context) (versions, error) {
	if db.postgres == nil {
		return versionsSQLite(ctx, db.write.DB)
	}
	return readVersions(ctx, db.write.DB, `select exists (select 1 from information_schema.tables
		where table_schema = any (current_schemas(false)) and table_name = $1)`)
}

func versionsSQLite(ctx context.Context, pool *sql.DB) (versions, error) {
	return readVersions(ctx, pool, `select exists (select 1 from sqlite_master where type = 'table' and name = ?)`)
}

func readVersions(ctx context.Context, pool *sql.DB, tableExists string) (v versions, err error) {
	read := func(table, query string, dest *int64) error {
		var exists bool
		if err := pool.QueryRowContext(ctx, tableExists, table).Scan(&exists); err != nil || !exists {
			return err
		}
		return pool.QueryRowContext(ctx, query).Scan(dest)
	}
	if err := read("goose_db_version", `select coalesce(max(version_id), 0) from goose_db_version`, &v.tables); err != nil {
		return v, err
	}
	return v, read("river_migration", `select coalesce(max(version), 0) from river_migration`, &v.jobs)
}

func (db *DB) migrateTables(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// provider applies our migrations.
func (db *DB) provider() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+db.dialect())
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if db.postgres != nil {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, db.write.DB, folder, goose.WithDisableGlobalRegistry(true))
}

func (db *DB) migrateJobs(ctx context.Context) error {
	if db.postgres != nil {
		return migrateUp[pgx.Tx](ctx, riverpgxv5.New(db.postgres))
	}
	return migrateUp[*sql.Tx](ctx, riversqlite.New(db.write.DB))
}

func migrateUp[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
