package storetest

import (
	"context"
	"errors"
	"testing"

	"contest/judge"
	"contest/judge/store"
)

// Jobs is a queue that only writes down what it was given, in a table of its
// own and in the store's transaction.
type Jobs struct{ db *store.DB }

// errEnqueue is what Jobs answers instead when a test asked for a failure.
var errEnqueue = errors.New("the queue is broken")

type brokenJobs struct{ Jobs }

func (b brokenJobs) complete(ctx context.Context, tx *store.Tx) error {
	return b.EnqueueTx(ctx, tx, store.Job{Judging: 999})
}

// EnqueueTx writes the job first: that must be rolled back too.
func (b brokenJobs) EnqueueTx(ctx context.Context, tx *store.Tx, j store.Job) error {
	return errors.Join(b.Jobs.EnqueueTx(ctx, tx, j), errEnqueue)
}

// NoJobs is a queue that nobody works.
type NoJobs struct{}

// EnqueueTx implements store.Enqueuer.
func (NoJobs) EnqueueTx(context.Context, *store.Tx, store.Job) error { return nil }

// newJobs makes the table and becomes the store's queue.
func newJobs(ctx context.Context, db *store.DB) (Jobs, error) {
	j := Jobs{db}
	err := j.exec(ctx, `create table if not exists test_job (judging bigint, epoch bigint)`)
	db.SetEnqueuer(j)
	return j, err
}

func (j Jobs) exec(ctx context.Context, statement string) error {
	if pool := j.db.Postgres(); pool != nil {
		_, err := pool.Exec(ctx, statement)
		return err
	}
	_, err := j.db.SQLite().ExecContext(ctx, statement)
	return err
}

// EnqueueTx implements store.Enqueuer.
func (j Jobs) EnqueueTx(ctx context.Context, tx *store.Tx, job store.Job) error {
	const insert = `insert into test_job values ($1, $2)`
	args := []any{job.Judging, job.Epoch}
	if tx.Postgres() != nil {
		_, err := tx.Postgres().Exec(ctx, insert, args...)
		return err
	}
	_, err := tx.SQL().ExecContext(ctx, insert, args...)
	return err
}

// count counts the jobs; judging 0 stands for all.
func (j Jobs) count(t testing.TB, id judge.JudgingID, epoch int) (n int) {
	t.Helper()
	const query = `select count(*) from test_job where $1 = 0 or judging = $1 and epoch = $2`
	var err error
	if pool := j.db.Postgres(); pool != nil {
		err = pool.QueryRow(t.Context(), query, int64(id), epoch).Scan(&n)
	} else {
		err = j.db.SQLite().QueryRowContext(t.Context(), query, int64(id), epoch).Scan(&n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
