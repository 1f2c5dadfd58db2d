package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"contest/judge"
)

// Account is a contestant as the organiser sees one.
type Account struct {
	Handle   judge.Contestant
	Created  time.Time
	HasToken bool // without one, only `judge submit` on this machine can submit
}

// AddContestant adds a contestant; tokenHash may be empty. A handle that is
// taken, in whatever case, is judge.ErrConflict.
func (db *DB) AddContestant(ctx context.Context, who judge.Contestant, tokenHash string) error {
	if err := who.Validate(); err != nil {
		return err
	}
	err := db.inTx(ctx, func(tx *Tx) error {
		taken, err := handleLike(ctx, tx.queries, who)
		if err == nil {
			return clash(taken)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return insertContestant(ctx, tx, who, tokenHash)
	})
	return wrap(err, "add contestant %s", who)
}

// EnsureContestant adds a contestant unless there is one of that very handle.
func (db *DB) EnsureContestant(ctx context.Context, who judge.Contestant) error {
	if err := who.Validate(); err != nil {
		return err
	}
	known := func(q queries) (bool, error) {
		taken, err := handleLike(ctx, q, who)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return false, nil
		case err == nil && taken != who:
			return false, clash(taken)
		}
		return err == nil, err
	}
	ok, err := known(db.reader())
	if err == nil && !ok {
		err = db.inTx(ctx, func(tx *Tx) error {
			if ok, err := known(tx.queries); ok || err != nil {
				return err
			}
			return insertContestant(ctx, tx, who, "")
		})
	}
	return wrap(explain(err), "add contestant %s", who)
}

func insertContestant(ctx context.Context, tx *Tx, who judge.Contestant, tokenHash string) error {
	_, err := tx.exec(ctx, `insert into contestant (handle, folded, token_hash, created)
		values (?, ?, nullif(cast(? as text), ''), ?)`, who, fold(who), tokenHash, stamp{tx.now})
	return err
}

// handleLike finds the handle that differs from who by case at most.
func handleLike(ctx context.Context, q queries, who judge.Contestant) (taken judge.Contestant, err error) {
	err = q.get(ctx, &taken, `select handle from contestant where folded = ?`, fold(who))
	return taken, err
}

func fold(who judge.Contestant) string { return strings.ToLower(string(who)) }

func clash(taken judge.Contestant) error {
	return fmt.Errorf("there is a contestant %q already: %w", taken, judge.ErrConflict)
}

// ContestantByToken finds whose token has this hash.
func (db *DB) ContestantByToken(ctx context.Context, tokenHash string) (judge.Contestant, error) {
	var who judge.Contestant
	err := db.reader().get(ctx, &who, `select handle from contestant where token_hash = ?`, tokenHash)
	return who, wrap(explain(err), "contestant of a token")
}

// Contestants lists all contestants by handle.
func (db *DB) Contestants(ctx context.Context) ([]Account, error) {
	var rows []struct {
		Handle   judge.Contestant `db:"handle"`
		Created  stamp            `db:"created"`
		HasToken bool             `db:"has_token"`
	}
	err := db.reader().all(ctx, &rows, `select handle, created, token_hash is not null as has_token
		from contestant order by folded`)
	if err != nil {
		return nil, wrap(explain(err), "list contestants")
	}
	accounts := make([]Account, len(rows))
	for i, r := range rows {
		accounts[i] = Account{Handle: r.Handle, Created: r.Created.Time, HasToken: r.HasToken}
	}
	return accounts, nil
}

// SetToken replaces a contestant's token; an empty hash takes it away.
func (db *DB) SetToken(ctx context.Context, who judge.Contestant, tokenHash string) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update contestant set token_hash = nullif(cast(? as text), '') where handle = ?`, tokenHash, who)
		if err == nil && n == 0 {
			return &judge.NotFound{Kind: "contestant", Name: string(who)}
		}
		return err
	})
	return wrap(err, "set token of %s", who)
}

// wrap says what we were doing; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
