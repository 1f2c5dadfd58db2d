package check

import (
	"bytes"
	"fmt"
	"time"

	"contest/judge"
	"contest/sandbox"
)

// Fault says, for the organiser, what a program did wrong in the way it ran: which
// limit it passed, by how much, and what it did against the rules of a window;
// empty if nothing, or if its exit status or signal says it all.
func Fault(p judge.Problem, f sandbox.Facts) string {
	for _, what := range []string{volumeFault(p, f), windowFault(f), timeFault(p, f), taskFault(p, f)} {
		if what != "" {
			return what
		}
	}
	return ""
}

// volumeFault is about memory and output.
func volumeFault(p judge.Problem, f sandbox.Facts) string {
	switch Verdict(p, f) {
	case judge.Memory:
		return fmt.Sprintf("it needed more than %s of memory", mebibytes(p.Limits.MemoryBytes))
	case judge.Output:
		return fmt.Sprintf("it printed more than %s", mebibytes(p.Limits.OutputBytes))
	}
	return ""
}

// mebibytes prints a limit, which packages give in MiB.
func mebibytes(n int64) string {
	if n%(1<<20) != 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// windowFault is about what a program does around the release of its input.
func windowFault(f sandbox.Facts) string {
	switch w := f.Window; {
	case w == nil && f.LeftProcesses && f.Hit == sandbox.NoLimit:
		return "it ended while processes that it had started went on"
	case w == nil:
		return ""
	case w.EarlyOutput:
		return "it gave output before it got its input"
	case w.Restless:
		return "it went on working after it had said that it was ready for its input"
	case f.Hit == sandbox.ReadyLimit:
		return fmt.Sprintf("it was not ready for its input after %s, which is more than preparing may take", seconds(f.Real))
	case !w.Opened && f.Hit == sandbox.CPULimit:
		return fmt.Sprintf("it was not ready for its input after %s of CPU time", seconds(f.CPU))
	case !w.Opened && f.Hit == sandbox.WallLimit:
		return fmt.Sprintf("it was not ready for its input after %s", seconds(f.Real))
	case !w.Opened:
		return "it ended without being ready for its input"
	}
	return ""
}

// timeFault says which limit of time was passed.
func timeFault(p judge.Problem, f sandbox.Facts) string {
	real, cpu := Times(f)
	if f.Window != nil && !f.Window.Closed { // it has no times
		real, cpu = f.Real, f.CPU
	}
	waited := ""
	if d := RunDelay(f); d > 0 {
		waited = fmt.Sprintf(", %s of that waiting for a CPU, which does not count", seconds(d))
	}
	switch {
	case f.Hit == sandbox.CPULimit || cpu > p.CPULimit():
		return fmt.Sprintf("it used %s of CPU time; the limit is %s", seconds(cpu), seconds(p.CPULimit()))
	case f.Hit != sandbox.WallLimit && !late(p, f):
		return ""
	case p.OnReal():
		return fmt.Sprintf("it took %s of real time%s; the limit is %s (CPU time: %s)", seconds(real), waited, seconds(p.Limits.Time), seconds(cpu))
	}
	return fmt.Sprintf("it was stopped after %s of real time%s, as it sleeps or waits: it had used %s of its %s of CPU time", seconds(real), waited, seconds(cpu), seconds(p.CPULimit()))
}

func seconds(d time.Duration) string { return d.Round(time.Millisecond).String() }

// noTask is what the C library calls the error of a program that may start no
// more threads and processes.
const noTask = "Resource temporarily unavailable"

// taskFault says why a program crashed that asked for more threads than it may
// have, going by its last words: those of std::system_error, of perror.
func taskFault(p judge.Problem, f sandbox.Facts) string {
	if Verdict(p, f) != judge.Crash || !bytes.Contains(f.Stderr, []byte(noTask)) {
		return ""
	}
	if n := p.Processes(); n > 1 {
		return fmt.Sprintf("it seems that it could not start a thread or process: at most %d may run at once (threads: %d, and the one that waits for them)", n, p.Threads)
	}
	return "it seems that it could not start a thread or process: this problem allows none beside the program itself (threads: 1)"
}
