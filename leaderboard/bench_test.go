package leaderboard

import (
	"fmt"
	"math/rand"
	"net/http/httptest"
	"testing"
	"time"

	"contest/judge"
)

// thousand is a contest of a thousand contestants with ten submissions each.
func thousand(b *testing.B) *table {
	m := newTable()
	random := rand.New(rand.NewSource(1))
	for i := range 10000 {
		who := judge.Contestant(fmt.Sprintf("solver-%04d", i%1000))
		m.add(who, "block-validation", time.Duration(50+random.Intn(950))*time.Millisecond+time.Duration(random.Intn(1e6)))
	}
	b.ReportMetric(float64(len(m.entries)), "submissions")
	return m
}

// BenchmarkSnapshot is what one change costs: read, rank, render and compress
// the front page and the changed boards.
func BenchmarkSnapshot(b *testing.B) {
	m := thousand(b)
	site := at(b, m, cutoff.Add(-time.Hour))
	for i := 0; b.Loop(); i++ {
		m.entries[0].Judging.Values = times(time.Duration(i+1)*time.Microsecond, time.Duration(i+1)*time.Microsecond) // the leader is new each time
		if _, err := site.refresh(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	board := site.current.Load().ready["/p/block-validation/real"]
	for e := identity; e < codings; e++ {
		b.ReportMetric(float64(len(board.form(e).body)), [...]string{"plainB", "gzipB", "brB"}[e])
	}
}

// BenchmarkUnchangedSnapshot is a change that moves no board, such as a new
// submission in the queue.
func BenchmarkUnchangedSnapshot(b *testing.B) {
	site := at(b, thousand(b), cutoff.Add(-time.Hour))
	for b.Loop() {
		if _, err := site.refresh(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMeasured is a change of a board of 2,000 measured contestants; the
// same without measurements is its measure.
func BenchmarkMeasured(b *testing.B) {
	for name, how := range map[string]func(*judge.Entry){"measured": measured(.005), "once": func(*judge.Entry) {}} {
		b.Run(name, func(b *testing.B) {
			m := newTable()
			random := rand.New(rand.NewSource(1))
			for i := range 2000 {
				total := time.Duration(50+random.Intn(950))*time.Millisecond + time.Duration(random.Intn(1e6))
				m.add(judge.Contestant(fmt.Sprintf("solver-%04d", i)), "speed", total, how)
			}
			site := at(b, m, cutoff.Add(-time.Hour))
			for i := 0; b.Loop(); i++ {
				m.entries[0].Judging.MemoryBytes = int64(i)
				m.entries[0].Judging.Passed = 2 + i%2 // moves it from one end to the other
				if _, err := site.refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkServe is one reader of the front page, from the snapshot.
func BenchmarkServe(b *testing.B) {
	site := at(b, thousand(b), cutoff.Add(-time.Hour))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	for b.Loop() {
		site.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkContestant is a page that is rendered when somebody asks.
func BenchmarkContestant(b *testing.B) {
	site := at(b, thousand(b), cutoff.Add(-time.Hour))
	snap, err := site.latest(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if a := site.answer(b.Context(), snap, "/c/solver-0500", nil); a.status != 200 {
			b.Fatal(a.status)
		}
	}
}
