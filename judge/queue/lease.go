package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"contest/judge"
)

// keepAlive renews the lease of a claimed judging until the returned function
// is called, and calls lose when it was lost.
func (q *Queue) keepAlive(ctx context.Context, a judge.Assignment, lose context.CancelCauseFunc, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		renewals(ctx, q.opt.Lease, func(ctx context.Context) error {
			err := q.db.Renew(ctx, a.Judging, a.Epoch, q.opt.Lease)
			if errors.Is(err, judge.ErrStale) {
				lose(judge.ErrStale)
			} else if err != nil && ctx.Err() == nil {
				log.Warn("cannot renew a lease", "error", err)
			}
			return err
		})
	})
	return func() { cancel(); wg.Wait() }
}

// renewals calls renew three times in each lease, so that two may fail, until
// ctx ends or the lease is lost. No renewal may take longer than the lease.
func renewals(ctx context.Context, lease time.Duration, renew func(context.Context) error) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(ctx, lease)
		err := renew(ctx)
		cancel()
		if errors.Is(err, judge.ErrStale) {
			return
		}
	}
}
