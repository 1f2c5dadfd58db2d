package worker

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/timing"
)

// A worker must be able to run where no database can be reached.
func TestNoDatabase(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "contest/judge/worker").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for name := range strings.Lines(string(out)) {
		switch name = strings.TrimSpace(name); name {
		case "contest/judge/store", "contest/judge/queue", "contest/judge/api", "database/sql":
			t.Errorf("a worker needs %s", name)
		}
	}
}

// catalogue is a contest of one problem.
type catalogue struct {
	problem judge.Problem
	err     error
}

func (c catalogue) ForJudging(id judge.ProblemID) (judge.Problem, error) {
	if c.err == nil && id != c.problem.ID {
		return judge.Problem{}, judge.ErrNotFound
	}
	return c.problem, c.err
}

func (c catalogue) Contest() judge.Contest { return judge.Contest{Measure: judge.Measure{Rounds: 7}} }

func assignment(purpose judge.Purpose, text string) judge.Assignment {
	return judge.Assignment{Judging: 3, Epoch: 2, Purpose: purpose, Submission: judge.Submission{
		ID: 1, Problem: "sum", Contestant: "alice", Language: "g++", Files: []judge.File{{Name: "a.cpp", Data: []byte(text)}},
	}}
}

// TestWork builds and runs real programs of a real package.
func TestWork(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sum")
	for name, text := range map[string]string{
		"problem.yaml":            "problem_format_version: 2025-09\nname: Sum\nuuid: 7e9cf70d-5eb0-4c75-8d1f-2c1a1f2a3b4c\nlimits: {time_limit: 5}\n",
		"statement/problem.en.md": "Add.\n", "submissions/accepted/sum.cpp": sum,
		"data/sample/1.in": "1 2\n", "data/sample/1.ans": "3\n", "data/secret/1.in": "4 5\n", "data/secret/1.ans": "9\n",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	pl := pipeline.New(build.Detect(), nil)
	p, err := pl.Load(t.Context(), dir, pipeline.LoadOptions{Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	w := &Worker{Problems: catalogue{problem: p}, Pipeline: pl, Timer: pl.Timer, Aside: &pl.Aside, Logger: slog.New(slog.DiscardHandler)}
	for _, tc := range []struct {
		name, text string
		verdict    judge.Verdict
		steps      string
	}{
		{"right", sum, judge.Accepted, "compiling, running sample/1 AC, running secret/1 AC"},
		{"wrong", strings.ReplaceAll(sum, "a + b", "3"), judge.Wrong, "compiling, running sample/1 AC, running secret/1 WA"},
		{"no program", "int main() { return x; }\n", judge.Compile, "compiling"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var steps []string
			out, err := w.Work(t.Context(), assignment(judge.ToCount, tc.text), func(p judge.Progress) {
				step := string(p.State)
				if p.Run != nil {
					step += " " + p.Run.TestCase + " " + string(p.Run.Verdict)
				}
				steps = append(steps, step)
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(steps, ", "); got != tc.steps {
				t.Errorf("steps: got %s; want %s", got, tc.steps)
			}
			if j := out.Judging; j.Verdict != tc.verdict || j.ProblemVersion != p.Version || out.Again {
				t.Errorf("outcome: got %+v, want %s by version %s, and nothing to follow", out, tc.verdict, p.Version)
			}
		})
	}
}

const sum = "#include <iostream>\nint main() { long long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n"

// found is a pipeline that has an outcome ready: no machine is disturbed at will.
type found struct {
	out    judge.Outcome
	err    error
	task   pipeline.Task
	doubts []timing.Doubt
}

func (f *found) Judge(_ context.Context, t pipeline.Task) (judge.Outcome, error) {
	f.task = t
	return f.out, f.err
}

func (f *found) Doubts(context.Context, judge.Problem, judge.Measure) ([]timing.Doubt, error) {
	return f.doubts, nil
}

// measured is an outcome with what was measured, in sessions of its own or as others
// had found it.
func measured(again bool, sessions int) judge.Outcome {
	out := judge.Outcome{Sessions: make([]judge.Session, sessions)}
	out.Judging.Values.At(judge.RealBoard).Measured = judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: again}
	return out
}

// What the machine disturbed is measured again, by one judging.
func TestFollowUp(t *testing.T) {
	for _, tc := range []struct {
		name    string
		purpose judge.Purpose
		out     judge.Outcome
		again   bool // what follows
		anew    bool // whether what was found before is no answer
	}{
		{"calm", judge.ToCount, measured(false, 1), false, false},
		{"disturbed", judge.ToCount, measured(true, 1), true, false},
		{"disturbed, found by another judging", judge.ToCount, measured(true, 0), false, false},
		{"disturbed in a rejudging", judge.ToPropose, measured(true, 1), true, false},
		{"disturbed once more", judge.ToRemeasure, measured(true, 1), true, true},
		{"calm at last", judge.ToRemeasure, measured(false, 1), false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pl := &found{out: tc.out}
			w := &Worker{Problems: catalogue{problem: judge.Problem{ID: "sum", Version: "v1"}}, Pipeline: pl, Timer: pl, Aside: &pipeline.Aside{}, Logger: slog.New(slog.DiscardHandler)}
			a := assignment(tc.purpose, sum)
			out, err := w.Work(t.Context(), a, func(judge.Progress) {})
			if err != nil {
				t.Fatal(err)
			}
			var after time.Duration
			if tc.again {
				after = measure.SessionGap
			}
			if out.Again != tc.again || out.AgainAfter != after {
				t.Errorf("follow-up: got %v after %v, want %v after %v", out.Again, out.AgainAfter, tc.again, after)
			}
			if got := pl.task; got.Again != tc.anew || got.Measure.Rounds != 7 || got.Language != "g++" || &got.Files[0] != &a.Submission.Files[0] {
				t.Errorf("task: got %+v, want the assignment's, measured as the contest says, anew: %v", got, tc.anew)
			}
		})
	}
}

func TestWorkFails(t *testing.T) {
	broken := errors.New("its package is broken")
	w := &Worker{Problems: catalogue{err: broken}, Pipeline: &found{}, Aside: &pipeline.Aside{}, Logger: slog.New(slog.DiscardHandler)}
	_, err := w.Work(t.Context(), assignment(judge.ToCount, sum), func(judge.Progress) {})
	if later, ok := errors.AsType[*judge.Later](err); !ok || later.Reason != broken.Error() || later.After != time.Minute {
		t.Errorf("without a problem: got error %v, want a minute's wait for %q", err, broken)
	}
	full := errors.New("the disk is full")
	w.Problems, w.Pipeline = catalogue{problem: judge.Problem{ID: "sum"}}, &found{out: measured(true, 1), err: full}
	out, err := w.Work(t.Context(), assignment(judge.ToCount, sum), func(judge.Progress) {})
	if !errors.Is(err, full) || out.Again {
		t.Errorf("got %+v and error %v, want no outcome and %v", out, err, full)
	}
}

// Doubts are told once of each version of a problem, when it was measured here.
func TestDoubts(t *testing.T) {
	var log bytes.Buffer
	pl := &found{doubts: []timing.Doubt{{Says: "tests are too short", Cure: "make them longer"}}}
	w := &Worker{Pipeline: pl, Timer: pl, Aside: &pipeline.Aside{}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for _, step := range []struct {
		version  string
		sessions int
		told     int
	}{{"v1", 0, 0}, {"v1", 1, 1}, {"v1", 1, 1}, {"v2", 1, 2}} {
		w.Problems, pl.out = catalogue{problem: judge.Problem{ID: "sum", Version: step.version}}, measured(false, step.sessions)
		if _, err := w.Work(t.Context(), assignment(judge.ToCount, sum), func(judge.Progress) {}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(log.String(), "tests are too short; make them longer"); got != step.told {
			t.Errorf("after %+v: told %d times, want %d:\n%s", step, got, step.told, &log)
		}
	}
}
