package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"contest/judge"
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

// tidy makes judgings wait again whose worker vanished, before or after its
// claim; with all, every judging that was delivered counts as such.
func (q *Queue) tidy(ctx context.Context, all bool) error {
	n, err := q.db.ExpireLeases(ctx, all)
	if err != nil {
		return err
	}
	if n > 0 {
		q.log.Warn("judgings begin again: their worker vanished", "judgings", n)
	}
	return q.reissue(ctx, all)
}

// reissue gives new jobs to judgings that still wait although theirs was
// delivered: the worker vanished between delivery and claim.
func (q *Queue) reissue(ctx context.Context, all bool) error {
	delivered, err := q.engine.delivered(ctx)
	if err != nil {
		return fmt.Errorf("list delivered jobs: %w", err)
	}
	claimed := map[job]bool{}
	for _, d := range delivered {
		if q.claimed[d.job] {
			claimed[d.job] = true
			continue
		}
		if !all && time.Since(d.at) < q.opt.Lease {
			continue // it may be about to be claimed
		}
		err := q.db.Reissue(ctx, d.Judging, d.Epoch)
		if err != nil && !errors.Is(err, judge.ErrStale) {
			return err
		}
		claimed[d.job] = true
	}
	q.claimed = claimed
	return nil
}
