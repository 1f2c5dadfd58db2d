package sandbox

import (
	"errors"
	"fmt"
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
// as a descriptor of a sealed file in memory: standard input is then a socket
// on which recvmsg gets one byte and, as SCM_RIGHTS, that descriptor.

// Ready is what a program writes to standard output when it can take its
// input (ASCII ENQ).
const Ready = 0x05

// PipeInput is the largest input, in bytes, that comes through a pipe.
const PipeInput = 1 << 20

// Window describes the window of a run.
type Window struct {
	// Input is released when the window opens.
	Input []byte
	// ReadyCPU bounds the CPU time before the window; zero means 50 ms.
	ReadyCPU time.Duration
	// Scrub is memory of the judge that is read and written on the programs'
	// CPU just before the start, to leave the caches in the same state
	// whatever ran before. Its length is the caller's choice.
	Scrub []byte
}

// WindowFacts are what was seen of a window.
type WindowFacts struct {
	// Opened: the program got ready in time and was still; Closed: it closed
	// its standard output afterwards. Real and CPU are 0 unless Closed.
	Opened, Closed bool
	Real           time.Duration // from the release of the input to the end of the output
	CPU            time.Duration // of all threads and processes, user plus system
	// Exact says that CPU was read from the task clock at the end of the
	// window. Otherwise the kill and the exit are in it, some 0.1 ms.
	Exact bool
	// Before is the CPU time of the program before the window opened.
	Before time.Duration
	// Restless: the program did not become still before its input came.
	Restless bool
	// EarlyOutput: it wrote more than Ready, or closed its output, before its
	// input came.
	EarlyOutput bool
}

const (
	readyCPU = 50 * time.Millisecond
	// A program is still if it uses less than quietCPU in quietTime. One
	// spinning thread uses all of it, an honest program nothing: measured
	// 0 µs in 1 ms.
	quietTime  = 400 * time.Microsecond
	quietCPU   = 20 * time.Microsecond
	quietTries = 25 // times quietTime is what a program has to come to rest
)

// openWindow is a window while its program runs.
type openWindow struct {
	Window
	facts  *WindowFacts
	stdin  *os.File // the program's end of standard input
	input  *os.File // the judge's end; nil once all is released
	sent   int
	memory *os.File      // a large input
	start  time.Duration // cpuClock when the program began
	opened time.Duration
	cpu    time.Duration // cpuClock at the opening
}

// prepare makes the judge's and the program's end of standard input.
func (w *openWindow) prepare() (stdin *os.File, err error) {
	w.facts = &WindowFacts{}
	if w.ReadyCPU == 0 {
		w.ReadyCPU = readyCPU
	}
	if len(w.Input) > PipeInput {
		return w.prepareLarge()
	}
	stdin, w.input, err = pipeAbove()
	if err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	if len(w.Input) > 64<<10 {
		// One write then does it. Without, it takes several.
		_, _ = unix.FcntlInt(w.input.Fd(), unix.F_SETPIPE_SZ, len(w.Input))
	}
	return stdin, unix.SetNonblock(int(w.input.Fd()), true)
}

func (w *openWindow) prepareLarge() (*os.File, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket pair: %w", err)
	}
	for i, fd := range pair {
		if pair[i], err = above(fd); err != nil {
			return nil, err
		}
	}
	stdin := os.NewFile(uintptr(pair[0]), "input")
	w.input = os.NewFile(uintptr(pair[1]), "input")
	fd, err := unix.MemfdCreate("input", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return stdin, fmt.Errorf("hold the input in memory: %w", err)
	}
	w.memory = os.NewFile(uintptr(fd), "input")
	if _, err := w.memory.Write(w.Input); err != nil {
		return stdin, fmt.Errorf("hold the input in memory: %w", err)
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(w.memory.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return stdin, fmt.Errorf("seal the input: %w", err)
	}
	return stdin, nil
}

// scrubStep is the size of a cache line, in bytes.
const scrubStep = 64

func (w *openWindow) scrub() {
	for i := 0; i < len(w.Scrub); i += scrubStep {
		w.Scrub[i]++
	}
}

// release sends as much of the input as the program can take, and closes
// standard input after the last of it.
func (w *openWindow) release() error {
	if w.memory != nil {
		if err := w.sendMemory(); err != nil && !errors.Is(err, unix.EPIPE) {
			return fmt.Errorf("release input: %w", err)
		}
		return w.closeInput()
	}
	for w.sent < len(w.Input) {
		n, err := unix.Write(int(w.input.Fd()), w.Input[w.sent:])
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EPIPE):
			return w.closeInput() // it does not want the rest
		case err != nil && !errors.Is(err, unix.EINTR):
			return fmt.Errorf("release input: %w", err)
		}
		w.sent += max(n, 0)
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
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDMSG, w.input.Fd(), uintptr(unsafe.Pointer(msg)), unix.MSG_NOSIGNAL, 0, 0, filterPass())
	runtime.KeepAlive(msg)
	if errno != 0 {
		return errno
	}
	return nil
}

func (w *openWindow) closeInput() error {
	input := w.input
	w.input = nil
	return input.Close()
}

// letGo closes what the window holds.
func (w *openWindow) letGo() {
	if w == nil {
		return
	}
	for _, f := range []*os.File{w.stdin, w.input, w.memory} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// events is what to wait for on the judge's end of standard input.
func (w *openWindow) events() unix.PollFd {
	if w == nil || w.input == nil || !w.facts.Opened {
		return unix.PollFd{Fd: -1}
	}
	return unix.PollFd{Fd: int32(w.input.Fd()), Events: unix.POLLOUT}
}

// clockNow is the monotonic clock.
func clockNow() (time.Duration, error) {
	var now unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Duration(now.Nano()), err
}

// startWindow is called just before the launch.
func (c *Container) startWindow(r *startedRun) (err error) {
	if r.window == nil {
		return nil
	}
	r.window.scrub()
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
	out.data = out.data[:0]
	return c.openWindow(r)
}

// openWindow waits until the program is still, and releases its input.
func (c *Container) openWindow(r *startedRun) error {
	w := r.window
	before, err := c.cpuClock()
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		if try == quietTries {
			w.facts.Restless = true
			return r.end()
		}
		if err := pause(quietTime); err != nil {
			return err
		}
		now, err := c.cpuClock()
		if err != nil {
			return err
		}
		// The first pause is for the program to get from its write to its read.
		if try > 0 && now-before < quietCPU {
			before = now
			break
		}
		before = now
	}
	w.cpu = before
	if w.facts.Before = before - w.start; w.facts.Before > w.ReadyCPU {
		r.killed = CPULimit
		return c.killProgram(r)
	}
	if early, err := pending(r.pipes[0].r); early || err != nil {
		w.facts.EarlyOutput = early
		return errors.Join(err, r.end())
	}
	w.facts.Opened = true
	if w.opened, err = clockNow(); err != nil {
		return err
	}
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
	now, err := clockNow()
	if err != nil {
		return err
	}
	if c.in.clock.works() {
		used, err := c.in.clock.read()
		if err != nil {
			return err
		}
		w.facts.CPU, w.facts.Exact = used-w.cpu, true
	}
	w.facts.Closed, w.facts.Real = true, now-w.opened
	return r.end()
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

// prepareWindow gives a command its standard input. It is not for the
// container's thread, which may make neither sockets nor files in memory.
func prepareWindow(cmd *Command) error {
	if cmd.Window == nil {
		return nil
	}
	cmd.window = &openWindow{Window: *cmd.Window}
	stdin, err := cmd.window.prepare()
	cmd.window.stdin, cmd.Stdin = stdin, stdin
	return err
}

// checkWindow refuses what cannot go together.
func checkWindow(cmd Command) error {
	if cmd.Window == nil {
		return nil
	}
	if cmd.Stdin != nil || cmd.Stdout != nil {
		return errors.New("a command with a window must leave Stdin and Stdout nil")
	}
	if cmd.Window.ReadyCPU < 0 || int64(len(cmd.Window.Input)) > math.MaxInt32 {
		return errors.New("a window's limit is negative or its input larger than 2 GiB")
	}
	return nil
}
