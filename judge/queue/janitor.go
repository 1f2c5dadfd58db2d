package queue

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// startJanitor looks for judgings whose worker vanished, twice in each lease.
func (q *Queue) startJanitor(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		rounds(ctx, q.opt.Lease, func(ctx context.Context) error {
			err := q.tidy(ctx, false)
			if err != nil && ctx.Err() == nil {
				q.log.Warn("cannot look for vanished workers", "error", err)
			}
			return err
		})
	})
	return func() { cancel(); wg.Wait() }
}

// rounds calls tidy twice in each lease. After an error it waits for a whole
// lease: a database that was away comes back with every lease run out, and
// workers that live get the time to renew theirs.
func rounds(ctx context.Context, lease time.Duration, tidy func(context.Context) error) {
	pause := lease / 2
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = lease / 2
		if tidy(ctx) != nil {
			pause = lease
		}
	}
}

// recover is the janitor's first round. Who is the only process makes
// everything that was delivered, or waits for a time, begin again.
func (q *Queue) recover(ctx context.Context) error {
	alone := q.db.SQLite() != nil
	if err := q.tidy(ctx, alone); err != nil || !alone {
		return err
	}
	_, err := q.db.Hurry(ctx, "")
	return err
}

// schedulerLag is how late River may be with a job that waited for a time.
const schedulerLag = 15 * time.Second

// tidy makes judgings wait again whose worker vanished, and sees that there
// are jobs for what waits; with all, every judging that was claimed counts as
// vanished.
func (q *Queue) tidy(ctx context.Context, all bool) error {
	n, err := q.db.ExpireLeases(ctx, all)
	if err != nil {
		return err
	}
	if n > 0 {
		q.log.Warn("judgings begin again: their worker vanished", "judgings", n)
	}
	since := max(q.opt.Lease, schedulerLag)
	if all {
		since = 0
	}
	return q.reissue(ctx, since)
}

// reissue makes new jobs when there are none although judgings could have been
// started for so long: a worker vanished between delivery and claim. If some
// are left, they are worked first.
func (q *Queue) reissue(ctx context.Context, since time.Duration) error {
	idle, err := q.engine.idle(ctx)
	if err != nil {
		return fmt.Errorf("look for jobs: %w", err)
	}
	if !idle {
		return nil
	}
	_, err = q.db.Reissue(ctx, since)
	return err
}
