package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"contest/judge"
)

// AddContestant adds a contestant; tokenHash may be empty. A handle that is
// taken, in whatever case, is judge.ErrConflict.
func (db *DB) AddContestant(ctx context.Context, by judge.Actor, who judge.Contestant, tokenHash string) error {
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
		return insertContestant(ctx, tx, by, who, tokenHash)
	})
	return wrap(err, "add contestant %s", who)
}

// EnsureContestant adds a contestant unless there is one of that very handle.
func (db *DB) EnsureContestant(ctx context.Context, by judge.Actor, who judge.Contestant) error {
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
			return insertContestant(ctx, tx, by, who, "")
		})
	}
	return wrap(explain(err), "add contestant %s", who)
}

func insertContestant(ctx context.Context, tx *Tx, by judge.Actor, who judge.Contestant, tokenHash string) error {
	tx.note(by, judge.EventContestantAdded, ofContestant(who), facts{"token": tokenHash != ""})
	_, err := tx.exec(ctx, `insert into contestant (handle, folded, token_hash, created)
		values (?, ?, nullif(cast(? as text), ''), ?)`, who, fold(who), tokenHash, unixNano{tx.now})
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

// ContestantByToken finds whose token has this hash; judge.ErrDisabled if the
// account is disabled.
func (db *DB) ContestantByToken(ctx context.Context, tokenHash string) (judge.Contestant, error) {
	var row struct {
		Handle   judge.Contestant `db:"handle"`
		Disabled bool             `db:"disabled"`
	}
	err := db.reader().get(ctx, &row, `select handle, disabled from contestant where token_hash = ?`, tokenHash)
	if err == nil && row.Disabled {
		return "", isDisabled(row.Handle)
	}
	return row.Handle, wrap(explain(err), "contestant of a token")
}

// Contestants lists all contestants by handle, with what they handed in.
func (db *DB) Contestants(ctx context.Context) ([]judge.Account, error) {
	accounts, err := db.accounts(ctx, `true`)
	return accounts, wrap(explain(err), "list contestants")
}

// Account is one contestant.
func (db *DB) Account(ctx context.Context, who judge.Contestant) (judge.Account, error) {
	accounts, err := db.accounts(ctx, `c.handle = ?`, who)
	if err == nil && len(accounts) == 0 {
		return judge.Account{}, noContestant(who)
	}
	if err != nil {
		return judge.Account{}, wrap(explain(err), "contestant %s", who)
	}
	return accounts[0], nil
}

func (db *DB) accounts(ctx context.Context, where string, args ...any) ([]judge.Account, error) {
	var rows []struct {
		Handle      judge.Contestant `db:"handle"`
		Created     unixNano         `db:"created"`
		HasToken    bool             `db:"has_token"`
		Disabled    bool             `db:"disabled"`
		Submissions int              `db:"submissions"`
		Bytes       int64            `db:"bytes"`
		Waiting     int              `db:"waiting"`
	}
	err := db.reader().all(ctx, &rows, `select c.handle, c.created, c.token_hash is not null as has_token, c.disabled,
		count(s.id) as submissions, cast(coalesce(sum(s.bytes), 0) as bigint) as bytes,
		count(*) filter (where j.state = 'queued' and j.due < ?) as waiting
		from contestant c left join submission s on s.contestant = c.handle left join judging j on j.submission = s.id and j.current
		where `+where+` group by c.handle order by c.folded`, append([]any{unixNano{never}}, args...)...)
	accounts := make([]judge.Account, len(rows))
	for i, r := range rows {
		accounts[i] = judge.Account{
			Handle: r.Handle, Created: r.Created.Time, HasToken: r.HasToken, Disabled: r.Disabled,
			Submissions: r.Submissions, SourceBytes: r.Bytes, Waiting: r.Waiting,
		}
	}
	return accounts, err
}

// SetDisabled disables a contestant's account, or enables it again. While it
// is disabled its token is refused and what it has waiting is held; what is
// judged stays as it is, and is judged again with all others.
func (db *DB) SetDisabled(ctx context.Context, by judge.Actor, who judge.Contestant, disabled bool) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update contestant set disabled = ? where handle = ?`, disabled, who)
		if err == nil && n == 0 {
			return noContestant(who)
		}
		kind := judge.EventContestantEnabled
		if disabled {
			kind = judge.EventContestantDisabled
		}
		tx.note(by, kind, ofContestant(who), facts{})
		if err != nil || disabled {
			return err
		}
		// The jobs of what was held found nothing to start.
		_, err = db.hurry(ctx, tx, `current and due <= ? and submission in (select id from submission where contestant = ?)`, unixNano{tx.now}, who)
		return err
	})
	return wrap(err, "disable or enable %s", who)
}

// SetToken replaces a contestant's token; an empty hash takes it away.
func (db *DB) SetToken(ctx context.Context, by judge.Actor, who judge.Contestant, tokenHash string) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update contestant set token_hash = nullif(cast(? as text), '') where handle = ?`, tokenHash, who)
		if err == nil && n == 0 {
			return noContestant(who)
		}
		tx.note(by, judge.EventContestantToken, ofContestant(who), facts{"token": tokenHash != ""})
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
