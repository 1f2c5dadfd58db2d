package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// taskClock is the kernel's software counter of CPU time (perf_event_open
// with PERF_COUNT_SW_TASK_CLOCK), which needs no hardware counters. Unlike
// what a control group or a process's CPU clock says, it is exact while the
// program still runs on another CPU; those lag by up to a timer tick.
//
// It belongs to the container's thread and is inherited by every child and
// all that a child starts. enable_on_exec keeps it stopped in the thread
// itself and in what a child does before its program.
type taskClock struct {
	fd int // negative: not opened yet, or the kernel does not allow it here
	// anchor is a counter of nothing that is not inherited. With it the
	// kernel does not take thread and child for twins, whose counters it
	// exchanges instead of switching them: a child would take the thread's
	// with it when it ends.
	anchor int
	tried  bool // it is known whether the kernel allows it
}

// noTaskClock counts nothing.
var noTaskClock = taskClock{fd: -1, anchor: -1}

// openTaskClock opens the counter of the calling thread's children. That the
// kernel does not allow it is no error.
func openTaskClock() (taskClock, error) {
	t := noTaskClock
	t.tried = true
	var errs [2]error
	t.anchor, errs[0] = openPerfEvent(unix.PERF_COUNT_SW_DUMMY, unix.PerfBitDisabled)
	t.fd, errs[1] = openPerfEvent(unix.PERF_COUNT_SW_TASK_CLOCK, unix.PerfBitDisabled|unix.PerfBitInherit|unix.PerfBitEnableOnExec)
	err := errors.Join(errs[:]...)
	if err == nil {
		return t, nil
	}
	t.close()
	for _, refusal := range []error{unix.EACCES, unix.EPERM, unix.ENOSYS, unix.ENOENT} {
		if errors.Is(err, refusal) {
			return t, nil
		}
	}
	return noTaskClock, fmt.Errorf("open task clock: %w", err)
}

// openPerfEvent is perf_event_open of a software counter of the calling
// thread, with the filter's pass.
func openPerfEvent(config, bits uint64) (int, error) {
	attr := &unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: config, Bits: bits, Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{}))}
	const none = ^uintptr(0) // -1: any CPU, no group
	fd, _, errno := unix.RawSyscall6(unix.SYS_PERF_EVENT_OPEN, uintptr(unsafe.Pointer(attr)), 0, none, none, unix.PERF_FLAG_FD_CLOEXEC, filterPass())
	if errno != 0 {
		return -1, errno
	}
	return above(int(fd))
}

func (t *taskClock) works() bool { return t.fd >= 0 }

func (t *taskClock) close() {
	for _, fd := range []*int{&t.fd, &t.anchor} {
		if *fd >= 0 {
			_ = unix.Close(*fd)
		}
		*fd = -1
	}
}

// read is the CPU time that all programs of the thread have used so far.
func (t *taskClock) read() (time.Duration, error) {
	var b [8]byte
	if _, err := unix.Read(t.fd, b[:]); err != nil {
		return 0, fmt.Errorf("read task clock: %w", err)
	}
	return time.Duration(binary.NativeEndian.Uint64(b[:])), nil
}

// CanReadTaskClock says whether the CPU time of a running program can be read
// exactly here: nil, or what the kernel refuses and what to do about it.
func CanReadTaskClock() error {
	t := newThread()
	defer t.stop()
	works := false
	var err error
	t.do(func() {
		var clock taskClock
		clock, err = openTaskClock()
		works = clock.works()
		clock.close()
	})
	if works || err != nil {
		return err
	}
	return errors.New("perf_event_open is refused (run the judge as root, or allow it: sysctl kernel.perf_event_paranoid=1)")
}
