package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"contest/judge"
)

// maxLost is how often a judging is started again after its worker vanished.
// A power cut is not the submission's fault, but one that takes the judge
// down each time must not do so for ever.
const maxLost = 10

// Complete ends the job of a judging in the transaction that ends or requeues
// it; nil does nothing.
type Complete func(ctx context.Context, tx *Tx) error

// Claim takes a waiting judging until the lease runs out, and with it its
// account's turn. It is judge.ErrStale when another epoch counts, or this one
// was claimed already, and judge.ErrNotFound while judging is held. An error beside
// an assignment, one with a judging, says that its sources cannot be read: it is
// claimed all the same.
func (db *DB) Claim(ctx context.Context, id judge.JudgingID, epoch int, lease time.Duration) (judge.Assignment, error) {
	var a judge.Assignment
	var files []fileRow
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := lockShared(ctx, tx, holdLock); err != nil {
			return err
		}
		held, err := queryHold(ctx, tx.queries, tx.now)
		if err != nil {
			return err
		}
		if held.Is() {
			return judge.ErrNotFound
		}
		n, err := tx.exec(ctx, `update judging set state = 'compiling', reason = '', lease = ?, started = ?
			where id = ? and epoch = ? and state = 'queued'`, unixNano{tx.now.Add(lease)}, unixNano{tx.now}, id, epoch)
		if err := fresh(n, err); err != nil {
			return err
		}
		if err := takeTurn(ctx, tx, id); err != nil {
			return err
		}
		if a, files, err = queryAssignment(ctx, tx.queries, id); err != nil {
			return err
		}
		tx.note(theJudge, judge.EventJudgingStarted, ofJudging(id), facts{"judging": id, "submission": a.Submission.ID, "epoch": epoch})
		return nil
	})
	if err != nil {
		return judge.Assignment{}, wrap(err, "claim judging %d", id)
	}
	a.Submission.Files, err = db.readFiles(ctx, files, a.Submission.SourceHash)
	return a, wrap(explain(err), "sources of submission %d", a.Submission.ID)
}

// queryAssignment reads what a worker needs of a judging, but for what its files say.
func queryAssignment(ctx context.Context, q queries, id judge.JudgingID) (judge.Assignment, []fileRow, error) {
	var rows []struct {
		Judging struct {
			Epoch    int  `db:"epoch"`
			Current  bool `db:"current"`
			Proposed bool `db:"proposed"`
		} `db:"j"`
		Submission submissionRow `db:"s"`
		File       fileRow       `db:"f"`
	}
	err := q.all(ctx, &rows, `select j.epoch as "j.epoch", j.current as "j.current", j.proposed as "j.proposed",
		`+selectSubmission+`, coalesce(f.name, '') as "f.name", coalesce(f.sha256, '') as "f.sha256"
		from judging j join submission s on s.id = j.submission left join ticket t on t.id = s.ticket
		left join submission_file f on f.submission = s.id where j.id = ? order by f.ordinal`, id)
	if err == nil && len(rows) == 0 {
		err = judge.ErrStale
	}
	if err != nil {
		return judge.Assignment{}, nil, err
	}
	r := rows[0]
	a := judge.Assignment{Judging: id, Epoch: r.Judging.Epoch, Purpose: judge.ToRemeasure, Submission: r.Submission.submission()}
	switch {
	case r.Judging.Current:
		a.Purpose = judge.ToCount
	case r.Judging.Proposed:
		a.Purpose = judge.ToPropose
	}
	var files []fileRow
	for _, r := range rows {
		if r.File.Name != "" { // else there are none, which readFiles refuses
			files = append(files, r.File)
		}
	}
	return a, files, nil
}

// Renew moves the end of the lease. judge.ErrStale means that it was lost.
func (db *DB) Renew(ctx context.Context, id judge.JudgingID, epoch int, lease time.Duration) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		return fresh(tx.exec(ctx, `update judging set lease = ? where id = ? and epoch = ? and state in ('compiling', 'running')`,
			unixNano{tx.now.Add(lease)}, id, epoch))
	})
	return wrap(err, "renew lease of judging %d", id)
}

// SetRunning shows that a claimed judging is past compiling.
func (db *DB) SetRunning(ctx context.Context, id judge.JudgingID, epoch int) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		tx.note(theJudge, judge.EventJudgingRunning, ofJudging(id), facts{"judging": id, "epoch": epoch})
		return fresh(tx.exec(ctx, `update judging set state = 'running'
			where id = ? and epoch = ? and state in ('compiling', 'running')`, id, epoch))
	})
	return wrap(err, "show that judging %d runs", id)
}

// fresh turns "no row was touched" into judge.ErrStale.
func fresh(n int64, err error) error {
	if err == nil && n == 0 {
		return judge.ErrStale
	}
	return err
}

// Finish stores the outcome of a claimed judging and completes its job. ID,
// Epoch and Verdict of its judging must be set; Queued and Started stay as
// they are, Finished is stamped here. Whose its sessions are (judging,
// problem, sources, program, machine class) is filled in from the judging. What
// its sessions found becomes that of all done judgings of the same program,
// version and class that pass the same test cases in number.
func (db *DB) Finish(ctx context.Context, o judge.Outcome, complete Complete) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := finish(ctx, tx, o); err != nil {
			return err
		}
		if o.Again {
			if err := db.remeasure(ctx, tx, o.Judging.Submission, o.AgainAfter); err != nil {
				return err
			}
		}
		tx.note(theJudge, judge.EventJudgingFinished, ofJudging(o.Judging.ID), outcomeFacts(o))
		return complete.call(ctx, tx)
	})
	return wrap(err, "finish judging %d", o.Judging.ID)
}

// outcomeFacts are what the event of an outcome records. The raw times are in its
// sessions, of which it has the hashes.
func outcomeFacts(o judge.Outcome) facts {
	j := o.Judging
	f := facts{"judging": j.ID, "submission": j.Submission, "epoch": j.Epoch, "problem_version": j.ProblemVersion, "grade": j.Grade,
		"missed": []any{j.Missed.Tests, j.Missed.Set}, "values": j.Values, "memory_bytes": j.MemoryBytes, "program_hash": j.ProgramHash,
		"toolchain": j.Toolchain, "class": j.Class, "scheduling": j.Scheduling}
	if len(o.Sessions) > 0 {
		sums := map[string]string{}
		for _, s := range o.Sessions {
			sums[s.ID] = judge.HashRecord(s.Data)
		}
		f["sessions"] = sums
	}
	if o.Again {
		f["again"] = true
	}
	return f
}

func (c Complete) call(ctx context.Context, tx *Tx) error {
	if c == nil {
		return nil
	}
	return c(ctx, tx)
}

func finish(ctx context.Context, tx *Tx, o judge.Outcome) error {
	j := o.Judging
	found, args := foundIn(o)
	err := fresh(tx.exec(ctx, `update judging set state = 'done', lease = null, finished = ?, `+found+`
		where id = ? and epoch = ? and state in ('compiling', 'running')`,
		slices.Concat([]any{unixNano{tx.now}}, args, []any{j.ID, j.Epoch})...))
	if err != nil {
		return err
	}
	if err := insertRuns(ctx, tx, j.ID, o.Runs); err != nil {
		return err
	}
	if err := storeMeasured(ctx, tx, o); err != nil || j.Values.Measuring().Again {
		return err
	}
	return promiseNothing(ctx, tx, j.ID)
}

// foundIn sets the columns of what working a judging found out, but for its runs and
// sessions. The zero outcome takes all of that back.
func foundIn(o judge.Outcome) (set string, args []any) {
	j := o.Judging
	totals, measured := measuredOf(j.Values)
	return `reason = ?, problem_version = ?, verdict = ?, first_failed = ?, passed = ?, total = ?, timed_passed = ?,
			missed = ?, missed_set = ?, points = ?, test_groups = ?, totals = ?, measured = ?, measured_tests = ?,
			memory_bytes = ?, compile_ns = ?, compiler_output = ?, program_hash = ?, toolchain = ?, class = ?, scheduling = ?`,
		[]any{
			text(j.Reason), j.ProblemVersion, j.Verdict, text(j.FirstFailed), j.Passed, j.Total, j.TimedPassed,
			j.Missed.Tests, j.Missed.Set, j.Points, jsonText[[]judge.GroupGrade]{j.Groups}, jsonText[judge.Values]{totals},
			jsonText[measuredValues]{measured}, jsonText[judge.MeasuredTests]{o.Tests},
			j.MemoryBytes, int64(j.Compile), text(j.CompilerOutput), j.ProgramHash, text(j.Toolchain), j.Class, j.Scheduling,
		}
}

// insertRuns writes many rows with each statement: on PostgreSQL every
// statement is a round trip.
func insertRuns(ctx context.Context, tx *Tx, id judge.JudgingID, runs []judge.Run) error {
	const batch = 100
	for len(runs) > 0 {
		n := min(batch, len(runs))
		var args []any
		for _, r := range runs[:n] {
			args = append(args, id, r.Ordinal, text(r.TestCase), r.Timed, r.Verdict, int64(r.Real), int64(r.CPU),
				r.MemoryBytes, r.ExitStatus, r.Signal, r.Limit, int64(r.RunDelay), text(r.Message), text(r.TeamMessage), text(r.JudgeMessage))
		}
		rows := strings.Repeat(", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", n)[2:]
		_, err := tx.exec(ctx, `insert into run (judging, ordinal, test_case, timed, verdict, real_ns, cpu_ns,
			memory_bytes, exit_status, signal, limit_name, run_delay_ns, message, team_message, judge_message) values `+rows, args...)
		if err != nil {
			return fmt.Errorf("runs: %w", err)
		}
		runs = runs[n:]
	}
	return nil
}

// Release gives a claimed judging back because its worker stops: it waits
// again, with its turn given back, and no attempt is counted.
func (db *DB) Release(ctx context.Context, id judge.JudgingID, epoch int, complete Complete) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := returnTurn(ctx, tx, id); err != nil {
			return err
		}
		if err := db.requeue(ctx, tx, id, epoch, "the judge was stopped; it starts again", 0); err != nil {
			return err
		}
		tx.note(theJudge, judge.EventJudgingReleased, ofJudging(id), facts{"judging": id, "epoch": epoch})
		return complete.call(ctx, tx)
	})
	return wrap(err, "release judging %d", id)
}

// Postpone gives a claimed judging back because it cannot be done yet: it
// waits again with the reason, for at least so long, and no attempt is
// counted. It then takes its turn among those that came meanwhile: many that
// keep being postponed must not hold up the others.
func (db *DB) Postpone(ctx context.Context, id judge.JudgingID, epoch int, reason string, after time.Duration, complete Complete) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := db.waitAgain(ctx, tx, id, epoch, `priority`, reason, after); err != nil {
			return err
		}
		tx.note(theJudge, judge.EventJudgingPostponed, ofJudging(id), facts{"judging": id, "epoch": epoch, "reason": reason})
		return complete.call(ctx, tx)
	})
	return wrap(err, "postpone judging %d", id)
}

// Retries says, of how many attempts at a judging failed, whether there is another
// one and how long it waits before.
type Retries func(failures int) (after time.Duration, ok bool)

// Requeue ends an attempt at a claimed judging that failed on our side. It
// waits again with the reason; when there is no other attempt, it ends as IE instead,
// which Requeue reports.
func (db *DB) Requeue(ctx context.Context, id judge.JudgingID, epoch int, reason string, retries Retries, complete Complete) (ended bool, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		var failures int
		err := tx.get(ctx, &failures, `update judging set failures = failures + 1
			where id = ? and epoch = ? and state in ('compiling', 'running') returning failures`, id, epoch)
		if errors.Is(err, sql.ErrNoRows) {
			return judge.ErrStale
		}
		if err != nil {
			return err
		}
		after, ok := retries(failures)
		kind := judge.EventJudgingRequeued
		if ended = !ok; ended {
			kind = judge.EventJudgingFailed
			err = fail(ctx, tx, id, epoch, reason)
		} else {
			err = db.requeue(ctx, tx, id, epoch, fmt.Sprintf("attempt %d failed: %s", failures, reason), after)
		}
		if err != nil {
			return err
		}
		tx.note(theJudge, kind, ofJudging(id), facts{"judging": id, "epoch": epoch, "failures": failures, "reason": reason})
		return complete.call(ctx, tx)
	})
	return ended, wrap(err, "requeue judging %d", id)
}

// Cancel withdraws a submission whose judging is not done: it waits for a time
// that never comes, and the worker that may have it finds its lease lost. by
// says who does it. With running it may have started; without, that is refused,
// and so is what is done. What is cancelled already stays so. Submitting the
// same sources takes it up again.
func (db *DB) Cancel(ctx context.Context, by judge.Actor, id judge.SubmissionID, running bool) (judging judge.JudgingID, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		var j struct {
			ID    judge.JudgingID    `db:"id"`
			State judge.JudgingState `db:"state"`
			Due   unixNano           `db:"due"`
		}
		err := tx.get(ctx, &j, `select id, state, due from judging where current and submission = ?`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound(id)
		}
		if err != nil || j.Due.Equal(never) {
			return err
		}
		judging = j.ID
		switch {
		case j.State == judge.Done:
			return &judge.Refusal{Code: "judged", Message: fmt.Sprintf("submission %d is judged already", id), Hint: "only what has no verdict yet can be cancelled"}
		case j.State != judge.Queued && !running:
			return &judge.Refusal{Code: "running", Message: fmt.Sprintf("submission %d is being judged now", id), Hint: "wait for its verdict, or ask the organiser, who can cancel it"}
		}
		_, err = tx.exec(ctx, `update judging set state = 'queued', due = ?, reason = ?, epoch = epoch + 1, lease = null where id = ?`,
			unixNano{never}, text("cancelled by "+by.String()), j.ID)
		tx.note(by, judge.EventSubmissionCancelled, ofSubmission(id), facts{"submission": id, "judging": j.ID})
		return err
	})
	return judging, wrap(err, "cancel submission %d", id)
}

// ExpireLeases requeues the judgings whose lease has run out, or all that are
// claimed: at the start of the only process, whoever claimed them is dead. The
// first time that happens to a judging its turn is given back. It returns how
// many there were.
func (db *DB) ExpireLeases(ctx context.Context, all bool) (int, error) {
	until := db.now()
	if all {
		until = instant(1<<63 - 1)
	}
	const where = ` where state in ('compiling', 'running') and lease < ? `
	var n int
	err := db.reader().get(ctx, &n, `select count(*) from judging`+where, unixNano{until})
	if err != nil || n == 0 {
		return 0, wrap(explain(err), "expire leases")
	}
	var lost []struct {
		ID    judge.JudgingID `db:"id"`
		Epoch int             `db:"epoch"`
		Lost  int             `db:"lost"`
	}
	err = db.inTx(ctx, func(tx *Tx) error {
		lost = nil
		err := tx.all(ctx, &lost, `update judging set lost = lost + 1`+where+`returning id, epoch, lost`, unixNano{until})
		if err != nil {
			return err
		}
		for _, j := range lost {
			if j.Lost >= maxLost {
				err = fail(ctx, tx, j.ID, j.Epoch, fmt.Sprintf("its worker vanished %d times", j.Lost))
			} else {
				err = db.requeue(ctx, tx, j.ID, j.Epoch, "its worker vanished; it starts again", 0)
			}
			if err == nil && j.Lost == 1 { // nobody's fault; once more, and it may be the submission's
				err = returnTurn(ctx, tx, j.ID)
			}
			if err != nil {
				return err
			}
		}
		if len(lost) > 0 {
			epochs := map[string]int{}
			for _, j := range lost {
				epochs[fmt.Sprint(j.ID)] = j.Epoch
			}
			tx.note(theJudge, judge.EventJudgingsLost, "contest", facts{"judgings": epochs})
		}
		return nil
	})
	return len(lost), wrap(err, "expire leases")
}

// RetryFailed makes all judgings of a problem that ended as IE, or of all problems if
// it is empty, wait again, with all their attempts before them; what they had found is
// forgotten, but for the sessions they measured. Those of a cancelled rejudging are
// left alone. It returns how many there were.
func (db *DB) RetryFailed(ctx context.Context, by judge.Actor, problem judge.ProblemID) (n int, err error) {
	where, args := ofProblem(problem)
	err = db.inTx(ctx, func(tx *Tx) error {
		if n, err = db.retry(ctx, tx, where, args...); n > 0 {
			tx.note(by, judge.EventJudgingsRetried, ofAll(problem), facts{"count": n})
		}
		return err
	})
	return n, wrap(err, "retry failed judgings")
}

// ofProblem picks the judgings of a problem, or all if it is empty.
func ofProblem(problem judge.ProblemID) (where string, args []any) {
	if problem == "" {
		return `true`, nil
	}
	return `submission in (select id from submission where problem = ?)`, []any{problem}
}

// retry makes those that ended as IE wait again, and counts them.
func (db *DB) retry(ctx context.Context, tx *Tx, where string, args ...any) (int, error) {
	nothing, zero := foundIn(judge.Outcome{})
	jobs, err := waiting(ctx, tx, `update judging set state = 'queued', epoch = epoch + 1, due = ?, failures = 0, lost = 0,
		started = null, finished = null, `+nothing+` where verdict = 'IE' and (current or proposed) and `+where,
		slices.Concat([]any{unixNano{tx.now}}, zero, args)...)
	if err != nil {
		return 0, err
	}
	for _, j := range jobs {
		if _, err := tx.exec(ctx, `delete from run where judging = ?`, j.Judging); err != nil {
			return 0, err
		}
		if err := db.enqueue(ctx, tx, j); err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// waiting runs an update that makes judgings wait and returns what their next
// jobs are made of, in the order of the judgings.
func waiting(ctx context.Context, tx *Tx, update string, args ...any) ([]Job, error) {
	var rows []struct {
		ID    judge.JudgingID `db:"id"`
		Epoch int             `db:"epoch"`
	}
	if err := tx.all(ctx, &rows, update+` returning id, epoch`, args...); err != nil {
		return nil, err
	}
	jobs := make([]Job, len(rows))
	for i, r := range rows {
		jobs[i] = Job{Judging: r.ID, Epoch: r.Epoch}
	}
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Compare(a.Judging, b.Judging) })
	return jobs, nil
}

// startable picks the judgings that may start at a time.
const startable = `due <= ? and not (current and submission in
	(select s.id from submission s join contestant c on c.handle = s.contestant where c.disabled))`

// Startable says whether a judging may start now. If none has a job although one
// may, its time has come, or its job was lost: Reissue.
func (db *DB) Startable(ctx context.Context) (yes bool, err error) {
	now := unixNano{db.now()}
	err = db.reader().get(ctx, &yes, `select exists (select 1 from judging where state = 'queued' and `+startable+`)
		and not exists (select 1 from hold where until > ?)`, now, now)
	return yes, wrap(explain(err), "see whether a judging may start")
}

// Reissue gives jobs to the judgings that may start now. It returns how many there
// were.
func (db *DB) Reissue(ctx context.Context) (n int, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		n, err = db.hurry(ctx, tx, startable, unixNano{tx.now})
		return err
	})
	return n, wrap(err, "reissue judgings")
}

// Hurry makes the judgings of a problem, or of all problems if it is empty,
// that wait for a later time wait no longer: what they waited for may have
// come. It returns how many there were.
func (db *DB) Hurry(ctx context.Context, problem judge.ProblemID) (n int, err error) {
	where, args := ofProblem(problem)
	err = db.inTx(ctx, func(tx *Tx) error {
		n, err = db.hurry(ctx, tx, `due > ? and due < ? and `+where, append([]any{unixNano{tx.now}, unixNano{never}}, args...)...)
		if n > 0 {
			tx.note(theJudge, judge.EventJudgingsHurried, ofAll(problem), facts{"count": n})
		}
		return err
	})
	return n, wrap(err, "hurry judgings")
}

// hurry gives judgings that wait new jobs, due at once if they were not yet,
// and counts them.
func (db *DB) hurry(ctx context.Context, tx *Tx, where string, args ...any) (int, error) {
	jobs, err := waiting(ctx, tx, `update judging set due = case when due < ? then due else ? end where state = 'queued' and `+where,
		append([]any{unixNano{tx.now}, unixNano{tx.now}}, args...)...)
	for _, j := range jobs {
		if err := db.enqueue(ctx, tx, j); err != nil {
			return 0, err
		}
	}
	return len(jobs), err
}

// requeue makes a claimed judging wait again, before those of its account that
// never started.
func (db *DB) requeue(ctx context.Context, tx *Tx, id judge.JudgingID, epoch int, reason string, after time.Duration) error {
	return db.waitAgain(ctx, tx, id, epoch, `case when priority in (2, 4) then priority - 1 else priority end`, reason, after)
}

// waitAgain makes a claimed judging wait again, under the next epoch. One that
// does not wait for a time keeps its place among those that came when it did; one
// that does gets its job when that has come, see Startable.
func (db *DB) waitAgain(ctx context.Context, tx *Tx, id judge.JudgingID, epoch int, priority, reason string, after time.Duration) error {
	due, args := `due`, []any{text(reason)}
	if after > 0 {
		due, args = `?`, append(args, unixNano{tx.now.Add(after)})
	}
	jobs, err := waiting(ctx, tx, `update judging set state = 'queued', epoch = epoch + 1, lease = null, reason = ?, due = `+due+`,
		priority = `+priority+` where id = ? and epoch = ? and state in ('compiling', 'running')`, append(args, id, epoch)...)
	if err := fresh(int64(len(jobs)), err); err != nil {
		return err
	}
	if after > 0 {
		return nil
	}
	return db.enqueue(ctx, tx, jobs[0])
}

// fail ends a claimed judging as our failure.
func fail(ctx context.Context, tx *Tx, id judge.JudgingID, epoch int, reason string) error {
	err := fresh(tx.exec(ctx, `update judging set state = 'done', verdict = 'IE', reason = ?, lease = null, finished = ?
		where id = ? and epoch = ? and state in ('compiling', 'running')`, text(reason), unixNano{tx.now}, id, epoch))
	if err != nil {
		return err
	}
	return promiseNothing(ctx, tx, id)
}
