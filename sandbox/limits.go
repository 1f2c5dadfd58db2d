package sandbox

import (
	"errors"
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

// minMemory leaves the kernel room to start a program at all.
const minMemory = 4 << 20

// withDefaults fills in what is zero.
func (l Limits) withDefaults() (Limits, error) {
	d := DefaultLimits()
	for _, v := range []struct{ given, standard *int64 }{
		{&l.MemoryBytes, &d.MemoryBytes}, {&l.OutputBytes, &d.OutputBytes}, {&l.ErrorBytes, &d.ErrorBytes},
		{&l.FileBytes, &d.FileBytes}, {&l.StackBytes, &d.StackBytes},
		{(*int64)(&l.CPU), (*int64)(&d.CPU)}, {(*int64)(&l.Wall), (*int64)(&d.Wall)},
	} {
		if *v.given < 0 {
			return l, errors.New("a limit is negative")
		}
		if *v.given == 0 {
			*v.given = *v.standard
		}
	}
	if l.Processes < 0 || l.OpenFiles < 0 {
		return l, errors.New("a limit is negative")
	}
	if l.Processes == 0 {
		l.Processes = d.Processes
	}
	if l.OpenFiles == 0 {
		l.OpenFiles = d.OpenFiles
	}
	if l.MemoryBytes < minMemory {
		return l, errors.New("memory limit below 4 MiB")
	}
	if l.OpenFiles < 4 {
		return l, errors.New("fewer than 4 open files")
	}
	return l, nil
}

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
