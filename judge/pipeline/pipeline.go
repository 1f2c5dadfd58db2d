// Package pipeline is one judging from end to end: build, run every test case
// in the sandbox, check, sum up. It also generates test cases and verifies
// packages, which are judgings of the organiser's own programs. It stores
// nothing; queue and store do.
package pipeline

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/sandbox"
)

// Pipeline judges submissions with the compilers that are installed.
type Pipeline struct {
	Toolchains build.Toolchains
	Now        func() time.Time

	// quiet is read-locked while test cases are timed and locked while the
	// judge itself keeps the processors busy with something else.
	quiet sync.RWMutex
}

// Report is called as a judging goes on; it must not block.
type Report func(judge.Event)

// Judge evaluates sources against every test case of p. An error is our
// failure and says nothing about the submission.
func (pl *Pipeline) Judge(ctx context.Context, p judge.Problem, lang judge.LanguageID, files []judge.File, report Report) (judge.Judging, []judge.Run, error) {
	j := judge.Judging{State: judge.Done, ProblemVersion: p.Version, Total: len(p.Tests), Started: pl.Now()}
	report(judge.Event{State: judge.Compiling, Total: j.Total})
	res, err := pl.compile(ctx, p, lang, files)
	if err != nil {
		return judge.Judging{}, nil, err
	}
	j.Compile, j.CompilerOutput = res.Took, res.Output
	if res.Program == nil {
		j.Verdict, j.Finished = judge.Compile, pl.Now()
		return j, nil, nil
	}
	defer res.Program.Close()
	runs, err := pl.runAll(ctx, p, res.Program, report)
	if err != nil {
		return judge.Judging{}, nil, err
	}
	sum(&j, runs)
	j.Finished = pl.Now()
	return j, runs, nil
}

func (pl *Pipeline) compile(ctx context.Context, p judge.Problem, lang judge.LanguageID, files []judge.File) (build.Result, error) {
	tool, err := pl.Toolchains.Find(string(lang))
	if err != nil {
		return build.Result{}, err
	}
	includes, err := build.ReadFiles(p.Includes)
	if err != nil {
		return build.Result{}, fmt.Errorf("read the files of include/cpp: %w", err)
	}
	src := build.Source{Files: files, Includes: includes, Flags: p.CompilerFlags}
	return build.Compile(ctx, tool, src, build.Limits{Time: p.Limits.CompileTime, MemoryBytes: p.Limits.CompileMemoryBytes})
}

// runAll runs every test case, each in a fresh process, in order. After
// StopAfterTimeouts time-outs the rest is marked as not run: a program that
// hangs must not hold up everybody behind it.
func (pl *Pipeline) runAll(ctx context.Context, p judge.Problem, program *os.File, report Report) ([]judge.Run, error) {
	pl.quiet.RLock()
	defer pl.quiet.RUnlock()
	box, err := sandbox.New(ctx, sandbox.Config{Devices: true})
	if err != nil {
		return nil, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	runs := make([]judge.Run, 0, len(p.Tests))
	timeouts := 0
	for i, t := range p.Tests {
		run := judge.Run{Ordinal: i + 1, TestCase: t.Name, Timed: t.Timed, Verdict: judge.NotRun}
		if p.StopAfterTimeouts == 0 || timeouts < p.StopAfterTimeouts {
			if err := runOne(ctx, box, p, t, program, &run); err != nil {
				return nil, fmt.Errorf("test case %s: %w", t.Name, err)
			}
		}
		if run.Verdict == judge.TimeOut {
			timeouts++
		}
		runs = append(runs, run)
		report(judge.Event{State: judge.Running, Total: len(p.Tests), Run: &run})
	}
	return runs, nil
}

func runOne(ctx context.Context, box *sandbox.Container, p judge.Problem, t judge.TestCase, program *os.File, run *judge.Run) error {
	input, err := os.Open(t.Input)
	if err != nil {
		return err
	}
	defer input.Close()
	answer, err := os.ReadFile(t.Answer)
	if err != nil {
		return err
	}
	facts, err := box.Run(ctx, sandbox.Command{
		Program: program, Args: []string{"submission"}, Stdin: input,
		Limits: sandbox.Limits{
			CPU: p.CPULimit(), Wall: p.WallLimit(), MemoryBytes: p.Limits.MemoryBytes, OutputBytes: p.Limits.OutputBytes,
			StackBytes: p.Limits.MemoryBytes, Processes: processes(p.Threads),
		},
	})
	if err != nil {
		return err
	}
	run.Real, run.CPU, run.MemoryBytes = facts.Real, facts.CPU, facts.MemoryBytes
	run.ExitStatus, run.Signal, run.Limit = facts.ExitStatus, int(facts.Signal), string(facts.Hit)
	run.Verdict = check.Verdict(p, facts)
	if run.Verdict != judge.Accepted {
		return nil
	}
	ok, why := check.Output(p.Validation, answer, facts.Stdout)
	if !ok {
		run.Verdict, run.Message = judge.Wrong, why
	}
	return nil
}

// processes is the most threads and processes at once: the problem's threads,
// and one that only waits for them where there may be several.
func processes(threads int) int {
	if threads <= 1 {
		return 1
	}
	return threads + 1
}

// sum derives a judging's verdict and totals from its runs. The first test
// case that is not AC decides the verdict; times count only where a test case
// is timed and passed.
func sum(j *judge.Judging, runs []judge.Run) {
	j.Verdict = judge.Accepted
	for _, r := range runs {
		j.MemoryBytes = max(j.MemoryBytes, r.MemoryBytes)
		if r.Verdict != judge.Accepted {
			if j.FirstFailed == "" {
				j.Verdict, j.FirstFailed = r.Verdict, r.TestCase
			}
			continue
		}
		j.Passed++
		if r.Timed {
			j.TimedPassed++
			j.Real += r.Real
			j.CPU += r.CPU
		}
	}
}
