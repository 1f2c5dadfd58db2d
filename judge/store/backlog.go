package store

import (
	"context"
	"errors"
	"math"
	"time"

	"contest/judge"
)

// never is when a cancelled judging is due: it stays queued, and is not
// claimed, counted or hurried until it is submitted again.
var never = instant(math.MaxInt64)

// QueueStats counts the judgings that wait, also for a later time, and those
// that are being worked.
func (db *DB) QueueStats(ctx context.Context) (judge.QueueStats, error) {
	var row struct {
		Waiting int      `db:"waiting"`
		Running int      `db:"running"`
		Oldest  unixNano `db:"oldest"`
	}
	err := db.reader().get(ctx, &row, `select count(*) filter (where state = 'queued') as waiting,
		count(*) filter (where state <> 'queued') as running, min(queued) filter (where state = 'queued' and due <= ?) as oldest
		from judging where state in ('queued', 'compiling', 'running') and due < ?`, unixNano{db.now()}, unixNano{never})
	if err != nil {
		return judge.QueueStats{}, wrap(explain(err), "queue statistics")
	}
	held, err := db.Hold(ctx)
	return judge.QueueStats{Waiting: row.Waiting, Running: row.Running, Oldest: row.Oldest.Time, Held: held}, err
}

// Queue lists what is being worked, and what waits in the order in which it
// starts if nothing else comes.
func (db *DB) Queue(ctx context.Context) (judge.Queue, error) {
	q := judge.Queue{Running: []judge.Waiting{}}
	waiting, err := db.inTurn(ctx)
	if err == nil {
		q.Waiting = waiting
		var rows []waitingRow
		err = db.reader().all(ctx, &rows, selectWaiting+`where j.state in ('compiling', 'running') order by j.started, j.id`)
		for _, r := range rows {
			q.Running = append(q.Running, r.waiting())
		}
	}
	if err == nil {
		q.Held, err = db.Hold(ctx)
	}
	return q, wrap(explain(err), "list the queue")
}

// Ahead counts the judgings that start before this one if nothing else comes;
// zero once it has started.
func (db *DB) Ahead(ctx context.Context, id judge.JudgingID) (int, error) {
	var state judge.JudgingState
	err := db.reader().get(ctx, &state, `select state from judging where id = ?`, id)
	if err != nil || state != judge.Queued {
		return 0, wrap(explain(err), "judgings ahead of %d", id)
	}
	list, err := db.inTurn(ctx)
	for _, w := range list {
		if w.Judging == id {
			return w.Ahead, nil
		}
	}
	return 0, wrap(explain(err), "judgings ahead of %d", id)
}

// inTurn is what waits, in order.
func (db *DB) inTurn(ctx context.Context) ([]judge.Waiting, error) {
	now := db.now()
	var rows []waitingRow
	if err := db.reader().all(ctx, &rows, selectWaiting+`where j.state = 'queued' and j.due < ?`, unixNano{never}); err != nil {
		return nil, err
	}
	var turns []struct {
		Account judge.Contestant `db:"account"`
		Class   judge.Kind       `db:"class"`
		Taken   unixNano         `db:"taken"`
	}
	if err := db.reader().all(ctx, &turns, `select account, class, taken from turn`); err != nil {
		return nil, err
	}
	taken := make(map[judge.Turn]time.Time, len(turns))
	for _, t := range turns {
		taken[judge.Turn{Class: t.Class, Account: t.Account}] = t.Taken.Time
	}
	list := make([]judge.Waiting, len(rows))
	for i, r := range rows {
		list[i] = r.waiting()
	}
	return judge.InTurn(list, taken, now), nil
}

// ClaimNext claims the waiting judging whose turn it is; judge.ErrNotFound
// when none may start now. For an error beside an assignment see Claim.
func (db *DB) ClaimNext(ctx context.Context, lease time.Duration) (judge.Assignment, error) {
	for {
		next, err := db.next(ctx)
		if err != nil {
			return judge.Assignment{}, wrap(explain(err), "find the next judging")
		}
		a, err := db.Claim(ctx, next.Judging, next.Epoch, lease)
		if !errors.Is(err, judge.ErrStale) { // another worker was faster: look again
			return a, err
		}
	}
}

// next is the judging whose turn it is.
func (db *DB) next(ctx context.Context) (judge.Waiting, error) {
	list, err := db.inTurn(ctx)
	if err != nil {
		return judge.Waiting{}, err
	}
	now := db.now()
	for _, w := range list {
		if w.Ready(now) {
			return w, nil
		}
	}
	return judge.Waiting{}, judge.ErrNotFound
}

// takeTurn notes that a judging is started in its account's turn.
func takeTurn(ctx context.Context, tx *Tx, id judge.JudgingID) error {
	t, err := turnOf(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `insert into turn (account, class, taken) values (?, ?, ?)
		on conflict (account, class) do update set taken = excluded.taken`, t.Account, t.Class, unixNano{tx.now})
	return err
}

// returnTurn forgets the turn that a judging took, so that its account's next
// one comes at once.
func returnTurn(ctx context.Context, tx *Tx, id judge.JudgingID) error {
	t, err := turnOf(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `delete from turn where account = ? and class = ?`, t.Account, t.Class)
	return err
}

// turnOf is the turn that a judging takes.
func turnOf(ctx context.Context, tx *Tx, id judge.JudgingID) (judge.Turn, error) {
	var row waitingRow
	err := tx.get(ctx, &row, selectWaiting+`where j.id = ?`, id)
	return row.waiting().Turn(tx.now), err
}

const selectWaiting = `select j.id, j.epoch, j.submission, s.problem, s.contestant, j.current, j.priority, j.state, j.reason,
	j.queued, j.due, j.started, j.current and c.disabled as held
	from judging j join submission s on s.id = j.submission join contestant c on c.handle = s.contestant `

type waitingRow struct {
	ID         judge.JudgingID    `db:"id"`
	Epoch      int                `db:"epoch"`
	Submission judge.SubmissionID `db:"submission"`
	Problem    judge.ProblemID    `db:"problem"`
	Contestant judge.Contestant   `db:"contestant"`
	Current    bool               `db:"current"`
	Priority   int                `db:"priority"`
	State      judge.JudgingState `db:"state"`
	Reason     string             `db:"reason"`
	Queued     unixNano           `db:"queued"`
	Due        unixNano           `db:"due"`
	Started    unixNano           `db:"started"`
	Held       bool               `db:"held"`
}

func (r waitingRow) waiting() judge.Waiting {
	w := judge.Waiting{
		Submission: r.Submission, Judging: r.ID, Epoch: r.Epoch, Problem: r.Problem, Contestant: r.Contestant,
		Kind: judge.Practice, State: r.State, Reason: r.Reason, Since: r.Queued.Time, Due: r.Due.Time,
		Restarted: r.Priority%2 == 1, Held: r.Held && r.State == judge.Queued,
	}
	switch {
	case !r.Current:
		w.Kind = judge.Repeated
	case r.Priority <= PriorityNormal:
		w.Kind = judge.Official
	}
	if r.State != judge.Queued {
		w.Since = r.Started.Time
	}
	return w
}
