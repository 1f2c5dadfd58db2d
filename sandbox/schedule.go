package sandbox

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Policy is how the kernel shares CPUs between a container's programs and
// everything else; see sched(7). The zero value is the kernel's normal one.
type Policy string

const (
	// Normal shares CPUs fairly with everything else on the machine.
	Normal Policy = ""
	// FIFO runs a program until it blocks or ends; for programs of one thread.
	FIFO Policy = "fifo"
	// RoundRobin is FIFO where threads of a program take turns, in slices of
	// /proc/sys/kernel/sched_rr_timeslice_ms.
	RoundRobin Policy = "rr"
)

// priority is a program's real-time priority. The thread that watches it has
// the one above. Both are above what is usual, and below the kernel's threads.
const priority = 40

func (p Policy) realtime() bool { return p != Normal }

func (p Policy) validate() error {
	switch p {
	case Normal, FIFO, RoundRobin:
		return nil
	}
	return fmt.Errorf("scheduling policy %q is unknown: use %q, %q or nothing", string(p), FIFO, RoundRobin)
}

// schedule is what sched_setscheduler takes.
type schedule struct {
	policy   int
	priority int32
}

func (p Policy) schedule() schedule {
	switch p {
	case FIFO:
		return schedule{unix.SCHED_FIFO, priority}
	case RoundRobin:
		return schedule{unix.SCHED_RR, priority}
	}
	return schedule{unix.SCHED_NORMAL, 0}
}

// above is the schedule of the thread that watches programs of this policy.
func (p Policy) above() schedule {
	if !p.realtime() {
		return p.schedule()
	}
	return schedule{unix.SCHED_FIFO, priority + 1}
}

// apply gives the calling thread this schedule.
func (s schedule) apply() error {
	if s.policy == unix.SCHED_NORMAL {
		return nil // as it is
	}
	_, _, errno := unix.RawSyscall6(unix.SYS_SCHED_SETSCHEDULER, 0, uintptr(s.policy), uintptr(unsafe.Pointer(&s.priority)), 0, 0, filterPass())
	switch {
	case errno == 0:
		return nil
	case errors.Is(errno, unix.EPERM) && os.Geteuid() != 0:
		return fmt.Errorf("real-time scheduling: %w (run the judge as root, or allow it: ulimit -r %d, LimitRTPRIO=%d under systemd)", errno, priority+1, priority+1)
	case errors.Is(errno, unix.EPERM):
		return fmt.Errorf("real-time scheduling: %w (this control group has no real-time share: write to cpu.rt_runtime_us of the judge's cpu group)", errno)
	}
	return fmt.Errorf("real-time scheduling: %w", errno)
}

// leave gives the calling thread the normal schedule again, which the kernel
// never refuses.
func (p Policy) leave() {
	if p.realtime() {
		normal := schedule{policy: unix.SCHED_NORMAL}
		_, _, _ = unix.RawSyscall6(unix.SYS_SCHED_SETSCHEDULER, 0, uintptr(normal.policy), uintptr(unsafe.Pointer(&normal.priority)), 0, 0, filterPass())
	}
}

// give appends the step that gives a program its schedule. The program is
// still in the judge's user namespace then, whose rights this takes.
func (p Policy) give(s *script) {
	if !p.realtime() {
		return
	}
	sched := p.schedule()
	value := new(int32)
	*value = sched.priority
	s.call("real-time scheduling", unix.SYS_SCHED_SETSCHEDULER, 0, uintptr(sched.policy), s.addr(unsafe.Pointer(value)), 0, 0, filterPass())
}

// CanSchedule says whether containers with this policy can be made here: nil,
// or what the kernel refuses and what to do about it.
func CanSchedule(p Policy) error {
	if err := p.validate(); err != nil {
		return err
	}
	t := newThread()
	defer t.stop()
	var err error
	t.do(func() { err = p.above().apply() })
	return err
}
