package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
	"contest/judge/store"
	"contest/sandbox"
)

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
	m := &measurement{
		stand: &stand{}, subject: "a", tests: []judge.TestCase{{Name: "calm"}, {Name: "wild"}}, rounds: 1,
		baseline: measure.Baseline{Tests: []measure.Frozen{{Name: "calm", Reference: frozen}, {Name: "wild", Reference: frozen}}},
		session:  measure.Session{ID: "1", Class: "c", Pairs: []measure.Pair{pair("calm"), pair("wild", measure.Steal), again}},
	}
	var out judge.Outcome
	if err := m.conclude(measure.Rounds, &out); err != nil {
		t.Fatal(err)
	}
	want := judge.Measured{Sessions: 1, Pairs: 3, Disturbed: 2, Stop: judge.Unstable, Again: true}
	if got := out.Judging; got.On(judge.RealBoard).Measured != want || got.On(judge.CPUBoard).Measured != want || !want.Unmeasured() || len(out.Tests) > 0 {
		t.Errorf("got %+v and %d tests, want %+v on both boards and none", got, len(out.Tests), want)
	}
	if m.tried = 3; m.unmeasured(measure.Rounds).Again {
		t.Error("it is to be measured again for ever")
	}
}

// windowHarness is what a problem needs for windows, as docs/measuring.md
// says it.
const windowHarness = `#include <unistd.h>
#include <cstdio>
#include <cstdlib>
long solve(long n);
int main() {
  char line[64] = {};
  if (write(1, "\x05", 1) != 1) return 1;
  if (read(0, line, sizeof line - 1) < 0) return 1;
  const int n = std::snprintf(line, sizeof line, "%ld\n", solve(std::atol(line)));
  if (write(1, line, n) != n) return 1;
  close(1);
  for (;;) pause();
}
`

// work adds up numbers, TIMES as long as the reference does: long enough that
// the start of a process hardly counts, which is charged too.
const work = `#include <cstdint>
long solve(long n) {
  volatile std::uint64_t x = 1;
  for (int i = 0; i < TIMES * 3000000; i++) x = x * 6364136223846793005u + 1442695040888963407u;
  return n * 2;
}
`

// measuredProblem is a package with a harness and a reference.
func measuredProblem(t *testing.T) judge.Problem {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "twice")
	for name, text := range map[string]string{
		"problem.yaml":            "problem_format_version: 2025-09\nname: Twice\nlimits: {time_limit: 2.0}\n",
		"judge.yaml":              "timing: window\nreference: accepted/reference.cpp\n",
		"statement/problem.en.md": "Double a number.\n",
		"data/sample/1.in":        "1\n", "data/sample/1.ans": "2\n",
		"data/secret/1.in": "3\n", "data/secret/1.ans": "6\n",
		"data/secret/2.in": "4\n", "data/secret/2.ans": "8\n",
		"include/cpp/harness.cpp":            windowHarness,
		"submissions/accepted/reference.cpp": "#define TIMES 1\n" + work,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := newPipeline().Load(t.Context(), dir, LoadOptions{TestSet: "full", Cache: t.TempDir(), Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func measuringPipeline(t *testing.T) *Pipeline {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "judge.db"), store.Options{Blobs: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	pl := newPipeline()
	pl.Records = db
	pl.Identify()
	return pl
}

// What is told of a session is what was kept of it. A machine that disturbs more than
// a fifth of the pairs ends it at the first look.
func TestMeasure(t *testing.T) {
	p, pl := measuredProblem(t), measuringPipeline(t)
	ratios := map[string]float64{}
	for _, times := range []string{"1", "4"} {
		var looks []judge.Look
		job := task(p, "#define TIMES "+times+"\n"+work)
		job.Measure = &judge.Measure{Rounds: 7, Precision: 1e-9, Budget: time.Hour}
		job.Report = func(e judge.Progress) {
			if e.State == judge.Measuring {
				looks = append(looks, *e.Look)
			}
		}
		out, err := pl.Judge(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		j := out.Judging
		if j.Verdict != judge.Accepted || len(out.Sessions) != 1 {
			t.Fatalf("%s: %d sessions, %+v", j.Verdict, len(out.Sessions), out.Runs)
		}
		session := out.Sessions[0]
		rounds := 7
		if session.Stop == string(measure.Unstable) && session.Rounds == 5 {
			rounds = 5
		}
		if session.Rounds != rounds || len(looks) != rounds {
			t.Fatalf("%s: %d rounds, and told of %d; want %d", session.Stop, session.Rounds, len(looks), rounds)
		}
		if session.Stop != string(measure.Unstable) && session.Stop != string(measure.Rounds) {
			t.Errorf("it ended with %q", session.Stop)
		}
		record, err := measure.Decode[SessionRecord](session.Data)
		if err != nil {
			t.Fatal(err)
		}
		pairs := record.Pairs
		if record.Probes.Compute.Middle <= 0 || record.Probes.Memory.Middle <= 0 {
			t.Errorf("probes: %+v", record.Probes)
		}
		if len(pairs) < 2*rounds-2 || session.Class != pl.Machine.Class || session.Scheduling == "" {
			t.Errorf("%d pairs of 2 tests in %d rounds; %+v", len(pairs), rounds, session)
		}
		// What was allotted after the fifth round may be one of them several times.
		if err := (&measure.Pool{}).Add(measure.Session{ID: session.ID, Class: session.Class, Pairs: pairs}); err != nil {
			t.Error(err)
		}
		m := j.On(judge.CPUBoard).Measured
		if !m.Is() {
			t.Skip("the machine disturbed every pair of a test")
		}
		if m.Low > m.Ratio || m.High < m.Ratio || len(out.Tests[judge.CPUBoard]) != 2 {
			t.Errorf("%+v; tests %+v", m, out.Tests)
		}
		ratios[times] = m.Ratio
	}
	if ratios["4"] < 2*ratios["1"] {
		t.Errorf("four times the work has the ratio %.3f, the same work %.3f", ratios["4"], ratios["1"])
	}
}

// What was measured of a program before counts with what is measured now, and
// the baseline stays. It is measured once: a copy of it, with a blank and a
// comment more, gets what was found, and no session.
func TestMeasureAgain(t *testing.T) {
	p, pl := measuredProblem(t), measuringPipeline(t)
	job := task(p, "#define TIMES 1\n"+work)
	job.Measure = &judge.Measure{Rounds: 5}
	first, err := pl.Judge(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := pl.Records.Baseline(t.Context(), p.ID, p.Version, pl.Machine.Class)
	if err != nil {
		t.Fatal(err)
	}
	// As if nothing had changed: on a busy machine the probes would differ.
	record, err := measure.Decode[SessionRecord](first.Sessions[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	record.Probes = machine.Vector{}
	if first.Sessions[0].Data, err = measure.Encode(record); err != nil {
		t.Fatal(err)
	}
	pl.Records = remembering{pl.Records, first.Sessions}
	job.Again = true
	second, err := pl.Judge(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if m := second.Judging.On(judge.RealBoard).Measured; m.Is() && (m.Sessions != 2 || m.Pairs < 20) {
		t.Errorf("pooled: %+v", m)
	}
	if again, err := pl.Records.Baseline(t.Context(), p.ID, p.Version, pl.Machine.Class); err != nil || !again.Frozen.Equal(frozen.Frozen) {
		t.Errorf("the baseline was frozen at %v, then %v: %v", frozen.Frozen, again.Frozen, err)
	}

	pl.Records = remembering{pl.Records, slices.Concat(first.Sessions, second.Sessions)}
	copied := task(p, "/* another try */ #define TIMES 1\n"+work+"  // the end\n")
	copied.Measure = job.Measure
	third, err := pl.Judge(t.Context(), copied)
	if err != nil {
		t.Fatal(err)
	}
	if len(third.Sessions) > 0 || third.Judging.ProgramHash != first.Judging.ProgramHash {
		t.Errorf("a copy got %d sessions; its program is %s, want %s", len(third.Sessions), third.Judging.ProgramHash, first.Judging.ProgramHash)
	}
	for _, board := range judge.TimeBoards {
		if diff := cmp.Diff(second.Judging.On(board).Measured, third.Judging.On(board).Measured); diff != "" {
			t.Errorf("what is said of a copy on %s (-the program, +the copy):\n%s", board, diff)
		}
	}
	if diff := cmp.Diff(second.Tests, third.Tests); diff != "" || third.Judging.Class != pl.Machine.Class || third.Judging.Scheduling == "" {
		t.Errorf("the tests of a copy (-the program, +the copy):\n%s\nof class %q, %s", diff, third.Judging.Class, third.Judging.Scheduling)
	}
}

// remembering has sessions that no judging of its store has.
type remembering struct {
	Records
	sessions []judge.Session
}

func (r remembering) Sessions(_ context.Context, _ judge.ProblemID, _ string, _ judge.LanguageID, _, _, _ string) ([]judge.Session, error) {
	return r.sessions, nil
}

func TestFailedRepetition(t *testing.T) {
	out := judge.Outcome{Runs: []judge.Run{
		{TestCase: "secret/1", Timed: true, Verdict: judge.Accepted, Real: 1, CPU: 1},
		{TestCase: "secret/2", Timed: true, Verdict: judge.Accepted, Real: 2, CPU: 2},
	}}
	p := judge.Problem{Limits: judge.Limits{Time: 10}, Threads: 2}
	sum(p, &out.Judging, out.Runs, fixedCost{})
	m := &measurement{stand: &stand{policy: "fifo"}, session: measure.Session{ID: "1", Class: "c", Pairs: make([]measure.Pair, 1)}}
	failed := (&failedRun{timed{test: judge.TestCase{Name: "secret/2"}, Result: run.Result{Verdict: judge.Crash, Message: "line 1"}, facts: sandbox.Facts{ExitStatus: 3, MemoryBytes: 7}}}).tell(p, &out)
	if err := m.keep(&Pipeline{Now: time.Now}, Task{}, stopFailed, failed, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Sessions) != 1 || out.Sessions[0].Stop != "failed" || len(out.Sessions[0].Data) == 0 {
		t.Errorf("what was timed before it failed is not kept: %+v", out.Sessions)
	}
	j := out.Judging
	if r := out.Runs[1]; r.ExitStatus != 3 || r.MemoryBytes != 7 || r.TestCase != "secret/2" {
		t.Errorf("the failed repetition is not told: %+v", r)
	}
	if j.Verdict != judge.Crash || j.FirstFailed != "secret/2" || j.Passed != 1 || j.On(judge.RealBoard).Once != 1+10 || j.On(judge.CPUBoard).Once != 1+20 || j.Missed.Tests != 1 {
		t.Errorf("%+v", j)
	}
	if got := out.Runs[1].Message; got != "in a repetition: line 1" {
		t.Errorf("message %q", got)
	}
}

// A copy of a program that failed in a repetition fails as well: a program may crash
// whenever it is slow, and must not be handed in until it never was.
func TestCopyOfAFailure(t *testing.T) {
	outcome := func() judge.Outcome {
		out := judge.Outcome{Runs: []judge.Run{
			{Ordinal: 1, TestCase: "secret/1", Timed: true, Verdict: judge.Accepted, Real: 1, CPU: 1},
			{Ordinal: 2, TestCase: "secret/2", Timed: true, Verdict: judge.Accepted, Real: 2, CPU: 2},
		}}
		sum(judge.Problem{}, &out.Judging, out.Runs, fixedCost{})
		return out
	}
	first := outcome()
	m := &measurement{stand: &stand{policy: "fifo"}, subject: "P", session: measure.Session{ID: "1", Class: "c"}}
	failed := (&failedRun{timed{test: judge.TestCase{Name: "secret/2"}, Result: run.Result{Verdict: judge.Crash, Message: "line 1"}, facts: sandbox.Facts{ExitStatus: 3}}}).tell(judge.Problem{}, &first)
	if err := m.keep(&Pipeline{Now: time.Now}, Task{}, stopFailed, failed, &first); err != nil { // before its first pair was complete
		t.Fatal(err)
	}
	second := outcome()
	known, err := (&measurement{subject: "P"}).reuse(judge.Problem{}, first.Sessions, &second)
	if err != nil || !known {
		t.Fatalf("the copy is measured: %v", err)
	}
	if diff := cmp.Diff(first.Runs, second.Runs); diff != "" || second.Judging.Verdict != judge.Crash || second.Judging.Passed != 1 {
		t.Errorf("%s, passed %d; runs (-the first, +the copy):\n%s", second.Judging.Verdict, second.Judging.Passed, diff)
	}
	if known, err := (&measurement{subject: "Q"}).reuse(judge.Problem{}, first.Sessions, &second); known || err != nil {
		t.Errorf("another program fails with it: %v", err)
	}

	third, before := outcome(), storedSession(t, "0", measure.Unstable, 3)
	known, err = (&measurement{subject: "P"}).reuse(judge.Problem{}, append([]judge.Session{before}, first.Sessions...), &third)
	if err != nil || !known || third.Judging.Verdict != judge.Crash {
		t.Errorf("where it passed a session before it failed, the copy got %s: %v", third.Judging.Verdict, err)
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
		m := &measurement{
			subject: "P", tests: []judge.TestCase{{Name: "secret/1"}},
			baseline: measure.Baseline{Tests: []measure.Frozen{{Name: "secret/1", Reference: sample, Null: measure.Sample{Real: 1, CPU: 1}}}},
		}
		var out judge.Outcome
		known, err := m.reuse(judge.Problem{}, []judge.Session{storedSession(t, "1", measure.Budget, rounds)}, &out)
		if err != nil || known != want || known != out.Judging.On(judge.RealBoard).Measured.Is() {
			t.Errorf("after %d rounds: known %t, %v, measured %+v; want %t", rounds, known, err, out.Judging.On(judge.RealBoard).Measured, want)
		}
		if !known && (m.tried != 0 || len(m.earlier) > 0) {
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
