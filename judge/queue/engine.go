package queue

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"contest/judge"
	"contest/judge/store"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// job is what is queued: a call for a worker. Whose turn it is decides what is
// worked; the judging and the epoch say why it was made.
type job struct {
	Judging judge.JudgingID `json:"judging"`
	Epoch   int             `json:"epoch"`
}

// Kind implements river.JobArgs.
func (job) Kind() string { return "judging" }

// engine is the job engine on one of its databases.
type engine interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error // only after start
	insertTx(ctx context.Context, tx *store.Tx, j store.Job) error
	// idle says that no job waits for a worker.
	idle(ctx context.Context) (bool, error)
	pause(ctx context.Context) error
	resume(ctx context.Context) error
	paused(ctx context.Context) (bool, error)
}

// errNeverStarted is what engines answer while their queue does not exist.
var errNeverStarted = errors.New("the queue was never started")

const queueName = "judging"

// riverEngine is River with driver D, whose transactions are T.
type riverEngine[D riverdriver.Driver[T], T any] struct {
	client *river.Client[T]
	tx     func(*store.Tx) T
}

func newEngine(q *Queue) (engine, error) {
	if pool := q.db.Postgres(); pool != nil {
		// Every insert wakes every client: 20 ms between fetches keeps 200 of
		// them from storming the server.
		return newRiver[*riverpgxv5.Driver, pgx.Tx](q, riverpgxv5.New(pool), (*store.Tx).Postgres, 20*time.Millisecond)
	}
	return newRiver[sqliteDriver, *sql.Tx](q, newSQLiteDriver(q.db.SQLite()), (*store.Tx).SQL, 5*time.Millisecond)
}

func newRiver[D riverdriver.Driver[T], T any](q *Queue, driver D, tx func(*store.Tx) T, cooldown time.Duration) (engine, error) {
	e := &riverEngine[D, T]{tx: tx}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, rj *river.Job[job]) error {
		complete := func(_ context.Context, tx *store.Tx) error { return e.completeTx(ctx, tx, rj) }
		err := q.attempt(ctx, complete)
		if r, ok := errors.AsType[redeliver](err); ok {
			return river.JobSnooze(r.after)
		}
		return err
	}))
	var err error
	e.client, err = river.NewClient(driver, &river.Config{
		FetchCooldown:        cooldown,
		FetchPollInterval:    q.opt.poll,
		JobTimeout:           q.opt.Timeout,
		Logger:               slog.New(warnings{q.log.Handler()}),
		MaxAttempts:          1000, // ours are counted in the judging
		Queues:               map[string]river.QueueConfig{queueName: {MaxWorkers: q.opt.Workers}},
		RescueStuckJobsAfter: q.opt.Timeout + time.Minute,
		Workers:              workers,
	})
	return e, err
}

// completeTx ends a job; workCtx is the one its worker got, since River looks
// for its client there. A job that is gone needs no end: the epoch decides.
func (e *riverEngine[D, T]) completeTx(workCtx context.Context, tx *store.Tx, rj *river.Job[job]) error {
	_, err := river.JobCompleteTx[D](context.WithoutCancel(workCtx), e.tx(tx), rj)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	return err
}

func (e *riverEngine[D, T]) start(ctx context.Context) error { return e.client.Start(ctx) }

// stop cancels what is being worked: judgings may take many minutes.
func (e *riverEngine[D, T]) stop(ctx context.Context) error {
	if err := e.client.StopAndCancel(ctx); err != nil {
		return err
	}
	select {
	case <-e.client.Stopped(): // a second stop at the same time returns before
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *riverEngine[D, T]) insertTx(ctx context.Context, tx *store.Tx, j store.Job) error {
	_, err := e.client.InsertTx(ctx, e.tx(tx), job(j), &river.InsertOpts{Queue: queueName})
	return err
}

func (e *riverEngine[D, T]) idle(ctx context.Context) (bool, error) {
	list, err := e.client.JobList(ctx, river.NewJobListParams().
		Kinds(job{}.Kind()).States(rivertype.JobStateAvailable).First(1))
	return err == nil && len(list.Jobs) == 0, err
}

func (e *riverEngine[D, T]) pause(ctx context.Context) error {
	return known(e.client.QueuePause(ctx, queueName, nil))
}

func (e *riverEngine[D, T]) resume(ctx context.Context) error {
	return known(e.client.QueueResume(ctx, queueName, nil))
}

func (e *riverEngine[D, T]) paused(ctx context.Context) (bool, error) {
	row, err := e.client.QueueGet(ctx, queueName)
	if err != nil {
		return false, known(err)
	}
	return row.PausedAt != nil, nil
}

func known(err error) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return errNeverStarted
	}
	return err
}
