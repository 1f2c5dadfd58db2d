package timing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/measure"
)

// finalTask is a final of programs; equal ones are one.
func finalTask(p judge.Problem, timer *Timer, programs ...string) FinalTask {
	t := FinalTask{
		Problem: p, Jury: juryOf(p), Sources: map[string][]judge.File{}, Report: func(FinalLook) {},
		Store: func(context.Context, judge.FinalRound) error { return nil },
		Final: judge.Final{Name: "prizes", Seed: strings.Repeat("5", 32), Board: judge.CPUBoard, MaxRounds: 5, Class: timer.Machine().Class,
			Tests: []string{"secret/1", "secret/2"}},
	}
	for i, text := range programs {
		files := []judge.File{{Name: "main.cpp", Data: []byte(text)}}
		one := judge.Finalist{Submission: judge.SubmissionID(i + 1), Contestant: judge.Contestant(fmt.Sprint("c", i+1)), Language: "g++", SourceHash: judge.HashFiles(files)}
		t.Final.Finalists = append(t.Final.Finalists, one)
		t.Sources[one.Program()] = files
	}
	return t
}

// working is a program that takes so many times as long as the reference.
func working(t *testing.T, times int) string {
	t.Helper()
	source, err := os.ReadFile("testdata/twice/submissions/accepted/reference.cpp")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("#define TIMES %d\n%s", times, source)
}

// TestFinal plays one that is interrupted, goes on, and has a finalist who
// does wrong.
func TestFinal(t *testing.T) {
	p, timer := twice(t), newTimer()
	fast, slow := working(t, 4), working(t, 16)
	wrong := "long solve(long n) { return n; }\n"
	job := finalTask(p, timer, slow, fast, fast, wrong)
	var kept []judge.FinalRound
	crash := errors.New("crash")
	job.Store = func(_ context.Context, r judge.FinalRound) error {
		if r.Number == 3 && len(job.Rounds) == 0 {
			return crash
		}
		kept = append(kept, r)
		return nil
	}
	if _, err := timer.Final(t.Context(), job); !errors.Is(err, crash) {
		t.Fatalf("the interrupted final: %v", err)
	}
	job.Rounds = kept
	var looks []FinalLook
	var doing []string
	job.Report = func(l FinalLook) {
		switch {
		case l.Doing != "":
			doing = append(doing, l.Doing)
		case l.ToNext < 0 || l.ToLast < l.ToNext || l.ToLast == 0 && l.Step < l.Steps:
			t.Errorf("times to come: %+v", l)
		case l.Step == 0:
			looks = append(looks, l)
		}
	}
	s, err := timer.Final(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 5 || len(looks) != 3 || looks[0].Rounds != 2 || looks[0].Next != 5 || looks[0].Out != 1 {
		t.Fatalf("%d rounds; looks %+v", len(kept), looks)
	}
	if diff := cmp.Diff([]string{"compiling the reference", "timing the reference", "compiling program 1 of 3", "compiling program 2 of 3",
		"compiling program 3 of 3", "looking how fast the machine is"}, doing); diff != "" {
		t.Errorf("what is done before a round (-want +got):\n%s", diff)
	}
	for i, r := range kept {
		record, err := measure.Decode[FinalRecord](r.Data)
		if err != nil || r.Number != i+1 {
			t.Fatalf("round %d: %v", r.Number, err)
		}
		if pairs := record.Pairs[job.Final.Finalists[0].Program()]; len(pairs) < 2 || pairs[0].Round != r.Number || pairs[0].Session != job.Final.Seed {
			t.Errorf("round %d: %+v", r.Number, pairs)
		}
	}
	if len(s.Matches) == 0 {
		t.Skip("the machine disturbed all runs of a test case")
	}
	last := s.Rows[len(s.Rows)-1]
	if last.Submission != 4 || last.Rank != 0 || !strings.HasPrefix(last.Out, "WA on secret/") || !strings.Contains(last.Out, "in round 1") {
		t.Errorf("the wrong one: %+v", last)
	}
	if len(s.Rows) != 4 || len(s.Matches) != 3 {
		t.Fatalf("%+v", s)
	}
	for _, row := range s.Rows[:3] {
		if m := row.Measured; !m.Is() || m.Low > m.Ratio || m.High < m.Ratio {
			t.Errorf("%+v", row)
		}
	}
	if s.Rows[2].Submission != 1 {
		t.Errorf("four times the work is not last: %+v", s.Rows)
	}
}

// A final that goes on after an interruption has the rounds that it would have
// had without: those of the test case that varies, also where somebody went out
// meanwhile.
func TestFinalGoesOnAsAllotted(t *testing.T) {
	frozen := measure.Sample{Real: 10 * time.Millisecond, CPU: 10 * time.Millisecond}
	begin := func(rounds int) *final {
		f := &final{
			FinalTask: FinalTask{Final: judge.Final{Board: judge.CPUBoard, Tests: []string{"calm", "wild"}}},
			rule:      measure.DefaultFinal(), rounds: rounds, outIn: map[string]int{},
			baseline: measure.Baseline{Tests: []measure.Frozen{{Name: "calm", Reference: frozen}, {Name: "wild", Reference: frozen}}},
			pairs:    map[string][]measure.Pair{},
		}
		for i, name := range []string{"a", "b", "c"} {
			one := judge.Finalist{Submission: judge.SubmissionID(i + 1), SourceHash: name}
			f.Final.Finalists, f.keys = append(f.Final.Finalists, one), append(f.keys, one.Program())
			for round := 1; round <= rounds; round++ {
				other := frozen
				other.CPU += time.Duration((round+i)%3) * time.Millisecond
				f.pairs[one.Program()] = append(f.pairs[one.Program()],
					measure.Pair{Round: round, Test: "calm", Reference: frozen, Candidate: frozen},
					measure.Pair{Round: round, Test: "wild", Reference: frozen, Candidate: other})
			}
		}
		return f
	}
	early, whole, later := begin(4), begin(5), begin(7)
	later.outIn[later.keys[2]] = 6
	for _, f := range []*final{early, whole, later} {
		f.allot()
	}
	if early.allotted != nil {
		t.Error("rounds are allotted before there are five")
	}
	var before, after [][]int
	for range 5 {
		before = append(before, whole.allotted.Round())
	}
	for range 3 {
		after = append(after, later.allotted.Round())
	}
	if diff := cmp.Diff(before[2:], after); diff != "" {
		t.Errorf("after an interruption (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 1}, before[0]); diff != "" {
		t.Errorf("the first allotted round (-want +got):\n%s", diff)
	}
}

func TestFinalOfAnotherMachine(t *testing.T) {
	timer := newTimer()
	job := finalTask(judge.Problem{}, timer, "x")
	job.Final.Class = "other"
	if _, err := timer.Final(t.Context(), job); !errors.Is(err, judge.ErrInvalid) {
		t.Errorf("got %v, want it refused", err)
	}
}

// TestFinalStanding has two who handed in the same program, with a blank more, and
// one who is out.
func TestFinalStanding(t *testing.T) {
	finalists := []judge.Finalist{
		{Submission: 1, SourceHash: "slow"}, {Submission: 2, SourceHash: "fast", ProgramHash: "P"}, {Submission: 3, SourceHash: "bad"},
		{Submission: 4, SourceHash: "fast, a blank more", ProgramHash: "P"}, {Submission: 5, SourceHash: "middle"},
	}
	key := func(i int) string { return finalists[i-1].Program() }
	f := &final{out: map[string]string{key(3): "WA"}, FinalTask: FinalTask{Final: judge.Final{Finalists: finalists}}}
	s := f.standing(measure.Standing{
		Order:  []string{key(2), key(5), key(1)},
		Scores: make([]measure.Score, 3),
		Matches: []measure.Match{
			{A: key(2), B: key(5), Ratio: 0.99, Outcome: measure.Tied},
			{A: key(2), B: key(1), Ratio: 0.9, Outcome: measure.Separated},
			{A: key(5), B: key(1), Ratio: 1.01, Outcome: measure.Undecided}, // no rank depends on it
		},
	}, FinalDecided)
	var got []string
	for _, p := range s.Rows {
		got = append(got, fmt.Sprintf("%d: %d %d-%d %t %s", p.Submission, p.Rank, p.Best, p.Worst, p.Tied, p.Out))
	}
	if diff := cmp.Diff([]string{"2: 1 1-3 true ", "4: 1 1-3 true ", "5: 1 1-4 true ", "1: 4 3-4 false ", "3: 0 0-0 false WA"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := len(s.Matches); n != 6 || s.Matches[5].Outcome != "same" || s.Matches[5].A != 2 || s.Matches[5].B != 4 {
		t.Errorf("%d matches: %+v", n, s.Matches)
	}
}

func TestFinalRule(t *testing.T) {
	for rounds, want := range map[int][]int{40: {10, 20, 30, 40}, 25: {10, 20, 25}, 10: {10}, 3: {3}, 60: {10, 20, 30, 40, 50, 60}} {
		if diff := cmp.Diff(want, finalRule(rounds).Looks); diff != "" {
			t.Errorf("%d rounds (-want +got):\n%s", rounds, diff)
		}
	}
}
