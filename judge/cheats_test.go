package judge_test

import (
	"testing"

	"contest/judge"
)

func TestCheatRunSaysWhatIsLacking(t *testing.T) {
	run := judge.CheatRun{Failures: []judge.CheatFailure{{Cheat: "a", Protection: "P", Why: "0.9 of its twin's time"}, {Cheat: "b", Protection: "Q", Why: "WA"}, {Cheat: "c", Protection: "P", Why: "AC"}}}
	if got, want := run.Lacking(), "P (a: 0.9 of its twin's time, c: AC); Q (b: WA)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for want, n := range map[string]judge.CheatCounts{
		"96 of 96 gained nothing":                            {OK: 96, Skipped: 2},
		"93 of 96 gained nothing, 1 ended wrongly, 2 unsure": {OK: 93, Failed: 1, Unsure: 2},
	} {
		if got := n.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
