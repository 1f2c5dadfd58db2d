// Package run runs a program on a test case, in the manner of the problem's type,
// and has its output judged. It knows nothing of contests and times nothing: the
// facts of a run are returned with what they mean.
package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/sandbox"
)

// Container is where submissions to a problem run; build.Artifact.Container adds what a
// program needs beside it.
func Container(p judge.Problem) sandbox.Config {
	c := sandbox.Config{Devices: true, Secluded: true}
	for _, t := range p.Tests {
		var size, files int64
		for _, f := range p.CaseFiles(t) {
			if info, err := os.Stat(f.Path); err == nil { // else the run says so
				size += info.Size() + fileRoom
			}
			files += 1 + int64(strings.Count(f.Name, "/"))
		}
		c.WorkBytes, c.WorkInodes = max(c.WorkBytes, size), max(c.WorkInodes, files)
	}
	if c.WorkBytes > 0 {
		c.WorkBytes, c.WorkInodes = c.WorkBytes+fileRoom, c.WorkInodes+1
	}
	return c
}

// fileRoom is what a file takes at most beyond its bytes, in the largest pages there
// are, and what a folder takes.
const fileRoom = 64 << 10

// Case is a program before a test case.
type Case struct {
	Problem judge.Problem
	Test    judge.TestCase
	Program *build.Artifact
	Box     *sandbox.Container
	// ReadyWithin is the time until the program has to be ready for its input, in a
	// window; 0 is no limit.
	ReadyWithin time.Duration
	Scrub       []byte // see sandbox.Command
}

// Type is how programs for problems of one type are run on a test case.
type Type interface {
	Run(context.Context, Case) (sandbox.Facts, error)
}

// types are the problem types that this judge knows.
var types = map[judge.ProblemType]Type{
	judge.PassFail: passFail{},
}

// Types are the names of the problem types.
func Types() []judge.ProblemType { return slices.Sorted(maps.Keys(types)) }

// Run runs the program once. An error is our failure.
func Run(ctx context.Context, c Case) (sandbox.Facts, error) {
	t, ok := types[cmp.Or(c.Problem.Type, judge.PassFail)]
	if !ok {
		return sandbox.Facts{}, fmt.Errorf("problem %s is of the type %q, which no case runner is for", c.Problem.ID, c.Problem.Type)
	}
	return t.Run(ctx, c)
}

// passFail runs a program that reads its input once and prints its output.
type passFail struct{}

func (passFail) Run(ctx context.Context, c Case) (sandbox.Facts, error) {
	p := c.Problem
	program, err := c.program()
	if err != nil {
		return sandbox.Facts{}, err
	}
	cmd := sandbox.Command{
		Args: c.Test.Args,
		Limits: sandbox.Limits{
			CPU: p.CPULimit(), Wall: p.WallLimit(), MemoryBytes: p.Limits.MemoryBytes, OutputBytes: p.Limits.OutputBytes,
			StackBytes: p.Limits.MemoryBytes, Processes: p.Processes(),
		},
		Scrub: c.Scrub,
	}
	if p.Timing == judge.Window {
		input, err := os.ReadFile(p.InputPath(c.Test))
		if err != nil {
			return sandbox.Facts{}, err
		}
		cmd.Env = WindowEnv
		cmd.Window = &sandbox.Window{Input: input, ReadyWithin: c.ReadyWithin, DoneWithin: p.WallLimit()}
		// The window has the limit, and what comes before it one of its own.
		cmd.Limits.Wall += max(c.ReadyWithin, p.Limits.Time+time.Second)
		return program.Run(ctx, c.Box, cmd)
	}
	input, err := os.Open(p.InputPath(c.Test))
	if err != nil {
		return sandbox.Facts{}, err
	}
	defer input.Close()
	cmd.Stdin = input
	return program.Run(ctx, c.Box, cmd)
}

// program is the program with the files of the test case beside it.
func (c Case) program() (*build.Artifact, error) {
	files := c.Problem.CaseFiles(c.Test)
	if len(files) == 0 {
		return c.Program, nil
	}
	with := *c.Program
	with.Files = slices.Clone(with.Files)
	for _, f := range files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return nil, fmt.Errorf("files of test case %s: %w", c.Test.Name, err)
		}
		with.Files = append(with.Files, judge.File{Name: c.Test.WorkName(f), Data: data})
	}
	return &with, nil
}

// WindowEnv is the environment of a program that is run in a window.
var WindowEnv = []string{"JUDGE_WINDOW=1"}

// Note keeps the facts of a run.
func Note(r *judge.Run, facts sandbox.Facts) {
	r.Real, r.CPU = check.Times(facts)
	r.RunDelay = check.RunDelay(facts)
	r.MemoryBytes = facts.MemoryBytes
	r.ExitStatus, r.Limit = facts.ExitStatus, string(facts.Hit)
	if !facts.Killed { // else the signal is ours
		r.Signal = int(facts.Signal)
	}
}
