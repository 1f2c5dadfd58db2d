package queue

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"contest/judge"
)

func TestRenewals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		answers := []error{nil, errors.New("database away"), nil, judge.ErrStale}
		var at []time.Duration
		renewals(t.Context(), 9*time.Second, func(context.Context) error {
			at = append(at, time.Since(start))
			return answers[len(at)-1]
		})
		for i, wanted := range []time.Duration{3 * time.Second, 6 * time.Second, 9 * time.Second, 12 * time.Second} {
			want(t, "time of renewal", at[i], wanted)
		}
	})
}

func TestRenewalHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		renewals(t.Context(), 9*time.Second, func(ctx context.Context) error {
			<-ctx.Done()
			return judge.ErrStale
		})
		want(t, "end of a hanging renewal", time.Since(start), 12*time.Second)
	})
}

func TestRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		var at []time.Duration
		rounds(ctx, 5*time.Second, 10*time.Second, func(context.Context) error {
			at = append(at, time.Since(start))
			if len(at) == 4 {
				cancel()
			}
			if len(at) == 2 {
				return errors.New("database away")
			}
			return nil
		})
		for i, wanted := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 25 * time.Second} {
			want(t, "time of round", at[i], wanted)
		}
	})
}
