package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"contest/judge"
)

// maxTickets is how many uploads a contestant may have announced for a problem
// and not made. One more takes the place of the oldest.
const maxTickets = 20

// OpenTicket notes that an upload of these sources has begun and returns when
// it was first noted: opening a ticket again changes nothing, while it is among
// the newest that were not used.
func (db *DB) OpenTicket(ctx context.Context, by judge.Actor, who judge.Contestant, problem judge.ProblemID, sourceHash string) (opened time.Time, err error) {
	arrived := db.now()
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := mayEnter(ctx, tx, who); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `insert into ticket (contestant, problem, source_hash, opened) values (?, ?, ?, ?)
			on conflict (contestant, problem, source_hash) do nothing`, who, problem, sourceHash, unixNano{arrived})
		if err != nil {
			return err
		}
		if n > 0 {
			tx.note(by, judge.EventTicketOpened, ofContestant(who), facts{"problem": problem, "source_hash": sourceHash, "opened": arrived.UTC()})
		}
		// The limit below stands for "all that follow": each dialect has its own word.
		_, err = tx.exec(ctx, `delete from ticket where id in (select t.id from ticket t
			where t.contestant = ? and t.problem = ? and not exists (select 1 from submission s
				where s.contestant = t.contestant and s.problem = t.problem and s.ticket = t.id)
			order by t.opened desc, t.id desc limit 1000000 offset ?)`, who, problem, maxTickets)
		if err != nil {
			return err
		}
		t, err := findTicket(ctx, tx, who, problem, sourceHash)
		opened = t.Opened.Time
		return err
	})
	return opened, wrap(err, "open ticket of %s", who)
}

type ticketRow struct {
	ID     sql.NullInt64 `db:"id"`
	Opened unixNano      `db:"opened"`
}

// findTicket finds the ticket of these sources; the zero ticket if there is none.
func findTicket(ctx context.Context, tx *Tx, who judge.Contestant, problem judge.ProblemID, sourceHash string) (ticketRow, error) {
	var t ticketRow
	err := tx.get(ctx, &t, `select id, opened from ticket where contestant = ? and problem = ? and source_hash = ?`,
		who, problem, sourceHash)
	if errors.Is(err, sql.ErrNoRows) {
		return ticketRow{}, nil
	}
	return t, err
}

// mayEnter refuses who is not a contestant, or a disabled one.
func mayEnter(ctx context.Context, tx *Tx, who judge.Contestant) error {
	var disabled bool
	err := tx.get(ctx, &disabled, `select disabled from contestant where handle = ?`, who)
	if errors.Is(err, sql.ErrNoRows) {
		return noContestant(who)
	}
	if err == nil && disabled {
		return isDisabled(who)
	}
	return err
}

func noContestant(who judge.Contestant) error {
	return &judge.NotFound{Kind: "contestant", Name: string(who), Hint: "judge user list shows those there are"}
}

func isDisabled(who judge.Contestant) error { return fmt.Errorf("%s: %w", who, judge.ErrDisabled) }
