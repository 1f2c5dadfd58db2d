package store_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

// contest15 has, in the tables of before there was a value for each board: one measured
// with a test missed, one measured in vain, one of whole processes that was run once,
// one that failed in a repetition, and one that did not compile.
const contest15 = `
	insert into contestant (handle, folded, created) values ('a', 'a', 1);
	insert into submission (problem, contestant, language, source_hash, bytes, receipt)
		select 'echo', 'a', 'g++', '000000000000000000000000000000000000000000000000000000000000000' || cast(n as text), 1, n
		from (select 1 as n union select 2 union select 3 union select 4 union select 5) numbers order by n;
	insert into judging (submission, current, priority, state, epoch, due, verdict, passed, total, timed_passed, real_ns, cpu_ns,
		queued, started, finished, class, measured) values
		(1, true, 2, 'done', 1, 1, 'WA', 2, 3, 1, 1000000123, 1000000045, 1, 1, 1, 'c', '{"real":{"total_ns":1000000200,"ratio":0.3333333333333333,"low":0.30000000000000004,"high":1e-7,` +
	`"half_width":0.1,"rounds":4,"sessions":1,"pairs":9,"disturbed":0,"stop":"rounds"},"cpu":{"total_ns":7,"ratio":2,"low":1,"high":3,"half_width":0.1,"rounds":4,"sessions":1,"pairs":9,"disturbed":0,"stop":"rounds"},` +
	`"fixed":{"real_ns":0,"cpu_ns":0},"missed":{"tests":1,"set":"s","real_ns":1000000000,"cpu_ns":2000000000}}'),
		(2, true, 2, 'done', 1, 1, 'AC', 3, 3, 2, 5, 6, 1, 1, 1, 'c', '{"real":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":1,"pairs":9,"disturbed":9,"stop":"unstable","again":true},` +
	`"cpu":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":1,"pairs":9,"disturbed":9,"stop":"unstable","again":true}}'),
		(3, true, 2, 'done', 1, 1, 'AC', 3, 3, 2, 7, 8, 1, 1, 1, '', '{"real":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":0,"pairs":0,"disturbed":0,"stop":""},` +
	`"cpu":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":0,"pairs":0,"disturbed":0,"stop":""},"fixed":{"real_ns":3,"cpu_ns":2}}'),
		(4, true, 2, 'done', 1, 1, 'RTE', 1, 3, 0, 9, 10, 1, 1, 1, 'c', '{"real":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":0,"pairs":0,"disturbed":0,"stop":""},` +
	`"cpu":{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":0,"pairs":0,"disturbed":0,"stop":""},"missed":{"tests":2,"set":"t","real_ns":4,"cpu_ns":5}}'),
		(5, true, 2, 'done', 1, 1, 'CE', 0, 3, 0, 0, 0, 1, 1, 1, '', '');
	update judging set problem_version = 'v';`

// TestUpgradeToValues: nothing is lost of what two columns of times and one of both
// measurements held, on either engine.
func TestUpgradeToValues(t *testing.T) {
	t.Parallel()
	spoilt := judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: true}
	wanted := []judge.Judging{
		{
			Grade: judge.Grade{Verdict: judge.Wrong, Passed: 2, Total: 3, TimedPassed: 1, Missed: judge.Missed{Tests: 1, Set: "s"}},
			Values: judge.Values{
				{Board: judge.RealBoard, Once: 1000000123, Missed: 1e9, Measured: judge.Measured{Total: 1000000200, Ratio: 1.0 / 3, Low: 0.30000000000000004, High: 1e-7, HalfWidth: .1, Rounds: 4, Sessions: 1, Pairs: 9, Stop: "rounds"}},
				{Board: judge.CPUBoard, Once: 1000000045, Missed: 2e9, Measured: judge.Measured{Total: 7, Ratio: 2, Low: 1, High: 3, HalfWidth: .1, Rounds: 4, Sessions: 1, Pairs: 9, Stop: "rounds"}},
			},
		},
		{
			Grade:  judge.Grade{Verdict: judge.Accepted, Passed: 3, Total: 3, TimedPassed: 2},
			Values: judge.Values{{Board: judge.RealBoard, Once: 5, Measured: spoilt}, {Board: judge.CPUBoard, Once: 6, Measured: spoilt}},
		},
		{
			Grade:  judge.Grade{Verdict: judge.Accepted, Passed: 3, Total: 3, TimedPassed: 2},
			Values: judge.Values{{Board: judge.RealBoard, Once: 7, Fixed: 3}, {Board: judge.CPUBoard, Once: 8, Fixed: 2}},
		},
		{
			Grade:  judge.Grade{Verdict: judge.Crash, Passed: 1, Total: 3, Missed: judge.Missed{Tests: 2, Set: "t"}},
			Values: judge.Values{{Board: judge.RealBoard, Once: 9, Missed: 4}, {Board: judge.CPUBoard, Once: 10, Missed: 5}},
		},
		{Grade: judge.Grade{Verdict: judge.Compile, Total: 3}},
	}
	for engine, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "judge.db") },
		"postgres": func(t *testing.T) string { return storetest.EmptyPostgres(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			ok(t, store.MakeOld(t.Context(), url, 15, contest15))
			db := storetest.OpenURL(t, url, store.Options{})
			entries, err := db.Entries(t.Context(), "")
			ok(t, err)
			if len(entries) != len(wanted) {
				t.Fatalf("%d entries", len(entries))
			}
			for i, want := range wanted {
				got := entries[i].Judging
				if !reflect.DeepEqual(got.Grade, want.Grade) || !reflect.DeepEqual(got.Values, want.Values) {
					t.Errorf("submission %d:\ngot  %+v %+v\nwant %+v %+v", i+1, got.Grade, got.Values, want.Grade, want.Values)
				}
			}
			// What was not measured is of no machine class, so that only two are outdated by another.
			db.SetEnqueuer(noQueue{})
			n, err := db.Rejudge(t.Context(), storetest.Organiser, "echo", judge.Basis{Version: "v", Class: "other"})
			ok(t, err)
			if n != 2 {
				t.Errorf("%d judgings are outdated by another machine, want 2", n)
			}
		})
	}
}
