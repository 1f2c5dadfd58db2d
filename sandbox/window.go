package sandbox

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A window times what a program does between getting its input and giving its
// output, and nothing else. The program
//
//  1. starts, prepares itself, writes the byte Ready to standard output and
//     reads standard input, which is empty yet;
//  2. is found to be still: no thread of it uses a CPU;
//  3. gets its input and, once it has closed standard output, is out of time.
//
// Then it is killed, with all that it started: what it prints later, or at
// its exit, cannot be part of the answer, and what it would do later helps
// nobody. The clocks are the judge's, which the program cannot reach.
//
// An input of up to PipeInput bytes comes through a pipe. A larger one comes
// as a descriptor of a file in memory (input.go): standard input is then a socket
// on which recvmsg gets one byte and, as SCM_RIGHTS, that descriptor. So the
// pages that hold an input are the judge's, made before anything is charged:
// no program needs room of its own, whose making would have to be free for
// everybody and could be put to another use.

// Ready is what a program writes to standard output when it can take its
// input (ASCII ENQ).
const Ready = 0x05

// PipeInput is the largest input, in bytes, that comes through a pipe: what a
// pipe of the least size takes in one write.
const PipeInput = 4096

// Window describes the window of a run.
type Window struct {
	// Input is released when the window opens.
	Input []byte
	// ReadyWithin is the wall time that the program has to get ready, without what
	// it waits for a CPU that others use; 0: only the run's limits bound it.
	ReadyWithin time.Duration
	// DoneWithin is the wall time that it has from the release of its input to the
	// end of its output, likewise.
	DoneWithin time.Duration
}

// WindowFacts are what was seen of a window.
type WindowFacts struct {
	// Opened: the program got ready in time and was still; Closed: it closed
	// its standard output afterwards. Real and CPU are 0 unless Closed.
	Opened, Closed bool
	Real           time.Duration // from the release of the input to the end of the output
	CPU            time.Duration // of all threads and processes, user plus system
	// RunDelay is how much of Real it waited for a CPU that others used; 0 where
	// DoneWithin was not used up, as nobody looked.
	RunDelay time.Duration
	// Exact says that CPU was read from the task clock at the end of the
	// window. Otherwise the kill and the exit are in it, some 0.1 ms.
	Exact bool
	// Before is the CPU time of the program before the window opened.
	Before time.Duration
	// Ready is the wall time from just before exec until the program said that it
	// was ready, counted as for Window.ReadyWithin; 0 if it did not.
	Ready time.Duration
	// Restless: the program did not become still before its input came.
	Restless bool
	// EarlyOutput: it wrote more than Ready, or closed its output, before its
	// input came.
	EarlyOutput bool
}

const (
	// A program is still if it uses less than a quarter of quietTime. One
	// spinning thread uses all of it, an honest program nothing. In between is
	// what wakes now and then, which takes some 10 µs each time or several times
	// that, as the machine goes; it is charged for all it uses before the last
	// look, and what it uses later is in the window.
	quietTime  = 400 * time.Microsecond
	quietCPU   = quietTime / 4
	quietTries = 25 // times quietTime is what a program has to come to rest
)

// openWindow is a window while its program runs.
type openWindow struct {
	Window
	facts  *WindowFacts
	stdin  *os.File // the program's end of standard input
	input  int      // the judge's end; negative once all is released
	sent   int
	memory *os.File      // a large input, opened for the program
	drop   func()        // gives its memory back
	start  time.Duration // cpuClock when the program began
	opened time.Duration
	cpu    time.Duration // cpuClock at the opening
	credit time.Duration // what was known by then of waiting for a CPU
}

// doneBy is how long the window may be, by what is known of waiting for a CPU.
func (w *openWindow) doneBy(d delay) time.Duration {
	if w.DoneWithin == 0 {
		return math.MaxInt64
	}
	return w.DoneWithin + d.credit - w.credit
}

// doneLeft says how long the window may still be open; 0 if the time for that is
// used up.
func (c *Container) doneLeft(r *startedRun) (time.Duration, error) {
	w := r.window
	if w == nil || !w.facts.Opened || w.DoneWithin == 0 {
		return math.MaxInt64, nil
	}
	return c.wallLeft(r, w.DoneWithin-w.credit, clockNow()-w.opened)
}

// connect makes the judge's and the program's end of standard input. It is for
// the container's thread, which is in the container's network namespace: there a
// socket has nothing to show.
func (w *openWindow) connect() error {
	w.disconnect() // of a run that did not come to begin
	make := makePipe
	if w.memory != nil {
		make = makeSockets
	}
	pair, err := make()
	if err != nil {
		return err
	}
	fd, err := above(pair[0])
	w.stdin = os.NewFile(uintptr(fd), "input")
	var more error
	w.input, more = above(pair[1])
	if err := errors.Join(err, more); err != nil || w.memory != nil {
		return err
	}
	return unix.SetNonblock(w.input, true)
}

// makeSockets is socketpair with the filter's pass.
func makeSockets() ([2]int, error) {
	var p [2]int32
	_, _, errno := unix.RawSyscall6(unix.SYS_SOCKETPAIR, unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0, uintptr(unsafe.Pointer(&p)), filterPass(), 0)
	if errno != 0 {
		return [2]int{-1, -1}, fmt.Errorf("socket pair: %w", errno)
	}
	return [2]int{int(p[0]), int(p[1])}, nil
}

// release sends as much of the input as the program can take, and closes
// standard input after the last of it. It is in the window and leaves out
// Go's scheduler, which may have given the thread's processor away after a
// call of it.
func (w *openWindow) release() error {
	if w.memory != nil {
		if err := w.sendMemory(); err != nil {
			return fmt.Errorf("release input: %w", err)
		}
		return w.closeInput()
	}
	for w.sent < len(w.Input) {
		rest := w.Input[w.sent:]
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(w.input), uintptr(unsafe.Pointer(&rest[0])), uintptr(len(rest)))
		switch errno {
		case 0:
			w.sent += int(n)
		case unix.EAGAIN:
			return nil
		case unix.EINTR:
		default:
			return fmt.Errorf("release input: %w", errno)
		}
	}
	return w.closeInput()
}

// sendMemory is sendmsg with the filter's pass.
func (w *openWindow) sendMemory() error {
	word := []byte{Ready}
	rights := unix.UnixRights(int(w.memory.Fd()))
	msg := &unix.Msghdr{Iov: &unix.Iovec{Base: &word[0]}, Iovlen: 1, Control: &rights[0]}
	msg.Iov.SetLen(len(word))
	msg.SetControllen(len(rights))
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDMSG, uintptr(w.input), uintptr(unsafe.Pointer(msg)), unix.MSG_NOSIGNAL, 0, 0, filterPass())
	runtime.KeepAlive(msg)
	if errno != 0 && errno != unix.EPIPE { // with that the program has made sure that it gets none
		return errno
	}
	return nil
}

func (w *openWindow) closeInput() error {
	_, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(w.input), 0, 0)
	w.input = -1
	if errno != 0 {
		return fmt.Errorf("release input: close: %w", errno)
	}
	return nil
}

// letGo closes what the window holds.
func (w *openWindow) letGo() {
	if w == nil {
		return
	}
	w.disconnect()
	if w.memory != nil {
		w.drop()
	}
}

func (w *openWindow) disconnect() {
	if w.stdin != nil {
		_ = w.stdin.Close()
		w.stdin = nil
	}
	if w.input >= 0 {
		_ = w.closeInput()
	}
}

// events is what to wait for on the judge's end of standard input.
func (w *openWindow) events() unix.PollFd {
	if w == nil || w.input < 0 || !w.facts.Opened {
		return unix.PollFd{Fd: -1}
	}
	return unix.PollFd{Fd: int32(w.input), Events: unix.POLLOUT}
}

// clockNow is the monotonic clock, CLOCK_MONOTONIC of the kernel. Go reads it
// without entering the kernel where the clock source allows that.
func clockNow() time.Duration { return epoch.monotonic + time.Since(epoch.time) }

var epoch = func() (e struct {
	time      time.Time
	monotonic time.Duration
}) {
	// Both clocks at the same moment: of some tries that in which least time
	// went by, as between the two calls the thread may have stood still.
	least := time.Duration(math.MaxInt64)
	for range 10 {
		var now unix.Timespec
		before := time.Now()
		_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) // never fails
		if took := time.Since(before); took < least {
			least, e.time, e.monotonic = took, before.Add(took/2), time.Duration(now.Nano())
		}
	}
	return e
}()

// rehearse goes the way of an empty window. After its pause the judge would
// find nothing of it in the caches, which is 2 µs of the window.
func rehearse() error {
	pair, err := makePipe()
	if err != nil {
		return fmt.Errorf("rehearse the window: %w", err)
	}
	clockNow()
	_, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(pair[1]), 0, 0)
	_, err = rawPoll([]unix.PollFd{{Fd: int32(pair[0])}, {Fd: -1}}, time.Millisecond)
	clockNow()
	_, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(pair[0]), 0, 0)
	return err
}

// startWindow is called just before the launch.
func (c *Container) startWindow(r *startedRun) (err error) {
	if r.window == nil {
		return nil
	}
	if !c.in.clock.tried {
		// Not sooner: 12 µs of every run are what inheriting it takes.
		if c.in.clock, err = openTaskClock(); err != nil {
			return err
		}
	}
	r.pipes[0].widen()
	r.window.start, err = c.cpuClock()
	return err
}

// said is called after a read of standard output. It opens the window at the
// first byte.
func (c *Container) said(r *startedRun, more bool) error {
	w := r.window
	out := &r.pipes[0]
	switch {
	case w == nil || w.facts.Opened || r.dying():
		return nil
	case !more && len(out.data) == 0:
		return nil
	case len(out.data) != 1 || out.data[0] != Ready:
		w.facts.EarlyOutput = true
		return r.end()
	}
	out.divert()
	if err := c.noteReady(r); err != nil {
		return err
	}
	return c.openWindow(r)
}

// openWindow waits until the program is still, and releases its input. Output
// meanwhile is too early, whether the program is still or not.
func (c *Container) openWindow(r *startedRun) error {
	w := r.window
	before, err := c.cpuClock()
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		if err := pause(quietTime); err != nil {
			return err
		}
		now, err := c.cpuClock()
		if err != nil {
			return err
		}
		used := now - before
		before = now
		if early, err := pending(r.pipes[0].r); early || err != nil {
			w.facts.EarlyOutput = early
			return errors.Join(err, r.end())
		}
		// The first pause is for the program to get from its write to its read.
		if try > 1 && used < quietCPU {
			break
		}
		if try == quietTries {
			w.facts.Restless = true
			return r.end()
		}
	}
	w.cpu, w.credit = before, r.delay.credit
	w.facts.Before = before - w.start
	w.facts.Opened = true
	if err := rehearse(); err != nil {
		return err
	}
	w.opened = clockNow()
	return w.release()
}

// pending says whether a pipe has something to read, its end included.
func pending(fd int) (bool, error) {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	if err != nil {
		return false, fmt.Errorf("look for output: %w", err)
	}
	return n > 0, nil
}

// closeWindow takes the times and ends the program. Its output may still be
// in the pipe; nobody can add to it any more.
func (c *Container) closeWindow(r *startedRun) error {
	w := r.window
	now := clockNow()
	if c.in.clock.works() {
		used, err := c.in.clock.read()
		if err != nil {
			return err
		}
		w.facts.CPU, w.facts.Exact = used-w.cpu, true
	}
	w.facts.Closed, w.facts.Real = true, now-w.opened
	err := c.overLooked(r, w.facts.Real > w.doneBy(r.delay))
	return errors.Join(err, r.end())
}

// end kills the program, of which enough has been seen. Unlike at a limit the
// container is kept if the program was alone in it.
func (r *startedRun) end() error {
	r.ended = true
	if err := unix.PidfdSendSignal(int(r.pidfd), unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill program: %w", err)
	}
	return nil
}

// cpuClock is the most exact reading there is of what the programs of this
// container have used, for differences.
func (c *Container) cpuClock() (time.Duration, error) {
	if c.in.clock.works() {
		return c.in.clock.read()
	}
	if c.group == nil {
		return 0, nil // nothing tells, without making it a process more
	}
	used, err := c.group.cpu.read()
	if err != nil {
		return 0, fmt.Errorf("read CPU use: %w", err)
	}
	return time.Duration(used), nil
}

// settleWindow completes the facts of a window after the kill.
func (c *Container) settleWindow(r *startedRun, f *Facts) error {
	w := r.window
	if w == nil {
		return nil
	}
	f.Window = w.facts
	w.facts.RunDelay = r.delay.credit - w.credit
	if !w.facts.Closed || w.facts.Exact {
		return nil
	}
	now, err := c.cpuClock()
	w.facts.CPU = now - w.cpu
	return err
}

// pause lets the program run for a while although the judge's thread is above it.
func pause(d time.Duration) error {
	ts := unix.NsecToTimespec(int64(d))
	err := unix.Nanosleep(&ts, nil)
	if errors.Is(err, syscall.EINTR) {
		return nil
	}
	return err
}

// prepareWindow holds a large input ready. It is not for the container's thread,
// which is on the program's CPU where that matters.
func (c *Container) prepareWindow(cmd *Command) (err error) {
	if cmd.Window == nil {
		return nil
	}
	w := &openWindow{Window: *cmd.Window, facts: &WindowFacts{}, input: -1}
	cmd.window = w
	if len(w.Input) <= PipeInput {
		return nil
	}
	in := c.in
	w.memory, err = in.hold(func(to io.Writer) error {
		_, err := to.Write(w.Input)
		return err
	})
	w.drop = func() { in.drop(w.memory) }
	return err
}

// checkWindow refuses what cannot go together.
func checkWindow(cmd Command) error {
	if cmd.Window == nil {
		return nil
	}
	if cmd.Stdin != nil {
		return errors.New("a command with a window must leave Stdin nil")
	}
	if int64(len(cmd.Window.Input)) > math.MaxInt32 {
		return errors.New("the input of a window is larger than 2 GiB")
	}
	return nil
}
