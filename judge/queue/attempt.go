package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"contest/judge"
	"contest/judge/store"
)

// redeliver asks the engine to deliver the job once more after a pause.
type redeliver struct{ after time.Duration }

func (r redeliver) Error() string { return fmt.Sprintf("deliver again after %v", r.after) }

// attempt works the judging whose turn it is, from claim to end; complete ends
// the job that called for it. Only what keeps it from claiming is an error,
// always a redeliver.
func (q *Queue) attempt(ctx context.Context, complete store.Complete) error {
	if ctx.Err() != nil {
		return redeliver{}
	}
	a, err := q.db.ClaimNext(ctx, q.opt.Lease)
	if a.Judging == 0 {
		switch {
		case errors.Is(err, judge.ErrNotFound):
			return nil
		case ctx.Err() != nil:
			return redeliver{} // should the claim have been stored, its lease runs out
		}
		q.log.Error("cannot claim a judging", "error", err)
		return redeliver{time.Second}
	}
	log := q.log.With("judging", int64(a.Judging), "attempt", a.Epoch, "submission", int64(a.Submission.ID))
	workCtx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	defer q.track(a, lose)()
	defer q.keepAlive(context.WithoutCancel(ctx), a, lose, log)()
	report, end := q.reporter(workCtx, a, log)
	defer end()

	before := q.surroundings()
	var result judge.Outcome
	if err == nil { // else the sources cannot be read
		result, err = q.call(workCtx, a, report, log)
	}
	if errors.Is(context.Cause(workCtx), judge.ErrStale) || errors.Is(err, judge.ErrStale) {
		log.Warn("dropped a result: the judging was lost")
		return nil
	}
	if ctx.Err() == nil { // else it was cut off
		err = q.excuse(a.Judging, before, result, err, log)
	}
	q.settle(ctx, a, result, err, complete, log)
	return nil
}

// claimed is one claim of a judging.
type claimed struct {
	judging judge.JudgingID
	epoch   int
}

// track notes that a judging is worked here, until done is called; lose calls the
// attempt off.
func (q *Queue) track(a judge.Assignment, lose context.CancelCauseFunc) (done func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	claim := claimed{a.Judging, a.Epoch}
	q.working[claim] = lose
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.working, claim)
	}
}

// reporter is what an attempt reports its steps to, until end. They are told to
// whoever follows the judging, if it counts; the store learns when it runs.
func (q *Queue) reporter(ctx context.Context, a judge.Assignment, log *slog.Logger) (report func(judge.Progress), end func()) {
	tell, end := func(judge.Progress) {}, func() {}
	if a.Shown() && q.opt.Followers != nil {
		tell, end = q.opt.Followers.Begin(a.Submission.ID)
	}
	running := false
	return func(p judge.Progress) {
		p.Submission = a.Submission.ID
		tell(p)
		if running || p.State != judge.Running {
			return
		}
		running = true
		if err := q.db.SetRunning(ctx, a.Judging, a.Epoch); err != nil { // if it was lost, the lease says so
			log.Debug("show that a judging runs", "error", err)
		}
	}, end
}

// call runs the work; a panic is our failure like any other.
func (q *Queue) call(ctx context.Context, a judge.Assignment, report func(judge.Progress), log *slog.Logger) (o judge.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic while judging", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return q.work(ctx, a, report)
}

// minLater keeps a Later without a time from spinning.
const minLater = time.Second

// settle stores what became of an attempt: its result, or that the judging
// waits again.
func (q *Queue) settle(ctx context.Context, a judge.Assignment, result judge.Outcome, workErr error, complete store.Complete, log *slog.Logger) {
	id, epoch := a.Judging, a.Epoch
	stopped := errors.Is(ctx.Err(), context.Canceled)
	if workErr == nil {
		j := &result.Judging
		j.ID, j.Submission, j.Epoch = id, a.Submission.ID, epoch
		workErr = q.persist(ctx, log, func(ctx context.Context) error {
			return q.db.Finish(ctx, result, complete)
		})
		if workErr == nil || errors.Is(workErr, errGaveUp) {
			return
		}
		workErr = fmt.Errorf("the result cannot be stored: %w", workErr)
		stopped = false
	}
	if stopped {
		q.persist(ctx, log, func(ctx context.Context) error { return q.db.Release(ctx, id, epoch, complete) })
		return
	}
	if later, ok := errors.AsType[*judge.Later](workErr); ok {
		log.Info("judging postponed", "reason", later.Reason, "after", later.After)
		q.persist(ctx, log, func(ctx context.Context) error {
			return q.db.Postpone(ctx, id, epoch, later.Reason, max(later.After, minLater), complete)
		})
		return
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		workErr = fmt.Errorf("it took longer than %v: %w", q.opt.Timeout, workErr)
	}
	log.Error("judging failed on our side", "error", workErr)
	q.persist(ctx, log, func(ctx context.Context) error {
		ended, err := q.db.Requeue(ctx, id, epoch, workErr.Error(), q.opt.retries, complete)
		if ended {
			q.excused(id, nil)
			log.Error("judging ended as IE", "attempts", q.opt.MaxAttempts)
		}
		return err
	})
}

// persistFor is how long the result of a judging that took minutes is worth
// trying to store: a database restarts in less.
const persistFor = 10 * time.Minute

// errGaveUp is the error of a result that could not be stored in time; the
// lease then runs out and the judging begins again.
var errGaveUp = errors.New("gave up")

// persist tries to store until it is done, refused for good, or hopeless. A
// judging that was lost is none of our business any more: no error.
func (q *Queue) persist(ctx context.Context, log *slog.Logger, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), persistFor)
	defer cancel()
	defer context.AfterFunc(q.abandoned, cancel)()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := try(ctx)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, judge.ErrStale):
			log.Warn("dropped a result: the judging was lost")
			return nil
		case errors.Is(err, judge.ErrInvalid), errors.Is(err, judge.ErrConflict):
			return err
		}
		log.Warn("cannot store a result; trying again", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			log.Error("gave up storing a result", "error", err)
			return errGaveUp
		}
	}
}
