package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// watch waits until the program has ended, reading what it writes, and kills
// it at a limit.
func (c *Container) watch(r *startedRun) error {
	fds := []unix.PollFd{
		watchEnd:    {Fd: r.pidfd, Events: unix.POLLIN},
		watchCancel: {Fd: int32(c.cancel), Events: unix.POLLIN},
		watchErrors: {Fd: int32(r.pipes[1].r), Events: unix.POLLIN},
		watchOutput: {Fd: int32(r.pipes[0].r), Events: unix.POLLIN},
		watchInput:  {Fd: -1},
	}
	for {
		fds[watchInput] = r.window.events()
		wait, err := c.enforce(r)
		if err != nil {
			return err
		}
		fds[watchOutput].Events = unix.POLLIN
		if r.windowOpen() {
			fds[watchOutput].Events, wait = 0, min(wait, relief)
		}
		n, err := r.poll(fds, wait, c.cfg.Policy.realtime())
		switch {
		case n == 0 && err == nil && r.dying():
			return fmt.Errorf("program still lives %v after the kill", reapTimeout)
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("wait for program: %w", err)
		case fds[watchCancel].Revents != 0:
			return errInterrupted
		}
		// The window first: whatever is done before its end is in it.
		if err := c.lookThroughWindow(r, &fds[watchOutput]); err != nil {
			return err
		}
		if err := c.collect(r, fds); err != nil {
			return err
		}
		if fds[watchEnd].Revents != 0 {
			r.over = clockNow()
			lived := r.over - time.Duration(r.begun.Nano())
			if err := c.overLooked(r, lived > r.limits.Wall+r.delay.credit); err != nil {
				return err
			}
			return c.endOthers(r)
		}
		if fds[watchInput].Revents != 0 && r.window.input >= 0 {
			if err := r.window.release(); err != nil {
				return err
			}
		}
	}
}

// enforce kills the program at a limit, and says how long it can go on before
// it could hit one.
func (c *Container) enforce(r *startedRun) (wait time.Duration, err error) {
	wait, hit, err := c.timeLeft(r)
	if err != nil {
		return 0, err
	}
	if r.pipes[0].over {
		hit = OutputLimit
	}
	if hit == NoLimit || r.dying() {
		return wait, nil
	}
	r.killed = hit
	return reapTimeout, c.killProgram(r)
}

// lookThroughWindow closes an open window at the end of the output, and else
// makes room for more of it.
func (c *Container) lookThroughWindow(r *startedRun, out *unix.PollFd) error {
	switch {
	case !r.windowOpen() || out.Fd < 0:
		return nil
	case out.Revents == 0:
		return r.pipes[0].relieve()
	}
	out.Fd, out.Revents = -1, 0
	return c.closeWindow(r)
}

// collect reads what the program wrote, and opens its window when it says that
// it is ready.
func (c *Container) collect(r *startedRun, fds []unix.PollFd) error {
	for i, fd := range []*unix.PollFd{&fds[watchOutput], &fds[watchErrors]} {
		if fd.Revents == 0 {
			continue
		}
		// The end alone needs no reading.
		more := fd.Revents&unix.POLLIN != 0 && r.pipes[i].read()
		if !more {
			fd.Fd, r.pipes[i].ended = -1, true
		}
		if i == 0 {
			if err := c.said(r, more); err != nil {
				return err
			}
		}
	}
	return nil
}

// endOthers kills what a program that ended left alive, while the thread is
// still above it. Below, what was left would have the CPU for itself where
// programs are scheduled in real time, and could do the program's work unseen
// before anybody looked.
func (c *Container) endOthers(r *startedRun) error {
	if c.group == nil || r.limits.Processes <= 1 || r.dying() {
		return nil
	}
	var err error
	if r.left, _, err = c.group.inhabited(1); err != nil || !r.left {
		return err
	}
	return c.killProgram(r)
}

// What is waited for. The last two are all that matters to a window.
const (
	watchEnd = iota
	watchCancel
	watchErrors
	watchOutput
	watchInput
)

// poll waits for an event. While a window is open it only waits for the end of
// the output, or for room for more input, and looks at the rest when relief is
// due: each descriptor more makes the window longer.
func (r *startedRun) poll(fds []unix.PollFd, wait time.Duration, realtime bool) (int, error) {
	if !r.windowOpen() {
		if realtime { // its time matters, to the end of the process
			return rawPoll(fds, wait)
		}
		timeout := unix.NsecToTimespec(int64(wait))
		return unix.Ppoll(fds, &timeout, nil)
	}
	for i := range fds {
		fds[i].Revents = 0
	}
	n, err := rawPoll(fds[watchOutput:], wait)
	if n == 0 && err == nil {
		n, err = rawPoll(fds, 0)
	}
	return n, err
}

// rawPoll is poll that keeps hold of Go's processor: otherwise the thread
// would have to find one when it wakes, which on a busy machine takes up to
// 100 µs of the window. The runtime is not held up, as the signal with which
// it asks for the processor ends the wait (EINTR).
func rawPoll(fds []unix.PollFd, wait time.Duration) (int, error) {
	timeout := unix.NsecToTimespec(int64(wait))
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)), uintptr(unsafe.Pointer(&timeout)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// relief is how often the output is looked at while a window is open: only
// its end wakes the judge, which would otherwise take the CPU from the program
// with every write. The same holds for standard error.
const relief = 4 * time.Millisecond

// windowOpen says whether the program is being timed in its window.
func (r *startedRun) windowOpen() bool {
	return r.window != nil && r.window.facts.Opened && !r.dying()
}

// dying says that the program was killed and only has to be awaited.
func (r *startedRun) dying() bool { return r.ended || r.killed != NoLimit }

// killProgram kills everything inside at once. The program itself is then
// reaped as after any other end.
func (c *Container) killProgram(r *startedRun) error {
	if err := unix.PidfdSendSignal(c.in.pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill container: %w", err)
	}
	return nil
}

// minWait bounds how often CPU use is looked at when a program is close to
// its limit, and thus by how much it can pass it.
const minWait = time.Millisecond

// timeLeft says how long the program can go on before it could have hit a
// limit, or which one it has hit.
func (c *Container) timeLeft(r *startedRun) (time.Duration, Limit, error) {
	if r.dying() {
		return reapTimeout, NoLimit, nil
	}
	elapsed := clockNow() - time.Duration(r.begun.Nano())
	if ready, err := c.readyLeft(r, elapsed); err != nil || ready <= 0 {
		return 0, ReadyLimit, err
	} else if wall, err := c.wallLeft(r, r.limits.Wall, elapsed); err != nil {
		return 0, NoLimit, err
	} else if done, err := c.doneLeft(r); err != nil {
		return 0, NoLimit, err
	} else {
		return c.cpuLeft(r, elapsed, min(wall, ready, done))
	}
}

// cpus is how many CPUs programs may use.
func (c *Container) cpus() int {
	if n := len(c.cfg.CPUs); n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// cpuLeft says how long a program with so much wall time left can go on before
// it could have hit a limit. Of both limits that of CPU time is named.
func (c *Container) cpuLeft(r *startedRun, elapsed, wall time.Duration) (time.Duration, Limit, error) {
	// A program on n CPUs uses at most n seconds per second.
	cpus := time.Duration(c.cpus())
	left := r.limits.CPU - elapsed*cpus
	if left <= 0 {
		used, err := c.cpuUsed(r)
		if err != nil {
			return 0, NoLimit, err
		}
		if used > r.limits.CPU {
			return 0, CPULimit, nil
		}
		left = r.limits.CPU - used
	}
	if wall <= 0 {
		return 0, WallLimit, nil
	}
	return min(wall, max(left/cpus, minWait)), NoLimit, nil
}

// cpuUsed is the CPU time of a running program so far.
func (c *Container) cpuUsed(r *startedRun) (time.Duration, error) {
	if c.group == nil {
		// The process's own CPU clock; RLIMIT_CPU guards against children.
		var used unix.Timespec
		if err := unix.ClockGettime(int32(^r.pid<<3|2), &used); err != nil {
			return 0, nil // it has just ended
		}
		return time.Duration(used.Nano() - r.setUp.Nano()), nil
	}
	now, err := c.group.cpu.read()
	if err != nil {
		return 0, fmt.Errorf("read CPU use: %w", err)
	}
	before, err := c.group.cpu.parse(r.readings.cpu[:])
	return time.Duration(now - before), err
}
