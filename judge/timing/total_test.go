package timing

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/measure"
	"contest/judge/score"
)

const ms = time.Millisecond

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

// What is measured is completed in the same way: the interval is that of the
// total, and the reference is the one over all timed test cases.
func TestMeasuredTotalIsOverAllTimedTests(t *testing.T) {
	tests := []measure.Frozen{
		{Name: "secret/fast", Reference: measure.Sample{Real: 10 * ms, CPU: 10 * ms}, Null: measure.Sample{Real: 1, CPU: 1}},
		{Name: "secret/slow", Reference: measure.Sample{Real: 400 * ms, CPU: 400 * ms}, Null: measure.Sample{Real: 1, CPU: 1}},
	}
	p := judge.Problem{
		ID: "p", Limits: judge.Limits{Time: time.Second}, Files: judge.Manifest{{Role: judge.ReferenceRole, Name: "x"}}, Threads: 1,
		Tests: []judge.TestCase{{Name: "secret/fast", Timed: true}, {Name: "secret/slow", Timed: true}},
	}
	// measured is a judging of who passed one of the tests.
	measured := func(candidate float64, passed int) judge.Judging {
		j := judge.Judging{State: judge.Done, Class: "c", Grade: judge.Grade{Verdict: judge.Wrong, Passed: 1, TimedPassed: 1, Total: 2, Missed: judge.Missed{Tests: 1, Set: fmt.Sprint(1 - passed)}}}
		for _, board := range judge.TimeBoards {
			j.Values.At(board).Missed = judge.Amount(p.TimeLimit(board))
		}
		s := &session{
			SessionTask: SessionTask{Once: judge.Outcome{Judging: j}}, own: measure.Session{ID: "s", Class: "c"},
			baseline: measure.Baseline{Tests: tests}, tests: p.Tests[passed : passed+1], missed: []string{p.Tests[1-passed].Name},
		}
		for round := 1; round <= 10; round++ {
			noise := 1 + float64(round%5-2)/1000
			took := measure.Sample{Real: time.Duration(candidate * noise * float64(tests[passed].Reference.Real)), CPU: time.Duration(candidate * noise * float64(tests[passed].Reference.CPU))}
			s.own.Pairs = append(s.own.Pairs, measure.Pair{Session: "s", Round: round, Test: tests[passed].Name, Reference: tests[passed].Reference, Candidate: took})
		}
		found, err := s.conclude("rounds")
		if err != nil {
			t.Fatal(err)
		}
		for board, m := range found.Boards {
			j.Values.At(board).Measured = m
		}
		return j
	}
	fast, slow := measured(0.5, 0), measured(0.5, 1)
	for _, board := range []judge.Board{judge.RealBoard, judge.CPUBoard} {
		m := fast.On(board).Measured
		low, high := m.Interval()
		if m.Total != 1005e6 || m.Ratio < 2.4512 || m.Ratio > 2.4513 || low > m.Total || low < 1004e6 || high < m.Total || high > 1006e6 || m.HalfWidth > 0.001 {
			t.Errorf("%s board: %+v, from %d to %d; want 1005 ms, and 1005/410 of the reference", board, m, low, high)
		}
		if m := slow.On(board).Measured; m.Total != 1200e6 {
			t.Errorf("%s board: %+v, want 1200 ms", board, m)
		}
		if diff := cmp.Diff([]string{"1 0", "1 1"}, places(p, board, fast, slow)); diff != "" {
			t.Errorf("one missed the slow test, one the fast one (-want +got):\n%s", diff)
		}
		better := measured(0.4, 0)
		if diff := cmp.Diff([]string{"1 0", "1 1"}, places(p, board, better, fast)); diff != "" {
			t.Errorf("1 ms of 1005 is below the resolution (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"1 1", "2 0"}, places(p, board, slow, measured(0.4, 1))); diff != "" {
			t.Errorf("160 ms of 400, and 200 (-want +got):\n%s", diff)
		}
	}
}
