package store

import (
	"context"
	"crypto/rand"
	"time"

	"contest/judge"
)

// holdLock is the advisory lock under which judging is held: who claims a judging
// shares it, so that no claim is made beside a hold that its transaction did not see.
const holdLock = 0x6a756467_0004

// TakeHold keeps judgings from starting until lease has passed, and longer if it is
// renewed. What runs goes on: see Working. Only one can be held at a time:
// judge.Refusal "held". It returns the name under which it is renewed and ended.
func (db *DB) TakeHold(ctx context.Context, what string, lease time.Duration) (holder string, err error) {
	holder = rand.Text()
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, holdLock); err != nil {
			return err
		}
		held, err := queryHold(ctx, tx.queries, tx.now)
		if err != nil {
			return err
		}
		if held.Is() {
			return &judge.Refusal{Code: "held", Message: held.String(),
				Hint: "wait for its end (judge status says how far it is), or stop it where it runs"}
		}
		_, err = tx.exec(ctx, `insert into hold (id, holder, what, progress, since, until) values (1, ?, ?, '', ?, ?)
			on conflict (id) do update set holder = excluded.holder, what = excluded.what, progress = '', since = excluded.since,
			until = excluded.until, ends = null`, holder, text(what), unixNano{tx.now}, unixNano{tx.now.Add(lease)})
		tx.note(theJudge, judge.EventHoldBegun, "contest", facts{"what": what})
		return err
	})
	return holder, wrap(err, "hold judging")
}

// RenewHold moves the end of a hold, with how far its holder is and when it will
// probably end. judge.ErrStale means that it was lost: judgings may have started.
func (db *DB) RenewHold(ctx context.Context, holder string, lease time.Duration, progress string, ends time.Time) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		return fresh(tx.exec(ctx, `update hold set until = ?, progress = ?, ends = ? where holder = ? and until > ?`,
			unixNano{tx.now.Add(lease)}, text(progress), unixNano{ends}, holder, unixNano{tx.now}))
	})
	return wrap(err, "renew the hold on judging")
}

// EndHold lets judgings start again. To end what is over does nothing.
func (db *DB) EndHold(ctx context.Context, holder string) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `delete from hold where holder = ?`, holder)
		if n > 0 {
			tx.note(theJudge, judge.EventHoldEnded, "contest", facts{})
		}
		return err
	})
	return wrap(err, "end the hold on judging")
}

// Hold is what keeps judgings from starting now; see judge.Hold.Is.
func (db *DB) Hold(ctx context.Context) (judge.Hold, error) {
	h, err := queryHold(ctx, db.reader(), db.now())
	return h, wrap(explain(err), "see whether judging is held")
}

func queryHold(ctx context.Context, q queries, now time.Time) (judge.Hold, error) {
	var rows []struct {
		What     string   `db:"what"`
		Progress string   `db:"progress"`
		Since    unixNano `db:"since"`
		Ends     unixNano `db:"ends"`
	}
	err := q.all(ctx, &rows, `select what, progress, since, ends from hold where until > ?`, unixNano{now})
	if err != nil || len(rows) == 0 {
		return judge.Hold{}, err
	}
	r := rows[0]
	return judge.Hold{What: r.What, Progress: r.Progress, Since: r.Since.Time, Ends: r.Ends.Time}, nil
}

// Working counts the judgings that are being worked by somebody who lives.
func (db *DB) Working(ctx context.Context) (n int, err error) {
	err = db.reader().get(ctx, &n, `select count(*) from judging where state in ('compiling', 'running') and lease > ?`, unixNano{db.now()})
	return n, wrap(explain(err), "count what is being judged")
}

// LapseHold ends a hold whose lease ran out, so that everybody is told. It returns
// whether there was one.
func (db *DB) LapseHold(ctx context.Context) (lapsed bool, err error) {
	const where = ` from hold where until <= ?`
	err = db.reader().get(ctx, &lapsed, `select exists (select 1`+where+`)`, unixNano{db.now()})
	if err != nil || !lapsed {
		return false, wrap(explain(err), "see whether the hold on judging is over")
	}
	err = db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `delete`+where, unixNano{tx.now})
		if lapsed = n > 0; lapsed {
			tx.note(theJudge, judge.EventHoldEnded, "contest", facts{"lapsed": true})
		}
		return err
	})
	return lapsed, wrap(err, "end a hold on judging that is over")
}
