package store_test

import (
	"context"
	"fmt"
	"testing"

	"contest/judge/store"
	"contest/judge/storetest"
)

type noQueue struct{}

func (noQueue) EnqueueTx(context.Context, *store.Tx, store.Job) error { return nil }

// BenchmarkSubmit stores submissions of two small files, each acknowledged
// when it is on disk.
func BenchmarkSubmit(b *testing.B) {
	for engine, url := range map[string]func() string{
		"sqlite":   func() string { return storetest.SQLite(b) },
		"postgres": func() string { return storetest.NewServer(b, "fsync=on").URL("postgres") },
	} {
		b.Run(engine, func(b *testing.B) {
			db := storetest.OpenURL(b, url(), store.Options{})
			db.SetEnqueuer(noQueue{})
			ok(b, db.EnsureContestant(b.Context(), "alice"))
			i := 0
			for b.Loop() {
				i++
				_, _, err := db.Submit(b.Context(), storetest.Submission("alice", fmt.Sprint(i)), nil)
				ok(b, err)
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "submissions/s")
		})
	}
}
