package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

type noQueue struct{}

func (noQueue) EnqueueTx(context.Context, *store.Tx, store.Job) error { return nil }

// benchEngines are databases as they are in use, with every commit on disk.
var benchEngines = map[string]func(b *testing.B) (url string){
	"sqlite":   func(b *testing.B) string { return storetest.SQLite(b) },
	"postgres": func(b *testing.B) string { return storetest.NewServer(b, "fsync=on").URL("postgres") },
}

// BenchmarkSubmit stores submissions of two small files, each acknowledged
// when it is on disk.
func BenchmarkSubmit(b *testing.B) {
	for engine, url := range benchEngines {
		b.Run(engine, func(b *testing.B) {
			db := storetest.OpenURL(b, url(b), store.Options{})
			db.SetEnqueuer(noQueue{})
			ok(b, db.EnsureContestant(b.Context(), storetest.Organiser, "alice"))
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

// BenchmarkEntries lists 2,000 judged submissions, as every new board does,
// without and with measured values.
func BenchmarkEntries(b *testing.B) {
	for engine, url := range benchEngines {
		db := storetest.OpenURL(b, url(b), store.Options{})
		ok(b, db.EnsureContestant(b.Context(), storetest.Organiser, "alice"))
		fill(b, db, 2000)
		b.Run(engine+"/plain", func(b *testing.B) { list(b, db, 2000) })
		measure(b, db)
		b.Run(engine+"/measured", func(b *testing.B) { list(b, db, 2000) })
	}
}

func list(b *testing.B, db *store.DB, n int) {
	b.ReportAllocs()
	for b.Loop() {
		entries, err := db.Entries(b.Context(), "echo")
		ok(b, err)
		if len(entries) != n {
			b.Fatalf("got %d entries, want %d", len(entries), n)
		}
	}
}

// measure gives all judgings values of their own, and 50 timed test cases.
func measure(b *testing.B, db *store.DB) {
	b.Helper()
	m := judge.Measured{Total: 1234567890, Ratio: 1.0 / 3, Low: 1.0 / 7, High: 5.0 / 7, HalfWidth: 1.0 / 300, Rounds: 14,
		Sessions: 3, Pairs: 700, Disturbed: 7, Stop: "precise"}
	values, err := json.Marshal(map[judge.Board]judge.Measured{judge.RealBoard: m, judge.CPUBoard: m})
	ok(b, err)
	test := judge.MeasuredTest{TestCase: "secret/group/01-some-case", Ratio: m.Ratio, Low: m.Low, High: m.High, Pairs: 14, Reference: 12345678}
	tests, err := json.Marshal(judge.MeasuredTests{judge.RealBoard: slices.Repeat([]judge.MeasuredTest{test}, 50),
		judge.CPUBoard: slices.Repeat([]judge.MeasuredTest{test}, 50)})
	ok(b, err)
	exec(b, db, `update judging set measured = replace('`+string(values)+`', '1234567890', cast(1000000000 + id as text)),
		measured_tests = '`+string(tests)+`', class = '0123456789abcdef', scheduling = 'fifo'`)
}

// fill adds judged submissions faster than by judging them.
func fill(b *testing.B, db *store.DB, n int) {
	b.Helper()
	const series = `with recursive series (i) as (select 1 union all select i + 1 from series where i < `
	exec(b, db, series+fmt.Sprint(n)+`) insert into submission (problem, contestant, language, source_hash, bytes, receipt)
		select 'echo', 'alice', 'g++', '`+strings.Repeat("0", 57)+`' || cast(1000000 + i as text), 1000, i from series`)
	exec(b, db, `insert into judging (submission, current, priority, state, epoch, due, problem_version, verdict, passed,
		total, timed_passed, totals, memory_bytes, compile_ns, compiler_output, queued, started, finished)
		select id, true, 2, 'done', 1, id, 'v1', 'AC', 40, 40, 30, '[{"board":"real","once":123456789},{"board":"cpu","once":123456789}]', 5000000, 987654321, '', id, id, id from submission`)
}

func exec(t testing.TB, db *store.DB, statement string) {
	t.Helper()
	var err error
	if pool := db.Postgres(); pool != nil {
		_, err = pool.Exec(t.Context(), statement)
	} else {
		_, err = db.SQLite().ExecContext(t.Context(), statement)
	}
	ok(t, err)
}
