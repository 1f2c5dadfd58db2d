package queue

import (
	"fmt"
	"testing"
	"time"

	"contest/judge/store"
	"contest/judge/storetest"
)

// BenchmarkStart is the way from a submission, acknowledged, to the first
// line of its work; to the result being stored is the rest of each operation.
func BenchmarkStart(b *testing.B) {
	for engine, open := range storetest.Engines {
		b.Run(engine, func(b *testing.B) {
			f := newFixture(b, open(b, store.Options{}), Options{})
			f.startIt(b)
			var waited time.Duration
			n := 0
			for b.Loop() {
				n++
				e := f.submit(b, fmt.Sprint(n))
				stored := time.Now()
				a := f.next(b)
				waited += time.Since(stored)
				a.end <- accepted
				f.awaitVerdict(b, e.Submission.ID, "AC")
			}
			b.ReportMetric(float64(waited.Microseconds())/1000/float64(n), "ms-to-start")
		})
	}
}
