package machine

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// KeepOff keeps this process's own threads off CPUs on which something is
// being timed; restore lets them run where they could before. Threads that
// were bound on purpose to some of these CPUs alone stay where they are, and
// nothing happens if no other CPU would remain.
func KeepOff(cpus []int) (restore func()) {
	kept := map[unix.CPUSet]unix.CPUSet{} // what threads have now -> what they had
	from := map[int]unix.CPUSet{}
	// A thread that is born during a pass has its parent's CPUs, perhaps from
	// before the pass came to that: until one finds nothing to do.
	for moved, pass := true, 0; moved && pass < keepOffPasses; pass++ {
		moved = false
		for thread, had := range affinities() {
			left := had
			for _, cpu := range cpus {
				left.Clear(cpu)
			}
			if left.Count() == 0 || left == had || unix.SchedSetaffinity(thread, &left) != nil {
				continue
			}
			from[thread], kept[left], moved = had, had, true
		}
	}
	return func() {
		for thread, has := range affinities() {
			had, known := from[thread]
			if !known {
				had, known = kept[has] // it was born meanwhile
			}
			if known {
				_ = unix.SchedSetaffinity(thread, &had) // it may have ended
			}
		}
	}
}

const keepOffPasses = 100

// affinities are the CPUs of each thread of this process.
func affinities() map[int]unix.CPUSet {
	all := map[int]unix.CPUSet{}
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		var set unix.CPUSet
		thread, err := strconv.Atoi(e.Name())
		if err == nil && unix.SchedGetaffinity(thread, &set) == nil {
			all[thread] = set
		}
	}
	return all
}
