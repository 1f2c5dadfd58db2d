package check

import (
	"syscall"
	"testing"
	"time"

	"contest/judge"
	"contest/sandbox"
)

func TestVerdict(t *testing.T) {
	const second = time.Second
	problem := judge.Problem{
		Boards: []judge.Board{judge.RealBoard, judge.CPUBoard}, Threads: 1,
		Limits: judge.Limits{Time: 2 * second, MemoryBytes: 1000, OutputBytes: 10},
	}
	cpuOnly, threads := problem, problem
	cpuOnly.Boards = []judge.Board{judge.CPUBoard}
	threads.Threads = 8
	fine := sandbox.Facts{Exited: true, Real: second, CPU: second, MemoryBytes: 1000, Stdout: make([]byte, 10)}
	with := func(change func(*sandbox.Facts)) sandbox.Facts {
		f := fine
		change(&f)
		return f
	}
	ours := sandbox.Facts{Signal: syscall.SIGKILL, Killed: true, Window: &sandbox.WindowFacts{Opened: true, Closed: true, Real: second, CPU: second}}
	window := func(change func(*sandbox.Facts)) sandbox.Facts {
		f, w := ours, *ours.Window
		f.Window = &w
		change(&f)
		return f
	}
	for _, test := range []struct {
		name    string
		problem judge.Problem
		facts   sandbox.Facts
		want    judge.Verdict
	}{
		{"fine", problem, fine, judge.Accepted},
		{"window", problem, ours, judge.Accepted},
		{"window and much before it", problem, window(func(f *sandbox.Facts) { f.Real, f.CPU = 9*second, 9*second }), judge.Accepted},
		{"window and an exit after it", problem, window(func(f *sandbox.Facts) { f.Exited, f.Signal, f.ExitStatus = true, 0, 5 }), judge.Accepted},
		{"window, real", problem, window(func(f *sandbox.Facts) { f.Window.Real = 2*second + 1 }), judge.TimeOut},
		{"window, real, of which it waited", problem, window(func(f *sandbox.Facts) { f.Window.Real, f.Window.RunDelay = 9*second, 7*second }), judge.Accepted},
		{"window, real, of which it waited less", problem, window(func(f *sandbox.Facts) { f.Window.Real, f.Window.RunDelay = 9*second, 7*second-1 }), judge.TimeOut},
		{"real, of which it waited", problem, with(func(f *sandbox.Facts) { f.Real, f.RunDelay = 9*second, 7*second }), judge.Accepted},
		{"real, of which it waited before the window", problem, window(func(f *sandbox.Facts) { f.RunDelay, f.Window.Real = 7*second, 3*second }), judge.TimeOut},
		{"window, CPU", problem, window(func(f *sandbox.Facts) { f.Window.CPU = 2*second + 1 }), judge.TimeOut},
		{"window and a crash", problem, window(func(f *sandbox.Facts) { f.Signal = syscall.SIGABRT }), judge.Crash},
		{"window not closed", problem, window(func(f *sandbox.Facts) { f.Window.Closed = false }), judge.Crash},
		{"window not opened", problem, window(func(f *sandbox.Facts) { *f.Window = sandbox.WindowFacts{}; f.Exited, f.Signal = true, 0 }), judge.Crash},
		{"window not opened in time", problem, window(func(f *sandbox.Facts) { *f.Window, f.Hit = sandbox.WindowFacts{}, sandbox.ReadyLimit }), judge.TimeOut},
		{"window restless", problem, window(func(f *sandbox.Facts) { *f.Window = sandbox.WindowFacts{Restless: true} }), judge.Crash},
		{"window, early output", problem, window(func(f *sandbox.Facts) { *f.Window = sandbox.WindowFacts{EarlyOutput: true} }), judge.Wrong},
		{"just in time", problem, with(func(f *sandbox.Facts) { f.Real, f.CPU = 2*second, 2*second }), judge.Accepted},
		{"exit status", problem, with(func(f *sandbox.Facts) { f.ExitStatus = 1 }), judge.Crash},
		{"left processes", threads, with(func(f *sandbox.Facts) { f.LeftProcesses = true }), judge.Crash},
		{"window and left processes", threads, window(func(f *sandbox.Facts) { f.LeftProcesses = true }), judge.Accepted},
		{"signal", problem, with(func(f *sandbox.Facts) { f.Exited, f.Signal = false, syscall.SIGSEGV }), judge.Crash},
		{"CPU", problem, with(func(f *sandbox.Facts) { f.CPU = 2*second + 1 }), judge.TimeOut},
		{"real", problem, with(func(f *sandbox.Facts) { f.Real = 2*second + 1 }), judge.TimeOut},
		{"real without a real board", cpuOnly, with(func(f *sandbox.Facts) { f.Real = 2*second + 1 }), judge.Accepted},
		{"wall without a real board", cpuOnly, with(func(f *sandbox.Facts) { f.Exited, f.Signal, f.Hit = false, syscall.SIGKILL, sandbox.WallLimit }), judge.TimeOut},
		{"CPU of many threads", threads, with(func(f *sandbox.Facts) { f.CPU = 16 * second }), judge.Accepted},
		{"too much CPU of many threads", threads, with(func(f *sandbox.Facts) { f.CPU = 16*second + 1 }), judge.TimeOut},
		{"killed for CPU", problem, with(func(f *sandbox.Facts) { f.Exited, f.Signal, f.Hit = false, syscall.SIGKILL, sandbox.CPULimit }), judge.TimeOut},
		{"late and crashed", problem, with(func(f *sandbox.Facts) { f.Real, f.ExitStatus = 3*second, 1 }), judge.TimeOut},
		{"output", problem, with(func(f *sandbox.Facts) { f.Exited, f.Signal, f.Hit = false, syscall.SIGXFSZ, sandbox.OutputLimit }), judge.Output},
		{"too much output under a new limit", problem, with(func(f *sandbox.Facts) { f.Stdout = make([]byte, 11) }), judge.Output},
		{"output and late", problem, with(func(f *sandbox.Facts) { f.Hit, f.Real = sandbox.OutputLimit, 3*second }), judge.Output},
		{"memory", problem, with(func(f *sandbox.Facts) { f.Exited, f.Signal, f.Hit = false, syscall.SIGKILL, sandbox.MemoryLimit }), judge.Memory},
		{"too much memory under a new limit", problem, with(func(f *sandbox.Facts) { f.MemoryBytes = 1001 }), judge.Memory},
		{"memory, late", problem, with(func(f *sandbox.Facts) { f.Hit, f.Real, f.CPU = sandbox.MemoryLimit, 3*second, 3*second }), judge.Memory},
	} {
		if got := Verdict(test.problem, test.facts); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
