package main

import (
	"strings"
	"testing"

	"contest/judge"
)

// A line that reaches beyond the edge of the terminal goes on behind a mark.
func TestQuotedLineDoesNotReachTheEdge(t *testing.T) {
	c := &cli{tty: true, width: 40}
	hostile := strings.Repeat(" ", 36) + "board real  rank 1 of 9" + strings.Repeat("\t", 9) + "rank 1" + strings.Repeat("漢", 30) + "rank 1"
	got := c.folded("it does not compile:\n" + judge.Quote(hostile))
	lines := strings.Split(got, "\n")
	if len(lines) < 6 {
		t.Fatalf("it was not broken: %q", got)
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, judge.QuoteMark) {
			t.Errorf("no mark: %q", line)
		}
	}
	c.tty = false
	if got := c.folded(judge.Quote(hostile)); strings.Contains(got, "\n") {
		t.Errorf("broken although nobody looks: %q", got)
	}
}
