package queue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"contest/judge"
)

// startJanitor looks for judgings whose worker vanished, twice in each lease, and
// for those that may start and have no job.
func (q *Queue) startJanitor(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	warned := func(what string, do func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			err := do(ctx)
			if err != nil && ctx.Err() == nil {
				q.log.Warn("cannot look for "+what, "error", err)
			}
			return err
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { rounds(ctx, q.opt.Lease/2, q.opt.Lease, warned("vanished workers", q.expire)) })
	wg.Go(func() { rounds(ctx, lookEvery, q.opt.Lease, warned("judgings that may start", q.look)) })
	return func() { cancel(); wg.Wait() }
}

// rounds calls do after every pause. After an error it waits longer: a database
// that was away comes back with every lease run out, and workers that live get the
// time to renew theirs.
func rounds(ctx context.Context, pause, afterError time.Duration, do func(context.Context) error) {
	for next := pause; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
		next = pause
		if do(ctx) != nil {
			next = afterError
		}
	}
}

// recover is the janitor's first round. Who is the only process makes
// everything that was delivered, or waits for a time, begin again.
func (q *Queue) recover(ctx context.Context) error {
	alone := q.db.SQLite() != nil
	if err := q.expireLeases(ctx, alone); err != nil || !alone {
		return err
	}
	_, err := q.db.Hurry(ctx, "")
	return err
}

func (q *Queue) expire(ctx context.Context) error { return q.expireLeases(ctx, false) }

// expireLeases makes judgings wait again whose worker vanished; with all, every
// judging that was claimed counts as vanished.
func (q *Queue) expireLeases(ctx context.Context, all bool) error {
	n, err := q.db.ExpireLeases(ctx, all)
	if n > 0 {
		q.log.Warn("judgings begin again: their worker vanished", "judgings", n)
	}
	return err
}

// lookEvery is how late a judging starts at most whose time has come, where a
// worker is free.
const lookEvery = 500 * time.Millisecond

// look makes jobs when there are none although judgings may start: their time has
// come, judging is held no longer, or a worker vanished between delivery and claim.
// If some jobs are left, they are worked first. While all workers of this process
// are busy there is nothing to start, and nothing may disturb what they time.
func (q *Queue) look(ctx context.Context) error {
	if q.busy() {
		return nil
	}
	hold, err := q.db.Hold(ctx)
	if err != nil {
		return err
	}
	q.tellHold(hold)
	may, err := q.db.Startable(ctx)
	if err != nil || !may {
		return err
	}
	idle, err := q.engine.idle(ctx)
	if err != nil {
		return fmt.Errorf("look for jobs: %w", err)
	}
	if !idle {
		return nil
	}
	_, err = q.db.Reissue(ctx)
	return err
}

func (q *Queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.working) >= q.opt.Workers
}

// tellHold logs when judging is held, and when that ends. Only look calls it.
func (q *Queue) tellHold(h judge.Hold) {
	switch {
	case h.Is() && !q.hold.Is():
		q.log.Info("nothing is judged for a while", "why", h.String())
	case !h.Is() && q.hold.Is():
		q.log.Info("judging goes on", "after", q.hold.What)
	}
	q.hold = h
}
