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
	"contest/judge/store"
	"contest/judge/timing"
)

// twiceFolder is a package with a harness and a reference.
const twiceFolder = "../timing/testdata/twice"

func measuredProblem(t *testing.T) judge.Problem {
	t.Helper()
	p, err := newPipeline(nil).Load(t.Context(), twiceFolder, LoadOptions{TestSet: "full", Cache: t.TempDir(), Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// working is a program that takes so many times as long as the reference.
func working(t *testing.T, times string) string {
	t.Helper()
	source, err := os.ReadFile(twiceFolder + "/submissions/accepted/reference.cpp")
	if err != nil {
		t.Fatal(err)
	}
	return "#define TIMES " + times + "\n" + string(source)
}

// records are those of a contest, with sessions that no judging of it has.
type records struct {
	*store.DB
	sessions []judge.Session
}

func (r *records) Sessions(_ context.Context, _ judge.ProblemID, _ string, _ judge.LanguageID, _, _, _ string) ([]judge.Session, error) {
	return r.sessions, nil
}

func someRecords(t *testing.T) *records {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "judge.db"), store.Options{Blobs: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &records{DB: db}
}

// What is told of a session is what was kept of it. A machine that disturbs more than
// a fifth of the pairs ends it at the first look.
func TestMeasure(t *testing.T) {
	p, pl := measuredProblem(t), newPipeline(someRecords(t))
	ratios := map[string]float64{}
	for _, times := range []string{"1", "4"} {
		var looks []judge.Look
		job := task(p, working(t, times))
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
		record, err := measure.Decode[timing.SessionRecord](session.Data)
		if err != nil {
			t.Fatal(err)
		}
		pairs := record.Pairs
		if record.Probes.Compute.Middle <= 0 || record.Probes.Memory.Middle <= 0 {
			t.Errorf("probes: %+v", record.Probes)
		}
		if len(pairs) < 2*rounds-2 || session.Class != pl.Timer.Machine().Class || session.Scheduling == "" {
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
	p, kept := measuredProblem(t), someRecords(t)
	pl := newPipeline(kept)
	job := task(p, working(t, "1"))
	job.Measure = &judge.Measure{Rounds: 5}
	first, err := pl.Judge(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := kept.Baseline(t.Context(), p.ID, p.Version, pl.Timer.Machine().Class)
	if err != nil {
		t.Fatal(err)
	}
	// As if nothing had changed: on a busy machine the probes would differ.
	record, err := measure.Decode[timing.SessionRecord](first.Sessions[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	record.Probes = machine.Vector{}
	if first.Sessions[0].Data, err = measure.Encode(record); err != nil {
		t.Fatal(err)
	}
	kept.sessions = first.Sessions
	job.Again = true
	second, err := pl.Judge(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if m := second.Judging.On(judge.RealBoard).Measured; m.Is() && (m.Sessions != 2 || m.Pairs < 20) {
		t.Errorf("pooled: %+v", m)
	}
	if again, err := kept.Baseline(t.Context(), p.ID, p.Version, pl.Timer.Machine().Class); err != nil || !again.Frozen.Equal(frozen.Frozen) {
		t.Errorf("the baseline was frozen at %v, then %v: %v", frozen.Frozen, again.Frozen, err)
	}

	kept.sessions = slices.Concat(first.Sessions, second.Sessions)
	copied := task(p, "/* another try */ "+working(t, "1")+"  // the end\n")
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
	if diff := cmp.Diff(second.Tests, third.Tests); diff != "" || third.Judging.Class != pl.Timer.Machine().Class || third.Judging.Scheduling == "" {
		t.Errorf("the tests of a copy (-the program, +the copy):\n%s\nof class %q, %s", diff, third.Judging.Class, third.Judging.Scheduling)
	}
}

// A repetition that was not accepted decides the verdict: it takes the place of the run
// that was.
func TestFailedRepetition(t *testing.T) {
	out := judge.Outcome{Runs: []judge.Run{
		{Ordinal: 1, TestCase: "secret/1", Timed: true, Verdict: judge.Accepted, Real: 1, CPU: 1},
		{Ordinal: 2, TestCase: "secret/2", Timed: true, Verdict: judge.Accepted, Real: 2, CPU: 2},
	}}
	p := judge.Problem{Limits: judge.Limits{Time: 10}, Threads: 2}
	fixed := timing.FixedCost{Real: 3, CPU: 4}
	sum(p, &out.Judging, out.Runs, fixed)
	failed := judge.Run{TestCase: "secret/2", Verdict: judge.Crash, Message: "in a repetition: line 1", ExitStatus: 3, MemoryBytes: 7}
	complete(p, &out, timing.Measurement{Class: "c", Scheduling: "fifo", Session: &judge.Session{ID: "1"}, Failed: &failed}, fixed)
	j := out.Judging
	if len(out.Sessions) != 1 || j.Class != "c" || j.Scheduling != "fifo" || len(out.Tests) > 0 {
		t.Errorf("what was timed before it failed is not kept: %+v", out)
	}
	failed.Ordinal, failed.Timed = 2, true
	if diff := cmp.Diff(failed, out.Runs[1]); diff != "" {
		t.Errorf("the failed repetition is not told (-want +got):\n%s", diff)
	}
	if j.Verdict != judge.Crash || j.FirstFailed != "secret/2" || j.Passed != 1 || j.On(judge.RealBoard).Once != 1+10 || j.On(judge.CPUBoard).Once != 1+20 || j.Missed.Tests != 1 {
		t.Errorf("%+v", j)
	}
	if j.On(judge.RealBoard).Fixed != 3 || j.On(judge.CPUBoard).Fixed != 4 {
		t.Errorf("what every run costs is lost: %+v", j.Values)
	}
}
