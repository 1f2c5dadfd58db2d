// Package queue works judgings as jobs. River is inside, on SQLite or on
// PostgreSQL, and no other package knows it; how a judging is done is left to
// the Work that the caller brings, and what is stored to package store.
//
// # Theory
//
// A job is a call for a worker, no more. One is inserted in the transaction
// that makes a judging wait, and completed in the transaction that stores a
// result or makes the judging wait again: for every judging that may start there
// is a job, and no result is ever without its job's end.
//
// Which judging is worked is decided when a job is delivered, not when it was
// inserted: the worker claims the one whose turn it is then (judge.InTurn).
// Contestants take turns, so that one account delays nobody else's next judging
// by more than one of its own, however many it submits, and in whatever order
// River delivers. Each claim uses up one job. A job that finds nothing to claim
// is completed and forgotten; so jobs that are delivered twice, or made once
// too often, do no harm, and only a lack of them would.
//
// Jobs are delivered at least once. River cannot see that a worker died, and
// may hand a job out again while the first worker lives. So the truth is the
// row of the judging, not the job:
//
//	         claim: in turn, epoch = the one seen, queued
//	queued ---------------------------------> compiling, running
//	  ^                                              |        |
//	  |  epoch+1, a new job:                         |        | finish: epoch = mine
//	  |  lease ran out, our failure, not now, stop   |        v
//	  +----------------------------------------------+       done
//
// A claim carries a lease, renewed while the work goes on. A lease that runs
// out, because the worker died or cannot reach the database, is expired by
// whichever process notices: the epoch grows and a new job is inserted. The
// old worker, should it live, finds at its next renewal that it is stale; its
// context is cancelled, and whatever it still writes touches no row. Between
// delivery and claim there is no lease yet, and a worker that dies there takes
// a job with it. So every process with a free worker looks twice a second: when
// no job waits for a worker although judgings may start, new ones are made for all
// of them.
//
// Leases and turns compare the clocks of machines: keep them within a second
// or so.
//
// Judgings of what was received in time go before rejudgings and measuring
// again, those before practice. Nothing starves: what has waited for an hour
// (judge.Patience) in a later class takes part in the first, all of it together
// as one contestant more.
//
// An error of Work is our failure. The judging waits again, with the reason
// and for a growing pause, then goes before those of its account that were
// never started, and ends as IE after MaxAttempts. It waits for its account's
// turn like any other: who makes the judge fail must not go first. A stop counts
// as no attempt and gives the turn back. A worker that vanishes does not count
// as an attempt either, until the store sees it happen many times to one
// judging; the first time the turn is given back, as it is nobody's fault.
//
// What the machine lacks (descriptors, memory, processes, room on its disks) is
// nobody's failure either, and says nothing about the judging: it waits again,
// for a pause that grows to some minutes, while others take their turn, and
// counts as no attempt. Nor is a verdict believed, other than accepted, that was
// reached while the machine lacked something: a compiler that cannot start its
// assembler says that the sources are wrong. Only when a judging goes on
// failing so, alone on a machine that was seen to lack nothing before and after,
// does it count, so that no program can keep itself from ending.
//
// A Later from Work is nobody's failure: what the judging needs is not there
// now. It waits as long as Later says and counts as no attempt, however often.
// It takes its turn among those that came meanwhile, so that a hundred
// submissions to a broken problem do not hold up those to the others.
//
// Whoever waits for a time has neither worker nor job until the look that finds
// that it has come. River could schedule the job instead, but it makes scheduled
// jobs available only every 5 s, in one process that it elects, and after a crash
// not before that one's term of some 15 s is over.
//
// While something else has the machine for itself, such as a final (see
// judge.Hold), no judging is claimed by anybody. Jobs that are delivered meanwhile
// are used up; the first look after its end, or after its lease ran out because it
// was killed, makes new ones.
//
// A cancelled judging waits for a time that never comes, under the next epoch;
// submitting the same sources makes it wait as if it had just come. What a
// disabled account has waiting is held: it has no turns, and gets new jobs when
// the account is enabled.
//
// On SQLite the process that starts a queue is the only one that works it, so
// everything that runs at its start is dead and begins again at once, and so
// does what waits for a time: a restart is often what mends it. The caller
// holds the contest's lock file.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/store"
)

// Work does one judging: it returns the result and what it rests on, and reports each
// step, one after the other. Its error means that we failed, never that the submission
// did; *judge.Later is the one that does not even mean that. It must return soon after
// ctx ends.
type Work func(ctx context.Context, a judge.Assignment, report func(judge.Progress)) (judge.Outcome, error)

// Followers are told of the judgings that count, while they are worked.
type Followers interface {
	// Begin is called when an attempt begins; each step is told, in order, until end.
	// Neither may block.
	Begin(id judge.SubmissionID) (tell func(judge.Progress), end func())
}

// Options of New; zero values stand for the defaults.
type Options struct {
	Workers     int           // judgings at once: 1
	Lease       time.Duration // how soon a vanished worker is noticed: 10 s
	MaxAttempts int           // attempts that fail on our side before IE: 3
	Timeout     time.Duration // longest attempt: 6 h
	// Backoff is how long a judging waits at least after its first failed
	// attempt, its second, and so on; the last is for all further ones: 2 s, 10 s.
	Backoff []time.Duration
	// Shortage says what the machine lacks just now; nil if nothing. A queue
	// without it goes by what errors say.
	Shortage  func() error
	Followers Followers // nil for nobody
	Logger    *slog.Logger

	poll time.Duration // how soon a job is found that nobody told of: 1 s
}

func (o Options) withDefaults() Options {
	set := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	o.Workers = max(o.Workers, 1)
	set(&o.Lease, 10*time.Second)
	set(&o.Timeout, 6*time.Hour)
	set(&o.poll, time.Second)
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = 3
	}
	if len(o.Backoff) == 0 {
		o.Backoff = []time.Duration{2 * time.Second, 10 * time.Second}
	}
	if o.Shortage == nil {
		o.Shortage = func() error { return nil }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// retries implements store.Retries.
func (o Options) retries(failures int) (after time.Duration, ok bool) {
	return o.Backoff[min(failures, len(o.Backoff))-1], failures < o.MaxAttempts
}

// Queue hands waiting judgings to a Work. It is safe for concurrent use.
type Queue struct {
	db     *store.DB
	opt    Options
	log    *slog.Logger
	engine engine

	mu      sync.Mutex
	work    Work
	stop    func()                              // ends the janitor and waits for it; nil when not started
	working map[claimed]context.CancelCauseFunc // calls off an attempt
	scarce  scarcity
	hold    judge.Hold // at the last look

	// abandoned ends the attempts to store results when a stop takes too long.
	abandoned context.Context
	abandon   context.CancelFunc
}

// New makes a queue on the store and becomes its Enqueuer. A process that only
// submits never starts it.
func New(db *store.DB, opt Options) (*Queue, error) {
	opt = opt.withDefaults()
	q := &Queue{db: db, opt: opt, log: opt.Logger, working: map[claimed]context.CancelCauseFunc{},
		scarce: scarcity{times: map[judge.JudgingID]int{}}}
	var err error
	if q.engine, err = newEngine(q); err != nil {
		return nil, fmt.Errorf("make the job engine: %w", err)
	}
	db.SetEnqueuer(q)
	return q, nil
}

// EnqueueTx implements store.Enqueuer.
func (q *Queue) EnqueueTx(ctx context.Context, tx *store.Tx, j store.Job) error {
	return q.engine.insertTx(ctx, tx, j)
}

// errStarted is the error of a second Start without a Stop between.
var errStarted = errors.New("the queue is started already")

// Start begins to hand waiting judgings to work, until Stop or the end of ctx.
func (q *Queue) Start(ctx context.Context, work Work) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stop != nil {
		return errStarted
	}
	q.work = work
	q.abandoned, q.abandon = context.WithCancel(context.Background())
	if err := q.recover(ctx); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	if err := q.engine.start(ctx); err != nil {
		return fmt.Errorf("start the job engine: %w", err)
	}
	q.stop = q.startJanitor(ctx)
	return nil
}

// Stop takes no more judgings and gives those that are being worked back for
// the next start; it returns when they have ended. A stop before the start and
// a second stop do nothing. When ctx ends first, results that could not be
// stored by then are given up: their judgings begin again.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	stop, abandon := q.stop, q.abandon
	q.mu.Unlock()
	if stop == nil {
		return nil
	}
	defer context.AfterFunc(ctx, abandon)()
	if err := q.engine.stop(ctx); err != nil {
		if ctx.Err() != nil {
			abandon() // AfterFunc may have been called off before it began
		}
		return fmt.Errorf("stop the queue: %w", err)
	}
	stop()
	abandon()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stop = nil
	return nil
}

// Pause lets running judgings end and starts no more, in every process and
// until Resume, also after a restart.
func (q *Queue) Pause(ctx context.Context) error {
	return q.control("pause", q.engine.pause(ctx))
}

// Resume ends a Pause.
func (q *Queue) Resume(ctx context.Context) error {
	return q.control("resume", q.engine.resume(ctx))
}

func (q *Queue) control(what string, err error) error {
	if errors.Is(err, errNeverStarted) {
		return &judge.Invalid{Message: fmt.Sprintf("cannot %s the queue: it was never started here", what), Hint: "start it once, with `judge serve`"}
	}
	if err != nil {
		return fmt.Errorf("%s the queue: %w", what, err)
	}
	return nil
}

// Paused says whether the queue is paused.
func (q *Queue) Paused(ctx context.Context) (bool, error) {
	paused, err := q.engine.paused(ctx)
	if errors.Is(err, errNeverStarted) {
		return false, nil
	}
	return paused, err
}

// Cancel withdraws a submission, see store.DB.Cancel. Work in this process is
// stopped at once, elsewhere at the next renewal.
func (q *Queue) Cancel(ctx context.Context, by judge.Actor, id judge.SubmissionID, running bool) error {
	judging, err := q.db.Cancel(ctx, by, id, running)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for claim, lose := range q.working {
		if claim.judging == judging {
			lose(judge.ErrStale)
		}
	}
	return nil
}
