package timing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/measure"
	"contest/judge/problem"
	"contest/judge/run"
	"contest/sandbox"
)

func newTimer() *Timer { return New(build.Detect(), &Scratch{}) }

// twice is a problem with a harness and a reference.
func twice(t *testing.T) judge.Problem {
	t.Helper()
	pkg, err := problem.Load("testdata/twice", problem.Options{TestSet: "full", Types: run.Types()})
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Problem
}

func juryOf(p judge.Problem) *run.Jury { return run.NewJury(p, check.Default(p.Validation)) }

// ofProgram is a task of a program of this hash.
func ofProgram(hash string) SessionTask {
	return SessionTask{Once: judge.Outcome{Judging: judge.Judging{ProgramHash: hash}}}
}

// TestSpoilt concludes a session of which the machine disturbed all pairs of a
// test case: the sources have no score yet, and the result says why.
func TestSpoilt(t *testing.T) {
	pair := func(test string, disturbed ...measure.Disturbance) measure.Pair {
		s := measure.Sample{Real: 10 * time.Millisecond, CPU: 10 * time.Millisecond}
		return measure.Pair{Session: "1", Round: 1, Test: test, Reference: s, Candidate: s, ReferenceDisturbed: disturbed}
	}
	again := pair("wild", measure.Steal)
	again.Attempt = 1
	frozen := measure.Sample{Real: 10 * time.Millisecond, CPU: 10 * time.Millisecond}
	s := &session{
		SessionTask: ofProgram("a"), tests: []judge.TestCase{{Name: "calm"}, {Name: "wild"}}, rounds: 1,
		baseline: measure.Baseline{Tests: []measure.Frozen{{Name: "calm", Reference: frozen}, {Name: "wild", Reference: frozen}}},
		own:      measure.Session{ID: "1", Class: "c", Pairs: []measure.Pair{pair("calm"), pair("wild", measure.Steal), again}},
	}
	found, err := s.conclude(measure.Rounds)
	if err != nil {
		t.Fatal(err)
	}
	want := judge.Measured{Sessions: 1, Pairs: 3, Disturbed: 2, Stop: judge.Unstable, Again: true}
	if found.Boards[judge.RealBoard] != want || found.Boards[judge.CPUBoard] != want || !want.Unmeasured() || len(found.Tests) > 0 {
		t.Errorf("got %+v, want %+v on both boards and no tests", found, want)
	}
	if s.tried = 3; s.unmeasured(measure.Rounds).Again {
		t.Error("it is to be measured again for ever")
	}
}

// crashed is how a repetition of secret/2 ended.
var crashed = failedRun{timed{test: judge.TestCase{Name: "secret/2"}, Result: run.Result{Verdict: judge.Crash, Message: "line 1"}, facts: sandbox.Facts{ExitStatus: 3, MemoryBytes: 7}}}

// What was timed before a repetition failed is kept, with how it failed.
func TestFailedRepetitionIsKept(t *testing.T) {
	s := &session{stand: &stand{policy: "fifo"}, own: measure.Session{ID: "1", Class: "c", Pairs: make([]measure.Pair, 1)}}
	found, err := s.failed(crashed.asRun())
	if err != nil {
		t.Fatal(err)
	}
	want := judge.Run{TestCase: "secret/2", Verdict: judge.Crash, Message: "in a repetition: line 1", ExitStatus: 3, MemoryBytes: 7}
	if diff := cmp.Diff(&want, found.Failed); diff != "" || len(found.Boards) > 0 || found.Class != "c" || found.Scheduling != "fifo" {
		t.Errorf("%+v; the run (-want +got):\n%s", found, diff)
	}
	record, err := decode(*found.Session)
	if err != nil || found.Session.Stop != "failed" || len(record.Pairs) != 1 || *record.Failed != want {
		t.Errorf("%+v, %v, is kept in %+v", record, err, found.Session)
	}
}

// A copy of a program that failed in a repetition fails as well: a program may crash
// whenever it is slow, and must not be handed in until it never was.
func TestCopyOfAFailure(t *testing.T) {
	s := &session{SessionTask: ofProgram("P"), stand: &stand{policy: "fifo"}, own: measure.Session{ID: "1", Class: "c"}}
	first, err := s.failed(crashed.asRun()) // before its first pair was complete
	if err != nil {
		t.Fatal(err)
	}
	for name, stored := range map[string][]judge.Session{
		"the last session failed":              {*first.Session},
		"it passed a session before it failed": {storedSession(t, "0", measure.Unstable, 3), *first.Session},
	} {
		found, known, err := (&session{SessionTask: ofProgram("P")}).reuse(stored)
		if err != nil || !known || found.Failed == nil || found.Failed.Verdict != judge.Crash || found.Session != nil {
			t.Errorf("%s: the copy gets %+v, %t, %v", name, found, known, err)
		}
	}
	if found, known, err := (&session{SessionTask: ofProgram("Q")}).reuse([]judge.Session{*first.Session}); known || err != nil {
		t.Errorf("another program fails with it: %+v, %v", found, err)
	}
}

// storedSession is one of the program P with so many rounds of the test case secret/1.
func storedSession(t *testing.T, id string, stop measure.Stop, rounds int) judge.Session {
	t.Helper()
	sample := measure.Sample{Real: 1000, CPU: 1000}
	record := SessionRecord{}
	for n := range rounds {
		record.Pairs = append(record.Pairs, measure.Pair{Session: id, Round: n + 1, Test: "secret/1", Reference: sample, Candidate: sample})
	}
	data, err := measure.Encode(record)
	if err != nil {
		t.Fatal(err)
	}
	return judge.Session{ID: id, ProgramHash: "P", Class: "c", Scheduling: "fifo", Rounds: rounds, Stop: string(stop), Data: data}
}

// Where the budget was used up before there was a result, a copy is measured on:
// what was timed is not lost, and the budget may be larger now.
func TestMeasureOnAfterTheBudget(t *testing.T) {
	sample := measure.Sample{Real: 1000, CPU: 1000}
	for rounds, want := range map[int]bool{1: false, 2: false, 3: true} {
		s := &session{
			SessionTask: ofProgram("P"), tests: []judge.TestCase{{Name: "secret/1"}},
			baseline: measure.Baseline{Tests: []measure.Frozen{{Name: "secret/1", Reference: sample, Null: measure.Sample{Real: 1, CPU: 1}}}},
		}
		found, known, err := s.reuse([]judge.Session{storedSession(t, "1", measure.Budget, rounds)})
		if err != nil || known != want || known != found.Boards[judge.RealBoard].Is() {
			t.Errorf("after %d rounds: known %t, %v, measured %+v; want %t", rounds, known, err, found.Boards[judge.RealBoard], want)
		}
		if !known && (s.tried != 0 || len(s.earlier) > 0) {
			t.Errorf("after %d rounds the session is taken twice", rounds)
		}
	}
}

func TestProtocolOfAContest(t *testing.T) {
	for _, tc := range []struct {
		rounds int
		want   []int
	}{{0, []int{5, 7, 10, 14, 20}}, {20, []int{5, 7, 10, 14, 20}}, {12, []int{5, 7, 10, 12}}, {3, []int{3}}, {40, []int{5, 7, 10, 14, 20, 40}}} {
		got := protocol(judge.Measure{Rounds: tc.rounds, Budget: time.Second, Precision: 0.01})
		if len(got.Looks) != len(tc.want) || got.Looks[len(got.Looks)-1] != tc.want[len(tc.want)-1] {
			t.Errorf("%d rounds: looks %v, want %v", tc.rounds, got.Looks, tc.want)
		}
	}
}
