package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// finish reaps the program, makes sure that nothing of it lives on, and
// reads what it used.
func (c *Container) finish(r *startedRun) (Facts, error) {
	var usage unix.Rusage
	status, err := wait4(r.pid, &usage)
	if err != nil {
		return Facts{}, err
	}
	_ = unix.Close(int(r.pidfd))
	facts := Facts{
		Exited: status.Exited(),
		Real:   r.over - time.Duration(r.begun.Nano()),
		Ended:  r.over,
		CPU:    time.Duration(usage.Utime.Nano() + usage.Stime.Nano() - r.setUp.Nano()),
		Hit:    r.killed,
		Waited: usage.Nvcsw, Preempted: usage.Nivcsw,
	}
	if facts.Exited {
		facts.ExitStatus = status.ExitStatus()
	} else {
		facts.Signal = status.Signal()
	}
	// Of a program that was killed nobody had the time to end.
	dirty := true
	if r.killed == NoLimit {
		var empty bool
		if facts.LeftProcesses, empty, err = c.leftProcesses(); err != nil {
			return Facts{}, err
		}
		facts.LeftProcesses = facts.LeftProcesses || r.left
		dirty = !empty || r.left
		if dirty && !r.left {
			if dirty, err = c.endLeft(); err != nil {
				return Facts{}, err
			}
		}
	}
	if dirty {
		if err := c.in.kill(); err != nil {
			return Facts{}, err
		}
	}
	if err := r.pipes.drain(); err != nil {
		return Facts{}, err
	}
	oom, residue, err := c.account(r, &facts)
	if err != nil {
		return Facts{}, err
	}
	facts.settle(r, oom)
	if err := c.settleWindow(r, &facts); err != nil {
		return Facts{}, err
	}
	if dirty || facts.Hit == MemoryLimit || !r.numbered() {
		return facts, c.condemn()
	}
	if residue > maxResidue || c.group != nil && !c.group.peakResets {
		return facts, c.dropGroup()
	}
	return facts, nil
}

// maxResidue is how much a group may still be charged with when everything
// in it is dead; the kernel counts in batches of 256 KiB per CPU. More (page
// cache, freeing that takes its time) would count against the next program.
var maxResidue = 1<<20 + int64(runtime.NumCPU())*256<<10

// leftProcesses says whether something of the reaped program lives on, and
// whether nothing of it is there at all.
func (c *Container) leftProcesses() (left, empty bool, err error) {
	if c.group == nil {
		left, err = c.probe()
		return left, !left, err
	}
	if left, empty, err = c.group.inhabited(0); err != nil {
		return false, false, fmt.Errorf("count processes: %w", err)
	}
	return left, empty, nil
}

// endLeft kills what a reaped program left alive and nothing else, so that the
// next run cannot tell by the age of its container that there was something. It
// reports whether something may be there still.
func (c *Container) endLeft() (some bool, err error) {
	if _, err := c.signalAll(unix.SIGKILL); err != nil {
		return true, err
	}
	for range endTries {
		if _, empty, err := c.leftProcesses(); empty || err != nil {
			return !empty, err
		}
		if err := pause(endPause); err != nil {
			return true, err
		}
	}
	return true, nil
}

// What is killed ends within 0.1 ms, unless it has much memory or the machine is
// busy. Then the container is made anew.
const (
	endPause = 50 * time.Microsecond
	endTries = 2000
)

// probe asks the kernel from inside the container whether anybody can be
// signalled there.
func (c *Container) probe() (bool, error) { return c.signalAll(0) }

// signalAll signals everybody in the container but its init, at one stroke: what
// forks meanwhile gets the signal before or fails. It says whether there was
// anybody.
func (c *Container) signalAll(signal unix.Signal) (bool, error) {
	s := &c.in.child
	s.reset()
	midway := new(int32)
	args := &cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)}
	if c.id.privileged {
		s.enterNamespaces(c.in.pidfd, runNamespaces)
		s.becomeUser(programID)
	} else {
		c.cloneTwice(s, midway, nil)
	}
	s.call("signal all", unix.SYS_KILL, ^uintptr(0), uintptr(signal))
	pid, err := s.start(args)
	if err != nil {
		return false, err
	}
	_, err = wait4(pid, nil)
	if *midway > 0 {
		_, second := wait4(int(*midway), nil)
		err = errors.Join(err, second)
	}
	if err != nil {
		return false, err
	}
	failed := s.failure()
	var step *stepError
	if errors.As(failed, &step) && step.last && step.errno == unix.ESRCH {
		return false, nil
	}
	return true, failed
}

// account reads the control group's side of the story: CPU time of
// processes that nobody waited for, the memory peak, OOM kills, and what the
// group is still charged with that is not in the work folder. A kill for want
// of memory far below the limit is not the program's failure, but ours.
func (c *Container) account(r *startedRun, f *Facts) (oom bool, residue int64, err error) {
	if c.group == nil {
		return false, 0, nil
	}
	g := c.group
	var read [4]int64
	for i, from := range []counter{g.cpu, g.peak, g.ooms, g.usage} {
		if read[i], err = from.read(); err != nil {
			return false, 0, fmt.Errorf("read control group: %w", err)
		}
	}
	cpuBefore, err := g.cpu.parse(r.readings.cpu[:])
	if err != nil {
		return false, 0, fmt.Errorf("read control group: %w", err)
	}
	f.CPU = max(f.CPU, time.Duration(read[0]-cpuBefore))
	f.MemoryBytes = max(0, read[1]-r.kept)
	oom, g.killed = read[2] > g.killed, read[2]
	if oom && g.peak.fd >= 0 && read[1] < r.memory/4*3 {
		return false, 0, fmt.Errorf("the kernel killed a program that had %d of its %d bytes of memory: the machine, or a control group above the judge's, had no more (free some, or let the judge have more: MemoryMax under systemd)", read[1], r.memory)
	}
	return oom, read[3] - c.workBytes(), nil
}

// workBytes is how much the work folder and upper layers hold.
func (c *Container) workBytes() int64 {
	held := bytesIn(c.in.work)
	for _, l := range c.in.layers {
		held += bytesIn(l.fd)
	}
	return held
}

// bytesIn is how much a file system in memory holds; 0 for none.
func bytesIn(fd int) int64 {
	var st unix.Statfs_t
	if fd < 0 || unix.Fstatfs(fd, &st) != nil {
		return 0
	}
	return int64(st.Blocks-st.Bfree) * st.Bsize
}

// settle decides which limit ended the run and hands over the output.
func (f *Facts) settle(r *startedRun, oom bool) {
	f.Killed = !f.Exited && f.Signal == syscall.SIGKILL && (r.dying() || oom)
	f.CPU, f.RunDelay = max(f.CPU, 0), r.delay.credit
	out, errs := &r.pipes[0], &r.pipes[1]
	f.Stdout, f.Stderr, f.StderrTruncated = out.data, errs.data, errs.over
	switch {
	case oom:
		f.Hit = MemoryLimit
	case out.over:
		f.Hit = OutputLimit
	case r.killed == CPULimit || f.CPU > r.limits.CPU:
		f.Hit = CPULimit
	case r.killed == ReadyLimit:
		f.Hit = ReadyLimit
	case r.killed == WallLimit || f.Real > r.limits.Wall+r.delay.credit || r.window.tooLong(r.delay):
		f.Hit = WallLimit
	}
}

// tooLong says that the window was closed too late.
func (w *openWindow) tooLong(d delay) bool {
	return w != nil && w.facts.Closed && w.facts.Real > w.doneBy(d)
}
