package sandbox

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// DefaultLimits are used for the limits that a command leaves at zero.
func DefaultLimits() Limits {
	return Limits{
		CPU:         10 * time.Second,
		Wall:        30 * time.Second,
		MemoryBytes: 1 << 30,
		OutputBytes: 64 << 20,
		ErrorBytes:  64 << 10,
		FileBytes:   256 << 20,
		StackBytes:  512 << 20,
		Processes:   64,
		OpenFiles:   256,
	}
}

// The least and the most that a limit may be. Below the least no program
// starts, so that nothing it did could be told from the limit; what is above
// the most is a unit mistaken, and would overflow sums.
const (
	minMemory    = 4 << 20
	minStack     = 64 << 10
	minOpenFiles = 4 // three, and one to load a program with

	maxTime      = 365 * 24 * time.Hour
	maxBytes     = 1 << 50
	maxProcesses = 4 << 20 // the kernel's own
	maxOpenFiles = 1 << 30 // likewise
)

// withDefaults fills in what is zero and refuses what makes no sense.
func (l Limits) withDefaults() (Limits, error) {
	d := DefaultLimits()
	processes, files := int64(l.Processes), int64(l.OpenFiles)
	for _, v := range []struct {
		name        string
		value       *int64
		standard    int64
		least, most int64
		unit        func(int64) string
	}{
		{"CPU time", (*int64)(&l.CPU), int64(d.CPU), 1, int64(maxTime), ofTime},
		{"wall time", (*int64)(&l.Wall), int64(d.Wall), 1, int64(maxTime), ofTime},
		{"memory", &l.MemoryBytes, d.MemoryBytes, minMemory, maxBytes, ofBytes},
		{"output", &l.OutputBytes, d.OutputBytes, 1, maxBytes, ofBytes},
		{"standard error", &l.ErrorBytes, d.ErrorBytes, 1, maxBytes, ofBytes},
		{"file size", &l.FileBytes, d.FileBytes, 1, maxBytes, ofBytes},
		{"stack", &l.StackBytes, d.StackBytes, minStack, maxBytes, ofBytes},
		{"processes", &processes, int64(d.Processes), 1, maxProcesses, ofNumber},
		{"open files", &files, int64(d.OpenFiles), minOpenFiles, maxOpenFiles, ofNumber},
	} {
		if *v.value == 0 {
			*v.value = v.standard
		}
		if *v.value < v.least || *v.value > v.most {
			return l, fmt.Errorf("limit of %s is %s: give %s to %s, or 0 for %s",
				v.name, v.unit(*v.value), v.unit(v.least), v.unit(v.most), v.unit(v.standard))
		}
	}
	l.Processes, l.OpenFiles = int(processes), int(files)
	return l, nil
}

func ofTime(v int64) string   { return time.Duration(v).String() }
func ofBytes(v int64) string  { return fmt.Sprintf("%d bytes", v) }
func ofNumber(v int64) string { return strconv.FormatInt(v, 10) }

// rlimits are the limits that the kernel enforces per process. CPU time is
// only a backstop there: it counts whole seconds and single processes.
func (l Limits) rlimits(grouped, privileged bool) []rlimit {
	seconds := uint64((l.CPU+time.Second-1)/time.Second) + 1
	list := []rlimit{
		{"cpu", unix.RLIMIT_CPU, seconds, seconds + 1},
		{"file size", unix.RLIMIT_FSIZE, uint64(l.FileBytes), uint64(l.FileBytes)},
		{"stack", unix.RLIMIT_STACK, uint64(l.StackBytes), uint64(l.StackBytes)},
		// With 0 a core_pattern that names a helper would start it all the
		// same; 1 is the kernel's sign for no dump of either kind.
		{"core", unix.RLIMIT_CORE, 1, 1},
		{"locked memory", unix.RLIMIT_MEMLOCK, 0, 0},
		{"open files", unix.RLIMIT_NOFILE, uint64(l.OpenFiles), uint64(l.OpenFiles)},
	}
	processes := uint64(l.Processes)
	if !privileged {
		// The container's init and a clone on its way out have the same user.
		processes += 2
	}
	if !grouped {
		// Address space stands in for memory: generously, for it counts what
		// is never touched.
		space := uint64(l.MemoryBytes)*2 + uint64(l.StackBytes)*2 + 1<<30
		list = append(list, rlimit{"address space", unix.RLIMIT_AS, space, space})
	}
	return append(list, rlimit{"processes", unix.RLIMIT_NPROC, processes, processes})
}

type rlimit struct {
	name      string
	resource  int
	soft, max uint64
}

// hardLimits are the judge's own, above which a child cannot go.
func hardLimits() (map[int]uint64, error) {
	hard := map[int]uint64{}
	for _, r := range DefaultLimits().rlimits(false, false) {
		var have unix.Rlimit
		if err := unix.Getrlimit(r.resource, &have); err != nil {
			return nil, err
		}
		hard[r.resource] = have.Max
	}
	return hard, nil
}
