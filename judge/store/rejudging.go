package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"contest/judge"
)

// A rejudging of a problem is its set of proposed judgings, at most one for a
// submission. They are worked as any other, after those that somebody waits
// for, and nobody's board changes until all of them are applied at once.
// Judgings that counted before, and those of a cancelled rejudging, are kept.

// PriorityRejudging puts rejudgings behind what contestants wait for.
const PriorityRejudging = PriorityPractice

// rejudgingLock is the advisory lock under which proposals come and go.
const rejudgingLock = 0x6a756467_0002

// rejudgingBatch is how many judgings are proposed in one transaction: on
// SQLite all who submit or renew a lease wait for its end.
const rejudgingBatch = 100

// Rejudge proposes a new judging for every submission to a problem whose
// judging is done and outdated by what judgings rest on now; by any version of
// the problem if that is empty there. Proposals that are so as well are replaced;
// those that still wait or run stay as they are. Judgings that ended as IE are
// left to RetryFailed. It returns how many were proposed; after an error, calling it
// again goes on.
func (db *DB) Rejudge(ctx context.Context, by judge.Actor, problem judge.ProblemID, now judge.Basis) (n int, err error) {
	outdated, args := outdated(now)
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, rejudgingLock); err != nil {
			return err
		}
		where, of := ofProblem(problem)
		dropped, err := tx.exec(ctx, `update judging set proposed = false where proposed and state = 'done'
			and `+outdated+` and `+where, slices.Concat(args, of)...)
		if dropped > 0 {
			tx.note(by, judge.EventRejudgingCancelled, ofAll(problem), facts{"count": dropped, "outdated": true})
		}
		return err
	})
	for more := rejudgingBatch; err == nil && more == rejudgingBatch; n += more {
		err = db.inTx(ctx, func(tx *Tx) error {
			if more, err = db.propose(ctx, tx, problem, outdated, args); more > 0 {
				tx.note(by, judge.EventRejudgingProposed, ofAll(problem), facts{"count": more, "problem_version": now.Version, "class": now.Class, "toolchains": now.Toolchains})
			}
			return err
		})
		if err != nil {
			more = 0
		}
	}
	return n, wrap(err, "rejudge %s", problem)
}

// outdated is the condition under which a judging that is done must be done
// again: judge.Basis.Outdates in SQL.
func outdated(now judge.Basis) (where string, args []any) {
	where = `(? = '' or problem_version <> ? or ? <> '' and class not in ('', ?) and measured <> ''`
	args = []any{now.Version, now.Version, now.Class, now.Class}
	for _, lang := range slices.Sorted(maps.Keys(now.Toolchains)) {
		where += ` or toolchain not in ('', ?) and submission in (select id from submission where language = ?)`
		args = append(args, now.Toolchains[lang], lang)
	}
	return where + `)`, args
}

// propose queues judgings for some of the submissions whose judging is outdated.
func (db *DB) propose(ctx context.Context, tx *Tx, problem judge.ProblemID, outdated string, args []any) (int, error) {
	if err := lock(ctx, tx, rejudgingLock); err != nil {
		return 0, err
	}
	where, of := ofProblem(problem)
	args = slices.Concat([]any{PriorityRejudging, unixNano{tx.now}, unixNano{tx.now}}, args, of)
	jobs, err := waiting(ctx, tx, `insert into judging (submission, current, proposed, priority, state, epoch, queued, due)
		select submission, false, true, cast(? as bigint), 'queued', 1, cast(? as bigint), cast(? as bigint) from judging o
		where current and state = 'done' and verdict <> 'IE' and `+outdated+`
		and not exists (select 1 from judging p where p.submission = o.submission and p.proposed)
		and `+where+` order by submission limit `+fmt.Sprint(rejudgingBatch), args...)
	for _, j := range jobs {
		if err := db.enqueue(ctx, tx, j); err != nil {
			return 0, err
		}
	}
	return len(jobs), err
}

// RejudgingPreview lists the proposed judgings of a problem, or of all
// problems if it is empty, beside those that count, by submission. Compiler
// output is left out.
func (db *DB) RejudgingPreview(ctx context.Context, problem judge.ProblemID) ([]judge.Rejudged, error) {
	list, err := db.rejudged(ctx, problem)
	return list, wrap(explain(err), "preview the rejudging of %s", problem)
}

func (db *DB) rejudged(ctx context.Context, problem judge.ProblemID) ([]judge.Rejudged, error) {
	where, args := ofProblem(problem)
	var rows []entryRow
	err := db.reader().all(ctx, &rows, selectEntry("''")+`where (j.current or j.proposed) and `+where+` and submission in
		(select submission from judging where proposed) order by s.id, j.proposed`, args...)
	if err != nil {
		return nil, err
	}
	list := make([]judge.Rejudged, 0, len(rows)/2)
	for i := 0; i+1 < len(rows); i += 2 { // one that counts, one proposed
		list = append(list, judge.Rejudged{
			Submission: rows[i].Submission.submission(),
			Old:        rows[i].Judging.judging(), New: rows[i+1].Judging.judging(),
		})
	}
	return list, nil
}

// ApplyRejudging makes the proposed judgings of a problem, or of all problems
// if it is empty, those that count, and returns how many. They must all be
// done, and none as IE: a board that mixes versions or machines would be
// unfair. Otherwise it is a *judge.Refusal.
func (db *DB) ApplyRejudging(ctx context.Context, by judge.Actor, problem judge.ProblemID) (n int, err error) {
	where, args := ofProblem(problem)
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, rejudgingLock); err != nil {
			return err
		}
		if err := mustBeDone(ctx, tx, where, args); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `update judging set current = false where current and `+where+`
			and submission in (select submission from judging where proposed)`, args...)
		if err != nil {
			return err
		}
		applied, err := tx.exec(ctx, `update judging set current = true, proposed = false where proposed and `+where, args...)
		if n = int(applied); n > 0 {
			tx.note(by, judge.EventRejudgingApplied, ofAll(problem), facts{"count": n})
		}
		return err
	})
	return n, wrap(err, "apply the rejudging of %s", problem)
}

func mustBeDone(ctx context.Context, tx *Tx, where string, args []any) error {
	var open struct {
		Waiting int `db:"waiting"`
		Failed  int `db:"failed"`
	}
	err := tx.get(ctx, &open, `select count(*) filter (where state <> 'done') as waiting,
		count(*) filter (where verdict = 'IE') as failed from judging where proposed and `+where, args...)
	if err != nil || open.Waiting+open.Failed == 0 {
		return err
	}
	return &judge.Refusal{Code: "not-judged", Message: fmt.Sprintf("not all is judged again: %d wait, and on %d the judge failed", open.Waiting, open.Failed),
		Hint: "judge rejudge waits for the first and tries the others again; with --show it says why, with --cancel it drops all"}
}

// CancelRejudging drops the proposed judgings of a problem, or of all problems
// if it is empty, and returns how many; those not done end as IE, which nobody
// sees. What counted goes on to count.
func (db *DB) CancelRejudging(ctx context.Context, by judge.Actor, problem judge.ProblemID) (n int, err error) {
	where, args := ofProblem(problem)
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, rejudgingLock); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `update judging set state = 'done', verdict = 'IE', reason = 'the rejudging was cancelled',
			epoch = epoch + 1, lease = null, finished = ? where proposed and state <> 'done' and `+where,
			append([]any{unixNano{tx.now}}, args...)...)
		if err != nil {
			return err
		}
		dropped, err := tx.exec(ctx, `update judging set proposed = false where proposed and `+where, args...)
		if n = int(dropped); n > 0 {
			tx.note(by, judge.EventRejudgingCancelled, ofAll(problem), facts{"count": n})
		}
		return err
	})
	return n, wrap(err, "cancel the rejudging of %s", problem)
}

// remeasure queues a judging of a submission whose times the machine
// disturbed. It never counts itself; what it measures is pooled with what was
// measured before, and so changes the judging that counts.
func (db *DB) remeasure(ctx context.Context, tx *Tx, id judge.SubmissionID, after time.Duration) error {
	jobs, err := waiting(ctx, tx, `insert into judging (submission, current, proposed, priority, state, reason, epoch, queued, due)
		values (?, false, false, ?, 'queued', 'the machine was disturbed; it is measured again', 1, ?, ?)`,
		id, PriorityRejudging, unixNano{tx.now}, unixNano{tx.now.Add(after)})
	if err == nil && after <= 0 { // else it gets its job when its time has come, see Startable
		err = db.enqueue(ctx, tx, jobs[0])
	}
	return wrap(err, "measure submission %d again", id)
}
