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

// Claim is one attempt's hold on its judging.
type Claim struct {
	db      *store.DB
	judging judge.JudgingID
	epoch   int
}

// SetState shows how far the judging is, and with which version of the
// problem. judge.ErrStale means that the judging was lost: stop working.
func (c Claim) SetState(ctx context.Context, state judge.JudgingState, problemVersion string) error {
	return c.db.SetState(ctx, c.judging, c.epoch, state, problemVersion)
}

// again asks the engine to deliver the job once more after a pause.
type again struct{ after time.Duration }

func (a again) Error() string { return fmt.Sprintf("deliver again after %v", a.after) }

// attempt works the judging whose turn it is, from claim to end; complete ends
// the job that called for it. Only what keeps it from claiming is an error,
// always an again.
func (q *Queue) attempt(ctx context.Context, complete store.Complete) error {
	if ctx.Err() != nil {
		return again{}
	}
	e, err := q.db.ClaimNext(ctx, q.opt.Lease)
	switch {
	case errors.Is(err, judge.ErrNotFound):
		return nil
	case ctx.Err() != nil:
		return again{} // should the claim have been stored, its lease runs out
	case err != nil:
		q.log.Error("cannot claim a judging", "error", err)
		return again{time.Second}
	}
	log := q.log.With("judging", int64(e.Judging.ID), "attempt", e.Judging.Epoch, "submission", int64(e.Submission.ID))
	workCtx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	q.works(e.Judging, lose)
	defer q.works(e.Judging, nil)
	stopKeeping := q.keepAlive(context.WithoutCancel(ctx), e.Judging, lose, log)
	defer stopKeeping()

	before := q.surroundings()
	result, err := q.call(workCtx, e, log)
	if errors.Is(context.Cause(workCtx), judge.ErrStale) || errors.Is(err, judge.ErrStale) {
		log.Warn("dropped a result: the judging was lost")
		return nil
	}
	if ctx.Err() == nil { // else it was cut off
		err = q.excuse(e.Judging.ID, before, result, err, log)
	}
	q.settle(ctx, e, result, err, complete, log)
	return nil
}

// claimed is one claim of a judging.
type claimed struct {
	judging judge.JudgingID
	epoch   int
}

// works notes that a judging is worked here; nil means no more.
func (q *Queue) works(j judge.Judging, lose context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	claim := claimed{j.ID, j.Epoch}
	if lose == nil {
		delete(q.working, claim)
		return
	}
	q.working[claim] = lose
}

// call runs the work; a panic is our failure like any other.
func (q *Queue) call(ctx context.Context, e judge.Entry, log *slog.Logger) (o judge.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic while judging", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return q.work(ctx, e, Claim{q.db, e.Judging.ID, e.Judging.Epoch})
}

// minLater keeps a Later without a time from spinning.
const minLater = time.Second

// settle stores what became of an attempt: its result, or that the judging
// waits again.
func (q *Queue) settle(ctx context.Context, e judge.Entry, result judge.Outcome, workErr error, complete store.Complete, log *slog.Logger) {
	id, epoch := e.Judging.ID, e.Judging.Epoch
	stopped := errors.Is(ctx.Err(), context.Canceled)
	if workErr == nil {
		j := &result.Judging
		j.ID, j.Submission, j.Epoch = id, e.Submission.ID, epoch
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
	if later, ok := errors.AsType[*Later](workErr); ok {
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
		ended, err := q.db.Requeue(ctx, id, epoch, workErr.Error(), q.opt.again, complete)
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
