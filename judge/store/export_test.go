package store

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// MakeOld makes the tables of an older judge at an address without any, and
// runs the statement on them.
func MakeOld(ctx context.Context, address string, version int64, statement string) (err error) {
	db := &DB{}
	if strings.HasPrefix(address, "postgres:") {
		if db.postgres, err = pgxpool.New(ctx, address); err == nil {
			db.write = sqlx.NewDb(stdlib.OpenDBFromPool(db.postgres), "pgx")
		}
	} else {
		db.write, err = openPool(strings.TrimPrefix(address, "sqlite:"), 1, url.Values{})
	}
	if err != nil {
		return err
	}
	p, err := db.provider()
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	if err == nil {
		err = db.migrateJobs(ctx)
	}
	if err == nil {
		_, err = db.write.ExecContext(ctx, statement)
	}
	return errors.Join(err, db.Close())
}
