package pipeline

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/timing"
)

const ms = time.Millisecond

// judged is a judging of runs that took so long; below zero the test case was not
// passed, however soon the program gave up. The samples are not timed.
func judged(p judge.Problem, took ...time.Duration) judge.Judging {
	var runs []judge.Run
	for i, t := range p.Tests {
		r := judge.Run{TestCase: t.Name, Timed: t.Timed, Verdict: judge.Accepted, Real: took[i], CPU: took[i] / 2}
		if took[i] < 0 {
			r.Verdict, r.Real, r.CPU = judge.Wrong, -took[i], -took[i]
		}
		runs = append(runs, r)
	}
	j := judge.Judging{State: judge.Done}
	sum(p, &j, runs, timing.FixedCost{})
	return j
}

// places ranks judgings on both boards as "rank name", the names being numbers.
func places(p judge.Problem, board judge.Board, judgings ...judge.Judging) []string {
	var entries []judge.Entry
	for i, j := range judgings {
		id := judge.SubmissionID(i + 1)
		entries = append(entries, judge.Entry{Judging: j, Submission: judge.Submission{
			ID: id, Problem: p.ID, Contestant: judge.Contestant(fmt.Sprint(i)), Receipt: time.Unix(int64(len(judgings)-i), 0),
		}})
	}
	var out []string
	for _, r := range score.Rank(judge.Contest{}, p, board, entries).Rows {
		out = append(out, fmt.Sprintf("%d %s", r.Rank, r.Contestant))
	}
	return out
}

func TestTotalIsOverAllTimedTests(t *testing.T) {
	p := judge.Problem{
		ID: "p", Limits: judge.Limits{Time: time.Second}, Threads: 4,
		Tests: []judge.TestCase{{Name: "sample/1", Sample: true}, {Name: "secret/fast", Timed: true}, {Name: "secret/slow", Timed: true}},
	}
	none := -ms
	for _, tc := range []struct {
		name     string
		judgings []judge.Judging
		want     []string
	}{
		{"a sample passed, which has no time, and a timed test", []judge.Judging{judged(p, ms, none, none), judged(p, none, 900*time.Microsecond, none)}, []string{"1 1", "2 0"}},
		{"a slow timed test passed all the same", []judge.Judging{judged(p, ms, none, none), judged(p, none, none, 999*ms)}, []string{"1 1", "2 0"}},
		{"who misses the slow test is not ahead of who misses the fast one", []judge.Judging{judged(p, ms, ms, none), judged(p, ms, none, 500*ms)}, []string{"1 0", "1 1"}},
		{"nor for giving up late", []judge.Judging{judged(p, ms, ms, -900*ms), judged(p, ms, none, 500*ms)}, []string{"1 0", "1 1"}},
		{"who misses the same is compared", []judge.Judging{judged(p, ms, 2*ms, none), judged(p, ms, ms, none)}, []string{"1 1", "2 0"}},
		{"a timed test missed, and the sample", []judge.Judging{judged(p, ms, ms, none), judged(p, none, 300*ms, 600*ms)}, []string{"1 1", "2 0"}},
		{"more passed", []judge.Judging{judged(p, ms, ms, none), judged(p, ms, 900*ms, 900*ms)}, []string{"1 1", "2 0"}},
	} {
		for _, board := range []judge.Board{judge.RealBoard, judge.CPUBoard} {
			if diff := cmp.Diff(tc.want, places(p, board, tc.judgings...)); diff != "" {
				t.Errorf("%s, %s board (-want +got):\n%s", tc.name, board, diff)
			}
		}
	}
	// Of a test that may use four CPUs, four times the limit is what it may take of them.
	if j := judged(p, ms, 3*ms, none); j.On(judge.RealBoard).Once.Time() != 3*ms+time.Second || j.On(judge.CPUBoard).Once.Time() != 3*ms/2+4*time.Second || j.TimedPassed != 1 || j.Missed.Tests != 1 {
		t.Errorf("%+v", j)
	}
	if j := judged(p, none, ms, ms); j.Missed != (judge.Missed{}) {
		t.Errorf("missed although only the sample was not passed: %+v", j.Missed)
	}
	// A test case that was not run was not passed.
	unrun := judge.Judging{}
	sum(p, &unrun, []judge.Run{{TestCase: "secret/fast", Timed: true, Verdict: judge.NotRun}, {TestCase: "secret/slow", Timed: true, Verdict: judge.TimeOut}}, timing.FixedCost{})
	if unrun.On(judge.RealBoard).Once.Time() != 2*time.Second || unrun.Missed.Tests != 2 {
		t.Errorf("%+v", unrun)
	}
}
