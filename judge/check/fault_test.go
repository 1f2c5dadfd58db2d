package check

import (
	"syscall"
	"testing"
	"time"

	"contest/judge"
	"contest/sandbox"
)

func TestFault(t *testing.T) {
	const second = time.Second
	onReal := judge.Problem{
		Boards: []judge.Board{judge.RealBoard, judge.CPUBoard}, Threads: 1,
		Limits: judge.Limits{Time: 5 * second, MemoryBytes: 64 << 20, OutputBytes: 1 << 20},
	}
	onCPU, threads := onReal, onReal
	onCPU.Boards = []judge.Board{judge.CPUBoard}
	threads.Threads = 4
	aborted := func(words string) sandbox.Facts {
		return sandbox.Facts{Signal: syscall.SIGABRT, Stderr: []byte(words)}
	}
	const thrown = "terminate called after throwing an instance of 'std::system_error'\n  what():  Resource temporarily unavailable\n"
	for _, test := range []struct {
		name    string
		problem judge.Problem
		facts   sandbox.Facts
		want    string
	}{
		{"fine", onReal, sandbox.Facts{Exited: true, Real: second, CPU: second}, ""},
		{"signal", onReal, aborted(""), ""},
		{"CPU", onReal, sandbox.Facts{Hit: sandbox.CPULimit, CPU: 5001 * time.Millisecond, Real: 7 * second}, "it used 5.001s of CPU time; the limit is 5s"},
		{"CPU of threads", threads, sandbox.Facts{Hit: sandbox.CPULimit, CPU: 21 * second}, "it used 21s of CPU time; the limit is 20s"},
		{"real", onReal, sandbox.Facts{Hit: sandbox.WallLimit, Real: 7 * second, RunDelay: 2 * second, CPU: 3200 * time.Millisecond},
			"it took 7s of real time, 2s of that waiting for a CPU, which does not count; the limit is 5s (CPU time: 3.2s)"},
		{"real, not stopped", onReal, sandbox.Facts{Exited: true, Real: 6 * second, CPU: second}, "it took 6s of real time; the limit is 5s (CPU time: 1s)"},
		{"wall", onCPU, sandbox.Facts{Hit: sandbox.WallLimit, Real: 11 * second, CPU: 3200 * time.Millisecond},
			"it was stopped after 11s of real time, as it sleeps or waits: it had used 3.2s of its 5s of CPU time"},
		{"window, real", onReal, sandbox.Facts{Hit: sandbox.WallLimit, Real: 9 * second, Window: &sandbox.WindowFacts{Opened: true, Closed: true, Real: 6 * second, CPU: second}},
			"it took 6s of real time; the limit is 5s (CPU time: 1s)"},
		{"memory", onReal, sandbox.Facts{Hit: sandbox.MemoryLimit}, "it needed more than 64 MiB of memory"},
		{"output", onReal, sandbox.Facts{Hit: sandbox.OutputLimit}, "it printed more than 1 MiB"},
		{"a thread", onReal, aborted(thrown), "it seems that it could not start a thread or process: this problem allows none beside the program itself (threads: 1)"},
		{"too many threads", threads, aborted(thrown), "it seems that it could not start a thread or process: at most 5 may run at once (threads: 4, and the one that waits for them)"},
	} {
		if got := Fault(test.problem, test.facts); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
