package machine

import (
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"contest/sandbox"
)

// Level says how bad a finding is for timing.
type Level string

// The levels. A machine with one Red finding publishes no official ranks of
// timed problems, unless the organiser says so, visibly. Unknown is not good:
// virtual machines hide most of what matters.
const (
	Good    Level = "good"
	Info    Level = "info"
	Unknown Level = "unknown"
	Yellow  Level = "yellow"
	Red     Level = "red"
)

// Finding is one thing about this machine that times depend on.
type Finding struct {
	Name    string `json:"name"`
	Level   Level  `json:"level"`
	Found   string `json:"found"`
	Meaning string `json:"meaning"`        // what it does to times
	Cure    string `json:"cure,omitempty"` // when yellow or red
}

// rate completes a finding; found is "" where this machine does not tell.
func (f Finding) rate(bad Level, ok bool, found string) Finding {
	f.Found = found
	switch {
	case found == "":
		f.Level, f.Found, f.Cure = Unknown, unknown, ""
	case ok:
		f.Level, f.Cure = Good, ""
	default:
		f.Level = bad
	}
	return f
}

// exam is what the checks look at.
type exam struct {
	host
	at        Place
	allowed   []int
	schedule  error // why programs cannot be real-time
	taskClock error // why the CPU time of running programs is not exact
	groups    bool  // there are control groups that count CPU time
	// The machine before and after a while of watching; equal without one.
	before, after sample
	// Frequencies of the measured CPU at work, in kHz; 0 is unknown.
	frequency, base int
}

// cpu is the measured CPU that stands for all.
func (e exam) cpu() int {
	if len(e.at.CPUs) > 0 {
		return e.at.CPUs[0]
	}
	return 0
}

// watchTime is how long Check watches the machine. The kernel counts in steps
// of 10 ms.
const watchTime = 2 * time.Second

// Check looks at everything about this machine that times measured at a place
// depend on, which takes two seconds. Nothing else of the judge should run
// meanwhile, as it would count as other load.
func Check(ctx context.Context, at Place) ([]Finding, error) {
	e := examine(at)
	e.before = e.sample(e.cpu())
	timer := time.NewTimer(watchTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
	}
	e.after = e.sample(e.cpu())
	if e.base = number(e.text(cpuDir(e.cpu()) + "/cpufreq/base_frequency")); e.base > 0 {
		e.frequency = e.burn()
	}
	return slices.Concat(e.quick(), e.watched(), e.settings(), e.informative()), nil
}

// RedFindings are the findings that forbid official ranks and can be told at
// once: permission to schedule, accounting, clock and number of CPUs. Only
// Check and SelfTest know the rest.
func RedFindings(at Place) []Finding {
	return slices.DeleteFunc(examine(at).quick(), func(f Finding) bool { return f.Level != Red })
}

func examine(at Place) exam {
	policy := sandbox.FIFO
	if len(at.CPUs) > 1 {
		policy = sandbox.RoundRobin
	}
	h := thisHost()
	e := exam{host: h, at: at, allowed: h.allowed(), schedule: sandbox.CanSchedule(policy), taskClock: sandbox.CanReadTaskClock()}
	// Trying control groups out takes longer than all the rest.
	e.groups = e.taskClock == nil || countsCPU(sandbox.Check())
	return e
}

func countsCPU(r sandbox.Report) bool {
	return slices.ContainsFunc(r.Protections, func(p sandbox.Protection) bool { return p.Name == "control group cpuacct" && p.Present })
}

// burnTime is long enough for a CPU to reach its frequency.
const burnTime = 50 * time.Millisecond

// burn is the frequency of the measured CPU after some work on it, in kHz.
func (e exam) burn() int {
	found := make(chan int)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with its binding
		var set unix.CPUSet
		set.Set(e.cpu())
		_ = unix.SchedSetaffinity(0, &set) // elsewhere it tells less, but something
		for until := time.Now().Add(burnTime); time.Now().Before(until); {
		}
		found <- number(e.text(cpuDir(e.cpu()) + "/cpufreq/scaling_cur_freq"))
	}()
	return <-found
}
