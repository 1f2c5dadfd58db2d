package main

import (
	"testing"
	"time"

	"contest/judge"
)

// A final waits for what is measured again of its own problem and in time.
func TestToBeMeasured(t *testing.T) {
	var rules judge.Contest
	rules.Deadline.Cutoff = time.Unix(1000, 0)
	entry := func(p judge.ProblemID, received int64, again bool) judge.Entry {
		e := judge.Entry{Submission: judge.Submission{Problem: p, Receipt: time.Unix(received, 0)}}
		e.Judging.Values.At(judge.RealBoard).Measured = judge.Measured{Rounds: 1, Again: again}
		return e
	}
	entries := []judge.Entry{entry("p", 1, true), entry("p", 2, false), entry("q", 3, true), entry("p", 2000, true)}
	if n := toBeMeasured(rules, judge.Problem{ID: "p"}, entries); n != 1 {
		t.Errorf("got %d, want 1", n)
	}
}
