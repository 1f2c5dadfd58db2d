package store

import (
	"context"

	"contest/judge"
)

// Degrade notes why ranks are for practice: the contest is judged on a machine
// that is not fit for an official one. What was noted first stays; fresh says
// that this is it.
func (db *DB) Degrade(ctx context.Context, why string) (fresh bool, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `insert into degraded (id, since, why) values (1, ?, ?) on conflict (id) do nothing`, unixNano{tx.now}, text(why))
		if fresh = n > 0; fresh {
			tx.note(theJudge, judge.EventContestDegraded, "contest", facts{"why": why})
		}
		return err
	})
	return fresh, wrap(err, "note that the contest is degraded")
}

// ClearDegraded takes back what Degrade noted if nothing was judged since. What
// was judged stays for ever, and so does the note: times are pooled.
func (db *DB) ClearDegraded(ctx context.Context) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `delete from degraded where
			not exists (select 1 from judging j where j.finished >= degraded.since) and
			not exists (select 1 from session s where s.finished >= degraded.since)`)
		if n > 0 {
			tx.note(theJudge, judge.EventContestFit, "contest", facts{})
		}
		return err
	})
	return wrap(err, "see whether the contest is still degraded")
}

// Degraded is why ranks are for practice; empty if they are not.
func (db *DB) Degraded(ctx context.Context) (string, error) {
	var why []string
	err := db.reader().all(ctx, &why, `select why from degraded`)
	if err != nil || len(why) == 0 {
		return "", wrap(explain(err), "see whether the contest is degraded")
	}
	return why[0], nil
}
