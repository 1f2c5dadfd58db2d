package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/score"
)

// quiet is a cli that prints into a buffer, as it does into a pipe.
func quiet() (*cli, *bytes.Buffer) {
	var out bytes.Buffer
	w := colorprofile.NewWriter(&out, nil)
	return &cli{out: w, err: w, width: 80, style: newStyles()}, &out
}

const ms1 = time.Millisecond

func measuredJudging() judge.Judging {
	return judge.Judging{
		State: judge.Done, Grade: judge.Grade{Verdict: judge.Wrong, FirstFailed: "secret/9", Passed: 41, Total: 42, TimedPassed: 30},
		Class: "0123456789abcdef", Scheduling: "fifo",
		Values: judge.Values{
			{Board: judge.RealBoard, Measured: judge.Measured{Total: 87314159, Ratio: .8731, Low: .869, High: .877, Rounds: 10, Sessions: 2, Pairs: 600, Disturbed: 12, Stop: "precise"}},
			{Board: judge.CPUBoard, Measured: judge.Measured{Total: 90e6, Ratio: .9, Low: .89, High: .92, Rounds: 10, Sessions: 2, Pairs: 600, Disturbed: 12, Stop: "precise",
				Surcharge: 1234567, AtFloor: 1, Review: 2}},
		},
	}
}

func TestShowOfAMeasuredSubmission(t *testing.T) {
	c, out := quiet()
	c.owner, c.verbose = true, true
	detail := api.Detail{
		Entry:   judge.Entry{Submission: judge.Submission{ID: 7, Problem: "p", Contestant: "anna", Language: "g++"}, Judging: measuredJudging()},
		Machine: &judge.Machine{Class: "0123456789abcdef", Fingerprint: map[string]string{"cpu": "EPYC", "cpus": "2", "hypervisor": "none", "kernel series": "6.1"}},
		Standings: []api.Standing{
			{Board: judge.RealBoard, Ranking: judge.Ranking{Rank: 3, Best: 2, Worst: 4, Tied: true}, Of: 9, Counts: true},
			{Board: judge.CPUBoard, OtherClass: true, Of: 9, Counts: true},
		},
	}
	c.show(detail)
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"submission 7: WA wrong answer on secret/9", "passed 41 of 42 tests",
		"over 30 timed tests passed, with the 95 % interval: real 87.31 ms ±0.41 0.8731 ±0.0041 × the reference CPU 90.0 ms ±2.0 0.900 ±0.020 × the reference",
		"measured in 10 rounds, 2 sessions; 12 of 600 pairs disturbed and repeated; ended: precise enough",
		"machine class 0123456789abcdef, fifo scheduling", "machine EPYC, 2 CPUs, Linux 6.1", "CPU: 1.235 ms in a round of all tests for work before READY", "CPU: 1 test held at the floor",
		"CPU: 2 tests so fast that a person should look",
		"board real rank 3= of 9, in doubt from 2 to 4", "board cpu no rank: measured on another machine, which cannot be compared; judge rejudge measures it again",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("judge show does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("colour without a terminal: %q", out)
	}
	// A contestant is told neither an organiser's command nor, unasked, how it works.
	c, out = quiet()
	c.show(detail)
	for _, not := range []string{"judge rejudge", "scheduling", "READY", "floor"} {
		if strings.Contains(out.String(), not) {
			t.Errorf("a contestant is told of %q:\n%s", not, out)
		}
	}
}

// The rank of another submission is never shown as this one's.
func TestStandingsInWords(t *testing.T) {
	rank := judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}
	for _, tc := range []struct {
		standing api.Standing
		want     string
	}{
		{api.Standing{Board: judge.RealBoard, Ranking: rank, Of: 3, Counts: true, Stands: 7}, "board real rank 1= of 3, in doubt from 1 to 2"},
		{api.Standing{Board: judge.RealBoard, Ranking: rank, Of: 3, Counts: true, Stands: 7, Stood: 5, TimesStood: .877},
			"board real rank 1= of 3, in doubt from 1 to 2 12.3 % less time than submission 5, which stood before"},
		{api.Standing{Board: judge.RealBoard, Ranking: rank, Of: 3, Stands: 5, Stood: 5, TimesStood: .9996, Why: "the same program as submission 5, which stands"},
			"board real submission 5 stands: rank 1= of 3, in doubt from 1 to 2 this one is the same program as submission 5, which stands"},
		{api.Standing{Board: judge.RealBoard, Ranking: rank, Of: 3, Stands: 5, Stood: 5, TimesStood: 1.031, Why: "no less time than submission 5, which stands"},
			"board real submission 5 stands: rank 1= of 3, in doubt from 1 to 2 this one is no less time than submission 5, which stands 3.1 % more time than submission 5, which stands"},
		{api.Standing{Board: judge.CPUBoard, Ranking: rank, Of: 3, Stands: 5, Stood: 4, PassedMore: 2}, "board cpu submission 5 stands: rank 1= of 3, in doubt from 1 to 2 2 tests more than submission 4, which stood before"},
		{api.Standing{Board: judge.CPUBoard, Ranking: rank, Of: 3, Stands: 5, Stood: 4, PassedMore: -1}, "board cpu submission 5 stands: rank 1= of 3, in doubt from 1 to 2 1 test fewer than submission 4, which stood before"},
	} {
		c, out := quiet()
		c.standing(tc.standing)
		if got := strings.Join(strings.Fields(out.String()), " "); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
}

func TestBoardOfMeasuredRows(t *testing.T) {
	all := judge.Grade{Verdict: judge.Accepted, Passed: 4, Total: 4, TimedPassed: 4}
	times := func(real, cpu judge.Amount) judge.Values {
		return judge.Values{{Board: judge.RealBoard, Once: real}, {Board: judge.CPUBoard, Once: cpu}}
	}
	row := func(rank, best, worst int, who judge.Contestant, total judge.Amount) score.Row {
		return score.Row{Ranking: judge.Ranking{Rank: rank, Best: best, Worst: worst, Tied: rank == 1}, Contestant: who, Grade: all,
			Value: total, Values: times(total, 2*total), Submission: 7, Low: total - total/200, High: total + total/200, Scheduling: "fifo",
			Measured: judge.Measured{Ratio: .5, HalfWidth: .005, Rounds: 14, Pairs: 100, Disturbed: 7}}
	}
	board := score.Scoreboard{Problem: "p", Board: judge.RealBoard, Rows: []score.Row{
		row(1, 1, 2, "anna", 87314159), row(1, 1, 3, "boris", 87500000), row(3, 2, 3, "clara", 88e6),
		{Ranking: judge.Ranking{Rank: 4, Best: 4, Worst: 4}, Contestant: "dora", Grade: all, Value: 80e6, Values: times(80e6, 80e6),
			Measured: judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: true}},
		{Ranking: judge.Ranking{Rank: 5, Best: 5, Worst: 5}, Contestant: "emil", Grade: all, Value: 81e6, Values: times(81e6, 81e6),
			Measured: judge.Measured{Sessions: 1, Pairs: 2, Stop: judge.OverBudget}},
		row(0, 0, 0, "elsa", 70e6),
	}}
	board.Rows[5].OtherClass = true
	board.Rows[1].Stop, board.Rows[1].Again, board.Rows[1].Scheduling = "unstable", true, "normal"
	c, out := quiet()
	c.board(board, 0)
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		"p by real time", "rank range contestant passed real × ref k CPU verdict submission",
		"1= 1–2 anna 4/4 87.31 ms ±0.44 0.5000 14 174.6 ms AC 7 7 of 100 disturbed",
		"1= 1–3 boris 4/4 87.50 ms ±0.44 0.5000 14 175.0 ms AC 7 unstable, to be measured again, normal scheduling",
		"3 2–3 clara", "4 dora 4/4 80.000 ms – – 80.000 ms AC 0 unstable, to be measured again",
		"5 emil 4/4 81.000 ms – – 81.000 ms AC 0 not measured: the budget was used up",
		"– elsa 4/4 70.00 ms ±0.35 0.5000 14 140.0 ms AC 7 other machine",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); !strings.HasPrefix(got, want) {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
	if strings.Index(lines[2], "anna") != strings.Index(lines[3], "boris") {
		t.Errorf("columns are not aligned:\n%s", out)
	}
}

// Where no row was measured the board still says of which ones why.
func TestBoardOfUnmeasuredRows(t *testing.T) {
	row := score.Row{Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Contestant: "emil", Grade: judge.Grade{Verdict: judge.Accepted, Passed: 4, Total: 4, TimedPassed: 4},
		Value: 81e6, Values: judge.Values{{Board: judge.RealBoard, Once: 81e6}, {Board: judge.CPUBoard, Once: 81e6}}}
	for stop, want := range map[string]string{"": "AC 0", judge.OverBudget: "AC 0 not measured: the budget was used up"} {
		row.Stop = stop
		c, out := quiet()
		c.board(score.Scoreboard{Problem: "p", Board: judge.RealBoard, Rows: []score.Row{row}}, 0)
		if got := strings.Join(strings.Fields(out.String()), " "); !strings.HasSuffix(got, want) {
			t.Errorf("stop %q: got %q, want an end in %q", stop, got, want)
		}
	}
}

// What there is no room for goes, the least needed first; ranks, names and
// times stay.
func TestColumnsFitTheTerminal(t *testing.T) {
	c, _ := quiet()
	rows := []score.Row{{Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Contestant: "anna", Grade: judge.Grade{Verdict: judge.Accepted, Passed: 4, Total: 4, TimedPassed: 4},
		Value: 1e6, Values: judge.Values{{Board: judge.RealBoard, Once: 1e6}, {Board: judge.CPUBoard, Once: 1e6}}, Submission: 7}}
	cols := exactColumns(score.Scoreboard{Rows: rows})
	if text := fitted(c, cols, rows, 200); !strings.Contains(text, "submission") || !strings.Contains(text, "verdict") {
		t.Errorf("in 200 columns something is missing:\n%s", text)
	}
	if text := fitted(c, cols, rows, 72); strings.Contains(text, "verdict") || !strings.Contains(text, "submission") {
		t.Errorf("in 72 columns:\n%s", text)
	}
	if text := fitted(c, cols, rows, 10); strings.Contains(text, "submission") || !strings.Contains(text, "anna") || !strings.Contains(text, "CPU") {
		t.Errorf("in 10 columns:\n%s", text)
	}
}
