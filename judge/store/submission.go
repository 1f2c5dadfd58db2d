package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"contest/judge"
)

// Priorities of waiting judgings, of which judge.Kind is made. The odd one
// before each is for judgings that have been started once: they go before the
// others of their account.
const (
	PriorityNormal   = 2
	PriorityPractice = 4
)

// Submit stores a submission with its sources, a queued judging and a job.
// The sources are on disk first, then the receipt is stamped, then the rest
// follows in one transaction. The id, source hash, size, receipt and ticket
// of s are set here. What is more than the intake's quota is refused before
// anything is written.
//
// The same sources in the same language by the same contestant for the same
// problem are one submission: the existing entry comes back, with false. It is
// unchanged, unless its judging ended as IE or was cancelled: then that waits
// again; after IE as after Retry. A CE of another toolchain than the intake's stays,
// and a new judging takes its place.
func (db *DB) Submit(ctx context.Context, s judge.Submission, in *judge.Intake) (judge.Entry, bool, error) {
	hash := judge.HashFiles(s.Files)
	if s.SourceHash != "" && s.SourceHash != hash {
		return judge.Entry{}, false, &judge.Invalid{Message: "the files do not match their announced hash", Hint: "send them again"}
	}
	s.SourceHash, s.Bytes = hash, 0
	for _, f := range s.Files {
		s.Bytes += int64(len(f.Data))
	}
	e, fresh, err := db.submit(ctx, s, in)
	return e, fresh, wrap(err, "store submission of %s for %s", s.Contestant, s.Problem)
}

func (db *DB) submit(ctx context.Context, s judge.Submission, in *judge.Intake) (e judge.Entry, fresh bool, err error) {
	e, found, err := findSame(ctx, db.reader(), s)
	if found && !revivable(e.Judging, in) || err != nil {
		return e, false, explain(err)
	}
	if err := db.admit(ctx, s, e, in); err != nil {
		return judge.Entry{}, false, explain(err)
	}
	// Also for a judging that ended as IE: the sources may be what was lost.
	sums, err := db.putFiles(ctx, s.Files)
	if err != nil {
		return e, false, explain(err)
	}
	receipt, wait, done := db.receipts.take(db.now)
	defer done()
	wait()
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, submissionLock); err != nil {
			return err
		}
		e, found, err = findSame(ctx, tx.queries, s)
		if err != nil {
			return err
		}
		if found && !revivable(e.Judging, in) { // another request was faster
			return nil
		}
		if err := withinQuota(ctx, tx.queries, s, e, in); err != nil {
			return err
		}
		if found {
			if err := db.revive(ctx, tx, &e, in); err != nil {
				return err
			}
			tx.note(in.By(s), judge.EventSubmissionAgain, ofSubmission(e.Submission.ID), facts{"submission": e.Submission.ID, "judging": e.Judging.ID})
			return nil
		}
		s.Receipt = receipt
		if e, err = db.insertSubmission(ctx, tx, s, sums, in); err != nil {
			return err
		}
		record := submissionFacts(e.Submission)
		record["judging"] = e.Judging.ID
		tx.note(in.By(s), judge.EventSubmissionReceived, ofSubmission(e.Submission.ID), record)
		return nil
	})
	if err != nil {
		return judge.Entry{}, false, err
	}
	return e, !found, nil
}

// revivable says whether handing in the same sources makes them be judged again.
func revivable(j judge.Judging, in *judge.Intake) bool {
	return j.Verdict == judge.Internal || j.State == judge.Cancelled || in.Recompiles(j)
}

// admit refuses what the quota does not allow before anything is written. same
// is the entry that s repeats, if there is one.
func (db *DB) admit(ctx context.Context, s judge.Submission, same judge.Entry, in *judge.Intake) error {
	if in != nil && same.Submission.ID == 0 {
		disk, err := db.Disk()
		if err != nil {
			return err
		}
		if in.Quota.Reserve(disk).Full() {
			return fmt.Errorf("%w: what is left is kept for judging", ErrFull)
		}
	}
	return withinQuota(ctx, db.reader(), s, same, in)
}

// withinQuota refuses one more judging that waits, or more sources than a
// contestant may store. What the judge failed on is not the contestant's.
func withinQuota(ctx context.Context, q queries, s judge.Submission, same judge.Entry, in *judge.Intake) error {
	if in == nil || same.Judging.Verdict == judge.Internal {
		return nil
	}
	var used struct {
		Waiting int                `db:"waiting"`
		Oldest  judge.SubmissionID `db:"oldest"`
		Bytes   int64              `db:"bytes"`
	}
	err := q.get(ctx, &used, `select count(*) filter (where j.state = 'queued' and j.due < ?) as waiting,
		coalesce(min(s.id) filter (where j.state = 'queued' and j.due < ?), 0) as oldest, cast(coalesce(sum(s.bytes), 0) as bigint) as bytes
		from submission s join judging j on j.submission = s.id and j.current where s.contestant = ?`, unixNano{never}, unixNano{never}, s.Contestant)
	if err != nil {
		return err
	}
	if err := in.Quota.MayWait(used.Waiting, used.Oldest); err != nil || same.Submission.ID != 0 {
		return err
	}
	return in.Quota.MayStore(used.Bytes, s.Bytes)
}

// submissionLock is the advisory lock under which all servers on one
// PostgreSQL number submissions, so that no id appears after a later one.
const submissionLock = 0x6a756467_0001

func (db *DB) putFiles(ctx context.Context, files []judge.File) (sums []string, err error) {
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		sums = append(sums, hex.EncodeToString(sum[:]))
		if err := db.blobs.Put(ctx, sums[len(sums)-1], f.Data); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// findSame finds the submission that s would repeat. Mostly there is none, and to know
// that takes a much smaller statement than an entry does.
func findSame(ctx context.Context, q queries, s judge.Submission) (judge.Entry, bool, error) {
	var id judge.SubmissionID
	err := q.get(ctx, &id, `select id from submission where contestant = ? and problem = ? and language = ? and source_hash = ?`,
		s.Contestant, s.Problem, s.Language, s.SourceHash)
	if errors.Is(err, sql.ErrNoRows) {
		return judge.Entry{}, false, nil
	}
	if err != nil {
		return judge.Entry{}, false, err
	}
	e, err := queryEntry(ctx, q, `j.current and s.id = ?`, id)
	return e, err == nil, err
}

// revive makes a submission that was handed in again, and is revivable, wait again.
func (db *DB) revive(ctx context.Context, tx *Tx, e *judge.Entry, in *judge.Intake) error {
	id := e.Judging.ID
	var err error
	switch {
	case e.Judging.Verdict == judge.Internal:
		_, err = db.retry(ctx, tx, `id = ?`, id)
	case e.Judging.State == judge.Cancelled:
		err = db.uncancel(ctx, tx, id)
	default:
		err = db.compileAgain(ctx, tx, *e, in)
	}
	if err != nil {
		return err
	}
	*e, err = queryEntry(ctx, tx.queries, `j.current and s.id = ?`, e.Submission.ID)
	return err
}

// compileAgain queues a judging in the place of a CE, unless a rejudging that was
// applied meanwhile has taken it.
func (db *DB) compileAgain(ctx context.Context, tx *Tx, e judge.Entry, in *judge.Intake) error {
	if err := lock(ctx, tx, rejudgingLock); err != nil {
		return err
	}
	n, err := tx.exec(ctx, `update judging set current = false where current and id = ?`, e.Judging.ID)
	if err != nil || n == 0 {
		return err
	}
	_, err = db.insertJudging(ctx, tx, e.Submission.ID, priorityOf(e.Submission, in), tx.now)
	return err
}

// uncancel makes a cancelled judging wait as if it had just come.
func (db *DB) uncancel(ctx context.Context, tx *Tx, id judge.JudgingID) error {
	_, err := tx.exec(ctx, `update judging set queued = ?, reason = '', failures = 0, lost = 0, started = null where id = ?`, unixNano{tx.now}, id)
	if err != nil {
		return err
	}
	_, err = db.hurry(ctx, tx, `id = ?`, id)
	return err
}

func (db *DB) insertSubmission(ctx context.Context, tx *Tx, s judge.Submission, sums []string, in *judge.Intake) (judge.Entry, error) {
	var none judge.Entry
	if err := mayEnter(ctx, tx, s.Contestant); err != nil {
		return none, err
	}
	ticket, err := findTicket(ctx, tx, s.Contestant, s.Problem, s.SourceHash)
	if err != nil {
		return none, err
	}
	s.Ticket = ticket.Opened.Time
	err = tx.get(ctx, &s.ID, `insert into submission (problem, contestant, language, source_hash, bytes, receipt, ticket)
		values (?, ?, ?, ?, ?, ?, ?) returning id`,
		s.Problem, s.Contestant, s.Language, s.SourceHash, s.Bytes, unixNano{s.Receipt}, ticket.ID)
	if err != nil {
		return none, err
	}
	if err := insertFiles(ctx, tx, s, sums); err != nil {
		return none, err
	}
	s.Files = nil
	j, err := db.insertJudging(ctx, tx, s.ID, priorityOf(s, in), s.Receipt)
	return judge.Entry{Submission: s, Judging: j}, err
}

// insertFiles says which blobs a submission's files are, in one statement: on
// PostgreSQL every statement is a round trip.
func insertFiles(ctx context.Context, tx *Tx, s judge.Submission, sums []string) error {
	if len(s.Files) == 0 {
		return nil
	}
	var args []any
	for i, f := range s.Files {
		args = append(args, s.ID, i+1, f.Name, sums[i], len(f.Data))
	}
	rows := strings.Repeat(", (?, ?, ?, ?, ?)", len(s.Files))[2:]
	_, err := tx.exec(ctx, `insert into submission_file (submission, ordinal, name, sha256, bytes) values `+rows, args...)
	return err
}

// priorityOf is that of a submission somebody waits for.
func priorityOf(s judge.Submission, in *judge.Intake) int {
	if in.Late(s) {
		return PriorityPractice
	}
	return PriorityNormal
}

// insertJudging queues a judging of a submission that counts.
func (db *DB) insertJudging(ctx context.Context, tx *Tx, id judge.SubmissionID, priority int, queued time.Time) (judge.Judging, error) {
	j := judge.Judging{Submission: id, State: judge.Queued, Epoch: 1, Queued: queued}
	err := tx.get(ctx, &j.ID, `insert into judging (submission, current, priority, state, epoch, queued, due)
		values (?, ?, ?, ?, ?, ?, ?) returning id`, id, true, priority, j.State, j.Epoch, unixNano{queued}, unixNano{queued})
	if err != nil {
		return j, err
	}
	return j, db.enqueue(ctx, tx, Job{Judging: j.ID, Epoch: j.Epoch})
}

// Sources reads a submission's files, in the order in which they were handed
// in. Damaged ones are ErrCorrupt, never returned.
func (db *DB) Sources(ctx context.Context, id judge.SubmissionID) ([]judge.File, error) {
	files, err := db.sources(ctx, id)
	return files, wrap(explain(err), "sources of submission %d", id)
}

// fileRow is one file of a submission, by the hash of what it says.
type fileRow struct {
	Name   string `db:"name"`
	SHA256 string `db:"sha256"`
}

func (db *DB) sources(ctx context.Context, id judge.SubmissionID) ([]judge.File, error) {
	var rows []struct {
		fileRow
		Hash string `db:"source_hash"`
	}
	err := db.reader().all(ctx, &rows, `select f.name, f.sha256, s.source_hash
		from submission s join submission_file f on f.submission = s.id where s.id = ? order by f.ordinal`, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, notFound(id)
	}
	files := make([]fileRow, len(rows))
	for i, r := range rows {
		files[i] = r.fileRow
	}
	return db.readFiles(ctx, files, rows[0].Hash)
}

// readFiles reads what the files of a submission say, whose sources have the hash.
func (db *DB) readFiles(ctx context.Context, rows []fileRow, hash string) ([]judge.File, error) {
	files := make([]judge.File, len(rows))
	for i, r := range rows {
		data, err := db.blobs.Get(ctx, r.SHA256)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		files[i] = judge.File{Name: r.Name, Data: data}
	}
	if judge.HashFiles(files) != hash {
		return nil, fmt.Errorf("%w: the files are not those that were submitted", ErrCorrupt)
	}
	return files, nil
}

func notFound(id judge.SubmissionID) error {
	return &judge.NotFound{Kind: "submission", Name: fmt.Sprint(id), Hint: "judge submissions lists those there are"}
}
