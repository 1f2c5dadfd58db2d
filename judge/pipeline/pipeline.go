// Package pipeline is one judging from end to end: build, run every test case
// in the sandbox, check, have timed what was passed, sum up. It also generates test
// cases and verifies packages, which are judgings of the organiser's own programs. It
// stores nothing, queue and store do; and it times nothing, timing does.
package pipeline

import (
	"context"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/problem"
	"contest/judge/run"
	"contest/judge/timing"
	"contest/sandbox"
)

// Pipeline judges submissions with the compilers that are installed.
type Pipeline struct {
	Toolchains build.Toolchains
	Timer      *timing.Timer

	// Aside is the time between judgings: whoever judges what somebody waits for
	// says so there.
	Aside Aside

	validator build.Latest
}

// New is a pipeline whose times records remember; without records (nil) nothing is
// ranked.
func New(tools build.Toolchains, records timing.Records) *Pipeline {
	return &Pipeline{Toolchains: tools, Timer: timing.New(tools, records)}
}

// Report is called as a judging goes on; it must not block.
type Report func(judge.Progress)

// Task is one judging: sources for a problem.
type Task struct {
	Problem  judge.Problem
	Language judge.LanguageID
	Files    []judge.File
	// Measure, if not nil, has a submission timed beside the problem's
	// reference once all its test cases have been run.
	Measure *judge.Measure
	// Bench is for who wants to know, not for ranks: only what passed every
	// test case is timed, and a machine that disturbs most runs stops nothing.
	Bench bool
	// Again has a program measured that was measured before: the machine spoilt
	// what it found then. Otherwise what was found is taken.
	Again bool
	// Trial wants the verdict alone: what comes after the first test case that is not
	// passed is not run.
	Trial bool
	// Turn does each piece of the work, such as Aside.Do; nil does them one after
	// the other.
	Turn   Turn
	Report Report
	// Seen, if not nil, is called with what each run was seen to do, its output
	// among it, which is kept nowhere.
	Seen func(judge.TestCase, judge.Run, sandbox.Facts)
}

// Turn does a piece of work on the machine when its turn has come.
type Turn func(ctx context.Context, piece func(context.Context) error) error

// do does a piece of work.
func (t Turn) do(ctx context.Context, piece func(context.Context) error) error {
	if t == nil {
		return piece(ctx)
	}
	return t(ctx, piece)
}

// Judge evaluates sources against every test case of their problem. An error
// is our failure and says nothing about the submission.
func (pl *Pipeline) Judge(ctx context.Context, t Task) (judge.Outcome, error) {
	p := t.Problem
	j := judge.Judging{State: judge.Done, ProblemVersion: p.Version, Grade: judge.Grade{Total: len(p.Tests)}, Started: time.Now()}
	t.Report(judge.Progress{State: judge.Compiling, Total: j.Total})
	var res build.Result
	err := t.Turn.do(ctx, func(ctx context.Context) (err error) {
		res, err = pl.Toolchains.Submission(ctx, p, t.Language, t.Files)
		return err
	})
	if err != nil {
		return judge.Outcome{}, err
	}
	j.Compile, j.CompilerOutput, j.ProgramHash, j.Toolchain = res.Took, res.Output, res.Hash, res.Toolchain
	if res.Program == nil {
		j.Verdict, j.Finished = judge.Compile, time.Now()
		return judge.Outcome{Judging: j}, nil
	}
	defer res.Program.Close()
	out, err := pl.judgeProgram(ctx, t, j, res.Program)
	out.Judging.Finished = time.Now()
	return out, err
}

// judgeProgram completes the judging of what was compiled.
func (pl *Pipeline) judgeProgram(ctx context.Context, t Task, j judge.Judging, program *build.Artifact) (judge.Outcome, error) {
	p := t.Problem
	var null timing.Start
	err := t.Turn.do(ctx, func(ctx context.Context) (err error) {
		null, err = pl.Timer.NullStart(ctx, p)
		return err
	})
	if err != nil {
		return judge.Outcome{}, err
	}
	jury, err := pl.openJury(ctx, p, t.Turn)
	if err != nil {
		return judge.Outcome{}, err
	}
	runs, spent, err := pl.runAll(ctx, t, jury, program, null)
	if err != nil {
		return judge.Outcome{}, err
	}
	var fixed timing.FixedCost
	if !t.Trial {
		if fixed, err = pl.Timer.FixedCost(ctx, p); err != nil {
			return judge.Outcome{}, err
		}
	}
	sum(p, &j, runs, fixed)
	out := judge.Outcome{Judging: j, Runs: runs}
	if t.Measure == nil || !p.HasReference() || j.TimedPassed == 0 || t.Bench && j.Verdict != judge.Accepted {
		return out, nil
	}
	found, err := pl.Timer.Session(ctx, timing.SessionTask{
		Problem: p, Language: t.Language, Sources: judge.HashFiles(t.Files), Program: program, Once: out, Spent: spent, Jury: jury,
		Settings: *t.Measure, Bench: t.Bench, Again: t.Again,
		Look: func(l judge.Look) { t.Report(judge.Progress{State: judge.Measuring, Total: len(p.Tests), Look: &l}) },
	})
	if err != nil {
		return judge.Outcome{}, fmt.Errorf("measure: %w", err)
	}
	complete(p, &out, found, fixed)
	return out, nil
}

// Final has a final played, as timing.Timer.Final says, before the problem's jury.
func (pl *Pipeline) Final(ctx context.Context, t timing.FinalTask) (_ judge.FinalStanding, err error) {
	if t.Jury, err = pl.openJury(ctx, t.Problem, nil); err != nil {
		return judge.FinalStanding{}, err
	}
	return pl.Timer.Final(ctx, t)
}

// runAll runs every test case, each in a fresh process, in order. After
// StopAfterTimeouts time-outs the rest is marked as not run: a program that
// hangs must not hold up everybody behind it. Null is the start of a program
// that does nothing.
func (pl *Pipeline) runAll(ctx context.Context, t Task, jury *run.Jury, program *build.Artifact, null timing.Start) ([]judge.Run, timing.Spent, error) {
	if t.Turn == nil {
		defer pl.Timer.Quiet()()
	}
	p := t.Problem
	box, err := sandbox.New(ctx, program.Container(run.Container(p)))
	if err != nil {
		return nil, timing.Spent{}, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	var spent timing.Spent
	began := time.Now()
	runs := make([]judge.Run, 0, len(p.Tests))
	timeouts, failed := 0, false
	for i, tc := range p.Tests {
		r := judge.Run{Ordinal: i + 1, TestCase: tc.Name, Timed: tc.Timed, Verdict: judge.NotRun}
		if (p.StopAfterTimeouts == 0 || timeouts < p.StopAfterTimeouts) && !(failed && t.Trial) {
			var facts sandbox.Facts
			err := t.Turn.do(ctx, func(ctx context.Context) (err error) {
				if t.Turn != nil { // not while others wait for the processors
					defer pl.Timer.Quiet()()
				}
				facts, err = runOne(ctx, jury, run.Case{Problem: p, Test: tc, Program: program, Box: box, ReadyWithin: null.Limit()}, &r)
				return err
			})
			if err != nil {
				return nil, timing.Spent{}, fmt.Errorf("test case %s: %w", tc.Name, err)
			}
			spent.Starts += null.Beyond(facts)
			failed = failed || r.Verdict != judge.Accepted
			if t.Seen != nil {
				t.Seen(tc, r, facts)
			}
		}
		if r.Verdict == judge.TimeOut {
			timeouts++
		}
		runs = append(runs, r)
		t.Report(judge.Progress{State: judge.Running, Total: len(p.Tests), Run: &r})
	}
	spent.Time = time.Since(began)
	return runs, spent, nil
}

// runOne runs a program on a test case. One that was not ready in time is tried
// once more before that counts: the machine may have stood still.
func runOne(ctx context.Context, jury *run.Jury, c run.Case, r *judge.Run) (sandbox.Facts, error) {
	facts, err := run.Run(ctx, c)
	if err == nil && facts.Hit == sandbox.ReadyLimit {
		facts, err = run.Run(ctx, c)
	}
	if err != nil {
		return facts, err
	}
	run.Note(r, facts)
	result, err := jury.Judge(ctx, c.Test, facts)
	r.Verdict, r.Message, r.TeamMessage, r.JudgeMessage = result.Verdict, result.Message, result.Team, result.Judge
	return facts, err
}

// openJury is who judges the runs of one judging or final.
func (pl *Pipeline) openJury(ctx context.Context, p judge.Problem, turn Turn) (jury *run.Jury, err error) {
	var v check.Validator
	err = turn.do(ctx, func(ctx context.Context) (err error) {
		v, err = pl.outputValidator(ctx, p)
		return err
	})
	return run.NewJury(p, v), err
}

// outputValidator is the problem's own, compiled, or the default one.
func (pl *Pipeline) outputValidator(ctx context.Context, p judge.Problem) (check.Validator, error) {
	if !p.HasValidator() {
		return check.Default(p.Validation), nil
	}
	program, err := pl.validator.Get(p.Version, func() (*build.Artifact, error) {
		return pl.compileJury(ctx, problem.OutputValidator(p), "validate")
	})
	if err != nil {
		return nil, fmt.Errorf("output validator: %w", err)
	}
	return check.Program{Artifact: program, Limits: p.Limits}, nil
}
