package main

import (
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/score"
	"contest/judge/wire"
)

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 B", 840: "840 B", 32067: "31.3 KiB", 5 << 20: "5.0 MiB", 1<<30 - 1: "1024.0 MiB", 72923 << 20: "71.2 GiB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestLinesOfTablesEndWithoutBlanks(t *testing.T) {
	c := &cli{}
	got := c.table(nil, [][]string{{"anna", ""}, {"ben", "disabled"}})
	if want := "anna\nben   disabled"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlainProgressIsAligned(t *testing.T) {
	var out strings.Builder
	p := &plain{c: &cli{err: &out}}
	for _, r := range []judge.Run{
		{Ordinal: 9, TestCase: "secret/edge", Verdict: judge.Accepted, Real: 600_000, CPU: 1_000_000_000, MemoryBytes: 1 << 20},
		{Ordinal: 10, TestCase: "secret/large", Verdict: judge.TimeOut, Real: 2_000_000_000, CPU: 1, MemoryBytes: 1 << 20},
	} {
		p.event(judge.Progress{State: judge.Running, Total: 12, Run: &r})
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || len(lines[0]) != len(lines[1]) || strings.Index(lines[0], "CPU") != strings.Index(lines[1], "CPU") {
		t.Errorf("columns do not stand below each other:\n%s", out.String())
	}
}

// What commands print fits a terminal of 80 columns with the longest names there can
// be, and says all it has to say.
func TestResultsFit80Columns(t *testing.T) {
	name := judge.Contestant(strings.Repeat("long-name-", 4)[:39])
	other := judge.Contestant(strings.Repeat("other-name", 4)[:39])
	problem := judge.ProblemID(strings.Repeat("a-problem-", 7)[:64])
	m := judge.Measured{Total: 123456789012, Ratio: 12.8731, Low: 12.869, High: 12.877, Rounds: 40, Sessions: 2, Pairs: 6000, Disturbed: 1234, Stop: "rounds"}
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	finished := judge.Final{Problem: "sum", Name: "final", Board: judge.CPUBoard, Prizes: 3, MaxRounds: 40, Rounds: 40, Finished: now, Class: "0123456789abcdef", Scheduling: "rr",
		Degraded: strings.Repeat("a reason of several words, ", 6),
		Finalists: []judge.Finalist{
			{Contestant: name, Submission: 12345, Ratio: .5, Low: .4, High: .6, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}},
			{Contestant: other, Submission: 12346, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}}},
		Standing: judge.FinalStanding{Stop: "decided", Pairs: 6000, Disturbed: 12,
			Rows:    []judge.FinalRow{{Submission: 12345, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}, Measured: m, Lost: true}, {Submission: 12346, Out: "WA on secret/a-test-with-a-long-name in round 1"}},
			Matches: []judge.FinalMatch{{A: 12345, B: 12346, Ratio: 1.0312, Low: 1.0102, High: 1.0500, Outcome: "separated", Rounds: 40}, {A: 12345, B: 12346, Outcome: "passed more"}}}}
	tests := judge.MeasuredTests{}
	for range 12 {
		tests[judge.CPUBoard] = append(tests[judge.CPUBoard], judge.MeasuredTest{TestCase: "secret/" + strings.Repeat("name-", 12), Ratio: 1.2, Low: 1.1, High: 1.3, Reference: time.Second, Pairs: 40})
	}
	both := judge.Values{{Board: judge.RealBoard, Measured: m}, {Board: judge.CPUBoard, Measured: m}}
	found := bench{Against: strings.Repeat("folder/", 12) + "old.cpp", Rounds: 40, Tests: tests, problem: judge.Problem{Threads: 1, Boards: []judge.Board{judge.CPUBoard}},
		Judging:  judge.Judging{Grade: judge.Grade{Verdict: judge.Accepted, Passed: 42, Total: 42, TimedPassed: 42}, Scheduling: "rr", Values: both},
		Compared: map[judge.Board]comparison{judge.CPUBoard: undecided}}
	status := api.Status{Contest: "Spring", Now: now, State: wire.State{Zone: "UTC", Phase: judge.PhaseDraining, PendingInTime: 1000, Deadline: "2026-11-30 23:59 Asia/Dubai (+04:00), that whole minute counts; cutoff 2026-11-30 20:00:00 UTC"}, Commitment: strings.Repeat("0123456789abcdef", 4), Paused: true, Outdated: 3, Failed: []judge.SubmissionID{7, 8}, Trouble: strings.Repeat("no room on the disk ", 8),
		Queue:    judge.QueueStats{Held: judge.Hold{What: "the final of sum", Progress: "round 3 of 10 (1000 at most), 12 pairs undecided", Since: now.Add(-time.Hour), Ends: now.Add(time.Hour)}},
		Packages: []judge.Verification{{Problem: "sum", State: judge.Unverified}, {Problem: "max", State: judge.Refuted, Faults: []string{"data/sample/1.in: " + strings.Repeat("wrong ", 30) + "\n" + judge.Quote("seen")}}},
		Broken:   []string{"problems/min: " + strings.Repeat("wrong ", 30)}}
	self := machine.KindResult{CoV: 0.112, Robust: 0.103, Autocorrelation: -.12, Ratio: 1.0012, Interval: measure.Interval{Low: 0.9812, High: 1.0212}, Gaps: []machine.Gap{{Rounds: 10, Board: 0.121, Final: 0.111}}}
	selfBoard := machine.BoardResult{Compute: self, Memory: self}
	run := judge.Run{Ordinal: 100, TestCase: tests[judge.CPUBoard][0].TestCase, Verdict: judge.Wrong, Real: time.Minute, CPU: time.Minute, MemoryBytes: 1 << 30, Timed: true, Message: strings.Repeat("wrong ", 30)}
	for what, print := range map[string]struct {
		show func(c *cli)
		says []string
	}{
		"final":  {func(c *cli) { c.finalStanding(finished) }, []string{"1= (1–2)", "123457 ms ±39", "in round 1", "faster on the first tests", "other-nameo… is faster", "whatever the times", "CPU"}},
		"bench":  {func(c *cli) { c.benched(found) }, []string{"total", "123457 ms", "12.8690 to 12.8770", "CPU ratio", "… 2 more", "CPU of folder/fold"}},
		"status": {func(c *cli) { c.status(status) }, []string{"deadline  2026-11-30 23:59 Asia/Dubai", "outdated:", "judge rejudge judges", "nothing is lost", "failed:", "lacking:", "unverified: sum", "not verified: max", "broken: problems/min"}},
		"self-test": {func(c *cli) {
			c.selfTested(machine.SelfTest{Light: measure.Green, CPUs: []int{1}, Scheduling: "rr", Rounds: 10, Tests: 20, Runs: 600, Real: selfBoard, CPU: selfBoard})
		}, []string{"CPU, memory", "11.2 %"}},
		"queue": {func(c *cli) {
			c.queue(judge.Queue{Waiting: []judge.Waiting{{Submission: 12345, Contestant: name, Problem: problem, State: judge.Queued, Since: now.Add(-time.Hour), Reason: strings.Repeat("why ", 30)}}}, now)
		}, []string{"12345", "1 h", "…"}},
		"submissions": {func(c *cli) {
			c.submissions([]api.Submitted{{Entry: judge.Entry{Submission: judge.Submission{ID: 12345, Contestant: name, Problem: problem}, Judging: found.Judging}}})
		}, []string{"12345", "AC", "42/42"}},
		"verify": {func(c *cli) {
			c.example(pipeline.ExampleResult{Fits: true, Example: judge.Example{Name: "accepted/a_program_of_length.cpp"}, Judging: judge.Judging{Grade: judge.Grade{Verdict: judge.Accepted, Passed: 303, Total: 303, TimedPassed: 1}, Values: judge.Values{{Board: judge.RealBoard, Once: judge.Amount(ms1)}, {Board: judge.CPUBoard, Once: judge.Amount(ms1)}}}})
		}, []string{"303/303  real 1.000 ms  CPU 1.000 ms"}},
		"show": {func(c *cli) { c.runs(api.Detail{Runs: []judge.Run{run}}) }, []string{"secret/", "60000.000 ms", "wrong"}},
		"board": {func(c *cli) {
			c.board(score.Scoreboard{Problem: "sum", Board: judge.CPUBoard, Rows: []score.Row{{Ranking: judge.Ranking{Rank: 10, Best: 10, Worst: 20, Tied: true}, Contestant: name,
				Grade: judge.Grade{Verdict: judge.Accepted, Passed: 123, Total: 123, TimedPassed: 123}, Value: m.Total, Values: both, Submission: 12345, Low: m.Total - 1e9, High: m.Total + 1e9, Measured: m}}}, 0)
		}, []string{"10=", "123/123", "long-name"}},
	} {
		c, out := quiet()
		c.room = 80
		print.show(c)
		for line := range strings.Lines(out.String()) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > 80 && !strings.Contains(line, found.Against) { // a path stays whole
				t.Errorf("%s: a line of %d columns: %s", what, w, line)
			}
		}
		for _, want := range print.says {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", what, want, out)
			}
		}
	}
}

// Tables of submissions, queue, problems and runs fit 80 columns, and what was left
// out of a cell is marked.
func TestTablesFit(t *testing.T) {
	c, _ := quiet()
	long := strings.Repeat("reason ", 30)
	cols := []column[string]{
		{Head: "id", Right: true, Cell: func(string) string { return "1234" }},
		{Head: "name", Cell: func(string) string { return "a-contestant-with-a-long-name" }},
		{Head: "spare", Spare: 1, Cell: func(string) string { return strings.Repeat("x", 30) }},
		{Head: "rare", Spare: 2, Cell: func(string) string { return strings.Repeat("y", 30) }},
		{Cut: true, Cell: func(s string) string { return s }},
	}
	for _, tc := range []struct {
		room      int
		has, lost string
	}{
		{400, long[:len(long)-1], "…"},
		{150, "yyy  reason", "zzz"},
		{100, "xxx  reason", "yyy"},
		{60, "long-name  reason", "xxx"},
	} {
		text := fitted(c, cols, []string{long}, tc.room)
		if w := lipgloss.Width(text); w > tc.room || !strings.Contains(text, tc.has) || strings.Contains(text, tc.lost) {
			t.Errorf("in %d columns it has %d:\n%s", tc.room, w, text)
		}
		if tc.room < 400 && !strings.Contains(text, "…") {
			t.Errorf("in %d columns nothing shows that a cell was cut:\n%s", tc.room, text)
		}
	}
}

func TestPhaseNote(t *testing.T) {
	now := time.Date(2026, 2, 4, 19, 0, 0, 0, time.UTC)
	for want, st := range map[string]wire.State{
		", opens in 2 h": {Phase: judge.PhaseBefore, Start: now.Add(2 * time.Hour)},
		", 1 h left":     {Phase: judge.PhaseLastHour, Cutoff: now.Add(time.Hour)},
		"":               {Phase: judge.PhaseRunning},
		": uploads announced before the deadline may still arrive; late ones are judged as practice and not ranked": {Phase: judge.PhaseDraining},
		": 2 submissions received in time still to be judged; late ones are judged as practice and not ranked":      {Phase: judge.PhaseDraining, PendingInTime: 2},
		": submissions are judged as practice and not ranked":                                                       {Phase: judge.PhaseOver},
	} {
		if got := phaseNote(api.Status{Now: now, State: st}); got != want {
			t.Errorf("%+v: got %q, want %q", st, got, want)
		}
	}
}
