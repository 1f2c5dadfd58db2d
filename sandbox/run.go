package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Run runs one program and reports what it did. The error is about the
// sandbox, never about the program, and names the step of the set-up. Calls
// wait for each other.
func (c *Container) Run(ctx context.Context, cmd Command) (Facts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() != nil {
		return Facts{}, fmt.Errorf("run: %w", context.Cause(ctx))
	}
	limits, err := cmd.Limits.withDefaults()
	if err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	cmd.Limits = limits
	if err := checkCommand(cmd); err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	if cmd.Program != c.checked {
		if err := checkProgram(cmd.Program); err != nil {
			return Facts{}, fmt.Errorf("run: %w", err)
		}
		c.checked = cmd.Program
	}
	if err := c.makeReady(cmd.KeepWork); err != nil {
		return Facts{}, fmt.Errorf("set up container: %w", err)
	}
	drop, err := c.ownInput(&cmd)
	defer drop()
	if err == nil {
		err = c.prepareWindow(&cmd)
		defer cmd.window.letGo()
	}
	if err == nil && cmd.OutputFile {
		if cmd.output, err = newOutputFile(); err == nil {
			defer cmd.output.Close()
		}
	}
	if err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	disarm := c.armCancel(ctx)
	facts, err := c.runGrouped(cmd)
	disarm()
	if errors.Is(err, errInterrupted) {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err == nil && cmd.OutputFile {
		facts.Output, err = seal(cmd.output)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("run: %w", err), c.condemn())
	}
	return facts, err
}

// runGrouped is run on the container's thread, once more with a new control
// group if somebody took the old one away before the program began.
func (c *Container) runGrouped(cmd Command) (facts Facts, err error) {
	run := func() { facts, err = c.run(cmd) }
	c.in.thread.do(run)
	if c.current.pid > 0 || !errors.Is(err, unix.ENODEV) || !c.group.vanished() {
		return facts, err
	}
	if err := errors.Join(c.dropGroup(), c.repair()); err != nil {
		return Facts{}, err
	}
	c.in.thread.do(run)
	return facts, err
}

// largeWork is from when on it takes the kernel longer to free a work folder
// than to make a container. It would do so in the child, while the judge's
// garbage collector has to wait for the clone.
const largeWork = 16 << 20

// makeReady repairs the container, and empties a large work folder and layers in
// the same way.
func (c *Container) makeReady(keepWork bool) error {
	if c.in != nil && !keepWork && (c.layout.layered && c.used || c.workBytes() > largeWork) {
		if err := c.condemn(); err != nil {
			return err
		}
	}
	return c.repair()
}

// errInterrupted ends a run whose context has ended, or whose container is
// being closed.
var errInterrupted = errors.New("interrupted by its context or by Close")

// armCancel has the end of ctx interrupt the wait for the program.
func (c *Container) armCancel(ctx context.Context) (disarm func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		_, _ = unix.Write(c.cancel, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	})
	return func() {
		if !stop() {
			<-fired
			var count [8]byte
			_, _ = unix.Read(c.cancel, count[:])
		}
	}
}

// startedRun is one run from clone to the last reading. Its memory is
// written by the child and therefore never moves or lies on a stack.
type startedRun struct {
	limits   Limits
	readings readings
	begun    unix.Timespec // monotonic, just before exec
	setUp    unix.Timespec // CPU time of the child before exec
	pidfd    int32
	midway   int32 // the process number that a second clone reports
	setTID   int32

	pid    int
	memory int64 // the limit that the group got
	kept   int64 // of it, for what is in the work folder from before
	pipes  output
	window *openWindow   // nil without one
	over   time.Duration // when it ended, on the monotonic clock
	ended  bool          // we killed it because enough was seen
	killed Limit         // what we killed it for
	left   bool          // others lived on when it ended by itself
	delay  delay
}

// run is Run on the container's thread.
func (c *Container) run(cmd Command) (Facts, error) {
	r := &c.current
	*r = startedRun{limits: cmd.Limits, window: cmd.window}
	if r.window != nil {
		if err := r.window.connect(); err != nil {
			return Facts{}, err
		}
		cmd.Stdin = r.window.stdin
	}
	defer r.pipes.close()
	if err := r.pipes.open(cmd.Limits, cmd.joined[1] != nil, c.chunk[:]); err != nil {
		return Facts{}, err
	}
	r.pipes[0].file = cmd.output
	if r.window == nil {
		r.pipes[0].divert()
	}
	if err := c.limitGroup(r, cmd.KeepWork); err != nil {
		return Facts{}, err
	}
	if c.group != nil && c.cfg.Policy.realtime() {
		if err := c.group.grantRealtime(); err != nil {
			return Facts{}, err
		}
		// A group that is left to be removed then loses it with the rest.
		defer func(g *group) { _ = g.revokeRealtime() }(c.group)
	}
	scrub(cmd.Scrub)
	if err := c.startWindow(r); err != nil {
		return Facts{}, err
	}
	err := c.play(r, cmd)
	if err != nil && r.pid <= 0 {
		return c.notStarted(cmd, err)
	}
	c.used = true
	if err != nil {
		return Facts{}, errors.Join(err, c.abandon(r))
	}
	return c.finish(r)
}

// play launches the program and watches it to its end. Only for that is the
// thread above the program. Before it reaps, it must be below again: the
// kernel then flushes what /proc knew of the process, and turns in circles for
// ever if somebody is half way through the same who cannot run because of us.
func (c *Container) play(r *startedRun, cmd Command) error {
	if err := c.cfg.Policy.above().apply(); err != nil {
		return err
	}
	defer c.cfg.Policy.leave()
	renewed, err := c.launchPatiently(r, cmd)
	r.pipes.closeWriters()
	if err != nil {
		return err
	}
	cmd.joined.letGo()
	if renewed {
		if err := c.in.openWork(); err != nil {
			return err
		}
	}
	return c.watch(r)
}

// abandon ends a run whose facts nobody wants.
func (c *Container) abandon(r *startedRun) error {
	_ = unix.PidfdSendSignal(int(r.pidfd), unix.SIGKILL, nil, 0)
	_, err := wait4(r.pid, nil)
	_ = unix.Close(int(r.pidfd))
	return errors.Join(err, c.condemn())
}

// limitGroup sets the group's limits.
func (c *Container) limitGroup(r *startedRun, keepWork bool) error {
	if c.group == nil {
		return nil
	}
	r.memory = r.limits.MemoryBytes
	if keepWork {
		// What earlier runs left in the work folder is charged still.
		before, err := c.group.usage.read()
		if err != nil {
			return fmt.Errorf("read memory usage: %w", err)
		}
		r.kept = before
		r.memory += before
	}
	return c.group.limit(r.memory, r.limits.Processes)
}

// launchPatiently launches again while the program's file is open for
// writing somewhere, or its process number in use. A file that was just written
// still is for a moment if another child was cloned meanwhile and has not executed
// yet; the number is until the kernel has done with those of the program's session
// that died, which it no longer counts.
func (c *Container) launchPatiently(r *startedRun, cmd Command) (renewed bool, err error) {
	for wait := 100 * time.Microsecond; ; wait *= 2 {
		if renewed, err = c.launch(r, cmd); err == nil {
			return renewed, nil
		}
		if err := r.bury(); err != nil {
			return renewed, err
		}
		if !errors.Is(err, unix.ETXTBSY) && !errors.Is(err, unix.EEXIST) || wait > 50*time.Millisecond {
			return renewed, err
		}
		time.Sleep(wait)
	}
}

// launch clones the program into the container. It reports whether the work
// folder was made anew, so that the judge's hold on it is out of date.
func (c *Container) launch(r *startedRun, cmd Command) (renewed bool, err error) {
	s := &c.in.child
	s.reset()
	args := &cloneArgs{
		flags:      unix.CLONE_VM | unix.CLONE_VFORK | unix.CLONE_PIDFD | cloneClearSighand,
		pidfd:      uint64(s.addr(unsafe.Pointer(&r.pidfd))),
		exitSignal: uint64(unix.SIGCHLD),
	}
	c.cfg.Policy.give(s)
	if cmd.Stdin == nil && cmd.joined[0] == nil {
		s.openNull()
	}
	if c.id.privileged {
		r.fixNumber(s, args)
		c.group.receive(args)
		s.enterNamespaces(c.in.pidfd, runNamespaces)
	} else {
		r.fixNumber(s, c.cloneTwice(s, &r.midway, c.group))
	}
	if fd := lastNumber(); fd >= 0 && cmd.Limits.Processes > 1 {
		number := strconv.Itoa(programNumber)
		s.call("number processes anew", unix.SYS_PWRITE64, uintptr(fd), s.str(number), uintptr(len(number)), 0)
	}
	renewed = c.layout.workOptions != "" && c.used && !cmd.KeepWork
	if renewed {
		c.in.closeWork()
		c.remountWork(s)
	}
	if c.group != nil {
		c.group.join(s, &r.readings)
	}
	c.scriptProgram(s, r, cmd)
	if r.pid, err = s.start(args); err != nil {
		return renewed, err
	}
	runtime.KeepAlive(cmd)
	if err := s.failure(); err != nil || c.id.privileged {
		return renewed, err
	}
	return renewed, r.adopt()
}

// programNumber is the process number of every program, in its namespace.
const programNumber = 2

const lastNumberFile = "/proc/sys/kernel/ns_last_pid"

// lastNumber is the descriptor of the kernel's file for the number that was
// last given to a process of the writer's namespace; negative where it has none.
// Children and threads are numbered on from it, so a run that made many would
// tell the next one something.
var lastNumber = sync.OnceValue(func() int {
	fd, err := unix.Open(lastNumberFile, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	if fd, err = above(fd); err != nil {
		return -1
	}
	return fd
})

// numbered says that a run has left the numbering of processes as it was, or
// that the next run starts it anew.
func (r *startedRun) numbered() bool { return r.limits.Processes <= 1 || lastNumber() >= 0 }

// fixNumber gives every program the same process number: it must not tell
// which test this is.
func (r *startedRun) fixNumber(s *script, args *cloneArgs) {
	r.setTID = programNumber
	args.setTID, args.setTIDSize = uint64(s.addr(unsafe.Pointer(&r.setTID))), 1
}

// adopt turns from the first of two clones to the second, which is a child
// of ours as well.
func (r *startedRun) adopt() error {
	if _, err := wait4(r.pid, nil); err != nil {
		return err
	}
	r.pid, r.midway = int(r.midway), 0
	_ = unix.Close(int(r.pidfd))
	fd, _, errno := unix.RawSyscall(unix.SYS_PIDFD_OPEN, uintptr(r.pid), 0, filterPass())
	if errno != 0 {
		r.pidfd = -1
		return fmt.Errorf("pidfd_open: %w", errno)
	}
	r.pidfd = int32(fd)
	return nil
}

// cloneTwice is for a judge without privileges: only a process of its own,
// inside the user namespace, may enter the process namespace, and only what
// that one clones is born there. The first of the two is never in group (nil
// for none), where it would count as a process of the program; and it stays
// outside of the control groups' namespace, because systemd mounts them so
// that nobody is cloned into a group from inside another namespace.
func (c *Container) cloneTwice(s *script, pid *int32, group *group) *cloneArgs {
	s.enterNamespaces(c.in.pidfd, initNamespaces&^unix.CLONE_NEWCGROUP)
	second := &cloneArgs{
		flags:     unix.CLONE_VM | unix.CLONE_VFORK | unix.CLONE_PARENT | unix.CLONE_PARENT_SETTID | cloneClearSighand,
		parentTID: uint64(s.addr(unsafe.Pointer(pid))),
	}
	group.receive(second)
	s.call("clone into container", unix.SYS_CLONE3, s.addr(unsafe.Pointer(second)), unsafe.Sizeof(*second), filterPass()).leave = 1
	s.enterNamespaces(c.in.pidfd, unix.CLONE_NEWCGROUP)
	return second
}

// scriptProgram writes down the last part of a child's way: descriptors,
// limits, identity, time stamps, exec.
func (c *Container) scriptProgram(s *script, r *startedRun, cmd Command) {
	if cmd.Stdin != nil {
		s.dup("set up descriptors", int(cmd.Stdin.Fd()), 0, 0)
	}
	if cmd.joined[1] == nil {
		s.dup("set up descriptors", r.pipes[0].w, 1, 0)
	}
	s.dup("set up descriptors", r.pipes[1].w, 2, 0)
	limits := cmd.Limits.rlimits(c.group != nil, c.id.privileged)
	values := make([]unix.Rlimit, len(limits))
	for i, l := range limits {
		values[i] = unix.Rlimit{Cur: min(l.soft, c.hard[l.resource]), Max: min(l.max, c.hard[l.resource])}
		s.call(l.name, unix.SYS_PRLIMIT64, 0, uintptr(l.resource), s.addr(unsafe.Pointer(&values[i])), 0)
	}
	s.call("new session", unix.SYS_SETSID)
	s.call("set umask", unix.SYS_UMASK, 0o022)
	if c.id.privileged {
		s.becomeUser(programID)
	}
	caps := &struct {
		header unix.CapUserHeader
		none   [2]unix.CapUserData
	}{header: unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}}
	s.call("drop capabilities", unix.SYS_CAPSET, s.addr(unsafe.Pointer(&caps.header)), s.addr(unsafe.Pointer(&caps.none)))
	folder := "/"
	if c.layout.workOptions != "" {
		folder = "/work"
	}
	s.call("enter "+folder, unix.SYS_CHDIR, s.str(folder))
	s.call("close files", unix.SYS_CLOSE_RANGE, 3, uintptr(^uint32(0)), unix.CLOSE_RANGE_CLOEXEC)
	argv, envp := s.strs(cmd.Args), s.strs(cmd.Env)
	s.defaultSignals(c.ignored)
	s.unblockSignals()
	s.call("read clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_PROCESS_CPUTIME_ID, s.addr(unsafe.Pointer(&r.setUp)))
	if c.group != nil {
		c.group.mark(s, &r.readings)
	}
	// The program sees the number (AT_EXECFN) and may even be named by it. But for
	// the pipes, nothing that has a number of the judge's is used any more.
	file := cmd.joined.highest() + 1
	if cmd.Program != nil && int(cmd.Program.Fd()) != file {
		s.dup("set up the program's file", int(cmd.Program.Fd()), file, unix.O_CLOEXEC)
	}
	cmd.joined.place(s)
	s.call("read clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, s.addr(unsafe.Pointer(&r.begun)))
	if cmd.Program != nil {
		s.call("exec", unix.SYS_EXECVEAT, uintptr(file), s.str(""), argv, envp, unix.AT_EMPTY_PATH)
		return
	}
	s.call("exec "+cmd.Args[0], unix.SYS_EXECVEAT, atFDCWD, s.str(cmd.Args[0]), argv, envp, 0)
}

// bury reaps a child that did not get to exec.
func (r *startedRun) bury() error {
	var err error
	if r.pid > 0 {
		_ = unix.Kill(r.pid, unix.SIGKILL) // ours, and not waited for yet
		_, err = wait4(r.pid, nil)
		_ = unix.Close(int(r.pidfd))
	}
	if r.midway > 0 {
		_, second := wait4(int(r.midway), nil)
		err = errors.Join(err, second)
	}
	r.pid, r.midway = 0, 0
	return err
}

// notStarted is what becomes of a run whose child did not get to exec. A
// file that the kernel refuses to execute is the program's failure: a
// contestant must not be able to make a judging fail for ever.
func (c *Container) notStarted(cmd Command, cause error) (Facts, error) {
	var failed *stepError
	if !errors.As(cause, &failed) || !failed.last || cmd.Program == nil || !unexecutable(cmd.Program, failed.errno) {
		return Facts{}, cause
	}
	// Half way through, the work folder may have been renewed already.
	return Facts{Exited: true, ExitStatus: 127, Stderr: []byte("sandbox: " + cause.Error() + "\n")}, c.condemn()
}

// unexecutable says whether an exec failed for what is written in the file.
func unexecutable(program *os.File, errno syscall.Errno) bool {
	switch errno {
	case unix.ENOEXEC, unix.ELIBBAD, unix.EINVAL, unix.ENOMEM,
		unix.ENOENT, unix.ENOTDIR, unix.EISDIR, unix.ELOOP, unix.ENAMETOOLONG: // its interpreter
		return true
	case unix.EACCES: // its interpreter, unless nothing can be executed from there
		var st unix.Statfs_t
		return unix.Fstatfs(int(program.Fd()), &st) == nil && st.Flags&unix.ST_NOEXEC == 0
	}
	return false
}
