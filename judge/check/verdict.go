// Package check turns the facts of a run into a verdict and compares outputs
// as an output validator of the ICPC problem package format does: the default one,
// or a program of the organiser in a sandbox of its own.
package check

import (
	"syscall"
	"time"

	"contest/judge"
	"contest/sandbox"
)

// Verdict says what the facts of one run mean. Accepted means that the run
// itself was fine and its output is still to be compared.
//
// Of several reasons the first in the order MLE, OLE, TLE, RTE is given: a
// program killed at a limit also has a signal, and one that swaps or prints
// without end is often slow too, so that the later reason would mislead.
//
// Time is over when the CPU time of all threads together is above the problem's
// CPULimit or, on a problem with a real board, when the real time is above its
// time limit, whatever the CPU time: that board ranks by nothing else. Without
// a real board the real time only matters when the sandbox ended the run at
// WallLimit. What was waited for a CPU that others used never counts, so that a
// loaded machine costs nobody a verdict. Facts are compared with the limits although
// the sandbox enforced them: a program may end by itself just beyond one.
func Verdict(p judge.Problem, f sandbox.Facts) judge.Verdict {
	switch {
	case f.Hit == sandbox.MemoryLimit || f.MemoryBytes > p.Limits.MemoryBytes:
		return judge.Memory
	case f.Hit == sandbox.OutputLimit || int64(len(f.Stdout)) > p.Limits.OutputBytes:
		return judge.Output
	case f.Hit == sandbox.CPULimit || f.Hit == sandbox.WallLimit || f.Hit == sandbox.ReadyLimit || late(p, f):
		return judge.TimeOut
	case f.Window != nil:
		return inWindow(f)
	case f.LeftProcesses: // whose work nobody timed
		return judge.Crash
	case !f.Exited || f.ExitStatus != 0:
		return judge.Crash
	}
	return judge.Accepted
}

func late(p judge.Problem, f sandbox.Facts) bool {
	real, cpu := Times(f)
	return cpu > p.CPULimit() || p.OnReal() && real-RunDelay(f) > p.Limits.Time
}

// RunDelay is how much of the real time of Times was waiting for a CPU that others
// used, as far as the sandbox looked.
func RunDelay(f sandbox.Facts) time.Duration {
	if f.Window != nil {
		return f.Window.RunDelay
	}
	return f.RunDelay
}

// Times are the real and the CPU time of a run that count: in a window what
// happened in it, without one those of the whole process.
func Times(f sandbox.Facts) (real, cpu time.Duration) {
	if f.Window != nil {
		return f.Window.Real, f.Window.CPU
	}
	return f.Real, f.CPU
}

// inWindow is the verdict of a run that hit no limit. The sandbox ends a
// program once it has closed its output, so that its exit status says nothing
// any more, but a signal that was not ours does.
func inWindow(f sandbox.Facts) judge.Verdict {
	switch w := f.Window; {
	case w.EarlyOutput:
		return judge.Wrong
	case !w.Closed, !f.Exited && f.Signal != syscall.SIGKILL:
		return judge.Crash
	}
	return judge.Accepted
}
