package machine

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"contest/judge"
	"contest/sandbox"
)

// MeasuringCPUs are the CPUs to time programs of so many threads on: the
// first that were chosen, or else the last of those that this process may
// use, as the kernel prefers CPU 0 for its own work. A program of one thread
// gets one CPU. One of several threads gets as many, but one CPU always stays
// for the judge, so there may be fewer than threads. The error wraps
// judge.ErrInvalid.
func MeasuringCPUs(threads int, chosen []int) ([]int, error) {
	return measuringCPUs(thisHost().allowed(), threads, chosen)
}

func measuringCPUs(allowed []int, threads int, chosen []int) ([]int, error) {
	if len(allowed) == 0 {
		return nil, &judge.Unable{Message: "which CPUs this process may use cannot be read from /proc/self/task", Hint: "mount /proc"}
	}
	if err := checkChosen(allowed, chosen); err != nil {
		return nil, err
	}
	want := max(threads, 1)
	if len(allowed) > 1 {
		want = min(want, len(allowed)-1)
	} else {
		want = 1
	}
	if len(chosen) > 0 {
		return slices.Sorted(slices.Values(chosen[:min(want, len(chosen))])), nil
	}
	return slices.Clone(allowed[len(allowed)-want:]), nil
}

func checkChosen(allowed, chosen []int) error {
	for i, cpu := range chosen {
		if slices.Contains(chosen[:i], cpu) {
			return &judge.Invalid{Message: fmt.Sprintf("CPU %d is chosen twice to measure on", cpu), Hint: "name each CPU once"}
		}
		if !slices.Contains(allowed, cpu) {
			return &judge.Invalid{
				Message: fmt.Sprintf("CPU %d was chosen to measure on, but this process may only use %s", cpu, printCPUs(allowed)),
				Hint:    "choose among those, or start the judge with more (AllowedCPUs= under systemd, --cpuset-cpus of a container, taskset), or bring the CPU online",
			}
		}
	}
	return nil
}

// allowed are the CPUs that this process may use, ascending. Some of its
// threads are bound to fewer, so it takes all of them together.
func (h host) allowed() []int {
	tasks, _ := fs.Glob(h, "proc/self/task/*/status")
	var cpus []int
	for _, task := range tasks {
		for line := range strings.Lines(h.text(task)) {
			if list, ok := strings.CutPrefix(line, "Cpus_allowed_list:"); ok {
				cpus = append(cpus, sandbox.ParseCPUs(list)...)
			}
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus)
}

// Policy is how to schedule programs of so many threads while they are timed.
// With sandbox.Normal it says why nothing better can be had.
func Policy(threads int) (p sandbox.Policy, why string) {
	p = sandbox.FIFO
	if threads > 1 {
		p = sandbox.RoundRobin
	}
	if err := sandbox.CanSchedule(p); err != nil {
		return sandbox.Normal, err.Error()
	}
	return p, ""
}
