package score

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
)

func TestFinalists(t *testing.T) {
	untimed := entry(11, "untimed", judge.Wrong, 10, 10, 10, end.Add(-1))
	untimed.Judging.TimedPassed = 0 // what it passed is not timed: there is nothing to measure
	b := Rank(contest(), problem, judge.RealBoard, []judge.Entry{
		timed(1, "a", 1000*ms, .005), timed(2, "b", 1006*ms, .005), timed(3, "c", 1012*ms, .005), timed(4, "d", 1100*ms, .005),
		timed(5, "partly", 500*ms, .005, passed(9)), timed(6, "elsewhere", 500*ms, .005, on("there")),
		timed(7, "more", 501*ms, .005, passed(9)), timed(8, "slow", 700*ms, .005, passed(9)), timed(9, "fewer", 100*ms, .005, passed(8)),
		entry(10, "waits", judge.Accepted, 10, 10, 10, end.Add(-1)), untimed,
	})
	for prizes, want := range map[int][]judge.Contestant{
		1: {"a", "b", "waits", "elsewhere"},                             // nobody is faster than b beyond doubt
		2: {"a", "b", "c", "waits", "elsewhere"},                        // c shares no rank with them, and may be as fast as b
		7: {"a", "b", "c", "d", "waits", "elsewhere"},                   // seven passed all
		8: {"a", "b", "c", "d", "waits", "partly", "more", "elsewhere"}, // of the others one gets the last, "fewer" cannot
	} {
		var got []judge.Contestant
		for _, r := range b.Finalists(prizes) {
			got = append(got, r.Contestant)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d prizes (-want +got):\n%s\n%v", prizes, diff, lines(b))
		}
	}
	if got := (Scoreboard{}).Finalists(3); got != nil {
		t.Errorf("an empty board has %v", got)
	}
}
