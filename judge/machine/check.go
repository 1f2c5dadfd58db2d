package machine

import (
	"context"
	"math"
	"os"
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
	// What a program waits for a page that is new to it; 0 is unknown.
	fault time.Duration
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
	e.base = number(e.text(cpuDir(e.cpu()) + "/cpufreq/base_frequency"))
	e.onMeasuredCPU(func() {
		if e.base > 0 {
			e.frequency = e.burn()
		}
		e.fault = timeFaults()
	})
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

// onMeasuredCPU calls f there if it may, and elsewhere if not, which tells less,
// but something.
func (e exam) onMeasuredCPU(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread ends with its binding
		var set unix.CPUSet
		set.Set(e.cpu())
		_ = unix.SchedSetaffinity(0, &set)
		f()
	}()
	<-done
}

// burn is the frequency of this CPU after some work on it, in kHz.
func (e exam) burn() int {
	for until := time.Now().Add(burnTime); time.Now().Before(until); {
	}
	return number(e.text(cpuDir(e.cpu()) + "/cpufreq/scaling_cur_freq"))
}

// timeFaults is what the first touch of a page takes, 0 if memory is short: the
// least of some tries, each the mean of many pages.
func timeFaults() time.Duration {
	const tries, pages = 5, 512
	page := os.Getpagesize()
	least := time.Duration(math.MaxInt64)
	for range tries {
		memory, err := unix.Mmap(-1, 0, pages*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		if err != nil {
			return 0
		}
		_ = unix.Madvise(memory, unix.MADV_NOHUGEPAGE) // kernels without huge pages refuse it
		start := time.Now()
		for i := 0; i < len(memory); i += page {
			memory[i] = 1
		}
		least = min(least, time.Since(start)/pages)
		_ = unix.Munmap(memory)
	}
	return least
}
