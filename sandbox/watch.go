package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// watch waits until the program has ended, reading what it writes, and kills
// it at a limit.
func (c *Container) watch(r *startedRun) error {
	fds := []unix.PollFd{
		{Fd: r.pidfd, Events: unix.POLLIN},
		{Fd: int32(c.cancel), Events: unix.POLLIN},
		{Fd: int32(r.pipes[0].r), Events: unix.POLLIN},
		{Fd: int32(r.pipes[1].r), Events: unix.POLLIN},
		{Fd: -1},
	}
	for {
		fds[4] = r.window.events()
		wait, hit, err := c.timeLeft(r)
		if err != nil {
			return err
		}
		if r.pipes[0].over {
			hit = OutputLimit
		}
		if hit != NoLimit && !r.dying() {
			r.killed = hit
			if err := c.killProgram(r); err != nil {
				return err
			}
			wait = reapTimeout
		}
		timeout := unix.NsecToTimespec(int64(wait))
		n, err := unix.Ppoll(fds, &timeout, nil)
		if n == 0 && err == nil && r.dying() {
			return fmt.Errorf("program still lives %v after the kill", reapTimeout)
		}
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait for program: %w", err)
		}
		if fds[1].Revents != 0 {
			return errInterrupted
		}
		for i := range r.pipes {
			if fds[2+i].Revents == 0 {
				continue
			}
			more := r.pipes[i].read()
			if !more {
				fds[2+i].Fd = -1
			}
			if i == 0 {
				err = c.said(r, more)
			}
			if err != nil {
				return err
			}
		}
		// The end of a window may still be in the pipe.
		if fds[0].Revents != 0 && (r.window == nil || fds[2].Revents == 0) {
			return nil
		}
		if fds[4].Revents != 0 && r.window.input != nil {
			if err := r.window.release(); err != nil {
				return err
			}
		}
	}
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
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0, NoLimit, err
	}
	if r.dying() {
		return reapTimeout, NoLimit, nil
	}
	elapsed := time.Duration(now.Nano() - r.begun.Nano())
	wall := r.limits.Wall - elapsed
	// A program on n CPUs uses at most n seconds per second.
	cpus := time.Duration(runtime.NumCPU())
	if len(c.cfg.CPUs) > 0 {
		cpus = time.Duration(len(c.cfg.CPUs))
	}
	if elapsed*cpus < r.limits.CPU {
		wait := (r.limits.CPU - elapsed*cpus) / cpus
		if wall <= 0 {
			return 0, WallLimit, nil
		}
		return min(wall, max(wait, minWait)), NoLimit, nil
	}
	used, err := c.cpuUsed(r)
	if err != nil {
		return 0, NoLimit, err
	}
	if used > r.limits.CPU {
		return 0, CPULimit, nil
	}
	if wall <= 0 {
		return 0, WallLimit, nil
	}
	return min(wall, max((r.limits.CPU-used)/cpus, minWait)), NoLimit, nil
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
